"""`facts`: figures from the filings' tagged data, by question or to browse."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

import click

from rag_app.core.config import Workspace
from rag_app.core.errors import IndexStateError, UsageError
from rag_app.core.figures import Figure
from rag_app.core.types import Filters
from rag_app.question.read import check_question
from ui.commands.common import common, filtering
from ui.output import filters_of, show_json, sources
from ui.output_facts import figure_json, figures_csv, figures_json

if TYPE_CHECKING:
    from rag_app.facts.store import FactStore

NONE = (
    "no tagged figures in {root}: take in filings with inline XBRL (10-K and 10-Q since about 2020) by "
    "rag-app ingest PATH or rag-app fetch TICKER; after an upgrade: rag-app ingest --refresh"
)
NO_FIT = "no tagged figure fits this question; rag-app ask searches the text"
SHOWN = 50  # figures listed when --limit does not tell


@click.command()
@click.argument("question", required=False)
@click.option(
    "--concept", "concepts", multiple=True, help="List this concept, such as us-gaap:NetIncomeLoss."
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help=f"List so many at most. [default: {SHOWN}; --csv and --json: all]",
)
@click.option("--csv", "as_csv", is_flag=True, help="Print the figures as CSV.")
@filtering
@common
def facts(
    question: str | None,
    concepts: tuple[str, ...],
    limit: int | None,
    as_csv: bool,
    tickers: tuple[str, ...],
    forms: tuple[str, ...],
    years: tuple[int, ...],
    periods: tuple[str, ...],
    workspace: Workspace,
    as_json: bool,
) -> None:
    """A figure from the filings' tagged data; without a question, all that the options name."""
    from rag_app.facts.store import FactStore

    if as_csv and as_json:
        raise UsageError("--csv and --json: give one of them")
    if question and (concepts or limit):
        raise UsageError("--concept and --limit list figures: leave them out, or the question")
    filters = filters_of(tickers, forms, years, periods)
    with FactStore.open(workspace) as store:
        for problem in store.problems:
            click.echo(f"note: {problem}", err=True)
        if not store.count():
            raise IndexStateError(NONE.format(root=workspace.root))
        if question:
            check_question(question)
            _answered(store, question, filters, as_json, as_csv)
        elif as_csv or as_json or concepts or limit or filters:
            _list(_browsed(workspace, store, filters, concepts), limit, as_json, as_csv)
        else:
            _companies(store)


def _answered(store: FactStore, question: str, filters: Filters, as_json: bool, as_csv: bool) -> None:
    """Print what a question asks for, or what it could mean; exit 1 where no tagged figure fits."""
    from rag_app.facts.answer import doubtful
    from rag_app.facts.told import looked_up

    found = looked_up(store, question, filters)
    answer, figures = found.answer, found.figures
    if as_json:
        text = answer.text if answer else None
        cited = [(c.number, c.quote, c.hit.chunk.chunk_id) for c in answer.citations] if answer else []
        told = [{"number": n, "quote": quote, "chunk_id": chunk} for n, quote, chunk in cited]
        show_json({"question": question, "answer": text, "citations": told, "facts": figures_json(figures)})
    elif as_csv:
        _print(figures_csv((*figures.stated, *figures.others) if figures else ()))
    elif answer and figures:
        click.echo(answer.text)
        for line in sources(answer):
            click.echo(f"  {line}")
        click.echo(f"  tagged {', '.join(dict.fromkeys(f.concept for f in figures.stated))}")
    if figures is None:
        click.echo(f"Error: {NO_FIT}", err=True)
        sys.exit(1)
    if answer is None:
        click.echo(f"note: {doubtful(figures)}", err=True)


def _browsed(
    workspace: Workspace, store: FactStore, filters: Filters, concepts: tuple[str, ...]
) -> Iterator[Figure]:
    """Every figure of the companies, forms, fiscal years and periods, filing by filing in reading order."""
    from rag_app.facts.draft import figure_of
    from rag_app.store import list_filings

    names = {c.key for c in store.companies() if c.ticker.upper() in filters.tickers}
    if filters.tickers and not names:
        held = ", ".join(sorted(c.ticker or c.name for c in store.companies()))
        raise UsageError(f"--ticker {' '.join(filters.tickers)}: no tagged figures; there are some of {held}")
    for filing in list_filings(workspace):
        meta = filing.meta
        if filters.tickers and (meta.ticker or "").upper() not in filters.tickers:
            continue
        if filters.forms and (meta.form or "").upper() not in filters.forms:
            continue
        for fact in store.of_filing(filing.filing_id):
            if concepts and not {fact.concept, fact.concept.rpartition(":")[2]} & set(concepts):
                continue
            if filters.fiscal_years and fact.fiscal_year not in filters.fiscal_years:
                continue
            if filters.fiscal_periods and fact.fiscal_period not in filters.fiscal_periods:
                continue
            yield figure_of(fact)


def _list(found: Iterator[Figure], limit: int | None, as_json: bool, as_csv: bool) -> None:
    if as_json:
        show_json([figure_json(f) for f in islice(found, limit)])
    elif as_csv:
        _print(figures_csv(islice(found, limit)))
    else:
        shown = list(islice(found, limit or SHOWN))
        for figure in shown:
            told = f"{figure.company}  {figure.short_period}  {figure.label}: {figure.amount}"
            click.echo(f"{told}  [{figure.concept}]")
        if not shown:
            raise IndexStateError("no tagged figure is of all that the options name; leave one out")
        if next(found, None):
            click.echo(f"note: only the first {len(shown)}; --limit N lists more, --csv all", err=True)


def _companies(store: FactStore) -> None:
    for company in store.companies():
        name = f"{company.name} ({company.ticker})" if company.ticker else company.name or company.key
        click.echo(
            f"{name}: {company.facts:,} figures in {company.filings} filing{'s' * (company.filings != 1)}"
        )
    click.echo(
        '\nask for one: rag-app facts "net income of … in fiscal 2024"; list: --ticker, --concept, --csv'
    )


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
