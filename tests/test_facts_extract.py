"""Inline XBRL → facts: values, periods in the company's own calendar, and the line that shows each."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from rag_app.chunks import chunk_filing
from rag_app.core.config import Workspace
from rag_app.core.types import Chunk
from rag_app.facts.extract import facts_of
from rag_app.facts.types import Fact
from rag_app.filings.figures import number_of
from rag_app.filings.read import read_filing
from rag_app.pipeline import ingest
from rag_app.samples import sample_filings

NAMES = (
    'xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:xbrli="http://www.xbrl.org/2003/instance" xmlns:xbrldi="http://xbrl.org/2006/xbrldi"'
)
DEI = {
    "EntityRegistrantName": "Ropeworks Corp",
    "TradingSymbol": "ROPE",
    "DocumentType": "10-K",
    "DocumentFiscalYearFocus": "2023",
    "DocumentFiscalPeriodFocus": "FY",
    "DocumentPeriodEndDate": "2023-12-31",
    "EntityCentralIndexKey": "0000123456",
}
UNITS = """<xbrli:unit id="usd"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit>
<xbrli:unit id="each"><xbrli:divide>
<xbrli:unitNumerator><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unitNumerator>
<xbrli:unitDenominator><xbrli:measure>xbrli:shares</xbrli:measure></xbrli:unitDenominator>
</xbrli:divide></xbrli:unit>"""
EXPLICIT = '<xbrldi:explicitMember dimension="x:Region">x:North</xbrldi:explicitMember>'
TYPED = '<xbrldi:typedMember dimension="x:Loan"><x:name xmlns:x="x">Loan 7</x:name></xbrldi:typedMember>'


def context(name: str, start: str, end: str, segment: str = "") -> str:
    days = f"<xbrli:startDate>{start}</xbrli:startDate><xbrli:endDate>{end}</xbrli:endDate>"
    days = days if start else f"<xbrli:instant>{end}</xbrli:instant>"
    part = f"<xbrli:segment>{segment}</xbrli:segment>" if segment else ""
    return (
        f'<xbrli:context id="{name}"><xbrli:entity>{part}</xbrli:entity>'
        f"<xbrli:period>{days}</xbrli:period></xbrli:context>"
    )


CONTEXTS = (
    context("y23", "2023-01-01", "2023-12-31"),
    context("y22", "2022-01-01", "2022-12-31"),
    context("e23", "", "2023-12-31"),
    context("north", "2023-01-01", "2023-12-31", EXPLICIT),
    context("loan", "", "2023-12-31", TYPED),
)


def tag(text: str, concept: str = "x:Sales", where: str = "y23", more: str = "") -> str:
    """One tagged number in millions of dollars; `more` overrides or adds attributes."""
    told = {"contextRef": where, "unitRef": "usd", "scale": "6", "decimals": "-6"}
    told |= dict(part.split("=") for part in more.split())
    about = " ".join(f'{name}="{value}"' for name, value in told.items())
    return f'<ix:nonFraction name="{concept}" {about}>{text}</ix:nonFraction>'


def page(body: str, contexts: tuple[str, ...] = CONTEXTS, dei: dict[str, str] = DEI) -> str:
    facts = "".join(
        f'<ix:nonNumeric name="dei:{name}" contextRef="y23">{value}</ix:nonNumeric>'
        for name, value in dei.items()
    )
    header = f"<ix:header><ix:hidden>{facts}</ix:hidden><ix:resources>{''.join(contexts)}{UNITS}"
    return (
        f"<html {NAMES}><head><title>t</title></head><body>"
        f'<div style="display:none">{header}</ix:resources></ix:header></div>'
        f"<p><b>Item 8. Financial Statements</b></p>{body}</body></html>"
    )


def read(tmp_path: Path, html: str) -> tuple[tuple[Fact, ...], tuple[str, ...], list[Chunk]]:
    path = tmp_path / "ropes.htm"
    path.write_text(html, encoding="utf-8")
    filing = read_filing(path)
    chunks = chunk_filing(filing)
    facts, remarks = facts_of(filing, chunks)
    return facts, remarks, chunks


def shown_line(fact: Fact, chunks: list[Chunk]) -> str:
    (chunk,) = [chunk for chunk in chunks if chunk.chunk_id == fact.chunk_id]
    return chunk.text.split("\n")[fact.row]


EACH = "scale=0 unitRef=each decimals=2"
STATEMENT = f"""<p><b>CONSOLIDATED STATEMENTS OF OPERATIONS</b></p><p>(In millions, except per share)</p>
<table>
<tr><td></td><td colspan="2">2023</td><td colspan="2">2022</td></tr>
<tr><td>Net sales</td><td>$</td><td>{tag("1,234")}</td><td>$</td><td>{tag("999", where="y22")}</td></tr>
<tr><td>Net loss</td><td>(</td><td>{tag("56", "x:Net", more="sign=-")}</td><td>)</td><td>—</td></tr>
<tr><td>Per share:</td></tr>
<tr><td style="padding-left:9pt">Basic</td><td></td><td>{tag("0.25", "x:Eps", more=EACH)}
</td><td></td><td>{tag("—", "x:Eps", "y22", f"{EACH} format=ixt:fixed-zero")}</td></tr></table>
<p>We sold ropes worth ${tag("1.2", more="scale=9 decimals=-8")} billion, {tag("700", where="north")} of it up
north. At the year's end we owed {tag("12", "x:Debt", "loan")} on one loan.</p>"""


