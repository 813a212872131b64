"""Bulk encoding on a processor: a copy of a model in bfloat16, fed batches of equal work.

Imports torch: import inside functions only. Knows nothing of queries, progress or whether it pays;
`rag_app.embedder` compares it with the library before it is used.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Transformer
from torch import Tensor, nn

from rag_app.core.types import FloatArray

BATCH_TOKENS = 2048
"""Tokens in a mini-batch, padding included: its activations stay in the processor's cache."""
EAGER_UP_TO = 512
"""Tokens up to which attention as two plain products is faster than the fused kernel, and small."""
PASSAGE_PROMPTS = ("document", "passage", "corpus")
"""The prompts that the library's `encode_document` looks for, in its order."""


class Unsupported(Exception):
    """A model whose passages only the library's own encoding is known to treat rightly."""


class FastEncoder:
    """Passages through a copy of `model` in `dtype`; pooling and what follows it stay in float32.

    The copy takes half the memory of a float32 model and shares nothing that encoding changes, so
    queries may go through `model` meanwhile. Raises Unsupported for a model that does not start with a
    transformer on the CPU.
    """

    def __init__(self, model: SentenceTransformer, dtype: torch.dtype = torch.bfloat16) -> None:
        if model.device.type != "cpu" or not isinstance(model[0], Transformer):
            raise Unsupported("only a transformer on the CPU is known to be faster so")
        self._model = _copy(model, dtype)
        length = model.max_seq_length
        if length is not None and length <= EAGER_UP_TO:
            self._model[0].auto_model.set_attn_implementation("eager")
        self._prompt = _passage_prompt(model)

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """float32[n, dimension] as the model gives them; padded no further than a batch's longest."""
        with torch.inference_mode():
            features = self._model.preprocess(list(texts), prompt=self._prompt, task="document")
            mask = features.get("attention_mask")
            if mask is None or not bool(mask[:, 0].all()):
                raise Unsupported("texts are not padded on the right")
            lengths = mask.sum(dim=1)
            order = torch.argsort(lengths, descending=True)
            out: FloatArray | None = None
            start = 0
            while start < len(order):
                longest = int(lengths[order[start]])
                rows = order[start : start + max(1, BATCH_TOKENS // longest)]
                vectors = self._forward(_cut(features, rows, longest)).numpy()
                if out is None:
                    out = np.empty((len(order), vectors.shape[1]), dtype=np.float32)
                out[rows.numpy()] = vectors
                start += len(rows)
        if out is None or not np.isfinite(out).all():
            raise Unsupported("the vectors are not finite")
        return out

    def _forward(self, features: dict[str, Any]) -> Tensor:
        vectors: Tensor = self._model(features, task="document")["sentence_embedding"]
        return vectors[:, : self._model.truncate_dim].float()


def _copy(model: SentenceTransformer, dtype: torch.dtype) -> SentenceTransformer:
    """A copy that keeps its own settings and tokenizer; weights that stay what they are are shared."""
    memo: dict[int, Any] = {}
    for place, module in enumerate(model):
        for weight in module.parameters():
            if weight.is_floating_point():
                cast = weight.detach().to(dtype if place == 0 else torch.float32)
                memo[id(weight)] = nn.Parameter(cast, requires_grad=False)
    made = copy.deepcopy(model, memo).eval()
    made[0].register_forward_hook(_to_float32)
    return made


def _to_float32(_module: nn.Module, _given: Any, features: dict[str, Any]) -> dict[str, Any]:
    """What the transformer says, for the modules behind it."""
    return {
        name: value.float() if isinstance(value, Tensor) and value.is_floating_point() else value
        for name, value in features.items()
    }


def _cut(features: dict[str, Any], rows: Tensor, length: int) -> dict[str, Any]:
    """The features of `rows`, without the padding behind `length` tokens."""
    count, width = features["attention_mask"].shape
    cut = dict(features)
    for name, value in features.items():
        if isinstance(value, Tensor):
            if value.shape != (count, width):
                raise Unsupported(f"{name} is not one value a token")
            cut[name] = value[rows, :length]
    return cut


def _passage_prompt(model: SentenceTransformer) -> str | None:
    """The prompt that the library's `encode_document` would use."""
    named = [name for name in PASSAGE_PROMPTS if name in model.prompts]
    name = named[0] if named else model.default_prompt_name
    return None if name is None else model.prompts.get(name)
