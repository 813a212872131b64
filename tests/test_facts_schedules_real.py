"""What falls due in a year, all debt, and parts whose company is not named, in real filings."""

from __future__ import annotations

import pytest
from conftest import Asking

from rag_app.core.figures import Figures
from rag_app.facts.told import looked_up

pytestmark = pytest.mark.shared


def _asked(asking: Asking, question: str) -> Figures:
    told = looked_up(asking[0], question, None, asking[1]).figures
    assert told is not None, question
    return told


@pytest.mark.parametrize(
    ("question", "million"),
    [
        ("How much of Apple's term debt matures in 2026?", 12342),
        ("Apple debt repayments expected in 2025", 10930),
        ("What are Apple's operating lease payments due in 2026?", 1914),
        ("Apple's finance lease liabilities maturing in 2028", 38),
        ("Apple lease payments due in fiscal 2027", 1733),  # the row of both kinds
        ("How much lease liability does Apple owe thereafter?", 6400),
        ("Walmart long-term debt maturities in fiscal 2026", 2600),
        ("Walmart debt maturing after 2029", 24831),
        ("NVIDIA future amortization expense 2026", 354),
        ("NVIDIA operating lease obligations due in 2031 and thereafter", 537),
        ("NVIDIA operating lease payments due in fiscal 2027", 331),  # the newer of two filings
        ("As of January 28, 2024, how much did NVIDIA owe in operating lease payments for fiscal 2026?", 270),
        ("Intel's expected pension benefit payments in 2027", 106),  # the year is the column's head
        ("Intel postretirement medical benefit payments 2026", 35),
        ("Intel debt maturing in 2026", 2500),
        ("Intel's debt due after 2028", 34747),
        ("Intel payments due in 2025 on finance leases at December 30, 2023", 70),
    ],
)
def test_one_year_of_a_schedule(asking: Asking, question: str, million: int) -> None:
    figures = _asked(asking, question)
    assert not figures.doubts
    assert [f.value for f in figures.stated] == [million * 1_000_000]


@pytest.mark.parametrize(
    "question",
    [
        "Apple's term debt not due in 2026",
        "Apple debt due by 2026",
        "Apple debt due in 2026 and 2027",
        "Intel lease payments due in 2025",  # operating or finance
        "Amazon long-term debt due in 2025",  # tagged with its interest
        "NVIDIA debt due in 2026",  # not tagged by year
        "Apple capital lease payments due in 2026",
        "What were NVIDIA's marketable securities due within one year in fiscal 2025?",
    ],
)
def test_what_is_no_single_row_is_not_stated(asking: Asking, question: str) -> None:
    assert _asked(asking, question).doubts


def test_the_years_end_is_no_year_that_something_falls_due(asking: Asking) -> None:
    told = looked_up(asking[0], "NVDA total future purchase commitments, FY25 year-end", None, asking[1])
    assert told.figures is None or told.figures.doubts


def test_the_row_is_called_by_what_falls_due(asking: Asking) -> None:
    [row] = _asked(asking, "Intel's expected pension benefit payments in 2027").stated
    assert row.label == "Pension benefits due in 2027"
    [row] = _asked(asking, "NVIDIA operating lease payments due in fiscal 2027").stated
    assert row.label == "Operating lease payments due in 2027"


@pytest.mark.parametrize(
    ("question", "million"),
    [
        ("Apple total debt 2024", 9967 + 10912 + 85750),
        ("What was Intel's total debt at the end of 2023?", 2288 + 46978),
        ("What was Apple's total outstanding debt in 2024?", 9967 + 10912 + 85750),
        (
            "How much did Apple return to shareholders through dividends and buybacks in fiscal 2024?",
            15234 + 94949,
        ),
        ("Leverage input - Intel total debt, December 30, 2023", 2288 + 46978),
    ],
)
def test_a_sum_by_its_usual_name(asking: Asking, question: str, million: int) -> None:
    figures = _asked(asking, question)
    assert not figures.doubts
    [result] = figures.results
    assert result.value == million * 1_000_000


@pytest.mark.parametrize(
    ("question", "million"),
    [
        ("Sam's Club operating income fiscal 2024", 2192),
        ("What was Sam's Club's operating income in fiscal 2024?", 2192),
        ("AWS's operating income Q2 2023", 5365),
        ("Data Center revenue in fiscal 2025", 115186),  # Intel tells of none for that year
    ],
)
def test_a_part_stands_for_its_company(asking: Asking, question: str, million: int) -> None:
    figures = _asked(asking, question)
    assert not figures.doubts
    assert [f.value for f in figures.stated] == [million * 1_000_000]


def test_a_pension_is_no_medical_benefit(asking: Asking) -> None:
    told = looked_up(asking[0], "Intel U.S. pension benefit payments in 2026", None, asking[1])
    assert told.answer is None


@pytest.mark.parametrize("question", ["Tesla's Data Center revenue in fiscal 2025", "Costco's sales in 2024"])
def test_another_companys_part_is_not_told(asking: Asking, question: str) -> None:
    assert looked_up(asking[0], question, None, asking[1]).figures is None


@pytest.mark.parametrize(
    "question",
    [
        "What was Apple's net income year to date excluding Q3 2023?",
        "Apple's cash total assets 2024",
        "Data Center revenue in fiscal 2023",  # two companies tell of it
    ],
)
def test_what_names_two_things_is_not_stated(asking: Asking, question: str) -> None:
    assert _asked(asking, question).doubts
