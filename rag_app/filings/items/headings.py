"""Blocks → `Section`s by their headings alone: where a filing has no Items, or behind the last."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from rag_app.core.types import Block, Section

_PIECE = 3000  # characters after which a heading may start a new section
_ALWAYS = re.compile(
    r"^(?:index to |report of independent|consolidated (?:balance|statements? of)"
    r"|notes to (?:the )?consolidated|exhibit index|exhibit (?:no\.? ?)?\d)",
    re.IGNORECASE,
)


def size_of(block: Block) -> int:
    """Characters of a block."""
    if block.table is None:
        return len(block.text)
    return sum(len(row.label) + sum(map(len, row.cells)) for row in block.table.rows)


def by_headings(blocks: Sequence[Block], starts: Set[int] = frozenset()) -> list[Section]:
    """Sections of some length, begun by headings; the blocks `starts` and statements begin one always."""
    sections: list[Section] = []
    current: list[Block] = []
    title, size = "", 0
    for i, block in enumerate(blocks):
        if block.kind == "heading":
            begins = i in starts or bool(_ALWAYS.match(block.text))
            if begins or size >= _PIECE or not title:
                if size:
                    sections.append(Section(None, title, tuple(current)))
                    current, size = [], 0
                title = block.text
        current.append(block)
        size += size_of(block) if block.kind != "heading" else 0
    if current:
        sections.append(Section(None, title, tuple(current)))
    return sections
