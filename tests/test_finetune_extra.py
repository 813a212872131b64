"""Pairs that only train: joined to a tested set, kept out of its tests, and named with a plus."""

from __future__ import annotations

from pathlib import Path

import pytest

from finetune.data.extra import join, without_held_out
from finetune.data.pairs import Pair, pair_set, save_pairs
from finetune.data.split import split_pairs
from finetune.pipeline import FinetuneConfig, _plan
from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import UsageError
from ui.synthetic import count_of, sources_of
from ui.workflows import open_pairs

COMPANIES = [f"Z{letter}" for letter in "ABCDEFGHIJ"]


def pair(number: int, ticker: str, text: str = "") -> Pair:
    return Pair(
        f"What is number {number} of {ticker}?",
        text or f"Text {number} of {ticker}.",
        ticker,
        f"{ticker}.htm",
    )


def human() -> list[Pair]:
    return [pair(n, ticker) for ticker in COMPANIES for n in range(6)]


def test_the_first_set_is_tested_and_the_others_only_train() -> None:
    first, second, third = (pair_set(name, [pair(n, "ZA")]) for n, name in enumerate("abc"))
    assert join(first) is first
    both = join(first, second, third)
    assert (both.name, both.pairs, both.extra) == ("a+b+c", first.pairs, (*second.pairs, *third.pairs))
    assert len({first.sha256, both.sha256, join(first, second).sha256}) == 3
    assert split_pairs(join(pair_set("h", human()), second)) == split_pairs(pair_set("h", human()))


def test_nothing_of_a_test_is_trained_on() -> None:
    split = split_pairs(pair_set("h", human()), "honest", 42)
    held = split.held_out[0]
    context = split.corpus[min(split.relevant[0])]
    kept = pair(1, "NEW")
    extra = [
        kept,
        pair(2, "NEW", context.upper()),  # a held-out passage, printed otherwise
        Pair(split.queries[0].rstrip("?"), "Another text.", "NEW"),  # a held-out question
        Pair("What else is there?", "A third text.", held),  # a held-out company
    ]
    assert without_held_out(extra, split) == (kept,)


def test_added_pairs_are_trained_on_after_the_split() -> None:
    config = FinetuneConfig()
    alone = _plan(pair_set("h", human()), config, None)
    held = alone.split.held_out[0] if alone.split else ""
    new = [pair(n, "NEW") for n in range(5)]
    added = pair_set("s", [*new, pair(9, held, "Its other text.")])
    both = _plan(join(pair_set("h", human()), added), config, None)
    assert both.pairs == (*alone.pairs, *new)
    assert both.tests[0].queries == alone.tests[0].queries
    assert both.validation == alone.validation
    assert both.split is not None and alone.split is not None
    assert both.split.train == (*alone.split.train, *new)


def test_sources_joined_with_a_plus(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b, c = (pair_set("x", [pair(n, "ZA")]) for n in range(3))
    monkeypatch.chdir(tmp_path)
    save_pairs(Path("a.jsonl"), a)
    save_pairs(Path("b.jsonl"), b)
    save_pairs(Path("a+b.jsonl"), c)
    both = open_pairs(workspace, Settings(), "a.jsonl+ b.jsonl")
    assert (both.name, both.pairs, both.extra) == ("a.jsonl+b.jsonl", a.pairs, b.pairs)
    assert open_pairs(workspace, Settings(), "a+b.jsonl").pairs == c.pairs  # a file may have one in its name
    assert sources_of("a.jsonl+synthetic:9") == ["a.jsonl", "synthetic:9"]
    with pytest.raises(UsageError, match="a name is missing beside"):
        open_pairs(workspace, Settings(), "a.jsonl+")


def test_how_many_synthetic_pairs_are_asked_for() -> None:
    assert [count_of(s) for s in ("synthetic", "synthetic:2000", "a.csv", "hub:x:train")] == [
        0,
        2000,
        None,
        None,
    ]
    for wrong in ("synthetic:", "synthetic:0", "synthetic:many", "synthetic:-3"):
        with pytest.raises(UsageError, match="expected synthetic:N"):
            count_of(wrong)
