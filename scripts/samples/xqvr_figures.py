"""Figures of Quavrelle Pharmaceuticals, Inc. (invented), in tenths of a million dollars."""

from __future__ import annotations

from .concepts import COMMON, parse
from .model import Model

INPUTS = """
: 2022 2023 2024
rev.taz 1642 2183 2768
rev.omb 412 688 1057
rev.pex 893 741 486
rev.ost 0 0 46
rev.roy 84 102 127
cogs 612 701 792
rd.taz 214 286 301
rd.oral 165 248 387
rd.eye 178 151 139
sga 986 1127 1264
amort 214 214 205
imp 0 0 163
ccchg 21 -34 56
intinc 18 94 141
intexp 96 112 98
tax 58 131 172
sh 61240 62105 63018
dil 1310 1420 1655
anti 4870 4512 3986
capex 88 124 212
dep 62 71 84
sbc 231 268 302
sbc.rd 84 101 118
sbc.sga 132 150 166
opt 64 92 118
buyback 0 0 250
acq_int 0 0 320
borrow 0 0 0
repay 50 50 450
ccpaid 0 40 85
cashint 88 104 95
cashtax 64 142 203
leasecost 36 41 44
ded_reb 1412 1803 2214
ded_chg 402 468 531
ded_ret 71 84 66
ded_fee 188 236 281
px_rsu 2214 2687 3145
rsu_g 1120 1045 980
rsu_v 480 560 610
rsu_f 130 115 90
tx_state 14 27 36
tx_rd -52 -54 -58
tx_orphan -14 -22 -24
tx_sbc 19 -12 -27
tx_curf 54 128 186
tx_curs 17 28 34
: 2021 2022 2023 2024
mkt 820 905 1240 1610
ar 612 668 781 893
inv 398 431 476 548
prep 96 104 118 131
dta 188 201 226 274
rou 140 130 168 154
oth 64 66 71 78
ap 241 258 274 311
reb 486 541 668 802
accr 322 351 394 451
debt_c 50 50 50 0
lease_c 26 27 31 32
lease_nc 121 110 144 130
othl 92 95 99 104
par 1 1 1 1
aoci -6 -14 -9 -3
conv 1500 1500 1500 1500
accdep 281 338 402 479
ppe_bldg 312 318 331 402
ppe_mach 388 421 476 541
inv_raw 162 171 184 211
inv_wip 121 138 157 184
ig_ost 0 0 0 320
ig_lic 180 180 180 180
dt_rd 96 131 178 231
dt_reb 82 91 112 134
dt_sbc 44 51 58 66
n_emp 402 447 489 541
n_reps 96 118 131 148
utb 61 68 77 84
: 2023 2024
lm1 39 41
lm2 38 37
lm3 34 32
lm4 29 27
lm5 24 23
lmt 41 28
pct_lr 62 64
dm1 50 0
dm2 400 0
dm3 0 0
dm4 0 1500
unrec 512 561
am1 214 223
am2 214 223
am3 214 223
am4 214 223
am5 214 223
pct_w1 340 350
pct_w2 290 270
pct_w3 210 230
"""

ROLL = """
: 2021
ppe 541
intang 2840
gw 1212
debt 2050
cc 310
apic 4514
re -320
rsu_b 2460
treas 0
"""

CALC = """
rev.prod = rev.taz + rev.omb + rev.pex + rev.ost
rev = rev.prod + rev.roy
rd.oth = sbc.rd + dep
rd = rd.taz + rd.oral + rd.eye + rd.oth
opex = cogs + rd + sga + amort + imp + ccchg
opinc = rev - opex
othernet = intinc - intexp
pretax = opinc + othernet
ni = pretax - tax
shd = sh + dil
sbc.cogs = sbc - sbc.rd - sbc.sga
ded = ded_reb + ded_chg + ded_ret + ded_fee
gsales = rev.prod + ded
reb_paid = reb< + ded_reb - reb
ppe = ppe< + capex - dep
ppeg = ppe + accdep
ppe_cip = ppeg - ppe_bldg - ppe_mach
intang = intang< + acq_int - amort - imp
gw = gw<
debt = debt< + borrow - repay
debt_nc = debt - debt_c
tloan = debt - conv
cc = cc< + ccchg - ccpaid
apic = apic< + sbc + opt
treas = treas< + buyback
re = re< + ni
lease = lease_c + lease_nc
inv_fg = inv - inv_raw - inv_wip
tcl = ap + reb + accr + debt_c + lease_c
tl = tcl + debt_nc + lease_nc + cc + othl
eq = par + apic + re + aoci - treas
tle = tl + eq
cash = tle - mkt - ar - inv - prep - ppe - rou - intang - gw - dta - oth
tca = cash + mkt + ar + inv + prep
ta = tca + ppe + rou + intang + gw + dta + oth
liquid = cash + mkt
d_dt = dta< - dta
d_ar = ar - ar<
d_inv = inv - inv<
d_prep = prep - prep< + oth - oth<
d_ap = ap - ap<
d_accr = accr - accr< + reb - reb<
d_othl = lease - lease< - rou + rou< + othl - othl<
d_mkt = mkt - mkt< - aoci + aoci<
mkt_sold = ar*1400
mkt_buy = d_mkt + mkt_sold
cfo_a = ni + dep + amort + imp + ccchg + sbc + d_dt
cfo = cfo_a - d_ar - d_inv - d_prep + d_ap + d_accr + d_othl
cfi = mkt_sold - mkt_buy - capex - acq_int
cff = opt - repay - ccpaid - buyback
dcash = cfo + cfi + cff
rsu_b = rsu_b< + rsu_g - rsu_v - rsu_f
tx_stat = pretax*210
tx_oth = tax - tx_stat - tx_state - tx_rd - tx_orphan - tx_sbc
tx_def = tax - tx_curf - tx_curs
dt_int = dta - dt_rd - dt_reb - dt_sbc
lmsum = lm1 + lm2 + lm3 + lm4 + lm5 + lmt
lmimp = lmsum - lease
dm5 = debt - dm1 - dm2 - dm3 - dm4
ig_omb = intang - ig_ost - ig_lic
amt = intang - am1 - am2 - am3 - am4 - am5
bmkt_t = mkt*620
bmkt_c = mkt - bmkt_t
"""

