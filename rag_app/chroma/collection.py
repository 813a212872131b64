"""Vectors under their positions, in an embedded folder or on a server: write, open, search, delete.

A collection holds ids ("0", "1", ... the positions) and vectors, nothing else. Knows no chunk, no model
and no manifest.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag_app.chroma.embedded import HERE, damaged, open_embedded, write_apart, write_here
from rag_app.chroma.hnsw import Hnsw, parts, settings
from rag_app.chroma.server import Remote, Server
from rag_app.core.errors import IndexStateError, RagAppError
from rag_app.core.types import FloatArray, Progress, ProgressFn, no_progress

T = TypeVar("T")

CHILD_FROM = 20_000  # rows from which an embedded build gets a process of its own


class _Asked(Protocol):
    """What an embedded collection and one of a server have in common."""

    def count(self) -> int: ...
    def nearest(self, vectors: FloatArray, k: int) -> tuple[list[list[str]], list[list[float]]]: ...
    def set_ef_search(self, ef_search: int) -> None: ...
    def close(self) -> None: ...


class Collection:
    """A collection opened for search. Safe from many threads."""

    def __init__(self, asked: _Asked, where: str) -> None:
        self._asked: _Asked | None = asked
        self._where = where

    def count(self) -> int:
        """How many vectors it holds."""
        return self._ask(lambda asked: asked.count())

    def query(self, vectors: FloatArray, k: int) -> tuple[NDArray[np.int64], FloatArray]:
        """The `k` nearest of every row of float32[m, d]: positions int64[m, k] and cosines, best first.

        Where fewer are found, position -1 and cosine -inf fill the row.
        """
        places = np.full((len(vectors), k), -1, dtype=np.int64)
        cosines = np.full((len(vectors), k), -np.inf, dtype=np.float32)
        if places.size:
            ids, distances = self._ask(lambda asked: asked.nearest(vectors, k))
            for row, (found, away) in enumerate(zip(ids, distances, strict=True)):
                places[row, : len(found)] = [int(i) for i in found]
                cosines[row, : len(found)] = 1.0 - np.asarray(away, dtype=np.float32)
        return places, cosines

    def close(self) -> None:
        """Let go of files and connections; safe to call twice."""
        asked, self._asked = self._asked, None
        if asked is not None:
            asked.close()

    def _ask(self, question: Callable[[_Asked], T]) -> T:
        asked = self._asked
        if asked is None:
            raise IndexStateError(f"the index at {self._where} is closed; open it again")
        try:
            return question(asked)
        except RagAppError:
            raise
        except Exception as error:  # Chroma raises its own, Rust's and sqlite's errors alike
            raise IndexStateError(damaged(self._where, error)) from error


def write(
    place: Path | Server,
    name: str,
    rows: FloatArray,
    hnsw: Hnsw,
    on_progress: ProgressFn = no_progress,
    *,
    child_from: int = CHILD_FROM,
) -> None:
    """Write float32[n, d] as a new collection `name`; on a server an old one of that name is replaced.

    A `Path` is a folder that does not exist or is empty. Raises WorkspaceError when it cannot be written.
    """
    if isinstance(place, Server):
        _write_there(place, name, rows, hnsw, on_progress)
    elif len(rows) >= child_from:
        write_apart(place, name, rows, hnsw, on_progress)
    else:
        write_here(place, name, rows, hnsw, HERE, lambda n: on_progress(Progress("index", n, len(rows))))


def open_collection(place: Path | Server, name: str, ef_search: int | None = None) -> Collection:
    """The collection `name`. Raises IndexStateError when it is absent, damaged or cannot be reached.

    `ef_search` is kept by the collection. An embedded one that is open nowhere else searches so at once;
    a server does when it loads the collection next, which may be after its next start: write it anew.
    """
    if isinstance(place, Server):
        remote = Remote(place)
        try:
            asked: _Asked = remote.open(name)
        except BaseException:
            remote.close()
            raise
        opened = Collection(asked, place.url)
    else:
        opened = Collection(open_embedded(place, name), str(place))
    try:
        if ef_search is not None:  # before the first search: that loads the graph with its settings
            opened._ask(lambda asked: asked.set_ef_search(ef_search))
        opened.count()
    except BaseException:
        opened.close()
        raise
    return opened


def delete(place: Server, name: str) -> None:
    """Delete a server's collection; no error when there is none."""
    with Remote(place) as remote:
        remote.delete(name)


def names(place: Server, prefix: str = "") -> list[str]:
    """The server's collections whose names begin with `prefix`, sorted."""
    with Remote(place) as remote:
        return sorted(n for n in remote.names() if n.startswith(prefix))


def _write_there(server: Server, name: str, rows: FloatArray, hnsw: Hnsw, on_progress: ProgressFn) -> None:
    with Remote(server) as remote:
        made = remote.create(name, settings(hnsw, len(rows)))
        try:
            for start, end in parts(len(rows), made.batch()):
                made.upsert(start, rows[start:end])
                on_progress(Progress("index", end, len(rows)))
        except BaseException:
            with suppress(RagAppError):  # what stopped the work may stop this too
                remote.delete(name)
            raise