def test_everything_a_fact_knows(tmp_path: Path) -> None:
    facts, remarks, chunks = read(tmp_path, page(STATEMENT))
    assert remarks == ()
    assert facts[0] == Fact(
        filing_id=chunks[0].filing_id,
        order=0,
        concept="x:Sales",
        label="Net sales",
        section="",
        statement="CONSOLIDATED STATEMENTS OF OPERATIONS",
        column="2023",
        shown="$1,234",
        value=Decimal(1_234_000_000),
        scale=6,
        decimals="-6",
        unit="USD",
        start="2023-01-01",
        end="2023-12-31",
        fiscal_year=2023,
        fiscal_period="FY",
        members=(),
        chunk_id=facts[0].chunk_id,
        row=facts[0].row,
        company="Ropeworks Corp",
        ticker="ROPE",
        cik="0000123456",
        accession="",
        form="10-K",
        source="ropes.htm",
    )
    rows = [(f.label, f.section, f.column, f.shown, str(f.value), f.unit, f.fiscal_year) for f in facts[1:5]]
    assert rows == [
        ("Net sales", "", "2022", "$999", "999000000", "USD", 2022),
        ("Net loss", "", "2023", "(56)", "-56000000", "USD", 2023),
        ("Basic", "Per share", "2023", "0.25", "0.25", "USD/shares", 2023),
        ("Basic", "Per share", "2022", "—", "0", "USD/shares", 2022),
    ]
    prose = [(f.label, f.shown, str(f.value), f.members, f.fiscal_period) for f in facts[5:]]
    assert prose == [
        ("", "1.2", "1200000000", (), "FY"),
        ("", "700", "700000000", (("x:Region", "x:North"),), "FY"),
        ("", "12", "12000000", (("x:Loan", "Loan 7"),), "FY"),
    ]


def test_each_stands_in_the_line_that_shows_it(tmp_path: Path) -> None:
    facts, _, chunks = read(tmp_path, page(STATEMENT))
    lines = [shown_line(fact, chunks) for fact in facts]
    assert lines[:5] == [
        "Net sales | $1,234 | $999",
        "Net sales | $1,234 | $999",
        "Net loss | (56) | —",
        "Basic | 0.25 | —",
        "Basic | 0.25 | —",
    ]
    assert all(line.startswith("We sold ropes worth $1.2 billion, 700 of it") for line in lines[5:])


