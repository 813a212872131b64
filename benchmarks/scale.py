"""From ten thousand to a million vectors: building, memory, disk, latency, recall, one stage against two.

    python -m benchmarks.scale WORKSPACE [--sizes 10000,100000,1000000] [--dim 128] [--server] [--out FILE]

The vectors are the workspace's own base vectors, each many times over with noise (cosine about .85 to the
original), grouped as filings of a hundred "companies". Questions are noisier copies of other rows. Every
size is written to FILE when it is done, and not measured again.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.table import Row, table
from rag_app import chroma
from rag_app.chroma import Hnsw
from rag_app.core.axes import main_axes
from rag_app.core.metrics import truncate
from rag_app.core.types import FloatArray
from rag_app.index.nearest import FullWidth, Nearest

QUESTIONS = 200
COMPANIES = 100
BLOCK = 20_000


def real_rows(workspace: Path) -> FloatArray:
    """The largest store of vectors of the workspace."""
    stores = sorted((workspace / "vectors").glob("*/rows*.f32"), key=lambda p: p.stat().st_size)
    if not stores:
        raise SystemExit(f"{workspace}: no vectors; run rag-app index --workspace {workspace}")
    width = json.loads((stores[-1].parent / "store.json").read_text())["dimension"]
    return np.fromfile(stores[-1], dtype=np.float32).reshape(-1, width)


def noisy(rows: FloatArray, cosine: float, real: FloatArray, rng: np.random.Generator) -> FloatArray:
    """`rows` turned away to about `cosine` of themselves, in directions in which real passages differ."""
    one, other = (real[rng.integers(len(real), size=len(rows))] for _ in range(2))
    noise = one - other + rng.standard_normal(rows.shape, dtype=np.float32) * 0.005
    noise *= np.sqrt(1 / cosine**2 - 1) / np.linalg.norm(noise, axis=1, keepdims=True)
    return truncate(rows + noise, rows.shape[1])


def grown(real: FloatArray, count: int, folder: Path) -> FloatArray:
    """float32[count, full] on disk."""
    rng = np.random.default_rng(count)
    rows = np.lib.format.open_memmap(folder / "full.npy", "w+", np.float32, (count, real.shape[1]))
    for start in range(0, count, BLOCK):
        end = min(start + BLOCK, count)
        rows[start:end] = noisy(real[np.arange(start, end) % len(real)], 0.85, real, rng)
    return rows


def exact(rows: FloatArray, queries: FloatArray, k: int = 10) -> list[set[int]]:
    """The k nearest of each query, by looking at every row."""
    scores = np.full((len(queries), k), -np.inf, np.float32)
    places = np.zeros((len(queries), k), np.int64)
    for start in range(0, len(rows), BLOCK):
        new = queries @ np.asarray(rows[start : start + BLOCK]).T
        both = np.concatenate([scores, new], axis=1)
        at = np.concatenate(
            [places, np.broadcast_to(np.arange(start, start + new.shape[1]), new.shape)], axis=1
        )
        top = np.argpartition(-both, k, axis=1)[:, :k]
        scores, places = np.take_along_axis(both, top, 1), np.take_along_axis(at, top, 1)
    return [set(row.tolist()) for row in places]


@contextmanager
def chroma_server(folder: Path) -> Iterator[chroma.Server]:
    """A real `chroma run` on a free port."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        str(Path(sys.executable).with_name("chroma")),
        "run",
        "--path",
        str(folder),
        "--port",
        str(port),
    ]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = chroma.server_of(f"http://127.0.0.1:{port}")
    try:
        for _ in range(300):
            time.sleep(0.1)
            try:
                chroma.names(server, "")
                break
            except Exception:
                continue
        yield server
    finally:
        running.terminate()
        running.wait()


def timed(
    found: Nearest, cut: FloatArray, full: FloatArray, k: int, kept: Any = None
) -> tuple[list[set[int]], Row]:
    """What `k` nearest each question finds, and the milliseconds it takes."""
    got, took = [], []
    for vector, query in zip(cut, full, strict=True):
        start = time.perf_counter()
        places, _ = found.find(vector, query, k, kept)
        took.append((time.perf_counter() - start) * 1000)
        got.append(set(places[:10].tolist()))
    p50, p95 = np.percentile(took, [50, 95])
    return got, {"p50_ms": round(float(p50), 2), "p95_ms": round(float(p95), 2)}


def recall(got: list[set[int]], wanted: list[set[int]]) -> float:
    """Share of the wanted that is found."""
    return round(float(np.mean([len(a & b) / len(b) for a, b in zip(got, wanted, strict=True)])), 4)


