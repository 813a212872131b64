"""From pairs to a registered model: baseline first, then training, then the same evaluation.

Does not activate the model; the caller does. Knows no index.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from finetune.data.clean import CleanReport, clean
from finetune.data.extra import unmatched, without_held_out
from finetune.data.leaks import leaks
from finetune.data.pairs import Pair, PairSet
from finetune.data.saved import save_split
from finetune.data.split import Protocol, Split, split_pairs, validation_split
from finetune.evaluation.answering import answering
from finetune.evaluation.apart import without_asked
from finetune.evaluation.card import base_license, base_name, model_card, prompts_of
from finetune.evaluation.chunk_queries import ChunkQueries
from finetune.evaluation.chunk_scores import answerable, measure
from finetune.evaluation.compare import comparison
from finetune.evaluation.evaluate import Evaluation, QuerySet
from finetune.evaluation.forgetting import Check, judged_dims
from finetune.evaluation.fusion import fusion_weights
from finetune.evaluation.report import write_report
from finetune.record import Run, name_of, record_of
from finetune.training.checkpoints import MARK
from finetune.training.train import TrainConfig, TrainResult, calm_threads, train
from rag_app.core.config import Workspace
from rag_app.core.errors import Cancelled, PairsError, UsageError
from rag_app.core.files import locked, write_bytes_atomic
from rag_app.core.hub import model_folder
from rag_app.core.registry import ModelRecord, ModelRef, fingerprint_folder, list_records, write_record
from rag_app.core.types import Encoder, Progress, ProgressFn, no_progress

MIN_PAIRS = 20
ABANDONED = 7 * 24 * 3600.0
"""Seconds after which another run's checkpoints are removed."""
LoadEncoder = Callable[[Path, str], Encoder]


@dataclass(frozen=True, slots=True)
class FinetuneConfig:
    """One fine-tuning run: how to split, how to train, what decides.

    evaluate_on "split" holds out a test split by `protocol`; its figures are the record's. "chunks"
    takes the record's figures from the check (questions over real filing chunks) and trains on all
    pairs. `dims` are evaluated besides the full width and 128; empty means those that are trained.
    """

    protocol: Protocol = "honest"
    split_seed: int = 42
    train: TrainConfig = field(default_factory=TrainConfig)
    dims: tuple[int, ...] = ()
    model_id: str | None = None
    evaluate_on: Literal["split", "chunks"] = "split"


@dataclass(frozen=True, slots=True)
class _Plan:
    """The validated inputs of a run. `tests` are evaluated before and after; the first one decides.

    `split` is None where all pairs train, `cleaned` where the protocol takes pairs as they are.
    `asked` counts pairs left out of training because the check asks them or about their passage.
    """

    pairs: tuple[Pair, ...]
    validation: QuerySet
    tests: tuple[QuerySet, ...]
    split: Split | None
    cleaned: CleanReport | None
    asked: int = 0


def finetune(
    workspace: Workspace,
    base: ModelRef,
    pair_set: PairSet,
    config: FinetuneConfig,
    load_encoder: LoadEncoder,
    on_progress: ProgressFn = no_progress,
    check: Check | None = None,
    resume: bool = False,
) -> ModelRecord:
    """Tune `base` on `pair_set`, register the result in `workspace`, write its report to runs/<id>/.

    `load_encoder(folder, name)` loads a model folder. Progress stages: "baseline", "train",
    "evaluate", "done". With `resume`, a run with the same pairs, base and config that was killed goes
    on from its last checkpoint. `check` asks questions over chunks of real filings before and after:
    the record says what the model lost there, and with `evaluate_on="chunks"` it decides. Both widths
    that are judged, the full one and 128, are measured whatever `dims` are trained.

    Raises PairsError for too few pairs, UsageError for a bad config, ModelError for a base that cannot
    be loaded, WorkspaceError when another process trains in this workspace, Cancelled when the
    listener raises it or the user interrupts a run that can be resumed; nothing is registered then.
    """
    calm_threads()
    plan = _plan(pair_set, config, check)
    folder = model_folder(base)
    base_fingerprint = fingerprint_folder(folder)
    base_encoder = load_encoder(folder, name_of(base))
    width = base_encoder.dimension
    settings = replace(config, train=config.train.checked(width))
    dims = judged_dims(width, settings.dims or settings.train.dims)
    key = _run_key(plan, pair_set, base_fingerprint, settings)
    work = workspace.models / f".work-{key}"
    built = work / "model"
    with locked(workspace.lock("train"), "train a model"):
        if resume and (finished := _finished(workspace, key, config.model_id)):
            shutil.rmtree(work, ignore_errors=True)
            return finished  # killed after its model was registered
        if config.model_id is not None:
            _check_id(workspace, config.model_id)
        _make_room(workspace, work, resume)
        with _kept_for_resume(work):
            before = [_measure(base_encoder, t, dims, "baseline", on_progress) for t in plan.tests]
            del base_encoder  # frees its memory for training
            trained = _trained(folder, built, plan, settings, on_progress, resume)
            tuned = load_encoder(built, "tuned")
            after = [_measure(tuned, t, dims, "evaluate", on_progress) for t in plan.tests]
            others = (pair.context for pair in plan.pairs)
            fused = fusion_weights(tuned, plan.validation, dims, others)
            over_filings = [test for test in plan.tests if isinstance(test, ChunkQueries)]
            answers = answering(tuned, over_filings[0], dims) if over_filings else {}
        run = Run(
            base, base_fingerprint, pair_set, settings, check, len(plan.pairs), before, after, trained,
            built, width, fused, answers,
        )  # fmt: skip
        now = datetime.now(UTC)
        record = record_of(run, config.model_id or _free_id(workspace, now), now, key)
        line = _written(workspace, run, record, plan, folder)
        write_record(built, record)
        built.rename(workspace.models / record.model_id)
        shutil.rmtree(work, ignore_errors=True)
    on_progress(Progress("done", 1, 1, line, {"ndcg": after[0].mean_ndcg, "base_ndcg": before[0].mean_ndcg}))
    return record


