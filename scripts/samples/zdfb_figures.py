"""Figures of Drayhaven Freight Bancorp, Inc. (invented), in thousands of dollars."""

from __future__ import annotations

from .concepts import COMMON, parse
from .model import Model

INPUTS = """
: 2022 2023 2024
ii_loans 148900 189400 207600
ii_sec 8640 11230 14180
ii_cash 2310 5480 6950
ie_sav 6120 18540 21830
ie_time 8730 28330 36490
ie_bor 6940 10640 8210
pay_fee 18240 19870 23450
srv_fee 4310 4690 5120
remkt 3960 1240 2870
oth_inc 2180 2310 2590
sal 61400 66900 70300
occ 8950 9420 9610
tech 14300 17150 18940
prof 6200 7840 7120
fdic 2150 3960 4210
oth_exp 11870 12730 13480
tax 12480 8510 13290
sh 24610 24280 23950
dil 260 245 290
anti 180 240 110
dps 40 44 48
div 9840 10680 11500
sbc 3100 3450 3900
buyback 6000 8500 10200
dep 3900 4200 4400
capex 5700 5700 5300
prov.eq 4820 11640 8310
prov.fac 2640 6890 3260
prov.cre 1050 1720 2870
prov.wc 980 1480 1690
prov.oth 160 140 110
co.eq 3910 9820 8940
co.fac 2480 6410 4120
co.cre 0 240 760
co.wc 690 1150 1240
co.oth 340 320 250
rec.eq 720 980 1390
rec.fac 390 610 730
rec.cre 0 0 45
rec.wc 130 190 240
rec.oth 70 85 75
afs_sold 48200 51600 62400
avg_loans 2168000 2391000 2552000
avg_sec 402000 397000 421000
avg_cash 128000 118000 131000
avg_sav 941000 988000 1052000
avg_time 552000 701000 868000
avg_bor 241000 262000 226000
avg_nib 571000 583000 574000
avg_ta 2760000 3020000 3170000
avg_eq 388000 398000 420000
cashint 20900 54800 65700
cashtax 11900 10200 12600
tx_state 1980 1390 2120
tx_exempt -620 -690 -740
tx_cred -410 -430 -510
tx_curf 10131 7451 10618
tx_curs 2410 1890 2530
px_rsu 2684 2219 2547
rsu_g 148 172 165
rsu_v 96 108 124
rsu_f 14 21 11
purch 9120000 8340000 8910000
par_div 24000 26000 31000
par_exp 4100 4600 4900
par_int 3940 3940 3940
par_tax -1690 -1790 -1860
: 2021 2022 2023 2024
loans.eq 812400 941300 1028600 1094250
loans.fac 498600 612900 541200 603700
loans.cre 386200 441750 512300 561800
loans.wc 214500 262800 301450 338600
loans.oth 61300 58400 54900 49750
afs 412000 388500 401300 436900
aoci -2100 -21400 -17600 -14900
aoci_tax -663 -6758 -5558 -4705
gw 41900 41900 41900 41900
oa 58400 71300 76900 81200
nib 621000 648300 597600 612900
sav 912400 968100 1004500 1086300
time 486300 617500 782400 921700
fhlb 120000 210000 165000 140000
subn 75000 75000 75000 75000
othl 38900 44600 47200 52300
fv.mbs 255400 240900 248800 270900
fv.muni 94800 89400 96300 101200
ul.mbs 1710 18400 15100 12800
ul.muni 690 7300 6050 5210
npl.eq 4980 7240 14860 12930
npl.fac 2240 3110 5240 3480
npl.cre 940 1250 2380 6940
npl.wc 510 860 1420 1760
npl.oth 140 120 90 80
repos 940 1980 4310 3120
g_sm 33700 41200 78600 69300
g_sub 22100 28900 57400 52800
g_dbt 900 1400 3900 2700
commit 402300 455100 498700 541200
sblc 18400 21300 24800 26100
pct_cet1 121 118 116 121
pct_t1 121 118 116 121
pct_tot 153 149 147 150
pct_lev 112 109 108 112
dt_acl 6680 7531 8922 9740
dt_sec 663 6758 5558 4705
dt_oth 3120 3410 3790 4120
dt_lease 9840 10920 11860 13150
unrec 4400 5100 5700 6300
n_emp 548 571 604 618
n_br 14 14 13 12
unins 612000 648000 571000 603000
par_oth 5100 5400 5900 6200
par_cash 21400 19800 18600 19100
: 2023 2024
tm1 581200 702300
tm2 122400 141900
tm3 41300 42700
tm4 21800 19600
fm1 95000 60000
fm2 40000 55000
"""

ROLL = """
: 2021
acl.eq 12400
acl.fac 7150
acl.cre 4310
acl.wc 3120
acl.oth 860
ppe 31200
apic 188000
re 196500
rsu_b 240
"""

