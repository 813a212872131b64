"""Where each tagged number stands: its row among the parsed tables, its line among the chunks.

Rows and lines are found by the label and the numbers they show, the nearest after the one before.
Knows no tags' meaning and no database.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rag_app.core.facts import TaggedNumber
from rag_app.core.tabletext import parse_heads, parse_row
from rag_app.core.types import Chunk, Section
from rag_app.facts.rows import (
    NEAR,
    PrintedRow,
    alike,
    all_numbers,
    fold,
    index_of,
    nearest,
    next_cell,
    numbers_held,
    numbers_in,
    part_of_row,
    printed_label,
)
from rag_app.filings.tables.lines import row_line

_AHEAD = 200_000  # characters looked through for a sentence, then all of them, unless many were missed
_MOST_MISSED = 500
_FIRST_ROWS = 8  # rows without tagged numbers that may stand between two that have them


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number stands. `chunk` is -1 and `line` too where no passage shows it; texts as printed."""

    label: str = ""
    section: str = ""
    statement: str = ""
    column: str = ""
    shown: str = ""
    chunk: int = -1
    line: int = -1


def place_numbers(
    numbers: Sequence[TaggedNumber], sections: Sequence[Section], chunks: Sequence[Chunk]
) -> list[Place]:
    """One place a number, in the same order."""
    return _Linker(sections, chunks).places(numbers)


