"""A training run's report: JSON, two pictures, a headline in plain words, and the model card.

Knows figures only; computes none but the bootstrap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.evaluation.evaluate import Bootstrap, Evaluation, paired_bootstrap
from rag_app.core.files import write_bytes_atomic, write_json_atomic
from rag_app.core.registry import ModelRecord

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BASE_COLOUR, TUNED_COLOUR = "#7a869a", "#1f6feb"


def gain(before: Evaluation, after: Evaluation, seed: int = 0) -> dict[int, Bootstrap]:
    """The paired bootstrap of tuned against base at each dimension both were scored at."""
    shared = [dim for dim in before.per_query if dim in after.per_query]
    return {dim: paired_bootstrap(before.per_query[dim], after.per_query[dim], seed) for dim in shared}


def headline(before: Evaluation, after: Evaluation, gains: Mapping[int, Bootstrap]) -> str:
    """One sentence on the full width: figures, gain, its interval, and whether that includes zero."""
    full = max(gains)
    found = gains[full]
    base, tuned = before.dims[full].ndcg, after.dims[full].ndcg
    interval = f"95% interval {found.low:+.3f} to {found.high:+.3f} over {after.queries} questions"
    verdict = (
        f"{interval}, which includes zero: this may be chance"
        if found.includes_zero
        else f"{interval}, which excludes zero"
    )
    return f"nDCG@10 {base:.3f} → {tuned:.3f} at {full} dimensions ({found.gain:+.3f}; {verdict})."


def small_against_full(before: Evaluation, after: Evaluation, dim: int = 128) -> str | None:
    """ "tuned 128-d vs base full width: +x%"; None when `dim` was not scored."""
    full = max(before.dims)
    if dim not in after.dims or dim == full or before.dims[full].ndcg == 0:
        return None
    change = after.dims[dim].ndcg / before.dims[full].ndcg - 1
    return f"tuned {dim}-d vs base full width ({full}-d): {100 * change:+.1f}%"


def comparison(before: Evaluation, after: Evaluation, seed: int = 0) -> dict[str, Any]:
    """Both evaluations, the gain at each dimension with its interval, and the sentences."""
    gains = gain(before, after, seed)
    return {
        "headline": headline(before, after, gains),
        "small_against_full": small_against_full(before, after),
        "before": before.as_dict(),
        "after": after.as_dict(),
        "gain": {str(dim): asdict(g) | {"includes_zero": g.includes_zero} for dim, g in gains.items()},
        "unanswerable": after.unanswerable,
    }


def write_report(
    folder: Path,
    record: ModelRecord,
    before: Evaluation,
    after: Evaluation,
    *,
    leaked: int = 0,
    extra: tuple[Evaluation, Evaluation] | None = None,
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write report.json, ndcg_by_dimension.png and training_curve.png; return the report.

    `extra` are base and tuned on a second protocol (the chunks of real filings).
    """
    report: dict[str, Any] = {
        "model_id": record.model_id,
        "created": record.created,
        "base": record.base,
        "pairs": record.pairs,
        "protocol": record.protocol,
        "split_seed": record.split_seed,
        **comparison(before, after, record.split_seed),
        "leaked": leaked,
        "beats_baseline": record.beats_baseline,
        "train_rows": record.train_rows,
        "train_seconds": record.train_seconds,
        "other_protocol": comparison(*extra, record.split_seed) if extra else None,
        "details": dict(details or {}),
        "config": dict(record.config),
        "curve": [dict(point) for point in record.curve],
    }
    write_json_atomic(folder / "report.json", report)
    write_bytes_atomic(folder / "ndcg_by_dimension.png", _png(dimension_figure(before, after)))
    write_bytes_atomic(folder / "training_curve.png", _png(curve_figure(record.curve)))
    return report


def dimension_figure(before: Evaluation, after: Evaluation) -> Figure:
    """nDCG@10 by dimension, base against tuned, as a matplotlib Figure without pyplot."""
    from matplotlib.figure import Figure  # lazy: a second to import

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for found, label, colour in ((before, "base", BASE_COLOUR), (after, "tuned", TUNED_COLOUR)):
        dims = sorted(found.dims)
        places = range(len(dims))
        values = [found.dims[dim].ndcg for dim in dims]
        axes.plot(places, values, "o-", color=colour, label=label)
        for place, value in zip(places, values, strict=True):
            axes.annotate(f"{value:.3f}", (place, value), (0, 7), textcoords="offset points", ha="center")
        axes.set_xticks(list(places), [str(dim) for dim in dims])
    axes.set_xlabel("vector dimension")
    axes.set_ylabel("nDCG@10")
    axes.set_title(f"Retrieval by dimension ({after.protocol} protocol, {after.queries} questions)")
    axes.margins(y=0.2)
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def curve_figure(curve: Sequence[Mapping[str, float]]) -> Figure:
    """Loss by step, and nDCG@10 on the validation split where it was measured."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    steps = [p for p in curve if "loss" in p]
    axes.plot([p["step"] for p in steps], [p["loss"] for p in steps], color=BASE_COLOUR, label="loss")
    axes.set_xlabel("step")
    axes.set_ylabel("training loss")
    axes.grid(alpha=0.3)
    checks = [p for p in curve if "ndcg" in p]
    if checks:
        right = axes.twinx()
        right.plot([p["step"] for p in checks], [p["ndcg"] for p in checks], "o-", color=TUNED_COLOUR)
        right.set_ylabel("validation nDCG@10, mean over dimensions", color=TUNED_COLOUR)
    axes.set_title("Training")
    return figure


def _png(figure: Figure) -> bytes:
    from io import BytesIO

    from matplotlib.backends.backend_agg import FigureCanvasAgg

    out = BytesIO()
    FigureCanvasAgg(figure).print_png(out)
    return out.getvalue()


def model_card(record: ModelRecord, base_license: str | None, line: str) -> str:
    """README.md of the tuned model, in the form the model hub reads."""
    rows = [
        f"| {dim} | {record.before[dim]['ndcg@10']:.4f} | {record.after[dim]['ndcg@10']:.4f} |"
        for dim in record.after
        if dim in record.before
    ]
    config = record.config.get("train", {})
    recipe = ", ".join(
        f"{name} {config[name]}"
        for name in ("epochs", "batch_size", "learning_rate", "scale", "both_ways", "max_seq_length", "seed")
        if name in config
    )
    smallest = min(record.dims)
    card = f"""---
library_name: sentence-transformers
pipeline_tag: sentence-similarity
tags: [sentence-transformers, matryoshka, finance, sec-filings]
license: {base_license or "other"}
---
# {record.model_id}

A Matryoshka embedding model for SEC filings, tuned from `{record.base}`. {line}

| dimension | base nDCG@10 | tuned nDCG@10 |
|---|---|---|
{chr(10).join(rows)}

Protocol `{record.protocol}`, split seed {record.split_seed}, {record.test_queries} test questions.

```python
from sentence_transformers import SentenceTransformer

model = SentenceTransformer("{record.model_id}", truncate_dim={smallest})  # or leave truncate_dim out
```

- Base: `{record.base}`, fingerprint `{record.base_fingerprint}`, license {base_license or "not stated"}.
- Data: {record.train_rows} pairs of `{record.pairs}` (SHA-256 `{record.pairs_sha256}`).
- Loss: MatryoshkaLoss over in-batch ranking at {", ".join(map(str, record.dims))} dimensions.
- Recipe: {recipe}; {record.train_seconds:.0f} s.
- Code: {record.git_sha or "unknown"}.
"""
    return card
