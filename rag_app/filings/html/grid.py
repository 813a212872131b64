"""An HTML table → rows of cells with the columns they span. Rules drawn with hyphens are left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rag_app.filings.flow import clean
from rag_app.filings.html.rows import BLOCK_END, LINE_END, LONG_CELL, is_rule, join_labels, unstack
from rag_app.filings.html.tree import BLOCKS, BOLD, ITALIC, SKIP, SUPER, UNDER, format_of, name_of, read_style
from rag_app.filings.tables.cells import Cell, read_scale

_MAX_CELLS = 200  # wider rows than this are an attack or a mistake


class TextRun:
    """Text under way: pieces, and how many characters of it are bold, italic or underlined."""

    __slots__ = (
        "bold",
        "breaks",
        "italic",
        "marked",
        "measured",
        "pieces",
        "raised",
        "scale",
        "sized",
        "total",
        "under",
    )

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.total = self.bold = self.italic = self.under = self.raised = self.breaks = 0
        self.measured = 0  # characters whose font size is known
        self.sized = 0.0  # font size times characters
        self.marked = False  # a footnote mark was put last
        self.scale: int | None = None  # of an inline XBRL number

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
                if bits >> 8:
                    self.measured += size
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

    @property
    def size(self) -> float:
        """Mean font size in points, 0 where most of the text does not tell."""
        return self.sized / self.measured / 4 if self.measured * 2 > self.total else 0.0


def find_rows(element: Any) -> Iterator[Any]:
    """The visible rows of a table, through sections and wrappers; cells outside of any row are one."""
    loose = False
    for child in element:
        if isinstance(child.tag, str):
            name = name_of(child.tag)
            if name in {"td", "th"}:
                if not loose:
                    yield element
                loose = True
            elif name != "caption":
                style = child.get("style")
                if style is not None and read_style(style).hidden:
                    continue
                if name == "tr":
                    yield child
                else:
                    yield from find_rows(child)


def _find_cells(row: Any) -> Iterator[tuple[Any, str]]:
    """The cells of a row with their tag names, through wrappers such as an XBRL tag around a cell."""
    for child in row:
        if isinstance(child.tag, str):
            name = name_of(child.tag)
            if name in {"td", "th"}:
                yield child, name
            elif name not in {"tr", "table"} and len(child):
                yield from _find_cells(child)


def read_grid(elements: list[Any], bits: int) -> tuple[list[list[Cell]], int]:
    """Non-empty cells of each row, spans honoured, and the number of page ends inside the table.

    There are more rows than elements where one element stacks several rows.
    """
    rows: list[list[Cell]] = []
    held: dict[int, tuple[int, Cell | None]] = {}  # column → rows still covered from above, its cell
    turned = 0
    for element in elements:
        row: list[Cell] = []
        stacked: list[str] = []
        at = 0
        inner, style = format_of("tr", element, bits)
        if style is not None and (style.break_before or style.break_after):
            turned += 1
        for child, name in _find_cells(element):
            while at in held:
                at = _carry(held, at, row)
            wide = _span(child.get("colspan"))
            deep = _span(child.get("rowspan"))
            found = _read_cell(child, name, inner, at, wide, not row)
            cell = None
            if found is not None:
                cell, raw = found
                row.append(cell)
                if LINE_END in raw or BLOCK_END in raw:
                    stacked.append(raw)
            if deep > 1:
                # a label holds for all its rows, a text is told once; the row it starts in counts too
                again = cell if cell is not None and len(cell.text) <= LONG_CELL else None
                for i in range(at, at + wide):
                    held[i] = (deep, again if i == at else None)
            at += wide
            if at > _MAX_CELLS * 2:
                break
        while at in held:
            at = _carry(held, at, row)
        held = {i: (left - 1, cell) for i, (left, cell) in held.items() if left > 1}
        rows.extend(unstack(row, stacked) if 1 < len(row) == len(stacked) else [row])
    join_labels(rows)
    return rows, turned


def _carry(held: dict[int, tuple[int, Cell | None]], at: int, row: list[Cell]) -> int:
    cell = held[at][1]
    if cell is not None:
        row.append(cell)
    return at + 1


def _span(value: str | None) -> int:
    text = (value or "").strip()[:9]
    return min(int(text), _MAX_CELLS) if text.isascii() and text.isdigit() and int(text) > 0 else 1


def _read_cell(
    element: Any, name: str, bits: int, at: int, wide: int, label: bool
) -> tuple[Cell, str] | None:
    """A cell, and its text with the ends of its lines; None where nothing shows."""
    if not len(element) and not element.text:
        return None
    text = TextRun()
    inner, style = format_of(name, element, bits)
    if style is not None and style.hidden:
        return None
    _collect(element, text, inner)
    if not text.total:
        return None
    raw = "".join(text.pieces)
    line = clean(raw)
    if not line or is_rule(line):
        return None
    indent = _indent(element) + 3.0 * raw[: len(raw) - len(raw.lstrip())].count("\xa0") if label else 0.0
    bold, mark = text.bold >= text.total * 0.97, text.raised >= text.total
    return Cell(line, at, at + wide, indent, bold, mark, text.scale), raw


def _indent(element: Any) -> float:
    """Left padding and margins of a cell and the blocks that it begins with."""
    indent = 0.0
    while element is not None:
        style = element.get("style")
        indent += read_style(style).indent if style else 0.0
        element = next((child for child in element if isinstance(child.tag, str)), None)
        if element is not None and name_of(element.tag) not in {"p", "div", "span", "font"}:
            break
    return indent


def _collect(element: Any, text: TextRun, bits: int) -> None:
    if element.text:
        text.put(element.text, bits)
    for child in element:
        tag = child.tag
        if isinstance(tag, str):
            name = name_of(tag)
            inner, style = format_of(name, child, bits)
            if not (style is not None and style.hidden) and name not in SKIP:
                if name == "ix:nonfraction":
                    unit = child.get("unitRef") or child.get("unitref") or ""
                    text.scale = read_scale(child.get("scale", "0"), unit)
                end = LINE_END if name == "br" else BLOCK_END if name in BLOCKS else ""
                if end or (style is not None and style.indent >= 2):
                    text.pieces.append(end or " ")  # a gap may be made by padding
                _collect(child, text, inner)
                if end is BLOCK_END:
                    text.pieces.append(end)
        if child.tail:
            text.put(child.tail, bits)
