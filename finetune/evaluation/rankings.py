"""Rankings for other tools to score: a TREC run and its qrels, beside our own figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from finetune.data.beir import corpus_ids, query_ids
from finetune.data.split import Split
from finetune.data.trec import write_qrels, write_run
from finetune.evaluation.chunk_queries import ChunkQueries
from finetune.evaluation.chunk_scores import score_chunks
from finetune.evaluation.evaluate import (
    Evaluation,
    best_of,
    check_dims,
    cosines,
    encode_split,
    score,
)
from rag_app.core.errors import PairsError
from rag_app.core.types import Encoder, ProgressFn, no_progress

DEPTH = 100
"""Passages kept of each ranking."""


@dataclass(frozen=True, slots=True)
class Rankings:
    """Each question's best passages with their cosines at `dim`, best first, and what answers it.

    Over pairs, ids are those of an exported collection (`finetune.data.beir`); over filings, questions
    are q0, q1, … in their order and passages are named by their chunk ids.
    """

    dim: int
    run: dict[str, list[tuple[str, float]]]
    qrels: dict[str, dict[str, int]]

    def write(self, path: Path, model: str) -> Path:
        """Write the run to `path` and the qrels beside it (`path`.qrels); the path of the qrels.

        A run names a text once: where the corpus holds it twice (seed protocol), passages behind it
        rank higher there than in our figures.
        """
        qrels = path.with_name(f"{path.name}.qrels")
        write_run(path, self.run, "_".join(f"{model}-{self.dim}".split()))
        write_qrels(qrels, self.qrels)
        return qrels


def evaluate_ranked(
    encoder: Encoder,
    test: Split | ChunkQueries,
    dims: Sequence[int] = (),
    rank_dim: int | None = None,
    on_progress: ProgressFn = no_progress,
) -> tuple[Evaluation, Rankings]:
    """`evaluate`, and the rankings at `rank_dim` (default: the widest of `dims`), from one encoding.

    Raises UsageError for a bad dimension, PairsError when there is nothing to score.
    """
    widths = check_dims(dims, encoder.dimension)
    dim = check_dims((rank_dim,), encoder.dimension)[0] if rank_dim is not None else widths[0]
    if not test.queries:
        raise PairsError(f"protocol {test.protocol}: no question to evaluate; check the pairs")
    queries, corpus = encode_split(encoder, test, on_progress)
    if isinstance(test, ChunkQueries):
        found = score_chunks(encoder.name, test, queries, corpus, widths)
        names = tuple(f"q{n}" for n in range(len(test.queries)))
        ids = tuple("_".join(chunk_id.split()) for chunk_id in test.ids)
    else:
        found = score(encoder.name, test, queries, corpus, widths)
        names, ids = query_ids(test), corpus_ids(test)
    rows = cosines(queries, corpus, dim)
    run = {
        name: [(ids[i], float(row[i])) for i in best_of(row, DEPTH)]
        for name, row in zip(names, rows, strict=True)
    }
    qrels = {name: {ids[i]: 1 for i in sorted(gold)} for name, gold in zip(names, test.relevant, strict=True)}
    return found, Rankings(dim, run, qrels)
