"""Ways of asking and of writing periods, without any fact: what is left of a question, and what it names."""

from __future__ import annotations

import pytest

from rag_app.facts.asking import plain
from rag_app.facts.operations import Wanted, read_operation
from rag_app.facts.saidtimes import read_periods
from rag_app.facts.shorthand import in_full

ASKED = "Zephquill's goodwill at the end of 2024"


@pytest.mark.parametrize(
    "question",
    [
        f"Filling in my model: {ASKED}",
        f"For our file: {ASKED}",
        f"For the deck, {ASKED}",
        f"In millions: {ASKED}",
        f"Our file is missing one number, namely {ASKED}. What is it?",
        f"Our confirmation letter needs {ASKED}; what is the filed figure?",
        f"My tracker still lacks {ASKED}",
        f"{ASKED}, filling in the model",
        f"{ASKED}, sanity check for the memo",
        f"{ASKED}; I need it for my working papers.",
        f"We are agreeing the accounts to source: {ASKED}",
        f"I'm updating my comps. {ASKED}",
        f"{ASKED}, please. It's for our board memo.",
    ],
)
def test_clauses_that_tell_of_the_asker_are_left_out(question: str) -> None:
    assert plain(question).strip(" ;.") == ASKED


@pytest.mark.parametrize(
    "question",
    [
        f"Kindly let me know {ASKED}",
        f"May I ask {ASKED}",
        f"I should be obliged if you could confirm {ASKED}",
        f"It would be great if you could check {ASKED}, many thanks",
        f"Would you mind confirming {ASKED}?",
        f"To complete our lead schedule, could you give us {ASKED}?",
        f"Before our meeting, can you tell me {ASKED}?",
        f"Please work out {ASKED}",
    ],
)
def test_requests_become_one_form(question: str) -> None:
    assert plain(question).rstrip("?") == f"what was {ASKED}"


@pytest.mark.parametrize(
    "question",
    [
        "Zephquill's net income 2024. Excluding discontinued operations.",
        "Zephquill's net income 2024. I mean the comprehensive one.",
        "Zephquill's deferred tax assets 2024. Before netting.",
        "R&D costs: Zephquill 2024 against Quavrelle 2024",
        "During 2024 at Zephquill: income earned abroad",
        "For our AWS deck: Zephquill's operating income",
        "We're doing quarterly numbers: Zephquill's net income",
        "State income taxes, net of the federal benefit",
    ],
)
def test_clauses_that_narrow_a_figure_stay(question: str) -> None:
    assert plain(question) == question


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("TTM Jun-23", "twelve months ended Jun 2023"),
        ("TTM to 6/30/23", "twelve months ended 6/30/23"),
        ("on a trailing-twelve-month basis to June 30, 2023", "twelve months ended June 30, 2023"),
        ("nine-month YTD to June 25, 2022", "nine months ended June 25, 2022"),
        ("year to date through June 25, 2022 (nine months)", "nine months ended June 25, 2022"),
        ("june q 2023", "quarter ended june 2023"),
        ("in the June 2023 quarter", "in the quarter ended June 2023"),
        ("Q2-23", "Q2 2023"),
        ("2Q'23", "Q2 2023"),
        ("FYE Dec. 30, 2023", "fiscal year ended Dec. 30, 2023"),
        ("AWS's margin incl. China", "AWS margin including China"),
        # nothing of a period's shorthand
        ("Q3 10-Q 2023", "Q3 10-Q 2023"),
        ("Q4 30 December 2023", "Q4 30 December 2023"),
        ("Lowe's may 12% rise", "Lowe's may 12% rise"),
    ],
)
def test_shorthand_is_written_out(short: str, full: str) -> None:
    assert in_full(short) == full


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("for fiscal 2022 year to date through June 25, 2022", [(2022, "YTD", "2022-06-25", 0)]),
        ("fiscal 2023, nine months ended July 1, 2023", [(2023, "", "2023-07-01", 9)]),
        ("the nine months of fiscal 2022 through June 25, 2022", [(2022, "", "2022-06-25", 9)]),
        ("Q3 2023 (ended July 1, 2023)", [(2023, "", "2023-07-01", 3)]),
        ("fiscal 2024 ended September 28, 2024", [(2024, "", "2024-09-28", 12)]),
        ("the year to January 2024", [(None, "", "2024-01", 12)]),
        ("from fiscal 2023 to September 28, 2024", [(2023, "FY", "", 0), (None, "", "2024-09-28", 0)]),
        # a debt's name and a schedule's line are no periods
        ("3.70% notes due July 2025 at December 30, 2023", [(None, "", "2023-12-30", 0)]),
        ("payments due in fiscal 2026 as of January 31, 2024", [(None, "", "2024-01-31", 0)]),
        ("the 2017 Notes as of June 30, 2023", [(None, "", "2023-06-30", 0)]),
        ("public float as of July 31, 2023", [(None, "", "2023-07-31", 0)]),
    ],
)
def test_periods_of_days_and_years(text: str, asks: list[tuple[int | None, str, str, int]]) -> None:
    assert [(a.year, a.period, a.day, a.months) for a in read_periods(text).asks] == asks


def test_the_same_period_of_a_second_company_is_kept() -> None:
    asked = read_periods("Brindlemoor FY24, Quavrelle FY25, Zephquill FY24")
    assert [a.year for a in asked.asks] == [2024, 2025]
    assert [a.year for a in asked.every] == [2024, 2025, 2024]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("dividends plus buybacks", Wanted("value", ("dividends", "buybacks"), "a + b")),
        (
            "free cash flow (operating cash flow less capex)",
            Wanted("value", ("operating cash flow", "capex"), "a - b", defined="free cash flow "),
        ),
        (
            "sales of Europe as % of net sales",
            Wanted("value", (" sales of Europe", "net sales"), "a / b", True),
        ),
        ("China % of sales", Wanted("value", (" China", "sales"), "a / b", True)),
        ("dividends per share of stock", Wanted("value", ("dividends per share of stock",))),
        (
            "How much less did it pay in dividends",
            Wanted("value", ("How much less did it pay in dividends",)),
        ),
    ],
)
def test_what_is_to_be_worked_out(text: str, wanted: Wanted) -> None:
    found = read_operation(text, False)
    assert (found.operation, found.parts, found.formula, found.percent, found.defined) == (
        wanted.operation,
        wanted.parts,
        wanted.formula,
        wanted.percent,
        wanted.defined,
    )


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("by how many dollars did sales rise", "difference"),
        ("sales growth in dollars and percent", "change"),
        ("sales increase ($ and %)", "change"),
        ("by what percentage did sales rise", "growth"),
        ("how much less did it pay in than in", "difference"),
    ],
)
def test_how_a_change_is_told(text: str, operation: str) -> None:
    assert read_operation(text, False).operation == operation
