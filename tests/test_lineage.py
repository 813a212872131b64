"""ui.lineage: figures on what a model, or one it comes from, was trained on are flagged."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_models_command import record, register

from finetune.data.extra import join
from finetune.data.pairs import Pair, pair_set
from finetune.pipeline import FinetuneConfig
from finetune.record import parts_of
from rag_app.core.config import Workspace
from rag_app.core.registry import ModelRecord, ModelRef
from ui.lineage import too_good, trained_on
from ui.tuning import _note

A = pair_set("a.csv", [Pair("q ?", "c")])
B = pair_set("b.csv", [Pair("other ?", "d")])
C = pair_set("c.csv", [Pair("third ?", "e")])
BOTH = join(A, B)


def made(model_id: str, pairs: object = A, protocol: str = "honest", **more: object) -> ModelRecord:
    assert isinstance(pairs, type(A))
    config = {"pairs_parts": parts_of(pairs)}
    told = {"pairs": pairs.name, "pairs_sha256": pairs.sha256, "protocol": protocol, "config": config}
    return record(model_id, **told, **more)


PART = "was trained on a part of these questions (its split: honest, seed 42)"
ALL = "was trained on these questions, or most of them"


@pytest.mark.parametrize(
    ("trained", "asked", "protocol", "seed", "told"),
    [
        (made("m"), A, "honest", 42, ""),
        (made("m"), A, "honest", 43, PART),
        (made("m"), A, "seed", 42, PART),
        (made("m"), A, "chunks", 42, ALL),
        (made("m", protocol="chunks"), A, "honest", 42, ALL),
        (made("m"), C, "honest", 43, ""),
        (made("m", BOTH), A, "honest", 42, ""),
        (made("m", BOTH), A, "honest", 43, PART),
        (made("m", BOTH), B, "honest", 42, "was trained on these questions (they were added to its pairs)"),
        (made("m"), BOTH, "honest", 42, ""),  # only A is asked
        (made("m", B), BOTH, "honest", 7, ""),
        (
            made("m", pair_set("a.csv", C.pairs)), A, "honest", 42,
            "was trained on pairs of the same name (a.csv), which may be these questions",
        ),
    ],
)  # fmt: skip
def test_trained_on(trained: ModelRecord, asked: object, protocol: str, seed: int, told: str) -> None:
    assert isinstance(asked, type(A))
    assert trained_on(trained, asked, protocol, seed) == told


def test_bases_are_followed(workspace: Workspace) -> None:
    first = made("first", fingerprint="1" * 32, base_fingerprint="0" * 32)
    second = made("second", B, fingerprint="2" * 32, base_fingerprint="1" * 32)
    third = made("third", C, fingerprint="3" * 32, base_fingerprint="2" * 32)
    folders = [register(workspace, one) for one in (first, second, third)]
    for model in (ModelRef("tuned", "registry", folders[2], third), ModelRef("tuned", "folder", folders[2])):
        assert too_good(workspace, model, "tuned", A, "honest", 43) == (
            f"tuned comes from first, which {PART}, so its figures here are too good"
        )
        assert too_good(workspace, model, "tuned", A, "honest", 42) == ""
        assert too_good(workspace, model, "tuned", C, "honest", 1).startswith("tuned was trained on a part")


def test_made_pairs_judged_by_made_questions_are_said_to_be(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "ws").create()
    base = ModelRef("base", "folder", tmp_path)
    rows = [Pair(f"what is {n} ?", f"it is {n}", f"T{n % 4}") for n in range(40)]
    made, human = pair_set("synthetic-llm", rows), pair_set("pairs.csv", rows)
    note = _note(workspace, base, made, None, FinetuneConfig())
    assert note.endswith("which can hide a loss on people's questions; give some with --check FILE")
    assert _note(workspace, base, made, human, FinetuneConfig()) == ""
    assert _note(workspace, base, human, None, FinetuneConfig()) == ""
