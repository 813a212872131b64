"""What an answer from filings' tagged data rests on: frozen values that the packages hand on.

Knows no database and no file format.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Figure:
    """One tagged figure: `value` in ones of `unit`, signed as filed; `amount` and `period` say it in words.

    Days are ISO, `start` None for an instant; `members` are (axis, member) pairs. `number` is the
    citation that shows its row, 0 where none does. `origin` is "inline" or "companyfacts".
    """

    concept: str
    label: str
    company: str
    ticker: str
    cik: str
    value: Decimal
    unit: str
    amount: str
    period: str
    short_period: str
    start: str | None
    end: str
    fiscal_year: int | None
    fiscal_period: str
    members: tuple[tuple[str, str], ...]
    filing_id: str
    accession: str
    form: str
    source: str
    chunk_id: str
    origin: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """One value along a chart, as a fraction where it is in percent; `amount` says it in words."""

    period: str
    value: Decimal
    amount: str


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart, oldest first. `unit` such as "USD", "USD/shares", "pure"; or in `percent`."""

    name: str
    unit: str
    percent: bool
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """Something worked out: `shown` "2.0%" by `working` "(391,035 - 383,285) / 383,285 = 2.0%".

    `value` is a fraction for a percentage; None where it was `refused`, which says why.
    """

    name: str
    shown: str
    working: str
    value: Decimal | None
    unit: str
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """`stated` figures, in the order of the answer, and `others` that tell something else of the same.

    `others` are restated figures, and where the look-up was not `sure` the candidates; `doubts` say why.
    """

    operation: str
    stated: tuple[Figure, ...]
    others: tuple[Figure, ...] = ()
    results: tuple[Result, ...] = ()
    chart: tuple[Series, ...] = ()
    sure: bool = True
    doubts: tuple[str, ...] = ()
