"""finetune.data.split: the two protocols, exactly, and validation without leaks."""

from __future__ import annotations

import errno
import json
import os
import random
from dataclasses import replace
from pathlib import Path

import pytest

from finetune.data.pairs import Gap, Pair, PairSet, load_pairs, pair_set
from finetune.data.saved import load_split, save_split, write_split
from finetune.data.split import split_pairs, validation_split
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
    assert split.cleaned is None  # rows count by position: equal ones too
    assert len(split.train) + len(split.test) == 20


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


def test_equal_questions_are_one_query_with_every_answer() -> None:
    pairs = [Pair(f"What was net income of T{i % 20}?", f"It was {i}.", f"T{i % 20:02d}") for i in range(40)]
    pairs += [Pair(q, f"{t} is audited.", t) for t, q in (("T00", "Who audits?"), ("T01", "who audits"))]
    split = split_pairs(pairs, "honest", 3)
    held = set(split.held_out)
    assert len(held) == 2
    assert [p.question for p in split.test] == list(dict.fromkeys(split.queries))
    for pair, gold in zip(split.test, split.relevant, strict=True):
        answers = {
            p.context for p in pairs if p.question.lower().strip("?") == pair.question.lower().strip("?")
        }
        assert {split.corpus[i] for i in gold} == answers
        assert pair.context in answers and pair.ticker in held
    assert len(split.test_rows) == sum(p.ticker in held for p in pairs)


def test_an_answer_of_a_training_company_counts_too_and_is_reported() -> None:
    pairs = [Pair(f"Which thing is number {i} there?", f"Thing {i}.", f"T{i % 10}") for i in range(40)]
    pairs += [Pair("Who audits?", f"T{i} is audited.", f"T{i}") for i in range(10)]
    split = split_pairs(pairs, "honest", 1)
    place = split.queries.index("Who audits?")
    assert {split.corpus[i] for i in split.relevant[place]} == {f"T{i} is audited." for i in range(10)}
    assert split.test[place].ticker in split.held_out
    assert split.leaked == 1
    assert len(split.train) == 45


def test_duplicates_are_one_row_and_equal_contexts_one_text() -> None:
    pairs = [Pair(f"Question {i}?", f"Text {i}.", f"T{i % 10}") for i in range(40)]
    pairs += [replace(p, question=p.question.upper(), context=f" {p.context}  ".upper()) for p in pairs[:15]]
    split = split_pairs(pair_set("x", pairs, [Gap(0, "TEXT 3."), Gap(1, "")]), "honest", 1)
    assert len(split.train) + len(split.test_rows) == 40
    assert sorted(split.corpus) == sorted(f"Text {i}." for i in range(40))
    assert split.cleaned is not None
    assert (split.cleaned.rows, split.cleaned.duplicate_rows) == (57, 15)
    assert all(len(found) == 1 for found in split.relevant)


def test_whole_filings_are_held_out_when_asked() -> None:
    pairs = [Pair(f"Question {i}?", f"Text {i}.", "ONE", f"20{i % 20:02d}_10K") for i in range(60)]
    split = split_pairs(pairs, "filing", 5)
    assert (split.protocol, len(split.held_out), len(split.test)) == ("filing", 2, 6)
    assert {f"ONE {p.filing}" for p in split.test} == set(split.held_out)
    assert not {p.filing for p in split.train} & {p.filing for p in split.test}
    # Filings of two companies may have one name.
    both = split_pairs([replace(p, ticker=t, filing="10K") for p in pairs for t in "AB"], "filing", 5)
    assert both.held_out in (("A 10K",), ("B 10K",))


@pytest.mark.parametrize("protocol", ["honest", "filing"])
def test_one_company_in_two_spellings_is_held_out_whole(protocol: str) -> None:
    spelled = [("AB", "f.htm"), ("ab", "F.htm"), (" Ab ", " f.HTM"), (None, "f.htm")]
    for seed in range(8):
        pairs = [Pair(f"Question {n}?", f"Text {n}.", *spelled[n % 4]) for n in range(16)]
        pairs += [Pair(f"Question {n}?", f"Text {n}.", "CD", "g.htm") for n in range(16, 30)]
        split = split_pairs(pairs, protocol, seed)  # type: ignore[arg-type]
        one = ("AB",) if protocol == "honest" else ("AB f.htm",)
        assert (split.held_out, len(split.test)) in (
            (one, 16),
            ((one[0].replace("AB", "CD").replace("f.", "g."),), 14),
        )
        assert len({p.ticker for p in split.train}) == len({p.ticker for p in split.test}) == 1


def test_a_filing_of_several_companies_gives_its_nameless_rows_none() -> None:
    pairs = [Pair(f"Question {n}?", f"Text {n}.", ("AB", "CD", None)[n % 3], "10K") for n in range(30)]
    held = {split_pairs(pairs, "honest", seed).held_out for seed in range(12)}
    assert held == {("AB",), ("CD",), ("10K",)}


def test_held_out_names_are_whole() -> None:
    pairs = [Pair(f"Question {n}?", f"{n % 20} " + "long text " * 20) for n in range(40)]
    split = split_pairs(pairs, "honest", 1)
    assert set(split.held_out) == {pair.context for pair in split.test}


