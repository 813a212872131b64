"""HTML and inline XBRL bytes → a flow of paragraphs and grids.

Page numbers count page-break styles and PAGEBREAK comments. Hidden parts (`ix:header`,
`display:none`) are left out. Knows no Items and no metadata.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from lxml import etree

from rag_app.core.errors import FilingError
from rag_app.filings.flow import Break, Flow, Grid, Para, clean, is_bullet
from rag_app.filings.tables import Cell, is_number

_BOLD, _ITALIC, _UNDER, _SUPER = 1, 2, 4, 8
_BLOCKS = frozenset(
    ["p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "dl", "dt", "dd", "center", "blockquote", "section", "article", "header", "footer", "main", "body", "html", "form", "tr", "td", "th", "tbody", "thead", "tfoot", "caption", "pre", "address", "fieldset", "figure", "nav", "aside", "hr"]
)
_SKIP = frozenset(["head", "script", "style", "title", "ix:header", "header#", "noscript"])
_FORMAT = {
    "b": _BOLD, "strong": _BOLD, "i": _ITALIC, "em": _ITALIC, "u": _UNDER, "ins": _UNDER, "sup": _SUPER, "th": _BOLD,
    "h1": _BOLD, "h2": _BOLD, "h3": _BOLD, "h4": _BOLD, "h5": _BOLD, "h6": _BOLD,
}  # fmt: skip
_C1 = re.compile(rb"&#(?:[xX]([89][0-9a-fA-F])|0*(1[2-5][0-9]));")
_EMPTY_TAG = re.compile(rb"<(div|p|a|span|td|th|tr|table|font|b|i|u|sup|li|ul)((?:\s[^<>]*?)?)/>", re.IGNORECASE)
_DECLARED = re.compile(rb"(?:encoding|charset)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)")
_MAX_CELLS = 400  # wider rows than this are an attack or a mistake


class _Style(NamedTuple):
    hidden: bool
    break_before: bool
    break_after: bool
    weight: bool | None
    format: int
    inline: bool
    indent: float


@lru_cache(maxsize=8192)
def _read_style(style: str) -> _Style:
    rules = {}
    for rule in style.lower().split(";"):
        name, _, value = rule.partition(":")
        rules[name.strip()] = value.strip()
    weight: bool | None = None
    if given := rules.get("font-weight"):
        weight = given.startswith("bold") or (given.isdigit() and int(given) >= 600)
    bits = 0
    if rules.get("font-style", "").startswith(("italic", "oblique")):
        bits |= _ITALIC
    if "underline" in rules.get("text-decoration", ""):
        bits |= _UNDER
    raised = rules.get("vertical-align") in {"super", "text-top"}
    if raised or (rules.get("position") == "relative" and rules.get("top", "").startswith("-")):
        bits |= _SUPER
    forced = ("always", "page", "left", "right")
    return _Style(
        hidden=rules.get("display") == "none" or rules.get("visibility") == "hidden",
        break_before=_get(rules, "page-break-before", "break-before").startswith(forced),
        break_after=_get(rules, "page-break-after", "break-after").startswith(forced),
        weight=weight,
        format=bits,
        inline=rules.get("display") in {"inline"},
        indent=_points(rules.get("padding-left", "")) + _points(rules.get("margin-left", "")) + _points(rules.get("text-indent", "")),
    )


def _get(rules: dict[str, str], *names: str) -> str:
    return next((rules[name] for name in names if name in rules), "")


def _points(length: str) -> float:
    found = re.match(r"(-?[\d.]+)\s*(pt|px|em|in|%)?", length)
    try:
        scale = {"px": 0.75, "em": 10.0, "in": 72.0, "%": 4.0}.get(found.group(2) or "", 1.0) if found else 0.0
        return float(found.group(1)) * scale if found else 0.0
    except ValueError:
        return 0.0


@lru_cache(maxsize=512)
def _name(tag: str) -> str:
    """`{namespace}Name` and `IX:Name` → lower case; XBRL tags keep the prefix "ix:"."""
    if tag.startswith("{"):
        space, _, local = tag[1:].partition("}")
        return f"ix:{local.lower()}" if "inlineXBRL" in space else local.lower()
    return tag.lower()


def parse_tree(data: bytes) -> Any:
    """The document's root element; inline XBRL as XML where it is well formed, else as HTML.

    Raises FilingError for nesting too deep to be a filing and for bytes without any element.
    """
    head = data[:4096].lower()
    if b"<html" in head and b"inlinexbrl" in data[:20000].lower() and b"<!doctype" not in head and b"<!entity" not in head:
        # XML reads `<div/>` as an empty element; HTML would leave it open
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_pis=True)
        try:
            return etree.fromstring(data.lstrip(), parser)
        except etree.XMLSyntaxError as error:
            if "depth" in str(error).lower():
                raise FilingError("elements nested too deeply") from error
    data = _EMPTY_TAG.sub(rb"<\1\2></\1>", data)
    html = etree.HTMLParser(encoding=encoding_of(data), no_network=True, huge_tree=False, remove_pis=True)
    try:
        root = etree.fromstring(_C1.sub(_mend_c1, data), html)
    except etree.LxmlError as error:
        raise FilingError(f"not readable as HTML ({clean(str(error))[:80]})") from error
    if any("depth" in entry.message.lower() for entry in html.error_log.filter_from_errors()):
        raise FilingError("elements nested too deeply")
    if root is None:
        raise FilingError("no HTML element in it")
    return root


def _mend_c1(found: re.Match[bytes]) -> bytes:
    """`&#151;` meant the dash of code page 1252, not a control character."""
    code = int(found.group(1), 16) if found.group(1) else int(found.group(2))
    try:
        return f"&#{ord(bytes([code]).decode('cp1252'))};".encode() if 128 <= code < 160 else found.group()
    except UnicodeDecodeError:
        return b" "


def encoding_of(data: bytes) -> str:
    """UTF-8 where the bytes are valid UTF-8, else what is declared, else Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.search(data[:2048])
    name = declared.group(1).decode("ascii", "replace").lower() if declared else ""
    try:
        b"x".decode(name or "cp1252")
    except LookupError:
        name = ""
    return name if name not in {"", "utf-8", "utf8", "ascii", "us-ascii", "iso-8859-1", "latin-1", "latin1"} else "cp1252"


