"""A passage's text → HTML: paragraphs and real tables, the quoted words marked.

Everything is escaped. Knows no gradio.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag_app.core.tabletext import parse_heads, parse_row

CONTEXT = 170  # characters shown on either side of a quote
OPENING = 300  # characters of a passage without a quote
HEADING = 80  # characters below which a line may be a heading
ROWS = 5  # rows of a table without a quote


@dataclass(slots=True)
class Row:
    """A table row; `raw` is its line, which a quote repeats word for word. A section label has no cells."""

    label: str
    cells: list[str]
    raw: str


@dataclass(slots=True)
class Grid:
    """Consecutive table lines."""

    heads: list[str]
    rows: list[Row] = field(default_factory=list)


def esc(text: object) -> str:
    """`text` as HTML shows it, never as HTML runs it."""
    return html.escape(str(text), quote=True)


def parse(text: str) -> list[str | Grid]:
    """Paragraphs (one a line, or lines that run on) and tables, in order."""
    out: list[str | Grid] = []
    lines = text.splitlines()
    for place, raw in enumerate(lines):
        grid = out[-1] if out and isinstance(out[-1], Grid) else None
        if not raw.strip():
            if grid is not None and " | " in "".join(lines[place + 1 : place + 2]):
                grid.rows.append(Row("", [], ""))  # a section of the table ends here
        elif (heads := parse_heads(raw)) is not None:
            out.append(Grid(heads))
        elif (row := parse_row(raw)) is not None:
            if grid is None:
                grid = Grid([])
                out.append(grid)
            grid.rows.append(Row(*row, raw.strip()))
        elif grid is not None and _is_label(raw, lines[place + 1 :]):
            grid.rows.append(Row(raw.strip(), [], raw.strip()))
        elif out and isinstance(out[-1], str) and raw.strip()[0].islower():
            out[-1] = f"{out[-1]} {raw.strip()}"  # a sentence that runs on over lines (PDF)
        else:
            out.append(raw.strip())
    return out


def _is_label(raw: str, rest: Sequence[str]) -> bool:
    """Whether a line inside a table labels the rows that follow ("Current assets:")."""
    return any(" | " in line for line in rest[:2]) and (raw.rstrip().endswith(":") or len(raw) < 60)


def full_text(text: str, quotes: Sequence[str]) -> str:
    """The whole passage as HTML."""
    return _html([_grid(b, quotes) if isinstance(b, Grid) else _paragraph(b, quotes) for b in parse(text)])


def excerpt(text: str, quotes: Sequence[str]) -> str:
    """The quotes with what stands around them; without quotes the passage's beginning."""
    blocks = parse(text)
    shown: list[str] = []
    for block in blocks:
        if isinstance(block, Grid):
            hit = [i for i, row in enumerate(block.rows) if row.raw in quotes]
            if hit:
                near = {j for i in hit for j in (i - 1, i, i + 1)}
                rows = [row for i, row in enumerate(block.rows) if i in near]
                shown.append(_grid(Grid(block.heads, rows), quotes))
        elif spans := _spans(block, quotes):
            start, end = spans[0][0] - CONTEXT, spans[-1][1] + CONTEXT
            shown.append(_paragraph(block, quotes, max(0, start), min(len(block), end)))
    if not shown and blocks:
        # a heading says little of its passage: begin with a sentence or a table where there is one
        first = next((b for b in blocks if isinstance(b, Grid) or len(b) >= HEADING), blocks[0])
        if isinstance(first, Grid):
            shown.append(_grid(Grid(first.heads, first.rows[:ROWS]), ()))
        else:
            shown.append(_paragraph(first, (), 0, OPENING))
    return _html(shown)


def _html(parts: Sequence[str]) -> str:
    return f'<div class="passage">{"".join(parts)}</div>'


def _spans(text: str, quotes: Sequence[str]) -> list[tuple[int, int]]:
    """Where the quotes stand in `text`, first to last, overlapping ones joined."""
    found = sorted((at, at + len(q)) for q in quotes if q and (at := text.find(q)) >= 0)
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _paragraph(text: str, quotes: Sequence[str], start: int = 0, end: int | None = None) -> str:
    """`text[start:end]`, widened to whole words, the quotes marked."""
    end = len(text) if end is None else min(end, len(text))
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = len(text) if (cut := text.find(" ", end)) < 0 else cut
    out, at = ["… " if start else ""], start
    for left, right in _spans(text, quotes):
        if left >= start and right <= end:
            out += [esc(text[at:left]), "<mark>", esc(text[left:right]), "</mark>"]
            at = right
    out += [esc(text[at:end]), " …" if end < len(text) else ""]
    return f"<p>{''.join(out)}</p>"


def _grid(grid: Grid, quotes: Sequence[str]) -> str:
    width = max([len(grid.heads), *(len(row.cells) for row in grid.rows)], default=0)
    head = ""
    if any(grid.heads):
        cells = "".join(f"<th>{esc(h)}</th>" for h in _padded(grid.heads, width))
        head = f"<thead><tr><th></th>{cells}</tr></thead>"
    body = "".join(_row(row, width, row.raw in quotes) for row in grid.rows)
    return f'<div class="scroll"><table>{head}<tbody>{body}</tbody></table></div>'


def _row(row: Row, width: int, marked: bool) -> str:
    def show(text: str) -> str:
        return f"<mark>{esc(text)}</mark>" if marked and text else esc(text)

    if not row.cells:
        return f'<tr class="section"><th colspan="{width + 1}">{show(row.label)}</th></tr>'
    cells = "".join(f"<td>{show(c)}</td>" for c in _padded(row.cells, width))
    return f"<tr{' class=hit' if marked else ''}><th>{show(row.label)}</th>{cells}</tr>"


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]
