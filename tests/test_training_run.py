"""A training run: its events, its checkpoints, a kill while one is written, early stopping."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from finetune.training import checkpoints
from finetune.training.checkpoints import MARK, is_whole, mark, resume_point, seconds_of, thin
from rag_app.core.errors import Cancelled, UsageError, WorkspaceError
from rag_app.core.types import Progress
from tests.tiny_bases import TRAIN, run_training, tiny, weights

ROOT = Path(__file__).parents[1]
CONFIG = replace(TRAIN, dropout=None, eval_per_epoch=2, max_steps=12)  # dropout as in the model, 0.1

KILLED = """
import os, signal, sys
from pathlib import Path
import torch
from tests.test_training_run import CONFIG, run_training

saved, real = [], torch.save

def save(value, path, **more):
    if str(path).endswith("optimizer.pt"):
        saved.append(path)
    if len(saved) == 3:  # in the middle of the third checkpoint
        Path(path).write_bytes(b"half of it")
        os.kill(os.getpid(), signal.SIGKILL)
    real(value, path, **more)

torch.save = save
run_training(Path(sys.argv[1]), Path(sys.argv[2]), CONFIG)
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("base") / "tiny")


@pytest.fixture(scope="module")
def whole(base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any, list[Progress]]:
    """An uninterrupted run, with its checkpoints."""
    work = tmp_path_factory.mktemp("whole")
    events: list[Progress] = []
    return work, run_training(base, work, CONFIG, events.append), events


def equal(a: Path, b: Path) -> bool:
    one, two = weights(a), weights(b)
    return one.keys() == two.keys() and all(bool((one[k] == two[k]).all()) for k in one)


def names(work: Path) -> list[str]:
    return sorted(p.name for p in work.glob("checkpoint-*"))


def test_killed_while_saving_it_resumes_to_the_same_weights(
    base: Path, whole: tuple[Path, Any, list[Progress]], tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(base), str(tmp_path)], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert names(tmp_path) == ["checkpoint-3", "checkpoint-6", "checkpoint-9"]
    assert [is_whole(tmp_path / name) for name in names(tmp_path)] == [True, True, False]
    spent = seconds_of(tmp_path / "checkpoint-6")
    events: list[Progress] = []
    result = run_training(base, tmp_path, CONFIG, events.append, resume=True)
    assert next(e.done for e in events if e.note == "training") == 6
    work, told, _ = whole
    assert equal(tmp_path / "model", work / "model")
    assert result.curve == told.curve  # every loss and figure, before the kill and after
    assert (result.best, result.steps) == (told.best, told.steps)
    assert result.seconds > spent > 0


def test_killed_after_the_last_step_it_only_saves(
    base: Path, whole: tuple[Path, Any, list[Progress]], tmp_path: Path
) -> None:
    work, told, _ = whole
    for folder in work.glob("checkpoint-*"):
        shutil.copytree(folder, tmp_path / folder.name)
    result = run_training(base, tmp_path, CONFIG, resume=True)
    assert equal(tmp_path / "model", work / "model")
    assert (result.curve, result.steps) == (told.curve, 12)


def test_the_best_checkpoint_wins_not_the_last(whole: tuple[Path, Any, list[Progress]]) -> None:
    work, result, _ = whole
    by_step = {int(p["step"]): p["ndcg"] for p in result.curve if "ndcg" in p}
    assert list(by_step) == [3, 6, 9, 12]
    assert result.best == max(by_step.values())
    best = next(step for step, ndcg in by_step.items() if ndcg == result.best)
    kept = weights(work / f"checkpoint-{best}")
    saved = weights(work / "model")
    assert all(bool((kept[f"0.model.{name}"] == value).all()) for name, value in saved.items())


