"""From pairs to a registered model: baseline first, then training, then the same evaluation.

Does not activate the model; the caller does. Knows no index.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from finetune.data.clean import CleanReport, clean
from finetune.data.extra import without_held_out
from finetune.data.leaks import leaks
from finetune.data.pairs import Pair, PairSet
from finetune.data.saved import save_split
from finetune.data.split import Protocol, Split, split_pairs, validation_split
from finetune.evaluation.card import base_license, base_name, model_card, prompts_of
from finetune.evaluation.chunk_scores import answerable, measure
from finetune.evaluation.compare import comparison
from finetune.evaluation.evaluate import Evaluation, QuerySet
from finetune.evaluation.forgetting import Check, forgetting
from finetune.evaluation.report import write_report
from finetune.training.train import TrainConfig, calm_threads, train
from rag_app.core.config import Workspace
from rag_app.core.errors import PairsError, UsageError
from rag_app.core.files import locked, write_bytes_atomic
from rag_app.core.hub import model_folder
from rag_app.core.registry import ModelRecord, ModelRef, fingerprint_folder, write_record
from rag_app.core.types import Encoder, Progress, ProgressFn, no_progress

MIN_PAIRS = 20
LoadEncoder = Callable[[Path, str], Encoder]


@dataclass(frozen=True, slots=True)
class FinetuneConfig:
    """One fine-tuning run: how to split, how to train, what decides.

    evaluate_on "split" holds out a test split by `protocol`; its figures are the record's. "chunks"
    takes the record's figures from the check (questions over real filing chunks) and trains on all
    pairs. `dims` are evaluated; empty means the dimensions that are trained.
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
    """

    pairs: tuple[Pair, ...]
    validation: QuerySet
    tests: tuple[QuerySet, ...]
    split: Split | None
    cleaned: CleanReport | None


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
    the record says what the model lost there, and with `evaluate_on="chunks"` it decides.

    Raises PairsError for too few pairs, UsageError for a bad config, ModelError for a base that cannot
    be loaded, WorkspaceError when another process trains in this workspace, Cancelled when the
    listener raises it; nothing is registered then.
    """
    calm_threads()
    plan = _plan(pair_set, config, check)
    folder = model_folder(base)
    base_fingerprint = fingerprint_folder(folder)
    if config.model_id is not None:
        _check_id(workspace, config.model_id)
    base_encoder = load_encoder(folder, base.name)
    width = base_encoder.dimension
    settings = replace(config, train=config.train.checked(width))
    dims = settings.dims or settings.train.dims
    work = workspace.models / f".work-{_run_key(pair_set, base_fingerprint, settings)}"
    with locked(workspace.lock("train"), "train a model"):
        if work.exists() and not resume:
            shutil.rmtree(work)
        before = [_measure(base_encoder, t, dims, "baseline", on_progress) for t in plan.tests]
        del base_encoder  # frees its memory for training
        work.mkdir(parents=True, exist_ok=True)
        built = work / "model"
        shutil.rmtree(built, ignore_errors=True)
        try:
            trained = train(
                folder,
                built,
                plan.pairs,
                plan.validation,
                settings.train,
                work=work,
                on_progress=on_progress,
                resume=resume,
            )
            tuned = load_encoder(built, "tuned")
            after = [_measure(tuned, t, dims, "evaluate", on_progress) for t in plan.tests]
        except BaseException:
            if not list(work.glob("checkpoint-*")):
                shutil.rmtree(work, ignore_errors=True)  # nothing to go on from
            raise
        now = datetime.now(UTC)
        model_id = config.model_id or _free_id(workspace, now)
        lost = _forgetting(check, before, after, config.split_seed)
        record = ModelRecord(
            model_id=model_id,
            created=now.isoformat(timespec="seconds"),
            base=base.name,
            base_fingerprint=base_fingerprint,
            fingerprint=fingerprint_folder(built),
            dimension=width,
            dims=settings.train.dims,
            pairs=pair_set.name,
            pairs_sha256=pair_set.sha256,
            protocol=before[0].protocol,
            split_seed=config.split_seed,
            config=json.loads(json.dumps(asdict(settings))),
            before=before[0].figures(),
            after=after[0].figures(),
            train_rows=len(plan.pairs),
            test_queries=before[0].queries,
            train_seconds=round(trained.seconds, 1),
            beats_baseline=beats(before[0], after[0]),
            git_sha=_git_sha(),
            curve=trained.curve,
            forgetting=lost,
            forgets=bool(lost.get("loses")),
        )
        compared = [
            comparison(b, a, t.test, config.split_seed)
            for b, a, t in zip(before, after, plan.tests, strict=True)
        ]
        card = model_card(
            record,
            compared[0],
            base=base_name(base),
            license_name=base_license(folder),
            prompts=prompts_of(built),
        )
        write_bytes_atomic(built / "README.md", card.encode("utf-8"))
        details = {
            "steps": trained.steps,
            "bf16": trained.bf16,
            "gradcache": trained.cached,
            "best_validation_ndcg": trained.best,
            "dropped_rows": pair_set.dropped,
            "cleaned": plan.cleaned.as_dict() if plan.cleaned else None,
            "leaks": leaks(plan.split).as_dict() if plan.split else None,
        }
        if plan.split:
            save_split(workspace.runs / model_id, plan.split, pair_set)
        write_report(
            workspace.runs / model_id, record, before[0], after[0], compared[0],
            leaked=plan.split.leaked if plan.split else 0,
            other=compared[1] if len(compared) > 1 else None, details=details,
        )  # fmt: skip
        write_record(built, record)
        built.rename(workspace.models / model_id)
        shutil.rmtree(work, ignore_errors=True)
    line = compared[0]["headline"]
    on_progress(Progress("done", 1, 1, line, {"ndcg": after[0].mean_ndcg, "base_ndcg": before[0].mean_ndcg}))
    return record


