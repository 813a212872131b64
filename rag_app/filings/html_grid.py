"""An HTML table → rows of cells with the columns they span; tells layout tables from values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from rag_app.filings.cells import Cell, is_number
from rag_app.filings.flow import clean
from rag_app.filings.html_tree import BLOCKS, BOLD, ITALIC, SKIP, SUPER, UNDER, format_of, name_of, read_style

_MAX_CELLS = 200  # wider rows than this are an attack or a mistake
_MARKER = re.compile(
    r"^(?:\(?[a-z0-9ivx]{1,4}[.)]|[•●▪■◦○·∙§*†‡–—-]|\(\d+\)(?:\(\d+\))*|[☐☒☑✓oOxX]|\[[ xX]?\])$"
)


class TextRun:
    """Text under way: pieces, and how many characters of it are bold, italic or underlined."""

    __slots__ = ("bold", "breaks", "italic", "marked", "pieces", "raised", "sized", "total", "under")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.total = self.bold = self.italic = self.under = self.raised = self.breaks = 0
        self.sized = 0.0  # font size times characters
        self.marked = False  # a footnote mark was put last

    def put(self, text: str, bits: int) -> None:
        """Add a piece of text with its format flags."""
        size = len(text.strip())
        if size:
            self.breaks = 0
            if self.marked and text[0].isalpha():
                self.pieces.append(" ")
            self.marked = False
            self.total += size
            if bits:
                self.sized += (bits >> 8) * size
                if bits & BOLD:
                    self.bold += size
                if bits & ITALIC:
                    self.italic += size
                if bits & UNDER:
                    self.under += size
                if bits & SUPER:
                    self.raised += size
                    # a footnote mark is no part of the word before it, "th" in "10th" is
                    if text.lstrip()[:1] in "([{0123456789*†‡" and len(text.strip()) < 12:
                        self.pieces.append(" ")
                        self.marked = True
        self.pieces.append(text)


def find_rows(element: Any) -> Iterator[Any]:
    """The visible rows of a table, through sections and wrappers."""
    for child in element:
        if isinstance(child.tag, str):
            name = name_of(child.tag)
            if name == "tr":
                style = child.get("style")
                if style is None or not read_style(style).hidden:
                    yield child
            elif name not in {"td", "th", "caption"}:
                yield from find_rows(child)


def read_grid(elements: list[Any], bits: int) -> tuple[list[list[Cell]], int]:
    """Non-empty cells of each row, spans honoured, and the number of page ends inside the table."""
    rows: list[list[Cell]] = []
    held: dict[int, tuple[int, Cell | None]] = {}  # column → rows still covered from above, its cell
    turned = 0
    for element in elements:
        row: list[Cell] = []
        at = 0
        style = element.get("style")
        if style and (read_style(style).break_before or read_style(style).break_after):
            turned += 1
        for child in element:
            tag = child.tag
            name = name_of(tag) if isinstance(tag, str) else ""
            if name not in {"td", "th"}:
                continue
            while at in held:
                at = _carry(held, at, row)
            wide = _span(child.get("colspan"))
            deep = _span(child.get("rowspan"))
            cell = _read_cell(child, name, bits, at, wide)
            if cell is not None:
                row.append(cell)
            if deep > 1:
                for i in range(at, at + wide):
                    held[i] = (deep - 1, cell if i == at else None)
                    # the row it starts in counts too
                    held[i] = (deep, held[i][1])
            at += wide
            if at > _MAX_CELLS * 2:
                break
        while at in held:
            at = _carry(held, at, row)
        held = {i: (left - 1, cell) for i, (left, cell) in held.items() if left > 1}
        rows.append(row)
    return rows, turned


def _carry(held: dict[int, tuple[int, Cell | None]], at: int, row: list[Cell]) -> int:
    cell = held[at][1]
    if cell is not None:
        row.append(cell)
    return at + 1


def _span(value: str | None) -> int:
    return min(int(value), _MAX_CELLS) if value and value.strip().isdigit() and int(value) > 0 else 1


def _read_cell(element: Any, name: str, bits: int, at: int, wide: int) -> Cell | None:
    if not len(element) and not element.text:
        return None
    text = TextRun()
    inner, style = format_of(name, element, bits)
    if style is not None and style.hidden:
        return None
    _collect(element, text, inner)
    if not text.total:
        return None
    line = clean("".join(text.pieces))
    if not line:
        return None
    indent = style.indent if style is not None else 0.0
    first = next((child for child in element if isinstance(child.tag, str)), None)
    if first is not None and (given := first.get("style")):
        indent += read_style(given).indent
    indent += (
        3.0 * (len(element.text) - len(element.text.lstrip()))
        if element.text and "\xa0" in element.text[:8]
        else 0.0
    )
    return Cell(line, at, at + wide, indent, text.bold >= text.total * 0.97, text.raised >= text.total)


def _collect(element: Any, text: TextRun, bits: int) -> None:
    if element.text:
        text.put(element.text, bits)
    for child in element:
        tag = child.tag
        if isinstance(tag, str):
            name = name_of(tag)
            inner, style = format_of(name, child, bits)
            if not (style is not None and style.hidden) and name not in SKIP:
                block = name == "br" or name in BLOCKS
                if block:
                    text.pieces.append(" ")
                _collect(child, text, inner)
                if block:
                    text.pieces.append(" ")
        if child.tail:
            text.put(child.tail, bits)


def is_page_line(rows: list[list[Cell]]) -> bool:
    """Whether a table is one row of titles and a page number: "Financial Statements | Notes | 89"."""
    if len(rows) != 1 or not 1 < len(rows[0]) <= 4:
        return False
    words = [cell.text for cell in rows[0] if not is_number(cell.text)]
    numbers = [cell.text for cell in (rows[0][0], rows[0][-1]) if re.fullmatch(r"\d{1,3}", cell.text)]
    return len(numbers) == 1 and len(words) == len(rows[0]) - 1


def is_layout(rows: list[list[Cell]]) -> bool:
    """Whether no row pairs a label with a value: bullets, single cells, cover-page boxes."""
    full = [row for row in rows if row]
    if not full:
        return True
    if all(len(row) == 1 for row in full):
        return not (len(full) > 2 and any(is_number(row[0].text) and len(row[0].text) > 2 for row in full))
    if all(len(row) <= 2 and (len(row) == 1 or _MARKER.match(row[0].text)) for row in full):
        return True
    if is_page_line(full):
        return True
    if len(full) <= 2 and re.match(r"^(?:item|part)\s", full[0][0].text, re.IGNORECASE):
        return True
    return len(full) <= 2 and not any(is_number(cell.text) for row in full for cell in row)
