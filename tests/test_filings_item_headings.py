"""The ways Items are headed, and the doubts about what stands under them."""

from __future__ import annotations

import pytest
from section_tools import WORDS, heading, named, prose

from rag_app.core.types import Block
from rag_app.filings.items.sections import split_sections
from rag_app.filings.read import read_document

TEXT = f"<p>{WORDS}</p>"
REST = "".join(
    f"<p><b>{title}</b></p>{TEXT}"
    for title in (
        "Item 3. Legal Proceedings",
        "Item 7. Management's Discussion",
        "Item 8. Financial Statements",
    )
)
REST_ITEMS = [
    ("Item 3", "Legal Proceedings"),
    ("Item 7", "Management's Discussion"),
    ("Item 8", "Financial Statements"),
]


def read_html(body: str, form: str) -> tuple[list[tuple[str | None, str]], list[str]]:
    """Items and titles behind the cover page, and the warnings."""
    cover = f"<p>UNITED STATES SECURITIES AND EXCHANGE COMMISSION</p><p><b>FORM {form}</b></p>"
    _, sections, warnings = read_document(f"<html><body>{cover}{body}</body></html>".encode(), "x.htm")
    assert sections[0].title == "Cover page"
    return [(section.item, section.title) for section in sections[1:]], warnings


def bold(*lines: str) -> str:
    return "".join(f"<p><b>{line}</b></p>" for line in lines)


@pytest.mark.parametrize(
    ("first", "items"),
    [
        (bold("ITEM 1.BUSINESS"), [("Item 1", "BUSINESS")]),
        (bold("ITEM1. BUSINESS"), [("Item 1", "BUSINESS")]),
        (bold("Items 1 and 2. Business and Properties"), [("Items 1 and 2", "Business and Properties")]),
        (bold("Item 1 and 2. Business and Properties"), [("Items 1 and 2", "Business and Properties")]),
        (bold("Items 1. and 2. Business and Properties"), [("Items 1 and 2", "Business and Properties")]),
        (bold("ITEM 1 and ITEM 2. BUSINESS AND PROPERTIES"), [("Items 1 and 2", "BUSINESS AND PROPERTIES")]),
        (bold("ITEMS 1 &amp; 2.", "BUSINESS AND PROPERTIES"), [("Items 1 and 2", "BUSINESS AND PROPERTIES")]),
        (bold("Item 1. Business", "Item 2. Properties"), [("Items 1 and 2", "Business; Properties")]),
        (bold("Item 1.", "Business of", "The Company"), [("Item 1", "Business of The Company")]),
        ("<table><tr><td>Item 1.</td><td>Business</td></tr></table>", [("Item 1", "Business")]),
        ("<table><tr><td>Item 1.</td></tr><tr><td>Business</td></tr></table>", [("Item 1", "Business")]),
        (
            "<table><tr><td>PART I</td></tr><tr><td><b>Item 1.</b></td><td><b>Business</b></td></tr></table>",
            [("Item 1", "Business")],
        ),
        ("<p>I<small>TEM</small> 1. B<small>USINESS</small></p>", [("Item 1", "BUSINESS")]),
        ("<p>I<small> TEM</small> 1.&nbsp;B<small>USINESS</small></p>", [("Item 1", "BUSINESS")]),
    ],
)
def test_headings_of_the_first_items(first: str, items: list[tuple[str, str]]) -> None:
    assert read_html(first + TEXT + REST, "10-K") == (items + REST_ITEMS, [])


@pytest.mark.parametrize(
    ("heading_lines", "label"),
    [
        (["Items 10, 11, 12, 13 and 14."], "Items 10-14"),
        (["ITEMS 10 THROUGH 14."], "Items 10-14"),
        (["Items 10-14."], "Items 10-14"),
        (
            ["Item 10. Directors", "Item 11. Executive Compensation", "Item 12. Security Ownership"],
            "Items 10-12",
        ),
        (["Item 16 - 10-K Summary"], "Item 16"),
        (["Item 9B - 10 Largest Holders"], "Item 9B"),
    ],
)
def test_several_items_on_one_text(heading_lines: list[str], label: str) -> None:
    found, _ = read_html(bold("Item 1. Business") + TEXT + REST + bold(*heading_lines) + TEXT, "10-K")
    assert [item for item, _ in found] == ["Item 1", "Item 3", "Item 7", "Item 8", label]


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("Item 9A(T). Controls and Procedures", "Item 9A"),
        ("Item 9AT. Controls and Procedures", "Item 9A"),
        ("Item 9 A. Controls and Procedures", "Item 9A"),
        ("ITEM 9(A). CONTROLS AND PROCEDURES", "Item 9A"),
        ("Part II, Item 9A – Controls and Procedures", "Item 9A"),
        ("Item 9. Changes in and Disagreements with Accountants", "Item 9"),
        ("Item 14(a)(1): Statements", "Item 8"),  # no heading
        ("Item 9A of this report", "Item 8"),
    ],
)
def test_ways_to_write_a_number(line: str, label: str) -> None:
    found, _ = read_html(bold("Item 1. Business") + TEXT + REST + bold(line) + TEXT, "10-K")
    assert found[-1][0] == label


