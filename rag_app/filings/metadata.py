"""What a filing says of itself: inline XBRL `dei:` facts, the SGML header, the cover page.

Nothing is guessed: a field the file does not tell stays None. Knows no layout.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from rag_app.core.types import FilingMeta

_MONTHS = {
    name: i + 1
    for i, name in enumerate(
        "january february march april may june july august september october november december".split()
    )
}
_MONTH = "(?:" + "|".join(_MONTHS) + ")"
_DATE = re.compile(rf"({_MONTH})\s+(\d{{1,2}})\s*,?\s*((?:19|20)\d\d)", re.IGNORECASE)
_ISO = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b")
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)\b")
_COMPACT = re.compile(r"^((?:19|20)\d\d)(\d\d)(\d\d)$")
_ACCESSION = re.compile(r"(?<!\d)(\d{10}-\d{2}-\d{6})(?!\d)")
_FORM = re.compile(
    r"\bform\s+(10-?\s?[kq](?:sb|405|t)?(?:\s?/\s?a)?|8-?k(?:\s?/\s?a)?|20-f|40-f|6-k)(?![\w-])",
    re.IGNORECASE,
)
_EXACT_NAME = re.compile(r"\(?\s*exact\s+name\s+of\s+(?:the\s+)?(?:registrant|company)", re.IGNORECASE)
_FILE_NUMBER = re.compile(r"commission\s+file\s+(?:number|no\.?)s?", re.IGNORECASE)
_FISCAL_END = re.compile(
    r"\bfor\s+the\s+(?:fiscal\s+)?(?:year|annual\s+period)\s*[-]?\s*ended|\bfiscal\s+year\s+ended",
    re.IGNORECASE,
)
_QUARTER_END = re.compile(
    r"\bfor\s+the\s+(?:fiscal\s+)?(?:quarterly\s+period|quarter|period)\s+ended", re.IGNORECASE
)
_REPORT_DATE = re.compile(r"date\s+of\s+(?:earliest\s+event\s+reported|report)", re.IGNORECASE)
_LISTED = re.compile(
    r"\b([A-Z]{1,5}(?:[.-][A-Z]{1,2})?)\s*[”\"]?\s+(?:on\s+)?(?:the\s+)?(?:new\s+york\s+stock|nyse|nasdaq|cboe|chicago\s+stock)",
    re.IGNORECASE,
)
_UNDER_SYMBOL = re.compile(
    r"\b(?:common|capital|ordinary)\s+(?:stock|shares)\b[^.]{0,300}?\bunder\s+the\s+(?:ticker\s+|trading\s+)?symbol[s]?\s+[“\"'‘]?([A-Z]{1,5})\b"
)
_LISTED_NAME = re.compile(
    r"((?:[A-Z][\w&.,'’-]*\s+){1,7})\((?:NYSE|NASDAQ|Nasdaq)[^:)]{0,40}:\s*[“\"]?([A-Z]{1,5}(?:\.[A-Z])?)[”\"]?\)"
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
_NOT_NAMES = re.compile(
    r"^\(|commission|form\s|securities|washington,|file\s+n|report|\b\d\d-\d{7}\b|^[\d\s.,-]+$|☐|☒"
    r"|\bact of\b|^or$",
    re.IGNORECASE,
)


def parse_date(text: str) -> str | None:
    """The first date in `text` as ISO `YYYY-MM-DD`: "September 28, 2024", "2024-09-28", "19970926"."""
    text = " ".join(text.split())
    if found := _DATE.search(text):
        return _iso(int(found[3]), _MONTHS[found[1].lower()], int(found[2]))
    if found := _ISO.search(text) or _COMPACT.match(text):
        return _iso(int(found[1]), int(found[2]), int(found[3]))
    if found := _SLASHED.search(text):
        return _iso(int(found[3]), int(found[1]), int(found[2]))
    return None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def tidy_form(text: str) -> str | None:
    """`10K/A` → `10-K/A`; None for an empty type."""
    text = (
        re.sub(r"\s+", "", text.upper())
        if text.upper().startswith(("10", "8", "20", "40", "6"))
        else text.strip().upper()
    )
    return re.sub(r"^(10|8|20|40|6)-?([KQF])", r"\1-\2", text) or None


def dei_facts(tree: Any) -> dict[str, str]:
    """The first non-empty value of every `dei:` fact, hidden ones included; {} without inline XBRL."""
    facts: dict[str, str] = {}
    tags = (
        "{http://www.xbrl.org/2013/inlineXBRL}nonNumeric",
        "{http://www.xbrl.org/2008/inlineXBRL}nonNumeric",
        "ix:nonnumeric",
    )
    for element in tree.iter(*tags):
        name = element.get("name", "")
        if name.startswith("dei:"):
            value = " ".join("".join(element.itertext()).split())
            if value and name[4:] not in facts:
                facts[name[4:]] = value
    return facts


def from_dei(facts: Mapping[str, str]) -> FilingMeta:
    """Metadata from `dei:` facts. `fiscal_year` is DocumentFiscalYearFocus, never derived."""
    form = tidy_form(facts.get("DocumentType", ""))
    if form and facts.get("AmendmentFlag", "").lower() == "true" and not form.endswith("/A"):
        form += "/A"
    ticker = facts.get("TradingSymbol", "").strip().upper()
    period = facts.get("DocumentFiscalPeriodFocus", "").upper()
    focus = facts.get("DocumentFiscalYearFocus", "")
    cik = re.sub(r"\D", "", facts.get("EntityCentralIndexKey", ""))
    return FilingMeta(
        company=facts.get("EntityRegistrantName") or None,
        ticker=ticker
        if re.fullmatch(r"[A-Z][A-Z0-9.-]{0,9}", ticker) and ticker not in {"N/A", "NA", "NONE"}
        else None,
        cik=cik.zfill(10) if cik else None,
        form=form,
        fiscal_year=int(focus) if re.fullmatch(r"(?:19|20)\d\d", focus) else None,
        fiscal_period=period if period in {"FY", "Q1", "Q2", "Q3"} else None,
        period_end=parse_date(facts.get("DocumentPeriodEndDate", "")),
    )


def from_sgml(header: str) -> FilingMeta:
    """Metadata from `<SEC-HEADER>` lines such as `COMPANY CONFORMED NAME:  APPLE INC`."""

    def field(name: str) -> str:
        found = re.search(rf"^[\s>]*{name}:[ \t]*(.+)$", header, re.MULTILINE)
        return found.group(1).strip() if found else ""

    form = tidy_form(field("CONFORMED SUBMISSION TYPE"))
    period_end = parse_date(field("CONFORMED PERIOD OF REPORT"))
    cik = field("CENTRAL INDEX KEY")
    annual = bool(form and form.startswith("10-K") and period_end)
    return FilingMeta(
        company=field("COMPANY CONFORMED NAME") or None,
        cik=cik.zfill(10) if cik.isdigit() else None,
        form=form,
        fiscal_year=_year_of(period_end) if annual and period_end else None,
        fiscal_period="FY" if annual else None,
        period_end=period_end,
        filed=parse_date(field("FILED AS OF DATE")),
        accession=field("ACCESSION NUMBER") or None,
    )


def _year_of(period_end: str) -> int:
    """Fiscal year of an annual period: its last day's year; the first week of January counts back."""
    return (date.fromisoformat(period_end) - timedelta(days=7)).year