CALC = """
ii = ii_loans + ii_sec + ii_cash
ie_dep = ie_sav + ie_time
ie = ie_dep + ie_bor
nii = ii - ie
prov = prov.eq + prov.fac + prov.cre + prov.wc + prov.oth
niiap = nii - prov
nonint = pay_fee + srv_fee + remkt + oth_inc
nonexp = sal + occ + tech + prof + fdic + oth_exp
pretax = niiap + nonint - nonexp
ni = pretax - tax
revtot = nii + nonint
shd = sh + dil
loans = loans.eq + loans.fac + loans.cre + loans.wc + loans.oth
co = co.eq + co.fac + co.cre + co.wc + co.oth
rec = rec.eq + rec.fac + rec.cre + rec.wc + rec.oth
nco = co - rec
acl.eq = acl.eq< + prov.eq - co.eq + rec.eq
acl.fac = acl.fac< + prov.fac - co.fac + rec.fac
acl.cre = acl.cre< + prov.cre - co.cre + rec.cre
acl.wc = acl.wc< + prov.wc - co.wc + rec.wc
acl.oth = acl.oth< + prov.oth - co.oth + rec.oth
acl = acl.eq + acl.fac + acl.cre + acl.wc + acl.oth
netloans = loans - acl
npl = npl.eq + npl.fac + npl.cre + npl.wc + npl.oth
npa = npl + repos
g_pass = loans - g_sm - g_sub - g_dbt
ppe = ppe< + capex - dep
apic = apic< + sbc - buyback
re = re< + ni - div
deps = nib + sav + time
tl = deps + fhlb + subn + othl
eq = apic + re + aoci
tle = tl + eq
cash = tle - netloans - afs - ppe - gw - oa
ta = cash + netloans + afs + ppe + gw + oa
uloss = - aoci - aoci_tax
ul.corp = uloss - ul.mbs - ul.muni
fv.corp = afs - fv.mbs - fv.muni
cost = afs + uloss
cost.mbs = fv.mbs + ul.mbs
cost.muni = fv.muni + ul.muni
cost.corp = fv.corp + ul.corp
afs_buy = cost - cost< + afs_sold
d_loans = loans - loans< + nco
d_oa = oa - oa< + aoci_tax - aoci_tax<
d_othl = othl - othl<
d_deps = deps - deps<
d_fhlb = fhlb - fhlb<
cfo = ni + prov + dep + sbc - d_oa + d_othl
cfi = afs_sold - afs_buy - d_loans - capex
cff = d_deps + d_fhlb - div - buyback
dcash = cfo + cfi + cff
avg_ea = avg_loans + avg_sec + avg_cash
avg_ibl = avg_sav + avg_time + avg_bor
rsu_b = rsu_b< + rsu_g - rsu_v - rsu_f
tx_stat = pretax*210
tx_oth = tax - tx_stat - tx_state - tx_exempt - tx_cred
tx_def = tax - tx_curf - tx_curs
dt_gross = dt_acl + dt_sec + dt_oth
dt_net = dt_gross - dt_lease
tm5 = time - tm1 - tm2 - tm3 - tm4
fm3 = fhlb - fm1 - fm2
oci = aoci - aoci<
compinc = ni + oci
par_und = ni - par_div + par_exp + par_int + par_tax
par_inv = eq + subn + par_oth - par_cash
par_ta = par_cash + par_inv
par_tl = subn + par_oth
"""

