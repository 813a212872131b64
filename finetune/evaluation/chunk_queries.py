"""Which chunks of real filings answer which question, told by the evidence strings of a pair.

Knows no model; `finetune.evaluation.evaluate.evaluate_chunks` scores one on the result.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from finetune.data.pairs import Pair
from rag_app.core.types import Chunk


@dataclass(frozen=True, slots=True)
class ChunkQueries:
    """Questions over the chunks of real filings; `unanswerable` had no chunk with their evidence."""

    queries: tuple[str, ...]
    corpus: tuple[str, ...]
    relevant: tuple[frozenset[int], ...]
    unanswerable: int = 0
    protocol: str = "chunks"


def normalise(text: str) -> str:
    """Text as evidence is matched: NFKC, lower case, letters, digits, % and decimal points."""
    folded = unicodedata.normalize("NFKC", text).lower()
    # "$ 1,234" and "1234" are one figure; "|" of tables, quotes and full stops are layout.
    folded = re.sub(r"(?<=\d),(?=\d)", "", folded)
    folded = re.sub(r"(?<!\d)\.|\.(?!\d)", " ", folded)
    return " ".join(re.sub(r"[^\w.%]+", " ", folded).split())


def chunk_queries(pairs: Sequence[Pair], chunks: Sequence[Chunk]) -> ChunkQueries:
    """Which chunks answer which pair: those of its filing that hold all its evidence.

    A pair's filing matches a chunk's source, its stem, or its filing id; a pair without a filing
    may be answered by any. A pair without evidence is matched by its context. Pairs that no chunk
    answers are counted, not scored.
    """
    texts = [f" {normalise(chunk.text)} " for chunk in chunks]  # spaces: whole words only
    corpus = tuple(chunk.embed_text for chunk in chunks)
    queries: list[str] = []
    relevant: list[frozenset[int]] = []
    unanswerable = 0
    for pair in pairs:
        wanted = [normalise(e) for e in (pair.evidence or (pair.context,))]
        found = frozenset(
            i
            for i, chunk in enumerate(chunks)
            if _same_filing(pair, chunk) and all(f" {e} " in texts[i] for e in wanted)
        )
        if found:
            queries.append(pair.question)
            relevant.append(found)
        else:
            unanswerable += 1
    return ChunkQueries(tuple(queries), corpus, tuple(relevant), unanswerable)


def _same_filing(pair: Pair, chunk: Chunk) -> bool:
    if pair.filing is None:
        return True
    names = {chunk.source, chunk.source.rsplit(".", 1)[0], chunk.filing_id}
    return pair.filing in names or pair.filing.rsplit(".", 1)[0] in names
