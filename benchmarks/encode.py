"""Our passage encoding against the library's at its defaults, on the same chunks.

In turns, because a shared machine has fast and slow minutes: what counts is the median of the rounds'
ratios. The ratio of processor seconds says the same where others use the machine too.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.table import Row
from finetune.data.pairs import load_pairs
from finetune.evaluation.chunk_queries import chunk_queries
from finetune.evaluation.chunk_scores import measure
from rag_app.core.config import Settings, Workspace
from rag_app.core.hub import model_folder
from rag_app.core.registry import resolve_model
from rag_app.core.types import Chunk, FloatArray, ProgressFn, no_progress
from rag_app.embedder import BULK_FROM, load_encoder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

ROUNDS = 5
A_ROUND = 300
"""Chunks a round: a few seconds."""
SEARCHED = 2000
"""Chunks searched by the questions; the plain library encodes them in a minute or two."""


def bench_encode(chunks: Sequence[Chunk], pairs: Path | None = None) -> list[Row]:
    """Texts a second of both and what differs; nDCG@10 where `pairs` has questions over these chunks."""
    from sentence_transformers import SentenceTransformer

    ref = resolve_model(Workspace(Path()), Settings(), "base")
    ours, plain = load_encoder(ref), Plain(SentenceTransformer(str(model_folder(ref))))
    texts = list(dict.fromkeys(chunk.embed_text for chunk in chunks))
    random.Random(0).shuffle(texts)
    a_round = min(A_ROUND, max(1, len(texts) // ROUNDS))
    ours.encode_passages(texts[:BULK_FROM])  # the choice is made once a model, not once a round
    plain.encode_passages(texts[:16])
    rounds: list[tuple[float, float, float, float]] = []
    cosines: list[float] = []
    for start in range(0, ROUNDS * a_round, a_round):
        part = texts[start : start + a_round]
        slow, slow_cpu, want = _timed(plain.encode_passages, part)
        fast, fast_cpu, got = _timed(ours.encode_passages, part)
        rounds.append((len(part) / slow, len(part) / fast, slow / fast, slow_cpu / fast_cpu))
        cosines.append(float(np.sum(want * got, axis=1).min()))
    plain_rate, our_rate, ratio, cpu_ratio = (
        statistics.median(column) for column in zip(*rounds, strict=True)
    )
    row: Row = {"texts": ROUNDS * a_round, "way": ours.way, "plain texts/s": plain_rate}
    row |= {"ours texts/s": our_rate, "ratio": ratio, "cpu ratio": cpu_ratio, "min cosine": min(cosines)}
    return [row | (_ndcg(plain, ours, chunks, pairs) if pairs is not None else {})]


class Plain:
    """The library at its defaults behind the `Encoder` protocol."""

    name, fingerprint = "library", ""

    def __init__(self, model: SentenceTransformer) -> None:
        self._model = model
        self.dimension = int(model.get_embedding_dimension() or 0)

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """float32[n, dimension], unit length."""
        return np.asarray(self._model.encode_query(list(texts), normalize_embeddings=True))

    def encode_passages(self, texts: Sequence[str], on_progress: ProgressFn = no_progress) -> FloatArray:
        """float32[n, dimension], unit length."""
        return np.asarray(
            self._model.encode_document(list(texts), normalize_embeddings=True, show_progress_bar=False)
        )


def _ndcg(plain: Plain, ours: object, chunks: Sequence[Chunk], pairs: Path) -> Row:
    """nDCG@10 of both at the full width, over the chunks that answer and the first others."""
    asked = load_pairs(str(pairs)).pairs
    once = list({chunk.embed_text: chunk for chunk in chunks}.values())
    gold = frozenset[int]().union(*chunk_queries(asked, once).relevant)
    others = [i for i in range(len(once)) if i not in gold][: max(0, SEARCHED - len(gold))]
    test = chunk_queries(asked, [once[i] for i in sorted(gold | set(others))])
    if not test.test:
        return {"questions": 0}
    dims = (plain.dimension,)
    slow, fast = (measure(encoder, test, dims).dims[dims[0]].ndcg for encoder in (plain, ours))  # type: ignore[arg-type]
    return {"questions": len(test.test), "plain nDCG": slow, "ours nDCG": fast, "nDCG gain": fast - slow}


def _timed(
    encode: Callable[[Sequence[str]], FloatArray], texts: Sequence[str]
) -> tuple[float, float, FloatArray]:
    """Seconds on the clock, seconds of the processors, and the vectors."""
    wall, cpu = time.perf_counter(), time.process_time()
    vectors = encode(texts)
    return time.perf_counter() - wall, time.process_time() - cpu, vectors
