"""Text of Brindlemoor Grocers, Inc. (invented): a regional supermarket chain with a January year-end."""

from __future__ import annotations

from . import bdqm_notes, bdqm_quarter
from .bdqm_figures import CONCEPTS, DATES, MEMBERS, model
from .filing import Filing
from .form10k import parts
from .ixbrl import Company, Style

CO = Company(
    name="Brindlemoor Grocers, Inc.",
    ticker="BDQM",
    cik="0009928414",
    exchange="New York Stock Exchange",
    exchange_code="NYSE",
    state="Iowa",
    ein="00-9928414",
    street="2200 Buttercross Road",
    city="Larkspur Junction",
    state_code="Iowa",
    zip="50999",
    area="515",
    phone="555-0177",
    par="Common Stock, $0.01 par value",
    year_end="--01-25",
    scale=6,
    dec=0,
    model=model(),
    concepts=CONCEPTS,
    members=MEMBERS,
    dates=DATES,
    filer="Large Accelerated Filer",
    style=Style(
        font="font-family:'Helvetica',sans-serif;font-size:9pt",
        shade="#efefef",
        header="none",
        footer="bar",
        item="plain",
        note="Note {n} \u2014 {title}",
        page_words=430,
    ),
)

BUSINESS = """
## Forward-looking statements

Statements in this report about sales trends, capital spending, pension contributions, the Coldwater Flats automation
project and similar matters look to the future and are subject to the risks described in Item 1A. We have no duty to
revise them.

## Company background

Brindlemoor Grocers, Inc. runs {n_st} supermarkets in Iowa, Nebraska, South Dakota and northern Missouri and supplies
independent grocers through its wholesale arm. The business began in 1926 as a butter and egg stall at the railway halt of
Larkspur Junction and has been listed since 1994. Our fiscal year ends on the last Saturday of January. Fiscal {fy} ended on
{end} and fiscal {fy-1} on {end@ip}; all years presented had 52 weeks.

## Segments and banners

The Supermarkets segment trades under three banners. Brindlemoor Market (<<83|86>> stores) is our full-service format, with a
scratch bakery, a butcher's counter and, in most towns, a pharmacy. Tuppence Saver (<<31|28>> stores) sells about 6,500 items
from half-unpacked cases at prices 8% to 12% below the Market banner. Quince & Barley (<<11|13>> stores) is a natural-foods
format in college towns, where prepared meals are almost a quarter of sales. We also run {n_fuel} fuel stations and {n_rx}
pharmacies, all of them at or next to stores.

The Larder Wholesale segment sells groceries, produce and store services to <<247|231>> independent stores within 180 miles of
its warehouse in Coldwater Flats, Nebraska. <<Eleven customers left in fiscal 2023, seven of them because their owners
retired.|Sixteen customers left in fiscal 2024, among them the nine-store Pruitt's Corner group, which was sold to a national
chain in May 2024 and had been our largest wholesale account.>>

## Merchandise and own brands

Sales by type of merchandise are given in Note {note:rev}. Our own brands, led by Hedgerow, carried <<3,150|3,420>> items and had
sales of {rev.priv}, or {rev.priv/rev%} of the total, in fiscal {fy}, compared with {rev.priv@p/rev@p%} the year before. Hedgerow
gross margin is on average seven percentage points above that of comparable national brands. <<In fiscal 2023 we put Hedgerow
milk into returnable glass bottles in forty stores; the trial added to breakage and was ended in January 2024.|In fiscal 2024 we
began to sell Hedgerow frozen entrees, cooked in our Coldwater Flats kitchen, which reached sales of $19 million in their first
eight months.>>

## Loyalty and online ordering

The Basketry Club had <<1.42|1.57>> million active households at year-end, and members made <<78%|81%>> of store purchases. Points
expire after twelve months. Online orders, almost all collected at the store, were <<7.1%|8.6%>> of supermarket sales excluding
fuel. <<We charge $3.95 for orders below $60.|In September 2024 we dropped the collection fee for Basketry Club members on orders
above $35, which raised the number of orders by 22% but lowered the average basket by $6.>>

## Supply and distribution

About <<71%|73%>> of what our stores sell passes through two distribution centers, a dry and frozen warehouse in Coldwater Flats
and a fresh-food hub in Larkspur Junction. <<We have approved a $64 million automation of the Coldwater Flats case-picking floor,
to be finished in fiscal 2025.|The $64 million automation of case picking at Coldwater Flats was about 70% complete at year-end,
and the first of three pallet cranes went into use in October 2024.>> Our largest supplier provided 9% of purchases. Eggs, beef
and dairy come chiefly from farms within 250 miles, under contracts of one year or less.

## Seasonality

Sales are highest in the fourth quarter, which holds Thanksgiving and Christmas, and lowest in the first. Fuel margins tend to
widen when wholesale prices fall quickly. Snow can move sales by a week, and ice storms may close stores altogether.

## Competition

We face national supercenters, two membership clubs, a hard-discount chain that opened <<nine|fourteen>> stores in our towns during
fiscal {fy}, dollar stores, and online merchants. Within a ten-minute drive of the average Brindlemoor Market there were
<<4.1|4.4>> competing food stores. We compete on freshness, service, location and the Basketry Club's fuel discounts.

## Employees and labor relations

We employed about <<19,800|20,150>> people at {end}, of whom 61% worked part-time. Some <<6,900|7,050>> are covered by eleven
collective agreements with locals of the Upper Prairie Food Workers. <<On August 14, 2023 drivers and selectors at Coldwater Flats
struck for eleven days; the new four-year agreement raises wages by 17% over its term.|Two agreements, covering 1,240 store
employees around Omaha, expire in June 2025, and bargaining began in January.>> The average starting wage in stores was
<<$14.85|$15.60>> an hour, and turnover of hourly employees fell to <<62%|55%>>.

## Regulation and food safety

Stores are licensed and inspected by state and county authorities, pharmacies by state boards and the Drug Enforcement
Administration. The Food and Drug Administration's traceability rule will require us to keep lot-level records for listed foods;
we expect the remaining cost of readiness to be about <<$9 million|$4 million>>. Every store has a food-safety lead who can stop a
sale without asking a manager.
"""

