"""Financial statements and notes of Zephquill Hydrokinetic Technologies, Inc. (invented)."""

from __future__ import annotations

BALANCE = """
# Consolidated Balance Sheets

c: (in thousands, except par value)

%T i ip
Current assets:
  Cash and cash equivalents | cash
  Accounts receivable, net | ar
  Contract assets | ca
  Inventories | inv
  Prepaid expenses and other current assets | prep
[t]    Total current assets | tca
Property, plant and equipment, net | ppe
Operating lease right-of-use assets | rou
Intangible assets, net | intang
Goodwill | gw
Other assets | oth
[T]      Total assets | ta
Current liabilities:
  Accounts payable | ap
  Accrued liabilities | accr
  Contract liabilities | defrev
  Current portion of long-term debt | debt_c
  Current portion of operating lease liabilities | lease_c
[t]    Total current liabilities | tcl
Long-term debt, less current portion | debt_nc
Operating lease liabilities, less current portion | lease_nc
Other liabilities | othl
[t]      Total liabilities | tl
Stockholders' equity:
  Common stock, $0.001 par value | par
  Additional paid-in capital | apic
  Accumulated deficit | re
[t]    Total stockholders' equity | eq
[T]      Total liabilities and stockholders' equity | tle
"""

INCOME_ROWS = """
Revenue:
  Turbine hardware | rev.hw
  Installation and service | rev.sv
  Slackwater subscriptions | rev.sub
[t]    Total revenue | rev
Cost of revenue:
  Turbine hardware | cogs.hw
  Installation and service | cogs.sv
  Slackwater subscriptions | cogs.sub
[t]    Total cost of revenue | cogs
Gross profit | gross
Operating expenses:
  Research and development | rd
  Selling, general and administrative | sga
  Restructuring | rest
[t]    Total operating expenses | opex
Operating income (loss) | opinc
Interest income | intinc
[n]Interest expense | intexp
[t]Income (loss) before income taxes | pretax
Income tax expense | tax
[T]Net income (loss) | ni
Net income (loss) per share:
[$]  Basic | eps
[$]  Diluted | epsd
Weighted-average shares used in computing net income (loss) per share:
  Basic | sh
  Diluted | shd
"""

CASH_ROWS = """
Cash flows from operating activities:
Net income (loss) | ni
Adjustments to reconcile net income (loss) to net cash provided by operating activities:
  Depreciation | dep
  Amortization of intangible assets | amort
  Stock-based compensation | sbc
Changes in operating assets and liabilities:
[n]  Accounts receivable | d_ar
[n]  Contract assets | d_ca
[n]  Inventories | d_inv
[n]  Prepaid expenses and other assets | d_prep
  Accounts payable | d_ap
  Accrued liabilities | d_accr
  Contract liabilities | d_defrev
  Leases and other liabilities, net | d_othl
[t]    Net cash provided by operating activities | cfo
Cash flows from investing activities:
[n]  Purchases of property, plant and equipment | capex
[n]  Acquisition of a business, net of cash acquired | acq
[t]    Net cash used in investing activities | cfi
Cash flows from financing activities:
  Proceeds from exercise of stock options | opt
  Proceeds from issuance of common stock, net | stk
  Proceeds from long-term debt | borrow
[n]  Repayments of long-term debt | repay
[t]    Net cash provided by (used in) financing activities | cff
[t]Net increase (decrease) in cash and cash equivalents | dcash
Cash and cash equivalents at beginning of period | cash<
[T]Cash and cash equivalents at end of period | cash
Supplemental disclosure:
  Cash paid for interest | cashint
  Cash paid for income taxes | cashtax
"""

STATEMENTS = (
    """
# Report of Independent Registered Public Accounting Firm

To the Stockholders and the Board of Directors of Zephquill Hydrokinetic Technologies, Inc.

We have audited the accompanying consolidated balance sheets of the Company as of {end} and {end@ip}, the related
consolidated statements of operations and cash flows for the years then ended, and the related notes. In our opinion,
the financial statements present fairly, in all material respects, the financial position of the Company in conformity
with accounting principles generally accepted in the United States. The critical audit matter was
<<the estimate of the blade-root campaign within the warranty accrual, for which we engaged a composite-materials
specialist|the estimated cost to complete the Fundlow Passage contract, for which we compared planned slack windows with
those used at eleven earlier foundations>>.

/s/ Harrowgate Lumley LLP. We have served as the Company's auditor since 2018. Portland, Maine, <<March 1,
2024|February 28, 2025>>.

#! Consolidated Statements of Operations

c: (in thousands, except per share data)

%T c p
"""
    + INCOME_ROWS.strip()
    + "\n\n#! "
    + BALANCE.strip().removeprefix("# ")
    + """

#! Consolidated Statements of Cash Flows

c: (in thousands)

%T c p
"""
    + CASH_ROWS.strip()
    + "\n"
)

