"""Turn the axes of a model's vectors so that the first ones say most, before training cuts them short.

An orthogonal matrix changes no cosine at the full width. At 64 and 128 coordinates it is the best
linear start there is (the singular vectors; Eckart and Young 1936), where a model that was not trained
as a Matryoshka has its first coordinates no better than its last. Imports torch: import inside
functions only.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, Normalize
from torch import Tensor, nn

from finetune.training.losses import autocast
from rag_app.core.axes import main_axes as directions

SAMPLE = 4000
"""Texts that the axes are taken from; more move them by less than training does."""


def rotate(model: SentenceTransformer, axes: Tensor) -> None:
    """Turn the vectors of `model` so that coordinate i is along `axes[i]` (float32[d, d], orthogonal).

    A linear module is inserted behind the pooling; a model that was turned before (a tuned one, tuned
    again) has its matrix turned instead. Cosines at the full width stay what they were.
    """
    with torch.no_grad():
        dense = _rotation_of(model)
        if dense is None:
            dense = _insert(model)
        weight = dense.linear.weight
        weight.copy_(axes.to(weight.device) @ weight)


def main_axes(model: SentenceTransformer, texts: Sequence[str], bf16: bool = False) -> Tensor:
    """Orthogonal float32[d, d] on the CPU: where the vectors of `texts` point most, first."""
    chosen = list(dict.fromkeys(texts))
    if len(chosen) > SAMPLE:
        chosen = random.Random(0).sample(chosen, SAMPLE)  # noqa: S311 - reproducible
    return _axes(_encode(model, chosen, bf16).cpu())


def _axes(vectors: Tensor) -> Tensor:
    """Orthogonal float32[d, d]; row i is the i-th right singular vector of float32[n, d]."""
    return torch.from_numpy(directions(vectors.numpy(), vectors.shape[1]).T.copy())


def _encode(model: SentenceTransformer, texts: list[str], bf16: bool) -> Tensor:
    with autocast(bf16, model.device.type):
        vectors: Tensor = model.encode_document(
            texts, batch_size=16, convert_to_tensor=True, normalize_embeddings=True, show_progress_bar=False
        )
    return vectors.float()


def _rotation_of(model: SentenceTransformer) -> Dense | None:
    """The square, linear, bias-free module at the end, if the model has one."""
    for module in reversed(list(model)):
        if isinstance(module, Dense):
            square = module.in_features == module.out_features
            plain = isinstance(module.activation_function, nn.Identity)
            return module if square and plain and not module.bias and not module.use_residual else None
        if not isinstance(module, Normalize):
            return None
    return None


def _insert(model: SentenceTransformer) -> Dense:
    width = int(model.get_embedding_dimension())
    eye = torch.eye(width)
    dense = Dense(width, width, bias=False, activation_function=nn.Identity(), init_weight=eye)
    dense.to(model.device)
    modules = list(model)
    behind = len(modules) - 1 if isinstance(modules[-1], Normalize) else len(modules)
    modules.insert(behind, dense)
    # nn.Sequential names its parts by position, and they are saved under these names.
    for name in list(model._modules):
        del model._modules[name]
    for place, module in enumerate(modules):
        model.add_module(str(place), module)
    return dense
