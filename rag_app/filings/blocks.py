"""A flow → `Block`s: headings told from prose; tables get the caption and the unit above them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rag_app.core.types import Block, BlockKind, Table
from rag_app.filings.flow import ITEM, PART, Break, Flow, Grid, Para, clean
from rag_app.filings.sentences import split_sentences
from rag_app.filings.tables.build import build_tables, shows_prices
from rag_app.filings.tables.cells import MIXED, find_unit, is_number, is_unit_line

_SEE_NOTES = re.compile(
    r"^\W*(?:(?:see|refer to) (?:the )?(?:notes to|accompanying notes)"
    r"|(?:the )?accompanying notes .{0,40}are an integral part)[^.]{0,120}\.?$",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"^(?:\(\w{1,2}\)|[*†‡])\s*\S")
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
    before = blocks[-1] if blocks and blocks[-1].table is not None else None
    heads: tuple[str, ...] = ()
    goes_on = False
    if before is None or before.table is None:
        above = _above(blocks)
    else:
        last = before.table
        # cut by a page end, or in two with the heads said again
        repeated = any(last.heads) and tables[0].heads == last.heads
        goes_on = before.page != grid.page or repeated
        above = _Above(last.caption if goes_on else "", inherited=last.unit)
        heads = last.heads if goes_on else ()
    out = []
    for n, table in enumerate(tables):
        own = table.caption if table.caption.lower() not in above.caption.lower() else ""
        if not any(table.heads) and len(table.heads) == len(heads) and (goes_on or n > 0):
            table = replace(table, heads=heads)  # a table that goes on without heads of its own
        same = goes_on and table.heads == heads and not shows_prices(table.rows)
        heads = table.heads
        named = " — ".join(text for text in (above.caption, own) if text)
        table = _scaled(table, above, same)
        out.append(Block("table", table=replace(table, caption=named), page=grid.page))
    return out


@dataclass(slots=True)
class _Above:
    """What stands above a table: its caption, a scale stated there, and that of the table before it."""

    caption: str = ""
    unit: str = ""
    inherited: str = ""


def _scaled(table: Table, above: _Above, goes_on: bool) -> Table:
    """A table with its scale: stated in it or above it, told by its tags, or that of the table before."""
    if table.unit or all(cell.endswith("%") for row in table.rows for cell in row.cells if cell):
        return table
    tagged = table.tagged
    if tagged is None:
        money = any("$" in cell for row in table.rows for cell in row.cells) and not shows_prices(table.rows)
        return replace(table, unit=above.unit or (above.inherited if money or goes_on else ""))
    if tagged == MIXED:
        if above.unit:
            return replace(table, unit=above.unit)
        # no one scale holds for the table: each row says its own
        rows = (replace(r, label=f"{r.label} ({r.scale})") if r.scale else r for r in table.rows)
        return replace(table, rows=tuple(rows))
    word = tagged.removeprefix("in ").rstrip("s")
    stated = next((unit for unit in (above.unit, above.inherited) if tagged and word in unit.lower()), tagged)
    return replace(table, unit=stated)


def _above(blocks: list[Block]) -> _Above:
    """What stands directly above; a pure unit line is taken out of the blocks."""
    found = _Above()
    while blocks:
        last = blocks[-1]
        if last.kind == "table":
            break
        if not is_unit_line(last.text) and not _UNAUDITED.match(last.text):
            break
        found.unit = found.unit or find_unit(last.text)
        blocks.pop()
    for block in reversed(blocks[-3:]):
        if block.table is not None:
            # "the following tables (in millions)": tables with nothing but headings between them
            found.inherited = block.table.unit
            break
        if _FOOTNOTE.match(block.text):
            break  # of the table before
        found.unit = found.unit or find_unit(block.text)
        if block.kind == "heading" and not ITEM.match(block.text):
            found.caption = found.caption or block.text
            continue
        if (
            not found.caption
            and block.kind == "prose"
            and (block.text.endswith(":") or len(block.text) <= 90)
        ):
            found.caption = _last_sentence(block.text)
        break
    return found


def _last_sentence(text: str) -> str:
    return text if len(text) <= 240 else " ".join(split_sentences(text)[-1].split()[-45:])
