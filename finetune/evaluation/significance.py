"""Whether a gain over the same questions may be chance: the paired bootstrap, plain and by company.

Knows nothing of models or metrics; takes one score a question of each side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Gains = NDArray[np.float64]
BLOCK = 1 << 21
"""Draws held in memory at once."""
SAME = 1e-9
"""Scores nearer than this are a tie."""


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """A paired comparison over queries: mean gain in nDCG@10 and its 95% interval."""

    gain: float
    low: float
    high: float
    wins: int
    losses: int
    ties: int

    @property
    def includes_zero(self) -> bool:
        """Whether the gain may be chance."""
        return self.low <= 0.0 <= self.high

    def as_dict(self) -> dict[str, Any]:
        """The fields, and whether the interval includes zero."""
        return asdict(self) | {"includes_zero": self.includes_zero}


def paired_bootstrap(
    base: Sequence[float], tuned: Sequence[float], seed: int = 0, n: int = 2000
) -> Bootstrap:
    """Resample the queries `n` times (Efron's percentile bootstrap; Sakai 2006 for retrieval).

    Raises ValueError when the two do not score the same number of queries, or none.
    """
    gains = _gains(base, tuned)
    count = len(gains)
    rng = np.random.default_rng(seed)
    step = max(1, BLOCK // count)
    means = [
        gains[rng.integers(0, count, (min(step, n - start), count), dtype=np.int32)].mean(axis=1)
        for start in range(0, n, step)
    ]
    return _result(gains, np.concatenate(means))


def clustered_bootstrap(
    base: Sequence[float],
    tuned: Sequence[float],
    clusters: Sequence[str],
    seed: int = 0,
    n: int = 2000,
) -> Bootstrap | None:
    """Resample the clusters, then the queries within each: the interval over other companies.

    Questions of one company rise and fall together, so an interval over questions alone is too narrow
    for "the next company". None for fewer than two clusters; with a handful even this is rough.
    Raises ValueError as `paired_bootstrap` does.
    """
    gains = _gains(base, tuned)
    if len(clusters) != len(gains):
        raise ValueError(f"a cluster a query expected, got {len(clusters)} for {len(gains)}")
    members: dict[str, list[int]] = {}
    for place, name in enumerate(clusters):
        members.setdefault(name, []).append(place)
    if len(members) < 2:
        return None
    flat = gains[np.concatenate(list(members.values()))]
    sizes = np.array([len(m) for m in members.values()])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    rng = np.random.default_rng(seed)
    sums, counts = np.zeros(n), np.zeros(n)
    for _ in range(len(sizes)):
        drawn = rng.integers(0, len(sizes), n)
        for cluster in np.unique(drawn):
            rows = np.flatnonzero(drawn == cluster)
            size = int(sizes[cluster])
            picked = rng.integers(0, size, (len(rows), size), dtype=np.int32)
            sums[rows] += flat[starts[cluster] + picked].sum(axis=1)
            counts[rows] += size
    return _result(gains, sums / counts)


def _gains(base: Sequence[float], tuned: Sequence[float]) -> Gains:
    if len(base) != len(tuned) or not base:
        raise ValueError(f"paired scores expected, got {len(base)} and {len(tuned)}")
    return np.asarray(tuned, dtype=np.float64) - np.asarray(base, dtype=np.float64)


def _result(gains: Gains, means: Gains) -> Bootstrap:
    low, high = np.percentile(means, [2.5, 97.5])
    wins, losses = int((gains > SAME).sum()), int((gains < -SAME).sum())
    return Bootstrap(float(gains.mean()), float(low), float(high), wins, losses, len(gains) - wins - losses)


def as_dicts(gains: Mapping[int, Bootstrap]) -> dict[str, dict[str, Any]]:
    """Dimension as text → the comparison, for JSON."""
    return {str(dim): found.as_dict() for dim, found in gains.items()}
