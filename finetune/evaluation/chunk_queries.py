"""Which chunks of real filings answer which question, told by a pair's pages, evidence or context.

Knows no model; `finetune.evaluation.evaluate.evaluate_chunks` scores one on the result.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from finetune.data.pairs import Pair
from rag_app.core.types import Chunk

ANYWHERE = frozenset[int]()


@dataclass(frozen=True, slots=True)
class ChunkQueries:
    """Questions over the chunks of real filings; `unanswerable` had no chunk that answers them.

    `relevant` and `within` are positions in `corpus`, one set a question: what answers it, and the
    chunks of its own filing (empty where the pair names none). `pages[i]` is a number for the page
    that chunk i stands on; questions in `by_page` are judged by the pages they find, not by chunks.
    """

    test: tuple[Pair, ...]
    corpus: tuple[str, ...]
    relevant: tuple[frozenset[int], ...]
    within: tuple[frozenset[int], ...]
    pages: tuple[int, ...]
    by_page: frozenset[int] = frozenset()
    unanswerable: int = 0
    ids: tuple[str, ...] = ()
    protocol: str = "chunks"

    @property
    def queries(self) -> tuple[str, ...]:
        """The questions that can be answered."""
        return tuple(pair.question for pair in self.test)


def normalise(text: str) -> str:
    """Text as evidence is matched: NFKC, lower case, letters, digits, % and decimal points."""
    folded = unicodedata.normalize("NFKC", text).lower()
    # "$ 1,234" and "1234" are one figure; "|" of tables, quotes and full stops are layout.
    folded = re.sub(r"(?<=\d),(?=\d)", "", folded)
    folded = re.sub(r"(?<!\d)\.|\.(?!\d)", " ", folded)
    return " ".join(re.sub(r"[^\w.%]+", " ", folded).split())


def chunk_queries(pairs: Sequence[Pair], chunks: Sequence[Chunk]) -> ChunkQueries:
    """Which chunks answer which pair; pairs that no chunk answers are counted, not scored.

    A pair names its filing by file name, stem, filing id or a glob of these, or several with commas;
    without one, any filing may answer. In its filing a pair is answered by

    - the chunks on its pages, where it has pages and the filing has page numbers; else
    - the chunks that hold all of its evidence. Where no chunk holds all, and the evidence is numbers
      (an answer put together from several tables), those that hold most of them; else
    - without evidence, the chunks that hold its context, or that its context was made from.
    """
    corpus = tuple(chunk.embed_text for chunk in chunks)

    @cache  # pages need no texts, and a question of one filing only its own
    def text_of(i: int) -> str:
        return f" {normalise(chunks[i].text)} "  # spaces: whole words only

    by_filing: dict[tuple[str, str], list[int]] = {}
    made_from: dict[str, list[int]] = {}
    page_numbers: dict[tuple[str, int | None], int] = {}
    for i, chunk in enumerate(chunks):
        by_filing.setdefault((chunk.source, chunk.filing_id), []).append(i)
        made_from.setdefault(corpus[i], []).append(i)
        page_numbers.setdefault((chunk.filing_id, chunk.page), len(page_numbers))
    test: list[Pair] = []
    relevant: list[frozenset[int]] = []
    within: list[frozenset[int]] = []
    by_page: set[int] = set()
    for pair in pairs:
        own = _filing_of(pair, by_filing)
        where = range(len(chunks)) if pair.filing is None else sorted(own)
        found = _on_pages(pair, chunks, own)
        if found:
            by_page.add(len(test))
        else:
            found = _holding(pair, text_of, where, made_from)
        if found:
            test.append(pair)
            relevant.append(frozenset(found))
            within.append(own)
    return ChunkQueries(
        tuple(test),
        corpus,
        tuple(relevant),
        tuple(within),
        tuple(page_numbers[chunk.filing_id, chunk.page] for chunk in chunks),
        frozenset(by_page),
        len(pairs) - len(test),
        tuple(chunk.chunk_id for chunk in chunks),
    )


def _filing_of(pair: Pair, by_filing: Mapping[tuple[str, str], Sequence[int]]) -> frozenset[int]:
    """The chunks of the filings that a pair names; empty where it names none."""
    if pair.filing is None:
        return ANYWHERE
    patterns = {pair.filing, *(part.strip() for part in pair.filing.split(",") if part.strip())}
    patterns |= {_stem(pattern) for pattern in patterns}
    return frozenset(
        i
        for (source, filing_id), members in by_filing.items()
        for name in [{source, _stem(source), filing_id}]
        if name & patterns or any(fnmatchcase(n, p) for n in name for p in patterns if "*" in p or "?" in p)
        for i in members
    )


def _stem(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    return stem if dot and suffix.isalnum() else name


def _on_pages(pair: Pair, chunks: Sequence[Chunk], own: frozenset[int]) -> list[int]:
    wanted = set(pair.pages)
    return [i for i in own if chunks[i].page in wanted]


def _holding(
    pair: Pair, text_of: Callable[[int], str], where: Sequence[int], made_from: Mapping[str, Sequence[int]]
) -> list[int]:
    wanted = [f" {normalise(e)} " for e in (pair.evidence or (pair.context,))]
    held = {i: count for i in where if (count := sum(e in text_of(i) for e in wanted))}
    most = max(held.values(), default=0)
    if most == len(wanted) or (most and pair.filing and all(_is_number(e) for e in wanted)):
        return [i for i, count in held.items() if count == most]
    if pair.evidence:
        return []
    allowed = set(where)
    return [i for i in made_from.get(pair.context, ()) if i in allowed]


def _is_number(text: str) -> bool:
    return re.fullmatch(r" \d[\d.]*( ?%)? ", text) is not None
