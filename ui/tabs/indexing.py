"""The index panel: whether what is served is up to date, and the button that rebuilds it.

Used by the Filings and the Models tab; `rag_app.pipeline.build_index` does the work.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from rag_app.core.errors import RagAppError
from rag_app.pipeline import IndexReport, build_index
from ui.render import notice
from ui.tabs.context import DIMENSIONS, FULL_WIDTH, Context, View, dimension, model_label
from ui.tabs.jobs import Job
from ui.tabs.widgets import count, progress

KIND = "index"


def rebuild(context: Context, model: str | None, choice: str | None) -> Iterator[str]:
    """Build and activate the index of `model`; yields the state of the work as HTML."""
    name = model or "base"
    try:
        dim = dimension(choice)
        job = context.jobs.start(
            KIND,
            f"Index of {name}",
            lambda listen: build_index(context.workspace, context.settings, name, dim, listen),
        )
    except (RagAppError, ValueError) as error:
        yield notice("error", str(error))
        return
    yield from show(job)


def show(job: Job) -> Iterator[str]:
    """A running or finished build as HTML."""
    for state in job.watch():
        if state.running or state.error:
            yield progress(state)
    if isinstance(job.result, IndexReport):
        yield notice("good", _told(job.result))


def attach(context: Context) -> Iterator[str]:
    """The build that is running, for a page that was just opened."""
    job = context.jobs.get(KIND)
    if job is not None and job.running:
        yield from show(job)
    else:
        yield ""


def _told(report: IndexReport) -> str:
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
        DIMENSIONS, value=FULL_WIDTH, label="Dimension (no re-embedding)", min_width=150, elem_id=elem_id
    )
