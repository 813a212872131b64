"""The durable store of full-width vectors, one folder a model: every text is embedded once, ever.

`rows.f32` holds float32 rows, `rows.idx` one line a row: content hash and the row's CRC-32. A row
counts once its index line is whole, so a kill at any byte costs at most the batch being written.
Knows nothing of Chroma or of dimensions below the full width.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from rag_app.core.errors import WorkspaceError
from rag_app.core.files import locked, read_json, write_json_atomic
from rag_app.core.types import Encoder, FloatArray, Progress, ProgressFn, no_progress, text_hash

BATCH = 512
"""Rows embedded and made durable at a time: what an interruption may cost."""


class VectorStore:
    """Append-only rows of one model. Open it, read it, and let one writer append.

    Raises WorkspaceError when the folder belongs to another model or width.
    """

    def __init__(self, folder: Path, fingerprint: str, dimension: int) -> None:
        self._folder = folder
        self._dimension = dimension
        self._rows = folder / "rows.f32"
        self._index = folder / "rows.idx"
        folder.mkdir(parents=True, exist_ok=True)
        about = folder / "store.json"
        expected = {"fingerprint": fingerprint, "dimension": dimension}
        if not about.exists():
            write_json_atomic(about, expected)
        elif read_json(about) != expected:
            raise WorkspaceError(
                f"{folder}: vectors of another model ({read_json(about)}); delete the folder"
            )
        self._positions = self._read_index()

    @classmethod
    def existing(cls, folder: Path, fingerprint: str) -> VectorStore | None:
        """The store in `folder` if there is one, its width read from disk: no model is loaded."""
        about = folder / "store.json"
        return cls(folder, fingerprint, int(read_json(about)["dimension"])) if about.exists() else None

    @property
    def dimension(self) -> int:
        """Full width of the rows."""
        return self._dimension

    def __len__(self) -> int:
        return len(self._positions)

    def __contains__(self, content_hash: str) -> bool:
        return content_hash in self._positions

    def get(self, hashes: Sequence[str]) -> FloatArray:
        """float32[len(hashes), dimension], unit length, in the order asked for.

        Raises WorkspaceError when a vector is missing.
        """
        missing = [h for h in hashes if h not in self._positions]
        if missing:
            raise WorkspaceError(f"{self._folder}: {len(missing)} vectors are missing; run index again")
        if not hashes:
            return np.zeros((0, self._dimension), dtype=np.float32)
        whole = (len(self._positions), self._dimension)  # a writer's unfinished tail is not looked at
        rows = np.memmap(self._rows, dtype=np.float32, mode="r", shape=whole)
        return np.asarray(rows[[self._positions[h] for h in hashes]], dtype=np.float32)

    def append(self, hashes: Sequence[str], vectors: FloatArray) -> None:
        """Make rows durable: data first, synced, then the lines that make them count."""
        data = np.ascontiguousarray(vectors, dtype="<f4")
        start = len(self._positions)
        with self._rows.open("r+b" if self._rows.exists() else "w+b") as out:
            out.truncate(start * self._row_bytes)  # drops a tail that never came to count
            out.seek(0, os.SEEK_END)
            out.write(data.tobytes())
            out.flush()
            os.fsync(out.fileno())
        lines = "".join(f"{h} {zlib.crc32(row.tobytes()):08x}\n" for h, row in zip(hashes, data, strict=True))
        with self._index.open("r+b" if self._index.exists() else "w+b") as out:
            out.truncate(start * LINE_BYTES)
            out.seek(0, os.SEEK_END)
            out.write(lines.encode("ascii"))
            out.flush()
            os.fsync(out.fileno())
        for offset, content_hash in enumerate(hashes):
            self._positions[content_hash] = start + offset

    def verify(self) -> int:
        """Check every row's checksum; the number of rows. Raises WorkspaceError at a damaged one."""
        rows = self.get(list(self._positions))
        sums = self._index.read_text(encoding="ascii").splitlines()
        for number, row in enumerate(rows):
            if f"{zlib.crc32(row.astype('<f4').tobytes()):08x}" != sums[number].split()[1]:
                raise WorkspaceError(
                    f"{self._rows}: row {number} is damaged; delete the folder and run index"
                )
        return len(rows)

    @property
    def _row_bytes(self) -> int:
        return 4 * self._dimension

    def _read_index(self) -> dict[str, int]:
        """Hash → row, for the rows that are whole in both files."""
        if not self._index.exists() or not self._rows.exists():
            return {}
        lines = self._index.read_bytes()
        whole = min(len(lines) // LINE_BYTES, self._rows.stat().st_size // self._row_bytes)
        return {lines[i * LINE_BYTES : i * LINE_BYTES + 64].decode("ascii"): i for i in range(whole)}


LINE_BYTES = 64 + 1 + 8 + 1  # SHA-256 hex, a space, CRC-32 hex, a line end


def embed_missing(
    folder: Path,
    fingerprint: str,
    load: Callable[[], Encoder],
    texts: Sequence[str],
    on_progress: ProgressFn = no_progress,
) -> tuple[VectorStore, int]:
    """Open the store in `folder` and embed those of `texts` it lacks; (store, how many were new).

    `load` is called only when something is missing. Interrupted, the store keeps what was done.
    Raises WorkspaceError when another process is writing to this store.
    """
    wanted = {text_hash(text): text for text in texts}
    with locked(folder.with_suffix(".lock"), "embed"):
        store = VectorStore.existing(folder, fingerprint)
        missing = [h for h in wanted if store is None or h not in store]
        if store is not None and not missing:
            return store, 0
        encoder = load()
        store = store or VectorStore(folder, encoder.fingerprint, encoder.dimension)
        missing.sort(key=lambda h: -len(wanted[h]))  # like lengths share a batch
        for start in range(0, len(missing), BATCH):
            part = missing[start : start + BATCH]

            def report(step: Progress, base: int = start) -> None:
                on_progress(Progress("embed", base + step.done, len(missing)))

            store.append(part, encoder.encode_passages([wanted[h] for h in part], report))
    return store, len(missing)


class CorpusEncoder:
    """An encoder that reads and keeps the vectors of corpus texts in the store, and embeds the rest.

    For evaluation and pair making over chunks: what the index embedded is not embedded again, and
    what they embed the next index finds. Texts outside `corpus` are never stored.
    """

    def __init__(self, encoder: Encoder, folder: Path, corpus: Iterable[str]) -> None:
        self._encoder = encoder
        self._folder = folder
        self._corpus = frozenset(corpus)

    @property
    def name(self) -> str:
        """The wrapped encoder's."""
        return self._encoder.name

    @property
    def dimension(self) -> int:
        """The wrapped encoder's."""
        return self._encoder.dimension

    @property
    def fingerprint(self) -> str:
        """The wrapped encoder's."""
        return self._encoder.fingerprint

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """float32[n, dimension], never stored."""
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str], on_progress: ProgressFn = no_progress) -> FloatArray:
        """float32[n, dimension], from the store where it has them. Raises WorkspaceError as it does."""
        ours = [text for text in texts if text in self._corpus]
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        if ours:
            store, _ = embed_missing(self._folder, self.fingerprint, lambda: self._encoder, ours, on_progress)
            rows = [i for i, text in enumerate(texts) if text in self._corpus]
            out[rows] = store.get([text_hash(text) for text in ours])
        others = [i for i, text in enumerate(texts) if text not in self._corpus]
        if others:
            out[others] = self._encoder.encode_passages([texts[i] for i in others], on_progress)
        return out
