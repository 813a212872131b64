"""Rows of parsed tables as a tagged number is looked for in them: labels folded, numbers as printed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag_app.core.types import Table, TableRow

_NUMBER = re.compile(r"\d[\d.,]*|\.\d+")
_DASH = re.compile(r"^[\s$€£¥()%]*[-–—][\s()%]*$")
NEAR = 60  # rows or lines looked at for one row of the filing


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A row of a parsed table."""

    table: Table
    row: TableRow
    label: str
    cells: tuple[tuple[str, ...], ...]  # the numbers in each cell


def numbers_in(text: str) -> tuple[str, ...]:
    """The numbers printed in `text`, signs and brackets aside; a dash is one."""
    found = tuple(number.rstrip(".,") for number in _NUMBER.findall(text))
    return found or (("—",) if _DASH.match(text) else ())


def printed_label(row: TableRow) -> str:
    """A row's label as the filing has it: without the scale that tags tell of it."""
    return row.label.removesuffix(f" ({row.scale})") if row.scale else row.label


def fold(text: str) -> str:
    """Letters and digits only, in lower case."""
    return re.sub(r"\W+", "", text).lower()


def alike(label: str, other: str) -> int:
    """2 for a row with this label; 1 for one that begins or ends with it, or is its end; or 0."""
    if not other or label == other:
        return 2 if other else 0
    return int(label.startswith(other) or label.endswith(other) or (bool(label) and other.endswith(label)))


def all_numbers(cells: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The numbers of a row in one."""
    return tuple(number for cell in cells for number in cell)


def index_of(keys: Iterable[tuple[str, ...]]) -> dict[str, list[int]]:
    """Key → the places in `keys` that hold it."""
    found: dict[str, list[int]] = defaultdict(list)
    for i, held in enumerate(keys):
        for key in dict.fromkeys(held):
            found[key].append(i)
    return found


def nearest(places: Sequence[int], at: int) -> Sequence[int]:
    """The places nearest to `at`, some before and more after it."""
    middle = bisect_left(places, at)
    return places[max(0, middle - NEAR // 3) : middle + NEAR]


def next_cell(cells: Sequence[tuple[str, ...]], texts: tuple[str, ...], last: int) -> int:
    """The first cell after `last`, or itself, that shows the number; -1 where none does."""
    order = list(range(last + 1, len(cells)))
    if last >= 0:
        order.append(last)  # two numbers in one cell
    for i in order:
        if texts and all(text in cells[i] for text in texts):
            return i
    return -1


def part_of_row(row: PrintedRow, cells: Sequence[str], heads: tuple[str, ...], cell: int) -> int:
    """Whether `cells` are neighbours in the row, `cell` among them: 2 under their own heads, 1, or 0."""
    best = 0
    for a in range(len(row.row.cells) - len(cells) + 1):
        b = a + len(cells)
        if (a <= cell < b or cell < 0) and list(row.row.cells[a:b]) == list(cells):
            best = max(best, 2 if row.table.heads[a : a + len(heads)] == heads else 1)
    return best


def numbers_held(cells: Sequence[tuple[str, ...]], shown: Sequence[tuple[str, ...]]) -> int:
    """How many of the numbers stand in the cells, in their order."""
    count, last = 0, -1
    for texts in shown:
        at = next_cell(cells, texts, last)
        if at >= 0:
            count, last = count + 1, at
    return count