def accession_in(name: str) -> str | None:
    """An accession number such as 0000320193-24-000123 in a file or folder name."""
    found = _ACCESSION.search(name)
    return found.group(1) if found else None


def from_cover(lines: Sequence[str], body: str = "", form: str | None = None) -> FilingMeta:
    """Metadata from the cover page's `lines`; `body` is the whole text, read for the quarter only."""
    cover = "\n".join(lines)
    if form is None:
        found = _FORM.search(cover)
        form = tidy_form(found.group(1)) if found else None
    period_end = fiscal_period = None
    fiscal_year = None
    if form and form.startswith("10-K"):
        period_end = _date_after(_FISCAL_END, cover)
        if period_end:
            fiscal_period, fiscal_year = "FY", _year_of(period_end)
    elif form and form.startswith("10-Q"):
        period_end = _date_after(_QUARTER_END, cover)
        fiscal_period = _quarter(body)
        if period_end and fiscal_period:
            fiscal_year = _fiscal_year_of_quarter(period_end, int(fiscal_period[1]))
    elif form and form.startswith("8-K") and " " not in form:
        period_end = _date_after(_REPORT_DATE, cover) or _date_before(_REPORT_DATE, cover)
    return FilingMeta(
        company=_company(lines),
        ticker=_ticker(cover, body),
        form=form,
        fiscal_year=fiscal_year,
        fiscal_period=fiscal_period,
        period_end=period_end,
    )


