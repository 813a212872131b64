"""Sections → Chunks: whole sentences and whole table rows, each with a context line.

Ids and hashes depend on the filing, on `ChunkConfig` and on the counter only. Knows no model: tokens
are counted by a function the caller passes, or estimated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace

from rag_app.core.tabletext import in_sentences
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
from rag_app.filings.tables.lines import table_lines, table_top
from rag_app.filings.tables.parts import Footnote, add_notes, dates_room, footnotes, table_parts

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
    """How filings are cut.

    `max_words` and `max_tokens` bound a passage with its head, special tokens aside; one long sentence, or
    a table with long heads, may go on to `model_tokens`, which bounds what is embedded.
    `overlap_sentences` repeats the end of a prose chunk at the start of the next one of its
    section; `head` puts the context line on. `tokenizer` names the counter that is used, "" for the
    estimate. `version` changes whenever the cutting itself does.
    """

    max_words: int = 128
    max_tokens: int = 126
    model_tokens: int = 254
    overlap_sentences: int = 0
    head: bool = True
    tokenizer: str = ""
    version: str = "2"

    @property
    def config_hash(self) -> str:
        """16 hex digits; equal hashes cut equal filings into equal chunks."""
        return text_hash(repr(sorted(asdict(self).items())))[:16]


_LEAD_WORDS = 40  # prose up to this length goes on top of the table it introduces
_ROWS_ROOM = 48  # tokens of a table's part that are rows at least
_FULL = 0.45  # a heading closes a chunk that holds this share of `max_words`


def chunk_filing(
    filing: Filing, config: ChunkConfig | None = None, count_tokens: CountTokens | None = None
) -> list[Chunk]:
    """All chunks of a filing in reading order.

    `count_tokens` counts the embedded model's tokens, special ones aside; without it
    `estimate_tokens` is used. By that count no chunk exceeds its limits.
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
                    head=piece.head,
                    item=section.item,
                    heading=piece.heading,
                    page=piece.page,
                    unit=piece.unit,
                    as_rows=piece.as_rows,
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
    head: str = ""
    as_rows: bool = False


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


def _tells(heading: str) -> bool:
    """Whether a heading without a text says something: a title does not, a sentence in bold does."""
    return len(heading.split()) > 6


