"""The only user of chromadb: a collection in a folder, written once, sealed, and from then on only read.

Chroma takes a graph whose files are lost for an empty one. So the seal, written after the last file, holds
their sizes, and a folder without it is no index. A large build runs in a process of its own.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import chromadb
import numpy as np
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError

from rag_app.chroma.hnsw import Hnsw, parts, settings
from rag_app.core.errors import IndexStateError, RagAppError, WorkspaceError
from rag_app.core.files import read_json, write_json_atomic
from rag_app.core.types import FloatArray, Progress, ProgressFn

HERE = 200  # rows a batch beside other threads: Chroma holds the GIL for a batch, here about 55 ms
APART = 5_000  # rows a batch in a process of its own; Chroma takes 5,461 at most
_SEAL = "sealed.json"
_START = "import sys; sys.path[:] = sys.argv[2:]; from {module} import _child; _child(sys.argv[1])"


class EmbeddedCollection:
    """A collection in a folder, with the client that holds its files open."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._client = _client(folder)
        try:
            self._held = self._client.get_collection(name, embedding_function=None)
        except BaseException:
            self._client.close()
            raise

    def count(self) -> int:
        """How many vectors it holds."""
        return int(self._held.count())

    def nearest(self, vectors: FloatArray, k: int) -> tuple[list[list[str]], list[list[float]]]:
        """Ids and distances of the `k` nearest of every row."""
        found = self._held.query(query_embeddings=vectors, n_results=k, include=["distances"])
        return found["ids"], found["distances"]

    def set_ef_search(self, ef_search: int) -> None:
        """Search more broadly. Works until the first search: that loads the graph with its settings."""
        if _seal(self._folder)["ef_search"] != ef_search:  # opening for search alone writes nothing
            # not `modify`: that builds the embedding function which the stored configuration names
            self._held._client._modify(id=self._held.id, new_configuration={"hnsw": {"ef_search": ef_search}})
            _set_seal(self._folder, ef_search)

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()


def damaged(where: str, error: Exception | str) -> str:
    """The message for an index that cannot be used."""
    said = " ".join(str(error).split())[:200]
    return f"the index at {where} cannot be used ({said}); run rag-app index"


def open_embedded(folder: Path, name: str) -> EmbeddedCollection:
    """The sealed collection in `folder`. Raises IndexStateError when it is absent or damaged."""
    if not (folder / _SEAL).is_file():  # Chroma would make an empty index, or open half of one
        raise IndexStateError(f"no finished index at {folder}; run rag-app index")
    try:
        if _seal(folder)["files"] != _graph_files(folder):
            raise IndexStateError(damaged(str(folder), "files are missing or cut short"))
        return EmbeddedCollection(folder, name)
    except RagAppError:
        raise
    except NotFoundError as error:
        raise IndexStateError(f"{folder} holds no index named {name}; run rag-app index") from error
    except Exception as error:
        raise IndexStateError(damaged(str(folder), error)) from error


def _graph_files(folder: Path) -> dict[str, int]:
    """Size in bytes of every file of the graph. Chroma takes a lost or half one for an empty index."""
    return {str(p.relative_to(folder)): p.stat().st_size for p in sorted(folder.glob("*/*"))}


def _seal(folder: Path) -> dict[str, Any]:
    return dict(read_json(folder / _SEAL))


def _set_seal(folder: Path, ef_search: int) -> None:
    write_json_atomic(folder / _SEAL, {"ef_search": ef_search, "files": _graph_files(folder)})


