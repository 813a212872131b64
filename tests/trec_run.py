"""A TREC run as other tools read it."""

from __future__ import annotations

from pathlib import Path


def read_run(path: Path) -> tuple[dict[str, list[tuple[str, float]]], str]:
    """The rankings of a run file, by rank, and its tag."""
    ranked: dict[str, list[tuple[int, str, float]]] = {}
    tag = ""
    for line in path.read_text("utf-8").splitlines():
        query, _, document, rank, score, tag = line.split()
        ranked.setdefault(query, []).append((int(rank), document, float(score)))
    return {q: [(d, s) for _, d, s in sorted(found)] for q, found in ranked.items()}, tag
