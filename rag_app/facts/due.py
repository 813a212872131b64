"""Rows of a schedule of what falls due: which year one is of, by its tag, its label and its column.

Knows no question.
"""

from __future__ import annotations

import re

from rag_app.facts.types import Fact

PLACE = re.compile(
    r"(?:Due)?(?:To[Bb]e[Pp]aid)?(?:In|Due)?(?:(?:The)?NextTwelveMonths|NextRollingTwelveMonths"
    r"|(?:Rolling)?Year(?:One|Two|Three|Four|Five)|RemainderOfFiscalYear"
    r"|(?P<rest>After(?:Rolling)?Year(?:Four|Five)|FiveFiscalYearsThereafter|Thereafter))$"
)
"""The end of a tag that tells the row's place; `rest`: the years after those that have a row each."""
_YEAR = re.compile(r"\b20\d\d\b")
_WHEN = re.compile(r"\b(?:20\d\d\b.{0,40}|thereafter)$", re.IGNORECASE)


def years(fact: Fact) -> frozenset[int]:
    """The years that the row, or else its column, is called by."""
    told = (frozenset(int(y) for y in _YEAR.findall(text)) for text in (fact.label, fact.column))
    return next((found for found in told if found), frozenset())


def when(fact: Fact) -> str:
    """ "due in 2027", "due thereafter", "expected for 2027"; "" of a fact that is no such row."""
    if not PLACE.search(fact.concept):
        return ""
    told = next((m.group() for t in (fact.label, fact.column) if (m := _WHEN.search(t.strip()))), "")
    if not told:
        return ""
    verb = "expected" if "Amortization" in fact.concept else "due"
    link = "" if told.lower() == "thereafter" else "for " if verb == "expected" else "in "
    return f"{verb} {link}{told.lower() if not link else told}"


def of_when(fact: Fact) -> bool:
    """Whether the row's label tells no more than when: "2027", "Thereafter"."""
    return _WHEN.fullmatch(fact.label.strip()) is not None
