"""Retrieval figures of one model at every dimension, from vectors encoded once.

Metrics come from `rag_app.core.metrics`, the product's one definition. Knows nothing of training,
and takes any `Encoder`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from finetune.data.pairs import Pair
from rag_app.core.errors import PairsError, UsageError
from rag_app.core.metrics import K, Scores, mean, per_query, truncate
from rag_app.core.types import Encoder, FloatArray, Progress, ProgressFn, no_progress

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
    def test(self) -> Sequence[Pair]:
        """The pairs that the questions are from."""

    @property
    def protocol(self) -> str:
        """A name for the report."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One model's figures: means by dimension (widest first), and nDCG@10 of every query.

    Over chunks of filings, `told` holds the same figures where each question is asked of its own
    filing only. `unanswerable` questions have no answer there and are not scored. `note` says why the
    figures may be too good.
    """

    model: str
    protocol: str
    queries: int
    corpus: int
    dims: Mapping[int, Scores]
    per_query: Mapping[int, tuple[float, ...]] = field(default_factory=dict)
    unanswerable: int = 0
    told: Evaluation | None = None
    note: str = ""

    def figures(self) -> dict[str, dict[str, float]]:
        """Dimension as text → metric name → value, as a ModelRecord keeps it."""
        return {str(dim): scores.as_dict() for dim, scores in self.dims.items()}

    def as_dict(self) -> dict[str, Any]:
        """The command line's JSON; `unanswerable` and `filing_told` only for questions over filings."""
        found: dict[str, Any] = {
            "model": self.model,
            "protocol": self.protocol,
            "queries": self.queries,
            "corpus": self.corpus,
            "dims": self.figures(),
        }
        if self.protocol == "chunks":
            found["unanswerable"] = self.unanswerable
        if self.told:
            found["filing_told"] = {"queries": self.told.queries, "dims": self.told.figures()}
        return found | ({"note": self.note} if self.note else {})

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
    """The figures of `float32[q, d]` queries against `float32[n, d]` corpus vectors at `dims`.

    Equal texts count as one. The seed protocol's corpus holds 243 texts twice; their scores tie, and
    which comes first is an accident of sorting. A question whose gold text stands first has found it,
    whichever row that is.
    """
    same = first_of_equals(split.corpus)
    gold = [{same[i] for i in found} for found in split.relevant]
    by_dim = {
        dim: [
            per_query(once([same[i] for i in best_of(row, K)]), wanted)
            for row, wanted in zip(cosines(queries, corpus, dim), gold, strict=True)
        ]
        for dim in dims
    }
    return evaluation(model, split.protocol, len(split.corpus), by_dim)


def evaluation(
    model: str, protocol: str, corpus: int, by_dim: Mapping[int, Sequence[Scores]], **more: Any
) -> Evaluation:
    """The means of `by_dim`, one score a question at each dimension."""
    return Evaluation(
        model,
        protocol,
        len(next(iter(by_dim.values()))),
        corpus,
        {dim: mean(scores) for dim, scores in by_dim.items()},
        {dim: tuple(s.ndcg for s in scores) for dim, scores in by_dim.items()},
        **more,
    )


def first_of_equals(texts: Sequence[str]) -> list[int]:
    """For each text the position of the first one equal to it."""
    first: dict[str, int] = {}
    return [first.setdefault(text, i) for i, text in enumerate(texts)]


def once(ranked: Sequence[int]) -> list[int]:
    """`ranked` with -1 for all but the first of equal entries, which keep their places."""
    seen: set[int] = set()
    out = []
    for item in ranked:
        out.append(-1 if item in seen else item)
        seen.add(item)
    return out


def cosines(queries: FloatArray, corpus: FloatArray, dim: int) -> Iterator[FloatArray]:
    """One row of cosines at `dim` a query, float32[n]; 256 queries are multiplied at a time."""
    cut = truncate(corpus, dim)
    for start in range(0, len(queries), 256):
        yield from truncate(queries[start : start + 256], dim) @ cut.T


def best_of(scores: FloatArray, k: int) -> list[int]:
    """Positions of the k highest scores, best first; ties by lower position."""
    if k < len(scores):  # sorting only what can be among the k costs a sixth of sorting all
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        candidates = np.flatnonzero(scores >= least)
    else:
        candidates = np.arange(len(scores))
    order = np.argsort(-scores[candidates], kind="stable")[:k]
    return [int(i) for i in candidates[order]]


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
