"""The one definition of every retrieval metric, used by baseline, training, CLI and UI alike.

Definitions follow Järvelin & Kekäläinen 2002 (nDCG, binary gains, log2 discount) and the BEIR
conventions: MRR@10 and recall@10 cut at ten, accuracy@1 is "a relevant passage stands first".
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from rag_app.core.types import FloatArray

K = 10


@dataclass(frozen=True, slots=True)
class Scores:
    """Means over the queries, each in [0, 1]."""

    ndcg: float
    mrr: float
    recall: float
    accuracy: float

    def as_dict(self) -> dict[str, float]:
        """The keys of the command line's JSON."""
        return {
            "ndcg@10": self.ndcg,
            "mrr@10": self.mrr,
            "recall@10": self.recall,
            "accuracy@1": self.accuracy,
        }


def truncate(vectors: FloatArray, dim: int) -> FloatArray:
    """The first `dim` coordinates, renormalised: a cut Matryoshka vector is not of unit length.

    float32[n, full] → float32[n, dim]. Zero vectors stay zero.
    """
    cut = np.ascontiguousarray(vectors[:, :dim], dtype=np.float32)
    norms = np.linalg.norm(cut, axis=1, keepdims=True)
    return np.asarray(cut / np.maximum(norms, 1e-12), dtype=np.float32)


def per_query(ranked: Sequence[int], relevant: Collection[int], k: int = K) -> Scores:
    """The metrics of one ranking (ids, best first) against its relevant ids."""
    gains = [1.0 if doc in relevant else 0.0 for doc in ranked[:k]]
    ideal = sum(1.0 / np.log2(i + 2) for i in range(min(len(relevant), k)))
    dcg = sum(g / np.log2(i + 2) for i, g in enumerate(gains))
    first = next((i for i, g in enumerate(gains) if g), None)
    return Scores(
        ndcg=float(dcg / ideal) if ideal else 0.0,
        mrr=0.0 if first is None else 1.0 / (first + 1),
        recall=sum(gains) / len(relevant) if relevant else 0.0,
        accuracy=gains[0] if gains else 0.0,
    )


def mean(scores: Sequence[Scores]) -> Scores:
    """The mean of each metric over queries. Raises ValueError for none."""
    if not scores:
        raise ValueError("no queries to average over")
    columns = np.array([[s.ndcg, s.mrr, s.recall, s.accuracy] for s in scores])
    ndcg, mrr, recall, accuracy = (float(v) for v in columns.mean(axis=0))
    return Scores(ndcg, mrr, recall, accuracy)
