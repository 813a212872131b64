"""Blocks → `Section`s, one for each Item.

Every Item stands at least twice (contents page, body): the longest span of each (part, item) is
kept. Where Items hold too little of the text the headings become the sections. Knows no file format.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag_app.core.types import Block, Section
from rag_app.filings.flow import PART
from rag_app.filings.items import Mark, find_marks, label_of

_SHORT_SPAN = 400  # characters: a contents entry with what follows it
_ENOUGH = 0.3  # Items must hold this share of the text
_PIECE = 3000  # characters after which a heading may start a new section where there are no Items
_LATER = re.compile(r"^signatures?$", re.IGNORECASE)
_STATEMENTS = re.compile(
    r"^(?:index to |report of independent|consolidated (?:balance|statements? of)"
    r"|notes to (?:the )?consolidated|exhibit index)",
    re.IGNORECASE,
)


def split_sections(
    blocks: Sequence[Block], form: str | None, source: str = ""
) -> tuple[list[Section], list[str]]:
    """Sections in reading order and warnings. `form` decides how Items are numbered and labelled."""
    kind = (form or "").upper().split(" ")[0]
    blocks = [block for block in blocks if not _is_contents(block)]
    sizes = [_size(block) for block in blocks]
    total = sum(sizes)
    exhibit = "EX-" in (form or "").upper()
    marks = [] if exhibit else find_marks(blocks, kind)
    _measure(marks, sizes)
    marks, dropped = _drop_contents(marks)
    _measure(marks, sizes)
    chosen = _choose(marks, kind)
    _measure(chosen, sizes)
    covered = sum(mark.size for mark in chosen)
    contents = total - sum(sizes[i] for i in dropped) if dropped else total
    if not chosen or (len(chosen) < 2 and not kind.startswith("8-K")) or covered < _ENOUGH * contents:
        sections = _by_headings(blocks)
        expected = kind.startswith(("10-K", "10-Q", "8-K")) and not exhibit
        return sections, [f"{source}: Items not found in the text; split by headings"] if expected else []
    return _cut(blocks, chosen, dropped, kind), []


def _size(block: Block) -> int:
    if block.table is None:
        return len(block.text)
    return sum(len(row.label) + sum(map(len, row.cells)) for row in block.table.rows)


def _is_contents(block: Block) -> bool:
    table = block.table
    if table is None or len(table.rows) < 4:
        return False
    rows = [f"{row.label} {' '.join(row.cells)}" for row in table.rows]
    items = sum(bool(re.match(r"^\s*item\s*\d", row, re.IGNORECASE)) for row in rows)
    paged = sum(
        bool(re.search(r"(?:\d|n/a|\*|[–—-]|applicable|none|reserved.*)\s*$", row, re.IGNORECASE))
        for row in rows
    )
    return items >= 3 and items >= 0.25 * len(rows) and paged >= 0.4 * len(rows)


def _measure(marks: Sequence[Mark], sizes: Sequence[int]) -> None:
    for mark, end in zip(marks, [m.index for m in marks[1:]] + [len(sizes)], strict=False):
        mark.size = sum(sizes[mark.index + mark.blocks : end])


def _drop_contents(marks: list[Mark]) -> tuple[list[Mark], set[int]]:
    """Without contents pages: runs of three or more short spans whose Items come again later."""
    dropped: set[int] = set()
    keep = [True] * len(marks)
    start = 0
    while start < len(marks):
        end = start
        while (
            end < len(marks)
            and marks[end].size < _SHORT_SPAN
            and any(m.key == marks[end].key for m in marks[end + 1 :])
        ):
            end += 1
        if end - start >= 3:
            # the entry before the body starts may be followed by longer text: it goes as well
            for i in range(start, end):
                keep[i] = False
            stop = marks[end].index if end < len(marks) else marks[end - 1].index + 1
            dropped.update(range(marks[start].index, stop))
        start = max(end, start + 1)
    return [mark for mark, kept in zip(marks, keep, strict=True) if kept], dropped


def _order(mark: Mark) -> tuple[int, float, str]:
    number = re.match(r"\d+(?:\.\d+)?", mark.item)
    return (
        {"": 0, "I": 1, "II": 2, "III": 3, "IV": 4}[mark.part],
        float(number.group()) if number else 0.0,
        mark.item,
    )


def _choose(marks: list[Mark], kind: str) -> list[Mark]:
    """One mark for each Item, in rising order, so that the text they hold is longest."""
    merged: list[Mark] = []
    for mark in marks:
        # "Item 7 (continued)" and Items that run as page headers go on with the Item before
        if merged and merged[-1].key == mark.key:
            merged[-1].size += mark.size
            merged[-1].title = merged[-1].title or mark.title
        else:
            merged.append(replace(mark))
    best: list[tuple[int, int]] = []  # (held characters, previous index)
    for i, mark in enumerate(merged):
        top, before = 0, -1
        for j in range(i):
            if _order(merged[j]) < _order(mark) and best[j][0] > top:
                top, before = best[j][0], j
        # every Item counts a little, so that a short one is not skipped for a stray mention
        best.append((top + mark.size + 50, before))
    chosen: list[Mark] = []
    at = max(range(len(merged)), key=lambda i: best[i][0]) if merged else -1
    while at >= 0:
        chosen.append(merged[at])
        at = best[at][1]
    return chosen[::-1]


def _cut(blocks: Sequence[Block], marks: list[Mark], dropped: set[int], kind: str) -> list[Section]:
    sections = []
    lead = [block for i, block in enumerate(blocks[: marks[0].index]) if i not in dropped]
    if lead := _without_parts(lead):
        sections.append(Section(None, "Cover page", tuple(lead)))
    ends = [mark.index for mark in marks[1:]] + [len(blocks)]
    for n, (mark, end) in enumerate(zip(marks, ends, strict=True)):
        body = [
            block
            for i, block in enumerate(blocks[mark.index + mark.blocks : end], mark.index + mark.blocks)
            if i not in dropped
        ]
        if n == len(marks) - 1:
            sections.extend(_cut_tail(label_of(mark, kind), mark.title, body))
        else:
            sections.append(Section(label_of(mark, kind), mark.title, tuple(_without_parts(body))))
    return sections


def _cut_tail(item: str, title: str, body: Sequence[Block]) -> list[Section]:
    """The last Item ends at the signatures; statements printed behind them are sections of their own."""
    cuts = [0]
    names: list[tuple[str | None, str]] = [(item, title)]
    for i, block in enumerate(body):
        if block.kind != "heading":
            continue
        if _LATER.match(block.text) and len(cuts) == 1:
            cuts.append(i)
            names.append((None, "Signatures"))
        elif len(cuts) == 2 and _STATEMENTS.match(block.text):
            cuts.append(i)
            names.append((None, block.text))
    cuts.append(len(body))
    return [
        Section(name, text, tuple(_without_parts(body[a:b])))
        for (name, text), a, b in zip(names, cuts, cuts[1:], strict=False)
    ]


def _without_parts(blocks: Sequence[Block]) -> list[Block]:
    """Without "PART II" lines and repeated Item lines, which belong to no text."""
    return [
        block
        for block in blocks
        if not (
            block.table is None
            and len(block.text) < 80
            and (
                PART.match(block.text)
                or (re.match(r"^item\s+\d{1,2}[a-c]?[.,]?$", block.text, re.IGNORECASE))
            )
        )
    ]


def _by_headings(blocks: Sequence[Block]) -> list[Section]:
    sections: list[Section] = []
    current: list[Block] = []
    title, size = "", 0
    for block in blocks:
        if block.kind == "heading" and (size >= _PIECE or not title):
            if current and size:
                sections.append(Section(None, title, tuple(current)))
                current = []
                size = 0
            title = block.text
        current.append(block)
        size += _size(block) if block.kind != "heading" else 0
    if current:
        sections.append(Section(None, title, tuple(current)))
    return sections
