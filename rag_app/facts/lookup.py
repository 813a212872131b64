"""A question → the facts that answer it, with how sure each part is; None where it asks for no figure.

Rules over printed labels, concepts' names and synonyms; every word of the question has to be explained
before a figure is sure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag_app.core.types import Filters
from rag_app.facts.asked import Cell, Confidence, Lookup, Measure, Span
from rag_app.facts.asking import plain
from rag_app.facts.choose import FLOW, Reader
from rag_app.facts.chosen import Choice
from rag_app.facts.grid import Grid, fill
from rag_app.facts.operations import Wanted, is_narrative, may_be_narrative, read_operation
from rag_app.facts.periods import Asked
from rag_app.facts.qualms import branded, qualms
from rag_app.facts.saidtimes import read_periods
from rag_app.facts.schedules import scheduled
from rag_app.facts.scope import MANY, Scope, read_scope
from rag_app.facts.segments import called
from rag_app.facts.store import FactStore
from rag_app.facts.terms import terms_of
from rag_app.question.catalog import Company, Filed

SURE = 0.8
"""Each part has to be as sure as this."""
LONGEST = 1_000  # characters of a question for a figure; reading takes its square
OFFERED = 4  # companies looked up where none is named


def look_up(
    question: str,
    store: FactStore,
    filings: Sequence[Filed],
    filters: Filters | None = None,
) -> Lookup | None:
    """What `question` asks of the tagged facts of an index's `filings`, as far as they pass `filters`.

    None: not a question for a figure, or of a company that tags none. Not `sure`: `doubts` say why.
    No model is asked: the nearest label was the wrong figure more often than the right one, at cosines as
    high, so that no threshold tells them apart.
    """
    if len(question) > LONGEST:
        return None
    found = _read(plain(question), store, filings, filters or Filters())
    return found and replace(found, question=question)


def _read(question: str, store: FactStore, filings: Sequence[Filed], filters: Filters) -> Lookup | None:
    if is_narrative(question):
        return None
    scope = read_scope(question, store, filings, filters)
    if scope is None or not scope.companies:
        return None
    asked = read_periods(scope.text)
    due = scheduled(scope, asked)
    if due is not None:
        return due
    ranged = asked.ranged and not asked.before
    several = scope.named and len(scope.companies) > 1
    wanted = read_operation(
        scope.blank(asked.taken),
        asked.last is not None or ranged or (len(asked.asks) > 2 and not several),
        ranged and asked.last is None,
        several,
    )
    strict = may_be_narrative(scope.text)
    if scope.named or len(scope.companies) == 1:
        return _of(scope, scope.companies, asked, wanted, strict, 1.0)
    return _unnamed(scope, asked, wanted, strict)


def _unnamed(scope: Scope, asked: Asked, wanted: Wanted, strict: bool) -> Lookup | None:
    """No company is named and several have facts: the one whose own segment is named, else an offer."""
    if len(scope.companies) > MANY:
        return None
    found = []
    for company in scope.companies:
        lookup = _of(scope, (company,), asked, wanted, strict, 1.0)
        if lookup is not None and lookup.confidence.measure >= SURE:
            found.append((company, lookup))
    own = [(c, lookup) for c, lookup in found if any(m.members for m in lookup.measures)]
    if len(own) == len(found) > 1:  # several have such a part: the one that tells of that time
        timely = [(c, one) for c, one in own if any(cell.fact is not None for cell in one.cells)]
        own = found = timely if len(timely) == 1 else own
    if len(own) == 1 and len(found) == 1:
        company, lookup = own[0]
        return replace(
            lookup,
            confidence=replace(lookup.confidence, company=0.85),
            notes=(f"no company is named: only {company.name} tells of this", *lookup.notes),
        )
    if not found:
        return None
    names = ", ".join(c.name for c, _ in found)
    first = found[0][1]
    alike = [
        (c, one)
        for c, one in found
        if (one.formula, len(one.measures)) == (first.formula, len(first.measures))
    ]
    return replace(
        first,
        companies=tuple(c.key for c, _ in alike[:OFFERED]),
        cells=tuple(cell for _, lookup in alike[:OFFERED] for cell in lookup.cells),
        confidence=replace(first.confidence, company=0.3),
        sure=False,
        doubts=(f"no company is named; {names} tell of it", *first.doubts),
    )


def _of(
    scope: Scope, companies: Sequence[Company], asked: Asked, wanted: Wanted, strict: bool, sure: float
) -> Lookup | None:
    choices: list[tuple[Company, Choice, Reader]] = []
    for company in companies:
        reader = scope.reader(company)
        choice = reader.choose(wanted, asked)
        if choice is None or (strict and choice.confidence < SURE):
            return None
        choices.append((company, choice, reader))
    grid = fill(choices, asked, wanted, scope)
    if grid is None:
        return None
    blank = scope.blank(asked.taken)
    doubts = qualms(scope.text, blank, asked, [choice for _, choice, _ in choices], grid.cells)
    named = frozenset(
        term
        for _, choice, reader in choices
        for measure in choice.measures
        for _, member in measure.members
        for term in terms_of(called(member, reader.measures.shown))
    )
    doubts += branded(blank, [start for start, _ in scope.places], named)
    return _lookup(scope, choices, replace(grid, doubts=(*grid.doubts, *doubts)), sure)


def _lookup(
    scope: Scope, choices: Sequence[tuple[Company, Choice, Reader]], grid: Grid, company: float
) -> Lookup:
    first = choices[0][1]
    measure = min(c.confidence for _, c, _ in choices)
    segment = min(c.segment for _, c, _ in choices)
    doubts = list(dict.fromkeys([d for _, c, _ in choices for d in c.doubts] + list(grid.doubts)))
    if len({(c.formula, len(c.measures)) for _, c, _ in choices}) > 1:
        doubts.append("the companies tag different parts of it")
    if scope.flows:
        doubts = [d for d in doubts if d != FLOW]
    confidence = Confidence(measure, company, grid.confidence, segment)
    complete = bool(grid.cells) and all(cell.fact is not None for cell in grid.cells)
    sure = confidence.lowest >= SURE and complete and not doubts
    if not sure and not doubts:
        doubts.append("the words fit more than one figure" if complete else "no such figure is tagged")
    notes = [n for _, c, _ in choices for n in c.notes] + list(grid.notes)
    return Lookup(
        scope.question,
        first.name,
        grid.operation,
        first.measures,
        tuple(c.key for c, _, _ in choices),
        grid.periods,
        grid.cells,
        confidence,
        sure,
        first.formula,
        first.percent,
        tuple(doubts),
        tuple(dict.fromkeys(notes)),
    )


__all__ = ["Cell", "Lookup", "Measure", "Span", "look_up"]
