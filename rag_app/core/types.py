"""The frozen values that cross every border between stages.

Knows no file format, no model and no database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from rag_app.core.facts import Tagged
from rag_app.core.figures import Figures
from rag_app.core.tabletext import in_sentences

FloatArray = NDArray[np.float32]
BlockKind = Literal["heading", "prose", "table"]
ChunkKind = Literal["prose", "table"]


@dataclass(frozen=True, slots=True)
class FilingMeta:
    """What a filing says of itself; None where it does not tell.

    `fiscal_period` is "FY", "Q1", "Q2" or "Q3"; dates are ISO `YYYY-MM-DD`; `cik` has ten digits.
    """

    company: str | None = None
    ticker: str | None = None
    cik: str | None = None
    form: str | None = None
    fiscal_year: int | None = None
    fiscal_period: str | None = None
    period_end: str | None = None
    filed: str | None = None
    accession: str | None = None


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its label, the section label it stands under ("Current assets:"), one cell a column.

    `scale` is what inline XBRL says of all its numbers: "in millions", or "".
    """

    label: str
    cells: tuple[str, ...]
    section: str = ""
    scale: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with merged cells: `heads[i]` names the column of `row.cells[i]`, `unit` its scale.

    `tagged` is the scale inline XBRL gives its numbers: "" for none, "mixed", None for a table without tags.
    """

    heads: tuple[str, ...]
    rows: tuple[TableRow, ...]
    caption: str = ""
    unit: str = ""
    tagged: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading or a table, in reading order. `text` is empty for tables."""

    kind: BlockKind
    text: str = ""
    table: Table | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One Item of a filing ("Item 1A", "Part II, Item 1"), or a run of text outside any Item."""

    item: str | None
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Filing:
    """One parsed filing. `source` is the file's name, `sha256` that of its bytes, `tagged` its XBRL."""

    filing_id: str
    source: str
    sha256: str
    meta: FilingMeta
    sections: tuple[Section, ...]
    warnings: tuple[str, ...] = ()
    tagged: Tagged = field(default_factory=Tagged)


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is embedded and cited. `head` is the context line, `text` the passage as shown.

    `as_rows`: a table that in plain sentences would be longer than the model reads is embedded as it is.
    """

    chunk_id: str
    filing_id: str
    source: str
    meta: FilingMeta
    position: int
    kind: ChunkKind
    text: str
    head: str = ""
    item: str | None = None
    heading: str = ""
    page: int | None = None
    unit: str = ""
    as_rows: bool = False

    @property
    def full_text(self) -> str:
        """Context head, then the passage as shown: what is searched by words."""
        return f"{self.head}\n{self.text}" if self.head else self.text

    @property
    def embed_text(self) -> str:
        """The text the embedding model sees: context head, then the passage, tables in plain sentences."""
        if self.kind == "prose" or self.as_rows:
            return self.full_text
        plain = in_sentences(self.text)
        return f"{self.head}\n{plain}" if self.head else plain

    @property
    def content_hash(self) -> str:
        """SHA-256 of `embed_text`; equal hashes share one stored vector."""
        return text_hash(self.embed_text)


def text_hash(text: str) -> str:
    """SHA-256 hex digest of `text` in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Filters:
    """Keep only chunks of these companies, forms, years and periods ("Q2", "FY"); empty keeps everything."""

    tickers: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    fiscal_years: tuple[int, ...] = ()
    filing_ids: tuple[str, ...] = ()
    fiscal_periods: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.tickers, self.forms, self.fiscal_years, self.filing_ids, self.fiscal_periods))


@dataclass(frozen=True, slots=True)
class Hit:
    """One retrieved chunk. `score` orders the list; `dense` is the cosine, `bm25` the raw score."""

    rank: int
    score: float
    chunk: Chunk
    dense: float | None = None
    bm25: float | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """The passage `[number]` in an answer points to, and the words quoted from it."""

    number: int
    hit: Hit
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A hit joined with its neighbours: `parts` lie one after another in its section, `found` are hits' ids.

    `also` are passages of other filings that say the same.
    """

    hit: Hit
    parts: tuple[Chunk, ...]
    found: frozenset[str]
    also: tuple[Chunk, ...] = ()

    @property
    def text(self) -> str:
        """The joined text."""
        return "\n".join(part.text for part in self.parts)

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where in `text` the passages stand that were found themselves."""
        out, at = [], 0
        for part in self.parts:
            if part.chunk_id in self.found:
                out.append((at, at + len(part.text)))
            at += len(part.text) + 1
        return tuple(out)


MarkKind = Literal["stands", "computed", "tagged", "unverified", "no passage", "uncited"]


@dataclass(frozen=True, slots=True)
class Mark:
    """What checking found at `text[start:end]` of an answer.

    A number that stands in, or follows from, the passages `sources`, or is "unverified"; a citation of
    "no passage" there is; the end of a sentence whose amounts are "uncited". A "tagged" number is from the
    filing's tagged data, or worked out from it in the answer itself; `note` tells its concept or arithmetic.
    """

    start: int
    end: int
    kind: MarkKind
    sources: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its citations, or an honest refusal (`abstained`).

    `answerer` is "extractive", "facts" or the LLM's name; `confidence` the best query-passage cosine;
    `readings` are the passages as they were read, `marks` what checking its numbers found. `figures` are
    those of the tagged data: what an answer of "facts" rests on, or what it could be where nothing is sure.
    """

    question: str
    text: str
    citations: tuple[Citation, ...]
    abstained: bool
    answerer: str
    confidence: float
    hits: tuple[Hit, ...] = ()
    note: str = ""
    readings: tuple[Reading, ...] = ()
    marks: tuple[Mark, ...] = ()
    figures: Figures | None = None

    @property
    def checked(self) -> int:
        """How many numbers were looked for in the cited passages."""
        return sum(mark.kind in ("stands", "computed", "unverified") for mark in self.marks)

    @property
    def unverified(self) -> int:
        """How many of them do not stand there, and citations of passages there are not."""
        return sum(mark.kind in ("unverified", "no passage") for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of long work: `done` of `total` (None where unknown) in `stage`."""

    stage: str
    done: int = 0
    total: int | None = None
    note: str = ""
    values: Mapping[str, float] = field(default_factory=dict)


ProgressFn = Callable[[Progress], None]


def no_progress(_: Progress) -> None:
    """A listener that does not listen. Raising `Cancelled` in a listener stops the work."""


class Encoder(Protocol):
    """A full-width embedding model. Vectors are float32[n, dimension] of unit length."""

    @property
    def name(self) -> str:
        """What a user would call it: "base", a registry id, a hub name."""

    @property
    def dimension(self) -> int:
        """Full width of the vectors."""

    @property
    def fingerprint(self) -> str:
        """Hex digest of weights, tokenizer and pooling: equal fingerprints give equal vectors."""

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """float32[len(texts), dimension], unit length, with the model's query prompt."""

    def encode_passages(self, texts: Sequence[str], on_progress: ProgressFn = no_progress) -> FloatArray:
        """float32[len(texts), dimension], unit length, with the model's passage prompt."""
