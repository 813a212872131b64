"""Figures of Brindlemoor Grocers, Inc. (invented), in millions of dollars."""

from __future__ import annotations

from .concepts import COMMON, parse
from .model import Model

INPUTS = """
: 2021 2022 2023 2024 2023H1 2024H1 2023Q2 2024Q2
rev.fresh 1182 1268 1349 1447 668 713 336 361
rev.groc 1604 1689 1738 1779 862 880 430 440
rev.rx 236 251 274 301 134 147 67 75
rev.fuel 198 262 241 228 121 116 62 58
rev.whl 410 438 462 455 229 226 115 113
rev.priv 612 694 767 848 372 411 188 209
cogs 2331 2530 2614 2708 1297 1341 649 673
sga 692 736 772 809 384 401 192 201
dep 88 94 99 106 49 52 25 26
imp 3 0 12 4 0 4 0 4
intexp 19 22 27 29 13 15 6 7
tax 21 21 18 24 10 10 6 5
seg_whl 14 15 13 11 7 5 4 2
seg_corp -31 -33 -37 -38 -18 -19 -9 -10
sh 42310 41880 41120 40390 41350 40620 41240 40540
dil 420 395 372 410 380 402 376 405
anti 210 265 340 180 310 195 305 190
dps 56 60 64 70 32 35 16 17
sbc 8 9 10 11 5 6 . .
capex 104 112 131 124 61 66 . .
borrow 0 40 75 60 35 40 . .
repay 12 27 40 65 20 25 . .
buyback 25 30 35 40 18 22 . .
div 24 25 26 28 13 14 . .
acq_ppe 0 0 24 0 0 0 . .
acq_gw 0 0 14 0 0 0 . .
cashint 18 21 26 28 12 14 . .
cashtax 17 16 20 25 9 11 . .
leasecost 71 74 78 81 . . . .
varlease 19 20 22 23 . . . .
adv 31 33 35 34 . . . .
pct_comp 19 43 26 34 24 37 22 41
tx_state 4 4 4 5 . . . .
tx_wotc -2 -2 -2 -3 . . . .
tx_curf 15 13 17 23 . . . .
tx_curs 3 3 4 4 . . . .
pens_mult 17 18 19 21 . . . .
px_rsu 2814 2946 2731 3388 . . . .
rsu_g 310 325 340 355 . . . .
rsu_v 220 240 265 280 . . . .
rsu_f 35 30 45 25 . . . .
: 2020 2021 2022 2023 2024 2023H1 2024H1
ar 52 55 58 61 64 57 60
inv 231 244 266 274 281 279 288
lifo 21 24 41 47 50 44 49
prep 28 29 31 32 34 33 35
rou 418 431 426 449 441 440 446
oth 37 38 39 41 43 39 42
ap 198 206 221 228 239 232 241
accr 112 118 121 129 136 115 121
lease_c 46 48 50 53 55 52 54
lease_nc 389 400 393 414 405 406 411
debt_c 12 12 12 15 15 12 15
dtl 58 61 66 63 60 65 62
othl 41 42 42 45 47 43 46
par 1 1 1 1 1 1 1
notes 250 250 250 250 250 250 250
tloan 132 120 108 93 78 102 86
accdep 611 668 731 794 865 762 829
ppe_land 96 98 101 106 109 103 108
ppe_bldg 498 521 549 588 622 569 605
ppe_cip 22 25 31 38 27 40 33
dt_lease 112 116 115 121 119 . .
dt_self 14 15 16 18 19 . .
dt_oth 11 12 13 12 14 . .
self_ins 38 41 44 47 52 45 50
n_st 117 118 121 125 127 122 126
n_fuel 55 56 58 61 63 59 62
n_rx 71 72 74 89 91 74 90
: 2023 2024
lm1 71 74
lm2 68 70
lm3 63 65
lm4 58 58
lm5 52 51
lmt 281 262
pct_lr 49 52
dm1 15 15
dm2 15 15
dm3 15 15
dm4 15 15
unrec 14 15
"""

ROLL = """
: 2020
ppe 702
gw 154
debt 392
apic 211
treas 64
re 271
rsu_b 610
"""

