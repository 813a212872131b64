"""Figures in words, and exact arithmetic with them: scales, signs, units, periods, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tagged_facts import IPHONE, LAST_YEAR, REVENUE, SALES, fact

from rag_app.facts import arithmetic, words
from rag_app.facts.arithmetic import Quantity, as_filed, compute, difference, growth
from rag_app.facts.types import Fact


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (fact(), "$93,736 million ($93.7 billion)"),
        (fact("-1638000000", "(1,638)"), "-$1,638 million (-$1.64 billion)"),
        (fact("4002814000000", "4,002,814"), "$4,002,814 million ($4.00 trillion)"),
        (fact("812000000", "812"), "$812 million"),
        (fact("12300000", "12.3"), "$12.3 million"),
        (fact("0", "-"), "$0"),
        (fact("6.08", "6.08", unit="USD/shares", scale=0, decimals="2"), "$6.08 per share"),
        (fact("-0.4", "(0.40)", unit="USD/shares", scale=0), "-$0.40 per share"),
        (
            fact("15343783000", "15,343,783", unit="shares", scale=3),
            "15,343,783 thousand shares (15.3 billion shares)",
        ),
        (fact("0.241", "24.1", unit="pure", scale=-2), "24.1%"),
        (fact("2", "two", unit="pure", scale=0), "2"),
        (fact("164000", "164,000", unit="Employee", scale=0), "164,000 employees"),
        (fact("5000000", "5", unit="EUR"), "€5 million"),
        (fact("5200000", "5.2", unit="CHF"), "5.2 million CHF"),
        (fact("93736000000", "", scale=0, origin="companyfacts"), "$93,736 million ($93.7 billion)"),
        (fact("1234567", "", scale=0, decimals="0", origin="companyfacts"), "$1,234,567 ($1.23 million)"),
        (fact("0.241", "", unit="pure", scale=0, origin="companyfacts"), "24.1%"),
    ],
)
def test_amounts_have_unit_scale_and_sign(found: Fact, told: str) -> None:
    assert words.amount(found).text == told


@pytest.mark.parametrize(
    ("start", "end", "year", "period", "told"),
    [
        ("2023-10-01", "2024-09-28", 2024, "FY", "in fiscal year 2024 (52 weeks ended September 28, 2024)"),
        ("2022-09-25", "2023-09-30", 2023, "FY", "in fiscal year 2023 (53 weeks ended September 30, 2023)"),
        ("2023-02-01", "2024-01-31", 2024, "FY", "in fiscal year 2024 (year ended January 31, 2024)"),
        (
            "2023-04-01",
            "2023-06-30",
            2023,
            "Q2",
            "in the second quarter of fiscal 2023 (three months ended June 30, 2023)",
        ),
        (
            "2023-04-02",
            "2023-07-01",
            2023,
            "Q3",
            "in the third quarter of fiscal 2023 (13 weeks ended July 1, 2023)",
        ),
        (
            "2022-09-25",
            "2023-07-01",
            2023,
            "9M",
            "in the first nine months of fiscal 2023 (40 weeks ended July 1, 2023)",
        ),
        (
            "2023-01-01",
            "2023-06-30",
            2023,
            "H1",
            "in the first six months of fiscal 2023 (six months ended June 30, 2023)",
        ),
        (None, "2024-09-28", 2024, "FY", "as of September 28, 2024 (the end of fiscal year 2024)"),
        (None, "2024-10-18", None, "", "as of October 18, 2024"),
        ("2021-01-04", "2024-01-28", None, "", "from January 4, 2021 to January 28, 2024"),
        ("2021-01-05", "2024-01-31", None, "", "from January 5, 2021 to January 31, 2024"),
    ],
)
def test_periods_are_said_with_their_days(
    start: str | None, end: str, year: int | None, period: str, told: str
) -> None:
    assert words.period(fact(start=start, end=end, fiscal_year=year, fiscal_period=period)) == told


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"label": "Diluted (2)", "section": "Net income per share:"}, "Net income per share (Diluted)"),
        ({"label": "Total assets", "section": "ASSETS:"}, "Total assets"),
        ({"label": "Sales |  of\nropes"}, "Sales / of ropes"),
        (
            {"label": "Securities", "section": "Hedged assets", "statement": "Note 4"},
            "Hedged assets - Securities",
        ),
        ({"label": "Securities", "section": "ASSETS:", "statement": "BALANCE SHEETS"}, "Securities"),
        ({"label": "", "concept": "us-gaap:IncomeTaxesPaidNet"}, "Income taxes paid net"),
        ({"label": "Net sales", "members": IPHONE}, "Net sales, iPhone"),
        ({"label": "iPhone (1)", "members": IPHONE, "concept": REVENUE}, "Revenue (iPhone)"),
        ({"label": "iPhone", "members": IPHONE, "section": "Net sales:"}, "Net sales (iPhone)"),
    ],
)
def test_a_row_is_called_by_its_label_and_what_it_stands_under(more: dict[str, object], told: str) -> None:
    assert words.name(fact(**more)) == told


def test_growth_is_exact_and_shown() -> None:
    found = growth(as_filed(fact("391035000000", "391,035")), as_filed(fact("383285000000", "383,285")))
    assert (found.shown, found.working) == ("2.0%", "(391,035 - 383,285) / 383,285 = 2.0%")
    assert found.value is not None
    assert found.value * 383285 == Decimal(7750)


def test_a_growth_that_would_say_nothing_is_refused() -> None:
    new, gone = as_filed(fact("5000000", "5")), as_filed(fact("0", "-"))
    assert growth(new, gone).refused == (
        "the figure to grow from is zero, so a percentage would say nothing; the change is $5 million"
    )
    lost = growth(new, as_filed(fact("-3000000", "(3)")))
    assert (lost.value, lost.shown) == (None, "")
    assert lost.refused.endswith("is negative, so a percentage would say nothing; the change is $8 million")
    turned = growth(as_filed(fact("-3000000", "(3)")), new)
    assert turned.refused == (
        "the figure turned negative, so a percentage would say nothing; the change is -$8 million"
    )


def test_a_difference_of_percentages_is_in_points() -> None:
    rates = [as_filed(fact(v, s, unit="pure", scale=-2)) for v, s in (("0.241", "24.1"), ("0.147", "14.7"))]
    found = growth(*rates)
    assert (found.shown, found.working) == ("9.4 percentage points", "24.1% - 14.7% = 9.4 percentage points")


def test_what_does_not_match_is_refused() -> None:
    income, shares = fact(), fact("6.08", "6.08", label="Diluted EPS", unit="USD/shares", scale=0)
    assert difference(as_filed(income), as_filed(shares)).refused == (
        "Net income is in USD and Diluted EPS in USD per share, which cannot be set against each other"
    )
    quarter = fact(start="2024-06-30", fiscal_period="Q4")
    assert growth(as_filed(income), as_filed(quarter)).refused == (
        "the periods are not of one length (52 weeks ended September 28, 2024; 13 weeks ended "
        "September 28, 2024)"
    )
    made = compute("a / b", [fact(), fact(**LAST_YEAR)], "margin", True)
    assert isinstance(made, arithmetic.Sum)
    assert made.refused.endswith("not of one period")


@pytest.mark.parametrize(
    ("formula", "percent", "shown", "working"),
    [
        ("a / b", True, "24.0%", "93,736 / 391,035 = 24.0%"),
        ("b / a", False, "4.17", "391,035 / 93,736 = 4.17"),
        ("b - a", False, "$297,299 million ($297.3 billion)", "391,035 - 93,736 = 297,299"),
        ("a - b", False, "-$297,299 million (-$297.3 billion)", "93,736 - 391,035 = -297,299"),
        ("(b - a) / b", True, "76.0%", "(391,035 - 93,736) / 391,035 = 76.0%"),
    ],
)
def test_formulas_are_written_out(formula: str, percent: bool, shown: str, working: str) -> None:
    made = compute(formula, [fact(), fact("391035000000", "391,035", **SALES)], "x", percent)
    assert isinstance(made, Quantity)
    assert (made.said.text, made.working) == (shown, working)


def test_a_share_of_nothing_is_refused() -> None:
    made = compute("a / b", [fact(), fact("0", "-")], "x", True)
    assert made == arithmetic.Sum(refused="what it would be divided by is zero, so it would say nothing")
