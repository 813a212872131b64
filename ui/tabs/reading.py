"""How the chat reads a question: filters that can be pressed away, follow-ups made whole, notices on both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag_app.core.types import Filters
from rag_app.question.catalog import catalog_of
from rag_app.question.followup import follow_up
from rag_app.question.read import Read, asked_of
from ui import render
from ui.tabs.context import Context
from ui.tabs.passages import esc

if TYPE_CHECKING:
    from rag_app.index.opened import Index

FILTERS = 5  # chips for what was read from the question: companies, forms, years, periods
COMPANIES = 3  # chips for the companies that a question could mean


@dataclass(frozen=True, slots=True)
class Asked:
    """One finished turn, kept in the page's own state."""

    question: str
    html: str
    read: Read | None = None


@dataclass(frozen=True, slots=True)
class Chips:
    """What can be pressed above an answer: filters read from the question, companies it could mean.

    `filters`: (field of `Filters`, what it keeps); `dropped`: fields that were pressed away.
    """

    question: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    companies: tuple[str, ...] = ()
    dropped: frozenset[str] = field(default_factory=frozenset)

    def without(self, place: int) -> frozenset[str]:
        """The dropped fields once the filter at `place` is pressed away as well."""
        return self.dropped | {self.filters[place][0]}

    def about(self, place: int) -> str:
        """The question, asked of one of the companies it could mean."""
        asked = self.question.rstrip()
        ends = len(asked) - len(asked.rstrip("?.! "))
        return f"{asked[: len(asked) - ends]} ({self.companies[place]}){asked[len(asked) - ends :]}"


def read_for(
    context: Context,
    names: Sequence[str],
    question: str,
    by_hand: Filters,
    dropped: frozenset[str],
    turns: Sequence[Asked],
) -> tuple[str, Filters, Read | None, str]:
    """The question as asked, the filters to search with, how it was read, and notices (HTML) on that.

    A short question that leans on the one before is made whole. Without an arm there is nothing to read by.
    """
    said = ""
    for name in names:
        index = _index_of(context, name)
        if index is None:
            continue
        filings = index.facets.filings
        previous = turns[-1].read if turns else None
        whole = follow_up(previous, question, catalog_of(filings)) if previous and not dropped else None
        if whole:
            said += render.notice("note", f"“{question}” after the question before, asked as below.")
        filters, read = asked_of(whole or question, filings, by_hand)
        filters = replace(filters, **{field: getattr(by_hand, field) for field in dropped})
        said += "".join(render.notice("note", f"{note[:1].upper()}{note[1:]}.") for note in read.notes)
        unknown = [one for one in read.unknown if not index.lexicon.knows(one)]
        if unknown:
            said += render.notice("note", f"No filing of {', '.join(unknown)} in this index.")
        return whole or question, filters, read, said
    return question, by_hand, None, said


def _index_of(context: Context, name: str) -> Index | None:
    """None for an arm that cannot be opened; why is told where it is asked."""
    try:
        return context.arms.get(name).index
    except Exception:  # a library's error too
        return None


def drawn(chips: Chips) -> list[Any]:
    """The row of chips, its buttons, and the state they act on."""
    pressed = [f"{label} ×" for _, label in chips.filters]
    about = [f"Ask about {company}" for company in chips.companies]
    buttons = [
        gr.update(value=labels[i], visible=True) if i < len(labels) else gr.update(visible=False)
        for labels, most in ((pressed, FILTERS), (about, COMPANIES))
        for i in range(most)
    ]
    return [gr.update(visible=bool(pressed or about)), *buttons, chips]


def chip_line(chips: Chips) -> str:
    """The filters of an earlier question, which can no longer be pressed."""
    found = "".join(f'<span class="chip">{esc(label)}</span>' for _, label in chips.filters)
    return f'<div class="chips">{found}</div>' if found else ""
