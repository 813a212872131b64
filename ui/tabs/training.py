"""The fine-tuning panel: pairs, recipe, live progress, cancel.

Widgets and wiring only; `ui.tuning.finetune_model` does the work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from rag_app.core.errors import RagAppError, UsageError
from rag_app.core.types import ProgressFn
from ui.render import notice
from ui.tabs import charts
from ui.tabs.context import Context, Panel, box, heading
from ui.tabs.jobs import Job
from ui.tabs.widgets import progress
from ui.tuning import Tuned, finetune_model
from ui.workflows import SYNTHETIC

KIND = "train"
FROM_FILINGS, FROM_FILE, FROM_HUB = "From my filings", "A file", "Hub data set"
PROTOCOLS = [
    ("Whole companies (honest)", "honest"),
    ("Whole filings (filing)", "filing"),
    ("Random rows (seed)", "seed"),
]
QUICK, FULL = "Quick", "Full"
EPOCHS = ["As recipe", "0.5", "1", "2", "3", "5", "10"]


def pairs_choice(prefix: str) -> tuple[Any, Any, Any]:
    """Where pairs come from: the source radio, the file box and the hub name; boxes show when chosen."""
    source = gr.Radio(
        [FROM_FILINGS, FROM_FILE, FROM_HUB],
        value=FROM_FILINGS,
        label="Question/passage pairs",
        elem_id=f"{prefix}-source",
    )
    file = gr.File(
        label="CSV, JSONL or Parquet with question and context columns",
        height=120,
        visible=False,
        elem_id=f"{prefix}-file",
    )
    hub = gr.Textbox(
        label="Data set name",
        placeholder="philschmid/finanical-rag-embedding-dataset",
        visible=False,
        elem_id=f"{prefix}-hub",
    )
    source.change(
        lambda s: (gr.update(visible=s == FROM_FILE), gr.update(visible=s == FROM_HUB)),
        source,
        [file, hub],
        show_progress="hidden",
        api_visibility="private",
    )
    return source, file, hub


def pairs_source(source: str, file: str | None, hub: str | None) -> str:
    """The choice as `open_pairs` takes it. Raises UsageError for one that is not complete."""
    if source == FROM_FILE:
        if not file:
            raise UsageError("choose a pairs file: CSV, JSONL or Parquet with question and context columns")
        return file
    if source == FROM_HUB:
        name = (hub or "").strip().removeprefix("hub:")
        if not name:
            raise UsageError("name a hub data set, such as philschmid/finanical-rag-embedding-dataset")
        return f"hub:{name}"
    return SYNTHETIC


def build(context: Context) -> Panel:
    """Lay the panel out and wire it."""
    heading("Fine-tune")
    source, file, hub = pairs_choice("train")
    with gr.Row():
        protocol = gr.Dropdown(
            PROTOCOLS,
            value="honest",
            label="Held out for the test",
            scale=2,
            min_width=200,
            elem_id="train-protocol",
        )
        recipe = gr.Dropdown([QUICK, FULL], value=QUICK, label="Recipe", min_width=100, elem_id="recipe")
        epochs = gr.Dropdown(EPOCHS, value=EPOCHS[0], label="Epochs", min_width=130, elem_id="epochs")
    with gr.Row():
        start = gr.Button("Start fine-tuning", size="md", variant="primary", elem_id="train-start")
        cancel = gr.Button(
            "Cancel", size="md", interactive=False, elem_id="train-cancel", min_width=90, scale=0
        )
    status = box(
        "train-status",
        '<p class="muted">The base model is measured first; a tuned model that beats it becomes active.</p>',
    )
    curve = box("train-curve")
    made = gr.State(None)  # the id of a model that was just trained, until it is shown
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    outputs = [status, curve, start, cancel, made]

    def run(*choices: Any) -> Iterator[tuple[Any, ...]]:
        try:
            job = _start(context, *choices)
        except RagAppError as error:
            yield notice("error", str(error)), *[gr.skip()] * 4
            return
        yield from _show(job)

    def attach() -> Iterator[tuple[Any, ...]]:
        job = context.jobs.get(KIND)
        if job is not None and job.running:
            yield from _show(job)
        else:
            yield tuple(gr.skip() for _ in outputs)

    def stop() -> str | Any:
        job = context.jobs.get(KIND)
        if job is None or not job.running:
            return gr.skip()
        job.cancel()
        return progress(job)

    ran = start.click(run, [source, file, hub, protocol, recipe, epochs], outputs, **quiet)
    cancel.click(stop, None, status, **quiet)
    opened = gr.on(None, attach, None, outputs, **quiet)  # when the page opens, a reload included
    return Panel([made], lambda _: [None], [made], [ran, opened])


def _start(
    context: Context,
    source: str,
    file: str | None,
    hub: str | None,
    protocol: str,
    recipe: str,
    epochs: str,
) -> Job:
    from finetune.training.train import TrainConfig

    pairs = pairs_source(source, file, hub)
    config = TrainConfig.quick() if recipe == QUICK else TrainConfig()
    if epochs != EPOCHS[0]:
        config = replace(config, epochs=float(epochs))

    def work(listen: ProgressFn) -> Tuned:
        return finetune_model(
            context.workspace, context.settings, pairs, protocol=protocol, train=config, on_progress=listen
        )

    return context.jobs.start(KIND, "Fine-tuning", work)


def _show(job: Job) -> Iterator[tuple[Any, ...]]:
    """A running job, then what came of it: status, curve, which buttons work, the new model's id."""
    points = -1
    for state in job.watch():
        total = state.step.total if state.step and state.step.stage == "train" else None
        drawn: Any = gr.skip()
        if len(state.curve) != points:
            points = len(state.curve)
            drawn = charts.training(state.curve, total)
        yield (
            progress(state),
            drawn,
            gr.update(interactive=not state.running),
            gr.update(interactive=state.running and not state.stopping),
            gr.skip(),
        )
    if isinstance(job.result, Tuned):
        model_id = job.result.record.model_id
        on, off = gr.update(interactive=True), gr.update(interactive=False)
        yield _told(job.result), gr.skip(), on, off, model_id


def _told(tuned: Tuned) -> str:
    record = tuned.record
    full = str(record.dimension)
    figures, note = "", f" Note: {tuned.note}." if tuned.note else ""
    if full in record.before and full in record.after:
        old, new = record.before[full]["ndcg@10"], record.after[full]["ndcg@10"]
        figures = f": nDCG@10 {old:.3f} → {new:.3f} at {full}-d"
    if tuned.activated:
        return notice(
            "good", f"{record.model_id} is active{figures}. Next: rebuild the tuned index above.{note}"
        )
    return notice(
        "warning", f"{record.model_id} is registered, not activated{figures}. Reason: {tuned.reason}.{note}"
    )
