"""Packing of sentences and rows, heads, limits, ids."""

from __future__ import annotations

from itertools import pairwise

import pytest

from rag_app.chunks import ChunkConfig, chunk_filing, describe, estimate_tokens, split_sentences
from rag_app.core.types import Block, Filing, FilingMeta, Section, Table, TableRow

META = FilingMeta(
    company="Apple Inc.",
    ticker="AAPL",
    form="10-K",
    fiscal_year=2024,
    fiscal_period="FY",
    period_end="2024-09-28",
)
HEAD = "Apple Inc. (AAPL) 10-K FY2024, period ended 2024-09-28"
WIDE = ChunkConfig(max_words=150, max_tokens=254)
SENTENCE = "The company sold more of everything in every region of the world this year."


def filing(
    *blocks: Block, item: str | None = "Item 7", title: str = "MD&A", meta: FilingMeta = META
) -> Filing:
    return Filing("apple-1a2b3c4d", "apple.htm", "00", meta, (Section(item, title, blocks),))


def heading(text: str, page: int = 1) -> Block:
    return Block("heading", text, page=page)


def prose(text: str, page: int = 1) -> Block:
    return Block("prose", text, page=page)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It is in the U.S. Treasury. Next one.", ["It is in the U.S. Treasury.", "Next one."]),
        ("Apple Inc. Reported sales. See Item 1A. Risk Factors here.", None),
        ("See No. 5 of it. Then go.", ["See No. 5 of it.", "Then go."]),
        ("Sales rose 3.5%. “Costs” fell!", ["Sales rose 3.5%.", "“Costs” fell!"]),
        ("One line", ["One line"]),
        ("", []),
    ],
)
def test_sentences(text: str, sentences: list[str] | None) -> None:
    expected = (
        ["Apple Inc. Reported sales.", "See Item 1A. Risk Factors here."] if sentences is None else sentences
    )
    assert split_sentences(text) == expected


def test_head_tells_what_is_known() -> None:
    (chunk,) = chunk_filing(filing(heading("Gross Margin"), prose(SENTENCE)))
    assert chunk.head == f"{HEAD} | Item 7 | Gross Margin"
    assert chunk.text == f"Gross Margin\n{SENTENCE}"
    assert chunk.embed_text == f"{chunk.head}\n{chunk.text}"
    assert (chunk.item, chunk.heading, chunk.page, chunk.kind) == ("Item 7", "Gross Margin", 1, "prose")
    assert chunk_filing(filing(prose(SENTENCE)), ChunkConfig(head=False))[0].head == ""


def test_describe_quarters_and_unknown_companies() -> None:
    quarter = FilingMeta(company="Example", form="10-Q", fiscal_year=2023, fiscal_period="Q3")
    assert describe(quarter) == "Example 10-Q Q3 FY2023"
    assert describe(FilingMeta(form="8-K", period_end="2021-03-29")) == "8-K, dated 2021-03-29"
    (chunk,) = chunk_filing(filing(prose(SENTENCE), item=None, title="", meta=FilingMeta(form="10-K")))
    assert chunk.head == "apple 10-K"


def test_prose_is_packed_in_whole_sentences_within_the_limit() -> None:
    text = filing(*[prose(" ".join([SENTENCE] * 4), page) for page in (1, 2, 3)])
    chunks = chunk_filing(text)
    assert [chunk.page for chunk in chunks] == [1, 2]
    assert all(estimate_tokens(chunk.embed_text) <= 126 for chunk in chunks)
    assert [chunk.page for chunk in chunk_filing(text, WIDE)] == [1, 3]
    assert " ".join(" ".join(chunk.text.split("\n")) for chunk in chunks) == " ".join([SENTENCE] * 12)
    assert all(chunk.text.endswith(".") for chunk in chunks)


def test_short_paragraphs_share_a_chunk_and_headings_stay_with_their_text() -> None:
    chunks = chunk_filing(
        filing(
            heading("Americas"),
            prose(SENTENCE),
            heading("Europe"),
            prose(SENTENCE),
            heading("Later"),
            prose(SENTENCE * 9),
        ),
        WIDE,
    )
    assert chunks[0].text.startswith(f"Americas\n{SENTENCE}\nEurope\n{SENTENCE}\nLater\n")
    assert not any(chunk.text.endswith(("Americas", "Europe", "Later")) for chunk in chunks)


