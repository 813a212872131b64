"""Financial statements and notes of Brindlemoor Grocers, Inc. (invented)."""

from __future__ import annotations

INCOME_ROWS = """
Net sales | rev
Cost of sales | cogs
[t]  Gross profit | gross
Operating, general and administrative expenses | sga
Depreciation and amortization | dep
Impairment and store closing costs | imp
[t]  Operating income | opinc
Interest expense | intexp
[t]  Earnings before income taxes | pretax
Income taxes | tax
[T]Net earnings | ni
Earnings per share:
[$]  Basic | eps
[$]  Diluted | epsd
[$]Dividends declared per share | dps
Weighted-average shares (in thousands):
  Basic | sh
  Diluted | shd
"""

BALANCE_ROWS = """
ASSETS
Current assets:
  Cash and cash equivalents | cash
  Receivables, net | ar
  Inventories | inv
  Prepaid expenses and other | prep
[t]    Total current assets | tca
Property and equipment, net | ppe
Operating lease assets | rou
Goodwill | gw
Other assets | oth
[T]    Total assets | ta
LIABILITIES AND SHAREHOLDERS' EQUITY
Current liabilities:
  Accounts payable | ap
  Accrued wages and other liabilities | accr
  Current maturities of long-term debt | debt_c
  Current operating lease obligations | lease_c
[t]    Total current liabilities | tcl
Long-term debt | debt_nc
Noncurrent operating lease obligations | lease_nc
Deferred income taxes | dtl
Other long-term liabilities | othl
[t]    Total liabilities | tl
Shareholders' equity:
  Common stock | par
  Additional paid-in capital | apic
  Retained earnings | re
[n]  Treasury stock, at cost | treas
[t]    Total shareholders' equity | eq
[T]    Total liabilities and shareholders' equity | tle
"""

CASH_ROWS = """
OPERATING ACTIVITIES
Net earnings | ni
Adjustments to reconcile net earnings to net cash from operating activities:
  Depreciation and amortization | dep
  Impairment and store closing costs | imp
  Stock-based compensation | sbc
  Deferred income taxes | d_dt
Changes in working capital:
[n]  Receivables | d_ar
[n]  Inventories | d_inv
[n]  Prepaid expenses and other assets | d_prep
  Accounts payable | d_ap
  Accrued wages and other liabilities | d_accr
  Leases and other | d_othl
[t]    Net cash provided by operating activities | cfo
INVESTING ACTIVITIES
[n]  Capital expenditures | capex
[n]  Purchase of pharmacies | acq
[t]    Net cash used in investing activities | cfi
FINANCING ACTIVITIES
  Borrowings | borrow
[n]  Repayments | repay
[n]  Purchases of treasury stock | buyback
[n]  Dividends paid | div
[t]    Net cash used in financing activities | cff
[t]Net change in cash and cash equivalents | dcash
Cash and cash equivalents, beginning of period | cash<
[T]Cash and cash equivalents, end of period | cash
Interest paid | cashint
Income taxes paid | cashtax
"""

STATEMENTS = (
    """
# Report of Independent Registered Public Accounting Firm

To the Shareholders and Board of Directors of Brindlemoor Grocers, Inc.

In our opinion, the consolidated balance sheets as of {end} and {end@ip} and the related statements of earnings and cash flows for each of
the three fiscal years in the period ended {end} present fairly, in all material respects, the financial position and results of the
Company in conformity with accounting principles generally accepted in the United States, and the Company maintained effective internal
control over financial reporting. We identified one critical audit matter, <<the impairment of long-lived assets of Tuppence Saver stores,
because the forecast of sales after the end of emergency food benefits was a difficult judgment|the self-insurance reserve for general
liability, because the melon claims of July 2024 have little history>>.

/s/ Orrin, Teasdale & Quick LLP, Des Moines, Iowa, <<March 22, 2024|March 21, 2025>>. Auditor since 2009.

#! Consolidated Statements of Earnings

c: (in millions, except per share data)

%T c p pp
"""
    + INCOME_ROWS.strip()
    + """

#! Consolidated Balance Sheets

c: (in millions)

%T i ip
"""
    + BALANCE_ROWS.strip()
    + """

#! Consolidated Statements of Cash Flows

c: (in millions)

%T c p pp
"""
    + CASH_ROWS.strip()
    + "\n"
)

