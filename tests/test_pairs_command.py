"""`rag-app pairs`: what it prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_cli import run

from finetune.data.leaks import leaks
from finetune.data.pairs import load_pairs
from finetune.data.saved import load_split
from finetune.data.split import split_pairs


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [f"What is thing {i} of kind {i}?,Thing {i} is so.,T{i % 10},f{i % 20}" for i in range(40)]
    rows += ["who audits,T0 is audited.,T0,f0", "Who audits?,T1 is audited.,T1,f1", ",lost,T1,f1"]
    path = tmp_path / "pairs.csv"
    path.write_text("question,context,ticker,filing\n" + "\n".join([*rows, rows[3]]), "utf-8")
    return path


def test_check(file: Path, tmp_path: Path) -> None:
    told = json.loads(run("pairs", "check", str(file), "--json", workspace=tmp_path / "ws").stdout)
    pairs = load_pairs(str(file))
    split = split_pairs(pairs)
    assert set(told) == {
        "pairs", "sha256", "columns", "companies", "filings", "cleaned", "split", "leaks", "problem"
    }  # fmt: skip
    assert (told["pairs"], told["sha256"], told["problem"]) == ("pairs.csv", pairs.sha256, None)
    assert (told["companies"], told["filings"]) == (10, 20)
    assert told["columns"] == ["question", "context", "ticker", "filing"]
    assert told["cleaned"] == {
        "rows": 44, "empty": 1, "wordless": 0, "duplicate_rows": 1, "merged_questions": 1,
        "merged_contexts": 0, "respelled_questions": 1, "respelled_contexts": 0, "pairs": 42,
    }  # fmt: skip
    assert told["split"] == {
        "protocol": "honest", "seed": 42, "held_out": list(split.held_out),
        "train": len(split.train), "test_rows": len(split.test_rows), "queries": len(split.queries),
        "several_answers": 0, "corpus": 43, "leaked": 0, "added": 0, "unmatched": [],
    }  # fmt: skip
    assert told["leaks"] == leaks(split).as_dict()
    assert (told["leaks"]["numbers_context"], told["leaks"]["numbers_question"]) == (4, 4)
    plain = run("pairs", "check", str(file), workspace=tmp_path / "ws").stdout
    assert "pairs.csv: 44 rows, 10 companies, 20 filings" in plain
    assert "cleaning: 1 empty, 0 without words, 1 duplicate rows; 1 questions and 0 contexts merge" in plain
    assert "leaks: 0 of 4 test questions (0.0%)" in plain
    assert "questions trained on: 0 the same, 0 nearly, 4 but for numbers" in plain


def test_check_says_why_there_is_no_split(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("question,context,ticker\n" + "\n".join(f"q{i},c{i},T" for i in range(30)), "utf-8")
    done = run("pairs", "check", str(path), workspace=tmp_path / "ws")
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        "no split: the honest protocol needs at least two companies or filings, found one (T)" in done.stdout
    )
    told = json.loads(run("pairs", "check", str(path), "--json", workspace=tmp_path / "ws").stdout)
    assert (told["split"], told["leaks"]) == (None, None)
    done = run("pairs", "split", str(path), "--out", str(tmp_path / "o"), workspace=tmp_path / "ws")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "--protocol seed" in done.stderr and not (tmp_path / "o").exists()


def test_split(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "made" / "split"
    done = run(
        "pairs", "split", str(file), "--out", str(out), "--protocol", "filing", "--split-seed", "7", "--json",
        workspace=tmp_path / "ws",
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert (told["protocol"], told["seed"], told["folder"]) == ("filing", 7, str(out))
    assert len(told["held_out"]) == 2
    pairs = load_pairs(str(file))
    assert load_split(out, pairs) == split_pairs(pairs, "filing", 7)
    assert len(load_pairs(str(out / "train.jsonl")).pairs) == told["train"]
    again = run("pairs", "split", str(file), "--out", str(out), workspace=tmp_path / "ws")
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr == f"Error: {out} exists and is not an empty folder; name another one\n"


def test_check_a_saved_split(file: Path, tmp_path: Path) -> None:
    out, where = tmp_path / "split", tmp_path / "ws"
    run("pairs", "split", str(file), "--out", str(out), "--split-seed", "7", workspace=where)
    told = json.loads(run("pairs", "check", str(file), "--split", str(out), "--json", workspace=where).stdout)
    pairs = load_pairs(str(file))
    assert told["split"]["held_out"] == list(split_pairs(pairs, "honest", 7).held_out)
    assert told["split"]["seed"] == 7
    assert (
        f"{out}: a split of these pairs\n"
        in run("pairs", "check", str(file), "--split", str(out), workspace=where).stdout
    )
    file.write_text(file.read_text("utf-8") + "\nOne more?,Yes.,T1,f1", "utf-8")
    done = run("pairs", "check", str(file), "--split", str(out), workspace=where)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"pairs.csv has changed since {out / 'split.json'} was made (then 44 rows" in done.stderr


def test_added_pairs_are_in_the_split(file: Path, tmp_path: Path) -> None:
    pairs, where = load_pairs(str(file)), tmp_path / "ws"
    held = split_pairs(pairs).held_out[0]
    more = tmp_path / "more.csv"
    rows = [
        "Who sells?,NEW sells.,NEW,n",
        f"Who buys?,{held} buys.,{held.lower()},b",
        "Who else?,Nobody.,NEW,n",
    ]
    more.write_text("question,context,ticker,filing\n" + "\n".join(rows), "utf-8")
    both, out = f"{file}+{more}", tmp_path / "split"
    told = json.loads(run("pairs", "split", both, "--out", str(out), "--json", workspace=where).stdout)
    assert (told["added"], told["unmatched"]) == (2, list(split_pairs(pairs).held_out[1:]))
    trained = load_pairs(str(out / "train.jsonl")).pairs
    assert len(trained) == told["train"]
    assert [p.question for p in trained[-2:]] == ["Who sells?", "Who else?"]
    saved = json.loads((out / "split.json").read_text("utf-8"))
    assert (saved["added"], len(saved["train"])) == (2, told["train"] - 2)
    checked = run("pairs", "check", both, "--split", str(out), workspace=where)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "2 of the training pairs are from the added sets\n" in checked.stdout
    done = run("pairs", "export", both, "--to", "beir", "--out", str(tmp_path / "b"), workspace=where)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"Error: {both}: what only trains is in no searched collection; export the first set alone, or write "
        "both with: rag-app pairs split\n"
    )


@pytest.mark.parametrize("form", ["beir", "trec"])
def test_export(file: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / form
    done = run(
        "pairs", "export", str(file), "--to", form, "--out", str(out), "--protocol", "seed",
        workspace=tmp_path / "ws",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f"written: {out}\n")
    names = sorted(str(p.relative_to(out)) for p in out.rglob("*") if p.is_file())
    if form == "beir":
        assert names == ["corpus.jsonl", "qrels/test.tsv", "qrels/train.tsv", "queries.jsonl"]
        assert split_pairs(load_pairs(str(out))).queries == split_pairs(load_pairs(str(file)), "seed").queries
    else:
        assert names == ["corpus.jsonl", "qrels.test.txt", "qrels.train.txt", "topics.tsv"]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["check", "none.csv"], "none.csv: no such file"),
        (["check"], "Missing argument 'P'"),
        (["split", "none.csv"], "Missing option '--out'"),
        (["export", "none.csv", "--to", "xml", "--out", "x"], "'xml' is not one of 'beir', 'trec'"),
        (["check", "none.csv", "--protocol", "row"], "'row' is not one of 'honest', 'seed', 'filing'"),
    ],
)
def test_misuse(tmp_path: Path, args: list[str], told: str) -> None:
    done = run("pairs", *args, workspace=tmp_path / "ws")
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr and "Traceback" not in done.stderr
