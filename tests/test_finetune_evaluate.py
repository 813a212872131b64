"""finetune.evaluation.evaluate: figures at every dimension from one encoding, chunks, bootstrap."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from finetune.data.pairs import Pair, load_pairs
from finetune.data.split import Split, split_pairs
from finetune.evaluation.chunk_queries import chunk_queries, normalise
from finetune.evaluation.evaluate import (
    default_dims,
    evaluate,
    evaluate_chunks,
    paired_bootstrap,
)
from rag_app.core.errors import PairsError, UsageError
from rag_app.core.types import FloatArray, Progress, ProgressFn, no_progress
from tests.conftest import WordEncoder, make_chunk

SHARED = Path(os.environ.get("RAG_APP_SHARED") or Path(__file__).parents[1].parent / "shared" / "data")
SEED_CSV = SHARED / "seed" / "Financial-QA-10k.csv"


class TableEncoder:
    """Vectors looked up in a table, so that every rank is known; counts what it encodes."""

    name = "table"
    fingerprint = "table"

    def __init__(self, vectors: dict[str, list[float]]) -> None:
        self.vectors = {k: np.array(v, dtype=np.float32) / np.linalg.norm(v) for k, v in vectors.items()}
        self.asked: list[str] = []

    @property
    def dimension(self) -> int:
        return len(next(iter(self.vectors.values())))

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        self.asked.extend(texts)
        return np.stack([self.vectors[t] for t in texts])

    def encode_passages(self, texts: Sequence[str], on_progress: ProgressFn = no_progress) -> FloatArray:
        return self.encode_queries(texts)


def split_of(queries: list[str], corpus: list[str], gold: list[int], protocol: str = "seed") -> Split:
    pairs = tuple(Pair(q, corpus[g]) for q, g in zip(queries, gold, strict=True))
    return Split((), pairs, tuple(corpus), tuple(frozenset({g}) for g in gold), protocol, 1)


# At 4 dimensions "q" is nearest to a, then b; at 2 it is nearest to b.
TABLE = {
    "q": [1.0, 0.0, 1.0, 0.0],
    "a": [0.5, 0.5, 1.0, 0.0],
    "b": [1.0, 0.0, 0.2, 0.5],
    "c": [-1.0, 0, 0, 0],
}


def test_ranks_at_each_dimension_are_exact() -> None:
    encoder = TableEncoder(TABLE)
    found = evaluate(encoder, split_of(["q"], ["a", "b", "c"], [0]), (4, 2))
    assert found.dims[4].ndcg == 1.0
    assert found.dims[2].ndcg == pytest.approx(1 / np.log2(3))
    assert found.dims[2].mrr == 0.5
    assert found.dims[2].accuracy == 0.0
    assert found.per_query[2] == (pytest.approx(1 / np.log2(3)),)
    assert found.mean_ndcg == pytest.approx((1 + 1 / np.log2(3)) / 2)
    assert found.as_dict() == {
        "model": "table",
        "protocol": "seed",
        "queries": 1,
        "corpus": 3,
        "dims": {
            "4": {"ndcg@10": 1.0, "mrr@10": 1.0, "recall@10": 1.0, "accuracy@1": 1.0},
            "2": {"ndcg@10": found.dims[2].ndcg, "mrr@10": 0.5, "recall@10": 1.0, "accuracy@1": 0.0},
        },
    }


def test_texts_are_encoded_once_and_progress_is_told() -> None:
    encoder = TableEncoder(TABLE)
    events: list[Progress] = []
    evaluate(encoder, split_of(["q", "q"], ["a", "b", "c", "a"], [0, 3]), (4, 2), events.append)
    assert sorted(encoder.asked) == ["a", "b", "c", "q"]
    assert (events[-1].stage, events[-1].done, events[-1].total) == ("evaluate", 4, 4)


def test_equal_texts_are_one_in_the_seed_protocol() -> None:
    """The gold row's twin may be sorted before it; that is no error of the model."""
    encoder = TableEncoder(TABLE)
    found = evaluate(encoder, split_of(["q"], ["a", "b", "a", "c"], [2]), (4,))
    assert found.dims[4].ndcg == 1.0


