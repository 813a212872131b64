"""A filing as a flow of paragraphs and grids with page numbers.

Every format is read into a flow first; running headers and paragraphs cut by a page end are dealt
with here, once. Knows no file format and no Items.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from rag_app.filings.tables.cells import Cell, is_unit_line

ITEM = re.compile(
    r"^(?:part\s+(?:i|ii|iii|iv|1|2|3|4)\b[\s,.:—–-]*)?item\s+\d{1,2}(?:\.\d\d)?[a-c]?\b", re.IGNORECASE
)
PART = re.compile(r"^part\s+(?:i|ii|iii|iv)\b(?![a-z])", re.IGNORECASE)
_CONTENTS_LINK = re.compile(
    r"^(?:table of contents|index|back to (?:contents|top)|return to contents)$", re.IGNORECASE
)
_PAGE_NUMBER = re.compile(
    r"^(?:page\s+)?[-–—]?\s*(?:[a-z]{1,2}-)?\d{1,4}\s*[-–—]?(?:\s+of\s+\d+)?$|^[ivxl]{1,6}$", re.IGNORECASE
)
_PAGE_IN_LINE = re.compile(r"^\W*\d{1,4}\b|\bpage \d{1,4}\b|\b\d{1,4}[^\w%]*$")
_SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*$")
_BULLET = re.compile(r"^[•●▪■◦○·∙§\uf0b7➢►–—*-]$")
_NUMBERED = re.compile(r"^.{0,120}\|\s*\d{1,3}$|^\d{1,3}\s*\|.{0,120}$")
_HEADS = re.compile(
    r"\b(?:ended|ending|as of|january|february|march|april|may|june|july|august|september|october)\b"
    r"|\b(?:november|december)\b|\b(?:19|20)\d\d\b.*\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_ALWAYS_RUNNING = re.compile(f"{_CONTENTS_LINK.pattern}|{_PAGE_NUMBER.pattern}", re.IGNORECASE)
_REACH = 4  # a running header stands within so many paragraphs of a page end


@dataclass(slots=True)
class Para:
    """One paragraph; `strong` where the layout marks it as a heading (bold, underlined, large).

    `size` is the mean font size in points, 0 where the file does not tell.
    """

    text: str
    page: int | None = None
    strong: bool = False
    size: float = 0.0


@dataclass(slots=True)
class Grid:
    """One table as laid out: rows of non-empty cells from left to right.

    `loose`: the cells' places are measured on the page, so that heads need not cover their columns.
    """

    rows: list[list[Cell]]
    page: int | None = None
    loose: bool = False


@dataclass(slots=True)
class Break:
    """A page end."""


Flow = list[Para | Grid | Break]


def clean(text: str) -> str:
    """One line: white space of every kind collapsed, invisible characters dropped."""
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    return " ".join(text.split())


_INVISIBLE = {ord(c): None for c in "\u200b\u200c\u200d\u2060\ufeff\u00ad"} | {
    0x2011: "-", 0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl",
    0xF0B7: "•", 0xFFFE: "-", 0x2: "-",
}  # fmt: skip


def is_bullet(text: str) -> bool:
    """Whether `text` is nothing but a bullet."""
    return bool(_BULLET.match(text))


def starts_item(text: str) -> bool:
    """Whether a line begins an Item; "Item 7 of this report" goes on with a sentence."""
    found = ITEM.match(text)
    return bool(
        found
        and not re.match(r"\s*(?:[,;)]|(?:of|in|and|or|to|above|below|under|on)\b)", text[found.end() :])
    )


def _mask(text: str) -> str:
    """Without the page's number: lines that differ in other figures say something of their own."""
    return _PAGE_IN_LINE.sub("#", text.lower())


def drop_running(flow: Flow) -> Flow:
    """Without page numbers, contents links and lines that stand at three or more page ends.

    The first of several equal lines stays when it holds no digits: it may be a heading.
    """
    ends = [i for i, part in enumerate(flow) if isinstance(part, Break)]
    if not ends:
        return flow
    near: dict[int, set[int]] = {}  # paragraph → on which sides of a page end it stands
    for end in ends:
        for step, reach in ((-1, 3), (1, _REACH)):
            i, seen = end + step, 0
            while 0 <= i < len(flow) and seen < reach and isinstance(flow[i], Para):
                near.setdefault(i, set()).add(step)
                seen += 1
                i += step
    seen_at: Counter[tuple[str, int]] = Counter()
    for i, sides in near.items():
        part = flow[i]
        if isinstance(part, Para) and len(part.text) < 160:
            seen_at.update((_mask(part.text), side) for side in sides)
    first: set[str] = set()
    out: Flow = []
    for i, part in enumerate(flow):
        if isinstance(part, Para) and i in near:
            count = max(seen_at[_mask(part.text), side] for side in near[i])
            if is_running_text(part.text, count):
                kept = part.text.lower()
                if kept in first or re.search(r"\d", kept) or _ALWAYS_RUNNING.match(kept) or len(ends) < 3:
                    continue
                first.add(kept)
        out.append(part)
    return out


def is_running_text(text: str, count: int) -> bool:
    """Whether a line near a page's edge that stands on `count` pages (digits aside) is no text of its own."""
    if _PAGE_NUMBER.match(text) or _CONTENTS_LINK.match(text) or _NUMBERED.search(text):
        return True
    if _HEADS.search(text):
        return False  # heads of statements that each take a page of their own
    # Item and Part lines that run on every page are merged by the sections instead
    if count < 3 or ITEM.match(text) or PART.match(text) or is_unit_line(text) or len(text) > 160:
        return False
    if re.match(r"(?:none|not applicable)\b", text, re.IGNORECASE):
        return False  # the whole text of an Item
    return not (text.endswith(":") or re.match(r"^(?:note\s+\d|\d+\.)", text, re.IGNORECASE))


def mark_large(flow: Flow) -> None:
    """Mark short paragraphs whose font is larger than that of most text as `strong`."""
    sizes: Counter[float] = Counter()
    for part in flow:
        if isinstance(part, Para) and part.size:
            sizes[round(part.size * 2) / 2] += len(part.text)
    if not sizes:
        return
    usual = sizes.most_common(1)[0][0]
    for part in flow:
        if isinstance(part, Para) and part.size >= usual * 1.15 and len(part.text) <= 150:
            part.strong = True


def join_cut(flow: Flow) -> Flow:
    """Join bullets to their text, and a paragraph cut by a page end to its rest."""
    out: Flow = []
    crossed = False
    for part in flow:
        if isinstance(part, Break):
            crossed = True
            continue
        last = out[-1] if out else None
        if isinstance(part, Para) and isinstance(last, Para):
            if is_bullet(last.text) and not is_bullet(part.text):
                out[-1] = replace(part, text=f"• {part.text}", page=last.page, strong=False)
                continue
            runs_on = part.text[:1].islower() or last.text.endswith((",", " and", " of", " the", " to"))
            cut = crossed and runs_on and len(last.text) > 60 and not _SENTENCE_END.search(last.text)
            if cut and not part.strong and not last.strong:
                out[-1] = replace(last, text=f"{last.text} {part.text}")
                crossed = False
                continue
        crossed = False
        out.append(part)
    return out
