"""Text of Zephquill Hydrokinetic Technologies, Inc. (invented): tidal turbines set by robots."""

from __future__ import annotations

from . import zqht_notes, zqht_quarter
from .filing import Filing
from .form10k import OWNERS, parts
from .ixbrl import Company, Style
from .zqht_figures import CONCEPTS, DATES, MEMBERS, model

CO = Company(
    name="Zephquill Hydrokinetic Technologies, Inc.",
    ticker="ZQHT",
    cik="0009917201",
    exchange="The Nasdaq Stock Market LLC",
    exchange_code="NASDAQ",
    state="Delaware",
    ein="00-9917201",
    street="14 Slipway Lane",
    city="Port Merrow",
    state_code="Maine",
    zip="04999",
    area="207",
    phone="555-0142",
    par="Common Stock, $0.001 par value",
    year_end="--12-31",
    scale=3,
    dec=0,
    model=model(),
    concepts=CONCEPTS,
    members=MEMBERS,
    dates=DATES,
    style=Style(header="toc", footer="page", item="plain"),
)

BUSINESS = """
This Annual Report contains forward-looking statements, including statements about order timing, the cost of the
blade-root campaign, permitting at Fundlow Passage and our access to tax-equity investors. Words such as "expect",
"plan" and "should" identify them. Actual results may differ for the reasons given in Item 1A, and we undertake no
duty to update any statement after the date of this report.

## Overview

Zephquill designs, builds, installs and looks after turbines that make electricity from tidal streams. What sets us
apart is not the rotor but the way it reaches the seabed: our tracked robot, the Limpet, carries a nacelle down a
slipway, crawls along the bottom and docks it on its foundation during a single slack tide. No jack-up vessel is
hired and no diver enters the water. We were founded in 2011 by two former ferry engineers in Port Merrow, Maine, and
became a public company in 2019. By {end} we had commissioned {n_turb} turbines at eleven sites in four countries.

We report two segments. Generation Systems sells turbines and foundations and commissions them. Robotic Services
installs, inspects, cleans and retrieves submerged equipment, for our own turbines and increasingly for owners of
cables, fish-farm moorings and outfalls, and sells Slackwater software subscriptions.

## Products

### Undertow turbines

The Undertow 900 is a three-bladed, seabed-mounted machine rated at 0.9 megawatts in a stream of 2.6 meters per
second. It has been in series production since 2018 and accounts for most of the installed fleet. The Undertow 1500,
rated at 1.5 megawatts, adds a pitch mechanism that lets the blades reverse at the turn of the tide instead of
turning the whole nacelle. <<The first three Undertow 1500 units entered the water at Cormorant Sound in September
2023 and had run for a combined 4,900 hours by year-end.|By the end of 2024 we had installed nineteen Undertow 1500
units, and the type made up 58% of hardware revenue for the year, against 21% in 2023.>> Both machines are
designed for a service life of twenty-five years with one nacelle retrieval every five years.

### Limpet crawlers

A Limpet weighs 38 tons in air, runs on two rubber-padded tracks and is powered and steered through a 1.4-kilometer
umbilical from a small workboat. It can place a nacelle to within four centimeters of its docking cone in a current
of up to 1.1 meters per second. We own <<six|eight>> Limpets and do not sell them; we consider the machine, and the
data from more than <<1,300|1,900>> docking runs, to be our most important trade secret.

### Slackwater subscriptions

Slackwater forecasts the length and depth of slack water at a given foundation up to ten days ahead, and watches
vibration, bearing temperature and seal pressure in each nacelle. Customers pay per turbine per month, usually under
five-year agreements with a 92-day notice period. <<At year-end 61 third-party devices were connected in addition to
our own turbines.|Following the purchase of Kelpline Sensing in May 2024, the service also reads fibre-optic strain
gauges in export cables, and 148 third-party devices were connected at year-end.>>

## Customers and backlog

Our customers are municipal and cooperative utilities, island power authorities and independent developers. Two of
them were larger than 10% of revenue: Cormorant Sound Utility District ({pct_cust1} of revenue) and Pentarrow Energy
({pct_cust2}). We had remaining performance obligations of {rpo} at {end}, compared with {rpo@p} a year earlier.
<<The largest single order was the second phase of the Cormorant Sound array, sixteen Undertow 1500 machines for
delivery through the middle of 2025.|The largest single order is Fundlow Passage in New Brunswick: twenty-eight
Undertow 1500 turbines, or 42 megawatts, signed in August 2024 with delivery from late 2025 to 2027.>>

## Manufacturing and supply

Nacelles are assembled in Port Merrow. Blades are laid up at our Gullhaven plant in Nova Scotia from carbon and glass
prepreg. Foundations are fabricated by steel yards near each site. We buy main bearings from a single Swedish
supplier and permanent-magnet rotors from two sources in Japan and Estonia; lead times for bearings were
<<forty-four|thirty-one>> weeks at the end of {fy}. <<In July 2023 ultrasonic testing found voids in the adhesive at
the root of blades made between November 2021 and February 2023, and we began what we call the blade-root campaign: the
inspection of 132 blades and the replacement of those found defective.|The blade-root campaign begun in 2023 was
completed in October 2024; of 132 blades inspected, 47 were replaced and 85 were returned to service.>>

## Competition

We compete with developers of floating tidal platforms, with makers of ducted turbines, and, for capital, with wind
and battery projects. Our principal direct rival is Moondrift Marine Ltd., whose moored platform can be towed home
for repair. Customers choose on the levelized cost of energy, on the evidence of availability, and on who carries
the risk of installation weather. Fleet availability was <<93.1%|95.4%>> in {fy}.

## Intellectual property

We held <<64|77>> issued patents and <<38|35>> pending applications at {end}. The patents on the docking cone expire
in 2033 and those on the reversing pitch seal in 2037. We rely on trade secrets for crawler control software.

## Government regulation and incentives

A tidal array in United States waters needs a pilot or full license from the Federal Energy Regulatory Commission, a
seabed lease from the state or federal government, and consultation on marine mammals. Arrays in Scotland compete for
fifteen-year contracts for difference in annual auctions. <<Our customers' projects generally claim the 30% investment
tax credit, and two of them expect the ten-point adder for domestic content.|From 2025 our customers' projects move to
the technology-neutral investment credit; four of the five projects in our United States backlog expect to qualify for
the domestic-content adder.>> We also receive cost-shared research funding from the Department of Energy, recorded as a
reduction of research and development expense ({rd.grant} in {fy}).

## Human capital

We had {n_emp} employees at {end}, of whom <<188|214>> worked in manufacturing, <<121|139>> at sea or on the quays and
<<97|108>> in engineering. None of our United States employees is represented by a union; 41 blade workers in Gullhaven
are members of a local of the Atlantic Composite Trades. Recordable injuries were <<1.9|1.4>> per 200,000 hours.
Voluntary turnover was <<11%|8%>>. Every crawler pilot completes a nine-month program on our simulator.
"""

