"""The three acts of the application: take filings in, build an index, ask.

Composes the rooms beside it; a command and a button call the same function here.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import FilingError, IndexStateError, UsageError
from rag_app.core.files import locked
from rag_app.core.registry import ModelRef, activate_build, file_sha256, load_active, resolve_model
from rag_app.core.types import Chunk, Encoder, Filing, FilingMeta, Progress, ProgressFn, no_progress
from rag_app.cutting import Cutting, cutting_of
from rag_app.embedder import load_encoder, reference_fingerprint
from rag_app.filings.edgar.fetch import read_fetch_meta
from rag_app.filings.read import check_file, find_filings, shown
from rag_app.index import Manifest, build, build_id, drop, list_builds, read_manifest
from rag_app.parsing import Job, Parsed, failed, parse
from rag_app.processes import CannotStart, Lost, in_processes
from rag_app.store import (
    StoredFiling,
    corpus_hash,
    list_filings,
    original_path,
    remove_filing,
    save_filing,
    snapshot,
    sweep,
)
from rag_app.tokens import too_long
from rag_app.vectors import embed_missing

POOL_FROM = 3  # files from which starting worker processes pays for itself
MOST_PROCESSES = 8  # each may take a gigabyte; more would wait for this one to store what they read
POOL_BYTES = 8 * 2**20  # a file this large goes to a process of its own, and its memory with it


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What came of each file."""

    added: tuple[StoredFiling, ...]
    unchanged: tuple[StoredFiling, ...]
    failed: tuple[Failure, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class IndexReport:
    """A build and what it took. `reused`: the same build was there; `embedded`: texts embedded.

    `truncated`: passages longer than this model reads, whose ends are not in their vectors.
    """

    manifest: Manifest
    arm: str | None
    embedded: int
    reused: bool
    seconds: float
    truncated: int = 0


def ingest(
    workspace: Workspace, paths: Sequence[Path], on_progress: ProgressFn = no_progress
) -> IngestReport:
    """Parse, cut and store every file under `paths`; one bad file never stops the rest.

    A file already in, unchanged, is left alone; a changed file replaces what came from its path.
    Raises UsageError for a path that does not exist or holds no filing.
    """
    started = time.perf_counter()
    files = find_filings(paths)
    if not files:
        raise UsageError(f"{paths[0] if paths else 'no path'}: no .htm, .html, .txt or .pdf file there")
    workspace.create()
    with locked(workspace.lock("filings"), "ingest"):
        sweep(workspace)
        cutting = cutting_of(workspace)
        known = list_filings(workspace)
        current = {f.sha256: f for f in known if f.chunker == cutting.version}
        added: list[StoredFiling] = []
        unchanged: list[StoredFiling] = []
        bad: list[Failure] = []
        todo: dict[str, list[Path]] = {}  # the same bytes under two names are one filing
        for path in files:
            try:
                check_file(path)
                sha256 = file_sha256(path)
            except (FilingError, OSError) as error:
                why = error.strerror if isinstance(error, OSError) else error
                bad.append(Failure(shown(path), f"{shown(path)}: {why}"))
                continue
            if sha256 in current:
                unchanged.append(current[sha256])
            else:
                todo.setdefault(sha256, []).append(path)
        jobs = [Job(paths[0], cutting, _told(paths)) for paths in todo.values()]
        on_progress(Progress("ingest", 0, len(jobs)))
        for done, (paths, parsed) in enumerate(zip(todo.values(), _parse_all(jobs), strict=True), start=1):
            try:
                if parsed.filing is None:
                    raise FilingError(parsed.reason)
                stored = save_filing(workspace, parsed.filing, parsed.chunks, parsed.path, cutting.version)
            except (FilingError, OSError) as error:
                why = _unsaved(parsed.path, error) if isinstance(error, OSError) else str(error)
                bad.append(Failure(shown(parsed.path), why))
                same = f"the same bytes as {shown(parsed.path)}, which failed"
                bad += [Failure(shown(path), f"{shown(path)}: {same}") for path in paths[1:]]
            else:
                added.append(stored)
                unchanged += [stored] * (len(paths) - 1)
                for old in known:  # only now: what replaces it is safe
                    if old.path == stored.path and old.filing_id != stored.filing_id:
                        remove_filing(workspace, old.filing_id)
            on_progress(Progress("ingest", done, len(jobs), shown(parsed.path)))
    return IngestReport(tuple(added), tuple(unchanged), tuple(bad), time.perf_counter() - started)


def _told(paths: Sequence[Path]) -> FilingMeta | None:
    """What EDGAR said of a file that fetch brought."""
    return next((told for path in paths if (told := read_fetch_meta(path))), None)


def _unsaved(path: Path, error: OSError) -> str:
    return f"{shown(path)}: cannot be stored ({error.strerror or error}); free space, then ingest it"


def refresh(workspace: Workspace, on_progress: ProgressFn = no_progress) -> IngestReport:
    """Cut the stored originals again, those that an older chunker cut."""
    started = time.perf_counter()
    cutting = cutting_of(workspace)
    old = [f for f in list_filings(workspace) if f.chunker != cutting.version]
    added, bad = [], []
    with locked(workspace.lock("filings"), "refresh"):
        for done, stored in enumerate(old, start=1):
            original = original_path(workspace, stored.filing_id)
            job = Job(original, cutting, stored.meta, (stored.filing_id, stored.source))
            parsed = parse(job)
            if parsed.filing is None:
                bad.append(Failure(stored.source, parsed.reason))
            else:
                added.append(
                    save_filing(
                        workspace, parsed.filing, parsed.chunks, original, cutting.version, stored.path
                    )
                )
            on_progress(Progress("ingest", done, len(old), stored.source))
    return IngestReport(tuple(added), (), tuple(bad), time.perf_counter() - started)


def cut(path: Path, cutting: Cutting) -> tuple[Filing, list[Chunk]]:
    """What `ingest` would store of one file. Raises FilingError."""
    parsed = parse(Job(path, cutting, read_fetch_meta(path)))
    if parsed.filing is None:
        raise FilingError(parsed.reason)
    return parsed.filing, list(parsed.chunks)


def build_index(
    workspace: Workspace,
    settings: Settings,
    model: str = "base",
    dim: int | None = None,
    on_progress: ProgressFn = no_progress,
    load: Callable[[], Encoder] | None = None,
) -> IndexReport:
    """Embed what is missing, build at `dim` (default: full width), verify, activate.

    Nothing new embeds nothing; another dimension embeds nothing. "base" and "tuned" become what
    their arm serves; any other model is found by its name. Raises IndexStateError without filings,
    UsageError for a dimension the model does not have.
    """
    started = time.perf_counter()
    ref = resolve_model(workspace, settings, model)
    fingerprint = reference_fingerprint(ref)
    with locked(workspace.lock("index"), "build an index"):
        filings, chunks = snapshot(workspace)
        if not chunks:
            raise IndexStateError(f"{workspace.root}: no filings to index; run: rag-app ingest PATH")
        store, embedded = embed_missing(
            workspace.vectors / fingerprint,
            fingerprint,
            load or (lambda: load_encoder(ref)),
            [c.embed_text for c in chunks],
            on_progress,
        )
        dimension = store.dimension if dim is None else dim
        if not 1 <= dimension <= store.dimension:
            raise UsageError(f"--dim {dim}: expected 1 to {store.dimension}, the width of {model!r}")
        corpus = corpus_hash(filings)
        known = {m.build_id: m for m in list_builds(workspace.indexes)}
        manifest = known.get(build_id(corpus, fingerprint, dimension))
        reused = manifest is not None
        if manifest is None:
            manifest = build(
                workspace.indexes,
                chunks,
                store.get([c.content_hash for c in chunks]),
                model=_lasting_name(ref, settings),
                fingerprint=fingerprint,
                dimension=dimension,
                corpus_hash=corpus,
                on_progress=on_progress,
            )
        arm = model if model in ("base", "tuned") else None
        if ref.record and load_active(workspace).tuned == ref.record.model_id:
            arm = "tuned"
        if arm:
            activate_build(workspace, arm, manifest.build_id)
        _collect(workspace)
    cut_off = too_long(ref, [c.embed_text for c in chunks])
    return IndexReport(manifest, arm, embedded, reused, time.perf_counter() - started, cut_off)


def stale_arms(workspace: Workspace) -> list[str]:
    """The arms whose build no longer holds exactly the filings of the workspace."""
    builds = load_active(workspace).builds
    if not builds:
        return []
    now = corpus_hash(list_filings(workspace))
    return [arm for arm, b in sorted(builds.items()) if _corpus_of(workspace.indexes / b) != now]


def _corpus_of(build: Path) -> str | None:
    """The corpus a build holds; None for one that is gone or damaged."""
    try:
        return read_manifest(build).corpus_hash
    except IndexStateError:
        return None


def _lasting_name(ref: ModelRef, settings: Settings) -> str:
    """A name that still means this model after another one is activated or set as base."""
    if ref.record:
        return ref.record.model_id
    if ref.name == "base":
        return settings.base_model
    return str(ref.path) if ref.kind == "folder" else ref.name


def _collect(workspace: Workspace) -> None:
    """Drop what no arm serves or could go back to, but keep the newest few: dimensions switch fast."""
    active = load_active(workspace)
    keep = set(active.builds.values())
    for before in active.previous:
        keep |= set(dict(before["builds"]).values())
    keep |= {m.build_id for m in list_builds(workspace.indexes)[-8:]}
    drop(workspace.indexes, keep)


def _parse_all(jobs: Sequence[Job]) -> Iterator[Parsed]:
    """Parsed files in the order given, from worker processes when there is enough to do."""
    large = any(job.path.stat().st_size >= POOL_BYTES for job in jobs if job.path.exists())
    done = 0
    if len(jobs) >= POOL_FROM or large:
        try:
            for done, result in enumerate(
                in_processes(parse, jobs, min(os.cpu_count() or 1, MOST_PROCESSES)), start=1
            ):
                if isinstance(result, Lost):
                    path = jobs[done - 1].path
                    remedy = "a damaged or hostile file? Download it again, or leave it out"
                    yield failed(path, f"{shown(path)}: its parser {result.reason}; {remedy}")
                else:
                    yield result
            return
        except CannotStart:
            pass  # a script without a `__main__` guard: this process does the rest
    yield from map(parse, jobs[done:])


def remove(workspace: Workspace, filing_id: str) -> StoredFiling:
    """Take a filing out, by id or file name; the index keeps serving it until it is rebuilt.

    Raises UsageError for an unknown one.
    """
    with locked(workspace.lock("filings"), "remove a filing"):
        return remove_filing(workspace, filing_id)
