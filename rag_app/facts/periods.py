"""Periods as they are asked for, and which of a company's facts are of them. Knows no measure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag_app.facts.types import Fact

_TO_DATE = ("Q1", "H1", "9M", "FY")


@dataclass(frozen=True, slots=True)
class Ask:
    """A period as asked for, by `question[start:end]`.

    Either a company's own `year` (None: the newest) and `period` ("FY", "Q2", "H1", "9M", "TTM", "YTD"; ""
    for whatever is newest), or a `day` (ISO; "2023-06" for a month) with `months` of the span that ends then
    (0: not told, or with the period "YTD" those since the year began) and perhaps the `year` it is of.
    `instant`: a point in time. `marked`: called fiscal; `calendar`: called calendar.
    """

    start: int
    end: int
    text: str
    year: int | None = None
    period: str = ""
    day: str = ""
    months: int = 0
    instant: bool = False
    opening: bool = False
    marked: bool = False
    calendar: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """All periods of a question. `last`: as many of the newest, 0 for all of them, None where not asked so.

    `before`: "year" or "quarter" where the one before is meant as well. `taken`: spans of the question.
    `every`: `asks` with those that are told again, as for a second company.
    """

    asks: tuple[Ask, ...] = ()
    last: int | None = None
    quarters: bool = False
    before: str = ""
    ranged: bool = False
    taken: tuple[tuple[int, int], ...] = ()
    every: tuple[Ask, ...] = ()


def length(fact: Fact) -> int:
    """Months that a fact spans, to the nearest of 0 (an instant), 3, 6, 9, 12; -1 for another."""
    if fact.start is None:
        return 0
    days = (date.fromisoformat(fact.end) - date.fromisoformat(fact.start)).days + 1
    for months, least, most in ((3, 80, 125), (6, 165, 200), (9, 250, 295), (12, 345, 385)):
        if least <= days <= most:
            return months
    return -1


def fitting(facts: list[Fact], ask: Ask) -> list[Fact]:
    """Those of a company's facts, all of one measure, that are of the period asked for; none where it"
    " has none."""
    if ask.day:
        return _of_day(facts, ask)
    if ask.calendar:
        return [f for f in facts if _is_calendar(f, ask)]
    if ask.year is None:
        kinds = {"Q": (3, 0), "FY": (12, 0), "H1": (6, 0), "9M": (9, 0), "TTM": (12, 0), "YTD": (3, 6, 9, 0)}
        if ask.period in ("Q1", "Q2", "Q3", "Q4"):
            found = [f for f in facts if _period_of(f, ask.period)]
        else:
            wanted = kinds.get(ask.period, (12, 9, 6, 3, 0))
            found = [f for f in facts if length(f) in wanted]
        return newest(found)
    if ask.opening:
        ask = replace(ask, year=ask.year - 1, opening=False)
    if ask.period == "YTD":
        of_year = [f for f in facts if f.fiscal_year == ask.year and length(f) in (3, 6, 9, 12, 0)]
        longest = max((length(f) for f in of_year), default=0)
        return [f for f in of_year if length(f) == longest]
    return [f for f in facts if f.fiscal_year == ask.year and _period_of(f, ask.period)]


def newest(facts: list[Fact]) -> list[Fact]:
    """Those that end last; of these a year's, else a quarter's, else the shortest."""
    usual = [f for f in facts if length(f) >= 0] or facts
    if not usual:
        return []
    end = max(f.end for f in usual)
    last = [f for f in usual if f.end == end]
    for wanted in ("FY", "Q1", "Q2", "Q3", "Q4"):
        some = [f for f in last if f.fiscal_period == wanted]
        if some:
            return some
    least = min(length(f) for f in last)
    return [f for f in last if length(f) == least]


def _period_of(fact: Fact, period: str) -> bool:
    if fact.start is None:
        return fact.fiscal_period == {"H1": "Q2", "9M": "Q3", "Q4": "FY"}.get(period, period)
    if period == "TTM":
        return length(fact) == 12
    return fact.fiscal_period == period


def _is_calendar(fact: Fact, ask: Ask) -> bool:
    """Whether the fact spans the calendar year or quarter but for a week."""
    quarter = int(ask.period[1]) if ask.period[:1] == "Q" and len(ask.period) == 2 else 0
    year = ask.year or 0
    ends = (
        date(year, 12, 31)
        if not quarter
        else date(year + quarter // 4, quarter % 4 * 3 + 1, 1) - timedelta(1)
    )
    months = 3 if quarter else 12
    close = abs((date.fromisoformat(fact.end) - ends).days) <= 7
    return close and length(fact) in (months, 0)


def _of_day(facts: list[Fact], ask: Ask) -> list[Fact]:
    if ask.period == "YTD":
        facts = [f for f in facts if f.start is None or f.fiscal_period in _TO_DATE]
    elif ask.months:
        facts = [f for f in facts if length(f) in (ask.months, 0)]
    if ask.year:
        facts = [f for f in facts if f.fiscal_year == ask.year]
    if ask.instant and any(f.start is None for f in facts):
        facts = [f for f in facts if f.start is None]
    if len(ask.day) == 7:
        return [f for f in facts if f.end.startswith(ask.day)] or _of_month(facts, ask)
    same = [f for f in facts if f.end == ask.day]
    if same:
        return same
    # "December 31, 2023" of a year that ended on the Saturday before
    wanted = date.fromisoformat(ask.day)
    return [f for f in facts if abs((date.fromisoformat(f.end) - wanted).days) <= 6]


def _of_month(facts: list[Fact], ask: Ask) -> list[Fact]:
    """Those of a span, or the end of one, that ran a few days into the next month: weeks are counted."""
    last = date.fromisoformat(f"{ask.day}-28") + timedelta(4)
    ends = last - timedelta(last.day)
    near = [f for f in facts if 0 < (date.fromisoformat(f.end) - ends).days <= 6]
    return near if ask.months or ask.period else [f for f in near if f.start is None and f.fiscal_period]
