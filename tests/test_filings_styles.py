"""How filing agents and older files lay out tables; companies and numbers are invented."""

from __future__ import annotations

import pytest

from rag_app.core.types import Block
from rag_app.filings.read import read_document
from rag_app.filings.tables.lines import table_lines

GAP = "&#160;"


def blocks(body: str) -> list[Block]:
    _, sections, _ = read_document(f"<html><body>{body}</body></html>".encode(), "filing.htm")
    return [block for section in sections for block in section.blocks]


def lines(body: str) -> list[str]:
    """Every block as lines; those of tables as they stand in chunks."""
    return [
        line for block in blocks(body) for line in (table_lines(block.table) if block.table else [block.text])
    ]


def cell(text: str, wrap: str = "{}") -> str:
    """`text^3` is a cell over three columns; an empty one holds a hard space."""
    text, _, span = text.partition("^")
    return f'<td colspan="{span or 1}" style="vertical-align:bottom">{wrap.format(text or GAP)}</td>'


def table(*rows: str, wrap: str = "{}") -> str:
    """A table of rows of cells divided by bars."""
    body = "".join(f"<tr>{''.join(cell(text, wrap) for text in row.split('|'))}</tr>" for row in rows)
    return f"<table>{body}</table>"


PARAGRAPH = '<p style="font-size:9pt;margin:0pt">{}</p>'
NOTHING = '<span style="font-size:8pt;visibility:hidden">&#8203;</span>'
PRE_WRAP = '<p style="text-indent:0"><span style="white-space:pre-wrap;min-width:fit-content">{}</span></p>'
LONG = "Common stock: " + ", ".join(["one vote for each share that its holder owns"] * 10)
FONT = '<FONT SIZE="2">{}</FONT>'

