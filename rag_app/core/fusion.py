"""Two rankings as one: dense scores and BM25's, each scaled to its own candidates. Knows no index."""

from __future__ import annotations

POOL = 100
"""Candidates of each kind: wide enough that fusion can lift a passage from the far side."""


def fuse(dense: dict[int, float], sparse: dict[int, float], weight: float) -> dict[int, float]:
    """weight · dense + (1 - weight) · sparse, each scaled to [0, 1] over its candidates.

    A candidate that one side lacks scores that side's minimum.
    """
    left, right = _scaled(dense), _scaled(sparse, floor=0.0)
    return {i: weight * left.get(i, 0.0) + (1 - weight) * right.get(i, 0.0) for i in sorted({*left, *right})}


def _scaled(scores: dict[int, float], floor: float | None = None) -> dict[int, float]:
    if not scores:
        return {}
    low = min(scores.values()) if floor is None else floor
    span = max(scores.values()) - low
    return {i: (s - low) / span if span > 0 else 1.0 for i, s in scores.items()}