RISKS = """
You should consider the following risks together with the other information in this report. Any of them could harm
our business, results, cash flow or share price.

## Risks related to our business

### A small number of customers accounts for much of our revenue, and their projects can slip.

Cormorant Sound Utility District and Pentarrow Energy together provided <<41.0%|41.0%>> of our revenue in {fy}. Orders
are few and large, and the date on which a customer closes its own financing determines when we may invoice. A
delay of one quarter at a single array can move tens of millions of dollars of revenue from one fiscal year to the
next. <<In 2023 the financing of the Skerry Roost array, for which we had built four nacelles, was postponed by seven
months.|In 2024 the owner of the Skerry Roost array canceled its order after a lender withdrew; we kept a deposit of
$3.1 million and resold the four finished nacelles to Pentarrow.>>

### Defects in blades, seals or bearings could be costly and could affect many turbines at once.

Our machines stand in salt water at depths of 25 to 60 meters, where a fault that would be trivial on land requires a
retrieval. Because a design is repeated across the fleet, one defect can appear in dozens of units. <<The blade-root
campaign led us to add $5.2 million to the warranty accrual in 2023, and the cost may rise if more than the assumed
40% of the blades inspected must be replaced.|The blade-root campaign consumed $4.1 million of the warranty accrual in
2024. Although it is complete, we have agreed to extend the blade warranty of the affected turbines to 2031, and a new
pattern of defects would again require a large provision.>>

### We have a history of losses and may not remain profitable.

<<We have incurred a net loss in every year since our founding, including {ni} in 2023, and had an accumulated deficit
of {re} at year-end. We may never become profitable.|Fiscal 2024, with net income of {ni}, was the first profitable
year in our history, and about one third of operating income came from the resale of canceled Skerry Roost units. We
had an accumulated deficit of {re} at year-end and may return to losses.>>

### Our crawlers may be lost, damaged or delayed by weather.

Slack tide at a typical site lasts 18 to 40 minutes. If a Limpet is not on its cone within that time, the attempt must
be abandoned until the next suitable neap tide, which may be two weeks away. <<On March 9, 2023 Limpet No. 4 overturned
on a boulder field off Strathskerry and lay on the bottom for nineteen days; its recovery cost $1.3 million after
insurance.|In November 2024 three successive storms kept all crawlers ashore at Gullhaven for twenty-three days, and we
paid $0.9 million of liquidated damages to one customer.>> We insure each crawler for $4.5 million but carry no cover
for lost slack windows.

### We depend on a single supplier of main bearings.

No second supplier has been qualified for the 1.8-meter main bearing of the Undertow 1500, and qualification takes
about fourteen months. A fire, strike or insolvency at the supplier in Sweden could stop nacelle assembly once our
stock, about <<nine|sixteen>> weeks of production, had been used.

### We may be unable to integrate acquired businesses.

<<We have never completed an acquisition. We look from time to time at makers of sensors and subsea cables, and any
purchase could divert management and prove more expensive than expected.|We bought Kelpline Sensing for {acq} in May
2024. Two of its seven engineers have since left, its ledger has not yet been moved to our system, and the strain-gauge
product has been sold to only three customers so far.>>

## Risks related to regulation and incentives

### Changes in tax credits or auctions could make our customers' projects uneconomic.

At current costs, no tidal array that we know of would be built without public support. A reduction of the investment
tax credit, a lower ring-fenced budget for tidal stream in the Scottish auction, or a narrow reading of the
domestic-content rules would reduce demand. <<Guidance on domestic content issued in May 2023 left open whether a
robotic crawler counts as construction equipment.|The Nova Scotia feed-in rate, which supported 22% of our {fy} revenue,
closes to new applicants in June 2026.>>

### Permits can be delayed or refused because of effects on marine life.

Porpoise and salmon monitoring is a condition of nearly all our sites. A single documented collision could lead
regulators to halt a rotor or a whole array. At Cormorant Sound the license requires the rotors to stop when sonar
detects an animal of more than one meter within 80 meters, which reduced output by <<2.2%|1.7%>> in {fy}.

## Risks related to information systems and intellectual property

### A cyber attack could disable turbines or reveal crawler software.

Turbines and crawlers are controlled through networks that reach from the seabed to a public cloud. <<In October 2023
the credentials of a contractor were used to sign in to a file server that held drawings of older foundations; we
detected the access after six hours and do not believe that any pitch-seal data was taken.|We had no material incident
in 2024. In one attempt, in February 2024, false slack-water forecasts were sent to a Pentarrow control room by an
address imitating ours; the operator called us before acting.>>

### We are in litigation over the pitch-seal patent, and may lose.

If a court held our patent on the reversing pitch seal invalid, Moondrift and others could copy the feature that
allows the Undertow 1500 to run without a yaw bearing. See Item 3.

## Risks related to our finances and shares

### Our credit agreement restricts us, and we may need more capital.

The agreement with Harbor Ledger Bank requires a minimum of $25.0 million of unrestricted cash and a ratio of
<<debt to equity of no more than 0.60|debt to trailing EBITDA of no more than 3.25>>. Large arrays need working capital
for foundations before milestone payments arrive. <<We sold 3.0 million shares in June 2023, which diluted existing
holders by 7%, and may sell more.|We filed a shelf registration for up to $75.0 million in October 2024 and have sold
nothing under it.>>

### Movements of the pound, the Canadian dollar and the Swedish krona affect our margins.

About <<56%|58%>> of revenue is earned outside the United States, while most nacelle costs are in dollars. We hedge firm
commitments above $2.0 million but not expected orders.
"""

