"""Text of Drayhaven Freight Bancorp, Inc. (invented): a bank that lends to truckers, brokers and warehouses."""

from __future__ import annotations

from . import zdfb_notes
from .filing import Filing
from .form10k import parts
from .ixbrl import Company, Style
from .zdfb_figures import CONCEPTS, DATES, MEMBERS, model

CO = Company(
    name="Drayhaven Freight Bancorp, Inc.",
    ticker="ZDFB",
    cik="0009946870",
    exchange="The Nasdaq Stock Market LLC",
    exchange_code="NASDAQ",
    state="Tennessee",
    ein="00-9946870",
    street="1 Axle Yard Plaza",
    city="Drayhaven",
    state_code="Tennessee",
    zip="38999",
    area="901",
    phone="555-0163",
    par="Common Stock, no par value",
    year_end="--12-31",
    scale=3,
    dec=0,
    model=model(),
    concepts=CONCEPTS,
    members=MEMBERS,
    dates=DATES,
    style=Style(
        font="font-family:'Times New Roman',serif;font-size:10pt",
        shade="#f2f2f2",
        header="name",
        footer="page",
        item="table",
        note="NOTE {n} - {title}",
        page_words=440,
    ),
)

BUSINESS = """
This report contains forward-looking statements about freight markets, credit losses, deposit costs, capital and technology projects. They rest on assumptions that may prove wrong, in particular those
described in Item 1A, and speak only as of the date of this report.

## General

Drayhaven Freight Bancorp, Inc. is a financial holding company in Drayhaven, Tennessee. Its subsidiary, Drayhaven Bank, a Tennessee-chartered member of the Federal Reserve System, was opened in 1957 by
eleven trucking firms that had been refused a loan for a shared tire depot. It still lends mostly to people who move freight: owner-operators and fleets, freight brokers, warehouse owners and makers of
trailers. At {end} we had total assets of {ta}, loans of {loans} and deposits of {deps}, and {n_br} branches in Tennessee, Arkansas and Mississippi. Lending is done in thirty-one states through offices at
freight crossroads.

## Lending

### Equipment finance

We lend on tractors, trailers and yard equipment for three to six years, normally at no more than 90% of invoice for new and 75% for used units. The average contract is <<$118,000|$124,000>>, and the
portfolio was {loans.eq} at {end}, or {loans.eq/loans%} of loans. About <<44%|41%>> was owed by owner-operators and fleets of fewer than ten trucks, and the rest by larger carriers. <<A used sleeper tractor of
2020, worth $94,000 in early 2022, brought about $51,000 at auction in December 2023.|Auction values steadied in 2024: a used three-year-old sleeper tractor brought about $56,000 in December, against $51,000 a year
before.>> Each truck that we finance carries a tracking unit that we may use to find it after default.

### Factored receivables

Our factoring division, Quickbill, buys freight invoices from small carriers at a discount of 1.5% to 3.2% and pays them the same day. In {fy} it bought invoices of {purch}, compared with {purch@p} in {fy-1}; the
average invoice was <<$1,790|$1,745>>, and it was outstanding for <<38|36>> days. Clients numbered <<8,600|9,150>>. About four fifths of purchases are made with recourse. The largest debtor, a national freight broker, owed
us <<4.4%|3.7%>> of the portfolio.

### Warehouse and cold-storage real estate

We finance warehouses, cross-docks and cold stores near interstate highways, on average for 62% of appraised value. The portfolio of {loans.cre} includes <<$141 million|$166 million>> of cold storage and <<$58
million|$44 million>> of construction loans. We do not lend on offices other than those attached to a warehouse.

### Working-capital lines

Brokers, forwarders and trailer dealers borrow against receivables and stock under lines that average <<$2.1 million|$2.3 million>>, are reviewed each quarter and were <<52%|54%>> drawn at year-end.

## Freight payments

Our Bill of Lading Pay service audits and pays freight bills for shippers. It processed <<19.4 million|22.7 million>> bills worth <<$14.9 billion|$16.8 billion>> in {fy} and earned fees of {pay_fee}. Money passing through it
brought us average non-interest-bearing deposits of <<$188 million|$207 million>>. <<In April 2023 we opened the service to brokers.|In March 2024 a retailer that had been the largest customer, with 6% of bills, left for a
rival; the loss was more than replaced by two grocery chains.>>

## Deposits and funding

Deposits come from branches, from carriers and brokers, and from certificates sold through a listing service. Those of the last kind were <<$214 million|$188 million>>. Deposits above the insured limit, without
those secured by securities, were {unins}, or {unins/deps%} of the total. <<In the ten days after the failures of two large banks in March 2023 our deposits fell by $61 million, of which $48 million came back by the end of
April.|No depositor held more than 2.1% of deposits.>>

## Competition

Equipment loans are sought by captive finance companies of truck makers, which may subsidize rates, and by private credit funds. Factoring is offered by some two hundred firms, among them technology companies that pay
within minutes. We compete by knowing the trade: <<23|25>> of our lenders once drove or dispatched trucks.

## Human capital

We had {n_emp} full-time equivalent employees at {end}. <<In 2023 we hired nineteen collectors and appraisers as arrears rose.|In 2024 we closed the branch in Tunica, Mississippi; its nine employees were offered other posts, and
seven accepted.>> Turnover was <<13.1%|10.6%>>. A school that we run with the community college in Drayhaven has trained <<96|112>> credit analysts since 2014, and <<61|70>> of them still work for us.

## Supervision and regulation

We are supervised by the Board of Governors of the Federal Reserve System and the Tennessee Department of Financial Institutions. Since total assets are below $10 billion we are exempt from the limit on debit-card fees and
from examination by the Consumer Financial Protection Bureau. Regulators require ratios of capital to risk-weighted assets which, with the conservation buffer, are 7.0% for common equity Tier 1, 8.5% for Tier 1 and 10.5% for
total capital. Our ratios were {pct_cet1}, {pct_t1} and {pct_tot}. <<A special assessment of the Federal Deposit Insurance Corporation applied only to banks with more than $5 billion of uninsured deposits and did not concern us.|The
2024 rule on small-business loan data will apply to us from January 2026, and we expect to spend about $1.6 million to comply.>> Dividends from the bank to the holding company are limited to the earnings of three years unless
the state agrees.

## Information about our executive officers

%G Age | Position
Thaddeus Okwuosa-Grant | <<57|58>> | Chief Executive Officer
Leocadia Brandvold | <<49|50>> | Chief Financial Officer
Emmerich Vantongeren | <<61|62>> | Chief Credit Officer
<<Pru Hathersage|Solveig Amankwah>> | <<52|44>> | President, Quickbill
Dorian Castellane-Wu | <<46|47>> | General Counsel

<<Ms. Hathersage has led Quickbill since its purchase in 2016.|Ms. Amankwah joined in July 2024 from a freight-software company and succeeded Ms. Hathersage, who retired.>>
"""

