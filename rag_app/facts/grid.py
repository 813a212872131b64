"""The periods a look-up covers and the fact in each cell; contradictions are told, not settled in silence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from rag_app.facts.asked import Cell, Measure, Operation, Span
from rag_app.facts.choose import Reader
from rag_app.facts.chosen import Choice
from rag_app.facts.entries import row_key
from rag_app.facts.operations import Wanted
from rag_app.facts.periods import Ask, Asked, fitting, length, newest
from rag_app.facts.types import Fact
from rag_app.question.catalog import Company

if TYPE_CHECKING:
    from rag_app.facts.scope import Scope

Chosen = tuple[Company, Choice, Reader]
_ORDER = {"Q1": 1, "Q2": 2, "H1": 2, "Q3": 3, "9M": 3, "Q4": 4, "FY": 4}
_WORDS = {
    "Q1": "the first quarter of fiscal", "Q2": "the second quarter of fiscal",
    "Q3": "the third quarter of fiscal",
    "Q4": "the fourth quarter of fiscal", "H1": "the first half of fiscal",
    "9M": "the first nine months of fiscal",
    "FY": "fiscal", "YTD": "the year to date in fiscal", "TTM": "the twelve months to",
}  # fmt: skip
_MONTHS = {3: "the quarter", 6: "the six months", 9: "the nine months", 12: "the year"}


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells by company, period, measure; `confidence` is that of the periods."""

    operation: Operation
    periods: tuple[Span, ...]
    cells: tuple[Cell, ...]
    confidence: float
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class _Filling:
    """Work in progress."""

    confidence: float = 1.0

    def __post_init__(self) -> None:
        self.doubts: list[str] = []
        self.notes: list[str] = []


def fill(chosen: Sequence[Chosen], asked: Asked, wanted: Wanted, scope: Scope) -> Grid | None:
    """The facts of the figures chosen, in the periods asked for. None where there are none of them."""
    work = _Filling()
    facts = {(c.key, i): r.facts(m) for c, choice, r in chosen for i, m in enumerate(choice.measures)}
    if not any(facts.values()):
        return None
    operation = wanted.operation
    if asked.last is None and not asked.ranged and any(choice.row for _, choice, _ in chosen):
        operation = "value"
    plan = _plan(chosen, facts, asked, operation, scope, work)
    cells = []
    for company, choice, reader in chosen:
        for place, (_, asks) in enumerate(plan):
            ask = asks.get(company.key)
            for i, measure in enumerate(choice.measures):
                if ask is None:
                    cells.append(Cell(company.key, i, place, None))
                    continue
                rivals = [(m, reader.facts(m)) for m in choice.rivals[i]]
                cells.append(_cell(company, i, place, ask, [(measure, facts[company.key, i]), *rivals], work))
    _aligned(cells, chosen, work)
    if operation in ("growth", "difference", "change", "trend") and len(plan) < 2:
        work.doubts.append("only one period is tagged")
    return Grid(
        operation,
        tuple(span for span, _ in plan),
        tuple(cells),
        work.confidence,
        tuple(dict.fromkeys(work.doubts)),
        tuple(dict.fromkeys(work.notes)),
    )


def _plan(
    chosen: Sequence[Chosen],
    facts: dict[tuple[str, int], list[Fact]],
    asked: Asked,
    operation: Operation,
    scope: Scope,
    work: _Filling,
) -> list[tuple[Span, dict[str, Ask]]]:
    """The periods in order of time, each with what it means to each company."""
    keys = [c.key for c, _, _ in chosen]
    asks = list(asked.asks)
    base = facts[keys[0], 0] or next(f for f in facts.values() if f)
    every = list(asked.every)
    if len(keys) > 1 and len(every) == len(keys) and (paired := _paired(keys, every, scope)):
        return [(Span(" / ".join(dict.fromkeys(_said(a) for a in paired.values()))), paired)]
    if operation == "trend" and len(asks) < 2:
        asks = _years(base, asked.last or 0, asked.quarters)
        if asks and len(asks) < (asked.last or 0):
            work.notes.append(f"only {len(asks)} of the {asked.last} periods are tagged")
        _later(work, chosen, scope, max((f.end for f in base), default=""), "", sure=not asked.last)
    if not asks:
        work.confidence = min(work.confidence, 0.9)
        asks = [Ask(0, 0, "", period="")]
    # "the newest" is one and the same period for all measures
    for place, ask in enumerate(asks):
        if ask.year is None and not ask.day:
            asks[place] = settled = _settled(ask, base, work)
            if settled.day:
                _later(work, chosen, scope, settled.day, ask.period)
    if len(asks) == 1 and (operation in ("growth", "difference", "change") or asked.before):
        before = _before(asks[0], base, asked.before)
        if before is None:
            work.doubts.append("the period before is not tagged")
        else:
            asks.insert(0, before)
    shift = {c.key: c.shift for c, _, _ in chosen}
    for ask in asks:
        if ask.year and not ask.marked and not ask.calendar and ask.period == "FY" and ask.text:
            early = [c.name for c, _, _ in chosen if shift[c.key] >= 3]
            if early and ask.instant:  # the end of 2023 is nearer to that of fiscal 2024
                work.doubts.append(f"{ask.year} may be the calendar's or what {early[0]} calls fiscal")
            elif early:
                work.notes.append(f"{ask.year} is read as what {' and '.join(early)} calls fiscal {ask.year}")
    asks.sort(key=lambda a: _when(a, base))
    asks = _once(asks, base)
    if asked.ranged and operation in ("growth", "difference", "change"):
        asks = [asks[0], asks[-1]] if len(asks) > 2 else asks  # from the first to the last
    return [(_span(a), dict.fromkeys(keys, a)) for a in asks]


