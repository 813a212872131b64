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
from typing import Literal

from finetune.data.pairs import Pair, PairSet
from finetune.data.split import Protocol, split_pairs, validation_split
from finetune.evaluation.evaluate import Evaluation, QuerySet, chunk_queries, evaluate
from finetune.evaluation.report import gain, model_card, write_report
from finetune.evaluation.report import headline as say
from finetune.training.train import TrainConfig, calm_threads, train
from rag_app.core.config import Workspace
from rag_app.core.errors import PairsError, UsageError
from rag_app.core.files import locked, write_bytes_atomic
from rag_app.core.hub import model_folder
from rag_app.core.registry import ModelRecord, ModelRef, fingerprint_folder, write_record
from rag_app.core.types import Chunk, Encoder, Progress, ProgressFn, no_progress

MIN_PAIRS = 20
LoadEncoder = Callable[[Path, str], Encoder]


@dataclass(frozen=True, slots=True)
class FinetuneConfig:
    """One fine-tuning run: how to split, how to train, what decides.

    evaluate_on "split" holds out a test split by `protocol`; its figures are the record's. "chunks"
    takes the record's figures from `extra_eval` (questions over real filing chunks) and trains on all
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
    """The validated inputs of a run. `tests` are evaluated before and after; the first one decides."""

    pairs: tuple[Pair, ...]
    validation: QuerySet
    tests: tuple[QuerySet, ...]
    leaked: int


def finetune(
    workspace: Workspace,
    base: ModelRef,
    pair_set: PairSet,
    config: FinetuneConfig,
    load_encoder: LoadEncoder,
    on_progress: ProgressFn = no_progress,
    extra_eval: tuple[Sequence[Pair], Sequence[Chunk]] | None = None,
    resume: bool = False,
) -> ModelRecord:
    """Tune `base` on `pair_set`, register the result in `workspace`, write its report to runs/<id>/.

    `load_encoder(folder, name)` loads a model folder. Progress stages: "baseline", "train",
    "evaluate", "done". With `resume`, a run with the same pairs, base and config that was killed goes
    on from its last checkpoint. `extra_eval` is (pairs with evidence, chunks): a second protocol, or
    the deciding one with `evaluate_on="chunks"`.

    Raises PairsError for too few pairs, UsageError for a bad config, ModelError for a base that cannot
    be loaded, WorkspaceError when another process trains in this workspace, Cancelled when the
    listener raises it; nothing is registered then.
    """
    calm_threads()
    plan = _plan(pair_set, config, extra_eval)
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
        before = [evaluate(base_encoder, t, dims, _stage("baseline", on_progress)) for t in plan.tests]
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
            after = [evaluate(tuned, t, dims, _stage("evaluate", on_progress)) for t in plan.tests]
        except BaseException:
            if not list(work.glob("checkpoint-*")):
                shutil.rmtree(work, ignore_errors=True)  # nothing to go on from
            raise
        now = datetime.now(UTC)
        model_id = config.model_id or _free_id(workspace, now)
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
        )
        line = say(before[0], after[0], gain(before[0], after[0], config.split_seed))
        card = model_card(record, _license(folder), line)
        write_bytes_atomic(built / "README.md", card.encode("utf-8"))
        details = {
            "steps": trained.steps,
            "bf16": trained.bf16,
            "gradcache": trained.cached,
            "best_validation_ndcg": trained.best,
            "dropped_rows": pair_set.dropped,
        }
        extra = (before[1], after[1]) if len(before) > 1 else None
        write_report(
            workspace.runs / model_id, record, before[0], after[0],
            leaked=plan.leaked, extra=extra, details=details,
        )  # fmt: skip
        write_record(built, record)
        built.rename(workspace.models / model_id)
        shutil.rmtree(work, ignore_errors=True)
    on_progress(Progress("done", 1, 1, line, {"ndcg": after[0].mean_ndcg, "base_ndcg": before[0].mean_ndcg}))
    return record


def beats(before: Evaluation, after: Evaluation) -> bool:
    """Better on average over the dimensions, and not worse at the full width."""
    full = max(before.dims)
    return after.mean_ndcg > before.mean_ndcg and after.dims[full].ndcg >= before.dims[full].ndcg


def _plan(
    pair_set: PairSet, config: FinetuneConfig, extra: tuple[Sequence[Pair], Sequence[Chunk]] | None
) -> _Plan:
    count = len(pair_set.pairs)
    if count < MIN_PAIRS:
        raise PairsError(f"{pair_set.name}: {count} pairs, at least {MIN_PAIRS} are needed to train and test")
    asked = None
    if extra is not None:
        asked = chunk_queries(*extra)
        if not asked.queries:
            raise PairsError(
                f"none of {len(extra[0])} evaluation questions has its evidence in the {len(extra[1])} "
                "chunks; ingest the filings they ask about"
            )
    if config.evaluate_on == "chunks":
        if asked is None:
            raise UsageError("evaluate_on chunks: give evaluation pairs and chunks (extra_eval)")
        rest, leaked = pair_set.pairs, 0
        tests: list[QuerySet] = [asked]
    else:
        split = split_pairs(pair_set, config.protocol, config.split_seed)
        rest, leaked = split.train, split.leaked
        tests = [split, *([asked] if asked else [])]
    held = validation_split(
        rest,
        config.protocol,
        config.split_seed,
        share=config.train.validation_share,
        max_queries=config.train.validation_queries,
    )
    return _Plan(held.train, held, tuple(tests), leaked)


def _stage(name: str, on_progress: ProgressFn) -> ProgressFn:
    return lambda p: on_progress(replace(p, stage=name))


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


def _license(folder: Path) -> str | None:
    """The license that the base model's card states."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        found = re.search(r"^license:\s*(\S+)", (folder / "README.md").read_text(encoding="utf-8"), re.M)
        if found:
            return found.group(1)
    return None
