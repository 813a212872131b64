"""Which pairs train, which test, and what corpus the test searches: the protocols, and validation.

"seed" is the protocol of the published figures: random rows, every row's context in the corpus, one
gold row a query. It leaks (some test contexts are trained on), so "honest" is the default: whole
companies (or filings) are held out, over cleaned pairs (`finetune.data.clean`):

- the corpus is every different context of the data, of training and held-out companies alike;
- equal questions of held-out companies are one query;
- relevant is every context of the data that was given for the question. A question that names no
  company ("What was net income in 2023?") may have an answer at each of several companies, trained on
  or held out: nothing in the question tells which one is meant, so none of them is a wrong answer.
  Training pairs are not taken out for it; `finetune.data.leaks` counts such questions.

"filing" is the same with filings held out. Pairs that come with a test part of their own (a BEIR
folder's qrels/test.tsv) are tested by it, whatever protocol is asked for: this is "beir". Its corpus is
every different text of the folder, also those that answer nothing, its right answers are the test
part's, and nothing is cleaned; all other pairs train.

Knows no model.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from finetune.data.clean import CleanReport, clean, unique_contexts
from finetune.data.pairs import Gap, Pair, PairSet, pair_set
from rag_app.core.errors import PairsError, UsageError

Protocol = Literal["seed", "honest", "filing"]
OWN = "beir"
"""The protocol of pairs that have a test part of their own."""
TEST_SHARE = 10
"""One in this many rows (seed) or groups (honest) is for testing."""


@dataclass(frozen=True, slots=True)
class Split:
    """Pairs to train on, questions to test with, and the corpus that is searched.

    `test[i]` is the (first) pair that asks question i, and `relevant[i]` the positions in `corpus`
    that answer it. `leaked` counts questions with an answer that, word for word, is trained on.
    `train_rows` and `test_rows` are places among the pairs that were split: `test_rows` names every
    row held out, also those whose questions merged. `held_out` names the companies or filings, and
    `cleaned` says what cleaning did, None where nothing is cleaned. The last `added` of `train` are
    pairs that only train, and `unmatched` those of `held_out` that these nowhere name
    (`finetune.data.extra`).
    """

    train: tuple[Pair, ...]
    test: tuple[Pair, ...]
    corpus: tuple[str, ...]
    relevant: tuple[frozenset[int], ...]
    protocol: str
    seed: int
    leaked: int = 0
    held_out: tuple[str, ...] = ()
    train_rows: tuple[int, ...] = ()
    test_rows: tuple[int, ...] = ()
    cleaned: CleanReport | None = None
    added: int = 0
    unmatched: tuple[str, ...] = ()

    @property
    def queries(self) -> tuple[str, ...]:
        """The test questions."""
        return tuple(pair.question for pair in self.test)


def split_pairs(
    pairs: PairSet | Sequence[Pair],
    protocol: Protocol = "honest",
    seed: int = 42,
) -> Split:
    """Split by a protocol; the same pairs, protocol and seed give the same split.

    Give the PairSet, not its pairs, where rows were dropped: the published protocol counts them.
    "honest" holds out companies, "filing" filings. Pairs with `test_rows` are split by these ("beir").

    Raises PairsError when there are too few rows or groups to hold some out, UsageError for an
    unknown protocol.
    """
    given = pairs if isinstance(pairs, PairSet) else pair_set("pairs", pairs)
    if protocol not in get_args(Protocol):
        raise UsageError(f"unknown protocol {protocol!r}; expected seed, honest or filing")
    if given.test_rows:
        own = set(given.test_rows)
        rest = [row for row in range(len(given.pairs)) if row not in own]
        return rebuild(given, OWN, seed, rest, given.test_rows)
    if protocol == "seed":
        return rebuild(given, "seed", seed, *_choose_rows(given, seed))
    return _split_groups(given, seed, protocol)


def rebuild(
    pairs: PairSet,
    protocol: str,
    seed: int,
    train_rows: Sequence[int],
    test_rows: Sequence[int],
    held_out: Sequence[str] = (),
) -> Split:
    """The split of chosen rows, as `split_pairs` and a saved split choose them."""
    rows = _rows(pairs.pairs, pairs.gaps)
    chosen = tuple(held_out), tuple(train_rows), tuple(test_rows)
    if protocol == "seed":
        place = [i for i, row in enumerate(rows) if isinstance(row, Pair)]
        train, test = ([pairs.pairs[i] for i in part] for part in (train_rows, test_rows))
        corpus = tuple(row.context for row in rows)
        relevant = tuple(frozenset({place[i]}) for i in test_rows)
        return Split(
            tuple(train), tuple(test), corpus, relevant, protocol, seed,
            _leaked(train, corpus, relevant), *chosen,
        )  # fmt: skip
    if protocol == OWN:
        train, test = ([pairs.pairs[i] for i in part] for part in (train_rows, test_rows))
        corpus = tuple(dict.fromkeys(row.context for row in rows if row.context))
        merged, relevant = _by_question(test, test, corpus)
        return Split(
            tuple(train), merged, corpus, relevant, protocol, seed,
            _leaked(train, corpus, relevant), *chosen,
        )  # fmt: skip
    cleaned = clean(pairs)
    by_row = dict(zip(cleaned.rows, cleaned.pairs, strict=True))
    if not by_row.keys() >= {*train_rows, *test_rows}:
        raise PairsError(f"{pairs.name}: cleaning left out rows that the split names; split anew")
    corpus = unique_contexts(rows, cleaned.pairs)
    if len(corpus) < 2:
        raise PairsError(f"{pairs.name}: all rows have the same context; add pairs on other passages")
    train, test = ([by_row[i] for i in part] for part in (train_rows, test_rows))
    merged, relevant = _by_question(test, cleaned.pairs, corpus)
    return Split(
        tuple(train), merged, corpus, relevant, protocol, seed,
        _leaked(train, corpus, relevant), *chosen, cleaned.report,
    )  # fmt: skip


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
    pairs have one context, or there are none.
    """
    if not pairs:
        raise PairsError("no pairs are left to train on: all are the test part; add qrels/train.tsv")
    rng = random.Random(seed)  # noqa: S311 - a reproducible split, not a secret
    wanted = max(1, min(max_queries, int(len(pairs) * share)))
    keys = [p.context for p in pairs] if protocol == "seed" else _validation_keys(pairs, wanted)
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
    name = f"{protocol}-validation"
    if protocol == "honest":
        merged, relevant = _by_question(test, pairs, corpus)
        return Split(train, merged, tuple(corpus), relevant, name, seed, _leaked(train, corpus, relevant))
    position = {text: i for i, text in enumerate(corpus)}
    relevant = tuple(frozenset({position[pair.context]}) for pair in test)
    return Split(train, tuple(test), tuple(corpus), relevant, name, seed, _leaked(train, corpus, relevant))


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


