"""`vectors`: list, verify, compact the stores of full-width vectors."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click

from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import IndexStateError, RagAppError, UsageError, WorkspaceError
from rag_app.core.files import locked
from rag_app.core.registry import list_records, resolve_model
from rag_app.core.types import ProgressFn
from ui.commands.common import common, settings_of, writing
from ui.output import progress_bars, show_json

NONE_YET = "no vectors yet; run: rag-app index"


@dataclass(frozen=True, slots=True)
class Listed:
    """One store. `used`: rows that the filings use now; `problem`: why it cannot be opened."""

    fingerprint: str
    models: tuple[str, ...]
    rows: int = 0
    dimension: int = 0
    bytes: int = 0
    used: int = 0
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """What is left of one store, and how many rows are damaged, or were dropped as such if `repaired`."""

    fingerprint: str
    rows: int = 0
    damaged: int = 0
    bytes: int = 0
    repaired: bool = False
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Compacted:
    """What is left of one store, and bytes freed on disk. `deleted`: nothing is."""

    fingerprint: str
    models: tuple[str, ...]
    rows: int
    dropped: int
    freed: int
    deleted: bool


@click.group()
def vectors() -> None:
    """The full-width vectors, one store a model: list, verify, compact."""


@vectors.command("list")
@common
def list_(workspace: Workspace, as_json: bool) -> None:
    """Every store: whose vectors, how many, and how many of them the filings use now."""
    from rag_app.store import load_corpus
    from rag_app.vectors import stores

    folders = stores(workspace.vectors)
    names = model_names(workspace, settings_of(workspace)) if folders else {}
    wanted = list({c.content_hash for c in load_corpus(workspace)} if folders else ())
    found = [_listed(folder, names.get(folder.name, ()), wanted) for folder in folders]
    if as_json:
        show_json([asdict(row) for row in found])
        return
    for row in found:
        size = f"{row.rows:,} rows of {row.dimension}, {row.bytes / 1e6:.1f} MB"
        who = ", ".join(row.models) or "no model or index here"
        click.echo(f"{row.fingerprint}  {who}  {row.problem or f'{size}, {row.used:,} used by the filings'}")
    if not found:
        click.echo(NONE_YET)


def _listed(folder: Path, models: tuple[str, ...], wanted: Sequence[str]) -> Listed:
    from rag_app.vectors import VectorStore

    try:
        store = VectorStore.existing(folder, folder.name)
    except WorkspaceError as error:
        return Listed(folder.name, models, problem=str(error))
    if store is None:
        return Listed(folder.name, models)
    used = int((store.find(wanted) >= 0).sum())
    return Listed(folder.name, models, len(store), store.dimension, store.bytes, used)


@vectors.command()
@click.argument("fingerprint", required=False)
@click.option("--repair", "mend", is_flag=True, help="Drop damaged rows; the next index embeds them again.")
@writing
def verify(fingerprint: str | None, mend: bool, workspace: Workspace, as_json: bool) -> None:
    """Check every row's checksum, in all stores or one; fails where there is damage left."""
    with progress_bars(as_json) as listen:
        found = [_verified(workspace, folder, mend, listen) for folder in _chosen(workspace, fingerprint)]
    if as_json:
        show_json([asdict(row) for row in found])
    else:
        for row in found:
            click.echo(f"{row.fingerprint}  {_told(row)}", err=bool(row.problem))
        if not found:
            click.echo(NONE_YET)
    if any(row.problem or (row.damaged and not row.repaired) for row in found):
        sys.exit(1)


def _verified(workspace: Workspace, folder: Path, mend: bool, listen: ProgressFn) -> Verified:
    """One store's state; one that cannot be opened does not keep the others from being looked at."""
    from rag_app.vectors import VectorStore, repair

    def look() -> Verified:
        store = VectorStore.existing(folder, folder.name)
        if store is None:
            return Verified(folder.name)
        health = store.verify(listen)
        return Verified(folder.name, health.rows, health.damaged, health.bytes)

    try:
        try:
            found = look()
        except WorkspaceError:
            if not mend:
                raise
        else:
            if not (mend and found.damaged):
                return found
        dropped = repair(folder, folder.name, listen, workspace.wait).dropped
        return replace(look(), damaged=dropped, repaired=True)
    except WorkspaceError as error:
        return Verified(folder.name, problem=str(error))


