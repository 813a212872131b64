"""Financial statements and notes of Quavrelle Pharmaceuticals, Inc. (invented)."""

from __future__ import annotations

STATEMENTS = """
# Report of Independent Registered Public Accounting Firm

To the Board of Directors and Stockholders of Quavrelle Pharmaceuticals, Inc.

In our opinion the consolidated balance sheets as of {end} and {end@ip} and the related statements of income and cash flows present fairly, in all material respects, the financial position of the Company and the results of
its operations and its cash flows for the years then ended, in conformity with accounting principles generally accepted in the United States. Our critical audit matter is the accrual for Medicaid and commercial
rebates. We compared accrued amounts with bills received after year-end and <<tested the units reported by twelve states|used a specialist to model the share of Medicaid patients in four states that report late>>.

/s/ Penhallow Kite & Co. LLP, Raleigh, North Carolina, <<August 24, 2023|August 22, 2024>>. Auditor since 2014.

#! Consolidated Statements of Income

c: (in millions, except per share data)

%T c p
Revenue:
  Product sales, net | rev.prod
  Royalties | rev.roy
[t]    Total revenue | rev
Costs and expenses:
  Cost of sales | cogs
  Research and development | rd
  Selling, general and administrative | sga
  Amortization of product rights | amort
  Impairment of product rights | imp
  Change in fair value of contingent consideration | ccchg
[t]    Total costs and expenses | opex
Operating income | opinc
Interest income | intinc
[n]Interest expense | intexp
[t]Income before income taxes | pretax
Income taxes | tax
[T]Net income | ni
Net income per share:
[$]  Basic | eps
[$]  Diluted | epsd
Weighted-average shares (in thousands):
  Basic | sh
  Diluted | shd

#! Consolidated Balance Sheets

c: (in millions)

%T i ip
Assets
Current assets:
  Cash and cash equivalents | cash
  Marketable securities | mkt
  Accounts receivable, net | ar
  Inventory | inv
  Prepaid expenses and other current assets | prep
[t]    Total current assets | tca
Property, plant and equipment, net | ppe
Operating lease assets | rou
Product rights and other intangible assets, net | intang
Goodwill | gw
Deferred tax assets | dta
Other assets | oth
[T]    Total assets | ta
Liabilities and stockholders' equity
Current liabilities:
  Accounts payable | ap
  Accrued rebates, chargebacks and returns | reb
  Other accrued liabilities | accr
  Current portion of term loan | debt_c
  Current lease liabilities | lease_c
[t]    Total current liabilities | tcl
Term loan and convertible notes | debt_nc
Noncurrent lease liabilities | lease_nc
Contingent consideration | cc
Other liabilities | othl
[t]    Total liabilities | tl
Stockholders' equity:
  Common stock | par
  Additional paid-in capital | apic
[n]  Treasury stock | treas
  Retained earnings | re
  Accumulated other comprehensive loss | aoci
[t]    Total stockholders' equity | eq
[T]    Total liabilities and stockholders' equity | tle

#! Consolidated Statements of Cash Flows

c: (in millions)

%T c p
Operating activities
Net income | ni
Adjustments to reconcile net income to net cash provided by operating activities:
  Depreciation | dep
  Amortization of product rights | amort
  Impairment of product rights | imp
  Change in fair value of contingent consideration | ccchg
  Stock-based compensation | sbc
  Deferred income taxes | d_dt
Changes in operating assets and liabilities:
[n]  Accounts receivable | d_ar
[n]  Inventory | d_inv
[n]  Prepaid expenses and other assets | d_prep
  Accounts payable | d_ap
  Accrued rebates and other liabilities | d_accr
  Leases and other | d_othl
[t]    Net cash provided by operating activities | cfo
Investing activities
[n]  Purchases of marketable securities | mkt_buy
  Sales and maturities of marketable securities | mkt_sold
[n]  Purchases of property, plant and equipment | capex
[n]  Purchase of product rights | acq_int
[t]    Net cash used in investing activities | cfi
Financing activities
  Proceeds from stock options | opt
[n]  Repayment of term loan | repay
[n]  Payment of contingent consideration | ccpaid
[n]  Purchases of treasury stock | buyback
[t]    Net cash provided by (used in) financing activities | cff
[t]Net increase in cash and cash equivalents | dcash
Cash and cash equivalents at beginning of year | cash<
[T]Cash and cash equivalents at end of year | cash
Supplemental information:
  Interest paid | cashint
  Income taxes paid | cashtax
"""

