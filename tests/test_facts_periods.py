"""The fiscal year and period of a fact, in its company's own calendar."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_facts_extract import shared_facts

from rag_app.chunks import chunk_filing
from rag_app.core.types import FilingMeta
from rag_app.facts.calendar import calendar_of
from rag_app.facts.extract import facts_of
from rag_app.facts.types import Fact
from rag_app.filings.read import read_filing
from rag_app.samples import sample_filings

WEEKS = [  # quarters of 12, 12, 12 and 16 weeks, and of 16 weeks first
    (
        "Q2",
        ("2023-12-31", "2024-06-15"),
        "2024-03-24",
        [
            ("2024-03-24", "2024-06-15", 2024, "Q2"),
            ("2023-12-31", "2024-06-15", 2024, "H1"),
            ("2023-12-31", "2024-03-23", 2024, "Q1"),
            ("2023-03-26", "2023-06-17", 2023, "Q2"),
            ("2023-01-01", "2023-06-17", 2023, "H1"),
            (None, "2023-12-30", 2023, "FY"),
            (None, "2024-03-23", 2024, "Q1"),
            (None, "2024-07-11", 2024, ""),
        ],
    ),
    (
        "FY",
        ("2023-09-04", "2024-09-01"),
        "2024-05-13",
        [
            ("2024-05-13", "2024-09-01", 2024, "Q4"),
            ("2023-09-04", "2024-09-01", 2024, "FY"),
            ("2022-08-29", "2023-09-03", 2023, "FY"),
            ("2021-08-30", "2022-08-28", 2022, "FY"),
            ("2019-09-02", "2024-09-01", None, ""),
            (None, "2023-09-03", 2023, "FY"),
        ],
    ),
    (
        "Q1",
        ("2024-02-04", "2024-05-25"),
        "2024-02-04",
        [
            ("2024-02-04", "2024-05-25", 2024, "Q1"),
            ("2023-01-29", "2023-05-20", 2023, "Q1"),
            (None, "2024-02-03", 2023, "FY"),
        ],
    ),
    (
        "Q3",
        ("2024-07-01", "2024-09-30"),
        "2024-07-01",
        [  # the filing names its quarter alone
            ("2024-07-01", "2024-09-30", 2024, "Q3"),
            (None, "2023-12-31", 2023, "FY"),
            ("2023-10-01", "2024-09-30", 2024, ""),
        ],
    ),
]


@pytest.mark.parametrize(("period", "document", "quarter", "told"), WEEKS)
def test_uneven_quarters(
    period: str,
    document: tuple[str, str],
    quarter: str,
    told: list[tuple[str | None, str, int | None, str]],
) -> None:
    meta = FilingMeta(fiscal_year=2024, fiscal_period=period)
    calendar = calendar_of(meta, document, [(quarter, document[1]), document])
    assert [(start, end, *calendar.period_of(start, end)) for start, end, _, _ in told] == told


def test_without_a_fiscal_year_there_is_no_calendar() -> None:
    calendar = calendar_of(FilingMeta(fiscal_period="FY"), ("2023-01-01", "2023-12-31"), [])
    assert calendar.period_of("2023-01-01", "2023-12-31") == (None, "")


def of(facts: tuple[Fact, ...], concept: str) -> list[tuple[str, int | None, str]]:
    """(value, fiscal year, period) of the whole company's facts of a concept, each once, in order."""
    found = [
        (format(fact.value.normalize(), "f"), fact.fiscal_year, fact.fiscal_period)
        for fact in facts
        if fact.concept == concept and not fact.members
    ]
    return list(dict.fromkeys(found))


def sample(name: str) -> tuple[Fact, ...]:
    (path,) = [path for path in sample_filings() if path.stem == name]
    filing = read_filing(path)
    return facts_of(filing, chunk_filing(filing))[0]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("bdqm-10k-fy2024", [("75000000", 2024, "FY"), ("60000000", 2023, "FY"), ("67000000", 2022, "FY")]),
        (
            "bdqm-10q-fy2024q2",
            [
                ("18000000", 2024, "Q2"),
                ("17000000", 2023, "Q2"),
                ("33000000", 2024, "H1"),
                ("32000000", 2023, "H1"),
            ],
        ),
        ("zqht-10q-fy2024q1", [("-1285000", 2024, "Q1"), ("-3965000", 2023, "Q1")]),
        ("xqvr-10k-fy2024", [("84600000", 2024, "FY"), ("70000000", 2023, "FY")]),
    ],
)
def test_periods_of_the_sample_filings(name: str, told: list[tuple[str, int, str]]) -> None:
    assert of(sample(name), "us-gaap:NetIncomeLoss") == told


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "concept", "told"),
    [
        pytest.param(
            "nvda-10k-fy2025.htm",
            "Revenues",
            [("130497000000", 2025, "FY"), ("60922000000", 2024, "FY"), ("26974000000", 2023, "FY")],
            id="fiscal 2025 ends in January 2025",
        ),
        pytest.param(
            "wmt-10k-fy2024.htm",
            "Revenues",
            [("648125000000", 2024, "FY"), ("611289000000", 2023, "FY"), ("572754000000", 2022, "FY")],
            id="fiscal 2024 ends in January 2024",
        ),
        pytest.param(
            "aapl-10k-fy2024.htm",
            "NetIncomeLoss",
            [("93736000000", 2024, "FY"), ("96995000000", 2023, "FY"), ("99803000000", 2022, "FY")],
            id="52 and 53 weeks",
        ),
        pytest.param(
            "intc-10k-fy2023.htm",
            "EarningsPerShareDiluted",
            [("0.4", 2023, "FY"), ("1.94", 2022, "FY"), ("4.86", 2021, "FY")],
            id="per share",
        ),
        pytest.param(
            "aapl-10q-fy2023q3.htm",
            "NetIncomeLoss",
            [
                ("19881000000", 2023, "Q3"),
                ("19442000000", 2022, "Q3"),
                ("74039000000", 2023, "9M"),
                ("79082000000", 2022, "9M"),
            ],
            id="a quarter and the year to date",
        ),
        pytest.param(
            "aapl-10q-fy2023q3.htm",
            "Assets",
            [("335038000000", 2023, "Q3"), ("352755000000", 2022, "FY")],
            id="instants at the end of a quarter and of a year",
        ),
        pytest.param(
            "amzn-10q-2023q2.htm",
            "NetIncomeLoss",
            [
                ("-2028000000", 2022, "Q2"),
                ("6750000000", 2023, "Q2"),
                ("-5872000000", 2022, "H1"),
                ("9922000000", 2023, "H1"),
                ("11607000000", 2022, ""),
                ("13072000000", 2023, ""),
            ],
            id="twelve months that are no fiscal year, and losses",
        ),
    ],
)
def test_periods_of_real_filings(
    shared: Path, name: str, concept: str, told: list[tuple[str, int, str]]
) -> None:
    assert of(shared_facts(shared, name)[0], f"us-gaap:{concept}") == told
