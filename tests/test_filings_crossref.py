"""Filings without Item headings: the cross-reference index, its pages and what it may name."""

from __future__ import annotations

import pytest

from rag_app.core.types import Block, Section, Table, TableRow
from rag_app.filings.items.crossref import read_index
from rag_app.filings.items.sections import split_sections

WORDS = "The Company makes and sells things of many kinds to customers in all parts of the world. " * 40
CHAPTERS = [  # title, printed page
    ("Introduction to Our Business", 1),
    ("Our Products", 2),
    ("Segment Trends", 3),
    ("Liquidity", 4),
    ("Risk Factors", 5),
    ("Properties", 6),
    ("Market for Our Stock", 6),
    ("Consolidated Statements", 7),
    ("Controls and Procedures", 9),
]
INDEX = [
    ("Item 1.", "Business", "Pages 1-2"),
    ("Item 1A.", "Risk Factors", "Page 5"),
    ("Item 1B.", "Unresolved Staff Comments", "None"),
    ("Item 2.", "Properties", "Page 6"),
    ("Item 5.", "Market for Registrant's Common Equity", "Pages 6"),
    ("Item 7.", "Management's Discussion", "Pages 2-3, 4"),
    ("Item 8.", "Financial Statements", "Pages 7-8"),
    ("Item 9A.", "Controls and Procedures", "Page 9"),
    ("Item 10.", "Directors", "(a)"),
    ("Item 15.", "Exhibits", "Pages 7-8, 10"),
]


def table(rows: list[tuple[str, ...]], page: int) -> Block:
    cells = tuple(TableRow(row[0], row[1:]) for row in rows)
    return Block("table", table=Table(("",) * (len(rows[0]) - 1), cells), page=page)


def filing(offset: int = 2, drift: int = 0, late: int = 0) -> list[Block]:
    """A cover and a contents page, the chapters `offset` pages behind their printed number, the index.

    `drift`: pages uncounted at every chapter, `late`: after the fifth.
    """
    blocks = [Block("heading", "EXAMPLE CORP", page=1)]
    blocks.append(table([(title, str(page)) for title, page in CHAPTERS], 2))
    for n, (title, page) in enumerate(CHAPTERS):
        at = page + offset + drift * n + late * (n > 4)
        if title == "Risk Factors":  # shares the single page of an Item
            blocks += [Block("heading", "A Note on Names", page=at), Block("prose", WORDS, page=at)]
        blocks += [Block("heading", title, page=at), Block("prose", WORDS, page=at)]
        if title == "Consolidated Statements":
            blocks.append(Block("prose", WORDS, page=at + 1))
    last = 12 + offset
    blocks.append(Block("heading", "Form 10-K Cross-Reference Index", page=last))
    blocks.append(table(INDEX, last))
    return blocks


def items(sections: list[Section]) -> list[tuple[str | None, str]]:
    return [(section.item, section.title) for section in sections]


def test_sections_are_named_where_all_their_pages_belong_to_one_item() -> None:
    sections, warnings = split_sections(filing(), "10-K", "x.htm")
    assert items(sections) == [
        (None, "EXAMPLE CORP"),
        ("Item 1", "Introduction to Our Business"),
        (None, "Our Products"),  # page 2 belongs to Items 1 and 7
        ("Item 7", "Segment Trends"),
        ("Item 7", "Liquidity"),
        (None, "A Note on Names"),  # not in the contents
        ("Item 1A", "Risk Factors"),
        ("Item 2", "Properties"),  # page 6 belongs to two Items; this one is called so
        (None, "Market for Our Stock"),
        ("Item 8", "Consolidated Statements"),  # listed again by Item 15
        ("Item 9A", "Controls and Procedures"),
        (None, "Form 10-K Cross-Reference Index"),
    ]
    assert warnings == [
        "x.htm: Items not found in the text; split by headings,"
        " 7 of 12 sections named by its cross-reference index"
    ]


def test_an_index_set_as_lines_before_long_exhibits_is_no_run_of_items() -> None:
    blocks = [block for block in filing() if block.table is None or block.page == 2]
    lines = [Block("heading", " ".join(row), page=14) for row in INDEX]
    exhibits = [Block("prose", WORDS, page=15)] * 30
    sections, _ = split_sections([*blocks, *lines, *exhibits], "10-K", "x.htm")
    assert ("Item 7", "Liquidity") in items(sections)
    assert items(sections)[-1] == (None, "Form 10-K Cross-Reference Index")


@pytest.mark.parametrize("blocks", [filing(drift=1), filing(late=3)], ids=["everywhere", "once"])
def test_nothing_is_named_where_printed_pages_cannot_be_matched(blocks: list[Block]) -> None:
    sections, warnings = split_sections(blocks, "10-K", "x.htm")
    assert {section.item for section in sections} == {None}
    assert warnings == [
        "x.htm: Items not found in the text; split by headings,"
        " the pages of its cross-reference index could not be matched"
    ]


@pytest.mark.parametrize(
    ("line", "pages"),
    [
        ("Item 1. Business Pages 3 - 5, 20", {3, 4, 5, 20}),
        ("Item 1. Business 4–6, 67, 70-71", {4, 5, 6, 67, 70, 71}),
        ("1. Business 4-6", {4, 5, 6}),
        ("Item 1. Business Page 65-66 (a)", {65, 66}),
        ("Item 1. Business F-1 - F-40", None),
        ("Item 1. Business Not applicable", None),
    ],
)
def test_pages_as_indexes_write_them(line: str, pages: set[int] | None) -> None:
    others = [f"Item {n}. Something 9{n}" for n in range(2, 9)]
    blocks = [Block("heading", text) for text in ["FORM 10-K CROSS REFERENCE INDEX", "PART I", line, *others]]
    index = read_index(blocks, "10-K")
    assert index is not None
    told = {entry.label: entry for entry in index.entries}
    assert (set(told["Item 1"].pages) if "Item 1" in told else None) == pages
    assert all(told[f"Item {n}"].pages == {90 + n} for n in range(2, 9))


def test_parts_of_a_quarterly_index_and_items_told_in_several_lines() -> None:
    lines = [
        "Form 10-Q Cross-Reference Index",
        "Part I - Financial Information",
        "Item 1. Financial Statements Pages 3 - 23",
        "Item 2. Management's Discussion:",
        "Liquidity Pages 38 - 39",
        "Results of operations Page 2",
        "Item 3. Market Risk Page 43",
        "Item 4. Controls Page 43",
        "Part II - Other Information",
        "Item 1. Legal Proceedings Pages 19 - 22",
        "Item 6. Exhibits Page 45 Signatures Page 47",
        "2020 Some Table 12",
    ]
    index = read_index([Block("heading", line) for line in lines], "10-Q")
    assert index is not None
    assert [(entry.label, entry.title, min(entry.pages), max(entry.pages)) for entry in index.entries] == [
        ("Part I, Item 1", "Financial Statements", 3, 23),
        ("Part I, Item 2", "Liquidity", 38, 39),
        ("Part I, Item 2", "Results of operations", 2, 2),
        ("Part I, Item 3", "Market Risk", 43, 43),
        ("Part I, Item 4", "Controls", 43, 43),
        ("Part II, Item 1", "Legal Proceedings", 19, 22),
        ("Part II, Item 6", "Exhibits", 45, 45),
    ]


def test_a_sheet_that_names_few_items_is_no_index() -> None:
    blocks = [
        Block("heading", text)
        for text in ["Cross Reference Sheet", "Item 1. Business 4", "Item 2. Properties 5"]
    ]
    assert read_index(blocks, "10-K") is None
