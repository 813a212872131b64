"""Where the time of a first ingest and index goes, stage by stage.

    python -m benchmarks.stages FILE_OR_FOLDER… [--dim 128]

`parse` is reading, tables, Items and cutting, in a process of its own a file; `embed` is the model; `words`
BM25, texts and filters; `cut` the slice; `index` Chroma; `verify` and the rest what is left.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from benchmarks.table import Row, table
from finetune.training.train import calm_threads
from rag_app.core.config import Settings, Workspace
from rag_app.core.types import Progress
from rag_app.indexing import build_index
from rag_app.pipeline import ingest


class Clock:
    """A listener that books the time since the last event to the stage of this one."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._last = time.perf_counter()

    def __call__(self, step: Progress) -> None:
        self.book(step.stage)

    def book(self, stage: str) -> None:
        now = time.perf_counter()
        self.spent[stage] = self.spent.get(stage, 0.0) + now - self._last
        self._last = now


def main() -> None:
    """Take the files in, index them, and cut them again."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--dim", type=int, default=128)
    given = parser.parse_args()
    calm_threads()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "ws").create()
        clock = Clock()
        report = ingest(workspace, given.files, clock)
        clock.book("ingest")
        first = build_index(workspace, Settings(), "base", None, clock)
        clock.book("verify and the rest")
        again = Clock()
        second = build_index(workspace, Settings(), "base", given.dim, again)
        again.book("verify and the rest")
        unchanged = time.perf_counter()
        ingest(workspace, given.files)
        build_index(workspace, Settings(), "base", given.dim)
        unchanged = time.perf_counter() - unchanged
    size = sum(
        p.stat().st_size for f in given.files for p in ([f] if f.is_file() else f.rglob("*")) if p.is_file()
    )
    total = sum(clock.spent.values())
    rows: list[Row] = [
        {
            "stage": stage,
            "s": spent,
            "share": f"{spent / total:.0%}",
            f"then {given.dim}-d, s": again.spent.get(stage, 0.0),
        }
        for stage, spent in clock.spent.items()
    ]
    print(table(f"{len(report.added)} files, {size / 1e6:.0f} MB, {first.manifest.chunks:,} passages", rows))
    print(
        f"total {total:.1f} s; then {given.dim}-d {second.seconds:.1f} s; nothing changed {unchanged:.1f} s"
    )


if __name__ == "__main__":
    main()
