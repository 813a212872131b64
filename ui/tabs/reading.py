"""How the chat reads a question: filters pressed away one by one, follow-ups made whole, notices on both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
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

FILTERS = 12  # chips for what was read from the question: companies, forms, years, periods
_FIELDS = tuple(f.name for f in fields(Filters))
COMPANIES = 3  # chips for the companies that a question could mean


@dataclass(frozen=True, slots=True)
class Asked:
    """One finished turn, kept in the page's own state."""

    question: str
    html: str
    read: Read | None = None


Dropped = frozenset[tuple[str, str | int]]
"""(field of `Filters`, value) pairs that were read from a question and are not to be kept to."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that was read from a question, as it is shown, and the values of `field` it stands for."""

    field: str
    label: str
    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Chips:
    """What can be pressed above an answer: filters read from the question, companies it could mean.

    `dropped` is what was pressed away before.
    """

    question: str = ""
    filters: tuple[Chip, ...] = ()
    companies: tuple[str, ...] = ()
    dropped: Dropped = frozenset()

    def without(self, place: int) -> Dropped:
        """What is dropped once the filter at `place` is pressed away as well."""
        chip = self.filters[place]
        return self.dropped | {(chip.field, value) for value in chip.values}

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
    dropped: Dropped,
    turns: Sequence[Asked],
) -> tuple[str, Filters, Read | None, str]:
    """The question as asked, the filters to search with, how it was read, and notices (HTML) on that.

    What is `dropped` is neither searched with nor in `read.filters`. A short question that leans on the one
    before is made whole. Without an arm there is nothing to read by.
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
        _, read = asked_of(whole or question, filings, by_hand)
        read = replace(read, filters=_less(read.filters, dropped))
        kept = {name: getattr(by_hand, name) or getattr(read.filters, name) for name in _FIELDS}
        said += "".join(render.notice("note", f"{note[:1].upper()}{note[1:]}.") for note in read.notes)
        unknown = [one for one in read.unknown if not index.lexicon.knows(one)]
        if unknown:
            said += render.notice("note", f"No filing of {', '.join(unknown)} in this index.")
        return whole or question, Filters(**kept), read, said
    return question, by_hand, None, said


def _less(filters: Filters, dropped: Dropped) -> Filters:
    """`filters` without the values that were pressed away."""
    return Filters(
        **{name: tuple(v for v in getattr(filters, name) if (name, v) not in dropped) for name in _FIELDS}
    )


def chips_of(read: Read) -> tuple[Chip, ...]:
    """A chip for each company, form, year and period read; of very many, those of one kind share a chip."""
    filters, owner = read.filters, {i: c.ticker or c.name for c in read.companies for i in c.ids}
    shown: dict[str, dict[str, list[str | int]]] = {name: {} for name in _FIELDS}
    for name in _FIELDS:
        for value in getattr(filters, name):
            label = owner.get(value, value) if name == "filing_ids" else value
            shown[name].setdefault(f"FY{label}" if name == "fiscal_years" else str(label), []).append(value)
    while sum(map(len, shown.values())) > FILTERS:
        most = max(shown, key=lambda name: len(shown[name]))
        shown[most] = {", ".join(shown[most]): [v for values in shown[most].values() for v in values]}
    return tuple(
        Chip(name, label, tuple(values)) for name in _FIELDS for label, values in shown[name].items()
    )


def _index_of(context: Context, name: str) -> Index | None:
    """None for an arm that cannot be opened; why is told where it is asked."""
    try:
        return context.arms.get(name).index
    except Exception:  # a library's error too
        return None


def drawn(chips: Chips) -> list[Any]:
    """The row of chips, its buttons, and the state they act on."""
    pressed = [f"{chip.label} ×" for chip in chips.filters]
    about = [f"Ask about {company}" for company in chips.companies]
    buttons = [
        gr.update(value=labels[i], visible=True) if i < len(labels) else gr.update(visible=False)
        for labels, most in ((pressed, FILTERS), (about, COMPANIES))
        for i in range(most)
    ]
    return [gr.update(visible=bool(pressed or about)), *buttons, chips]


def chip_line(chips: Chips) -> str:
    """The filters of an earlier question, which can no longer be pressed."""
    found = "".join(f'<span class="chip">{esc(chip.label)}</span>' for chip in chips.filters)
    return f'<div class="chips">{found}</div>' if found else ""
