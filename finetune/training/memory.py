"""Whether a batch's activations fit into memory, told from its tokens and the model's size.

Imports torch: import inside functions only.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import torch
from sentence_transformers import SentenceTransformer

from finetune.data.pairs import Pair
from finetune.training import processes


def activation_bytes(model: SentenceTransformer, pairs: Sequence[Pair], batch_size: int, bf16: bool) -> float:
    """What a batch's activations take: its mean tokens (from a sample) times the model's size.

    Bytes a token, layer and hidden unit are measured on a BERT with plain attention, rounded up.
    """
    sample = pairs[:: max(1, len(pairs) // 200)]
    texts = [text for pair in sample for text in (pair.question, pair.context)]
    mask = model.preprocess(texts).get("attention_mask")
    tokens = float(mask.sum()) if isinstance(mask, torch.Tensor) else 0.0
    tokens *= min(batch_size, len(pairs)) / len(sample)
    config = getattr(model[0], "auto_model", None) and model[0].auto_model.config
    units = getattr(config, "hidden_size", 0) * getattr(config, "num_hidden_layers", 0)
    return tokens * units * (120 if bf16 else 180)


def allowed_bytes(limit_gb: float | None) -> float:
    """Bytes that activations may take here."""
    if limit_gb is not None:
        return limit_gb * 1e9
    if torch.cuda.is_available():
        return 0.6 * float(torch.cuda.mem_get_info()[0])
    try:
        total = float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):  # not on this system
        total = 16e9
    return min(6e9, 0.4 * total / processes.count())
