"""finetune(): what is asked is not trained on, what is refused early, what stays on disk."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from finetune.data.extra import join
from finetune.data.pairs import Pair, PairSet, pair_set, save_pairs
from finetune.evaluation.forgetting import Check
from finetune.pipeline import (
    ABANDONED,
    FinetuneConfig,
    _kept_for_resume,
    _make_room,
    _plan,
    _width_of,
    check_request,
    finetune,
)
from finetune.record import git_sha
from finetune.training.train import TrainConfig
from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import Cancelled, PairsError, UsageError
from rag_app.core.registry import ModelRef
from tests.conftest import make_chunk
from tests.tiny_model import build_tiny_model
from ui import tuning

ROOT = Path(__file__).parents[1]


def made_pairs(n: int = 60) -> PairSet:
    made = (Pair(f"who sold anvil {i} ?", f"firm {i} sold anvil {i}", f"T{i % 6}") for i in range(n))
    return pair_set("made", made)


def check_of(pairs: PairSet, *places: int) -> Check:
    """Some of the pairs asked over their contexts, in other words."""
    chunks = tuple(make_chunk(i, p.context) for i, p in enumerate(pairs.pairs))
    asked = (replace(pairs.pairs[i], question=f"Anvil {i}?", ticker=None) for i in places)
    return Check("asked", tuple(asked), chunks)


@pytest.mark.parametrize("decides", ["chunks", "split"])
def test_what_is_asked_is_not_trained_on(decides: Any) -> None:
    pairs = made_pairs()
    check = check_of(pairs, *range(5))
    asks = (*check.pairs, Pair("WHO sold anvil 9", "x", None, None, ("firm 9 sold anvil 9",)))
    added = pair_set("b", [Pair("anvil 2", "other", "N"), Pair("new ?", "Firm 0  sold anvil 0", "N")])
    kept = Pair("kept ?", "kept", "N")
    both = join(pairs, replace(added, pairs=(*added.pairs, kept)))
    config = FinetuneConfig(evaluate_on=decides)
    free = _plan(both, FinetuneConfig(), None)
    plan = _plan(both, config, replace(check, pairs=asks))
    held = set() if decides == "chunks" else {p.question for p in plan.tests[0].test}
    out = {f"who sold anvil {i} ?" for i in (0, 1, 2, 3, 4, 9)}
    trained = {p.question for p in (*plan.pairs, *plan.validation.test)}
    assert trained == ({p.question for p in pairs.pairs} | {"kept ?"}) - out - held
    assert plan.asked == len(out - held) + 2
    assert free.asked == 0 and {"anvil 2", "new ?", "kept ?"} <= {p.question for p in free.pairs}


def test_asking_all_that_is_trained_on_is_refused() -> None:
    pairs = made_pairs()
    told = "made: 0 pairs are left to train on without those that asked asks or asks about"
    with pytest.raises(PairsError, match=told):
        _plan(pairs, FinetuneConfig(evaluate_on="chunks"), check_of(pairs, *range(60)))
    with pytest.raises(PairsError, match="19 pairs are left"):
        _plan(pairs, FinetuneConfig(evaluate_on="chunks"), check_of(pairs, *range(41)))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = [t for p in made_pairs().pairs for t in (p.question, p.context)]
    return build_tiny_model(tmp_path_factory.mktemp("base") / "tiny", texts)


def test_the_full_width_is_measured_and_no_path_is_kept(tiny: Path, workspace: Workspace) -> None:
    from rag_app.embedder import load_folder

    train = TrainConfig(max_steps=1, batch_size=8, bf16=False, dims=(16, 8), eval_per_epoch=0, rotate=False)
    pairs = join(made_pairs(), pair_set("more", [Pair("q ?", "c", "N")]))
    base = ModelRef(str(tiny), "folder", tiny)
    record = finetune(workspace, base, pairs, FinetuneConfig(train=train), load_folder)
    assert list(record.before) == list(record.after) == ["32", "16", "8"]
    assert record.dims == (16, 8)
    assert record.base == "tiny"
    assert record.config["pairs_parts"] == [made_pairs().sha256, pair_set("x", pairs.extra).sha256]
    folder = workspace.models / record.model_id
    assert "cut to 16, 8 dimensions" in (folder / "README.md").read_text(encoding="utf-8")
    written = [folder / "record.json", folder / "README.md", *(workspace.runs / record.model_id).glob("*.*")]
    assert not [p.name for p in written if str(tiny.parent).encode() in p.read_bytes()]


def test_what_is_refused_before_pairs_are_made(
    tiny: Path, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> PairSet:
        raise AssertionError("pairs were made")

    monkeypatch.setattr("ui.synthetic.make_pairs", never)
    monkeypatch.setattr("finetune.evaluation.forgetting.synthesize_pairs", never)
    settings = Settings(base_model=str(tiny))
    (workspace.models / "mine").mkdir(parents=True)
    few = tmp_path / "few.jsonl"
    save_pairs(few, made_pairs(19))

    def refused(source: str, told: str, **more: Any) -> None:
        with pytest.raises(UsageError, match=told):
            tuning.finetune_model(workspace, settings, source, **more)

    refused("synthetic", "model id 'mine' is taken", model_id="mine")
    refused("synthetic", "dimension 64: expected 1 to 32", train=TrainConfig(dims=(64,)))
    refused(str(few), "few.jsonl: 19 pairs, at least 20 are needed")
    refused(f"{few}+synthetic", "few.jsonl: 19 pairs, at least 20 are needed")
    refused("synthetic:19", "synthetic:19: 19 pairs, at least 20 are needed")
    refused("synthetic+missing.jsonl", "missing.jsonl")


def test_the_width_is_told_by_the_files(tiny: Path, tmp_path: Path, workspace: Workspace) -> None:
    assert _width_of(tiny) == 32
    assert _width_of(tmp_path) is None
    (tmp_path / "modules.json").write_text(
        json.dumps([{"type": "a.Pooling", "path": ""}, {"type": "b.Dense", "path": "2_Dense"}])
    )
    (tmp_path / "config.json").write_text(json.dumps({"word_embedding_dimension": 32}))
    assert _width_of(tmp_path) is None  # the dense layer decides
    config = FinetuneConfig(train=TrainConfig(dims=(64,)))
    check_request(workspace, ModelRef("x", "folder", tmp_path), config)


def test_an_interrupted_run_names_resume_only_where_there_is_a_checkpoint(tmp_path: Path) -> None:
    work = tmp_path / ".work-a"
    work.mkdir()
    with pytest.raises(KeyboardInterrupt), _kept_for_resume(work):
        raise KeyboardInterrupt
    assert not work.exists()
    checkpoint = work / "checkpoint-8"
    checkpoint.mkdir(parents=True)
    with pytest.raises(KeyboardInterrupt), _kept_for_resume(work):
        raise KeyboardInterrupt
    (checkpoint / "whole.json").write_text("{}")
    with pytest.raises(Cancelled, match="with --resume goes on"), _kept_for_resume(work):
        raise KeyboardInterrupt
    assert checkpoint.is_dir()


def test_abandoned_checkpoints_are_removed(workspace: Workspace) -> None:
    old, touched, own = (workspace.models / f".work-{name}" for name in ("old", "touched", "own"))
    for folder in (old, touched, own):
        (folder / "checkpoint-1").mkdir(parents=True)
    past = time.time() - ABANDONED - 60
    for path in (old / "checkpoint-1", old, touched, own / "checkpoint-1", own):
        os.utime(path, (past, past))
    _make_room(workspace, own, resume=True)
    assert sorted(p.name for p in workspace.models.iterdir()) == [".work-own", ".work-touched"]
    _make_room(workspace, own, resume=False)
    assert [p.name for p in workspace.models.iterdir()] == [".work-touched"]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_a_commit_is_named_only_for_a_tracked_file() -> None:
    tracked = git_sha(ROOT / "finetune" / "pipeline.py")
    assert tracked is not None and len(tracked) == 40
    assert git_sha(ROOT / "finetune" / "not_tracked.py") is None
