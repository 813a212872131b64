"""The dimensions of a model's index with what each costs: what was measured, what is built, what is served.

Measures nothing (`ui.dimensions` does) and draws nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import IndexStateError, WorkspaceError
from rag_app.core.files import read_json, write_json_atomic
from rag_app.core.registry import ModelRef, load_active, resolve_model
from rag_app.index.manifest import Manifest, list_builds, read_manifest
from rag_app.indexing import Cut
from rag_app.store import corpus_hash, list_filings

VERSION = 1
KEPT = 0.97
"""The share of the full width's nDCG@10 that a suggested dimension keeps on average,"""
AT_WORST = 0.90
"""and the least that the 95% interval of that share may reach down to."""
NARROW = 2
"""The narrowest dimensions that are also measured with what they find ranked again at full width."""


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """One way to cut a model's index. Times in milliseconds, sizes in MB; None: not measured, not built.

    mb: the vectors on disk, `chroma_mb` what of it is Chroma's. p50_ms, p95_ms: one search, the question
    being encoded already. share: of the full width's nDCG@10, `low` to `high` its 95% interval. arm: which
    serves it now.
    """

    dimension: int
    turned: bool = False
    rescored: bool = False
    build_id: str = ""
    mb: float | None = None
    chroma_mb: float | None = None
    seconds: float | None = None
    recall_at_10: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    ndcg: float | None = None
    share: float | None = None
    low: float | None = None
    high: float | None = None
    arm: str | None = None
    built: bool = False

    @property
    def cut(self) -> Cut:
        """What `build_index` takes to build, or to serve, this one."""
        return Cut(self.dimension, self.turned if self.build_id else None, self.rescored)

    @property
    def key(self) -> str:
        """Tells the rows of one table apart: "64", "64t" turned, "64tr" rescored."""
        return f"{self.dimension}{'t' * self.turned}{'r' * self.rescored}"


@dataclass(frozen=True, slots=True)
class DimensionTable:
    """The dimensions of one model over one corpus, widest first. `measured`: when, "" for never.

    `skipped` says why there is no nDCG, `note` why it may be too good. encode_ms: one question;
    store_mb: the full-width vectors, which are kept whatever is served.
    """

    model: str
    fingerprint: str
    corpus_hash: str
    full_dimension: int
    rows: tuple[DimensionRow, ...] = ()
    measured: str = ""
    chunks: int = 0
    questions: int = 0
    source: str = ""
    skipped: str = ""
    note: str = ""
    encode_ms: float | None = None
    store_mb: float | None = None


def load_dimensions(workspace: Workspace, settings: Settings, model: str) -> DimensionTable | None:
    """What was measured of `model` over the filings as they are now, and what else there is or could be.

    Builds that were not measured have a row without figures, and so have the usual dimensions that are
    not built. Loads no model. None where neither a record nor a served build tells the model's width.
    Raises what `resolve_model` raises.
    """
    ref = resolve_model(workspace, settings, model)
    if ref.record:
        fingerprint, width = ref.record.fingerprint, ref.record.dimension
    else:
        try:
            made = read_manifest(workspace.indexes / load_active(workspace).builds[model])
        except (KeyError, IndexStateError, WorkspaceError):
            return None
        fingerprint, width = made.fingerprint, made.full_dimension
    corpus = corpus_hash(list_filings(workspace))
    table = _read(_path(workspace, corpus, fingerprint))
    if table is None or (table.corpus_hash, table.fingerprint) != (corpus, fingerprint):
        table = DimensionTable(model, fingerprint, corpus, width)
    rows = {row.key: row for row in table.rows}
    for made in list_builds(workspace.indexes):
        ours = (made.corpus_hash, made.fingerprint) == (corpus, fingerprint)
        if ours and bool(made.server) == bool(settings.chroma_url):
            row = row_of(made)
            rows.setdefault(row.key, row)
    there = {(row.dimension, row.rescored) for row in rows.values()}
    for cut in cuts_of(ref, width):
        if (cut.dim, cut.rescored) not in there:
            row = DimensionRow(cut.dim or width, rescored=cut.rescored)
            rows[row.key] = row
    return as_it_is(workspace, replace(table, model=model, rows=tuple(rows.values())))