RISKS = """
The following factors could materially harm our business, financial condition or results.

## Credit risks

### Our loans depend on one cyclical industry.

About <<86%|85%>> of our loans are to companies that carry, broker, store or equip freight. When spot rates fall below the cost of running a truck, small carriers fail first. <<Spot rates for dry vans averaged 26% less in 2023 than in
2022, some 11,400 small carriers in our thirty-one states gave up their operating authority, and net charge-offs rose to {nco} from {nco@p}.|Spot rates rose by 4% in 2024 after two years of decline, and net charge-offs fell to {nco} from
{nco@p}, but carriers have used up their savings and a weak year could bring losses quickly.>>

### Collateral may be worth less than the loan.

Trucks lose value fast, in particular when many are seized at once. <<We repossessed 612 units in 2023 and sold 447 at an average of 71% of the balance owed.|We repossessed 538 units in 2024 and sold 573, some of them taken the year before,
at an average of 78% of the balance owed.>> California's rules on diesel engines and federal emission limits for model year 2027 could make older trucks hard to sell.

### Factoring exposes us to fraud.

A client may submit an invoice for a load that never moved, or sell it twice. <<In May 2023 we found that a carrier in Laredo, Texas and a person who posed as a broker had presented 214 false invoices; we charged off $3.6 million.|In 2024 we
began to match every invoice with the tracking data of the truck, which stopped 1,120 doubtful invoices worth $2.3 million; in October criminals who had taken over the e-mail of a real broker still obtained $0.7 million.>>

### Warehouse loans may suffer from oversupply.

Vacancy in big warehouses around Memphis was <<7.9%|9.8%>> at year-end. <<No warehouse loan was more than ninety days in arrears, but three, of $14.2 million together, are leased to one furniture importer that has asked for lower rent.|The
furniture importer that leased three of our borrowers' warehouses became bankrupt in June 2024. We placed one of the loans, for $4.7 million, on non-accrual and charged off {co.cre} in all on real estate.>>

### Our allowance may be too small.

The allowance for credit losses was {acl}, or {acl/loans%} of loans ({acl@p/loans@p%} a year earlier). It relies on a forecast of freight tonnage and diesel prices for four quarters, after which we return to historical losses. Each of the last
three forecasts <<was too hopeful|except that of 2024 was too hopeful>>.

## Interest rate, liquidity and capital risks

### Rising deposit costs could reduce our margin.

The cost of interest-bearing deposits was <<2.8%|3.0%>> in {fy}. {time} of certificates, of which {tm1} fall due within a year, may be renewed only at rates we cannot foresee. <<Customers moved $70 million from accounts without interest to
certificates in 2023.|If short-term rates fall quickly, our factoring yields will follow within weeks while certificates reprice over months.>>

### Securities are worth less than we paid.

Unrealized losses on securities were {uloss} at {end} ({uloss@p} a year earlier). We do not intend to sell, but a run on deposits could force us to. We could have borrowed a further <<$612 million|$688 million>> from the Federal Home Loan Bank and
the Federal Reserve.

### We may be unable to pay dividends.

The holding company lives on dividends of the bank, which were {par_div} in {fy}. Supervisors may forbid them. Interest on the subordinated notes comes to {par_int} a year and <<is fixed until December 2026|will float from December 2026 at 3.12
percentage points above three-month SOFR>>.

## Operational risks

### Our systems and those of suppliers may fail or be attacked.

Quickbill takes in 24,000 invoices on a busy day. <<On June 27, 2023 a flaw in file-transfer software of a supplier let criminals copy the names and bank details of 3,870 carriers. Notices and monitoring cost $0.5 million.|On July 19, 2024 a faulty
update of security software stopped Quickbill for fourteen hours; we paid 5,200 carriers a day late and waived fees of $0.3 million.>> A long outage would leave drivers without money for fuel.

### We are replacing our core banking system.

<<In August 2023 we signed a contract to replace a core system that dates from 1994. Moving 71,000 accounts is planned for October 2024 and carries the danger of errors.|The new core system, planned for October 2024, was put off to May 2025 after a
rehearsal in which 1.8% of loan balances did not agree. The delay costs about $0.4 million a month.>>

### Broker and carrier customers may use fewer banks.

<<Two large truck-stop chains now offer factoring with their fuel cards.|A truck-stop chain that offers factoring with its fuel card has taken about 300 of our clients in two years.>> If shippers adopt instant payment, carriers may not need factors.

## Legal and regulatory risks

### Rules on independent drivers could harm our borrowers.

<<The Department of Labor proposed in October 2022 a rule under which more drivers would be employees; a final rule is expected in early 2024.|The Department of Labor's rule in force since March 2024 makes it harder to treat drivers as contractors, and a
bill before the Tennessee legislature would go further.>> Owner-operators who became employees would sell their trucks and close their accounts with us.

### We are subject to close supervision.

In <<2022|2022>> examiners asked us to improve monitoring of suspicious payments through Quickbill. <<We have doubled the compliance staff to twenty-two and expect to satisfy the request in 2024.|The matter was closed in August 2024.>> Non-compliance could limit
growth.
"""

