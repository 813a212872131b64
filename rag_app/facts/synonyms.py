"""What analysts call the figures that are asked for most: other names → concepts, the preferred first.

Beside these, a figure is known by its printed label and by its concept's name. Knows no fact.
"""

from __future__ import annotations

from dataclasses import dataclass

_TABLE = """
revenue; top line; turnover; total revenue = Revenues RevenueFromContractWithCustomerExcludingAssessedTax RevenueFromContractWithCustomerIncludingAssessedTax SalesRevenueNet RevenuesNetOfInterestExpense
cost of sales; cost of goods sold; cost of revenue = CostOfRevenue CostOfGoodsAndServicesSold CostOfGoodsSold CostOfServices
gross profit = GrossProfit
operating income = OperatingIncomeLoss
operating expenses = OperatingExpenses CostsAndExpenses
total costs and expenses; total costs = CostsAndExpenses
net income; net earnings; profit; earnings; net result; profit for the year = NetIncomeLoss ProfitLoss NetIncomeLossAvailableToCommonStockholdersBasic
consolidated net income; net income including noncontrolling interests = ProfitLoss NetIncomeLoss
net income attributable to common shareholders = NetIncomeLossAvailableToCommonStockholdersBasic NetIncomeLoss
net income attributable to noncontrolling interests; minority interest in income = NetIncomeLossAttributableToNoncontrollingInterest
pretax income; income before taxes = IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest IncomeLossFromContinuingOperationsBeforeIncomeTaxesMinorityInterestAndIncomeLossFromEquityMethodInvestments
domestic pretax income = IncomeLossFromContinuingOperationsBeforeIncomeTaxesDomestic
foreign pretax income; pretax income foreign operations; pretax income outside us = IncomeLossFromContinuingOperationsBeforeIncomeTaxesForeign
income tax expense; income taxes = IncomeTaxExpenseBenefit
effective tax rate; tax rate = EffectiveIncomeTaxRateContinuingOperations
statutory tax rate; federal statutory rate = EffectiveIncomeTaxRateReconciliationAtFederalStatutoryIncomeTaxRate
current federal income tax; current federal tax = CurrentFederalTaxExpenseBenefit
current state income tax; current state tax = CurrentStateAndLocalTaxExpenseBenefit
current foreign income tax; current foreign tax = CurrentForeignTaxExpenseBenefit
deferred federal income tax; deferred tax on us income = DeferredFederalIncomeTaxExpenseBenefit
deferred state income tax = DeferredStateAndLocalIncomeTaxExpenseBenefit
deferred foreign income tax; deferred tax on foreign income = DeferredForeignIncomeTaxExpenseBenefit
total current income tax = CurrentIncomeTaxExpenseBenefit
total deferred income tax; deferred taxes; deferred income taxes = DeferredIncomeTaxExpenseBenefit DeferredIncomeTaxesAndTaxCredits
basic eps; undiluted eps = EarningsPerShareBasic EarningsPerShareBasicAndDiluted
diluted eps = EarningsPerShareDiluted EarningsPerShareBasicAndDiluted
eps = EarningsPerShareDiluted EarningsPerShareBasicAndDiluted EarningsPerShareBasic
weighted average basic shares; basic weighted average shares outstanding; basic shares; basic share count = WeightedAverageNumberOfSharesOutstandingBasic
weighted average diluted shares; diluted weighted average shares outstanding; diluted shares; diluted share count = WeightedAverageNumberOfDilutedSharesOutstanding
shares outstanding; common shares outstanding; outstanding shares of stock; share count; number of shares outstanding = CommonStockSharesOutstanding EntityCommonStockSharesOutstanding
shares issued; common shares issued = CommonStockSharesIssued
authorized shares; common shares authorized = CommonStockSharesAuthorized
par value per share; common stock par value = CommonStockParOrStatedValuePerShare
dividends per share; dps; dps declared; dividend per share declared; dividends declared per share; dividend declared per common share = CommonStockDividendsPerShareDeclared CommonStockDividendsPerShareCashPaid
r&d; r&d expense; research and development costs; r&d spending; research spending = ResearchAndDevelopmentExpense ResearchAndDevelopmentExpenseExcludingAcquiredInProcessCost
sg&a; sg&a expense; marketing general and administrative = SellingGeneralAndAdministrativeExpense
g&a; g&a expense; general and administrative costs = GeneralAndAdministrativeExpense
sales and marketing; marketing expense; sales and marketing expense; selling and marketing expense = SellingAndMarketingExpense MarketingExpense
advertising; advertising expense; advertising cost = AdvertisingExpense MarketingAndAdvertisingExpense
depreciation and amortization; d&a expense = DepreciationDepletionAndAmortization DepreciationAmortizationAndAccretionNet DepreciationAndAmortization
depreciation; depreciation expense = Depreciation DepreciationNonproduction
amortization of intangibles; amortization expense; intangible amortization = AmortizationOfIntangibleAssets
stock-based compensation; stock compensation; stock comp expense = ShareBasedCompensation AllocatedShareBasedCompensationExpense
stock compensation tax benefit = EmployeeServiceShareBasedCompensationTaxBenefitFromCompensationExpense
interest expense; interest cost; interest charge = InterestExpense InterestExpenseNonoperating InterestExpenseDebt InterestAndDebtExpense
interest income = InvestmentIncomeInterest InterestIncomeOther InterestAndOtherIncome
interest and dividend income = InvestmentIncomeInterestAndDividend
interest net; net interest; net interest expense; net interest income = InterestIncomeExpenseNet InterestIncomeExpenseNonoperatingNet
other income net; other income and expense net; nonoperating income; non operating income; other non operating income net = NonoperatingIncomeExpense OtherNonoperatingIncomeExpense
restructuring charges; restructuring cost = RestructuringCharges RestructuringCostsAndAssetImpairmentCharges
impairment of goodwill; goodwill impairment = GoodwillImpairmentLoss
comprehensive income; total comprehensive income = ComprehensiveIncomeNetOfTax ComprehensiveIncomeNetOfTaxIncludingPortionAttributableToNoncontrollingInterest
other comprehensive income = OtherComprehensiveIncomeLossNetOfTax OtherComprehensiveIncomeLossNetOfTaxPortionAttributableToParent
currency translation in oci; aftertax currency translation effect in oci; foreign currency translation adjustment = OtherComprehensiveIncomeLossForeignCurrencyTransactionAndTranslationAdjustmentNetOfTax OtherComprehensiveIncomeForeignCurrencyTransactionAndTranslationGainLossArisingDuringPeriodNetOfTax
cash; cash and cash equivalents; cash on hand; cash position; cash balance = CashAndCashEquivalentsAtCarryingValue CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents Cash
cash including restricted cash; cash cash equivalents and restricted cash = CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents
restricted cash = RestrictedCashAndCashEquivalents RestrictedCash
cash and short term investments; cash and marketable securities; cash cash equivalents and marketable securities = CashCashEquivalentsAndShortTermInvestments CashCashEquivalentsAndMarketableSecurities
current marketable securities; short-term marketable securities = MarketableSecuritiesCurrent
long-term marketable securities; non-current marketable securities = MarketableSecuritiesNoncurrent
marketable securities = MarketableSecurities MarketableSecuritiesCurrent
short-term investments = ShortTermInvestments AvailableForSaleSecuritiesDebtSecuritiesCurrent MarketableSecuritiesCurrent
accounts receivable; receivables; ar; trade receivables = AccountsReceivableNetCurrent ReceivablesNetCurrent AccountsNotesAndLoansReceivableNetCurrent
vendor receivables; vendor non-trade receivables; other receivables = NontradeReceivablesCurrent
inventory; stock of goods; inventory level = InventoryNet
finished goods; finished goods inventory = InventoryFinishedGoodsNetOfReserves
work in process; work in progress; work in process inventory = InventoryWorkInProcessNetOfReserves
raw materials; raw material inventory = InventoryRawMaterialsNetOfReserves
prepaid expenses; prepaid expenses and other current assets = PrepaidExpenseAndOtherAssetsCurrent PrepaidExpenseCurrent
other current assets = OtherAssetsCurrent
current assets; total current assets = AssetsCurrent
non-current assets = AssetsNoncurrent
ppe; net ppe; fixed assets; property and equipment net = PropertyPlantAndEquipmentNet PropertyPlantAndEquipmentAndFinanceLeaseRightOfUseAssetAfterAccumulatedDepreciationAndAmortization
gross ppe; ppe gross; ppe at cost = PropertyPlantAndEquipmentGross
accumulated depreciation = AccumulatedDepreciationDepletionAndAmortizationPropertyPlantAndEquipment
long-lived assets = NoncurrentAssets LongLivedAssets
goodwill = Goodwill
intangibles; intangible assets; net intangibles = IntangibleAssetsNetExcludingGoodwill FiniteLivedIntangibleAssetsNet
operating lease assets; operating lease rou assets = OperatingLeaseRightOfUseAsset
finance lease assets; finance lease rou assets = FinanceLeaseRightOfUseAsset
equity investments = EquitySecuritiesFvNiAndWithoutReadilyDeterminableFairValue LongTermInvestments
other non-current assets; other long-term assets = OtherAssetsNoncurrent
assets; total assets; balance sheet total = Assets
accounts payable; payables; ap; trade payables = AccountsPayableCurrent AccountsPayableTradeCurrent
accrued liabilities; accrued expenses; accruals; accrued and other current liabilities = AccruedLiabilitiesCurrent
deferred revenue; unearned revenue; contract liabilities = ContractWithCustomerLiabilityCurrent DeferredRevenueCurrent ContractWithCustomerLiability
commercial paper = CommercialPaper
short-term debt; short-term borrowings; current debt = DebtCurrent ShortTermBorrowings
current portion of long-term debt; current maturities of long-term debt; long-term debt current; current portion of term debt; term debt current; long-term debt due within one year = LongTermDebtCurrent LongTermDebtAndCapitalLeaseObligationsCurrent
long-term debt; non-current debt; term debt non-current; long-term borrowings; lt debt = LongTermDebtNoncurrent LongTermDebt LongTermDebtAndCapitalLeaseObligations
other current liabilities = OtherLiabilitiesCurrent
current liabilities; total current liabilities = LiabilitiesCurrent
non-current liabilities = LiabilitiesNoncurrent
other non-current liabilities; other long-term liabilities = OtherLiabilitiesNoncurrent
liabilities; total liabilities = Liabilities
operating lease liabilities = OperatingLeaseLiability
non-current operating lease liabilities = OperatingLeaseLiabilityNoncurrent
current operating lease liabilities = OperatingLeaseLiabilityCurrent
finance lease liabilities = FinanceLeaseLiability
retained earnings; accumulated deficit; accumulated profits = RetainedEarningsAccumulatedDeficit
additional paid-in capital; paid-in capital; apic = AdditionalPaidInCapital AdditionalPaidInCapitalCommonStock
treasury stock = TreasuryStockValue TreasuryStockCommonValue
aoci = AccumulatedOtherComprehensiveIncomeLossNetOfTax
equity; shareholders' equity; stockholders' equity; net assets; net worth = StockholdersEquity StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest
equity including noncontrolling interests; total equity = StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest StockholdersEquity
noncontrolling interests; minority interest = MinorityInterest
liabilities and equity; total liabilities and shareholders' equity = LiabilitiesAndStockholdersEquity
operating cash flow; cash from operations; cash flow from operations = NetCashProvidedByUsedInOperatingActivities
investing cash flow; cash used for investing activities = NetCashProvidedByUsedInInvestingActivities
financing cash flow; cash used for financing activities = NetCashProvidedByUsedInFinancingActivities
capex; capital expenditures; purchases of ppe; payments for ppe; spending on ppe; additions to ppe; investment in ppe = PaymentsToAcquirePropertyPlantAndEquipment PaymentsToAcquireProductiveAssets PaymentsForCapitalImprovements
acquisitions; cash paid for acquisitions; payments for acquisitions; acquisitions net of cash = PaymentsToAcquireBusinessesNetOfCashAcquired
purchases of marketable securities; purchases of securities; payments for securities = PaymentsToAcquireAvailableForSaleSecuritiesDebt PaymentsToAcquireMarketableSecurities PaymentsToAcquireInvestments
share repurchases; repurchases; buybacks; stock repurchases; common stock repurchases; repurchase of stock; share buybacks; stock buybacks = PaymentsForRepurchaseOfCommonStock PaymentsForRepurchaseOfEquity
average price paid per share; average repurchase price; average price per share repurchase; average repurchase price per share; average price paid per repurchased share; average cost per share repurchase; average price repurchase = TreasuryStockAcquiredAverageCostPerShare
shares repurchased; number of shares repurchased; number shares repurchase; number repurchase; number own repurchase = StockRepurchasedAndRetiredDuringPeriodShares StockRepurchasedDuringPeriodShares TreasuryStockSharesAcquired
dividends; dividends paid; dividend payments; payments of dividends; dividends to shareholders; cash dividends = PaymentsOfDividends PaymentsOfDividendsCommonStock
dividends declared = Dividends DividendsCommonStock DividendsCommonStockCash
proceeds from debt; debt issuance; proceeds from long-term debt; issue of long-term debt; proceeds from issue debt = ProceedsFromIssuanceOfLongTermDebt ProceedsFromDebtNetOfIssuanceCosts
repayment of debt; debt repayment; repayment of long-term debt = RepaymentsOfLongTermDebt RepaymentsOfDebt
income taxes paid; cash paid for income taxes; cash taxes; taxes paid in cash = IncomeTaxesPaidNet IncomeTaxesPaid
interest paid; cash paid for interest = InterestPaidNet InterestPaid
net change in cash; change in cash; increase in cash = CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalentsPeriodIncreaseDecreaseIncludingExchangeRateEffect
unrecognized tax benefits; gross unrecognized tax benefits = UnrecognizedTaxBenefits
unrecognized stock compensation; unrecognized compensation cost = EmployeeServiceShareBasedCompensationNonvestedAwardsTotalCompensationCostNotYetRecognized
net deferred tax assets; net dta = DeferredTaxAssetsLiabilitiesNet DeferredIncomeTaxAssetsNet
valuation allowance; deferred tax valuation allowance = DeferredTaxAssetsValuationAllowance
remaining performance obligations; rpo; backlog = RevenueRemainingPerformanceObligation
public float; market value of stock held by non affiliates; market value held by nonaffiliates; non affiliate market cap = EntityPublicFloat
operating lease cost = OperatingLeaseCost
variable lease cost = VariableLeaseCost
total lease cost; lease cost = LeaseCost
purchase obligations; unconditional purchase obligations = UnrecordedUnconditionalPurchaseObligationBalanceSheetAmount
unvested rsu; unvested; unvested number; unvested count; outstanding; outstanding rsu; outstanding number; unvested awards outstanding; balance rsu; unvested balance = ShareBasedCompensationArrangementByShareBasedPaymentAwardEquityInstrumentsOtherThanOptionsNonvestedNumber ShareBasedCompensationArrangementByShareBasedPaymentAwardNonOptionEquityInstrumentsOutstandingNumber
rsu granted; granted; awards granted; units granted = ShareBasedCompensationArrangementByShareBasedPaymentAwardEquityInstrumentsOtherThanOptionsGrantsInPeriod
rsu vested; vested; awards vested; units vested = ShareBasedCompensationArrangementByShareBasedPaymentAwardEquityInstrumentsOtherThanOptionsVestedInPeriod
rsu forfeited; forfeited; awards forfeited; units forfeited; canceled = ShareBasedCompensationArrangementByShareBasedPaymentAwardEquityInstrumentsOtherThanOptionsForfeitedInPeriod
weighted average grant date fair value rsu granted; weighted average grant date fair value granted = ShareBasedCompensationArrangementByShareBasedPaymentAwardEquityInstrumentsOtherThanOptionsGrantsInPeriodWeightedAverageGrantDateFairValue
weighted average grant date fair value rsu vested; weighted average grant date fair value vested = ShareBasedCompensationArrangementByShareBasedPaymentAwardEquityInstrumentsOtherThanOptionsVestedInPeriodWeightedAverageGrantDateFairValue
weighted average grant date fair value rsu forfeited; weighted average grant date fair value forfeited = ShareBasedCompensationArrangementByShareBasedPaymentAwardEquityInstrumentsOtherThanOptionsForfeituresWeightedAverageGrantDateFairValue
weighted average grant date fair value rsu outstanding; weighted average grant date fair value unvested rsu; weighted average grant date fair value outstanding = ShareBasedCompensationArrangementByShareBasedPaymentAwardEquityInstrumentsOtherThanOptionsNonvestedWeightedAverageGrantDateFairValue
fair value vested rsu; total fair value rsu vested = ShareBasedCompensationArrangementByShareBasedPaymentAwardEquityInstrumentsOtherThanOptionsVestedInPeriodTotalFairValue
provision for credit losses = ProvisionForLoanLeaseAndOtherLosses ProvisionForCreditLosses
deposits; total deposits = Deposits
loans; net loans = LoansAndLeasesReceivableNetReportedAmount FinancingReceivableExcludingAccruedInterestAfterAllowanceForCreditLoss
"""  # noqa: E501 - one figure a line