CALC = """
rev = rev.fresh + rev.groc + rev.rx + rev.fuel
gross = rev - cogs
rev.sup = rev - rev.whl
opex = sga + dep + imp
opinc = gross - opex
seg_sup = opinc - seg_whl - seg_corp
pretax = opinc - intexp
ni = pretax - tax
shd = sh + dil
acq = acq_ppe + acq_gw
ppe = ppe< + capex + acq_ppe - dep - imp
ppeg = ppe + accdep
ppe_eq = ppeg - ppe_land - ppe_bldg - ppe_cip
gw = gw< + acq_gw
debt = debt< + borrow - repay
debt_nc = debt - debt_c
revolver = debt - notes - tloan
apic = apic< + sbc
treas = treas< + buyback
re = re< + ni - div
inv_fifo = inv + lifo
lifo_chg = lifo - lifo<
lease = lease_c + lease_nc
tcl = ap + accr + lease_c + debt_c
tl = tcl + debt_nc + lease_nc + dtl + othl
eq = par + apic + re - treas
tle = tl + eq
cash = tle - ar - inv - prep - ppe - rou - gw - oth
tca = cash + ar + inv + prep
ta = tca + ppe + rou + gw + oth
d_ar = ar - ar<
d_inv = inv - inv<
d_prep = prep - prep< + oth - oth<
d_ap = ap - ap<
d_accr = accr - accr<
d_dt = dtl - dtl<
d_othl = lease - lease< - rou + rou< + othl - othl<
cfo = ni + dep + imp + sbc + d_dt - d_ar - d_inv - d_prep + d_ap + d_accr + d_othl
cfi = - capex - acq
cff = borrow - repay - buyback - div
dcash = cfo + cfi + cff
tlease = leasecost + varlease
rsu_b = rsu_b< + rsu_g - rsu_v - rsu_f
tx_stat = pretax*210
tx_oth = tax - tx_stat - tx_state - tx_wotc
tx_def = tax - tx_curf - tx_curs
dt_gross = dt_lease + dt_self + dt_oth
dt_liab = dt_gross + dtl
lmsum = lm1 + lm2 + lm3 + lm4 + lm5 + lmt
lmimp = lmsum - lease
dm5 = debt - dm1 - dm2 - dm3 - dm4
"""

OWN = """
lifo InventoryLIFOReserve i
lifo_chg x:LifoCharge d
inv_fifo FIFOInventoryAmount i
dep DepreciationDepletionAndAmortization d
imp x:ImpairmentAndStoreClosingCosts d
seg_sup x:SupermarketsOperatingProfit d
seg_whl x:WholesaleOperatingProfit d
seg_corp x:UnallocatedCorporateExpense d
notes SeniorNotes i
tloan x:TermLoanOutstanding i
revolver LineOfCredit i
ppe_land Land i
ppe_bldg BuildingsAndImprovementsGross i
ppe_eq MachineryAndEquipmentGross i
ppe_cip ConstructionInProgressGross i
dt_lease x:DeferredTaxAssetsOperatingLeases i
dt_self DeferredTaxAssetsTaxDeferredExpenseReservesAndAccrualsSelfInsurance i
dt_liab DeferredTaxLiabilities i
self_ins SelfInsuranceReserve i
n_st NumberOfStores i
n_fuel x:NumberOfFuelStations i
n_rx x:NumberOfPharmacies i
pct_comp x:ComparableSalesGrowthExcludingFuel d
pens_mult MultiemployerPlanEmployerContributionCost d
tx_wotc IncomeTaxReconciliationTaxCredits d
acq_gw GoodwillAcquiredDuringPeriod d
"""

MEMBERS = {
    "fresh": ("srt:ProductOrServiceAxis", "FreshAndPerishableMember"),
    "groc": ("srt:ProductOrServiceAxis", "GroceryAndGeneralMerchandiseMember"),
    "rx": ("srt:ProductOrServiceAxis", "PharmacyMember"),
    "fuel": ("srt:ProductOrServiceAxis", "FuelMember"),
    "priv": ("srt:ProductOrServiceAxis", "HedgerowBrandMember"),
    "sup": ("us-gaap:StatementBusinessSegmentsAxis", "SupermarketsMember"),
    "whl": ("us-gaap:StatementBusinessSegmentsAxis", "LarderWholesaleMember"),
}

DATES = {
    "2020": ("2020-02-02", "2021-01-30"),
    "2021": ("2021-01-31", "2022-01-29"),
    "2022": ("2022-01-30", "2023-01-28"),
    "2023": ("2023-01-29", "2024-01-27"),
    "2024": ("2024-01-28", "2025-01-25"),
    "2023H1": ("2023-01-29", "2023-07-29"),
    "2024H1": ("2024-01-28", "2024-07-27"),
    "2023Q2": ("2023-04-30", "2023-07-29"),
    "2024Q2": ("2024-04-28", "2024-07-27"),
    "2023mid": ("2023-01-29", "2023-07-28"),
    "2024mid": ("2024-01-28", "2024-07-26"),
}

CONCEPTS = {**parse(COMMON, "bdqm"), **parse(OWN, "bdqm")}


def model() -> Model:
    """The ledger with every derived figure."""
    m = Model(
        {
            "2020": None,
            "2021": "2020",
            "2022": "2021",
            "2023": "2022",
            "2024": "2023",
            "2023H1": "2022",
            "2024H1": "2023",
            "2023Q2": None,
            "2024Q2": None,
        }
    )
    m.load(INPUTS)
    m.load(ROLL)
    m.calc(CALC)
    m.per_share("eps", "ni", "sh", 10**6)
    m.per_share("epsd", "ni", "shd", 10**6)
    return m
