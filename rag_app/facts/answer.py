"""A look-up → an answer from the filings' tagged data, or what it could be where nothing is sure.

A figure is stated only when the look-up is sure; everything else leaves the answer to the passages.
"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import chain

from rag_app.core.config import Workspace
from rag_app.core.figures import Figures, Result, Series
from rag_app.core.types import Answer, Chunk
from rag_app.facts import arithmetic, wording, words
from rag_app.facts.arithmetic import Quantity
from rag_app.facts.asked import Cell, Lookup
from rag_app.facts.bases import Clashes, Siblings, agree, clashes
from rag_app.facts.draft import ChunkOf, Draft, figure_of
from rag_app.facts.types import Fact
from rag_app.store import chunk_from_dict

SAID = "From the filing's tagged data."
CANDIDATES = 4  # told at most where the look-up is not sure


def fact_answer(lookup: Lookup, chunk_of: ChunkOf, siblings: Siblings) -> Answer | None:
    """The answer to a look-up that is sure and found something; else None: see `candidates`.

    `siblings` finds what other filings tell of a figure.
    """
    facts = [cell.fact for cell in lookup.cells if cell.fact is not None]
    if not lookup.sure or not facts:
        return None
    draft = Draft(lookup.question, chunk_of)
    found, left, lines = _quantities(lookup, clashes(facts, siblings))
    results, chart = _written(draft, lookup, found) if found else ([], [])
    results += wording.values(draft, left)
    others = _restated(draft, lookup)
    sources = {f.filing_id for f in facts}
    origin = {f.origin for f in facts}
    told = [] if len({words.company(f) for f in facts}) < 2 else [wording.calendars(facts)]
    notes = [n for n in lookup.notes if not (others and n.startswith("restated:"))]  # said with its row
    for line in dict.fromkeys(chain(lines, told, notes)):
        draft.say(f"{wording.sentence(line)}\n" if line else "")
    draft.say(_said(len(sources), origin))
    figures = Figures(
        lookup.operation,
        tuple(draft.figure(f) for f in facts),
        tuple(draft.figure(f) for f in others),
        tuple(results),
        tuple(chart),
    )
    return draft.finished(lookup.confidence.lowest, figures)


def candidates(lookup: Lookup) -> Figures | None:
    """What a look-up that is not sure could mean, and why it is not; None where it found nothing."""
    facts: dict[tuple[object, ...], Fact] = {}
    for cell in lookup.cells:
        for fact in _of(cell):
            key = (fact.company, fact.concept, fact.members, fact.start, fact.end, fact.value)
            facts.setdefault(key, fact)
    if lookup.sure or not facts:
        return None
    told = tuple(figure_of(f) for f in list(facts.values())[:CANDIDATES])
    return Figures(lookup.operation, (), told, sure=False, doubts=lookup.doubts)


def doubtful(figures: Figures) -> str:
    """One line on candidates: what could be meant, and why none of them is stated."""
    told = "; ".join(
        f"{f.label} of {f.company} {f.period}: {f.amount} ({f.concept.rpartition(':')[2]})"
        for f in figures.others
    )
    why = f" ({'; '.join(d.rstrip('.') for d in figures.doubts)})" if figures.doubts else ""
    return f"the tagged data does not tell for sure which figure is meant{why}; it could be: {told}"


def chunks_of(workspace: Workspace) -> ChunkOf:
    """Finds the chunk of a fact among the workspace's filings; remembers what it found."""
    known: dict[str, Chunk | None] = {}

    def chunk_of(fact: Fact) -> Chunk | None:
        if fact.chunk_id not in known:
            known[fact.chunk_id] = _read_chunk(workspace, fact)
        return known[fact.chunk_id]

    return chunk_of


