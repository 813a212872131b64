"""The first-quarter report of Zephquill Hydrokinetic Technologies, Inc. (invented)."""

from __future__ import annotations

from .filing import Filing
from .ixbrl import Company
from .zqht_notes import BALANCE, CASH_ROWS, INCOME_ROWS

STATEMENTS = (
    """
# Condensed Consolidated Statements of Operations (Unaudited)

c: (in thousands, except per share data)

%T c p
"""
    + INCOME_ROWS.strip()
    + "\n\n#! "
    + BALANCE.strip()
    .removeprefix("# ")
    .replace("Consolidated Balance Sheets", "Condensed Consolidated Balance Sheets (Unaudited)")
    + """

#! Condensed Consolidated Statements of Cash Flows (Unaudited)

c: (in thousands)

%T c p
"""
    + CASH_ROWS.strip()
    + """

#! Notes to Condensed Consolidated Financial Statements (Unaudited)

%N basis; Basis of Presentation; OrganizationConsolidationAndPresentationOfFinancialStatementsDisclosureTextBlock

The condensed statements follow the rules for interim reports and leave out disclosures repeated in the Annual Report
for 2023. In management's opinion they contain all normal recurring adjustments. The first quarter is usually our
weakest, because winter weather leaves fewer slack windows in which a crawler can work, and its results are no guide to
the year.

%N rev; Revenue; RevenueFromContractWithCustomerTextBlock

%T c p
United States | rev.us
United Kingdom | rev.uk
Canada | rev.canada
Other countries | rev.other
[T]Total revenue | rev

Remaining performance obligations were {rpo} at {end}, of which about 63% should be recognized within twelve months.
Revenue of the quarter includes $8.9 million that was in contract liabilities at the beginning of the year.

%N seg; Segments; SegmentReportingDisclosureTextBlock

%G Generation Systems | Robotic Services | Unallocated | Total; top=Three Months Ended March 31, 2024
Revenue | rev.gen | rev.rob | — | rev
[T]Operating profit (loss) | seg_gen | seg_rob | seg_corp | opinc

%G Generation Systems | Robotic Services | Unallocated | Total; top=Three Months Ended March 31, 2023
Revenue | rev.gen@p | rev.rob@p | — | rev@p
[T]Operating profit (loss) | seg_gen@p | seg_rob@p | seg_corp@p | opinc@p

%N inv; Inventories; InventoryDisclosureTextBlock

%T i ip
Raw materials and components | inv_raw
Work in process | inv_wip
Finished nacelles and spares | inv_fg
[T]Total inventories | inv

%N war; Warranty; ProductWarrantyDisclosureTextBlock

%T c p
Balance at beginning of period | war<
Provisions | war_prov
[n]Settlements | war_paid
[T]Balance at end of period | war

Settlements of the first quarter of 2024 include $0.9 million for the blade-root campaign; 58 of 132 blades had been
inspected by March 31, 2024 and 21 of them replaced.

%N debt; Debt; DebtDisclosureTextBlock

The term loan with Harbor Ledger Bank had {debt} outstanding at {end}, at a rate of 8.92%. The Company was in compliance
with its covenants, including the requirement to hold $25.0 million of unrestricted cash.

%N eps; Net Loss per Share; EarningsPerShareTextBlock

Because the Company had a loss in both periods, awards for {anti} shares ({anti@p} in the first quarter of 2023) were left
out of diluted loss per share.

%N sub; Subsequent Events; SubsequentEventsTextBlock

On May 7, 2024 the Company bought Kelpline Sensing Ltd. for $9.2 million in cash, financed by a draw of $10.0 million on
its term loan. The initial accounting is not complete.

%END
"""
)

