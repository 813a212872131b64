"""Financial statements and notes of Drayhaven Freight Bancorp, Inc. (invented)."""

from __future__ import annotations


def _allowance(suffix: str, year: str) -> str:
    """The allowance roll-forward by class of loans for one year."""
    classes = ("eq", "fac", "cre", "wc", "oth")
    rows = (
        ("Beginning balance", "", "acl.{}<", "acl<"),
        ("Provision", "", "prov.{}", "prov"),
        ("Charge-offs", "[n]", "co.{}", "co"),
        ("Recoveries", "", "rec.{}", "rec"),
        ("Ending balance", "[T]", "acl.{}", "acl"),
    )
    head = f"%G Equipment | Factored | Real estate | Working capital | Other | Total; top=Year Ended December 31, {year}"
    out = [head]
    for label, flag, each, total in rows:
        cells = [each.format(c) + suffix for c in classes] + [total + suffix]
        out.append(f"{flag}{label} | " + " | ".join(cells))
    return "\n".join(out)


STATEMENTS = """
# Report of Independent Registered Public Accounting Firm

To the Shareholders and Board of Directors of Drayhaven Freight Bancorp, Inc.

In our opinion, the accompanying consolidated balance sheets as of {end} and {end@ip} and the related statements of income and cash flows for the years then ended present fairly, in all material respects, the financial position, results and cash flows of the Company in conformity with
accounting principles generally accepted in the United States. We also audited internal control over financial reporting and found it effective. The critical audit matter is the allowance for credit losses on equipment finance, which depends on used-truck prices; we <<compared forecasts of
prices with 1,900 auction results|tested the model with prices from 2,300 auction results and with the opinion of a valuation specialist>>.

/s/ Gantry & Ferrule CPAs, P.C., Memphis, Tennessee, <<March 8, 2024|March 7, 2025>>. Auditor since 2011.

#! Consolidated Balance Sheets

c: (in thousands)

%T i ip
ASSETS
Cash and due from banks | cash
Securities available for sale, at fair value | afs
Loans | loans
[n]Allowance for credit losses | acl
[t]  Loans, net | netloans
Premises and equipment, net | ppe
Goodwill | gw
Other assets | oa
[T]  Total assets | ta
LIABILITIES AND SHAREHOLDERS' EQUITY
Deposits:
  Noninterest-bearing | nib
  Savings and interest-bearing demand | sav
  Time | time
[t]  Total deposits | deps
Federal Home Loan Bank advances | fhlb
Subordinated notes | subn
Other liabilities | othl
[t]  Total liabilities | tl
Common stock and surplus | apic
Retained earnings | re
Accumulated other comprehensive loss | aoci
[t]  Total shareholders' equity | eq
[T]  Total liabilities and shareholders' equity | tle

#! Consolidated Statements of Income

c: (in thousands, except per share data)

%T c p
Interest income:
  Loans, including fees | ii_loans
  Securities | ii_sec
  Deposits with banks | ii_cash
[t]  Total interest income | ii
Interest expense:
  Deposits | ie_dep
  Borrowings | ie_bor
[t]  Total interest expense | ie
Net interest income | nii
Provision for credit losses | prov
[t]  Net interest income after provision | niiap
Noninterest income:
  Freight payment fees | pay_fee
  Loan servicing fees | srv_fee
  Gains on remarketed equipment | remkt
  Other | oth_inc
[t]  Total noninterest income | nonint
Noninterest expense:
  Salaries and benefits | sal
  Occupancy and equipment | occ
  Technology | tech
  Professional fees | prof
  Deposit insurance | fdic
  Other | oth_exp
[t]  Total noninterest expense | nonexp
Income before income taxes | pretax
Income taxes | tax
[T]Net income | ni
[$]Basic earnings per share | eps
[$]Diluted earnings per share | epsd
[$]Dividends declared per share | dps
Other comprehensive income (loss), net of tax | oci
[T]Comprehensive income | compinc

#! Consolidated Statements of Cash Flows

c: (in thousands)

%T c p
Operating activities:
Net income | ni
  Provision for credit losses | prov
  Depreciation | dep
  Stock-based compensation | sbc
[n]  Change in other assets | d_oa
  Change in other liabilities | d_othl
[t]  Net cash provided by operating activities | cfo
Investing activities:
  Maturities and repayments of securities | afs_sold
[n]  Purchases of securities | afs_buy
[n]  Net increase in loans | d_loans
[n]  Purchases of premises and equipment | capex
[t]  Net cash used in investing activities | cfi
Financing activities:
  Net increase in deposits | d_deps
  Net change in Federal Home Loan Bank advances | d_fhlb
[n]  Dividends paid | div
[n]  Repurchase of common stock | buyback
[t]  Net cash provided by financing activities | cff
[t]Net decrease in cash and due from banks | dcash
Cash and due from banks at beginning of year | cash<
[T]Cash and due from banks at end of year | cash
Interest paid | cashint
Income taxes paid | cashtax
"""

