"""The evaluation panel: any model, any pairs, a table and a chart by dimension.

Widgets and wiring only; `ui.workflows.evaluate_model` does the work.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag_app.core.errors import RagAppError
from rag_app.core.types import ProgressFn
from ui.render import notice
from ui.tabs import charts
from ui.tabs.context import Context, Panel, View, box, heading, model_choices
from ui.tabs.jobs import Job
from ui.tabs.training import PROTOCOLS, pairs_choice, pairs_source
from ui.tabs.widgets import progress, table
from ui.workflows import evaluate_model

if TYPE_CHECKING:
    from finetune.evaluation.evaluate import Evaluation

KIND = "evaluate"


def build(context: Context) -> Panel:
    """Lay the panel out and wire it."""
    heading("Evaluate")
    source, file, hub = pairs_choice("eval")
    with gr.Row():
        model = gr.Dropdown([], label="Model", min_width=180, elem_id="eval-model")
        protocol = gr.Dropdown(
            [*PROTOCOLS, ("None: ask over my filings (chunks)", "chunks")],
            value="honest",
            label="Held out for the test",
            min_width=200,
            elem_id="eval-protocol",
        )
    start = gr.Button("Evaluate", size="md", elem_id="eval-start")
    result = box(
        "eval-result",
        '<p class="muted">nDCG@10, MRR@10, recall@10 and accuracy@1 by dimension, on held-out pairs.</p>',
    )

    def run(name: str, wanted: str, where: str, path: str | None, data_set: str | None) -> Iterator[str]:
        def work(listen: ProgressFn) -> Evaluation:
            pairs = pairs_source(where, path, data_set)
            return evaluate_model(
                context.workspace, context.settings, name, pairs, wanted, on_progress=listen
            )

        try:
            job = context.jobs.start(KIND, "Evaluation", work)
        except RagAppError as error:
            yield notice("error", str(error))
            return
        yield from show(job)

    def show(job: Job) -> Iterator[str]:
        for state in job.watch():
            yield progress(state)
        if not job.error:
            yield _figures(job.result)

    def attach() -> Iterator[Any]:
        job = context.jobs.get(KIND)
        if job is None:
            yield gr.skip()
        else:
            yield from show(job)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    start.click(run, [model, protocol, source, file, hub], result, **quiet)
    gr.on(None, attach, None, result, **quiet)  # when the page opens, a reload included

    def redraw(view: View, picked: str | None) -> list[Any]:
        choices = model_choices(view)
        names = [name for _, name in choices]
        return [gr.update(choices=choices, value=picked if picked in names else names[0])]

    return Panel([model], redraw, [model])


def _figures(found: Evaluation) -> str:
    rows = [
        [f"{dim}-d", f"{s.ndcg:.3f}", f"{s.mrr:.3f}", f"{s.recall:.3f}", f"{s.accuracy:.3f}"]
        for dim, s in sorted(found.dims.items(), reverse=True)
    ]
    chart = charts.by_dimension([(found.model, "tuned", found.figures())])
    about = (
        f"{found.model}: {found.queries:,} questions over {found.corpus:,} passages, {found.protocol} split"
    )
    if found.unanswerable:
        about += f"; {found.unanswerable:,} more have no answer in these filings"
    heads = ["Dimension", "nDCG@10", "MRR@10", "recall@10", "accuracy@1"]
    return notice("good", about) + table(heads, rows, numbers=(1, 2, 3, 4)) + chart
