"""`make bench`: one table a stage, on the sample filings or the files named.

    python -m benchmarks [FILE…] [--only filings,encode,dimension,evaluate,query] [--pairs FILE]
                         [--edgartools PYTHON]

`filings` tells file by file what parsing holds and costs (benchmarks/filings.py), `evaluate` compares
with the library's evaluator (benchmarks/evaluate.py), `encode` with its plain encoding
(benchmarks/encode.py). Results are also written to benchmarks/results/<date>.json.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.encode import bench_encode
from benchmarks.evaluate import bench_evaluate
from benchmarks.filings import bench_filings
from benchmarks.table import Row, table
from rag_app.core.config import Settings, Workspace
from rag_app.core.types import Chunk
from rag_app.cutting import cutting_of
from rag_app.filings.read import find_filings, read_filing
from rag_app.indexing import build_index
from rag_app.pipeline import ingest
from rag_app.samples import sample_filings, sample_questions
from rag_app.store import load_corpus


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def bench_dimension(workspace: Workspace) -> list[Row]:
    """A changed dimension against embedding the same corpus anew."""
    settings = Settings()
    first = build_index(workspace, settings, "base")
    rows: list[Row] = [
        {"dim": first.manifest.dimension, "embedded": first.embedded, "seconds": first.seconds, "ratio": 1.0}
    ]
    for dim in (256, 128, 64):
        made = build_index(workspace, settings, "base", dim)
        rows.append(
            {
                "dim": dim,
                "embedded": made.embedded,
                "seconds": made.seconds,
                "ratio": first.seconds / made.seconds,
            }
        )
    again = build_index(workspace, settings, "base", 64)
    rows.append(
        {
            "dim": 64,
            "embedded": again.embedded,
            "seconds": again.seconds,
            "ratio": first.seconds / again.seconds,
        }
    )
    return rows


def sample_chunks(workspace: Workspace) -> list[Chunk]:
    """The passages that the sample questions are about, whatever files are measured."""
    cutting = cutting_of(workspace)
    return [chunk for path in sample_filings() for chunk in cutting.chunks(read_filing(path))]


def bench_query(workspace: Workspace) -> list[Row]:
    """Milliseconds a question, query encoding included."""
    from rag_app.arms import Arms
    from rag_app.core.types import Filters

    questions = [
        json.loads(line)["question"] for line in sample_questions().read_text(encoding="utf-8").splitlines()
    ]
    arm = Arms(workspace, Settings()).get("base")
    ticker = next((c.meta.ticker for c in arm.index.chunks if c.meta.ticker), "")
    rows = []
    for mode in ("dense", "bm25", "fused"):
        for filters in (None, Filters(tickers=(str(ticker).upper(),))):
            arm.retrieve(questions[0], mode=mode, filters=filters)  # type: ignore[arg-type]
            times = sorted(
                1000 * seconds(lambda q=q, m=mode, f=filters: arm.retrieve(q, mode=m, filters=f))
                for q in questions  # type: ignore[misc]
            )
            row: Row = {"mode": mode, "filter": bool(filters), "chunks": len(arm.index.chunks)}
            rows.append(row | {"p50 ms": statistics.median(times), "p95 ms": times[int(0.95 * len(times))]})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--only", default="filings,encode,dimension,evaluate,query")
    parser.add_argument("--pairs", type=Path, help="a pairs file for `evaluate` and `encode`")
    parser.add_argument("--edgartools", default="", metavar="PYTHON")
    wanted = (options := parser.parse_args()).only.split(",")
    files = find_filings(options.files) if options.files else sample_filings()
    results: dict[str, list[Row]] = {}
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder)).create()
        ingest(workspace, files)
        stages: dict[str, Callable[[], list[Row]]] = {
            "filings": lambda: bench_filings(files, options.edgartools),
            "encode": lambda: bench_encode(load_corpus(workspace), options.pairs),
            "dimension": lambda: bench_dimension(workspace),
            "evaluate": lambda: bench_evaluate(sample_chunks(workspace), sample_questions(), options.pairs),
            "query": lambda: bench_query(workspace),
        }
        for name, stage in stages.items():
            if name in wanted or (name == "dimension" and "query" in wanted):
                results[name] = stage()
                print(table(name, results[name]), flush=True)
    out = Path(__file__).parent / "results" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(f"\nwritten to {out.name}")


if __name__ == "__main__":
    main()
