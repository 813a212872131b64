"""What a finished run was, as the registry keeps it. Trains and measures nothing."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.data.pairs import PairSet, pair_set
from finetune.evaluation.card import base_name
from finetune.evaluation.evaluate import Evaluation
from finetune.evaluation.forgetting import Check, forgetting
from finetune.training.train import TrainResult
from rag_app.core.registry import ModelRecord, ModelRef, fingerprint_folder

if TYPE_CHECKING:
    from finetune.pipeline import FinetuneConfig


@dataclass(frozen=True, slots=True)
class Run:
    """One run that came to its end. `before` and `after` hold an evaluation a test; the first decides."""

    base: ModelRef
    base_fingerprint: str
    pairs: PairSet
    config: FinetuneConfig
    check: Check | None
    train_rows: int
    before: Sequence[Evaluation]
    after: Sequence[Evaluation]
    trained: TrainResult
    built: Path
    """The folder of the tuned model."""
    width: int
    fusion: Mapping[str, float]
    """Dimension → the dense share beside BM25."""
    answering: Mapping[str, tuple[float, float]]
    """Dimension → the cosine below which to refuse, and its span; empty without questions over filings."""


def record_of(run: Run, model_id: str, now: datetime, key: str) -> ModelRecord:
    """The record of the model that `run` built; `key` finds it again when the same run is resumed."""
    before, after = run.before[0], run.after[0]
    lost = _forgetting(run)
    return ModelRecord(
        model_id=model_id,
        created=now.isoformat(timespec="seconds"),
        base=name_of(run.base),
        base_fingerprint=run.base_fingerprint,
        fingerprint=fingerprint_folder(run.built),
        dimension=run.width,
        dims=run.config.train.dims,
        pairs=run.pairs.name,
        pairs_sha256=run.pairs.sha256,
        protocol=before.protocol,
        split_seed=run.config.split_seed,
        config={**json.loads(json.dumps(asdict(run.config))), "pairs_parts": parts_of(run.pairs), "run": key},
        before=before.figures(),
        after=after.figures(),
        train_rows=run.train_rows,
        test_queries=before.queries,
        train_seconds=round(run.trained.seconds, 1),
        beats_baseline=beats(before, after),
        git_sha=git_sha(),
        curve=run.trained.curve,
        forgetting=lost,
        forgets=bool(lost.get("loses")),
        fusion=run.fusion,
        answering=run.answering,
    )


def parts_of(pairs: PairSet) -> list[str]:
    """Hashes of the pairs that are tested and, where there are any, of those that only train."""
    tested = pair_set(pairs.name, pairs.pairs, pairs.gaps, pairs.test_rows)
    return [tested.sha256, *(pair_set(pairs.name, pairs.extra).sha256 for _ in pairs.extra[:1])]


def beats(before: Evaluation, after: Evaluation) -> bool:
    """Better on average over the dimensions, and not worse at the full width."""
    full = max(before.dims)
    return after.mean_ndcg > before.mean_ndcg and after.dims[full].ndcg >= before.dims[full].ndcg


def git_sha(file: Path = Path(__file__)) -> str | None:
    """The commit of the checkout that tracks `file`; None for a copy that only lies inside one."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        for command in (["ls-files", "--error-unmatch", file.name], ["rev-parse", "HEAD"]):
            found = subprocess.run(
                ["git", *command], cwd=file.parent, capture_output=True, text=True, timeout=5
            )
            if found.returncode:
                return None
        return found.stdout.strip()
    return None


def name_of(base: ModelRef) -> str:
    """The base as it was named; of a folder only its own name, as paths tell of the machine."""
    return base_name(base) if base.kind == "folder" and base.name != "base" else base.name


def _forgetting(run: Run) -> dict[str, Any]:
    """What the record keeps of the check; the reason where there was none."""
    if run.check is None or run.check.skipped:
        return {"skipped": run.check.skipped} if run.check is not None else {}
    # the check is the last that is measured
    return forgetting(run.check.name, run.before[-1], run.after[-1], run.config.split_seed)