NOTES = """
#! Notes to Consolidated Financial Statements

%N pol; Summary of Significant Accounting Policies; SignificantAccountingPoliciesTextBlock

The financial statements include Quavrelle Pharmaceuticals, Inc. and its subsidiaries in Massachusetts, Ireland and Switzerland. The Company has one segment, whose results the Chief Executive Officer reviews on a consolidated basis.

Inventory made before approval is expensed as research until approval is probable. <<Autoinjector components of $1.9 million were expensed in this way in fiscal 2023.|Autoinjector stock made before March 2024, at a cost of $3.0 million, was expensed, so
that cost of sales will be lower until about December 2024.>> Research costs are expensed as incurred; payments to trial sites are accrued by patient visit. Product rights are amortized by the straight-line method over the expected life of the
product, from ten to fifteen years. Goodwill is tested each April; no impairment was found.

Collaboration and license payments are recognized as royalties when the partner's sales occur. Advertising, which is expensed as incurred, was <<$9.8 million|$5.2 million>>.

%N rev; Revenue and Gross-to-Net Accruals; RevenueFromContractWithCustomerTextBlock

Product revenue is recognized when a wholesaler or specialty pharmacy receives the goods, at the price expected after rebates, chargebacks, returns and fees.

%T c p; tb=DisaggregationOfRevenueTableTextBlock
Tazquelia | rev.taz
Ombrexin | rev.omb
Pexaldine | rev.pex
Ostrevane | rev.ost
[t]  Net product sales | rev.prod
Royalties | rev.roy
[T]Total revenue | rev

Accrued rebates, chargebacks and returns changed as follows; chargebacks and fees that are deducted from receivables are not included:

%T c p
Balance at beginning of year | reb<
Rebates for sales of the year | ded_reb
[n]Payments, credits and changes in estimates | reb_paid
[T]Balance at end of year | reb

Gross sales to Meridrug Wholesale were {pct_w1}, to Capstane Health {pct_w2} and to Union Apothecary {pct_w3} of the total in fiscal {fy}. All product sales are in the United States.

%N fair; Fair Value and Contingent Consideration; FairValueDisclosuresTextBlock

Marketable securities are classified as available for sale.

%T i ip
U.S. Treasury securities (Level 1) | bmkt_t
Corporate debt securities (Level 2) | bmkt_c
[T]Total marketable securities | mkt

Under the 2020 agreement for Solvane Ocular the Company pays milestones when yearly Ombrexin sales first reach $50 million, $100 million, $150 million and $200 million. <<The first was paid in March 2023; up to $45.0 million remains.|The second was paid
in May 2024; up to $36.5 million remains.>> The liability (Level 3) changed as follows:

%T c p
Balance at beginning of year | cc<
Change in fair value | ccchg
[n]Payments | ccpaid
[T]Balance at end of year | cc

%N inv; Inventory; InventoryDisclosureTextBlock

%T i ip
Raw materials | inv_raw
Work in process | inv_wip
Finished goods | inv_fg
[T]Total inventory | inv

<<Reserves of $2.2 million were held for short-dated Pexaldine.|Reserves of $3.7 million were held, of which $2.9 million is for mixing kits made superfluous by the autoinjector.>>

%N ppe; Property, Plant and Equipment; PropertyPlantAndEquipmentDisclosureTextBlock

%T i ip
Land and buildings | ppe_bldg
Laboratory and plant equipment | ppe_mach
Construction in progress | ppe_cip
[t]  Gross | ppeg
[n]Accumulated depreciation | accdep
[T]  Net | ppe

Depreciation was {dep} in fiscal {fy} and {dep@p} in fiscal {fy-1}.

%N int; Product Rights and Goodwill; GoodwillAndIntangibleAssetsDisclosureTextBlock

%T i ip
Ombrexin and Pexaldine product rights, net | ig_omb
Ostrevane product rights | ig_ost
Licensed technology | ig_lic
[T]Total product rights and other intangible assets, net | intang

@24 On February 15, 2024 the Company bought the United States rights to Ostrevane from Halvorsen Orphan AB for {acq_int}. As substantially all of the value lay in one asset, the purchase was not a business combination. The rights are
amortized over ten years from July 1, 2024. In January 2024 the Company recorded an impairment of {imp} on the Pexaldine rights.

Expected amortization is:

%G Amount
{fy+1} | am1
{fy+2} | am2
{fy+3} | am3
{fy+4} | am4
{fy+5} | am5
Thereafter | amt
[T]Total | intang

Goodwill of {gw} arose from Solvane and has not changed.

%N debt; Debt; DebtDisclosureTextBlock

%T i ip
1.75% Convertible Senior Notes due March 1, 2028 | conv
Term loan | tloan
[t]  Total debt | debt
[n]Less current portion | debt_c
[T]  Long-term debt | debt_nc

The notes may be converted at 24.0385 shares for each $1,000 of principal, equal to $41.60 a share. <<The term loan with Calloway Trust Bank bears SOFR plus 3.25% and is repaid at $5.0 million a year, with the balance due in
June 2025.|The term loan with Calloway Trust Bank was repaid early on December 15, 2023, with a fee of $0.4 million. The Company has an unused credit line of $50.0 million until December 2028.>> Maturities by fiscal year are:

%G Amount
{fy+1} | dm1
{fy+2} | dm2
{fy+3} | dm3
{fy+4} | dm4
{fy+5} | dm5
[T]Total debt | debt

%N lease; Leases; LesseeOperatingLeasesTextBlock

Operating lease cost was {leasecost} in fiscal {fy} and {leasecost@p} in fiscal {fy-1}. The weighted-average rate was {pct_lr}, and the remaining term <<5.4|5.0>> years.

%G Amount
{fy+1} | lm1
{fy+2} | lm2
{fy+3} | lm3
{fy+4} | lm4
{fy+5} | lm5
Thereafter | lmt
[t]Total lease payments | lmsum
[n]Less imputed interest | lmimp
[T]Lease liabilities | lease

%N tax; Income Taxes; IncomeTaxDisclosureTextBlock

%T c p
Current federal | tx_curf
Current state | tx_curs
Deferred | tx_def
[T]Income taxes | tax

%T c p
Statutory federal tax | tx_stat
State taxes, net | tx_state
Research credits | tx_rd
Orphan-drug credits | tx_orphan
Stock-based compensation | tx_sbc
Non-deductible items and other | tx_oth
[T]Income taxes | tax

%T i ip
Capitalized research | dt_rd
Rebates and reserves | dt_reb
Stock-based compensation | dt_sbc
Product rights and other, net | dt_int
[T]Net deferred tax assets | dta

Unrecognized tax benefits were {utb} at {end} and {utb@p} at {end@ip}; if recognized, all would affect the tax rate. <<The return for fiscal 2020 is being examined.|The examination of the return for fiscal 2020 ended in April 2024 without
change.>>

%N eps; Net Income per Share; EarningsPerShareTextBlock

%T c p
Net income | ni
Weighted-average shares, basic (thousands) | sh
Dilutive effect of awards (thousands) | dil
[t]Weighted-average shares, diluted (thousands) | shd
[$]Basic | eps
[$]Diluted | epsd

Shares of {anti} under awards and convertible notes were antidilutive in fiscal {fy}.

%N sbc; Stock-Based Compensation; DisclosureOfCompensationRelatedCostsShareBasedPaymentsTextBlock

%T c p
Cost of sales | sbc.cogs
Research and development | sbc.rd
Selling, general and administrative | sbc.sga
[T]Total stock-based compensation | sbc

Stock units under the 2018 Equity Plan (in thousands):

%T c p
Unvested at beginning of year | rsu_b<
Granted | rsu_g
[n]Vested | rsu_v
[n]Forfeited | rsu_f
[T]Unvested at end of year | rsu_b

Units granted in fiscal {fy} had an average fair value of {px_rsu} ({px_rsu@p} in fiscal {fy-1}). Cost of {unrec} is still to be recognized, over <<2.7|2.5>> years.

%N com; Commitments and Contingencies; CommitmentsAndContingenciesDisclosureTextBlock

Minimum purchases from Brenmoor Fill-Finish GmbH until 2027 amount to <<$68.4 million|$63.2 million>>. <<No amount has been accrued for the inquiry of the United States Attorney in Boston or for the shareholder suit.|The settlement of $9.5 million with
the United States was charged to selling, general and administrative expense in the third quarter. No amount has been accrued for the Grubstreet suit, in which the Company is the plaintiff, or for the shareholder suit.>>

%N sub; Subsequent Events; SubsequentEventsTextBlock

<<On July 28, 2023 the Company licensed Tazquelia for South Korea to Haneul Rare Co. for $3.0 million at signing and royalties of 18% to 24%.|On August 2, 2024 the Company signed an option to buy Pellucid Vector, Inc., which works on a gene therapy for
corneal dystrophy, for $12.5 million; the option runs to the end of 2026, and the exercise price is $140 million.>>

%END
"""
