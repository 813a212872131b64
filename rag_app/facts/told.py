"""A question → what the filings' tagged data says to it. The one way in for `ask`, the chat and `facts`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag_app.core.config import Workspace
from rag_app.core.figures import Figures
from rag_app.core.types import Answer, Filters
from rag_app.facts.answer import candidates, chunks_of, fact_answer
from rag_app.facts.lookup import look_up
from rag_app.facts.store import FactStore
from rag_app.facts.types import Fact
from rag_app.question.catalog import Filed
from rag_app.store import list_filings


@dataclass(frozen=True, slots=True)
class Told:
    """What the tagged data says to a question: an answer, or `figures` that it could mean.

    Neither where it is no question for a figure or no figure fits. `note` tells that it could not be asked.
    """

    answer: Answer | None = None
    figures: Figures | None = None
    note: str = ""


def looked_up(
    store: FactStore,
    question: str,
    filters: Filters | None = None,
    filings: Sequence[Filed] | None = None,
) -> Told:
    """Ask the store, brought up to date, under `filters` set by hand; the question itself is read here.

    `filings` are those to look in, as an opened index's facets list them; None: all of the workspace.
    """
    store.update()
    if not store.count():
        return Told()
    workspace = Workspace(store.path.parent)
    if filings is None:
        filings = [(f.filing_id, f.meta) for f in list_filings(workspace)]
    lookup = look_up(question, store, filings, filters or Filters())
    if lookup is None:
        return Told()

    def siblings(fact: Fact, ids: Sequence[str]) -> list[Fact]:
        return store.find(fact.concept, filings=ids, members=fact.members)

    answer = fact_answer(lookup, chunks_of(workspace), siblings)
    if answer is not None:
        return Told(answer, answer.figures)
    return Told(None, candidates(lookup))


def tell(
    store: FactStore,
    question: str,
    filters: Filters | None,
    filings: Sequence[Filed],
) -> Told:
    """`looked_up`, but what fails becomes a note: the passages can still answer."""
    try:
        return looked_up(store, question, filters, filings)
    except Exception as error:  # a damaged file, or a question that no rule foresaw
        first = (str(error).splitlines() or [""])[0][:200]
        return Told(note=f"the filings' tagged data could not be asked ({type(error).__name__}: {first})")
