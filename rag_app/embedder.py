"""A model folder → an Encoder: full-width unit vectors, on the fastest precision that is equal.

Knows nothing of dimensions to cut to (`core.metrics.truncate` does that) and stores nothing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag_app.core.errors import ModelError
from rag_app.core.hub import model_folder
from rag_app.core.registry import ModelRef, check_tokenizer, fingerprint_folder
from rag_app.core.types import FloatArray, Progress, ProgressFn, no_progress

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PIECE = 512
"""Passages encoded between two progress events."""
BF16_FROM = 128
"""Passages from which the precision self-check (about half a second) pays for itself."""


class ModelEncoder:
    """A sentence-transformers model behind the `Encoder` protocol.

    Not safe for two threads at once on one instance's first bulk encode; queries are.
    """

    def __init__(self, model: SentenceTransformer, name: str, fingerprint: str) -> None:
        self._model = model
        self._name = name
        self._fingerprint = fingerprint
        self._half: bool | None = None

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

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """float32[n, dimension], unit length, in the model's own precision."""
        return self._encode(list(texts), query=True, half=False)

    def encode_passages(self, texts: Sequence[str], on_progress: ProgressFn = no_progress) -> FloatArray:
        """float32[n, dimension], unit length; longest first, so that padding wastes little.

        Texts beyond the model's token limit are cut by its tokenizer; chunks stay below it.
        """
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        if len(texts) >= BF16_FROM and self._half is None:
            self._half = self._half_is_faster_and_equal(texts)
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        for start in range(0, len(order), PIECE):
            rows = order[start : start + PIECE]
            out[rows] = self._encode([texts[i] for i in rows], query=False, half=bool(self._half))
            on_progress(Progress("embed", start + len(rows), len(texts)))
        return out

    def _encode(self, texts: list[str], *, query: bool, half: bool) -> FloatArray:
        import torch

        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        encode = self._model.encode_query if query else self._model.encode_document
        with torch.autocast(self._model.device.type, dtype=torch.bfloat16, enabled=half):
            tensor = encode(texts, batch_size=16, convert_to_tensor=True, show_progress_bar=False)
        vectors = tensor.float().cpu().numpy()
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)

    def _half_is_faster_and_equal(self, texts: Sequence[str]) -> bool:
        """Whether bf16 gives the same vectors (cosine ≥ 0.999) in less time on this processor."""
        sample = [texts[i] for i in range(0, len(texts), max(1, len(texts) // 16))][:16]
        self._encode(sample, query=False, half=False)  # warms caches, so that neither side pays for it
        started = time.perf_counter()
        full = self._encode(sample, query=False, half=False)
        middle = time.perf_counter()
        half = self._encode(sample, query=False, half=True)
        ended = time.perf_counter()
        equal = bool(np.min(np.sum(full * half, axis=1)) >= 0.999)
        return equal and (ended - middle) < 0.9 * (middle - started)


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