def _read_chunk(workspace: Workspace, fact: Fact) -> Chunk | None:
    wanted = f'"chunk_id": {json.dumps(fact.chunk_id, ensure_ascii=False)},'
    try:
        with (workspace.filings / fact.filing_id / "chunks.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                if wanted in line:
                    return chunk_from_dict(json.loads(line))
    except (OSError, ValueError, TypeError, KeyError):
        pass  # the figure is known all the same; what is wrong with the file is told by ingest and index
    return None


def _of(cell: Cell) -> list[Fact]:
    return [f for f in (cell.fact, *cell.alternatives) if f is not None]


Found = dict[str, list[list[Quantity]]]
"""Company → for each measure, or the one formula, its quantities in order of time."""


def _quantities(lookup: Lookup, clash: Clashes) -> tuple[Found, list[Quantity], list[str]]:
    """What is asked, company by company; the figures of a formula that cannot be computed; lines on why."""
    found: Found = {}
    left: list[Quantity] = []
    lines: list[str] = []
    count = len(lookup.measures)
    for company in lookup.companies:
        rows: list[list[Quantity]] = [[] for _ in range(1 if lookup.formula else count)]
        for period, span in enumerate(lookup.periods):
            cells = [lookup.cell(company, period, measure) for measure in range(count)]
            facts = [cell.fact for cell in cells]
            for measure, fact in zip(lookup.measures, facts, strict=True):
                if fact is None:
                    lines.append(f"no tagged figure for {measure.name}, {span.text}{_named(lookup, company)}")
            if not lookup.formula:
                for row, fact in zip(rows, facts, strict=True):
                    row += [_based(arithmetic.as_filed(fact), clash)] if fact is not None else []
                continue
            there = [f for f in facts if f is not None]
            if len(there) < count:
                left += [arithmetic.as_filed(f) for f in there]
                continue
            name = f"{lookup.name[:1].upper()}{lookup.name[1:]}"
            made = arithmetic.compute(lookup.formula, there, name, lookup.percent)
            if isinstance(made, Quantity):
                rows[0].append(_based(made, clash))
            else:
                left += [arithmetic.as_filed(f) for f in there]
                lines.append(f"{lookup.name}, {span.text}{_named(lookup, company)}: {made.refused}")
        if any(rows):
            found[company] = rows
    return found, left, lines


def _based(one: Quantity, clash: Clashes) -> Quantity:
    """With the filings that count one of its facts otherwise."""
    return replace(one, clashes=frozenset().union(*(clash.get(f.filing_id, ()) for f in one.facts)))


def _named(lookup: Lookup, company: str) -> str:
    """Whose it is, where several companies are asked for."""
    if len(lookup.companies) < 2:
        return ""
    names = (words.company(c.fact) for c in lookup.cells if c.company == company and c.fact)
    return f" of {next(names, company)}"


def _written(draft: Draft, lookup: Lookup, found: Found) -> tuple[list[Result], list[Series]]:
    results: list[Result] = []
    chart: list[Series] = []
    rows = [row for rows in found.values() for row in rows if row]
    if lookup.operation == "trend" and any(len(row) > 1 for row in rows):
        for row in rows:
            told, series = wording.trend(draft, row)
            results += told
            chart.append(series)
        return results, chart
    if lookup.operation in ("growth", "difference", "change") and all(len(row) > 1 for row in rows):
        write = wording.difference if lookup.operation == "difference" else wording.growth
        for row in rows:
            results += write(draft, row[-1], row[0])
            if lookup.operation == "change":
                results += wording.amount_of_change(draft, row[-1], row[0])
        return results, chart
    if len(found) > 1:
        for measure in range(len(next(iter(found.values())))):
            for period in range(max(len(rows[measure]) for rows in found.values())):
                beside = [rows[measure][period] for rows in found.values() if period < len(rows[measure])]
                results += wording.compared(draft, beside)
        return results, chart
    return wording.values(draft, [one for row in rows for one in row]), chart


def _restated(draft: Draft, lookup: Lookup) -> list[Fact]:
    """Figures that other filings or tables give otherwise for the same; each is said with its source."""
    told: list[Fact] = []
    for cell in lookup.cells:
        for other in cell.alternatives:
            if cell.fact is None or not _is_same_fact(cell.fact, other) or agree(cell.fact, other):
                continue
            if any(agree(other, t) and _is_same_fact(other, t) for t in told):
                continue
            told.append(other)
            source = f"{other.form} {other.source}".strip()
            again = other.filing_id == cell.fact.filing_id
            draft.say("The same filing also gives " if again else f"Restated: {source} gave ")
            draft.amount(other, handy=False).say(f" for {words.short_period(other)}.\n")
    return told


def _is_same_fact(left: Fact, right: Fact) -> bool:
    keys = [(f.concept, f.members, f.unit, f.start, f.end, f.cik or f.company) for f in (left, right)]
    return keys[0] == keys[1]


def _said(filings: int, origin: set[str]) -> str:
    if origin == {"companyfacts"}:
        return "From EDGAR's company facts, as the company tagged them."
    return SAID if filings == 1 else SAID.replace("filing's", "filings'")
