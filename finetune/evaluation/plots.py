"""The pictures of a run: nDCG@10 by dimension, the training curve, the gain by company, what cuts keep.

Figures without pyplot, so that nothing needs a display. Computes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from finetune.evaluation.evaluate import Evaluation

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BASE_COLOUR, TUNED_COLOUR, LOSS_COLOUR = "#7a869a", "#1f6feb", "#c9372c"
MOST_COMPANIES = 40
"""Bars in one picture; of more companies the greatest gains and losses are shown."""


def dimension_figure(before: Evaluation, after: Evaluation) -> Figure:
    """nDCG@10 by dimension, base against tuned."""
    series = {
        "base": {dim: s.ndcg for dim, s in before.dims.items()},
        "tuned": {dim: s.ndcg for dim, s in after.dims.items()},
    }
    title = f"Retrieval by dimension ({after.protocol} protocol, {after.queries} questions)"
    return _by_dimension(series, title, "nDCG@10", "{:.3f}")


def share_figure(kept: Mapping[str, Mapping[str, float]]) -> Figure:
    """The share of the full width's nDCG@10 that each cut keeps; one line a name in `kept`."""
    series = {name: {int(dim): share for dim, share in found.items()} for name, found in kept.items()}
    return _by_dimension(series, "What a cut keeps of the full width", "share of nDCG@10", "{:.1%}")


def _by_dimension(series: Mapping[str, Mapping[int, float]], title: str, label: str, shown: str) -> Figure:
    from matplotlib.figure import Figure  # lazy: a second to import

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    dims = sorted({dim for found in series.values() for dim in found})
    place = {dim: i for i, dim in enumerate(dims)}
    for name, found in series.items():
        colour = BASE_COLOUR if name.startswith("base") else TUNED_COLOUR
        style = "o--" if "filings" in name else "o-"
        points = sorted(found.items())
        axes.plot([place[d] for d, _ in points], [v for _, v in points], style, color=colour, label=name)
        for dim, value in points:
            at = (place[dim], value)
            axes.annotate(shown.format(value), at, (0, 7), textcoords="offset points", ha="center", size=8)
    axes.set_xticks(range(len(dims)), [str(dim) for dim in dims])
    axes.set_xlabel("vector dimension")
    axes.set_ylabel(label)
    axes.set_title(title)
    axes.margins(y=0.2)
    axes.grid(alpha=0.3)
    if series:
        axes.legend()
    return figure


def group_figure(rows: Sequence[Mapping[str, Any]], dim: int, title: str = "Gain by company") -> Figure:
    """One bar a group with its 95% interval where it has one, the greatest gain on top."""
    from matplotlib.figure import Figure

    left_out = len(rows) - MOST_COMPANIES
    if left_out > 0:
        half = MOST_COMPANIES // 2
        rows = [*rows[:half], *rows[-half:]]
        title += f" ({left_out} in the middle left out)"
    figure = Figure(figsize=(7, 1.4 + 0.3 * len(rows)), layout="constrained")
    axes = figure.subplots()
    gains = [row["gain"] for row in rows]
    # A percentile interval may miss the mean of a few like questions; an error bar cannot be negative.
    errors = [
        [0.0 if row["low"] is None else max(0.0, row["gain"] - row["low"]) for row in rows],
        [0.0 if row["high"] is None else max(0.0, row["high"] - row["gain"]) for row in rows],
    ]
    colours = [TUNED_COLOUR if gain >= 0 else LOSS_COLOUR for gain in gains]
    axes.barh(range(len(rows)), gains, xerr=errors, color=colours, ecolor="#333333", capsize=2)
    names = [str(row["label"]) for row in rows]
    labels = [
        f"{name if len(name) <= 24 else name[:23] + '…'} ({row['queries']})"
        for name, row in zip(names, rows, strict=True)
    ]
    axes.set_yticks(range(len(rows)), labels, fontsize=8)
    axes.invert_yaxis()
    axes.axvline(0, color="#333333", linewidth=0.8)
    axes.set_xlabel(f"gain in nDCG@10 at {dim} dimensions, with its 95% interval")
    axes.set_title(title)
    axes.grid(alpha=0.3, axis="x")
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


def png(figure: Figure) -> bytes:
    """The figure as a PNG file's bytes."""
    from io import BytesIO

    from matplotlib.backends.backend_agg import FigureCanvasAgg

    out = BytesIO()
    FigureCanvasAgg(figure).print_png(out)
    return out.getvalue()
