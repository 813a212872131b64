"""Words placed on a page → rows from the top down, running headers and footers dropped.

Knows nothing of pdfium and of tables.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from rag_app.filings.flow import is_running_text
from rag_app.filings.tables.cells import Cell, is_number

_EDGE_ROWS = 3  # running headers and footers stand within so many rows of the page's edge
_PAGE_ROWS = 5  # so many lines of prose beside prose make a page of columns,
_BAND_ROWS = 3  # and so many a band of them between other text
_BAND_STEP = 4  # and so many heights may lie from one to the next
_TAIL = re.compile(r"^(?:[b-z][.,;:]?|[.,;:)]+)$")
_PAGE_NUMBER = re.compile(r"^\W*\d{1,4}\b|\bpage \d{1,4}\b|\b\d{1,4}[^\w%]*$")
_MARK = re.compile(r"^(?:[®™℠*†‡§]|\(\d{1,2}\))+$")


@dataclass(slots=True)
class Word:
    """A word, or a whole line of prose, from `x0` to `x1` in points."""

    text: str
    x0: float
    x1: float


@dataclass(slots=True)
class PageRow:
    """Words at one height `y` (points from the page's lower edge); `size` of the font, in any unit."""

    words: list[Word]
    y: float
    page: int
    bold: bool = False
    size: float = 0.0
    cells: list[Cell] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words in a line."""
        return " ".join(word.text for word in self.words if word.text)

    @property
    def x0(self) -> float:
        """Left edge."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Right edge."""
        return max(word.x1 for word in self.words)


def drop_running_rows(pages: Sequence[list[PageRow]]) -> list[list[PageRow]]:
    """Without page numbers and lines that stand at the edge of three or more pages, their number aside."""
    joined = [_join_heights(rows) for rows in pages]
    edges: list[set[int]] = []
    seen: Counter[tuple[str, bool]] = Counter()
    for rows in joined:
        top, bottom = range(min(_EDGE_ROWS, len(rows))), range(max(0, len(rows) - _EDGE_ROWS), len(rows))
        edges.append({*top, *bottom})
        for i in edges[-1]:
            seen[_mask(rows[i].text), i in top] += 1
    out = []
    first: set[str] = set()
    numbered = _numbered(joined)
    for rows, edge in zip(joined, edges, strict=True):
        kept = []
        for i, row in enumerate(rows):
            text = row.text
            if id(row) in numbered:
                continue
            if i in edge and is_running_text(text, seen[_mask(text), i < _EDGE_ROWS]):
                if (
                    text.lower() in first
                    or re.search(r"\d", text)
                    or text.lower() == "table of contents"
                    or len(text) < 4
                ):
                    continue
                first.add(text.lower())
            kept.append(row)
        out.append(kept)
    return out


def _numbered(pages: Sequence[list[PageRow]]) -> set[int]:
    """The `id`s of first and last rows that begin or end in the page's number, whatever else they say."""
    found: dict[int, list[PageRow]] = {}
    for rows in pages:
        for row in (rows[0], rows[-1]) if rows else ():
            words = row.text.split()
            for word in {words[0], words[-1]} if words and len(row.text) < 160 else ():
                if word.isdigit() and len(word) <= 3:
                    found.setdefault(int(word) - row.page, []).append(row)
    usual = max(found.values(), key=len, default=[])
    return {id(row) for row in usual} if len(usual) >= max(3, 0.4 * len(pages)) else set()


def _mask(text: str) -> str:
    """Without the page's number: lines that differ in other figures say something of their own."""
    return _PAGE_NUMBER.sub("#", text.lower())


def _join_heights(rows: Sequence[PageRow]) -> list[PageRow]:
    """Rows at one height become one, from the top of the page down; columns of prose stay apart."""
    if len(rows) < 2:
        return list(rows)
    ordered = sorted(rows, key=lambda row: -row.y)
    pitch = line_pitch(ordered)
    groups: list[list[PageRow]] = []
    for row in ordered:
        if groups and groups[-1][0].y - row.y <= pitch * 0.4:
            groups[-1].append(row)
        else:
            groups.append([row])
    if sum(map(_side_by_side, groups)) >= _PAGE_ROWS:
        return list(rows)  # a page of columns: pdfium's own order reads column after column
    bands = _column_bands(rows, groups)
    inside = {id(row): n for n, band in enumerate(bands) for row in band}
    written: set[int] = set()
    out = []
    for group in groups:
        for n in sorted({inside[id(row)] for row in group if id(row) in inside} - written):
            out.extend(bands[n])
            written.add(n)
        rest = sorted((row for row in group if id(row) not in inside), key=lambda row: row.x0)
        if rest:
            words = sorted((word for row in rest for word in row.words), key=lambda word: word.x0)
            base = max(rest, key=lambda row: sum(len(word.text) for word in row.words))
            out.append(PageRow(_glue(words), base.y, base.page, base.bold, base.size))
    return out


def _column_bands(rows: Sequence[PageRow], groups: Sequence[list[PageRow]]) -> list[list[PageRow]]:
    """Prose in columns between other text, each band of it in pdfium's own order."""
    place = {id(row): i for i, row in enumerate(rows)}
    found: list[list[int]] = []
    for n, group in enumerate(groups):
        if not _side_by_side(group):
            continue
        if found and n - found[-1][-1] <= _BAND_STEP:
            found[-1].append(n)
        else:
            found.append([n])
    bands: list[list[PageRow]] = []
    taken = 0
    for at in found:
        places = [place[id(row)] for group in groups[at[0] : at[-1] + 1] for row in group]
        low, high = max(taken, min(places)), max(places)
        if len(at) >= _BAND_ROWS and low <= high:
            bands.append(list(rows[low : high + 1]))
            taken = high + 1
    return bands


def _side_by_side(group: Sequence[PageRow]) -> bool:
    return sum(len(row.text.split()) >= 5 and not any(map(_is_value, row.words)) for row in group) >= 2


def _is_value(word: Word) -> bool:
    return is_number(word.text) and not word.text.isalpha()  # "one" and "nil" stand in prose as well


def _glue(words: list[Word]) -> list[Word]:
    """Join pieces of one word: pdfium cuts "Shee t" and "iMac ," apart."""
    out: list[Word] = []
    for word in words:
        if out and len(out[-1].text) < 60:
            gap = word.x0 - out[-1].x1
            touches = -0.5 <= gap < 0.6 and len(word.text) <= 2 and word.text.islower()
            # no word but "a" is one small letter
            tail = gap < 4 and _TAIL.match(word.text) and out[-1].text[-1].isalpha()
            if touches or tail:
                out[-1] = Word(out[-1].text + word.text, out[-1].x0, word.x1)
                continue
        if _MARK.match(word.text) and (word.text in "®™℠" or (out and len(out[-1].text) >= 60)):
            continue  # a raised mark whose word cannot be told any more
        out.append(word)
    return out or words[:1]


def line_pitch(rows: Sequence[PageRow]) -> float:
    """The usual distance between two lines."""
    steps = [a.y - b.y for a, b in pairwise(rows) if 4 < a.y - b.y < 30]
    return median(steps) if steps else 12.0
