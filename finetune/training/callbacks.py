"""What the trainer calls back: validation with our metrics, and progress events.

Imports torch: import inside functions only. Knows nothing of records.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.evaluation import SentenceEvaluator
from transformers import TrainerCallback

from finetune.evaluation.evaluate import QuerySet, evaluate
from finetune.training.checkpoints import mark, seconds_of, thin
from finetune.training.losses import autocast
from rag_app.core.errors import UsageError
from rag_app.core.types import FloatArray, Progress, ProgressFn, no_progress


class TrainingEncoder:
    """The model under training as an `Encoder`, for validation."""

    fingerprint = ""
    name = "training"

    def __init__(self, model: SentenceTransformer, bf16: bool) -> None:
        self._model = model
        self._bf16 = bf16

    @property
    def dimension(self) -> int:
        """Full width."""
        return int(self._model.get_embedding_dimension())

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """float32[n, dimension], unit length."""
        return self._encode(self._model.encode_query, texts)

    def encode_passages(self, texts: Sequence[str], on_progress: ProgressFn = no_progress) -> FloatArray:
        """float32[n, dimension], unit length."""
        return self._encode(self._model.encode_document, texts)

    def _encode(self, encode: Any, texts: Sequence[str]) -> FloatArray:
        with autocast(self._bf16, self._model.device.type):
            tensor = encode(
                list(texts),
                batch_size=16,  # small and sorted by length: little padding
                convert_to_tensor=True,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return np.asarray(tensor.float().cpu().numpy(), dtype=np.float32)


class Validation(SentenceEvaluator):  # type: ignore[misc]
    """Our metrics on the validation split: texts encoded once, every dimension a slice."""

    def __init__(self, split: QuerySet, dims: Sequence[int], bf16: bool, events: Events) -> None:
        super().__init__()
        self.primary_metric = "ndcg"
        self._split, self._dims, self._bf16, self._events = split, dims, bf16, events

    def __call__(
        self, model: SentenceTransformer, output_path: str | None = None, epoch: float = -1, steps: int = -1
    ) -> dict[str, float]:
        """`ndcg` (the mean over the dimensions) and `ndcg_<dim>`."""
        found = evaluate(
            TrainingEncoder(model, self._bf16), self._split, self._dims, self._events.while_validating
        )
        figures = {f"ndcg_{dim}": scores.ndcg for dim, scores in found.dims.items()}
        return {"ndcg": found.mean_ndcg, **figures}


class Events(TrainerCallback):  # type: ignore[misc]
    """Turns the trainer's callbacks into progress events and keeps the time."""

    def __init__(self, on_progress: ProgressFn, work: Path | None) -> None:
        """`work` holds the checkpoints to mark; None in a process that only helps."""
        self._on_progress = on_progress
        self._work = work
        self._started = time.monotonic()
        self._before = 0.0
        self.step = 0
        self.total = 0

    def resume_clock(self, checkpoint: Path) -> None:
        """Count the seconds of the run that was killed, up to its last checkpoint."""
        self._before = seconds_of(checkpoint)

    @property
    def seconds(self) -> float:
        """Time spent so far."""
        return self._before + time.monotonic() - self._started

    def while_validating(self, progress: Progress) -> None:
        """Keeps the listener in touch (it may raise Cancelled) while the validation split is encoded."""
        self._on_progress(Progress("train", self.step, self.total, "validating"))

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """The number of steps is known now."""
        self.step, self.total = state.global_step, state.max_steps
        self._on_progress(Progress("train", self.step, self.total, "training"))

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **kwargs: Any
    ) -> None:
        """One event a step, one a validation."""
        self.step = state.global_step
        values = log_values(logs or {})
        if values:
            note = "validated" if "ndcg" in values else "training"
            self._on_progress(Progress("train", self.step, self.total, note, values))

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Every file is written: mark the checkpoint whole, and only then delete older ones."""
        if self._work is not None:
            mark(self._work / f"checkpoint-{state.global_step}", self.seconds)
            thin(self._work, Path(state.best_model_checkpoint).name if state.best_model_checkpoint else None)


def log_values(logs: Mapping[str, Any]) -> dict[str, float]:
    """The trainer's log entries under our names."""
    names = {"loss": "loss", "learning_rate": "learning_rate"}
    values = {new: float(logs[old]) for old, new in names.items() if old in logs}
    for key, value in logs.items():
        if key.startswith("eval_ndcg"):
            values[key.removeprefix("eval_")] = float(value)
    if not math.isfinite(values.get("loss", 0.0)):
        raise UsageError("the loss is no longer a number; lower learning_rate or set bf16 to off")
    return values