def measure(real: FloatArray, count: int, dim: int, served: bool, folder: Path) -> list[Row]:
    """All figures of one size."""
    full = grown(real, count, folder)
    rng = np.random.default_rng(1)
    questions = noisy(np.asarray(full[rng.choice(count, QUESTIONS, replace=False)]), 0.7, real, rng)
    want_full = exact(full, questions)
    rows = []
    for width in dict.fromkeys((dim, 64, real.shape[1])) if count <= 100_000 else (dim,):
        axes = main_axes(full, width) if width < real.shape[1] else None
        cut = np.lib.format.open_memmap(folder / f"cut{width}.npy", "w+", np.float32, (count, width))
        for start in range(0, count, BLOCK):
            part = np.asarray(full[start : start + BLOCK])
            cut[start : start + BLOCK] = part if axes is None else truncate(part @ axes, width)
        asked = questions if axes is None else truncate(questions @ axes, width)
        want_cut = exact(cut, asked)
        places: list[tuple[str, Any]] = [("embedded", folder / f"chroma{width}")]
        with chroma_server(folder / "server") if served and width == dim else _none() as server:
            if server is not None:
                places.append(("server", server))
            for name, place in places:
                rows += _measured(name, place, count, cut, full, asked, questions, want_cut, want_full)
                print(shown(name, rows), flush=True)
    return rows


@contextmanager
def _none() -> Iterator[None]:
    yield None


def _measured(
    name: str, place: Any, count: int, cut: FloatArray, full: FloatArray, asked: FloatArray,
    questions: FloatArray, want_cut: list[set[int]], want_full: list[set[int]],
) -> list[Row]:  # fmt: skip
    width = cut.shape[1]
    about: Row = {"vectors": count, "dim": width, "where": name}
    start = time.perf_counter()
    chroma.write(place, "scale", cut, Hnsw())
    built = time.perf_counter() - start
    on_disk = (
        sum(p.stat().st_size for p in place.rglob("*") if p.is_file()) / 1e6 if name == "embedded" else 0.0
    )
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    rows: list[Row] = []
    ladder: Hnsw | None = Hnsw()
    while ladder is not None and ladder.max_neighbors == Hnsw().max_neighbors:  # what needs no new build
        found = chroma.open_collection(place, "scale", ef_search=ladder.ef_search)
        one = Nearest(cut, found)
        timed(one, asked[:20], questions[:20], 10)  # opens the segments
        got, took = timed(one, asked, questions, 10)
        row = about | {"stage": f"one, ef {ladder.ef_search}", "recall_cut": recall(got, want_cut)}
        rows.append(row | {"recall_full": recall(got, want_full)} | took)
        full_places = FullWidth(lambda at: np.asarray(full[at]), np.arange(count))
        for depth in (2, 4, 8, 16) if ladder.ef_search == 100 else ():
            two = Nearest(cut, found, full_places, depth, 10)
            got, took = timed(two, asked, questions, 10)
            rows.append(about | {"stage": f"two, {depth}x", "recall_full": recall(got, want_full)} | took)
        if ladder.ef_search == 100:
            company = np.arange(count // COMPANIES, 2 * (count // COMPANIES))
            _, took = timed(one, asked, questions, 100, company)
            rows.append(about | {"stage": "one company, exact"} | took)
            _, took = timed(one, asked, questions, 100)
            rows.append(about | {"stage": "one, k 100"} | took)
        found.close()
        ladder = ladder.harder()
    rows[0] |= {"build_s": round(built, 1), "disk_mb": round(on_disk), "child_mb": round(memory)}
    return rows


def shown(name: str, rows: list[Row]) -> str:
    """A table in which a row may lack a figure."""
    keys = dict.fromkeys(key for row in rows for key in row)
    return table(name, [{key: row.get(key, "") for key in keys} for row in rows])


def main() -> None:
    """Measure each size that the results lack, then print all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--dim", type=int, default=128)
    parser.add_argument("--server", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("scale.json"))
    given = parser.parse_args()
    real = real_rows(given.workspace)
    done: dict[str, list[Row]] = json.loads(given.out.read_text()) if given.out.exists() else {}
    for size in given.sizes.split(","):
        if size in done:
            continue
        folder = Path(tempfile.mkdtemp(prefix="scale-"))
        try:
            done[size] = measure(real, int(size), given.dim, given.server, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        given.out.write_text(json.dumps(done, indent=1))
    for size, rows in done.items():
        print(shown(f"{int(size):,} vectors", rows))


if __name__ == "__main__":
    main()