RISKS = """
The risks below are those we think most important. Others that we do not know of, or think minor, may also do harm.

## Competitive and economic risks

### Our margins are thin, and price competition could erase them.

Net earnings were {ni/rev%} of sales in fiscal {fy}. A supercenter that lowers prices on milk, bananas and ground beef in a
single market can cost us more than one percentage point of margin there within a quarter. <<The hard-discount chain has said that
it will have fifty stores in Iowa by 2026.|The hard-discount chain entered Sioux Falls in June 2024, and sales of our four nearest
stores fell by 5.8% in the following six months.>>

### Food inflation and deflation both affect us.

When costs rise we may not pass them on in time; when they fall, sales fall but wages and rent do not. <<Egg costs tripled in early
fiscal 2023 after avian influenza and then fell by 61%, leaving us with a loss of $2 million on forward purchases.|Beef costs rose
by 9% in fiscal 2024 as the national herd shrank, and we passed on only about two thirds of the increase.>> We value most
inventory by the last-in, first-out method and recorded a LIFO charge of {lifo_chg} ({lifo_chg@p} in fiscal {fy-1}).

### Changes in food assistance reduce our customers' purchases.

Benefits under the Supplemental Nutrition Assistance Program paid for <<11.4%|10.2%>> of supermarket sales in fiscal {fy}. The extra
allotments of the pandemic ended in March 2023. <<At the Tuppence Saver banner the share is 23%, and comparable sales there fell by
2.9% in the nine months after that date.|A proposal in two of our states would bar the use of benefits for soft drinks and
candy, categories that are about 6% of Tuppence Saver sales.>>

## Operating risks

### A food-safety failure could injure customers and our name.

<<In December 2023 we withdrew 14,000 packages of Hedgerow pepper cheese because of an undeclared allergen; no illness was
reported.|In July 2024 cut melon prepared at our Larkspur Junction hub was linked to listeria in three states. Nineteen people
became ill. We recalled the product, closed the cutting room for twenty-six days and recorded costs of $5 million after
insurance.>> Prepared food, which we cook and cut ourselves, is a growing part of sales and raises this risk.

### We depend on two distribution centers.

A fire, tornado or strike at Coldwater Flats or Larkspur Junction would leave stores without goods in about three days.
<<The strike of August 2023 cost us an estimated $7 million in lost sales and temporary labor.|While pallet cranes are being
installed, a quarter of the Coldwater Flats floor is closed, and service to stores fell to 94.1% of cases ordered in the third
quarter, from a usual 97%.>>

### Labor is scarce, and wage laws are changing.

Nebraska's minimum wage rose to $12.00 in January 2024 and <<will rise to $13.50 in January 2025|to $13.50 in January 2025, and is
to reach $15.00 in January 2026>>. We estimate that each one-dollar increase adds about $6 million to yearly wages, directly and
through compression of higher grades.

### We may owe large sums to multiemployer pension plans.

We contribute to two multiemployer plans. The larger, the Upper Prairie Food Workers Pension Fund, was <<64%|67%>> funded in its
latest certification and has a rehabilitation plan. Our contributions to both were {pens_mult} in fiscal {fy}. If we withdrew from
the larger fund, we estimate that our share of its underfunding would be about <<$118 million|$109 million>> before tax. <<|In
November 2024 another employer with 2,100 members announced its withdrawal, which may raise the share of those who remain.>>

### New stores and closings may cost more than we expect.

<<We decided in January 2024 to close three Tuppence Saver stores and recorded a charge of {imp} for their equipment and leases.|We
closed three Tuppence Saver stores in fiscal 2024, opened five stores under the other banners, and recorded {imp} of impairment,
chiefly for a Quince & Barley store in Ames that has missed its sales plan since opening.>> A new Brindlemoor Market costs about
<<$15 million|$17 million>> including equipment.

## Technology, legal and financial risks

### Our systems or those of suppliers may be attacked.

<<In November 2023 the company that provides our shift-scheduling software was struck by ransomware, and for nine days managers wrote
schedules by hand.|In August 2024 a criminal group used passwords stolen elsewhere to open 31,000 Basketry Club accounts and redeem
points worth $0.4 million; we restored the points and now ask for a second factor.>> Payment cards are encrypted at the keypad, but
pharmacy records are held on older servers that we will not finish replacing until <<fiscal 2025|late fiscal 2025>>.

### Pharmacies expose us to reimbursement cuts and lawsuits.

Pharmacy benefit managers pay us less for the same prescription almost every year; reimbursement per prescription fell by
<<3.4%|2.8%>> in fiscal {fy}. We are one of many defendants in opioid litigation described in Item 3. <<The integration of the
Harrow Valley pharmacies, bought in September 2023, is not complete.|Weight-loss injections lifted pharmacy sales by
$17 million in fiscal 2024 but are often reimbursed at less than our cost.>>

### Higher interest rates raise our costs.

About <<42%|41%>> of our debt bears a variable rate. A rise of one percentage point would cost about $2 million a year. Our notes
fall due in April 2029, and refinancing them may be dearer.
"""

