"""finetune.training.rotation: cosines stay, the first coordinates say most, all is saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from finetune.training.rotation import main_axes, rotate
from tests.tiny_model import build_tiny_model

TEXTS = [
    f"{what} of {whose} in {year}"
    for what in ("revenue", "net income", "debt", "risk", "inventory")
    for whose in ("the company", "the bank", "the airline")
    for year in (2021, 2022, 2023)
]


def vectors(model: SentenceTransformer) -> np.ndarray:
    return np.asarray(model.encode(TEXTS, normalize_embeddings=True), dtype=np.float64)


def test_cosines_stay_and_the_first_coordinates_hold_most(tmp_path: Path) -> None:
    model = SentenceTransformer(str(build_tiny_model(tmp_path / "tiny", TEXTS)))
    before = vectors(model)
    axes = main_axes(model, TEXTS)
    assert torch.allclose(axes @ axes.T, torch.eye(len(axes)), atol=1e-5)
    rotate(model, axes)
    after = vectors(model)
    assert np.abs(before @ before.T - after @ after.T).max() < 1e-5
    energy = (after**2).sum(axis=0)
    assert (np.diff(energy) <= 1e-4).all()  # each coordinate holds no more than the one before
    # the best any k coordinates can hold, from the singular values
    best = np.linalg.svd(before, compute_uv=False) ** 2
    assert np.allclose(energy[:8].sum(), best[:8].sum(), rtol=1e-4)
    assert (before[:, :8] ** 2).sum() < energy[:8].sum()


def test_a_turned_model_is_saved_and_turned_again_without_another_module(tmp_path: Path) -> None:
    model = SentenceTransformer(str(build_tiny_model(tmp_path / "tiny", TEXTS)))
    modules = len(list(model))
    rotate(model, main_axes(model, TEXTS))
    assert len(list(model)) == modules + 1
    model.save_pretrained(str(tmp_path / "turned"), create_model_card=False)
    again = SentenceTransformer(str(tmp_path / "turned"))
    assert np.abs(vectors(again) - vectors(model)).max() < 1e-6
    rotate(again, main_axes(again, TEXTS[:20]))
    assert len(list(again)) == modules + 1
    turned = vectors(again)
    assert np.abs(turned @ turned.T - vectors(model) @ vectors(model).T).max() < 1e-5


def test_equal_texts_give_equal_axes_signs_included(tmp_path: Path) -> None:
    folder = build_tiny_model(tmp_path / "tiny", TEXTS)
    first = main_axes(SentenceTransformer(str(folder)), TEXTS)
    second = main_axes(SentenceTransformer(str(folder)), TEXTS)
    assert torch.equal(first, second)
    assert (first.gather(1, first.abs().argmax(1, keepdim=True)) > 0).all()
