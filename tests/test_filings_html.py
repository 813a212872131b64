"""HTML and inline XBRL: paragraphs, headings, tables, pages, encodings."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag_app.core.errors import FilingError
from rag_app.core.types import Block, Filing, Table, TableRow
from rag_app.filings.read import read_filing


def read(tmp_path: Path, body: str | bytes, name: str = "filing.htm") -> Filing:
    data = body if isinstance(body, bytes) else f"<html><body>{body}</body></html>".encode()
    path = tmp_path / name
    path.write_bytes(data)
    return read_filing(path)


def blocks(filing: Filing) -> list[Block]:
    return [block for section in filing.sections for block in section.blocks]


def texts(filing: Filing) -> list[str]:
    return [block.text for block in blocks(filing) if block.text]


def tables(filing: Filing) -> list[Table]:
    return [block.table for block in blocks(filing) if block.table is not None]


def test_merges_signs_brackets_and_percent_into_their_numbers(tmp_path: Path) -> None:
    filing = read(
        tmp_path,
        """<p><b>Consolidated Statements of Income</b></p><p>(In millions, except per share data)</p>
        <table>
        <tr><td></td><td></td><td colspan=8>Year Ended</td></tr>
        <tr><td></td><td></td><td colspan=3>Jan 28, 2024</td><td></td><td colspan=4>Jan 29, 2023</td></tr>
        <tr><td>Net sales:</td></tr>
        <tr><td>&nbsp;&nbsp;Products</td><td></td><td>$</td><td>1,234</td><td></td><td></td><td>$</td><td>5,678</td>
        <td></td></tr>
        <tr><td>&nbsp;&nbsp;Services</td><td></td><td></td><td>(56</td><td>)</td><td></td><td>(</td><td>7.5</td>
        <td>)</td></tr>
        <tr><td>Total net sales</td><td></td><td></td><td>12.5</td><td>%</td><td></td><td></td><td>—</td>
        <td></td></tr>
        </table>""",
    )
    assert tables(filing) == [
        Table(
            heads=("Year Ended Jan 28, 2024", "Year Ended Jan 29, 2023"),
            rows=(
                TableRow("Products", ("$1,234", "$5,678"), "Net sales"),
                TableRow("Services", ("(56)", "(7.5)"), "Net sales"),
                TableRow("Total net sales", ("12.5%", "—")),
            ),
            caption="Consolidated Statements of Income",
            unit="In millions, except per share data",
        )
    ]
    assert texts(filing) == ["Consolidated Statements of Income"]  # the unit line went into the table


def test_unit_inside_the_head_and_rowspans(tmp_path: Path) -> None:
    filing = read(
        tmp_path,
        """<p>Leases were as follows:</p><table>
        <tr><th>(in thousands)</th><th>Line item</th><th>2024</th><th>2023</th></tr>
        <tr><td rowspan=2>Operating leases</td><td>Current liabilities</td><td>$1,488</td><td>$1,410</td></tr>
        <tr><td>Other liabilities</td><td>10,046</td><td>10,408</td></tr>
        </table>""",
    )
    (table,) = tables(filing)
    assert (table.unit, table.heads) == ("in thousands", ("Line item", "2024", "2023"))
    assert [(row.label, row.cells) for row in table.rows] == [
        ("Operating leases", ("Current liabilities", "$1,488", "$1,410")),
        ("Operating leases", ("Other liabilities", "10,046", "10,408")),
    ]
    assert table.caption == "Leases were as follows:"


def test_new_heads_in_the_middle_begin_a_second_table(tmp_path: Path) -> None:
    row = "<tr><td>{}</td><td>{}</td><td>{}</td></tr>"
    filing = read(
        tmp_path,
        "<table>"
        + row.format("", "2024", "2023")
        + row.format("Cash", "1,000", "2,000")
        + row.format("", "2022", "2021")
        + row.format("Cash", "3,000", "4,000")
        + "</table>",
    )
    assert [table.heads for table in tables(filing)] == [("2024", "2023"), ("2022", "2021")]
    assert [table.rows[0].cells for table in tables(filing)] == [("1,000", "2,000"), ("3,000", "4,000")]


def test_a_range_in_three_cells_is_one_value(tmp_path: Path) -> None:
    filing = read(
        tmp_path,
        """<table><tr><td></td><td colspan=3>2024</td></tr>
        <tr><td>Rate</td><td>3.9%</td><td>-</td><td>5.5%</td></tr></table>""",
    )
    assert tables(filing)[0].rows == (TableRow("Rate", ("3.9%-5.5%",)),)


def test_bullets_and_layout_tables_are_prose(tmp_path: Path) -> None:
    filing = read(
        tmp_path,
        """<table><tr><td>•</td><td>First point, told in words.</td></tr></table>
        <table><tr><td><div>One paragraph.</div><div>Another one.</div></td></tr></table>
        <ul><li>A list item</li></ul>
        <div>●&#160;<span>Joined bullet</span></div><p>•</p><p>Split bullet</p>""",
    )
    assert texts(filing) == [
        "• First point, told in words.",
        "One paragraph.",
        "Another one.",
        "• A list item",
        "• Joined bullet",
        "• Split bullet",
    ]
    assert not tables(filing)