NOTES = (
    """
#! Notes to Consolidated Financial Statements

%N pol; SIGNIFICANT ACCOUNTING POLICIES; SignificantAccountingPoliciesTextBlock

The consolidated statements include Drayhaven Freight Bancorp, Inc., Drayhaven Bank and its subsidiary Quickbill Funding, LLC. Loans are carried at principal less deferred fees. Interest stops when a loan is ninety days past due, or for factored receivables when the debtor disputes the
freight bill. Equipment loans are charged down to the expected auction price at 120 days.

Discounts on factored receivables are recognized over the expected time to collection. Freight payment fees are recognized when a bill is paid. <<On January 1, 2023 the Company adopted the rules that replaced troubled-debt restructurings, with no effect on equity.|In 2024 the Company adopted
the new segment standard; it has a single segment, and the Chief Executive Officer reviews consolidated net income.>> Repossessed equipment is carried at the lower of cost and expected price less cost of sale.

%N sec; SECURITIES; InvestmentsInDebtAndMarketableEquitySecuritiesAndCertainTradingAssetsDisclosureTextBlock

%G Amortized cost | Unrealized losses | Fair value; top=At {end}
Agency mortgage-backed | cost.mbs | ul.mbs | fv.mbs
State and municipal | cost.muni | ul.muni | fv.muni
Corporate | cost.corp | ul.corp | fv.corp
[T]Total | cost | uloss | afs

%G Amortized cost | Unrealized losses | Fair value; top=At {end@ip}
Agency mortgage-backed | cost.mbs@p | ul.mbs@p | fv.mbs@p
State and municipal | cost.muni@p | ul.muni@p | fv.muni@p
Corporate | cost.corp@p | ul.corp@p | fv.corp@p
[T]Total | cost@p | uloss@p | afs@p

Losses result from interest rates and not from credit. The portfolio has a duration of <<4.1|3.8>> years. Securities of <<$166.0 million|$172.4 million>> were pledged for public deposits and advances.

%N loan; LOANS AND ALLOWANCE FOR CREDIT LOSSES; LoansNotesTradeAndOtherReceivablesDisclosureTextBlock

%T i ip
Equipment finance | loans.eq
Factored receivables | loans.fac
Warehouse real estate | loans.cre
Working-capital lines | loans.wc
Other | loans.oth
[T]Total loans | loans

The allowance for credit losses changed as follows:

"""
    + _allowance("", "{fy}")
    + "\n\n"
    + _allowance("@p", "{fy-1}")
    + """

Internal grades of loans were:

%T i ip
Pass | g_pass
Special mention | g_sm
Substandard | g_sub
Doubtful | g_dbt
[T]Total loans | loans

Nonaccrual loans were:

%T i ip
Equipment finance | npl.eq
Factored receivables | npl.fac
Warehouse real estate | npl.cre
Working-capital lines | npl.wc
Other | npl.oth
[T]Nonaccrual loans | npl

Loans modified for borrowers in difficulty during {fy} were <<$31.6 million, of which $27.2 million were payment deferrals on equipment and $4.4 million extensions of warehouse loans; loans of $5.8 million so modified defaulted again|$24.9 million, of which $16.1 million were payment deferrals on
equipment and $8.8 million extensions of warehouse loans; loans of $3.3 million so modified defaulted again>> within the year. Equipment loans thirty to eighty-nine days past due were <<$38.7 million|$29.4 million>>. The largest borrower, a refrigerated carrier in Arkansas, owed <<$22.5
million|$24.8 million>>.

%N prem; PREMISES, LEASES AND OTHER ASSETS; PropertyPlantAndEquipmentDisclosureTextBlock

Premises and equipment, net of depreciation, were {ppe} at {end}; depreciation was {dep}. Other assets include deferred taxes of {dt_net}, lease assets of <<$9.2 million|$10.4 million>>, accrued interest of <<$15.1 million|$16.6 million>>, Federal Home Loan Bank stock of <<$9.9 million|$8.6
million>> and repossessed equipment of {repos}. Operating lease cost was <<$2.8 million|$2.9 million>>.

%N dep; DEPOSITS; DepositLiabilitiesDisclosuresTextBlock

Time deposits fall due as follows:

%G Amount
{fy+1} | tm1
{fy+2} | tm2
{fy+3} | tm3
{fy+4} | tm4
Later | tm5
[T]Total time deposits | time

Time deposits of more than $250,000 were <<$231.5 million|$268.3 million>>. Brokered deposits were <<$96.0 million|$74.0 million>>.

%N bor; BORROWINGS; DebtDisclosureTextBlock

Advances of the Federal Home Loan Bank bore an average rate of <<4.61%|4.28%>> at {end} and are secured by real-estate loans and securities. They fall due as follows:

%G Amount
{fy+1} | fm1
{fy+2} | fm2
Later | fm3
[T]Total advances | fhlb

Subordinated notes of {subn}, issued in December 2021, bear 5.25% until December 15, 2026 and then 3.12 percentage points above three-month SOFR; they are due in 2031 and count as Tier 2 capital.

%N tax; INCOME TAXES; IncomeTaxDisclosureTextBlock

%T c p
Current federal | tx_curf
Current state | tx_curs
Deferred | tx_def
[T]Income taxes | tax

%T c p
Tax at 21% | tx_stat
State taxes, net | tx_state
Tax-exempt income | tx_exempt
Housing and other credits | tx_cred
Other, net | tx_oth
[T]Income taxes | tax

%T i ip
Allowance for credit losses | dt_acl
Unrealized losses on securities | dt_sec
Other | dt_oth
[t]  Deferred tax assets | dt_gross
[n]Leasing and depreciation | dt_lease
[T]  Net deferred tax asset | dt_net

No valuation allowance was needed. Returns from <<2020|2021>> are open to examination.

%N cap; REGULATORY CAPITAL; RegulatoryCapitalRequirementsUnderBankingRegulationsTextBlock

%T i ip
Common equity Tier 1 to risk-weighted assets | pct_cet1
Tier 1 to risk-weighted assets | pct_t1
Total capital to risk-weighted assets | pct_tot
Tier 1 to average assets (leverage) | pct_lev

The bank was well capitalized under the prompt-corrective-action rules at both dates. <<About $21 million|About $34 million>> could be paid to the parent as dividends without approval.

%N eps; EARNINGS PER SHARE; EarningsPerShareTextBlock

%T c p
Net income | ni
Weighted-average shares, basic (thousands) | sh
Dilutive effect of stock units (thousands) | dil
[t]Weighted-average shares, diluted (thousands) | shd
[$]Basic earnings per share | eps
[$]Diluted earnings per share | epsd

Units for {anti} shares were antidilutive.

%N sbc; STOCK COMPENSATION; DisclosureOfCompensationRelatedCostsShareBasedPaymentsTextBlock

Expense for stock units under the 2015 Omnibus Incentive Plan was {sbc} in {fy} and {sbc@p} in {fy-1}. Units (in thousands) vest over three years; for officers, half depend on return on equity compared with nineteen other banks.

%T c p
Unvested at beginning of year | rsu_b<
Granted | rsu_g
[n]Vested | rsu_v
[n]Forfeited | rsu_f
[T]Unvested at end of year | rsu_b

Grants had an average value of {px_rsu} ({px_rsu@p} in {fy-1}). Cost of {unrec} is to be recognized over two years.

%N com; COMMITMENTS AND CONTINGENCIES; CommitmentsAndContingenciesDisclosureTextBlock

%T i ip
Unused commitments to lend | commit
Letters of credit | sblc

The allowance for these commitments, in other liabilities, was <<$1.9 million|$2.2 million>>. <<An amount of $1.0 million was accrued for the class action on tracking units.|The class action on tracking units was settled for $2.9 million, paid in January 2025, and $0.6 million was accrued for the
Palomar Crest claim.>>

%N par; PARENT COMPANY; CondensedFinancialInformationOfParentCompanyOnlyDisclosureTextBlock

%T i ip
Cash | par_cash
Investment in subsidiaries | par_inv
[T]  Total assets | par_ta
Subordinated notes | subn
Other liabilities | par_oth
[t]  Total liabilities | par_tl
Shareholders' equity | eq

%T c p
Dividends from the bank | par_div
[n]Operating expenses | par_exp
[n]Interest on subordinated notes | par_int
[n]Income tax benefit | par_tax
Equity in undistributed income of the bank | par_und
[T]Net income | ni

%N sub; SUBSEQUENT EVENTS; SubsequentEventsTextBlock

<<On January 25, 2024 the board declared a dividend of $0.12 per share. On February 12, 2024 a winter storm closed the Memphis lending office for three days without loss.|On January 23, 2025 the board declared a dividend of $0.13 per share. On February 18, 2025 the bank agreed to sell its consumer
boat and camper loans, $21.4 million of the class of other loans, at par.>>

%END
"""
)
