"""What words and periods say of the figure that is asked for besides its name: its kind, its unit, its part.

Knows no company's figures.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from rag_app.facts.entries import VAGUE, Entry
from rag_app.facts.periods import Asked
from rag_app.facts.segments import Members, Mention
from rag_app.facts.terms import FRAME, WEAK, terms_of

COUNT = re.compile(
    r"\bhow many\b(?! (?:u\.?s\.? )?(?:dollars|cents|millions?|billions?|percent|percentage|basis|points))"
    r"|\b(?:number|count) of\b|#",
    re.IGNORECASE,
)
COUNTED = re.compile(r"\b(?:shares|units|awards|rsus|psus|options|warrants|count|number)\b", re.IGNORECASE)
RATE = re.compile(r"\bpercent(?:age)?\b|%|\bbasis points?\b", re.IGNORECASE)
MONEY = re.compile(r"\bdollars?\b|\$|\busd\b", re.IGNORECASE)
BOTH = re.compile(
    r"\b(?:non-?current|current|(?:long|short)(?:[- ]term)?) (?:and|plus|&|\+|or) (?:the )?"
    r"(?:non-?current|current|long|short)\b",
    re.IGNORECASE,
)
LOST = re.compile(r"\b(?:lose|lost|earn(?:ed)?|profitable)\b", re.IGNORECASE)
SPENT = re.compile(r"\b(?:how much|spen[dt]|cost|paid|pay|amount)\b", re.IGNORECASE)
PAID = re.compile(r"\b(?:pay|paid|pays|paying|spen[dt]|cash)\b", re.IGNORECASE)
_BARE = frozenset(
    "basic diluted other current noncurrent foreign federal state us deferred granted outstanding".split()
)
_PLACES = (
    "IncomeStatementLocationAxis", "ProductOrServiceAxis", "GeographicalAxis", "SegmentsAxis",
    "ConsolidationItemsAxis",
)  # fmt: skip
_RAW = re.compile(r"[\w&'.%-]+")
_LONGEST = 4  # words that may be one term
_SPANS = {"H1", "9M", "TTM", "YTD", "Q", "Q1", "Q2", "Q3", "Q4"}


def label_name(label: str) -> str:
    """A printed label as a name; "" for one that says nothing by itself."""
    bare = re.sub(r"^total (?=\w)|\s*\(\d+\)$", "", label.strip(" :"), flags=re.IGNORECASE)
    strong = frozenset(terms_of(bare)) - FRAME - WEAK - _BARE
    return bare if strong and len(bare) < 90 and not (len(strong) == 1 and strong <= VAGUE) else ""


def opposed(entry: Entry, given: frozenset[str]) -> bool:
    """Whether a figure is the current part where the rest is asked for, or the other way round."""
    local = entry.concept.rpartition(":")[2]
    if {"current", "noncurrent"} <= given:
        return False
    other = {"noncurrent": "Current", "current": "Noncurrent"}
    return any(term in given and local.endswith(end) for term, end in other.items())


def located(option: Mention) -> bool:
    """Whether a member is a place, a segment or a line of costs: its name may be a figure's name too."""
    return all(axis.endswith(_PLACES) for axis, _ in option.members)


def as_said(text: str, terms: Collection[str]) -> tuple[str, ...]:
    """The words of `text` that are each one of `terms`, as they stand; terms that are none, as such."""
    words = [w.strip("'.-") for w in _RAW.findall(text)]
    words = [w.removesuffix("'s") for w in words if w]
    found: dict[str, str] = {}
    for size in range(1, _LONGEST + 1):
        for i in range(len(words) - size + 1):
            piece = " ".join(words[i : i + size])
            named = terms_of(piece)
            if len(named) == 1 and named[0] in terms:
                found.setdefault(named[0], piece)
    return tuple(found.get(t, t) for t in terms)


def of_stock(members: Members) -> bool:
    """Whether members are the common stock in the statement of equity: its shares are all there are."""
    return all(a.endswith("StatementEquityComponentsAxis") and "CommonStock" in m for a, m in members)


def says(text: str) -> bool:
    """Whether the words may name a figure."""
    return bool(frozenset(terms_of(text)) - FRAME - WEAK)


def kind_of(asked: Asked) -> str:
    """ "instant" or "duration" where the periods tell, else ""."""
    if any(a.instant or a.opening for a in asked.asks):
        return "instant"
    return "duration" if any(a.months or a.period in _SPANS for a in asked.asks) else ""