def test_rows_that_look_alike_are_told_apart(tmp_path: Path) -> None:
    rows = "".join(
        f"<tr><td>{label}</td><td>{tag(text, concept)}</td></tr>"
        for label, text, concept in (
            ("Due to others", "5", "x:Others"),
            ("Due to others", "5", "x:Again"),
            ("Tier 1 capital", "7", "x:Tier"),
            ("Common Tier 1 capital", "7", "x:Common"),
            ("2024", "7", "x:Next"),
        )
    )
    table = f"<p>Of the bank</p><table><tr><td></td><td>2023</td></tr>{rows}</table>"
    facts, _, chunks = read(tmp_path, page(table))
    assert [fact.label for fact in facts] == [
        "Due to others",
        "Due to others",
        "Tier 1 capital",
        "Common Tier 1 capital",
        "2024",
    ]
    assert len({(fact.chunk_id, fact.row) for fact in facts}) == 5
    assert all(shown_line(fact, chunks).startswith(fact.label) for fact in facts)


@pytest.mark.parametrize(
    ("text", "form", "value"),
    [
        ("1,234.5", "ixt:num-dot-decimal", "1234.5"),
        ("1.234,5", "ixt:num-comma-decimal", "1234.5"),
        ("1.234,5", "ixt:numcommadecimal", "1234.5"),
        ("1 234", "ixt4:numdotdecimal", "1234"),
        ("—", "ixt:zerodash", "0"),
        ("no", "ixt:fixed-zero", "0"),
        ("twenty-five", "ixt-sec:numwordsen", "25"),
        ("one hundred and two thousand", "ixt-sec:numwordsen", "102000"),
        ("none", "ixt-sec:numwordsen", "0"),
        ("(1,234)", "", "1234"),
        (".5", "", "0.5"),
        ("—", "", None),
        ("1.2.3", "ixt:num-dot-decimal", None),
        ("a few", "ixt-sec:numwordsen", None),
        ("1,234", "ixt:date-day-month", None),
        ("9" * 60, "", None),
        ("", "", None),
    ],
)
def test_numbers_as_shown(text: str, form: str, value: str | None) -> None:
    assert number_of(text, form) == (None if value is None else Decimal(value))


BROKEN = f"""<table><tr><td></td><td>2023</td></tr>
<tr><td>Good</td><td>{tag("1", "x:Good")}</td></tr>
<tr><td>No context</td><td>{tag("2", where="nowhere")}</td></tr>
<tr><td>No day</td><td>{tag("2", where="odd")}</td></tr>
<tr><td>No unit</td><td>{tag("3", more="unitRef=nothing")}</td></tr>
<tr><td>Nil</td><td>{tag("—", more="xsi:nil=true")}</td></tr>
<tr><td>Nil, and shows nothing</td><td>{tag("", more="xsi:nil=true")}</td></tr>
<tr><td>No number</td><td>{tag("n/a")}</td></tr>
<tr><td>No scale</td><td>{tag("4", more="scale=999999999")}</td></tr>
<tr><td>Good again</td><td>{tag("3", "x:Good")}</td></tr>
<tr><td>Rounded</td><td>{tag("14", "x:Round")}</td></tr>
<tr><td>In tens</td><td>{tag("10", "x:Round", more="decimals=-7")}</td></tr></table>"""


def test_what_cannot_be_stated_is_counted_and_the_rest_kept(tmp_path: Path) -> None:
    odd = context("odd", "2023-13-01", "never")
    facts, remarks, _ = read(tmp_path, page(BROKEN, (*CONTEXTS, odd)))
    assert [(fact.label, str(fact.value)) for fact in facts] == [
        ("Good", "1000000"),
        ("Good again", "3000000"),
        ("Rounded", "14000000"),
        ("In tens", "10000000"),
    ]
    assert remarks == (
        "tagged figures: 2 without a known period, 1 without a known unit, 1 without a value (nil), "
        "2 whose number cannot be read, 1 told twice with different values (both kept)",
    )


def test_repeated_and_rounded_figures_do_not_contradict(tmp_path: Path) -> None:
    body = f"<p>{tag('1,234')} and again {tag('1.2', more='scale=9 decimals=-8')} billion</p>"
    facts, remarks, _ = read(tmp_path, page(body))
    assert (len(facts), remarks) == (2, ())


