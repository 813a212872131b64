"""A model folder → an Encoder: full-width unit vectors, passages the fastest way that gives the same.

Knows nothing of dimensions to cut to (`core.metrics.truncate` does that) and stores nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag_app.core.errors import ModelError
from rag_app.core.hub import model_folder
from rag_app.core.registry import ModelRef, check_tokenizer, fingerprint_folder
from rag_app.core.types import FloatArray, Progress, ProgressFn, no_progress

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PIECE = 256
"""Passages encoded between two progress events, where a listener may cancel."""
BULK_FROM = 128
"""Passages from which choosing a way to encode them (about half a second) pays for itself."""
SAMPLE = 8
"""Passages on which the ways are compared."""
SAME = 0.999
"""Cosine, row by row, from which two ways give the same vectors."""

Way = Callable[[Sequence[str]], FloatArray]
"""Passages → float32[n, dimension]."""


class ModelEncoder:
    """A sentence-transformers model behind the `Encoder` protocol.

    Queries may be encoded while another thread encodes passages: nothing that they share is changed.
    Two threads with a first bulk encode each choose a way; the later choice stays. The fast way holds
    a second copy of the weights in bfloat16, half the size of the first.
    """

    def __init__(self, model: SentenceTransformer, name: str, fingerprint: str) -> None:
        self._model = model
        self._name = name
        self._fingerprint = fingerprint
        self._bulk: tuple[str, Way] | None = None
        self._chosen = False

    @property
    def name(self) -> str:
        """What a user calls the model."""
        return self._name

    @property
    def dimension(self) -> int:
        """Full width of the vectors."""
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def fingerprint(self) -> str:
        """32 hex digits over weights, tokenizer, pooling and prompts."""
        return self._fingerprint

    @property
    def way(self) -> str:
        """How passages are encoded: "library" until a bulk encode has found something faster."""
        return "library" if self._bulk is None else self._bulk[0]

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """float32[n, dimension], unit length, in the model's own precision."""
        return self._library(texts, query=True)

    def encode_passages(self, texts: Sequence[str], on_progress: ProgressFn = no_progress) -> FloatArray:
        """float32[n, dimension], unit length; longest first, so that padding wastes little.

        Texts beyond the model's token limit are cut by its tokenizer; chunks stay below it.
        """
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        if len(texts) >= BULK_FROM and not self._chosen:
            self._bulk = self._choose(
                [texts[order[i * (len(order) - 1) // (SAMPLE - 1)]] for i in range(SAMPLE)]
            )
            self._chosen = True
        for start in range(0, len(order), PIECE):
            rows = order[start : start + PIECE]
            out[rows] = self._passages([texts[i] for i in rows])
            on_progress(Progress("embed", start + len(rows), len(texts)))
        return out

    def _passages(self, texts: Sequence[str]) -> FloatArray:
        """The chosen way; should it fail, the library from then on."""
        bulk = self._bulk
        if bulk is not None:
            try:
                return _unit(bulk[1](texts))
            except Exception as error:  # whatever it is, the library's answer is the right one
                if _out_of_memory(error):
                    raise
                self._bulk = None
        return self._library(texts)

    def _library(self, texts: Sequence[str], *, query: bool = False, half: bool = False) -> FloatArray:
        """The library's own encoding, in the model's precision or under bfloat16 autocast."""
        import torch

        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        encode = self._model.encode_query if query else self._model.encode_document
        device = self._model.device.type
        batch = 16 if device == "cpu" else 64  # a graphics card is idle at 16
        with torch.autocast(device, dtype=torch.bfloat16, enabled=half):
            tensor = encode(list(texts), batch_size=batch, convert_to_tensor=True, show_progress_bar=False)
        return _unit(tensor.float().cpu().numpy())

    def _choose(self, sample: Sequence[str]) -> tuple[str, Way] | None:
        """The first way that gives the same vectors in less time on this machine; None: the library."""
        from rag_app.fastencode import FastEncoder

        ways: dict[str, Callable[[], Way]] = {
            "bfloat16 copy": lambda: FastEncoder(self._model).encode,
            "bfloat16 autocast": lambda: lambda texts: self._library(texts, half=True),
        }
        want, slow = _timed(self._library, sample)
        for name, make in ways.items():
            try:
                way = make()
                got, fast = _timed(way, sample)
            except Exception as error:  # a way that fails is no way
                if _out_of_memory(error):
                    raise
                continue
            if fast < 0.9 * slow and np.min(np.sum(want * _unit(got), axis=1)) >= SAME:
                return name, way
        return None


def _timed(way: Way, texts: Sequence[str]) -> tuple[FloatArray, float]:
    """The vectors, and seconds: the better of two runs, because the first fills caches."""
    seconds = []
    for _ in range(2):
        started = time.perf_counter()
        vectors = way(texts)
        seconds.append(time.perf_counter() - started)
    return vectors, min(seconds)


def _unit(vectors: FloatArray) -> FloatArray:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)


def _out_of_memory(error: Exception) -> bool:
    """torch raises a RuntimeError of its own where the processor's memory is full."""
    return isinstance(error, MemoryError) or any(
        said in str(error).lower() for said in ("out of memory", "allocate memory")
    )


def load_encoder(ref: ModelRef) -> ModelEncoder:
    """Load the model that `ref` names, from its folder or the hub's cache.

    Raises ModelError when it is missing, damaged, or holds no safetensors weights.
    """
    folder = model_folder(ref)
    fingerprint = fingerprint_folder(folder)
    return ModelEncoder(_load(folder), ref.name, fingerprint)


def load_folder(folder: Path, name: str) -> ModelEncoder:
    """`load_encoder` for a folder."""
    return load_encoder(ModelRef(name, "folder", folder))


def reference_fingerprint(ref: ModelRef) -> str:
    """The fingerprint `load_encoder(ref)` would have, without loading torch."""
    if ref.record is not None:
        return ref.record.fingerprint
    return fingerprint_folder(model_folder(ref))


def _load(folder: Path) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    check_tokenizer(folder)
    transformers_logging.disable_progress_bar()  # one bar a user sees is ours
    try:
        return SentenceTransformer(
            str(folder),
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:  # safetensors, tokenizers and torch each raise their own
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise ModelError(f"{folder}: cannot be loaded as a sentence-transformers model ({reason})") from error