def test_default_and_refused_dimensions() -> None:
    assert default_dims(384) == (384, 256, 128, 64)
    assert default_dims(768) == (768, 512, 256, 128, 64)
    assert default_dims(64) == (64,)
    with pytest.raises(UsageError, match="dimension 8: expected 1 to 4"):
        evaluate(TableEncoder(TABLE), split_of(["q"], ["a", "b"], [0]), (8,))
    with pytest.raises(PairsError, match="no question"):
        evaluate(TableEncoder(TABLE), split_of([], ["a"], []), (4,))


def test_normalise_sees_through_layout() -> None:
    assert normalise("Net sales | $ 1,234.5 | (7)%.") == "net sales 1234.5 7 %"
    assert normalise("“R&D” rose.") == "r d rose"


def test_chunks_need_all_evidence_in_the_right_filing(encoder: WordEncoder) -> None:
    chunks = [
        make_chunk(0, "Net sales | $1,234 | $900", "ZZA"),
        make_chunk(1, "Net sales of parts | 12,345", "ZZA"),
        make_chunk(0, "Net sales | $1,234", "ZZB"),
    ]
    pairs = [
        Pair("sales?", "x", None, "zza-2024.htm", ("Net sales", "1,234")),
        Pair("by stem?", "x", None, "zzb-2024", ("1,234",)),
        Pair("anywhere?", "Net sales", None, None),
        Pair("nowhere?", "x", None, "zza-2024.htm", ("Net sales", "77")),
    ]
    asked = chunk_queries(pairs, chunks)
    assert asked.relevant == (frozenset({0}), frozenset({2}), frozenset({0, 1, 2}))
    assert asked.unanswerable == 1
    assert asked.corpus[0] == chunks[0].embed_text
    found = evaluate_chunks(encoder, pairs, chunks, (64,))
    assert (found.protocol, found.queries, found.corpus, found.unanswerable) == ("chunks", 3, 3, 1)
    with pytest.raises(PairsError, match="none of 1 pairs has its evidence in the 3 chunks"):
        evaluate_chunks(encoder, pairs[3:], chunks)


def test_bootstrap() -> None:
    better = paired_bootstrap([0.0] * 50, [1.0] * 40 + [0.0] * 10, seed=1)
    assert (better.wins, better.losses, better.ties) == (40, 0, 10)
    assert better.gain == pytest.approx(0.8)
    assert 0.6 < better.low < 0.8 < better.high < 1.0
    assert not better.includes_zero
    assert paired_bootstrap([0.0] * 50, [1.0] * 40 + [0.0] * 10, seed=1) == better
    chance = paired_bootstrap([0.0, 1.0] * 20, [1.0, 0.0] * 20)
    assert chance.includes_zero
    with pytest.raises(ValueError, match="paired scores expected, got 1 and 2"):
        paired_bootstrap([1.0], [1.0, 0.0])


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.skipif(not SEED_CSV.exists(), reason=f"no seed pairs at {SEED_CSV}")
def test_base_figures_on_both_protocols_reproduce() -> None:
    """DATA: the embedded MiniLM, measured before this code was written; bf16 moves the fourth digit."""
    from rag_app.core.registry import embedded_folder
    from rag_app.embedder import load_folder

    pairs = load_pairs(str(SEED_CSV))
    encoder = load_folder(embedded_folder(), "embedded")
    known: dict[str, FloatArray] = {}

    class Remembering(TableEncoder):
        def __init__(self) -> None:
            self.name, self.fingerprint = "embedded", "x"

        @property
        def dimension(self) -> int:
            return encoder.dimension

        def encode_queries(self, texts: Sequence[str]) -> FloatArray:
            return encoder.encode_queries(texts)

        def encode_passages(self, texts: Sequence[str], on_progress: ProgressFn = no_progress) -> FloatArray:
            new = [t for t in texts if t not in known]
            if new:
                known.update(zip(new, encoder.encode_passages(new), strict=True))
            return np.stack([known[t] for t in texts])

    expected = {
        "seed": {384: 0.7472, 256: 0.7359, 128: 0.7213, 64: 0.6889},
        "honest": {384: 0.6913, 256: 0.6849, 128: 0.6610, 64: 0.6244},
    }
    for protocol, figures in expected.items():
        found = evaluate(Remembering(), split_pairs(pairs, protocol, 42))  # type: ignore[arg-type]
        assert {d: s.ndcg for d, s in found.dims.items()} == pytest.approx(figures, abs=0.0025)
