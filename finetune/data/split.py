"""Which pairs train, which test, and what corpus the test searches: two protocols, and validation.

"seed" is the protocol of the published figures: random rows, every row's context in the corpus, one
gold row a query. It leaks (some test contexts are trained on), so "honest" is the default: whole
companies are held out. Knows no model.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from finetune.data.pairs import Gap, Pair, PairSet
from rag_app.core.errors import PairsError, UsageError

Protocol = Literal["seed", "honest"]
TEST_SHARE = 10
"""One in this many rows (seed) or groups (honest) is for testing."""


@dataclass(frozen=True, slots=True)
class Split:
    """Pairs to train on, pairs to test with, and the corpus that is searched.

    `relevant[i]` holds the positions in `corpus` that answer `test[i]`. `leaked` counts test pairs
    whose exact context is also trained on.
    """

    train: tuple[Pair, ...]
    test: tuple[Pair, ...]
    corpus: tuple[str, ...]
    relevant: tuple[frozenset[int], ...]
    protocol: str
    seed: int
    leaked: int = 0

    @property
    def queries(self) -> tuple[str, ...]:
        """The test questions."""
        return tuple(pair.question for pair in self.test)


def split_pairs(pairs: PairSet | Sequence[Pair], protocol: Protocol = "honest", seed: int = 42) -> Split:
    """Split by a protocol; the same pairs, protocol and seed give the same split.

    Give the PairSet, not its pairs, where rows were dropped: the published protocol counts them.

    Raises PairsError when there are too few rows or groups to hold some out, UsageError for an
    unknown protocol.
    """
    kept, gaps = (pairs.pairs, pairs.gaps) if isinstance(pairs, PairSet) else (tuple(pairs), ())
    if protocol == "seed":
        return _split_rows(kept, gaps, seed)
    if protocol == "honest":
        return _split_groups(kept, gaps, seed)
    raise UsageError(f"unknown protocol {protocol!r}; expected seed or honest")


def validation_split(
    pairs: Sequence[Pair],
    protocol: Protocol = "honest",
    seed: int = 42,
    share: float = 0.1,
    max_queries: int = 600,
    max_corpus: int = 2000,
) -> Split:
    """Hold out a part of the TRAINING pairs for choosing checkpoints.

    Honest holds out whole companies where they are small enough, else filings, else contexts; seed
    holds out contexts. At most `max_queries` pairs are asked; the corpus is their contexts plus
    training contexts up to `max_corpus` texts, to keep an evaluation short. Raises PairsError when all
    pairs have one context.
    """
    rng = random.Random(seed)  # noqa: S311 - a reproducible split, not a secret
    wanted = max(1, min(max_queries, int(len(pairs) * share)))
    keys = _validation_keys(pairs, wanted) if protocol == "honest" else [p.context for p in pairs]
    groups = sorted(set(keys))
    if len(groups) < 2:
        raise PairsError("all training pairs have the same context; validation needs at least two")
    rng.shuffle(groups)
    members: dict[str, list[int]] = {}
    for index, key in enumerate(keys):
        members.setdefault(key, []).append(index)
    held: list[int] = []
    for group in groups[:-1]:  # one group must stay for training
        if held and len(held) + len(members[group]) > wanted:
            continue
        held.extend(members[group])
        if len(held) >= wanted:
            break
    held_set = set(held)
    train = tuple(p for i, p in enumerate(pairs) if i not in held_set)
    test = [pairs[i] for i in sorted(held)]
    if len(test) > max_queries:
        test = [test[i] for i in sorted(rng.sample(range(len(test)), max_queries))]
    contexts = list(dict.fromkeys(p.context for p in test))
    others = [c for c in dict.fromkeys(p.context for p in train) if c not in set(contexts)]
    room = max(0, max_corpus - len(contexts))
    corpus = contexts + (others if len(others) <= room else rng.sample(others, room))
    return _by_context(train, test, corpus, f"{protocol}-validation", seed)


def _validation_keys(pairs: Sequence[Pair], wanted: int) -> list[str]:
    """The coarsest grouping that does not cost much more training data than `wanted` pairs."""
    levels = (
        [_group_key(pair) for pair in pairs],
        [pair.filing or pair.context for pair in pairs],
        [pair.context for pair in pairs],
    )
    for keys in levels[:-1]:
        sizes = Counter(keys)
        if len(sizes) > 1 and max(sizes.values()) <= 1.5 * wanted:
            return keys
    return levels[-1]


def count_leaked(train: Sequence[Pair], test: Sequence[Pair]) -> int:
    """How many test pairs have a context that, word for word, is trained on."""
    seen = {pair.context for pair in train}
    return sum(pair.context in seen for pair in test)


def _split_rows(pairs: Sequence[Pair], gaps: Sequence[Gap], seed: int) -> Split:
    rows = _rows(pairs, gaps)
    order = list(range(len(rows)))
    random.Random(seed).shuffle(order)  # noqa: S311 - the published protocol
    cut = len(rows) // TEST_SHARE
    gold = [i for i in order[:cut] if isinstance(rows[i], Pair)]
    if not gold:
        raise PairsError(f"{len(pairs)} pairs are too few to split; at least {TEST_SHARE} are needed")
    test = tuple(row for i in gold if isinstance(row := rows[i], Pair))
    train = tuple(row for i in order[cut:] if isinstance(row := rows[i], Pair))
    corpus = tuple(row.context for row in rows)
    relevant = tuple(frozenset({i}) for i in gold)
    return Split(train, test, corpus, relevant, "seed", seed, count_leaked(train, test))


def _rows(pairs: Sequence[Pair], gaps: Sequence[Gap]) -> list[Pair | Gap]:
    """The rows of the file: pairs with the dropped rows back in their places."""
    empty = {gap.row: gap for gap in gaps}
    remaining = iter(pairs)
    return [empty.get(i) or next(remaining) for i in range(len(pairs) + len(gaps))]


def _split_groups(pairs: Sequence[Pair], gaps: Sequence[Gap], seed: int) -> Split:
    keys = [_group_key(pair) for pair in pairs]
    groups = sorted(set(keys))
    if len(groups) < 2:
        only = groups[0] if groups else "none"
        raise PairsError(
            f"the honest protocol needs at least two companies or filings, found one ({only[:60]}); "
            "add pairs of another company or use --protocol seed"
        )
    random.Random(seed).shuffle(groups)  # noqa: S311 - a reproducible split, not a secret
    held = set(groups[: max(1, round(len(groups) / TEST_SHARE))])
    train = tuple(p for p, key in zip(pairs, keys, strict=True) if key not in held)
    test = [p for p, key in zip(pairs, keys, strict=True) if key in held]
    corpus = list(dict.fromkeys(row.context for row in _rows(pairs, gaps)))
    return _by_context(train, test, corpus, "honest", seed)


def _group_key(pair: Pair) -> str:
    """The company; without one the filing; without either the context itself."""
    return pair.ticker or pair.filing or pair.context


def _by_context(
    train: Sequence[Pair], test: Sequence[Pair], corpus: Sequence[str], protocol: str, seed: int
) -> Split:
    position = {text: i for i, text in enumerate(corpus)}
    relevant = tuple(frozenset({position[pair.context]}) for pair in test)
    return Split(
        tuple(train), tuple(test), tuple(corpus), relevant, protocol, seed, count_leaked(train, test)
    )
