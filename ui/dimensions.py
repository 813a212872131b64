"""What each dimension of a model's index costs, measured on the filings at hand: quality, size, time.

What a command and a button both call. Draws nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import WorkspaceError
from rag_app.core.fusion import POOL
from rag_app.core.registry import ModelRef, resolve_model
from rag_app.core.types import Chunk, Encoder, FloatArray, Progress, ProgressFn, no_progress
from rag_app.embedder import load_encoder
from rag_app.index.corpus import open_corpus
from rag_app.index.manifest import Manifest
from rag_app.index.opened import Index
from rag_app.indexing import KEEP, build_index
from ui.dimension_table import (
    DimensionRow,
    DimensionTable,
    as_it_is,
    cuts_of,
    label,
    row_of,
    save_dimensions,
)
from ui.lineage import lineage, too_good

if TYPE_CHECKING:
    from finetune.evaluation.chunk_queries import ChunkQueries

STAGE = "measuring dimensions"
STAND_INS = 100
"""Passages whose first words are searched for where there are no questions: times need some."""
WARM = 10  # searches before any is timed: the first load the graph
ALONE = 20  # questions encoded one at a time, to tell what one takes


@dataclass(frozen=True, slots=True)
class _Questions:
    """What is asked: texts, and how they are judged (None: only timed)."""

    texts: Sequence[str]
    judged: ChunkQueries | None = None
    source: str = ""
    skipped: str = ""
    note: str = ""


def measure_dimensions(
    workspace: Workspace,
    settings: Settings,
    model: str = "base",
    dims: Sequence[int] = (),
    questions: str | None = None,
    on_progress: ProgressFn = no_progress,
    load: Callable[[], Encoder] | None = None,
) -> DimensionTable:
    """Build what is missing, ask every build the same questions over all filings, save the table.

    Always the full width, `dims` (default: those the model was tuned at, or 256, 128 and 64), and the two
    narrowest rescored. `questions` is a pairs file; without one they are made from the filings. Serves
    nothing. Raises UsageError for a dimension the model lacks, PairsError for questions that no passage
    answers, and what `build_index` raises.
    """
    from finetune.data.pairs import load_pairs

    pairs = load_pairs(questions) if questions else None  # first: what is wrong with it is told at once
    ref = resolve_model(workspace, settings, model)
    encoder = (load or (lambda: load_encoder(ref)))()
    cuts = cuts_of(ref, encoder.dimension, dims)

    def build(place: int) -> Manifest:
        def inside(step: Progress) -> None:
            if step.stage == "embed":
                on_progress(step)
            else:
                tell(place, f"{step.stage} {step.done:,}")

        return build_index(
            workspace,
            settings,
            model,
            on_progress=inside,
            load=lambda: encoder,
            cut=cuts[place],
            keep=KEEP + len(cuts),
            activate=False,
        ).manifest

    def tell(place: int, what: str) -> None:
        on_progress(Progress(STAGE, place, len(cuts), f"{label(cuts[place])}: {what}"))

    first = build(0)
    chunks = list(open_corpus(workspace.indexes, first.corpus_hash).chunks)
    on_progress(Progress(STAGE, 0, len(cuts), "choosing questions"))
    asked = _questions(workspace, ref, model, chunks, pairs)
    vectors = encoder.encode_queries(list(asked.texts))
    rows: list[DimensionRow] = []
    found: list[list[float]] = []
    for place in range(len(cuts)):
        made = build(place) if place else first
        if made.corpus_hash != first.corpus_hash:
            raise WorkspaceError("the filings changed while dimensions were measured; run rag-app dims again")
        folder = workspace.indexes / made.build_id
        index = Index(folder, workspace.vectors)
        try:
            times, scores = _searched(index, vectors, asked.judged, partial(tell, place))
        finally:
            index.close()
        found.append(scores)
        p50, p95 = (float(p) for p in np.percentile(times, (50, 95)))
        row = replace(row_of(made), chroma_mb=_chroma_mb(folder), p50_ms=p50, p95_ms=p95)
        rows.append(_judged(row, found[0], scores))
    table = DimensionTable(
        model,
        first.fingerprint,
        first.corpus_hash,
        first.full_dimension,
        tuple(rows),
        datetime.now(UTC).isoformat(timespec="seconds"),
        first.chunks,
        len(found[0]),
        asked.source,
        asked.skipped,
        asked.note,
        _encode_ms(encoder, asked.texts),
        first.chunks * first.full_dimension * 4 / 1e6,
    )
    save_dimensions(workspace, table)
    on_progress(Progress(STAGE, len(cuts), len(cuts)))
    return as_it_is(workspace, table)


def _judged(row: DimensionRow, whole: Sequence[float], scores: Sequence[float]) -> DimensionRow:
    """With the mean nDCG@10 of the questions' `scores`, and which share it is of the full width's."""
    from finetune.evaluation.significance import paired_bootstrap

    if not scores:
        return row
    full, mean = float(np.mean(whole)), float(np.mean(scores))
    if not full:
        return replace(row, ndcg=mean)
    gain = paired_bootstrap(whole, scores)
    return replace(row, ndcg=mean, share=mean / full, low=1 + gain.low / full, high=1 + gain.high / full)


def _questions(
    workspace: Workspace, ref: ModelRef, model: str, chunks: Sequence[Chunk], pairs: Any
) -> _Questions:
    from finetune.evaluation.chunk_scores import answerable
    from finetune.evaluation.forgetting import made_check

    if pairs is not None:
        judged = answerable(pairs.pairs, chunks)
        note = too_good(workspace, ref, model, pairs, "chunks", 0)
        return _Questions(judged.queries, judged, Path(pairs.name).name, note=note)
    trained, note = _trained_on(workspace, ref, model)
    check = made_check(chunks, trained=trained)
    if check.skipped and trained:  # dimensions of one model can still be told apart by what it has seen
        check = made_check(chunks)
        note = f"{model} was trained on passages that are asked about, so its figures here are too good"
    if check.skipped:
        step = max(1, len(chunks) // STAND_INS)
        words = [" ".join(c.text.split()[:12]) or c.head for c in chunks[::step][:STAND_INS]]
        return _Questions(words, skipped=check.skipped)
    judged = answerable(check.pairs, chunks)
    return _Questions(judged.queries, judged, check.name, note=note)


def _trained_on(workspace: Workspace, ref: ModelRef, model: str) -> tuple[list[str], str]:
    """The passages that the model and those it comes from were tuned on, and what is not known of them."""
    from finetune.data.pairs import load_pairs

    texts: list[str] = []
    note = ""
    for record in lineage(workspace, ref):
        kept = sorted(workspace.runs.glob(f"synthetic*-{record.pairs_sha256[:12]}.jsonl"))
        for path in kept:
            texts += [pair.context for pair in load_pairs(str(path)).pairs]
        if not kept:
            note = (
                f"{model} was tuned on {record.pairs}, which may hold passages that are asked about: its "
                "figures here may be too good"
            )
    return texts, note


def _searched(
    index: Index, vectors: FloatArray, asked: ChunkQueries | None, tell: Callable[[str], None]
) -> tuple[list[float], list[float]]:
    """Milliseconds of every search for the usual number of passages, and nDCG@10 of every question."""
    from finetune.evaluation.chunk_scores import depth_of, judge
    from finetune.evaluation.evaluate import first_of_equals

    same = first_of_equals(asked.corpus) if asked else []
    times, scores = [], []
    for vector in vectors[:WARM]:
        index.search(vector, POOL)
    for number, vector in enumerate(vectors):
        started = time.perf_counter()
        hits = index.search(vector, POOL)
        times.append(1000 * (time.perf_counter() - started))
        if asked:
            if depth_of(asked, number) > POOL:
                hits = index.search(vector, depth_of(asked, number))
            scores.append(judge(asked, number, [place for place, _ in hits], same).ndcg)
        if number % 25 == 0:
            tell(f"question {number:,} of {len(vectors):,}")
    return times, scores


def _encode_ms(encoder: Encoder, texts: Sequence[str]) -> float:
    times = []
    for text in texts[:ALONE]:
        started = time.perf_counter()
        encoder.encode_queries([text])
        times.append(1000 * (time.perf_counter() - started))
    return float(np.median(times))


def _chroma_mb(folder: Path) -> float | None:
    """None where Chroma is a server."""
    files = [path.stat().st_size for path in (folder / "chroma").rglob("*") if path.is_file()]
    return sum(files) / 1e6 if files else None