MIDDLE = {
    "1B": "None.",
    "1C": """
The board's Risk Committee oversees cybersecurity and receives a dashboard each month and a visit from an outside expert each year. Two of its <<five|six>> members have managed technology. The Chief Information Security Officer, who reports to the Chief
Risk Officer and not to the technology department, holds a doctorate in computer science and was for nine years an examiner of bank systems.

We rate every system by the time that customers could bear without it: two hours for Quickbill payments, four for wires, a day for most others. <<Controls include tokens for all staff, a second person for changes of payee details, and sealed copies of
ledgers in another state.|In 2024 we added automatic call-backs for changes of payee details, which stopped thirty-one frauds, and a program that pays outsiders who find weaknesses; it paid $46,000 for nineteen reports.>> Suppliers are placed in three
tiers, of which the first, <<twenty-seven|thirty-one>> firms, is examined on site.

<<The theft of carrier data from a supplier in June 2023 did not have a material effect. It led us to end the use of that supplier's software in September 2023.|The outage of July 19, 2024 was not an attack and did not have a material effect, but showed that
we could not pay carriers by hand for more than 2,000 invoices a day; we have since doubled that number.>> Our insurance covers up to <<$20 million|$20 million>> of loss.
""",
    "2": """
We own our head office at 1 Axle Yard Plaza, a former streetcar depot of 88,000 square feet, and <<nine|eight>> of {n_br} branches; the rest are leased. Lending offices, all leased, are located as follows:

%G Office | Main business | Square feet | Lease ends
Memphis, Tennessee | Equipment finance | 21,400 | 2028
Laredo, Texas | Quickbill | <<12,800|9,600>> | <<2024|2029>>
Joliet, Illinois | Equipment finance | 7,900 | 2026
Ontario, California | Warehouse real estate | 4,300 | <<2025|2027>>
Savannah, Georgia | <<Opened March 2023|Working-capital lines>> | 3,700 | 2028

A yard of 41 acres in West Memphis, Arkansas holds repossessed trucks; <<it was 92% full at year-end, and we rented a second yard of 12 acres in Texarkana|it was 64% full at year-end, and the second yard in Texarkana was given up in September
2024>>.
""",
    "3": """
<<In March 2022 a class of owner-operators sued Drayhaven Bank in the Western District of Tennessee. They say that fees for tracking units, on average $38 a month, were not disclosed as finance charges. The class of about 7,400 was certified in November 2023. We have
appealed, and we believe that a loss of up to $5.5 million beyond the $1.0 million accrued is reasonably possible.|The class action over fees for tracking units, brought in March 2022 by owner-operators in the Western District of Tennessee, was settled in
September 2024 for $2.9 million, of which $1.0 million had been accrued before. The court approved the settlement on December 12, 2024, and we now state the fee in the finance charge.>>

<<On August 30, 2023 the trustee of Palomar Crest Logistics, a bankrupt broker, demanded the return of $4.1 million that Quickbill had collected in the ninety days before the bankruptcy. We consider the payments ordinary.|The trustee of Palomar Crest Logistics, a
bankrupt broker, sued Quickbill in February 2024 for $4.1 million collected in the ninety days before the bankruptcy. Trial is set for June 2025; we have accrued $0.6 million.>>
""",
    "4": "Not applicable.",
    "5": """
Our common stock is quoted on The Nasdaq Global Select Market under the symbol ZDFB. On <<February 23, 2024|February 21, 2025>> there were <<1,286|1,241>> holders of record. We paid dividends of {dps} per share in {fy} and {dps@p} in {fy-1}. In <<October 2022 the board
authorized the purchase of up to $20 million of stock; in 2023 we bought 402,000 shares at an average of $21.14, and $9.2 million was left|October 2024 the board authorized the purchase of up to a further $15 million of stock; in 2024 we bought 431,000 shares at an average
of $23.67, and $14.0 million was left>> at year-end. Stock units are paid in newly issued shares.
""",
    "6": "",
}

