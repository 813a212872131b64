"""Two CPU processes under torchrun train what one process trains: equal losses, equal weights, one writer."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from finetune.training import processes
from finetune.training.train import own_gpu
from tests.tiny_bases import TRAIN, run_training, things, tiny, weights

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
STEPS: dict[str, Any] = {"max_steps": 4, "warmup": 0.0, "eval_per_epoch": 1}
RUNS: dict[str, dict[str, Any]] = {
    "plain": {},
    "gradcache": {"memory_gb": 0.001},
    "odd": {"batch_size": 15, "both_ways": False},
}
SCRIPT = """
import json, os, sys
from pathlib import Path
from finetune.training import trainer
from finetune.training.train import together

load = trainer._load

def other(folder):
    model = load(folder)
    for parameter in model.parameters():
        parameter.data.add_(0.1)
    return model

if os.environ["RANK"] == "1":  # a helper that has read other weights trains the leader's
    trainer._load = other

with together() as leads:
    if leads:
        from tests.test_training_distributed import RUNS, STEPS, run_training

        for name, changes in RUNS.items():
            work = Path(sys.argv[2]) / name
            result = run_training(Path(sys.argv[1]), work, **STEPS, **changes)
            told = {"curve": [dict(p) for p in result.curve], "cached": result.cached, "best": result.best}
            (work / "told.json").write_text(json.dumps(told))
"""


def torchrun(*args: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", *args]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    env["CUDA_VISIBLE_DEVICES"] = ""  # CPU processes, on a machine with a GPU too
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=600)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("base") / "tiny")


@pytest.fixture(scope="module")
def together(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every run of RUNS by two processes."""
    out = tmp_path_factory.mktemp("together")
    (out / "script.py").write_text(SCRIPT)
    done = torchrun(str(out / "script.py"), str(base), str(out))
    assert done.returncode == 0, done.stderr
    return out


@pytest.mark.parametrize("name", ["plain", "gradcache"])
def test_two_processes_are_one_batch(base: Path, together: Path, tmp_path: Path, name: str) -> None:
    assert TRAIN.distil > 0 and TRAIN.rotate  # the recipe's own, which processes must agree on
    alone = run_training(base, tmp_path, **STEPS, **RUNS[name])
    told = json.loads((together / name / "told.json").read_text())
    assert told["cached"] == alone.cached == (name == "gradcache")
    losses = [p["loss"] for p in told["curve"] if "loss" in p]
    expected = [p["loss"] for p in alone.curve if "loss" in p]
    assert len(losses) == 4
    assert losses == pytest.approx(expected, abs=1e-4)
    assert losses[-1] < losses[0]
    assert told["best"] == pytest.approx(alone.best, abs=0.02)
    one, two, was = weights(tmp_path / "model"), weights(together / name / "model"), weights(base)
    assert max(float((one[k] - two[k]).abs().max()) for k in one) < 1e-4
    assert max(float((one[k] - was[k]).abs().max()) for k in one) > 1e-3


def test_batches_that_cannot_be_divided(together: Path) -> None:
    told = json.loads((together / "odd" / "told.json").read_text())
    losses = [p["loss"] for p in told["curve"] if "loss" in p]
    assert len(losses) == 4 and losses[-1] < losses[0]


def test_one_writer(together: Path) -> None:
    for name in RUNS:
        assert {p.name for p in (together / name).iterdir()} >= {"checkpoint-4", "model", "told.json"}
        assert sorted(p.name for p in (together / name / "checkpoint-4").iterdir()) == [
            "model.safetensors", "optimizer.pt", "rng_state.pth", "scheduler.pt", "trainer_state.json",
            "whole.json",
        ]  # fmt: skip


def test_the_command(base: Path, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    with pairs.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["question", "context", "ticker"])
        rows.writerows([p.question, p.context, p.ticker] for p in things())
    workspace = tmp_path / "ws"
    args = [
        "-m", "ui", "finetune", "--pairs", str(pairs), "--base", str(base), "--dims", "32,16",
        "--epochs", "2", "--batch-size", "16", "--learning-rate", "0.005", "--bf16", "off",
        "--workspace", str(workspace), "--json",
    ]  # fmt: skip
    done = torchrun(*args)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)  # one document: the helper prints nothing
    assert [p.name for p in workspace.joinpath("models").iterdir()] == [record["model_id"]]
    assert len(list(workspace.joinpath("runs").iterdir())) == 1
    assert sum("loss" in p for p in record["curve"]) > 2
    refused = torchrun(*args, "--epochs", "nan")
    assert refused.returncode == 1
    assert refused.stderr.count("Error: epochs nan: expected 0.001 to 1000") == 1
    assert refused.stdout == ""


@pytest.mark.parametrize(
    ("told", "local", "seen"),
    [
        (None, 1, "1"),
        ("", 1, ""),
        ("-1", 1, "-1"),
        ("2,5", 1, "5"),
        ("GPU-1a, GPU-2b", 0, "GPU-1a"),
        ("3", 1, ""),  # no GPU is left for the second
        ("4,-1,5", 1, ""),
    ],
)
def test_each_process_sees_a_gpu_of_those_that_are_shown(told: str | None, local: int, seen: str) -> None:
    assert own_gpu(told, local) == seen


def test_shares_are_equal_and_disjoint(monkeypatch: pytest.MonkeyPatch) -> None:
    class Whole:
        batch_size, drop_last = 5, False

        def __iter__(self) -> Any:
            return iter([[0, 1, 2, 3, 4], [5, 6, 7], [8, 9], [10]])

        def __len__(self) -> int:
            return 4

    monkeypatch.setattr(processes, "count", lambda: 2)
    shares = []
    for number in (0, 1):
        monkeypatch.setattr(processes, "rank", lambda n=number: n)
        shares.append(list(processes.Share(Whole())))
    assert shares[0] == [[0, 2], [5], [8], [10]]
    assert shares[1] == [[1, 3], [6], [9], [10]]
