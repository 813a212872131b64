"""The main axes of vectors, to turn them along before they are cut: of an index, and of a model to train.

The first coordinates of a model that was not trained as a Matryoshka are no better than its last. Its
singular vectors over the corpus are the best linear cut there is (Eckart and Young 1936); over 9,739
passages of real filings they lift the base model's nDCG@10 at 64 dimensions from .105 to .180. Cosines at
the full width stay what they are.
"""

from __future__ import annotations

import numpy as np

from rag_app.core.types import FloatArray

SAMPLE = 20_000
"""Rows that the axes are taken from, evenly spread."""


def main_axes(rows: FloatArray, dim: int) -> FloatArray:
    """float32[full, dim]: the `dim` orthonormal directions in which float32[n, full] points most.

    The signs are fixed (largest coordinate positive), so that equal rows give equal files.
    """
    sample = np.asarray(rows[:: max(1, len(rows) // SAMPLE)], dtype=np.float64)
    _, found = np.linalg.eigh(sample.T @ sample)  # ascending
    axes = found[:, ::-1][:, :dim]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=0, keepdims=True), axis=0)
    return np.ascontiguousarray(axes * np.sign(largest), dtype=np.float32)