def _once(asks: list[Ask], base: list[Fact]) -> list[Ask]:
    """Without those that only tell again what is meant: "the end of Q3 2023 (July 1, 2023)"."""
    kept: dict[object, Ask] = {}
    for i, ask in enumerate(asks):
        spans = frozenset((f.start, f.end) for f in fitting(base, ask))
        kept.setdefault(spans or i, ask)
    return list(kept.values())


def _paired(keys: list[str], asks: list[Ask], scope: Scope) -> dict[str, Ask] | None:
    """ "Intel 2023 vs Nvidia FY24": each company with the period that follows it."""
    places = sorted((start, key) for start, key in scope.places)
    named = [key for _, key in places]
    starts = [
        at
        for pair in zip([start for start, _ in places], [a.start for a in asks], strict=False)
        for at in pair
    ]
    if sorted(named) != sorted(keys) or starts != sorted(starts):
        return None
    return dict(zip(named, asks, strict=True))


def _settled(ask: Ask, base: list[Fact], work: _Filling) -> Ask:
    """The newest period of its kind, as a period of its own."""
    fits = fitting(base, ask)
    if not fits:
        return ask
    fact = fits[0]
    work.notes.append(
        f"{'the newest' if ask.text else 'no period is named: the newest'} tagged, to {fact.end}"
    )
    if ask.text and any(f.end > fact.end for f in base):
        work.doubts.append(f"later periods are tagged, but none like “{ask.text}”")
    return replace(ask, day=fact.end, months=max(0, length(fact)), text=ask.text, instant=fact.start is None)


def _later(
    work: _Filling, chosen: Sequence[Chosen], scope: Scope, end: str, period: str, sure: bool = False
) -> None:
    """Says where the newest that is tagged is not the newest filed; `sure`: as a note, not a doubt."""
    for company, _, _ in chosen:
        filing = scope.untagged(company, end, period)
        if filing is not None:
            (work.notes if sure else work.doubts).append(
                f"the newest filing of {company.name} ({filing}) has no tagged data"
            )


def _before(ask: Ask, base: list[Fact], unit: str) -> Ask | None:
    fits = fitting(base, ask)
    if not fits or fits[0].fiscal_year is None or not fits[0].fiscal_period:
        return None
    fact = fits[0]
    year, period = fact.fiscal_year or 0, fact.fiscal_period
    if unit == "quarter":
        if period not in ("Q1", "Q2", "Q3", "Q4"):
            return None
        year, period = (year - 1, "Q4") if period == "Q1" else (year, f"Q{int(period[1]) - 1}")
    else:
        year -= 1
    earlier = Ask(0, 0, "the period before", year, period, instant=ask.instant, marked=True)
    return earlier if fitting(base, earlier) else None


def _years(base: list[Fact], last: int, quarters: bool) -> list[Ask]:
    kinds = ("Q1", "Q2", "Q3", "Q4") if quarters else ("FY",)
    found = {(f.fiscal_year, f.fiscal_period) for f in base if f.fiscal_period in kinds and f.fiscal_year}
    if quarters and len({y for y, _ in found}) == len(found):
        return []  # the same quarter of several years is no line over the quarters
    if len(found) < 2 and not quarters:
        return _years(base, last, True) if any(f.fiscal_period[:1] == "Q" for f in base) else []
    order = sorted(found, key=lambda p: (p[0] or 0, _ORDER[p[1]]))[-last:]
    return [Ask(0, 0, f"{y}", y, p, marked=True) for y, p in order]


def _when(ask: Ask, base: list[Fact]) -> str:
    fits = fitting(base, ask)
    if fits:
        return fits[0].end
    return ask.day or f"{ask.year or 9999}-{_ORDER.get(ask.period, 4) * 3:02d}"


