"""EDGAR's own figures of a company → the facts of its filings that tag none themselves.

They name no row and no passage: `label` is the taxonomy's, `chunk_id` empty. Only whole-company figures
are there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from rag_app.core.errors import WorkspaceError
from rag_app.core.types import FilingMeta
from rag_app.facts.calendar import calendar_of
from rag_app.facts.types import Fact

ORIGIN = "companyfacts"


@dataclass(frozen=True, slots=True)
class _Figure:
    """One figure as EDGAR tells it."""

    concept: str
    label: str
    unit: str
    start: str | None
    end: str
    value: Decimal
    year: int | None
    period: str


def lacks_facts(facts: list[Fact]) -> bool:
    """Whether a filing tags no figures itself; the cover page's counts of shares are none."""
    return all(fact.concept.startswith("dei:") or fact.origin == ORIGIN for fact in facts)


def company_facts(path: Path, filing_id: str, source: str, meta: FilingMeta) -> list[Fact]:
    """The facts of the filing with this accession number in EDGAR's file; none without one.

    Raises WorkspaceError naming the file when it is damaged.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        figures = sorted(
            _figures(raw["facts"], meta.accession or ""),
            key=lambda f: (f.concept, f.unit, f.end, f.start or "", f.value),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ArithmeticError) as error:
        raise WorkspaceError(f"{path}: damaged ({error}); fetch it again with --facts") from error
    years = Counter((f.year, f.period) for f in figures if f.year)
    year, period = years.most_common(1)[0][0] if years else (None, "")
    told = replace(meta, fiscal_year=meta.fiscal_year or year, fiscal_period=meta.fiscal_period or period)
    calendar = calendar_of(told, None, [(f.start, f.end) for f in figures if f.start])
    facts = []
    for order, figure in enumerate(figures):
        year, period = calendar.period_of(figure.start, figure.end)
        facts.append(
            Fact(
                filing_id, order, figure.concept, figure.label, "", "", "", "", figure.value, 0, "",
                figure.unit, figure.start, figure.end, year, period, (), "", -1,
                meta.company or "", meta.ticker or "", meta.cik or "", meta.accession or "",
                meta.form or "", source, ORIGIN,
            )
        )  # fmt: skip
    return facts


def _figures(raw: dict[str, Any], accession: str) -> Iterator[_Figure]:
    """Each figure of one filing; what repeats it is left out."""
    seen = set()
    for taxonomy, concepts in raw.items():
        for name, about in concepts.items():
            for unit, rows in about["units"].items():
                for row in rows:
                    if not accession or row.get("accn") != accession:
                        continue
                    figure = _Figure(
                        f"{taxonomy}:{name}",
                        " ".join(str(about.get("label") or "").split()),
                        unit,
                        row.get("start"),
                        row["end"],
                        Decimal(row["val"]),
                        row.get("fy"),
                        row.get("fp") or "",
                    )
                    if figure not in seen:
                        seen.add(figure)
                        yield figure
