"""finetune.evaluation.forgetting: what counts as losing, and which questions may be asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from finetune.data.pairs import Pair, pair_set
from finetune.data.split import split_pairs
from finetune.evaluation import forgetting as module
from finetune.evaluation.apart import Trained
from finetune.evaluation.chunk_queries import chunk_queries
from finetune.evaluation.evaluate import Evaluation
from finetune.evaluation.forgetting import (
    check_for,
    forgetting,
    judged_dims,
    made_from,
    share_kept,
    told_of,
)
from rag_app.core.metrics import Scores
from rag_app.core.types import Chunk
from tests.conftest import make_chunk


def evaluation(told: dict[int, list[float]] | None = None, **dims: list[float]) -> Evaluation:
    by_dim = {int(name[1:]): scores for name, scores in dims.items()}

    def column(found: dict[int, list[float]], told: Evaluation | None = None) -> Evaluation:
        means = {dim: Scores(sum(s) / len(s), 0, 0, 0) for dim, s in found.items()}
        kept = {dim: tuple(s) for dim, s in found.items()}
        return Evaluation("m", "chunks", len(next(iter(found.values()))), 99, means, kept, 3, told)

    return column(by_dim, column(told) if told else None)


FLAT = [0.5] * 40
UP, DOWN = [0.6] * 40, [0.49] * 40
FEW_LOST = [0.5] * 39 + [0.0]  # one of forty: -0.0125, not sure
CHANCE = [0.5] * 37 + [0.0, 0.0, 0.5]  # two of forty: -0.025, not sure, but too much
BASE = evaluation(d384=FLAT, d256=FLAT, d128=FLAT, d64=FLAT)


@pytest.mark.parametrize(
    ("after", "loses"),
    [
        (evaluation(d384=UP, d256=UP, d128=UP, d64=UP), False),
        (evaluation(d384=FLAT, d256=FLAT, d128=FLAT, d64=FLAT), False),
        (evaluation(d384=FEW_LOST, d256=UP, d128=UP, d64=UP), False),
        (evaluation(d384=CHANCE, d256=UP, d128=UP, d64=UP), True),  # the mean alone is enough
        (evaluation(d384=DOWN, d256=UP, d128=UP, d64=UP), True),  # a sure loss, however small
        (evaluation(d384=UP, d256=UP, d128=DOWN, d64=UP), True),
        (evaluation(d384=UP, d256=DOWN, d128=UP, d64=DOWN), False),  # neither full width nor 128
    ],
)
def test_what_loses(after: Evaluation, loses: bool) -> None:
    found = forgetting("asked", BASE, after)
    assert found["loses"] is loses
    assert bool(found["why"]) is loses


def test_the_told_column_counts_too() -> None:
    base = evaluation({384: FLAT, 128: FLAT}, d384=FLAT, d128=FLAT)
    tuned = evaluation({384: UP, 128: DOWN}, d384=UP, d128=UP)
    found = forgetting("asked", base, tuned)
    assert found["loses"]
    assert found["why"] == [
        "-0.010 nDCG@10 at 128 dimensions with the filing told (95% interval -0.010 to -0.010, 40 questions)"
    ]
    assert (found["source"], found["questions"], found["chunks"], found["unanswerable"]) == (
        "asked",
        40,
        99,
        3,
    )
    assert found["dims"]["384"]["base"] == 0.5
    assert found["dims"]["384"]["tuned"] == pytest.approx(0.6)
    assert found["filing_told"]["questions"] == 40
    assert list(found["filing_told"]["dims"]) == ["384", "128"]
    assert told_of(found).startswith("loses on filings: -0.010")


def test_share_kept() -> None:
    found = evaluation(d384=[0.8], d128=[0.6], d64=[0.2])
    assert share_kept(found) == {"128": pytest.approx(0.75), "64": pytest.approx(0.25)}
    assert share_kept(evaluation(d384=[0.0], d128=[0.0])) == {}


def test_in_words() -> None:
    assert told_of({}) == "not checked on filings"
    assert told_of({"skipped": "no filings"}) == "not checked on filings: no filings"
    kept = forgetting("asked", BASE, evaluation(d384=UP, d256=UP, d128=UP, d64=UP))
    assert told_of(kept) == (
        "keeps its ground on filings: +0.100 nDCG@10 at 384 dimensions over all of them "
        "(95% interval +0.100 to +0.100, 40 questions)"
    )
    assert "which includes zero" in told_of(forgetting("asked", BASE, BASE))


THINGS = "turbines anchors kettles lanterns magnets needles hammers badges".split()


def corpus(companies: int, each: int = 30) -> list[Chunk]:
    def said(i: int, n: int) -> str:
        return (
            f"In {2000 + n} the company sold {37 + n * 7} {THINGS[i % 8]} to harbour number {n}. "
            f"Revenue from {THINGS[i % 8]} rose by {n + 3}% because the price of steel number {n} fell."
        )

    return [
        make_chunk(i, said(i, 100 * company + i), f"ZZ{'ABCDEFGHIJ'[company]}")
        for company in range(companies)
        for i in range(each)
    ]


SEEDS = [Pair(f"question {i}?", f"context {i}", f"T{i % 12}") for i in range(60)]


def test_questions_are_made_from_the_filings() -> None:
    chunks = corpus(4)
    check = check_for(SEEDS, chunks, split_pairs(SEEDS))
    assert (check.skipped, check.chunks) == ("", tuple(chunks))
    assert module.FEWEST <= len(check.pairs) <= module.QUESTIONS
    assert check == check_for(SEEDS, chunks, None)
    assert {p.ticker for p in check.pairs} == {"ZZA", "ZZB", "ZZC", "ZZD"}


def test_training_passages_are_never_asked_about() -> None:
    chunks = corpus(4)
    made = pair_set("synthetic", [Pair(f"q {c.chunk_id}?", c.embed_text, c.meta.ticker) for c in chunks])
    assert made_from(made.pairs, chunks) and not made_from(SEEDS, chunks)
    split = split_pairs(made)
    check = check_for(made.pairs, chunks, split)
    held = {pair.ticker for pair in split.test}
    assert len(held) == 1 and {pair.ticker for pair in check.pairs} == held
    assert check.chunks == tuple(chunks)  # asked about one company, searched over all
    assert check_for(made.pairs, chunks, None).skipped == (
        "the pairs are about the same passages, and no company is held out"
    )


def test_no_check_without_filings_or_questions() -> None:
    assert check_for(SEEDS, [], None).skipped == "the workspace has no filings"
    few = check_for(SEEDS, corpus(1, 2), None)
    assert few.skipped.startswith("the filings give ") and few.skipped.endswith(" are needed")


def test_of_many_filings_some_are_searched_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CHUNKS", 70)
    chunks = corpus(5)
    check = check_for(SEEDS, chunks, None)
    sizes = {f: sum(c.filing_id == f for c in check.chunks) for f in {c.filing_id for c in check.chunks}}
    assert sorted(sizes.values()) == [30, 30]
    assert {pair.filing for pair in check.pairs} <= {c.filing_id for c in check.chunks}


def test_passages_cut_otherwise_are_not_asked_about() -> None:
    chunks = corpus(4)
    trained = [c for c in chunks if c.meta.ticker != "ZZB"]
    windows = [f"{a.text} {b.text}" for a, b in zip(trained[::2], trained[1::2], strict=True)]
    pairs = [Pair(f"q {i}?", text, f"T{i % 12}") for i, text in enumerate(windows)]
    assert not made_from(pairs, chunks)
    check = check_for(pairs, chunks, None)
    assert {pair.ticker for pair in check.pairs} == {"ZZB"}
    assert len(check.pairs) >= module.FEWEST and check.chunks == tuple(chunks)


def test_what_counts_as_trained_on() -> None:
    words = [f"word{i}" for i in range(40)]
    trained = Trained([" ".join(words), "Total revenue, net: $1,234 in all"])
    assert trained.holds(" ".join([*words[10:30], "and", "more"]).upper())
    assert trained.holds(" ".join([*words[:16], *"abcdefgh"]))  # 9 of 17 runs
    assert not trained.holds(" ".join([*words[:14], *"abcdefgh"]))  # 7 of 15
    assert not trained.holds(" ".join(reversed(words)))
    assert trained.holds("revenue net 1234") and not trained.holds("revenue net 123")


def test_filings_of_one_file_name_are_told_apart() -> None:
    chunks = [replace(c, source="filing.htm") for c in corpus(4)]
    made = pair_set("synthetic", [Pair(f"q {c.chunk_id}?", c.embed_text, c.meta.ticker) for c in chunks])
    check = check_for(made.pairs, chunks, split_pairs(made))
    held = {pair.ticker for pair in split_pairs(made).test}
    assert {pair.ticker for pair in check.pairs} == held and len(held) == 1
    own = {c.filing_id for c in chunks if c.meta.ticker in held}
    assert {pair.filing for pair in check.pairs} == own
    within = chunk_queries(check.pairs, chunks).within
    assert {chunks[i].filing_id for places in within for i in places} == own


@pytest.mark.parametrize(
    ("width", "dims", "found"),
    [(384, (128, 64), (384, 128, 64)), (384, (256,), (384, 256, 128)), (32, (8, 16), (32, 16, 8))],
)
def test_the_judged_widths_are_always_measured(
    width: int, dims: tuple[int, ...], found: tuple[int, ...]
) -> None:
    assert judged_dims(width, dims) == found
