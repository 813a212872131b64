"""Figures of Zephquill Hydrokinetic Technologies, Inc. (invented), in thousands of dollars."""

from __future__ import annotations

from .concepts import COMMON, parse
from .model import Model

INPUTS = """
: 2022 2023 2024 2023Q1 2024Q1
rev.hw 84210 97640 121380 20115 24870
rev.sv 31460 40215 52940 8940 11650
rev.sub 9380 13905 20145 2980 4310
cogs.hw 63150 74980 88610 15690 18410
cogs.sv 20450 25740 32290 5810 7165
cogs.sub 3010 4035 5440 905 1190
rd 24870 27315 31260 6540 7410
sga 25940 28120 31905 6730 7520
rest 0 3480 0 0 0
intinc 1120 2865 3240 640 810
intexp 2450 3960 4415 905 1120
tax 310 265 640 60 110
sh 38412 41056 43870 40320 42715
dil 0 0 1240 0 0
anti 3815 4020 610 3905 4150
rev.gen 91150 106480 133720 21940 27310
seg_gen 9840 11215 20980 1870 3905
seg_rob 4310 5660 9240 1015 1580
rev.us 58420 66910 82160 14270 17320
rev.uk 37150 47330 58940 9860 13140
rev.canada 22460 29180 43115 6230 8450
capex 11400 14900 18700 3100 4450
dep 7250 8340 9860 1980 2290
amort 2100 2100 2480 525 525
sbc 8900 10200 11800 2350 2680
opt 1150 960 2240 180 410
stk 0 24600 0 0 0
borrow 0 15000 10000 0 0
repay 4000 4000 6500 1000 1250
acq_gw 0 0 5400 0 0
acq_int 0 0 3800 0 0
cashint 2380 3810 4350 880 1090
cashtax 285 310 420 40 65
war_prov 2140 7860 3920 610 840
war_paid 1680 3450 4730 520 1360
allow_exp 210 340 180 40 30
rd.grant 3100 4250 2860 900 640
leasecost 3320 3710 4180 880 1010
varlease 540 610 730 140 170
px_rsu 1142 986 1318 1004 1227
tx_state 85 70 130 . .
tx_rd -1450 -1620 -1985 . .
tx_sbc 640 880 -210 . .
tx_for 210 245 290 . .
tx_curf 0 0 95 . .
tx_curs 85 70 130 . .
rsu_g 1310 1625 1280 . .
rsu_v 640 705 890 . .
rsu_f 155 240 130 . .
: 2021 2022 2023 2024 2023Q1 2024Q1
ar 21300 24150 29870 36240 23400 31950
ca 6200 7900 10450 13180 8300 11900
inv 28400 33200 38900 41350 34900 40700
prep 4100 4600 5200 5950 5100 5850
rou 14200 13100 17600 16200 12600 17050
oth 2300 2450 2700 3100 2500 2780
ap 13900 15200 17650 20900 15900 19300
accr 11600 12900 14300 17450 11200 12600
defrev 15300 19400 27800 36700 21600 30150
debt_c 4000 4000 6500 8000 4000 6500
lease_c 2300 2450 2900 3150 2500 2950
lease_nc 12700 11500 15600 13900 10950 15050
othl 1900 2050 2200 2350 2080 2240
par 38 38 38 38 38 38
accdep 24800 31200 38100 46300 33050 40150
ppe_land 4200 4200 4200 4200 4200 4200
ppe_mach 31400 38150 46900 58350 39800 48300
ppe_boat 12850 14300 19650 23800 14300 21200
inv_raw 13900 16450 18760 19240 17050 19450
inv_wip 9600 10980 13020 14830 11700 13900
rpo 141300 168500 212400 268900 176200 231700
allow 480 590 720 810 610 735
n_emp 402 436 471 538 . .
n_turb 41 58 79 104 . .
unrec 14100 15300 18900 20400 . .
dt_nol 21400 24150 26900 25800 . .
dt_rd 6800 9350 12100 14650 . .
dt_oth 5100 5750 6900 7850 . .
: 2023 2024
lm1 4050 4360
lm2 3890 4120
lm3 3420 3290
lm4 2980 2610
lm5 2340 1980
lmt 6480 4150
pct_lr 68 71
dm1 6500 8000
dm2 8500 10500
dm3 11000 13000
dm4 12500 16000
nol_fed 98400 93600
pct_cust1 240 190
pct_cust2 170 220
rd_unused 11200 13150
"""

ROLL = """
: 2021
ppe 36500
intang 12600
gw 18750
debt 40000
apic 214000
re -96000
war 2650
: 2022
rsu_b 1980
"""

