"""finetune(): a real two-layer transformer is trained, evaluated, registered; killed, resumed, cancelled."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from finetune.data.pairs import Pair, PairSet, pair_set
from finetune.evaluation.forgetting import Check
from finetune.pipeline import FinetuneConfig, finetune
from finetune.record import beats
from finetune.training.train import TrainConfig
from rag_app.core.config import Workspace
from rag_app.core.errors import Cancelled, ModelError, PairsError, UsageError
from rag_app.core.registry import ModelRef, fingerprint_folder, list_records, read_record
from rag_app.core.types import Progress
from tests.conftest import make_chunk
from tests.tiny_model import build_tiny_model

THINGS = (
    "anvil badger copper dragon engine falcon garnet hammer island jacket kettle lantern magnet needle"
).split()
VERBS = ("sold", "built", "bought", "leased", "shipped")
TRAIN = TrainConfig(
    epochs=6,
    batch_size=16,
    learning_rate=5e-3,
    dims=(32, 16, 8),
    bf16=False,
    validation_share=0.1,
    dropout=0.0,
)
CONFIG = FinetuneConfig(protocol="honest", train=TRAIN)


def made_pairs(n: int = 140) -> PairSet:
    rng = random.Random(0)
    pairs = []
    for i in range(n):
        a, b = rng.sample(THINGS, 2)
        verb, year = rng.choice(VERBS), 2000 + i % 20
        text = f"in {year} the firm {verb} one {a} and {b} number {i} of many"
        pairs.append(Pair(f"when was {a} {verb} with {b} {i} ?", text, f"T{i % 7}", f"t{i % 7}.htm"))
    return pair_set("made", pairs)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> ModelRef:
    texts = [t for p in made_pairs().pairs for t in (p.question, p.context)]
    folder = build_tiny_model(
        tmp_path_factory.mktemp("base") / "tiny", texts, pooling="cls", prompts={"query": "when ? "}
    )
    return ModelRef("tiny", "folder", folder)


def load(folder: Path, name: str) -> Any:
    from rag_app.embedder import load_folder

    return load_folder(folder, name)


@pytest.fixture(scope="module")
def trained(
    base: ModelRef, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Workspace, Any, list[Progress]]:
    workspace = Workspace(tmp_path_factory.mktemp("trained") / "ws").create()
    events: list[Progress] = []
    record = finetune(workspace, base, made_pairs(), CONFIG, load, events.append)
    return workspace, record, events


def test_the_record_tells_all(trained: tuple[Workspace, Any, list[Progress]], base: ModelRef) -> None:
    workspace, record, _ = trained
    folder = workspace.models / record.model_id
    assert list_records(workspace) == [read_record(folder)]
    assert read_record(folder).after == record.after
    assert record.base == "tiny"
    assert base.path is not None
    assert record.base_fingerprint == fingerprint_folder(base.path)
    assert record.fingerprint == fingerprint_folder(folder) != record.base_fingerprint
    assert (record.dimension, record.dims) == (32, (32, 16, 8))
    assert (record.pairs, record.pairs_sha256) == ("made", made_pairs().sha256)
    assert (record.protocol, record.split_seed) == ("honest", 42)
    assert list(record.before) == list(record.after) == ["32", "16", "8"]
    assert set(record.after["32"]) == {"ndcg@10", "mrr@10", "recall@10", "accuracy@1"}
    assert record.test_queries == 20
    assert record.train_rows == 108  # 20 are the test company, 12 for validation
    assert record.train_seconds > 0
    assert record.config["train"]["dims"] == [32, 16, 8]
    assert record.config["protocol"] == "honest"
    mean = {
        k: np.mean([f["ndcg@10"] for f in v.values()]) for k, v in (("b", record.before), ("a", record.after))
    }
    assert mean["a"] > mean["b"]  # it really learned
    assert record.beats_baseline
    losses = [p["loss"] for p in record.curve if "loss" in p]
    assert losses[-1] < losses[0]
    assert {"ndcg", "ndcg_32", "ndcg_16", "ndcg_8", "step", "epoch"} <= set(
        next(p for p in record.curve if "ndcg" in p)
    )
    assert not list(workspace.models.glob(".work-*"))


def test_a_run_killed_after_it_was_registered_is_found_again(base: ModelRef, workspace: Workspace) -> None:
    config = replace(CONFIG, model_id="mine")
    record = finetune(workspace, base, made_pairs(), config, load)
    left = workspace.models / f".work-{record.config['run']}"
    (left / "checkpoint-1").mkdir(parents=True)  # the kill came before this was cleared away
    with pytest.raises(UsageError, match="model id 'mine' is taken"):
        finetune(workspace, base, made_pairs(), config, load)
    assert finetune(workspace, base, made_pairs(), config, load, resume=True) == record
    assert [p.name for p in workspace.models.iterdir()] == ["mine"]


def test_the_model_is_an_ordinary_folder_at_full_width(
    trained: tuple[Workspace, Any, list[Progress]],
) -> None:
    from sentence_transformers import SentenceTransformer

    workspace, record, _ = trained
    folder = workspace.models / record.model_id
    model = SentenceTransformer(str(folder), device="cpu")
    assert model.encode(["in 2001 the firm"]).shape == (1, 32)
    assert model.truncate_dim is None
    assert model.prompts["query"] == "when ? "
    assert model.max_seq_length == 48
    assert json.loads((folder / "1_Pooling" / "config.json").read_text())["pooling_mode"] == "cls"
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "library_name: sentence-transformers" in card
    assert record.model_id in card and record.pairs_sha256 in card
    assert not list(folder.glob("*.bin")) and not list(folder.glob("*.pt"))


def test_the_report(trained: tuple[Workspace, Any, list[Progress]]) -> None:
    workspace, record, _ = trained
    folder = workspace.runs / record.model_id
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert report["before"]["dims"] == record.before
    assert report["after"]["dims"] == record.after
    assert set(report["after"]) == {"model", "protocol", "queries", "corpus", "dims"}
    assert sum(row["queries"] for row in report["by_kind"]) == record.test_queries
    assert [(row["label"], row["queries"]) for row in report["by_kind"]] == [("date", 20)]
    assert [row["queries"] for row in report["by_company"]] == [20]  # one company is held out
    assert report["by_companies"] == {}
    assert list(report["share_kept"]["tuned"]) == ["16", "8"]
    full, small = (report["after"]["dims"][dim]["ndcg@10"] for dim in ("32", "8"))
    assert report["share_kept"]["tuned"]["8"] == pytest.approx(small / full)
    text = (folder / "report.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {record.model_id}\n") and report["headline"] in text
    assert "Not checked on filings." in text and "| date | 20 |" in text
    gain = report["gain"]["32"]
    assert gain["low"] <= gain["gain"] <= gain["high"]
    assert gain["wins"] + gain["losses"] + gain["ties"] == record.test_queries
    assert report["headline"].startswith("nDCG@10 ")
    assert ("includes zero" in report["headline"]) == gain["includes_zero"]
    assert report["leaked"] == 0
    pictures = {"ndcg_by_dimension.png", "training_curve.png", "share_kept.png", "gain_by_company.png"}
    assert {p.name for p in folder.glob("*.png")} == pictures
    for name in pictures:
        assert (folder / name).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_progress_in_order(trained: tuple[Workspace, Any, list[Progress]]) -> None:
    _, _, events = trained
    stages = list(dict.fromkeys(e.stage for e in events))
    assert stages == ["baseline", "train", "evaluate", "done"]
    steps = [e for e in events if e.stage == "train" and "loss" in e.values]
    assert [e.done for e in steps] == list(range(1, len(steps) + 1))
    assert steps[-1].total == len(steps)
    assert any("ndcg" in e.values for e in events)


def test_equal_seeds_give_equal_models(base: ModelRef, tmp_path: Path) -> None:
    config = replace(CONFIG, train=replace(TRAIN, max_steps=3))
    found = [
        finetune(Workspace(tmp_path / str(i)).create(), base, made_pairs(), config, load) for i in range(2)
    ]
    assert found[0].fingerprint == found[1].fingerprint


def test_cancelled_leaves_no_model_and_earlier_ones_untouched(base: ModelRef, workspace: Workspace) -> None:
    config = replace(CONFIG, model_id="first", train=replace(TRAIN, max_steps=2))
    finetune(workspace, base, made_pairs(), config, load)
    before = {p: p.read_bytes() for p in (workspace.models / "first").rglob("*") if p.is_file()}

    def stop(progress: Progress) -> None:
        if progress.stage == "train" and progress.done >= 2:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        finetune(workspace, base, made_pairs(), CONFIG, load, stop)
    assert [r.model_id for r in list_records(workspace)] == ["first"]
    assert {p: p.read_bytes() for p in (workspace.models / "first").rglob("*") if p.is_file()} == before
    assert [p.name for p in workspace.models.iterdir()] == ["first"]
    # and the lock is free again
    finetune(workspace, base, made_pairs(), replace(config, model_id="second"), load)


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.test_finetune_pipeline import CONFIG, TRAIN, made_pairs, load
from dataclasses import replace
from finetune.pipeline import finetune
from rag_app.core.config import Workspace
from rag_app.core.registry import ModelRef

def listen(p):
    if p.stage == "train":
        print(p.done, flush=True)
    if p.stage == "train" and p.done == 10 and "loss" in p.values:
        os.kill(os.getpid(), signal.SIGKILL)

config = replace(CONFIG, train=replace(TRAIN, eval_per_epoch=2))
base = ModelRef("tiny", "folder", Path(sys.argv[2]))
finetune(Workspace(Path(sys.argv[1])), base, made_pairs(), config, load, listen)
"""