def test_an_item_out_of_its_order_keeps_its_text() -> None:
    body = bold("Item 1. Business") + TEXT + REST + bold("Item 9A. Controls and Procedures") + TEXT
    found, _ = read_html(body + bold("Item 9. Changes in and Disagreements with Accountants") + TEXT, "10-K")
    assert [item for item, _ in found][-2:] == ["Item 9A", "Item 9"]


@pytest.mark.parametrize(
    ("heading_lines", "items"),
    [
        (
            ["Items 2.02 and 7.01. Results of Operations", "Item 9.01. Exhibits"],
            ["Items 2.02 and 7.01", "Item 9.01"],
        ),
        (["Item 2.02 and Item 7.01. Results of Operations"], ["Items 2.02 and 7.01"]),
        (["Item 9.01. Exhibits", "Item 2.02. Results of Operations"], ["Item 9.01", "Item 2.02"]),
        (["ITEM 12. RESULTS OF OPERATIONS", "ITEM 9. REGULATION FD"], ["Item 12", "Item 9"]),
        (["Items 1 through 4. Not applicable", "Item 5: Other Events"], ["Items 1-4", "Item 5"]),
    ],
)
def test_8k_headings(heading_lines: list[str], items: list[str]) -> None:
    body = "".join(bold(line) + TEXT for line in heading_lines)
    found, warnings = read_html(body, "8-K")
    assert ([item for item, _ in found], warnings) == (items, [])


def test_an_exhibit_behind_the_signatures_of_an_8k_has_no_items() -> None:
    body = (
        bold("Item 2.02. Results")
        + TEXT
        + bold("SIGNATURES")
        + TEXT
        + bold("EXHIBIT 99.1", "Item 7. Discussion")
    )
    found, _ = read_html(body + TEXT * 3, "8-K")
    assert found == [("Item 2.02", "Results"), (None, "Signatures"), (None, "EXHIBIT 99.1")]
    old, _ = read_html(body.replace("2.02", "12") + TEXT * 3, "8-K")
    assert old == [("Item 12", "Results"), (None, "Signatures"), (None, "EXHIBIT 99.1")]


QUARTERLY = [
    "Item 2. Management's Discussion",
    "Item 3. Quantitative and Qualitative Disclosures",
    "Item 4. Controls and Procedures",
]


def test_a_quarterly_report_without_a_line_for_part_two() -> None:
    lines = ["Item 1. Financial Statements", *QUARTERLY, "Item 1A. Risk Factors", "Item 6. Exhibits"]
    found, warnings = read_html("".join(bold(line) + TEXT for line in lines), "10-Q")
    assert [item for item, _ in found] == [
        "Part I, Item 1",
        "Part I, Item 2",
        "Part I, Item 3",
        "Part I, Item 4",
        "Part II, Item 1A",
        "Part II, Item 6",
    ]
    assert warnings == []


def test_statements_under_the_part_line_are_item_1_of_a_quarterly_report() -> None:
    statements = bold("PART I. FINANCIAL INFORMATION", "CONSOLIDATED BALANCE SHEETS") + TEXT
    found, warnings = read_html(statements + "".join(bold(line) + TEXT for line in QUARTERLY), "10-Q")
    assert [item for item, _ in found] == [
        "Part I, Item 1",
        "Part I, Item 2",
        "Part I, Item 3",
        "Part I, Item 4",
    ]
    assert warnings == []


def test_running_headers_that_name_several_items_are_no_headings() -> None:
    blocks = [
        heading("Item 1. Financial Statements"),
        prose(),
        heading("Item 2. Management's Discussion"),
        prose(),
        prose("Item 2, 3"),
        prose(),
        heading("Item 3. Quantitative and Qualitative Disclosures"),
        prose(),
    ]
    sections, warnings = split_sections(blocks, "10-Q")
    assert named(sections) == [
        ("Part I, Item 1", "Financial Statements", 1),
        ("Part I, Item 2", "Management's Discussion", 2),
        ("Part I, Item 3", "Quantitative and Qualitative Disclosures", 1),
    ]
    assert warnings == []