def _by_question(
    test: Iterable[Pair], pairs: Iterable[Pair], corpus: Sequence[str]
) -> tuple[tuple[Pair, ...], tuple[frozenset[int], ...]]:
    """The first pair of each question in `test`, and every text of `corpus` that `pairs` gives it."""
    position = {text: i for i, text in enumerate(corpus)}
    answers: dict[str, set[int]] = {}
    for pair in pairs:
        if pair.context in position:
            answers.setdefault(pair.question, set()).add(position[pair.context])
    first: dict[str, Pair] = {}
    for pair in test:
        first.setdefault(pair.question, pair)
    return tuple(first.values()), tuple(frozenset(answers[question]) for question in first)


def _leaked(train: Iterable[Pair], corpus: Sequence[str], relevant: Sequence[frozenset[int]]) -> int:
    seen = {pair.context for pair in train}
    return sum(any(corpus[i] in seen for i in found) for found in relevant)


def _choose_rows(pairs: PairSet, seed: int) -> tuple[list[int], list[int]]:
    """Train and test places among the pairs: all rows are shuffled, also those without a pair."""
    rows = _rows(pairs.pairs, pairs.gaps)
    order = list(range(len(rows)))
    random.Random(seed).shuffle(order)  # noqa: S311 - the published protocol
    cut = len(rows) // TEST_SHARE
    place = {i: n for n, i in enumerate(i for i, row in enumerate(rows) if isinstance(row, Pair))}
    test = [place[i] for i in order[:cut] if i in place]
    if not test:
        raise PairsError(
            f"{pairs.name}: {len(pairs.pairs)} pairs are too few to split; at least {TEST_SHARE} are needed"
        )
    return [place[i] for i in order[cut:] if i in place], test


def _rows(pairs: Sequence[Pair], gaps: Sequence[Gap]) -> list[Pair | Gap]:
    """The rows of the file: pairs with the dropped rows back in their places."""
    empty = {gap.row: gap for gap in gaps}
    remaining = iter(pairs)
    return [empty.get(i) or next(remaining) for i in range(len(pairs) + len(gaps))]


def _split_groups(pairs: PairSet, seed: int, protocol: Protocol) -> Split:
    cleaned = clean(pairs)
    if protocol == "filing" and not any(pair.filing for pair in cleaned.pairs):
        raise PairsError(f"{pairs.name}: no pair names its filing; add a column filing or split by company")
    keys = [group_of(pair, protocol) for pair in cleaned.pairs]
    groups = sorted(set(keys))
    if len(groups) < 2:
        filings = len({_filing_key(pair) for pair in cleaned.pairs if pair.filing})
        remedy = "--protocol filing" if protocol == "honest" and filings > 1 else "--protocol seed"
        only = groups[0] if groups else "none"
        raise PairsError(
            f"the {protocol} protocol needs at least two companies or filings, found one ({only[:60]}); "
            f"add pairs of another company or use {remedy}"
        )
    random.Random(seed).shuffle(groups)  # noqa: S311 - a reproducible split, not a secret
    held = groups[: max(1, round(len(groups) / TEST_SHARE))]
    test_keys = set(held)
    train = [row for row, key in zip(cleaned.rows, keys, strict=True) if key not in test_keys]
    test = [row for row, key in zip(cleaned.rows, keys, strict=True) if key in test_keys]
    return rebuild(pairs, protocol, seed, train, test, held)


def group_of(pair: Pair, protocol: str) -> str:
    """What `held_out` calls the group of a cleaned pair."""
    return _filing_key(pair) if protocol == "filing" else _group_key(pair)


def _group_key(pair: Pair) -> str:
    """The company; without one the filing; without either the context itself."""
    return pair.ticker or pair.filing or pair.context


def _filing_key(pair: Pair) -> str:
    """The filing and its company, because every company may call its filing 2023_10K."""
    return f"{pair.ticker or ''} {pair.filing}".strip() if pair.filing else _group_key(pair)
