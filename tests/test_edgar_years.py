"""Fiscal years: which filings `years` means, for companies whose year ends in any month."""

from __future__ import annotations

from pathlib import Path

import pytest
from edgar_tools import fetch
from fake_edgar import FakeCompany, FakeFiling, fake_edgar

from rag_app.filings.edgar.fetch import Failure, FetchRequest
from rag_app.filings.edgar.listing import Company, Listing


def listing(form: str, period_end: str, year_end: str, filed: str = "2024-06-01") -> Listing:
    company = Company("ACME", "Acme", "0000000001", year_end)
    return Listing(company, "0000000001-24-000001", form, filed, period_end, "a.htm", "https://e")


@pytest.mark.parametrize(
    ("form", "period_end", "year_end", "year", "open_"),
    [
        ("10-K", "2023-12-31", "1231", 2023, False),
        ("10-K", "2024-09-28", "0928", 2024, False),
        ("10-K", "2021-01-03", "0103", 2020, False),  # 53 weeks that run into January
        ("10-K", "2024-01-28", "0126", 2024, True),
        ("10-K", "2024-02-03", "0131", 2024, True),
        ("10-K", "2024-02-24", "0224", 2024, True),
        ("10-K", "2024-05-31", "0531", 2024, False),
        ("10-K", "2021-06-30", "1231", 2021, False),  # the year end has moved since
        ("10-Q", "2023-12-30", "0928", 2024, False),
        ("10-Q", "2024-06-29", "0928", 2024, False),
        ("10-Q", "2024-09-30", "1231", 2024, False),
        ("10-Q", "2024-04-28", "0126", 2025, True),
        ("10-Q", "2024-03-31", "", 2024, False),
        ("10-Q", "2024-11-30", "0229", 2025, True),
        ("8-K", "2024-04-28", "0126", 2024, False),
    ],
)
def test_fiscal_years(form: str, period_end: str, year_end: str, year: int, open_: bool) -> None:
    one = listing(form, period_end, year_end)
    assert (one.fiscal_year, one.may_be_named_before) == (year, open_)


@pytest.mark.parametrize(
    ("form", "filed", "year"),
    [("10-K", "1999-03-01", 1998), ("10-K405", "1997-12-05", 1997), ("8-K", "1999-03-01", 1999)],
)
def test_fiscal_years_without_a_report_date(form: str, filed: str, year: int) -> None:
    assert listing(form, "", "1231", filed).fiscal_year == year


def annual(number: int, period_end: str, fiscal_year: int, form: str = "10-K") -> FakeFiling:
    """An inline XBRL 10-K that says what its fiscal year is."""
    body = (
        '<html xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"><body><p>FORM 10-K</p><p>For the fiscal year '
        f'ended {period_end}</p><p><ix:nonNumeric name="dei:DocumentFiscalYearFocus" contextRef="c">'
        f"{fiscal_year}</ix:nonNumeric></p></body></html>"
    ).encode()
    filed = f"{period_end[:4]}-03-20"
    return FakeFiling(f"0000000009-24-{number:06d}", form, filed, period_end, f"y{fiscal_year}.htm", body)


def shop(before: int) -> FakeCompany:
    """A company whose years end around January 31 and are named `before` years earlier."""
    ends = ("2025-02-01", "2024-02-03", "2023-01-28", "2022-01-29")
    filings = [annual(n, end, int(end[:4]) - before) for n, end in enumerate(ends, 1)]
    return FakeCompany("SHOP", 9, "Shop Inc.", (*filings[:2],), ((*filings[2:],),), year_end="0131")


@pytest.mark.parametrize(
    ("before", "years", "documents", "downloads"),
    [
        (0, (2023, 2024), ["y2024.htm", "y2023.htm"], 2),  # named as NVIDIA and Walmart do
        (1, (2022, 2023), ["y2023.htm", "y2022.htm"], 2),  # as Target and Home Depot do
        (1, (2024,), ["y2024.htm"], 2),
        (0, (2022,), ["y2022.htm"], 1),
    ],
)
def test_a_year_that_ends_in_january_bears_the_name_the_company_gives_it(
    tmp_path: Path, before: int, years: tuple[int, ...], documents: list[str], downloads: int
) -> None:
    with fake_edgar([shop(before)]) as server:
        result = fetch(server, tmp_path, FetchRequest(("SHOP",), years=years))
        assert [one.path.name for one in result.fetched] == documents
        assert [f"y{one.fiscal_year}.htm" for one in result.fetched] == documents
        assert result.failed == ()
        assert sum(".htm" in path for path in server.paths) == downloads


def test_a_year_the_company_does_not_name_so_is_missing(tmp_path: Path) -> None:
    with fake_edgar([shop(1)]) as server:
        result = fetch(server, tmp_path, FetchRequest(("SHOP",), years=(2025,)))
    assert (result.fetched, result.failed) == (
        (),
        (Failure("SHOP", "EDGAR lists no 10-K for fiscal year 2025"),),
    )


def test_quarters_count_to_the_fiscal_year_they_belong_to(tmp_path: Path) -> None:
    ends = ("2024-04-28", "2023-10-29", "2023-07-30", "2023-04-30", "2022-10-30")
    quarters = [
        FakeFiling(f"0000000009-24-{n:06d}", "10-Q", f"{end[:8]}30", end, f"q{end}.htm", b"<html>x</html>")
        for n, end in enumerate(ends, 1)
    ]
    company = FakeCompany("CHIP", 9, "Chip Corp.", tuple(quarters), year_end="0128")
    with fake_edgar([company]) as server:
        result = fetch(server, tmp_path, FetchRequest(("CHIP",), form="10-Q", years=(2024,)))
    assert [one.period_end for one in result.fetched] == list(ends[1:4])


def test_a_10k405_is_a_10k_and_an_amendment_is_not(tmp_path: Path) -> None:
    old = [annual(1, "1999-12-31", 1999, "10-K405"), annual(2, "1999-12-31", 1999, "10-K405/A")]
    with fake_edgar([FakeCompany("OLD", 9, "Old Inc.", tuple(old))]) as server:
        result = fetch(server, tmp_path, FetchRequest(("OLD",), years=(1999,)))
    assert [(one.form, one.accession) for one in result.fetched] == [("10-K405", "0000000009-24-000001")]
