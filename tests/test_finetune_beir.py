"""finetune.data.beir and .trec: written and read back, and what other tools wrote."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from finetune.data.beir import corpus_ids, export_beir, export_trec, query_ids
from finetune.data.pairs import Gap, Pair, PairSet, load_pairs, pair_set
from finetune.data.saved import load_split, save_split
from finetune.data.split import Split, split_pairs, validation_split
from finetune.data.trec import read_qrels, write_qrels, write_run
from rag_app.core.errors import PairsError, UsageError
from tests.trec_run import read_run


def made() -> PairSet:
    pairs = [
        Pair(f"Question {i}\tof {i}?", f"Text {i},\nin two lines.", f"T{i % 10}", "10K") for i in range(50)
    ]
    pairs += [Pair("Who audits?", f"T{i} is audited.", f"T{i}", "10K") for i in range(10)]
    return pair_set("made.csv", pairs, [Gap(4, "A context alone.")])


def answers(split: Split) -> dict[str, set[str]]:
    pairs = zip(split.queries, split.relevant, strict=True)
    return {query: {split.corpus[i] for i in found} for query, found in pairs}


def test_beir_and_back(tmp_path: Path) -> None:
    split = split_pairs(made(), "honest", 3)
    export_beir(tmp_path / "beir", split)
    pairs = load_pairs(str(tmp_path / "beir"))
    found = split_pairs(pairs, "honest", 5)
    assert found == replace(split_pairs(pairs, "seed", 42), seed=5)  # its own test part, whatever is asked
    assert answers(found) == answers(split)
    assert set(found.corpus) == set(split.corpus) and len(found.corpus) == 61
    assert "A context alone." in found.corpus
    assert found.test == split.test
    assert set(found.train) == set(split.train)
    assert (found.leaked, found.protocol, found.cleaned) == (split.leaked, "beir", None)
    assert (split.leaked, found.held_out) == (1, ())
    save_split(tmp_path, found, pairs)
    assert load_split(tmp_path, pairs) == found
    # The same words, written again, are the same bytes.
    export_beir(tmp_path / "again", split)
    for path in (p for p in (tmp_path / "beir").rglob("*") if p.is_file()):
        assert (tmp_path / "again" / path.relative_to(tmp_path / "beir")).read_bytes() == path.read_bytes()


def test_the_files_are_beirs(tmp_path: Path) -> None:
    split = split_pairs(made(), "honest", 3)
    export_beir(tmp_path, split)
    lines = [json.loads(line) for line in (tmp_path / "corpus.jsonl").read_text("utf-8").splitlines()]
    assert len(lines) == 61
    first = {"_id": "d" + hashlib.sha256(b"Text 0,\nin two lines.").hexdigest()[:16], "title": ""}
    assert lines[0] == first | {
        "text": "Text 0,\nin two lines.",
        "metadata": {"ticker": "T0", "filing": "10K"},
    }
    assert {"_id", "text", "metadata"} == set(
        json.loads((tmp_path / "queries.jsonl").read_text().split("\n")[0])
    )
    rows = (tmp_path / "qrels" / "test.tsv").read_text().split("\n")
    assert rows[0] == "query-id\tcorpus-id\tscore"
    assert rows[1].split("\t")[2] == "1" and rows[-1] == ""
    assert len(rows) - 2 == sum(len(found) for found in split.relevant) == 5 + 10


def test_the_seed_protocol_keeps_its_repeats_apart(tmp_path: Path) -> None:
    pairs = [Pair("Same?", "same" if i < 25 else f"text {i}") for i in range(30)]
    split = split_pairs(pairs, "seed", 1)
    names = query_ids(split)
    assert names[1:] == (f"{names[0]}-2", f"{names[0]}-3")
    assert len(corpus_ids(split)) == 30 and len(set(corpus_ids(split))) == 6
    export_beir(tmp_path / "b", split)
    again = split_pairs(load_pairs(str(tmp_path / "b")))
    assert (again.queries, len(again.corpus)) == (("Same?",), 6)  # read back, equal questions are one


def test_a_beir_folder_is_a_pairs_file(tmp_path: Path) -> None:
    pairs = made()
    split = split_pairs(pairs, "honest", 3)
    export_beir(tmp_path / "set", split)
    found = load_pairs(str(tmp_path / "set"))
    assert found.name == "set"
    # "Who audits?" is asked of ten companies: each of its texts was right for the test query too
    assert set(found.pairs) == set(pairs.pairs)
    assert found.gaps == (Gap(len(found.pairs), "A context alone."),)
    assert [found.pairs[i].question for i in found.test_rows] == [
        q for q, g in zip(split.queries, split.relevant, strict=True) for _ in g
    ]
    (tmp_path / "set" / "qrels" / "test.tsv").unlink()
    rest = load_pairs(str(tmp_path / "set"))
    assert rest.test_rows == ()
    parted = split_pairs(rest, "honest", 3)
    assert parted.protocol == "honest"
    assert set(parted.corpus) == set(split.corpus)  # documents that answer nothing are searched too


def test_other_documents_or_another_test_part_are_another_set() -> None:
    pairs = [Pair("q", "c"), Pair("r", "d")]
    sets = [pair_set("x", pairs, [Gap(2, text)], rows) for text in "ef" for rows in ((), (0,), (1,))]
    assert len({s.sha256 for s in sets}) == 1 + 4  # without a test part, the hash of the pairs alone


def test_a_folder_with_a_test_part_alone_cannot_train(tmp_path: Path) -> None:
    export_beir(tmp_path / "set", split_pairs(made(), "honest", 3))
    (tmp_path / "set" / "qrels" / "train.tsv").unlink()
    split = split_pairs(load_pairs(str(tmp_path / "set")))
    assert (len(split.test), split.train, len(split.corpus)) == (6, (), 61)
    with pytest.raises(PairsError, match=r"all are the test part; add qrels/train\.tsv"):
        validation_split(split.train)


def test_what_others_wrote(tmp_path: Path) -> None:
    (tmp_path / "qrels").mkdir()
    corpus = [
        {"_id": "1", "title": "Net sales", "text": "were $5."},
        {"_id": "2", "title": "", "text": "Other."},
    ]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)), "utf-8")
    (tmp_path / "queries.jsonl").write_text('{"_id": 7, "text": "What were net sales?"}\n', "utf-8")
    (tmp_path / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\r\n7\t1\t2\r\n7\t2\t0\r\n", "utf-8"
    )
    pair = Pair("What were net sales?", "Net sales were $5.")
    assert load_pairs(str(tmp_path)).pairs == (pair,)
    assert split_pairs(load_pairs(str(tmp_path))) == Split(
        (), (pair,), ("Net sales were $5.", "Other."), (frozenset({0}),), "beir", 42, test_rows=(0,)
    )


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("corpus.jsonl", '{"text": "a"}', "corpus.jsonl, line 1: expected an object with _id and text"),
        ("queries.jsonl", "[]", "queries.jsonl, line 1: expected an object with _id and text"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq9\td1\t1\n", "q9"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td9\t1\n", "d9"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\n", "line 2: expected 'qid 0 docid rel'"),
    ],
)
def test_bad_folders(tmp_path: Path, name: str, text: str, told: str) -> None:
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d1", "text": "a b"}\n')
    (tmp_path / "queries.jsonl").write_text('{"_id": "q1", "text": "c d"}\n')
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    assert len(load_pairs(str(tmp_path)).pairs) == 1
    (tmp_path / name).write_text(text)
    with pytest.raises(PairsError) as error:
        load_pairs(str(tmp_path))
    assert told in str(error.value) and "\n" not in str(error.value)


def test_folders_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(PairsError, match=r"without corpus\.jsonl and queries\.jsonl and qrels"):
        load_pairs(str(tmp_path))
    (tmp_path / "x").write_text("taken")
    with pytest.raises(UsageError, match="is not an empty folder"):
        export_beir(tmp_path, split_pairs(made()))
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def test_trec(tmp_path: Path) -> None:
    split = split_pairs(made(), "honest", 3)
    export_trec(tmp_path / "trec", split)
    names, documents = query_ids(split), corpus_ids(split)
    assert read_qrels(tmp_path / "trec" / "qrels.test.txt") == {
        name: {documents[i]: 1 for i in found} for name, found in zip(names, split.relevant, strict=True)
    }
    first = (tmp_path / "trec" / "qrels.test.txt").read_text().split("\n")[0]
    own = documents[split.corpus.index(split.test[0].context)]
    assert first == f"{names[0]} 0 {own} 1"
    topics = (tmp_path / "trec" / "topics.tsv").read_text("utf-8").split("\n")[:-1]
    assert [t.split("\t")[0] for t in topics[: len(names)]] == list(names)
    assert topics[0].split("\t")[1] == split.queries[0].replace("\t", " ")
    assert sum(len(f) for f in read_qrels(tmp_path / "trec" / "qrels.train.txt").values()) == len(split.train)


def test_qrels_in_both_forms(tmp_path: Path) -> None:
    qrels = {"q1": {"d1": 1, "d2": 0}, "q2": {"d3": 2}}
    for beir, text in [
        (False, "q1 0 d1 1\nq1 0 d2 0\nq2 0 d3 2\n"),
        (True, "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\nq2\td3\t2\n"),
    ]:
        write_qrels(tmp_path / "q", qrels, beir=beir)
        assert (tmp_path / "q").read_text() == text
        assert read_qrels(tmp_path / "q") == qrels
    (tmp_path / "q").write_text("q1\t0\td1\t1\n")  # TREC's with tabs
    assert read_qrels(tmp_path / "q") == {"q1": {"d1": 1}}
    (tmp_path / "q").write_text("q1 0 d1 yes\n")
    with pytest.raises(PairsError, match="line 1: expected 'qid 0 docid rel'"):
        read_qrels(tmp_path / "q")


def test_runs(tmp_path: Path) -> None:
    run = {"q1": [("d2", 0.1 + 0.2), ("d1", 0.25), ("d2", 0.2)], "q2": [("d1", -1e-9)]}
    write_run(tmp_path / "r.txt", run, "tuned-128")
    lines = (tmp_path / "r.txt").read_text().split("\n")
    assert lines == [
        "q1 Q0 d2 1 0.30000000000000004 tuned-128",
        "q1 Q0 d1 2 0.25 tuned-128",
        "q2 Q0 d1 1 -1e-09 tuned-128",
        "",
    ]
    assert read_run(tmp_path / "r.txt") == ({"q1": run["q1"][:2], "q2": run["q2"]}, "tuned-128")
    for bad, tag in (({"q 1": [("d", 1.0)]}, "t"), ({"q": [("", 1.0)]}, "t"), ({"q": [("d", 1.0)]}, "a b")):
        with pytest.raises(PairsError, match="expected an id without spaces"):
            write_run(tmp_path / "bad.txt", bad, tag)
    assert not (tmp_path / "bad.txt").exists()
