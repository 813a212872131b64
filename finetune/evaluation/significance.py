"""Whether a gain over the same questions may be chance: the paired bootstrap.

Knows nothing of models or metrics; takes one score a question of each side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


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


def paired_bootstrap(
    base: Sequence[float], tuned: Sequence[float], seed: int = 0, n: int = 2000
) -> Bootstrap:
    """Resample the queries `n` times (Efron's percentile bootstrap; Sakai 2006 for retrieval).

    Raises ValueError when the two do not score the same number of queries, or none.
    """
    if len(base) != len(tuned) or not base:
        raise ValueError(f"paired scores expected, got {len(base)} and {len(tuned)}")
    gains = np.asarray(tuned, dtype=np.float64) - np.asarray(base, dtype=np.float64)
    rng = np.random.default_rng(seed)
    means = np.array([gains[rng.integers(0, len(gains), len(gains))].mean() for _ in range(n)])
    low, high = np.percentile(means, [2.5, 97.5])
    wins, losses = int((gains > 1e-9).sum()), int((gains < -1e-9).sum())
    return Bootstrap(float(gains.mean()), float(low), float(high), wins, losses, len(gains) - wins - losses)
