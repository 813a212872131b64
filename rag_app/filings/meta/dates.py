"""Dates as filings write them → ISO `YYYY-MM-DD`."""

from __future__ import annotations

import re
from datetime import date, timedelta

_NAMES = "january february march april may june july august september october november december".split()
_MONTH = (
    "(?:" + "|".join(rf"{name[:3]}(?:{name[3:]})?" for name in _NAMES).replace("sep(", "sept?(") + r")\.?"
)
_DATE = re.compile(rf"\b({_MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s*((?:19|20)\d\d)", re.IGNORECASE)
_DAY_FIRST = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:day\s+of\s+|of\s+)?({_MONTH})\s*,?\s+((?:19|20)\d\d)", re.IGNORECASE
)
_ISO = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b")
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)\b")
_COMPACT = re.compile(r"^((?:19|20)\d\d)(\d\d)(\d\d)$")


def parse_date(text: str) -> str | None:
    """The first date in `text` as ISO `YYYY-MM-DD`: "September 28, 2024", "2024-09-28", "19970926"."""
    text = " ".join(text.split())
    found = _DATE.search(text)
    day_first = _DAY_FIRST.search(text)
    if found and not (day_first and day_first.start() < found.start()):
        return _iso(int(found[3]), _month(found[1]), int(found[2]))
    if day_first:
        return _iso(int(day_first[3]), _month(day_first[2]), int(day_first[1]))
    if found := _ISO.search(text) or _COMPACT.match(text):
        return _iso(int(found[1]), int(found[2]), int(found[3]))
    if found := _SLASHED.search(text):
        return _iso(int(found[3]), int(found[1]), int(found[2]))
    return None


def _month(name: str) -> int:
    return [known[:3] for known in _NAMES].index(name[:3].lower()) + 1


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def written(iso: str) -> re.Pattern[str]:
    """A pattern for the date as text writes it: "January 28, 2023"."""
    day = date.fromisoformat(iso)
    return re.compile(rf"\b{_NAMES[day.month - 1]}\s+0?{day.day}(?:\s*,)?\s+{day.year}\b", re.IGNORECASE)


def fiscal_year_of(period_end: str) -> int:
    """Fiscal year of an annual period: its last day's year; the first week of January counts back."""
    return (date.fromisoformat(period_end) - timedelta(days=7)).year


def fiscal_year_of_quarter(period_end: str, quarter: int) -> int:
    """The year in which the fiscal year of this quarter ends (52/53-week ends count back a week)."""
    end = date.fromisoformat(period_end) - timedelta(days=7)
    return end.year + (1 if end.month + 3 * (4 - quarter) > 12 else 0)