def test_a_heading_alone_is_no_chunk_unless_it_is_all_there_is() -> None:
    assert chunk_filing(filing(prose(SENTENCE), heading("Nothing follows")))[0].text == SENTENCE
    assert [chunk.text for chunk in chunk_filing(filing(heading("Only this")))] == ["Only this"]
    assert chunk_filing(filing()) == []


ROWS = tuple(TableRow(f"Row {n}", (f"$1,{n:03d}", "", f"({n})"), "Current assets") for n in range(40))
TABLE = Table(
    ("Years ended 2024", "Years ended 2023", "Years ended 2022"), ROWS, "Balance Sheets", "In millions"
)


def test_long_tables_repeat_caption_unit_heads_and_section() -> None:
    chunks = chunk_filing(filing(heading("Balance Sheets"), Block("table", table=TABLE, page=4)))
    top = ["Balance Sheets", "(In millions)", "|Years ended | 2024 | 2023 | 2022", "Current assets:"]
    assert len(chunks) > 2
    for chunk in chunks:
        assert chunk.text.split("\n")[:4] == top
        assert (chunk.kind, chunk.unit) == ("table", "In millions")
    rows = [line for chunk in chunks for line in chunk.text.split("\n")[4:]]
    assert rows == [f"Row {n} | $1,{n:03d} |  | ({n})" for n in range(40)]
    sizes = [len(chunk.text.split("\n")) for chunk in chunks]
    assert max(sizes) - min(sizes) <= 4  # no part with a row or two left over


def test_introduction_goes_with_its_table_and_tiny_tables_with_their_prose() -> None:
    intro = "The following table shows net sales:"
    table = Table(("2024", "2023"), ROWS[:5], intro)
    (chunk,) = chunk_filing(filing(heading("Sales"), prose(intro), Block("table", table=table, page=2)))
    assert chunk.text.split("\n")[:3] == ["Sales", intro, "| 2024 | 2023"]
    tiny = Table(("2024",), (TableRow("Rate", ("5%",)),))
    (joined,) = chunk_filing(filing(prose(SENTENCE), Block("table", table=tiny)))
    assert joined.text == f"{SENTENCE}\n| 2024\nRate | 5%"


def test_ids_positions_and_hashes_are_stable() -> None:
    blocks = (heading("Sales"), *[prose(SENTENCE * 8)] * 3)
    one = chunk_filing(
        Filing("f-1", "f.htm", "0", META, (Section("Item 1", "A", blocks), Section(None, "B", blocks)))
    )
    two = chunk_filing(
        Filing("f-1", "f.htm", "0", META, (Section("Item 1", "A", blocks), Section(None, "B", blocks)))
    )
    assert one == two
    assert [chunk.position for chunk in one] == list(range(len(one)))
    half = len(one) // 2
    assert [chunk.chunk_id for chunk in one] == [f"f-1/{s}/{n}" for s in (0, 1) for n in range(half)]
    assert one[0].content_hash != one[half].content_hash  # another section, another head
    assert ChunkConfig().config_hash == ChunkConfig().config_hash != ChunkConfig(max_words=99).config_hash


def test_overlap_repeats_the_last_sentence() -> None:
    numbered = [f"Sentence number {n} tells of things that are sold in many places." for n in range(40)]
    chunks = chunk_filing(filing(prose(" ".join(numbered))), ChunkConfig(overlap_sentences=1))
    for before, after in pairwise(chunks):
        assert split_sentences(before.text)[-1] == split_sentences(after.text)[0]


def test_a_passed_counter_keeps_the_limit_even_for_one_endless_sentence() -> None:
    def count(text: str) -> int:
        return len(text) // 3 + 2

    endless = " ".join(f"word{n}," for n in range(2000))
    chunks = chunk_filing(filing(prose(endless), heading("H"), prose(SENTENCE * 30)), count_tokens=count)
    assert max(count(chunk.embed_text) for chunk in chunks) <= 254
    assert " ".join(chunk.text for chunk in chunks).replace("\n", " ").count("word1999,") == 1


def test_estimate_counts_digits_punctuation_and_names() -> None:
    assert estimate_tokens("") <= 3
    assert estimate_tokens("$1,234.56") >= 7
    assert estimate_tokens("XELJANZ") > estimate_tokens("selling")
