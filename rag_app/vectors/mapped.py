"""Rows and their index lines, mapped: which rows have the checksums that their lines tell."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag_app.core.types import FloatArray, Progress, ProgressFn, no_progress
from rag_app.vectors.layout import LINE_BYTES, About
from rag_app.vectors.lines import Bytes, Positions, sums_in

BLOCK_BYTES = 1 << 23
"""Of rows checked or copied together: never the whole matrix in memory."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """rows: float32[n, dimension]; text: uint8[n, LINE_BYTES]. Both stay readable when files are replaced."""

    rows: FloatArray
    text: Bytes

    @property
    def block(self) -> int:
        """Rows looked at together."""
        return max(1, BLOCK_BYTES // (4 * int(self.rows.shape[1])))

    def differ(self, rows: FloatArray, places: Positions) -> NDArray[np.bool_]:
        """Which of `rows`, read from `places`, do not have their checksums."""
        return np.asarray(checksums(rows) != sums_in(self.text[places]))

    def whole(self, places: Positions, on_progress: ProgressFn = no_progress) -> Positions:
        """Those of `places` whose rows have their checksums."""
        found = [places[:0]]
        for start in range(0, len(places), self.block):
            part = places[start : start + self.block]
            found.append(part[~self.differ(self.rows[part], part)])
            on_progress(Progress("verify", start + len(part), len(places)))
        return np.concatenate(found)


def map_files(folder: Path, about: About, count: int) -> Mapped:
    """The first `count` rows and lines."""
    if not count:  # nothing cannot be mapped
        return Mapped(np.zeros((0, about.dimension), dtype="<f4"), np.zeros((0, LINE_BYTES), dtype=np.uint8))
    shape = (count, about.dimension)
    rows = np.memmap(about.rows(folder), dtype="<f4", mode="r", shape=shape)
    text = np.memmap(about.index(folder), dtype=np.uint8, mode="r", shape=(count, LINE_BYTES))
    return Mapped(np.asarray(rows), np.asarray(text))


def checksums(rows: FloatArray) -> NDArray[np.uint32]:
    """uint32[n]: the CRC-32 of each row's little-endian bytes."""
    if not len(rows):
        return np.zeros(0, dtype=np.uint32)
    data = np.ascontiguousarray(rows, dtype="<f4").data.cast("B")
    width = 4 * rows.shape[1]
    sums = (zlib.crc32(data[i : i + width]) for i in range(0, len(data), width))
    return np.fromiter(sums, dtype=np.uint32, count=len(rows))
