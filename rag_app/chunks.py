"""Sections → Chunks: whole sentences and whole table rows, each with a context line.

Ids and hashes depend on the filing and on `ChunkConfig` only. Knows no model: the token limit is
kept with an estimate, or with a counter the caller passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field

from rag_app.core.types import (
    Block,
    Chunk,
    ChunkKind,
    Filing,
    Section,
    Table,
    text_hash,
)
from rag_app.filings.context import context_line, describe
from rag_app.filings.sentences import estimate_tokens, split_sentences
from rag_app.filings.table_text import row_line, table_lines, table_top

__all__ = [
    "ChunkConfig",
    "CountTokens",
    "chunk_filing",
    "describe",
    "estimate_tokens",
    "split_sentences",
]

CountTokens = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class ChunkConfig:
    """How filings are cut. `max_words` bounds prose; `max_tokens` bounds `Chunk.embed_text`.

    `overlap_sentences` repeats the end of a prose chunk at the start of the next one of its
    section; `head` puts the context line on. `version` changes whenever the cutting itself does.
    """

    max_words: int = 150
    max_tokens: int = 256
    overlap_sentences: int = 0
    head: bool = True
    version: str = "1"

    @property
    def config_hash(self) -> str:
        """16 hex digits; equal hashes cut equal filings into equal chunks."""
        return text_hash(repr(sorted(asdict(self).items())))[:16]


_LEAD_WORDS = 40  # prose up to this length goes on top of the table it introduces
_FULL = 0.45  # a heading closes a chunk that holds this share of `max_words`


def chunk_filing(
    filing: Filing, config: ChunkConfig | None = None, count_tokens: CountTokens | None = None
) -> list[Chunk]:
    """All chunks of a filing in reading order.

    `count_tokens` counts the embedded model's tokens, special ones included; without it
    `estimate_tokens` is used. A single row or word longer than the limit is never cut, a sentence is.
    """
    config = config or ChunkConfig()
    count = count_tokens or estimate_tokens
    out: list[Chunk] = []
    for number, section in enumerate(filing.sections):
        for place, piece in enumerate(_Cutter(filing, section, config, count).pieces()):
            out.append(
                Chunk(
                    chunk_id=f"{filing.filing_id}/{number}/{place}",
                    filing_id=filing.filing_id,
                    source=filing.source,
                    meta=filing.meta,
                    position=len(out),
                    kind=piece.kind,
                    text="\n".join(piece.lines),
                    head=context_line(filing, section, piece.heading) if config.head else "",
                    item=section.item,
                    heading=piece.heading,
                    page=piece.page,
                    unit=piece.unit,
                )
            )
    return out


@dataclass(slots=True)
class _Piece:
    kind: ChunkKind
    lines: list[str]
    heading: str = ""
    page: int | None = None
    unit: str = ""


@dataclass(slots=True)
class _Open:
    """The prose chunk being filled: its headings first, then sentences grouped in paragraphs."""

    headings: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)  # headings waiting for their text
    page: int | None = None
    heading: str = ""
    words: int = 0
    tokens: int = 0


class _Cutter:
    """Cuts one section."""

    def __init__(self, filing: Filing, section: Section, config: ChunkConfig, count: CountTokens) -> None:
        self.filing, self.section, self.config, self.count = filing, section, config, count
        self.heading = ""
        self.open = _Open()
        self.room = 0

    def pieces(self) -> Iterator[_Piece]:
        """The section's pieces in reading order."""
        self._fit_head()
        for block in self.section.blocks:
            if block.table is not None:
                yield from self._table(block, block.table)
            elif block.kind == "heading":
                yield from self._start(block)
            else:
                yield from self._prose(block)
        yield from self._close(last=True)

    def _fit_head(self) -> None:
        head = context_line(self.filing, self.section, self.heading) if self.config.head else ""
        self.room = max(64, self.config.max_tokens - (self.count(head) if head else 0))

    def _start(self, block: Block) -> Iterator[_Piece]:
        if self.open.lines and self.open.words >= self.config.max_words * _FULL:
            yield from self._close()
        self.heading = block.text
        self._first_page(block)
        if self.open.lines:
            # too little text for a chunk of its own: the next heading goes on in the same chunk
            self.open.tail.append(block.text)
        elif self.open.tokens + self.count(block.text) > self.room * 0.6:
            # a run of lines that only look like headings is text
            self.open.lines, self.open.headings = self.open.headings, []
            yield from self._close()
            self.open.headings = [block.text]
        else:
            self._fit_head()
            self.open.heading = block.text
            self.open.headings.append(block.text)
        self._add_size(block.text)

    def _add_size(self, text: str) -> None:
        self.open.words += len(text.split())
        self.open.tokens += self.count(text)

    def _prose(self, block: Block) -> Iterator[_Piece]:
        self._first_page(block)
        fresh = True
        for sentence in self._sentences(block.text):
            words, tokens = len(sentence.split()), self.count(sentence)
            if self.open.lines and (
                self.open.words + words > self.config.max_words or self.open.tokens + tokens > self.room
            ):
                carried = self._carry()
                yield from self._close()
                self._first_page(block)
                fresh = True
                for text in carried:
                    self._append(text, fresh)
                    fresh = False
            self._append(sentence, fresh)
            fresh = False

    def _append(self, sentence: str, fresh: bool) -> None:
        self.open.lines.extend(self.open.tail)
        fresh = fresh or bool(self.open.tail)
        self.open.tail = []
        if fresh or not self.open.lines:
            self.open.lines.append(sentence)
        else:
            self.open.lines[-1] = f"{self.open.lines[-1]} {sentence}"
        self._add_size(sentence)

    def _carry(self) -> list[str]:
        if not self.config.overlap_sentences or not self.open.lines:
            return []
        return split_sentences(self.open.lines[-1])[-self.config.overlap_sentences :]

    def _sentences(self, text: str) -> Iterator[str]:
        limit = self.room - 24
        for sentence in split_sentences(text):
            if len(sentence.split()) <= self.config.max_words and self.count(sentence) <= limit:
                yield sentence
            else:
                yield from self._halves(sentence, limit)

    def _halves(self, sentence: str, limit: int) -> Iterator[str]:
        """A sentence too long for one chunk, cut at its semicolons, commas or words."""
        words = sentence.split()
        start = 0
        while start < len(words):
            end = min(len(words), start + self.config.max_words)
            while end > start + 1 and self.count(" ".join(words[start:end])) > limit:
                end = start + max(1, int((end - start) * 0.85))
            if end < len(words):
                for mark in (";", ","):
                    cut = next(
                        (
                            i
                            for i in range(end, start + (end - start) // 2, -1)
                            if words[i - 1].endswith(mark)
                        ),
                        0,
                    )
                    if cut:
                        end = cut
                        break
            yield " ".join(words[start:end])
            start = end

    def _first_page(self, block: Block) -> None:
        if self.open.page is None:
            self.open.page = block.page

    def _close(self, last: bool = False) -> Iterator[_Piece]:
        now = self.open
        if now.lines:
            yield _Piece("prose", [*now.headings, *now.lines], now.heading or self.heading, now.page)
            self.open = _Open(headings=now.tail, heading=now.tail[-1] if now.tail else self.heading)
            for text in now.tail:
                self._add_size(text)
            self._fit_head()
        elif last and now.headings and not self.section_has_text():
            yield _Piece("prose", now.headings, now.heading, now.page)

    def section_has_text(self) -> bool:
        """Whether anything but headings stands in the section."""
        return any(block.kind != "heading" for block in self.section.blocks)

    def _table(self, block: Block, table: Table) -> Iterator[_Piece]:
        lines = table_lines(table)
        if len(table.rows) <= 2 and self.open.lines:
            text = "\n".join(lines)
            if (
                self.open.tokens + self.count(text) <= self.room
                and self.open.words + len(text.split()) <= self.config.max_words
            ):
                self.open.lines.extend([*self.open.tail, *lines])
                self.open.tail = []
                self._add_size(text)
                return
        if self.open.words > _LEAD_WORDS or (self.open.lines and self.open.tail):
            yield from self._close()
        # headings and the sentence that introduces the table go on top of its first part
        now, self.open = self.open, _Open(heading=self.heading)
        lead = [text for text in (*now.headings, *now.lines, *now.tail) if text not in table.caption]
        heading = now.heading or self.heading
        self._fit_head()
        page = now.page or block.page
        for part in self._parts(table, lead):
            yield _Piece("table", part, heading, page, table.unit)
            heading, page = self.heading, block.page

    def _parts(self, table: Table, lead: list[str]) -> list[list[str]]:
        """The table's lines cut between rows, the parts about equally long."""
        tops = ([*lead, *table_top(table)], table_top(table, again=True))
        costs = [self.count(row_line(row)) for row in table.rows]
        parts = self._fill(table, tops, costs, self.room)
        if len(parts) > 1:
            first, later = (sum(map(self.count, top)) for top in tops)
            even = (first + later * (len(parts) - 1) + sum(costs)) * 1.08 / len(parts) + 12
            again = self._fill(table, tops, costs, min(self.room, even))
            parts = again if len(again) == len(parts) else parts
        return parts

    def _fill(
        self, table: Table, tops: tuple[list[str], list[str]], costs: list[int], room: float
    ) -> list[list[str]]:
        parts: list[list[str]] = []
        current: list[str] = []
        used, section = sum(map(self.count, tops[0])), ""
        for row, cost in zip(table.rows, costs, strict=True):
            opening = [f"{row.section}:"] if row.section and row.section != section else []
            extra = sum(map(self.count, opening))
            if current and used + cost + extra > room:
                parts.append([*tops[bool(parts)], *current])
                current, used = [], sum(map(self.count, tops[1]))
                opening = [f"{row.section}:"] if row.section else []
                extra = sum(map(self.count, opening))
            section = row.section
            current.extend([*opening, row_line(row)])
            used += cost + extra
        if current or not parts:
            parts.append([*tops[bool(parts)], *current])
        return parts
