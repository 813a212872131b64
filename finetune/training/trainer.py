"""The part of training that needs torch: the loop with our loss, metrics and events.

Import inside functions only. Knows nothing of workspaces or records.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.training_args import (
    BatchSamplers,
    SentenceTransformerTrainingArguments,
)
from transformers import EarlyStoppingCallback, PrinterCallback, set_seed
from transformers.utils import logging as transformers_logging

from finetune.data.pairs import Pair
from finetune.evaluation.evaluate import QuerySet
from finetune.training import processes
from finetune.training.callbacks import Events, Validation, log_values
from finetune.training.checkpoints import disk_errors, resume_point
from finetune.training.loop import Loop
from finetune.training.losses import bf16_is_faster, build_loss, set_dropout
from finetune.training.memory import activation_bytes, allowed_bytes
from finetune.training.rotation import main_axes, rotate
from finetune.training.train import TrainConfig, TrainResult
from rag_app.core.errors import ModelError
from rag_app.core.registry import check_tokenizer
from rag_app.core.types import Progress, ProgressFn, no_progress

DOCUMENT_PROMPTS = ("document", "passage", "corpus")
"""The order in which sentence-transformers looks for a passage prompt."""
FEW_STEPS = 10
"""Shorter trainings have no warm-up."""


@dataclass(frozen=True, slots=True)
class Task:
    """One training, as the leading process hands it to those that help."""

    base_folder: Path
    out_folder: Path
    pairs: Sequence[Pair]
    validation: QuerySet | None
    config: TrainConfig
    work: Path
    resume: bool


def run(task: Task, on_progress: ProgressFn) -> TrainResult:
    """See `finetune.training.train.train`."""
    processes.hand_out(task)
    with _quiet(), disk_errors(task.work):
        return _run(task, on_progress)


def help_with(task: Task) -> None:
    """Take part in a training that another process leads: no events, no files."""
    with _quiet():
        _run(task, no_progress)


def _run(task: Task, on_progress: ProgressFn) -> TrainResult:
    leads = processes.rank() == 0
    events = Events(on_progress, task.work if leads else None)
    # Loading draws too, where a base lacks weights. `checked` refuses the seeds that the modulo lets through.
    set_seed(task.config.seed % 2**32)
    model = _load(task.base_folder)
    # The trainer would write a card of its own, and encode texts for it; ours replaces it.
    model.model_card_data.generate_widget_examples = False
    model.model_card_data.widget = [{"text": ""}]
    config = task.config.checked(int(model.get_embedding_dimension()))
    own_length = model.max_seq_length
    if config.max_seq_length is not None:
        model.max_seq_length = min(config.max_seq_length, own_length or config.max_seq_length)
    if config.dropout is not None:
        set_dropout(model, config.dropout)
    bf16, cached = processes.agree(lambda: _choices(model, task.pairs, config, on_progress))
    if config.rotate:
        on_progress(Progress("train", 0, None, "turning the axes"))
        rotate(model, processes.agree(lambda: main_axes(model, _texts(task.pairs), bf16)))
    processes.same_weights(model)
    loss = build_loss(
        model,
        dims=config.dims,
        weights=config.weights,
        scale=config.scale,
        both_ways=config.both_ways,
        distil=config.distil,
        tokens=_tokens(config),
        bf16=bf16,
        cached=cached,
    )
    loss.loss.gather_across_devices = processes.count() > 1
    evaluator = None
    if task.validation is not None:
        evaluator = Validation(task.validation, config.dims, bf16, events)
    patience = config.early_stopping_patience if evaluator is not None else 0
    trainer = Loop(
        model=model,
        args=_arguments(config, model, task.work, len(task.pairs), evaluator is not None),
        train_dataset=_rows(task.pairs),
        loss=loss,
        evaluator=evaluator,
        callbacks=[events, *([EarlyStoppingCallback(patience)] if patience else [])],
    )
    trainer.bf16 = bf16
    trainer.remove_callback(PrinterCallback)
    trainer.remove_callback(trainer.model_card_callback_class)  # it encodes examples for a card of its own
    checkpoint = processes.agree(lambda: resume_point(task.work) if task.resume else None)
    if checkpoint is not None:
        events.resume_clock(checkpoint)
    if checkpoint is None or not trainer.ended(checkpoint):
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    if leads:
        model.max_seq_length = own_length
        model.truncate_dim = None  # it would be saved, and cut every later encode
        model.save_pretrained(str(task.out_folder), create_model_card=False)
    state = trainer.state
    curve = tuple(log_values(point) | _place(point) for point in state.log_history if log_values(point))
    best = None if state.best_metric is None else float(state.best_metric)
    return TrainResult(curve, events.seconds, best, state.global_step, bf16, cached)


def _choices(
    model: SentenceTransformer, pairs: Sequence[Pair], config: TrainConfig, on_progress: ProgressFn
) -> tuple[bool, bool]:
    """Whether to train in bf16, and whether with GradCache."""
    bf16 = config.bf16
    if bf16 == "auto":
        on_progress(Progress("train", 0, None, "measuring precision"))
        bf16 = bf16_is_faster(model, [p.context for p in pairs[:64]], _tokens(config))
    share = math.ceil(config.batch_size / processes.count())
    return bf16, activation_bytes(model, pairs, share, bf16) > allowed_bytes(config.memory_gb)


def _tokens(config: TrainConfig) -> int:
    return config.mini_batch_tokens or (16_384 if torch.cuda.is_available() else 1024)


def _texts(pairs: Sequence[Pair]) -> list[str]:
    return [text for pair in pairs for text in (pair.context, pair.question)]


def _rows(pairs: Sequence[Pair]) -> Dataset:
    return Dataset.from_dict({"anchor": [p.question for p in pairs], "positive": [p.context for p in pairs]})


def _load(folder: Path) -> SentenceTransformer:
    check_tokenizer(folder)
    # Measured on a CPU: plain attention trains a tenth (no dropout: a third) faster than the fused kernel.
    fast: dict[str, Any] = {} if torch.cuda.is_available() else {"attn_implementation": "eager"}
    try:
        return SentenceTransformer(
            str(folder),
            local_files_only=True,
            trust_remote_code=False,
            # Weights saved in bf16 would train in bf16, where small updates round to nothing.
            model_kwargs={"use_safetensors": True, "dtype": torch.float32, **fast},
        )
    except Exception as error:  # safetensors, tokenizers and torch each raise their own
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise ModelError(f"{folder}: cannot be loaded as a sentence-transformers model ({reason})") from error


def _arguments(
    config: TrainConfig, model: SentenceTransformer, work: Path, rows: int, validates: bool
) -> SentenceTransformerTrainingArguments:
    steps_an_epoch = math.ceil(rows / config.batch_size)
    total = config.max_steps or math.ceil(steps_an_epoch * config.epochs)
    every = math.ceil(steps_an_epoch / config.eval_per_epoch) if config.eval_per_epoch else total
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(work),
        num_train_epochs=config.epochs,
        max_steps=config.max_steps or -1,
        per_device_train_batch_size=config.batch_size,
        learning_rate=config.learning_rate,
        weight_decay=config.weight_decay,
        # A float below 1 is a share of the steps. The first of them is taken at rate 0, which few can spare.
        warmup_steps=config.warmup if total >= FEW_STEPS else 0.0,
        lr_scheduler_type="cosine",
        # Two rows with one context would be each other's false negatives.
        batch_sampler=BatchSamplers.NO_DUPLICATES,
        prompts=_prompts(model),
        eval_strategy="steps" if validates else "no",
        eval_steps=min(every, total),
        save_strategy="steps",
        save_steps=min(every, total),
        load_best_model_at_end=validates,
        metric_for_best_model="eval_ndcg" if validates else None,
        greater_is_better=True if validates else None,
        logging_steps=1,
        logging_nan_inf_filter=False,
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=torch.cuda.is_available(),
        seed=config.seed,
        data_seed=config.seed,
        restore_callback_states_from_checkpoint=True,  # how patient early stopping has been
    )
    if arguments.n_gpu > 1:
        # DataParallel would split what the loss compares; torchrun is the way to use several GPUs.
        arguments._n_gpu = 1
    return arguments


def _prompts(model: SentenceTransformer) -> dict[str, str]:
    """Train with the prompts that the saved model will encode with."""
    saved: Mapping[str, str] = model.prompts or {}
    passage = next((saved[name] for name in DOCUMENT_PROMPTS if name in saved), "")
    return {"anchor": saved.get("query") or "", "positive": passage or ""}


def _place(point: Mapping[str, Any]) -> dict[str, float]:
    return {"step": float(point["step"]), "epoch": float(point["epoch"])}


@contextmanager
def _quiet() -> Iterator[None]:
    """No bars and notices of transformers while training; progress events tell the story."""
    level = transformers_logging.get_verbosity()
    bars = transformers_logging.is_progress_bar_enabled()
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    try:
        yield
    finally:
        transformers_logging.set_verbosity(level)
        if bars:
            transformers_logging.enable_progress_bar()