MDNA = """
## Overview

The quarter brought higher sales, a smaller loss and the last of the winter retrievals under the blade-root campaign. We
commissioned four turbines, all of them Undertow 1500 machines at Cormorant Sound, compared with four Undertow 900
machines in the first quarter of 2023.

## Results of operations

c: (in thousands)

%T c p $ %; notag
Turbine hardware | rev.hw
Installation and service | rev.sv
Slackwater subscriptions | rev.sub
[t]Total revenue | rev
Gross profit | gross
Gross margin | gross/rev%
Research and development | rd
Selling, general and administrative | sga
[t]Operating loss | opinc
[T]Net loss | ni

Revenue {rev^} to {rev}. Hardware revenue {rev.hw^} on the richer mix. Service revenue {rev.sv^} because two new crawlers,
Limpets No. 7 and No. 8, began work in February and were rented for nineteen days to a Scottish cable owner. Subscription
revenue {rev.sub^} with the number of turbines connected.

Gross margin rose to {gross/rev%} from {gross@p/rev@p%}, as the pitch-assembly cell in Port Merrow cut the hours for one
nacelle from 1,140 to 905. Research and development expense {rd^}, with lower cost sharing from the Department of Energy
({rd.grant}, against {rd.grant@p}) as the umbilical project closed. Selling, general and administrative expense {sga^},
including $0.9 million for the preparation of the Moondrift trial.

## Liquidity and capital resources

Cash and cash equivalents were {cash} at {end}, compared with {cash@p} at {end@ip}. Operating activities provided {cfo}.
Capital expenditures were {capex}, two thirds of them the final payments for the new crawlers. We repaid {repay} of the
term loan. In the second quarter we expect a first payment of $7.5 million from a new Canadian customer whose order is
conditional on provincial approval.

## Critical accounting estimates

There was no material change in our critical accounting estimates from those described in the Annual Report for 2023.
"""

PART_ONE = [
    ("1", "Financial Statements", STATEMENTS),
    ("2", "Management's Discussion and Analysis of Financial Condition and Results of Operations", MDNA),
    (
        "3",
        "Quantitative and Qualitative Disclosures About Market Risk",
        """
There was no material change in market risk since year-end. A ten percent strengthening of the dollar against the
pound, the Canadian dollar and the krona would have increased the operating loss of the quarter by about $0.4 million.
""",
    ),
    (
        "4",
        "Controls and Procedures",
        """
Our Chief Executive Officer and Chief Financial Officer concluded that disclosure controls and procedures were
effective at {end}. During the quarter we moved payroll of the Scottish subsidiary to a new provider; no other change
materially affected internal control over financial reporting.
""",
    ),
]

PART_TWO = [
    (
        "1",
        "Legal Proceedings",
        """
In the Moondrift patent case the court denied both parties' motions for summary judgment on March 18, 2024, and the trial
remains set for September 2024. The claim of the salmon farm near Gullhaven was settled on March 27, 2024 for C$1.1
million; we paid the deductible of C$250,000 and our insurer the rest.
""",
    ),
    (
        "1A",
        "Risk Factors",
        """
The risk factors in the Annual Report for 2023 are unchanged, except for the following.

### The owner of the Skerry Roost array may cancel its order.

On April 11, 2024 the lead lender of Skerry Roost informed the owner that it would not extend its commitment beyond June.
We hold four finished nacelles for the project, carried at $9.1 million, and a deposit of $3.1 million. If the order is
canceled we would have to find another buyer, possibly at a lower price and after changes to the pitch settings.
""",
    ),
    ("2", "Unregistered Sales of Equity Securities and Use of Proceeds", "None."),
    (
        "5",
        "Other Information",
        """
No director or officer adopted or ended a Rule 10b5-1 trading arrangement during the quarter.
""",
    ),
    (
        "6",
        "Exhibits",
        """
%G Exhibit | Description
10.16 | Fourth amendment to the credit agreement with Harbor Ledger Bank
31.1 | Certification of the Chief Executive Officer
31.2 | Certification of the Chief Financial Officer
32.1 | Certifications under Section 1350
""",
    ),
    (
        "",
        "SIGNATURES",
        """
Pursuant to the requirements of the Securities Exchange Act of 1934, the registrant has duly caused this report to be
signed on its behalf by the undersigned, thereunto duly authorized.

%G Signature | Title | Date
/s/ Lucan Dreyfors | Chief Financial Officer | May 9, 2024
""",
    ),
]


def quarter(co: Company) -> Filing:
    """The 10-Q for the quarter ended March 31, 2024."""
    top = "Three Months Ended March 31,"
    return Filing(
        co=co,
        form="10-Q",
        fy=2024,
        focus="Q1",
        variant=1,
        parts=[("PART I. FINANCIAL INFORMATION", PART_ONE), ("PART II. OTHER INFORMATION", PART_TWO)],
        alias={"c": "2024Q1", "p": "2023Q1", "i": "2024Q1", "ip": "2023"},
        heads={
            "c": (top, "2024"),
            "p": (top, "2023"),
            "i": ("", "March 31,/ 2024"),
            "ip": ("", "December 31,/ 2023"),
        },
        cover_date="2024-05-03",
        shares=42_861_540,
    )
