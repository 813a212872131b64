"""Training pairs out of the filings themselves, offline, by rules.

A positive is `Chunk.embed_text`, the text that the index embeds. Rules make questions of many kinds
(`finetune.synthetic.questions`); the round trip keeps those that find their source. Knows no file and no
index.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import islice

from finetune.data.pairs import Pair, PairSet, pair_set
from finetune.synthetic.concepts import other_words
from finetune.synthetic.questions import TABLES, Question, questions, statements, worded
from finetune.synthetic.roundtrip import BLOCK, Asked, RoundTrip
from rag_app.core.errors import PairsError
from rag_app.core.facts import TaggedLabel
from rag_app.core.types import Chunk, Encoder, Progress, ProgressFn, no_progress

SHARES: Mapping[str, float] = {
    "table": 0.1,
    "about": 0.15,
    "risk": 0.12,
    "heading": 0.07,
    "opinion": 0.05,
    "yesno": 0.03,
    "repeated": 0.15,
    "search": 0.03,
    "exhibit": 0.04,
}
"""At most these shares, as far as there are others: people ask about statements more than about headings."""
UNNAMED_ROWS = 0.6
"""People often ask for a figure and leave the company out: its filing is what they look at."""


def synthesize_pairs(
    chunks: Sequence[Chunk],
    limit: int = 1500,
    seed: int = 42,
    encoder: Encoder | None = None,
    on_progress: ProgressFn = no_progress,
    tagged: Iterable[TaggedLabel] = (),
    clear: bool = False,
) -> PairSet:
    """At most `limit` pairs, spread evenly over filings and chunks; equal inputs give equal pairs.

    With `encoder`, a question is kept only if it finds its own chunk (`roundtrip`). `tagged` are row labels
    with the concepts that inline XBRL gives them: other words for the same. `clear` names the company in
    every question that another company's filing answers too, for tests; people often leave it out. Raises
    PairsError when the chunks give no question.
    """
    check = RoundTrip(chunks, encoder, on_progress) if encoder is not None and chunks else None
    source = _round_robin(chunks, other_words(tagged), seed, 0.0 if clear else UNNAMED_ROWS)
    kept: list[Asked] = []
    while len(kept) < limit and (made := list(islice(source, BLOCK if check else limit))):
        kept += check.keep(made) if check else made
        on_progress(Progress("synthesize", min(len(kept), limit), limit, "questions from the filings"))
    if not kept:
        raise PairsError(f"{len(chunks)} chunks gave no question; ingest filings with prose or tables first")
    return pair_set("synthetic", (pair_of(entry.text, entry.chunk) for entry in kept[:limit]))


def pair_of(question: str, chunk: Chunk) -> Pair:
    """The pair of a question and the chunk it was made from."""
    group = chunk.meta.ticker or chunk.meta.company
    return Pair(question, chunk.embed_text, group, chunk.source, (chunk.text,))


class Sayings:
    """Which chunks say what, whose they are and from when: what a question must name to be clear."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._chunks = chunks
        self._places: dict[str, list[int]] = {}
        for place, chunk in enumerate(chunks):
            for said in statements(chunk):
                self._places.setdefault(said, []).append(place)

    def rivals(self, question: Question, chunk: Chunk) -> tuple[Set[int], bool, bool]:
        """(places of other companies' or periods' chunks that say it, is the company needed, the period)."""
        company, period = _company(chunk), _period(chunk)
        places: set[int] = set()
        others = earlier = False
        for place in self._places.get(question.says, ()):
            other = self._chunks[place]
            if _company(other) != company:
                others = True
            elif _period(other) != period:
                earlier = True
            else:
                continue
            places.add(place)
        return places, others, earlier


def _company(chunk: Chunk) -> str:
    return chunk.meta.cik or chunk.meta.ticker or (chunk.meta.company or chunk.filing_id).lower()


def _period(chunk: Chunk) -> tuple[object, ...]:
    return (chunk.meta.form, chunk.meta.fiscal_year, chunk.meta.fiscal_period)


def _round_robin(
    chunks: Sequence[Chunk],
    words: Mapping[str, Mapping[str, tuple[str, ...]]],
    seed: int,
    unnamed: float,
) -> Iterator[Asked]:
    """One question of a chunk of every filing in turn until all chunks had one, then a second of each, ...

    A question that two chunks would give is skipped the second time: it cannot teach which is meant.
    """
    sayings = Sayings(chunks)
    seen: set[str] = set()
    pools: dict[int, list[Question]] = {}
    mix = _Mix()
    order = _by_turns(chunks, random.Random(seed))  # noqa: S311 - reproducible
    while order:
        again = []
        before = mix.total
        for place in order:
            chunk = chunks[place]
            rng = random.Random(f"{seed} {chunk.chunk_id} {len(pools.get(place, ()))}")  # noqa: S311
            if place not in pools:
                pools[place] = questions(chunk, rng, words.get(chunk.filing_id))
            entry = _next(pools[place], chunk, sayings, seen, rng, mix, unnamed)
            if entry is not None:
                yield entry
            if pools[place]:
                again.append(place)
        order = again
        if mix.total == before:  # nothing else is left: take more of each
            mix.loosen()


def _by_turns(chunks: Sequence[Chunk], rng: random.Random) -> list[int]:
    """All places, in random order within a filing, a filing after the other."""
    filings: dict[str, list[int]] = {}
    for place, chunk in enumerate(chunks):
        filings.setdefault(chunk.filing_id, []).append(place)
    queues = list(filings.values())
    rng.shuffle(queues)
    for queue in queues:
        rng.shuffle(queue)
    order = []
    while queues:
        order += [queue.pop() for queue in queues]
        queues = [queue for queue in queues if queue]
    return order


def _next(
    pool: list[Question],
    chunk: Chunk,
    sayings: Sayings,
    seen: set[str],
    rng: random.Random,
    mix: _Mix,
    unnamed: float,
) -> Asked | None:
    """The chunk's next question that is clear, new and of a kind that there are not too many of."""
    for place in range(len(pool) - 1, -1, -1):
        question = pool[place]
        rivals, name, period = sayings.rivals(question, chunk)
        group = _group(question, chunk, period)
        if not mix.room(group):
            continue
        del pool[place]
        if question.kind in TABLES and rng.random() < unnamed:
            # every company has a row of this name, but another number in it
            rivals, name, period = frozenset(), False, False
        text = worded(question, chunk, rng, name=name, period=period)
        if text and text.lower() not in seen:
            seen.add(text.lower())
            mix.add(group)
            return Asked(text, chunk, rivals)
    return None


class _Mix:
    """How many questions of each group there are, and whether there is room for more of one."""

    def __init__(self) -> None:
        self.total = 0
        self._factor = 1.0
        self._counts: Counter[str] = Counter()

    def room(self, group: str) -> bool:
        factor = self._factor**0.4 if group == "table" else self._factor  # prose first: there are always rows
        return self._counts[group] < SHARES.get(group, 1.0) * factor * (self.total + 20)

    def loosen(self) -> None:
        self._factor *= 1.3

    def add(self, group: str) -> None:
        self._counts[group] += 1
        self.total += 1


def _group(question: Question, chunk: Chunk, repeated: bool) -> str:
    if (chunk.item or "").upper().startswith("EX-"):
        return "exhibit"
    if question.kind in TABLES:
        return "table"
    # companies repeat whole risk sections, and only the filing's date tells them apart
    return "repeated" if repeated else question.kind
