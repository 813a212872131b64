"""What the test shares with the training data: equal and nearly equal passages and questions.

Texts are compared without their numbers first. Where these agree too, the texts are near-duplicates;
where they differ, a model that learnt one has not learnt the other's answer ("net sales in 2022", "in
2023"), so such texts are counted apart. Knows no model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

import numpy as np

from finetune.data.clean import normalise, normalise_question
from finetune.data.split import Split

CONTEXT_LIKENESS = 0.8
"""Jaccard similarity of the word triples of two passages."""
QUESTION_LIKENESS = 0.85
"""Jaccard similarity of the words of two questions."""
MAX_EXAMPLES = 20
SHOWN = 240
"""Characters of a text in an example."""

Kind = Literal["same", "near", "numbers"]
Found = tuple[Kind, int, float]
"""What kind, which training text, how alike."""
Parts = frozenset[Hashable]
Numbers = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leak:
    """A test text and the training text it is like: `what` is context or question."""

    what: str
    kind: Kind
    test: str
    train: str
    similarity: float


@dataclass(frozen=True, slots=True)
class LeakReport:
    """Of `queries` test questions, how many have such a passage or question in the training data.

    same: equal but for case, spaces and the form of quotes and dashes. near: nearly equal, with the
    same numbers. numbers: nearly equal, with other numbers. A question counts once for its passages
    and once for itself, as the first of these that holds. `leaking` have any same or near.
    """

    queries: int
    same_context: int = 0
    near_context: int = 0
    numbers_context: int = 0
    same_question: int = 0
    near_question: int = 0
    numbers_question: int = 0
    leaking: int = 0
    examples: tuple[Leak, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values: counts, their `shares` of the questions, and examples."""
        counts = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "examples"}
        shares = {name: round(n / max(1, self.queries), 4) for name, n in counts.items() if name != "queries"}
        return {**counts, "shares": shares, "examples": [asdict(e) for e in self.examples]}


def leaks(split: Split) -> LeakReport:
    """Compare every test question and its relevant passages with all that is trained on."""
    contexts = list(dict.fromkeys(pair.context for pair in split.train))
    questions = list(dict.fromkeys(pair.question for pair in split.train))
    wanted = sorted(set().union(*split.relevant))
    places = {place: i for i, place in enumerate(wanted)}
    by_place = _compare(
        [normalise(split.corpus[i]) for i in wanted], [normalise(c) for c in contexts], 3, CONTEXT_LIKENESS
    )
    by_question = _compare(
        [normalise_question(q) for q in split.queries],
        [normalise_question(q) for q in questions],
        1,
        QUESTION_LIKENESS,
    )
    counts: Counter[str] = Counter()
    examples: list[tuple[int, Leak]] = []
    for query, asked, relevant in zip(split.queries, by_question, split.relevant, strict=True):
        answers = [(found, i) for i in sorted(relevant) if (found := by_place[places[i]])]
        kinds: set[str] = set()
        if answers:
            (kind, row, score), i = min(answers, key=lambda a: _rank(a[0]))
            kinds.add(kind)
            counts[f"{kind}_context"] += 1
            examples.append((i, _leak("context", kind, split.corpus[i], contexts[row], score)))
        if asked:
            kind, row, score = asked
            kinds.add(kind)
            counts[f"{kind}_question"] += 1
            examples.append((-1, _leak("question", kind, query, questions[row], score)))
        counts["leaking"] += bool(kinds & {"same", "near"})
    return LeakReport(len(split.queries), **counts, examples=_chosen(examples))


def _leak(what: str, kind: Kind, test: str, train: str, score: float) -> Leak:
    return Leak(what, kind, test[:SHOWN], train[:SHOWN], round(score, 3))


def _chosen(examples: Sequence[tuple[int, Leak]]) -> tuple[Leak, ...]:
    """Some of every kind, near-duplicates first: equal texts need no example to be believed."""
    once = list({(e.what, e.kind, e.test): e for _, e in examples}.values())
    order = [(kind, what) for kind in ("near", "numbers", "same") for what in ("question", "context")]
    queues = [[e for e in once if (e.kind, e.what) == key] for key in order]
    turns = (queue[i] for i in range(MAX_EXAMPLES) for queue in queues if i < len(queue))
    taken = [e for e, _ in zip(turns, range(MAX_EXAMPLES), strict=False)]
    return tuple(sorted(taken, key=lambda e: order.index((e.kind, e.what))))


def _rank(found: Found) -> tuple[int, float]:
    return ("same", "near", "numbers").index(found[0]), -found[2]


def _compare(test: Sequence[str], train: Sequence[str], words: int, least: float) -> list[Found | None]:
    """For each test text the training text that is most like it, if any reaches `least`."""
    equal = {text: i for i, text in reversed(list(enumerate(train)))}
    asked = [_parts(text, words) for text in test]
    # Training texts that are equal but for numbers are one group.
    groups: dict[Parts, dict[Numbers, int]] = {}
    for i, text in enumerate(train):
        parts, numbers = _parts(text, words)
        groups.setdefault(parts, {}).setdefault(numbers, i)
    rows_of = list(groups.values())
    sizes = np.array([len(parts) for parts in groups], dtype=np.int64)
    wanted = frozenset().union(*(parts for parts, _ in asked))
    postings: dict[Hashable, list[int]] = {}
    for group, parts in enumerate(groups):
        for part in parts & wanted:
            postings.setdefault(part, []).append(group)
    index = {part: np.array(found, dtype=np.int64) for part, found in postings.items()}
    out: list[Found | None] = []
    for text, (parts, numbers) in zip(test, asked, strict=True):
        if text in equal:
            out.append(("same", equal[text], 1.0))
            continue
        hits = [index[part] for part in parts if part in index]
        shared = np.bincount(np.concatenate(hits), minlength=len(sizes)) if hits else np.zeros_like(sizes)
        likeness = shared / (len(parts) + sizes - shared)
        found: list[Found] = []
        for group in np.flatnonzero(likeness >= least).tolist():
            rows, alike = rows_of[group], float(likeness[group])
            if numbers in rows:
                found.append(("near", rows[numbers], alike))
            else:
                found.append(("numbers", next(iter(rows.values())), alike))
        out.append(min(found, key=lambda f: (*_rank(f), f[1]), default=None))
    return out


def _parts(text: str, words: int) -> tuple[Parts, Numbers]:
    """The runs of `words` words, each number a #, and the numbers themselves."""
    tokens = re.findall(r"\d+(?:[.,]\d+)*|[^\W\d_]+", text)
    numbers = tuple(sorted(token for token in tokens if token[0].isdigit()))
    masked = ["#" if token[0].isdigit() else token for token in tokens]
    last = max(1, len(masked) - words + 1)
    return frozenset(tuple(masked[i : i + words]) for i in range(last)), numbers