MDNA = """
## Overview

<<The freight recession that began in 2022 shaped the year. Net income fell because the provision for credit losses more than doubled and deposits became dearer, although higher rates on equipment loans and factoring lifted net interest income.|A slow recovery of freight,
lower credit losses and wider use of the payments service brought record net income. Deposits grew faster than loans, and we reduced borrowing from the Federal Home Loan Bank.>> Net income {ni^} to {ni}, or {epsd} per diluted share, compared with {epsd@p} in {fy-1}.

c: (dollars in thousands, except per share data)

%T c p $ %; notag
Net interest income | nii
Provision for credit losses | prov
Noninterest income | nonint
Noninterest expense | nonexp
Income before income taxes | pretax
Income taxes | tax
[T]Net income | ni

%T c p; notag
Return on average assets | ni/avg_ta%
Return on average equity | ni/avg_eq%
Net interest margin | nii/avg_ea%
Efficiency ratio | nonexp/revtot%
Net charge-offs to average loans | nco/avg_loans%
Average equity to average assets | avg_eq/avg_ta%

## Net interest income

c: (in thousands)

%G Average balance | Interest | Yield or rate; notag; top=Year Ended December 31, {fy}
Loans | avg_loans | ii_loans | ii_loans/avg_loans%
Securities | avg_sec | ii_sec | ii_sec/avg_sec%
Cash and other | avg_cash | ii_cash | ii_cash/avg_cash%
[t]Interest-earning assets | avg_ea | ii | ii/avg_ea%
Savings and demand deposits | avg_sav | ie_sav | ie_sav/avg_sav%
Time deposits | avg_time | ie_time | ie_time/avg_time%
Borrowings | avg_bor | ie_bor | ie_bor/avg_bor%
[t]Interest-bearing liabilities | avg_ibl | ie | ie/avg_ibl%

%G Average balance | Interest | Yield or rate; notag; top=Year Ended December 31, {fy-1}
Loans | avg_loans@p | ii_loans@p | ii_loans@p/avg_loans@p%
Securities | avg_sec@p | ii_sec@p | ii_sec@p/avg_sec@p%
Cash and other | avg_cash@p | ii_cash@p | ii_cash@p/avg_cash@p%
[t]Interest-earning assets | avg_ea@p | ii@p | ii@p/avg_ea@p%
Savings and demand deposits | avg_sav@p | ie_sav@p | ie_sav@p/avg_sav@p%
Time deposits | avg_time@p | ie_time@p | ie_time@p/avg_time@p%
Borrowings | avg_bor@p | ie_bor@p | ie_bor@p/avg_bor@p%
[t]Interest-bearing liabilities | avg_ibl@p | ie@p | ie@p/avg_ibl@p%

Net interest income {nii^} to {nii}. The yield on loans rose to {ii_loans/avg_loans%} from {ii_loans@p/avg_loans@p%}, <<because two thirds of loans reprice within a year and because factoring fees rose with late payment by brokers|as equipment loans made at 5% to 6%
in 2020 and 2021 were repaid and replaced at 9% to 11%>>. The cost of time deposits was {ie_time/avg_time%}, against {ie_time@p/avg_time@p%}. <<Average non-interest-bearing deposits were almost unchanged only because of the payments service.|In the fourth quarter the cost of
deposits fell for the first time in three years, by eleven basis points.>>

## Provision and credit quality

The provision for credit losses was {prov}, compared with {prov@p} in {fy-1}. <<Of the increase, $6.8 million concerned equipment finance and $4.3 million factoring, including the Laredo fraud.|The decrease reflects fewer repossessions and better recoveries, partly offset by the
bankruptcy of a furniture importer that leased warehouses from our borrowers.>> Nonperforming assets were:

%T i ip; notag
Equipment finance | npl.eq
Factored receivables | npl.fac
Warehouse real estate | npl.cre
Working-capital lines | npl.wc
Other loans | npl.oth
[t]  Nonaccrual loans | npl
Repossessed equipment | repos
[T]  Nonperforming assets | npa
Nonaccrual loans to total loans | npl/loans%
Allowance to nonaccrual loans | acl/npl%

Net charge-offs were {nco/avg_loans%} of average loans ({nco@p/avg_loans@p%} in {fy-1}). <<Owner-operators who had bought a first truck in 2021 or 2022 caused 58% of equipment charge-offs.|Trucks financed in 2021 and 2022 caused 63% of equipment charge-offs, though they are only 29% of
the portfolio.>> We granted <<1,140|760>> deferrals of up to three months.

## Noninterest income and expense

Noninterest income {nonint^} to {nonint}. Payment fees {pay_fee^} with the number of bills. Gains on remarketed equipment were {remkt}, against {remkt@p}, <<as auction prices fell|as prices steadied and we sold the backlog of 2023>>. Noninterest expense {nonexp^} to {nonexp}: salaries
{sal^}, technology cost {tech^} <<because of the choice of a new core system|because two core systems are being paid for at once>>, and deposit insurance was {fdic}, <<after a general increase of two basis points in rates|little changed>>. Professional fees {prof^} <<with litigation and the
core-system search|as the class action was settled>>.

## Financial condition

c: (in thousands)

%T i ip; notag
Equipment finance | loans.eq
Factored receivables | loans.fac
Warehouse real estate | loans.cre
Working-capital lines | loans.wc
Other loans | loans.oth
[T]Total loans | loans

Loans {loans^} in {fy}. Factored receivables {loans.fac^}, <<since both the number of loads and the price of each fell|as clients and spot rates rose>>. Warehouse real estate {loans.cre^}; <<most of the growth came from cold stores in Georgia and Texas|we made no new construction loan
after May 2024>>. Deposits {deps^} to {deps}, and the ratio of loans to deposits was {loans/deps%} ({loans@p/deps@p%} a year earlier).

## Liquidity and capital

Liquid assets, being cash and securities not pledged, were <<$368 million|$391 million>>. Advances of the Federal Home Loan Bank were {fhlb}, compared with {fhlb@p}. We could borrow a further <<$612 million|$688 million>>. Shareholders' equity was {eq}, or {eq/ta%} of assets. <<The plan for 2024
foresees loan growth of 5% to 7%.|The plan for 2025 foresees loan growth of 6% to 8%, capital expenditure of $9 million for the core system, and dividends of about 27% of earnings.>>

At {end} we had unused commitments to lend of {commit} and letters of credit of {sblc}.

## Critical accounting estimates

### Allowance for credit losses

Losses are estimated for each class of loans with the probability of default and the loss given default, a forecast of freight tonnage, diesel price and used-truck prices, and judgments of management. If used-truck prices were 15% lower than forecast through {fy+1}, the allowance
for equipment finance would rise by about <<$5.1 million|$4.4 million>>. If all freight indicators followed our adverse case, the whole allowance would rise by about <<$11.9 million|$10.7 million>>. Judgmental additions were <<18%|14%>> of the allowance.

### Goodwill

Goodwill of {gw} arose from the purchase of Quickbill in 2016. <<At the test of October 1, 2023 the fair value of the division exceeded its carrying amount by 22%; a discount rate higher by one percentage point would reduce the excess to 9%.|At the test of October 1, 2024 the fair value of the
division exceeded its carrying amount by 37%.>>
"""

