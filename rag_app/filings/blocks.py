"""A flow → `Block`s: headings told from prose; tables get the caption and the unit above them."""

from __future__ import annotations

import re
from dataclasses import replace

from rag_app.core.types import Block, BlockKind, Table
from rag_app.filings.flow import ITEM, PART, Break, Flow, Grid, Para, clean
from rag_app.filings.sentences import split_sentences
from rag_app.filings.tables.build import build_tables
from rag_app.filings.tables.cells import find_unit, is_number, is_unit_line

_SEE_NOTES = re.compile(
    r"^\W*(?:(?:see|refer to) (?:the )?(?:notes to|accompanying notes)"
    r"|(?:the )?accompanying notes .{0,40}are an integral part)[^.]{0,120}\.?$",
    re.IGNORECASE,
)
_COVER = re.compile(r"securities\s+and\s+exchange\s+commission|^form\s+\d", re.IGNORECASE)
_LONG_CELL = 420  # characters
_UNAUDITED = re.compile(r"^\(?unaudited\)?$", re.IGNORECASE)
_NO_HEADING = re.compile(r"^(?:•|[$€£¥(][\s$(]*[\d.,]+|\d{1,2} Source)")


def is_heading(para: Para) -> bool:
    """Short and marked by the layout, or an Item line, or short capitals."""
    text = para.text
    words = text.split()
    if not words or len(text) > 220 or len(words) > 32 or _NO_HEADING.match(text):
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
    cover = False  # from the Commission's name to the first Item or the second page
    for part in flow:
        cover = cover and part_page(part) in {1, None} and len(blocks) < 80
        if isinstance(part, Para):
            if _SEE_NOTES.match(part.text):
                continue
            kind: BlockKind = "heading" if is_heading(part) else "prose"
            cover = (cover or bool(_COVER.search(part.text))) and not ITEM.match(part.text)
            blocks.append(Block(kind, part.text, page=part.page))
        elif isinstance(part, Grid):
            if cover and not _holds_values(part):
                lines = (clean(" ".join(cell.text for cell in row)) for row in part.rows)
                blocks.extend(Block("prose", line, page=part.page) for line in lines if line)
                continue
            longest = max((len(cell.text) for row in part.rows for cell in row), default=0)
            if longest > 4 * _LONG_CELL or (longest > _LONG_CELL and not _holds_values(part)):
                # whole paragraphs laid out in cells are prose
                blocks.extend(
                    Block("prose", " ".join(cell.text for cell in row), page=part.page)
                    for row in part.rows
                    if row
                )
                continue
            blocks.extend(_table_blocks(part, blocks))
    return blocks


def part_page(part: Para | Grid | Break) -> int | None:
    """The page a part stands on; None for a page end."""
    return None if isinstance(part, Break) else part.page


def _holds_values(grid: Grid) -> bool:
    """Whether a table on the cover page is more than a box of addresses and telephone numbers."""
    amounts = [
        sum(is_number(cell.text) and any(sign in cell.text for sign in "$,.%") for cell in row[1:])
        for row in grid.rows
    ]
    return sum(count >= 1 for count in amounts) >= 2


def _table_blocks(grid: Grid, blocks: list[Block]) -> list[Block]:
    tables = build_tables(grid.rows, grid.loose)
    if not tables:
        return []
    before = blocks[-1].table if blocks else None
    money = any("$" in cell for table in tables for row in table.rows for cell in row.cells)
    caption, unit = (before.caption, before.unit) if before is not None else _above(blocks, money)
    heads: tuple[str, ...] = before.heads if before is not None else ()
    out = []
    for table in tables:
        own = table.caption if table.caption.lower() not in caption.lower() else ""
        if not any(table.heads) and len(table.heads) == len(heads):
            table = replace(table, heads=heads)  # a table that goes on without heads of its own
        heads = table.heads
        named = " — ".join(text for text in (caption, own) if text)
        stated = table.unit or _unit_of(table, unit)
        out.append(Block("table", table=replace(table, caption=named, unit=stated), page=grid.page))
    return out


def _unit_of(table: Table, above: str) -> str:
    """The scale of a table that states none itself: the one stated above it, unless its tags differ."""
    if all(cell.endswith("%") for row in table.rows for cell in row.cells if cell):
        return ""
    if table.tagged is None:
        return above
    word = table.tagged.split(",")[0].removeprefix("in ").rstrip("s")
    return above if word in above.lower() and table.tagged else table.tagged


def _above(blocks: list[Block], money: bool) -> tuple[str, str]:
    """Caption and unit standing directly above; a pure unit line is taken out of the blocks.

    `money`: the table shows amounts, so that the scale of the table before may hold for it too.
    """
    unit = ""
    caption = ""
    while blocks:
        last = blocks[-1]
        if last.kind == "table":
            break
        if not is_unit_line(last.text) and not _UNAUDITED.match(last.text):
            break
        unit = unit or find_unit(last.text)
        blocks.pop()
    for block in reversed(blocks[-3:]):
        if block.table is not None:
            # "the following tables (in millions)": tables with nothing but headings between them
            unit = unit or (block.table.unit if money else "")
            break
        unit = unit or find_unit(block.text)
        if block.kind == "heading" and not ITEM.match(block.text):
            caption = caption or block.text
            continue
        if not caption and block.kind == "prose" and (block.text.endswith(":") or len(block.text) <= 90):
            caption = _last_sentence(block.text)
            break
        break
    return caption, unit


def _last_sentence(text: str) -> str:
    return text if len(text) <= 240 else split_sentences(text)[-1][-300:]
