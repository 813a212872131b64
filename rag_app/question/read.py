"""Question → filters: the companies, forms and periods it names, as far as the index holds them.

A filter that nothing passes is left out with a note; the question itself is searched unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag_app.core.errors import UsageError
from rag_app.core.types import Filters
from rag_app.question.catalog import (
    QUARTERS,
    Catalog,
    Company,
    Filed,
    catalog_of,
    passes,
    spoken,
)
from rag_app.question.times import Time, forms_in, times_in
from rag_app.question.words import COMMON

_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "\xa0": " ", "‑": "-"})
_NAME = r"[A-Z][\w&-]*[a-z]\w*(?: [A-Z][\w&-]+){0,2}"
_OWNER = re.compile(
    rf"\b(?P<owner>{_NAME})'s\b|\b(?:of|at|for|by) (?P<of>{_NAME})(?=[?.,]|$| in | for | during )"
)
_FIELDS = ("tickers", "filing_ids", "forms", "fiscal_years", "fiscal_periods")

LONGEST = 2000
"""Characters of a question."""

Kind = str
"""company, form or period"""


@dataclass(frozen=True, slots=True)
class Named:
    """`text`, which stands at `start`, was read as `meaning` ("NVDA", "10-K", "Q2 FY2026").

    `used` tells whether a filter came of it; year and quarter are those of a single period.
    """

    text: str
    start: int
    kind: Kind
    meaning: str
    used: bool = True
    year: int | None = None
    quarter: int | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A question as read. `unknown`: names that look like companies and that no filing has."""

    question: str
    filters: Filters
    named: tuple[Named, ...] = ()
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    companies: tuple[Company, ...] = ()

    @property
    def labels(self) -> dict[str, str]:
        """Field of `filters` → what it keeps, for a person: {"tickers": "NVDA", "fiscal_years": "FY2026"}."""
        return labels(self.filters, self.companies)


def check_question(question: str) -> None:
    """Raises UsageError for an empty question, or one too long to be read in a moment."""
    if not question.strip():
        raise UsageError("the question is empty; ask something")
    if len(question) > LONGEST:
        raise UsageError(
            f"the question has {len(question):,} characters: expected at most {LONGEST:,}; shorten it"
        )


def read_question(question: str, catalog: Catalog) -> Read:
    """What `question` asks to be searched, by rules; the same for the same catalog. Reads no passage."""
    text = straight(question)
    found = catalog.find(text)
    companies = tuple({c.key: c for f in found for c in f.companies}.values())
    named = [
        Named(question[f.start : f.end], f.start, "company", ", ".join(c.key for c in f.companies))
        for f in found
    ]
    whose = companies or (catalog.companies if len(catalog.companies) == 1 else ())
    pool = [f for c in whose for f in c.filings] if whose else list(catalog.filings)
    filters = _of_companies(companies)
    notes: list[str] = []

    forms: set[str] = set()
    for start, end, form in forms_in(text):
        held = {m.form for _, m in pool if m.form and m.form.startswith(form)}
        forms |= held
        named.append(Named(question[start:end], start, "form", form, bool(held)))
        if not held:
            notes.append(f"no {form} {_here(companies)}")
    filters = replace(filters, forms=tuple(sorted(forms)))

    wanted: list[tuple[set[int], set[str]]] = []
    for time in times_in(text):
        years, periods, note = _held(time, whose, pool)
        hard = bool(years or periods)
        wanted += [(years, periods)] if hard else []
        notes += [note] if note else []
        named.append(_named_time(question, time, years, periods, hard))
    filters = _narrowed(filters, wanted, pool, notes)
    named.sort(key=lambda n: n.start)
    unknown = () if companies else _unknown(text, catalog)
    return Read(question, filters, tuple(named), unknown, tuple(dict.fromkeys(notes)), companies)


def straight(text: str) -> str:
    """`text` with straight quotes and plain spaces and digits; every character keeps its place."""
    wide = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    return text.translate(_STRAIGHT).translate(wide)


def _combined(by_hand: Filters, read: Filters) -> Filters:
    """`read`, but a field that was set by hand stays as it was set."""
    return Filters(**{name: getattr(by_hand, name) or getattr(read, name) for name in _FIELDS})


