"""What falls due in one year: "How much of the term debt matures in 2026?" → its row of a filing's schedule.

Such rows are called by a year, and their tags by its place ("...InYearTwo"); both have to agree with what is
asked. Knows no periods of the company's own: what falls due lies after the day that the schedule is of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag_app.facts.asked import Cell, Confidence, Lookup, Measure, Span
from rag_app.facts.due import PLACE, years
from rag_app.facts.framing import ASKING
from rag_app.facts.periods import Asked
from rag_app.facts.scope import Scope
from rag_app.facts.segments import Members
from rag_app.facts.terms import FRAME, name_words, terms_of
from rag_app.facts.types import Fact

_YEAR = re.compile(r"\b20\d\d\b")
_SHORT = re.compile(r"(?<=\bFY)'?(?P<y>\d\d)\b")
_REST = re.compile(
    r"\b(?:thereafter|(?:after|beyond|past)(?= (?:fiscal )?(?:year )?20\d\d)|and (?:beyond|later))\b", re.I
)
_AFTER = re.compile(r"\b(?:after|beyond|past) (?:fiscal )?(?:year )?20\d\d\b", re.IGNORECASE)
_DUE = re.compile(
    r"\b(?:due|matur\w+|falls?|falling|schedul\w+|expect\w*|estimat\w+|com(?:e|es|ing) due|payable"
    r"|thereafter)\b",
    re.IGNORECASE,
)
_ELSE = re.compile(
    r"\b(?:not|exclu\w+|except|without|than|versus|vs|share|percent\w*|average|growth|grow|change|more|most"
    r"|highest|lowest|which year|and (?:fiscal )?(?:fy ?)?(?:20)?\d\d"
    r"|(?:by|before|through|until|up to|since|from|between) (?:the )?(?:end of |year |fiscal )*20\d\d"
    r"|20\d\d ?(?:-|–|to|through) ?\d+|year[- ]?end|end of)\b|n't\b|%",
    re.IGNORECASE,
)
"""Several years, a year's end, or something else than one row."""
_IDLE = frozenset(
    terms_of(
        "due falls falling fall mature matures maturing maturity maturities payable payments payment pay paid"
        " repay repayment repayments future expected expects expect estimated estimates scheduled schedule"
        " remaining amount amounts come comes coming year fiscal total aggregate annual owe owes owed must"
        " undiscounted minimum contractual obligations obligation thereafter after beyond later calendar"
        " wall ladder refinancing profile table expecting"
    )
)
_KINDS: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = tuple(
    (tag, frozenset(terms_of(key)), frozenset(terms_of(also)))
    for tag, key, also in (
        (
            "Debt",
            "debt notes note bonds borrowings loans",
            "term debt long-term senior unsecured principal outstanding",
        ),
        (
            "Lease",
            "lease leases rent rental",
            "liability liabilities noncancelable cancelable non commitments",
        ),
        ("Amortization", "amortization amortize", "intangible intangibles assets expense acquired related"),
        ("Purchase", "purchase purchases supply", "commitments unconditional noncancelable non cancelable"),
        ("Benefit", "pension postretirement retirement", "benefit benefits plan plans"),
    )
)
_APART = frozenset({"Benefit"})
"""Kinds whose words do not stand for each other: a pension is no medical benefit."""
_LEASES = frozenset({"operating", "finance"})
_NEEDS = frozenset(terms_of("interest"))
"""Words of a tag that have to be asked for."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A schedule's row of one year, or of all the later ones."""

    base: str
    fact: Fact
    years: frozenset[int]
    rest: bool