NOTES = """
#! Notes to Consolidated Financial Statements

%N basis; Business and Basis of Presentation; OrganizationConsolidationAndPresentationOfFinancialStatementsDisclosureTextBlock

Zephquill Hydrokinetic Technologies, Inc. and its wholly owned subsidiaries in Canada, Scotland and England make and
service tidal turbines. The statements include all subsidiaries; balances between them are eliminated. Estimates affect
contract costs, warranty, inventory reserves and the valuation of deferred taxes. The Company is a smaller reporting
company and presents two years of operations and cash flows. <<Certain freight costs of 2022 were moved from selling
expense to cost of revenue to agree with the present classification; the effect was $0.4 million.|In 2024 the Company
adopted the new segment-reporting standard, which added the disclosure of significant segment expenses in Note
{note:seg}.>>

Cash equivalents are money-market funds and treasury bills that mature within three months. Receivables are shown net of
an allowance of {allow} ({allow@p} at {end@ip}). Property, plant and equipment is depreciated by the straight-line method:
buildings over 30 years, molds and machinery over 4 to 12 years, crawlers over 8 years and workboats over 15.

%N rev; Revenue; RevenueFromContractWithCustomerTextBlock

Turbine hardware is made to the customer's site survey and has no alternative use, so that revenue is recognized over
time as costs are incurred. Installation is a separate performance obligation, recognized by foundation completed.
Inspection work is recognized by day worked, and subscriptions evenly over their term. Customers usually pay 20% at
signing, 50% in manufacturing milestones and the rest after a 500-hour run. Revenue by location of the array was:

%T c p; tb=DisaggregationOfRevenueTableTextBlock
United States | rev.us
United Kingdom | rev.uk
Canada | rev.canada
Other countries | rev.other
[T]Total revenue | rev

Remaining performance obligations were {rpo} at {end}; about <<61%|54%>> should be recognized within twelve months. Of
the contract liabilities of {defrev@p} at the beginning of the year, <<$16.8 million|$22.3 million>> became revenue during
{fy}. One customer of Generation Systems, Cormorant Sound Utility District, provided {pct_cust1} of revenue and Pentarrow
Energy provided {pct_cust2}.

%N seg; Segments; SegmentReportingDisclosureTextBlock

The chief operating decision maker is the Chief Executive Officer, who judges each segment by operating profit before
corporate costs, litigation and restructuring.

%G Generation Systems | Robotic Services | Unallocated | Total; top=Year Ended December 31, {fy}
Revenue | rev.gen | rev.rob | — | rev
[T]Operating profit (loss) | seg_gen | seg_rob | seg_corp | opinc

%G Generation Systems | Robotic Services | Unallocated | Total; top=Year Ended December 31, {fy-1}
Revenue | rev.gen@p | rev.rob@p | — | rev@p
[T]Operating profit (loss) | seg_gen@p | seg_rob@p | seg_corp@p | opinc@p

Assets are not reported to the chief operating decision maker by segment. Long-lived assets in Canada were <<$21.3
million|$25.8 million>> and in the United Kingdom <<$6.1 million|$8.4 million>>.

%N inv; Inventories; InventoryDisclosureTextBlock

Inventories are stated at the lower of first-in, first-out cost and net realizable value.

%T i ip
Raw materials and components | inv_raw
Work in process | inv_wip
Finished nacelles and spares | inv_fg
[T]Total inventories | inv

<<Finished nacelles included two units built for the postponed Skerry Roost array, carried at $4.6 million.|The Skerry
Roost units were sold in the third quarter. A reserve of $1.1 million was recorded for Undertow 900 gearboxes no longer
needed for production.>>

%N ppe; Property, Plant and Equipment; PropertyPlantAndEquipmentDisclosureTextBlock

%T i ip
Land and buildings | ppe_land
Machinery and molds | ppe_mach
Workboats and crawlers | ppe_boat
Construction in progress | ppe_cip
[t]  Property, plant and equipment, gross | ppeg
[n]Accumulated depreciation | accdep
[T]  Property, plant and equipment, net | ppe

Depreciation expense was {dep} in {fy} and {dep@p} in {fy-1}.

@24 %N acq; Acquisition of Kelpline Sensing; BusinessCombinationDisclosureTextBlock

@24 On May 7, 2024 the Company bought all shares of Kelpline Sensing Ltd. of Bristleby, England for {acq} in cash. Of the
price, {acq_int} was allocated to strain-gauge technology with a life of eight years and {acq_gw} to goodwill, which
belongs to Robotic Services and is not deductible for tax. Up to $2.0 million more is payable if Kelpline's subscription
revenue exceeds $9.0 million in 2026; its fair value at the purchase date was judged to be nil. Pro forma results are not
shown because the effect was immaterial.

%N war; Warranty; ProductWarrantyDisclosureTextBlock

%T c p
Balance at beginning of year | war<
Provisions | war_prov
[n]Settlements | war_paid
[T]Balance at end of year | war

<<Provisions of 2023 include $5.2 million for the blade-root campaign.|Settlements of 2024 include $4.1 million for the
blade-root campaign, which ended in October.>> The accrual is part of accrued liabilities.

%N debt; Debt; DebtDisclosureTextBlock

The Company has a secured term loan and a revolving facility with Harbor Ledger Bank. <<The loan bears interest at SOFR
plus 3.60% (8.94% at year-end). A delayed draw of $15.0 million was made on March 20, 2023.|The loan bears interest at SOFR
plus 3.25% (7.71% at year-end). On May 6, 2024 the Company borrowed a further $10.0 million, and the maturity moved from
December 2028 to June 2029.>> Substantially all assets other than patents are pledged. Scheduled repayments are:

%G Amount
{fy+1} | dm1
{fy+2} | dm2
{fy+3} | dm3
{fy+4} | dm4
{fy+5} | dm5
[T]Total term loan | debt

%N lease; Leases; LesseeOperatingLeasesTextBlock

The Company leases its Port Merrow plant, quays and vehicles. Operating lease cost was {leasecost} ({leasecost@p} in
{fy-1}) and variable lease cost {varlease}. The weighted-average discount rate was {pct_lr}, and the weighted-average
remaining term <<6.4|5.3>> years. Undiscounted payments at {end} were:

%G Amount; tb=LesseeOperatingLeaseLiabilityMaturityTableTextBlock
{fy+1} | lm1
{fy+2} | lm2
{fy+3} | lm3
{fy+4} | lm4
{fy+5} | lm5
Thereafter | lmt
[t]Total lease payments | lmsum
[n]Less imputed interest | lmimp
[T]Present value of lease liabilities | lease

%N tax; Income Taxes; IncomeTaxDisclosureTextBlock

%T c p
Tax at the federal statutory rate of 21% | tx_stat
State taxes, net | tx_state
Research credits | tx_rd
Stock-based compensation | tx_sbc
Foreign rate differences | tx_for
Change in valuation allowance and other | tx_va
[T]Income tax expense | tax

%T i ip
Net operating losses | dt_nol
Capitalized research costs | dt_rd
Warranty, reserves and other | dt_oth
[t]  Deferred tax assets, gross | dt_gross
[n]Valuation allowance | dt_va
[t]  Deferred tax assets, net | dt_net
[n]Deferred tax liabilities | dt_liab
Net deferred taxes | —

At {end} the Company had federal operating loss carryforwards of {nol_fed}, of which <<$71.0 million|$66.2 million>> do not
expire, and research credits of {rd_unused} that expire from 2033. Unrecognized tax benefits were <<$1.4 million|$1.7
million>>. Returns from 2020 are open to examination.

%N eps; Net Income (Loss) per Share; EarningsPerShareTextBlock

%T c p
Net income (loss) | ni
Weighted-average shares, basic | sh
Dilutive effect of stock awards | dil
[t]Weighted-average shares, diluted | shd
[$]Basic net income (loss) per share | eps
[$]Diluted net income (loss) per share | epsd

Awards for {anti} shares were left out of the computation because their effect would have been antidilutive.

%N sbc; Stock-Based Compensation; DisclosureOfCompensationRelatedCostsShareBasedPaymentsTextBlock

The 2019 Equity Incentive Plan allows options and restricted stock units; <<2.9 million|1.8 million>> shares remained
available at {end}. Expense was {sbc} in {fy} and {sbc@p} in {fy-1}. Restricted stock units, which vest over four years,
moved as follows (in thousands of units):

%T c
Unvested at beginning of year | rsu_b<
Granted | rsu_g
[n]Vested | rsu_v
[n]Forfeited | rsu_f
[T]Unvested at end of year | rsu_b

The weighted-average grant-date fair value of units granted was {px_rsu}. Unrecognized cost of {unrec} is expected to be
recognized over <<2.6|2.4>> years.

%N com; Commitments and Contingencies; CommitmentsAndContingenciesDisclosureTextBlock

Purchase commitments for bearings, prepreg and steel were <<$26.4 million|$39.8 million>> at {end}. The Company has
given performance bonds of <<$18.9 million|$31.2 million>>. See Item 3 for the Moondrift matter, <<for which no amount has
been accrued|in which the award of $6.4 million has not been recognized>>.

%N sub; Subsequent Events; SubsequentEventsTextBlock

<<On January 30, 2024 the Company signed a charter-purchase option for the workboat Corrie Lass at a price of $3.3
million.|On January 22, 2025 the Company agreed with Pentarrow Energy to supply nine Undertow 1500 turbines for the Ebbhope
Narrows, worth about $41 million, subject to Pentarrow's final investment decision by July 31, 2025.>>

%END
"""