class _Text:
    """Text under way: pieces, and how many characters of it are bold, italic or underlined."""

    __slots__ = ("bold", "breaks", "italic", "marked", "pieces", "raised", "total", "under")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.total = self.bold = self.italic = self.under = self.raised = self.breaks = 0
        self.marked = False  # a footnote mark was put last

    def put(self, text: str, bits: int) -> None:
        size = len(text.strip())
        if size:
            self.breaks = 0
            if self.marked and text[0].isalpha():
                self.pieces.append(" ")
            self.marked = False
            self.total += size
            if bits:
                if bits & _BOLD:
                    self.bold += size
                if bits & _ITALIC:
                    self.italic += size
                if bits & _UNDER:
                    self.under += size
                if bits & _SUPER:
                    self.raised += size
                    # a footnote mark is no part of the word before it, "th" in "10th" is
                    if text.lstrip()[:1] in "([{0123456789*†‡" and len(text.strip()) < 12:
                        self.pieces.append(" ")
                        self.marked = True
        self.pieces.append(text)


def _bits(name: str, element: Any, bits: int) -> tuple[int, _Style | None]:
    bits |= _FORMAT.get(name, 0)
    style = element.get("style")
    if style is None:
        return bits, None
    parsed = _read_style(style)
    if parsed.weight is not None:
        bits = bits | _BOLD if parsed.weight else bits & ~_BOLD
    return bits | parsed.format, parsed


class _Walker:
    """Walks the body once and writes the flow."""

    def __init__(self) -> None:
        self.flow: Flow = []
        self.page = 1
        self.text = _Text()

    def flush(self) -> None:
        text = self.text
        if not text.pieces:
            return
        self.text = _Text()
        if not text.total:
            return
        line = clean("".join(text.pieces))
        if not line:
            return
        if line[0] in "•●▪■◦\uf0b7§" and len(line) > 1:
            line = f"• {line[1:].lstrip()}"
        all_bold = text.bold >= text.total * 0.97
        marked = max(text.italic, text.under) >= text.total * 0.97 and len(line) <= 110 and not line.endswith(".")
        strong = all_bold or marked
        self.flow.append(Para(line, self.page, strong))

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
                self.enter(child, _name(tag), bits)
            elif tag is etree.Comment and (child.text or "").strip().upper() == "PAGEBREAK":
                self.turn_page()
            if child.tail:
                self.text.put(child.tail, bits)

    def enter(self, element: Any, name: str, bits: int) -> None:
        if name in _SKIP:
            return
        if name == "br":
            self.text.pieces.append("\n")
            self.text.breaks += 1
            if self.text.breaks >= 2:
                self.flush()
            return
        inner, style = _bits(name, element, bits)
        if style is not None and style.hidden:
            return
        if style is not None and style.break_before:
            self.turn_page()
        if name == "table":
            self.flush()
            self.table(element, inner)
        elif name in _BLOCKS and not (style is not None and style.inline):
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
        elements = list(_find_rows(table))
        page = self.page
        rows, turned = _read_grid(elements, bits)
        if _is_layout(rows):
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
                line = " ".join(cell.text for cell in cells)
                if is_bullet(cells[0].text):
                    line = "• " + " ".join(cell.text for cell in cells[1:])
                self.flow.append(Para(line, self.page, all(cell.bold for cell in cells)))