def write_here(
    folder: Path, name: str, rows: FloatArray, hnsw: Hnsw, batch: int, done: Callable[[int], None]
) -> None:
    """Fill a new folder in this process, then seal it; `done` hears how many rows are in.

    Raises WorkspaceError when Chroma cannot.
    """
    folder.mkdir(parents=True, exist_ok=True)
    client = _client(folder)
    try:
        made = client.create_collection(
            name, embedding_function=None, configuration={"hnsw": settings(hnsw, len(rows))}
        )
        for start, end in parts(len(rows), batch):
            made.upsert(ids=[str(i) for i in range(start, end)], embeddings=np.asarray(rows[start:end]))
            done(end)
    except ChromaError as error:  # a full disk comes as one
        said = " ".join(str(error).split())[:200]
        raise WorkspaceError(
            f"{folder.parent}: Chroma cannot write the index ({said}); free space, then run index again"
        ) from error
    finally:
        client.close()
    _set_seal(folder, hnsw.ef_search)  # last: a folder without it is no index


def write_apart(folder: Path, name: str, rows: FloatArray, hnsw: Hnsw, on_progress: ProgressFn) -> None:
    """`write_here` in a process of its own: this one stays responsive, and a crash costs the build only.

    Raises WorkspaceError when that process fails or dies; what `on_progress` raises ends it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handed = _file_of(rows)
    descriptor, made = tempfile.mkstemp(dir=folder.parent, suffix=".npy")
    try:
        with os.fdopen(descriptor, "wb") as out:
            if not handed:
                np.save(out, rows)
                handed = made
        task = {"folder": str(folder), "name": name, "rows": handed, "hnsw": asdict(hnsw)}
        child, lines = _started(task)
        said = ""
        try:
            with lines:
                for line in lines:  # until the process ends, however it ends
                    said = line.strip()
                    if said.isdigit():
                        on_progress(Progress("index", int(said), len(rows)))
            code = child.wait()
        finally:
            child.kill()
            child.wait()
    finally:
        Path(made).unlink(missing_ok=True)
    if code:
        why = said if said.startswith("failed") else _why(code)
        raise WorkspaceError(f"the process that builds the index {why}; run rag-app index again")


def _file_of(rows: FloatArray) -> str:
    """The .npy file that these very rows are mapped from; "" where they must be written to one."""
    path = getattr(rows, "filename", None)
    if path is None:
        return ""
    try:
        whole = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError):
        return ""
    return str(path) if (whole.shape, whole.dtype) == (rows.shape, rows.dtype) else ""


def _started(task: dict[str, Any]) -> tuple[subprocess.Popen[bytes], TextIO]:
    """The process, and what it says."""
    reading, writing = os.pipe()
    command = [sys.executable, "-c", _START.format(module=__name__)]
    try:
        child = subprocess.Popen(
            [*command, json.dumps(task | {"pipe": writing}), *sys.path],
            stdin=subprocess.DEVNULL,
            pass_fds=[writing],
        )
    except OSError as error:
        os.close(reading)
        raise WorkspaceError(f"no process to build the index in comes up ({error})") from error
    finally:
        os.close(writing)
    return child, os.fdopen(reading, encoding="utf-8")


def _why(code: int) -> str:
    if code == -signal.SIGKILL:
        return "was killed, most likely for want of memory"
    return f"crashed (signal {-code})" if code < 0 else f"ended with exit code {code}"


def _child(task: str) -> None:
    """In the process: build, and say how far. Ends when nobody listens any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    given = json.loads(task)
    pipe = given["pipe"]

    def say(line: object) -> None:
        os.write(pipe, f"{line}\n".encode())

    try:
        rows = np.load(given["rows"], mmap_mode="r", allow_pickle=False)
        write_here(Path(given["folder"]), given["name"], rows, Hnsw(**given["hnsw"]), APART, say)
    except BrokenPipeError:
        sys.exit(1)
    except Exception as error:
        say("failed: " + " ".join(str(error).split())[:300])
        sys.exit(1)


def _client(folder: Path) -> Any:
    chosen = Settings(
        _env_file=None,  # else Chroma reads .env of whatever folder the command runs in
        anonymized_telemetry=False,
        is_persistent=True,
        persist_directory=str(folder),
    )
    return chromadb.PersistentClient(path=str(folder), settings=chosen)