def beats(before: Evaluation, after: Evaluation) -> bool:
    """Better on average over the dimensions, and not worse at the full width."""
    full = max(before.dims)
    return after.mean_ndcg > before.mean_ndcg and after.dims[full].ndcg >= before.dims[full].ndcg


def _measure(
    encoder: Encoder, test: QuerySet, dims: Sequence[int], stage: str, on_progress: ProgressFn
) -> Evaluation:
    return measure(encoder, test, dims, lambda step: on_progress(replace(step, stage=stage)))


def _forgetting(
    check: Check | None, before: Sequence[Evaluation], after: Sequence[Evaluation], seed: int
) -> dict[str, Any]:
    """What the record keeps of the check; the reason where there was none."""
    if check is None or check.skipped:
        return {"skipped": check.skipped} if check is not None else {}
    return forgetting(check.name, before[-1], after[-1], seed)  # the check is the last that is measured


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
        rest, cleaned = left.pairs, left.report
        tests: list[QuerySet] = [asked]
    else:
        split = split_pairs(pair_set, config.protocol, config.split_seed)
        rest, cleaned = split.train, split.cleaned
        tests = [split, *([asked] if asked else [])]
    held = validation_split(
        rest,
        config.protocol,
        config.split_seed,
        share=config.train.validation_share,
        max_queries=config.train.validation_queries,
    )
    extra = without_held_out(pair_set.extra, held, *([split] if split else []))
    if split is not None:
        split = replace(split, train=(*split.train, *extra))  # what leaks are looked for in
    return _Plan((*held.train, *extra), held, tuple(tests), split, cleaned)


def _run_key(pair_set: PairSet, base_fingerprint: str, config: FinetuneConfig) -> str:
    """Equal for runs that may share checkpoints."""
    what = [pair_set.sha256, base_fingerprint, asdict(replace(config, dims=(), model_id=None))]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]


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


def _git_sha() -> str | None:
    """The commit of this package's folder, where it is a git checkout."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        found = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True, timeout=5
        )
        if found.returncode == 0:
            return found.stdout.strip()
    return None
