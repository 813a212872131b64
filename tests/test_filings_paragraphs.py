"""How filing agents and older files lay out text: lists, headings by style, page ends, fixed width."""

from __future__ import annotations

from rag_app.core.types import Block
from rag_app.filings.read import read_document
from rag_app.filings.tables.lines import table_lines


def blocks(body: str) -> list[Block]:
    _, sections, _ = read_document(f"<html><body>{body}</body></html>".encode(), "filing.htm")
    return [block for section in sections for block in section.blocks]


def lines(body: str) -> list[str]:
    """Every block as lines; those of tables as they stand in chunks."""
    return [
        line for block in blocks(body) for line in (table_lines(block.table) if block.table else [block.text])
    ]


def test_bullets_and_numbers_of_lists() -> None:
    assert lines(
        """<ol><li>One</li><li><p>Two</p></li></ol><ol type="a" start="3"><li>Third letter</li></ol>
        <ul><li><div>Point</div></li></ul><p><span style="font-family:Symbol">·</span>&#160;&#160;Dotted.</p>
        <div style="display:flex"><span style="display:inline-flex">(b)</span><div>Side by side.</div></div>
        <div style="display:flex"><span>•</span><div style="display:inline">A point.</div></div>
        <div><span>(c)</span><span style="padding-left:9.5pt">After a gap.</span></div>"""
    ) == [
        "1. One",
        "2. Two",
        "(c) Third letter",
        "• Point",
        "• Dotted.",
        "(b) Side by side.",
        "• A point.",
        "(c) After a gap.",
    ]


def test_an_ordered_list_counts_its_shown_items() -> None:
    body = """<ol start="²"><li>One</li><li style="display:none">No</li><li>Two
        <ol type="A"><li>In</li></ol></li><li>Three</li></ol><ol start="1000000000000"><li>Far</li></ol>"""
    assert lines(body) == ["1. One", "2. Two", "(a) In", "3. Three", "100000000. Far"]


def test_a_table_beside_its_title_keeps_its_rows() -> None:
    rows = "<tr><td></td><td>2024</td><td>2023</td></tr>"
    rows += "<tr><td>Net sales</td><td>$1,234</td><td>$1,100</td></tr>"
    rows += "<tr><td>Net income</td><td>200</td><td>150</td></tr>"
    body = f'<div style="display:flex"><span>Sales:</span><script>x</script><table>{rows}</table></div>'
    values = ["| 2024 | 2023", "Net sales | $1,234 | $1,100", "Net income | 200 | 150"]
    assert lines(body) == ["Sales:", "Sales:", *values]  # the paragraph, and the table that it heads


def test_headings_by_css_alone() -> None:
    found = blocks(
        """<p style="font: bold 10pt Times New Roman, Times">Overview</p>
        <p style="font: 10pt Times New Roman, Times">We sell parts. They last.</p>
        <p style="font: 14pt Times New Roman, Times">Liquidity</p>
        <p><b style="font: 10pt Times">Plain after all, as the shorthand takes the weight away.</b></p>
        <p><font size="5">Large</font></p>
        <p><font size="2">Small text of the usual size, and more of it.</font></p>"""
    )
    assert [block.text for block in found if block.kind == "heading"] == ["Overview", "Liquidity", "Large"]


def test_hidden_text_raised_marks_and_page_ends() -> None:
    body = """<p>Shown<span style="visibility:hidden">zz</span> <span style="display: none">99</span>here.</p>
        <p>Note<span style="position:relative;top:-3pt">(1)</span>, <i style="vertical-align:4pt">2</i></p>
        <br clear="all" style="page-break-before:always"><p>Second.</p>
        <ix:exclude><table><tr><td><!-- Field: PageNo -->2</td></tr></table>
        <div style="break-before: page"><table><tr><td>&#160;</td></tr></table></div></ix:exclude>
        <p>Third.</p>"""
    assert [(block.text, block.page) for block in blocks(body)] == [
        ("Shown here.", 1),
        ("Note (1), 2", 1),
        ("Second.", 2),
        ("Third.", 3),
    ]


def test_one_tagged_value_at_a_page_end_is_no_page_number() -> None:
    row = "<table><tr><td>Plants of the company</td><td>{}</td></tr></table>"
    end = '<hr style="page-break-after:always"/><p>Next.</p>'
    assert lines(row.format("<ix:nonFraction>100</ix:nonFraction>") + end)[0] == "Plants of the company | 100"
    assert lines(row.format("100") + end) == ["Next."]


STATEMENT = """
                                  2001        2000
                                --------    --------
Net sales                       $ 12,345    $ 11,234
Cost of sales                      6,000       5,500
                                --------    --------
  Gross profit                  $  6,345    $  5,734
"""


def test_a_ruled_line_in_a_text_filing_is_a_heading() -> None:
    filler = "The company sells parts.\n\n" * 30
    found = blocks(f"<div>\n{filler}Growth and Places\n- -----------------\n\nIt grew.\n</div>")
    assert [(block.kind, block.text) for block in found[-2:]] == [
        ("heading", "Growth and Places"),
        ("prose", "It grew."),
    ]


def test_a_preformatted_table_keeps_its_columns() -> None:
    assert lines(f"<p>Sales were:</p><pre>{STATEMENT}</pre><p>After.</p>") == [
        "Sales were:",
        "Sales were:",
        "| 2001 | 2000",
        "Net sales | $12,345 | $11,234",
        "Cost of sales | 6,000 | 5,500",
        "Gross profit | $6,345 | $5,734",
        "After.",
    ]


def test_a_text_filing_in_an_html_wrapper_is_read_as_text() -> None:
    page = (
        "{0} leases run for five years, and the Company as lessee may renew\n\n{1:>40}\n\n\n"
        "{0} rents &amp; terms.\n\n"
    )
    names = enumerate(["shop", "depot", "office", "plant", "ship", "land"], 2)
    body = "".join(page.format(name, number) for number, name in names)
    found = blocks(f"<div>\n{body}<TABLE>\n<CAPTION>{STATEMENT}\n</TABLE>\n</div>")
    assert [(block.text, block.page) for block in found[:2]] == [
        ("shop leases run for five years, and the Company as lessee may renew shop rents & terms.", 1),
        ("depot leases run for five years, and the Company as lessee may renew depot rents & terms.", 2),
    ]
    assert found[-1].table is not None
    assert table_lines(found[-1].table)[1:] == [
        "| 2001 | 2000",
        "Net sales | $12,345 | $11,234",
        "Cost of sales | 6,000 | 5,500",
        "Gross profit | $6,345 | $5,734",
    ]