LAYOUTS = {
    "paragraphs in cells, brackets around the tag, marks raised": (
        table(
            f"{NOTHING}|{NOTHING}|<b>Three Months Ended </b>^5|{NOTHING}|<b>Six Months Ended</b>^5",
            f"{NOTHING}|{NOTHING}|<b>June&#160;30,</b>^5|{NOTHING}|<b>June&#160;30,&#160;</b>^5",
            "|&#160;&#160;|<b>2024</b>^2||<b>2023</b>^2||<b>2024</b>^2||<b>2023</b>^2",
            f"Revenue:|{NOTHING}||&#160;&#160;|||||||||",
            "Ore||$| <ix:nonFraction>49,742</ix:nonFraction>||$| 46,151||$| 97,765||$|104,096",
            "Hosting <sup style='font-size:6pt;vertical-align:top'>(1)</sup>|||(7,661)|||—"
            "|||(<ix:nonFraction>16,703</ix:nonFraction>)|||9",
            "Margin|||7.1&#160;%|||(3.2)&#160;%|||1 %|||2 %",
            wrap=PARAGRAPH,
        ),
        [
            "| Three Months Ended June 30, 2024 | Three Months Ended June 30, 2023"
            " | Six Months Ended June 30, 2024 | Six Months Ended June 30, 2023",
            "Revenue:",
            "Ore | $49,742 | $46,151 | $97,765 | $104,096",
            "Hosting (1) | (7,661) | — | (16,703) | 9",
            "Margin | 7.1% | (3.2)% | 1% | 2%",
        ],
    ),
    "kept white space, line ends in heads, brackets in cells of their own": (
        table(
            "(in millions)<br/> ||<b>August 31,</b><br/>2024^2|||May 31,<br/>2024^2|",
            "<b>ASSETS</b>^9",
            "Cash||$|11,613|||$|9,765|",
            "Receivables, less $<ix:nonFraction>475</ix:nonFraction>|||(6,519|)|||(6,915|)",
            "Rate|||(|3.1|)%||9.9|%",
            wrap=PRE_WRAP,
        ),
        [
            "(in millions)",
            "| August 31, 2024 | May 31, 2024",
            "ASSETS:",
            "Cash | $11,613 | $9,765",
            "Receivables, less $475 | (6,519) | (6,915)",
            "Rate | (3.1)% | 9.9%",
        ],
    ),
    "heads in paragraphs, zero tagged outside, rows not shown": (
        "<table><tr style='display: none'><td>As filed</td><td>1</td></tr>"
        + table(
            "||As of^2|||As of^2|",
            "||<p>June 30, 2024</p> <p>(unaudited)</p>^2|||December 31, 2023^2|",
            "Digital assets||$|4,076|||$|<span style='-sec-ix-hidden: x1'>-</span>|",
            "Taxes||$|<p>(<ix:nonFraction>981</ix:nonFraction></p>|)|||12|",
        )[7:],
        [
            "| As of June 30, 2024 (unaudited) | As of December 31, 2023",
            "Digital assets | $4,076 | $-",
            "Taxes | $(981) | 12",
        ],
    ),
    "statement of equity, periods in the labels": (
        table(
            "||<b>Common stock</b>^5||<b>Paid-in<br>capital</b>^2||<b>Total</b>^2",
            "||<b>Shares</b>^2||<b>Amount</b>^2||^2||^2",
            "Balance at December 31, 2022|||100||$|1||$|50||$|51",
            "Net income|||—|||—|||—|||(10)",
            "Balance at December 31, 2023|||100||$|1||$|50||$|41",
        ),
        [
            "| Common stock Shares | Common stock Amount | Paid-in capital | Total",
            "Balance at December 31, 2022 | 100 | $1 | $50 | $51",
            "Net income | — | — | — | (10)",
            "Balance at December 31, 2023 | 100 | $1 | $50 | $41",
        ],
    ),
    "rules of hyphens, dashes doubled": (
        table(
            "|<B>1999</B><HR NOSHADE>^2||<B>1998</B><HR>^2",
            "Cash used|$|1,234||$|(555)",
            "|--------^2||---------^2",
            "Other||--|||12",
            "Total|$|1,234||$|(543)",
            "|=======^2||=======^2",
            wrap=FONT,
        ),
        ["| 1999 | 1998", "Cash used | $1,234 | $(555)", "Other | -- | 12", "Total | $1,234 | $(543)"],
    ),
    "rows stacked in one by line ends": (
        table("|2001|2000", "Cash<br>Receivables<br>Total|$ 100<br>200<br>$ 300|$ 50<br>60<br>$ 110"),
        ["| 2001 | 2000", "Cash | $100 | $50", "Receivables | 200 | 60", "Total | $300 | $110"],
    ),
    "rows stacked in one by paragraphs": (
        table("|2001|2000", "<p>Cash</p><p>Debt</p>|<p>$ 1,100</p><p>200</p>|<p>$ 50</p><p>60</p>"),
        ["| 2001 | 2000", "Cash | $1,100 | $50", "Debt | 200 | 60"],
    ),
    "rows stacked in one by paragraphs, one of them blank": (
        table(
            "|2001|2000",
            "<p>Cash</p>\n<p>Debt</p>\n<p>Other</p>|<p>5</p>\n<p>&nbsp;</p>\n<p>7</p>|<div><p>8</p><p>9</p></div><p>1</p>",
        ),
        ["| 2001 | 2000", "Cash | 5 | 8", "Debt |  | 9", "Other | 7 | 1"],
    ),
    "rows stacked in one around a line without any value": (
        table(
            "|2001|2000",
            "Cash<br>Debt<br>&nbsp;<br>Sum<br>|5<br><br>----<br>7|<p>8</p><p>9</p><p>&nbsp;</p><p>1</p>",
        ),
        ["| 2001 | 2000", "Cash | 5 | 8", "Debt |  | 9", "Sum | 7 | 1"],
    ),
    "fewer values than labels tell nothing of their rows": (
        table(
            "|2001|2000",
            "Sales|200|100",
            "<p>Cash</p><p>Debt</p><p>Other</p>|<p>5</p><p>7</p>|<p>1</p><p>2</p><p>3</p>",
        ),
        ["| 2001 | 2000", "Sales | 200 | 100", "Cash Debt Other | 5 7 | 1 2 3"],
    ),
    "labels indented by columns": (
        table(
            "||2024^3||2023^3",
            "Assets||^3||^3",
            "|Cash|$|1,200|||$|1,100|",
            "|Receivables||200||||100|",
            "Total assets|||1,400||||1,200|",
        ),
        [
            "| 2024 | 2023",
            "Assets:",
            "Cash | $1,200 | $1,100",
            "Receivables | 200 | 100",
            "",
            "Total assets | 1,400 | 1,200",
        ],
    ),
    "a label over the column of signs": (
        table("|2024^3|2023^3", "Net income of the company^2|1,000||$|900|", "Cost|$|1||$|2|"),
        ["| 2024 | 2023", "Net income of the company | 1,000 | $900", "Cost | $1 | $2"],
    ),
    "values without labels": (
        table("2024^2||2025^2||Total^2", "$|2,288||$|3,750||$|6,038"),
        ["| 2024 | 2025 | Total", " | $2,288 | $3,750 | $6,038"],
    ),
    "a tag around a cell, cells outside of a row": (
        "<table><td>Opening</td><td>3,400</td><tr><td>Revenue</td><ix:nonFraction><td>1,200</td>"
        "</ix:nonFraction></tr></table>",
        ["Opening | 3,400", "Revenue | 1,200"],
    ),
    "the period in the stub, heads said again": (
        table(
            "As of December 31, 2024|Level 1^3|Total^3",
            "Assets:|^3|^3",
            "Money funds|$|1,000||$|—|",
            "As of December 31, 2023|Level 1^3|Total^3",
            "Money funds|$|900||$|—|",
        ),
        [
            "|As of December 31, 2024 | Level 1 | Total",
            "Assets:",
            "Money funds | $1,000 | $—",
            "|As of December 31, 2023 | Level 1 | Total",
            "Money funds | $900 | $—",
        ],
    ),
    "a title with the period over each panel": (
        table(
            "<b>Year ended December 31, 2024</b>^7",
            "|<b>Retail</b>^3|<b>Wholesale</b>^3",
            "Sales|$|1,000||$|2,000|",
            "Costs||10|||20|",
            "<b>Year ended December 31, 2023</b>^7",
            "|<b>Retail</b>^3|<b>Wholesale</b>^3",
            "Sales|$|900||$|1,900|",
        ),
        [
            "|Year ended December 31, 2024 | Retail | Wholesale",
            "Sales | $1,000 | $2,000",
            "Costs | 10 | 20",
            "|Year ended December 31, 2023 | Retail | Wholesale",
            "Sales | $900 | $1,900",
        ],
    ),
    "marks behind signs, values in words": (
        table(
            "|2024^2||2023^2|",
            "Segments||one|||two|",
            "Rate||5.1|% <sup>(2)</sup>||4.0|%",
            "Loss|$|(1,000|)<sup>(a)</sup>|$|(900|)<sup>(b)</sup>",
        ),
        [
            "| 2024 | 2023",
            "Segments | one | two",
            "Rate | 5.1% (2) | 4.0%",
            "Loss | $(1,000) (a) | $(900) (b)",
        ],
    ),
    "a label as long as a paragraph": (
        table("|2024^3|2023^3", f"{LONG}|$|1,000||$|900|", "Debt||1|||2.5|"),
        ["| 2024 | 2023", f"{LONG} | $1,000 | $900", "Debt | 1 | 2.5"],
    ),
    "a caption, and a table without rows": (
        "<table><caption>Sales by region</caption><tr><td></td><td>2024</td></tr><tr><td>Europe</td>"
        "<td>1,200</td></tr></table><table><p>Not lost.</p></table>",
        ["Sales by region", "Sales by region", "| 2024", "Europe | 1,200", "Not lost."],
    ),
    "a table inside a row": (
        "<table><tr><td></td><td>2024</td></tr><tr><td>Sales</td><td>1,000</td></tr><tr><td colspan=2>"
        + table("Parts|2,000", "Labour|4,000")
        + "</td></tr></table>",
        ["| 2024", "Sales | 1,000", "Parts | 2,000", "Labour | 4,000"],
    ),
    "footnotes as rows": (
        table(
            "|2024|2023",
            "Cash (1)|1,000|900",
            "Debt|1|2",
            "_____________^3",
            f"(1) {'Net of costs that arose. ' * 20}^3",
            "<sup>2</sup>|Not audited.^2",
        ),
        [
            "| 2024 | 2023",
            "Cash (1) | 1,000 | 900",
            "Debt | 1 | 2",
            f"(1) {'Net of costs that arose. ' * 20}".strip(),
            "2 Not audited.",
        ],
    ),
    "marks of footnotes below a table": (
        table("|2024", "Cash|1,000") + table("**|Less than 1%.", "***|Not told."),
        ["| 2024", "Cash | 1,000", "** Less than 1%.", "*** Not told."],
    ),
    "titles and scale as rows": (
        table(
            "<b>SAMPLE CORP</b>^7",
            "<b>BALANCE SHEETS</b>^7",
            "(in thousands, except share data)^7",
            "|2024^3|2023^3",
            "Cash|$|1,000||$|900|",
        ),
        [
            "SAMPLE CORP BALANCE SHEETS",
            "(in thousands, except share data)",
            "| 2024 | 2023",
            "Cash | $1,000 | $900",
        ],
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_tables_of_every_layout(layout: str) -> None:
    body, expected = LAYOUTS[layout]
    assert lines(body) == expected


@pytest.mark.parametrize(
    "indent",
    [
        '<td style="padding:2px 1pt 2px {}pt">{}</td>',
        '<td><p style="margin:0pt 0pt 0pt {}pt">{}</p></td>',
        '<td style="text-indent:-9pt;padding-left:{}pt"><div><span>{}</span></div></td>',
    ],
)
def test_a_section_ends_where_the_indent_does(indent: str) -> None:
    rows = [(10, "Investing:", ""), (20, "Purchases", "1,000"), (10, "Change in cash", "2,000")]
    body = "".join(f"<tr>{indent.format(by, label)}<td>{value}</td></tr>" for by, label, value in rows)
    table = blocks(f"<table><tr><td></td><td>2024</td></tr>{body}</table>")[0].table
    assert table is not None
    assert [(row.label, row.section) for row in table.rows] == [
        ("Purchases", "Investing"),
        ("Change in cash", ""),
    ]


def test_labels_held_by_rowspan_repeat_but_texts_do_not() -> None:
    text = "Has served the company in many roles. " * 8
    rows = f"<tr><td>Ann Bell</td><td rowspan=2>{text}</td><td>50</td></tr><tr><td>Chief</td><td>51</td></tr>"
    assert "\n".join(lines(f"<table>{rows}</table>")).count(text.strip()) == 1
    rows = "<tr><td rowspan=2>Leases</td><td>Current</td><td>50</td></tr><tr><td>Other</td><td>51</td></tr>"
    assert lines(f"<table>{rows}</table>") == ["Leases | Current | 50", "Leases | Other | 51"]