def test_a_saved_split_comes_back_as_it_was(tmp_path: Path) -> None:
    pairs = pair_set("made.csv", [*made(200, companies=20), Pair("Q0", "c0", "T00")], [Gap(7, "a gap")])
    for split in (split_pairs(pairs, "seed", 9), split_pairs(pairs, "honest", 9)):
        save_split(tmp_path, split, pairs)
        assert load_split(tmp_path, pairs) == split
    saved = json.loads((tmp_path / "split.json").read_text("utf-8"))
    assert (saved["protocol"], saved["seed"]) == ("honest", 9)
    assert (saved["sha256"], saved["rows"]) == (pairs.sha256, 202)
    assert saved["held_out"] == list(split.held_out)
    assert [pairs.pairs[i] for i in saved["test"]] == list(split.test)


def test_a_saved_split_is_of_its_own_pairs_only(tmp_path: Path) -> None:
    pairs = pair_set("made.csv", made(40))
    with pytest.raises(PairsError, match=r"no split\.json; make one with: rag-app pairs split"):
        load_split(tmp_path, pairs)
    path = save_split(tmp_path, split_pairs(pairs), pairs)
    with pytest.raises(PairsError, match=r"other.csv has changed since .*split.json was made \(then 40 rows"):
        load_split(tmp_path, pair_set("other.csv", made(40)[:-1]))
    whole = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**whole, "queries": 5}), "utf-8")
    with pytest.raises(
        PairsError, match=r"made 5 test questions over 40 contexts, and its rows make 4 over 40"
    ):
        load_split(tmp_path, pairs)
    for damage, told in [
        ("{", "cannot be read"),
        ("[]", "not a saved split"),
        (json.dumps({**whole, "protocol": "other"}), "not a saved split"),
        (json.dumps({**whole, "test": [40]}), "names rows that are not there"),
        (json.dumps({**whole, "train": "all"}), "names rows that are not there"),
    ]:
        path.write_text(damage, "utf-8")
        with pytest.raises(PairsError, match=told):
            load_split(tmp_path, pairs)


def test_the_folder_of_a_split_is_whole_or_absent(tmp_path: Path) -> None:
    pairs = pair_set("made.csv", [*made(40), Pair("Q0?", "c1", "T00"), Pair("q0", "c2", "T00")])
    split = split_pairs(pairs, "honest", 4)
    write_split(tmp_path / "out", split, pairs)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["split.json", "test.jsonl", "train.jsonl"]
    assert load_pairs(str(tmp_path / "out" / "train.jsonl")).pairs == split.train
    assert load_pairs(str(tmp_path / "out" / "test.jsonl")).pairs == tuple(
        pairs.pairs[i] for i in split.test_rows
    )
    with pytest.raises(UsageError, match="exists and is not an empty folder"):
        write_split(tmp_path / "out", split, pairs)
    broken = replace(split, test_rows=(999,))
    with pytest.raises(IndexError):
        write_split(tmp_path / "half", broken, pairs)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match=r"cannot be made \(Not a directory\); name another folder"):
        write_split(tmp_path / "file" / "below", split, pairs)


def test_the_folder_may_be_the_one_we_stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = pair_set("made.csv", made(40))
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    write_split(Path(), split_pairs(pairs), pairs)
    # filled, not replaced: the shell still stands in it
    assert sorted(os.listdir(".")) == ["split.json", "test.jsonl", "train.jsonl"]  # noqa: PTH208
    assert [p.name for p in tmp_path.iterdir()] == ["here"]


def test_a_full_disk_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    pairs = pair_set("made.csv", made(40))
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UsageError, match=r"out cannot be made \(No space left on device\); name another"):
        write_split(tmp_path / "out", split_pairs(pairs), pairs)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_split() -> None:
    with pytest.raises(
        PairsError, match=r"found one .T00.*; add pairs of another company or use --protocol seed"
    ):
        split_pairs(made(30, companies=1), "honest")
    one = [replace(p, filing=f"f{i % 3}") for i, p in enumerate(made(30, companies=1))]
    with pytest.raises(PairsError, match="another company or use --protocol filing"):
        split_pairs(one, "honest")
    with pytest.raises(PairsError, match="no pair names its filing; add a column filing"):
        split_pairs(made(30), "filing", 42)
    with pytest.raises(PairsError, match="all rows have the same context"):
        split_pairs([Pair("q", "c", f"T{i}") for i in range(30)], "honest")
    with pytest.raises(PairsError, match="found one"):
        split_pairs([Pair("q", "c", "T")] * 30, "honest")
    with pytest.raises(PairsError, match="no row has both"):
        split_pairs([], "honest")
    assert len(split_pairs(made(10), "seed").test) == len(split_pairs(made(10), "honest").test) == 1
    with pytest.raises(PairsError, match="too few to split"):
        split_pairs(made(9), "seed")
    with pytest.raises(UsageError, match="expected seed, honest or filing"):
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
    tickers = sorted({p.ticker or "" for p in pairs.pairs})
    random.Random(42).shuffle(tickers)
    assert honest.held_out == tuple(tickers[:7])
    # 700 rows ask 691 different questions; 6,757 contexts are 6,746 without case, spaces and the empty one
    assert (len(honest.test_rows), len(honest.test), len(honest.corpus)) == (700, 691, 6746)
    assert (len(honest.train), sum(len(r) > 1 for r in honest.relevant), honest.leaked) == (6288, 13, 8)
    assert honest.cleaned is not None
    assert (honest.cleaned.duplicate_rows, honest.cleaned.merged_questions) == (10, 59)
