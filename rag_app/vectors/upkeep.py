"""Rewrites of a store: without its damaged rows, or with wanted rows only.

The rows that stay are copied into the next generation beside the old one; one atomic replace of
`store.json` switches, and only then the old files go. Killed at any moment, the store is as before or
as after.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rag_app.core.errors import WorkspaceError
from rag_app.core.files import Wait, locked
from rag_app.core.types import Progress, ProgressFn, no_progress
from rag_app.vectors.layout import (
    AT_ONCE,
    about_path,
    lock_of,
    read_about,
    restore,
    row_files,
    sweep,
    sync_folder,
    write_about,
)
from rag_app.vectors.lines import Positions
from rag_app.vectors.mapped import Mapped
from rag_app.vectors.store import VectorStore, unwritten


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What a rewrite left: rows, those dropped (damaged ones among them), and bytes freed on disk."""

    rows: int
    dropped: int
    freed: int


def repair(
    folder: Path, fingerprint: str, on_progress: ProgressFn = no_progress, wait: Wait = AT_ONCE
) -> Rewritten:
    """Drop the damaged rows of the store in `folder`: the next index embeds them again.

    Finds rows behind a damaged index line again, and a lost `store.json`. Raises WorkspaceError when
    another process is writing, no row can be read back, or the disk is full.
    """
    with locked(lock_of(folder, wait), "repair vectors"):
        return _repair(folder, fingerprint, on_progress)


def compact(
    folder: Path,
    fingerprint: str,
    keep: Collection[str],
    on_progress: ProgressFn = no_progress,
    wait: Wait = AT_ONCE,
) -> Rewritten:
    """Drop the rows whose hash is not in `keep`, repeated ones and damaged ones.

    Raises WorkspaceError when another process is writing, the store is damaged, or the disk is full.
    """
    with locked(lock_of(folder, wait), "compact vectors"):
        store = open_to_write(folder, fingerprint)
        if store is None:
            return Rewritten(0, 0, 0)
        places = store.find(list(keep))
        return _rewrite(store, store.salvage()[0], np.unique(places[places >= 0]), on_progress)


def drop(folder: Path, fingerprint: str, wait: Wait = AT_ONCE) -> Rewritten:
    """Delete a store, damaged or not. Killed half-way, it is a store without rows.

    Raises WorkspaceError when another process is writing to it.
    """
    with locked(lock_of(folder, wait), "delete vectors"):
        files = row_files(folder)
        freed, rows = sum(path.stat().st_size for path in files), 0
        with contextlib.suppress(WorkspaceError):
            if store := VectorStore.existing(folder, fingerprint):
                rows = len(store)
                write_about(folder, replace(store.about, generation=0))  # of which files may be missing
        for path in (*files, about_path(folder)):
            path.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        return Rewritten(0, rows, freed)


def open_to_write(folder: Path, fingerprint: str, hashes: Sequence[str] = ()) -> VectorStore | None:
    """The store, if there is one, leftovers swept, repaired if that is needed to find and read `hashes`.

    Call it under the store's lock.
    """
    store = VectorStore.existing(folder, fingerprint)
    if store is None:
        return None
    sweep(folder, store.about)
    places = store.find(hashes)
    if store.beyond or store.damaged(places[places >= 0]):
        _repair(folder, fingerprint)
        store = VectorStore.existing(folder, fingerprint)
    return store


def _repair(folder: Path, fingerprint: str, on_progress: ProgressFn = no_progress) -> Rewritten:
    restore(folder, fingerprint)
    store = VectorStore.existing(folder, fingerprint)
    if store is None:
        return Rewritten(0, 0, 0)
    return _rewrite(store, *store.salvage(), on_progress)


def _rewrite(store: VectorStore, mapped: Mapped, places: Positions, on_progress: ProgressFn) -> Rewritten:
    """Copy the rows at `places` (ascending) that are whole into a new generation and switch to it."""
    folder, old, before = store.folder, store.about, store.bytes
    places = mapped.whole(places, on_progress)
    if len(places) == len(store) and not store.beyond:
        return Rewritten(len(places), 0, 0)
    new = replace(old, generation=old.generation + 1)
    try:
        with new.rows(folder).open("wb") as rows, new.index(folder).open("wb") as index:
            for start in range(0, len(places), mapped.block):
                part = places[start : start + mapped.block]
                rows.write(mapped.rows[part].tobytes())
                index.write(mapped.text[part].tobytes())
                on_progress(Progress("rewrite", start + len(part), len(places)))
            for file in (rows, index):
                file.flush()
                os.fsync(file.fileno())
        sync_folder(folder)
        write_about(folder, new)
    except OSError as error:
        raise unwritten(folder, error) from error
    finally:
        with contextlib.suppress(OSError, WorkspaceError):
            sweep(folder, read_about(folder) or old)  # the old files, or what was written of new ones
    after = new.rows(folder).stat().st_size + new.index(folder).stat().st_size
    return Rewritten(len(places), len(store) + store.beyond - len(places), before - after)