def suggestion(table: DimensionTable) -> tuple[DimensionRow | None, str]:
    """The smallest dimension that keeps 97% of the full width's nDCG@10, and the sentence that says so.

    None where no smaller one does, where the questions are too few to say, or where there were none; the
    sentence says which.
    """
    if table.skipped:
        return None, f"nDCG@10 was not measured: {table.skipped}; give questions with --questions FILE"
    judged = [row for row in table.rows if row.share is not None and row.dimension < table.full_dimension]
    if not judged:
        return None, ""
    kept = [row for row in judged if (row.share or 0.0) >= KEPT]
    if not kept:
        best = max(judged, key=lambda row: (row.share or 0.0, -row.dimension))
        return None, (
            f"no smaller dimension keeps {KEPT:.0%} of the full width's nDCG@10; "
            f"{label(best)} keeps most, {best.share:.1%}"
        )
    sure = [row for row in kept if (row.low or 0.0) >= AT_WORST]
    if not sure:
        return None, (
            f"{table.questions} questions are too few to say which smaller dimension keeps {KEPT:.0%} of the "
            f"full width's nDCG@10: every interval reaches below {AT_WORST:.0%}"
        )
    row = min(sure, key=lambda row: (row.dimension, row.rescored))
    whole = table.rows[0].mb
    size = f", in {row.mb:.1f} MB instead of {whole:.1f}" if row.mb and whole else ""
    if size and row.rescored and table.store_mb:
        size += f" (and the {table.store_mb:.1f} MB of full-width vectors, which are kept in any case)"
    return row, (
        f"{label(row)} is the smallest that keeps {KEPT:.0%} of the full width's nDCG@10: {row.share:.1%} "
        f"(95% interval {row.low:.1%} to {row.high:.1%}, {table.questions} questions){size}"
    )


def label(row: DimensionRow | Cut) -> str:
    """A row in a word: "64-d", "64-d rescored"."""
    width = row.dimension if isinstance(row, DimensionRow) else row.dim
    return f"{width}-d{' rescored' if row.rescored else ''}"


def cuts_of(ref: ModelRef, width: int, dims: Sequence[int] = ()) -> list[Cut]:
    """The full width, `dims` (default: the usual ones), the narrowest of them rescored too."""
    from finetune.evaluation.evaluate import check_dims, default_dims

    usual = ref.record.dims if ref.record else default_dims(width)
    smaller = [d for d in check_dims(dims or usual, width) if d < width]
    again = [Cut(d, None, rescored=True) for d in smaller[-NARROW:]]
    return [Cut(width), *(Cut(d) for d in smaller), *again]


def row_of(made: Manifest) -> DimensionRow:
    """A build that was not measured."""
    return DimensionRow(
        made.dimension,
        made.turned,
        made.rescored,
        made.build_id,
        made.mb,
        seconds=made.seconds,
        recall_at_10=made.recall_at_10,
    )


def as_it_is(workspace: Workspace, table: DimensionTable) -> DimensionTable:
    """The table with what is built and served at this moment, widest first."""
    arms = {build: arm for arm, build in load_active(workspace).builds.items()}
    there = {made.build_id for made in list_builds(workspace.indexes)}
    rows = [
        replace(row, arm=arms.get(row.build_id), built=row.build_id in there)
        for row in sorted(table.rows, key=lambda row: (-row.dimension, row.rescored, row.turned))
    ]
    return replace(table, rows=tuple(rows))


def _path(workspace: Workspace, corpus: str, fingerprint: str) -> Path:
    return workspace.runs / f"dimensions-{corpus[:10]}-{fingerprint[:10]}.json"


def save_dimensions(workspace: Workspace, table: DimensionTable) -> None:
    """Keep what lasts of a table: not what is built or served."""
    lasting = [{k: v for k, v in asdict(row).items() if k not in ("arm", "built")} for row in table.rows]
    saved = {"version": VERSION} | asdict(table) | {"rows": lasting}
    write_json_atomic(_path(workspace, table.corpus_hash, table.fingerprint), saved)


def _read(path: Path) -> DimensionTable | None:
    """None where nothing was measured, or by another version, or the file is damaged: measure again."""
    with suppress(WorkspaceError, KeyError, TypeError, AttributeError):
        saved = read_json(path)
        if saved.pop("version") == VERSION:
            rows = tuple(DimensionRow(**row) for row in saved.pop("rows"))
            return DimensionTable(rows=rows, **saved)
    return None
