"""Questions looked up in the facts of the sample filings: sure, offered, or left alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from rag_app import pipeline
from rag_app.core.config import Workspace
from rag_app.core.types import Filters
from rag_app.facts.asked import Lookup
from rag_app.facts.asking import plain
from rag_app.facts.grid import settle
from rag_app.facts.lookup import look_up
from rag_app.facts.operations import is_narrative, read_operation
from rag_app.facts.periods import fitting, newest
from rag_app.facts.saidtimes import read_periods
from rag_app.facts.store import FactStore
from rag_app.facts.terms import label_terms, name_words, terms_of
from rag_app.facts.types import Fact
from rag_app.question.catalog import Filed
from rag_app.samples import sample_filings
from rag_app.store import list_filings

Asking = tuple[FactStore, list[Filed]]
NAMES = ("bdqm-10k-fy2024", "bdqm-10q-fy2024q2", "xqvr-10k-fy2024", "zqht-10k-fy2024", "zqht-10q-fy2024q1")


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    workspace = Workspace(tmp_path_factory.mktemp("lookup") / "ws")
    pipeline.ingest(workspace, [path for path in sample_filings() if path.stem in NAMES])
    with FactStore.open(workspace) as store:
        yield store, [(f.filing_id, f.meta) for f in list_filings(workspace)]


def asked(asking: Asking, question: str, filters: Filters | None = None) -> Lookup:
    lookup = look_up(question, *asking, filters=filters)
    assert lookup is not None
    return lookup


def values(lookup: Lookup) -> list[str | None]:
    """Each cell's value in ones, None for an empty one."""
    return [None if cell.fact is None else str(cell.fact.value) for cell in lookup.cells]


@pytest.mark.parametrize(
    ("question", "value", "end"),
    [
        ("What was Brindlemoor's net sales in fiscal 2024?", "3755000000", "2025-01-25"),
        ("What was BDQM's revenue in 2024?", "3755000000", "2025-01-25"),
        ("bdqm top line fy24", "3755000000", "2025-01-25"),
        ("What was Zephquill's net loss in the quarter ended March 31, 2024?", "-1285000", "2024-03-31"),
        ("What was Zephquill's revenue in Q1 2024?", "40830000", "2024-03-31"),
        ("What was Brindlemoor's net income in the first half of fiscal 2024?", "33000000", "2024-07-27"),
        ("What was Zephquill's inventory at the end of 2024?", "41350000", "2024-12-31"),
        ("What was Quavrelle's diluted EPS in fiscal 2024?", "1.31", "2024-06-30"),
    ],
)
def test_a_figure_is_found_by_its_label_or_by_what_analysts_call_it(
    asking: Asking, question: str, value: str, end: str
) -> None:
    lookup = asked(asking, question)
    assert lookup.sure and lookup.operation == "value" and not lookup.doubts
    assert [(c.fact.value, c.fact.end, c.fact.members) for c in lookup.cells if c.fact] == [
        (Decimal(value), end, ())
    ]


def test_a_question_that_names_a_segment_gets_the_segments_figure(asking: Asking) -> None:
    lookup = asked(asking, "What were Brindlemoor's supermarkets sales in fiscal 2024?")
    assert lookup.sure and values(lookup) == ["3300000000"]
    assert lookup.measures[0].members == (
        ("us-gaap:StatementBusinessSegmentsAxis", "bdqm:SupermarketsMember"),
    )


def test_a_qualifier_that_nothing_is_called_never_gets_the_total_for_sure(asking: Asking) -> None:
    lookup = asked(asking, "What was Brindlemoor's Narnia revenue in fiscal 2024?")
    assert not lookup.sure and lookup.doubts == ("“Narnia” fits nothing that is tagged here",)


def test_a_product_names_its_company_where_only_one_has_it(asking: Asking) -> None:
    lookup = asked(asking, "Ombrexin sales in fiscal 2024")
    assert lookup.sure and values(lookup) == ["105700000"] and lookup.companies == ("XQVR",)
    assert lookup.notes[0] == "no company is named: only Quavrelle Pharmaceuticals, Inc. tells of this"


def test_no_company_among_several_is_an_offer(asking: Asking) -> None:
    lookup = asked(asking, "What was net income in 2024?")
    assert not lookup.sure and lookup.confidence.company < 0.5
    assert "no company is named" in lookup.doubts[0] and len(lookup.companies) > 1


