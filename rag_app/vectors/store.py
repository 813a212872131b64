"""Append-only rows of one model, memory-mapped: whole after a kill at any byte, checked when read."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rag_app.core.errors import WorkspaceError
from rag_app.core.types import FloatArray, ProgressFn, no_progress
from rag_app.vectors.layout import LINE_BYTES, About, damaged_about, read_about, write_about
from rag_app.vectors.lines import Lines, Positions
from rag_app.vectors.mapped import Mapped, checksums, map_files

FOLD = 1 << 16
"""Rows appended since the index was read, from which it is read again: a dict of all rows is large."""


@dataclass(frozen=True, slots=True)
class Health:
    """What `verify` found: rows that can be looked up, damaged ones (reachable or not), bytes on disk."""

    rows: int
    damaged: int
    bytes: int


class VectorStore:
    """Append-only rows of one model. Open it, read it, and let one writer append.

    A row counts once its index line is whole. Opened, it goes on reading its files when a rewrite puts
    others in their place. Raises WorkspaceError when the folder is damaged, or belongs to another
    model or width.
    """

    def __init__(self, folder: Path, fingerprint: str, dimension: int) -> None:
        self.folder = folder
        self.about = About(fingerprint, dimension)
        self._index_bytes = 0
        self._new: dict[str, int] = {}
        try:
            if read_about(folder) is None:
                folder.mkdir(parents=True, exist_ok=True)
                write_about(folder, self.about)
        except OSError as error:
            raise unwritten(folder, error) from error
        self._open()

    @classmethod
    def existing(cls, folder: Path, fingerprint: str) -> VectorStore | None:
        """The store in `folder` if there is one, its width read from disk: no model is loaded."""
        about = read_about(folder)
        return None if about is None else cls(folder, fingerprint, about.dimension)

    @property
    def dimension(self) -> int:
        """Full width of the rows."""
        return self.about.dimension

    @property
    def beyond(self) -> int:
        """Rows that cannot be looked up because the index is damaged before them; `repair` gets them back."""
        return self._lines.beyond

    def __len__(self) -> int:
        return len(self._mapped.rows)

    def __contains__(self, content_hash: str) -> bool:
        return bool(self.find([content_hash])[0] >= 0)

    def rows(self) -> FloatArray:
        """float32[len(self), dimension], read-only, mapped, not checked; `positions` number them."""
        return self._mapped.rows

    def find(self, hashes: Sequence[str]) -> Positions:
        """int64[len(hashes)]: each one's row, -1 where there is none."""
        places = self._lines.find(hashes, self._mapped.text)
        if self._new:
            newest = np.array([self._new.get(h, -1) for h in hashes], dtype=np.int64)
            places = np.where(newest >= 0, newest, places)
        return places

    def positions(self, hashes: Sequence[str]) -> Positions:
        """int64[len(hashes)]: each one's row. Raises WorkspaceError when a vector is missing."""
        places = self.find(hashes)
        if missing := int(np.count_nonzero(places < 0)):
            raise WorkspaceError(f"{self.folder}: {missing} vectors are missing; run index again")
        return places

    def get(self, hashes: Sequence[str]) -> FloatArray:
        """float32[len(hashes), dimension], unit length, in the order asked for; every row is checked.

        Raises WorkspaceError when one is missing or damaged.
        """
        return self.read(self.positions(hashes))

    def read(self, places: Positions) -> FloatArray:
        """float32[len(places), dimension] by row numbers. Raises WorkspaceError when one is damaged."""
        rows = np.asarray(self._mapped.rows[places], dtype=np.float32)
        bad = places[self._mapped.differ(rows, places)]
        if len(bad):
            raise WorkspaceError(
                f"{self.folder}: {len(bad)} vectors are damaged, the first is row {bad[0]}; run: "
                f"rag-app vectors verify {self.folder.name} --repair, then index (embeds those again)"
            )
        return rows

    def damaged(self, places: Positions, on_progress: ProgressFn = no_progress) -> int:
        """How many of the rows at `places` do not have their checksums."""
        return len(places) - len(self._mapped.whole(places, on_progress))

    def verify(self, on_progress: ProgressFn = no_progress) -> Health:
        """Check every row's checksum, a block at a time; changes nothing."""
        damaged = self.beyond + self.damaged(np.arange(len(self)), on_progress)
        return Health(len(self), damaged, self.bytes)

    @property
    def bytes(self) -> int:
        """Of both files, on disk now."""
        return _size(self.about.rows(self.folder)) + _size(self.about.index(self.folder))

    def salvage(self) -> tuple[Mapped, Positions]:
        """All that the files hold, and the rows whose lines are whole, those beyond a damaged line too."""
        if not self.beyond:
            return self._mapped, np.arange(len(self))
        return map_files(self.folder, self.about, len(self) + self.beyond), self._lines.whole

    def append(self, hashes: Sequence[str], vectors: FloatArray) -> None:
        """Make rows durable: data first, synced, then the lines that make them count.

        Call it under the store's lock, on a store opened under it. Raises WorkspaceError when they
        cannot be written, as on a full disk; the rows before are as they were.
        """
        data = np.ascontiguousarray(vectors, dtype="<f4")
        if data.shape != (len(hashes), self.dimension) or any(len(h) != 64 for h in hashes):
            raise WorkspaceError(
                f"{self.folder}: vectors of shape {data.shape}, expected {(len(hashes), self.dimension)} and "
                "a SHA-256 each; they are not of this store's model"
            )
        sums = checksums(data).tolist()
        lines = "".join(f"{h} {crc:08x}\n" for h, crc in zip(hashes, sums, strict=True))
        start = len(self)
        rows, index = self.about.rows(self.folder), self.about.index(self.folder)
        if _size(index) != self._index_bytes:
            raise WorkspaceError(f"{self.folder}: another process wrote to it; run the same command again")
        try:
            # the index first: lines of rows that are gone must never meet the rows put in their place
            _cut(index, start * LINE_BYTES)
            _cut(rows, start * 4 * self.dimension)
            _extend(rows, data.tobytes())
            _extend(index, lines.encode("ascii"))
        except OSError as error:
            self._open()
            with contextlib.suppress(OSError):
                _cut(rows, len(self) * 4 * self.dimension)  # room again for others
            raise unwritten(self.folder, error) from error
        self._index_bytes = (start + len(hashes)) * LINE_BYTES
        self._mapped = map_files(self.folder, self.about, start + len(hashes))
        self._new.update((h, start + i) for i, h in enumerate(hashes))
        if len(self._new) >= FOLD:
            self._open()

    def _open(self) -> None:
        """Read the index and map the files that `store.json` names now."""
        while True:
            about = self._read_about()
            rows, index = about.rows(self.folder), about.index(self.folder)
            try:
                lost = about.generation > 0 and not (rows.exists() and index.exists())
                index_bytes = _size(index)
                count = min(_size(rows) // (4 * about.dimension), index_bytes // LINE_BYTES)
                lines = Lines(index, count)
                mapped = map_files(self.folder, about, lines.count)
            except (FileNotFoundError, ValueError):
                continue  # a rewrite or a writer changed them meanwhile
            except OSError as error:
                raise WorkspaceError(f"{self.folder}: cannot be read ({error.strerror or error})") from error
            if self._read_about() == about:  # else the files may have been gone before they were looked at
                break
        if lost:  # a rewrite writes both before they are named
            raise damaged_about(self.folder, f"names {rows.name} and {index.name}, which are missing")
        self.about, self._lines, self._mapped = about, lines, mapped
        self._index_bytes = index_bytes
        self._new = {}

    def _read_about(self) -> About:
        about = read_about(self.folder)
        if about is None:
            raise WorkspaceError(f"{self.folder}: the vectors were deleted meanwhile; run index again")
        if replace(about, generation=0) != replace(self.about, generation=0):
            raise WorkspaceError(
                f"{self.folder}: vectors of another model ({about.fingerprint}, {about.dimension} wide), "
                f"expected {self.about.fingerprint}, {self.about.dimension} wide; delete the folder"
            )
        return about


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _cut(path: Path, size: int) -> None:
    """Drop a tail that never came to count; makes the file where there is none."""
    with path.open("r+b" if path.exists() else "w+b") as out:
        out.truncate(size)


def _extend(path: Path, data: bytes) -> None:
    with path.open("ab") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def unwritten(folder: Path, error: OSError) -> WorkspaceError:
    """The error of a disk that takes no more."""
    return WorkspaceError(
        f"{folder}: cannot be written ({error.strerror or error}); free space, then run the same command "
        "again: what was finished is kept"
    )
