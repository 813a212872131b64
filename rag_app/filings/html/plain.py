"""Text in fixed width inside HTML: `<pre>` blocks, and plain-text filings with an HTML wrapper.

Lines and columns carry the meaning there, so that the reader of plain-text filings takes over.
"""

from __future__ import annotations

import html
import re
from itertools import pairwise
from typing import Any

from rag_app.filings.flow import Flow
from rag_app.filings.html.tree import SKIP, encoding_of, name_of
from rag_app.filings.text import read_text

_MARKUP = re.compile(rb"<(?:p|br|tr|td|th|li|div|font|span|h[1-6])\b", re.IGNORECASE)
_WRAPPER = re.compile(
    r"</?(?:html|head|body|div|pre|font|p|br|b|i|u|a|title|meta|center)\b[^<>]*>", re.IGNORECASE
)
_VALUES = re.compile(r"\S {2,}+[$( ]*+\d[\d,.)%]*(?: |$)")
_PAGE_END = re.compile(r"^ {12,}-?\s?(?:[A-Z]-)?(\d{1,3})\s?-? *$", re.MULTILINE)


def is_plain(data: bytes) -> bool:
    """Whether HTML is only wrapped around a plain-text filing: lines, but hardly any markup of them."""
    lines = data.count(b"\n")
    # most files are out of it by their end tags, which are counted faster
    return lines > 40 and data.count(b"</") * 10 < lines and len(_MARKUP.findall(data)) * 40 < lines


def read_plain(data: bytes) -> Flow:
    """The flow of a plain-text filing in an HTML wrapper.

    Where the wrapper has cost the page marks, page numbers on lines of their own that count up end the pages.
    """
    text = data.decode(encoding_of(data), "replace").replace("\r\n", "\n")
    text = html.unescape(_WRAPPER.sub("", text))
    if "<PAGE>" not in text.upper():
        numbers = [int(found) for found in _PAGE_END.findall(text)]
        steps = sum(after == before + 1 for before, after in pairwise(numbers))
        if steps >= 3 and steps >= 0.7 * len(numbers):
            text = _PAGE_END.sub(lambda found: f"{found.group()}\n<PAGE>", text)
    return read_text(text.encode())[0]


def read_pre(element: Any) -> Flow:
    """The flow of a `<pre>` block; one that is mostly columns of values is one table."""
    text = _text(element)
    lines = [line for line in text.split("\n") if any(map(str.isalnum, line))]
    columns = sum(bool(_VALUES.search(line)) for line in lines)
    if columns > 1 and columns >= 0.4 * len(lines):
        text = f"<TABLE>\n{text}\n</TABLE>"
    return read_text(text.encode())[0]


def _text(element: Any) -> str:
    """The text of an element with its lines, page ends marked as in a plain-text filing."""
    parts = [element.text or ""]
    for child in element:
        name = name_of(child.tag) if isinstance(child.tag, str) else ""
        parts.append({"br": "\n", "page": "\n<PAGE>\n"}.get(name, ""))
        if name and name not in SKIP:
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)