def test_a_killed_run_resumes_and_gives_the_same_model(
    base: ModelRef, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag_app.embedder.BULK_FROM", 10**9)  # which way is faster may differ from run to run
    config = replace(CONFIG, train=replace(TRAIN, eval_per_epoch=2))
    whole = finetune(Workspace(tmp_path / "whole").create(), base, made_pairs(), config, load)
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(workspace.root), str(base.path)],
        cwd=root,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(root), str(root / "tests"))),
            "HF_HUB_OFFLINE": "1",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert list_records(workspace) == []
    other = workspace.models / ".work-of-another-run"
    other.mkdir()
    # What a kill in the middle of saving leaves: a newer checkpoint without its last file.
    work = next(workspace.models.glob(".work-?*[0-9a-f]"))
    (work / "checkpoint-10").mkdir(exist_ok=True)
    (work / "checkpoint-10" / "trainer_state.json").unlink(missing_ok=True)
    events: list[Progress] = []
    record = finetune(workspace, base, made_pairs(), config, load, events.append, resume=True)
    first = next(e for e in events if e.stage == "train" and e.note == "training")
    assert first.done == 8
    assert [p["step"] for p in record.curve if "loss" in p] == [p["step"] for p in whole.curve if "loss" in p]
    assert record.after == whole.after
    assert other.is_dir()