def _find_rows(element: Any) -> Any:
    for child in element:
        if isinstance(child.tag, str):
            name = _name(child.tag)
            if name == "tr":
                style = child.get("style")
                if style is None or not _read_style(style).hidden:
                    yield child
            elif name not in {"td", "th", "caption"}:
                yield from _find_rows(child)


def _read_grid(elements: list[Any], bits: int) -> tuple[list[list[Cell]], int]:
    rows: list[list[Cell]] = []
    held: dict[int, tuple[int, Cell | None]] = {}  # column → rows still covered from above, its cell
    turned = 0
    for element in elements:
        row: list[Cell] = []
        at = 0
        style = element.get("style")
        if style and (_read_style(style).break_before or _read_style(style).break_after):
            turned += 1
        for child in element:
            tag = child.tag
            name = _name(tag) if isinstance(tag, str) else ""
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
            if at > _MAX_CELLS * 4:
                break
        while at in held:
            at = _carry(held, at, row)
        held = {i: (left - 1, cell) for i, (left, cell) in held.items() if left > 1}
        rows.append(row)
    return rows, turned


def _carry(held: dict[int, tuple[int, Cell | None]], at: int, row: list[Cell]) -> int:
    cell = held[at][1]
    if cell is not None and cell not in row:
        row.append(cell)
    return at + 1


def _span(value: str | None) -> int:
    return min(int(value), _MAX_CELLS) if value and value.strip().isdigit() and int(value) > 0 else 1


def _read_cell(element: Any, name: str, bits: int, at: int, wide: int) -> Cell | None:
    if not len(element) and not element.text:
        return None
    text = _Text()
    inner, style = _bits(name, element, bits)
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
        indent += _read_style(given).indent
    indent += 3.0 * (len(element.text) - len(element.text.lstrip())) if element.text and "\xa0" in element.text[:8] else 0.0
    return Cell(line, at, at + wide, indent, text.bold >= text.total * 0.97, text.raised >= text.total)


def _collect(element: Any, text: _Text, bits: int) -> None:
    if element.text:
        text.put(element.text, bits)
    for child in element:
        tag = child.tag
        if isinstance(tag, str):
            name = _name(tag)
            inner, style = _bits(name, child, bits)
            if not (style is not None and style.hidden) and name not in _SKIP:
                block = name == "br" or name in _BLOCKS
                if block:
                    text.pieces.append(" ")
                _collect(child, text, inner)
                if block:
                    text.pieces.append(" ")
        if child.tail:
            text.put(child.tail, bits)


_MARKER = re.compile(r"^(?:\(?[a-z0-9ivx]{1,4}[.)]|[•●▪■◦○·∙§*†‡–—-]|\(\d+\)(?:\(\d+\))*|[☐☒☑✓oOxX]|\[[ xX]?\])$")


def _is_layout(rows: list[list[Cell]]) -> bool:
    """Whether no row pairs a label with a value: bullets, single cells, cover-page boxes."""
    full = [row for row in rows if row]
    if not full:
        return True
    if all(len(row) == 1 for row in full):
        return not (len(full) > 2 and any(is_number(row[0].text) and len(row[0].text) > 2 for row in full))
    if all(len(row) <= 2 and (len(row) == 1 or _MARKER.match(row[0].text)) for row in full):
        return True
    if len(full) <= 2 and re.match(r"^(?:item|part)\s", full[0][0].text, re.IGNORECASE):
        return True
    return len(full) <= 2 and not any(is_number(cell.text) for row in full for cell in row)


def read_html(data: bytes, root: Any | None = None) -> Flow:
    """The flow of an HTML document's bytes (or of its tree, where the caller has parsed it)."""
    walker = _Walker()
    tree = parse_tree(data) if root is None else root
    walker.enter(tree, _name(tree.tag), 0)
    walker.flush()
    return walker.flow
