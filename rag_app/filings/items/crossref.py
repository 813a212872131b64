"""A filing without Item headings, but with a "Form 10-K Cross-Reference Index" (Item, title, pages).

Its printed page numbers are matched to ours by its contents page, whose titles stand again over
the text. A section is named only where every page of it belongs to one Item. Knows no file format.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag_app.core.types import Block, Section
from rag_app.filings.flow import PART
from rag_app.filings.items.headings import by_headings
from rag_app.filings.items.marks import Mark, label_of

_HEADING = re.compile(r"cross[\s-]*reference", re.IGNORECASE)
_ITEM = re.compile(r"^(?:item\s*)?(\d{1,2}\s?[a-c]?)(?:[.:\s]+|$)(?=\D|$)", re.IGNORECASE)
_RANGES = r"\d{1,3}(?:\s*[-–—]\s*\d{1,3})?(?:\s*(?:,|and|&)\s*\d{1,3}(?:\s*[-–—]\s*\d{1,3})?)*"
_PAGES = re.compile(rf"\bpages?\s+({_RANGES})(?![\d-])", re.IGNORECASE)
_BARE_PAGES = re.compile(rf"(?:^|\s)({_RANGES})\s*(?:\(\w\)\s*)*$")
_ENTRY = re.compile(r"^(.*?[A-Za-z].*?)[\s.]+(\d{1,3})$")
_LINE = 400  # characters: the index has no longer line
_LEAST_ITEMS = 6
_LEAST_PLACES = 5  # contents entries found again as headings
_AGREEING = 0.8  # of these, on one distance between printed and counted pages


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the index: the Item's label, what it is called, the printed pages it stands on."""

    label: str
    title: str
    pages: frozenset[int]
    alone: frozenset[int]  # those told as single pages


@dataclass(frozen=True, slots=True)
class Index:
    """The lines of the index that tell pages, and the blocks it takes."""

    entries: tuple[Entry, ...]
    place: range


def read_index(blocks: Sequence[Block], kind: str) -> Index | None:
    """The cross-reference index; None where the filing has none."""
    for i, block in enumerate(blocks):
        if block.kind == "heading" and _HEADING.search(block.text) and len(block.text) < 90:
            entries, last = _entries(_lines(blocks, range(i + 1, min(i + 80, len(blocks)))), kind)
            if len({entry.label for entry in entries}) >= _LEAST_ITEMS:
                return Index(tuple(entries), range(i, last + 1))
    return None


def _lines(blocks: Sequence[Block], place: range) -> Iterator[tuple[int, str]]:
    """Paragraphs and rows, each with its block."""
    for i in place:
        table = blocks[i].table
        if table is None:
            yield i, blocks[i].text
            continue
        section = ""
        for row in table.rows:
            if row.section != section:
                section = row.section
                yield i, section
            yield i, " ".join(text for text in (row.label, *row.cells) if text)


def _entries(lines: Iterator[tuple[int, str]], kind: str) -> tuple[list[Entry], int]:
    """The entries and the block of the last one."""
    found: list[Entry] = []
    part, item, last = "", "", 0
    for i, line in lines:
        if PART.match(line) and len(line) < 60:
            part = line.split()[1].strip(".,:—–-").upper()
            continue
        if number := _ITEM.match(line):
            item = number[1].replace(" ", "").upper()
            line = line[number.end() :]
        told, _, after = line.partition("Signatures")
        pages, alone = _pages(told) if len(told) <= _LINE else (frozenset[int](), frozenset[int]())
        if item and pages:
            label = label_of(Mark(0, part if kind.startswith("10-Q") else "", item, "", 1), kind)
            title = re.split(r"\s+pages?\s+\d|\s+\d[\d\s,–—-]*(?:\(\w\)\s*)*$", told, flags=re.IGNORECASE)[0]
            found.append(Entry(label, title.strip(" .:"), pages, alone))
            last = i
        if after or line.lower().startswith("signatures"):
            break
    return found, last


def _pages(text: str) -> tuple[frozenset[int], frozenset[int]]:
    groups = _PAGES.findall(text) or _BARE_PAGES.findall(text)
    pages: set[int] = set()
    alone: set[int] = set()
    for first, last in re.findall(r"(\d+)(?:\s*[-–—]\s*(\d+))?", " ".join(groups)):
        pages.update(range(int(first), int(last or first) + 1))
        if not last:
            alone.add(int(first))
    return frozenset(pages), frozenset(alone)


