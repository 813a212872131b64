"""Where the columns of a grid stand, and which of them a cell belongs to.

HTML tells it by spans; on a measured page ("loose") numbers stand under each other by their right
edges and heads are centred over the columns they name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag_app.filings.tables.cells import Cell, is_mark, is_number, is_period


@dataclass(slots=True)
class Column:
    """One column from `x0` to `x1`."""

    x0: float
    x1: float
    heads: list[str] = field(default_factory=list)


def find_columns(rows: Sequence[Sequence[Cell]]) -> list[Column]:
    """Columns are the narrowest cells that do not overlap; a cell over two of them is a spanner."""
    columns: list[Column] = []
    spans = {(cell.x0, cell.x1) for row in rows for cell in row}
    for x0, x1 in sorted(spans, key=lambda span: (span[1] - span[0], span[0])):
        over = [column for column in columns if column.x0 < x1 and x0 < column.x1]
        if not over:
            columns.append(Column(x0, x1))
        elif len(over) == 1:
            only = over[0]
            grown = (min(only.x0, x0), max(only.x1, x1))
            if not any(c is not only and c.x0 < grown[1] and grown[0] < c.x1 for c in columns):
                only.x0, only.x1 = grown
    columns.sort(key=lambda column: column.x0)
    return columns


def place(columns: Sequence[Column], cell: Cell) -> list[int]:
    """Indexes of the columns a cell overlaps."""
    return [i for i, column in enumerate(columns) if column.x0 < cell.x1 and cell.x0 < column.x1]


def join_split(columns: list[Column], grid: Sequence[Sequence[Cell]]) -> list[Column]:
    """Join neighbours that no row fills both of: one column whose cells were laid out unevenly."""
    filled = [{found[0] for cell in row if (found := place(columns, cell))} for row in grid]
    out = columns[:2]
    group = {1}
    for i, column in enumerate(columns[2:], 2):
        if any(i in row and not group.isdisjoint(row) for row in filled):
            out.append(column)
            group = {i}
        else:
            out[-1].x1 = column.x1
            group.add(i)
    return out


def loose_columns(grid: Sequence[Sequence[Cell]]) -> list[Column]:
    """The label column, and one column wherever numbers of several rows stand under each other."""
    rows = [row for row in grid if any(is_number(cell.text) for cell in row)]
    values = [[cell for cell in (row[1:] if len(row) > 1 else row) if is_number(cell.text)] for row in rows]
    # "(1)" may be a value or a footnote mark behind a label: it makes no column of its own
    sure = [[cell for cell in row if not is_mark(cell.text)] for row in values]
    columns = _by_right_edge([cell for row in (sure if any(sure) else values) for cell in row])
    if not columns:
        return find_columns(grid)
    left = min(cell.x0 for row in grid for cell in row)
    first = columns[0].x0
    columns = _text_columns(rows, first) + columns
    first = columns[0].x0
    if left < first:
        columns.insert(0, Column(left, first - 0.01))
    return columns


def _by_right_edge(cells: Sequence[Cell]) -> list[Column]:
    """Numbers stand under each other by their right edges; a bracket or a dash may hang over."""
    if not cells:
        return []
    cells = sorted(cells, key=lambda cell: cell.x1)
    hang = 1.7 * sorted((cell.x1 - cell.x0) / len(cell.text) for cell in cells)[len(cells) // 2]
    columns: list[Column] = []
    for cell in cells:
        last = columns[-1] if columns else None
        if last and (
            cell.x1 - last.x1 <= hang
            or min(last.x1, cell.x1) - max(last.x0, cell.x0) > 0.4 * (cell.x1 - cell.x0)
        ):
            last.x0, last.x1 = min(last.x0, cell.x0), cell.x1
        else:
            columns.append(Column(cell.x0, cell.x1))
    merged: list[Column] = []
    for column in columns:
        last = merged[-1] if merged else None
        if last and last.x1 - column.x0 > 0.4 * min(last.x1 - last.x0, column.x1 - column.x0):
            last.x0, last.x1 = min(last.x0, column.x0), column.x1
        else:
            merged.append(column)
    return merged


def _text_columns(rows: Sequence[Sequence[Cell]], first: float) -> list[Column]:
    """Columns of words between the labels and the first numbers, where most rows have a word."""
    words = [
        [cell for cell in row[1:] if cell.x1 <= first and not is_number(cell.text) and not is_mark(cell.text)]
        for row in rows
    ]
    columns = find_columns(words)
    if len(columns) != 1 or sum(map(bool, words)) < max(2, 0.4 * len(rows)):
        return []
    labels = max(row[0].x1 for row, found in zip(rows, words, strict=True) if found)
    return columns if labels < columns[0].x0 else []


def snap(row: Sequence[Cell], columns: Sequence[Column], below: Sequence[Cell]) -> list[Cell]:
    """Give every cell the span of the columns it belongs to. `below`: the next row of the grid."""
    first = columns[0]
    out: list[Cell] = []
    heads: list[Cell] = []
    # a full row of heads may begin to the left of the first numbers
    full = len(row) == len(columns) - 1 > 1 and not any(is_number(cell.text) for cell in row)
    full = full and row[0].x0 > first.x0 + 0.4 * (first.x1 - first.x0)
    for n, cell in enumerate(row):
        centre = (cell.x0 + cell.x1) / 2
        if full:
            heads.append(cell)
        elif cell.x1 <= first.x1 or (centre < first.x1 and (n == 0 or is_mark(cell.text))):
            out.append(replace(cell, x0=first.x0, x1=first.x1))
        else:
            heads.append(cell)
    if not heads or len(columns) < 2:
        return out or [replace(cell, x0=first.x0, x1=first.x1) for cell in row]
    numeric = any(is_number(cell.text) for cell in heads)
    for cell, (a, b) in zip(heads, _cover(heads, columns[1:], numeric, below), strict=True):
        out.append(replace(cell, x0=columns[a + 1].x0, x1=columns[b + 1].x1))
    return out


def _cover(
    cells: Sequence[Cell], columns: Sequence[Column], numeric: bool, below: Sequence[Cell]
) -> list[tuple[int, int]]:
    """First and last column of every cell: values stand in one, heads are centred over a run of them."""
    over = [
        [i for i, column in enumerate(columns) if column.x0 < cell.x1 and cell.x0 < column.x1]
        for cell in cells
    ]
    centres = [(cell.x0 + cell.x1) / 2 for cell in cells]
    if numeric:
        near = [min(range(len(columns)), key=lambda i: abs(columns[i].x1 - cell.x1)) for cell in cells]
        return [(found[-1], found[-1]) if found else (at, at) for found, at in zip(over, near, strict=True)]
    if len(cells) == 1 and _is_wrapped(cells[0], below):
        at = min(range(len(columns)), key=lambda i: abs(columns[i].x0 + columns[i].x1 - 2 * centres[0]))
        return [(over[0][-1], over[0][-1]) if len(over[0]) == 1 else (at, at)]
    spacing = (columns[-1].x1 - columns[0].x1) / max(1, len(columns) - 1) or columns[0].x1 - columns[0].x0
    even = len(columns) // len(cells) if len(columns) % len(cells) == 0 else 0
    groups = [(k * even, k * even + even - 1) for k in range(len(cells))] if even else []
    if (
        even == 1
        and len(cells) > 1
        and all(abs(columns[k].x0 + columns[k].x1 - 2 * c) < 1.5 * spacing for k, c in enumerate(centres))
    ):
        return groups
    if groups and all(
        _fits(cell, columns[a], columns[b], spacing) for cell, (a, b) in zip(cells, groups, strict=True)
    ):
        return groups
    return [_centred(k, cells, columns, over[k], centres[k], spacing) for k in range(len(cells))]


def _is_wrapped(cell: Cell, below: Sequence[Cell]) -> bool:
    """Whether a lone head is the first line of the head under it: "Rigid" above "Packaging"."""
    if is_period(cell.text):
        return False
    width, centre = cell.x1 - cell.x0, (cell.x0 + cell.x1) / 2
    return any(abs((o.x0 + o.x1) / 2 - centre) < 0.3 * width and width <= (o.x1 - o.x0) * 1.05 for o in below)


def _fits(cell: Cell, first: Column, last: Column, spacing: float) -> bool:
    """Whether a head is centred over the columns from `first` to `last`, or ends where they end."""
    off = abs((first.x0 + last.x1) / 2 - (cell.x0 + cell.x1) / 2)
    single = first is last
    return off <= spacing * (0.5 if single else 0.38) or (
        abs(cell.x1 - last.x1) <= spacing * 0.1 and cell.x0 > first.x0 - spacing * 0.5
    )


def _centred(
    k: int,
    cells: Sequence[Cell],
    columns: Sequence[Column],
    over: Sequence[int],
    centre: float,
    spacing: float,
) -> tuple[int, int]:
    """The run of columns cell `k` is centred over: all that it touches, none that a neighbour touches."""
    low = max((i + 1 for i, c in enumerate(columns) for o in cells[:k] if c.x0 < o.x1), default=0)
    high = min(
        (i for i, c in enumerate(columns) for o in cells[k + 1 :] if c.x1 > o.x0), default=len(columns)
    )
    best: tuple[int, int] | None = None
    cost = 0.0
    # fewer columns first: a wider run must be centred clearly better
    runs = [(i, j) for i in range(low, high) for j in range(i, high)]
    for a, b in sorted(runs, key=lambda run: run[1] - run[0]):
        if over and not (a <= over[0] and b >= over[-1]):
            continue
        off = abs((columns[a].x0 + columns[b].x1) / 2 - centre)
        if best is None or off < cost - spacing * (0.2 if b - a > best[1] - best[0] else 0.0):
            best, cost = (a, b), off
    if best is None:
        near = min(range(len(columns)), key=lambda i: abs((columns[i].x0 + columns[i].x1) / 2 - centre))
        best = (over[0], over[-1]) if over else (near, near)
    return best
