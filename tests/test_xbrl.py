"""The facts an inline XBRL filing shows, and the oracle made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.coverage import measure
from rag_app.chunks import chunk_filing
from rag_app.filings.blocks import to_blocks
from rag_app.filings.html.reader import read_html
from rag_app.filings.html.tree import parse_tree
from rag_app.filings.read import read_filing
from rag_app.filings.xbrl import Fact, Period, read_periods, read_units, visible_facts
from rag_app.samples import sample_filings

NAMES = (
    'xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" '
    'xmlns:xbrli="http://www.xbrl.org/2003/instance" xmlns:xbrldi="http://xbrl.org/2006/xbrldi"'
)
HEADER = """<div style="display:none"><ix:header><ix:hidden>
<ix:nonFraction name="x:Hidden" contextRef="y" unitRef="usd" scale="0">7</ix:nonFraction>
</ix:hidden><ix:resources>
<xbrli:context id="y"><xbrli:entity><xbrli:segment>
<xbrldi:explicitMember dimension="x:Axis">x:Member</xbrldi:explicitMember></xbrli:segment></xbrli:entity>
<xbrli:period><xbrli:startDate>2023-01-01</xbrli:startDate><xbrli:endDate>2023-12-31</xbrli:endDate>
</xbrli:period></xbrli:context>
<xbrli:context id="i"><xbrli:period><xbrli:instant>2022-12-31</xbrli:instant></xbrli:period></xbrli:context>
<xbrli:context id="broken"><xbrli:period/></xbrli:context>
<xbrli:unit id="usd"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit>
<xbrli:unit id="each"><xbrli:divide>
<xbrli:unitNumerator><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unitNumerator>
<xbrli:unitDenominator><xbrli:measure>xbrli:shares</xbrli:measure></xbrli:unitDenominator>
</xbrli:divide></xbrli:unit>
</ix:resources></ix:header></div>"""


def fact(text: str, context: str = "y", unit: str = "usd", scale: str = "6", more: str = "") -> str:
    about = f'name="x:Sales" contextRef="{context}" unitRef="{unit}" scale="{scale}" {more}'
    return f"<ix:nonFraction {about}>{text}</ix:nonFraction>"


def filing(body: str) -> bytes:
    return f"<html {NAMES}><head><title>t</title></head><body>{HEADER}{body}</body></html>".encode()


TABLE = f"""<p>Sales</p><p>(In millions)</p><table>
<tr><td></td><td colspan="2">2023</td><td colspan="2">2022</td></tr>
<tr><td>Net sales</td><td>$</td><td>{fact("1,234")}</td><td>$</td><td>{fact("999", "i")}</td></tr></table>
<p>We sold goods worth ${fact("5.5", scale="9")} billion in Europe. More.</p>"""
YEAR = Period("2023-01-01", "2023-12-31", (("x:Axis", "x:Member"),))


@pytest.mark.parametrize("html", [filing(TABLE), filing(TABLE).replace(b"<html", b"<!DOCTYPE html><html")])
def test_visible_facts(html: bytes) -> None:
    tree = parse_tree(html)  # as XML, and with a doctype as HTML
    assert [seen for _, seen in visible_facts(tree)] == [
        Fact("x:Sales", "1,234", 6, False, "USD", YEAR),
        Fact("x:Sales", "999", 6, False, "USD", Period(None, "2022-12-31")),
        Fact("x:Sales", "5.5", 9, False, "USD", YEAR),
    ]
    assert set(read_periods(tree)) == {"y", "i"}
    assert read_units(tree) == {"usd": "USD", "each": "USD/shares"}


def test_signs_units_and_what_is_missing() -> None:
    body = fact("3", more='sign="-"', unit="each", scale="-2") + fact("4", "none", "none", "many")
    assert [seen for _, seen in visible_facts(parse_tree(filing(f"<p>{body}</p>")))] == [
        Fact("x:Sales", "3", -2, True, "USD/shares", YEAR),
        Fact("x:Sales", "4", 0, False, "", None),
    ]


HEADS = "| 2023 | 2022"
ROW = "Net sales | $1,234 | $999"
PROSE = "We sold goods worth $5.5 billion in Europe."


@pytest.mark.parametrize(
    ("passages", "missed"),
    [
        ([f"(In millions)\n{HEADS}\n{ROW}", PROSE], []),
        ([f"(In millions)\n{HEADS}\n{ROW} {PROSE}"], []),
        ([f"(In millions)\n{HEADS}\n{ROW}"], ["value"]),
        ([f"{HEADS}\n{ROW}", PROSE], ["scale", "scale"]),
        ([f"(In millions)\n{ROW}", PROSE], ["period", "period"]),
        ([f"(In millions)\n| 2022 | 2023\n{ROW}", PROSE], ["period", "period"]),
        ([f"(In millions)\n{HEADS}\nCosts | $1,234 | $999", PROSE], ["label", "label"]),
        ([f"(In millions)\n{HEADS}\nNet sales | $1,234\n | $999", PROSE], ["label"]),
        ([], ["value", "value", "value"]),
    ],
)
def test_the_oracle_tells_what_a_passage_lacks(passages: list[str], missed: list[str]) -> None:
    covered = measure(filing(TABLE), passages)
    assert [why for why, _ in covered.missed] == missed
    assert (covered.total, covered.held) == (3, 3 - len(missed))


def test_the_oracle_sees_a_scale_that_does_not_hold() -> None:
    rows = f"<tr><td></td><td>2023</td></tr><tr><td>Staff</td><td>{fact('512', scale='0')}</td></tr>"
    page = filing(f"<table>{rows}</table>")
    assert measure(page, ["| 2023\nStaff | 512"]).missed == []
    assert [why for why, _ in measure(page, ["(in millions)\n| 2023\nStaff | 512"]).missed] == ["scale"]
    assert measure(page, ["(in millions, except staff)\n| 2023\nStaff | 512"]).missed == []


@pytest.mark.parametrize("path", sample_filings(), ids=lambda path: path.stem)
def test_the_sample_filings_are_held_whole(path: Path) -> None:
    covered = measure(path.read_bytes(), [chunk.full_text for chunk in chunk_filing(read_filing(path))])
    assert covered.total > 200
    assert covered.missed == []


SCALED = "<p>Of the business:</p><table><tr><td></td><td>2023</td><td>2022</td></tr>{}</table>"


def scaled(scales: str, text: str = "12") -> str:
    """The unit of a table whose rows are tagged with these scales and that shows no scale itself."""
    rows = "".join(
        f"<tr><td>Row {n}</td><td>{fact(text, scale=scale)}</td><td>{fact(text, scale=scale)}</td></tr>"
        for n, scale in enumerate(scales.split())
    )
    blocks = to_blocks(read_html(filing(f"<p>{'We make goods. ' * 20}</p>" + SCALED.format(rows))))
    return next(block.table.unit for block in blocks if block.table is not None)


@pytest.mark.parametrize(
    ("scales", "unit"),
    [
        ("6 6", "in millions"),
        ("3", "in thousands"),
        ("0 0", ""),
        ("-2 -2", ""),
        ("6 6 0", ""),
        ("6 6 3", ""),
        ("x y", ""),
    ],
)
def test_tags_tell_the_scale_that_a_table_does_not_show(scales: str, unit: str) -> None:
    assert scaled(scales) == unit


def test_mixed_scales_stand_in_the_rows() -> None:
    rows = "".join(
        f"<tr><td>{name}</td><td>{fact('12', scale=scale)}</td><td>{fact('13', scale=scale)}</td></tr>"
        for name, scale in (("Sales", "6"), ("Staff", "0"), ("Shares", "3"))
    )
    page = filing(f"<p>{'We make goods. ' * 20}</p>{SCALED.format(rows)}")
    (table,) = [block.table for block in to_blocks(read_html(page)) if block.table]
    assert [row.label for row in table.rows] == ["Sales (in millions)", "Staff", "Shares (in thousands)"]
    assert table.unit == ""


def test_values_that_tell_their_scale_are_no_exception() -> None:
    assert scaled("6 6 0", "0.25") == "in millions"


def test_numbers_tagged_like_one_with_a_sign_get_it_too() -> None:
    rows = "".join(
        f"<tr><td>{name}</td><td>{fact(value, scale='-2', unit=unit)}{sign}</td></tr>"
        for name, value, sign, unit in (
            ("Statutory", "21.0", "%", "pure"),
            ("Foreign", "5.9", "", "pure"),
            ("Other", "—", "", "pure"),
            ("Cents a share", "25", "", "usd"),
        )
    )
    page = filing(f"<p>{'We pay taxes. ' * 20}</p><table><tr><td></td><td>2023</td></tr>{rows}</table>")
    (table,) = [block.table for block in to_blocks(read_html(page)) if block.table]
    assert [row.cells for row in table.rows] == [("21.0%",), ("5.9%",), ("—",), ("25",)]


def test_no_facts_are_all_held() -> None:
    assert measure(filing("<p>none</p>"), []).share == 1.0
