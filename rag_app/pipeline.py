"""Taking filings in and out: files → stored filings and their chunks.

Composes the rooms beside it; a command and a button call the same function here.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from rag_app.core.config import Workspace
from rag_app.core.errors import FilingError, UsageError, WorkspaceError
from rag_app.core.files import locked
from rag_app.core.registry import file_sha256
from rag_app.core.types import Chunk, Filing, FilingMeta, Progress, ProgressFn, no_progress
from rag_app.cutting import Cutting, cutting_of
from rag_app.facts.extract import FACTS_VERSION
from rag_app.facts.kept import are_current, update_facts, with_company_facts, with_kept
from rag_app.filings.edgar.fetch import read_fetch_meta
from rag_app.filings.meta.metadata import accession_in, merge
from rag_app.filings.read import check_file, find_filings, shown
from rag_app.parsing import Job, Parsed, parse, parse_all
from rag_app.store import (
    StoredFiling,
    list_filings,
    move_origin,
    origin,
    original_path,
    remove_filing,
    save_filing,
    sweep,
)


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
            if old and is_current(workspace, old, cutting):
                old = _with_company_facts(workspace, old, same, bad)
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
                    new = _with_company_facts(workspace, new, same, bad)
                    added.append(new)
                    unchanged += [new] * (len(same) - 1)
                    _remove_replaced(workspace, known, new, seen)  # only now: what replaces it is safe
                done += 1
                on_progress(Progress("ingest", done, len(todo), shown(job.path)))
    update_facts(workspace)
    return IngestReport(tuple(added), tuple(unchanged), tuple(bad), time.perf_counter() - started)


def is_current(workspace: Workspace, stored: StoredFiling, cutting: Cutting) -> bool:
    """Whether a filing is cut, and its tagged figures are read, as both would be now."""
    return stored.chunker == cutting.version and are_current(workspace, stored)


def _with_company_facts(
    workspace: Workspace, stored: StoredFiling, same: Sequence[Path], bad: list[Failure]
) -> StoredFiling:
    try:
        return with_company_facts(workspace, stored, same)
    except WorkspaceError as error:
        bad.append(Failure(stored.source, str(error)))
        return stored


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
    facts = with_kept(workspace, parsed.filing.filing_id, parsed.facts)
    try:
        return save_filing(
            workspace,
            parsed.filing,
            parsed.chunks,
            job.path,
            job.cutting.version,
            came_from,
            job.told,
            facts,
            FACTS_VERSION,
        )
    except OSError as error:
        return Failure(shown(job.path), _unsaved(job.path, error))


def _unsaved(path: Path, error: OSError) -> str:
    return f"{shown(path)}: cannot be stored ({error.strerror or error}); free space, then ingest it"


def refresh(workspace: Workspace, on_progress: ProgressFn = no_progress) -> IngestReport:
    """Cut the stored originals again, those that an older version cut or read the figures of.

    What a filing knows of itself is found again in its original; what the source told is kept.
    """
    started = time.perf_counter()
    cutting = cutting_of(workspace)
    added, bad = [], []
    todo: list[tuple[StoredFiling, Job]] = []
    with locked(workspace.lock("filings"), "refresh"):
        for old in list_filings(workspace):
            if is_current(workspace, old, cutting):
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
    update_facts(workspace)
    return IngestReport(tuple(added), (), tuple(bad), time.perf_counter() - started)


def cut(path: Path, cutting: Cutting) -> tuple[Filing, list[Chunk]]:
    """What `ingest` would store of one file. Raises FilingError."""
    with closing(parse_all(parse, [_job([path], cutting, None)])) as results:
        parsed = next(results)
    if parsed.filing is None:
        raise FilingError(parsed.reason)
    return parsed.filing, list(parsed.chunks)


def remove(workspace: Workspace, filing_id: str) -> StoredFiling:
    """Take a filing out, by id or file name; the index keeps serving it until it is rebuilt.

    Raises UsageError for an unknown one.
    """
    with locked(workspace.lock("filings"), "remove a filing"):
        removed = remove_filing(workspace, filing_id)
    update_facts(workspace)
    return removed
