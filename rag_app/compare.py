"""Two arms, one question or many: where their rankings differ. Knows no user interface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag_app.arms import Arm
from rag_app.core.types import Filters, Hit
from rag_app.retrieve import Mode


@dataclass(frozen=True, slots=True)
class Moved:
    """A passage both arms found. `by` is places gained in the tuned arm (negative: lost)."""

    chunk_id: str
    base_rank: int
    tuned_rank: int

    @property
    def by(self) -> int:
        """Places gained from base to tuned."""
        return self.base_rank - self.tuned_rank


@dataclass(frozen=True, slots=True)
class Comparison:
    """The two top-k lists of one question and their difference."""

    question: str
    k: int
    base: tuple[Hit, ...]
    tuned: tuple[Hit, ...]
    only_base: tuple[str, ...]
    only_tuned: tuple[str, ...]
    moved: tuple[Moved, ...]

    @property
    def overlap(self) -> float:
        """Share of the longer list that both have; 1.0 for two empty lists."""
        longest = max(len(self.base), len(self.tuned))
        return (len(self.base) - len(self.only_base)) / longest if longest else 1.0

    @property
    def same_first(self) -> bool:
        """Whether both arms put the same passage first."""
        return [h.chunk.chunk_id for h in self.base[:1]] == [h.chunk.chunk_id for h in self.tuned[:1]]


def compare(
    base: Arm,
    tuned: Arm,
    question: str,
    *,
    k: int = 10,
    mode: Mode = "dense",
    filters: Filters | None = None,
) -> Comparison:
    """Ask both arms. Dense by default: what BM25 adds to both hides what the model changed."""
    left = base.retrieve(question, k=k, mode=mode, filters=filters)
    right = tuned.retrieve(question, k=k, mode=mode, filters=filters)
    return difference(question, k, left, right)


def difference(question: str, k: int, left: Sequence[Hit], right: Sequence[Hit]) -> Comparison:
    """The difference of two rankings of chunks."""
    ranks_left = {h.chunk.chunk_id: h.rank for h in left}
    ranks_right = {h.chunk.chunk_id: h.rank for h in right}
    return Comparison(
        question,
        k,
        tuple(left),
        tuple(right),
        tuple(c for c in ranks_left if c not in ranks_right),
        tuple(c for c in ranks_right if c not in ranks_left),
        tuple(Moved(c, r, ranks_right[c]) for c, r in ranks_left.items() if ranks_right.get(c, r) != r),
    )
