"""What a question for a figure asks, and the facts that answer it.

Knows no database and no model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag_app.facts.types import Fact

Operation = Literal["value", "growth", "difference", "change", "trend"]
"""Each period's value; percent, absolute change or both, first to last; a line over the periods."""

LETTERS = "abcdefgh"
"""`formula` names the measures by these, in order."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure as it is asked for: its concepts, the preferred first, of these members (none: the whole)."""

    name: str
    concepts: tuple[str, ...]
    members: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A period asked for. `text` says it in words: "fiscal 2024", "the nine months ended July 1, 2023".

    `year` and `period` ("FY", "Q3", "H1", "9M") are the company's own, where the question tells them.
    """

    text: str
    year: int | None = None
    period: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One company, measure and period (these two by their places): its fact, None where none fits.

    `alternatives` are facts that may be meant as well, or that other filings give for the same.
    """

    company: str
    measure: int
    period: int
    fact: Fact | None
    alternatives: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Confidence:
    """0 to 1 for each part of a question; 1 where the words leave no choice."""

    measure: float
    company: float
    period: float
    segment: float

    @property
    def lowest(self) -> float:
        """That of the weakest part."""
        return min(self.measure, self.company, self.period, self.segment)


@dataclass(frozen=True, slots=True)
class Lookup:
    """A question for figures, read and looked up.

    `name` is what is asked ("free cash flow"); `formula` computes it from the measures ("a - b", "a / b"),
    or is "" where each measure stands for itself. `percent`: the formula gives a share. `periods` are in
    order of time. `cells` go by company, period, measure. Where it is not `sure`, `doubts` say why and
    nothing may be stated as the answer; `notes` are said with an answer.
    """

    question: str
    name: str
    operation: Operation
    measures: tuple[Measure, ...]
    companies: tuple[str, ...]
    periods: tuple[Span, ...]
    cells: tuple[Cell, ...]
    confidence: Confidence
    sure: bool
    formula: str = ""
    percent: bool = False
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def cell(self, company: str, period: int, measure: int = 0) -> Cell:
        """The cell of a company's key and the places of a period and a measure; KeyError for none."""
        for cell in self.cells:
            if (cell.company, cell.period, cell.measure) == (company, period, measure):
                return cell
        raise KeyError((company, period, measure))
