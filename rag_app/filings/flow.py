"""A filing as a flow of paragraphs and grids with page numbers, and its way to `Block`s.

Every format is read into a flow first; running headers, captions, units and paragraphs cut by a
page end are dealt with here, once. Knows no file format and no Items.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag_app.core.types import Block, BlockKind
from rag_app.filings.tables import Cell, build_tables, find_unit, is_number, is_unit_line

ITEM = re.compile(r"^(?:part\s+(?:i|ii|iii|iv|1|2|3|4)\b[\s,.:—–-]*)?item\s+\d{1,2}(?:\.\d\d)?[a-c]?\b", re.IGNORECASE)
PART = re.compile(r"^part\s+(?:i|ii|iii|iv)\b(?![a-z])", re.IGNORECASE)
_CONTENTS_LINK = re.compile(r"^(?:table of contents|index|back to (?:contents|top)|return to contents)$", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"^(?:page\s+)?[-–—]?\s*(?:[a-z]{1,2}-)?\d{1,4}\s*[-–—]?(?:\s+of\s+\d+)?$|^[ivxl]{1,6}$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*$")
_BULLET = re.compile(r"^[•●▪■◦○·∙§\uf0b7➢►–—*-]$")
_REACH = 4  # a running header stands within so many paragraphs of a page end


@dataclass(slots=True)
class Para:
    """One paragraph; `strong` where the layout marks it as a heading (bold, underlined, large)."""

    text: str
    page: int | None = None
    strong: bool = False


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


@dataclass(slots=True)
class Gathered:
    """Blocks of one document, and remarks for `Filing.warnings`."""

    blocks: list[Block]
    warnings: list[str] = field(default_factory=list)


def clean(text: str) -> str:
    """One line: white space of every kind collapsed, invisible characters dropped."""
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    return " ".join(text.split())


_INVISIBLE = {ord(c): None for c in "\u200b\u200c\u200d\u2060\ufeff\u00ad"} | {
    0x2011: "-", 0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xF0B7: "•", 0xFFFE: "-", 0x2: "-",
}  # fmt: skip


def is_bullet(text: str) -> bool:
    """Whether `text` is nothing but a bullet."""
    return bool(_BULLET.match(text))


def _mask(text: str) -> str:
    return re.sub(r"\d+", "#", text.lower())


def drop_running(flow: Flow) -> Flow:
    """Without page numbers, contents links and lines that stand at three or more page ends.

    The first of several equal lines stays when it holds no digits: it may be a heading.
    """
    ends = [i for i, part in enumerate(flow) if isinstance(part, Break)]
    if not ends:
        return flow
    near: dict[int, int] = {}  # paragraph → its page end
    for end in ends:
        for step, reach in ((-1, 3), (1, _REACH)):
            i, seen = end + step, 0
            while 0 <= i < len(flow) and seen < reach:
                part = flow[i]
                if isinstance(part, Break) and i != end:
                    break
                if isinstance(part, Grid):
                    break
                if isinstance(part, Para):
                    near.setdefault(i, end)
                    seen += 1
                i += step
    seen_at: Counter[tuple[str, bool]] = Counter()
    for i, end in near.items():
        part = flow[i]
        if isinstance(part, Para) and len(part.text) < 160:
            seen_at[_mask(part.text), i > end] += 1
    first: set[str] = set()
    out: Flow = []
    for i, part in enumerate(flow):
        if isinstance(part, Para) and i in near and _is_running(part, seen_at[_mask(part.text), i > near[i]]):
            kept = part.text.lower()
            if kept in first or re.search(r"\d", kept) or _CONTENTS_LINK.match(part.text) or len(ends) < 3:
                continue
            first.add(kept)
            if _PAGE_NUMBER.match(part.text):
                continue
        out.append(part)
    return out


def _is_running(para: Para, count: int) -> bool:
    return is_running_text(para.text, count)


def is_running_text(text: str, count: int) -> bool:
    """Whether a line near a page's edge that stands on `count` pages (digits aside) is no text of its own."""
    if _PAGE_NUMBER.match(text) or _CONTENTS_LINK.match(text):
        return True
    # Item and Part lines that run on every page are merged by the sections instead
    if count < 3 or ITEM.match(text) or PART.match(text) or is_unit_line(text) or len(text) > 160:
        return False
    return not (text.endswith(":") or re.match(r"^(?:note\s+\d|\d+\.)", text, re.IGNORECASE))


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
            if crossed and not part.strong and not last.strong and runs_on and len(last.text) > 60:
                if not _SENTENCE_END.search(last.text):
                    out[-1] = replace(last, text=f"{last.text} {part.text}")
                    crossed = False
                    continue
        crossed = False
        out.append(part)
    return out


