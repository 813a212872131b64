"""Which questions find their own passage again, and no other that would answer as well.

Knows no rules and no LLM.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np

from rag_app.core.types import Chunk, Encoder, Progress, ProgressFn, no_progress

TOP_K = 20
"""A question is kept when its source is among this many passages (Alberti et al. 2019)."""
BLOCK = 512


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its source, and the places of other companies' or periods' chunks that say the same."""

    text: str
    chunk: Chunk
    rivals: Set[int] = frozenset()


class RoundTrip:
    """The passages of a corpus, encoded once, for questions to find their source among."""

    def __init__(
        self, chunks: Sequence[Chunk], encoder: Encoder, on_progress: ProgressFn = no_progress
    ) -> None:
        texts = list(dict.fromkeys(chunk.embed_text for chunk in chunks))
        self._place = {text: i for i, text in enumerate(texts)}
        self._row_of = [self._place[chunk.embed_text] for chunk in chunks]
        self._encoder = encoder
        note = "checking that questions find their source"
        self._passages = encoder.encode_passages(
            texts, lambda step: on_progress(Progress("synthesize", step.done, step.total, note))
        )

    def keep(self, asked: Sequence[Asked]) -> list[Asked]:
        """Those whose source is among the `TOP_K` nearest, and nearer than each of its rivals."""
        kept: list[Asked] = []
        for start in range(0, len(asked), BLOCK):
            block = asked[start : start + BLOCK]
            scores = self._encoder.encode_queries([entry.text for entry in block]) @ self._passages.T
            own = scores[np.arange(len(block)), [self._place[entry.chunk.embed_text] for entry in block]]
            better = (scores > own[:, None]).sum(axis=1)
            for i, entry in enumerate(block):
                rival = max((scores[i, self._row_of[r]] for r in entry.rivals), default=-2.0)
                if better[i] < TOP_K and rival < own[i]:
                    kept.append(entry)
        return kept
