"""Any sentence-transformers base: what is trained is what is saved, and what is saved is what loads."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from finetune.training import callbacks
from rag_app.core.errors import ModelError
from rag_app.core.types import Progress
from rag_app.embedder import load_folder
from tests.tiny_bases import (
    half_precision,
    plain_transformer,
    run_training,
    texts,
    things,
    tiny,
    weights,
    without_normalize,
)

PROMPTS = {"query": "query : ", "document": "passage : "}
KINDS: dict[str, Callable[[Path], Path]] = {
    "mean": tiny,
    "cls-prompts": lambda folder: tiny(folder, pooling="cls", prompts=PROMPTS),
    "no-normalize": without_normalize,
    "plain-transformer": plain_transformer,
    "bfloat16": half_precision,
}
ASKED = ["when was anvil sold with badger ?", "when"]
READ = [p.context for p in things()[:5]] + ["in 2004 " + "the firm sold one anvil " * 20]  # one is cut


@contextmanager
def complaints() -> Iterator[list[str]]:
    """What Python and the libraries warn of."""
    said: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    listener = Listener(logging.WARNING)
    loggers = [logging.getLogger(name) for name in ("transformers", "sentence_transformers")]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for logger in loggers:
            logger.addHandler(listener)
        try:
            yield said
        finally:
            for logger in loggers:
                logger.removeHandler(listener)
            said += [str(w.message) for w in caught]


@pytest.mark.parametrize("kind", KINDS)
def test_the_saved_model_gives_the_vectors_of_training(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sentence_transformers import SentenceTransformer

    seen: dict[str, Any] = {}
    real = callbacks.evaluate

    def look(encoder: Any, *args: Any) -> Any:
        seen["queries"], seen["passages"] = encoder.encode_queries(ASKED), encoder.encode_passages(READ)
        return real(encoder, *args)

    monkeypatch.setattr(callbacks, "evaluate", look)
    base = KINDS[kind](tmp_path / "base")
    run_training(base, tmp_path, max_steps=4)  # validated once, after the last step
    with complaints() as said:
        model = SentenceTransformer(str(tmp_path / "model"), device="cpu")
    assert said == []
    for name, got in (("queries", model.encode_query(ASKED)), ("passages", model.encode_document(READ))):
        got = got / np.linalg.norm(got, axis=1, keepdims=True)
        assert got.shape == (len(seen[name]), 32)
        assert np.min(np.sum(got * seen[name], axis=1)) > 0.9999, name
    before, after = (load_folder(f, "m").encode_passages(READ) for f in (base, tmp_path / "model"))
    assert np.abs(before @ before.T - after @ after.T).max() > 1e-5  # trained, not only turned
    again = load_folder(tmp_path / "model", "m")
    assert np.min(np.sum(again.encode_passages(READ) * seen["passages"], axis=1)) > 0.9999
    assert model.truncate_dim is None
    assert {p.dtype.itemsize for p in model.parameters()} == {4}
    source = SentenceTransformer(str(base), device="cpu")
    assert model.max_seq_length == source.max_seq_length
    assert model.prompts == source.prompts
    parts = [type(m).__name__ for m in model]
    parts.remove("Dense")  # the turned axes
    assert parts == [type(m).__name__ for m in source]
    assert model[1].pooling_mode == source[1].pooling_mode == ("cls" if kind == "cls-prompts" else "mean")


def test_prompts_are_trained_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sentence_transformers import SentenceTransformer

    from finetune.training.losses import PackedModel

    base = tiny(tmp_path / "base", prompts=PROMPTS)
    tokenizer = SentenceTransformer(str(base), device="cpu").tokenizer
    first: set[str] = set()
    real = PackedModel.forward

    def look(self: Any, features: dict[str, Any]) -> Any:
        first.update(tokenizer.batch_decode(features["input_ids"][:, 1:3]))  # after [CLS]
        return real(self, features)

    monkeypatch.setattr(PackedModel, "forward", look)
    run_training(base, tmp_path, max_steps=1, validate=False)
    assert first == {"query :", "passage :"}


def test_a_shorter_length_holds_while_training_only(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    run_training(tiny(tmp_path / "base"), tmp_path, max_steps=1, max_seq_length=8)
    assert SentenceTransformer(str(tmp_path / "model"), device="cpu").max_seq_length == 48


def test_small_updates_are_not_lost_to_half_precision(tmp_path: Path) -> None:
    run_training(half_precision(tmp_path / "base"), tmp_path, max_steps=4, learning_rate=1e-6)
    was, now = weights(tmp_path / "base"), weights(tmp_path / "model")
    layer = "encoder.layer.0.attention.self.query.weight"
    assert now[layer].dtype.itemsize == 4
    changed = (now[layer] != was[layer].float()).float().mean()
    assert float(changed) > 0.9


def test_without_a_tokenizer_nothing_is_trained(tmp_path: Path) -> None:
    base = tiny(tmp_path / "base")
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        (base / name).unlink(missing_ok=True)
    events: list[Progress] = []
    with pytest.raises(ModelError, match="base: no tokenizer; copy the tokenizer files"):
        run_training(base, tmp_path, on_progress=events.append)
    assert events == []
    assert not (tmp_path / "model").exists()


def test_pickled_weights_are_refused_by_name_of_the_remedy(tmp_path: Path) -> None:
    import torch

    base = tiny(tmp_path / "base")
    torch.save(weights(base), base / "pytorch_model.bin")
    (base / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"no \.safetensors weights.*safe_serialization=True"):
        load_folder(base, "pickled")
    with pytest.raises(ModelError, match="cannot be loaded"):
        run_training(base, tmp_path)


def test_damaged_weights_are_one_line(tmp_path: Path) -> None:
    base = tiny(tmp_path / "base")
    data = (base / "model.safetensors").read_bytes()
    (base / "model.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(ModelError, match="cannot be loaded as a sentence-transformers model"):
        run_training(base, tmp_path)


def test_modules_of_unknown_code_are_not_run(tmp_path: Path) -> None:
    base = tiny(tmp_path / "base")
    listed = json.loads((base / "modules.json").read_text())
    listed[1]["type"] = "custom_pooling.Pooling"
    (base / "modules.json").write_text(json.dumps(listed))
    ran = tmp_path / "ran"
    (base / "custom_pooling.py").write_text(f"open({str(ran)!r}, 'w').close()\nclass Pooling: ...\n")
    with pytest.raises(ModelError):
        run_training(base, tmp_path)
    assert not ran.exists()


def test_the_words_are_known() -> None:
    """The tiny vocabulary covers the pairs, so that the tests above train on words, not on [UNK]."""
    assert len(set(" ".join(texts(things())).split())) > 40
