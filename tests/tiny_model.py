"""A real two-layer transformer over the words of some texts, built and saved in a second."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path


def build_tiny_model(
    folder: Path, texts: Sequence[str], *, pooling: str = "mean", prompts: dict[str, str] | None = None
) -> Path:
    """Save a sentence-transformers folder (hidden 32, 2 layers, random weights) to `folder`."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(1)
    words = sorted({word for text in texts for word in re.findall(r"[a-z0-9]+|[^\sa-z0-9]", text.lower())})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
    raw = folder.with_name(f"{folder.name}-raw")
    raw.mkdir(parents=True)
    (raw / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizerFast(
        vocab_file=str(raw / "vocab.txt"), vocab={w: i for i, w in enumerate(vocabulary)}
    ).save_pretrained(raw)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(raw)
    transformer = Transformer(str(raw), max_seq_length=48)
    model = SentenceTransformer(
        modules=[transformer, Pooling(32, pooling_mode=pooling), Normalize()], device="cpu", prompts=prompts
    )
    model.save_pretrained(str(folder), create_model_card=False)
    return folder
