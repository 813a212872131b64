"""Which filings do not count a figure in the same way: they differ on a period that both tell.

After a share split or a new segmentation a figure of an older filing cannot be set against the newer one's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

from rag_app.facts import words
from rag_app.facts.types import Fact

Siblings = Callable[[Fact, Sequence[str]], Iterable[Fact]]
"""All facts of the same concept and members in these filings, by id."""
Clashes = dict[str, frozenset[str]]
"""Filing id → the filings that differ from it."""


def clashes(facts: Sequence[Fact], siblings: Siblings) -> Clashes:
    """The filings among those of `facts` that do not agree on one figure, looked at figure by figure."""
    found: dict[str, set[str]] = {}
    groups: dict[tuple[object, ...], list[Fact]] = {}
    for fact in facts:
        groups.setdefault((fact.cik or fact.company, fact.concept, fact.members), []).append(fact)
    for group in groups.values():
        filings = sorted({f.filing_id for f in group})
        if len(filings) < 2:
            continue
        told: dict[tuple[object, ...], dict[str, Fact]] = {}
        for fact in siblings(group[0], filings):
            told.setdefault((fact.start, fact.end, fact.unit), {}).setdefault(fact.filing_id, fact)
        for of_period in told.values():
            for left, right in combinations(of_period.values(), 2):
                if not agree(left, right):
                    found.setdefault(left.filing_id, set()).add(right.filing_id)
                    found.setdefault(right.filing_id, set()).add(left.filing_id)
    return {filing: frozenset(others) for filing, others in found.items()}


def agree(left: Fact, right: Fact) -> bool:
    """Whether two tags tell one value, to the digits that the rougher is exact to."""
    return abs(left.value - right.value) <= max(words.exact_to(left), words.exact_to(right)) / 2
