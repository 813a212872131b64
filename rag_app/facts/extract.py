"""A parsed filing with its chunks → its facts, and what to report of them.

Joins what the tags say, where the number stands, and the company's calendar.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from rag_app.core.types import Chunk, Filing
from rag_app.facts.calendar import calendar_of
from rag_app.facts.link import place_numbers
from rag_app.facts.types import Fact

FACTS_VERSION = "2"  # changes whenever the same filing gives other facts


def facts_of(filing: Filing, chunks: Sequence[Chunk]) -> tuple[tuple[Fact, ...], tuple[str, ...]]:
    """The facts in reading order, and at most one line on what was left out or contradicts itself."""
    tagged = filing.tagged
    if not tagged.numbers and not tagged.remarks:
        return (), ()
    meta = filing.meta
    calendar = calendar_of(meta, tagged.document, [(n.start, n.end) for n in tagged.numbers if n.start])
    period_of = cache(calendar.period_of)  # a filing tells of few periods, many times each
    places = place_numbers(tagged.numbers, filing.sections, chunks)
    facts = []
    for order, (number, place) in enumerate(zip(tagged.numbers, places, strict=True)):
        year, period = period_of(number.start, number.end)
        facts.append(
            Fact(
                filing_id=filing.filing_id,
                order=order,
                concept=number.concept,
                label=place.label,
                section=place.section,
                statement=place.statement,
                column=place.column,
                shown=place.shown,
                value=number.value,
                scale=number.scale,
                decimals=number.decimals,
                unit=number.unit,
                start=number.start,
                end=number.end,
                fiscal_year=year,
                fiscal_period=period,
                members=number.members,
                chunk_id=chunks[place.chunk].chunk_id if place.chunk >= 0 else "",
                row=place.line,
                company=meta.company or "",
                ticker=meta.ticker or "",
                cik=meta.cik or "",
                accession=meta.accession or "",
                form=meta.form or "",
                source=filing.source,
            )
        )
    remarks = list(tagged.remarks)
    if count := contradictions(facts):
        remarks.append(f"{count:,} told twice with different values (both kept)")
    return tuple(facts), (f"tagged figures: {', '.join(remarks)}",) if remarks else ()


def contradictions(facts: Sequence[Fact]) -> int:
    """How many figures are told with values that differ by more than their rounding."""
    same: dict[tuple[object, ...], list[Fact]] = defaultdict(list)
    for fact in facts:
        same[fact.concept, fact.unit, fact.start, fact.end, fact.members].append(fact)
    return sum(not _agree(told) for told in same.values() if len(told) > 1)


def _agree(told: Sequence[Fact]) -> bool:
    """Whether one value rounds to all of them."""
    ranges = [(fact.value - half, fact.value + half) for fact in told for half in [_half(fact)]]
    return max(low for low, _ in ranges) <= min(high for _, high in ranges)


def _half(fact: Fact) -> Decimal:
    """Half of the last digit that counts."""
    digits = fact.decimals
    known = digits.lstrip("-").isdigit() and len(digits) < 4
    return Decimal(5).scaleb(-int(digits) - 1) if known else Decimal(0)
