"""The Models tab: the registry, activating and rolling back, and the tuned index.

Widgets and wiring only; `rag_app.core.registry` and `rag_app.pipeline` do the work. The fine-tuning
and evaluation panels are files of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr

from rag_app.core.errors import RagAppError
from rag_app.core.registry import ModelRecord, activate_model, rollback
from ui.render import notice
from ui.tabs import charts, dimensions, evaluation, indexing, judgement, training
from ui.tabs.context import Context, Panel, View, box, model_label
from ui.tabs.passages import esc
from ui.tabs.widgets import Cell, badge, empty, table

METRICS = (
    ("ndcg@10", "nDCG@10"),
    ("mrr@10", "MRR@10"),
    ("recall@10", "recall@10"),
    ("accuracy@1", "accuracy@1"),
)

JUDGED = {
    "honest": "pairs of companies held out of training (honest)",
    "seed": "random pairs held out of training (seed)",
    "filing": "pairs of filings held out of training (filing)",
    "beir": "the test part that the data came with (beir)",
    "chunks": "questions over the filings' own passages (chunks)",
}


def build(context: Context) -> Panel:
    """Lay the tab out and wire it."""
    listed = box("registry")
    with gr.Column(elem_classes="ra-panel"):
        with gr.Row(elem_classes="actions"):
            chosen = gr.Dropdown([], label="Model", min_width=220, scale=2, elem_id="model")
            activate = gr.Button("Activate", size="md", scale=0, min_width=110, elem_id="activate")
            back = gr.Button("Roll back", size="md", scale=0, min_width=110, elem_id="rollback")
            dim = indexing.dimension_box("tuned-dim")
            rebuild = gr.Button(
                "Rebuild the tuned index",
                size="md",
                variant="primary",
                scale=0,
                min_width=220,
                elem_id="rebuild-tuned",
            )
        message = box("models-message")
        details = box("details")
    with gr.Column(elem_classes="ra-panel"):
        choice, cancel = dimensions.build(context, "tuned", gr.State("tuned"), message)
    with gr.Row(equal_height=False):
        with gr.Column(min_width=380, elem_classes="ra-panel"):
            tuning = training.build(context)
        with gr.Column(min_width=380, elem_classes="ra-panel"):
            measuring = evaluation.build(context)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

    def build_now(wanted: str) -> Iterator[indexing.Step]:
        yield from indexing.rebuild(context, "tuned", wanted)

    activated = activate.click(lambda m: _activate(context, m), chosen, message, **quiet)
    rolled = back.click(lambda: _rollback(context), None, message, **quiet)
    rebuilt = rebuild.click(build_now, dim, [message, cancel], **quiet)
    chosen.input(lambda m: _details(context, m), chosen, details, **quiet)

    def redraw(view: View, picked: str | None, made: str | None, *rest: Any) -> list[Any]:
        ids = [r.model_id for r in reversed(view.records)]
        picked = made or picked  # a model just trained is the one to look at
        model = picked if picked in ids else view.active.tuned or (ids[0] if ids else None)
        return [
            _registry(view),
            gr.update(choices=ids, value=model, interactive=bool(ids)),
            gr.update(interactive=bool(ids)),
            gr.update(interactive=bool(view.active.previous)),
            gr.update(interactive=bool(view.active.tuned and view.state.filings)),
            _details(context, model, view),
            *choice.redraw(view, "tuned"),
            *tuning.redraw(view),
            *measuring.redraw(view, *rest),
        ]

    outputs = [listed, chosen, activate, back, rebuild, details]
    outputs += [*choice.outputs, *tuning.outputs, *measuring.outputs]
    changes = [activated, rolled, rebuilt, *choice.changes, *tuning.changes]
    return Panel(outputs, redraw, [chosen, *tuning.inputs, *measuring.inputs], changes)


def _registry(view: View) -> str:
    if not view.records:
        return empty(
            "No tuned model yet",
            "Fine-tune one below: synthetic pairs are made from your own filings, so nothing else is needed.",
        )
    served = {a.arm: a for a in view.state.arms}
    rows = []
    for r in reversed(view.records):
        marks = ""
        if r.model_id == view.active.tuned:
            marks += badge("active", "good")
        if "tuned" in served and served["tuned"].model == r.model_id:
            marks += badge(f"served at {served['tuned'].dimension}-d")
        if r.forgets:
            marks += badge("loses on filings", "bad")
        rows.append(
            [
                Cell(f"<b>{esc(r.model_id)}</b> {marks}"),
                model_label(view.state.base_model if r.base == "base" else r.base),
                f"{r.pairs} ({r.train_rows:,})",
                _gain(r, str(r.dimension)),
                _gain(r, "128"),
                f"{r.train_seconds:,.0f} s",
                r.created[:16].replace("T", " "),
            ]
        )
    heads = ["Model", "Base", "Pairs", "nDCG@10, full width", "nDCG@10, 128-d", "Training", "Created (UTC)"]
    return table(heads, rows, numbers=(5,))


def _gain(record: ModelRecord, dim: str) -> Cell:
    """ "0.412 → 0.531 +29%" at one dimension; a dash where it was not measured."""
    if dim not in record.before or dim not in record.after:
        return Cell("–")
    old, new = record.before[dim]["ndcg@10"], record.after[dim]["ndcg@10"]
    change = f"{(new - old) / old:+.0%}" if old else "–"
    kind = "same" if abs(new - old) < 0.0005 else "up" if new > old else "down"
    return Cell(f'{old:.3f} → <b>{new:.3f}</b> <span class="chip {kind}">{change}</span>')


def _details(context: Context, model_id: str | None, view: View | None = None) -> str:
    """nDCG by dimension as a chart, base against tuned as a table, and what the report says."""
    try:
        seen = view or context.view()
    except RagAppError as error:
        return notice("error", str(error))
    record = next((r for r in seen.records if r.model_id == model_id), None)
    if record is None:
        return ""
    chart = charts.by_dimension([("base", "base", record.before), ("tuned", "tuned", record.after)])
    facts = (
        f"Judged by {JUDGED.get(record.protocol, record.protocol)}: {record.test_queries:,} questions, "
        f"split seed {record.split_seed}; {record.train_rows:,} training pairs."
    )
    said, groups = judgement.sentences(context.workspace, record)
    return (
        f'<div class="details"><div>{chart}</div><div>{said}{comparison(record.before, record.after)}'
        f'<p class="muted">{esc(facts)}</p>{groups}</div></div>'
    )


def comparison(before: Mapping[str, Mapping[str, float]], after: Mapping[str, Mapping[str, float]]) -> str:
    """Every metric at every dimension, base → tuned."""
    rows = []
    for dim in sorted(after, key=int, reverse=True):
        row: list[object] = [f"{dim}-d"]
        for key, _ in METRICS:
            new, old = after[dim].get(key), before.get(dim, {}).get(key)
            if new is None or old is None:
                row.append(None)
                continue
            kind = "same" if abs(new - old) < 0.0005 else "up" if new > old else "down"
            row.append(Cell(f'{old:.3f} → <b class="{kind}">{new:.3f}</b>'))
        rows.append(row)
    return table(["Dimension", *(label for _, label in METRICS)], rows)


def _activate(context: Context, model_id: str | None) -> str:
    if not model_id:
        return notice("note", "Choose a model first.")
    try:
        active = activate_model(context.workspace, model_id)
    except RagAppError as error:
        return notice("error", str(error))
    return notice("good", f"{active.tuned} is the tuned model. Rebuild the tuned index to serve it.")


def _rollback(context: Context) -> str:
    try:
        active = rollback(context.workspace)
    except RagAppError as error:
        return notice("error", str(error))
    return notice("good", f"Rolled back: the tuned model is now {active.tuned or 'none'}.")
