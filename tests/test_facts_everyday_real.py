"""The figures that everybody asks for, of five companies by all their usual names: the right one or none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from conftest import Asking

from rag_app.facts.store import FactStore
from rag_app.facts.told import looked_up

pytestmark = pytest.mark.shared

PERIODS = {  # key, what the period is called, its first and last day
    "Apple": ("AAPL", "fiscal 2024", "2023-10-01", "2024-09-28"),
    "Amazon": ("AMZN", "Q2 2023", "2023-04-01", "2023-06-30"),
    "Intel": ("INTC", "2023", "2023-01-01", "2023-12-30"),
    "NVIDIA": ("NVDA", "fiscal 2025", "2024-01-29", "2025-01-26"),
    "Walmart": ("WMT", "fiscal 2024", "2023-02-01", "2024-01-31"),
}
_TABLE = """
revenue; total revenue; sales; revenues; top line = Revenues RevenueFromContractWithCustomerExcludingAssessedTax
cost of sales; cost of revenue; COGS; cost of goods sold = CostOfRevenue CostOfGoodsAndServicesSold
gross profit; gross margin in dollars = GrossProfit
R&D expense; research and development; R&D spending; R&D = ResearchAndDevelopmentExpense
SG&A; selling, general and administrative expense = SellingGeneralAndAdministrativeExpense
operating income; operating profit; income from operations; EBIT = OperatingIncomeLoss
pretax income; pre-tax profit; income before taxes; earnings before tax; profit before tax = IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest IncomeLossFromContinuingOperationsBeforeIncomeTaxesMinorityInterestAndIncomeLossFromEquityMethodInvestments
income tax expense; provision for income taxes; income taxes; tax provision; tax expense = IncomeTaxExpenseBenefit
net income; net profit; net earnings; bottom line = NetIncomeLoss ProfitLoss
basic EPS; basic earnings per share = EarningsPerShareBasic
diluted EPS; diluted earnings per share; earnings per diluted share = EarningsPerShareDiluted
diluted shares; diluted share count = WeightedAverageNumberOfDilutedSharesOutstanding
total assets; assets = Assets
total liabilities = Liabilities
shareholders' equity; total equity; book value; stockholders' equity = StockholdersEquity StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest
cash and cash equivalents; cash; cash balance = CashAndCashEquivalentsAtCarryingValue
inventory; inventories; inventory balance = InventoryNet
accounts receivable; receivables; trade receivables; AR = AccountsReceivableNetCurrent ReceivablesNetCurrent
accounts payable; payables; AP = AccountsPayableCurrent
goodwill = Goodwill
current assets; total current assets = AssetsCurrent
current liabilities; total current liabilities = LiabilitiesCurrent
net PP&E; property, plant and equipment; PP&E = PropertyPlantAndEquipmentNet PropertyPlantAndEquipmentAndFinanceLeaseRightOfUseAssetAfterAccumulatedDepreciationAndAmortization
retained earnings = RetainedEarningsAccumulatedDeficit
operating cash flow; cash from operations; cash flow from operating activities; OCF = NetCashProvidedByUsedInOperatingActivities
investing cash flow; net cash used in investing activities = NetCashProvidedByUsedInInvestingActivities
financing cash flow; net cash used in financing activities = NetCashProvidedByUsedInFinancingActivities
capex; capital expenditures; capital spending = PaymentsToAcquirePropertyPlantAndEquipment PaymentsToAcquireProductiveAssets
depreciation and amortization; D&A = DepreciationDepletionAndAmortization DepreciationAndAmortization
stock-based compensation; stock comp; SBC = ShareBasedCompensation
dividends paid; dividend payments; cash dividends paid = PaymentsOfDividends
buybacks; stock buybacks; share buybacks = PaymentsForRepurchaseOfCommonStock
interest expense = InterestExpense
effective tax rate; tax rate = EffectiveIncomeTaxRateContinuingOperations
income taxes paid; cash taxes; cash paid for income taxes = IncomeTaxesPaidNet IncomeTaxesPaid
"""  # noqa: E501 - one figure a line
_OPEN = {"operating lease liabilities", "share repurchases", "deferred revenue", "long-term debt"}
"""What two figures of these filings are called: whichever is stated must be said to be one of them."""


def _values(store: FactStore, company: str, concepts: list[str]) -> set[Decimal]:
    ticker, _, start, end = PERIODS[company]
    key = next(f.cik for f in store.find("us-gaap:Assets") if f.ticker == ticker)
    return {
        fact.value
        for concept in concepts
        for fact in store.find(f"us-gaap:{concept}", [key], members=())
        if fact.end == end and fact.start in (None, start)
    }


@pytest.mark.parametrize("company", PERIODS)
@pytest.mark.parametrize(
    "line", _TABLE.strip().split("\n"), ids=lambda line: line.split(";")[0].split(" = ")[0]
)
def test_by_every_usual_name(asking: Asking, company: str, line: str) -> None:
    store, filings = asking
    names, _, concepts = line.partition(" = ")
    wanted = _values(store, company, concepts.split())
    if not wanted:
        pytest.skip(f"{company} tags none for this period")
    for name in names.split("; "):
        for question in (f"What was {company}'s {name} in {PERIODS[company][1]}?",
                         f"{company} {name} {PERIODS[company][1]}"):  # fmt: skip
            figures = looked_up(store, question, None, filings).figures
            assert figures is not None and not figures.doubts, question
            assert {fact.value for fact in figures.stated} <= wanted, question


@pytest.mark.parametrize("name", sorted(_OPEN))
@pytest.mark.parametrize("company", PERIODS)
def test_what_two_figures_are_called_is_no_other(asking: Asking, company: str, name: str) -> None:
    store, filings = asking
    figures = looked_up(store, f"{company} {name} {PERIODS[company][1]}", None, filings).figures
    usual = {"operating lease liabilities": "OperatingLeaseLiability",
             "share repurchases": "PaymentsForRepurchaseOfCommonStock",
             "deferred revenue": "ContractWithCustomerLiability",
             "long-term debt": "LongTermDebt"}[name]  # fmt: skip
    stated = figures.stated if figures is not None and not figures.doubts else ()
    assert all(usual in fact.concept for fact in stated)


@pytest.mark.parametrize(
    ("question", "values"),
    [
        # two figures are called so, and both are told
        ("Walmart net income fiscal 2024", ["16270000000", "15511000000"]),
        ("Intel's net profit in 2023", ["1675000000", "1689000000"]),
        # a segment that is called as the company, and the country
        ("Walmart U.S. revenue fiscal 2024", ["441817000000"]),
        ("Walmart's U.S. revenue fiscal 2024", ["532076000000"]),
        ("Walmart International sales fiscal 2024", ["114641000000"]),
        ("Intel Client Computing Group revenue 2023", ["29258000000"]),
        ("Intel's Data Center and AI revenue in fiscal 2023", ["15521000000"]),
        # "and" in a segment's name joins no two products
        ("NVIDIA's Compute & Networking revenue in fiscal 2025", ["116193000000"]),
        # what the statement of equity alone tells
        ("How many shares did Apple buy back in fiscal 2023?", ["471419000"]),
        # a part of a cost, and no share of it
        ("How much of NVIDIA's stock-based comp was in research and development for fiscal 2025?",
         ["3423000000"]),
        # dollars are not counted, and a margin in dollars is no percentage
        ("How many dollars of gross profit did Apple make in fiscal 2024?", ["180683000000"]),
        ("NVIDIA gross margin in dollars fiscal 2025", ["97858000000"]),
        # a balance, where the cash flow statement calls its change the same
        ("Intel accounts receivable 2023", ["3402000000"]),
    ],
)  # fmt: skip
def test_what_is_told(asking: Asking, question: str, values: list[str]) -> None:
    store, filings = asking
    figures = looked_up(store, question, None, filings).figures
    assert figures is not None and not figures.doubts
    assert [str(fact.value) for fact in figures.stated] == values


def test_a_loss_is_no_gain(asking: Asking) -> None:
    store, filings = asking
    figures = looked_up(store, "Intel's equity investment losses 2023", None, filings).figures
    assert figures is None or "a loss is asked for, and this is a gain" in figures.doubts


def test_a_word_of_a_parts_name_is_offered_and_not_stated(asking: Asking) -> None:
    store, filings = asking
    figures = looked_up(store, "Apple wearables revenue fiscal 2024", None, filings).figures
    assert figures is not None and figures.doubts == ("“wearables” fits nothing that is tagged here",)
    assert [(str(c.value), c.members[0][1]) for c in figures.others] == [
        ("37005000000", "aapl:WearablesHomeandAccessoriesMember")
    ]


def test_a_statements_first_lines_stand_in_the_statement(asking: Asking) -> None:
    store, _ = asking  # both companies tell the same figures in a table of their discussion before it
    sales, cost = "RevenueFromContractWithCustomerExcludingAssessedTax", "CostOfGoodsAndServicesSold"
    for company, concepts in (("WMT", ("Revenues", sales)), ("INTC", (sales, cost, "GrossProfit"))):
        for concept in concepts:
            facts = [f for f in store.find(f"us-gaap:{concept}", members=()) if f.ticker == company]
            assert facts[0].statement == "Consolidated Statements of Income"
