"""Passages the fast way and the library's: equal vectors, and the library's wherever the fast way fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, StaticEmbedding

from finetune.training.rotation import rotate
from rag_app import embedder, fastencode
from rag_app.core.errors import Cancelled
from rag_app.core.types import FloatArray, Progress
from rag_app.embedder import ModelEncoder
from rag_app.fastencode import FastEncoder, Unsupported
from tests.tiny_bases import half_precision, things, tiny, without_normalize

PROMPTS = {"query": "query : ", "document": "passage : "}
LONG = "in 2004 " + "the firm sold one anvil " * 20
READ = [LONG, "anvil", "", *(pair.context for pair in things()), " ", LONG + "badger"]


def turned(folder: Path) -> Path:
    """A tuned model: its axes are turned by a linear module behind the pooling."""
    model = SentenceTransformer(str(tiny(folder.with_name("plain"))), device="cpu")
    rotate(model, torch.linalg.qr(torch.randn(32, 32, generator=torch.Generator().manual_seed(2)))[0])
    model.save_pretrained(str(folder), create_model_card=False)
    return folder


def narrowed(folder: Path) -> Path:
    """A base with a dense head of its own, its output cut to fewer coordinates by a saved setting."""
    model = SentenceTransformer(str(without_normalize(folder.with_name("plain"))), device="cpu")
    model.append(Dense(32, 24))
    model.truncate_dim = 16
    model.save_pretrained(str(folder), create_model_card=False)
    return folder


def without_prompt_tokens(folder: Path) -> Path:
    """A base that leaves the prompt's tokens out of the mean."""
    model = SentenceTransformer(str(tiny(folder.with_name("plain"), prompts=PROMPTS)), device="cpu")
    model.set_pooling_include_prompt(False)
    model.save_pretrained(str(folder), create_model_card=False)
    return folder


KINDS: dict[str, Callable[[Path], Path]] = {
    "mean": tiny,
    "cls-prompts": lambda folder: tiny(folder, pooling="cls", prompts=PROMPTS),
    "max": lambda folder: tiny(folder, pooling="max"),
    "mean-prompts": lambda folder: tiny(folder, prompts=PROMPTS),
    "without-prompt-tokens": without_prompt_tokens,
    "no-normalize": without_normalize,
    "bfloat16": half_precision,
    "turned": turned,
    "narrowed": narrowed,
}


def load(folder: Path) -> SentenceTransformer:
    return SentenceTransformer(str(folder), device="cpu")


def unit(vectors: FloatArray) -> FloatArray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def library(model: SentenceTransformer, texts: Sequence[str] = READ) -> FloatArray:
    return unit(model.encode_document(list(texts), convert_to_tensor=True).float().numpy())


def cosine(got: FloatArray, want: FloatArray) -> float:
    assert got.shape == want.shape
    return float(np.min(np.sum(got * want, axis=1)))


@pytest.mark.parametrize("kind", KINDS)
def test_the_fast_way_gives_the_librarys_vectors(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fastencode, "BATCH_TOKENS", 96)  # many batches, each padded to its own longest
    model = load(KINDS[kind](tmp_path / "base")).float()
    want = library(model)
    assert cosine(unit(FastEncoder(model, torch.float32).encode(READ)), want) > 0.999999
    assert cosine(unit(FastEncoder(model).encode(READ)), want) > 0.999
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}
    assert np.array_equal(library(model), want)  # what the copy does, the model does not notice


def test_a_long_limit_keeps_the_models_own_attention(tmp_path: Path) -> None:
    model = load(tiny(tmp_path / "base"))
    own = model[0].auto_model.config._attn_implementation
    assert own == "sdpa"
    assert FastEncoder(model)._model[0].auto_model.config._attn_implementation == "eager"
    model.max_seq_length = 513
    assert FastEncoder(model)._model[0].auto_model.config._attn_implementation == own
    assert model[0].auto_model.config._attn_implementation == own


def test_what_is_not_known_to_be_right_is_unsupported(tmp_path: Path) -> None:
    model = load(tiny(tmp_path / "base"))
    with pytest.raises(Unsupported):
        FastEncoder(SentenceTransformer(modules=[StaticEmbedding(model.tokenizer, embedding_dim=8)]))
    model.tokenizer.padding_side = "left"
    with pytest.raises(Unsupported):
        FastEncoder(model).encode(READ)
    model.tokenizer.padding_side = "right"
    with torch.no_grad():
        model[0].auto_model.encoder.layer[1].output.dense.bias.fill_(float("nan"))
    with pytest.raises(Unsupported):
        FastEncoder(model).encode(READ)


# --- the choice -------------------------------------------------------------------------------------------

MANY = [f"in {1990 + i % 40} the firm sold one anvil as number {i} of many" for i in range(300)]


@pytest.fixture
def model(tmp_path: Path) -> SentenceTransformer:
    return load(tiny(tmp_path / "base"))


def clocks(monkeypatch: pytest.MonkeyPatch, *seconds: float) -> None:
    """The runs of the choice take so long: the library's, the copy's, autocast's."""
    left = iter(seconds)
    monkeypatch.setattr(embedder, "_timed", lambda way, texts: (way(texts), next(left)))


def broken(monkeypatch: pytest.MonkeyPatch, error: Exception, after: int = 0) -> list[int]:
    """Calls of the fast way; each after the first `after` raises."""
    calls: list[int] = []
    real = FastEncoder.encode

    def encode(self: FastEncoder, texts: Sequence[str]) -> FloatArray:
        calls.append(len(texts))
        if len(calls) > after:
            raise error
        return real(self, texts)

    monkeypatch.setattr(FastEncoder, "encode", encode)
    return calls


