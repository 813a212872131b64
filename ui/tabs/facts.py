"""The tagged figures of a filing as a table to browse: choose the filing, filter by words, turn pages.

Widgets and wiring only; `rag_app.facts` has the figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import gradio as gr

from rag_app.core.errors import RagAppError
from rag_app.facts import words
from rag_app.facts.draft import about
from rag_app.facts.types import Fact
from ui.render import notice
from ui.tabs.context import Context, Panel, View, box, heading
from ui.tabs.passages import esc
from ui.tabs.widgets import Cell, count, empty, table

PAGE = 100  # figures shown at a time
HEADS = ["Row", "Figure", "Period", "Part of the company", "Concept"]
NONE = (
    "Annual and quarterly reports tag their figures as inline XBRL since 2019 to 2021; PDFs and older "
    "reports have no tags. Filings taken in before figures were kept: rag-app ingest --refresh."
)


def build(context: Context) -> Panel:
    """Lay it out and wire it."""
    with gr.Column(elem_classes="ra-panel"):
        heading("Tagged figures")
        with gr.Row(elem_classes="actions"):
            filing = gr.Dropdown(
                [], label="Filing", value=None, scale=3, min_width=220, elem_id="facts-filing"
            )
            wanted = gr.Textbox(
                label="Only rows with",
                placeholder="net income 2024",
                scale=3,
                min_width=180,
                elem_id="facts-filter",
            )
            back = gr.Button(
                "Earlier", size="md", scale=0, min_width=90, interactive=False, elem_id="facts-back"
            )
            on = gr.Button("Next", size="md", scale=0, min_width=80, interactive=False, elem_id="facts-next")
        shown = box("facts-table")
    page = gr.State(0)
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    outputs = [shown, page, back, on]

    def turn(step: int) -> Any:
        return lambda chosen, text, at: _page(context, chosen, text, at + step)

    gr.on(
        [filing.input, wanted.submit, wanted.blur],
        lambda chosen, text: _page(context, chosen, text, 0),
        [filing, wanted],
        outputs,
        **quiet,
    )
    back.click(turn(-1), [filing, wanted, page], outputs, **quiet)
    on.click(turn(1), [filing, wanted, page], outputs, **quiet)

    def redraw(view: View, chosen: str | None) -> list[Any]:
        choices = [(_label(f), f.filing_id) for f in view.state.filings]
        kept = chosen if chosen in [value for _, value in choices] else None
        return [gr.update(choices=choices, value=kept), gr.skip() if kept else ""]

    return Panel([filing, shown], redraw, [filing])


def _label(filing: Any) -> str:
    year = f"FY{filing.fiscal_year}" if filing.fiscal_year else ""
    told = " ".join(p for p in (filing.company, filing.form, year) if p)
    return f"{told} ({filing.source})" if told else str(filing.source)


def _page(context: Context, filing: str | None, text: str, page: int) -> list[Any]:
    """One page of the table, its number, and whether there are pages before and behind it."""
    if not filing:
        return ["", 0, gr.update(interactive=False), gr.update(interactive=False)]
    try:
        every = context.facts().of_filing(filing)
    except RagAppError as error:
        return [notice("error", str(error)), 0, gr.update(interactive=False), gr.update(interactive=False)]
    found = matching(every, text or "")
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(page, 0), pages - 1)
    drawn = listing(every, found, page)
    return [drawn, page, gr.update(interactive=page > 0), gr.update(interactive=page + 1 < pages)]


def matching(facts: Sequence[Fact], text: str) -> list[Fact]:
    """The facts that have every word of `text` in their row, table, concept, part, period or figure."""
    wanted = text.casefold().split()
    if not wanted:
        return list(facts)
    return [f for f in facts if all(word in _searched(f) for word in wanted)]


def _searched(fact: Fact) -> str:
    parts = [fact.section, fact.statement, fact.concept, fact.shown, words.name(fact), words.fiscal(fact)]
    return " ".join([*parts, words.short_period(fact), words.days(fact), words.amount(fact).text]).casefold()


def listing(every: Sequence[Fact], found: Sequence[Fact], page: int) -> str:
    """`found` from page to page, as a table; what to do where there is none."""
    if not every:
        return empty("No tagged figures in this filing", NONE)
    if not found:
        return notice(
            "note", f"None of the {count(len(every), 'figure')} of this filing has all these words."
        )
    rows = [_row(fact) for fact in found[page * PAGE : (page + 1) * PAGE]]
    first = page * PAGE
    whole = f" ({len(every):,} in all)" if len(found) < len(every) else ""
    told = f"{first + 1:,}-{first + len(rows):,} of {count(len(found), 'figure')}{whole}"
    return f'<div class="muted foot">{esc(told)}</div>{table(HEADS, rows, numbers=(1,))}'


def _row(fact: Fact) -> list[object]:
    under = " · ".join(p for p in (fact.statement, words.clean(fact.section)) if p)
    label = esc(words.clean(fact.label) or words.spelt_concept(fact.concept))
    where = f'<div class="muted">{esc(under[:160])}</div>' if under else ""
    told = words.fiscal(fact)
    when = f'{esc(words.days(fact))}{f"""<div class="muted">{esc(told)}</div>""" if told else ""}'
    return [
        Cell(f"{label}{where}"),
        Cell(f'<span title="{esc(about(fact))}">{esc(words.amount(fact).main)}</span>'),
        Cell(when),
        ", ".join(words.member(m) for _, m in fact.members),
        Cell(re.sub(r"(?<=[a-z:])(?=[A-Z])", "<wbr>", esc(fact.concept))),
    ]
