"""What a user may get wrong about a training, and what may go wrong with the machine: one line each."""

from __future__ import annotations

import csv
import errno
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from finetune.data.pairs import Pair
from finetune.training.train import TrainConfig
from rag_app.core.config import Workspace
from rag_app.core.errors import UsageError
from rag_app.core.registry import activate_model, list_records, load_active
from tests.test_cli import Ran, run
from tests.tiny_bases import things, tiny

ROOT = Path(__file__).parents[1]
QUICK = ["--dims", "32,16", "--epochs", "2", "--batch-size", "16", "--bf16", "off"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("base") / "tiny")


def saved(folder: Path, pairs: list[Pair], name: str = "pairs.csv") -> Path:
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["question", "context", "ticker"])
        rows.writerows([p.question, p.context, p.ticker] for p in pairs)
    return folder / name


def finetuned(workspace: Path, base: Path, pairs: list[Pair], *more: str) -> Ran:
    file = saved(workspace.parent, pairs)
    return run(
        "finetune", "--pairs", str(file), "--base", str(base), *QUICK, *more, workspace=workspace
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"dims": (64, 32)}, "dimension 64: expected 1 to 32, the width of this model"),
        ({"dims": (32, 0)}, "dimension 0: expected 1 to 32"),
        ({"dims": (16, 32)}, r"dims \[16, 32\]: expected widest first, without repeats: \[32, 16\]"),
        ({"dims": (32, 32)}, r"dims \[32, 32\]: expected widest first, without repeats: \[32\]"),
        ({"epochs": 0.0}, "epochs 0.0: expected 0.001 to 1000"),
        ({"epochs": float("nan")}, "epochs nan: expected"),
        ({"epochs": float("inf")}, "epochs inf: expected"),
        ({"batch_size": 1}, "batch_size 1: expected 2 to 65536"),
        ({"batch_size": 10**9}, "batch_size 1000000000: expected"),
        ({"learning_rate": -1e-4}, "learning_rate -0.0001: expected 1e-09 to 1"),
        ({"learning_rate": 50.0}, "learning_rate 50.0: expected"),
        ({"seed": -1}, "seed -1: expected"),
        ({"warmup": 1.5}, "warmup 1.5: expected"),
        ({"dropout": 1.0}, "dropout 1.0: expected"),
        ({"weights": (1.0, -1.0), "dims": (32, 16)}, "weights .*: expected numbers above 0"),
        ({"weights": (1.0,), "dims": (32, 16)}, "1 weights for 2 dimensions; give one each"),
        ({"max_seq_length": 0}, "max_seq_length 0: expected"),
        ({"eval_per_epoch": -1}, "eval_per_epoch -1: expected"),
        ({"early_stopping_patience": 2, "eval_per_epoch": 0}, "set eval_per_epoch to 1 or more"),
        ({"bf16": "yes"}, "bf16 'yes': expected True, False or 'auto'"),
        ({"rotate": "no"}, "rotate 'no': expected True or False"),
        ({"both_ways": None}, "both_ways None: expected True or False"),
        ({"distil": -0.5}, "distil -0.5: expected 0 to 1000"),
        ({"mini_batch_tokens": 0}, r"mini_batch_tokens 0: expected 1 to 1e\+07"),
    ],
)
def test_values_that_cannot_work(change: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        replace(TrainConfig(), **change).checked(32)


def test_values_that_can() -> None:
    assert TrainConfig().checked(384).dims == (384, 256, 128, 64)
    assert TrainConfig.quick().checked(32).weights == (1.0,)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--dims", "64"], "Error: dimension 64: expected 1 to 32, the width of this model\n"),
        (["--dims", "16,32"], "Error: dims [16, 32]: expected widest first, without repeats: [32, 16]\n"),
        (["--epochs", "nan"], "Error: epochs nan: expected 0.001 to 1000\n"),
        (["--batch-size", "0"], "Error: batch_size 0: expected 2 to 65536\n"),
        (["--learning-rate", "1e9"], "Error: learning_rate 1000000000.0: expected 1e-09 to 1\n"),
        (["--patience", "-2"], "Error: early_stopping_patience -2: expected 0 to 10000\n"),
        (["--quick", "--patience", "2"], "set eval_per_epoch to 1 or more\n"),
    ],
)
def test_the_command_refuses_them_in_one_line(base: Path, tmp_path: Path, more: list[str], told: str) -> None:
    done = finetuned(tmp_path / "ws", base, things(), *more)
    assert done.returncode == 2
    assert done.stderr.endswith(told) and done.stderr.count("Error") == 1
    assert not list((tmp_path / "ws").glob("models/*"))


