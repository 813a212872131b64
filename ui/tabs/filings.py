"""The Filings tab: what is in, adding by upload or from EDGAR, removing, and rebuilding the index.

Widgets and wiring only; `rag_app.pipeline` and `rag_app.filings.edgar.fetch` do the work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr

from rag_app.core.errors import RagAppError, UsageError
from rag_app.core.types import ProgressFn
from rag_app.pipeline import IngestReport, ingest, remove
from rag_app.samples import sample_filings
from ui.render import notice
from ui.tabs import dimensions, facts, indexing
from ui.tabs.context import Context, Panel, View, box, heading, model_choices
from ui.tabs.passages import esc
from ui.tabs.widgets import Cell, count, empty, progress, table

KIND = "filings"
FORMS = ["10-K", "10-Q", "8-K", "10-K/A", "20-F"]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came from EDGAR and what came of it."""

    fetched: int
    failed: tuple[str, ...]
    report: IngestReport | None


def build(context: Context) -> Panel:
    """Lay the tab out and wire it."""
    with gr.Column(elem_classes="ra-panel"):
        index_status = box("index-status")
        with gr.Row(elem_classes="actions"):
            model = gr.Dropdown([], label="Index model", min_width=220, scale=2, elem_id="index-model")
            dim = indexing.dimension_box("index-dim")
            rebuild = gr.Button(
                "Rebuild index", size="md", variant="primary", scale=0, min_width=150, elem_id="rebuild"
            )
        index_progress = box("index-progress")
        choice, cancel = dimensions.build(context, "index", model, index_progress)
    listing = box("filings")
    samples = gr.Button(
        "Add the sample filings (invented companies)", size="md", visible=False, elem_id="samples"
    )
    messages = box("filings-messages")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=280, elem_classes="ra-panel"):
            heading("Upload filings")
            upload = gr.File(
                file_count="multiple", label="HTML, inline XBRL, text or PDF", height=150, elem_id="upload"
            )
        with gr.Column(min_width=280, elem_classes="ra-panel"):
            heading("Fetch from EDGAR")
            with gr.Row():
                tickers = gr.Textbox(
                    label="Tickers or CIKs", placeholder="AAPL, MSFT", min_width=120, elem_id="tickers"
                )
                form = gr.Dropdown(
                    FORMS,
                    value="10-K",
                    label="Form",
                    min_width=90,
                    allow_custom_value=True,
                    elem_id="edgar-form",
                )
            agent = gr.Textbox(
                label="Who is asking",
                placeholder="Your company name@domain",
                info="EDGAR wants a name and an e-mail address; kept in this workspace",
                visible=not context.settings.edgar_user_agent,
                elem_id="agent",
            )
            fetch = gr.Button("Fetch newest", size="md", elem_id="fetch")
        with gr.Column(min_width=280, elem_classes="ra-panel"):
            heading("Remove filings")
            chosen = gr.Dropdown([], label="Filings", multiselect=True, elem_id="chosen")
            take_out = gr.Button("Remove selected", size="md", elem_id="remove")
            with gr.Row(visible=False) as sure:
                yes = gr.Button("Yes, remove", size="md", variant="stop", min_width=100, elem_id="remove-yes")
                no = gr.Button("Keep", size="md", min_width=80, elem_id="remove-no")

    figures = facts.build(context)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

    def add(files: list[str] | None) -> Iterator[tuple[str, Any]]:
        for html in _add(context, files or []):
            yield html, gr.skip()
        yield gr.skip(), None  # the box is ready for the next files

    def try_samples() -> Iterator[str]:
        yield from _add(context, [str(path) for path in sample_filings()])

    def get(asked: str, wanted: str, who: str) -> Iterator[tuple[str, Any]]:
        for html in _fetch(context, asked, wanted, who):
            yield html, gr.update(visible=not context.settings.edgar_user_agent)

    def confirm(ids: list[str] | None) -> tuple[Any, str]:
        if not ids:
            return gr.update(visible=False), notice("note", "Choose the filings to remove first.")
        return gr.update(visible=True), notice(
            "warning", f"Remove {count(len(ids), 'filing')} from this workspace?"
        )

    def drop(ids: list[str] | None) -> tuple[Any, Any, str]:
        return gr.update(visible=False), gr.update(value=[]), _remove(context, ids or [])

    def build_now(name: str, wanted: str) -> Iterator[indexing.Step]:
        yield from indexing.rebuild(context, name, wanted)

    added = upload.upload(add, upload, [messages, upload], **quiet)
    tried = samples.click(try_samples, None, messages, **quiet)
    got = gr.on([fetch.click, tickers.submit], get, [tickers, form, agent], [messages, agent], **quiet)
    take_out.click(confirm, chosen, [sure, messages], **quiet)
    no.click(lambda: (gr.update(visible=False), ""), None, [sure, messages], **quiet)
    removed = yes.click(drop, chosen, [sure, chosen, messages], **quiet)
    built = rebuild.click(build_now, [model, dim], [index_progress, cancel], **quiet)

    def redraw(view: View, picked: str | None, browsed: str | None) -> list[Any]:
        filings = view.state.filings
        models = model_choices(view)
        name = picked if picked in [value for _, value in models] else indexing.suggested(view)
        return [
            indexing.status(view),
            gr.update(choices=models, value=name),
            _listing(view),
            gr.update(visible=not filings),
            gr.update(
                choices=[(_label(f.company, f.form, f.fiscal_year, f.source), f.filing_id) for f in filings]
            ),
            *choice.redraw(view, name),
            *figures.redraw(view, browsed),
        ]

    return Panel(
        [index_status, model, listing, samples, chosen, *choice.outputs, *figures.outputs],
        redraw,
        [model, *figures.inputs],
        [added, tried, got, removed, built, *choice.changes],
    )


