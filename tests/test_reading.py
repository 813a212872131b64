"""Neighbours joined, the same words given once: over a real index of made-up passages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import WordEncoder, make, make_chunk

from rag_app.answer import AskOptions, ask
from rag_app.arms import Arm
from rag_app.core.types import Answer, Chunk, Citation, Hit, Reading
from rag_app.index.opened import Index
from rag_app.reading import ROOM, ROOM_IN_ALL, also_of, distinct, read
from ui import render
from ui.output import answer_json, sources

LONG = "Harbour authorities ordered tidal arrays of the larger kind in all four northern districts this year"


def filing(ticker: str, year: int, texts: list[str], section: int = 0) -> list[Chunk]:
    made = [make_chunk(i, text, ticker=ticker, year=year) for i, text in enumerate(texts)]
    meta = replace(made[0].meta, period_end=f"{year}-12-31")
    name = made[0].filing_id
    return [replace(c, meta=meta, chunk_id=f"{name}/{section}/{c.position}") for c in made]


@pytest.fixture
def shelf(tmp_path: Path, encoder: WordEncoder) -> Index:
    """Two filings of six and two passages; the last two of the first are another section."""
    first = filing("ZZA", 2024, ["one", "two", "three", "four", "five", "six"])
    first[4:] = [replace(c, chunk_id=f"zza-2024/1/{i}") for i, c in enumerate(first[4:])]
    manifest = make(tmp_path, [*first, *filing("ZZB", 2024, ["seven", "eight"])], encoder)
    return Index(tmp_path / manifest.build_id)


def hits(index: Index, *places: int) -> list[Hit]:
    return [Hit(rank, 1.0 / rank, index.chunks[p]) for rank, p in enumerate(places, start=1)]


def texts(index: Index, *places: int, k: int = 10) -> list[str]:
    return [r.text for r in read(index, [(h, ()) for h in hits(index, *places)], k)]


def test_a_hit_is_read_with_its_neighbours(shelf: Index) -> None:
    (reading,) = read(shelf, [(hits(shelf, 1)[0], ())], 1)
    assert reading.text == "one\ntwo\nthree"
    assert [reading.text[a:b] for a, b in reading.spans] == ["two"]


def test_neighbours_end_with_section_and_filing(shelf: Index) -> None:
    assert texts(shelf, 3) == ["three\nfour"]
    assert texts(shelf, 5) == ["five\nsix"]
    assert texts(shelf, 6) == ["seven\neight"]


def test_neighbouring_hits_are_one_passage_with_both_spans(shelf: Index) -> None:
    (reading,) = read(shelf, [(h, ()) for h in hits(shelf, 2, 1)], 10)
    assert reading.text == "one\ntwo\nthree\nfour"
    assert [reading.text[a:b] for a, b in reading.spans] == ["two", "three"]
    assert reading.hit.chunk.text == "three"  # the best


def test_no_passage_is_read_twice_and_k_remain(shelf: Index) -> None:
    assert texts(shelf, 0, 3) == ["one\ntwo", "three\nfour"]
    assert texts(shelf, 0, 1, 4, 6, k=3) == ["one\ntwo\nthree", "five\nsix", "seven\neight"]


def test_room_bounds_a_passage_and_all_of_them(tmp_path: Path, encoder: WordEncoder) -> None:
    chunks = filing("ZZA", 2024, [f"{i} " + "x" * 800 for i in range(60)])
    manifest = make(tmp_path, chunks, encoder)
    index = Index(tmp_path / manifest.build_id)
    read_ = texts(index, *range(1, 60, 4))
    assert max(map(len, read_)) <= ROOM and len(read_) == 10
    assert sum(map(len, read_)) <= ROOM_IN_ALL
    assert [len(r) > 900 for r in read_[:2]] == [True, False]  # the best first


def test_a_filing_that_lies_apart_is_read_as_it_is(arm: Arm) -> None:
    chunk = arm.index.chunks[5]
    (reading,) = read(arm.index, [(Hit(1, 1.0, chunk), ())], 1)
    assert (reading.parts, reading.spans) == ((chunk,), ((0, len(chunk.text)),))


def found(*chunks: Chunk, question: str = "") -> list[tuple[str, list[str]]]:
    listed = [Hit(rank, 1.0 / rank, c) for rank, c in enumerate(chunks, start=1)]
    return [(h.chunk.filing_id, [c.filing_id for c in also]) for h, also in distinct(listed, question)]


def same(year: int, text: str, ticker: str = "ZZA") -> Chunk:
    return filing(ticker, year, [text])[0]


def test_the_same_words_of_several_filings_are_given_once_newest_first() -> None:
    old, new, mid = (same(y, t) for y, t in ((2022, LONG), (2024, LONG.upper()), (2023, f" {LONG}\n")))
    assert found(old, same(2024, "Other words", "ZZB"), new, mid) == [
        ("zza-2024", ["zza-2023", "zza-2022"]),
        ("zzb-2024", []),
    ]
    assert found(old, new, mid, question="What was ordered in 2022?")[0][0] == "zza-2022"


def test_all_but_a_few_words_alike_are_the_same() -> None:
    words = [f"w{'abcdefghij'[i % 10]}{'abcdefghij'[i // 10]}" for i in range(100)]
    assert len(found(same(2023, " ".join(words)), same(2024, " ".join([*words[:-1], "end"])))) == 1
    assert len(found(same(2023, " ".join(words)), same(2024, " ".join([*words[:50], "x", *words[50:]])))) == 1
    assert len(found(same(2023, " ".join(words)), same(2024, " ".join(words[:70])))) == 2


@pytest.mark.parametrize(
    "other",
    [
        same(2024, f"{LONG} 5,001"),  # another number is another fact
        same(2024, f"{LONG} 5,000", "ZZB"),  # another company too
        same(2023, f"{LONG} 5,000"),  # the same filing says it twice
    ],
)
def test_what_is_kept_apart(other: Chunk) -> None:
    assert len(found(same(2023, f"{LONG} 5,000"), other)) == 2


def test_digits_are_compared_without_commas() -> None:
    assert len(found(same(2023, f"{LONG} 5,000"), same(2024, f"{LONG} 5000"))) == 1


def test_an_answer_cites_the_newest_and_names_the_others(tmp_path: Path, encoder: WordEncoder) -> None:
    chunks = [c for y in (2022, 2023, 2024) for c in filing("ZZA", y, [f"{LONG}.", f"Floods hit store {y}."])]
    manifest = make(tmp_path, chunks, encoder)
    arm = Arm("base", Index(tmp_path / manifest.build_id), encoder, 0.5, 0.05)
    answer = ask(arm, "Who ordered tidal arrays?", AskOptions(k=2))
    assert answer.text == f"{LONG}. [1]"
    assert [c.hit.chunk.filing_id for c in answer.citations] == ["zza-2024"]
    assert len(answer.hits) == len(answer.readings) == 2
    assert [c.filing_id for c in answer.readings[0].also] == ["zza-2023", "zza-2022"]
    html = render.turn("q", [render.Column("Base", "m", answer)])
    assert (
        "also in: <b>Zza Corp (ZZA)</b> · 10-K · FY2023 · Item 7; <b>Zza Corp (ZZA)</b> · 10-K · FY2022"
        in html
    )
    assert "Floods hit store 2024." in html  # the neighbour, in the full passage
    # in JSON and in words too
    told = answer_json(answer, "base")
    assert [c["chunk_id"] for c in told["citations"][0]["also"]] == ["zza-2023/0/0", "zza-2022/0/0"]
    assert [h["also"] for h in told["hits"][1:]] == [[]]
    assert list(sources(answer)) == [
        f"[1] Zza Corp (ZZA) · 10-K · FY2024 · Item 7 (score {answer.hits[0].score:.3f})",
        "    also in: Zza Corp (ZZA) · 10-K · FY2023 · Item 7",
        "    also in: Zza Corp (ZZA) · 10-K · FY2022 · Item 7",
    ]


def test_of_a_joined_passage_each_part_has_its_own_other_sources() -> None:
    first, second = filing("ZZA", 2024, [LONG, "Floods hit the store in Ohio."])
    before = filing("ZZA", 2023, [LONG, "Floods hit the store in Ohio."])
    filed = {"cik": "0000000007", "accession": "0000000008-24-000009"}
    old = replace(before[1], meta=replace(before[1].meta, **filed))
    hit = Hit(1, 0.9, first)
    reading = Reading(hit, (first, second), frozenset({first.chunk_id, second.chunk_id}), (before[0], old))
    assert also_of(reading, first) == (before[0],)
    assert also_of(reading, second) == (old,)
    assert also_of(reading, first, [second.text]) == (old,)  # an LLM's words from the neighbour
    assert also_of(None, first) == ()
    cited = (Citation(1, hit, LONG), Citation(2, replace(hit, chunk=second), second.text))
    answer = Answer("q", "A [1] B [2]", cited, False, "x", 0.5, (hit,), readings=(reading,))
    url = "https://www.sec.gov/Archives/edgar/data/7/000000000824000009/0000000008-24-000009-index.htm"
    told = list(sources(answer))
    assert list(sources(replace(answer, citations=(*cited, cited[0])))) == told  # cited twice, listed once
    assert [line for line in told if "also" in line] == [
        "    also in: Zza Corp (ZZA) · 10-K · FY2023 · Item 7",
        f"    also in: Zza Corp (ZZA) · 10-K · FY2023 · Item 7 - {url}",
    ]
    uncited = replace(answer, citations=())
    assert list(sources(uncited)) == ["not cited: Zza Corp (ZZA) · 10-K · FY2024 · Item 7"]
    assert list(sources(replace(uncited, abstained=True))) == []
    html = render.turn("q", [render.Column("Base", "m", answer)])
    assert html.count("also in:") == 2 and html.count(f'href="{url}"') == 1


def test_what_was_found_stays_marked_among_its_neighbours(shelf: Index) -> None:
    (reading,) = read(shelf, [(hits(shelf, 1)[0], ())], 1)
    answer = Answer(
        "q", "Yes [1]", (Citation(1, reading.hit),), False, "x", 0.5, (reading.hit,), readings=(reading,)
    )
    html = render.turn("q", [render.Column("Base", "m", answer)])
    assert "<p>one</p>" in html and "<p><mark>two</mark></p>" in html and "<p>three</p>" in html