def test_chunks_decide_when_asked(base: ModelRef, workspace: Workspace) -> None:
    pairs = made_pairs()
    chunks = [make_chunk(i, p.context, (p.ticker or "").lower()) for i, p in enumerate(pairs.pairs)]
    asked = [
        replace(p, filing=f"{(p.ticker or '').lower()}-2024.htm", evidence=(p.context,))
        for p in pairs.pairs[:30]
    ]
    config = replace(CONFIG, evaluate_on="chunks", train=replace(TRAIN, max_steps=2))
    record = finetune(workspace, base, pairs, config, load, check=Check("asked", tuple(asked), tuple(chunks)))
    assert (record.protocol, record.test_queries) == ("chunks", 30)
    both = finetune(
        workspace,
        base,
        pairs,
        replace(config, evaluate_on="split"),
        load,
        check=Check("asked", tuple(asked), tuple(chunks)),
    )
    assert both.protocol == "honest"
    report = json.loads((workspace.runs / both.model_id / "report.json").read_text())
    assert report["other_protocol"]["after"]["protocol"] == "chunks"
    found = both.forgetting
    assert read_record(workspace.models / both.model_id).forgetting == found == report["forgetting"]
    assert (found["source"], found["questions"], found["chunks"]) == ("asked", 30, 140)
    assert found["dims"]["32"]["tuned"] == report["other_protocol"]["after"]["dims"]["32"]["ndcg@10"]
    assert found["filing_told"]["questions"] == 30
    assert found["filing_told"]["dims"]["32"]["base"] > found["dims"]["32"]["base"]  # 20 chunks, not 140
    assert both.forgets is found["loses"]
    lines = (workspace.runs / both.model_id / "report.md").read_text(encoding="utf-8")
    assert "With the filing told (30 questions):" in lines


