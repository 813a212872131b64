"""HTML bytes → an element tree, and what its styles say.

Inline XBRL is read as XML where it is well formed. Knows no paragraphs and no tables.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from lxml import etree

from rag_app.core.errors import FilingError
from rag_app.filings.flow import clean

BOLD, ITALIC, UNDER, SUPER = 1, 2, 4, 8
BLOCKS = frozenset(
    [
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "center",
        "blockquote",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "body",
        "html",
        "form",
        "tr",
        "td",
        "th",
        "tbody",
        "thead",
        "tfoot",
        "caption",
        "pre",
        "address",
        "fieldset",
        "figure",
        "nav",
        "aside",
        "hr",
    ]
)
SKIP = frozenset(["head", "script", "style", "title", "ix:header", "header#", "noscript"])
_FORMAT = {
    "b": BOLD, "strong": BOLD, "i": ITALIC, "em": ITALIC, "u": UNDER, "ins": UNDER, "sup": SUPER, "th": BOLD,
    "h1": BOLD, "h2": BOLD, "h3": BOLD, "h4": BOLD, "h5": BOLD, "h6": BOLD,
}  # fmt: skip
_C1 = re.compile(rb"&#(?:[xX]([89][0-9a-fA-F])|0*(1[2-5][0-9]));")
_EMPTY_TAG = re.compile(
    rb"<(div|p|a|span|td|th|tr|table|font|b|i|u|sup|li|ul)((?:\s[^<>]*?)?)/>", re.IGNORECASE
)
_INLINE_TAG = re.compile(rb"</?(?:font|b|i|u|a|strong|em|small|big|span|center)(?:\s[^<>]*)?>", re.IGNORECASE)
_MAX_TAGS = 2_500_000  # a gigabyte once parsed; 60 MB of the densest filings have two million
_TOO_DEEP = "elements nested too deeply; not a filing as EDGAR publishes it: download it again"
_WEIGHT = re.compile(r"\b(?:bold(?:er)?|[1-9]00)\b")
_SIZE = re.compile(r"(?<![\d.])[\d.]+(?:pt|px|em|in)\b")
_FONT_SIZES = {"1": 7.5, "2": 10.0, "3": 12.0, "4": 13.5, "5": 18.0, "6": 24.0, "7": 36.0}
_DECLARED = re.compile(rb"(?:encoding|charset)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)")


class Style(NamedTuple):
    """What of a style attribute matters here; `indent` and `size` in points.

    `inline`: a block that runs on in its line; `beside`: its children stand side by side.
    """

    hidden: bool
    break_before: bool
    break_after: bool
    weight: bool | None
    format: int
    inline: bool
    beside: bool
    indent: float
    size: float


@lru_cache(maxsize=8192)
def read_style(style: str) -> Style:
    """What a style attribute says; styles repeat, so each is read once."""
    rules = {}
    for rule in style.lower().split(";"):
        name, _, value = rule.partition(":")
        rules[name.strip()] = value.strip()
    font = rules.get("font", "")  # "bold 10pt Times": weight, style and size in one
    weight: bool | None = None
    if given := rules.get("font-weight") or (font and (" ".join(_WEIGHT.findall(font)) or "normal")):
        weight = given.startswith("bold") or (given.isdigit() and int(given) >= 600)
    bits = 0
    if (rules.get("font-style") or font).startswith(("italic", "oblique")):
        bits |= ITALIC
    if "underline" in rules.get("text-decoration", ""):
        bits |= UNDER
    align = rules.get("vertical-align", "")
    raised = align in {"super", "text-top"} or bool(re.match(r"\d*\.?\d", align) and _points(align) > 0)
    if raised or (rules.get("position") == "relative" and rules.get("top", "").startswith("-")):
        bits |= SUPER
    forced = ("always", "page", "left", "right")
    return Style(
        hidden=rules.get("display") == "none" or rules.get("visibility") == "hidden",
        break_before=_get(rules, "page-break-before", "break-before").startswith(forced),
        break_after=_get(rules, "page-break-after", "break-after").startswith(forced),
        weight=weight,
        format=bits,
        inline=rules.get("display") in {"inline", "inline-flex"},
        beside=rules.get("display") == "flex" and "column" not in rules.get("flex-direction", ""),
        indent=_left(rules, "padding") + _left(rules, "margin") + _points(rules.get("text-indent", "")),
        size=_size(rules.get("font-size") or (_SIZE.search(font) or [""])[0]),
    )


def _get(rules: dict[str, str], *names: str) -> str:
    return next((rules[name] for name in names if name in rules), "")


def _size(length: str) -> float:
    return 0.0 if "%" in length else _points(length)


def _left(rules: dict[str, str], name: str) -> float:
    """The left padding or margin, also where one rule gives all four sides."""
    if f"{name}-left" in rules:
        return _points(rules[f"{name}-left"])
    sides = rules.get(name, "").split()
    return _points(sides[{1: 0, 2: 1, 3: 1, 4: 3}.get(len(sides), 0)]) if sides else 0.0


def _points(length: str) -> float:
    found = re.match(r"(-?[\d.]{1,9})\s*(pt|px|em|in|%)?", length)
    try:
        scale = (
            {"px": 0.75, "em": 10.0, "in": 72.0, "%": 4.0}.get(found.group(2) or "", 1.0) if found else 0.0
        )
        return float(found.group(1)) * scale if found else 0.0
    except ValueError:
        return 0.0


@lru_cache(maxsize=512)
def name_of(tag: str) -> str:
    """`{namespace}Name` and `IX:Name` → lower case; XBRL tags keep the prefix "ix:"."""
    if tag.startswith("{"):
        space, _, local = tag[1:].partition("}")
        return f"ix:{local.lower()}" if "inlineXBRL" in space else local.lower()
    return tag.lower()


def parse_tree(data: bytes) -> Any:
    """The document's root element; inline XBRL as XML where it is well formed, else as HTML.

    Raises FilingError for nesting too deep to be a filing, for more tags than any filing has, and for
    bytes without any element.
    """
    if (tags := data.count(b"<")) > _MAX_TAGS:
        raise FilingError(f"{tags:,} tags, over {_MAX_TAGS:,}; take the main document only")
    head = data[:4096].lower()
    if (
        b"<html" in head
        and b"inlinexbrl" in data[:20000].lower()
        and b"<!doctype" not in head
        and b"<!entity" not in head
    ):
        # XML reads `<div/>` as an empty element; HTML would leave it open
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_pis=True)
        try:
            return etree.fromstring(data.lstrip(), parser)
        except etree.XMLSyntaxError as error:
            if "depth" in str(error).lower():
                raise FilingError(_TOO_DEEP) from error
    data = _EMPTY_TAG.sub(rb"<\1\2></\1>", data)
    root, deep = _parse_html(data)
    if deep:  # old filings leave <font> and its like open: each then lies in the one before
        root, deep = _parse_html(_INLINE_TAG.sub(b" ", data))
    if deep:
        raise FilingError(_TOO_DEEP)
    if root is None:
        raise FilingError("no HTML element in it; download it again")
    return root


def _parse_html(data: bytes) -> tuple[Any, bool]:
    """The root element, and whether the document was cut short for its depth."""
    html = etree.HTMLParser(encoding=encoding_of(data), no_network=True, huge_tree=False, remove_pis=True)
    try:
        root = etree.fromstring(_C1.sub(_mend_c1, data), html)
    except etree.LxmlError as error:
        raise FilingError(f"not readable as HTML ({clean(str(error))[:80]}); download it again") from error
    return root, any("depth" in entry.message.lower() for entry in html.error_log.filter_from_errors())


def _mend_c1(found: re.Match[bytes]) -> bytes:
    """`&#151;` meant the dash of code page 1252, not a control character."""
    code = int(found.group(1), 16) if found.group(1) else int(found.group(2))
    try:
        return f"&#{ord(bytes([code]).decode('cp1252'))};".encode() if 128 <= code < 160 else found.group()
    except UnicodeDecodeError:
        return b" "


def encoding_of(data: bytes) -> str:
    """UTF-8 where the bytes are valid UTF-8, else what is declared, else Windows-1252."""
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
    return (
        name
        if name not in {"", "utf-8", "utf8", "ascii", "us-ascii", "iso-8859-1", "latin-1", "latin1"}
        else "cp1252"
    )


def format_of(name: str, element: Any, bits: int) -> tuple[int, Style | None]:
    """Format flags of an element inside text with the flags `bits`, and its style."""
    bits |= _FORMAT.get(name, 0)
    if name == "font":
        bits = _with_size(bits, _FONT_SIZES.get(element.get("size") or "", 0.0))
    style = element.get("style")
    if style is None:
        return bits, None
    parsed = read_style(style)
    if parsed.weight is not None:
        bits = bits | BOLD if parsed.weight else bits & ~BOLD
    return _with_size(bits, parsed.size) | parsed.format, parsed


def _with_size(bits: int, size: float) -> int:
    """Flags with a font size in quarter points above them; 0 keeps the size given outside."""
    return (bits & 0xFF) | int(size * 4) << 8 if size else bits
