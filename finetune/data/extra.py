"""Pairs that only train: added to a set whose own rows are tested, never tested themselves.

"The seed pairs plus synthetic ones" is a fair comparison with the seed pairs alone only if the test stays
the same and nothing of it is in what was added. A company that one set calls by its name and the other
by its ticker cannot be seen to be the same; `Split.unmatched` tells which names to look at. Knows no model.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from finetune.data.clean import named, normalise, normalise_question
from finetune.data.pairs import Pair, PairSet
from finetune.data.split import Split, group_of

Name = tuple[str, str]
"""Ticker and filing of a pair, in lower case; "" where it names none."""


def join(first: PairSet, *others: PairSet) -> PairSet:
    """`first`, with the pairs of `others` to train on besides; its hash is over all of them."""
    if not others:
        return first
    digest = hashlib.sha256("+".join(s.sha256 for s in (first, *others)).encode("ascii")).hexdigest()
    added = tuple(pair for other in others for pair in (*other.pairs, *other.extra))
    name = "+".join(s.name for s in (first, *others))
    return replace(first, name=name, sha256=digest, extra=(*first.extra, *added))


def with_extra(split: Split, extra: Sequence[Pair]) -> Split:
    """`split`, with what may train of `extra` at the end of its training pairs."""
    if not extra:
        return split
    kept = without_held_out(extra, split)
    return replace(split, train=(*split.train, *kept), added=len(kept), unmatched=unmatched(extra, split))


def without_held_out(extra: Sequence[Pair], *held: Split) -> tuple[Pair, ...]:
    """Those of `extra` that share no context, question or held-out company or filing with the tests.

    Filings are compared without case and suffix, names with commas part by part, and globs match. Two
    pairs that both name a company are about the same one only where it is equal, because every company
    may call its filing 2023_10K.
    """
    contexts = {normalise(split.corpus[i]) for split in held for places in split.relevant for i in places}
    questions = {normalise_question(question) for split in held for question in split.queries}
    about = [_about(extra, split) for split in held]
    return tuple(
        pair
        for place, pair in enumerate(extra)
        if normalise(pair.context) not in contexts
        and normalise_question(pair.question) not in questions
        and not any(found[place] for found in about)
    )


def unmatched(extra: Sequence[Pair], split: Split) -> tuple[str, ...]:
    """The held-out companies or filings that `extra` nowhere names: it lacks them, or writes them
    otherwise, and then it holds pairs on them that should not train.
    """
    if not extra:
        return ()
    seen = set().union(*_about(extra, split))
    told = {group_of(pair, split.protocol) for pair in split.test if pair.ticker or pair.filing}
    return tuple(name for name in split.held_out if name in told - seen)


def _about(extra: Sequence[Pair], split: Split) -> list[frozenset[str]]:
    """For each of `extra`, the names in `held_out` that it is about."""
    if not split.held_out or not extra:
        return [frozenset()] * len(extra)
    plain = {name.casefold(): name for name in split.held_out}
    owners: dict[Name, str] = {}
    for pair in split.test:
        owners.setdefault(_name(pair), group_of(pair, split.protocol))
    owners.pop(("", ""), None)
    # an added row may lack the company that other rows of its filing name
    names = [_name(pair) for pair in named((*split.train, *split.test, *extra))[-len(extra) :]]
    found: dict[Name, frozenset[str]] = {}
    for name in dict.fromkeys(names):
        ticker, filing = name
        called = {ticker, f"{ticker} {filing}".strip()} | (set() if ticker else {filing})
        equal = {plain[text] for text in called if text in plain}
        same = {group for owner, group in owners.items() if _same(name, owner, split.protocol)}
        found[name] = frozenset(equal | same)
    return [found[name] for name in names]


def _name(pair: Pair) -> Name:
    return (pair.ticker or "").strip().casefold(), (pair.filing or "").strip().casefold()


def _same(one: Name, other: Name, protocol: str) -> bool:
    """Whether two pairs may be about the same company, or (filing protocol) the same filing."""
    (ticker, filing), (its_ticker, its_filing) = one, other
    if not (ticker and its_ticker):
        return _same_filing(filing, its_filing)
    if ticker != its_ticker:
        return False
    return protocol != "filing" or not (filing and its_filing) or _same_filing(filing, its_filing)


def _same_filing(one: str, other: str) -> bool:
    return any(a == b or _matches(a, b) or _matches(b, a) for a in _filings(one) for b in _filings(other))


def _filings(told: str) -> set[str]:
    """The files that a cell names, without suffixes: itself, and its parts where it has commas."""
    parts = {told, *told.split(",")}
    return {re.sub(r"\.[a-z]{3,5}$", "", part.strip()) for part in parts} - {""}


def _matches(name: str, pattern: str) -> bool:
    return ("*" in pattern or "?" in pattern) and fnmatchcase(name, pattern)
