"""The figures of a company as entries, the phrases that say them, and how well words fit a phrase.

Knows no company's labels: `measures` collects them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rag_app.facts.segments import Members, is_boring
from rag_app.facts.terms import FRAME, WEAK, words_of

CAPTION = re.compile(
    r"^(?:(?!(?:in|on|the|our|its|certain|of|to|from)\b)[\w.,'’&()-]+ ){0,7}"
    r"(?:statements? of (?:consolidated )?(?:operations|income|earnings|cash flows|financial (?:position"
    r"|condition))|balance sheets?|(?:income|cash flow) statements?)(?: and [\w ()]+)?(?: ?[(\[–—-].*)?$",
    re.IGNORECASE,
)
"""The caption of a statement, not a sentence that speaks of one."""
STATEMENT = re.compile(
    r"\b(?:on|in|from|per|according to|as (?:shown|reported|stated|carried|presented) (?:on|in))?(?: the"
    r"| its| their)?"
    r"(?: consolidated)? ?\b(?:balance sheets?|income statements?|statements? of (?:operations|income"
    r"|earnings|cash flows?)|"
    r"cash flow statements?|financial statements?)\b(?! total)|\b(?:on a )?cash[- ]flow basis\b",
    re.IGNORECASE,
)
"""Where a figure stands: says nothing of which it is."""
NET = "net"
SLACK = WEAK | FRAME
_SMALL = frozenset(
    "a an the of for to by on at in from with and or its their our s is are was were what net".split()
)
VAGUE = frozenset(
    "debt tax income interest investment margin other loss product service current noncurrent foreign us"
    " federal state "
    "expense cost return basic diluted change gain".split()
)
"""Of these alone a question says too little, whatever a label may be called."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to say a concept: its terms, how surely they mean it, its words as printed.

    `off`: those that it is net of; to ask for them is to ask for something else.
    """

    terms: frozenset[str]
    weight: float
    words: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """A concept of some members as a company tags it."""

    concept: str
    members: Members
    unit: str
    instant: bool
    face: bool
    n: int
    label: str


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that words may mean. `exact`: they say all of one of its names and nothing else."""

    entry: Entry
    score: float
    exact: bool
    left: tuple[str, ...] = ()


def score(
    asked: frozenset[str],
    said: frozenset[str],
    optional: frozenset[str],
    phrase: Phrase,
    netted: bool,
    idle: frozenset[str],
    weights: Mapping[str, float],
) -> tuple[float, bool, tuple[str, ...]]:
    """(how well a phrase fits what is `asked`, whether exactly, the words that it does not explain).

    `said` are the words as they stand, `optional` terms that the phrase may have over them, `idle` terms that
    say nothing beside it; `netted`: the figure is net of something. `weights` tell how much a term says.
    """
    if phrase.off & asked and NET not in asked:
        return 0.0, False, ()
    left = asked - phrase.terms
    miss = phrase.terms - asked - optional
    hard_left, hard_miss = left - SLACK, miss - SLACK
    idle_left = hard_left & idle if hard_left and not hard_miss else frozenset()
    hard_left -= idle_left
    union = said | phrase.words
    words = 0.08 * len(said & phrase.words) / len(union) if phrase.words else 0.0
    weak_left, weak_miss = left - FRAME - hard_left, miss - FRAME - hard_miss
    if (
        NET in weak_left and not netted and "revenue" not in phrase.terms
    ):  # "net" that the figure is not: net interest, net debt
        hard_left |= {NET}
    if not hard_left and not hard_miss and not (weak_left and weak_miss):
        if not (asked & phrase.terms) - SLACK or _vague(asked - idle_left, phrase.terms):
            return 0.0, False, ()
        words += 0.02 * len(asked & phrase.terms & FRAME) - 0.01 * len((phrase.terms - asked) & FRAME)
        return phrase.weight + words - 0.02 * len(weak_left | weak_miss | idle_left), True, ()

    def mass(terms: Iterable[str]) -> float:
        return sum(weights.get(t, 2.0) for t in terms)

    shared = mass((asked & phrase.terms) - SLACK)
    share = shared / (shared + 1.2 * mass(hard_left) + 0.7 * mass(hard_miss)) if shared else 0.0
    return 0.9 * share * phrase.weight + words, False, tuple(sorted(hard_left))


def _vague(asked: frozenset[str], phrase: frozenset[str]) -> bool:
    return len(asked - FRAME) == 1 and asked - FRAME <= VAGUE and len(asked & phrase) == 1


def row_key(text: str) -> tuple[str, ...]:
    """The words by which a row is told from others."""
    bare = STATEMENT.sub(" ", re.sub(r"\(\d+\)", " ", text))
    return tuple(w for w in words_of(bare) if w == "paid" or (w not in FRAME and w not in _SMALL))


def plain(text: str) -> str:
    """`text` for comparing letter by letter: small, brackets kept, without other marks and note numbers."""
    return " ".join(re.sub(r"\(\d+\)|[^a-z0-9()&]", " ", text.lower().replace("’", "'")).split())


def speaking(members: Members) -> frozenset[tuple[str, str]]:
    """Without the members that go without saying."""
    told = frozenset(m for m in members if not is_boring(*m))
    return told or frozenset(members)


def implied(extra: frozenset[tuple[str, str]]) -> bool:
    """Whether members not asked for are only the segment or the level that what was asked for lies in."""
    return all(axis.rpartition(":")[2] == "StatementBusinessSegmentsAxis" for axis, _ in extra)