def scheduled(scope: Scope, asked: Asked) -> Lookup | None:
    """What one company's schedules tell of the year asked for; None where no schedule is asked for."""
    if not scope.named or len(scope.companies) != 1 or _ELSE.search(scope.text):
        return None
    days = [ask for ask in asked.asks if ask.day]
    text = scope.blank([(ask.start, ask.end) for ask in days])
    told = {int(y) for y in _YEAR.findall(text)} | {2000 + int(y) for y in _SHORT.findall(text)}
    rest = _REST.search(text) is not None
    if len(told) > 1 or not (told or rest) or len(days) > 1:
        return None
    said = frozenset(terms_of(_SHORT.sub(" ", _YEAR.sub(" ", scope.blank([*asked.taken])))))
    said = frozenset(t for t in said if not t.isdigit()) - FRAME - ASKING
    kinds = [(tag, also if tag in _APART else also | keys) for tag, keys, also in _KINDS if said & keys]
    if len(kinds) != 1:
        return None
    tag, plain = kinds[0]
    year = next(iter(told), None)
    newest = max((m.fiscal_year or 0 for _, m in scope.companies[0].filings), default=0)
    if not _DUE.search(text) and not (year and 0 < newest < year):
        return None  # what was paid in a year that is over
    rows = [r for r in _rows(scope, tag) if not days or r.fact.end == days[0].day]
    fit = [
        r for r in _wanted(rows, year, rest, _AFTER.search(text) is not None) if said <= _explained(r, plain)
    ]
    fit = [r for r in fit if r.fact.end == max(f.fact.end for f in fit)]
    return _told(scope, fit, said, f"{year}" if year and not rest else "later years") if fit else None


def _rows(scope: Scope, tag: str) -> list[_Row]:
    """The rows of the company's schedules of this kind."""
    company = scope.companies[0]
    ids = [i for i, _ in company.filings if i in scope.filings]
    concepts: dict[tuple[str, Members], re.Match[str]] = {}
    for label in scope.store.labels([scope.tagged[company.key].key]):
        place = PLACE.search(label.concept)
        if place is not None and tag in label.concept:
            concepts[label.concept, label.members] = place
    return [
        _Row(concept[: place.start()], fact, years(fact), place["rest"] is not None)
        for (concept, members), place in sorted(concepts.items())
        for fact in scope.store.find(concept, filings=ids, members=members)
    ]


def _wanted(rows: Sequence[_Row], year: int | None, rest: bool, after: bool) -> Iterator[_Row]:
    """The rows of that year, or of the years after the last one that is told."""
    for row in rows:
        if not rest:
            if not row.rest and row.years == {year}:
                yield row
            continue
        last = max(
            (
                y
                for r in rows
                if (r.base, r.fact.end) == (row.base, row.fact.end) and not r.rest
                for y in r.years
            ),
            default=None,
        )
        if row.rest and (year is None or last == (year if after else year - 1)):
            yield row


def _explained(row: _Row, plain: frozenset[str]) -> frozenset[str]:
    """The words that the row's tag, members and captions let a question say."""
    fact = row.fact
    members = " ".join(name_words(m) for _, m in fact.members)
    told = " ".join((name_words(row.base), members, fact.label, fact.section, fact.column))
    return frozenset(terms_of(told)) | plain | _IDLE


def _told(scope: Scope, fit: Sequence[_Row], said: frozenset[str], when: str) -> Lookup:
    """The one row that fits; several stand for choice."""
    company = scope.companies[0]
    whole = [r for r in fit if not r.fact.members] or list(fit)
    both = [r for r in whole if frozenset(name_words(r.base).lower().split()) >= _LEASES]
    apart = [r for r in whole if r not in both]
    whole = (apart or whole) if said & _LEASES else (both or whole)
    held = list({(r.fact.concept, r.fact.members): r for r in whole}.values())
    lacks = [t for r in held for t in frozenset(terms_of(name_words(r.base))) & _NEEDS - said]
    doubts = ["the words fit more than one figure"] if len(held) > 1 else []
    doubts += [f"what falls due has {lacks[0]} in it"] if lacks else []
    measures = tuple(
        Measure(f"{_name(row)} due in {when}", (row.fact.concept,), row.fact.members) for row in held
    )
    cells = tuple(Cell(company.key, i, 0, row.fact) for i, row in enumerate(held))
    sure = not doubts
    return Lookup(
        scope.question,
        measures[0].name,
        "value",
        measures,
        (company.key,),
        (Span(f"due in {when}"),),
        cells,
        Confidence(1.0 if sure else 0.5, 1.0, 1.0, 1.0),
        sure,
        "",
        False,
        tuple(doubts),
        (),
    )


def _name(row: _Row) -> str:
    words = name_words(row.base).strip()
    return words[:1].upper() + words[1:].lower()
