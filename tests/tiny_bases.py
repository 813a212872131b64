"""Tiny bases of every kind a user may name, and a short training on them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from finetune.data.pairs import Pair
from finetune.data.split import Split, validation_split
from finetune.training.train import TrainConfig, TrainResult, train
from rag_app.core.types import Progress, no_progress
from tests.tiny_model import build_tiny_model

WORDS = "anvil badger copper dragon engine falcon garnet hammer island jacket kettle lantern".split()
TRAIN = TrainConfig(
    epochs=3, batch_size=16, learning_rate=5e-3, dims=(32, 16), bf16=False, dropout=0.0, validation_share=0.1
)


def things(count: int = 80) -> list[Pair]:
    """Pairs about a numbered thing of one of five companies."""
    rng = random.Random(3)
    out = []
    for i in range(count):
        a, b = rng.sample(WORDS, 2)
        context = f"in {2000 + i % 20} the firm sold one {a} and {b} as number {i} of many"
        out.append(Pair(f"when was {a} sold with {b} {i} ?", context, f"T{i % 5}", f"t{i % 5}.htm"))
    return out


def texts(pairs: list[Pair]) -> list[str]:
    """Both sides of the pairs."""
    return [text for pair in pairs for text in (pair.question, pair.context)]


def tiny(folder: Path, **options: Any) -> Path:
    """`build_tiny_model` with the words of `things`."""
    return build_tiny_model(folder, [*texts(things()), "query : passage : "], **options)


def without_normalize(folder: Path) -> Path:
    """A base of transformer and pooling only."""
    import json
    import shutil

    tiny(folder)
    listed = json.loads((folder / "modules.json").read_text())
    (folder / "modules.json").write_text(json.dumps(listed[:2]))
    shutil.rmtree(folder / "2_Normalize", ignore_errors=True)
    return folder


def plain_transformer(folder: Path) -> Path:
    """A transformers folder that no sentence-transformers code has seen."""
    tiny(folder)
    return folder.with_name(f"{folder.name}-raw")


def half_precision(folder: Path) -> Path:
    """A base whose weights were saved in bfloat16."""
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(tiny(folder.with_name("full"))), device="cpu")
    model.to(torch.bfloat16).save_pretrained(str(folder), create_model_card=False)
    return folder


def run_training(
    base: Path,
    work: Path,
    config: TrainConfig = TRAIN,
    on_progress: Callable[[Progress], None] = no_progress,
    resume: bool = False,
    validate: bool = True,
    **changes: Any,
) -> TrainResult:
    """Train on `things` into `work`/model, its checkpoints beside it."""
    held: Split = validation_split(things(), share=config.validation_share, max_queries=30)
    return train(
        base, work / "model", held.train, held if validate else None, replace(config, **changes),
        work=work, on_progress=on_progress, resume=resume,
    )  # fmt: skip


def weights(folder: Path) -> dict[str, Any]:
    """The tensors of a saved model, by name."""
    from safetensors.torch import load_file

    return dict(load_file(str(folder / "model.safetensors")))