MIDDLE = {
    "1B": "None.",
    "1C": """
The board has given oversight of cybersecurity to its Risk and Food Safety Committee, which meets five times a year and receives
from the Chief Information Officer a scorecard of unpatched servers, phishing-test results and supplier reviews. The Chief
Information Security Officer, who joined us in <<2021|2021>> after eleven years at a card processor, leads a team of
<<fourteen|nineteen>>.

Our approach is layered. Store networks are divided so that a refrigeration controller cannot reach a cash register. We back up
the ordering and replenishment systems every four hours to a site that cannot be altered from the main network. <<After the
ransomware attack on our scheduling supplier in November 2023 we began to require proof of offline backups from every supplier
whose failure would stop a store.|In March 2024 we carried out a drill in which twelve stores traded for a day without a network;
ten of them could sell by card within ninety minutes.>> An outside assessor tests card systems each year.

<<The scheduling outage did not have a material effect on our results.|The misuse of Basketry Club accounts in August 2024 did not
have a material effect on our results, though it led to inquiries by two state attorneys general, one of which is still open.>> We
carry cyber insurance with a limit of <<$20 million|$25 million>> and a retention of $1 million.
""",
    "2": """
We owned <<52|54>> of our {n_st} store buildings at {end} and leased the rest, usually for fifteen to twenty years with options. The
average store has <<41,300|41,100>> square feet of selling area. By state, stores were located as follows:

%G Brindlemoor Market | Tuppence Saver | Quince & Barley | Total
Iowa | <<44|46>> | <<14|12>> | <<6|7>> | <<64|65>>
Nebraska | <<21|22>> | <<9|9>> | <<3|4>> | <<33|35>>
South Dakota | <<10|10>> | <<3|3>> | <<1|1>> | <<14|14>>
Missouri | <<8|8>> | <<5|4>> | <<1|1>> | <<14|13>>
[T]Total stores | <<83|86>> | <<31|28>> | <<11|13>> | n_st

The Coldwater Flats warehouse (714,000 square feet) and the Larkspur Junction hub (388,000 square feet) are owned. The head office in
Larkspur Junction is leased from a trust of the founding family until <<2027|2032>> at a yearly rent of <<$1.9 million|$2.1 million>>,
which the Audit Committee judged to be at market.
""",
    "3": """
Counties and tribes in three of our states have sued us and other pharmacies over the dispensing of opioids. <<Forty-one cases name
us. In October 2023 we agreed in principle to settle those of nineteen Iowa counties for $6 million over five years, and this amount
was accrued.|We settled with nineteen Iowa counties in April 2024 for $6 million, payable over five years and accrued in fiscal 2023.
Twenty-two cases remain, and a trial in Pennington County, South Dakota, is set for October 2025. We cannot estimate a range of loss
in the remaining cases.>>

<<On July 6, 2023 a former assistant manager filed a proposed collective action in the Southern District of Iowa, claiming overtime
for about 600 assistant managers. We believe that they were properly classified.|The overtime action brought in July 2023 for
assistant managers was certified for 588 employees in June 2024 and settled in December 2024 for $3 million, subject to court
approval.>>

@24 Eleven claims have been brought by persons who became ill from cut melon in July 2024. Our insurer has accepted cover above a
retention of $2 million.

We are plaintiffs in the national suit against card networks over interchange fees. <<We have recorded no gain.|In fiscal 2024 we
received $4 million from the settlement of part of that suit, recorded as a reduction of operating expenses.>>
""",
    "4": "Not applicable.",
    "5": """
Our common stock is listed on the New York Stock Exchange under the symbol BDQM. There were <<3,940|3,815>> holders of record on
<<March 15, 2024|March 14, 2025>>. We declared dividends of {dps} per share in fiscal {fy} and {dps@p} in fiscal {fy-1}. On
<<March 5, 2024 the board raised the quarterly dividend to $0.175|March 4, 2025 the board raised the quarterly dividend to
$0.19>> per share. Purchases of our stock in the fourth quarter of fiscal {fy} were:

%G Shares purchased | Average price paid | Approximate dollars left (millions)
<<October 29 to November 25, 2023|October 27 to November 23, 2024>> | <<88,400|71,200>> | <<$27.91|$34.66>> | <<$71|$57>>
<<November 26 to December 23, 2023|November 24 to December 21, 2024>> | <<102,700|94,500>> | <<$27.14|$35.08>> | <<$68|$54>>
<<December 24, 2023 to January 27, 2024|December 22, 2024 to January 25, 2025>> | <<119,300|60,100>> | <<$28.02|$33.75>> | <<$65|$52>>

The program was authorized in September <<2022 for $100 million|2022 for $100 million and enlarged by $27 million in August 2024>> and has
no end date.
""",
    "6": "",
}