def test_an_item_that_swallows_the_next_main_one_is_doubtful() -> None:
    blocks = [
        heading("Item 1. Business"),
        prose(),
        heading("Item 3. Legal Proceedings"),
        *[prose()] * 40,
        heading("Item 8. Financial Statements"),
        *[prose()] * 20,
    ]
    sections, warnings = split_sections(blocks, "10-K", "x.htm")
    assert named(sections) == [
        ("Item 1", "Business", 1),
        (None, "Item 3. Legal Proceedings", 41),
        ("Item 8", "Financial Statements", 20),
    ]
    assert warnings == [
        "x.htm: Item 3 is doubtful (it would hold 65% of the text; no Item 7 was found)",
        "x.htm: no heading found for Item 7",
    ]


def test_a_small_item_that_is_long_is_doubtful() -> None:
    items = [
        "Item 1. Business",
        "Item 7. Management's Discussion",
        "Item 8. Financial Statements",
        "Item 9B. Other Information",
    ]
    blocks = [block for line in items for block in [heading(line), *[prose()] * 40]]
    sections, warnings = split_sections(blocks, "10-K", "x.htm")
    assert [section.item for section in sections] == ["Item 1", "Item 7", "Item 8", None]
    assert warnings == ["x.htm: Item 9B is doubtful (it would hold 25% of the text)"]


def test_an_item_titled_as_another_is_doubtful() -> None:
    items = [
        "Item 1. Business",
        "Item 2. Legal Proceedings",
        "Item 7. Management's Discussion",
        "Item 8. Financial Statements",
    ]
    sections, warnings = split_sections(
        [block for line in items for block in [heading(line), prose()]], "10-K", "x.htm"
    )
    assert named(sections)[1] == (None, "Item 2. Legal Proceedings", 2)
    assert warnings == ['x.htm: Item 2 is doubtful (it is headed "Legal Proceedings")']


def test_items_that_point_elsewhere_are_short_without_a_warning() -> None:
    items = ["Item 1. Business", "Item 7. Management's Discussion", "Item 8. Financial Statements"]
    pointers = [
        block for line in items[1:] for block in [heading(line), prose("See the annual report, Exhibit 13.")]
    ]
    sections, warnings = split_sections([heading(items[0]), prose(), *pointers], "10-K", "x.htm")
    assert [section.item for section in sections] == ["Item 1", "Item 7", "Item 8"]
    assert warnings == []


def test_exhibits_on_the_pages_behind_the_signatures_are_sections_of_their_own() -> None:
    blocks = [
        heading("Item 1. Business"),
        prose(),
        heading("Item 15. Exhibits"),
        prose(),
        heading("SIGNATURE S"),  # as some PDFs set it
        prose("Signed."),
        Block("heading", "COMPENSATION PLAN", page=3),
        Block("prose", WORDS, page=3),
    ]
    sections, _ = split_sections(blocks, "10-K/A")
    assert named(sections) == [
        ("Item 1", "Business", 1),
        ("Item 15", "Exhibits", 1),
        (None, "Signatures", 2),
        (None, "COMPENSATION PLAN", 2),
    ]


def test_little_text_under_items_is_told() -> None:
    lead = [heading("The Year"), *[prose()] * 20, heading("The Future"), *[prose()] * 20]
    items = [heading("Item 2.02. Results"), *[prose()] * 21]
    sections, warnings = split_sections([*lead, *items], "8-K", "x.htm")
    assert named(sections) == [(None, "The Year", 21), (None, "The Future", 21), ("Item 2.02", "Results", 21)]
    assert warnings == ["x.htm: only 34% of the text stands under Items"]


def test_long_exhibits_behind_the_signatures_do_not_make_the_last_item_doubtful() -> None:
    items = ["Item 1. Business", "Item 7. Management's Discussion", "Item 8. Financial Statements"]
    blocks = [block for line in items for block in [heading(line), *[prose()] * 9]]
    blocks += [heading("Item 16. Form 10-K Summary"), prose("None."), heading("SIGNATURES"), *[prose()] * 40]
    sections, warnings = split_sections(blocks, "10-K", "x.htm")
    assert named(sections)[3:] == [("Item 16", "Form 10-K Summary", 1), (None, "Signatures", 41)]
    assert warnings == []