def is_heading(para: Para) -> bool:
    """Short and marked by the layout, or an Item line, or short capitals."""
    text = para.text
    words = text.split()
    if not words or len(text) > 220 or len(words) > 32 or text.startswith("•"):
        return False
    letters = sum(c.isalpha() for c in text)
    if letters < 3 or letters < len(text) * 0.4 or is_unit_line(text):
        return False
    if (ITEM.match(text) or PART.match(text)) and len(words) <= 30:
        return not text.endswith((";", ","))
    if text.endswith((";", ",")):
        return False
    if para.strong:
        return True
    return text.isupper() and letters >= 4 and len(words) <= 14 and not text.endswith(".")


def to_blocks(flow: Flow) -> list[Block]:
    """Blocks in reading order; a table takes caption and unit from the lines directly above it."""
    blocks: list[Block] = []
    cover = True  # until the first Item or the second page
    for part in flow:
        cover = cover and part_page(part) in {1, None} and len(blocks) < 80
        if isinstance(part, Para):
            kind: BlockKind = "heading" if is_heading(part) else "prose"
            cover = cover and not ITEM.match(part.text)
            blocks.append(Block(kind, part.text, page=part.page))
        elif isinstance(part, Grid):
            if cover and not _holds_values(part):
                lines = (clean(" ".join(cell.text for cell in row)) for row in part.rows)
                blocks.extend(Block("prose", line, page=part.page) for line in lines if line)
                continue
            blocks.extend(_table_blocks(part, blocks))
    return blocks


def part_page(part: Para | Grid | Break) -> int | None:
    """The page a part stands on; None for a page end."""
    return None if isinstance(part, Break) else part.page


def _holds_values(grid: Grid) -> bool:
    return any(is_number(cell.text) and len(cell.text) > 1 and any(map(str.isdigit, cell.text)) for row in grid.rows for cell in row)


def _table_blocks(grid: Grid, blocks: list[Block]) -> list[Block]:
    tables = build_tables(grid.rows, grid.loose)
    if not tables:
        return []
    before = blocks[-1].table if blocks else None
    caption, unit = (before.caption, before.unit) if before is not None else _above(blocks)
    heads: tuple[str, ...] = before.heads if before is not None else ()
    out = []
    for table in tables:
        own = table.caption if table.caption.lower() not in caption.lower() else ""
        if not any(table.heads) and len(table.heads) == len(heads):
            table = replace(table, heads=heads)  # a table that goes on without heads of its own
        heads = table.heads
        percent = all(cell.endswith("%") for row in table.rows for cell in row.cells if cell)
        named = " — ".join(text for text in (caption, own) if text)
        out.append(Block("table", table=replace(table, caption=named, unit=table.unit or ("" if percent else unit)), page=grid.page))
    return out


def _above(blocks: list[Block]) -> tuple[str, str]:
    """Caption and unit standing directly above; a pure unit line is taken out of the blocks."""
    unit = ""
    caption = ""
    looked = 0
    while blocks and looked < 4:
        last = blocks[-1]
        if last.kind == "table":
            break
        if is_unit_line(last.text):
            unit = unit or find_unit(last.text)
            blocks.pop()
            continue
        break
    for block in reversed(blocks[-3:]):
        if block.kind == "table":
            break
        unit = unit or find_unit(block.text)
        if block.kind == "heading" and not ITEM.match(block.text):
            caption = block.text
            break
        if block.kind == "prose" and (block.text.endswith(":") or len(block.text) <= 90):
            caption = _last_sentence(block.text)
            break
        break
    return caption, unit


def _last_sentence(text: str) -> str:
    if len(text) <= 240:
        return text
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", text)[-1][-300:]


def paragraphs(blocks: Sequence[Block]) -> list[str]:
    """The texts of all paragraphs, tables left out: what a cover page is read from."""
    return [block.text for block in blocks if block.text]
