"""Tagged figures → the JSON and the CSV of the command line's contract.

The keys here are documented in docs/cli.md and held by a test.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from rag_app.core.figures import Figure, Figures

COLUMNS = (
    "company", "ticker", "cik", "concept", "label", "value", "unit", "start", "end", "fiscal_year",
    "fiscal_period", "members", "filing_id", "source", "form", "accession", "origin", "amount",
)  # fmt: skip


def figure_json(figure: Figure) -> dict[str, Any]:
    """One figure: whose, what, how much and when, and where it stands. `value` in ones of `unit`."""
    return {
        "company": figure.company,
        "ticker": figure.ticker or None,
        "cik": figure.cik or None,
        "concept": figure.concept,
        "label": figure.label,
        "value": number(figure.value),
        "unit": figure.unit,
        "start": figure.start,
        "end": figure.end,
        "fiscal_year": figure.fiscal_year,
        "fiscal_period": figure.fiscal_period or None,
        "members": dict(figure.members),
        "filing_id": figure.filing_id,
        "source": figure.source,
        "form": figure.form or None,
        "accession": figure.accession or None,
        "origin": figure.origin,
        "amount": figure.amount,
        "period": figure.period,
        "chunk_id": figure.chunk_id or None,
        "citation": figure.number or None,
    }


def figures_json(figures: Figures | None) -> dict[str, Any] | None:
    """What an answer from tagged data rests on; null for an answer without."""
    if figures is None:
        return None
    return {
        "sure": figures.sure,
        "operation": figures.operation,
        "stated": [figure_json(f) for f in figures.stated],
        "others": [figure_json(f) for f in figures.others],
        "results": [
            {
                "name": r.name,
                "shown": r.shown,
                "working": r.working,
                "value": number(r.value),
                "unit": r.unit or None,
                "refused": r.refused or None,
            }
            for r in figures.results
        ],
        "doubts": list(figures.doubts),
    }


def number(value: Decimal | None) -> int | float | None:
    """A JSON number: whole ones exact, others to the 17 digits that JSON readers keep."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def figures_csv(figures: Iterable[Figure]) -> Iterator[str]:
    """Lines of CSV with a head, values exact; a text that a spreadsheet would run is quoted with a '."""
    yield _line(COLUMNS)
    for figure in figures:
        told = figure_json(figure) | {"value": format(figure.value, "f")}
        told["members"] = "; ".join(f"{axis}={member}" for axis, member in figure.members)
        yield _line([told[c] if c in ("value", "fiscal_year") else _inert(told[c]) for c in COLUMNS])


def _line(cells: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow("" if cell is None else cell for cell in cells)
    return out.getvalue()


def _inert(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
