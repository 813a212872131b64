"""Keeping what is trained on and what is asked apart, for questions over chunks of filings.

Knows no model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from finetune.data.clean import normalise as as_compared
from finetune.data.clean import normalise_question
from finetune.data.pairs import Pair
from finetune.evaluation.chunk_queries import ChunkQueries, normalise
from rag_app.core.types import Chunk

RUN = 8
"""Words in a run: so many in a row are hardly ever said twice by chance."""
SHARE = 0.5
"""A passage with this share of its runs in the training texts counts as trained on."""


def without_asked(pairs: Sequence[Pair], asked: ChunkQueries, chunks: Sequence[Chunk]) -> tuple[Pair, ...]:
    """Those of `pairs` that are neither a question that is asked nor about a chunk that answers one.

    `chunks` are those that `asked` was made over.
    """
    questions = {normalise_question(question) for question in asked.queries}
    answering = (chunks[i] for i in frozenset[int]().union(*asked.relevant))
    passages = {as_compared(text) for chunk in answering for text in (chunk.text, chunk.embed_text)}
    return tuple(
        pair
        for pair in pairs
        if normalise_question(pair.question) not in questions and as_compared(pair.context) not in passages
    )


class Trained:
    """The texts that are trained on, to tell whether a passage is among them, cut otherwise or not."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = [f" {normalise(text)} " for text in dict.fromkeys(texts)]
        self._runs = {run for text in self._texts for run in _runs(text.split())}

    def holds(self, passage: str) -> bool:
        """Whether half of the runs of eight words of `passage` are in these texts."""
        words = normalise(passage).split()
        if len(words) < RUN:
            whole = f" {' '.join(words)} "
            return any(whole in text for text in self._texts)
        runs = list(_runs(words))
        return sum(run in self._runs for run in runs) >= SHARE * len(runs)


def _runs(words: Sequence[str]) -> Iterable[int]:
    """Hashes of the runs: a collision costs one question, and whole runs ten times the memory."""
    return (hash(tuple(words[i : i + RUN])) for i in range(len(words) - RUN + 1))
