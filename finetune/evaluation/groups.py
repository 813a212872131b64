"""The gain by company and by kind of question: a mean may hide who lost.

Knows no model; takes two evaluations of the same questions, and a label a question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from finetune.data.pairs import Pair
from finetune.evaluation.evaluate import Evaluation
from finetune.evaluation.significance import paired_bootstrap

UNKNOWN = "unknown"
FEWEST = 5
"""Questions below which an interval says nothing: the bootstrap of one question has no width."""


@dataclass(frozen=True, slots=True)
class GroupGain:
    """One group's nDCG@10 at one dimension, base and tuned, and the 95% interval of its gain.

    A group of fewer than `FEWEST` questions has no interval: low, high and includes_zero are None.
    """

    label: str
    queries: int
    base: float
    tuned: float
    gain: float
    low: float | None
    high: float | None
    wins: int
    losses: int
    ties: int
    includes_zero: bool | None

    def as_dict(self) -> dict[str, Any]:
        """The fields, for JSON."""
        return asdict(self)


def by_group(
    before: Evaluation, after: Evaluation, labels: Sequence[str], dim: int, seed: int = 0
) -> list[GroupGain]:
    """One row a label, the greatest gain first; ties by label.

    Raises ValueError when there is not one label a question.
    """
    base, tuned = before.per_query[dim], after.per_query[dim]
    if not len(labels) == len(base) == len(tuned):
        raise ValueError(f"a label a question expected, got {len(labels)} for {len(base)}")
    members: dict[str, list[int]] = {}
    for place, label in enumerate(labels):
        members.setdefault(label, []).append(place)
    rows = []
    for label, places in members.items():
        was, now = [base[i] for i in places], [tuned[i] for i in places]
        found = paired_bootstrap(was, now, seed).as_dict()
        if len(places) < FEWEST:
            found |= dict.fromkeys(("low", "high", "includes_zero"))
        rows.append(GroupGain(label, len(places), sum(was) / len(was), sum(now) / len(now), **found))
    return sorted(rows, key=lambda row: (-row.gain, row.label))


def company_of(pair: Pair) -> str:
    """The company a pair is about, in one case: its ticker, else its filing, else "unknown"."""
    ticker, filing = (pair.ticker or "").strip(), (pair.filing or "").strip()
    return ticker.upper() or filing.casefold() or UNKNOWN


def groups(
    before: Evaluation, after: Evaluation, asked: Sequence[Pair], dim: int, seed: int = 0
) -> Mapping[str, list[dict[str, Any]]]:
    """`by_group` by company and by kind, as JSON. No company rows where no company is known."""
    kinds = by_group(before, after, [question_kind(p.question) for p in asked], dim, seed)
    companies = [company_of(pair) for pair in asked]
    known = any(name != UNKNOWN for name in companies)
    rows = by_group(before, after, companies, dim, seed) if known else []
    return {"by_company": [r.as_dict() for r in rows], "by_kind": [r.as_dict() for r in kinds]}


_ASKS = "what|which|who|whom|whose|when|where|why|how"
_VERBS = "is|are|was|were|does|do|did|has|have|had|can|could|will|would|should|may|might|must"
_LEAD = re.compile(
    r"^(?:according to|as of|as at|in|for|during|under|by|at|on|with|within|from|over|after|before|since|"
    rf"through|based on|regarding|given|compared (?:to|with))\b(?! (?:{_ASKS})\b)[^?]*?"
    rf"(?:,? (?=(?:{_ASKS})\b)|, (?=(?:{_VERBS})\b))"
)
"""A clause before the question itself: "As of 2023, how many …"."""
_FIGURES = (
    r"revenues?|sales|income|earnings|profits?|loss(?:es)?|expenses?|costs?|margins?|ratios?|rates?|prices?|"
    r"balances?|totals?|amounts?|values?|percentages?|percent|numbers?|counts?|sizes?|eps|dividends?|"
    r"per share|proportions?|shares?|assets|liabilities|equity|debt|cash flows?|expenditures?|spending|"
    r"payments?|proceeds|increases?|decreases?|changes?|growth|declines?|yields?|obligations?|charges?|fees|headcount|capacity|"
    r"inventor(?:y|ies)|receivables?|payables?"
)
_LISTS = (
    r"types|kinds|categories|components|sources|segments|factors|items|products|services|risks|ways|methods|"
    r"examples|elements|steps|options|markets|criteria|areas|goals|priorities|initiatives|strategies|"
    r"objectives|features|drivers|divisions|brands|topics|pillars|principles|responsibilities|committees"
)
_COUNTS = "two|three|four|five|six|seven|eight|nine|ten|main|key|primary|major|principal|different|various"
# The head of "What was the change in …" ends at its first preposition or participle.
_HEAD = (
    r"^what (?:is|was|are|were|did|has been)\b(?:(?! (?:of|for|in|on|under|to|from|by|as|with|that|used|"
    r"related|regarding|concerning|associated)\b)[^?])*?"
)
_RULES: tuple[tuple[str, str], ...] = (
    ("date", r"^(?:by |until |since )?when\b"),
    (
        "date",
        rf"\b(?:what|which)(?: (?!{_VERBS})\w+){{0,2}} "
        r"(?:dates?|years?|months?|days?|quarters?)\b(?![- ](?:over|to))",
    ),
    ("date", rf"{_HEAD}\b(?:date|year|deadline)\b(?![- ](?:over|to|ended|fair|share))"),
    ("figure", r"\bhow (?:much|many|large|big|high|low|long|old|often|far|fast)\b"),
    (
        "figure",
        rf"^(?:\w+ )?(?:what|which)(?: (?!{_VERBS})\w+){{0,2}} "
        r"(?:percentage|percent|amount|number|proportion|portion|share)\b",
    ),
    (
        "explanation",
        r"\bwhy\b|\breasons?\b|\bwhat (?:has |have )?(?:caused|led|drove|driven|contribut|explain)",
    ),
    ("explanation", r"\bwhat (?:\w+ )?factors (?:\w+ )?(?:caused|led|drove|contribut|affect|influenc)"),
    ("explanation", r"^how\b|^explain\b"),
    (
        "list",
        rf"^(?:list|identify|which of)\b|^what (?:\w+ )?(?:{_LISTS}) \w|^name (?:\w+ )?(?:{_COUNTS})\b",
    ),
    ("list", rf"^what (?:are|were)\b(?: \S+){{0,4}} (?:{_COUNTS}|{_LISTS})\b"),
    ("name", r"^(?:\w+ )?(?:who|whom|whose|where|which)\b|^name\b"),
    (
        "name",
        r"^(?:\w+ )?what (?:\w+ )?"
        r"(?:company|firm|bank|person|position|title|city|country|state|exchange|symbol|section|agency)\b",
    ),
    ("name", rf"{_HEAD}\b(?:names?|symbol|title|position|headquarters)\b"),
    ("figure", rf"{_HEAD}\b(?:{_FIGURES})\b"),
    ("definition", r"^(?:\w+ )?what\b|^(?:define|describe)\b"),
    ("yes-no", rf"^(?:{_VERBS})\b"),
)
KINDS = ("figure", "date", "name", "explanation", "definition", "list", "yes-no", "other")
"""name: who, where or which; explanation: why or how; definition: what something is or does."""


def question_kind(text: str) -> str:
    """What a question asks for, one of `KINDS`, told by its first words."""
    plain = " ".join(re.sub(r"[“”\"]", " ", text.lower()).split()).rstrip("?. ")
    asked = _LEAD.sub("", plain, count=1)
    return next((kind for kind, pattern in _RULES if re.search(pattern, asked)), "other")