MIDDLE = {
    "1B": "None.",
    "1C": """
Our cybersecurity program follows a recognized national framework and treats three things as critical: the control
network of the crawlers, the Slackwater platform and the library of nacelle drawings. A quarterly assessment ranks
threats by their effect on safety at sea before their effect on money. Crawler control is physically separated from the
office network, and each umbilical session is opened with a hardware key kept by the vessel's master.

<<A managed security provider watches our logs around the clock. In 2023 we ran two table-top exercises, one of which
supposed that a crawler had been locked by ransomware during a docking run.|We brought security monitoring in-house in
April 2024, with a team of five in Port Merrow and an outside provider at night. In September 2024 an independent firm
tried for three weeks to reach the crawler network from the office side and did not succeed.>> Suppliers with remote
access must use our gateway and are reviewed once a year.

The Audit and Technology Committee receives a report each quarter from the Chief Information Security Officer, who has
<<sixteen|seventeen>> years of experience in ship and port systems. During {fy} no cybersecurity incident had, or was
reasonably likely to have, a material effect on our strategy, results or financial condition.
""",
    "2": """
Our principal properties at {end} were as follows:

%G Location | Use | Square feet | Held
Port Merrow, Maine | Head office and nacelle assembly | 212,000 | Leased to 2034
Gullhaven, Nova Scotia | Blade plant and test tank | 96,000 | Owned
Strathskerry, Scotland | Service quay and crawler store | 41,500 | Leased to <<2027|2032>>
<<Quillport, Massachusetts|Bristleby, England>> | <<Dry test yard, closed December 2023|Kelpline laboratory>> | <<28,000|6,400>> | <<Sublet|Leased to 2027>>

<<The Gullhaven plant ran at about 71% of its blade capacity in 2023.|The Gullhaven plant ran at about 88% of its blade
capacity in 2024, and we are adding a second autoclave, due in the third quarter of 2025, at a cost of $6.8 million.>>
We believe that our properties are suitable for present needs.
""",
    "3": """
<<On February 14, 2023 we sued Moondrift Marine Ltd. in the United States District Court for the District of Maine,
alleging that its M-7 platform infringes three claims of our patent on the reversing pitch seal. Moondrift denies
infringement and asks that the patent be held invalid. Claim construction took place in November 2023, and trial is set
for September 2024. We have expensed all legal costs, which were $2.7 million in 2023.|Our suit against Moondrift Marine
Ltd. over the reversing pitch seal was tried before a jury in the District of Maine in September 2024. The jury found two
of three claims infringed and awarded us $6.4 million. Moondrift has appealed, and because the gain is contingent we
have recorded no income from the award. Legal costs of the case were $3.3 million in 2024.>>

<<In June 2023 the workboat Sable Tern, chartered to us, touched a salmon pen near Gullhaven. The farm's owner claims
C$2.4 million for escaped fish. The claim is insured above a deductible of C$250,000.|The claim of a salmon farm near
Gullhaven arising from the June 2023 contact of the chartered workboat Sable Tern was settled in March 2024 for C$1.1
million, of which our share was the deductible of C$250,000.>> We are party to other matters in the ordinary course that
we do not expect to be material.
""",
    "4": "Not applicable.",
    "5": """
Our common stock trades on The Nasdaq Stock Market under the symbol ZQHT. At <<February 16, 2024|February 14, 2025>>
there were <<212|198>> holders of record. We have never paid a dividend, and our credit agreement forbids one while any
term loan is outstanding. <<On June 12, 2023 we sold 3,000,000 shares in a registered direct offering at $8.65 per share
for net proceeds of {stk}, used for crawlers No. 5 and No. 6 and for working capital.|We sold no unregistered securities
in 2024 and bought back no shares.>> No performance graph is required of a smaller reporting company.
""",
    "6": "",
}

