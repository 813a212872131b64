"""The second-quarter report of Brindlemoor Grocers, Inc. (invented)."""

from __future__ import annotations

from .bdqm_notes import BALANCE_ROWS, CASH_ROWS, INCOME_ROWS
from .filing import Filing
from .ixbrl import Company

STATEMENTS = (
    """
# Condensed Consolidated Statements of Earnings (Unaudited)

c: (in millions, except per share data)

%T c p y yp
"""
    + INCOME_ROWS.strip()
    + """

#! Condensed Consolidated Balance Sheets (Unaudited)

c: (in millions)

%T i ip
"""
    + BALANCE_ROWS.strip()
    + """

#! Condensed Consolidated Statements of Cash Flows (Unaudited)

c: (in millions)

%T y yp
"""
    + CASH_ROWS.strip()
    + """

#! Notes to Condensed Consolidated Financial Statements (Unaudited)

%N pol; Basis of Presentation; BasisOfPresentationAndSignificantAccountingPoliciesTextBlock

These statements should be read with the Annual Report on Form 10-K for fiscal 2023. The second quarters and first halves presented had thirteen and
twenty-six weeks. The LIFO charge of an interim period, $1 million in the quarter, is an estimate of the share of the year's charge.

%N rev; Sales; RevenueFromContractWithCustomerTextBlock

%T c p y yp
Fresh and perishable | rev.fresh
Grocery and general merchandise | rev.groc
Pharmacy | rev.rx
Fuel | rev.fuel
[T]Net sales | rev

Own-brand sales were {rev.priv} in the quarter and {rev.priv@y} in the first half.

%N seg; Segment Information; SegmentReportingDisclosureTextBlock

%G Supermarkets | Larder Wholesale | Corporate | Total; top=Thirteen Weeks Ended July 27, 2024
Net sales | rev.sup | rev.whl | — | rev
[T]Operating income (loss) | seg_sup | seg_whl | seg_corp | opinc

%G Supermarkets | Larder Wholesale | Corporate | Total; top=Thirteen Weeks Ended July 29, 2023
Net sales | rev.sup@p | rev.whl@p | — | rev@p
[T]Operating income (loss) | seg_sup@p | seg_whl@p | seg_corp@p | opinc@p

%N rec; Product Recall; UnusualOrInfrequentItemsDisclosureTextBlock

On July 19, 2024, eight days before the end of the quarter, the Company recalled cut melon prepared at its Larkspur Junction hub after health officials in three
states linked it to listeria. The Company recorded $3 million in the quarter for destroyed goods, cleaning and its insurance retention. As of the date of this
report thirteen illnesses had been confirmed, and the final cost may be higher. The cutting room reopened on August 14, 2024.

%N debt; Debt; DebtDisclosureTextBlock

%T i ip
4.85% Senior Notes due April 2029 | notes
Term loan | tloan
Revolving credit facility | revolver
[t]  Total debt | debt
[n]Less current maturities | debt_c
[T]  Long-term debt | debt_nc

Availability under the revolving facility was $220 million at {end}.

%N eps; Earnings per Share; EarningsPerShareTextBlock

%T c p y yp
Net earnings | ni
Weighted-average shares, basic (thousands) | sh
Dilutive effect of stock units (thousands) | dil
[t]Weighted-average shares, diluted (thousands) | shd
[$]Diluted earnings per share | epsd

%N con; Contingencies; CommitmentsAndContingenciesDisclosureTextBlock

The settlement with nineteen Iowa counties over opioids became final on April 30, 2024, and $1.2 million was paid in May. On June 21, 2024 the federal court
certified a collective of 588 assistant managers in the overtime case; the Company has asked for review.

%END
"""
)

MDNA = """
## Overview

Second-quarter sales {rev^} to {rev}, and comparable supermarket sales without fuel grew {pct_comp}, the best quarter in six years, because strong grilling
weeks in May were followed by a good Independence Day. An impairment of {imp} for the Quince & Barley store in Ames held operating income to {opinc}, compared with {opinc@p} a year
earlier.

c: (in millions)

%T c p y yp; notag
Net sales | rev
Gross profit | gross
Gross margin | gross/rev%
Operating, general and administrative | sga
Operating income | opinc
[T]Net earnings | ni

## Net sales

Fresh sales {rev.fresh^} in the quarter, with prepared meals up 21%. Grocery sales {rev.groc^}. Pharmacy sales {rev.rx^}, mostly because of the Harrow Valley
pharmacies, which were not ours in the second quarter of fiscal 2023, and of weight-loss injections. Fuel sales {rev.fuel^} on lower prices at the pump. Wholesale
sales {rev.whl^}, since Pruitt's Corner, our largest wholesale account, placed its last order on May 17, 2024. In the first half total sales rose to {rev@y} from {rev@yp}.

## Gross profit and expenses

Gross margin was {gross/rev%} in the quarter ({gross@p/rev@p%} a year ago). Limiting self-checkout to ten items in 38 stores reduced shrink by about 25 basis points there;
the recall took 14 basis points away. Operating, general and administrative expenses {sga^} because of the wage agreement at Coldwater Flats and the staffing of Harrow
Valley. Interest expense rose to {intexp} from {intexp@p}.

## Liquidity

Operating activities provided {cfo@y} in the first half, compared with {cfo@yp}. Capital expenditures were {capex@y}, including $15 million for the automation of Coldwater Flats,
where the first pallet crane was being tested at the end of the quarter. We bought shares for {buyback@y} and paid dividends of {div@y}. Total debt was {debt} at {end}.

## Critical accounting estimates

At {end} six stores, with a carrying amount of $22 million, had expected cash flows less than 20% above it. The goodwill of Larder Wholesale was tested after the loss of
Pruitt's Corner; its fair value exceeded the carrying amount by 14%.
"""

