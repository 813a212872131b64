"""Texts → vectors, each embedded once, ever: what the store lacks is embedded, the rest is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from rag_app.core.files import Wait, locked
from rag_app.core.types import Encoder, FloatArray, Progress, ProgressFn, no_progress, text_hash
from rag_app.vectors.layout import AT_ONCE, lock_of
from rag_app.vectors.store import VectorStore
from rag_app.vectors.upkeep import open_to_write

BATCH = 512
"""Rows embedded and made durable at a time: what an interruption may cost."""


def embed_missing(
    folder: Path,
    fingerprint: str,
    load: Callable[[], Encoder],
    texts: Sequence[str],
    on_progress: ProgressFn = no_progress,
    wait: Wait = AT_ONCE,
) -> tuple[VectorStore, int]:
    """Open the store in `folder` and embed those of `texts` it lacks; (store, how many were new).

    `load` is called only when something is missing. Rows that are damaged are embedded again.
    Interrupted, the store keeps what was done. Raises WorkspaceError when another process is writing to
    this store, its `store.json` is damaged, or the disk is full.
    """
    wanted = {text_hash(text): text for text in texts}
    with locked(lock_of(folder, wait), "embed"):
        hashes = list(wanted)
        store = open_to_write(folder, fingerprint, hashes)
        missing = hashes
        if store is not None:
            missing = [h for h, at in zip(hashes, store.find(hashes).tolist(), strict=True) if at < 0]
            if not missing:
                return store, 0
        encoder = load()
        if store is None:
            store = VectorStore(folder, encoder.fingerprint, encoder.dimension)
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

    def __init__(self, encoder: Encoder, folder: Path, corpus: Iterable[str], wait: Wait = AT_ONCE) -> None:
        self._wait = wait
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
            store, _ = embed_missing(
                self._folder, self.fingerprint, lambda: self._encoder, ours, on_progress, self._wait
            )
            rows = [i for i, text in enumerate(texts) if text in self._corpus]
            out[rows] = store.get([text_hash(text) for text in ours])
        others = [i for i, text in enumerate(texts) if text not in self._corpus]
        if others:
            out[others] = self._encoder.encode_passages([texts[i] for i in others], on_progress)
        return out