MARKET = """
Our main market risk is that of interest rates. A model estimates the change of net interest income in the coming twelve months and of the economic value of equity if all rates move at once:

%G Net interest income | Economic value of equity
Up 200 basis points | <<4.1%|3.2%>> | <<(3.8)%|(4.6)%>>
Up 100 basis points | <<2.2%|1.7%>> | <<(1.7)%|(2.1)%>>
Down 100 basis points | <<(2.9)%|(2.4)%>> | <<1.1%|1.6%>>
Down 200 basis points | <<(6.3)%|(5.2)%>> | <<1.4%|2.2%>>

The board's limits are a fall of 10% in income and of 15% in value for a move of 200 basis points. <<In November 2023 we bought an interest-rate floor on $150 million of loans, at a cost of $0.9 million, which pays when SOFR falls below 3.5%.|The interest-rate floor on $150 million of loans
bought in November 2023 runs to November 2026 and had a fair value of $1.2 million at year-end.>> We assume that 45% of any change in short-term rates reaches interest-bearing deposits; in the past cycle the share was <<41%|46%>>.
"""

CONTROLS = """
The Chief Executive Officer and Chief Financial Officer concluded that disclosure controls and procedures were effective at {end}. Management's assessment, by the 2013 COSO framework, is that internal control over financial reporting was effective. Gantry & Ferrule CPAs, P.C. has audited it.
<<During the fourth quarter, after the Laredo fraud, we added a control by which a person outside Quickbill confirms one invoice in forty directly with the debtor.|During the fourth quarter there was no change with a material effect; conversion controls for the new core system are being
tested.>>
"""

