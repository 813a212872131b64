"""Dates, forms and cover pages; nothing is guessed."""

from __future__ import annotations

import pytest

from rag_app.core.types import FilingMeta
from rag_app.filings.html.tree import parse_tree
from rag_app.filings.meta.cover import from_cover, tidy_form
from rag_app.filings.meta.dates import parse_date
from rag_app.filings.meta.metadata import accession_in, dei_facts, from_dei, from_sgml, merge
from rag_app.filings.meta.symbols import from_release, ticker_of


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("September 28, 2024", "2024-09-28"),
        ("for the year ended June\xa030, 1999.", "1999-06-30"),
        ("2024-01-31", "2024-01-31"),
        ("19970926", "1997-09-26"),
        ("9/5/2001", "2001-09-05"),
        ("31 December 2023", "2023-12-31"),
        ("the 30th day of June, 1999", "1999-06-30"),
        ("Dec. 31, 2022", "2022-12-31"),
        ("Sept. 30, 2022 and October 1, 2021", "2022-09-30"),
        ("February 30, 2024", None),
        ("--12-31", None),
        ("", None),
    ],
)
def test_dates(text: str, iso: str | None) -> None:
    assert parse_date(text) == iso


@pytest.mark.parametrize(
    ("text", "form"),
    [("10-k", "10-K"), ("10K/A", "10-K/A"), ("8 - K", "8-K"), ("EX-99.1", "EX-99.1"), ("", None)],
)
def test_forms(text: str, form: str | None) -> None:
    assert tidy_form(text) == form


def test_amendment_flag_marks_the_form() -> None:
    assert from_dei({"DocumentType": "10-K", "AmendmentFlag": "true"}).form == "10-K/A"
    assert from_dei({"DocumentType": "10-K/A", "AmendmentFlag": "true"}).form == "10-K/A"


ANNUAL = [
    "FORM 10-K",
    "For the fiscal year ended January 28, 2023",
    "Commission File Number 1-9595",
    "BEST EXAMPLES CO., INC.",
    "(Exact name of registrant as specified in its charter)",
    "Title of each class Trading Symbol Name of exchange on which registered",
    "Common Stock, $0.10 par value per share BXX New York Stock Exchange",
]


def test_annual_cover() -> None:
    assert ticker_of("\n".join(ANNUAL), "") == "BXX"
    assert from_cover(ANNUAL) == FilingMeta(
        company="BEST EXAMPLES CO., INC.",
        form="10-K",
        fiscal_year=2023,
        fiscal_period="FY",
        period_end="2023-01-28",
    )


@pytest.mark.parametrize(
    ("period", "span", "expected"),
    [
        ("December 31, 2022", "Three months ended December 31, 2022", ("Q1", 2023)),
        ("December 31, 2022", "Six Months Ended December 31, 2022", ("Q2", 2023)),
        ("October 1, 2022", "nine months ended October 1, 2022", ("Q3", 2022)),
        ("July 29, 2023", "Six Months Ended July 29, 2023", ("Q2", 2024)),
        ("April 30, 2023", "Thirteen weeks ended April 30, 2023", ("Q1", 2024)),
        ("June 30, 2023", "a quarter like any other", (None, None)),
    ],
)
def test_quarters_and_their_fiscal_year(
    period: str, span: str, expected: tuple[str | None, int | None]
) -> None:
    lines = ["Form 10-Q", f"For the quarterly period ended {period}"]
    meta = from_cover(lines, f"{span}. " * 3)
    assert (meta.fiscal_period, meta.fiscal_year) == expected
    assert meta.period_end == parse_date(period)


def test_a_cover_that_does_not_tell_stays_empty() -> None:
    assert from_cover(["Press release", "Sales rose"]) == FilingMeta()


def test_name_after_the_file_number_where_no_line_says_exact_name() -> None:
    lines = ["FORM 10-K", "Commission file number 1-3285", "3M COMPANY", "State of Incorporation: Delaware"]
    assert from_cover(lines).company == "3M COMPANY"


@pytest.mark.parametrize(
    ("body", "ticker"),
    [
        ("The Company's common stock is traded on the Nasdaq under the symbol EXPL, in Tokyo too.", "EXPL"),
        ("Our Class B common stock (par $.01) of Example Inc. trades under the symbol “EXM.B”.", "EXM.B"),
        ("Example’s stock ticker symbol is EXM and is listed on the NYSE.", "EXM"),
        ("The Company’s ticker symbol is EXM.", "EXM"),
        ("Until the merger the common stock of Target was traded under the symbol TGX.", None),
        ("Preferred notes are quoted under the symbol NOTE.", None),
    ],
)
def test_symbol_told_in_the_text(body: str, ticker: str | None) -> None:
    assert ticker_of("FORM 10-K", body) == ticker


