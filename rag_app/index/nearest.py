"""The nearest vectors: through Chroma, exactly among few, ranked again at full width where it is asked for.

Knows positions and vectors, no passages.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rag_app.chroma import Collection
from rag_app.core.errors import IndexStateError
from rag_app.core.metrics import truncate
from rag_app.core.types import FloatArray
from rag_app.index.facets import Positions

EXACT = 50_000
"""Filtered rows up to which they are all compared: faster than a filter inside HNSW, and exact."""
RUNS = 1000
"""Stretches of neighbouring rows up to which each is compared in place, none copied."""
DEPTH = 4
FEWEST = 100
"""Candidates that are ranked again at full width: `DEPTH` for each one wanted, and `FEWEST` at least."""


@dataclass(frozen=True, slots=True)
class FullWidth:
    """The stored vectors: `read` gives those at `places` of the store, float32[m, full], or raises."""

    read: Callable[[Positions], FloatArray]
    places: Positions


@dataclass(frozen=True, slots=True)
class Nearest:
    """`rows` is float32[n, dim], unit length, mapped from disk; `collection` holds the same in Chroma.

    lasting: should the collection fail after it was opened (its folder was dropped), the mapped rows answer.
    """

    rows: FloatArray
    collection: Collection
    full: FullWidth | None = None
    depth: int = DEPTH
    fewest: int = FEWEST
    lasting: bool = False

    def find(
        self, vector: FloatArray, query: FloatArray, k: int, kept: Positions | None = None
    ) -> tuple[Positions, FloatArray]:
        """The `k` best positions and their cosines, best first.

        `vector` is the query cut as the rows are, `query` at full width; `kept`, ascending, the only
        positions that count. The cosines are those of the cut vectors, or of the full ones with `full`.
        """
        wanted = min(k, len(self.rows))
        depth = wanted if self.full is None else min(max(self.depth * wanted, self.fewest), len(self.rows))
        places, scores = self._nearest(vector, depth) if kept is None else self._among(vector, depth, kept)
        if self.full is not None and len(places):
            rows = self.full.read(self.full.places[places])
            scores = rows @ truncate(query.reshape(1, -1), rows.shape[1])[0]
            order = np.argsort(-scores, kind="stable")
            places, scores = places[order], scores[order]
        return places[:wanted], scores[:wanted]

    def _nearest(self, vector: FloatArray, k: int) -> tuple[Positions, FloatArray]:
        try:
            places, scores = self.collection.query(vector[None, :], k)
        except IndexStateError:
            if not self.lasting:
                raise
            return self._exact(vector, k, np.arange(len(self.rows), dtype=np.int64))
        found = places[0] >= 0
        return places[0][found], scores[0][found]

    def _among(self, vector: FloatArray, k: int, kept: Positions) -> tuple[Positions, FloatArray]:
        if len(kept) > EXACT:
            share = len(kept) / len(self.rows)
            places, scores = self._nearest(vector, min(len(self.rows), math.ceil(1.5 * k / share) + 20))
            inside = np.isin(places, kept, assume_unique=True)
            if inside.sum() >= k:
                return places[inside][:k], scores[inside][:k]
        return self._exact(vector, k, kept)

    def _exact(self, vector: FloatArray, k: int, kept: Positions) -> tuple[Positions, FloatArray]:
        runs = _runs(kept)
        if len(runs) > RUNS:
            scores = self.rows[kept] @ vector
        else:
            scores = np.concatenate([self.rows[run] @ vector for run in runs] or [np.empty(0, "f4")])
        k = min(k, len(kept))
        top = np.argpartition(-scores, k - 1)[:k] if k else np.empty(0, dtype=np.int64)
        top = top[np.lexsort((top, -scores[top]))]
        return kept[top], np.asarray(scores[top], dtype=np.float32)


def _runs(places: Positions) -> list[slice]:
    """Ascending positions as slices: a filing's passages lie together, and a slice is not copied."""
    if not len(places):
        return []
    breaks = np.flatnonzero(np.diff(places) != 1) + 1
    starts = places[np.concatenate([[0], breaks])]
    ends = places[np.concatenate([breaks - 1, [len(places) - 1]])] + 1
    return [slice(int(a), int(b)) for a, b in zip(starts, ends, strict=True)]
