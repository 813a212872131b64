"""The Items of a 10-K in their parts, the same for every company; the texts are each company's own."""

from __future__ import annotations

from collections.abc import Mapping

OWNERS = "Security Ownership of Certain Beneficial Owners and Management"
PARTS = {
    "PART I": {
        "1": "Business",
        "1A": "Risk Factors",
        "1B": "Unresolved Staff Comments",
        "1C": "Cybersecurity",
        "2": "Properties",
        "3": "Legal Proceedings",
        "4": "Mine Safety Disclosures",
    },
    "PART II": {
        "5": "Market for Registrant's Common Equity, Related Stockholder Matters and Issuer Purchases of Equity "
        "Securities",
        "6": "[Reserved]",
        "7": "Management's Discussion and Analysis of Financial Condition and Results of Operations",
        "7A": "Quantitative and Qualitative Disclosures About Market Risk",
        "8": "Financial Statements and Supplementary Data",
        "9": "Changes in and Disagreements with Accountants on Accounting and Financial Disclosure",
        "9A": "Controls and Procedures",
        "9B": "Other Information",
        "9C": "Disclosure Regarding Foreign Jurisdictions that Prevent Inspections",
    },
    "PART III": {
        "10": "Directors, Executive Officers and Corporate Governance",
        "11": "Executive Compensation",
        "12": f"{OWNERS} and Related Stockholder Matters",
        "13": "Certain Relationships and Related Transactions, and Director Independence",
        "14": "Principal Accountant Fees and Services",
    },
    "PART IV": {
        "15": "Exhibits and Financial Statement Schedules",
        "16": "Form 10-K Summary",
        "": "SIGNATURES",
    },
}
BY_REFERENCE = ("10", "11", "12", "13", "14")  # all answered from the proxy statement


def parts(
    texts: Mapping[str, str], titles: Mapping[str, str] | None = None
) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """(part, [(Item number, title, text)]); `texts["proxy"]` stands for Items 10 to 14, "" signs.

    Items 9 and 16 are "None." unless given; `titles` replaces some.
    """
    given = {"9": "None.", "16": "None."} | dict.fromkeys(BY_REFERENCE, texts["proxy"]) | dict(texts)
    return [
        (part, [(item, (titles or {}).get(item, title), given[item]) for item, title in items.items()])
        for part, items in PARTS.items()
    ]
