"""Pairs that only train: added to a set whose own rows are tested, never tested themselves.

"The seed pairs plus synthetic ones" is a fair comparison with the seed pairs alone only if the test stays
the same and nothing of it is in what was added. Knows no model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from finetune.data.clean import normalise, normalise_question
from finetune.data.pairs import Pair, PairSet
from finetune.data.split import Split


def join(first: PairSet, *others: PairSet) -> PairSet:
    """`first`, with the pairs of `others` to train on besides; its hash is over all of them."""
    if not others:
        return first
    digest = hashlib.sha256("+".join(s.sha256 for s in (first, *others)).encode("ascii")).hexdigest()
    added = tuple(pair for other in others for pair in (*other.pairs, *other.extra))
    name = "+".join(s.name for s in (first, *others))
    return replace(first, name=name, sha256=digest, extra=(*first.extra, *added))


def without_held_out(extra: Sequence[Pair], *held: Split) -> tuple[Pair, ...]:
    """Those of `extra` that share no context, question or held-out company or filing with the tests."""
    contexts = {normalise(split.corpus[i]) for split in held for places in split.relevant for i in places}
    questions = {normalise_question(question) for split in held for question in split.queries}
    names = {name.casefold() for split in held for name in split.held_out}
    return tuple(
        pair
        for pair in extra
        if normalise(pair.context) not in contexts
        and normalise_question(pair.question) not in questions
        and not names & _names(pair)
    )


def _names(pair: Pair) -> set[str]:
    """What a split may call the company or the filing of a pair."""
    ticker, filing = (pair.ticker or "").casefold(), (pair.filing or "").casefold()
    return {ticker, filing, f"{ticker} {filing}".strip()} - {""}