OTHER_INFO = """
<<No director or officer adopted or ended a Rule 10b5-1 trading arrangement in the fourth quarter of 2023.|On November 8, 2024 Emmerich Vantongeren, Chief Credit Officer, adopted a Rule 10b5-1 plan for the sale of 18,000 shares between February and August 2025.>>
"""

PROXY = "The information required by this Item is incorporated by reference to the Company's proxy statement for its {fy+1} annual meeting of shareholders."

EXHIBITS = """
Financial statements are in Item 8; schedules are omitted as not applicable.

%G Number | Exhibit
3.1 | Charter, as amended
4.2 | Indenture for Fixed-to-Floating Subordinated Notes due 2031
10.3 | 2015 Omnibus Incentive Plan
10.8 | <<Master agreement for core banking system|First amendment to master agreement for core banking system>>
21.1 | Subsidiaries
23.1 | Consent of Gantry & Ferrule CPAs, P.C.
31.1 | Rule 13a-14(a) certification, Chief Executive Officer
31.2 | Rule 13a-14(a) certification, Chief Financial Officer
32.1 | Section 1350 certifications
"""

SIGNATURES = """
Pursuant to the requirements of Section 13 or 15(d) of the Securities Exchange Act of 1934, the registrant has duly caused this report to be signed on its behalf by the undersigned, thereunto duly authorized.

%G Signature | Title | Date
/s/ Thaddeus Okwuosa-Grant | Chief Executive Officer and Director | <<March 8, 2024|March 7, 2025>>
/s/ Leocadia Brandvold | Chief Financial Officer | <<March 8, 2024|March 7, 2025>>
/s/ Philippa Nakamura-Stone | Chair of the Board | <<March 8, 2024|March 7, 2025>>
"""

