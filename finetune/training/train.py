"""How a model is trained: the recipe as a frozen config, and `train`, which runs it.

The config's defaults are the best found on the seed pairs' validation data (docs tell what did not
help). Imports torch only when `train` is called; `finetune.training.trainer` holds what needs it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any, Literal

from finetune.data.pairs import Pair
from finetune.evaluation.evaluate import QuerySet, check_dims
from rag_app.core.errors import PairsError, UsageError
from rag_app.core.types import ProgressFn, no_progress

LIMITS: Mapping[str, tuple[float, float]] = {
    "epochs": (1e-3, 1000),
    "batch_size": (2, 65536),  # the other pairs of a batch are the negatives
    "learning_rate": (1e-9, 1),
    "warmup": (0, 0.99),
    "weight_decay": (0, 10),
    "scale": (1e-3, 1000),
    "distil": (0, 1000),
    "mini_batch_tokens": (1, 1e7),
    "memory_gb": (1e-3, 1e5),
    "max_seq_length": (4, 1e6),
    "dropout": (0, 0.9),
    "validation_share": (0, 0.5),
    "validation_queries": (1, 1e7),
    "eval_per_epoch": (0, 10000),
    "early_stopping_patience": (0, 10000),
    "max_steps": (0, 1e9),
    "seed": (0, 2**32 - 1),
}
"""What can work, and what is plainly a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Everything that decides what comes out of training, saved in the model's record.

    epochs: passes over the pairs (a fraction is fine); max_steps ends sooner, 0 for no limit.
    batch_size: pairs a step, so also the number of negatives a question is ranked against.
    learning_rate, warmup (share of the steps, none of fewer than ten), weight_decay: AdamW under a cosine
        schedule.
    dims: Matryoshka widths, widest first; empty means `default_dims` of the base model.
    weights: one a dimension; empty means 1 each, and 1.5 for the narrowest of several.
    scale: inverse temperature of the cosine.
    distil: how much a narrow cut learns the widest one's scores, against its own ranking.
    both_ways: rank passages for each question and questions for each passage.
    mini_batch_tokens: tokens that run through the model at once, a matter of speed only; None for 1,024
        on a CPU (measured) and 16,384 on a GPU.
    memory_gb: batches whose activations need more use GradCache, which needs little memory and twice the
        time; None allows 0.6 of a GPU's free memory, or 6 GB and at most 0.4 of the machine's.
    bf16: "auto" measures at the start whether this processor is faster in bf16.
    max_seq_length: tokens kept of a text while training; None keeps the model's own.
    dropout: while training; None keeps the model's own.
    rotate: start from vectors turned along their main axes (see `finetune.training.rotation`).
    validation_share, validation_queries: how much is held out to choose the best checkpoint.
    eval_per_epoch: validations (and checkpoints) an epoch; 0 for one, at the end.
    early_stopping_patience: stop after this many validations without a gain; 0 never stops early.
    """

    epochs: float = 3.0
    batch_size: int = 256
    learning_rate: float = 1e-4
    warmup: float = 0.1
    weight_decay: float = 0.0
    dims: tuple[int, ...] = ()
    weights: tuple[float, ...] = ()
    scale: float = 20.0
    distil: float = 0.5
    both_ways: bool = True
    mini_batch_tokens: int | None = None
    memory_gb: float | None = None
    bf16: bool | Literal["auto"] = "auto"
    max_seq_length: int | None = None
    dropout: float | None = 0.0
    rotate: bool = True
    validation_share: float = 0.05
    validation_queries: int = 300
    eval_per_epoch: int = 1
    early_stopping_patience: int = 0
    max_steps: int = 0
    seed: int = 42

    @classmethod
    def quick(cls) -> TrainConfig:
        """For a demonstration: 1,500 pairs of 150-word passages in about a minute on two cores.

        Chosen on 171 questions over real 10-Ks: reading 256 tokens of a passage instead of 128 costs
        twice the time for nothing, and a second epoch over synthesized pairs costs a point of nDCG.
        """
        return cls(
            epochs=1.0,
            batch_size=64,
            max_seq_length=128,
            validation_queries=100,
            eval_per_epoch=0,
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)

    def checked(self, width: int) -> TrainConfig:
        """This config with `dims` and `weights` filled in. Raises UsageError naming a bad value."""
        dims = check_dims(self.dims, width)
        weights = self.weights or (*(1.0 for _ in dims[1:]), 1.5 if dims[1:] else 1.0)
        if len(weights) != len(dims):
            raise UsageError(f"{len(weights)} weights for {len(dims)} dimensions; give one each")
        if self.dims and tuple(self.dims) != dims:
            raise UsageError(f"dims {list(self.dims)}: expected widest first, without repeats: {list(dims)}")
        for name, (low, high) in LIMITS.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:  # not a number is not between
                raise UsageError(f"{name} {value}: expected {low:g} to {high:g}")
        if not all(0 < weight < float("inf") for weight in weights):
            raise UsageError(f"weights {list(weights)}: expected numbers above 0")
        for name in ("both_ways", "rotate"):
            if not isinstance(getattr(self, name), bool):
                raise UsageError(f"{name} {getattr(self, name)!r}: expected True or False")
        if self.bf16 not in (True, False, "auto"):
            raise UsageError(f"bf16 {self.bf16!r}: expected True, False or 'auto'")
        if self.early_stopping_patience and not self.eval_per_epoch:
            raise UsageError(
                f"early_stopping_patience {self.early_stopping_patience} with eval_per_epoch 0: "
                "there is one validation, at the end; set eval_per_epoch to 1 or more"
            )
        values = {**asdict(self), "dims": dims, "weights": weights}
        return TrainConfig(**values)


def calm_threads() -> None:
    """Let idle threads sleep: set OMP_WAIT_POLICY=PASSIVE unless it is set or torch is loaded already.

    OpenMP reads it once, when torch is loaded. By default a thread that waits for another spins; on
    two cores shared with a server or a test run, one training step took 65 s so, and 9 s asleep.
    """
    if "torch" not in sys.modules:
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


@dataclass(frozen=True, slots=True)
class TrainResult:
    """What training did. `curve` has one point a step (`step`, `epoch`, `loss`, `learning_rate`)
    and one a validation (`step`, `epoch`, `ndcg`, `ndcg_<dim>`); `best` is the chosen one's nDCG.

    `seconds` counts the time before a kill too, up to the last checkpoint.
    """

    curve: tuple[Mapping[str, float], ...]
    seconds: float
    best: float | None
    steps: int
    bf16: bool
    cached: bool


def train(
    base_folder: Path,
    out_folder: Path,
    pairs: Sequence[Pair],
    validation: QuerySet | None,
    config: TrainConfig,
    *,
    work: Path,
    on_progress: ProgressFn = no_progress,
    resume: bool = False,
) -> TrainResult:
    """Train the model in `base_folder` on `pairs`; leave an ordinary model folder in `out_folder`.

    Checkpoints go to `work`, and with `resume` the last whole one there is gone on from; checkpoints
    hold torch files, so `work` must be a folder this product wrote. The checkpoint with the best mean
    nDCG@10 on `validation` wins; without validation, the last. Progress is stage "train", done = step,
    with the values loss and, after a validation, ndcg. Raises PairsError for fewer than two distinct
    passages, UsageError for a config that cannot work.
    """
    if len({pair.context for pair in pairs}) < 2:
        raise PairsError("all training pairs have the same context; at least two different are needed")
    from finetune.training.trainer import Task, run  # lazy: torch and transformers cost seconds to import

    return run(Task(base_folder, out_folder, pairs, validation, config, work, resume), on_progress)


def own_gpu(told: str | None, local: int) -> str:
    """What process `local` of a machine is to see: one GPU, as if there were no other.

    `told` is CUDA_VISIBLE_DEVICES; where that hides every GPU ("" or "-1"), it stays as it is.
    """
    if told is None:
        return str(local)
    # CUDA ends the list at the first number that is no device's.
    parts = (part.strip() for part in told.split(","))
    seen = list(takewhile(lambda part: part and not part.startswith("-"), parts))
    return ",".join(seen[local : local + 1]) if seen else told


@contextmanager
def together() -> Iterator[bool]:
    """Start a command that may run under `torchrun --nproc_per_node N`: True in the process to go on.

    The others help with the training inside, and get False when it is over. Raises UsageError for
    processes that have no GPU each while some have one.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) < 2:
        yield True
        return
    calm_threads()
    # CUDA reads this once, perhaps in an import below.
    told = os.environ.get("CUDA_VISIBLE_DEVICES")
    os.environ["CUDA_VISIBLE_DEVICES"] = own_gpu(told, int(os.environ.get("LOCAL_RANK", "0")))
    from finetune.training.processes import joined
    from finetune.training.trainer import help_with

    with joined(help_with) as leads:
        yield leads
