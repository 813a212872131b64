"""Blocks → `Section`s, one for each Item.

Every Item stands at least twice (contents page, body): the longest span of each (part, item) is
kept. Where Items hold too little of the text the headings become the sections, named by the
filing's cross-reference index if it has one. Knows no file format.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from rag_app.core.types import Block, Section
from rag_app.filings.flow import PART
from rag_app.filings.items.crossref import Index, read_index, split_by_index
from rag_app.filings.items.doubts import find_doubts, missing_items
from rag_app.filings.items.headings import by_headings, size_of
from rag_app.filings.items.marks import Mark, Place, find_marks, is_signatures, label_of
from rag_app.filings.items.titles import title_fits

_SHORT_SPAN = 400  # characters: a contents entry with what follows it
_SENTENCE = 6  # words: "Not applicable." is no more than a line of a list
_ENOUGH = 0.3  # Items must hold this share of the text
_MOST = 0.5  # and below this one it is worth a warning
_LONG_LEAD = 20_000  # characters before the first Item: more than a cover page
_TOGETHER = ({"1", "2"}, {"10", "11", "12", "13", "14"})  # Items of a 10-K that may share one text


def split_sections(
    blocks: Sequence[Block], form: str | None, source: str = ""
) -> tuple[list[Section], list[str]]:
    """Sections in reading order and warnings. `form` decides how Items are numbered and labelled."""
    kind = (form or "").upper().split(" ")[0]
    everything = blocks
    index = read_index(blocks, kind)
    listed = {id(blocks[i]) for i in index.place} if index else set()
    blocks = [block for block in blocks if not _is_contents(block)]
    sizes = [size_of(block) for block in blocks]
    total = sum(sizes)
    exhibit = "EX-" in (form or "").upper()
    marks = [] if exhibit else find_marks(blocks, kind)
    marks = [mark for mark in marks if id(blocks[mark.index]) not in listed]
    _measure(marks, sizes)
    told = {i for i, block in enumerate(blocks) if _is_sentence(block)}
    marks, dropped = _drop_contents(marks, told)
    _measure(marks, sizes)
    chosen = _choose(marks, kind)
    _measure(chosen, sizes)
    covered = sum(mark.size for mark in chosen)
    contents = total - sum(sizes[i] for i in dropped) if dropped else total
    if not chosen or (len(chosen) < 2 and not kind.startswith("8-K")) or covered < _ENOUGH * contents:
        if exhibit or not kind.startswith(("10-K", "10-Q", "8-K")):
            return by_headings(blocks), []
        return _without_items(everything, blocks, index, source)
    if kind.startswith("10-K"):
        chosen = _together(chosen, blocks)
    last = chosen[-1]
    body = range(last.index + last.blocks, len(blocks))
    signed = next((i for i in body if is_signatures(blocks[i])), len(blocks))
    last.size -= sum(sizes[signed:])
    doubts = find_doubts(chosen, kind, contents)
    sections = _cut(blocks[:signed], chosen, dropped, kind, {mark.index for mark, _ in doubts})
    sections.extend(_behind(blocks[signed:]))
    remarks = [f"{source}: {label_of(mark, kind)} is doubtful ({why})" for mark, why in doubts]
    lead = sum(size for i, size in enumerate(sizes[: chosen[0].index]) if i not in dropped)
    held = (covered := sum(mark.size for mark in chosen)) / max(1, covered + lead)
    if held < _MOST and lead > _LONG_LEAD:
        remarks.append(f"{source}: only {held:.0%} of the text stands under Items")
    if missing := missing_items(chosen, kind):
        remarks.append(f"{source}: no heading found for {', '.join(missing)}")
    return sections, remarks


def _without_items(
    everything: Sequence[Block], blocks: Sequence[Block], index: Index | None, source: str
) -> tuple[list[Section], list[str]]:
    if index is None:
        return by_headings(blocks), [f"{source}: Items not found in the text; split by headings"]
    sections, named = split_by_index(everything, blocks, index.entries)
    told = (
        f"{named} of {len(sections)} sections named by its cross-reference index"
        if named
        else "the pages of its cross-reference index could not be matched"
    )
    return sections, [f"{source}: Items not found in the text; split by headings, {told}"]


def _is_contents(block: Block) -> bool:
    table = block.table
    if table is None or len(table.rows) < 4:
        return False
    rows = [f"{row.label} {' '.join(row.cells)}" for row in table.rows]
    items = sum(bool(re.match(r"^\s*items?\s*\d", row, re.IGNORECASE)) for row in rows)
    paged = sum(
        bool(re.search(r"(?:\d|n/a|\*|[–—-]|applicable|none|reserved.*)\s*$", row, re.IGNORECASE))
        for row in rows
    )
    return items >= 3 and items >= 0.25 * len(rows) and paged >= 0.4 * len(rows)


def _measure(marks: Sequence[Mark], sizes: Sequence[int]) -> None:
    for mark, end in zip(marks, [m.index for m in marks[1:]] + [len(sizes)], strict=False):
        mark.size = sum(sizes[mark.index + mark.blocks : end])


def _is_sentence(block: Block) -> bool:
    """Whether a paragraph says something: titles in a contents page have capitals or no full stop."""
    words = block.text.split()
    return (
        block.kind == "prose"
        and len(words) >= _SENTENCE
        and words[-1][-1] in ".!?"
        and 2 * sum(word[0].islower() for word in words) > len(words)
    )


def _drop_contents(marks: list[Mark], sentences: Set[int]) -> tuple[list[Mark], set[int]]:
    """Without contents pages: runs of three or more short spans whose Items come again later.

    Short Items may be listed again behind the body: a span with a sentence in it is no line of a
    list, and behind the first long span a run goes only where its Items come again with more text.
    """
    first_long = next((i for i, mark in enumerate(marks) if mark.size >= _SHORT_SPAN), -1)
    again = _later(marks)
    ends = [mark.index for mark in marks[1:]] + [marks[-1].index + 1 if marks else 0]
    dropped: set[int] = set()
    keep = [True] * len(marks)
    start = 0
    while start < len(marks):
        end = start
        while (
            end < len(marks)
            and marks[end].size < _SHORT_SPAN
            and again[end] >= 0
            and sentences.isdisjoint(range(marks[end].index + marks[end].blocks, ends[end]))
        ):
            end += 1
        held = sum(mark.size for mark in marks[start:end])
        if end - start >= 3 and (start < first_long or sum(again[start:end]) > held):
            # the entry before the body starts may be followed by longer text: it goes as well
            for i in range(start, end):
                keep[i] = False
            dropped.update(range(marks[start].index, ends[end - 1]))
        start = max(end, start + 1)
    return [mark for mark, kept in zip(marks, keep, strict=True) if kept], dropped


def _later(marks: Sequence[Mark]) -> list[int]:
    """The longest span of the same Items further on, for each mark; -1 where none is."""
    longest: dict[tuple[Place, Place], int] = {}
    found: list[int] = []
    for mark in reversed(marks):
        first, last = place = mark.first, mark.last
        spans = [size for (begin, end), size in longest.items() if begin <= first and last <= end]
        found.append(max(spans, default=-1))
        longest[place] = max(mark.size, longest.get(place, 0))
    return found[::-1]


def _choose(marks: list[Mark], kind: str) -> list[Mark]:
    """One mark for each Item, in rising order, so that the text they hold is longest."""
    merged: list[Mark] = []
    for mark in marks:
        # "Item 7 (continued)" and Items that run as page headers go on with the Item before
        if merged and merged[-1].covers(mark):
            merged[-1].size += mark.size
            merged[-1].title = merged[-1].title or mark.title
        else:
            merged.append(replace(mark))
    if kind.startswith("8-K"):
        return merged  # in the order the filer likes
    best: list[tuple[int, int]] = []  # (held characters, previous index)
    ending: dict[Place, int] = {}  # the best index of those that end with this Item
    for i, mark in enumerate(merged):
        first, last = mark.first, mark.last
        before = max(
            (j for at, j in ending.items() if at < first), key=lambda j: (best[j][0], -j), default=-1
        )
        # every Item counts a little, so that a short one is not skipped for a stray mention
        best.append(((best[before][0] if before >= 0 else 0) + mark.size + 50, before))
        if best[i][0] > best[ending.get(last, i)][0] or last not in ending:
            ending[last] = i
    chosen: list[int] = []
    at = max(range(len(merged)), key=lambda i: best[i][0]) if merged else -1
    while at >= 0:
        chosen.append(at)
        at = best[at][1]
    taken = [merged[i] for i in chosen]
    for i in range(chosen[-1] if chosen else 0, len(merged)):
        # an Item out of its order, "Item 9A" before "Item 9", whose text is no one else's
        mark = merged[i]
        own = title_fits(kind, mark.part, mark.item, mark.title) and mark.size >= _SHORT_SPAN
        if own and not any(other.covers(mark) or mark.covers(other) for other in taken):
            taken.append(mark)
    return sorted(taken, key=lambda mark: mark.index)


def _together(marks: list[Mark], blocks: Sequence[Block]) -> list[Mark]:
    """Headings in a row with one text below them all are one heading: "Items 10-13"."""
    out: list[Mark] = []
    for mark in marks:
        last = out[-1] if out else None
        if last is not None and any({*last.numbers, *mark.numbers} <= group for group in _TOGETHER):
            between = blocks[last.index + last.blocks : mark.index]
            if not between:
                first, final = last.numbers[0], mark.numbers[-1]
                joined = f"{first} and {final}" if int(final) - int(first) == 1 else f"{first}-{final}"
                title = "; ".join(text for text in (last.title, mark.title) if text)
                taken = mark.index + mark.blocks - last.index
                out[-1] = replace(mark, index=last.index, item=joined, title=title, blocks=taken)
                continue
        out.append(mark)
    return out


def _cut(
    blocks: Sequence[Block], marks: list[Mark], dropped: set[int], kind: str, doubtful: set[int]
) -> list[Section]:
    sections: list[Section] = []
    lead = [block for i, block in enumerate(blocks[: marks[0].index]) if i not in dropped]
    if lead := _without_parts(lead):
        long = sum(map(size_of, lead)) > _LONG_LEAD
        sections.extend(by_headings(lead) if long else [Section(None, "Cover page", tuple(lead))])
    ends = [mark.index for mark in marks[1:]] + [len(blocks)]
    for mark, end in zip(marks, ends, strict=True):
        start = mark.index + mark.blocks
        body = [block for i, block in enumerate(blocks[start:end], start) if i not in dropped]
        own = _without_parts(body)
        if mark.index in doubtful:
            sections.extend(by_headings([*blocks[mark.index : start], *own]))
        else:
            sections.append(Section(label_of(mark, kind), mark.title, tuple(own)))
    return sections


def _behind(body: Sequence[Block]) -> list[Section]:
    """The signatures, and statements and exhibits printed behind them."""
    if not body:
        return []
    body = _without_parts(body)
    page = body[0].page
    exhibits = (i for i, block in enumerate(body) if block.page != page and block.kind == "heading")
    first, *rest = by_headings(body, {next(exhibits, 0)})
    return [replace(first, title="Signatures"), *rest]


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
                or (re.match(r"^items?\s+\d{1,2}[a-c]?(?:, \d{1,2}[a-c]?)*[.,]?$", block.text, re.IGNORECASE))
            )
        )
    ]