def split_by_index(
    everything: Sequence[Block], blocks: Sequence[Block], index: Sequence[Entry]
) -> tuple[list[Section], int]:
    """Sections by headings, and how many of them the index names. `everything` has the contents page."""
    contents = _contents(everything)
    offset = _offset(contents, blocks)
    if offset is None:
        return by_headings(blocks), 0
    placed = _places(contents, blocks, offset)
    owners = [_owner(index, (block.page or 0) - offset) for block in blocks]
    starts = set(placed)
    current: str | None = None
    for i, block in enumerate(blocks):
        if block.kind == "heading" and owners[i] != current:
            current = owners[i]
            starts.add(i)
    sections = []
    named = at = 0
    for section in by_headings(blocks, starts):
        span = range(at, at + len(section.blocks))
        at += len(section.blocks)
        pages = {(block.page or 0) - offset for block in section.blocks}
        item = _by_pages([owners[i] for i in span], pages, span.start in placed, index)
        item = item or _by_title(section.title, pages, index, placed.get(span.start, False))
        named += item is not None
        sections.append(replace(section, item=item))
    return sections, named


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def _contents(blocks: Sequence[Block]) -> list[tuple[str, int]]:
    """Titles and printed pages of contents tables and of lines that end in a page."""
    found: list[tuple[str, int]] = []
    for _, line in _lines(blocks, range(len(blocks))):
        entry = _ENTRY.match(line) if len(line) < 160 else None
        if entry and not re.match(r"item\b|page", line, re.IGNORECASE):
            found.append((_key(entry[1]), int(entry[2])))
    return found


def _offset(contents: Sequence[tuple[str, int]], blocks: Sequence[Block]) -> int | None:
    """Our page less the printed page; None where the contents page does not settle it."""
    pages: dict[str, set[int]] = {}
    for block in blocks:
        if block.kind == "heading" and block.page:
            pages.setdefault(_key(block.text), set()).add(block.page)
    matched = [
        {page - printed for page in pages[title]} for title, printed in set(contents) if title in pages
    ]
    votes = Counter(distance for distances in matched for distance in distances)
    if not votes:
        return None
    distance, count = votes.most_common(1)[0]
    return distance if count >= _LEAST_PLACES and count >= _AGREEING * len(matched) else None


def _places(contents: Sequence[tuple[str, int]], blocks: Sequence[Block], offset: int) -> dict[int, bool]:
    """Blocks that begin an entry of the contents, and whether the entry after it was found as well."""
    at = {
        (_key(block.text), block.page): i
        for i, block in reversed(list(enumerate(blocks)))
        if block.kind == "heading" and block.page
    }
    found = [at.get((title, printed + offset)) for title, printed in contents]
    ends = [*found[1:], None]
    return {i: end is not None and end > i for i, end in zip(found, ends, strict=True) if i is not None}


def _owner(index: Sequence[Entry], page: int) -> str | None:
    """The one Item whose pages hold this one. Statements that Item 15 lists again belong to Item 8."""
    labels = {entry.label for entry in index if page in entry.pages}
    if {"Item 8", "Item 15"} <= labels:
        labels.discard("Item 15")
    return labels.pop() if len(labels) == 1 else None


def _by_pages(
    owners: Sequence[str | None], pages: set[int], listed: bool, index: Sequence[Entry]
) -> str | None:
    """The one Item of all blocks. A single page told for an Item may hold other things as well:

    there only a section of the contents page is named.
    """
    item = owners[0] if len(set(owners)) == 1 else None
    wide = {page for entry in index if entry.label == item for page in entry.pages - entry.alone}
    return item if listed or pages <= wide else None


def _by_title(title: str, pages: set[int], index: Sequence[Entry], bounded: bool) -> str | None:
    """The Item called like a section of the contents page, where the pages are that Item's, too."""
    same = {entry.label for entry in index if _key(entry.title) == _key(title) and pages <= entry.pages}
    return same.pop() if bounded and len(same) == 1 else None
