"""Tables, progress bars and status lines as HTML, the same in every tab. Knows no gradio."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rag_app.core.types import Progress
from ui.render import notice
from ui.tabs.context import View, model_label
from ui.tabs.jobs import Job
from ui.tabs.passages import esc

STAGES = {
    "ingest": "Reading filings",
    "fetch": "Fetching from EDGAR",
    "embed": "Embedding passages",
    "index": "Building the index",
    "synthesize": "Making question/passage pairs",
    "baseline": "Evaluating the base model",
    "train": "Training",
    "evaluate": "Evaluating",
    "done": "Done",
}


class Cell(str):
    """A table cell that is HTML already."""

    __slots__ = ()


def table(heads: Sequence[str], rows: Sequence[Sequence[object]], numbers: Sequence[int] = ()) -> str:
    """A table; cells are escaped unless they are a `Cell`. `numbers` are the right-aligned columns."""

    def cell(tag: str, i: int, value: object) -> str:
        shown = value if isinstance(value, Cell) else esc("–" if value is None or value == "" else value)
        return f"<{tag}{' class=n' if i in numbers else ''}>{shown}</{tag}>"

    head = "".join(cell("th", i, Cell(esc(h))) for i, h in enumerate(heads))
    body = "".join(f"<tr>{''.join(cell('td', i, v) for i, v in enumerate(row))}</tr>" for row in rows)
    return (
        f'<div class="scroll list"><table class="data"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def badge(text: str, kind: str = "") -> Cell:
    """A small label."""
    return Cell(f'<span class="badge {esc(kind)}">{esc(text)}</span>')


def empty(title: str, text: str) -> str:
    """What to do when there is nothing to show yet."""
    return f'<div class="empty"><strong>{esc(title)}</strong><p>{esc(text)}</p></div>'


def progress(job: Job) -> str:
    """A job's bar, stage, note and times; once it has failed, its error."""
    if job.cancelled:
        return notice("warning", f"{job.title}: {job.error}")
    if job.error:
        return notice("error", job.error)
    step = job.step or Progress("start")
    stage = STAGES.get(step.stage, step.stage.capitalize() if step.stage != "start" else "Starting")
    share = min(1.0, step.done / step.total) if step.total else None
    state = "stopping after this step…" if job.stopping else step.note
    count = f"{step.done:,} of {step.total:,}" if step.total else ""
    facts = [f"{k} {v:.3f}" for k, v in step.values.items() if k in ("loss", "ndcg")]
    left = _left(job, share)
    line = " · ".join(p for p in (count, *facts, _duration(job.seconds), left, state) if p)
    bar = f'style="width:{100 * share:.1f}%"' if share is not None else 'class="busy"'
    now = f' aria-valuenow="{100 * share:.0f}"' if share is not None else ""
    head = f'<b>{esc(job.title)}</b> {esc(stage)} <span class="muted">{esc(line)}</span>'
    return (
        f'<div class="progress" role="progressbar"{now}><div class="progress-head">{head}</div>'
        f'<div class="bar"><div {bar}></div></div></div>'
    )


def _left(job: Job, share: float | None) -> str:
    gone = time.monotonic() - job.stage_started
    if not share or share >= 1 or gone < 3:
        return ""
    return f"about {_duration(gone * (1 - share) / share)} left"


def _duration(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} s" if whole < 90 else f"{whole // 60} min {whole % 60} s"


def header(view: View) -> str:
    """Product name and what is served."""
    state = view.state
    chips = [f"{count(len(state.filings), 'filing')} · {count(state.chunks, 'passage')}"]
    html = [f'<span class="chip-status">{esc(c)}</span>' for c in chips]
    for arm in state.arms:
        html.append(
            f'<span class="chip-status"><i class="dot {esc(arm.arm)}"></i>{esc(arm.arm.capitalize())} '
            f"<b>{esc(model_label(arm.model))}</b> {arm.dimension}-d</span>"
        )
    if not state.arms:
        html.append('<span class="chip-status warn">no index yet</span>')
    if any(a.stale for a in state.arms):
        html.append('<span class="chip-status warn">index out of date</span>')
    return (
        '<div class="brand"><div><h1>RAG App</h1><p>Ask SEC filings. Tune retrieval on them. Compare.</p>'
        f'</div><div class="served">{"".join(html)}</div></div>'
    )


def header_error(message: str) -> str:
    """The header of a workspace that cannot be read."""
    return f'<div class="brand"><div><h1>RAG App</h1></div></div>{notice("error", message)}'


def count(number: int, what: str) -> str:
    """ "1 filing", "2 filings"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