def test_spaces_between_blocks_marks_and_inline_spans(tmp_path: Path) -> None:
    filing = read(
        tmp_path,
        """<div><span>2024</span><br/><span>Compared</span> to<span> 20</span><span>23</span></div>
        <p>Services<sup>(1)</sup> grew on the 10<sup>th</sup>; <sup>2</sup>See Note 3.</p>""",
    )
    assert texts(filing) == ["2024 Compared to 2023", "Services (1) grew on the 10th; 2 See Note 3."]


def test_control_references_and_code_page_1252(tmp_path: Path) -> None:
    assert texts(read(tmp_path, "<p>one &#151; two&#146;s &#x93;three&#x94;</p>")) == ["one — two’s “three”"]
    assert texts(read(tmp_path, b"<html><p>caf\xe9 \x97 d\x92or</p></html>")) == ["café — d’or"]
    assert texts(read(tmp_path, "<html><p>wörld</p></html>".encode("utf-16"))) == ["wörld"]


def test_headings_by_weight_size_and_capitals(tmp_path: Path) -> None:
    filing = read(
        tmp_path,
        """<p style="font-weight:700">Gross Margin</p>
        <p style="font-size:10pt">Gross margin rose in the year.</p><p style="font-size:16pt">Liquidity</p>
        <p style="font-size:10pt">Cash is enough for the coming year.</p>
        <p>RISKS</p><p style="font-size:10pt"><b>Bold</b> start of a sentence.</p><p><u>Leases</u></p>""",
    )
    kinds = [(block.kind, block.text) for block in blocks(filing)]
    assert kinds == [
        ("heading", "Gross Margin"),
        ("prose", "Gross margin rose in the year."),
        ("heading", "Liquidity"),
        ("prose", "Cash is enough for the coming year."),
        ("heading", "RISKS"),
        ("prose", "Bold start of a sentence."),
        ("heading", "Leases"),
    ]


def page(number: int, text: str) -> str:
    return (
        f'<div><a href="#toc">Table of Contents</a></div><p>{text}</p>'
        f'<div>Example Inc. | 2024 Form 10-K | {number}</div><hr style="page-break-after:always"/>'
    )


def test_pages_are_counted_and_running_lines_dropped(tmp_path: Path) -> None:
    filing = read(tmp_path, "".join(page(n, f"Text number {'abcde'[n]} of it.") for n in range(5)))
    assert [(block.text, block.page) for block in blocks(filing)] == [
        (f"Text number {letter} of it.", n + 1) for n, letter in enumerate("abcde")
    ]