MDNA = """
The following discussion should be read with the consolidated financial statements in Item 8. All amounts are in
thousands of dollars in the tables and rounded to the nearest hundred thousand dollars in the text.

## Results of operations

c: (in thousands, except percentages)

%T c p $ %; notag
Revenue:
  Turbine hardware | rev.hw
  Installation and service | rev.sv
  Slackwater subscriptions | rev.sub
[t]Total revenue | rev
Cost of revenue | cogs
[t]Gross profit | gross
Gross margin | gross/rev%
Research and development | rd
Selling, general and administrative | sga
Restructuring | rest
[t]Operating income (loss) | opinc
[T]Net income (loss) | ni

### Revenue

Revenue {rev^} to {rev}. Hardware revenue {rev.hw^}, <<reflecting twenty-one turbines commissioned against seventeen in
2022 and the first sales of the higher-priced Undertow 1500; the postponement of Skerry Roost held back about $9 million
that we had expected to recognize|as twenty-five turbines were commissioned against twenty-one in 2023 and two thirds of
them were the larger Undertow 1500. Hardware revenue includes $11.6 million for the four Skerry Roost nacelles resold to
Pentarrow>>. Installation and service revenue {rev.sv^} because <<the crawlers worked 611 slack windows, 96 more than in
2022|the two crawlers added at the start of the year raised the number of slack windows worked to 804 from 611, and
third-party mooring inspections more than doubled>>. Subscriptions {rev.sub^}; <<of the increase, $2.9 million came from
turbines commissioned during 2022 that paid for a full year|of the increase, $3.4 million came from Kelpline customers
after May 2024 and the rest from turbines newly connected>>.

### Gross profit

Gross margin was {gross/rev%} of revenue, compared with {gross@p/rev@p%} in {fy-1}. Hardware margin was
{gross.hw/rev.hw%}, against {gross.hw@p/rev.hw@p%} a year earlier. <<The decline in hardware margin was caused by the
$5.2 million blade-root provision, without which it would have been about 28.5%.|The recovery reflects the absence of the
blade-root provision, a 6% fall in the price of magnets and fewer hours per nacelle as the Undertow 1500 line
matured.>> Service margin was {gross.sv/rev.sv%} and subscription margin {gross.sub/rev.sub%}.

### Operating expenses

Research and development expense {rd^} to {rd}, net of Department of Energy cost sharing of {rd.grant} ({rd.grant@p} in
{fy-1}). The largest projects were <<the reversing pitch mechanism and a fifth-generation umbilical|an autonomous docking
mode for the Limpet, which completed its first unattended run in August 2024, and a 2.4-megawatt rotor>>. Selling,
general and administrative expense {sga^} to {sga}, mainly because of <<patent litigation and the cost of first-year
compliance with internal-control attestation|trial costs in the Moondrift case, $0.8 million of Kelpline deal costs and
higher bonuses>>.

@23 In the fourth quarter of 2023 we closed the dry test yard at Quillport, Massachusetts and moved its work to the
Gullhaven tank, recording a restructuring charge of {rest}, of which $1.9 million was severance for 34 people and the
rest the write-down of fixtures and the sublet of the yard.

@24 There was no restructuring charge in 2024. The {rest@p} charge of 2023 related to the closure of the Quillport test
yard, and $0.3 million of it remained to be paid at year-end.

### Interest and taxes

Interest expense {intexp^} to {intexp} because <<the delayed-draw term loan of $15.0 million was taken in March 2023 and
the reference rate rose by about one point|average borrowings were higher by $5.4 million, partly offset by a margin
reduction of 35 basis points>>. Interest income was {intinc}. Income tax expense of {tax} consists of state and foreign
taxes<<; no benefit is recorded for domestic losses|; federal income was largely sheltered by loss carryforwards>>.

### Segment results

Operating profit of Generation Systems was {seg_gen}, or {seg_gen/rev.gen%} of its revenue, and that of Robotic
Services {seg_rob}, or {seg_rob/rev.rob%}. <<Robotic Services benefited from a 42-day cable survey for the Strathskerry
island link, billed at day rates.|Robotic Services gained from higher day rates in Scotland, where a competing vessel
left the market in June 2024.>>

## Liquidity and capital resources

Cash and cash equivalents were {cash} at {end}, compared with {cash@p} at the end of {fy-1}.

c: (in thousands)

%T c p; notag
Net cash provided by operating activities | cfo
Net cash used in investing activities | cfi
Net cash provided by (used in) financing activities | cff
[t]Net change in cash and cash equivalents | dcash

Operating activities provided {cfo}, <<helped by customer deposits, which lifted contract liabilities by {defrev+}|an
increase of {cfo+}, as net income replaced a loss and deposits for Fundlow Passage lifted contract liabilities by
{defrev+}>>. Capital expenditures were {capex}, chiefly <<Limpets No. 5 and No. 6 and the pitch-assembly cell in Port
Merrow|Limpets No. 7 and No. 8, a second workboat, and the first payment for the Gullhaven autoclave>>. We expect capital
expenditures of about <<$18 million in 2024|$24 million in 2025>>.

Our term loan with Harbor Ledger Bank had {debt} outstanding at {end}. <<It bears interest at SOFR plus 3.60% and
amortizes quarterly to December 2028.|In May 2024 we drew $10.0 million to pay for Kelpline, and the margin was reset to
SOFR plus 3.25%.>> An undrawn revolving facility of <<$20.0 million|$30.0 million>> supports letters of credit, of which
<<$7.4 million|$12.9 million>> were in issue. We were in compliance with all covenants. We believe that cash, expected
milestone receipts and the facility will cover our needs for at least twelve months.

## Critical accounting estimates

### Revenue over time

Hardware contracts are recognized over time by cost incurred to total expected cost. At year-end, a change of five
percent in the estimated cost to complete all open contracts would have changed {fy} revenue by about
<<$2.6 million|$3.8 million>>. The estimate depends most on the number of slack windows needed per foundation.

### Warranty

We give five years on nacelles and seven on blades. The accrual of {war} at {end} ({war@p} a year earlier) rests on
retrieval rates of past fleets. <<If 60% rather than 40% of the blades in the campaign had to be replaced, the accrual
would rise by $2.4 million.|With the campaign over, the largest assumption is the seal-replacement rate of the Undertow
1500, for which we have only sixteen months of history; doubling it would add $1.9 million.>>

### Deferred tax valuation allowance

Because of cumulative losses we maintain an allowance against most deferred tax assets. <<We do not expect to release it
in the near term.|If the results of 2024 are sustained, it is reasonably possible that part of the allowance will be
released within two years.>>
"""

