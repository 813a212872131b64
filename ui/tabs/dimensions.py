"""The dimensions of a model as a choice with what each costs: a table, a chart, and a button a row.

Widgets and wiring only; `ui.dimensions` measures, `rag_app.indexing` builds, serves and rolls back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from rag_app.core.errors import RagAppError
from rag_app.core.registry import resolve_model
from rag_app.core.types import ProgressFn
from rag_app.indexing import roll_back
from ui.dimension_table import DimensionRow, DimensionTable, label, load_dimensions, suggestion
from ui.dimensions import measure_dimensions
from ui.render import notice
from ui.tabs import charts, indexing
from ui.tabs.context import Context, Panel, View, heading
from ui.tabs.indexing import Step
from ui.tabs.passages import esc
from ui.tabs.widgets import Cell, badge, table

CLICKED = """element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-row]');
  if (button) trigger('click', { row: button.dataset.row });
});"""
"""A click on a row's button tells which row; clicks elsewhere tell nothing."""
HEADS = ["Dimension", "State", "nDCG@10", "Index MB", "Query ms"]


def build(context: Context, prefix: str, model: Any, message: Any) -> tuple[Panel, Any]:
    """Lay it out and wire it; the panel, and the button that cancels work on the index.

    `model` is the widget that holds the model's name, `message` the box where work is told.
    """
    heading("Dimensions and what they cost")
    drawn = gr.HTML(
        "",
        js_on_load=CLICKED,
        elem_id=f"{prefix}-dims",
        apply_default_css=False,
        elem_classes="box",
    )
    with gr.Row(elem_classes="actions"):
        measure = gr.Button("Measure", size="md", scale=0, min_width=110, elem_id=f"{prefix}-measure")
        cancel = gr.Button(
            "Cancel", size="md", interactive=False, scale=0, min_width=90, elem_id=f"{prefix}-cancel"
        )
        back = gr.Button("Roll back the index", size="md", scale=0, min_width=170, elem_id=f"{prefix}-back")
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    told = [message, cancel]

    def switch(name: str, event: gr.EventData) -> Iterator[Step]:
        yield from _switch(context, name or "base", str(event._data.get("row")))

    def measured(name: str) -> Iterator[Step]:
        yield from _measure(context, name or "base")

    def watch() -> Iterator[Step]:
        yield from indexing.attach(context)

    def choose(name: str) -> list[Any]:
        try:
            return _drawn(context, context.view(), name)
        except RagAppError as error:
            return [notice("error", str(error)), gr.skip(), gr.skip()]

    switched = drawn.click(switch, model, told, **quiet)
    done = measure.click(measured, model, told, **quiet)
    went_back = back.click(lambda name: _roll_back(context, name or "base"), model, message, **quiet)
    seen = gr.on(None, watch, None, told, **quiet)  # when the page opens
    cancel.click(lambda: indexing.cancel(context), None, message, **quiet)
    outputs = [drawn, measure, back]
    if hasattr(model, "input"):
        model.input(choose, model, outputs, **quiet)
    changes = [switched, done, went_back, seen]
    return Panel(outputs, lambda view, name: _drawn(context, view, name), [model], changes), cancel


def _switch(context: Context, model: str, key: str) -> Iterator[Step]:
    """Serve what the clicked row is; built first where it is not."""
    try:
        known = load_dimensions(context.workspace, context.settings, model)
    except RagAppError as error:
        yield notice("error", str(error)), gr.skip()
        return
    row = next((row for row in known.rows if row.key == key), None) if known else None
    if row is None:  # the page is older than the workspace
        yield notice("warning", "The filings or the model changed; look at the table again."), gr.skip()
        return
    yield from indexing.serve(context, model, row.cut, f"{model} at {label(row)}")


def _measure(context: Context, model: str) -> Iterator[Step]:
    workspace, settings = context.workspace, context.settings

    def work(listen: ProgressFn) -> DimensionTable:
        ref = resolve_model(workspace, settings, model)
        return measure_dimensions(
            workspace, settings, model, on_progress=listen, load=lambda: context.arms.encoder(ref)
        )

    yield from indexing.run(context, f"Measuring {model}", work)


def _roll_back(context: Context, arm: str) -> str:
    try:
        made = roll_back(context.workspace, arm)
    except RagAppError as error:
        return notice("error", str(error))
    how = " rescored" if made.rescored else ""
    return notice("good", f"Rolled back: {arm} serves {made.dimension}-d{how} again.")