OWN = """
ii InterestAndDividendIncomeOperating d
ii_loans InterestAndFeeIncomeLoansAndLeases d
ii_sec InterestAndDividendIncomeSecuritiesAvailableForSale d
ii_cash InterestIncomeDepositsWithFinancialInstitutions d
ie InterestExpense d
ie_dep InterestExpenseDeposits d
ie_sav InterestExpenseDemandDepositAccounts d
ie_time InterestExpenseTimeDeposits d
ie_bor InterestExpenseBorrowings d
nii InterestIncomeExpenseNet d
prov ProvisionForLoanAndLeaseLosses d
niiap InterestIncomeExpenseAfterProvisionForLoanLoss d
nonint NoninterestIncome d
nonexp NoninterestExpense d
pay_fee x:FreightPaymentFees d
srv_fee x:LoanServicingFees d
remkt x:GainOnRemarketedEquipment d
oth_inc NoninterestIncomeOtherOperatingIncome d
sal LaborAndRelatedExpense d
occ OccupancyNet d
tech CommunicationsAndInformationTechnology d
prof ProfessionalFees d
fdic FederalDepositInsuranceCorporationPremiumExpense d
oth_exp OtherNoninterestExpense d
revtot Revenues d
loans FinancingReceivableExcludingAccruedInterestBeforeAllowanceForCreditLoss i
acl FinancingReceivableAllowanceForCreditLossExcludingAccruedInterest i
netloans FinancingReceivableExcludingAccruedInterestAfterAllowanceForCreditLoss i
co FinancingReceivableExcludingAccruedInterestAllowanceForCreditLossWriteoff d
rec FinancingReceivableExcludingAccruedInterestAllowanceForCreditLossRecovery d
nco FinancingReceivableAllowanceForCreditLossWriteoffAfterRecovery d
npl FinancingReceivableExcludingAccruedInterestNonaccrual i
npa x:NonperformingAssets i
repos RepossessedAssets i
g_pass x:LoansGradedPass i
g_sm x:LoansGradedSpecialMention i
g_sub x:LoansGradedSubstandard i
g_dbt x:LoansGradedDoubtful i
afs AvailableForSaleSecuritiesDebtSecurities i
fv AvailableForSaleSecuritiesDebtSecurities i
cost AvailableForSaleDebtSecuritiesAmortizedCostBasis i
ul AvailableForSaleDebtSecuritiesAccumulatedGrossUnrealizedLossBeforeTax i
uloss AvailableForSaleDebtSecuritiesAccumulatedGrossUnrealizedLossBeforeTax i
cash CashAndDueFromBanks i
oa OtherAssets i
nib NoninterestBearingDepositLiabilities i
sav InterestBearingDepositLiabilitiesSavings i
time TimeDeposits i
deps Deposits i
fhlb AdvancesFromFederalHomeLoanBanks i
subn SubordinatedDebt i
othl OtherLiabilities i
apic CommonStocksIncludingAdditionalPaidInCapital i
afs_buy PaymentsToAcquireDebtSecuritiesAvailableForSale d
afs_sold ProceedsFromMaturitiesPrepaymentsAndCallsOfDebtSecuritiesAvailableForSale d
d_loans PaymentsForProceedsFromLoansAndLeases d
d_oa IncreaseDecreaseInOtherOperatingAssets d
d_othl IncreaseDecreaseInOtherOperatingLiabilities d
d_deps IncreaseDecreaseInDeposits d
d_fhlb ProceedsFromPaymentsForFederalHomeLoanBankAdvances d
oci OtherComprehensiveIncomeLossNetOfTax d
compinc ComprehensiveIncomeNetOfTax d
pct_cet1 CommonEquityTierOneCapitalToRiskWeightedAssets i
pct_t1 TierOneRiskBasedCapitalToRiskWeightedAssets i
pct_tot CapitalToRiskWeightedAssets i
pct_lev TierOneLeverageCapitalToAverageAssets i
commit x:UnusedLoanCommitments i
sblc LettersOfCreditOutstandingAmount i
dt_acl DeferredTaxAssetsTaxDeferredExpenseReservesAndAccrualsAllowanceForCreditLosses i
dt_sec DeferredTaxAssetsUnrealizedLossesOnAvailableforSaleSecuritiesGross i
dt_lease DeferredTaxLiabilitiesLeasingArrangements i
dt_net DeferredTaxAssetsLiabilitiesNet i
tx_exempt IncomeTaxReconciliationTaxExemptIncome d
tx_cred IncomeTaxReconciliationTaxCredits d
n_emp x:NumberOfEmployees i
n_br x:NumberOfBranches i
unins x:UninsuredDeposits i
tm1 TimeDepositMaturitiesYearOne i
tm2 TimeDepositMaturitiesYearTwo i
tm3 TimeDepositMaturitiesYearThree i
tm4 TimeDepositMaturitiesYearFour i
tm5 TimeDepositMaturitiesAfterYearFour i
fm1 FederalHomeLoanBankAdvancesMaturitiesSummaryDueInNextTwelveMonths i
fm2 FederalHomeLoanBankAdvancesMaturitiesSummaryDueInYearTwo i
fm3 FederalHomeLoanBankAdvancesMaturitiesSummaryDueAfterYearTwo i
purch x:InvoicesPurchased d
par_cash x:ParentCash i
par_inv x:ParentInvestmentInSubsidiaries i
par_ta x:ParentTotalAssets i
par_oth x:ParentOtherLiabilities i
par_tl x:ParentTotalLiabilities i
"""

_CLASS = "us-gaap:FinancingReceivablePortfolioSegmentAxis"
_TYPE = "us-gaap:FinancialInstrumentAxis"
MEMBERS = {
    "eq": (_CLASS, "EquipmentFinanceMember"),
    "fac": (_CLASS, "FactoredReceivablesMember"),
    "cre": (_CLASS, "WarehouseRealEstateMember"),
    "wc": (_CLASS, "WorkingCapitalLinesMember"),
    "oth": (_CLASS, "OtherLoansMember"),
    "mbs": (_TYPE, "AgencyMortgageBackedMember"),
    "muni": (_TYPE, "StateAndMunicipalMember"),
    "corp": (_TYPE, "CorporateBondsMember"),
}

DATES = {
    **{str(y): (f"{y}-01-01", f"{y}-12-31") for y in range(2021, 2025)},
    "2023mid": ("2023-01-01", "2023-06-30"),
    "2024mid": ("2024-01-01", "2024-06-28"),
}

CONCEPTS = {**parse(COMMON, "zdfb"), **parse(OWN, "zdfb")}


def model() -> Model:
    """The ledger with every derived figure."""
    m = Model({"2021": None, "2022": "2021", "2023": "2022", "2024": "2023"})
    m.load(INPUTS)
    m.load(ROLL)
    m.calc(CALC)
    m.per_share("eps", "ni", "sh", 1000)
    m.per_share("epsd", "ni", "shd", 1000)
    return m
