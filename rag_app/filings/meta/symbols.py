"""Trading symbols: in the table of the cover page, and as the text tells them."""

from __future__ import annotations

import re

from rag_app.core.types import FilingMeta
from rag_app.filings.meta.dates import parse_date

_SYMBOL = r"[A-Z]{1,5}(?:[./-][A-Z]{1,2})?"
_LISTED = re.compile(
    rf"(?<![\w/])({_SYMBOL})(?:\s*[”\"])?\s+(?:on\s+)?(?:[Tt]he\s+|THE\s+)?"
    r"(?i:new\s+york\s+stock|nyse|nasdaq|cboe|chicago\s+stock|american\s+stock|boston\s+stock|pacific\s+(?:stock|ex))"
)
_NO_SYMBOLS = frozenset("THE ON LLC INC NONE N STOCK SHARE UNITS NOTES VALUE CLASS CORP PAR EACH AND".split())
_UNDER = re.compile(
    rf"\bunder\s+the\s+(?:(?:ticker|trading|stock|nyse|nasdaq)\s+)*symbols?(?:\s*[:,])?\s*[“\"'‘(]*({_SYMBOL})\b"
)
_IS = re.compile(
    rf"\b(?:[Oo]ur|(?:[Cc]ompany|[Cc]orporation|[Rr]egistrant|[A-Z0-9]\w*)['’]s)\s+(?:common\s+)?(?:stock\s+)?"
    rf"(?:ticker|trading|stock)\s+symbol\s+is\s+[“\"'‘]?({_SYMBOL})\b"
)
_OWN_STOCK = re.compile(
    r"\b(?:common|capital|ordinary|depositary)\s+(?:stock|shares?|units?)\b", re.IGNORECASE
)
_FORMER = re.compile(r"\b(?:former(?:ly)?|prior\s+to|previously|until|predecessor)\b", re.IGNORECASE)
_LISTED_NAME = re.compile(
    r"((?:[A-Z][\w&.,'’-]{0,40}+\s+){1,7})\((?:NYSE|NASDAQ|Nasdaq)[^:)]{0,40}:\s*[“\"]?([A-Z]{1,5}(?:\.[A-Z])?)[”\"]?\)"
)
_QUARTER_NAMED = re.compile(
    r"\b(first|second|third)[\s-]+quarter\s+(?:of\s+)?(?:fiscal\s+)?(?:year\s+)?((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_QUARTER_ENDED = re.compile(r"\bquarter\s+end(?:ed|ing)\s+(?=\w+\.?\s+\d)", re.IGNORECASE)


def ticker_of(cover: str, body: str) -> str | None:
    """The first symbol of the cover's table, else the one the text says its own stock trades under."""
    start = re.search(r"trading\s+symbol|ticker\s+symbol", cover, re.IGNORECASE)
    if start:
        for found in _LISTED.finditer(cover[start.end() : start.end() + 3000]):
            if found[1] not in _NO_SYMBOLS:
                return found[1]
    for found in _UNDER.finditer(body):
        before = body[max(0, found.start() - 350) : found.start()]
        if _OWN_STOCK.search(before) and not _FORMER.search(before[-150:]):
            return found[1]
    told = _IS.search(body)
    return told[1] if told else None


def from_release(body: str) -> FilingMeta:
    """A press release: "Example, Inc. (NYSE: EXM) announced today", its quarter and fiscal year."""
    found = _LISTED_NAME.search(body)
    if not found:
        return FilingMeta()
    start = body[max(0, found.start() - 3000) : found.end() + 6000]
    ended = _QUARTER_ENDED.search(start)
    period_end = parse_date(start[ended.end() : ended.end() + 25]) if ended else None
    named = _QUARTER_NAMED.search(start)
    year = int(named[2]) if named and period_end else None
    if named is None or period_end is None or year is None or abs(year - int(period_end[:4])) > 1:
        return FilingMeta(company=found[1].strip(), ticker=found[2])
    quarter = {"first": "Q1", "second": "Q2", "third": "Q3"}[named[1].lower()]
    return FilingMeta(
        company=found[1].strip(),
        ticker=found[2],
        fiscal_year=year,
        fiscal_period=quarter,
        period_end=period_end,
    )