def test_filters_leave_one_company_and_its_form(asking: Asking) -> None:
    only = asked(asking, "What was revenue in 2024?", Filters(tickers=("ZQHT",)))
    assert only.sure and values(only) == ["194465000"]
    quarter = asked(asking, "What was revenue in Q1 2024?", Filters(tickers=("ZQHT",), forms=("10-Q",)))
    assert values(quarter) == ["40830000"]
    year = asked(asking, "What was Zephquill's revenue in 2024 in the 10-Q?")
    assert not year.sure and values(year) == [None]


def test_the_newest_is_taken_and_said_where_no_period_is_named(asking: Asking) -> None:
    lookup = asked(asking, "What was Zephquill's revenue?")
    assert lookup.sure and values(lookup) == ["194465000"]
    assert lookup.notes == ("no period is named: the newest tagged, to 2024-12-31",)


@pytest.mark.parametrize(
    ("question", "later", "value"),
    [
        ("What was Zephquill's revenue?", True, "194465000"),
        ("What was Zephquill's revenue in the most recent quarter?", True, "40830000"),
        ("What was Zephquill's revenue in the latest fiscal year?", False, "194465000"),
        ("What was Zephquill's revenue in 2024?", False, "194465000"),
        ("What was Zephquill's revenue in the latest 10-K?", False, "194465000"),
    ],
)
def test_the_newest_tagged_is_not_stated_where_a_later_filing_has_no_tags(
    asking: Asking, question: str, later: bool, value: str
) -> None:
    store, filings = asking
    newest = next(meta for _, meta in filings if (meta.ticker, meta.form) == ("ZQHT", "10-Q"))
    untagged = replace(newest, fiscal_year=2025, period_end="2025-03-31", accession=None)
    lookup = look_up(question, store, [*filings, ("zqht-10q-fy2025q1", untagged)])
    assert lookup is not None and values(lookup) == [value] and lookup.sure is not later
    doubt = f"the newest filing of {newest.company} (10-Q to 2025-03-31) has no tagged data"
    assert lookup.doubts[-1:] == ((doubt,) if later else ())


def test_a_trend_says_which_later_filing_is_not_in_it(asking: Asking) -> None:
    store, filings = asking
    newest = next(meta for _, meta in filings if (meta.ticker, meta.form) == ("ZQHT", "10-Q"))
    untagged = replace(newest, fiscal_year=2025, period_end="2025-03-31", accession=None)
    lookup = look_up("How has Zephquill's revenue changed over time?", store, [*filings, ("later", untagged)])
    assert lookup is not None and lookup.sure and len(values(lookup)) > 1
    assert f"the newest filing of {newest.company} (10-Q to 2025-03-31) has no tagged data" in lookup.notes


def test_a_period_that_is_not_tagged_is_not_replaced(asking: Asking) -> None:
    lookup = asked(asking, "What was Zephquill's inventory on June 30, 2024?")
    assert not lookup.sure and values(lookup) == [None]
    assert lookup.cells[0].alternatives[0].value == Decimal(41350000)


def test_growth_and_differences_take_the_year_before(asking: Asking) -> None:
    much = asked(asking, "How much did Zephquill's revenue grow in 2024?")
    assert (much.operation, values(much)) == ("difference", ["151760000", "194465000"])
    rate = asked(asking, "What was Zephquill's revenue growth in 2024?")
    assert (rate.operation, values(rate), rate.sure) == ("growth", ["151760000", "194465000"], True)


def test_margins_and_shares_are_formulas_of_facts(asking: Asking) -> None:
    margin = asked(asking, "Brindlemoor's gross margin fiscal 2024")
    assert margin.sure and (margin.name, margin.formula, margin.percent) == ("gross margin", "a / b", True)
    assert values(margin) == ["1047000000", "3755000000"]
    share = asked(asking, "What percentage of Brindlemoor's net sales was pharmacy in fiscal 2024?")
    assert (share.formula, values(share), share.sure) == ("a / b", ["301000000", "3755000000"], True)
    free = asked(asking, "Brindlemoor's free cash flow in fiscal 2024")
    assert (free.formula, values(free), free.sure) == ("a - b", ["200000000", "124000000"], True)


