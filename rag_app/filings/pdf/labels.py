"""Table rows whose cells of words take several lines → one row of cells for each row of values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag_app.filings.pdf.rows import PageRow
from rag_app.filings.tables.cells import Cell, is_number

BULLET = re.compile(r"^[•●▪■◦○·\uf0b7➢►](?:\s|$)")
_MAX_LABEL = 400  # characters; a longer cell is taken for a paragraph
_LONG_LABEL = 40  # characters; shorter lines that end at their column's edge may be labels of their own


def join_lines(rows: Sequence[PageRow], first: float, char: float, pitch: float) -> list[list[Cell]]:
    """The cells of a table's rows, the lines of a label or of a column of words behind it joined.

    `first`: where the values begin; `char`: the usual width of a character; `pitch`: of a line.
    """
    edge = max((row.cells[0].x1 for row in rows if row.cells[0].x1 <= first), default=0.0)
    out: list[list[Cell]] = []
    last: PageRow | None = None
    for row in rows:
        cells, above = row.cells, out[-1] if out else []
        if last is not None and last.y - row.y <= pitch * 1.3:
            if len(above) == 1 and _wraps(last, row, edge, char):
                cells = _join(above, 0, cells)
            elif len(above) == 2 and not any(is_number(cell.text) for cell in above):
                if abs(cells[0].x0 - above[1].x0) < 2 * char and cells[0].x1 <= first:
                    cells = _join(above, 1, cells)
                elif cells[0].x0 >= first - char and all(is_number(cell.text) for cell in cells):
                    cells = [*above, *cells]
        if cells is not row.cells:
            out.pop()
        out.append(cells)
        last = row
    return out


def _join(above: list[Cell], at: int, cells: list[Cell]) -> list[Cell]:
    """`cells` with the first of them joined to cell `at` of the row above; `cells` if that grows too long."""
    text = f"{above[at].text} {cells[0].text}"
    if len(text) > _MAX_LABEL:
        return cells
    whole = replace(above[at], text=text, x1=max(above[at].x1, cells[0].x1))
    return [*above[:at], whole, *cells[1:]]


def _wraps(last: PageRow, row: PageRow, edge: float, char: float) -> bool:
    """Whether `last` is a line of a label that goes on: the first word of `row` did not fit into it."""
    word = row.text.split()[0]
    return (
        len(last.text) > _LONG_LABEL
        and last.text[-1] not in ":."
        and edge >= last.x1 > edge - (len(word) + 1) * char
        and row.cells[0].x1 <= edge
        and row.x0 >= last.x0 - char
        and last.bold == row.bold
        and not BULLET.match(row.text)
    )