@pytest.mark.parametrize(
    ("rows", "ticker"),
    [
        (
            ["Class A common stock BRK.A New York Stock Exchange", "Class B BRK.B New York Stock Exchange"],
            "BRK.A",
        ),
        (["Common Stock", "A", "The Nasdaq Stock Market LLC"], "A"),
        (["COMMON STOCK NEW YORK STOCK EXCHANGE"], None),
        (["1.125% Notes due 2027 AUKF/27 New York Stock Exchange"], None),
        (["Ordinary Shares “EXMP” NASDAQ Global Select Market"], "EXMP"),
    ],
)
def test_the_first_symbol_of_the_cover_table(rows: list[str], ticker: str | None) -> None:
    heads = "Title of each class Trading Symbol(s) Name of each exchange on which registered"
    assert ticker_of("\n".join([heads, *rows]), "") == ticker


def test_merge_keeps_the_first_known_and_accession_is_found_in_names() -> None:
    merged = merge(FilingMeta(company="A", form=None), FilingMeta(company="B", form="10-K"))
    assert merged == FilingMeta(company="A", form="10-K")
    assert accession_in("aapl-0000320193-24-000123.htm") == "0000320193-24-000123"
    assert accession_in("2022 Q3 AAPL.pdf") is None


def test_press_release_names_company_and_symbol() -> None:
    body = "KEARNEY, NE -- (BUSINESS WIRE) -- The Example, Inc. (NYSE: EXM) announced today that sales rose."
    assert from_release(body) == FilingMeta(company="The Example, Inc.", ticker="EXM")
    told = from_release(
        f"{body} Net income for the fiscal quarter ended November 2, 2024 was $44 million."
        " Net income for the third quarter of fiscal 2024 rose; the third quarter of fiscal 2023 was weak."
    )
    assert (told.fiscal_year, told.fiscal_period, told.period_end) == (2024, "Q3", "2024-11-02")
    assert from_release("Sales rose (a lot).") == FilingMeta()


@pytest.mark.parametrize(
    ("lines", "form", "period_end"),
    [
        (["FORM 10-K405", "For the fiscal year ended December 31, 1998"], "10-K405", "1998-12-31"),
        (["FORM 10-KSB", "For the year ended June 30, 2003"], "10-KSB", "2003-06-30"),
        (["Form 10 - K/A", "For fiscal year ended September 30, 2001"], "10-K/A", "2001-09-30"),
        (
            ["FORM 10-K", "(Amendment No. 2)", "for the 52 weeks ended February 1, 2003"],
            "10-K/A",
            "2003-02-01",
        ),
        (["FORM 10-Q", "Amendment No. 1", "For the quarter ended March 31, 2005"], "10-Q/A", "2005-03-31"),
        (["FORM 10-Q", "For the twelve weeks ended May 7, 2022"], "10-Q", "2022-05-07"),
        (
            ["FORM 10-KT", "For the transition period from July 1, 2022 to December 31, 2022"],
            "10-KT",
            "2022-12-31",
        ),
        (["FORM 20-F", "For the fiscal year ended 31 December 2022"], "20-F", "2022-12-31"),
        (["FORM 40-F", "For the fiscal year ended October 31, 2021"], "40-F", "2021-10-31"),
        (["FORM", "10-K", "For the fiscal year ended June 30, 1996"], "10-K", "1996-06-30"),
        (["FORM 6-K", "For the month of November 2023"], "6-K", None),
        (
            ["FORM 8-K", "Date of Report: May 3, 2004 (Date of earliest event reported: April 30, 2004)"],
            "8-K",
            "2004-04-30",
        ),
        (
            ["FORM 8-K/A", "Date of Report (Date of earliest event reported): May 6, 2021 (May 3, 2021)"],
            "8-K/A",
            "2021-05-03",
        ),
        (
            ["FORM 8-K", "November 22, 2024", "Date of Report (Date of earliest event reported)"],
            "8-K",
            "2024-11-22",
        ),
    ],
)
def test_forms_and_periods_of_covers(lines: list[str], form: str, period_end: str | None) -> None:
    meta = from_cover(lines)
    assert (meta.form, meta.period_end) == (form, period_end)


@pytest.mark.parametrize(
    ("end", "body", "year"),
    [
        ("January 28, 2023", "In the year ended January 28, 2023 (“fiscal 2022”) sales rose.", 2022),
        ("January 28, 2023", "Fiscal 2023 ended on January 28, 2023.", 2023),
        ("January 28, 2023", "Fiscal years 2022 and 2021 ended January 28, 2023 and January 29, 2022.", 2022),
        ("January 28, 2023", "Sales rose in fiscal 2022.", 2023),
        ("January 1, 2023", "Nothing is said.", 2022),
        ("June 30, 2023", "As of June 30, 2023 (fiscal year 2023) we had stores.", 2023),
    ],
)
def test_the_text_names_the_fiscal_year(end: str, body: str, year: int) -> None:
    assert from_cover(["FORM 10-K", f"For the fiscal year ended {end}"], body).fiscal_year == year