def test_a_trend_goes_over_the_years_at_hand(asking: Asking) -> None:
    lookup = asked(asking, "How did Quavrelle's R&D develop over the last three years?")
    assert lookup.operation == "trend" and [p.year for p in lookup.periods] == [2023, 2024]
    assert lookup.sure and values(lookup) == ["85700000", "102900000"]
    assert lookup.notes == ("only 2 of the 3 periods are tagged",)


def test_two_companies_are_compared(asking: Asking) -> None:
    lookup = asked(asking, "Compare Brindlemoor's net income and Quavrelle's net income in fiscal 2024")
    assert lookup.companies == ("BDQM", "XQVR") and values(lookup) == ["75000000", "84600000"]


def test_each_company_may_have_its_own_period(asking: Asking) -> None:
    lookup = asked(asking, "Net income: Brindlemoor's in fiscal 2024, Zephquill's in 2023")
    assert [p.text for p in lookup.periods] == ["fiscal 2024 / fiscal 2023"]
    assert [cell.fact.end for cell in lookup.cells if cell.fact] == ["2025-01-25", "2023-12-31"]


def test_what_is_held_and_what_it_changed_by_are_told_apart(asking: Asking) -> None:
    held = asked(asking, "What were Zephquill's inventories in 2024?")
    assert held.sure and held.measures[0].concepts == ("us-gaap:InventoryNet",)
    flow = asked(asking, "What was Zephquill's change in inventories in 2024?")
    assert flow.measures[0].concepts == ("us-gaap:IncreaseDecreaseInInventories",)
    assert not flow.sure
    stated = asked(asking, "What was the change in inventories in Zephquill's cash flow statement in 2024?")
    assert stated.sure and values(stated) == values(flow)


@pytest.mark.parametrize(
    "question",
    [
        "Why did Zephquill's revenue grow in 2024?",
        "Describe Brindlemoor's revenue.",
        "What were the main drivers of Brindlemoor's net sales in fiscal 2024?",
        "What was Tesla's revenue in 2024?",
        "Can you give me a recipe for banana bread?",
        "",
    ],
)
def test_what_asks_for_no_figure_of_these_companies_is_left_alone(asking: Asking, question: str) -> None:
    assert look_up(question, *asking) is None


@pytest.mark.parametrize("question", ["What was Zephquill's", "?", "Zephquill's 2024", "((((", "a " * 3000])
def test_odd_questions_are_never_sure(asking: Asking, question: str) -> None:
    lookup = look_up(question, *asking)
    assert lookup is None or not lookup.sure


@pytest.mark.parametrize(
    "question",
    [
        "What was Zephquill's average revenue over the last three years?",
        "What was Zephquill's adjusted net loss in 2024?",
        "What was Zephquill's revenue per employee in 2024?",
        "What was Zephquill's net debt at the end of 2024?",
        "What was Zephquill's highest revenue?",
        "What was Zephquill's net cash at the end of 2024?",
        "What was Zephquill's revenue by product in 2024?",
    ],
)
def test_a_word_that_changes_the_figure_makes_it_unsure(asking: Asking, question: str) -> None:
    lookup = look_up(question, *asking)
    assert lookup is None or not lookup.sure


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("in the nine months that ended on July 1, 2023", [(None, "", "2023-07-01", 9, False)]),
        ("as of June 30, 2023", [(None, "", "2023-06-30", 0, True)]),
        ("at the end of fiscal 2024", [(2024, "FY", "", 0, True)]),
        ("first nine months of fiscal 2022", [(2022, "9M", "", 0, False)]),
        ("Q2'23", [(2023, "Q2", "", 0, False)]),
        ("H1 2023", [(2023, "H1", "", 0, False)]),
        ("from 2022 to 2024", [(y, "FY", "", 0, False) for y in (2022, 2023, 2024)]),
        ("in the latest quarter", [(None, "Q", "", 0, False)]),
        ("6/30/23", [(None, "", "2023-06-30", 0, False)]),
        ("no period", []),
    ],
)
def test_periods_as_they_are_said(text: str, told: list[object]) -> None:
    found = read_periods(text).asks
    assert [(a.year, a.period, a.day, a.months, a.instant) for a in found] == told


def test_periods_before_and_over_years() -> None:
    assert read_periods("in 2024 compared to the prior year").before == "year"
    assert read_periods("over the last three years").last == 3
    assert read_periods("how it changed over time").last == 0
    assert read_periods("in calendar 2023").asks[0].calendar


