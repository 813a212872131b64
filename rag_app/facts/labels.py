"""Facts → what each table row is called, in print and by its tags."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rag_app.core.facts import TaggedLabel
from rag_app.facts.types import Fact


def tagged_labels(facts: Iterable[Fact]) -> list[TaggedLabel]:
    """The rows whose numbers all have one concept, whole-company ones only.

    A number of one segment or product is named by its axis, not by its concept, and is left out.
    """
    rows: dict[tuple[str, int], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.row >= 0:
            rows[fact.chunk_id, fact.row].append(fact)
    found: dict[tuple[str, str, str], TaggedLabel] = {}
    for row in rows.values():
        label = next((fact.label for fact in row if fact.label), "")
        first = row[0]
        if label and len({fact.concept for fact in row}) == 1 and not any(fact.members for fact in row):
            key = first.filing_id, label, first.concept
            found.setdefault(key, TaggedLabel(first.filing_id, label, first.concept, first.unit))
    return list(found.values())
