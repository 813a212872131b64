"""What words were read as: a figure that they name, and the figures that one company is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from rag_app.facts.asked import Measure


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure that words name. `rivals` fit as well; `left` are terms it does not explain, as `said`."""

    measure: Measure
    score: float
    exact: bool
    segment: float = 1.0
    unit: str = ""
    rivals: tuple[Measure, ...] = ()
    left: tuple[str, ...] = ()
    said: tuple[str, ...] = ()

    @property
    def confidence(self) -> float:
        """1 where all words are explained, else well below what is sure."""
        return 1.0 if self.exact else min(0.75, self.score)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is looked up for one company; `rivals` are of each measure. `row`: named as its row is printed."""

    name: str
    measures: tuple[Measure, ...]
    confidence: float
    segment: float
    rivals: tuple[tuple[Measure, ...], ...]
    formula: str = ""
    percent: bool = False
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    row: bool = False
