"""A company's own calendar, as one filing tells it: days → fiscal year and period.

Known ends of quarters are moved by whole years, so that 52/53-week years and quarters of 12 or 16
weeks come out right; the quarters that the filing does not tell of are thirteen weeks each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rag_app.core.types import FilingMeta

_YEAR = 365.25
_QUARTER = _YEAR / 4
_SLACK = 8  # days that the end of a 52/53-week year moves
_UNEVEN = 35  # days that quarters of 12 or 16 weeks put a period off
_QUARTERS = {"Q1": 1, "Q2": 2, "Q3": 3, "Q4": 4, "FY": 4}
_SPANS = {1: "", 2: "H1", 3: "9M", 4: "FY"}


@dataclass(frozen=True, slots=True)
class Calendar:
    """Ends of quarters: `ends` are (day, fiscal year, quarter 1 to 4) that the filing tells; () for none."""

    ends: tuple[tuple[date, int, int], ...] = ()

    def period_of(self, start: str | None, end: str) -> tuple[int | None, str]:
        """(fiscal year, period) of a duration, or of an instant: the period that ends then.

        The period is "FY", "Q1" to "Q4", "H1", "9M" or ""; the year of an odd one is that of its end;
        None for times longer than a year and without a calendar.
        """
        last = _day(end)
        if not self.ends or last is None:
            return None, ""
        to = self._quarter(last)
        if start is None:
            if to is None:
                return self._year(last), ""
            return to[0], "FY" if to[1] == 4 else f"Q{to[1]}"
        first = _day(start)
        if first is None or first > last:
            return None, ""
        days = (last - first).days + 1
        if days > 380:
            return None, ""
        before = self._quarter(first - timedelta(days=1))
        if to is None:
            return self._year(last), ""
        span = (to[0] - before[0]) * 4 + to[1] - before[1] if before else 0
        if span == 1 and 70 <= days <= 125:
            return to[0], f"Q{to[1]}"
        if before and span == to[1] and abs(days - span * _QUARTER) <= _UNEVEN:
            return to[0], _SPANS[span]
        return to[0], ""

    def _quarter(self, day: date) -> tuple[int, int] | None:
        """(fiscal year, quarter) that ends on `day`."""
        for known, year, quarter in self.ends:
            years = round((day - known).days / _YEAR)
            if abs((day - known).days - years * _YEAR) <= _SLACK:
                return year + years, quarter
        told = {quarter for _, _, quarter in self.ends}
        anchor, year, at = self.ends[0]
        quarters = round((day - anchor).days / _QUARTER)
        if abs((day - anchor).days - quarters * _QUARTER) > _SLACK or (at - 1 + quarters) % 4 + 1 in told:
            return None
        return year + (at - 1 + quarters) // 4, (at - 1 + quarters) % 4 + 1

    def _year(self, day: date) -> int:
        """The fiscal year that `day` lies in."""
        known, year, quarter = self.ends[-1]
        into = (day - known).days / _YEAR + quarter / 4
        return year + int(-(-into // 1)) - 1


def calendar_of(
    meta: FilingMeta, document: tuple[str, str] | None, durations: Sequence[tuple[str, str]]
) -> Calendar:
    """The calendar by the filing's fiscal year and period, and the times it tells of.

    `document` is (start, end) of what it reports on, from the start of the fiscal year; `durations` are
    those of its figures. Without a fiscal year, a period or an end: no calendar.
    """
    end = _day(document[1] if document else meta.period_end)
    at = _QUARTERS.get(meta.fiscal_period or "", 4 if (meta.form or "").startswith("10-K") else 0)
    if end is None or meta.fiscal_year is None or not at:
        return Calendar()
    ends = [(end, meta.fiscal_year, at)]
    starts = Counter(_day(start) for start, last in durations if _day(last) == end)
    opened = _day(document[0]) if document else None
    if opened is None or abs((end - opened).days - at * _QUARTER) > _UNEVEN:  # some name the quarter alone
        opened = _first(starts, end, at * _QUARTER)
    if opened is not None:
        ends.append((opened - timedelta(days=1), meta.fiscal_year - 1, 4))
    quarter = _first(starts, end, _QUARTER)
    if quarter is not None and at > 1:
        ends.append((quarter - timedelta(days=1), meta.fiscal_year, at - 1))
    return Calendar(tuple(ends))


def _first(starts: Counter[date | None], end: date, days: float) -> date | None:
    """The most common start of about so many days up to `end`."""
    near = [day for day, _ in starts.most_common() if day and abs((end - day).days - days) <= _UNEVEN]
    return near[0] if near else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
