"""`dims`: what each dimension of a model's index costs on these filings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from rag_app.core.config import Workspace
from ui.commands.common import settings_of, writing
from ui.output import progress_bars, show_json

if TYPE_CHECKING:
    from ui.dimension_table import DimensionRow, DimensionTable

COLUMNS = {
    "dimension": -15,  # to the left
    "nDCG@10": 7,
    "of full": 7,
    "95% interval": 16,
    "MB": 8,
    "p50 ms": 7,
    "p95 ms": 7,
    "build s": 8,
    "recall@10": 9,
}


@click.command()
@click.option(
    "--model", default="base", show_default=True, help="base, tuned, a registry id, a folder or a hub name."
)
@click.option(
    "--dim", "widths", type=int, multiple=True, help="Measure this dimension. [default: the usual ones]"
)
@click.option("--questions", metavar="FILE", help="A file of pairs. [default: made from the filings]")
@writing
def dims(
    model: str, widths: tuple[int, ...], questions: str | None, workspace: Workspace, as_json: bool
) -> None:
    """Measure what each dimension costs on these filings: nDCG@10, index size, query time."""
    from ui.dimension_table import suggestion
    from ui.dimensions import measure_dimensions

    settings = settings_of(workspace)
    with progress_bars(as_json) as listen:
        table = measure_dimensions(workspace, settings, model, widths, questions, listen)
    row, advice = suggestion(table)
    if table.note:
        click.echo(f"Warning: {table.note}", err=True)
    if as_json:
        suggested = row.build_id if row else None
        show_json(asdict(table) | {"suggested": suggested, "advice": advice})
        return
    click.echo(_about(table))
    click.echo("  " + _aligned(COLUMNS))
    for one in table.rows:
        click.echo(_line(one))
    if row:
        advice += f"; rag-app index --model {model} --dim {row.dimension}{' --rescore' * row.rescored}"
    if advice:
        click.echo(advice)


def _about(table: DimensionTable) -> str:
    asked = f"{table.questions} questions ({table.source})" if table.questions else "no questions"
    return f"{table.model}: {table.chunks:,} passages, {asked}; encoding one takes {table.encode_ms:.1f} ms"


def _line(row: DimensionRow) -> str:
    from ui.dimension_table import label

    def cell(value: float | None, form: str) -> str:
        return "-" if value is None else format(value, form)

    interval = "-" if row.low is None else f"{row.low:.1%} to {row.high:.1%}"
    cells = [label(row), cell(row.ndcg, ".4f"), cell(row.share, ".1%"), interval, cell(row.mb, ".1f")]
    cells += [cell(row.p50_ms, ".1f"), cell(row.p95_ms, ".1f"), cell(row.seconds, ".1f")]
    cells += [cell(row.recall_at_10, ".3f")]
    return f"{'*' if row.arm else ' '} {_aligned(cells)}{f'  serves {row.arm}' if row.arm else ''}"


def _aligned(cells: Iterable[str]) -> str:
    return "  ".join(
        text.ljust(-width) if width < 0 else text.rjust(width)
        for text, width in zip(cells, COLUMNS.values(), strict=True)
    )