class _Linker:
    """Links one filing."""

    def __init__(self, sections: Sequence[Section], chunks: Sequence[Chunk]) -> None:
        tables = [b.table for section in sections for b in section.blocks if b.table is not None]
        self.rows = [
            PrintedRow(table, row, fold(printed_label(row)), tuple(map(numbers_in, row.cells)))
            for table in tables
            for row in table.rows
        ]
        self.lines = [  # (chunk, line in it, text)
            (i, n, t) for i, chunk in enumerate(chunks) for n, t in enumerate(chunk.text.split("\n"))
        ]
        self.by_number = index_of(all_numbers(row.cells) for row in self.rows)
        self.by_label = index_of((row.label,) for row in self.rows)
        self.text = "\n".join(text for _, _, text in self.lines)
        self.starts = [0]
        for _, _, text in self.lines:
            self.starts.append(self.starts[-1] + len(text) + 1)
        self.heads = list(self._heads_of_lines())
        self.line_of = self._row_lines()
        self.row_from = self._rows_from()
        self.at = 0  # the row that is expected next
        self.missed = 0
        self.char = 0  # where the line of the last number begins in `text`

    def _heads_of_lines(self) -> Iterator[tuple[str, ...]]:
        """The heads each line stands under."""
        heads: tuple[str, ...] = ()
        for _, number, text in self.lines:
            found = parse_heads(text)
            heads = tuple(found) if found is not None else heads if number else ()
            yield heads

    def _rows_from(self) -> list[int]:
        """For each line the first row of a table that stands in it or after it."""
        out = [len(self.rows)] * (len(self.lines) + 1)
        for at, line in enumerate(self.line_of):
            if line >= 0:
                out[line] = min(out[line], at)
        for line in range(len(self.lines) - 1, -1, -1):
            out[line] = min(out[line], out[line + 1])
        return out

    def _row_lines(self) -> list[int]:
        """For each row of a table the line that shows all of it, or -1."""
        exact: dict[str, list[int]] = defaultdict(list)
        for i, (_, _, text) in enumerate(self.lines):
            if " | " in text:
                exact[text].append(i)
        out, last = [], -1
        for row in self.rows:
            found = exact.get(row_line(row.row), [])
            at = bisect_right(found, last)
            line = found[at] if at < len(found) else -1
            out.append(line)
            last = line if line >= 0 else last
        return out

    def places(self, numbers: Sequence[TaggedNumber]) -> list[Place]:
        groups = [list(group) for _, group in groupby(numbers, key=lambda number: number.row)]
        rows: list[int | None] = []
        found: list[list[Place]] = []
        for group in groups:
            at = None if group[0].row < 0 else self._row(*_looked_for(group))
            rows.append(at)
            if at is not None:
                self.at = at + 1
                found.append(self._in_row(group, at))
            else:
                found.append([(self._in_sentence if n.row < 0 else self._in_line)(n) for n in group])
        for i in range(len(groups) - 2, -1, -1):
            at = self._nearer(groups[i], rows[i], rows[i + 1])
            if at is not None:
                rows[i], found[i] = at, self._in_row(groups[i], at)
        return [place for places in found for place in places]

    def _nearer(self, group: Sequence[TaggedNumber], at: int | None, after: int | None) -> int | None:
        """The row just before that of the next numbers, in their table, where `at` is in another.

        A statement's first lines are told of in the discussion before it as well.
        """
        if at is None or after is None or self.rows[at].table is self.rows[after].table:
            return None
        label, shown = _looked_for(group)
        for i in range(after - 1, max(-1, after - 1 - _FIRST_ROWS), -1):
            row = self.rows[i]
            if row.table is not self.rows[after].table:
                return None
            if alike(row.label, label) == 2 and numbers_held(row.cells, shown) == len(shown):
                return i
        return None

    def _in_row(self, numbers: Sequence[TaggedNumber], at: int) -> list[Place]:
        label, shown = _looked_for(numbers)
        row = self.rows[at]
        printed = printed_label(row.row)
        if not label and fold(printed) == fold(numbers[0].shown):
            printed = ""
        places, cell = [], -1
        for number, texts in zip(numbers, shown, strict=True):
            cell = next_cell(row.cells, texts, cell)
            line = self._line(at, cell)
            heads = row.table.heads
            places.append(
                Place(
                    printed or number.label,
                    row.row.section,
                    row.table.caption,
                    heads[cell] if 0 <= cell < len(heads) else "",
                    row.row.cells[cell] if cell >= 0 and len(row.row.cells[cell]) <= 24 else number.shown,
                    *self._stands(line),
                )
            )
        return places

    def _row(self, label: str, shown: Sequence[tuple[str, ...]]) -> int | None:
        """The row with this label and these numbers, the nearest to the one before; None without one."""
        keys = {key for texts in shown for key in texts}
        pools = [self.by_number.get(key, []) for key in keys - {"—"}] or [self.by_label.get(label, [])]
        first = fold(shown[0][0]) if shown[0] and not label else ""  # a number where others have a label
        pools.append(self.by_label.get(first, []) if first else [])
        candidates = {i for pool in pools for i in nearest(pool, self.at)}
        best: tuple[tuple[bool, int, int], int] | None = None
        for i in candidates:
            row = self.rows[i]
            led = bool(first) and row.label == first
            fits = len(shown) if led else numbers_held(row.cells, shown)
            same = 2 if led else alike(row.label, label)
            if fits == len(shown) or (same and fits * 2 >= len(shown)):
                # a step back costs more than one ahead; a label that is alike only, as many as are near
                step = i - self.at if i >= self.at else 3 * (self.at - i)
                rank = (same > 0, fits, -step - (NEAR if same == 1 else 0))
                if best is None or rank > best[0]:
                    best = rank, i
        if best is None or not (best[0][0] or not label or len(keys - {"—"}) > 1):
            return None
        return best[1]

    def _line(self, at: int, cell: int) -> int:
        """The line that shows a cell of a row: the whole row, or the part of it that has the cell; or -1."""
        if self.line_of[at] >= 0:
            return self.line_of[at]
        row = self.rows[at]
        start = next((n for n in reversed(self.line_of[max(0, at - NEAR) : at]) if n >= 0), 0)
        best = -1
        for line in range(start, min(len(self.lines), start + 4 * NEAR)):
            parsed = parse_row(self.lines[line][2])
            if parsed is None or not parsed[0] or not row.row.label.endswith(parsed[0]):
                continue
            if (fit := part_of_row(row, parsed[1], self.heads[line], cell)) == 2:
                return line
            best = line if fit and best < 0 else best
        return best

    def _search(self, label: str, numbers: tuple[str, ...], start: int) -> int:
        """The first line from `start` on that has the label, or its end, and all the numbers; -1 without."""
        tail = label[-30:]
        for i in range(start, min(len(self.lines), start + 4 * NEAR)):
            text = self.lines[i][2]
            if numbers and not all(n in numbers_in(text) for n in numbers):
                continue
            if tail in fold(text):
                return i
        return -1

    def _stands(self, line: int) -> tuple[int, int]:
        """(chunk, line in it); what is looked for next is looked for from here on."""
        if line < 0:
            return -1, -1
        self.char = self.starts[line]
        return self.lines[line][:2]

    def _in_line(self, number: TaggedNumber) -> Place:
        """A number of a row that became a paragraph: the line near by with its label and number."""
        near = bisect_right(self.starts, self.char) - 1
        line = self._search(fold(number.label), numbers_in(number.shown), near)
        if line < 0:
            return Place(number.label, shown=number.shown)
        parsed = parse_row(self.lines[line][2])
        label = parsed[0] if parsed and parsed[0] else number.label
        return Place(label, "", "", "", number.shown, *self._stands(line))

    def _in_sentence(self, number: TaggedNumber) -> Place:
        """The words around it, less of them where a line ends among them."""
        around, value = number.around, number.shown
        at = around.find(value)
        for width in (24, 12, 6):
            piece = around[max(0, at - width) : at + len(value) + width].strip()
            if len(piece) <= len(value) + 2:
                continue
            found = self.text.find(piece, self.char, self.char + _AHEAD)
            if found < 0 and self.missed < _MOST_MISSED:
                found = self.text.find(piece)
            if found >= 0:
                line = bisect_right(self.starts, found + piece.find(value)) - 1
                self.at = self.row_from[line]
                return Place("", "", "", "", value, *self._stands(line))
        self.missed += 1
        return Place(shown=value)


def _looked_for(numbers: Sequence[TaggedNumber]) -> tuple[str, list[tuple[str, ...]]]:
    """The label of a row's numbers, and what each shows."""
    return fold(numbers[0].label), [numbers_in(number.shown) for number in numbers]