def from_release(body: str) -> FilingMeta:
    """Company and symbol of a press release: "Example, Inc. (NYSE: EXM) announced today"."""
    found = _LISTED_NAME.search(body)
    return FilingMeta(company=found[1].strip(), ticker=found[2]) if found else FilingMeta()


def _date_after(phrase: re.Pattern[str], text: str) -> str | None:
    for found in phrase.finditer(text):
        if got := parse_date(text[found.end() : found.end() + 60]):
            return got
    return None


def _date_before(phrase: re.Pattern[str], text: str) -> str | None:
    found = phrase.search(text)
    return parse_date(text[max(0, found.start() - 60) : found.start()]) if found else None


def _quarter(body: str) -> str | None:
    counts = {name: len(re.findall(pattern, body, re.IGNORECASE)) for name, pattern in _SPANS}
    if counts["Q3"] >= 3 and counts["Q3"] >= counts["Q2"]:
        return "Q3"
    if counts["Q2"] >= 3:
        return "Q2"
    return "Q1" if counts["Q1"] >= 3 else None


def _fiscal_year_of_quarter(period_end: str, quarter: int) -> int:
    """The year in which the fiscal year of this quarter ends (52/53-week ends count back a week)."""
    end = date.fromisoformat(period_end) - timedelta(days=7)
    return end.year + (1 if end.month + 3 * (4 - quarter) > 12 else 0)


def _company(lines: Sequence[str]) -> str | None:
    for i, line in enumerate(lines):
        if found := _EXACT_NAME.search(line):
            before = line[: found.start()].strip()
            candidates = (
                [before]
                if before
                else [text for text in lines[max(0, i - 3) : i][::-1] if text.strip("_-— *")]
            )
            for text in candidates[:2]:
                if _like_name(text):
                    return text.strip(" *")
            return None
    for i, line in enumerate(lines):
        if found := _FILE_NUMBER.search(line):
            for text in lines[i + 1 : i + 4]:
                if re.fullmatch(r"[:\s\d-]+", text):
                    continue
                return text.strip() if _like_name(text) else None
    return None


def _like_name(text: str) -> bool:
    return (
        1 < len(text) <= 90
        and len(text.split()) <= 10
        and not _NOT_NAMES.search(text)
        and any(c.isalpha() for c in text)
    )


def _ticker(cover: str, body: str) -> str | None:
    start = re.search(r"trading\s+symbol", cover, re.IGNORECASE)
    if start:
        for found in _LISTED.finditer(cover[start.end() : start.end() + 3000]):
            if found[1].isupper() and found[1] not in {"THE", "ON", "LLC", "INC", "NONE", "N"}:
                return found[1]
    found_under = _UNDER_SYMBOL.search(body)
    return found_under[1] if found_under else None


def merge(*metas: FilingMeta) -> FilingMeta:
    """Field by field the first that is not None; the most trusted source comes first."""
    out = metas[0]
    for meta in metas[1:]:
        gaps: dict[str, Any] = {
            name: getattr(meta, name)
            for name in meta.__slots__
            if getattr(out, name) is None and getattr(meta, name) is not None
        }
        out = replace(out, **gaps)
    return out
