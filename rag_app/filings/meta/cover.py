"""What the cover page of a filing without facts tells, and what its text says of periods and symbols.

Nothing is guessed: what the page does not tell stays None.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rag_app.core.types import FilingMeta
from rag_app.filings.meta.dates import fiscal_year_of, fiscal_year_of_quarter, parse_date, written

_FORM = re.compile(
    r"\bform\s+(10\s?-?\s?[kq](?:sb(?:40)?|405|t)?(?:\s?/\s?a)?|8\s?-?\s?k(?:\s?/\s?a)?|(?:20-?f|40-?f|6-?k)(?:/a)?)(?![\w-])",
    re.IGNORECASE,
)
_AMENDED = re.compile(r"^\W*amendment\s+n(?:o|umber)\b", re.IGNORECASE)
_EXACT_NAME = re.compile(
    r"(?:\(\s*)?exact\s+names?\s+of\s+(?:the\s+|each\s+)?(?:registrants?|company)", re.IGNORECASE
)
_FILE_NUMBER = re.compile(r"commission\s+file\s+(?:number|no\.?)s?", re.IGNORECASE)
# one line for each of several registrants: file number, name, employer's number
_REGISTRANT = re.compile(r"^(?:\d{1,3}-\d{2,6}(?:-\d\d)?)\s+(\D.*?)\s+\d\d-\d{7}\b")
_SUFFIX = re.compile(
    r"^(?:and\s+(?:company|subsidiaries)|&\s*co\.?|inc\.?|incorporated|corp\.?|corporation|company|co\.|ltd\.?|limited"
    r"|l\.?l\.?c\.?|l\.?p\.?|plc|n\.?a\.?|n\.?v\.?|s\.?a\.?)$",
    re.IGNORECASE,
)
_NOT_NAMES = re.compile(
    r"^\(|commission|form\s|securities|washington,|file\s+n|report|\b\d\d-\d{7}\b|^[\d\s.,-]+$|☐|☒"
    r"|\bact of\b|^or$",
    re.IGNORECASE,
)
_WEEKS = r"(?:\(?(?:\d\d|fifty-(?:two|three)|(?:thirteen|twelve|fourteen|sixteen))\s+weeks\)?\s+)?"
_YEAR_END = re.compile(
    rf"\bfor\s+(?:the\s+)?(?:fiscal\s+)?(?:year|annual\s+period|period)?\s*{_WEEKS}-?\s*end(?:ed|ing)"
    rf"|\bfiscal\s+year\s+{_WEEKS}end(?:ed|ing)",
    re.IGNORECASE,
)
_QUARTER_END = re.compile(
    r"\bfor\s+(?:the\s+)?(?:fiscal\s+)?(?:quarterly\s+period|quarter|period)?\s*"
    rf"{_WEEKS}end(?:ed|ing)|\bquarterly\s+period\s+{_WEEKS}end(?:ed|ing)",
    re.IGNORECASE,
)
_TRANSITION = re.compile(
    r"\bfor\s+the\s+transition\s+period\s+from\b.{0,60}?\bto\b", re.IGNORECASE | re.DOTALL
)
_REPORT_DATES = (
    re.compile(r"date\s+of\s+(?:the\s+)?earliest\s+event\s+reported\)?", re.IGNORECASE),
    re.compile(r"date\s+of\s+report", re.IGNORECASE),
)
_SPANS = (
    (
        "Q3",
        r"(?:nine|9)[\s-]+months?\b|(?:thirty-nine|39)[\s-]+weeks?\b|(?:forty|40|thirty-six|36)[\s-]+weeks\b",
    ),
    (
        "Q2",
        r"(?:six|6)[\s-]+months?\s+(?:period[s]?\s+)?ended\b|(?:six|6)[\s-]months?\s+period"
        r"|(?:twenty-six|26|twenty-four|24|twenty-eight|28)[\s-]+weeks?\s+ended\b",
    ),
    (
        "Q1",
        r"(?:three|3)[\s-]+months?\b|(?:thirteen|13|twelve|12|sixteen|16)[\s-]+weeks?\b|quarter\s+ended\b",
    ),
)
_ORDINALS = {"Q1": "first", "Q2": "second", "Q3": "third"}


def from_cover(
    lines: Sequence[str], body: str = "", form: str | None = None, period_end: str | None = None
) -> FilingMeta:
    """Metadata from the cover page's `lines`; `body` is the whole text, read for what the cover leaves open.

    `form` and `period_end` are known from elsewhere.
    """
    cover = "\n".join(lines)
    form = form or _form(lines)
    fiscal_period = None
    fiscal_year = None
    kind = (form or "").removesuffix("/A")
    if kind == "10-KT":
        period_end = period_end or _date_after(_TRANSITION, cover)
    elif kind.startswith(("10-K", "20-F", "40-F")):
        period_end = period_end or _date_after(_YEAR_END, cover)
        if period_end:
            fiscal_period, fiscal_year = "FY", _named_year(period_end, body) or fiscal_year_of(period_end)
    elif kind.startswith("10-Q"):
        period_end = period_end or _date_after(_QUARTER_END, cover)
        fiscal_period = _quarter(body)
        if period_end and fiscal_period:
            fiscal_year = _year_of_quarter(period_end, fiscal_period, body)
    elif kind.startswith("8-K") and " " not in kind:
        period_end = period_end or _event_date(cover)
    return FilingMeta(
        company=company_of(lines),
        form=form,
        fiscal_year=fiscal_year,
        fiscal_period=fiscal_period,
        period_end=period_end,
    )


def _form(lines: Sequence[str]) -> str | None:
    for i, line in enumerate(lines):
        if found := _FORM.search(line):
            form = tidy_form(found.group(1)) or ""
            around = [line[found.end() :], *lines[max(0, i - 2) : i], *lines[i + 1 : i + 4]]
            amended = any(_AMENDED.match(text) for text in around)
            return f"{form}/A" if amended and not form.endswith("/A") else form
    found = _FORM.search(" ".join(lines))  # "FORM" and "10-K" on lines of their own
    return tidy_form(found.group(1)) if found else None


def tidy_form(text: str) -> str | None:
    """`10K/A` → `10-K/A`; None for an empty type."""
    text = (
        re.sub(r"\s+", "", text.upper())
        if text.upper().startswith(("10", "8", "20", "40", "6"))
        else text.strip().upper()
    )
    return re.sub(r"^(10|8|20|40|6)-?([KQF])", r"\1-\2", text) or None


def _date_after(phrase: re.Pattern[str], text: str) -> str | None:
    for found in phrase.finditer(text):
        if got := parse_date(text[found.end() : found.end() + 60]):
            return got
    return None


def _event_date(cover: str) -> str | None:
    """The earliest event's date: named so, or the second of "March 29, 2021 (March 26, 2021)"."""
    for phrase in _REPORT_DATES:
        for found in phrase.finditer(cover):
            after = cover[found.end() : found.end() + 90]
            if first := parse_date(after[:60]):
                second = re.search(r"\d{4}\s*\(([^)]{6,40})\)", after)
                return (parse_date(second[1]) if second else None) or first
    for phrase in reversed(_REPORT_DATES):
        behind = phrase.search(cover)
        if behind and (before := parse_date(cover[max(0, behind.start() - 60) : behind.start()])):
            return before
    return None


