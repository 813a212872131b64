"""finetune.training.losses: packing changes speed, not values; both losses agree with the library's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from finetune.training.losses import PackedModel, bf16_is_faster, build_loss, pack, set_dropout
from tests.tiny_model import build_tiny_model

QUERIES = [
    "who sold it ?",
    "when did the large firm that we know of lease copper ?",
    "why",
    "what is a kettle ?",
]
PASSAGES = [
    "the firm sold it",
    "in 2004 the large firm leased copper and all the other things that it had known of for years and years",
    "because",
    "a kettle is a thing to boil water in",
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from sentence_transformers import SentenceTransformer

    folder = build_tiny_model(tmp_path_factory.mktemp("m") / "tiny", QUERIES + PASSAGES)
    loaded = SentenceTransformer(str(folder), device="cpu", model_kwargs={"attn_implementation": "eager"})
    set_dropout(loaded, 0.0)
    loaded.train()
    yield loaded


def build(model: Any, *, cached: bool, both_ways: bool = True, distil: float = 0.0) -> Any:
    return build_loss(
        model,
        dims=(32, 8),
        weights=(1, 0.5),
        scale=20,
        both_ways=both_ways,
        tokens=16,
        bf16=False,
        cached=cached,
        distil=distil,
    )


def value_and_gradient(model: Any, loss: Any) -> tuple[float, Any]:
    import torch

    model.zero_grad()
    value = loss([model.preprocess(QUERIES), model.preprocess(PASSAGES)], None)
    value.backward()
    gradient = torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])
    return float(value.detach()), gradient


def test_pack_keeps_every_index_and_the_budget() -> None:
    groups = pack([3, 40, 5, 5, 12, 1], 24)
    assert groups == [[1], [4, 2], [3, 0, 5]]
    assert sorted(i for g in groups for i in g) == list(range(6))
    assert pack([], 10) == []


def test_packed_embeddings_are_those_of_the_model_in_order(model: Any) -> None:
    import torch

    features = model.preprocess(PASSAGES)
    whole = model(dict(features))["sentence_embedding"]
    packed = PackedModel(model, 12, bf16=False)(dict(features))["sentence_embedding"]
    assert torch.allclose(whole, packed, atol=1e-5)
    assert PackedModel(model, 12, bf16=False).get_embedding_dimension() == 32


@pytest.mark.parametrize("both_ways", [False, True])
def test_packed_and_cached_give_the_loss_and_gradients_of_the_plain_loss(model: Any, both_ways: bool) -> None:
    import torch
    from sentence_transformers.sentence_transformer.losses import MatryoshkaLoss, MultipleNegativesRankingLoss

    directions = ("query_to_doc", "doc_to_query") if both_ways else ("query_to_doc",)
    parted = "per_direction" if both_ways else "joint"
    plain = MatryoshkaLoss(
        model,
        MultipleNegativesRankingLoss(model, directions=directions, partition_mode=parted),
        [32, 8],
        [1, 0.5],
    )

    ours = [build(model, cached=cached, both_ways=both_ways) for cached in (False, True)]
    values, gradients = zip(*(value_and_gradient(model, loss) for loss in (plain, *ours)), strict=True)
    assert values[1] == pytest.approx(values[0], rel=1e-4)
    assert values[2] == pytest.approx(values[0], rel=1e-4)
    assert torch.allclose(gradients[1], gradients[0], atol=1e-4)
    assert torch.allclose(gradients[2], gradients[0], atol=1e-4)


def test_narrow_cuts_learn_the_scores_of_the_widest(model: Any) -> None:
    import torch
    from torch.nn.functional import kl_div, normalize

    def loss_of(distil: float, cached: bool) -> tuple[float, Any]:
        return value_and_gradient(model, build(model, cached=cached, distil=distil))

    with torch.no_grad():
        asked, told = (model(model.preprocess(t))["sentence_embedding"] for t in (QUERIES, PASSAGES))
        wide, narrow = (
            20 * normalize(asked[:, :d], dim=1) @ normalize(told[:, :d], dim=1).T for d in (32, 8)
        )
        expected = float(kl_div(narrow.log_softmax(1), wide.softmax(1), reduction="batchmean"))
    without, _ = loss_of(0.0, cached=False)
    direct, gradient = loss_of(2.0, cached=False)
    cached, same = loss_of(2.0, cached=True)
    assert expected > 1e-3
    assert direct - without == pytest.approx(0.5 * 2.0 * expected, rel=1e-3)
    assert cached == pytest.approx(direct, rel=1e-4)
    assert torch.allclose(gradient, same, atol=1e-4)


def test_the_precision_check_leaves_no_trace(model: Any) -> None:
    assert bf16_is_faster(model, PASSAGES, 64) in {True, False}
    assert model.training
    assert all(p.grad is None for p in model.parameters())


def test_dropout_is_not_saved(model: Any, tmp_path: Path) -> None:
    import json

    model.save_pretrained(str(tmp_path), create_model_card=False)
    assert json.loads((tmp_path / "config.json").read_text())["hidden_dropout_prob"] == 0.1
