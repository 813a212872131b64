"""One opened build: search through Chroma, exactly among few, and at full width where it was asked for.

Knows no model, only vectors. Chroma's files are let go of when the last user of an `Index` is gone,
so that a build can be replaced while a question is being asked.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag_app import chroma
from rag_app.core.errors import IndexStateError
from rag_app.core.types import Chunk, Filters, FloatArray
from rag_app.index.build import AXES, ROWS, cut
from rag_app.index.corpus import open_corpus
from rag_app.index.manifest import read_manifest
from rag_app.index.nearest import FullWidth, Nearest
from rag_app.vectors import VectorStore

if TYPE_CHECKING:
    from rag_app.index.facets import Facets


class Index:
    """One opened build. `vectors` is the folder of vector stores, needed for a rescored build only.

    Safe for many threads. Raises IndexStateError for a build that is missing, damaged or away.
    """

    def __init__(self, folder: Path, vectors: Path | None = None) -> None:
        self.manifest = read_manifest(folder)
        made = self.manifest
        self._corpus = open_corpus(folder.parent, made.corpus_hash)
        self.chunks: Sequence[Chunk] = self._corpus.chunks
        self.lexicon = self._corpus.lexicon()
        try:
            rows: FloatArray = np.load(folder / ROWS, mmap_mode="r", allow_pickle=False)
            self._axes: FloatArray | None = (
                np.load(folder / AXES, allow_pickle=False) if made.turned else None
            )
        except (OSError, ValueError) as error:
            raise IndexStateError(
                f"index {made.build_id} cannot be opened ({error}); run rag-app index"
            ) from error
        place = chroma.server_of(made.server) if made.server else folder / "chroma"
        collection = chroma.open_collection(place, made.collection, ef_search=made.hnsw.get("ef_search"))
        self._closer = weakref.finalize(self, collection.close)
        counts = (collection.count(), len(rows))
        if counts != (len(self.chunks), len(self.chunks)):
            raise IndexStateError(
                f"index {made.build_id} holds {min(counts)} of {len(self.chunks)} chunks; run rag-app index"
            )
        full = self._full_width(vectors) if made.rescored else None
        self._nearest = Nearest(rows, collection, full, lasting=not made.server)

    @property
    def facets(self) -> Facets:
        """Which passages a filter keeps."""
        return self._corpus.facets

    def search(self, query: FloatArray, k: int, filters: Filters | None = None) -> list[tuple[int, float]]:
        """(position in `chunks`, cosine), best first; `query` is float32[full width].

        The cosine is that of the cut vectors, or of the full ones in a rescored build.
        """
        if k < 1 or not self.chunks:
            return []
        vector = cut(query.reshape(1, -1), self.manifest.dimension, self._axes)[0]
        kept = self.facets.positions(filters) if filters else None
        places, scores = self._nearest.find(vector, query, k, kept)
        return list(zip(places.tolist(), scores.tolist(), strict=True))

    def close(self) -> None:
        """Let go of Chroma's files now, not when the last user is gone."""
        self._closer()

    def _full_width(self, vectors: Path | None) -> FullWidth:
        made = self.manifest
        store = VectorStore.existing(vectors / made.fingerprint, made.fingerprint) if vectors else None
        if store is None:
            raise IndexStateError(
                f"index {made.build_id} ranks by full-width vectors, which are gone; "
                f"run rag-app index --model {made.model}"
            )
        return FullWidth(store.read, store.positions(self._corpus.hashes()))