MDNA = """
## Overview

Fiscal {fy} was a year of <<modest sales growth, falling fuel prices and three unwelcome costs: a strike, store closings and an opioid
settlement|recovery: supermarket sales rose, shrink fell and own brands took a larger share, while wholesale shrank and a melon recall
hurt the summer>>. Net sales {rev^} to {rev}; comparable supermarket sales without fuel grew {pct_comp}, compared with {pct_comp@p} in fiscal
{fy-1}. Net earnings {ni^} to {ni}, or {epsd} per diluted share ({epsd@p} in fiscal {fy-1}).

c: (in millions, except percentages)

%T c p pp %; notag
Net sales | rev
Gross profit | gross
Gross margin | gross/rev%
Operating, general and administrative | sga
Operating, general and administrative rate | sga/rev%
Depreciation and amortization | dep
Impairment and store closing costs | imp
[t]Operating income | opinc
Operating margin | opinc/rev%
Interest expense | intexp
Income taxes | tax
[T]Net earnings | ni

## Net sales

%T c p $ %; notag
Fresh and perishable | rev.fresh
Grocery and general merchandise | rev.groc
Pharmacy | rev.rx
Fuel | rev.fuel
[T]Net sales | rev

Fresh sales {rev.fresh^}; <<about four points of the growth were price, led by bakery and deli, and pounds sold rose slightly|volume
accounted for more than half of the growth, with prepared meals up 19% and meat up 7%>>. Grocery sales {rev.groc^} as <<higher prices were
partly offset by a 3.1% fall in units, mostly at Tuppence Saver|wholesale deliveries declined but Hedgerow products gained>>. Pharmacy
sales {rev.rx^}, of which <<$13 million came from Harrow Valley after September 2023|the first full year of Harrow Valley gave $16 million and
weight-loss injections $17 million, while fewer vaccinations took away $9 million>>. Fuel sales {rev.fuel^} because the average price of a
gallon fell by <<12%|8%>>; gallons sold <<rose by 4%|rose by 3%>>.

Comparable sales include stores open for at least fourteen full periods. The number of transactions in comparable stores
<<fell by 0.6%|rose by 1.2%>> and the average basket rose by <<3.2%|2.2%>>.

## Gross profit

Gross margin was {gross/rev%} of sales, compared with {gross@p/rev@p%} in fiscal {fy-1}. <<The improvement came from a smaller share of fuel and
a LIFO charge lower by $11 million; strike costs and markdowns on winter clothing took back about 15 basis points.|Shrink fell by 22 basis
points after self-checkout lanes were limited to ten items in 70 stores, own brands added 12 basis points, and a lower LIFO charge the
rest; the melon recall cost 6 basis points.>>

## Operating, general and administrative expenses

These expenses were {sga/rev%} of sales ({sga@p/rev@p%} in fiscal {fy-1}). The increase of {sga+} reflects <<wage increases of $19 million, the opioid
settlement of $6 million and strike-related security and travel of $3 million|wage increases of $22 million, melon recall costs of $5 million
and the overtime settlement of $3 million, less $4 million received from card networks>>. Advertising expense was {adv}.

## Impairment and store closing costs

<<The charge of {imp} covers the closing of three Tuppence Saver stores: $8 million for equipment and improvements and $4 million for lease
assets. There was no such charge in fiscal 2022.|The charge of {imp} relates chiefly to the Quince & Barley store in Ames, Iowa, whose
expected cash flows no longer support its fixtures and lease asset; it compares with {imp@p} in fiscal 2023 for three Tuppence Saver
stores.>>

## Segments

Supermarkets operating profit {seg_sup^} to {seg_sup}, and its margin was {seg_sup/rev.sup%}. Larder Wholesale operating profit {seg_whl^} to {seg_whl}
on sales of {rev.whl}; <<higher diesel and the loss of eleven customers outweighed price increases|the loss of Pruitt's Corner in May 2024
took away about $21 million of sales, and fixed warehouse cost was spread over fewer cases>>.

## Interest and taxes

Interest expense was {intexp}, against {intexp@p} in fiscal {fy-1}, because of <<higher rates on the revolving facility and borrowing for
Harrow Valley|higher average borrowing during the first three quarters>>. The effective tax rate was {tax/pretax%} ({tax@p/pretax@p%} in fiscal {fy-1})<<.|;
the increase reflects non-deductible penalties and a one-time state adjustment.>>

## Liquidity and capital resources

%T c p pp; notag
Net cash provided by operating activities | cfo
Net cash used in investing activities | cfi
Net cash used in financing activities | cff
[T]Net change in cash | dcash

Operating activities provided {cfo} in fiscal {fy}, compared with {cfo@p}. <<The increase came from payables and from accrued wages, as the last
payday fell after year-end.|The increase came mainly from higher earnings and from slower inventory growth, as automated replenishment cut
days on hand by 1.1.>> Capital expenditures were {capex}: <<seven new or replacement stores, the first $18 million of the Coldwater Flats
automation, and refrigeration|$27 million for Coldwater Flats automation, five new stores, and nine remodels>>. We expect to spend
<<$120 million to $130 million in fiscal 2024|$115 million to $125 million in fiscal 2025>>. <<We also paid {acq} for the fourteen Harrow
Valley pharmacies.|We made no acquisitions.>>

Total debt was {debt} at {end} ({debt@p} a year earlier). Under the asset-based revolving facility of $350 million, {revolver} was drawn,
<<$21 million|$24 million>> supported letters of credit, and the rest was available. The facility matures in <<March 2027|October
2029>><<.|, having been extended in October 2024.>> Its only financial covenant, a fixed-charge ratio of 1.0, applies when availability falls
below $35 million, which it has not. We spent {buyback} on our own shares and {div} on dividends.

## Critical accounting estimates

### Impairment of stores

We test a store when it has had negative cash flow for two years or a competitor opens within three miles. At year-end <<nine|seven>> stores
with a carrying amount of <<$31 million|$24 million>>, including lease assets, had cash flows less than 20% above it.

### Self-insurance

We retain the first <<$750,000|$1 million>> of each workers' compensation and liability claim. The reserve of {self_ins} ({self_ins@p} a year earlier)
is set with an actuary; a change of ten percent in the loss-development factors would change it by about <<$4 million|$5 million>>.

### Vendor allowances

Allowances of about <<$214 million|$226 million>> were recognized in fiscal {fy} as a reduction of the cost of the goods to which they relate.
Most are earned within the year, and at {end} only <<$11 million|$9 million>> depended on purchases still to be made.
"""