def _drawn(context: Context, view: View, model: str | None) -> list[Any]:
    """The table with its chart, and whether Measure and Roll back can be pressed."""
    name = model or "base"
    can_go_back = gr.update(interactive=bool(view.active.served.get(name)))
    can_measure = gr.update(interactive=bool(view.state.filings))
    try:
        known = load_dimensions(context.workspace, context.settings, name)
    except RagAppError:  # no such model (any more)
        missing = "No tuned model is active." if name == "tuned" else f"There is no model {name}."
        return [f'<p class="muted">{esc(missing)}</p>', gr.update(interactive=False), can_go_back]
    if known is None or not view.state.filings:
        html = '<p class="muted">Build the index first: then every dimension is a switch away.</p>'
        return [html, can_measure, can_go_back]
    return [html_of(known), can_measure, can_go_back]


def html_of(known: DimensionTable) -> str:
    """The rows as a table, nDCG@10 as a chart beside it, and what was asked."""
    rows = [_cells(row, known) for row in known.rows]
    said = f'<p class="muted">{esc(_about(known))}</p>'
    if known.note:
        said += notice("warning", f"{known.note}.")
    chart = charts.by_dimension(_lines(known.rows))
    figures = table(HEADS, rows, numbers=(2, 3, 4))
    left, right = (figures + said, chart) if chart else (figures, said)
    return f'<div class="details"><div>{left}</div><div>{right}</div></div>'


def _cells(row: DimensionRow, known: DimensionTable) -> list[object]:
    how = ", ".join(["turned"] * row.turned + ["rescored"] * row.rescored)
    state = "built" if row.built else "not built yet"
    does = "Switch" if known.model in ("base", "tuned") else "" if row.built else "Build"
    return [
        Cell(f'<b>{row.dimension}-d</b> <span class="muted">{how}</span>'),
        badge(f"serves {row.arm}", "good") if row.arm else Cell(f"{_button(row, does)} {state}"),
        _pair(row.ndcg, ".3f", row.share, ".0%"),
        _pair(row.mb, ".1f"),
        _pair(row.p50_ms, ".1f", row.p95_ms, ".1f"),
    ]


def _pair(value: float | None, form: str, beside: float | None = None, other: str = "") -> Cell:
    """A figure, and a lighter one beside it."""
    if value is None:
        return Cell("–")
    lighter = "" if beside is None else f' <span class="muted">{format(beside, other)}</span>'
    return Cell(format(value, form) + lighter)


def _button(row: DimensionRow, does: str) -> str:
    if not does:
        return ""
    name = f"{does} to {label(row)}" if does == "Switch" else f"{does} {label(row)}"
    return (
        '<button type="button" class="chip" style="cursor:pointer;color:var(--ra-tuned);'
        f'border-color:currentColor" data-row="{esc(row.key)}" aria-label="{esc(name)}">{does}</button>'
    )


def _lines(rows: Sequence[DimensionRow]) -> list[tuple[str, str, dict[str, dict[str, float]]]]:
    """nDCG@10 by dimension: as it is cut, and rescored."""
    lines = []
    for name, kind, rescored in (("cut", "base", False), ("rescored at full width", "tuned", True)):
        found: dict[str, dict[str, float]] = {}
        for row in rows:
            if row.ndcg is not None and row.rescored == rescored:
                found.setdefault(str(row.dimension), {"ndcg@10": row.ndcg})
        if found:
            lines.append((name, kind, found))
    return lines


def _about(known: DimensionTable) -> str:
    if not known.measured:
        return (
            "Not measured on these filings yet. Measure asks every dimension the same questions, and tells "
            "nDCG@10, size and time of each; it embeds nothing that is stored. Switch serves one at once."
        )
    asked = f"with {known.questions} questions ({known.source})" if known.questions else "without questions"
    parts = [f"Measured {known.measured[:16].replace('T', ' ')} UTC {asked}", suggestion(known)[1]]
    if known.encode_ms is not None:
        parts.append(f"Query ms: p50 and p95 of a search; encoding the question adds {known.encode_ms:.0f}")
    if any(row.rescored for row in known.rows):
        parts.append("Rescored: what the short vectors find is ranked again at full width")
    return ". ".join(part[0].upper() + part[1:] for part in parts if part) + "."