class _Cutter:
    """Cuts one section."""

    def __init__(self, filing: Filing, section: Section, config: ChunkConfig, count: CountTokens) -> None:
        self.filing, self.section, self.config, self.count = filing, section, config, count
        self.heading = ""
        self.heads: dict[str, tuple[str, int]] = {}
        self.open = _Open()
        self.room = self.most = 0  # tokens a passage may have, and a long sentence or heads of a table

    def pieces(self) -> Iterator[_Piece]:
        """The section's pieces in reading order, each with its head, none beyond the limit."""
        for piece in self._pieces():
            piece.head, head = self._head(piece.heading)
            room = self.config.model_tokens - head
            fits = self.count("\n".join(piece.lines)) <= room
            for part in [piece] if fits else self._smaller(piece, room):
                if part.kind == "table":
                    part.as_rows = self.count(in_sentences("\n".join(part.lines))) > room
                yield part

    def _pieces(self) -> Iterator[_Piece]:
        self._fit_head()
        told: set[int] = set()  # footnotes that went with their table
        blocks = self.section.blocks
        for at, block in enumerate(blocks):
            if at in told:
                continue
            if block.table is not None:
                notes = footnotes(block.table, blocks, at + 1)
                yield from self._table(block, block.table, notes)
                told.update(at for at, note in notes.items() if note.placed)
            elif block.kind == "heading":
                yield from self._start(block)
            else:
                yield from self._prose(block)
        yield from self._close(last=True)

    def _smaller(self, piece: _Piece, room: int) -> Iterator[_Piece]:
        """A piece with a row, a heading or a run of headings that is longer than a whole chunk may be."""
        top: list[str] = []
        if piece.kind == "table":
            heads = [i for i, line in enumerate(piece.lines) if line.startswith("|")]
            top = piece.lines[: heads[0] + 1] if heads else []
        top = top if sum(map(self.count, top)) <= room * 0.6 else []
        space = room - sum(map(self.count, top))
        lines = [bit for line in piece.lines[len(top) :] for bit in self._shorter(line, space)]
        current: list[str] = []
        used = 0
        for line in lines:
            cost = self.count(line)
            if current and used + cost > space:
                yield replace(piece, lines=[*top, *current])
                current, used = [], 0
            current.append(line)
            used += cost
        if current:
            yield replace(piece, lines=[*top, *current])

    def _shorter(self, line: str, space: int) -> Iterator[str]:
        """A line as it is where it fits; a row keeps its cells together behind the end of its label."""
        if self.count(line) <= space:
            yield line
            return
        label, bar, cells = line.partition(" | ")
        width = self.count(cells) + 2
        if bar and width <= space // 2:
            *starts, end = self._halves(label, space - width)
            yield from starts
            yield f"{end}{bar}{cells}"
        else:  # words laid out in cells: not to be read as values under heads
            yield from self._halves(" ".join(filter(None, line.split(" | "))), space)

    def _head(self, heading: str) -> tuple[str, int]:
        """The context line and its tokens, cut short where it would take two fifths of a chunk."""
        if not self.config.head:
            return "", 0
        if heading not in self.heads:
            words = context_line(self.filing, self.section, heading).split()
            while words and self.count(" ".join(words)) > self.config.max_tokens * 2 // 5:
                words.pop()
            line = " ".join(words)
            self.heads[heading] = line, self.count(line)
        return self.heads[heading]

    def _fit_head(self) -> None:
        head = self._head(self.heading)[1]
        self.room = self.config.max_tokens - head
        self.most = self.config.model_tokens - head

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
        limit = max(8, self.most - 24)
        for sentence in split_sentences(text):
            if len(sentence.split()) <= self.config.max_words and self.count(sentence) <= limit:
                yield sentence
            else:
                yield from self._halves(sentence, limit)

    def _halves(self, text: str, limit: int) -> Iterator[str]:
        """Text too long for its place, cut at semicolons, commas, words, and in one word too long itself."""
        words = text.split()
        start = 0
        while start < len(words):
            end = min(len(words), start + self.config.max_words)
            while end > start + 1 and self.count(" ".join(words[start:end])) > limit:
                end = start + max(1, int((end - start) * 0.85))
            if end == start + 1 < start + len(words[start]) and (size := self.count(words[start])) > limit:
                keep = max(1, len(words[start]) * limit // (size + 1))
                words[start : start + 1] = [words[start][:keep], words[start][keep:]]
                continue
            if end < len(words):
                end = next(
                    (
                        i
                        for mark in (";", ",")
                        for i in range(end, start + (end - start) // 2, -1)
                        if words[i - 1].endswith(mark)
                    ),
                    end,
                )
            yield " ".join(words[start:end])
            start = end

    def _first_page(self, block: Block) -> None:
        if self.open.page is None:
            self.open.page = block.page

    def _close(self, last: bool = False) -> Iterator[_Piece]:
        now = self.open
        if now.lines:
            ending = [text for text in now.tail if last and _tells(text)]
            yield _Piece("prose", [*now.headings, *now.lines, *ending], now.heading or self.heading, now.page)
            self.open = _Open(headings=now.tail, heading=now.tail[-1] if now.tail else self.heading)
            for text in now.tail:
                self._add_size(text)
            self._fit_head()
        elif last and now.headings and (not self.section_has_text() or _tells(now.headings[-1])):
            yield _Piece("prose", now.headings, now.heading, now.page)

    def section_has_text(self) -> bool:
        """Whether anything but headings stands in the section."""
        return any(block.kind != "heading" for block in self.section.blocks)

    def _table(self, block: Block, table: Table, notes: dict[int, Footnote]) -> Iterator[_Piece]:
        if len(table.rows) <= 2 and self.open.lines and not notes:
            lines = table_lines(table)
            if lines[0] in (*self.open.headings, *self.open.lines, *self.open.tail):
                lines = lines[1:]  # its caption stands above it already
            words = sum(len(line.split()) for line in lines)
            tokens = sum(map(self.count, lines))
            if self.open.tokens + tokens <= self.room and self.open.words + words <= self.config.max_words:
                self.open.lines.extend([*self.open.tail, *lines])
                self.open.tail = []
                self.open.words += words
                self.open.tokens += tokens
                return
        if self.open.words > _LEAD_WORDS or (self.open.lines and self.open.tail):
            yield from self._close()
        # headings and the sentence that introduces the table go on top of its first part
        now, self.open = self.open, _Open(heading=self.heading)
        lead = [text for text in (*now.headings, *now.lines, *now.tail) if text not in table.caption]
        heading = now.heading or self.heading
        self._fit_head()
        page = now.page or block.page
        top = sum(map(self.count, (*lead, *table_top(table))))
        # long heads leave room for some rows still
        room = max(self.room, 2 * top, top + _ROWS_ROOM) + dates_room(table, self.count)
        room = min(room, self.most)
        for part in table_parts(table, lead, room, self.count):
            add_notes(part, notes.values(), room, self.count)
            yield _Piece("table", part, heading, page, table.unit)
            heading, page = self.heading, block.page