def check_request(workspace: Workspace, base: ModelRef, config: FinetuneConfig, resume: bool = False) -> None:
    """Refuse what can be refused without pairs and without loading the model: an id, a recipe.

    Raises UsageError, as `finetune` would after the pairs are made. A run that is resumed may have its id.
    """
    if config.model_id is not None and not resume:
        _check_id(workspace, config.model_id)
    width = _width_of(model_folder(base))
    if width is not None:
        config.train.checked(width)


def _width_of(folder: Path) -> int | None:
    """The width of a model, from its files; None where a dense layer or several poolings may change it."""
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        kinds = {module["type"].rpartition(".")[2]: module["path"] for module in modules}
        pooling = json.loads((folder / kinds["Pooling"] / "config.json").read_text(encoding="utf-8"))
        width = pooling.get("embedding_dimension", pooling.get("word_embedding_dimension"))
        modes = [mode for mode, on in pooling.items() if mode.startswith("pooling_mode_") and on is True]
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        return None
    plain = len(modes) < 2 and isinstance(pooling.get("pooling_mode", ""), str) and "Dense" not in kinds
    return width if plain and isinstance(width, int) else None


def _trained(
    folder: Path, built: Path, plan: _Plan, config: FinetuneConfig, on_progress: ProgressFn, resume: bool
) -> TrainResult:
    built.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(built, ignore_errors=True)
    return train(
        folder,
        built,
        plan.pairs,
        plan.validation,
        config.train,
        work=built.parent,
        on_progress=on_progress,
        resume=resume,
    )


def _written(workspace: Workspace, run: Run, record: ModelRecord, plan: _Plan, folder: Path) -> str:
    """Write the model's card and the run's report; the headline of the report."""
    seed = record.split_seed
    compared = [
        comparison(b, a, t.test, seed) for b, a, t in zip(run.before, run.after, plan.tests, strict=True)
    ]
    card = model_card(
        record,
        compared[0],
        base=base_name(run.base),
        license_name=base_license(folder),
        prompts=prompts_of(run.built),
    )
    write_bytes_atomic(run.built / "README.md", card.encode("utf-8"))
    details = {
        "steps": run.trained.steps,
        "bf16": run.trained.bf16,
        "gradcache": run.trained.cached,
        "best_validation_ndcg": run.trained.best,
        "dropped_rows": run.pairs.dropped,
        "asked_rows": plan.asked,
        "cleaned": plan.cleaned.as_dict() if plan.cleaned else None,
        "leaks": leaks(plan.split).as_dict() if plan.split else None,
    }
    runs = workspace.runs / record.model_id
    if plan.split:
        save_split(runs, plan.split, run.pairs)
    write_report(
        runs, record, run.before[0], run.after[0], compared[0],
        leaked=plan.split.leaked if plan.split else 0,
        other=compared[1] if len(compared) > 1 else None, details=details,
    )  # fmt: skip
    return str(compared[0]["headline"])


