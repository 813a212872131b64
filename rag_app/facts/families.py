"""Facts whose row is called as another thing is: a deferred tax on it, what has accumulated, its change.

A table of taxes calls a row "Litigation charge", and means the deferred tax of it. Each family has words of
which a question has to have one. Knows no database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag_app.facts.terms import name_words
from rag_app.facts.types import Fact

_FAMILIES = tuple(
    (re.compile(tag), re.compile(rf"%|\b(?:{words})" if share else rf"\b(?:{words})", re.IGNORECASE), what)
    for tag, words, what, share in (
        # what the tag has, what a question says of the family, what it is; whether "%" says it too
        (r"^DeferredTax|^DeferredIncomeTax(?:Liab|Assets)", r"deferred|dtas?\b|dtls?\b", "a deferred tax", 0),
        (r"^Deferred\w*Tax\w*ExpenseBenefit", r"tax(?:es)?\b|provision|benefit", "a deferred tax", 0),
        (
            r"(?<!Before)(?<!After)Accumulated(?:Dep|Amort)",
            r"accumulated|net\b|gross",
            "what has accumulated",
            0,
        ),
        (
            r"^IncreaseDecreaseIn",
            r"chang|increas|decreas|cash|flows?\b|movement|build|working",
            "a change",
            0,
        ),
        (
            r"TaxRateReconciliation\w*(?<!Amount)$",
            r"rate|points?\b|per ?cent|effect|statutory",
            "a part of a tax rate",
            1,
        ),
        (
            r"^(?!\w*BeforeIncomeTaxes)\w*Interest(?!Rate|InSub|Holder|Contract|Income)|UndiscountedExcess",
            "interest|imputed|coupon|borrowing cost|nci",
            "interest",
            0,
        ),
        (
            r"^(?:IncomeTaxes|Interest)Paid",
            r"paid|pays?\b|paying|payments?|cash|outlays?|refund|bill|remit|settled?\b",
            "what was paid",
            0,
        ),
        (
            r"Tax(?:Rate)?Reconciliation",
            r"tax|rate|reconcil|points?\b|effect",
            "what it does to the taxes",
            0,
        ),
        (r"InExcessOf", "excess|under-?funded|exceed", "of the plans that are short of assets only", 0),
        (r"UndiscountedExcess", "imputed|discount|excess", "what the discount takes off", 0),
        (
            r"^CashCash\w*Restricted",
            r"(?<!restricted )cash(?! equivalents)",
            "all cash, restricted or not",
            0,
        ),
        (
            r"PaymentsDue",
            "due|future|undiscounted|payments?|liabilit|obligation|commit|gross|total",
            "what falls due",
            0,
        ),
        (r"^ProceedsFrom(?:Repayments|Payments)", r"net\b|proceeds|and", "proceeds less repayments", 0),
        (
            r"GrantDateFairValue|GrantsInPeriodWeighted",
            r"per\b|average|weighted|each|a share|grant",
            "an amount a share",
            0,
        ),
        (
            r"^ConcentrationRisk",
            "per ?cent|share|portion|proportion|fraction|how much|concentrat|account|part|slice",
            "a share",
            1,
        ),
    )
)
_DONE = re.compile(
    r"\b(?:written[- ](?:off|down|up)|recogni[sz]ed|reali[sz]ed|released|taken|spent|spending|paid|purchas\w+"
    r"|bought|sold|charged|expensed|repaid|received|earned|utili[sz]ed|consumed|added|granted|vested|acquired"
    r"|contribut\w+|incurred|collected|raised|borrowed)\b",
    re.IGNORECASE,
)
_UNITS = re.compile(
    r"(?<!business )(?<!operating )(?<!reporting )(?<!stock )(?<!share )(?<!reportable )\bunits?\b"
    r"(?! of (?:account|measure))|\b(?:subscribers?|shipments|volumes?|headcount|employees)\b",
    re.IGNORECASE,
)
_WORTH = re.compile(r"\b(?:value|worth|dollars?)\b|\$", re.IGNORECASE)
_GROSS = (
    re.compile(r"(?:Equipment|Assets)Gross$"),
    re.compile(r"\b(?:gross|costs?|before|total|original|historical)\b", re.IGNORECASE),
)
_PAID = re.compile(r"\b(?:paid|pays?|paying|received|refund\w*)\b", re.IGNORECASE)


def strange(text: str, concept: str, part: bool = False) -> str:
    """What family a figure, of a `part` or the whole, is of that no word of `text` says; "" for none."""
    local = concept.rpartition(":")[2]
    if local == "IncomeTaxExpenseBenefit" and _PAID.search(text):
        return "the expense, not what was paid"
    if not part and _GROSS[0].search(local) and not _GROSS[1].search(text):
        return "before what was depreciated"
    return next((what for tag, words, what in _FAMILIES if tag.search(local) and not words.search(text)), "")


def strangers(blank: str, facts: Sequence[Fact]) -> Iterator[str]:
    """Why a fact may be of another family than `blank` asks for, a question without names and periods."""
    for fact in facts:
        if what := strange(blank, fact.concept, bool(fact.members)):
            yield f"the figure that is called so is {what}"
        named = f"{fact.label} {fact.section} {name_words(fact.concept)}".lower()
        done = _DONE.search(blank)
        if fact.start is None and done and not _stem(done.group()) <= _stem(named):
            yield f"“{done.group()}” tells of a period, and this is what there was at its end"
        if fact.unit == "USD" and (match := _UNITS.search(blank)) and not _UNITS.search(named):
            yield f"“{match.group()}” are counted, and this is an amount of money"
        if fact.unit == "shares" and _WORTH.search(blank) and not _WORTH.search(named):
            yield "an amount is asked for, and this is a number of shares"


def _stem(text: str) -> frozenset[str]:
    return frozenset(word[:5] for word in re.findall(r"[a-z]+", text.lower()))