def asked_of(question: str, filings: Sequence[Filed], by_hand: Filters) -> tuple[Filters, Read]:
    """What to search with when a question is asked of an index's `facets.filings`, and how it was read.

    The question is read over the filings that pass the filters set by hand, and those win.
    """
    catalog = catalog_of(tuple(filings)).within(by_hand)
    read = read_question(question, catalog)
    if by_hand.tickers or by_hand.filing_ids:  # whose it is was said already
        read = replace(read, filters=replace(read.filters, tickers=(), filing_ids=()), unknown=())
    taken = {name: () for name in _FIELDS if getattr(by_hand, name)}
    read = replace(read, filters=replace(read.filters, **taken))
    return _combined(by_hand, read.filters), read


def labels(filters: Filters, companies: Sequence[Company] = ()) -> dict[str, str]:
    """Field of `filters` → what it keeps, for a person."""
    ids = ", ".join(c.key for c in companies) or ", ".join(filters.filing_ids)
    shown = {
        "tickers": ", ".join(filters.tickers),
        "filing_ids": ids if filters.filing_ids else "",
        "forms": ", ".join(filters.forms),
        "fiscal_years": ", ".join(f"FY{y}" for y in filters.fiscal_years),
        "fiscal_periods": ", ".join(filters.fiscal_periods),
    }
    return {name: label for name, label in shown.items() if label}


def asked_about(read: Read, filters: Filters, tickers: Sequence[str | None]) -> tuple[str, ...]:
    """Which companies a question for a figure that names none could mean: those of its best hits.

    `tickers` are the hits', best first; at most three come back, none where all hits are of one company
    or `filters` name the companies.
    """
    if read.companies or filters.tickers or filters.filing_ids or not _FIGURES.search(read.question):
        return ()
    found = tuple(dict.fromkeys(t.upper() for t in tickers if t))[:3]
    return found if len(found) > 1 else ()


_FIGURES = re.compile(
    r"\b(?:revenues?|sales|income|earnings|profits?|loss(?:es)?|margins?|cash|debt|assets|liabilit(?:y|ies)|equity"
    r"|expen(?:ses?|ditures?)|costs?|taxes|tax|rate|dividends?|shares?|repurchases?|buybacks?|inventor(?:y|ies)|capex|eps"
    r"|employees|how (?:much|many)|percent(?:age)?|total|spen[dt])\b",
    re.IGNORECASE,
)


def _of_companies(companies: Sequence[Company]) -> Filters:
    if not companies:
        return Filters()
    if all(c.ticker for c in companies):
        return Filters(tickers=tuple(c.ticker for c in companies if c.ticker))
    return Filters(filing_ids=tuple(i for c in companies for i in c.ids))


def _here(companies: Sequence[Company]) -> str:
    return f"of {', '.join(c.key for c in companies)} in this index" if companies else "in this index"


def _held(time: Time, whose: Sequence[Company], pool: Sequence[Filed]) -> tuple[set[int], set[str], str]:
    """Fiscal years and periods of the filings that `time` can mean; a note where there are none.

    A calendar reading counts beside the fiscal one unless the question says "fiscal": what Apple calls
    the first quarter of 2023 ended in December 2022. Nothing is kept for a period that is only touched
    on (a bare year without that year's annual report: later reports tell its figures too).
    """
    if time.latest:
        return _latest(time, whose)
    if time.edge or (not time.marked and not whose):
        return set(), set(), ""  # no single period, or: by whose calendar?
    years: set[int] = set()
    periods: set[str] = set()
    for company in whose or (None,):
        held = company.filings if company else pool
        shift = company.shift if company and not time.marked else 0
        got = _readings(time, shift)
        there = {(m.fiscal_year, m.fiscal_period) for _, m in held if m.fiscal_year}
        if not time.firm and ((time.last or time.year), "FY") not in there:
            continue
        kept = {(y, p) for y, p in there if any(_is(y, p, *reading) for reading in got)}
        years |= {y for y, _ in kept if y and time.year}
        asked = time.last or time.year or 0
        if kept and time.quarter is None and (asked, "FY") not in there:
            # only quarterly reports of that year: the next annual report tells its figures
            years |= {y for y, p in there if p == "FY" and y in (asked + 1, asked + 2)}
        periods |= {p for _, p in kept if p and time.quarter}
    if years or periods or not time.firm:
        return years, periods, ""
    if time.quarter and time.year:  # the year without the quarter, rather than nothing
        years, _, _ = _held(replace(time, quarter=None), whose, pool)
    return years, set(), f"no filing of {_spelt(time)} {_here(whose)}"