MARKET = """
We use no derivatives to speculate. A rise of one percentage point in short-term rates on the variable-rate debt outstanding at {end} would raise
yearly interest by about $2 million. <<We have fixed the price of 40% of our diesel needs for fiscal 2024 at $3.71 a gallon.|We have fixed the
price of 55% of our diesel needs for fiscal 2025 at $3.44 a gallon and of about half of our electricity at Coldwater Flats until 2027.>> We buy
natural gas and electricity at regulated or market prices; a change of ten percent would change yearly cost by about <<$5 million|$5 million>>.
"""

CONTROLS = """
Our principal executive and financial officers concluded that disclosure controls and procedures were effective at {end}. Using the criteria of
the Committee of Sponsoring Organizations (2013), management concluded that internal control over financial reporting was effective.
<<Harrow Valley, which had 0.4% of sales, was left out of the assessment as permitted.|During the fourth quarter we put into use a new
warehouse-management system at Coldwater Flats and changed the controls over receipts and counts accordingly.>> The attestation report of Orrin,
Teasdale & Quick LLP appears in Item 8.
"""

OTHER_INFO = """
<<On December 6, 2023 Marguerite Oyelaran-Stott, Executive Vice President of Merchandising, ended a Rule 10b5-1 plan that she had adopted in April
2023 for the sale of 15,000 shares.|No director or officer adopted or ended a Rule 10b5-1 arrangement in the fourth quarter of fiscal 2024.>>
"""

