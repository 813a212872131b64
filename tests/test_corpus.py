"""The passages of a corpus on disk: read lazily, filtered by small arrays, refused where damaged."""

import json
import shutil
from pathlib import Path

import pytest
from conftest import make_chunk

from rag_app.core.errors import IndexStateError
from rag_app.core.types import Chunk, Filters
from rag_app.index.corpus import Corpus, open_corpus, write_corpus
from rag_app.index.facets import Facets


@pytest.fixture
def corpus(tmp_path: Path, chunks: list[Chunk]) -> Corpus:
    return write_corpus(tmp_path, "abc", chunks)


def test_passages_come_back_as_they_were(corpus: Corpus, chunks: list[Chunk]) -> None:
    assert list(corpus.chunks) == chunks
    assert corpus.chunks[-1] == chunks[-1]
    assert corpus.chunks[1:3] == chunks[1:3]
    assert (len(corpus.chunks), corpus.filings, corpus.name) == (6, 3, "abc")
    with pytest.raises(IndexError):
        corpus.chunks[6]


def test_text_of_any_script_keeps_its_place(tmp_path: Path) -> None:
    odd = [make_chunk(i, text) for i, text in enumerate(["naïve ﬁx 漢字", "", "a\u2028b\nc", "x" * 9999])]
    assert list(write_corpus(tmp_path, "odd", odd).chunks) == odd


def test_hashes_are_those_of_the_passages(corpus: Corpus, chunks: list[Chunk]) -> None:
    assert corpus.hashes() == [c.content_hash for c in chunks]
    assert corpus.hashes(2, 4) == [c.content_hash for c in chunks[2:4]]


def test_an_empty_corpus(tmp_path: Path) -> None:
    empty = write_corpus(tmp_path, "none", [])
    assert (list(empty.chunks), empty.hashes()) == ([], [])
    assert empty.facets.positions(Filters(tickers=("A",))).tolist() == []


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), [0, 1, 2, 3, 4, 5]),
        (Filters(tickers=("ZZB",)), [3, 4, 5]),
        (Filters(tickers=("ZZA", "ZZB")), [0, 1, 2, 3, 4, 5]),
        (Filters(tickers=("ZZB", "none")), [3, 4, 5]),
        (Filters(tickers=("none",)), []),
        (Filters(tickers=("ZZB",), forms=("10-K",), fiscal_years=(2024,)), [3]),
        (Filters(filing_ids=("zzb-2023",)), [4]),
    ],
)
def test_facets(corpus: Corpus, filters: Filters, expected: list[int]) -> None:
    assert corpus.facets.positions(filters).tolist() == expected


def test_the_values_there_are(corpus: Corpus) -> None:
    assert corpus.facets.values("tickers") == ["ZZA", "ZZB"]
    assert corpus.facets.values("fiscal_years") == [2024, 2023]


def test_facets_need_no_passages(tmp_path: Path, chunks: list[Chunk]) -> None:
    Facets.write(tmp_path, chunks)
    assert Facets.read(tmp_path).positions(Filters(forms=("10-Q",))).tolist() == [5]


PARTS = ("chunks.jsonl", "starts.npy", "hashes.npy", "facets.npz", "facets.json", "corpus.json")


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("how", ["gone", "empty", "cut", "garbled"])
def test_what_is_damaged_is_refused(corpus: Corpus, name: str, how: str) -> None:
    file = corpus.folder / name
    data = file.read_bytes()
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes({"empty": b"", "cut": data[: len(data) // 2], "garbled": b"\x00" + b"?" * 40}[how])
    with pytest.raises(IndexStateError, match="run rag-app index"):
        open_corpus(corpus.folder.parent.parent, "abc")


def test_another_version_is_refused(corpus: Corpus) -> None:
    about = corpus.folder / "corpus.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"version": 0}))
    with pytest.raises(IndexStateError, match="of another version, or not whole; run rag-app index"):
        open_corpus(corpus.folder.parent.parent, "abc")


def test_an_open_corpus_outlives_its_folder(corpus: Corpus, chunks: list[Chunk]) -> None:
    shutil.rmtree(corpus.folder)
    assert corpus.chunks[5] == chunks[5]
    assert corpus.hashes(5) == [chunks[5].content_hash]
