"""Ways of asking, periods and worked-out answers, asked of real filings as they come in practice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from conftest import Asking

from rag_app.facts.lookup import look_up
from rag_app.facts.told import looked_up

pytestmark = pytest.mark.shared


def told(asking: Asking, question: str) -> tuple[list[str], list[str]]:
    """(the values of the facts, the arithmetic with its results) of an answer that is stated."""
    store, filings = asking
    answer = looked_up(store, question, None, filings).answer
    assert answer is not None and answer.figures is not None, question
    figures = answer.figures
    assert all(r.working and r.working in answer.text for r in figures.results if not r.refused)
    return [str(f.value) for f in figures.stated], [r.working for r in figures.results if not r.refused]


@pytest.mark.parametrize(
    ("question", "value", "start", "end"),
    [
        ("Apple net sales for fiscal 2022 year to date through June 25, 2022",
         "304182000000", "2021-09-26", "2022-06-25"),
        ("AAPL | operating cash flow | nine-month YTD to June 25, 2022",
         "98024000000", "2021-09-26", "2022-06-25"),
        ("Apple net sales YTD Jun-22", "304182000000", "2021-09-26", "2022-06-25"),
        ("What did Apple spend on R&D in the June 2023 quarter?", "7442000000", "2023-04-02", "2023-07-01"),
        ("apple services rev june q 2023?", "21213000000", "2023-04-02", "2023-07-01"),
        ("Apple net income for Q3 2023 (ended July 1, 2023)", "19881000000", "2023-04-02", "2023-07-01"),
        ("Apple's inventories at the end of June 2023", "7351000000", None, "2023-07-01"),
        ("AMZN TTM Jun-23 operating cash flow", "61841000000", "2022-07-01", "2023-06-30"),
        ("Amazon operating cash flow on a trailing-twelve-month basis to June 30, 2022",
         "35574000000", "2021-07-01", "2022-06-30"),
        ("Amazon operating cash flow, YTD 6/30/23", "21264000000", "2023-01-01", "2023-06-30"),
        ("Amazon Q2-23 net sales", "134383000000", "2023-04-01", "2023-06-30"),
        ("Intel inventories, YE2022", "13224000000", None, "2022-12-31"),
        ("Intel FYE Dec. 30, 2023 net revenue", "54228000000", "2023-01-01", "2023-12-30"),
        ("Walmart net sales in the year to January 2024", "642637000000", "2023-02-01", "2024-01-31"),
        # with a request around it
        ("Our file is missing one number, namely Walmart's SG&A for the year ended January 31, 2023."
         " What is it?", "127140000000", "2022-02-01", "2023-01-31"),
        ("I should be obliged if you could confirm Apple's current portion of term debt at July 1, 2023.",
         "7216000000", None, "2023-07-01"),
        ("Did Amazon make or lose money in Q2 2022, and how much?",
         "-2028000000", "2022-04-01", "2022-06-30"),
        # a share that is tagged as one
        ("What share of Intel's net revenue came from Dell in 2022?", "0.19", "2021-12-26", "2022-12-31"),
        ("HP as % of Intel net revenue, 2023", "0.1", "2023-01-01", "2023-12-30"),
    ],
)  # fmt: skip
def test_the_one_figure_that_is_asked_for(
    asking: Asking, question: str, value: str, start: str | None, end: str
) -> None:
    lookup = look_up(question, *asking)
    assert lookup is not None and lookup.sure, lookup
    facts = [cell.fact for cell in lookup.cells]
    assert [(f.value, f.start, f.end) for f in facts if f] == [(Decimal(value), start, end)]


@pytest.mark.parametrize(
    ("question", "working"),
    [
        # sums and differences of one company
        ("How much cash did NVIDIA return to shareholders in FY25 (buybacks plus dividends)?",
         ["33,706 + 834 = 34,540"]),
        ("What did Apple pay in dividends and share repurchases together in fiscal 2023?",
         ["15,025 + 77,550 = 92,575"]),
        ("Sum of Apple's R&D and SG&A in fiscal 2024?", ["31,370 + 26,097 = 57,467"]),
        ("iPhone plus iPad plus Mac sales of Apple in fiscal 2024", ["201,183 + 26,694 + 29,984 = 257,861"]),
        ("Apple free cash flow FY24 (operating cash flow less capex)?", ["118,254 - 9,447 = 108,807"]),
        ("Intel 2022 free cash flow = cash from operations minus additions to PP&E?",
         ["15,433 - 24,844 = -9,411"]),
        ("NVIDIA free cash flow FY25", ["64,089 - 3,236 = 60,853"]),
        # changes
        ("Mac revenue drop at Apple FY23 vs FY22, in dollars and %",
         ["(29,357 - 40,177) / 40,177 = -26.9%", "29,357 - 40,177 = -10,820"]),
        ("By how many dollars did Walmart operating income rise from fiscal 2023 to fiscal 2024?",
         ["27,012 - 20,428 = 6,584"]),
        ("How much less did Intel pay in dividends in 2023 than in 2022?", ["3,088 - 5,997 = -2,909"]),
        ("AWS yoy growth Q2 2023?", ["(22,140 - 19,739) / 19,739 = 12.2%"]),
        # shares and margins
        ("AWS's operating margin for the second quarter of 2023", ["5,365 / 22,140 = 24.2%"]),
        ("Walmart FY24 operating margin on total revenues", ["27,012 / 648,125 = 4.2%"]),
        ("greater china % of apple sales, nine months fy23", ["57,475 / 293,787 = 19.6%"]),
        ("China incl. HK % of NVDA revenue FY25?", ["17,108 / 130,497 = 13.1%"]),
        # two companies
        ("Which was larger, NVIDIA revenue in fiscal 2025 or Intel net revenue in 2023, and by how much?",
         ["130,497 - 54,228 = 76,269"]),
        ("How much higher was Apple's R&D in FY24 than Intel's in 2023?", ["31,370 - 16,046 = 15,324"]),
    ],
)  # fmt: skip
def test_what_is_worked_out_is_shown(asking: Asking, question: str, working: list[str]) -> None:
    assert told(asking, question)[1] == working


def test_each_company_has_the_period_after_it(asking: Asking) -> None:
    values, _ = told(asking, "effective tax rates: Apple FY24, NVIDIA FY25, Walmart FY24")
    assert sorted(values) == ["0.133", "0.241", "0.255"]


def test_years_that_are_listed_are_a_trend(asking: Asking) -> None:
    lookup = look_up("How have Intel dividends paid moved over 2021, 2022 and 2023?", *asking)
    assert lookup is not None and lookup.sure and lookup.operation == "trend"
    assert [str(c.fact.value) for c in lookup.cells if c.fact] == ["5644000000", "5997000000", "3088000000"]


def test_a_base_that_is_named_is_the_one_divided_by(asking: Asking) -> None:
    on_sales = told(asking, "Walmart FY24 operating margin on net sales")
    assert on_sales == (["27012000000", "642637000000"], ["27,012 / 642,637 = 4.2%"])


@pytest.mark.parametrize(
    "question",
    [
        # another year than the day is of; a sum of what flows and what is held; a definition that is not ours
        "Apple net sales, fiscal 2021 year to date through June 25, 2022",
        "Apple inventories plus revenue fiscal 2024",
        "Intel free cash flow 2023 (cash from operations minus dividends)",
        # what a clause before or after it says
        "Apple net income FY24, for our non-GAAP table",
        "We're doing quarterly numbers: Apple net income FY24",
        "Apple's average revenue over fiscal 2022, 2023 and 2024",
        "How much of Intel's debt matures in 2030?",
    ],
)
def test_what_may_be_meant_otherwise_is_not_stated(asking: Asking, question: str) -> None:
    lookup = look_up(question, *asking)
    assert lookup is None or not lookup.sure
