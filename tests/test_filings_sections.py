"""Items: contents pages dropped, parts of a 10-Q, 8-K numbering, the fall-back to headings."""

from __future__ import annotations

import pytest
from section_tools import WORDS, heading, named, prose

from rag_app.core.types import Block, Table, TableRow
from rag_app.filings.items.sections import split_sections


def test_contents_lines_are_dropped_and_the_longest_span_kept() -> None:
    contents = [
        prose("Item 1. Business 3"),
        prose("Item 1A. Risk Factors 9"),
        prose("Item 7. Management’s Discussion 20"),
    ]
    body = [
        heading("PART I"),
        heading("Item 1."),
        heading("Business"),
        prose(),
        heading("Item 1A. Risk Factors"),
        prose(WORDS + "See Item 7 of this report."),
        prose("Item 7 of this report says more."),
        heading("PART II"),
        heading("Item 7. Management’s Discussion and Analysis"),
        prose(),
        heading("Item 8. Financial Statements"),
        prose(),
    ]
    sections, warnings = split_sections([prose("EXAMPLE CORP"), *contents, *body], "10-K")
    assert named(sections) == [
        (None, "Cover page", 1),
        ("Item 1", "Business", 1),
        ("Item 1A", "Risk Factors", 2),
        ("Item 7", "Management’s Discussion and Analysis", 1),
        ("Item 8", "Financial Statements", 1),
    ]
    assert warnings == []


LATE = {
    "10": ("Directors", "Our directors are Jane Roe and John Doe."),
    "11": ("Executive Compensation", "Our chief executive received $1,234,567 in salary."),
    "12": ("Security Ownership", "Jane Roe owns 12% of our stock."),
    "13": ("Certain Relationships", "None."),
}


@pytest.mark.parametrize("listed", [[], [prose("None of these."), prose("44")]], ids=["bare", "more text"])
def test_short_items_stay_where_an_index_behind_them_lists_them_again(listed: list[Block]) -> None:
    body = [block for n in "178" for block in (heading(f"Item {n}. Words"), prose())]
    for number, (title, text) in LATE.items():
        body += [heading(f"Item {number}. {title}"), prose(text)]
    body += [heading("Item 15. Exhibits"), prose(), heading("SIGNATURES"), prose("Jane Roe")]
    for number, (title, _) in LATE.items():
        body += [heading(f"Item {number}. {title}"), *listed]
    sections, _ = split_sections(body, "10-K")
    found = {section.item: [block.text for block in section.blocks] for section in sections}
    assert {number: found[f"Item {number}"] for number in LATE} == {
        n: [text] for n, (_, text) in LATE.items()
    }


def test_short_items_without_a_sentence_stay_before_an_index_that_says_no_more() -> None:
    body = [heading("Item 1. Business"), prose(), heading("Item 7. Management’s Discussion"), prose()]
    for number in (9, 10, 11, 12):
        body += [heading(f"Item {number}. Words"), prose("None.")]
    body += [heading("Item 15. Exhibits"), prose(), heading("SIGNATURES"), prose("Jane Roe")]
    body += [heading(f"Item {number}. Words") for number in (9, 10, 11, 12)]
    sections, _ = split_sections(body, "10-K")
    short = [section.item for section in sections if [block.text for block in section.blocks] == ["None."]]
    assert short == ["Item 9", "Item 10", "Item 11", "Item 12"]


def test_a_contents_table_is_dropped() -> None:
    rows = tuple(
        TableRow(f"Item {n}.", (title, str(n * 10)))
        for n, title in enumerate(["Business", "Risks", "Legal", "Other"], 1)
    )
    table = Block("table", table=Table(("", "Page"), rows), page=2)
    sections, _ = split_sections(
        [table, heading("Item 1. Business"), prose(), heading("Item 3. Legal"), prose()], "10-K"
    )
    assert named(sections) == [("Item 1", "Business", 1), ("Item 3", "Legal", 1)]


def test_10q_items_get_their_part_from_title_line_and_order() -> None:
    blocks = [
        heading("PART I. FINANCIAL INFORMATION"),
        heading("Item 1. Financial Statements"),
        prose(),
        heading("Item 2. Management's Discussion and Analysis"),
        prose(),
        heading("Item 1. Legal Proceedings"),  # no Part line before it
        prose(),
        heading("Item 6."),
        prose("None to report here."),
    ]
    sections, _ = split_sections(blocks, "10-Q")
    assert [section.item for section in sections] == [
        "Part I, Item 1",
        "Part I, Item 2",
        "Part II, Item 1",
        "Part II, Item 6",
    ]


def test_8k_numbers_old_and_new() -> None:
    new, _ = split_sections([prose("Cover"), heading("Item 2.02. Results of Operations"), prose()], "8-K")
    old, _ = split_sections([prose("Cover"), heading("ITEM 9. REGULATION FD DISCLOSURE"), prose()], "8-K")
    assert new[1].item == "Item 2.02"
    assert (old[1].item, old[1].title) == ("Item 9", "REGULATION FD DISCLOSURE")


def test_items_that_run_as_page_headers_are_one_section() -> None:
    blocks = [
        heading("Item 1. Business"),
        prose(),
        heading("Item 7. Management's Discussion"),
        prose(),
        prose("Item 7"),
        prose(),
        heading("Item 7. Management's Discussion (continued)"),
        prose(),
        heading("Item 8. Financial Statements"),
        prose(),
    ]
    sections, _ = split_sections(blocks, "10-K")
    assert [section.item for section in sections] == ["Item 1", "Item 7", "Item 8"]


def test_without_items_headings_become_sections_and_a_warning_names_the_file() -> None:
    blocks = [
        heading("Overview"),
        *[prose()] * 5,
        heading("Liquidity"),
        *[prose()] * 5,
        heading("Item 1. Business 4"),
    ]
    sections, warnings = split_sections(blocks, "10-K", "strange.htm")
    assert [(section.item, section.title) for section in sections][:2] == [
        (None, "Overview"),
        (None, "Liquidity"),
    ]
    assert warnings == ["strange.htm: Items not found in the text; split by headings"]


def test_what_follows_the_signatures_is_no_item() -> None:
    blocks = [
        heading("Item 1. Business"),
        prose(),
        heading("Item 15. Exhibits"),
        prose(),
        heading("SIGNATURES"),
        prose(),
        heading("Report of Independent Registered Public Accounting Firm"),
        prose(),
    ]
    sections, _ = split_sections(blocks, "10-K")
    assert [(section.item, section.title) for section in sections] == [
        ("Item 1", "Business"),
        ("Item 15", "Exhibits"),
        (None, "Signatures"),
        (None, "Report of Independent Registered Public Accounting Firm"),
    ]