NOTES = """
#! Notes to Consolidated Financial Statements

%N pol; Significant Accounting Policies; SignificantAccountingPoliciesTextBlock

The Company operates supermarkets and a grocery wholesale business in four Midwestern states. Fiscal {fy} and the two years before it
contained 52 weeks. Dollar amounts in the tables are in millions unless otherwise stated. Receivables come mainly from wholesale customers, card
processors and pharmacy payers. Buildings are depreciated over 20 to 40 years and equipment over 3 to 12; leasehold improvements over the
shorter of the lease and 15 years.

Inventories. About <<88%|87%>> of inventories are valued at the lower of cost, on the last-in, first-out method, or market, and the rest,
mainly pharmacy and fuel, on the first-in, first-out method:

%T i ip
Inventories at first-in, first-out cost | inv_fifo
[n]LIFO reserve | lifo
[T]Inventories | inv

Goodwill is tested each fourth quarter. The fair value of Supermarkets exceeded its carrying amount by more than 60% and that of Larder
Wholesale, which has goodwill of $22 million, by <<31%|12%>>. <<|A further loss of wholesale customers comparable to that of Pruitt's Corner
would probably lead to an impairment.>>

%N rev; Sales; RevenueFromContractWithCustomerTextBlock

Sales are recognized at the register, at collection for online orders, and at delivery for wholesale customers. Basketry Club points are a
separate obligation; deferred revenue for them was <<$7 million|$8 million>>. Unredeemed gift cards were <<$12 million|$13 million>>. Sales by
type of merchandise were:

%T c p pp; tb=DisaggregationOfRevenueTableTextBlock
Fresh and perishable | rev.fresh
Grocery and general merchandise | rev.groc
Pharmacy | rev.rx
Fuel | rev.fuel
[T]Net sales | rev

Sales of the Company's own brands, contained in the first two lines, were {rev.priv} in fiscal {fy} and {rev.priv@p} in fiscal {fy-1}.

%N seg; Segment Information; SegmentReportingDisclosureTextBlock

%G Supermarkets | Larder Wholesale | Corporate | Total; top=Fiscal {fy}
Net sales | rev.sup | rev.whl | — | rev
[T]Operating income (loss) | seg_sup | seg_whl | seg_corp | opinc

%G Supermarkets | Larder Wholesale | Corporate | Total; top=Fiscal {fy-1}
Net sales | rev.sup@p | rev.whl@p | — | rev@p
[T]Operating income (loss) | seg_sup@p | seg_whl@p | seg_corp@p | opinc@p

%G Supermarkets | Larder Wholesale | Corporate | Total; top=Fiscal <<2021|2022>>
Net sales | rev.sup@pp | rev.whl@pp | — | rev@pp
[T]Operating income (loss) | seg_sup@pp | seg_whl@pp | seg_corp@pp | opinc@pp

Wholesale sales exclude transfers to our own stores. The chief operating decision maker, the Chief Executive Officer, uses segment operating
income before corporate costs to allocate capital to stores and warehouses.

%N ppe; Property and Equipment; PropertyPlantAndEquipmentDisclosureTextBlock

%T i ip
Land | ppe_land
Buildings and improvements | ppe_bldg
Fixtures and equipment | ppe_eq
Construction in progress | ppe_cip
[t]  Property and equipment, gross | ppeg
[n]Accumulated depreciation | accdep
[T]  Property and equipment, net | ppe

Construction in progress includes <<$18 million|$14 million>> for the automation of Coldwater Flats.

@23 %N acq; Purchase of Harrow Valley Pharmacies; BusinessCombinationDisclosureTextBlock

@23 On September 18, 2023 the Company bought fourteen pharmacies from Harrow Valley Drug Company for {acq} in cash, of which {acq_ppe} was
allocated to buildings and fixtures and {acq_gw} to goodwill of the Supermarkets segment. Nine of the pharmacies stand within a mile of a
Brindlemoor Market and will be moved into it by the end of fiscal 2024. The sellers agreed not to open a pharmacy in the same counties for
six years.

@24 %N rec; Product Recall; UnusualOrInfrequentItemsDisclosureTextBlock

@24 On July 19, 2024 the Company recalled cut melon prepared at its Larkspur Junction hub. Costs of $5 million after insurance were recorded in
operating, general and administrative expenses: $2 million of retained liability, $2 million for destroyed goods and cleaning, and $1 million
for notices and advisers. The insurer's share of claims, $3 million, is included in receivables.

%N debt; Debt; DebtDisclosureTextBlock

%T i ip
4.85% Senior Notes due April 2029 | notes
Term loan | tloan
Revolving credit facility | revolver
[t]  Total debt | debt
[n]Less current maturities | debt_c
[T]  Long-term debt | debt_nc

The term loan is repaid at $15 million a year with the balance due in fiscal <<2028|2029>>, at SOFR plus 1.75% (<<7.08%|6.06%>> at year-end). The
revolving facility bears SOFR plus 1.25% to 1.75%, depending on availability, and is secured by inventory and pharmacy scripts. The notes may
be redeemed at 102.425% from April 2026. Maturities are:

%G Amount
{fy+1} | dm1
{fy+2} | dm2
{fy+3} | dm3
{fy+4} | dm4
{fy+5} and after | dm5
[T]Total debt | debt

%N lease; Leases; LesseeOperatingLeasesTextBlock

%T c p; tb=LeaseCostTableTextBlock
Operating lease cost | leasecost
Variable lease cost | varlease
[T]Total lease cost | tlease

The weighted-average discount rate was {pct_lr} and the weighted-average remaining term <<9.8|9.3>> years. Payments due are:

%G Amount
{fy+1} | lm1
{fy+2} | lm2
{fy+3} | lm3
{fy+4} | lm4
{fy+5} | lm5
Thereafter | lmt
[t]Total lease payments | lmsum
[n]Less imputed interest | lmimp
[T]Operating lease obligations | lease

Leases for <<three|two>> stores that have not yet opened, with payments of <<$34 million|$26 million>>, are not included.

%N tax; Income Taxes; IncomeTaxDisclosureTextBlock

%T c p pp
Current federal | tx_curf
Current state | tx_curs
Deferred | tx_def
[T]Income taxes | tax

%T c p pp
Federal tax at 21% | tx_stat
State taxes, net of federal benefit | tx_state
Work opportunity and other credits | tx_wotc
Other | tx_oth
[T]Income taxes | tax

%T i ip
Operating lease obligations | dt_lease
Self-insurance and benefits | dt_self
Other | dt_oth
[t]  Deferred tax assets | dt_gross
[n]Deferred tax liabilities, chiefly property, lease assets and LIFO | dt_liab

Net deferred tax liabilities were {dtl} at {end} and {dtl@p} at {end@ip}. Returns since fiscal <<2020|2021>> are open.

%N eps; Earnings per Share; EarningsPerShareTextBlock

%T c p pp
Net earnings | ni
Weighted-average shares, basic (thousands) | sh
Dilutive effect of stock units (thousands) | dil
[t]Weighted-average shares, diluted (thousands) | shd
[$]Basic earnings per share | eps
[$]Diluted earnings per share | epsd

Units for {anti} shares in fiscal {fy} were antidilutive and were left out.

%N sbc; Stock-Based Compensation; DisclosureOfCompensationRelatedCostsShareBasedPaymentsTextBlock

Expense under the 2017 Long-Term Incentive Plan was {sbc} in fiscal {fy} and {sbc@p} in fiscal {fy-1}. Stock units (in thousands) vest over three years;
one third of those of executives depend on return on invested capital.

%T c p
Unvested, beginning of year | rsu_b<
Granted | rsu_g
[n]Vested | rsu_v
[n]Forfeited | rsu_f
[T]Unvested, end of year | rsu_b

The average fair value of units granted was {px_rsu} in fiscal {fy} and {px_rsu@p} in fiscal {fy-1}. Unrecognized cost was {unrec}.

%N pen; Multiemployer Pension Plans; PensionAndOtherPostretirementBenefitsDisclosureTextBlock

The Company contributes to two multiemployer plans under its collective agreements.

%G Upper Prairie Food Workers | Heartland Drivers
Certified status | Red | Green
Funded percentage | <<64%|67%>> | <<91%|94%>>
Surcharge paid | <<Yes, 5%|Yes, 5%>> | No
Agreements expire | <<2025 to 2027|2025 to 2028>> | 2027

Contributions to both plans were {pens_mult} in fiscal {fy} and {pens_mult@p} in fiscal {fy-1}. More than 5% of the contributions to the Upper Prairie fund come from
the Company. The 401(k) plan cost <<$13 million|$14 million>>.

%N con; Commitments and Contingencies; CommitmentsAndContingenciesDisclosureTextBlock

<<The Company accrued $6 million for the settlement in principle with nineteen Iowa counties over opioids.|The Company paid the first
installment, $1.2 million, of the Iowa opioid settlement and accrued $3 million for the overtime settlement.>> Purchase commitments for automation
equipment were <<$41 million|$15 million>>. The self-insurance reserve was {self_ins}, of which <<$19 million|$23 million>> is current.

%N sub; Subsequent Events; SubsequentEventsTextBlock

<<On February 20, 2024 the Company sold its vacant Fremont, Nebraska, warehouse for $5 million, at a gain of about $2 million.|On February 11, 2025 the
Company agreed to buy four stores in Rapid City from Whistledown Foods Cooperative for $22 million plus inventory; closing is expected in May
2025.>>

%END
"""
