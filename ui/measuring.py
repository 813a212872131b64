"""Two models side by side, and rankings for other tools. What the command line calls; draws nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import UsageError
from rag_app.core.registry import Figures, ModelRecord, resolve_model
from rag_app.core.types import ProgressFn, no_progress
from ui.workflows import asked_of

if TYPE_CHECKING:
    from finetune.evaluation.evaluate import Evaluation


def rank_model(
    workspace: Workspace,
    settings: Settings,
    model: str,
    source: str,
    protocol: str,
    run: Path,
    split_seed: int = 42,
    dims: tuple[int, ...] = (),
    run_dim: int | None = None,
    on_progress: ProgressFn = no_progress,
) -> tuple[Evaluation, Path]:
    """`evaluate_model`, and its rankings as a TREC run in `run`; the figures and the path of the qrels."""
    from finetune.evaluation.rankings import evaluate_ranked

    asked = asked_of(workspace, settings, source, protocol, split_seed, on_progress)
    found, rankings = evaluate_ranked(asked.load(model), asked.test, dims, run_dim, on_progress)
    return replace(found, note=asked.note(model)), rankings.write(run, model)


def compare_models(
    workspace: Workspace,
    settings: Settings,
    models: tuple[str, str],
    source: str,
    protocol: str = "honest",
    split_seed: int = 42,
    dims: tuple[int, ...] = (),
    on_progress: ProgressFn = no_progress,
) -> dict[str, Any]:
    """Two models on the same questions: `finetune.evaluation.compare.comparison`, the first as before.

    `warnings` names a model that was trained on these questions, or comes from one that was. Raises what
    `evaluate_model` raises, and UsageError where the two share no dimension.
    """
    from finetune.evaluation.chunk_scores import measure
    from finetune.evaluation.compare import comparison

    asked = asked_of(workspace, settings, source, protocol, split_seed, on_progress)
    before, after = (measure(asked.load(name), asked.test, dims, on_progress) for name in models)
    if not set(before.dims) & set(after.dims):
        raise UsageError(f"{models[0]} and {models[1]} share no dimension; name some with --dims")
    warnings = [note for name in models if (note := asked.note(name))]
    return {
        "models": list(models),
        "by": "evaluation",
        "protocol": asked.test.protocol,
        "split_seed": split_seed,
        "warnings": warnings,
        **comparison(before, after, asked.test.test, split_seed),
    }


def compare_records(workspace: Workspace, settings: Settings, models: tuple[str, str]) -> dict[str, Any]:
    """The figures that two models' records hold, where both were measured on the same questions.

    A model without a record stands as the base of the other, where it is that. No intervals: records
    hold means only. Raises UsageError, with the way to compare them, where the questions differ.
    """
    first, second = (resolve_model(workspace, settings, name) for name in models)
    remedy = f"; to measure both anew: rag-app models compare {models[0]} {models[1]} --pairs P"
    one, two = first.record, second.record
    if one is not None and two is not None:
        differ = [what for what, value in _measured_on(one).items() if value != _measured_on(two)[what]]
        if differ:
            raise UsageError(
                f"{models[0]} and {models[1]} were not measured on the same questions: another "
                f"{', '.join(differ)}{remedy}"
            )
        return _figures(models, one, one.after, two.after)
    from rag_app.embedder import reference_fingerprint

    if two is not None and two.base_fingerprint == reference_fingerprint(first):
        return _figures(models, two, two.before, two.after)
    if one is not None and one.base_fingerprint == reference_fingerprint(second):
        return _figures(models, one, one.after, one.before)
    raise UsageError(f"the records do not tell how {models[0]} and {models[1]} compare{remedy}")


def _measured_on(record: ModelRecord) -> dict[str, object]:
    """What has to be equal for figures to be of the same questions."""
    found: dict[str, object] = {
        "protocol": record.protocol,
        "split seed": record.split_seed,
        "pairs file": record.pairs_sha256,
        "number of questions": record.test_queries,
    }
    if record.protocol == "chunks":  # asked over the filings there were at that time
        check = record.forgetting
        found = {"protocol": "chunks", "number of questions": record.test_queries}
        found |= {"questions": check.get("source"), "number of passages": check.get("chunks")}
    return found


def _figures(models: tuple[str, str], record: ModelRecord, before: Figures, after: Figures) -> dict[str, Any]:
    shared = [dim for dim in before if dim in after]
    if not shared:
        raise UsageError(f"{models[0]} and {models[1]} share no dimension; give --pairs P --dims …")
    return {
        "models": list(models),
        "by": "records",
        "protocol": record.protocol,
        "split_seed": record.split_seed,
        "queries": record.test_queries,
        "warnings": [],
        "before": {"dims": {dim: dict(before[dim]) for dim in shared}},
        "after": {"dims": {dim: dict(after[dim]) for dim in shared}},
        "gain": {dim: {"gain": after[dim]["ndcg@10"] - before[dim]["ndcg@10"]} for dim in shared},
    }
