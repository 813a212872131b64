"""One line a filing: facts covered, Items, metadata against a manifest, speed; and edgartools beside it.

A `manifest.csv` beside the files tells what is true of them (file, company, ticker, cik, form, fiscal_year,
fiscal_period, period_end). PYTHON is an interpreter of a throw-away environment that has edgartools.
"""

from __future__ import annotations

import csv
import json
import re
import resource
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.coverage import Coverage, measure
from benchmarks.table import Row
from rag_app.core.config import Workspace
from rag_app.core.types import Chunk, Filing, FilingMeta
from rag_app.cutting import cutting_of
from rag_app.filings.meta.metadata import parse_date
from rag_app.filings.read import read_filing

REPEATS = 3


def bench_filings(files: Sequence[Path], edgartools: str = "") -> list[Row]:
    """Rows of the table; prints a line for every fact that is not held, with the cause."""
    cutting = cutting_of(Workspace(Path("workspace")))
    rows, missed = [], []
    for path in files:
        times = []
        for _ in range(REPEATS):
            started = time.perf_counter()
            filing = read_filing(path)
            chunks = cutting.chunks(filing)
            times.append(time.perf_counter() - started)
        row: Row = {"file": path.name, "form": filing.meta.form, "chunks": len(chunks)}
        row |= {"items": _items(filing, chunks), "metadata": _metadata(filing.meta, path)}
        data = path.read_bytes()
        tagged = b"ix:nonfraction" in data.lower()
        if tagged:
            covered = measure(data, [chunk.full_text for chunk in chunks])
            row["facts"] = _share(covered)
            missed += [_cause(path.name, why, sight) for why, sight in covered.missed]
        else:
            row["facts"] = ""
        row["speed"] = _speed(path, min(times), chunks)
        row["warnings"] = len(filing.warnings)
        if edgartools:
            row |= _other(edgartools, path, data, tagged, min(times))
        rows.append(row)
    print("\n".join([f"\nfacts not held: {len(missed)}", *missed, f"peak memory {peak_mb():.0f} MB"]))
    return rows


def peak_mb() -> float:
    """The most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _share(covered: Coverage) -> str:
    return f"{covered.held}/{covered.total} {covered.share:.2%}"


def _cause(name: str, why: str, sight: Any) -> str:
    return f"{name}: {why} of {sight.fact.text} ({sight.fact.concept}), row {sight.label[:60]!r}"


def _items(filing: Filing, chunks: Sequence[Chunk]) -> str:
    """How many Items there are, and the share of chunks that stand in one."""
    found = Counter(chunk.item for chunk in chunks)
    inside = sum(count for item, count in found.items() if item)
    return f"{len([i for i in found if i])} ({inside / max(1, len(chunks)):.0%})"


def _metadata(meta: FilingMeta, path: Path) -> str:
    manifest = path.parent / "manifest.csv"
    if not manifest.exists():
        return ""
    with manifest.open(encoding="utf-8") as file:
        truth = next((row for row in csv.DictReader(file) if row["file"] == path.name), None)
    if truth is None:
        return ""
    got = {
        name: str(getattr(meta, name) or "")
        for name in (
            "company",
            "ticker",
            "cik",
            "form",
            "fiscal_year",
            "fiscal_period",
            "period_end",
            "filed",
        )
    }
    wrong, silent, right = [], [], 0
    for name, value in got.items():
        told = truth.get(name) or ""
        told = (parse_date(told) or told) if name in {"period_end", "filed"} else told
        if name == "company":  # EDGAR's "BUCKLE INC" is the document's "The Buckle, Inc."
            told, value = (re.sub(r"^the|\W", "", text.casefold())[:8] for text in (told, value))
        if told and not value:
            silent.append(name)
        elif told and value.casefold() != told.casefold():
            wrong.append(f"{name}={value}")
        elif told:
            right += 1
    return (
        f"{right} right"
        + (f", not told: {' '.join(silent)}" if silent else "")
        + (f", WRONG: {' '.join(wrong)}" if wrong else "")
    )


def _speed(path: Path, seconds: float, chunks: Sequence[Chunk]) -> str:
    if path.suffix == ".pdf":
        pages = max((chunk.page or 0 for chunk in chunks), default=0)
        return f"{1000 * seconds / max(1, pages):.1f} ms/page"
    return f"{seconds / (path.stat().st_size / 1e6):.3f} s/MB"


def _other(python: str, path: Path, data: bytes, tagged: bool, ours: float) -> Row:
    if path.suffix == ".pdf":
        return {"edgartools chunks": "", "edgartools tables": "", "its time": "", "its MB": ""}
    script = Path(__file__).with_name("passages_edgartools.py")
    done = subprocess.run([python, str(script), str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        failed = (done.stderr.strip().splitlines() or ["failed"])[-1][:40]
        return {"edgartools chunks": failed, "edgartools tables": "", "its time": "", "its MB": ""}
    told = json.loads(done.stdout.strip().splitlines()[-1])
    row: Row = {"edgartools chunks": "", "edgartools tables": ""}
    if tagged:
        row["edgartools chunks"] = f"{measure(data, told['chunks']).share:.2%}"
        row["edgartools tables"] = f"{measure(data, told['tables']).share:.2%}"
    return row | {"its time": f"{told['seconds'] / ours:.1f}x", "its MB": f"{told['peak_mb']:.0f}"}