MARKET = """
Our term loan carries a floating rate; a rise of one percentage point would increase yearly interest by about
<<$0.5 million|$0.5 million>> before hedges. We sell in pounds and Canadian dollars and buy bearings in kronor. A ten
percent strengthening of the dollar against all three would have reduced {fy} operating income by about
<<$1.8 million|$2.3 million>>. At {end} we held forward contracts with a notional amount of <<$14.2 million|$21.7
million>> and a fair value close to nil. We are also exposed to the price of carbon prepreg, which
<<rose by 12%|fell by 4%>> during the year.
"""

CONTROLS = """
Management, with the participation of our Chief Executive Officer and Chief Financial Officer, evaluated our disclosure
controls and procedures at {end} and concluded that they were effective at a reasonable level of assurance. Management
also assessed internal control over financial reporting against the 2013 framework of the Committee of Sponsoring
Organizations and found it effective<<.|; as permitted, the assessment left out Kelpline Sensing, which represented 4% of
total assets.>> <<During the fourth quarter we moved contract cost estimates from spreadsheets to a controlled system; no
other change materially affected our controls.|There was no change in the fourth quarter that materially affected our
internal control.>>
"""

OTHER_INFO = """
<<None of our directors or officers adopted or ended a Rule 10b5-1 trading arrangement in the fourth quarter of
2023.|On November 20, 2024 Odile Farrant-Mbeki, our Chief Technology Officer, adopted a Rule 10b5-1 plan for the sale of up
to 60,000 shares, which ends on February 27, 2026.>>
"""