def test_a_model_that_loses_on_filings_is_flagged(
    base: ModelRef, workspace: Workspace, tmp_path: Path
) -> None:
    """Trained to find what the filings hold, then asked with contexts swapped: it has to lose."""
    pairs = made_pairs()
    chunks = [make_chunk(i, p.context, (p.ticker or "").lower()) for i, p in enumerate(pairs.pairs)]
    # The base finds a chunk by the words of its own text; a model trained on other answers does not.
    turned = pair_set(
        "turned", [replace(p, context=q.context) for p, q in zip(pairs.pairs, pairs.pairs[::-1], strict=True)]
    )
    asked = tuple(Pair(c.text, "x", None, c.source, (c.text,)) for c in chunks[:60])
    config = replace(CONFIG, protocol="seed", train=replace(TRAIN, learning_rate=0.05, epochs=3))
    record = finetune(workspace, base, turned, config, load, check=Check("own words", asked, tuple(chunks)))
    assert record.forgets and record.forgetting["loses"]
    assert record.forgetting["dims"]["32"]["high"] < 0
    card = (workspace.models / record.model_id / "README.md").read_text(encoding="utf-8")
    assert "**This model is worse than its base on real filings; see below.**" in card
    text = (workspace.runs / record.model_id / "report.md").read_text(encoding="utf-8")
    assert "**This model loses on real filings.**" in text


def test_a_skipped_check_is_told(base: ModelRef, workspace: Workspace) -> None:
    config = replace(CONFIG, train=replace(TRAIN, max_steps=1))
    record = finetune(workspace, base, made_pairs(), config, load, check=Check("", skipped="no filings"))
    assert (record.forgetting, record.forgets) == ({"skipped": "no filings"}, False)


def test_a_check_without_an_answer_is_refused_before_training(base: ModelRef, workspace: Workspace) -> None:
    check = Check("asked", (Pair("why?", "x", None, "a.htm", ("y",)),), (make_chunk(0, "z"),))
    with pytest.raises(PairsError, match="none of 1 pairs has its evidence in the 1 chunks"):
        finetune(workspace, base, made_pairs(), CONFIG, load, check=check)
    assert not workspace.models.exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"dims": (64, 32)}, "dimension 64: expected 1 to 32"),
        ({"dims": (16, 32)}, "widest first"),
        ({"weights": (1.0,)}, "1 weights for 3 dimensions"),
        ({"batch_size": 1}, "batch_size 1"),
        ({"learning_rate": 0.0}, "learning_rate 0.0"),
    ],
)
def test_bad_configs_are_refused_before_anything_is_written(
    base: ModelRef, workspace: Workspace, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        finetune(workspace, base, made_pairs(), replace(CONFIG, train=replace(TRAIN, **change)), load)
    assert not workspace.models.exists()


def test_bad_inputs(base: ModelRef, workspace: Workspace, tmp_path: Path) -> None:
    few = pair_set("few", made_pairs().pairs[:19])
    with pytest.raises(PairsError, match="few: 19 pairs, at least 20 are needed"):
        finetune(workspace, base, few, CONFIG, load)
    with pytest.raises(UsageError, match="model id 'tuned'"):
        finetune(workspace, base, made_pairs(), replace(CONFIG, model_id="tuned"), load)
    with pytest.raises(UsageError, match="give questions and chunks"):
        finetune(workspace, base, made_pairs(), replace(CONFIG, evaluate_on="chunks"), load)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match=r"no \.safetensors weights"):
        finetune(workspace, ModelRef("x", "folder", tmp_path / "empty"), made_pairs(), CONFIG, load)


def test_only_one_training_at_a_time(base: ModelRef, workspace: Workspace) -> None:
    from rag_app.core.errors import WorkspaceError
    from rag_app.core.files import locked

    with (
        locked(workspace.lock("train"), "train a model"),
        pytest.raises(WorkspaceError, match="cannot train a model"),
    ):
        finetune(workspace, base, made_pairs(), CONFIG, load)


def test_beats_needs_the_mean_and_the_full_width() -> None:
    from finetune.evaluation.evaluate import Evaluation
    from rag_app.core.metrics import Scores

    def evaluation(full: float, half: float) -> Evaluation:
        return Evaluation("m", "p", 1, 1, {8: Scores(full, 0, 0, 0), 4: Scores(half, 0, 0, 0)})

    assert beats(evaluation(0.5, 0.3), evaluation(0.5, 0.4))
    assert not beats(evaluation(0.5, 0.3), evaluation(0.49, 0.9))
    assert not beats(evaluation(0.5, 0.3), evaluation(0.5, 0.3))


def test_importing_the_light_modules_is_cheap() -> None:
    code = (
        "import finetune.pipeline, finetune.synthetic.synthesize, sys;"
        "print('torch' in sys.modules, 'datasets' in sys.modules)"
    )
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[1]
    )
    assert done.stdout.strip() == "False False", done.stderr
    assert time.monotonic() - started < 60