PART_ONE = [
    ("1", "Financial Statements", STATEMENTS),
    ("2", "Management's Discussion and Analysis of Financial Condition and Results of Operations", MDNA),
    (
        "3",
        "Quantitative and Qualitative Disclosures About Market Risk",
        """
In May 2024 we fixed the price of a further 15% of our diesel needs for the rest of fiscal 2024 at $3.52 a gallon. Otherwise our market risk has not changed materially since
January 27, 2024.
""",
    ),
    (
        "4",
        "Controls and Procedures",
        """
Disclosure controls and procedures were effective at {end}. The stock ledger of the Harrow Valley pharmacies was moved to our own system in June 2024; there was no other change
that materially affected internal control over financial reporting.
""",
    ),
]

PART_TWO = [
    (
        "1",
        "Legal Proceedings",
        """
See Note {note:con}. In addition, four claims arising from the melon recall had been received by August 30, 2024, one of them in the name of a minor in Council Bluffs. Our
insurer has been notified.
""",
    ),
    (
        "1A",
        "Risk Factors",
        """
There is one addition to the risk factors of the Annual Report for fiscal 2023.

### The melon recall may have lasting effects.

Health authorities have not yet named the farm or the machine from which the listeria came. If the source is found in our cutting room, we may have to rebuild it, at a cost
of about $8 million, and buy prepared fruit from others in the meantime at a lower margin. Sales of cut fruit in the four weeks after the recall were 37% below those of the
same weeks of last year.
""",
    ),
    (
        "2",
        "Unregistered Sales of Equity Securities and Use of Proceeds",
        """
%G Shares purchased | Average price paid | Approximate dollars left (millions)
April 28 to May 25, 2024 | 118,600 | $30.44 | $52
May 26 to June 22, 2024 | 131,000 | $31.17 | $48
June 23 to July 27, 2024 | 149,800 | $32.60 | $43
""",
    ),
    (
        "5",
        "Other Information",
        """
On June 12, 2024 Jocasta Brindle, Chair of the Board, adopted a Rule 10b5-1 plan under which a family trust may sell up to 120,000 shares before June 30, 2025.
""",
    ),
    (
        "6",
        "Exhibits",
        """
%G Exhibit No. | Description
10(m) | Severance agreement with the Executive Vice President of Merchandising
31(a) | Certification of the Chief Executive Officer
31(b) | Certification of the Chief Financial Officer
32 | Certification under Section 906
""",
    ),
    (
        "",
        "SIGNATURES",
        """
Pursuant to the requirements of the Securities Exchange Act of 1934, the registrant has duly caused this report to be signed on its behalf by the undersigned, thereunto duly
authorized.

%G Name | Title | Date
/s/ Winifred Santangelo-Roe | Chief Financial Officer | September 4, 2024
""",
    ),
]


def quarter(co: Company) -> Filing:
    """The 10-Q for the quarter ended July 27, 2024."""
    q, h = "Thirteen Weeks Ended", "Twenty-Six Weeks Ended"
    new, old = "July 27,/ 2024", "July 29,/ 2023"
    return Filing(
        co=co,
        form="10-Q",
        fy=2024,
        focus="Q2",
        variant=1,
        fy_word="Fiscal ",
        parts=[("PART I - FINANCIAL INFORMATION", PART_ONE), ("PART II - OTHER INFORMATION", PART_TWO)],
        alias={"c": "2024Q2", "p": "2023Q2", "y": "2024H1", "yp": "2023H1", "i": "2024H1", "ip": "2023"},
        heads={
            "c": (q, new),
            "p": (q, old),
            "y": (h, new),
            "yp": (h, old),
            "i": ("", new),
            "ip": ("", "January 27,/ 2024"),
        },
        cover_date="2024-08-30",
        shares=40_388_190,
    )