def test_events_reach_the_bar_and_the_chart(
    whole: tuple[Path, Any, list[Progress]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from ui.output import progress_bars
    from ui.tabs import charts
    from ui.tabs.jobs import Job

    _, _, events = whole
    losses = [e for e in events if "loss" in e.values]
    assert [(e.done, e.total) for e in losses] == [(i, 12) for i in range(1, 13)]
    assert [e.done for e in events if "ndcg" in e.values] == [3, 6, 9, 12]
    assert {"ndcg", "ndcg_32", "ndcg_16"} <= set(next(e.values for e in events if "ndcg" in e.values))
    job = Job("Fine-tuning")
    job.run(lambda listen: [listen(e) for e in events])
    assert job.error == ""
    assert [p["step"] for p in job.curve if "loss" in p] == list(range(1, 13))
    assert [p["step"] for p in job.curve if "ndcg" in p] == [3, 6, 9, 12]
    assert charts.training(job.curve, 12).count("<svg") >= 1
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with progress_bars() as listen:
        for event in events:
            listen(event)
    drawn = capsys.readouterr().err
    assert "train: 100%" in drawn and "loss=" in drawn and "ndcg=" in drawn


def broken(folder: Path, how: str) -> None:
    if how == "truncated weights":
        data = (folder / "model.safetensors").read_bytes()
        (folder / "model.safetensors").write_bytes(data[: len(data) // 2])
    elif how == "changed byte":
        data = bytearray((folder / "optimizer.pt").read_bytes())
        data[len(data) // 2] ^= 1
        (folder / "optimizer.pt").write_bytes(data)
    elif how == "half a mark":
        (folder / MARK).write_text('{"seconds": 1, "fi')
    else:
        (folder / how).unlink()


@pytest.mark.parametrize(
    "how",
    ["truncated weights", "changed byte", "half a mark", MARK, "optimizer.pt", "trainer_state.json"],
)
def test_a_broken_checkpoint_is_skipped_for_the_one_before(
    whole: tuple[Path, Any, list[Progress]], tmp_path: Path, how: str
) -> None:
    for name in ("checkpoint-9", "checkpoint-12"):
        shutil.copytree(whole[0] / name, tmp_path / name)
    assert resume_point(tmp_path) == tmp_path / "checkpoint-12"
    broken(tmp_path / "checkpoint-12", how)
    assert resume_point(tmp_path) == tmp_path / "checkpoint-9"
    assert names(tmp_path) == ["checkpoint-9"]  # nothing opens the broken one later
    broken(tmp_path / "checkpoint-9", how)
    assert resume_point(tmp_path) is None


def test_a_lost_best_checkpoint_is_told(base: Path, tmp_path: Path) -> None:
    def lose(event: Progress) -> None:
        if event.done == 6 and "loss" in event.values:
            (tmp_path / "checkpoint-5" / "model.safetensors").unlink()

    with pytest.raises(WorkspaceError, match="checkpoint-5: the best checkpoint is damaged"):
        run_training(base, tmp_path, max_steps=6, learning_rate=1e-9, eval_per_epoch=1, on_progress=lose)
    assert not (tmp_path / "model").exists()


def test_old_checkpoints_go_when_the_new_one_is_whole(tmp_path: Path) -> None:
    for step in (5, 10, 15, 20):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"x")
        mark(folder, 1.0)
    thin(tmp_path, "checkpoint-5")
    assert names(tmp_path) == ["checkpoint-15", "checkpoint-20", "checkpoint-5"]
    thin(tmp_path, None)
    assert names(tmp_path) == ["checkpoint-15", "checkpoint-20"]


class Payload:
    """Unpickled, it would run a command."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, (f"touch {self.target}",)


@pytest.mark.parametrize("name", ["optimizer.pt", "scheduler.pt", "rng_state.pth"])
def test_a_checkpoint_cannot_run_code(
    base: Path, whole: tuple[Path, Any, list[Progress]], tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "checkpoint-9"
    shutil.copytree(whole[0] / "checkpoint-9", folder)
    (folder / name).write_bytes(pickle.dumps(Payload(tmp_path / "ran"), protocol=2))
    mark(folder, 1.0)  # even where the hashes agree
    with pytest.raises(pickle.UnpicklingError):
        run_training(base, tmp_path, CONFIG, resume=True)
    assert not (tmp_path / "ran").exists()


def test_early_stopping_stops(base: Path, tmp_path: Path) -> None:
    still = replace(TRAIN, epochs=6, learning_rate=1e-9, early_stopping_patience=2)
    result = run_training(base, tmp_path, still)
    assert result.steps == 15  # of 30: the first validation is the best, two bring no gain
    assert [p["step"] for p in result.curve if "ndcg" in p] == [5, 10, 15]


def test_patience_outlives_a_stop(base: Path, tmp_path: Path) -> None:
    still = replace(TRAIN, epochs=6, learning_rate=1e-9, early_stopping_patience=2)

    def stop(event: Progress) -> None:
        if event.done == 11 and event.values:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        run_training(base, tmp_path, still, stop)
    assert names(tmp_path) == ["checkpoint-10", "checkpoint-5"]
    assert run_training(base, tmp_path, still, resume=True).steps == 15
    (tmp_path / "model" / "model.safetensors").unlink()
    again = run_training(base, tmp_path, still, resume=True)  # killed after it had stopped
    assert again.steps == 15
    assert (tmp_path / "model" / "model.safetensors").exists()


def test_without_validation_the_last_weights_are_kept(base: Path, tmp_path: Path) -> None:
    first = run_training(base, tmp_path, CONFIG, validate=False)
    assert (first.best, first.steps) == (None, 12)
    last = weights(tmp_path / "checkpoint-12")
    for _ in range(2):
        saved = weights(tmp_path / "model")
        assert all(bool((last[f"0.model.{name}"] == value).all()) for name, value in saved.items())
        shutil.rmtree(tmp_path / "model")
        run_training(base, tmp_path, CONFIG, validate=False, resume=True)


def test_a_loss_that_is_no_number_stops_at_once(base: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    spoiled = tmp_path / "spoiled"
    shutil.copytree(base, spoiled)
    tensors = weights(spoiled)
    tensors["embeddings.LayerNorm.weight"][0] = torch.nan
    save_file(tensors, str(spoiled / "model.safetensors"), metadata={"format": "pt"})
    events: list[Progress] = []
    with pytest.raises(UsageError, match="the loss is no longer a number; lower learning_rate"):
        run_training(spoiled, tmp_path, on_progress=events.append)
    assert max(e.done for e in events) <= 1


def test_what_was_drawn_before_a_run_changes_nothing(base: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    lacking = tmp_path / "lacking"  # loading draws what a base lacks
    shutil.copytree(base, lacking)
    drawn = {"pooler.dense.weight", "pooler.dense.bias"}
    kept = {name: value for name, value in weights(base).items() if name not in drawn}
    assert len(weights(base)) - len(kept) == 2
    save_file(kept, str(lacking / "model.safetensors"), metadata={"format": "pt"})
    for name, draws in (("a", 3), ("b", 1000)):
        torch.rand(draws)
        run_training(lacking, tmp_path / name, CONFIG, max_steps=3, eval_per_epoch=0)
    assert "pooler.dense.weight" in weights(tmp_path / "a" / "model")
    assert equal(tmp_path / "a" / "model", tmp_path / "b" / "model")
    run_training(lacking, tmp_path / "c", CONFIG, max_steps=3, eval_per_epoch=0, seed=43)
    assert not equal(tmp_path / "a" / "model", tmp_path / "c" / "model")


def test_a_training_of_one_step_learns(base: Path, tmp_path: Path) -> None:
    one = run_training(base, tmp_path, TRAIN, max_steps=1, rotate=False, validate=False)
    assert [p["learning_rate"] for p in one.curve] == [TRAIN.learning_rate]
    assert not equal(base, tmp_path / "model")


@pytest.mark.parametrize(("steps", "warmup"), [(9, 0.0), (10, 0.1)])
def test_few_steps_have_no_warm_up(base: Path, tmp_path: Path, steps: int, warmup: float) -> None:
    from sentence_transformers import SentenceTransformer

    from finetune.training.trainer import _arguments

    model = SentenceTransformer(str(base), device="cpu")
    assert _arguments(replace(TRAIN, max_steps=steps), model, tmp_path, 80, False).warmup_steps == warmup
    rows = steps * TRAIN.batch_size
    assert _arguments(replace(TRAIN, epochs=1), model, tmp_path, rows, False).warmup_steps == warmup


def test_marks_hold_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    assert not is_whole(tmp_path)
    mark(tmp_path, 2.5)
    assert is_whole(tmp_path) and checkpoints.seconds_of(tmp_path) == 2.5
    (tmp_path / "model.safetensors").write_bytes(b"Weights")
    assert not is_whole(tmp_path)