def test_hidden_facts_are_left_out(tmp_path: Path) -> None:
    body = f'<p>Sales of {tag("5")}</p><p style="display:none">{tag("6")}</p>'
    facts, _, _ = read(tmp_path, page(body))
    assert [fact.shown for fact in facts] == ["5"]


def test_broken_half_way_keeps_the_first_half(tmp_path: Path) -> None:
    whole = page(STATEMENT)
    cut = whole[: whole.index("Per share:")]
    facts, _, chunks = read(tmp_path, cut)
    assert [(fact.label, str(fact.value)) for fact in facts] == [
        ("Net sales", "1234000000"),
        ("Net sales", "999000000"),
        ("Net loss", "-56000000"),
    ]
    assert shown_line(facts[2], chunks) == "Net loss | (56) | —"


def test_ingest_reports_it_with_the_filing(tmp_path: Path, workspace: Workspace) -> None:
    path = tmp_path / "ropes.htm"
    path.write_text(page(BROKEN), encoding="utf-8")
    (stored,) = ingest(workspace, [path]).added
    assert stored.facts == 4
    assert stored.warnings[-1].startswith(
        "tagged figures: 2 without a known period, 1 without a known unit, "
    )


def test_the_documents_of_a_submission_share_their_contexts(tmp_path: Path) -> None:
    sold = f"<p>Annual report</p><p>We sold {tag('77', 'x:Twine')} million.</p>"
    exhibit = f"<html {NAMES}><body>{sold}</body></html>"
    documents = "".join(
        f"<DOCUMENT>\n<TYPE>{kind}\n<TEXT>\n{text}\n</TEXT>\n</DOCUMENT>\n"
        for kind, text in (("10-K", page(STATEMENT)), ("EX-13", exhibit))
    )
    header = "<SEC-HEADER>\nCONFORMED SUBMISSION TYPE: 10-K\n</SEC-HEADER>\n"
    facts, remarks, chunks = read(tmp_path, f"<SEC-DOCUMENT>\n{header}{documents}</SEC-DOCUMENT>\n")
    assert (len(facts), remarks) == (9, ())
    assert (facts[8].value, facts[8].end) == (Decimal(77_000_000), "2023-12-31")
    assert shown_line(facts[8], chunks) == "We sold 77 million."


def test_a_filing_without_tags_has_none(tmp_path: Path) -> None:
    plain = "<html><body><p>Item 7. Sales were $5 million.</p></body></html>"
    assert read(tmp_path, plain)[:2] == ((), ())


@pytest.mark.parametrize("path", sample_filings(), ids=lambda path: path.stem)
def test_every_fact_of_the_sample_filings_stands_in_its_line(path: Path) -> None:
    filing = read_filing(path)
    chunks = chunk_filing(filing)
    facts, remarks = facts_of(filing, chunks)
    assert len(facts) > 200
    assert remarks == ()
    for fact in facts:
        line = shown_line(fact, chunks)
        assert fact.shown.strip("$()%") in line
        assert fact.label in line


def shared_facts(shared: Path, name: str) -> tuple[tuple[Fact, ...], list[Chunk]]:
    filing = read_filing(shared / "filings" / "html" / name)
    chunks = chunk_filing(filing)
    return facts_of(filing, chunks)[0], chunks


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "in_tables", "in_prose"),
    [("intc-10k-fy2023.htm", 1416, 252), ("wmt-10k-fy2024.htm", 1074, 147), ("wfc-10k-fy2024.htm", 0, 2)],
)
def test_every_fact_of_a_real_filing_stands_in_its_line(
    shared: Path, name: str, in_tables: int, in_prose: int
) -> None:
    facts, chunks = shared_facts(shared, name)
    table = [fact for fact in facts if fact.label or fact.column]
    assert (len(table), len(facts) - len(table)) == (in_tables, in_prose)
    for fact in facts:
        line = shown_line(fact, chunks)
        assert fact.shown.strip("$()%") in line
        assert fact.label in line