@pytest.mark.parametrize(
    ("seconds", "way"),
    [
        ((1.0, 0.5), "bfloat16 copy"),
        ((1.0, 0.95, 0.5), "bfloat16 autocast"),
        ((1.0, 0.95, 0.95), "library"),
    ],
)
def test_the_first_way_that_is_faster_is_taken(
    seconds: tuple[float, ...], way: str, model: SentenceTransformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks(monkeypatch, *seconds)
    encoder = ModelEncoder(model, "m", "f" * 32)
    assert cosine(encoder.encode_passages(MANY), library(model, MANY)) > 0.999
    assert encoder.way == way
    encoder.encode_passages(MANY)  # chosen once: the clocks have run out
    assert encoder.way == way


def test_another_answer_is_refused_however_fast(
    model: SentenceTransformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks(monkeypatch, 1.0, 0.01, 1.0)
    monkeypatch.setattr(FastEncoder, "encode", lambda _, texts: np.eye(len(texts), 32, dtype=np.float32))
    encoder = ModelEncoder(model, "m", "f" * 32)
    got = encoder.encode_passages(MANY)
    assert encoder.way == "library"
    assert cosine(got, library(model, MANY)) > 0.999999


def test_a_way_that_fails_in_the_choice_is_not_taken(
    model: SentenceTransformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks(monkeypatch, 1.0, 0.5)  # the second is autocast's
    calls = broken(monkeypatch, RuntimeError("no kernel"))
    encoder = ModelEncoder(model, "m", "f" * 32)
    assert cosine(encoder.encode_passages(MANY), library(model, MANY)) > 0.999
    assert encoder.way == "bfloat16 autocast"
    assert calls == [embedder.SAMPLE]


def test_a_way_that_fails_later_is_left_for_good(
    model: SentenceTransformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks(monkeypatch, 1.0, 0.5)
    calls = broken(monkeypatch, RuntimeError("no kernel"), after=2)  # the choice and one piece
    encoder = ModelEncoder(model, "m", "f" * 32)
    got = encoder.encode_passages(MANY)
    assert (encoder.way, calls) == ("library", [embedder.SAMPLE, 256, 44])
    want = library(model, MANY)
    cosines = np.sum(got * want, axis=1)
    assert int(np.sum(cosines > 0.999999)) >= 44  # the second piece in full precision
    assert cosines.min() > 0.999
    assert cosine(encoder.encode_passages(MANY), want) > 0.999999
    assert len(calls) == 3


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
@pytest.mark.parametrize("after", [0, 1])
def test_a_full_memory_is_told(
    error: Exception, after: int, model: SentenceTransformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks(monkeypatch, 1.0, 0.5)
    broken(monkeypatch, error, after)
    with pytest.raises(type(error)):
        ModelEncoder(model, "m", "f" * 32).encode_passages(MANY)


# --- the contract -----------------------------------------------------------------------------------------


def test_vectors_come_in_the_order_of_the_texts(
    model: SentenceTransformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks(monkeypatch, 1.0, 0.5)
    encoder = ModelEncoder(model, "m", "f" * 32)
    texts = READ + MANY
    got = encoder.encode_passages(texts)
    assert encoder.way == "bfloat16 copy"
    assert np.allclose(np.linalg.norm(got, axis=1), 1.0, atol=1e-5)
    assert cosine(got, library(model, texts)) > 0.999
    alone = np.concatenate([encoder.encode_passages([text]) for text in texts[:20]])
    assert cosine(alone, got[:20]) > 0.999
    assert encoder.encode_passages([]).shape == encoder.encode_queries([]).shape == (0, 32)


def test_few_texts_are_encoded_by_the_library(model: SentenceTransformer) -> None:
    encoder = ModelEncoder(model, "m", "f" * 32)
    assert cosine(encoder.encode_passages(READ), library(model)) > 0.999999
    assert encoder.way == "library"


def test_progress_is_in_texts_and_a_listener_may_cancel(
    model: SentenceTransformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks(monkeypatch, 1.0, 0.5)
    calls = broken(monkeypatch, RuntimeError(), after=99)
    encoder = ModelEncoder(model, "m", "f" * 32)
    seen: list[Progress] = []
    encoder.encode_passages(MANY, seen.append)
    assert [(step.stage, step.done, step.total) for step in seen] == [
        ("embed", 256, 300),
        ("embed", 300, 300),
    ]

    def cancel(_: Progress) -> None:
        raise Cancelled("stop")

    calls.clear()
    with pytest.raises(Cancelled):
        encoder.encode_passages(MANY, cancel)
    assert calls == [256]


def test_queries_are_not_disturbed_by_a_bulk_encode(
    model: SentenceTransformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks(monkeypatch, 1.0, 0.5)
    encoder = ModelEncoder(model, "m", "f" * 32)
    want = encoder.encode_queries(["when was anvil sold ?"])
    with ThreadPoolExecutor(1) as pool:
        bulk: Any = pool.submit(encoder.encode_passages, MANY * 4)
        asked = 0
        while not bulk.done() or not asked:
            assert np.array_equal(encoder.encode_queries(["when was anvil sold ?"]), want)
            asked += 1
        assert cosine(bulk.result(), library(model, MANY * 4)) > 0.999
    assert encoder.way == "bfloat16 copy"