def _label(company: str | None, form: str | None, year: int | None, source: str) -> str:
    about = " ".join(str(p) for p in (company, form, year) if p)
    return f"{about} ({source})" if about else source


def _listing(view: View) -> str:
    filings = view.state.filings
    if not filings:
        return empty(
            "No filings yet",
            "Upload 10-K, 10-Q or 8-K documents below, or fetch them from EDGAR by ticker.",
        )
    rows = []
    for f in filings:
        warned = "".join(f'<div class="warned">{esc(w)}</div>' for w in f.warnings)
        rows.append(
            [
                Cell(f"<b>{esc(f.company or '–')}</b>{warned}"),
                f.ticker,
                f.form,
                f.fiscal_year,
                f.period_end,
                f"{f.chunks:,}",
                f.source,
            ]
        )
    heads = ["Company", "Ticker", "Form", "Fiscal year", "Period ended", "Passages", "File"]
    return table(heads, rows, numbers=(5,))


def _add(context: Context, files: Sequence[str]) -> Iterator[str]:
    paths = [Path(f) for f in files]
    yield from _work(context, "Upload", lambda listen: ingest(context.workspace, paths, listen))


def _fetch(context: Context, asked: str, form: str, who: str) -> Iterator[str]:
    from rag_app.filings.edgar.fetch import FetchRequest, fetch_filings

    tickers = tuple(t.upper() for t in (asked or "").replace(",", " ").split())
    if not tickers:
        yield notice("note", "Name at least one ticker, such as AAPL.")
        return
    if not (who or "").strip() and not context.settings.edgar_user_agent:
        yield notice("note", 'EDGAR wants to know who is asking: fill in "Your company name@domain".')
        return

    def work(listen: ProgressFn) -> Fetched:
        who_asks = (who or "").strip()
        settings = replace(context.settings, edgar_user_agent=who_asks) if who_asks else context.settings
        context.workspace.create()
        found = fetch_filings(FetchRequest(tickers, form), context.workspace.downloads, settings, listen)
        if who_asks:
            context.remember_user_agent(who_asks)
        paths = [p for f in found.fetched for p in (f.path, *f.exhibits)]
        report = ingest(context.workspace, paths, listen) if paths else None
        return Fetched(len(found.fetched), tuple(f"{f.ticker}: {f.reason}" for f in found.failed), report)

    yield from _work(context, "EDGAR", work)


def _work(context: Context, title: str, work: Any) -> Iterator[str]:
    """Run a job on the filings and tell what came of it."""
    try:
        job = context.jobs.start(KIND, title, work)
    except UsageError as error:
        yield notice("error", str(error))
        return
    for state in job.watch():
        yield progress(state)
    if isinstance(job.result, IngestReport):
        yield _told(job.result)
    elif isinstance(job.result, Fetched):
        failed = "".join(notice("error", reason) for reason in job.result.failed)
        yield (_told(job.result.report) if job.result.report else "") + failed


def _told(report: IngestReport) -> str:
    """What came of each file; the bad ones by name."""
    parts = [f"{len(report.added)} added"] if report.added else []
    parts += [f"{len(report.unchanged)} already there"] if report.unchanged else []
    parts += [f"{len(report.failed)} not readable"] if report.failed else []
    names = ", ".join(f"{f.source} ({count(f.chunks, 'passage')})" for f in report.added[:6])
    text = f"{', '.join(parts)} in {report.seconds:.1f} s{': ' + names if names else ''}"
    kind = "good" if report.added or report.unchanged else "warning"
    return notice(kind, text) + "".join(notice("error", f.reason) for f in report.failed)


def _remove(context: Context, ids: Sequence[str]) -> str:
    gone, failed = [], []
    for filing_id in ids:
        try:
            gone.append(remove(context.workspace, filing_id).source)
        except RagAppError as error:
            failed.append(notice("error", str(error)))
    done = notice("good", f"Removed {', '.join(gone)}. Rebuild the index to stop serving it.") if gone else ""
    return done + "".join(failed)
