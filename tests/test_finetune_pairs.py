"""finetune.data.pairs: formats, column names, gaps, errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from finetune.data.pairs import Gap, Pair, load_pairs, pair_set, save_pairs
from rag_app.core.errors import FetchError, PairsError

ROWS = [("What is net sales?", "Net sales were $5."), ("Who audits?", "The auditor is ABC LLP.")]


def expected() -> tuple[Pair, ...]:
    return tuple(Pair(q, c) for q, c in ROWS)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.csv", "Question,CONTEXT\n" + "\n".join(f"{q},{c}" for q, c in ROWS)),
        ("p.tsv", "anchor\tpositive\n" + "\n".join(f"{q}\t{c}" for q, c in ROWS)),
        ("p.jsonl", "\n".join(json.dumps({"query": q, "passage": c}) for q, c in ROWS) + "\n\n"),
        ("p.json", json.dumps([{"question": q, "context": c} for q, c in ROWS])),
        ("p2.json", json.dumps({"anchor": [r[0] for r in ROWS], "positive": [r[1] for r in ROWS]})),
        ("p3.json", json.dumps({"data": [{"query": q, "context": c} for q, c in ROWS]})),
        ("bom.csv", "\ufeffquestion,context\n" + "\n".join(f"{q},{c}" for q, c in ROWS)),
    ],
)
def test_every_format_gives_the_same_pairs_and_hash(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    found = load_pairs(str(path))
    assert found.pairs == expected()
    assert found.name == name
    assert found.sha256 == pair_set("any", expected()).sha256
    assert found.dropped == 0


def test_parquet(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    path = tmp_path / "p.parquet"
    parquet.write_table(pa.table({"anchor": [r[0] for r in ROWS], "positive": [r[1] for r in ROWS]}), path)
    assert load_pairs(str(path)).pairs == expected()


def test_every_column_and_round_trip(tmp_path: Path) -> None:
    pairs = pair_set("x", [Pair("q one?", "c one", "NA", "2023 Q1 *.pdf", ("1,234", "row"), (3, 4), "5")])
    save_pairs(tmp_path / "x.jsonl", pairs)
    again = load_pairs(str(tmp_path / "x.jsonl"))
    assert again.pairs == pairs.pairs
    assert again.sha256 == pairs.sha256


def test_the_hash_is_what_it_was_before_there_were_pages_and_answers() -> None:
    old = "485fc1a3f94961acc11454a967789920492cedcfc4c1ed2e39305a2677f682ef"
    assert pair_set("x", [Pair("q", "c", "T", "f", ("e",))]).sha256 == old
    assert pair_set("x", [Pair("q", "c", "T", "f", ("e",), (), "answer")]).sha256 == old
    assert pair_set("x", [Pair("q", "c", "T", "f", ("e",), (1,))]).sha256 != old


@pytest.mark.parametrize(
    ("cell", "pages"),
    [
        ("3", (3,)),
        (3, (3,)),
        (3.0, (3,)),
        ("3,4", (3, 4)),
        ("[3, 4]", (3, 4)),
        ([3, "4"], (3, 4)),
        ("", ()),
        ("[]", ()),
        (None, ()),
        (float("nan"), ()),
    ],
)
def test_pages(tmp_path: Path, cell: object, pages: tuple[int, ...]) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(json.dumps({"question": "q", "context": "c", "Pages": cell}), "utf-8")
    found = load_pairs(str(path))
    assert found.pairs == (Pair("q", "c", pages=pages),)
    assert found.columns == ("question", "context", "Pages")


@pytest.mark.parametrize("cell", ["0", "3-4", "-1", "2.5", "p. 3", [[1]], "inf", {"page": 1}, [None]])
def test_pages_that_are_none(tmp_path: Path, cell: object) -> None:
    path = tmp_path / "p.jsonl"
    rows = [{"question": "q", "context": "c"}, {"question": "q", "context": "c", "pages": cell}]
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    with pytest.raises(PairsError, match=r"p\.jsonl, row 2: page .*: expected page numbers from 1"):
        load_pairs(str(path))


def test_empty_rows_are_dropped_and_their_places_kept(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(
        "question,context,ticker\nq one,c one,A\n,c two,A\n q three , c three ,NULL\n,,\n", "utf-8"
    )
    found = load_pairs(str(path))
    assert found.pairs == (Pair("q one", "c one", "A"), Pair("q three", "c three", "NULL"))
    assert found.gaps == (Gap(1, "c two"), Gap(3, ""))
    assert found.dropped == 2


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("p.csv", "question,answer\na,b\n", "found ['answer', 'question']; rename the columns"),
        ("p.csv", "question,answer\n", "expected question+context or anchor+positive"),
        ("p.csv", "question,context\n,\n", "no row has both a question and a context"),
        ("p.csv", "", "found []"),
        ("p.jsonl", "[1]\n", "line 1 is not an object"),
        ("p.jsonl", '{"question": "a", "context": "b"}\n{\n', "(line 2 is no JSON: Expecting property name"),
        ("p.jsonl", '{"question": ["a"], "context": "b"}', "row 1: the question is a list; expected text"),
        ("p.jsonl", '{"question": "a", "context": {"b": 1}}', "row 1: the context is a dict; expected text"),
        ("p.csv", "question,context\na,b\nc,d, e\n", "line 3 has more cells than the head line; put cells"),
        ("p.csv", f"question,context\na,{'b' * 131_073}\n", "line 2: field larger than field limit (131072)"),
        (
            "p.csv",
            'question,context\na,"b\n' + "c,d\n" * 40_000,
            "line 2: field larger than field limit (131072); look for a quote left open",
        ),
        ("p.csv", "question,context\n,b\na,\n", "no row has both a question and a context"),
        ("p.json", "3", "expected a list of objects"),
        ("p.parquet", "nonsense", "cannot be read as parquet"),
        ("p.xlsx", "", "not a pairs file; expected .csv"),
    ],
)
def test_errors_name_the_file_and_the_remedy(tmp_path: Path, name: str, text: str, told: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PairsError) as error:
        load_pairs(str(path))
    assert name in str(error.value)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_numbers_and_missing_values_are_read_as_text_and_nothing(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(
        '[{"question": 7, "context": true, "ticker": NaN}, {"question": NaN, "context": "c"}]', "utf-8"
    )
    found = load_pairs(str(path))
    assert (found.pairs, found.gaps) == ((Pair("7", "True"),), (Gap(1, "c"),))
    (tmp_path / "p.csv").write_text("question,context\na,b,,\nc\n", "utf-8")
    short = load_pairs(str(tmp_path / "p.csv"))
    assert (short.pairs, short.gaps) == ((Pair("a", "b"),), (Gap(1, ""),))


def test_missing_file_and_wrong_encoding(tmp_path: Path) -> None:
    with pytest.raises(PairsError, match="no such file"):
        load_pairs(str(tmp_path / "none.csv"))
    (tmp_path / "latin.csv").write_bytes("question,context\ncaf\xe9,b\n".encode("latin-1"))
    with pytest.raises(PairsError, match="not UTF-8"):
        load_pairs(str(tmp_path / "latin.csv"))


def test_hub_names(monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    asked: list[tuple[str, str]] = []

    def load_dataset(name: str, split: str) -> datasets.Dataset:
        asked.append((name, split))
        return datasets.Dataset.from_dict({"question": [r[0] for r in ROWS], "context": [r[1] for r in ROWS]})

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    assert load_pairs("hub:owner/set").pairs == expected()
    assert load_pairs("hub:owner/set:test").name == "hub:owner/set:test"
    assert asked == [("owner/set", "train"), ("owner/set", "test")]

    def offline(name: str, split: str) -> None:
        raise ConnectionError("no route")

    monkeypatch.setattr(datasets, "load_dataset", offline)
    with pytest.raises(FetchError, match="hub cannot be reached"):
        load_pairs("hub:owner/set")
    with pytest.raises(PairsError, match="expected hub:NAME"):
        load_pairs("hub:")
