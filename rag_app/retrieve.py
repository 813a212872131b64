"""Question → ranked hits: dense, BM25, or both fused; filtered by company, form and year.

Knows neither how an index is built nor what is done with the hits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np

from rag_app.core.errors import UsageError
from rag_app.core.fusion import POOL, fuse
from rag_app.core.registry import ModelRecord
from rag_app.core.types import Encoder, Filters, FloatArray, Hit
from rag_app.index.opened import Index
from rag_app.question.read import check_question
from rag_app.question.terms import printed_words

Mode = Literal["dense", "bm25", "fused"]
MODES: tuple[str, ...] = get_args(Mode)
LEAN = 0.5  # how far a question leans towards the words that tables print; figures in docs/log.md
BASE_WEIGHT, TUNED_WEIGHT = 0.6, 0.7


def dense_weight(record: ModelRecord | None, dim: int) -> float:
    """The share of the dense score in fusion at `dim`: what the model's validation pairs fitted.

    Equal weights swallow a tuned model's gain, and short vectors leave more to BM25. Between two fitted
    dimensions the nearer one counts; without a record, or in one without weights, a constant does.
    """
    if record is None:
        return BASE_WEIGHT
    fitted = {int(at): weight for at, weight in record.fusion.items()}
    if not fitted:
        return TUNED_WEIGHT
    return fitted[min(fitted, key=lambda at: (abs(math.log(at / dim)), at))]


def retrieve(
    index: Index,
    encoder: Encoder | None,
    question: str,
    *,
    k: int = 10,
    mode: Mode = "fused",
    filters: Filters | None = None,
    weight: float = 0.5,
) -> list[Hit]:
    """The k best chunks, best first. `encoder` may be None for "bm25" only.

    Fused is the convex combination of min-max-normalised scores (Bruch et al. 2023). Tables are also
    searched by what filings print for the figures that are asked for (`question.terms`). Raises UsageError
    for an empty question, an unknown mode or k below 1.
    """
    check_question(question)
    if mode not in MODES:
        raise UsageError(f"mode {mode!r}: expected {', '.join(MODES)}")
    if k < 1:
        raise UsageError(f"k is {k}: expected 1 or more")
    pool = max(k, POOL)
    dense: dict[int, float] = {}
    sparse: dict[int, float] = {}
    if mode != "bm25":
        if encoder is None:
            raise UsageError(f"mode {mode!r} needs an embedding model")
        dense = _dense(index, encoder, question, pool, filters)
    if mode != "dense":
        sparse = _sparse(index, question, pool, filters)
    scores = fuse(dense, sparse, weight) if mode == "fused" else dense or sparse
    ranked = sorted(scores, key=lambda i: (-scores[i], i))[:k]
    return [
        Hit(rank, float(scores[i]), index.chunks[i], dense.get(i), sparse.get(i))
        for rank, i in enumerate(ranked, start=1)
    ]


def _dense(
    index: Index, encoder: Encoder, question: str, pool: int, filters: Filters | None
) -> dict[int, float]:
    printed = printed_words(question)
    vectors = encoder.encode_queries([question, printed] if printed else [question])
    found = dict(index.search(vectors[0], pool, filters))
    if printed:
        leaning = vectors[0] + LEAN * vectors[1]
        leaning /= np.linalg.norm(leaning)
        for i, score in index.search(leaning, pool, filters):
            if score > found.get(i, -1.0) and index.chunks[i].kind == "table":
                found[i] = score
    return found


def _sparse(index: Index, question: str, pool: int, filters: Filters | None) -> dict[int, float]:
    found = _best(_kept(index.lexicon.scores(question), index, filters), pool)
    if printed := printed_words(question):
        more = _best(_kept(index.lexicon.scores(f"{question} {printed}"), index, filters), pool)
        found |= {i: score for i, score in more.items() if index.chunks[i].kind == "table"}
    return found


def _kept(scores: FloatArray, index: Index, filters: Filters | None) -> FloatArray:
    if not filters:
        return scores
    kept = index.facets.positions(filters)
    out = np.zeros_like(scores)
    out[kept] = scores[kept]
    return out


def _best(scores: FloatArray, k: int) -> dict[int, float]:
    found = np.flatnonzero(scores > 0)
    if len(found) > k:
        floor = np.partition(scores[found], -k)[-k]
        found = found[scores[found] >= floor]
    order: Sequence[int] = found[np.argsort(-scores[found], kind="stable")][:k].tolist()
    return {i: float(scores[i]) for i in order}
