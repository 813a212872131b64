"""One figure that a filing tags, as it is stored and looked up.

Knows no file format and no database.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` in ones of `unit`, signed as filed; `shown` as displayed.

    Days are ISO, `start` is None for an instant.
    `label` is the row's as printed ("" in prose), `section` the label it stands under, `statement` its
    table's caption, `column` its column's head. `scale` is 6 for millions; `decimals` "-6", "INF" or "".
    `fiscal_year` and `fiscal_period` ("FY", "Q1" to "Q4", "H1", "9M", "" for an odd one) are of the
    fact's own period in its company's calendar; of an instant: the period that ends then.
    `members` are (axis, member) pairs, none for the whole company. `row` is the line of the chunk's
    text that shows it, -1 where unknown. `origin` is "inline" or "companyfacts".
    """

    filing_id: str
    order: int
    concept: str
    label: str
    section: str
    statement: str
    column: str
    shown: str
    value: Decimal
    scale: int
    decimals: str
    unit: str
    start: str | None
    end: str
    fiscal_year: int | None
    fiscal_period: str
    members: tuple[tuple[str, str], ...]
    chunk_id: str
    row: int
    company: str
    ticker: str
    cik: str
    accession: str
    form: str
    source: str
    origin: str = "inline"