def _span(ask: Ask) -> Span:
    return Span(_said(ask), ask.year, ask.period if ask.period in _ORDER else "")


def _said(ask: Ask) -> str:
    if ask.day:
        ended = "the year to date" if ask.period == "YTD" else _MONTHS.get(ask.months)
        return f"{ended} ended {ask.day}" if ended else ask.day
    if ask.calendar:
        return f"calendar {ask.text}"
    if ask.year is None:
        return re.sub(r"^(?:in|for|during|of|at) ", "", ask.text) or "the newest period"
    return f"{_WORDS.get(ask.period, '')} {ask.year}".strip()


def _cell(
    company: Company,
    measure: int,
    place: int,
    ask: Ask,
    several: Sequence[tuple[Measure, list[Fact]]],
    work: _Filling,
) -> Cell:
    told = [(m, settle(fitting(facts, ask))) for m, facts in several]
    held = [(m, s) for m, s in told if s[0] is not None]
    if not held:
        near = newest(several[0][1])
        work.doubts.append(f"{company.name} tags no such figure for {_said(ask) or 'a period'}")
        return Cell(company.key, measure, place, None, tuple(near[:2]))
    _, (fact, others, note, doubt) = held[0]
    rivals = [s[0] for _, s in held[1:] if s[0] is not None and fact is not None and _differ(fact, s[0])]
    if rivals:
        work.doubts.append("the words fit more than one figure")
    lengths = {length(f) for f in fitting(several[0][1], ask)}
    if len(lengths) > 1:
        work.doubts.append("spans of different length end then")
    if note:
        work.notes.append(note)
    if doubt:
        work.doubts.append(doubt)
    if fact is not None and ask.day and not fact.end.startswith(ask.day):
        work.notes.append(f"the period ended on {fact.end}")
    return Cell(company.key, measure, place, fact, tuple(dict.fromkeys([*others, *(r for r in rivals if r)])))


def _differ(fact: Fact, rival: Fact) -> bool:
    """Whether two figures differ by more than, where their rows are called the same, sign and rounding."""
    if row_key(fact.label) != row_key(rival.label):
        return fact.value != rival.value
    return not _agree(replace(fact, value=abs(fact.value)), replace(rival, value=abs(rival.value)))


def settle(facts: Sequence[Fact]) -> tuple[Fact | None, tuple[Fact, ...], str, str]:
    """(the fact to state, others, a note, a doubt) of facts that tell the same thing, newest filing first."""
    if not facts:
        return None, (), "", ""
    first = facts[0].filing_id
    newest_ones = [f for f in facts if f.filing_id == first]
    best = max(newest_ones, key=_rank)
    units = {f.unit for f in newest_ones}
    odd = [f for f in newest_ones if not _agree(best, f)]
    if odd or len(units) > 1:
        return (
            best,
            tuple(dict.fromkeys(odd)),
            "",
            f"{best.source} gives different values for the same figure",
        )
    restated = [f for f in facts if not _agree(best, f)]
    if restated:
        older = restated[0]
        note = f"restated: {older.source} had {older.shown or older.value}"
        return best, tuple({f.value: f for f in restated}.values()), note, ""
    return best, (), "", ""


def _rank(fact: Fact) -> tuple[int, bool, bool, int]:
    digits = (
        99 if fact.decimals == "INF" else int(fact.decimals) if fact.decimals.lstrip("-").isdigit() else -99
    )
    return digits, bool(fact.label), bool(fact.chunk_id), -fact.order


def _agree(one: Fact, other: Fact) -> bool:
    """Whether two values are the same but for rounding."""
    if one.value == other.value:
        return True
    places = [int(f.decimals) for f in (one, other) if f.decimals.lstrip("-").isdigit()]
    if not places:
        return False
    step = Decimal(1).scaleb(-min(places))
    rough = min(places)
    exact, rounded = (one, other) if other.decimals == str(rough) else (other, one)
    return abs(exact.value - rounded.value) <= step / 2 or (
        (exact.value / step).quantize(Decimal(1), ROUND_HALF_UP) * step == rounded.value
    )


def _aligned(cells: Sequence[Cell], chosen: Sequence[Chosen], work: _Filling) -> None:
    """Figures of one formula have to be of one period."""
    for company, choice, _ in chosen:
        if not choice.formula:
            continue
        for place in {c.period for c in cells}:
            ends = {c.fact.end for c in cells if c.company == company.key and c.period == place and c.fact}
            spans = {
                length(c.fact)
                for c in cells
                if c.company == company.key and c.period == place and c.fact and c.fact.start
            }
            if len(ends) > 1 or len(spans) > 1:
                work.doubts.append("the figures are not of the same period")
