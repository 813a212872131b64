"""HTML and inline XBRL bytes → a flow of paragraphs and grids.

Page numbers count page-break styles and PAGEBREAK comments. Hidden parts (`ix:header`,
`display:none`) are left out. Knows no Items and no metadata.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from rag_app.filings.cells import Cell
from rag_app.filings.flow import Break, Flow, Grid, Para, clean, is_bullet, mark_large
from rag_app.filings.html_grid import TextRun, find_rows, is_layout, is_page_line, read_grid
from rag_app.filings.html_tree import BLOCKS, SKIP, format_of, name_of, parse_tree


class _Walker:
    """Walks the body once and writes the flow."""

    def __init__(self) -> None:
        self.flow: Flow = []
        self.page = 1
        self.text = TextRun()

    def flush(self) -> None:
        text = self.text
        if not text.pieces:
            return
        self.text = TextRun()
        if not text.total:
            return
        line = clean("".join(text.pieces))
        if not line:
            return
        if line[0] in "•●▪■◦\uf0b7§" and len(line) > 1:
            line = f"• {line[1:].lstrip()}"
        all_bold = text.bold >= text.total * 0.97
        marked = (
            max(text.italic, text.under) >= text.total * 0.97 and len(line) <= 110 and not line.endswith(".")
        )
        strong = all_bold or marked
        self.flow.append(Para(line, self.page, strong, text.sized / text.total / 4))

    def turn_page(self) -> None:
        self.flush()
        self.page += 1
        self.flow.append(Break())

    def walk(self, element: Any, bits: int) -> None:
        """Children of `element`, its own text first."""
        if element.text:
            self.text.put(element.text, bits)
        for child in element:
            tag = child.tag
            if isinstance(tag, str):
                self.enter(child, name_of(tag), bits)
            elif tag is etree.Comment and (child.text or "").strip().upper() == "PAGEBREAK":
                self.turn_page()
            if child.tail:
                self.text.put(child.tail, bits)

    def enter(self, element: Any, name: str, bits: int) -> None:
        if name in SKIP:
            return
        if name == "br":
            self.text.pieces.append("\n")
            self.text.breaks += 1
            if self.text.breaks >= 2:
                self.flush()
            return
        inner, style = format_of(name, element, bits)
        if style is not None and style.hidden:
            return
        if style is not None and style.break_before:
            self.turn_page()
        if name == "table":
            self.flush()
            self.table(element, inner)
        elif name in BLOCKS and not (style is not None and style.inline):
            self.flush()
            if name == "li":
                self.text.put("• ", 0)
            self.walk(element, inner)
            self.flush()
        elif name == "page":
            self.turn_page()
            self.walk(element, inner)
        else:
            self.walk(element, inner)
        if style is not None and style.break_after:
            self.turn_page()

    def table(self, table: Any, bits: int) -> None:
        """A table of values becomes a grid; one that only lays out text becomes paragraphs."""
        if next(table.iterdescendants("{*}table"), None) is not None:
            self.walk(table, bits)
            self.flush()
            return
        elements = list(find_rows(table))
        page = self.page
        rows, turned = read_grid(elements, bits)
        if is_layout(rows):
            self.lay_out(elements, rows, bits)
        else:
            self.flow.append(Grid([row for row in rows if row], page))
        for _ in range(turned):
            self.turn_page()

    def lay_out(self, elements: list[Any], rows: list[list[Cell]], bits: int) -> None:
        for element, cells in zip(elements, rows, strict=True):
            if len(cells) == 1:
                # one cell may hold several paragraphs
                self.walk(element, bits)
                self.flush()
            elif cells:
                line = (" | " if is_page_line(rows) else " ").join(cell.text for cell in cells)
                if is_bullet(cells[0].text):
                    line = "• " + " ".join(cell.text for cell in cells[1:])
                self.flow.append(Para(line, self.page, all(cell.bold for cell in cells)))


def read_html(data: bytes, root: Any | None = None) -> Flow:
    """The flow of an HTML document's bytes (or of its tree, where the caller has parsed it)."""
    walker = _Walker()
    tree = parse_tree(data) if root is None else root
    walker.enter(tree, name_of(tree.tag), 0)
    walker.flush()
    mark_large(walker.flow)
    return walker.flow
