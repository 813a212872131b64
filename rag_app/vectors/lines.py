"""The lines of a store's index: which are whole, and which row a hash has.

A look-up is a binary search among the first 64 bits of the hashes, then a comparison of the whole
hash with its line on disk: 16 bytes a row in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag_app.vectors.layout import LINE_BYTES

Positions = NDArray[np.int64]
Bytes = NDArray[np.uint8]

BLOCK = 1 << 15
"""Lines looked at together."""
_HEX = np.full(256, 255, dtype=np.uint8)
_HEX[np.frombuffer(b"0123456789abcdef", dtype=np.uint8)] = np.arange(16)


class Lines:
    """The index as it was read: its first `count` lines are whole.

    `beyond` counts the lines from the first one that is not whole to the last that is: none after a
    kill, which tears the end only, some where a line was damaged; then `whole` are all that are whole.
    """

    def __init__(self, path: Path, most: int) -> None:
        """Read at most `most` lines: as many as there are rows. Without the file there are none."""
        good, keys = [np.zeros(0, dtype=np.bool_)], [np.zeros(0, dtype=np.uint64)]
        if most:
            with path.open("rb") as file:
                while most and len(data := file.read(min(BLOCK, most) * LINE_BYTES)) >= LINE_BYTES:
                    block = np.frombuffer(data, np.uint8, len(data) // LINE_BYTES * LINE_BYTES)
                    block = block.reshape(-1, LINE_BYTES)
                    good.append(_whole(block))
                    keys.append(_keys(block))
                    most -= len(block)
        whole = np.concatenate(good)
        self.whole: Positions = np.flatnonzero(whole)
        torn = np.flatnonzero(~whole)
        self.count = int(torn[0]) if len(torn) else len(whole)
        self.beyond = max(0, int(self.whole[-1]) + 1 - self.count) if len(self.whole) else 0
        if not self.beyond:
            self.whole = self.whole[:0].copy()  # says no more than `count`
        found = np.concatenate(keys)[: self.count]
        self._order = np.argsort(found, kind="stable")
        self._sorted = found[self._order]

    def find(self, hashes: Sequence[str], text: Bytes) -> Positions:
        """int64[len(hashes)]: the last row of each hash, -1 where there is none; `text` are the lines."""
        out = np.full(len(hashes), -1, dtype=np.int64)
        for start in range(0, len(hashes) if self.count else 0, BLOCK):
            part = [h if len(h) == 64 else "?" * 64 for h in hashes[start : start + BLOCK]]
            wanted = np.frombuffer("".join(part).encode("ascii", "replace"), np.uint8).reshape(-1, 64)
            out[start : start + len(part)] = self._find(wanted, text)
        return out

    def _find(self, wanted: Bytes, text: Bytes) -> Positions:
        out = np.full(len(wanted), -1, dtype=np.int64)
        keys = _keys(wanted)
        at = np.searchsorted(self._sorted, keys, side="right") - 1  # the last of equal ones
        left = np.flatnonzero(at >= 0)
        while len(left):
            left = left[self._sorted[at[left]] == keys[left]]
            places = self._order[at[left]]
            same = (text[places, :64] == wanted[left]).all(axis=1)
            out[left[same]] = places[same]
            left = left[~same]  # two hashes that share 64 bits, or a word that is no hash
            at[left] -= 1
            left = left[at[left] >= 0]
        return out


def sums_in(text: Bytes) -> NDArray[np.uint32]:
    """The checksums in whole lines."""
    return _packed(_HEX[text[:, 65:73]]).view(">u4").reshape(-1).astype(np.uint32)


def _whole(block: Bytes) -> NDArray[np.bool_]:
    digits = _HEX[block]
    digits[:, 64] = np.where(block[:, 64] == ord(" "), 0, 255)
    digits[:, 73] = np.where(block[:, 73] == ord("\n"), 0, 255)
    return np.asarray(digits.max(axis=1) < 16)


def _keys(text: Bytes) -> NDArray[np.uint64]:
    """The first 64 bits of each hash; of what is no hash, some number."""
    return _packed(_HEX[text[:, :16]]).view(">u8").reshape(-1).astype(np.uint64)


def _packed(digits: NDArray[Any]) -> Bytes:
    return np.ascontiguousarray((digits[:, 0::2] << 4) | (digits[:, 1::2] & 15))