def test_a_quarter_takes_the_year_that_the_text_gives_it() -> None:
    lines = ["FORM 10-Q", "For the quarterly period ended July 29, 2023"]
    spans = "Six Months Ended July 29, 2023. " * 3
    told = "Sales in the second quarter of fiscal 2023 rose. "
    assert from_cover(lines, spans + told * 2).fiscal_year == 2023
    assert (
        from_cover(lines, spans + told * 2 + "The second quarter of fiscal 2024 began well.").fiscal_year
        == 2024
    )


def test_the_first_of_several_registrants() -> None:
    lines = [
        "Commission Registrant, State of Incorporation, IRS Employer",
        "File Number Address, and Telephone Number Identification No.",
        "2-26720 Example Gas and Electric Company 61-0264150",
        "(A Kentucky Corporation)",
        "1-3464 Example Utilities Company 61-0247570",
    ]
    assert from_cover(lines).company == "Example Gas and Electric Company"


@pytest.mark.parametrize(
    ("lines", "company"),
    [
        (
            ["THE EXAMPLE GROUP,", "INC.", "(Exact name of registrant as specified in its charter)"],
            "THE EXAMPLE GROUP, INC.",
        ),
        (["Exact name of registrant as specified in its charter: Example Corp"], "Example Corp"),
        (
            ["EXAMPLE ONE", "(Exact name of Registrant)", "EXAMPLE TWO", "(Exact name of Registrant)"],
            "EXAMPLE ONE",
        ),
    ],
)
def test_names_over_two_lines_and_behind_a_colon(lines: list[str], company: str) -> None:
    assert from_cover(lines).company == company


def test_the_name_of_a_file_tells_no_cik() -> None:
    name = "8k-0000887919-21-000012.htm"
    assert merge(FilingMeta(), FilingMeta(accession=accession_in(name))) == FilingMeta(
        accession="0000887919-21-000012"
    )


INLINE = b"""<html xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" xmlns:xbrli="http://www.xbrl.org/2003/instance"
 xmlns:xbrldi="http://xbrl.org/2006/xbrldi"><body><div style="display:none"><ix:header><ix:resources>
<xbrli:context id="sub"><xbrli:entity><xbrli:segment>
<xbrldi:explicitMember dimension="dei:LegalEntityAxis">x:SubMember</xbrldi:explicitMember>
</xbrli:segment></xbrli:entity></xbrli:context><xbrli:context id="own"/></ix:resources></ix:header></div>
<ix:nonNumeric name="dei:EntityRegistrantName" contextRef="sub">Example Sub LLC</ix:nonNumeric>
<ix:nonNumeric name="dei:EntityCentralIndexKey" contextRef="sub">0000000002</ix:nonNumeric>
<ix:nonNumeric name="dei:EntityRegistrantName" contextRef="own">Example Corp</ix:nonNumeric>
<ix:nonNumeric name="dei:EntityCentralIndexKey" contextRef="own">0000000001</ix:nonNumeric>
<ix:nonNumeric name="dei:TradingSymbol" contextRef="own">N/A</ix:nonNumeric>
<ix:nonNumeric name="dei:TradingSymbol" contextRef="own">EXM.B</ix:nonNumeric>
<ix:nonNumeric name="dei:DocumentType" contextRef="own">10-K</ix:nonNumeric></body></html>"""


def test_facts_of_the_registrant_come_before_those_of_its_subsidiary() -> None:
    meta = from_dei(dei_facts(parse_tree(INLINE)))
    assert meta == FilingMeta(company="Example Corp", ticker="EXM.B", cik="0000000001", form="10-K")


def test_the_first_filer_of_a_submission_header() -> None:
    header = """ACCESSION NUMBER:\t\t0000000001-97-000001
CONFORMED SUBMISSION TYPE:\t10-K405
CONFORMED PERIOD OF REPORT:\t19970131
FILED AS OF DATE:\t\t19970430

FILER:
\tCOMPANY DATA:
\t\tCOMPANY CONFORMED NAME:\t\t\tEXAMPLE HOLDINGS INC
\t\tCENTRAL INDEX KEY:\t\t\t0000123456
\tFORMER COMPANY:
\t\tFORMER CONFORMED NAME:\tOLD EXAMPLE INC
FILER:
\tCOMPANY DATA:
\t\tCOMPANY CONFORMED NAME:\t\t\tEXAMPLE SUB INC
\t\tCENTRAL INDEX KEY:\t\t\t0000654321
"""
    known = from_sgml(header)
    assert known == FilingMeta(
        company="EXAMPLE HOLDINGS INC",
        cik="0000123456",
        form="10-K405",
        period_end="1997-01-31",
        filed="1997-04-30",
        accession="0000000001-97-000001",
    )
    told = from_cover(
        ["FORM 10-K405"], "the year ended January 31, 1997 (“fiscal 1996”)", known.form, known.period_end
    )
    assert (told.fiscal_year, told.fiscal_period) == (1996, "FY")