PROXY = "The information required is incorporated by reference from our proxy statement for the {fy+1} annual meeting."

EXHIBITS = """
The financial statements are listed in the index to Item 8. Schedules are left out because they do not apply.

%G Exhibit | Description
3.1 | Restated certificate of incorporation
10.4 | Credit agreement with Harbor Ledger Bank, as amended
10.9* | 2019 Equity Incentive Plan
10.17 | Turbine supply agreement, <<Cormorant Sound phase two|Fundlow Passage>> (portions redacted)
21.1 | Subsidiaries of the registrant
23.1 | Consent of Harrowgate Lumley LLP
31.1 | Certification of the Chief Executive Officer
31.2 | Certification of the Chief Financial Officer
32.1** | Certifications under Section 1350

i: * Management contract or compensatory plan. ** Furnished, not filed.
"""

SIGNATURES = """
Pursuant to the requirements of Section 13 or 15(d) of the Securities Exchange Act of 1934, the registrant has duly
caused this report to be signed on its behalf by the undersigned, thereunto duly authorized.

%G Signature | Title | Date
/s/ Tamsin Okonjo-Brae | Chief Executive Officer and Director | <<March 1, 2024|February 28, 2025>>
/s/ Lucan Dreyfors | Chief Financial Officer | <<March 1, 2024|February 28, 2025>>
/s/ Perpetua Vance-Holm | Chair of the Board | <<March 1, 2024|February 28, 2025>>
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
        "8": zqht_notes.STATEMENTS + zqht_notes.NOTES,
        "9A": CONTROLS,
        "9B": OTHER_INFO,
        "9C": "Not applicable.",
        "15": EXHIBITS,
        "": SIGNATURES,
        "proxy": PROXY,
    },
    titles={"12": OWNERS},
)


def annual(year: int) -> Filing:
    """The 10-K of a year."""
    now, old = str(year), str(year - 1)
    top, at = "Year Ended December 31,", "December 31,"
    return Filing(
        co=CO,
        form="10-K",
        fy=year,
        focus="FY",
        variant=year - 2023,
        parts=PARTS,
        alias={"c": now, "p": old, "i": now, "ip": old, "mid": f"{year}mid"},
        heads={"c": (top, now), "p": (top, old), "i": (at, now), "ip": (at, old)},
        cover_date="2024-02-16" if year == 2023 else "2025-02-14",
        shares=42_518_306 if year == 2023 else 44_102_977,
        public_float=3214 if year == 2023 else 4876,
    )


def filings() -> list[Filing]:
    """Two annual reports and the quarter between them."""
    return [annual(2023), annual(2024), zqht_quarter.quarter(CO)]
