"""Look-ups in real filings: scales, signs, units, periods and calendars as companies have them."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Asking

from rag_app.facts.asked import Lookup
from rag_app.facts.lookup import look_up
from rag_app.facts.periods import length
from rag_app.facts.types import Fact

CALLED = {"AAPL": "Apple", "AMZN": "Amazon", "INTC": "Intel", "NVDA": "NVIDIA", "WMT": "Walmart"}
FACES = ("STATEMENTS OF OPERATIONS", "STATEMENTS OF INCOME", "BALANCE SHEETS", "STATEMENTS OF CASH FLOWS")

pytestmark = pytest.mark.shared


def sure(asking: Asking, question: str) -> Lookup:
    lookup = look_up(question, *asking)
    assert lookup is not None and lookup.sure, lookup
    return lookup


def only(asking: Asking, question: str) -> Fact:
    facts = [cell.fact for cell in sure(asking, question).cells]
    assert len(facts) == 1 and facts[0] is not None
    return facts[0]


@pytest.mark.parametrize(
    ("question", "value", "unit", "start", "end"),
    [
        # millions and thousands
        ("What was Apple's net income in fiscal 2024?", "93736000000", "USD", "2023-10-01", "2024-09-28"),
        ("What was AAPL's unvested RSU balance at the end of fiscal 2023?",
         "180247000", "shares", None, "2023-09-30"),
        # negative values
        ("Intel Foundry Services operating loss 2023", "-482000000", "USD", "2023-01-01", "2023-12-30"),
        ("Amazon's international operating loss in Q2 2022",
         "-1771000000", "USD", "2022-04-01", "2022-06-30"),
        # per share and percentages
        ("Amazon basic EPS, second quarter of 2023", "0.66", "USD/shares", "2023-04-01", "2023-06-30"),
        ("What was Intel's effective tax rate in 2023?", "-1.198", "pure", "2023-01-01", "2023-12-30"),
        # an instant and a duration of one name
        ("Apple's inventories at the end of fiscal 2024", "7286000000", "USD", None, "2024-09-28"),
        ("Change in inventories in Apple's cash flow statement, fiscal 2024",
         "1046000000", "USD", "2023-10-01",
         "2024-09-28"),
        # a quarter, the year to date and twelve months
        ("Apple's net sales in the quarter ended July 1, 2023",
         "81797000000", "USD", "2023-04-02", "2023-07-01"),
        ("Apple's net sales in the nine months ended July 1, 2023",
         "293787000000", "USD", "2022-09-25", "2023-07-01"),
        ("Amazon's operating cash flow in the twelve months ended June 30, 2023",
         "61841000000", "USD", "2022-07-01",
         "2023-06-30"),
        # fiscal years that end in January, and one that is nearly the calendar's
        ("NVIDIA's revenue in fiscal 2024", "60922000000", "USD", "2023-01-30", "2024-01-28"),
        ("Intel's revenue in calendar 2023", "54228000000", "USD", "2023-01-01", "2023-12-30"),
        # 52 and 53 weeks
        ("Apple's net income in fiscal 2023", "96995000000", "USD", "2022-09-25", "2023-09-30"),
        ("Intel's net income attributable to Intel in the year ended December 31, 2022", "8014000000", "USD",
         "2021-12-26", "2022-12-31"),
        # segments, products and places
        ("Apple's iPhone net sales in fiscal 2024", "201183000000", "USD", "2023-10-01", "2024-09-28"),
        ("What was AWS operating income in the first half of 2023?",
         "10488000000", "USD", "2023-01-01", "2023-06-30"),
        ("Intel's Taiwan revenue in 2023", "6867000000", "USD", "2023-01-01", "2023-12-30"),
    ],
)  # fmt: skip
def test_the_one_figure_that_is_asked_for(
    asking: Asking, question: str, value: str, unit: str, start: str | None, end: str
) -> None:
    fact = only(asking, question)
    assert (fact.value, fact.unit, fact.start, fact.end) == (Decimal(value), unit, start, end)


def test_a_year_is_what_the_company_calls_it_and_that_is_said(asking: Asking) -> None:
    lookup = sure(asking, "What was NVIDIA's revenue in 2023?")
    assert lookup.cells[0].fact is not None and lookup.cells[0].fact.end == "2023-01-29"
    assert lookup.notes == ("2023 is read as what NVIDIA CORP calls fiscal 2023",)
    fiscal = look_up("What was Apple's revenue in calendar 2023?", *asking)
    assert fiscal is not None and not fiscal.sure and fiscal.cells[0].fact is None


def test_a_split_restates_and_the_newest_filing_wins(asking: Asking) -> None:
    lookup = sure(asking, "NVIDIA diluted EPS fiscal 2024")
    assert [cell.fact.value for cell in lookup.cells if cell.fact] == [Decimal("1.19")]
    assert lookup.notes == ("restated: nvda-10k-fy2024.htm had $11.93",)
    assert [fact.value for fact in lookup.cells[0].alternatives] == [Decimal("11.93")]


def test_a_quarter_that_is_only_told_to_date_is_not_made_up(asking: Asking) -> None:
    lookup = look_up("What was Apple's operating cash flow in the third quarter of fiscal 2023?", *asking)
    assert lookup is not None and not lookup.sure and lookup.cells[0].fact is None


@pytest.mark.parametrize(
    "question",
    [
        "What was Intel's debt at the end of 2023?",
        "What was NVIDIA's adjusted EPS in fiscal 2024?",
        "NVIDIA gross accounts receivable fiscal 2025",
        "Apple cash and marketable securities 2024",
        "Amazon store sales Q2 2023",
        "Apple net sales in the latest quarter",
        "What was Amazon's revenue in 2023?",
        "How many iPhone units did Apple sell in fiscal 2024?",
    ],
)
def test_what_could_be_another_figure_is_not_sure(asking: Asking, question: str) -> None:
    lookup = look_up(question, *asking)
    assert lookup is None or not lookup.sure


@pytest.mark.parametrize(
    "question",
    [
        # what is taken out
        "What was Apple's revenue not from iPhone in 2024?",
        "How much of Apple's 2024 revenue was not from Services?",
        "What was Apple's revenue excluding iPhone in 2024?",
        "What was Apple's revenue other than Services in fiscal 2024?",
        "What were Apple's net sales without Mac in 2024?",
        # net of something
        "What was Apple's net cash in 2024?",
        "What was Apple's net debt in 2024?",
        "What was NVIDIA's net interest income in fiscal 2025?",
        "What was Intel's net capital expenditure in 2023?",
        "What were NVIDIA's net unrecognized tax benefits in FY2025?",
        # another span
        "What was Apple's quarterly revenue in fiscal 2024?",
        "What was Apple's monthly revenue in 2024?",
        "Apple's quarterly dividend per share in 2024?",
        "What was Amazon's annual revenue in Q2 2023?",
        "What was NVIDIA's revenue in January 2024?",
        "What were Apple's net sales in September 2024?",
        "What was NVIDIA's revenue by January 2025?",
        "What was Walmart's cash at the end of 2023?",
        # a share of what it is no part of
        "What share of Apple's iPhone revenue came from China in 2024?",
        "What share of NVIDIA's gaming revenue came from Taiwan in FY2025?",
        "What percentage of AWS revenue was operating income in Q2 2023?",
        "What was cost of sales as a percentage of Services revenue for Apple in 2024?",
        # a part, or one of two that are called the same
        "What was Apple's total deferred revenue as of September 28, 2024?",
        "What was Intel's restructuring charge in 2022?",
        "What were Intel's restructuring and other charges in 2023?",
        "What was Intel's other revenue in 2023?",
        "How has Current and non-current marketable securities of Apple developed over the last three years?",
        # what was done, and what there was
        "How many shares did Apple issue in 2024?",
        "How much cash did Apple generate in 2024?",
        "How much cash did Apple lose in 2024?",
        # words that say nothing
        "What was the growth of NVIDIA's balances as of jan 29, 2023 in fiscal 2024?",
        "What was Apple Pay revenue in 2024?",
        "apple pay revenue 2024",
        "How much more did Apple make from Services than from Mac in 2024?",
    ],
)
def test_what_the_words_turn_around_is_not_sure(asking: Asking, question: str) -> None:
    lookup = look_up(question, *asking)
    assert lookup is None or not lookup.sure


@pytest.mark.parametrize(
    ("question", "operation", "values"),
    [
        ("How much higher was Apple's revenue than NVIDIA's in 2024?", "value", [391035, 60922]),
        ("How much more did Apple spend on R&D than NVIDIA in fiscal 2024?", "value", [31370, 8675]),
        ("How much lower was Intel's R&D than Apple's in 2023?", "value", [16046, 29915]),
        ("How much higher was Apple's revenue in 2024 than in 2023?", "difference", [383285, 391035]),
        ("How much did Walmart's net sales grow from 2022 to 2024 in percent?", "growth", [567762, 642637]),
        ("How much did Apple pay in dividends in 2024?", "value", [15234]),
        ("What were NVIDIA's net receivables in fiscal 2025?", "value", [23065]),
        ("What were Apple's total assets in September 2024?", "value", [364980]),
    ],
)
def test_what_is_compared_is_each_companys_own_figure(
    asking: Asking, question: str, operation: str, values: list[int]
) -> None:
    lookup = sure(asking, question)
    assert lookup.operation == operation
    assert [cell.fact.value for cell in lookup.cells if cell.fact] == [v * 1_000_000 for v in values]


def test_a_row_of_the_same_name_is_offered_with_the_one_found(asking: Asking) -> None:
    lookup = look_up("What was Intel's restructuring charge in 2022?", *asking)
    assert lookup is not None and lookup.cells[0].fact is not None
    found = {fact.value for fact in (lookup.cells[0].fact, *lookup.cells[0].alternatives)}
    assert found == {Decimal(1_074_000_000), Decimal(2_000_000)}


def test_rows_of_the_statements_are_found_by_their_labels(asking: Asking) -> None:
    store, filings = asking
    wrong, sure_ones, rows = [], 0, 0
    for filing_id, meta in filings[::2]:
        facts = [f for f in store.of_filing(filing_id) if f.label and not f.members and length(f) in (0, 12)]
        faces = [f for f in facts if any(face in f.statement.upper() for face in FACES)]
        labels = {f.label: {g.concept for g in faces if g.label == f.label} for f in faces}
        for fact in faces:
            if len(labels[fact.label]) > 1 or len(fact.label) > 80:
                continue
            when = f"as of {fact.end}" if fact.start is None else f"in the year ended {fact.end}"
            lookup = look_up(f"What was {CALLED[meta.ticker or '']}'s {fact.label} {when}?", store, filings)
            rows += 1
            if lookup is not None and lookup.sure:
                sure_ones += 1
                found = [c.fact.value for c in lookup.cells if c.fact]
                if found != [fact.value] and not any("restated" in note for note in lookup.notes):
                    wrong.append((fact.label, fact.end))
    assert wrong == []
    assert rows > 300 and sure_ones > 0.95 * rows


def test_questions_for_an_account_are_left_to_the_passages(asking: Asking, shared: Path) -> None:
    path = shared / "filings" / "pdf-10q" / "qna_data.csv"
    with path.open(encoding="utf-8-sig") as file:
        questions = [row["Question"] for row in csv.DictReader(file)]
    caught = [q for q in questions if (lookup := look_up(q, *asking)) is not None and lookup.sure]
    assert len(questions) == 195
    # what is left asks for figures that are tagged: sales over time, a margin of the latest 10-Q here
    assert all(
        "over time" in q
        or "latest" in q
        or "What percentage" in q
        or "recent" in q
        or "quarters" in q
        or "periods" in q
        for q in caught
    )
    assert len(caught) <= 10