@dataclass(frozen=True, slots=True)
class Computed:
    """A figure made of others: `formula` over `parts` by letter, each an analysts' name. `percent`: share."""

    name: str
    formula: str
    parts: tuple[str, ...]
    percent: bool = False


COMPUTED = {
    "freecashflow": Computed("free cash flow", "a - b", ("operating cash flow", "capex")),
    "grossprofit margin": Computed("gross margin", "a / b", ("gross profit", "revenue"), True),
    "gross margin": Computed("gross margin", "a / b", ("gross profit", "revenue"), True),
    "operatingincome margin": Computed("operating margin", "a / b", ("operating income", "revenue"), True),
    "operating margin": Computed("operating margin", "a / b", ("operating income", "revenue"), True),
    "netincome margin": Computed("net margin", "a / b", ("net income", "revenue"), True),
    "net margin": Computed("net margin", "a / b", ("net income", "revenue"), True),
    "profit margin": Computed("net margin", "a / b", ("net income", "revenue"), True),
    "net profit margin": Computed("net margin", "a / b", ("net income", "revenue"), True),
    "pretaxincome margin": Computed("pretax margin", "a / b", ("pretax income", "revenue"), True),
    "pretax margin": Computed("pretax margin", "a / b", ("pretax income", "revenue"), True),
    "freecashflow margin": Computed(
        "free cash flow margin", "(a - b) / c", ("operating cash flow", "capex", "revenue"), True
    ),
    "current ratio": Computed("current ratio", "a / b", ("current assets", "current liabilities")),
    "working capital": Computed("working capital", "a - b", ("current assets", "current liabilities")),
    "dividend payout ratio": Computed(
        "dividend payout ratio", "a / b", ("dividends paid", "net income"), True
    ),
    "payout ratio": Computed("dividend payout ratio", "a / b", ("dividends paid", "net income"), True),
    "capex intensity": Computed("capital intensity", "a / b", ("capex", "revenue"), True),
    "rnd intensity": Computed("R&D intensity", "a / b", ("r&d", "revenue"), True),
}
"""By the terms of what they are called."""


def table() -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(names, concepts without their prefix) of every line."""
    lines = []
    for line in _TABLE.strip().split("\n"):
        names, _, concepts = line.partition(" = ")
        lines.append((tuple(name.strip() for name in names.split(";")), tuple(concepts.split())))
    return lines