@contextlib.contextmanager
def _kept_for_resume(work: Path) -> Iterator[None]:
    """Keep `work` when the run breaks off, if there is a checkpoint to go on from."""
    try:
        yield
    except BaseException as error:
        if not list(work.glob("checkpoint-*")):
            shutil.rmtree(work, ignore_errors=True)
        elif isinstance(error, KeyboardInterrupt) and list(work.glob(f"checkpoint-*/{MARK}")):
            raise Cancelled(
                "stopped; nothing was registered - "
                "the same command with --resume goes on from the last checkpoint"
            ) from None
        raise


def _make_room(workspace: Workspace, work: Path, resume: bool) -> None:
    """Remove this run's old checkpoints unless it goes on from them, and those long abandoned."""
    if not resume:
        shutil.rmtree(work, ignore_errors=True)
    for other in workspace.models.glob(".work-*"):
        last = max((p.stat().st_mtime for p in (other, *other.iterdir())), default=0.0)
        if other != work and time.time() - last > ABANDONED:
            shutil.rmtree(other, ignore_errors=True)


def _measure(
    encoder: Encoder, test: QuerySet, dims: Sequence[int], stage: str, on_progress: ProgressFn
) -> Evaluation:
    return measure(encoder, test, dims, lambda step: on_progress(replace(step, stage=stage)))


def _plan(pair_set: PairSet, config: FinetuneConfig, check: Check | None) -> _Plan:
    count = len(pair_set.pairs)
    if count < MIN_PAIRS:
        raise PairsError(f"{pair_set.name}: {count} pairs, at least {MIN_PAIRS} are needed to train and test")
    split: Split | None = None
    cleaned: CleanReport | None = None
    asked = answerable(check.pairs, check.chunks) if check is not None and not check.skipped else None
    if config.evaluate_on == "chunks":
        if asked is None:
            raise UsageError("evaluate_on chunks: give questions and chunks to check with")
        left = clean(pair_set)
        given, cleaned = left.pairs, left.report
        tests: list[QuerySet] = [asked]
    else:
        split = split_pairs(pair_set, config.protocol, config.split_seed)
        given, cleaned = split.train, split.cleaned
        tests = [split, *([asked] if asked else [])]
    rest, added = given, pair_set.extra
    if check is not None and asked is not None:
        rest, added = (without_asked(part, asked, check.chunks) for part in (given, added))
        if len(rest) < min(MIN_PAIRS, len(given)):
            raise PairsError(
                f"{pair_set.name}: {len(rest)} pairs are left to train on without those that {check.name} "
                f"asks or asks about, at least {MIN_PAIRS} are needed; ask other questions or add pairs"
            )
    left_out = len(given) - len(rest) + len(pair_set.extra) - len(added)
    held = validation_split(
        rest,
        config.protocol,
        config.split_seed,
        share=config.train.validation_share,
        max_queries=config.train.validation_queries,
    )
    extra = without_held_out(added, held, *([split] if split else []))
    if split is not None:
        names = unmatched(pair_set.extra, split)
        # what leaks are looked for in
        split = replace(split, train=(*rest, *extra), added=len(extra), unmatched=names)
    return _Plan((*held.train, *extra), held, tuple(tests), split, cleaned, left_out)


def _run_key(plan: _Plan, pair_set: PairSet, base_fingerprint: str, config: FinetuneConfig) -> str:
    """Equal for runs that may share checkpoints; a check may have left out pairs."""
    settings = asdict(replace(config, dims=(), model_id=None))
    rows = [[pair.question, pair.context] for pair in plan.pairs]
    what = [pair_set.sha256, rows, base_fingerprint, settings]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]


def _finished(workspace: Workspace, key: str, model_id: str | None) -> ModelRecord | None:
    """The model that this very run has registered already, if any."""
    found = [r for r in list_records(workspace) if r.config.get("run") == key]
    return next((r for r in reversed(found) if model_id in (None, r.model_id)), None)


def _check_id(workspace: Workspace, model_id: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", model_id) or model_id in {"base", "tuned", "embedded"}:
        raise UsageError(
            f"model id {model_id!r}: expected letters, digits, '-', '_', '.', and no built-in name"
        )
    if (workspace.models / model_id).exists():
        raise UsageError(f"model id {model_id!r} is taken; choose another")


def _free_id(workspace: Workspace, now: datetime) -> str:
    stem = f"tuned-{now:%Y%m%d-%H%M%S}"
    taken = [stem, *(f"{stem}-{n}" for n in range(2, 1000))]
    return next(name for name in taken if not (workspace.models / name).exists())
