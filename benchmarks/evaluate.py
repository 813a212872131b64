"""Our evaluation at five dimensions against the library's evaluator, run once a dimension.

The library encodes everything anew for each `truncate_dim`; a dimension is a slice to us. Both have to
find the same nDCG@10.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.table import Row
from finetune.data.pairs import load_pairs
from finetune.data.split import split_pairs
from finetune.evaluation.chunk_queries import chunk_queries
from finetune.evaluation.chunk_scores import measure
from finetune.evaluation.evaluate import QuerySet
from rag_app.core.config import Settings, Workspace
from rag_app.core.hub import model_folder
from rag_app.core.registry import resolve_model
from rag_app.core.types import Chunk
from rag_app.embedder import load_encoder

DIMS = (384, 256, 128, 64, 32)
SAMPLED = 200
"""Sample passages searched: encoding them six times takes a minute or two."""


def bench_evaluate(chunks: Sequence[Chunk], questions: Path, pairs: Path | None = None) -> list[Row]:
    """On the honest test split of `pairs`; without them on `questions` over `chunks`."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.evaluation import InformationRetrievalEvaluator

    test = _of_file(pairs) if pairs is not None else _of_chunks(chunks, questions)
    ref = resolve_model(Workspace(Path()), Settings(), "base")
    ours, library = load_encoder(ref), SentenceTransformer(str(model_folder(ref)))
    ours.encode_passages(test.corpus[:32])
    library.encode(list(test.corpus[:32]), show_progress_bar=False)

    started = time.perf_counter()
    found = measure(ours, test, DIMS)
    fast = time.perf_counter() - started
    rows: list[Row] = []
    asked: dict[str, Any] = {
        "queries": {f"q{n}": text for n, text in enumerate(test.queries)},
        "corpus": {f"d{i}": text for i, text in enumerate(test.corpus)},
        "relevant_docs": {f"q{n}": {f"d{i}" for i in gold} for n, gold in enumerate(test.relevant)},
    }
    for dim in DIMS:
        evaluator = InformationRetrievalEvaluator(
            **asked, truncate_dim=dim, write_csv=False, show_progress_bar=False
        )
        started = time.perf_counter()
        theirs = evaluator(library)["cosine_ndcg@10"]
        slow = time.perf_counter() - started
        ndcg = found.dims[dim].ndcg
        rows.append({"dim": dim, "library s": slow, "library nDCG": theirs, "ours nDCG": ndcg})
    whole = sum(row["library s"] for row in rows)
    for row in rows:
        row["same to 0.001"] = abs(row["library nDCG"] - row["ours nDCG"]) < 1e-3
        row |= {"ours s, all": fast, "ratio": fast / whole, "questions": found.queries, "texts": found.corpus}
    return rows


def _of_file(pairs: Path) -> QuerySet:
    return split_pairs(load_pairs(str(pairs)), "honest", 42)


def _of_chunks(chunks: Sequence[Chunk], questions: Path) -> QuerySet:
    """The sample questions; equal texts once, because the library knows no equal texts."""
    once = list({chunk.embed_text: chunk for chunk in chunks}.values())[:SAMPLED]
    return replace(chunk_queries(load_pairs(str(questions)).pairs, once), by_page=frozenset())
