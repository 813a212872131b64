"""The index panel: whether what is served is up to date, and work on it as one job.

Used by the Filings and the Models tab and by `dimensions`; `rag_app.indexing.build_index` does the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from rag_app.core.errors import RagAppError
from rag_app.core.types import ProgressFn
from rag_app.indexing import Cut, IndexReport, build_index
from ui.dimension_table import DimensionTable, suggestion
from ui.render import notice
from ui.tabs.context import DIMENSIONS, FULL_WIDTH, Context, View, dimension, model_label
from ui.tabs.jobs import Job
from ui.tabs.widgets import count, progress

KIND = "index"
Step = tuple[str, Any]
"""What one look at a job gives: its state as HTML, and an update of the Cancel button."""


def rebuild(context: Context, model: str | None, choice: str | None) -> Iterator[Step]:
    """Build and activate the index of `model` at the dimension that was chosen or typed."""
    name = model or "base"
    try:
        cut = Cut(dimension(choice))
    except ValueError:
        yield notice("error", f"dimension {choice!r}: expected a whole number, or {FULL_WIDTH}"), gr.skip()
        return
    yield from serve(context, name, cut, f"Index of {name}")


def serve(context: Context, model: str, cut: Cut, title: str) -> Iterator[Step]:
    """Build the index of `model` cut so, where there is none, and serve it."""
    yield from run(
        context,
        title,
        lambda listen: build_index(context.workspace, context.settings, model, on_progress=listen, cut=cut),
    )


def run(context: Context, title: str, work: Callable[[ProgressFn], Any]) -> Iterator[Step]:
    """Start work on the index, and show it. One at a time: what runs is told."""
    try:
        job = context.jobs.start(KIND, title, work)
    except RagAppError as error:
        yield notice("error", str(error)), gr.skip()
        return
    yield from show(job)


def show(job: Job) -> Iterator[Step]:
    """Running or finished work on the index: HTML, and whether it can be cancelled."""
    for state in job.watch():
        if state.running or state.error:
            yield progress(state), gr.update(interactive=state.running and not state.stopping)
    if not job.error:
        yield notice("good", _told(job.result)), gr.update(interactive=False)


def attach(context: Context) -> Iterator[Step]:
    """The work that is running, for a page that was just opened."""
    job = context.jobs.get(KIND)
    if job is not None and job.running:
        yield from show(job)
    else:
        yield "", gr.update(interactive=False)


def cancel(context: Context) -> str | Any:
    """Stop what is running at its next step."""
    job = context.jobs.get(KIND)
    if job is None or not job.running:
        return gr.skip()
    job.cancel()
    return progress(job)


def _told(report: IndexReport | DimensionTable) -> str:
    if isinstance(report, DimensionTable):
        return f"Measured {len(report.rows)} dimensions of {report.model}: {suggestion(report)[1]}."
    made = report.manifest
    work = "was already built" if report.reused else f"built, {report.embedded:,} passages embedded"
    served = f"; now served as {report.arm}" if report.arm else "; not served by an arm"
    cut_off = f" {report.truncated:,} passages are longer than this model reads." if report.truncated else ""
    return (
        f"{model_label(made.model)} at {made.dimension}-d: {made.chunks:,} passages, {work} "
        f"in {report.seconds:.1f} s{served}.{cut_off}"
    )


def status(view: View) -> str:
    """One line on the index: missing, out of date, or what it serves."""
    if not view.state.filings:
        return notice("note", "Add filings first; then build the index here.")
    if not view.state.arms:
        return notice("warning", "These filings are not indexed yet. Press Rebuild index to ask them.")
    stale = [a.arm for a in view.state.arms if a.stale]
    if stale:
        arms = " and ".join(stale)
        return notice("warning", f"The index is out of date ({arms}): filings changed since it was built.")
    served = next((a.model for a in view.state.arms if a.arm == "tuned"), None)
    if view.active.tuned and served != view.active.tuned:
        was = f", which still serves {served}" if served else ""
        return notice(
            "warning", f"{view.active.tuned} is active, but not in the tuned index{was}. Rebuild it as tuned."
        )
    return notice("good", f"The index is up to date with {count(len(view.state.filings), 'filing')}.")


def suggested(view: View) -> str:
    """The model whose index most needs building."""
    stale = [a.arm for a in view.state.arms if a.stale]
    if "base" not in view.arms or "base" in stale or not view.active.tuned:
        return "base"
    return "tuned"


def dimension_box(elem_id: str) -> Any:
    """The dimension choice; cutting stored vectors embeds nothing anew."""
    return gr.Dropdown(
        DIMENSIONS,
        value=FULL_WIDTH,
        label="Dimension (no re-embedding)",
        allow_custom_value=True,  # any number up to the full width
        min_width=150,
        elem_id=elem_id,
    )
