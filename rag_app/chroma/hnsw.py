"""The settings of Chroma's graph, and in which parts rows are put into it. Knows no Chroma."""

from __future__ import annotations

from dataclasses import asdict, astuple, dataclass
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class Hnsw:
    """What recall costs: neighbours a node, breadth of construction and of search."""

    max_neighbors: int = 16
    ef_construction: int = 100
    ef_search: int = 100

    def harder(self) -> Hnsw | None:
        """The next settings to try when recall is too low; None after the last.

        Broader search first: over 10,000 real passages a breadth of 1600 finds 99% of what questions ask for
        where 100 finds 79%, for a millisecond more and without building anew.
        """
        rungs = (
            *(Hnsw(ef_search=breadth) for breadth in (200, 400, 800, 1600, 3200)),
            *(Hnsw(max_neighbors=32, ef_construction=200, ef_search=breadth) for breadth in (800, 3200)),
        )
        return next((rung for rung in rungs if astuple(rung) > astuple(self)), None)


def parts(count: int, batch: int) -> list[tuple[int, int]]:
    """(start, end) of every batch: equal stretches in batches, the graph saved at each stretch's end."""
    stretches = _stretches(count)
    edges = [count * i // stretches for i in range(stretches + 1)]
    return [
        (start, min(start + batch, end))
        for begin, end in pairwise(edges)
        for start in range(begin, end, batch)
    ]


def _stretches(count: int) -> int:
    """Saving rewrites the graph; what is not saved is put in again whenever the folder is opened."""
    return max(1, min(count // 1_000, 20))


def settings(hnsw: Hnsw, count: int) -> dict[str, Any]:
    """Chroma's configuration of a graph that will hold `count` vectors."""
    return {"space": "cosine", "sync_threshold": max(2, count // _stretches(count)), **asdict(hnsw)}
