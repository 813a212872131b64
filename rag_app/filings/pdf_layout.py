"""Rows of placed words → a flow: lines that stand at one height joined, tables found by their columns.

Knows nothing of pdfium.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from rag_app.filings.flow import ITEM, PART, Break, Flow, Grid, Para, is_running_text
from rag_app.filings.tables import YEAR, Cell, is_number, is_unit_line, merge_cells

_CELL_GAP = 2.0  # average characters between two cells of a row
_EDGE_ROWS = 3  # running headers and footers stand within so many rows of the page's edge
_MAX_HEAD_ROWS = 7
_BULLET = re.compile(r"^[•●▪■◦○·\uf0b7➢►](?:\s|$)")
_MARK = re.compile(r"^(?:[®™℠*†‡§]|\(\d{1,2}\))+$")
_SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*(?:\s?\(\d+\))*$")


@dataclass(slots=True)
class Word:
    """A word, or a whole line of prose, from `x0` to `x1` in points."""

    text: str
    x0: float
    x1: float


@dataclass(slots=True)
class PageRow:
    """Words at one height `y` (points from the page's lower edge)."""

    words: list[Word]
    y: float
    page: int
    bold: bool = False
    cells: list[Cell] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words in a line."""
        return " ".join(word.text for word in self.words if word.text)

    @property
    def x0(self) -> float:
        """Left edge."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Right edge."""
        return max(word.x1 for word in self.words)


def drop_running_rows(pages: Sequence[list[PageRow]]) -> list[list[PageRow]]:
    """Without page numbers and lines that stand at the edge of three or more pages, digits aside."""
    joined = [_join_heights(rows) for rows in pages]
    edges: list[set[int]] = []
    seen: Counter[tuple[str, bool]] = Counter()
    for rows in joined:
        top, bottom = range(min(_EDGE_ROWS, len(rows))), range(max(0, len(rows) - _EDGE_ROWS), len(rows))
        edges.append({*top, *bottom})
        for i in edges[-1]:
            seen[_mask(rows[i].text), i in top] += 1
    out = []
    first: set[str] = set()
    for rows, edge in zip(joined, edges, strict=True):
        kept = []
        for i, row in enumerate(rows):
            text = row.text
            if i in edge and is_running_text(text, seen[_mask(text), i < _EDGE_ROWS]):
                if text.lower() in first or re.search(r"\d", text) or text.lower() == "table of contents" or len(text) < 4:
                    continue
                first.add(text.lower())
            kept.append(row)
        out.append(kept)
    return out


def _mask(text: str) -> str:
    return re.sub(r"\d+", "#", text.lower())


def _join_heights(rows: Sequence[PageRow]) -> list[PageRow]:
    """Rows at one height become one, from the top of the page down; columns of prose stay apart."""
    if len(rows) < 2:
        return list(rows)
    ordered = sorted(rows, key=lambda row: -row.y)
    pitch = _pitch(ordered)
    groups: list[list[PageRow]] = []
    for row in ordered:
        if groups and groups[-1][0].y - row.y <= pitch * 0.4:
            groups[-1].append(row)
        else:
            groups.append([row])
    if sum(_side_by_side(group) for group in groups) >= 5:
        return list(rows)  # prose in columns: pdfium's own order reads column after column
    out = []
    for group in groups:
        group.sort(key=lambda row: row.x0)
        words = [word for row in group for word in row.words]
        base = max(group, key=lambda row: sum(len(word.text) for word in row.words))
        out.append(PageRow(_glue(sorted(words, key=lambda word: word.x0)), base.y, base.page, base.bold))
    return out


def _side_by_side(group: Sequence[PageRow]) -> bool:
    long = [row for row in group if len(row.text.split()) >= 5 and not any(is_number(word.text) for word in row.words)]
    return len(long) >= 2


def _glue(words: list[Word]) -> list[Word]:
    """Join a piece that touches the word before it: pdfium cuts "Shee t" and "iMac ," apart."""
    out: list[Word] = []
    for word in words:
        if out and len(out[-1].text) < 60:
            gap = word.x0 - out[-1].x1
            if -0.5 <= gap < 0.6 and len(word.text) <= 2 and (word.text.islower() or word.text in ",.;:)®™’"):
                out[-1] = Word(out[-1].text + word.text, out[-1].x0, word.x1)
                continue
        if _MARK.match(word.text) and (word.text in "®™℠" or (out and len(out[-1].text) >= 60)):
            continue  # a raised mark whose word cannot be told any more
        out.append(word)
    return out or words[:1]


def _pitch(rows: Sequence[PageRow]) -> float:
    """The usual distance between two lines."""
    steps = [a.y - b.y for a, b in zip(rows, rows[1:], strict=False) if 4 < a.y - b.y < 30]
    return median(steps) if steps else 12.0


def to_flow(pages: Sequence[list[PageRow]]) -> Flow:
    """The flow of all pages; one table row stays one row."""
    flow: Flow = []
    for rows in pages:
        if rows:
            flow.extend(_Page(rows).read())
        flow.append(Break())
    return flow


class _Page:
    """One page: finds the tables, packs the rest into paragraphs."""

    def __init__(self, rows: list[PageRow]) -> None:
        self.rows = rows
        self.pitch = _pitch(rows)
        widths = [(word.x1 - word.x0) / max(1, len(word.text)) for row in rows for word in row.words if len(word.text) > 3]
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
            apart = gap > _CELL_GAP * self.char or (gap > 1.2 * self.char and (is_number(word.text) or word.text == "$"))
            if last is None or apart:
                cells.append(Cell(word.text, word.x0, word.x1, indent=word.x0, bold=row.bold))
            else:
                last.text = f"{last.text} {word.text}"
                last.x1 = max(last.x1, word.x1)
        return merge_cells(cells)

    def _is_value_row(self, row: PageRow) -> bool:
        cells = row.cells
        values = cells[1:] if cells and not (is_number(cells[0].text) and cells[0].x0 > self.left + 60) else cells
        numbers = [cell for cell in values if is_number(cell.text)]
        if not numbers or any(len(cell.text.split()) > 4 for cell in values if not is_number(cell.text)):
            return False
        if len(numbers) * 2 < len(values):
            return False
        if len(numbers) == 1:
            text = numbers[0].text
            return bool(re.search(r"[$,.%()—–]", text) or len(text) >= 1) and len(cells) > 1 and numbers[0].x0 > self.left + 40
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
            flow.append(Grid([row.cells for row in self.rows[start:end]], self.rows[i].page, loose=True))
            i = done = end
        flow.extend(self._paragraphs(self.rows[done:]))
        return flow

    def _first_column(self, start: int, end: int) -> float:
        places = [cell.x0 for row, is_value in zip(self.rows[start:end], self.values[start:end], strict=True) if is_value
                  for n, cell in enumerate(row.cells) if is_number(cell.text) and (n or cell.x0 > self.left + 60)]  # fmt: skip
        return min(places, default=self.right)

    def _end_of_table(self, start: int) -> int:
        """One past the last value row that belongs to the table at `start`."""
        end = i = start + 1
        first = self._first_column(start, start + 1)
        while i < len(self.rows):
            row = self.rows[i]
            if self.rows[i - 1].y - row.y > self.pitch * 4.5:
                break
            if self.values[i]:
                end = i + 1
                first = min(first, self._first_column(i, i + 1))
            elif i - end >= 4 or not self._may_stand_between(row, first):
                break
            i += 1
        return end

    def _may_stand_between(self, row: PageRow, first: float) -> bool:
        """A label, a section label or new heads; prose, titles and notes end the table."""
        if ITEM.match(row.text) or _BULLET.match(row.text) or re.match(r"^\(\d+\)\s+\w", row.text):
            return False
        if len(row.cells) == 1:
            cell = row.cells[0]
            if cell.x0 >= first - 12:
                return len(cell.text.split()) <= 8
            if _SENTENCE_END.search(cell.text) and not cell.text.endswith(":"):
                return False
            return cell.x1 <= first + 4 * self.char or (cell.x1 - cell.x0 < (self.right - self.left) * 0.5 and len(cell.text) < 70)
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
            elif not (len(row.cells) == 1 and row.cells[0].x1 <= first + 2 * self.char and len(row.text) < 90) or _BULLET.match(row.text):
                break
            elif _SENTENCE_END.search(row.text) and not row.text.endswith(":"):
                break
        if best == start:
            # no heads: labels such as "Current assets:" directly above still belong to the table
            i = start - 1
            while i >= stop and len(self.rows[i].cells) == 1 and self.rows[i].text.endswith(":") and len(self.rows[i].text) < 60:
                best = i
                i -= 1
        return best

    def _is_head_row(self, row: PageRow, first: float) -> bool:
        if is_unit_line(row.text) and len(row.cells) == 1:
            return False
        tail = [cell for cell in row.cells if cell.x1 > first]
        if not tail or any(len(cell.text.split()) > 9 for cell in tail):
            return False
        head = [cell for cell in row.cells if cell.x1 <= first]
        if not head:
            edge = min(cell.x0 for cell in tail)
            return edge >= first - 14 * self.char if len(tail) == 1 else edge >= first - 8 * self.char
        return len(head) <= 1 and all(YEAR.match(cell.text) or len(cell.text.split()) <= 7 for cell in tail)

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
                out.append(Para(re.sub(_BULLET, "• ", text), row.page, row.bold))
            last = row
        return out

    def _goes_on(self, last: PageRow, row: PageRow, before: str) -> bool:
        """Whether `row` belongs to the paragraph that `last` is the latest line of."""
        text = row.text
        if _BULLET.match(text) or ITEM.match(text) or PART.match(text) or is_unit_line(before) or is_unit_line(text):
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
        if not reach:
            return False
        return not (_SENTENCE_END.search(before) and row.x0 > last.x0 + 2 * self.char)