PARTS = parts(
    {
        "1": BUSINESS,
        "1A": RISKS,
        "1B": MIDDLE["1B"],
        "1C": MIDDLE["1C"],
        "2": MIDDLE["2"],
        "3": MIDDLE["3"],
        "4": MIDDLE["4"],
        "5": MIDDLE["5"],
        "6": MIDDLE["6"],
        "7": MDNA,
        "7A": MARKET,
        "8": zdfb_notes.STATEMENTS + zdfb_notes.NOTES,
        "9A": CONTROLS,
        "9B": OTHER_INFO,
        "9C": "Not applicable.",
        "15": EXHIBITS,
        "": SIGNATURES,
        "proxy": PROXY,
    },
)


def annual(year: int) -> Filing:
    """The 10-K of a year."""
    c, p = str(year), str(year - 1)
    top = "Year Ended December 31,"
    return Filing(
        co=CO,
        form="10-K",
        fy=year,
        focus="FY",
        variant=year - 2023,
        parts=PARTS,
        alias={"c": c, "p": p, "i": c, "ip": p, "mid": f"{year}mid"},
        heads={"c": (top, c), "p": (top, p), "i": ("December 31,", c), "ip": ("December 31,", p)},
        cover_date="2024-02-23" if year == 2023 else "2025-02-21",
        shares=24_066_713 if year == 2023 else 23_781_240,
        public_float=4417 if year == 2023 else 5289,
    )


def filings() -> list[Filing]:
    """Two annual reports."""
    return [annual(2023), annual(2024)]
