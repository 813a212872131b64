"""What one retrieval costs as the corpus grows: encode the question, search, fuse, filter by company.

    python -m benchmarks.latency WORKSPACE [--sizes 10000,100000] [--dim 128]

The passages of the workspace, each several times over under other companies' names, with vectors turned away
a little, in a real index. Questions are made from the passages. p50 and p95 in milliseconds.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.scale import noisy, real_rows
from benchmarks.table import Row, table
from finetune.synthetic.synthesize import synthesize_pairs
from finetune.training.train import calm_threads
from rag_app.core.config import Settings, Workspace
from rag_app.core.registry import resolve_model
from rag_app.core.types import Chunk, Filters
from rag_app.embedder import load_encoder
from rag_app.index.build import Source, build
from rag_app.index.corpus import write_corpus
from rag_app.index.manifest import Recipe
from rag_app.index.opened import Index
from rag_app.retrieve import retrieve
from rag_app.store import load_corpus

QUESTIONS = 100


def copies(chunks: Sequence[Chunk], count: int) -> list[Chunk]:
    """`count` passages; a copy has a company, a filing and a head of its own."""
    made = []
    for i in range(count):
        chunk, turn = chunks[i % len(chunks)], i // len(chunks)
        if turn:
            meta = replace(chunk.meta, ticker=f"{chunk.meta.ticker or 'X'}{turn}")
            name = f"{chunk.filing_id}-{turn}"
            chunk = replace(
                chunk,
                meta=meta,
                filing_id=name,
                chunk_id=f"{name}/{chunk.position}",
                head=f"{chunk.head} {turn}",
            )
        made.append(chunk)
    return made


def percentiles(work: Callable[[str], object], questions: Sequence[str]) -> tuple[float, float]:
    """p50 and p95 of `work` over the questions, in milliseconds; the first ten warm up."""
    took = []
    for question in [*questions[:10], *questions]:
        start = time.perf_counter()
        work(question)
        took.append((time.perf_counter() - start) * 1000)
    p50, p95 = np.percentile(took[10:], [50, 95])
    return float(p50), float(p95)


def measure(workspace: Workspace, count: int, dim: int, folder: Path) -> list[Row]:
    """Every mode with and without a company filter, at one size."""
    real = real_rows(workspace.root)
    chunks = copies(load_corpus(workspace), count)
    rng = np.random.default_rng(0)
    vectors = noisy(real[np.arange(count) % len(real)], 0.9, real, rng)
    place = {chunk.content_hash: i for i, chunk in enumerate(chunks)}
    start = time.perf_counter()
    corpus = write_corpus(folder, "large", chunks)
    words = time.perf_counter() - start
    source = Source("base", real.shape[1], lambda hashes: vectors[[place[h] for h in hashes]])
    made = build(folder, corpus, Recipe("large", dim, "large", turned=True), source)
    start = time.perf_counter()
    index = Index(folder / made.build_id)
    opened = time.perf_counter() - start
    encoder = load_encoder(resolve_model(workspace, Settings(), "base"))
    asked = [pair.question for pair in synthesize_pairs(chunks[: len(real)], QUESTIONS, clear=True).pairs]
    ticker = next(c.meta.ticker for c in chunks if c.meta.ticker) or ""
    about = {"passages": count, "dim": dim}
    p50, p95 = percentiles(lambda q: encoder.encode_queries([q]), asked)
    rows: list[Row] = [about | {"what": "encode the question", "p50 ms": p50, "p95 ms": p95}]
    for mode in ("dense", "bm25", "fused"):
        for filters in (None, Filters(tickers=(ticker,))):

            def ask(question: str, mode: str = mode, filters: Filters | None = filters) -> object:
                return retrieve(index, encoder, question, k=10, mode=mode, filters=filters)  # type: ignore[arg-type]

            p50, p95 = percentiles(ask, asked)
            what = f"retrieve, {mode}{', one company' if filters else ''}"
            rows.append(about | {"what": what, "p50 ms": p50, "p95 ms": p95})
    print(
        f"{count:,} passages: texts and BM25 {words:.1f} s, index {made.seconds:.1f} s, {made.mb:.0f} MB, "
        f"recall@10 {made.recall_at_10:.3f}, opened in {opened:.2f} s"
    )
    return rows


def main() -> None:
    """Print a table a size."""
    calm_threads()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--dim", type=int, default=128)
    given = parser.parse_args()
    for size in given.sizes.split(","):
        folder = Path(tempfile.mkdtemp(prefix="latency-"))
        try:
            rows = measure(Workspace(given.workspace), int(size), given.dim, folder)
            print(table("retrieval", rows), flush=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