def _readings(time: Time, shift: int) -> set[tuple[int | None, int | None]]:
    """(fiscal year, quarter) pairs that are meant where the fiscal calendar is `shift` quarters ahead."""
    if time.quarter is None:
        first, last = time.year or 0, time.last or time.year or 0
        # a bare year is told by the report of the next fiscal year too; "the 2022 10-K" mostly is 2022's
        ahead = shift // 4 if time.firm else (shift + 3) // 4
        return {(y, None) for y in range(first, last + ahead + 1)}
    steps = (0, shift) if shift % 4 == 0 else range(shift + 1)
    if time.year is None:
        return {(None, (time.quarter - 1 + s) % 4 + 1) for s in steps}
    places = [time.year * 4 + time.quarter - 1 + s for s in steps]
    return {(p // 4, p % 4 + 1) for p in places}


def _is(year: int | None, period: str | None, wanted_year: int | None, quarter: int | None) -> bool:
    return wanted_year in (None, year) and (quarter is None or QUARTERS.get(period or "") == quarter)


def _latest(time: Time, whose: Sequence[Company]) -> tuple[set[int], set[str], str]:
    years: set[int] = set()
    periods: set[str] = set()
    if not time.firm:
        return years, periods, ""
    for company in whose:
        kinds = {"quarter": ("Q1", "Q2", "Q3", "Q4"), "year": ("FY",)}.get(time.latest, tuple(QUARTERS))
        fit = [m for _, m in company.filings if m.fiscal_period in kinds and m.fiscal_year]
        if fit:  # a company's filings are in order of their period
            years.add(fit[-1].fiscal_year or 0)
            periods.add(fit[-1].fiscal_period or "")
    return years, periods, ""


def _narrowed(
    filters: Filters, wanted: Sequence[tuple[set[int], set[str]]], pool: Sequence[Filed], notes: list[str]
) -> Filters:
    """`filters` with the periods that are meant, as far as some filing passes them all."""
    if not wanted:
        return _kept(filters, pool, notes)
    years = set().union(*(y for y, _ in wanted)) if any(y for y, _ in wanted) else set()
    # "between FY2023 and Q2 of FY2024": a filter on the quarter would lose the year
    quarters = set().union(*(p for _, p in wanted)) if all(p for _, p in wanted) else set()
    dated = replace(filters, fiscal_years=tuple(sorted(years)), fiscal_periods=tuple(sorted(quarters)))
    return _kept(dated, pool, notes)


def _kept(filters: Filters, pool: Sequence[Filed], notes: list[str]) -> Filters:
    for name in ("", "forms", "fiscal_periods", "fiscal_years"):
        if name and getattr(filters, name):
            notes.append(f"no filing fits all of {', '.join(labels(filters).values())}")
            filters = replace(filters, **{name: ()})
        if any(passes(f, filters) for f in pool):
            break
    return filters


def _spelt(time: Time) -> str:
    year = "" if time.year is None else f"{'FY' if time.marked else ''}{time.year}"
    span = f"-{time.last}" if time.last else ""
    return " ".join(p for p in (f"Q{time.quarter}" if time.quarter else "", year + span) if p)


def _named_time(question: str, time: Time, years: set[int], periods: set[str], used: bool) -> Named:
    year, quarter = time.year, time.quarter
    meaning = _spelt(time)
    if time.latest and used:
        meaning = " ".join([*sorted(periods), *(f"FY{y}" for y in sorted(years))])
        if len(years) == len(periods) == 1:
            year = next(iter(years))
            quarter = QUARTERS[next(iter(periods))] if periods != {"FY"} else None
    if time.last:
        year = None
    text = question[time.start : time.end]
    return Named(text, time.start, "period", meaning or text.lower(), used, year, quarter)


def _unknown(text: str, catalog: Catalog) -> tuple[str, ...]:
    """Owners and "of X" that can only be companies, where no company of the catalog is named."""
    held = {w.group().casefold() for c in catalog.companies for w in spoken(c.name)}
    found = []
    for match in _OWNER.finditer(text):
        name = match["owner"] or match["of"]
        words = [w.casefold() for w in re.findall(r"[^\W_]+", name)]
        if (
            match["owner"] and words and words[0] in COMMON and len(words) > 1
        ):  # "What Tesla's", "Did Tesla's"
            name, words = name.split(" ", 1)[1], words[1:]
        sure = words and len(words[0]) > 2 and not any(w in COMMON or w in held for w in words)
        if sure and name not in found and not times_in(name):
            found.append(name)
    return tuple(found)