CALC = """
rev = rev.hw + rev.sv + rev.sub
cogs = cogs.hw + cogs.sv + cogs.sub
gross = rev - cogs
gross.hw = rev.hw - cogs.hw
gross.sv = rev.sv - cogs.sv
gross.sub = rev.sub - cogs.sub
opex = rd + sga + rest
opinc = gross - opex
othernet = intinc - intexp
pretax = opinc + othernet
ni = pretax - tax
shd = sh + dil
rev.rob = rev - rev.gen
seg_sum = seg_gen + seg_rob
seg_corp = opinc - seg_sum
rev.other = rev - rev.us - rev.uk - rev.canada
ppe = ppe< + capex - dep
ppeg = ppe + accdep
ppe_cip = ppeg - ppe_land - ppe_mach - ppe_boat
intang = intang< + acq_int - amort
gw = gw< + acq_gw
acq = acq_gw + acq_int
debt = debt< + borrow - repay
debt_nc = debt - debt_c
apic = apic< + sbc + opt + stk
re = re< + ni
war = war< + war_prov - war_paid
lease = lease_c + lease_nc
inv_fg = inv - inv_raw - inv_wip
tcl = ap + accr + defrev + debt_c + lease_c
tl = tcl + debt_nc + lease_nc + othl
eq = par + apic + re
tle = tl + eq
cash = tle - ar - ca - inv - prep - ppe - rou - intang - gw - oth
tca = cash + ar + ca + inv + prep
ta = tca + ppe + rou + intang + gw + oth
d_ar = ar - ar<
d_ca = ca - ca<
d_inv = inv - inv<
d_prep = prep - prep< + oth - oth<
d_ap = ap - ap<
d_accr = accr - accr<
d_defrev = defrev - defrev<
d_othl = lease - lease< - rou + rou< + othl - othl<
cfo = ni + dep + amort + sbc - d_ar - d_ca - d_inv - d_prep + d_ap + d_accr + d_defrev + d_othl
cfi = - acq - capex
cff = opt + stk + borrow - repay
dcash = cfo + cfi + cff
tlease = leasecost + varlease
rsu_b = rsu_b< + rsu_g - rsu_v - rsu_f
tx_stat = pretax*210
tx_va = tax - tx_stat - tx_state - tx_rd - tx_sbc - tx_for
tx_curi = tax - tx_curf - tx_curs
dt_gross = dt_nol + dt_rd + dt_oth
lmsum = lm1 + lm2 + lm3 + lm4 + lm5 + lmt
lmimp = lmsum - lease
dm5 = debt - dm1 - dm2 - dm3 - dm4
dt_va = dt_gross*880
dt_net = dt_gross - dt_va
dt_liab = dt_net*1000
"""

OWN = """
war StandardProductWarrantyAccrual i
war_prov StandardProductWarrantyAccrualWarrantiesIssued d
war_paid StandardProductWarrantyAccrualPayments d
seg_gen x:GenerationSystemsOperatingProfit d
seg_rob x:RoboticServicesOperatingProfit d
seg_corp x:UnallocatedCorporateExpense d
seg_sum x:SegmentOperatingProfit d
ppe_land x:LandAndBuildingsGross i
ppe_mach MachineryAndEquipmentGross i
ppe_boat x:WorkboatsAndCrawlersGross i
ppe_cip ConstructionInProgressGross i
n_emp x:NumberOfEmployees i
n_turb x:CumulativeTurbinesCommissioned i
dt_net DeferredTaxAssetsNet i
dt_liab DeferredTaxLiabilities i
nol_fed OperatingLossCarryforwards i
pct_cust1 x:ConcentrationRiskCormorantSound d
pct_cust2 x:ConcentrationRiskPentarrow d
acq_int FinitelivedIntangibleAssetsAcquired1 d
acq_gw GoodwillAcquiredDuringPeriod d
rd_unused x:ResearchCreditCarryforwards i
"""

MEMBERS = {
    "hw": ("srt:ProductOrServiceAxis", "TurbineHardwareMember"),
    "sv": ("srt:ProductOrServiceAxis", "InstallationAndServiceMember"),
    "sub": ("srt:ProductOrServiceAxis", "SlackwaterSubscriptionMember"),
    "gen": ("us-gaap:StatementBusinessSegmentsAxis", "GenerationSystemsMember"),
    "rob": ("us-gaap:StatementBusinessSegmentsAxis", "RoboticServicesMember"),
    "us": ("srt:StatementGeographicalAxis", "UnitedStatesMember"),
    "uk": ("srt:StatementGeographicalAxis", "UnitedKingdomMember"),
    "canada": ("srt:StatementGeographicalAxis", "CanadaMember"),
    "other": ("srt:StatementGeographicalAxis", "OtherCountriesMember"),
    "grant": ("us-gaap:AwardTypeAxis", "EnergyDepartmentGrantMember"),
}

DATES = {
    **{str(y): (f"{y}-01-01", f"{y}-12-31") for y in range(2021, 2025)},
    "2023Q1": ("2023-01-01", "2023-03-31"),
    "2024Q1": ("2024-01-01", "2024-03-31"),
    "2023mid": ("2023-01-01", "2023-06-30"),
    "2024mid": ("2024-01-01", "2024-06-28"),
}

CONCEPTS = {**parse(COMMON, "zqht"), **parse(OWN, "zqht")}


def model() -> Model:
    """The ledger with every derived figure."""
    m = Model(
        {"2021": None, "2022": "2021", "2023": "2022", "2024": "2023", "2023Q1": "2022", "2024Q1": "2023"}
    )
    m.load(INPUTS)
    m.load(ROLL)
    m.calc(CALC)
    m.per_share("eps", "ni", "sh", 1000)
    m.per_share("epsd", "ni", "shd", 1000)
    return m
