"""Dates, forms and cover pages; nothing is guessed."""

from __future__ import annotations

import pytest

from rag_app.core.types import FilingMeta
from rag_app.filings.metadata import (
    accession_in,
    from_cover,
    from_dei,
    from_release,
    merge,
    parse_date,
    tidy_form,
)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("September 28, 2024", "2024-09-28"),
        ("for the year ended June\xa030, 1999.", "1999-06-30"),
        ("2024-01-31", "2024-01-31"),
        ("19970926", "1997-09-26"),
        ("9/5/2001", "2001-09-05"),
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
    assert from_cover(ANNUAL) == FilingMeta(
        company="BEST EXAMPLES CO., INC.",
        ticker="BXX",
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


def test_symbol_told_in_the_text() -> None:
    body = "The Company's common stock is traded on the Nasdaq under the symbol EXPL, in Tokyo too."
    assert from_cover(["FORM 10-K"], body).ticker == "EXPL"


def test_merge_keeps_the_first_known_and_accession_is_found_in_names() -> None:
    merged = merge(FilingMeta(company="A", form=None), FilingMeta(company="B", form="10-K"))
    assert merged == FilingMeta(company="A", form="10-K")
    assert accession_in("aapl-0000320193-24-000123.htm") == "0000320193-24-000123"
    assert accession_in("2022 Q3 AAPL.pdf") is None


def test_press_release_names_company_and_symbol() -> None:
    body = "KEARNEY, NE -- (BUSINESS WIRE) -- The Example, Inc. (NYSE: EXM) announced today that sales rose."
    assert from_release(body) == FilingMeta(company="The Example, Inc.", ticker="EXM")
    assert from_release("Sales rose (a lot).") == FilingMeta()
