"""Retrieval figures of one model at every dimension, from vectors encoded once.

Metrics come from `rag_app.core.metrics`, the product's one definition. Knows nothing of training,
and takes any `Encoder`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from finetune.data.pairs import Pair
from finetune.evaluation.chunk_queries import chunk_queries
from finetune.evaluation.significance import Bootstrap, paired_bootstrap
from rag_app.core.errors import PairsError, UsageError
from rag_app.core.metrics import Scores, mean, per_query, score_dimension, top_k, truncate
from rag_app.core.types import Chunk, Encoder, FloatArray, Progress, ProgressFn, no_progress

__all__ = [
    "Bootstrap",
    "Evaluation",
    "QuerySet",
    "check_dims",
    "chunk_queries",
    "default_dims",
    "encode_split",
    "evaluate",
    "evaluate_chunks",
    "paired_bootstrap",
    "score",
]

ENCODE_BLOCK = 512
"""Texts between two progress events."""


class QuerySet(Protocol):
    """What can be evaluated: questions, a corpus, and which texts answer which question."""

    @property
    def queries(self) -> Sequence[str]:
        """The questions."""

    @property
    def corpus(self) -> Sequence[str]:
        """The texts that are searched."""

    @property
    def relevant(self) -> Sequence[frozenset[int]]:
        """Positions in `corpus`, one set a question."""

    @property
    def protocol(self) -> str:
        """A name for the report."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One model's figures: means by dimension (widest first), and nDCG@10 of every query."""

    model: str
    protocol: str
    queries: int
    corpus: int
    dims: Mapping[int, Scores]
    per_query: Mapping[int, tuple[float, ...]] = field(default_factory=dict)
    unanswerable: int = 0

    def figures(self) -> dict[str, dict[str, float]]:
        """Dimension as text → metric name → value, as a ModelRecord keeps it."""
        return {str(dim): scores.as_dict() for dim, scores in self.dims.items()}

    def as_dict(self) -> dict[str, Any]:
        """The command line's JSON; the same keys for every protocol."""
        return {
            "model": self.model,
            "protocol": self.protocol,
            "queries": self.queries,
            "corpus": self.corpus,
            "dims": self.figures(),
        }

    @property
    def mean_ndcg(self) -> float:
        """nDCG@10 averaged over the dimensions: the one number checkpoints are chosen by."""
        return float(np.mean([scores.ndcg for scores in self.dims.values()]))


def default_dims(width: int) -> tuple[int, ...]:
    """The full width and the usual cuts below it: 384 → (384, 256, 128, 64)."""
    return (width, *(dim for dim in (512, 256, 128, 64) if dim < width))


def check_dims(dims: Sequence[int], width: int) -> tuple[int, ...]:
    """`dims` sorted widest first, or the defaults for none. Raises UsageError for one that cannot be."""
    if not dims:
        return default_dims(width)
    for dim in dims:
        if dim < 1 or dim > width:
            raise UsageError(f"dimension {dim}: expected 1 to {width}, the width of this model")
    return tuple(sorted(set(dims), reverse=True))


def evaluate(
    encoder: Encoder, split: QuerySet, dims: Sequence[int] = (), on_progress: ProgressFn = no_progress
) -> Evaluation:
    """Score exact cosine search over `split` at each of `dims` (default: `default_dims`).

    Each distinct text is encoded once, at full width; a dimension is a renormalised slice. Raises
    UsageError for a dimension wider than the model, PairsError when there is nothing to score.
    """
    widths = check_dims(dims, encoder.dimension)
    if not split.queries:
        raise PairsError(f"protocol {split.protocol}: no question to evaluate; check the pairs")
    queries, corpus = encode_split(encoder, split, on_progress)
    return score(encoder.name, split, queries, corpus, widths)


def score(
    model: str, split: QuerySet, queries: FloatArray, corpus: FloatArray, dims: Sequence[int]
) -> Evaluation:
    """The figures of `float32[q, d]` queries against `float32[n, d]` corpus vectors at `dims`."""
    by_dim = {dim: _score_dimension(queries, corpus, split, dim) for dim in dims}
    return Evaluation(
        model,
        split.protocol,
        len(split.queries),
        len(split.corpus),
        {dim: mean(scores) for dim, scores in by_dim.items()},
        {dim: tuple(s.ndcg for s in scores) for dim, scores in by_dim.items()},
        getattr(split, "unanswerable", 0),
    )


def _score_dimension(queries: FloatArray, corpus: FloatArray, split: QuerySet, dim: int) -> list[Scores]:
    """`core.metrics.score_dimension`, but equal texts count as one.

    The seed protocol's corpus holds 243 texts twice. Their scores tie, and which comes first is an
    accident of sorting; a question whose gold text stands first has found it, whichever row that is.
    """
    if len(set(split.corpus)) == len(split.corpus):
        return score_dimension(queries, corpus, split.relevant, dim)
    first: dict[str, int] = {}
    same = [first.setdefault(text, i) for i, text in enumerate(split.corpus)]
    cut = truncate(corpus, dim)
    out: list[Scores] = []
    for start in range(0, len(queries), 256):
        ranked = top_k(truncate(queries[start : start + 256], dim) @ cut.T)
        for row, found in enumerate(ranked.tolist(), start):
            texts = [same[i] for i in found]
            once = [t if t not in texts[:place] else -1 for place, t in enumerate(texts)]
            out.append(per_query(once, {same[i] for i in split.relevant[row]}))
    return out


def encode_split(
    encoder: Encoder, split: QuerySet, on_progress: ProgressFn = no_progress
) -> tuple[FloatArray, FloatArray]:
    """Full-width vectors (queries float32[q, d], corpus float32[n, d]); duplicates encoded once."""
    total = len(set(split.corpus)) + len(set(split.queries))
    on_progress(Progress("evaluate", 0, total, "encoding"))
    queries = _encode_unique(encoder.encode_queries, split.queries, 0, total, on_progress)
    done = len(set(split.queries))
    corpus = _encode_unique(encoder.encode_passages, split.corpus, done, total, on_progress)
    return queries, corpus


def _encode_unique(
    encode: Any, texts: Sequence[str], done: int, total: int, on_progress: ProgressFn
) -> FloatArray:
    # Sorted by length, so that a block holds texts of like length and pads little.
    unique = sorted(dict.fromkeys(texts), key=len)
    parts: list[FloatArray] = []
    for start in range(0, len(unique), ENCODE_BLOCK):
        block = unique[start : start + ENCODE_BLOCK]
        parts.append(np.asarray(encode(block), dtype=np.float32))
        done += len(block)
        on_progress(Progress("evaluate", done, total, "encoding"))
    place = {text: i for i, text in enumerate(unique)}
    vectors = np.concatenate(parts) if parts else np.zeros((0, 1), dtype=np.float32)
    return np.asarray(vectors[[place[text] for text in texts]], dtype=np.float32)


def evaluate_chunks(
    encoder: Encoder,
    pairs: Sequence[Pair],
    chunks: Sequence[Chunk],
    dims: Sequence[int] = (),
    on_progress: ProgressFn = no_progress,
) -> Evaluation:
    """`evaluate` over the chunks of real filings (`Chunk.embed_text`, as the index holds them).

    Raises PairsError when no pair has a chunk that answers it.
    """
    asked = chunk_queries(pairs, chunks)
    if not asked.queries:
        raise PairsError(
            f"none of {len(pairs)} pairs has its evidence in the {len(chunks)} chunks; "
            "ingest the filings that the pairs name"
        )
    return evaluate(encoder, asked, dims, on_progress)