def test_page_footers_laid_out_as_tables_go_too(tmp_path: Path) -> None:
    footer = "<table><tr><td>{}</td><td>{}</td></tr></table><hr style='page-break-after:always'/>"
    body = "".join(
        f"<p>Text {name}.</p>{footer.format(name, n)}" for n, name in enumerate(["one", "two", "three"], 7)
    )
    assert texts(read(tmp_path, body)) == ["Text one.", "Text two.", "Text three."]


def test_units_and_periods_that_repeat_at_page_ends_are_kept(tmp_path: Path) -> None:
    body = "".join(
        "<p>(In millions)</p><table><tr><td></td><td>2024</td></tr>"
        f"<tr><td>Row {n}</td><td>1,{n}00</td></tr></table>"
        '<hr style="page-break-after:always"/>'
        for n in range(4)
    )
    assert [table.unit for table in tables(read(tmp_path, body))] == ["In millions"] * 4


def test_a_paragraph_cut_by_a_page_end_is_joined(tmp_path: Path) -> None:
    long = "The Company recognises revenue when control of the promised goods passes to the"
    filing = read(tmp_path, f'<p>{long}</p><p style="page-break-before:always">customer, in most cases.</p>')
    assert texts(filing) == [f"{long} customer, in most cases."]


XBRL = """<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"
 xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" xmlns:dei="http://xbrl.sec.gov/dei/2023"><head><title>t</title></head>
<body><div style="display:none"><ix:header><ix:hidden>
<ix:nonNumeric name="dei:EntityCentralIndexKey">0000123456</ix:nonNumeric>
<ix:nonNumeric name="dei:DocumentFiscalYearFocus">2023</ix:nonNumeric>
<ix:nonNumeric name="dei:DocumentFiscalPeriodFocus">FY</ix:nonNumeric>
<ix:nonNumeric name="dei:AmendmentFlag">false</ix:nonNumeric></ix:hidden></ix:header></div>
<p><ix:nonNumeric name="dei:DocumentType">10-K</ix:nonNumeric> of
<ix:nonNumeric name="dei:EntityRegistrantName">Example <b>Corp</b></ix:nonNumeric>, ended
<ix:nonNumeric name="dei:DocumentPeriodEndDate" format="ixt:date-monthname-day-year-en">January&#160;31,
2024</ix:nonNumeric>, <ix:nonNumeric name="dei:TradingSymbol">{symbol}</ix:nonNumeric></p><div id="a"/>
<p>Revenue was <ix:nonNumeric name="x:Text">about
<ix:nonFraction name="x:R">1,234</ix:nonFraction></ix:nonNumeric>.</p>
<p style="display: none">never shown</p></body></html>"""


def test_dei_facts_hidden_parts_and_nested_tags(tmp_path: Path) -> None:
    filing = read(tmp_path, XBRL.format(symbol="EXM").encode())
    meta = filing.meta
    assert (meta.company, meta.ticker, meta.cik, meta.form) == ("Example Corp", "EXM", "0000123456", "10-K")
    assert (meta.fiscal_year, meta.fiscal_period, meta.period_end) == (2023, "FY", "2024-01-31")
    assert texts(filing)[1] == "Revenue was about 1,234."
    assert "never shown" not in " ".join(texts(filing))


def test_no_ticker_is_none(tmp_path: Path) -> None:
    assert read(tmp_path, XBRL.format(symbol="N/A").encode()).meta.ticker is None


@pytest.mark.parametrize(
    "bomb",
    [b"<html>" + b"<div>" * 50_000 + b"x", b"<html>" + b"<table><tr><td>" * 3_000 + b"x"],
    ids=["div", "table"],
)
def test_nested_bombs_are_refused(tmp_path: Path, bomb: bytes) -> None:
    with pytest.raises(FilingError, match=r"filing\.htm: elements nested too deeply"):
        read(tmp_path, bomb)


def test_huge_spans_are_harmless(tmp_path: Path) -> None:
    row = "<tr>" + "<td colspan=999999 rowspan=999999>1,234</td>" * 20 + "</tr>"
    assert read(tmp_path, f"<table>{row * 20}</table>").sections
