"""finetune.data.split: the two protocols, exactly, and validation without leaks."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from finetune.data.pairs import Gap, Pair, PairSet, load_pairs, pair_set
from finetune.data.split import count_leaked, split_pairs, validation_split
from rag_app.core.errors import PairsError, UsageError

SHARED = Path(os.environ.get("RAG_APP_SHARED") or Path(__file__).parents[1].parent / "shared" / "data")
SEED_CSV = SHARED / "seed" / "Financial-QA-10k.csv"


def made(n: int, companies: int = 10) -> list[Pair]:
    return [Pair(f"q{i}", f"c{i}", f"T{i % companies:02d}") for i in range(n)]


def test_seed_protocol_is_the_published_shuffle() -> None:
    pairs = made(50)
    order = list(range(50))
    random.Random(7).shuffle(order)
    split = split_pairs(pairs, "seed", 7)
    assert split.test == tuple(pairs[i] for i in order[:5])
    assert split.train == tuple(pairs[i] for i in order[5:])
    assert split.corpus == tuple(p.context for p in pairs)
    assert split.relevant == tuple(frozenset({i}) for i in order[:5])
    assert split.leaked == 0
    assert (split.protocol, split.seed) == ("seed", 7)


def test_seed_protocol_counts_empty_rows_in_their_places() -> None:
    pairs = pair_set("x", made(18), [Gap(3, "only a context"), Gap(19, "")])
    split = split_pairs(pairs, "seed", 1)
    assert len(split.corpus) == 20
    assert split.corpus[3] == "only a context"
    assert len(split.train) + len(split.test) == 18
    for pair, gold in zip(split.test, split.relevant, strict=True):
        assert split.corpus[next(iter(gold))] == pair.context


def test_seed_protocol_reports_its_leak() -> None:
    pairs = [Pair(f"q{i}", "same" if i < 12 else f"c{i}") for i in range(20)]
    split = split_pairs(pairs, "seed", 42)
    assert split.leaked == sum(p.context == "same" for p in split.test) > 0
    assert count_leaked(split.train, split.test) == split.leaked


def test_honest_protocol_holds_out_whole_companies() -> None:
    pairs = made(200, companies=20)
    split = split_pairs(pairs, "honest", 3)
    tickers = sorted({p.ticker or "" for p in pairs})
    random.Random(3).shuffle(tickers)
    assert {p.ticker for p in split.test} == set(tickers[:2])
    assert not {p.ticker for p in split.test} & {p.ticker for p in split.train}
    assert [p.question for p in split.test] == [p.question for p in pairs if p.ticker in set(tickers[:2])]
    assert len(split.corpus) == len(set(split.corpus)) == 200
    assert all(
        split.corpus[next(iter(g))] == p.context for p, g in zip(split.test, split.relevant, strict=True)
    )


def test_honest_groups_by_filing_then_by_context() -> None:
    by_filing = split_pairs([Pair(f"q{i}", f"c{i}", None, f"f{i % 4}") for i in range(40)], "honest", 1)
    assert len({p.filing for p in by_filing.test}) == 1
    assert len(by_filing.test) == 10
    by_text = split_pairs([Pair(f"q{i}", f"c{i // 2}") for i in range(40)], "honest", 1)
    assert not {p.context for p in by_text.train} & {p.context for p in by_text.test}


def test_what_cannot_be_split() -> None:
    with pytest.raises(PairsError, match="at least two companies or filings, found one"):
        split_pairs(made(30, companies=1), "honest")
    with pytest.raises(PairsError, match="too few to split"):
        split_pairs(made(9), "seed")
    with pytest.raises(UsageError, match="expected seed or honest"):
        split_pairs(made(30), "random")  # type: ignore[arg-type]


@pytest.mark.parametrize("protocol", ["seed", "honest"])
def test_validation_never_leaks_and_is_bounded(protocol: str) -> None:
    pairs = [Pair(f"q{i}", f"c{i // 3}", f"T{i % 3}{(i // 3) % 17}") for i in range(600)]
    split = validation_split(pairs, protocol, 5, share=0.1, max_queries=40, max_corpus=100)  # type: ignore[arg-type]
    assert 0 < len(split.test) <= 40
    assert split.leaked == 0 or protocol == "honest"
    assert len(split.corpus) <= 100
    assert len(split.train) + len(split.test) == 600
    assert all(
        split.corpus[next(iter(g))] == p.context for p, g in zip(split.test, split.relevant, strict=True)
    )
    assert split.protocol == f"{protocol}-validation"


def test_validation_holds_out_the_largest_groups_that_it_can_afford() -> None:
    companies = validation_split(made(400, companies=40), "honest", share=0.1)
    assert not {p.ticker for p in companies.train} & {p.ticker for p in companies.test}
    # Two companies of 200 pairs: holding one out would halve the training data.
    few = [Pair(f"q{i}", f"c{i // 2}", f"T{i % 2}", f"f{i % 2}") for i in range(400)]
    split = validation_split(few, "honest", share=0.1)
    assert len(split.test) == 40
    assert len(split.train) == 360
    assert split.leaked == 0


def test_validation_of_one_company_falls_back_to_contexts() -> None:
    split = validation_split(made(40, companies=1), "honest")
    assert len(split.test) == 4
    assert split.leaked == 0
    with pytest.raises(PairsError, match="same context"):
        validation_split([Pair("a", "c"), Pair("b", "c")], "honest")


@pytest.mark.shared
@pytest.mark.skipif(not SEED_CSV.exists(), reason=f"no seed pairs at {SEED_CSV}")
def test_the_seed_pairs_split_as_documented() -> None:
    pairs: PairSet = load_pairs(str(SEED_CSV))
    assert (len(pairs.pairs), pairs.dropped) == (6998, 2)
    seed = split_pairs(pairs, "seed", 42)
    assert (len(seed.test), len(seed.corpus), seed.leaked) == (700, 7000, 44)
    honest = split_pairs(pairs, "honest", 42)
    assert (len(honest.test), len({p.ticker for p in honest.test}), len(honest.corpus)) == (700, 7, 6757)
