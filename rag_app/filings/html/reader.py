"""HTML and inline XBRL bytes → a flow of paragraphs and grids.

Page numbers count page-break styles and PAGEBREAK comments. Hidden parts (`ix:header`,
`display:none`) are left out. Knows no Items and no metadata.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from lxml import etree

from rag_app.filings.flow import Break, Flow, Grid, Para, clean, is_bullet, mark_large
from rag_app.filings.html.grid import TextRun, find_rows, read_grid
from rag_app.filings.html.plain import is_plain, read_plain, read_pre
from rag_app.filings.html.rows import is_layout, is_page_line, open_label_column, take_notes
from rag_app.filings.html.tree import BLOCKS, SKIP, format_of, name_of, parse_tree
from rag_app.filings.tables.cells import Cell


class _Walker:
    """Walks the body once and writes the flow."""

    def __init__(self) -> None:
        self.flow: Flow = []
        self.page = 1
        self.text = TextRun()
        self.mark = ""  # of the list item that begins
        self.counts: dict[Any, int] = {}  # ordered list → the number of its last item

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
        if (line[0] in "•●▪■◦\uf0b7§" and len(line) > 1) or line.startswith(("· ", "○ ", "∙ ", "► ")):
            line = f"• {line[1:].lstrip()}"
        if self.mark:
            line, self.mark = f"{self.mark} {line}", ""
        all_bold = text.bold >= text.total * 0.97
        marked = (
            max(text.italic, text.under) >= text.total * 0.97 and len(line) <= 110 and not line.endswith(".")
        )
        strong = all_bold or marked
        self.flow.append(Para(line, self.page, strong, text.size))

    def bullet(self, item: Any) -> str:
        """The mark of a list item: its number in an ordered list."""
        parent = item.getparent()
        if parent is None or name_of(parent.tag) != "ol":
            return "•"
        start = (parent.get("start") or "1")[:9]
        at = self.counts[parent] = self.counts.get(parent, int(start) - 1 if start.isdecimal() else 0) + 1
        kind = parent.get("type") or "1"
        return f"({chr(96 + at)})" if kind in "aA" and 1 <= at <= 26 else f"{at}."

    def turn_page(self) -> None:
        self.flush()
        self.page += 1
        self.flow.append(Break())

    def walk(self, element: Any, bits: int, beside: bool = False) -> None:
        """Children of `element`, its own text first; `beside`: a marker and its text, on one line."""
        if element.text:
            self.text.put(element.text, bits)
        for child in element:
            tag = child.tag
            if isinstance(tag, str):
                name = name_of(tag)
                apart = name == "table" or name in SKIP or not beside or not self.text.total
                if not apart and not _holds_table(child):
                    inner, style = format_of(name, child, bits)
                    self.text.pieces.append(" ")
                    if style is None or not style.hidden:
                        self.walk(child, inner)
                else:
                    self.enter(child, name, bits)
            elif tag is etree.Comment and (child.text or "").strip().upper() == "PAGEBREAK":
                self.turn_page()
            if child.tail:
                self.text.put(child.tail, bits)

    def enter(self, element: Any, name: str, bits: int) -> None:
        if name in SKIP:
            return
        inner, style = format_of(name, element, bits)
        if style is not None and style.hidden:
            return
        if name == "br":
            self.text.pieces.append("\n")
            self.text.breaks += 1
            if self.text.breaks >= 2:
                self.flush()
            if style is not None and (style.break_before or style.break_after):
                self.turn_page()
            return
        if style is not None and style.break_before:
            self.turn_page()
        if name == "table":
            self.flush()
            self.table(element, inner)
        elif name in BLOCKS and not (style is not None and style.inline):
            self.flush()
            if name == "li":
                self.mark = self.bullet(element)
            if name == "pre" and next(element.iterdescendants("{*}tr", "{*}p", "{*}div"), None) is None:
                self.preformatted(element)
            else:
                self.walk(element, inner, style is not None and style.beside)
            self.flush()
            if name == "li":
                self.mark = ""
        elif name == "page":
            self.turn_page()
            self.walk(element, inner)
        else:
            if style is not None and style.indent >= 2:
                self.text.pieces.append(" ")  # "Item 1." and a gap made by padding
            self.walk(element, inner)
        if style is not None and style.break_after:
            self.turn_page()

    def table(self, table: Any, bits: int) -> None:
        """A table of values becomes a grid; one that only lays out text becomes paragraphs."""
        for caption in table.iterchildren("{*}caption"):
            self.walk(caption, bits)
            self.flush()
        elements = list(find_rows(table))
        if not elements:
            self.walk(table, bits)
            self.flush()
        if not _holds_table(table):
            self.rows(elements, bits)
            return
        # a row that holds a table lays out; the rows between such rows are a table of their own
        for nested, group in groupby(elements, _holds_table):
            if nested:
                for row in group:
                    self.walk(row, bits)
                    self.flush()
            else:
                self.rows(list(group), bits)

    def rows(self, elements: list[Any], bits: int) -> None:
        page = self.page
        rows, turned = read_grid(elements, bits)
        # one row of words and a number is a page's last line, unless the number is tagged as a fact
        fact = len(rows) == 1 and any(name_of(str(e.tag)) == "ix:nonfraction" for e in elements[0].iter())
        if len(rows) == len(elements) and not fact and is_layout(rows):
            self.lay_out(elements, rows, bits)
        else:
            above, values, below = take_notes(rows)
            open_label_column(values)
            self.flow.extend(Para(text, page) for text in above)
            self.flow.append(Grid(values, page))
            self.flow.extend(Para(text, page) for text in below)
        for _ in range(turned):
            self.turn_page()

    def preformatted(self, element: Any) -> None:
        """Text in fixed width, as in a plain-text filing."""
        for part in read_pre(element):
            if isinstance(part, Break):
                self.turn_page()
            else:
                part.page = self.page
                self.flow.append(part)

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


def _holds_table(element: Any) -> bool:
    return next(element.iterdescendants("{*}table"), None) is not None


def read_html(data: bytes, root: Any | None = None) -> Flow:
    """The flow of an HTML document's bytes (or of its tree, where the caller has parsed it)."""
    if is_plain(data):
        return read_plain(data)
    walker = _Walker()
    tree = parse_tree(data) if root is None else root
    walker.enter(tree, name_of(tree.tag), 0)
    walker.flush()
    mark_large(walker.flow)
    return walker.flow