def _told(row: Verified) -> str:
    if row.problem:
        return f"Error: {row.problem}"
    size = f"{row.rows:,} rows, {row.bytes / 1e6:.1f} MB"
    if row.repaired:
        return f"{size}, repaired: {row.damaged:,} damaged rows dropped; next: rag-app index"
    if row.damaged:
        return f"{size}, {row.damaged:,} DAMAGED; run: rag-app vectors verify {row.fingerprint} --repair"
    return f"{size}, all whole"


@vectors.command()
@click.argument("fingerprint", required=False)
@click.option("--drop-unused", is_flag=True, help="Delete stores of no model in the registry and no index.")
@writing
def compact(fingerprint: str | None, drop_unused: bool, workspace: Workspace, as_json: bool) -> None:
    """Drop the rows that no filing and no index uses, in all stores or one."""
    settings = settings_of(workspace)
    folders = _chosen(workspace, fingerprint)
    found: list[Compacted] = []
    # no index may be built meanwhile: its rows would be in neither list
    with locked(workspace.lock("index"), "compact vectors"), progress_bars(as_json) as listen:
        names = model_names(workspace, settings, certain=drop_unused) if folders else {}
        keep = kept_hashes(workspace) if folders else set()
        for folder in folders:
            models = names.get(folder.name, ())
            found.append(_compacted(workspace, folder, models, keep, drop_unused and not models, listen))
    if as_json:
        show_json([asdict(row) for row in found])
        return
    for row in found:
        told = "deleted" if row.deleted else f"{row.rows:,} rows stay, {row.dropped:,} dropped"
        idle = "" if row.models or row.deleted else "; of no model or index here: --drop-unused deletes it"
        click.echo(f"{row.fingerprint}  {told}, {row.freed / 1e6:.1f} MB freed{idle}")
    if not found:
        click.echo(NONE_YET)


def _compacted(
    workspace: Workspace,
    folder: Path,
    models: tuple[str, ...],
    keep: set[str],
    delete: bool,
    listen: ProgressFn,
) -> Compacted:
    import rag_app.vectors as store

    if delete:
        gone = store.drop(folder, folder.name, workspace.wait)
        return Compacted(folder.name, models, gone.rows, gone.dropped, gone.freed, deleted=True)
    done = store.compact(folder, folder.name, keep, listen, workspace.wait)
    return Compacted(folder.name, models, done.rows, done.dropped, done.freed, deleted=False)


def kept_hashes(workspace: Workspace) -> set[str]:
    """The content hashes of all chunks of the filings, and of every finished index."""
    from rag_app.index.corpus import open_corpus
    from rag_app.index.manifest import list_builds
    from rag_app.store import load_corpus

    keep = {c.content_hash for c in load_corpus(workspace)}
    for corpus in sorted({m.corpus_hash for m in list_builds(workspace.indexes)}):
        with contextlib.suppress(IndexStateError):  # such an index cannot be opened either
            keep.update(open_corpus(workspace.indexes, corpus).hashes())
    return keep


def model_names(
    workspace: Workspace, settings: Settings, certain: bool = False
) -> dict[str, tuple[str, ...]]:
    """Fingerprint → what its model is called here: the base, models in the registry, those of indexes.

    `certain` raises where the base model cannot be read, and may fetch it; else it then goes without a name.
    """
    from rag_app.embedder import reference_fingerprint
    from rag_app.index.manifest import list_builds

    found: dict[str, tuple[str, ...]] = {}

    def add(fingerprint: str, name: str) -> None:
        known = found.get(fingerprint, ())
        found[fingerprint] = known if name in known else (*known, name)

    with contextlib.nullcontext() if certain else contextlib.suppress(RagAppError):
        base = resolve_model(workspace, settings, "base")
        if base.path is not None or certain:  # a hub model is not fetched for its name
            add(reference_fingerprint(base), settings.base_model)
    for record in list_records(workspace):
        add(record.base_fingerprint, record.base)
        add(record.fingerprint, record.model_id)
    for made in list_builds(workspace.indexes):
        add(made.fingerprint, made.model)
    return found


def _chosen(workspace: Workspace, fingerprint: str | None) -> list[Path]:
    """All stores, or the one whose fingerprint begins so. Raises UsageError naming those there are."""
    from rag_app.vectors import stores

    folders = stores(workspace.vectors)
    if fingerprint is None:
        return folders
    found = [f for f in folders if fingerprint and f.name.startswith(fingerprint)]
    if len(found) != 1:
        known = ", ".join(f.name for f in folders) or "none yet; run: rag-app index"
        raise UsageError(f"{len(found) or 'no'} vectors of {fingerprint!r}; there is: {known}")
    return found