def _quarter(body: str) -> str | None:
    counts = {name: len(re.findall(pattern, body, re.IGNORECASE)) for name, pattern in _SPANS}
    if counts["Q3"] >= 3 and counts["Q3"] >= counts["Q2"]:
        return "Q3"
    if counts["Q2"] >= 3:
        return "Q2"
    return "Q1" if counts["Q1"] >= 3 else None


def _named_year(period_end: str, body: str) -> int | None:
    """What the text calls the year that ended so: "January 28, 2023 (“fiscal 2022”)"."""
    votes: Counter[int] = Counter()
    end = int(period_end[:4])
    for found in written(period_end).finditer(body):
        after = re.match(
            r"\s*,?\s*[(\[]?(?:[^()]{0,30}\bas\s+)?[“\"‘']?(?:the\s+)?fiscal\s+(?:year\s+)?(\d{4})\b",
            body[found.end() : found.end() + 80],
            re.IGNORECASE,
        )
        before = re.search(
            r"\bfiscal\s+(?:years?\s+)?(\d{4})\b[”\"’']?[^.;()]{0,60}?\bend(?:ed|s|ing)?\s+(?:on\s+)?$",
            body[max(0, found.start() - 110) : found.start()],
            re.IGNORECASE,
        )
        votes.update(int(match[1]) for match in (after, before) if match)
    near = [(count, year) for year, count in votes.items() if abs(year - end) <= 1]
    return max(near)[1] if near else None


def _year_of_quarter(period_end: str, quarter: str, body: str) -> int:
    """The year the fiscal year ends in, or the one before where the text calls it so."""
    ends = fiscal_year_of_quarter(period_end, int(quarter[1]))
    named = Counter(
        int(year)
        for year in re.findall(
            rf"\b{_ORDINALS[quarter]}\s+quarters?\s+of\s+(?:our\s+)?fiscal\s+(?:year\s+)?(\d{{4}})\b",
            body,
            re.IGNORECASE,
        )
    )
    return ends - 1 if named[ends - 1] >= 2 and not named[ends] else ends


def company_of(lines: Sequence[str]) -> str | None:
    """The (first) registrant's name on the cover."""
    for line in lines:
        if (found := _REGISTRANT.match(line)) and _like_name(found[1]):
            return found[1].strip(" *")
    for i, line in enumerate(lines):
        if found := _EXACT_NAME.search(line):
            return _name_at(lines, i, found)
    for i, line in enumerate(lines):
        if found := _FILE_NUMBER.search(line):
            for text in lines[i + 1 : i + 4]:
                if re.fullmatch(r"[:\s\d-]+", text):
                    continue
                return text.strip() if _like_name(text) else None
    return None


def _name_at(lines: Sequence[str], i: int, found: re.Match[str]) -> str | None:
    """The name before "(Exact name of registrant …)", on its line or above, or behind a colon."""
    if before := lines[i][: found.start()].strip():
        return before.strip(" *") if _like_name(before) else None
    above = [text.strip(" *") for text in lines[max(0, i - 3) : i][::-1] if text.strip("_-— *")]
    for n, text in enumerate(above[:2]):
        if _SUFFIX.match(text) and n + 1 < len(above) and _like_name(above[n + 1]):
            return f"{above[n + 1]} {text}"
        if _like_name(text):
            return text
    _, colon, after = lines[i].partition(":")
    return after.strip(" *") if colon and _like_name(after.strip()) else None


def _like_name(text: str) -> bool:
    return (
        1 < len(text) <= 90
        and len(text.split()) <= 10
        and not _NOT_NAMES.search(text)
        and any(c.isalpha() for c in text)
    )
