"""The three acts of the application: take filings in, build an index, ask.

Composes the rooms beside it; a command and a button call the same function here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import FilingError, IndexStateError, UsageError, WorkspaceError
from rag_app.core.files import locked
from rag_app.core.registry import ModelRef, activate_build, file_sha256, load_active, resolve_model
from rag_app.core.types import Chunk, Encoder, Filing, FilingMeta, Progress, ProgressFn, no_progress
from rag_app.cutting import Cutting, cutting_of
from rag_app.embedder import load_encoder, reference_fingerprint
from rag_app.filings.edgar.fetch import read_fetch_meta
from rag_app.filings.meta.metadata import accession_in, merge
from rag_app.filings.read import check_file, find_filings, shown
from rag_app.index import Manifest, build, build_id, drop, list_builds, read_manifest
from rag_app.parsing import Job, Parsed, parse, parse_all
from rag_app.store import (
    StoredFiling,
    corpus_hash,
    list_filings,
    move_origin,
    origin,
    original_path,
    remove_filing,
    save_filing,
    snapshot,
    sweep,
)
from rag_app.tokens import too_long
from rag_app.vectors import embed_missing


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

    A file already in, unchanged, is left alone; a changed file replaces what came from its path, unless
    another file of this run still has those bytes. The same bytes are one filing, whatever their names.
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
        seen, bad = _hashed(files)
        known = [_follow(workspace, old, seen.get(old.sha256, [])) for old in list_filings(workspace)]
        stored = {f.sha256: f for f in sorted(known, key=lambda f: f.chunker == cutting.version)}
        added: list[StoredFiling] = []
        unchanged: list[StoredFiling] = []
        todo: list[tuple[list[Path], Job, str | None]] = []
        for sha256, same in seen.items():
            old = stored.get(sha256)
            if old and old.chunker == cutting.version:
                unchanged += [old] * len(same)
                _remove_replaced(workspace, known, old, seen)
            else:
                todo.append((same, _job(same, cutting, old), old.path if old else None))
        done = 0
        on_progress(Progress("ingest", done, len(todo)))
        with closing(parse_all(parse, [job for _, job, _ in todo])) as results:
            for (same, job, came_from), parsed in zip(todo, results, strict=True):
                new = _save(workspace, job, parsed, came_from)
                if isinstance(new, Failure):
                    bad.append(new)
                    why = f"the same bytes as {new.source}, which failed"
                    bad += [Failure(shown(path), f"{shown(path)}: {why}") for path in same[1:]]
                else:
                    added.append(new)
                    unchanged += [new] * (len(same) - 1)
                    _remove_replaced(workspace, known, new, seen)  # only now: what replaces it is safe
                done += 1
                on_progress(Progress("ingest", done, len(todo), shown(job.path)))
    return IngestReport(tuple(added), tuple(unchanged), tuple(bad), time.perf_counter() - started)


def _hashed(files: Sequence[Path]) -> tuple[dict[str, list[Path]], list[Failure]]:
    """The files by their content's hash, and those that cannot be read."""
    seen: dict[str, list[Path]] = {}
    bad = []
    for path in files:
        try:
            check_file(path)
            seen.setdefault(file_sha256(path), []).append(path)
        except (FilingError, OSError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            bad.append(Failure(shown(path), f"{shown(path)}: {why}"))
    return seen, bad


def _follow(workspace: Workspace, old: StoredFiling, same: Sequence[Path]) -> StoredFiling:
    """`old`; if the file it came from is gone or has other bytes now, it came from one of `same`."""
    if not same or old.path in map(origin, same) or _still_there(old):
        return old
    return move_origin(workspace, old, same[0])


def _still_there(stored: StoredFiling) -> bool:
    path = Path(stored.path)
    try:
        check_file(path)
        return file_sha256(path) == stored.sha256
    except (FilingError, OSError):
        return False


def _remove_replaced(
    workspace: Workspace, known: list[StoredFiling], new: StoredFiling, seen: Collection[str]
) -> None:
    """Take out other cuts of the same bytes, and what came from the same path if no file seen holds it."""
    for old in list(known):
        overwritten = old.path == new.path and old.sha256 not in seen
        if old.filing_id != new.filing_id and (overwritten or old.sha256 == new.sha256):
            remove_filing(workspace, old.filing_id)
            known.remove(old)


def _job(same: Sequence[Path], cutting: Cutting, old: StoredFiling | None) -> Job:
    """The work on files of the same bytes; an older cut of them keeps its id and name."""
    if old is None:
        return Job(same[0], cutting, _told(same))
    return Job(same[0], cutting, merge(_told(same), old.told), (old.filing_id, old.source))


def _told(same: Sequence[Path]) -> FilingMeta:
    """What is known from outside a file: what EDGAR said when fetch brought it, or its path's number."""
    told = next((told for path in same if (told := read_fetch_meta(path))), FilingMeta())
    names = [name for path in same for name in (path.name, path.parent.name)]
    return merge(told, FilingMeta(accession=next(filter(None, map(accession_in, names)), None)))


def _save(workspace: Workspace, job: Job, parsed: Parsed, came_from: str | None) -> StoredFiling | Failure:
    if parsed.filing is None:
        return Failure(shown(job.path), parsed.reason)
    try:
        return save_filing(
            workspace, parsed.filing, parsed.chunks, job.path, job.cutting.version, came_from, job.told
        )
    except OSError as error:
        return Failure(shown(job.path), _unsaved(job.path, error))


def _unsaved(path: Path, error: OSError) -> str:
    return f"{shown(path)}: cannot be stored ({error.strerror or error}); free space, then ingest it"


def refresh(workspace: Workspace, on_progress: ProgressFn = no_progress) -> IngestReport:
    """Cut the stored originals again, those that an older chunker cut.

    What a filing knows of itself is found again in its original; what the source told is kept.
    """
    started = time.perf_counter()
    cutting = cutting_of(workspace)
    added, bad = [], []
    todo: list[tuple[StoredFiling, Job]] = []
    with locked(workspace.lock("filings"), "refresh"):
        for old in list_filings(workspace):
            if old.chunker == cutting.version:
                continue
            told = merge(old.told, _told([Path(old.path)])) if _still_there(old) else old.told
            try:
                original = original_path(workspace, old.filing_id)
            except WorkspaceError as error:
                bad.append(Failure(old.source, str(error)))
            else:
                todo.append((old, Job(original, cutting, told, (old.filing_id, old.source))))
        done = 0
        on_progress(Progress("ingest", done, len(todo)))
        with closing(parse_all(parse, [job for _, job in todo])) as results:
            for (old, job), parsed in zip(todo, results, strict=True):
                new = _save(workspace, job, parsed, old.path)
                if isinstance(new, Failure):
                    bad.append(replace(new, source=old.source))
                else:
                    added.append(new)
                done += 1
                on_progress(Progress("ingest", done, len(todo), old.source))
    return IngestReport(tuple(added), (), tuple(bad), time.perf_counter() - started)


def cut(path: Path, cutting: Cutting) -> tuple[Filing, list[Chunk]]:
    """What `ingest` would store of one file. Raises FilingError."""
    with closing(parse_all(parse, [_job([path], cutting, None)])) as results:
        parsed = next(results)
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


def remove(workspace: Workspace, filing_id: str) -> StoredFiling:
    """Take a filing out, by id or file name; the index keeps serving it until it is rebuilt.

    Raises UsageError for an unknown one.
    """
    with locked(workspace.lock("filings"), "remove a filing"):
        return remove_filing(workspace, filing_id)
