"""Rows of placed words → a flow: tables found by their columns, the rest packed into paragraphs.

Knows nothing of pdfium.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from rag_app.filings.flow import ITEM, PART, Break, Flow, Grid, Para, mark_large, starts_item
from rag_app.filings.pdf.labels import BULLET, join_lines
from rag_app.filings.pdf.rows import PageRow, line_pitch
from rag_app.filings.tables.cells import YEAR, Cell, is_number, is_period, is_unit_line, merge_cells

_CELL_GAP = 2.0  # average characters between two cells of a row
_MAX_HEAD_ROWS = 7
_MAX_LABEL_ROWS = 12
_SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*(?:\s?\(\d+\))*$")


def to_flow(pages: Sequence[list[PageRow]]) -> Flow:
    """The flow of all pages; one table row stays one row."""
    flow: Flow = []
    for rows in pages:
        if rows:
            flow.extend(_Page(rows).read())
        flow.append(Break())
    mark_large(flow)
    return flow


class _Page:
    """One page: finds the tables, packs the rest into paragraphs."""

    def __init__(self, rows: list[PageRow]) -> None:
        self.rows = rows
        self.pitch = line_pitch(rows)
        widths = [
            (word.x1 - word.x0) / max(1, len(word.text))
            for row in rows
            for word in row.words
            if len(word.text) > 3
        ]
        self.char = median(widths) if widths else 5.0
        self.left = min(row.x0 for row in rows)
        self.right = max(row.x1 for row in rows)
        for row in rows:
            row.cells = self._cells(row)
        self.values = [self._is_value_row(row) for row in rows]

    def _cells(self, row: PageRow) -> list[Cell]:
        cells: list[Cell] = []
        for word in row.words:
            last = cells[-1] if cells else None
            gap = word.x0 - last.x1 if last else 0.0
            apart = gap > _CELL_GAP * self.char or (
                gap > 1.2 * self.char and (is_number(word.text) or word.text == "$")
            )
            if last is None or apart:
                cells.append(Cell(word.text, word.x0, word.x1, indent=word.x0, bold=row.bold))
            else:
                last.text = f"{last.text} {word.text}"
                last.x1 = max(last.x1, word.x1)
        return merge_cells(cells)

    def _is_value_row(self, row: PageRow) -> bool:
        cells = row.cells
        values = (
            cells[1:] if cells and not (is_number(cells[0].text) and cells[0].x0 > self.left + 60) else cells
        )
        numbers = [cell for cell in values if is_number(cell.text)]
        long = [n for n, cell in enumerate(values) if not is_number(cell.text) and len(cell.text.split()) > 4]
        if long and len(values) - len(numbers) == 1 and len(numbers) > 1 and long == [0]:
            return True  # a column of words between the label and the values
        if not numbers or long or len(numbers) * 2 < len(values):
            return False
        if len(numbers) == 1:
            text = numbers[0].text
            return (
                bool(re.search(r"[$,.%()—–]", text) or len(text) >= 1)
                and len(cells) > 1
                and numbers[0].x0 > self.left + 40
            )
        return True

    def read(self) -> Flow:
        """Paragraphs and grids from the top down."""
        flow: Flow = []
        i = done = 0
        while i < len(self.rows):
            if not self.values[i]:
                i += 1
                continue
            end = self._end_of_table(i)
            count = sum(self.values[i:end])
            many = sum(is_number(cell.text) for row in self.rows[i:end] for cell in row.cells[1:])
            if count < 2 and many < 2:
                i = end
                continue
            start = self._start_of_table(i, end, done)
            flow.extend(self._paragraphs(self.rows[done:start]))
            flow.append(Grid(self._grid_rows(start, end), self.rows[i].page, loose=True))
            i = done = end
        flow.extend(self._paragraphs(self.rows[done:]))
        return flow

    def _first_column(self, start: int, end: int) -> float:
        rows = (
            row
            for row, is_value in zip(self.rows[start:end], self.values[start:end], strict=True)
            if is_value
        )
        places = [
            cell.x0
            for row in rows
            for n, cell in enumerate(row.cells)
            if is_number(cell.text) and (n or cell.x0 > self.left + 60)
        ]
        return min(places, default=self.right)

    def _end_of_table(self, start: int) -> int:
        """One past the last value row that belongs to the table at `start`."""
        end = i = start + 1
        first = self._first_column(start, start + 1)
        while i < len(self.rows):
            row = self.rows[i]
            gap = self.rows[i - 1].y - row.y
            if gap > self.pitch * 4.5 or (
                gap > self.pitch * 2.2 and len(row.cells) == 1 and not self.values[i]
            ):
                break
            if self.values[i]:
                end = i + 1
                first = min(first, self._first_column(i, i + 1))
            elif not self._label_goes_on(i, first) and (
                i - end >= 4 or not self._may_stand_between(row, first) or self._opens_heads(row, first)
            ):
                break
            i += 1
        return end

    def _label_goes_on(self, i: int, first: float) -> bool:
        """Whether row `i` and those below it are lines of a label: left of the values, down to some."""
        for j in range(i, min(i + _MAX_LABEL_ROWS, len(self.rows))):
            row = self.rows[j]
            if self.rows[j - 1].y - row.y > self.pitch * 1.6:
                return False
            if self.values[j]:
                return True
            if (
                len(row.cells) > 2
                or row.x1 > first + 2 * self.char
                or ITEM.match(row.text)
                or is_unit_line(row.text)
            ):
                return False
        return False

    def _is_label_line(self, row: PageRow, first: float) -> bool:
        return len(row.cells) == 1 and row.x1 <= first + 2 * self.char

    def _opens_heads(self, row: PageRow, first: float) -> bool:
        """Heads in the middle: another table begins, whose columns may stand elsewhere."""
        cells = [cell for cell in row.cells if cell.x1 > first] or row.cells
        return row.cells[-1].x1 > first and (
            sum(is_period(cell.text) for cell in cells) == len(cells) or (row.bold and len(cells) > 1)
        )

    def _may_stand_between(self, row: PageRow, first: float) -> bool:
        """A label, a section label or new heads; prose, titles and notes end the table."""
        if ITEM.match(row.text) or BULLET.match(row.text) or re.match(r"^\(\d+\)\s+\w", row.text):
            return False
        if len(row.cells) == 1:
            cell = row.cells[0]
            if cell.x0 >= first - 12:
                return len(cell.text.split()) <= 8
            if _SENTENCE_END.search(cell.text) and not cell.text.endswith(":") and len(cell.text) > 60:
                return False
            return cell.x1 <= first + 4 * self.char or (
                cell.x1 - cell.x0 < (self.right - self.left) * 0.5 and len(cell.text) < 70
            )
        return all(len(cell.text.split()) <= 6 for cell in row.cells[1:])

    def _start_of_table(self, start: int, end: int, stop: int) -> int:
        """The first of the head rows above `start`; labels between heads and values come along."""
        first = self._first_column(start, end)
        best = start
        for i in range(start - 1, max(stop, start - _MAX_HEAD_ROWS - 3) - 1, -1):
            row = self.rows[i]
            if row.y - self.rows[i + 1].y > self.pitch * 2.6:
                break
            if self._is_head_row(row, first):
                best = i
            elif is_unit_line(row.text):
                continue  # it may stand between the heads and the first values
            elif not self._is_label_line(row, first) or BULLET.match(row.text):
                break
        if best == start:
            best = self._start_of_label(start, stop, first)
        if best == start:
            # no heads: labels such as "Current assets:" directly above still belong to the table
            i = start - 1
            while i >= stop and len(self.rows[i].cells) == 1 and self._is_section_label(self.rows[i]):
                best = i
                i -= 1
        return best

    def _start_of_label(self, start: int, stop: int, first: float) -> int:
        """The first line of the label that ends in row `start`."""
        for i in range(start, max(stop, start - _MAX_LABEL_ROWS), -1):
            if not self.rows[i].text[0].islower():
                return i
            above = self.rows[i - 1]
            if above.y - self.rows[i].y > self.pitch * 1.3 or not self._is_label_line(above, first):
                return start
        return start

    def _grid_rows(self, start: int, end: int) -> list[list[Cell]]:
        return join_lines(self.rows[start:end], self._first_column(start, end), self.char, self.pitch)

    def _is_section_label(self, row: PageRow) -> bool:
        return (
            row.text.endswith(":")
            and len(row.text) < 60
            and not row.text[0].islower()
            and not is_unit_line(row.text)
        )

    def _is_head_row(self, row: PageRow, first: float) -> bool:
        if is_unit_line(row.text) and len(row.cells) == 1:
            return False
        tail = [cell for cell in row.cells if cell.x1 > first]
        if not tail or any(len(cell.text.split()) > 9 for cell in tail):
            return False
        head = [cell for cell in row.cells if cell.x1 <= first and not YEAR.match(cell.text)]
        if not head:
            edge = min(cell.x0 for cell in tail)
            return edge >= first - 14 * self.char if len(tail) == 1 else edge >= first - 8 * self.char
        return len(head) <= (2 if len(tail) > 1 else 1) and all(
            YEAR.match(cell.text) or len(cell.text.split()) <= 7 for cell in tail
        )

    def _paragraphs(self, rows: Sequence[PageRow]) -> list[Para]:
        out: list[Para] = []
        last: PageRow | None = None
        for row in rows:
            text = row.text
            if last is not None and out and self._goes_on(last, row, out[-1].text):
                joint = "" if out[-1].text.endswith("-") and text[:1].islower() else " "
                out[-1].text = f"{out[-1].text}{joint}{text}"
                out[-1].strong = out[-1].strong and row.bold
            else:
                out.append(Para(re.sub(BULLET, "• ", text), row.page, row.bold, row.size))
            last = row
        return out

    def _goes_on(self, last: PageRow, row: PageRow, before: str) -> bool:
        """Whether `row` belongs to the paragraph that `last` is the latest line of."""
        text = row.text
        if (
            BULLET.match(text)
            or (PART.match(text) and len(text) < 60)
            or is_unit_line(before)
            or is_unit_line(text)
        ):
            return False
        width = self.right - self.left
        if not 0 < last.y - row.y <= self.pitch * 1.45 or len(row.cells) > 2:
            return False
        if before == "•":
            return True
        if last.bold != row.bold and not (text[:1].islower() and not last.bold):
            return False
        reach = last.x1 >= self.right - width * (0.25 if last.bold else 0.15)
        if text[:1].islower():
            return True
        if not reach or (starts_item(text) and (row.bold or _SENTENCE_END.search(before))):
            return False
        return not (_SENTENCE_END.search(before) and row.x0 > last.x0 + 2 * self.char)