def test_options_reach_the_recipe(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ui.tuning

    seen: list[TrainConfig] = []

    def stop(*_: Any, train: TrainConfig, **__: Any) -> None:
        seen.append(train)
        raise UsageError("seen")

    monkeypatch.setattr(ui.tuning, "finetune_model", stop)
    more = ["--patience", "3", "--eval-per-epoch", "4", "--bf16", "on"]
    finetuned(tmp_path / "ws", base, things(), *more)
    finetuned(tmp_path / "ws", base, things(), "--bf16", "auto")
    assert (seen[0].early_stopping_patience, seen[0].eval_per_epoch, seen[0].bf16) == (3, 4, True)
    assert seen[1].bf16 == "auto"


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        (things(10), "10 pairs, at least 20 are needed"),
        ([replace(p, ticker="AAA") for p in things()], "at least two companies"),
        ([things()[0]] * 60, "needs at least two companies or filings, found one ("),
        ([replace(p, context="the same") for p in things()], "the same context"),
    ],
    ids=["ten pairs", "one company", "duplicates only", "one context"],
)
def test_pairs_that_teach_nothing(base: Path, tmp_path: Path, pairs: list[Pair], told: str) -> None:
    done = finetuned(tmp_path / "ws", base, pairs)
    assert done.returncode == 2
    assert told in done.stderr and done.stderr.count("\n") == 1
    assert not list((tmp_path / "ws").glob("models/*"))


@pytest.fixture
def served(base: Path, tmp_path: Path) -> Workspace:
    """A workspace with one finished, active model."""
    workspace = Workspace(tmp_path / "ws").create()
    done = finetuned(workspace.root, base, things(), "--id", "first", "--activate")
    assert done.returncode == 0, done.stderr
    activate_model(workspace, "first")
    return workspace


def files(workspace: Workspace) -> dict[Path, bytes]:
    kept = [workspace.active, *(p for p in (workspace.models / "first").rglob("*") if p.is_file())]
    return {p: p.read_bytes() for p in kept}


def no_room(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("what", ["checkpoint", "optimizer", "mark", "model", "report"])
def test_a_full_disk_is_one_line_and_costs_no_model(
    served: Workspace, base: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    import torch
    from sentence_transformers import SentenceTransformer

    import finetune.pipeline
    from finetune.training import callbacks, loop

    before = files(served)
    owner, name = {
        "checkpoint": (loop, "save_model"),
        "optimizer": (torch, "save"),
        "mark": (callbacks, "mark"),
        "model": (SentenceTransformer, "save_pretrained"),
        "report": (finetune.pipeline, "write_report"),
    }[what]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, no_room)
        done = finetuned(served.root, base, things(), "--seed", "7")
    assert done.returncode == 1
    assert "the disk is full or a file may not grow; earlier models are untouched" in done.stderr
    assert "--resume" in done.stderr and done.stderr.count("Error") == 1
    assert [r.model_id for r in list_records(served)] == ["first"]
    assert files(served) == before
    assert load_active(served).tuned == "first"
    again = finetuned(served.root, base, things(), "--seed", "7", "--resume", "--id", "second")
    assert again.returncode == 0, again.stderr  # and with room again, it goes on
    assert [r.model_id for r in list_records(served)] == ["first", "second"]


@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [60, 150])
def test_files_that_may_not_grow(served: Workspace, base: Path, kilobytes: int) -> None:
    """A real limit: the weights do not fit (60 KB), or the weights do and the optimizer does not."""
    before = files(served)
    limit = kilobytes * 1024
    done = subprocess.run(
        [sys.executable, "-m", "ui", "finetune", "--pairs", str(saved(served.root.parent, things())),
         "--base", str(base), *QUICK, "--seed", "7", "--workspace", str(served.root)],
        cwd=ROOT, capture_output=True, text=True, env={**os.environ, "HF_HUB_OFFLINE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert "the disk is full or a file may not grow" in done.stderr, done.stderr
    assert done.stderr.count("Error") == 1 and "Traceback" not in done.stderr
    assert [r.model_id for r in list_records(served)] == ["first"]
    assert files(served) == before


@pytest.mark.slow
def test_control_c_names_resume(served: Workspace, base: Path) -> None:
    before = files(served)
    heard = (  # a suite run in the background ignores SIGINT, and so would this
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from ui.cli import main; main(sys.argv[1:])"
    )
    work = subprocess.Popen(
        [sys.executable, "-c", heard, "finetune", "--pairs", str(saved(served.root.parent, things())),
         "--base", str(base), *QUICK, "--epochs", "900", "--workspace", str(served.root)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    until = time.monotonic() + 120
    while not list(served.models.glob(".work-*/checkpoint-*/whole.json")):
        assert time.monotonic() < until and work.poll() is None
        time.sleep(0.05)
    work.send_signal(signal.SIGINT)
    out, err = work.communicate(timeout=60)
    assert (work.returncode, out) == (1, "")
    assert err == (
        "Error: stopped; nothing was registered - "
        "the same command with --resume goes on from the last checkpoint\n"
    )
    assert list(served.models.glob(".work-*/checkpoint-*/whole.json"))
    assert [r.model_id for r in list_records(served)] == ["first"]
    assert files(served) == before
