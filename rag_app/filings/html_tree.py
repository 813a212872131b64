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
_DECLARED = re.compile(rb"(?:encoding|charset)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)")


class Style(NamedTuple):
    """What of a style attribute matters here; `indent` and `size` in points."""

    hidden: bool
    break_before: bool
    break_after: bool
    weight: bool | None
    format: int
    inline: bool
    indent: float
    size: float


@lru_cache(maxsize=8192)
def read_style(style: str) -> Style:
    """What a style attribute says; styles repeat, so each is read once."""
    rules = {}
    for rule in style.lower().split(";"):
        name, _, value = rule.partition(":")
        rules[name.strip()] = value.strip()
    weight: bool | None = None
    if given := rules.get("font-weight"):
        weight = given.startswith("bold") or (given.isdigit() and int(given) >= 600)
    bits = 0
    if rules.get("font-style", "").startswith(("italic", "oblique")):
        bits |= ITALIC
    if "underline" in rules.get("text-decoration", ""):
        bits |= UNDER
    raised = rules.get("vertical-align") in {"super", "text-top"}
    if raised or (rules.get("position") == "relative" and rules.get("top", "").startswith("-")):
        bits |= SUPER
    forced = ("always", "page", "left", "right")
    return Style(
        hidden=rules.get("display") == "none" or rules.get("visibility") == "hidden",
        break_before=_get(rules, "page-break-before", "break-before").startswith(forced),
        break_after=_get(rules, "page-break-after", "break-after").startswith(forced),
        weight=weight,
        format=bits,
        inline=rules.get("display") in {"inline"},
        indent=_points(rules.get("padding-left", ""))
        + _points(rules.get("margin-left", ""))
        + _points(rules.get("text-indent", "")),
        size=_points(rules.get("font-size", "")) if "%" not in rules.get("font-size", "%") else 0.0,
    )


def _get(rules: dict[str, str], *names: str) -> str:
    return next((rules[name] for name in names if name in rules), "")


def _points(length: str) -> float:
    found = re.match(r"(-?[\d.]+)\s*(pt|px|em|in|%)?", length)
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

    Raises FilingError for nesting too deep to be a filing and for bytes without any element.
    """
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
    style = element.get("style")
    if style is None:
        return bits, None
    parsed = read_style(style)
    if parsed.weight is not None:
        bits = bits | BOLD if parsed.weight else bits & ~BOLD
    if parsed.size:
        bits = (bits & 0xFF) | int(parsed.size * 4) << 8  # quarter points above the flags
    return bits | parsed.format, parsed