def fact(start: str | None, end: str, year: int, period: str, value: int = 1, **more: object) -> Fact:
    told: dict[str, object] = {
        "filing_id": "f", "order": 0, "concept": "us-gaap:Revenues", "label": "Revenue", "section": "",
        "statement": "", "column": "", "shown": "", "value": Decimal(value), "scale": 0, "decimals": "0",
        "unit": "USD", "start": start, "end": end, "fiscal_year": year, "fiscal_period": period,
        "members": (), "chunk_id": "", "row": -1, "company": "", "ticker": "", "cik": "", "accession": "",
        "form": "10-K", "source": "f.htm",
    }  # fmt: skip
    return Fact(**{**told, **more})  # type: ignore[arg-type]


def test_facts_of_a_period() -> None:
    year, quarter = fact("2023-01-01", "2023-12-30", 2023, "FY"), fact("2023-10-01", "2023-12-30", 2023, "Q4")
    half, held = fact("2023-01-01", "2023-07-01", 2023, "H1"), fact(None, "2023-12-30", 2023, "FY")
    facts = [year, quarter, half]
    assert fitting(facts, read_periods("in 2023").asks[0]) == [year]
    assert fitting(facts, read_periods("in calendar 2023").asks[0]) == [year]
    assert fitting(facts, read_periods("in the six months ended July 1, 2023").asks[0]) == [half]
    assert fitting(facts, read_periods("in the year ended December 31, 2023").asks[0]) == [year]
    assert fitting(facts, read_periods("in the year ended November 30, 2023").asks[0]) == []
    assert fitting([held], read_periods("as of December 30, 2023").asks[0]) == [held]
    assert fitting([held], read_periods("at the beginning of fiscal 2024").asks[0]) == [held]
    assert newest(facts) == [year]


def test_contradictions_and_restatements_are_told() -> None:
    new, old = (
        fact(None, "2023-12-30", 2023, "FY", 10),
        fact(None, "2023-12-30", 2023, "FY", 12, filing_id="g"),
    )
    assert settle([new, old])[:2] == (new, (old,)) and "restated" in settle([new, old])[2]
    both = settle([new, fact(None, "2023-12-30", 2023, "FY", 12)])
    assert both[0] == new and both[3] == "f.htm gives different values for the same figure"
    exact = fact(None, "2023-12-30", 2023, "FY", 1234, decimals="0")
    rounded = fact(None, "2023-12-30", 2023, "FY", 1200, decimals="-2")
    assert settle([rounded, exact]) == (exact, (), "", "")


def test_operations() -> None:
    assert read_operation("iPhone as % of total sales", False).parts == (" iPhone", "total sales")
    assert read_operation("ratio of R&D to revenue", False).formula == "a / b"
    assert read_operation("revenue growth", False).operation == "growth"
    assert read_operation("by how much did revenue rise", False).operation == "difference"
    assert is_narrative("Why did it fall?") and not is_narrative("What was net income?")


def test_terms_are_the_same_however_they_are_printed() -> None:
    assert label_terms("Selling, general and administrative") == terms_of("SG&A") == ("sga",)
    assert label_terms("Net income (loss)") == terms_of("bottom line") == ("netincome",)
    assert label_terms("Property, plant, and equipment, net") == ("ppe", "net")
    assert terms_of("earnings per share") == terms_of("EPS")
    assert name_words("us-gaap:IncomeTaxExpenseBenefit") == "income tax expense"


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("I'm after COGS at Amazon Q2 2023.", "what was COGS at Amazon Q2 2023."),
        ("Please pull capex for Intel, thanks!", "what was capex for Intel"),
        ("Could you tell me Apple's revenue?", "what was Apple's revenue?"),
        ("How big was AOCI at Walmart?", "how much was AOCI at Walmart?"),
        ("In 2023, where did NVIDIA's total assets stand?", "In 2023, what was NVIDIA's total assets?"),
        ("op loss q2 23, FY22-24", "operating loss Q2 2023, fiscal 2022 to fiscal 2024"),
        ("State income taxes of Intel 2023", "State income taxes of Intel 2023"),
        ("Notes payable of Intel 2023", "Notes payable of Intel 2023"),
        ("Share repurchases of Apple 2023", "Share repurchases of Apple 2023"),
    ],
)
def test_a_request_is_not_part_of_the_figure(asked: str, left: str) -> None:
    assert plain(asked) == left
