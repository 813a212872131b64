"""Retrieval figures over the chunks of real filings, in two columns: all filings, and the filing told.

A gain on short passages may be a loss here: questions that never name a company teach a model to
ignore names, which shows only where all filings are searched. So both columns are always measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from finetune.data.pairs import Pair
from finetune.evaluation.chunk_queries import ChunkQueries, chunk_queries
from finetune.evaluation.evaluate import (
    Evaluation,
    QuerySet,
    best_of,
    check_dims,
    cosines,
    encode_split,
    evaluate,
    evaluation,
    first_of_equals,
    once,
)
from rag_app.core.errors import PairsError
from rag_app.core.metrics import K, Scores, per_query
from rag_app.core.types import Chunk, Encoder, FloatArray, ProgressFn, no_progress

DEPTH = 400
"""Chunks looked through for ten different pages."""


def evaluate_chunks(
    encoder: Encoder,
    pairs: Sequence[Pair],
    chunks: Sequence[Chunk],
    dims: Sequence[int] = (),
    on_progress: ProgressFn = no_progress,
) -> Evaluation:
    """`evaluate` over the chunks of real filings (`Chunk.embed_text`, as the index holds them).

    Raises PairsError when no pair has a chunk that answers it.
    """
    return evaluate_asked(encoder, answerable(pairs, chunks), dims, on_progress)


def answerable(pairs: Sequence[Pair], chunks: Sequence[Chunk]) -> ChunkQueries:
    """`chunk_queries`, or PairsError when no pair has a chunk that answers it."""
    asked = chunk_queries(pairs, chunks)
    if not asked.test:
        raise PairsError(
            f"none of {len(pairs)} pairs has its evidence in the {len(chunks)} chunks; "
            "ingest the filings that the pairs name"
        )
    return asked


def measure(
    encoder: Encoder, test: QuerySet, dims: Sequence[int] = (), on_progress: ProgressFn = no_progress
) -> Evaluation:
    """`evaluate` for a split, both columns for questions over chunks."""
    if isinstance(test, ChunkQueries):
        return evaluate_asked(encoder, test, dims, on_progress)
    return evaluate(encoder, test, dims, on_progress)


def evaluate_asked(
    encoder: Encoder, asked: ChunkQueries, dims: Sequence[int] = (), on_progress: ProgressFn = no_progress
) -> Evaluation:
    """Both columns at each of `dims`, from one encoding. Raises UsageError for a bad dimension."""
    widths = check_dims(dims, encoder.dimension)
    queries, corpus = encode_split(encoder, asked, on_progress)
    return score_chunks(encoder.name, asked, queries, corpus, widths)


def score_chunks(
    model: str, asked: ChunkQueries, queries: FloatArray, corpus: FloatArray, dims: Sequence[int]
) -> Evaluation:
    """The figures of full-width vectors at `dims`; `told` is None where no pair names its filing."""
    same = first_of_equals(asked.corpus)
    own = [np.array(sorted(within), dtype=np.intp) for within in asked.within]
    everywhere: dict[int, list[Scores]] = {}
    told: dict[int, list[Scores]] = {}
    for dim in dims:
        everywhere[dim], told[dim] = [], []
        for number, row in enumerate(cosines(queries, corpus, dim)):
            depth = depth_of(asked, number)
            everywhere[dim].append(judge(asked, number, best_of(row, depth), same))
            if len(own[number]):
                ranked = own[number][best_of(row[own[number]], depth)]
                told[dim].append(judge(asked, number, ranked.tolist(), same))
    column = _column(model, asked, told) if told[dims[0]] else None
    return _column(model, asked, everywhere, column)


def _column(
    model: str, asked: ChunkQueries, by_dim: Mapping[int, list[Scores]], told: Evaluation | None = None
) -> Evaluation:
    size, missed = len(asked.corpus), asked.unanswerable
    return evaluation(model, asked.protocol, size, by_dim, unanswerable=missed, told=told)


def depth_of(asked: ChunkQueries, number: int) -> int:
    """How many chunks of a ranking are looked through to judge a question."""
    return DEPTH if number in asked.by_page else K


def judge(asked: ChunkQueries, number: int, ranked: Sequence[int], same: Sequence[int]) -> Scores:
    """The figures of one ranking: positions in the corpus, best first, `depth_of` of them or more.

    By page a page stands where its first chunk does; by chunk equal texts (`first_of_equals`) count as one.
    """
    gold = asked.relevant[number]
    if number in asked.by_page:
        pages = list(dict.fromkeys(asked.pages[i] for i in ranked))
        return per_query(pages, {asked.pages[i] for i in gold})
    return per_query(once([same[i] for i in ranked]), {same[i] for i in gold})
