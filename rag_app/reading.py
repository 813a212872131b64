"""Hits → passages to read: neighbours joined, the same words of several filings given once.

Looks only at the chunks that lie beside a hit in its filing. Knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag_app.core.types import Answer, Chunk, Filters, Hit, Reading

if TYPE_CHECKING:
    from rag_app.index.opened import Index

ROOM = 1800  # characters of one joined passage
ROOM_IN_ALL = 9000  # characters of all of them: what fits a context of 4,096 tokens
SHINGLE = 5  # words that are compared as one
ALIKE = 0.9  # share of them that near-duplicates have in common
_WORD = re.compile(r"[0-9]+(?:\.[0-9]+)?|[^\W\d_]+|[%$]")
_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
SPARE = 10  # hits looked at beyond k, so that k distinct passages remain


Found = tuple[Hit, tuple[Chunk, ...]]
"""A hit, and the passages of other filings that say the same."""


def distinct(hits: Sequence[Hit], question: str = "") -> list[Found]:
    """The hits that differ, each with the passages of other filings that say the same.

    The same: of one company, with the same numbers, and all but a few words alike. The newest filing's
    stands for all, or that of a year the question names, at the place of the best; two passages of one
    filing are both kept.
    """
    asked = {int(year) for year in _YEAR.findall(question)}
    groups: list[tuple[_Said, list[Hit]]] = []
    for hit in hits:
        said = _said(hit.chunk)
        for known, members in groups:
            if _alike(known, said) and all(m.chunk.filing_id != hit.chunk.filing_id for m in members):
                members.append(hit)
                break
        else:
            groups.append((said, [hit]))
    out = []
    for _, members in groups:
        first, *others = sorted(members, key=lambda h: _newness(h.chunk, asked), reverse=True)
        out.append((first, tuple(h.chunk for h in others)))
    return out


def read(index: Index, found: Sequence[Found], k: int) -> tuple[Reading, ...]:
    """The first k passages after joining each hit with its neighbours of the same section.

    Hits that are neighbours become one passage. The best hit is served first while there is room.
    """
    places = _places(index, [hit.chunk for hit, _ in found])
    room = ROOM_IN_ALL - sum(len(hit.chunk.text) for hit, _ in found[:k])
    taken: set[str] = set()
    out: list[Reading] = []
    for hit, _ in found:
        if hit.chunk.chunk_id in taken:
            continue
        if len(out) == k:
            break
        parts = [hit.chunk]
        for step in (1, -1):
            at = places.get(hit.chunk.chunk_id)
            while at is not None and 0 <= at + step < len(index.chunks):
                at += step
                near = index.chunks[at]
                hits_too = near.chunk_id in places
                long = sum(len(p.text) for p in parts) + len(near.text) > ROOM
                if near.chunk_id in taken or not _joins(near, hit.chunk) or long:
                    break
                if not hits_too and len(near.text) > room:
                    break
                parts.insert(len(parts) if step > 0 else 0, near)
                if not hits_too:
                    room -= len(near.text)
                    break
        ids = {p.chunk_id for p in parts}
        also = tuple(chunk for other, same in found if other.chunk.chunk_id in ids for chunk in same)
        own = frozenset(i for i in ids if i == hit.chunk.chunk_id or i in places)
        out.append(Reading(hit, tuple(parts), own, also))
        taken |= ids
    return tuple(out)


def readings_of(answer: Answer) -> dict[str, Reading]:
    """Chunk id → the passage it was read in."""
    return {part.chunk_id: reading for reading in answer.readings for part in reading.parts}


def also_of(reading: Reading | None, chunk: Chunk, quotes: Sequence[str] = ()) -> tuple[Chunk, ...]:
    """What other filings say the same as `chunk`, or as the parts of its `reading` that hold `quotes`."""
    if reading is None or len(reading.parts) == 1:
        return reading.also if reading else ()
    said = [_said(part) for part in reading.parts]
    own = {i for i, p in enumerate(reading.parts) if any(q in p.text for q in quotes)}
    own = own or {i for i, p in enumerate(reading.parts) if p.chunk_id == chunk.chunk_id}

    def nearest(other: Chunk) -> int:
        its = _said(other)
        return max(
            range(len(said)), key=lambda i: (said[i].numbers == its.numbers, len(said[i].runs & its.runs))
        )

    return tuple(other for other in reading.also if nearest(other) in own)


def _places(index: Index, chunks: Sequence[Chunk]) -> dict[str, int]:
    """Where chunks stand among the index's, by id; without those whose filing does not lie together."""
    filings = {
        f: index.facets.positions(Filters(filing_ids=(f,))) for f in {chunk.filing_id for chunk in chunks}
    }
    out = {}
    for chunk in chunks:
        own = filings[chunk.filing_id]
        if chunk.position < len(own) and index.chunks[place := int(own[chunk.position])] == chunk:
            out[chunk.chunk_id] = place
    return out


def _joins(near: Chunk, chunk: Chunk) -> bool:
    """Whether both are of one section of one filing."""
    return near.chunk_id.rpartition("/")[0] == chunk.chunk_id.rpartition("/")[0]


def _newness(chunk: Chunk, asked: set[int]) -> tuple[bool, str, str, int]:
    meta = chunk.meta
    return meta.fiscal_year in asked, meta.period_end or "", meta.filed or "", meta.fiscal_year or 0


@dataclass(frozen=True, slots=True)
class _Said:
    """What a passage says, without case and space: whose, its numbers, and its runs of words."""

    company: str
    numbers: tuple[str, ...]
    runs: frozenset[tuple[str, ...]]


def _said(chunk: Chunk) -> _Said:
    words = _WORD.findall(chunk.text.lower().replace(",", ""))
    runs = frozenset(tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1)))
    company = chunk.meta.cik or chunk.meta.ticker or chunk.meta.company or chunk.filing_id
    return _Said(company, tuple(sorted(w for w in words if w[0].isdigit())), runs)


def _alike(left: _Said, right: _Said) -> bool:
    if left.company != right.company or left.numbers != right.numbers:
        return False
    both = len(left.runs & right.runs)
    return both >= ALIKE * (len(left.runs) + len(right.runs) - both)
