"""The three acts of the application: take filings in, build an index, ask.

Composes the rooms beside it; a command and a button call the same function here.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, fields, replace
from multiprocessing import get_context
from pathlib import Path

from rag_app.chunks import ChunkConfig, chunk_filing
from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import FilingError, IndexStateError, UsageError
from rag_app.core.files import locked
from rag_app.core.registry import ModelRef, activate_build, file_sha256, load_active, resolve_model
from rag_app.core.types import Chunk, Encoder, Filing, FilingMeta, Progress, ProgressFn, no_progress
from rag_app.embedder import load_encoder, reference_fingerprint
from rag_app.filings.edgar import read_fetch_meta
from rag_app.filings.read import find_filings, read_filing
from rag_app.index import Manifest, build, build_id, drop, list_builds, read_manifest
from rag_app.store import (
    StoredFiling,
    corpus_hash,
    list_filings,
    original_path,
    printable,
    remove_filing,
    save_filing,
    snapshot,
    sweep,
)
from rag_app.vectors import embed_missing

POOL_FROM = 3  # files from which starting worker processes pays for itself


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
    """A build and what it took. `reused`: the same build was there; `embedded`: texts embedded."""

    manifest: Manifest
    arm: str | None
    embedded: int
    reused: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class _Parsed:
    path: Path
    filing: Filing | None
    chunks: tuple[Chunk, ...]
    reason: str = ""


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
        config = ChunkConfig()
        known = list_filings(workspace)
        current = {f.sha256: f for f in known if f.chunker == config.config_hash}
        unchanged, todo, failed = [], [], []
        seen: set[str] = set()
        for path in files:
            try:
                sha256 = file_sha256(path)
            except OSError as error:
                failed.append(Failure(path.name, f"{path.name}: cannot be read ({error.strerror})"))
                continue
            if sha256 in current:
                unchanged.append(current[sha256])
            elif sha256 not in seen:  # the same bytes under two names are one filing
                seen.add(sha256)
                todo.append(path)
        added = []
        on_progress(Progress("ingest", 0, len(todo)))
        for done, parsed in enumerate(_parse_all(todo, config), start=1):
            if parsed.filing is None:
                failed.append(Failure(printable(parsed.path.name), parsed.reason))
            else:
                try:
                    stored = save_filing(
                        workspace, parsed.filing, parsed.chunks, parsed.path, config.config_hash
                    )
                except OSError as error:
                    failed.append(Failure(printable(parsed.path.name), _unsaved(parsed.path, error)))
                    continue
                added.append(stored)
                for old in known:  # only now: what replaces it is safe
                    if old.path == stored.path and old.filing_id != stored.filing_id:
                        remove_filing(workspace, old.filing_id)
            on_progress(Progress("ingest", done, len(todo), parsed.path.name))
    return IngestReport(tuple(added), tuple(unchanged), tuple(failed), time.perf_counter() - started)


def _unsaved(path: Path, error: OSError) -> str:
    return f"{printable(path.name)}: cannot be stored ({error.strerror or error}); free space, then ingest it"


def refresh(workspace: Workspace, on_progress: ProgressFn = no_progress) -> IngestReport:
    """Cut the stored originals again, those that an older chunker cut."""
    started = time.perf_counter()
    config = ChunkConfig()
    old = [f for f in list_filings(workspace) if f.chunker != config.config_hash]
    added, failed = [], []
    with locked(workspace.lock("filings"), "refresh"):
        for done, stored in enumerate(old, start=1):
            original = original_path(workspace, stored.filing_id)
            parsed = _parse(original, config, stored)
            if parsed.filing is None:
                failed.append(Failure(stored.source, parsed.reason))
            else:
                added.append(
                    save_filing(
                        workspace, parsed.filing, parsed.chunks, original, config.config_hash, stored.path
                    )
                )
            on_progress(Progress("ingest", done, len(old), stored.source))
    return IngestReport(tuple(added), (), tuple(failed), time.perf_counter() - started)


def cut(path: Path) -> tuple[Filing, list[Chunk]]:
    """What `ingest` would store of one file. Raises FilingError."""
    parsed = _parse(path, ChunkConfig())
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
    return IndexReport(manifest, arm, embedded, reused, time.perf_counter() - started)


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


def _parse_all(paths: Sequence[Path], config: ChunkConfig) -> Iterator[_Parsed]:
    """Parsed files in the order given, from worker processes when there are enough of them."""
    workers = min(os.cpu_count() or 1, len(paths))
    if len(paths) < POOL_FROM or workers < 2:
        yield from (_parse(path, config) for path in paths)
        return
    done = 0
    try:
        for parsed in _in_workers(paths, config, workers):
            done += 1
            yield parsed
    except BrokenProcessPool:
        # one file killed its worker and the pool with it: give each of the rest a process of its own
        for path in paths[done:]:
            try:
                yield from _in_workers([path], config, 1)
            except BrokenProcessPool:
                yield _Parsed(
                    path,
                    None,
                    (),
                    f"{path.name}: crashed its parser process "
                    "(a damaged or hostile file, or a script without a __main__ guard)",
                )


def _in_workers(paths: Sequence[Path], config: ChunkConfig, workers: int) -> Iterator[_Parsed]:
    # spawn, not fork: this process may hold torch's threads
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_parse, paths, [config] * len(paths))


def _parse(path: Path, config: ChunkConfig, stored: StoredFiling | None = None) -> _Parsed:
    """Read and cut one file. `stored` gives identity and metadata when it is cut anew."""
    try:
        filing = read_filing(path)
        filing = replace(filing, source=printable(filing.source))
        if stored is not None:
            filing = replace(filing, filing_id=stored.filing_id, source=stored.source)
        told = stored.meta if stored else read_fetch_meta(path)
        if told is not None:
            filing = replace(filing, meta=_filled(filing.meta, told))
        chunks = chunk_filing(filing, config)
    except FilingError as error:
        return _Parsed(path, None, (), printable(str(error)))
    except Exception as error:  # a parser's own bug must not stop the other files
        reason = f"{path.name}: cannot be parsed ({type(error).__name__}: {error})"
        return _Parsed(path, None, (), printable(reason))
    if not chunks:
        return _Parsed(path, None, (), f"{path.name}: no text found; expected a filing with prose or tables")
    return _Parsed(path, filing, tuple(chunks))


def _filled(meta: FilingMeta, told: FilingMeta) -> FilingMeta:
    """What the document says, and where it is silent what its source said."""
    return FilingMeta(**{f.name: getattr(meta, f.name) or getattr(told, f.name) for f in fields(FilingMeta)})


def remove(workspace: Workspace, filing_id: str) -> StoredFiling:
    """Take a filing out, by id or file name; the index keeps serving it until it is rebuilt.

    Raises UsageError for an unknown one.
    """
    with locked(workspace.lock("filings"), "remove a filing"):
        return remove_filing(workspace, filing_id)
