"""A real two-layer transformer over the words of some texts, built and saved in a second.

What it gives never depends on how busy the machine is: it carries a large constant that its last layer
takes out again, which costs nothing in float32 and everything in bfloat16, so that is never chosen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

WIDTH, TOKENS, CONSTANT = 32, 128, 256.0


def build_tiny_model(folder: Path, texts: Sequence[str]) -> None:
    """Save a sentence-transformers folder (32 wide, random weights) to `folder`."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(1)
    words = sorted({word for text in texts for word in re.findall(r"[a-z0-9]+|[^\sa-z0-9]", text.lower())})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
    raw = folder.with_name(f"{folder.name}-raw")
    raw.mkdir(parents=True)
    (raw / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    numbered = {word: number for number, word in enumerate(vocabulary)}
    BertTokenizerFast(vocab_file=str(raw / "vocab.txt"), vocab=numbered).save_pretrained(raw)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=2 * WIDTH, max_position_embeddings=TOKENS,
    )  # fmt: skip
    bert = BertModel(config)
    dense = Dense(WIDTH, WIDTH, bias=False, activation_function=torch.nn.Identity())
    with torch.no_grad():
        bert.encoder.layer[-1].output.LayerNorm.bias.fill_(CONSTANT)
        weight = torch.randn(WIDTH, WIDTH)
        dense.linear.weight.copy_(weight - weight.mean(dim=1, keepdim=True))
    bert.save_pretrained(raw)
    transformer = Transformer(str(raw), max_seq_length=TOKENS)
    modules = [transformer, Pooling(WIDTH, pooling_mode="mean"), dense, Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save_pretrained(str(folder), create_model_card=False)