OWN = """
cogs CostOfGoodsAndServicesSold d
rd ResearchAndDevelopmentExpense d
imp ImpairmentOfIntangibleAssetsFinitelived d
ccchg BusinessCombinationContingentConsiderationArrangementsChangeInAmountOfContingentConsiderationLiability1 d
ccpaid PaymentForContingentConsiderationLiabilityFinancingActivities d
cc BusinessCombinationContingentConsiderationLiabilityNoncurrent i
opex CostsAndExpenses d
reb x:AccruedRebatesChargebacksAndReturns i
reb_paid x:RebatePaymentsAndCredits d
ded_reb x:GovernmentAndCommercialRebates d
ded_chg x:ChargebacksAndDiscounts d
ded_ret x:ProductReturns d
ded_fee x:DistributionFeesAndCopayAssistance d
ded x:TotalGrossToNetDeductions d
gsales x:GrossProductSales d
conv ConvertibleNotesPayable i
tloan x:TermLoanOutstanding i
acq_int PaymentsToAcquireIntangibleAssets d
mkt_buy PaymentsToAcquireMarketableSecurities d
mkt_sold ProceedsFromSaleMaturityAndCollectionsOfInvestments d
liquid CashCashEquivalentsAndShortTermInvestments i
ppe_bldg BuildingsAndImprovementsGross i
ppe_mach MachineryAndEquipmentGross i
ppe_cip ConstructionInProgressGross i
n_emp x:NumberOfEmployees i
n_reps x:NumberOfSalesRepresentatives i
utb UnrecognizedTaxBenefits i
am1 FiniteLivedIntangibleAssetsAmortizationExpenseNextTwelveMonths i
am2 FiniteLivedIntangibleAssetsAmortizationExpenseYearTwo i
am3 FiniteLivedIntangibleAssetsAmortizationExpenseYearThree i
am4 FiniteLivedIntangibleAssetsAmortizationExpenseYearFour i
am5 FiniteLivedIntangibleAssetsAmortizationExpenseYearFive i
amt FiniteLivedIntangibleAssetsAmortizationExpenseAfterYearFive i
tx_orphan x:IncomeTaxReconciliationOrphanDrugCredits d
dt_reb x:DeferredTaxAssetsRebates i
dt_sbc DeferredTaxAssetsTaxDeferredExpenseCompensationAndBenefitsShareBasedCompensationCost i
dt_int x:DeferredTaxAssetsIntangiblesAndOtherNet i
bmkt_t x:TreasurySecuritiesAtFairValue i
bmkt_c x:CorporateDebtSecuritiesAtFairValue i
pct_w1 x:ConcentrationMeridrugWholesale d
pct_w2 x:ConcentrationCapstaneHealth d
pct_w3 x:ConcentrationUnionApothecary d
ig_omb x:ProductRightsOmbrexinAndPexaldineNet i
ig_ost x:ProductRightsOstrevaneNet i
ig_lic x:LicensedTechnologyNet i
"""

MEMBERS = {
    "taz": ("srt:ProductOrServiceAxis", "TazqueliaMember"),
    "omb": ("srt:ProductOrServiceAxis", "OmbrexinMember"),
    "pex": ("srt:ProductOrServiceAxis", "PexaldineMember"),
    "ost": ("srt:ProductOrServiceAxis", "OstrevaneMember"),
    "roy": ("srt:ProductOrServiceAxis", "RoyaltyMember"),
    "prod": ("srt:ProductOrServiceAxis", "ProductMember"),
    "oral": ("srt:ProductOrServiceAxis", "OralProgramMember"),
    "eye": ("srt:ProductOrServiceAxis", "OphthalmicProgramMember"),
    "oth": ("srt:ProductOrServiceAxis", "UnallocatedResearchMember"),
    "rd": ("us-gaap:IncomeStatementLocationAxis", "ResearchAndDevelopmentExpenseMember"),
    "sga": ("us-gaap:IncomeStatementLocationAxis", "SellingGeneralAndAdministrativeExpensesMember"),
    "cogs": ("us-gaap:IncomeStatementLocationAxis", "CostOfSalesMember"),
}

DATES = {
    **{str(y): (f"{y - 1}-07-01", f"{y}-06-30") for y in range(2021, 2025)},
    "2023mid": ("2022-07-01", "2022-12-30"),
    "2024mid": ("2023-07-01", "2023-12-29"),
}

CONCEPTS = {**parse(COMMON, "xqvr"), **parse(OWN, "xqvr")}


def model() -> Model:
    """The ledger with every derived figure."""
    m = Model({"2021": None, "2022": "2021", "2023": "2022", "2024": "2023"})
    m.load(INPUTS)
    m.load(ROLL)
    m.calc(CALC)
    m.per_share("eps", "ni", "sh", 10**5)
    m.per_share("epsd", "ni", "shd", 10**5)
    return m