PROXY = "The information called for by this Item is incorporated by reference to the proxy statement for the {fy+1} annual meeting."

EXHIBITS = """
Financial statements are listed in Item 8. Schedule II is omitted because the information is in the notes.

%G Exhibit No. | Description
3(a) | Articles of incorporation, as restated in 2011
4(a) | Indenture for the 4.85% Senior Notes due 2029
10(c) | Asset-based revolving credit agreement<<|, as extended October 2024>>
10(f) | 2017 Long-Term Incentive Plan*
10(k) | Lease of the head office with the Ambrose Brindle Family Trust
21 | Subsidiaries
23 | Consent of Orrin, Teasdale & Quick LLP
31(a) | Certification of the Chief Executive Officer
31(b) | Certification of the Chief Financial Officer
32 | Certification under Section 906

i: * Management compensation plan.
"""

SIGNATURES = """
Pursuant to the requirements of Section 13 or 15(d) of the Securities Exchange Act of 1934, the registrant has duly caused this report to be signed
on its behalf by the undersigned, thereunto duly authorized.

%G Name | Title | Date
/s/ Cornelius Ashgrove-Pell | President, Chief Executive Officer and Director | <<March 22, 2024|March 21, 2025>>
/s/ Winifred Santangelo-Roe | Chief Financial Officer | <<March 22, 2024|March 21, 2025>>
/s/ Jocasta Brindle | Chair of the Board | <<March 22, 2024|March 21, 2025>>
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
        "8": bdqm_notes.STATEMENTS + bdqm_notes.NOTES,
        "9A": CONTROLS,
        "9B": OTHER_INFO,
        "9C": "None.",
        "15": EXHIBITS,
        "": SIGNATURES,
        "proxy": PROXY,
    },
)


def annual(year: int) -> Filing:
    """The 10-K of a fiscal year (which ends in January of the next)."""
    c, p, pp = str(year), str(year - 1), str(year - 2)
    top = "Fiscal Year (52 Weeks)"
    ends = {"2022": "January 28,/ 2023", "2023": "January 27,/ 2024", "2024": "January 25,/ 2025"}
    return Filing(
        co=CO,
        form="10-K",
        fy=year,
        focus="FY",
        variant=year - 2023,
        parts=PARTS,
        fy_word="Fiscal ",
        alias={"c": c, "p": p, "pp": pp, "i": c, "ip": p, "mid": f"{year}mid"},
        heads={"c": (top, c), "p": (top, p), "pp": (top, pp), "i": ("", ends[c]), "ip": ("", ends[p])},
        cover_date="2024-03-15" if year == 2023 else "2025-03-14",
        shares=40_871_422 if year == 2023 else 40_102_815,
        public_float=9873 if year == 2023 else 12_406,
    )


def filings() -> list[Filing]:
    """Two annual reports and the second quarter between them."""
    return [annual(2023), annual(2024), bdqm_quarter.quarter(CO)]
