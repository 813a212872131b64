"""The Chat tab: a question, one arm's answer or both side by side, and the passages they stand on.

Widgets and wiring only; answers come from `rag_app.answer`, HTML from `ui.render`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from rag_app.answer import AskOptions, stream
from rag_app.compare import difference
from rag_app.core.errors import RagAppError, UsageError
from rag_app.core.types import FilingMeta, Filters
from rag_app.question.read import asked_about, check_question
from rag_app.store import list_filings
from ui import render
from ui.tabs.context import Context, Panel, View, box, model_label
from ui.tabs.examples import MOST, example_questions
from ui.tabs.reading import COMPANIES, FILTERS, Asked, Chips, Dropped, chip_line, chips_of, drawn, read_for
from ui.tabs.shared import with_facts
from ui.tabs.widgets import empty

ARMS = {"Base": ("base",), "Tuned": ("tuned",), "Side by side": ("base", "tuned")}
MODES = [("Fused (embeddings + BM25)", "fused"), ("Dense (embeddings)", "dense"), ("BM25 (words)", "bm25")]
BY_NAME = "name:"  # marks the filter value of a company without a ticker
REFRESH = 0.1  # seconds between two states of a streamed answer
KEPT = 20  # earlier questions kept in the page


def build(context: Context) -> Panel:
    """Lay the tab out and wire it."""
    with gr.Row(elem_classes="composer", equal_height=True):
        question = gr.Textbox(
            placeholder="Ask about the filings, for example a figure, a risk or a policy - Enter sends",
            label="Question",
            show_label=False,
            lines=1,
            max_lines=6,
            scale=8,
            container=False,
            autofocus=True,
            elem_id="question",
        )
        send = gr.Button("Ask", variant="primary", scale=0, min_width=90, elem_id="ask")
        stop = gr.Button("Stop", scale=0, min_width=70, visible=False, elem_id="stop")
    with gr.Row(elem_classes="controls"):
        arm = gr.Radio(list(ARMS), label="Answered by", scale=3, min_width=300, elem_id="arm")
        company = gr.Dropdown(
            [], label="Only company", multiselect=True, scale=2, min_width=150, elem_id="company"
        )
        form = gr.Dropdown([], label="Only form", multiselect=True, scale=1, min_width=110, elem_id="form")
        year = gr.Dropdown(
            [], label="Only fiscal year", multiselect=True, scale=1, min_width=110, elem_id="year"
        )
        period = gr.Dropdown(
            [], label="Only period", multiselect=True, scale=1, min_width=110, elem_id="period"
        )
    with gr.Accordion("Retrieval and wording", open=False), gr.Row():
        mode = gr.Dropdown(MODES, value="fused", label="Retrieval", scale=2, elem_id="mode")
        k = gr.Slider(1, 30, value=10, step=1, label="Passages", scale=2, elem_id="k")
        llm = gr.Textbox(
            context.settings.llm,
            label="Answer wording (LLM)",
            info="extractive, ollama:NAME, openai:NAME, openai-like:NAME@URL, hf:PATH",
            scale=3,
            elem_id="llm",
        )
    with gr.Row(elem_classes="examples", visible=False) as tray:
        examples = [
            gr.Button(visible=False, size="sm", elem_id=f"example-{i}", min_width=0, scale=0)
            for i in range(MOST)
        ]
    hint = box("hint")
    with gr.Row(elem_classes="examples", visible=False, elem_id="read") as row:
        chips = [
            gr.Button(visible=False, size="sm", elem_id=f"read-{i}", min_width=0, scale=0)
            for i in range(FILTERS)
        ]
        meant = [
            gr.Button(visible=False, size="sm", elem_id=f"meant-{i}", min_width=0, scale=0)
            for i in range(COMPANIES)
        ]
    current = box("answer")
    earlier = box("earlier")
    turns = gr.State([])
    shown = gr.State(Chips())

    def ask(text: str, *choices: Any) -> Iterator[Sequence[Any]]:
        for *state, found in _ask(context, text, *choices):
            yield [*state, *drawn(found)]

    def ask_wider(place: int) -> Any:
        def wider(found: Chips, *choices: Any) -> Iterator[Sequence[Any]]:
            yield from ask(found.question, *choices, found.without(place))

        return wider

    def ask_about(place: int) -> Any:
        def about(found: Chips, *choices: Any) -> Iterator[Sequence[Any]]:
            yield from ask(found.about(place), *choices, found.dropped)

        return about

    inputs = [question, arm, mode, k, company, form, year, period, llm, turns]
    outputs = [question, current, earlier, turns, send, stop, tray, row, *chips, *meant, shown]
    asked = gr.on(
        [send.click, question.submit],
        ask,
        inputs,
        outputs,
        show_progress="hidden",
        concurrency_limit=4,
        trigger_mode="once",
        api_visibility="private",
    )
    picked = [
        button.click(
            lambda text: text, button, question, show_progress="hidden", api_visibility="private"
        ).then(ask, inputs, outputs, show_progress="hidden", concurrency_limit=4, api_visibility="private")
        for button in examples
    ]
    again = [
        button.click(
            handler,
            [shown, *inputs[1:]],
            outputs,
            show_progress="hidden",
            concurrency_limit=4,
            trigger_mode="once",
            api_visibility="private",
        )
        for button, handler in [
            *((chip, ask_wider(i)) for i, chip in enumerate(chips)),
            *((one, ask_about(i)) for i, one in enumerate(meant)),
        ]
    ]
    stop.click(
        lambda: (gr.update(visible=True), gr.update(visible=False), render.notice("note", "Stopped.")),
        None,
        [send, stop, current],
        cancels=[asked, *picked, *again],
        show_progress="hidden",
        api_visibility="private",
    )

    def redraw(view: View, chosen: str | None, past: list[Asked]) -> list[Any]:
        offered = _offered(view)
        value = chosen if chosen in offered else offered[-1] if offered else None
        samples = example_questions(context.workspace) if offered else []
        filings = view.state.filings
        metas = [f.meta for f in list_filings(context.workspace)]
        companies = dict(sorted(_company_choices(metas).items()))
        periods = {m.fiscal_period for m in metas if m.fiscal_period}
        return [
            gr.update(choices=offered, value=value, visible=bool(offered)),
            gr.update(choices=list(companies.items())),
            gr.update(choices=sorted({f.form for f in filings if f.form})),
            gr.update(choices=sorted({str(f.fiscal_year) for f in filings if f.fiscal_year}, reverse=True)),
            gr.update(choices=sorted(periods, key=lambda p: (p == "FY", p))),
            gr.update(visible=bool(samples) and not past),
            *(gr.update(value=sample, visible=True) for sample in samples),
            *(gr.update(visible=False) for _ in examples[len(samples) :]),
            gr.update(value=_advice(view), visible=bool(_advice(view))),
        ]

    return Panel([arm, company, form, year, period, tray, *examples, hint], redraw, [arm, turns])


def _offered(view: View) -> list[str]:
    """The choices of "Answered by" whose arms are indexed."""
    return [name for name, arms in ARMS.items() if set(arms) <= set(view.arms)]


def _advice(view: View) -> str:
    """What to do first, or what would make more arms available."""
    if not view.state.filings:
        return empty("No filings yet", "Open the Filings tab and upload filings or fetch them by ticker.")
    if not view.arms:
        return empty("Not indexed yet", "Open the Filings tab and press Rebuild index; then ask here.")
    if "tuned" not in view.arms and view.active.tuned:
        return render.notice(
            "note",
            f"{view.active.tuned} is the tuned model but has no index yet: build it on the Models tab to "
            "compare it with the base model.",
        )
    if "tuned" not in view.arms:
        return render.notice(
            "note", "Fine-tune a model on the Models tab to see base and tuned answers side by side."
        )
    return ""


def _ask(
    context: Context,
    text: str,
    choice: str | None,
    mode: str,
    k: float,
    companies: list[str],
    forms: list[str],
    years: list[str],
    periods: list[str],
    llm: str,
    turns: list[Asked],
    dropped: Dropped = frozenset(),
) -> Iterator[Sequence[Any]]:
    """Stream one question through the chosen arms; every yield is a whole state of the page.

    `dropped` are values of `Filters` that are not to be read from the question.
    """
    question = (text or "").strip()
    chips = Chips()
    ready = (gr.update(visible=True), gr.update(visible=False), gr.skip())
    busy = (gr.update(visible=False), gr.update(visible=True), gr.update(visible=False))
    before = render.earlier((t.question, t.html) for t in reversed(turns))
    if not question:
        yield text, render.notice("note", "Type a question first."), gr.skip(), turns, *ready, chips
        return
    try:
        check_question(question)
    except UsageError as error:
        yield text, render.notice("error", str(error)), gr.skip(), turns, *ready, chips
        return
    # a question may come before the page has filled its choices
    choice = choice or next(reversed(_offered(context.view())), None)
    if choice is None:
        message = "There is nothing to ask yet: add filings and build the index on the Filings tab."
        yield text, render.notice("note", message), gr.skip(), turns, *ready, chips
        return
    names = ARMS[choice]
    columns = [render.Column(name.capitalize(), "") for name in names]
    yield "", render.turn(question, columns), before, turns, *busy, chips
    try:
        by_hand = _filters(context, companies, forms, years, periods)
        options = AskOptions(int(k), mode, llm=(llm or "").strip())  # type: ignore[arg-type]
        worded_by = context.llm(options.llm)
    except RagAppError as error:
        yield question, render.notice("error", str(error)), before, turns, *ready, chips
        return
    question, filters, read, said = read_for(context, names, question, by_hand, dropped, turns)
    options = replace(options, filters=filters or None)
    options, shared, more = with_facts(context, names, question, by_hand, options)
    said += more
    if read:
        chips = Chips(question, chips_of(read), dropped=dropped)
    for place, name in enumerate(names):
        started, shown = time.perf_counter(), 0.0
        try:
            arm = context.arms.get(name)
            made = arm.index.manifest
            column = render.Column(
                name.capitalize(),
                f"{model_label(made.model)} · {made.dimension}-d",
                threshold=arm.abstain_below,
                note=arm.note,
                streaming=True,
            )
            for answer in stream(arm, question, options, worded_by):
                column = replace(column, answer=answer, seconds=time.perf_counter() - started)
                columns[place] = column
                if time.perf_counter() - shown >= REFRESH:
                    page = said + render.turn(question, columns, shared=shared)
                    yield "", page, before, turns, *busy, chips
                    shown = time.perf_counter()
            columns[place] = replace(column, streaming=False)
        except RagAppError as error:
            columns[place] = replace(columns[place], error=str(error), streaming=False)
        except Exception as error:  # a bug or a library's error: one line in the page, never a traceback
            first = (str(error).splitlines() or [""])[0][:300]
            message = f"the {name} arm failed: {type(error).__name__}: {first}"
            columns[place] = replace(columns[place], error=message, streaming=False)
    answers = [c.answer for c in columns]
    change = None
    if len(answers) == 2 and answers[0] is not None and answers[1] is not None:
        change = difference(question, options.k, answers[0].hits, answers[1].hits)
    if read and (best := next((a for a in answers if a is not None and not a.abstained), None)):
        meant = asked_about(read, filters, [h.chunk.meta.ticker for h in best.hits])
        chips = replace(chips, companies=meant)
        if meant:
            said += render.notice("note", f"Names no company; these passages are of {', '.join(meant)}.")
    html = said + render.turn(question, columns, change, shared)
    past = Asked(question, chip_line(chips) + html, read)
    yield "", html, before, [*turns, past][-KEPT:], *ready, chips


def _company_choices(metas: Sequence[FilingMeta]) -> dict[str, str]:
    """Label → filter value: the ticker, or the name where a filing tells none."""
    choices = {}
    for meta in metas:
        if meta.ticker:
            choices[f"{meta.company} ({meta.ticker})" if meta.company else meta.ticker] = meta.ticker.upper()
        elif meta.company:
            choices[meta.company] = BY_NAME + meta.company
    return choices


def _filters(
    context: Context,
    companies: Sequence[str],
    forms: Sequence[str],
    years: Sequence[str],
    periods: Sequence[str],
) -> Filters:
    """The filters as chosen. Companies without a ticker are filtered by their filings."""
    tickers = tuple(c for c in companies or () if not c.startswith(BY_NAME))
    names = {c.removeprefix(BY_NAME) for c in companies or () if c.startswith(BY_NAME)}
    ids: tuple[str, ...] = ()
    if names:
        stored = list_filings(context.workspace)
        ids = tuple(
            f.filing_id for f in stored if f.meta.company in names or (f.meta.ticker or "").upper() in tickers
        ) or ("none",)
        tickers = ()
    return Filters(tickers, tuple(forms or ()), tuple(int(y) for y in years or ()), ids, tuple(periods or ()))
