"""What goes without saying of a figure: words that tell its kind and not which one it is.

"cash repayments of term debt", "the commercial paper outstanding", "a tax charge or benefit": nothing of that
picks another figure, as long as no other figure of the company is called so. Knows no question.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rag_app.facts.terms import WEAK, concept_words, terms_of

_KINDS: tuple[tuple[str, str], ...] = (
    # of concepts like this, these words say nothing
    (
        r"^(?:Payments|Repayments|Purchase|PaymentFor|Restricted\w*Payment)|Paid(?:Net)?$",
        "cash outlay outflow payment paid spending payout pay principal disbursement use used",
    ),
    (r"^Proceeds", "cash inflow raised received raise proceed"),
    (r"^NetCash", "cash net flow generated used provided inflow outflow activity"),
    (r"^(?:Payments|Proceeds).*Securit|^Payments\w*Investments", "investment"),
    (
        r"Expense|Cost|Amortization|Depreciation|Compensation|Impairment|Charges|Provision|Restructuring",
        "expense cost charge amount",
    ),
    (
        r"Liabilit|Payable|Obligation|Debt(?!\w*Securit)|CommercialPaper",
        "liability obligation outstanding borrowing",
    ),
    (r"Investment|Securities", "holding"),
    (r"Federal", "us"),
    (r"FairValue|Severance", "estimated estimate"),
    (r"Notional", "gross"),
    (r"^UnrecognizedTaxBenefits", "gross uncertain position"),
    (r"^AccountsReceivable", "customer owed"),
    (
        r"PurchaseObligation|Commitment|ContractualObligation|LeaseNotYetCommenced",
        "commitment committed obligation",
    ),
    (r"InventoryWriteDown", "provision"),
    (r"EquityInstrumentsOtherThanOptions|NonOptionEquityInstruments", "unit award"),
    (r"TaxRateReconciliation|TaxReconciliation", "rate reconciliation tax effective"),
    (r"(?:StockShares|StockRepurchased|RepurchaseOf)\w*", "own"),
    (r"AccumulatedDepreciation", "ppe property plant equipment"),
    (r"^(?:IncomeTaxes|Interest)Paid", "cash"),
    (r"Tax\w*ExpenseBenefit", "incometax tax income provision benefit expense charge"),
    (r"^(?:NetIncomeLoss|StockholdersEquity)$", "parent holder attributable shareowner stock common"),
    (r"Lease\w*(?:Rate|Term)", "liability obligation"),
    (r"OutstandingNumber|NonvestedNumber", "unvested nonvested outstanding"),
    (r"InterestRate", "effective"),
    (r"DefinedBenefit", "pension plan"),
    (r"PaymentsDue$", "undiscounted future minimum commitment"),
    (r"Reserve|Accru|Provision", "accrual accrued reserve liability provision"),
    (r"^AccountsPayable", "supplier vendor trade owed"),
    (r"^(?:LongTermDebt|DebtInstrument|SeniorNotes|NotesPayable)", "note bond senior"),
)
_RATE = frozenset("% percent percentage point share portion proportion fraction".split())
_TAX_RATE = _RATE | frozenset(
    "etr effective rate tax reconciliation effect impact contribute contribution push raise lower reduce move"
    " shift raised lowered reduced pushed moved shifted added add incometax income drag benefit".split()
)
_PLACED: tuple[tuple[str, str], ...] = (
    (
        r"Geograph",
        "country region market geography located location attributed billed bill billing based customer",
    ),
    (r"ProductOrService", "product service line category"),
    (r"Segments?Axis", "segment business division reportable operating allocated assigned attached"),
    (r"MajorCustomers", "customer account"),
)
"""By the axis of a member."""
_AXES = tuple((re.compile(pattern), frozenset(words.split())) for pattern, words in _PLACED)
_NATURES = tuple((re.compile(pattern), frozenset(words.split())) for pattern, words in _KINDS)
_UNSAID = tuple(
    (re.compile(pattern), frozenset(over.split()), frozenset(said.split()))
    for pattern, over, said in (
        (r"InterestRate", "interest", "rate"),
        (r"^ShortTermDebt", "current debt", "commercial paper"),
        (r"^InterestCostsCapitalized", "cost", "capitalized"),
        (r"^(?:LongTermDebt|DebtInstrument)", "debt noncurrent instrument", "note bond"),
        (
            r"^Proceeds",
            "proceed issue",
            "cash receive received raise get got inflow proceed issue borrow borrowed",
        ),
        (
            r"^(?:Payments|Repayments)",
            "payment paid",
            "cash outlay outflow spend spent spending paid use used",
        ),
        (r"^Lessee\w*PaymentsDue$", "lessee liability", "payment obligation undiscounted commitment paid"),
        (
            r"^ConcentrationRiskPercentage",
            "concentration risk",
            "% percent percentage share portion proportion",
        ),
    )
)
_JOINED = re.compile(r"(?<=[a-z])And[A-Z]|^CashCash")
_TAIL = re.compile(r"(?<=[a-z])(?:After|Before|Excluding|Including|NetOf|Less|Without)[A-Z].*$")
"""What a tag says that the figure is without, or that it is not."""
JURISDICTION = frozenset("federal statelocal state local foreign international domestic".split())
"""Which government's tax, which country's income: never goes without saying."""
_HELD = frozenset("holding position outstanding sheet".split())


@lru_cache(maxsize=50_000)
def nature(concept: str, instant: bool, unit: str) -> frozenset[str]:
    """Terms that may stand beside a name of a figure of this concept: its own tag's words, and its kind's."""
    local = concept.rpartition(":")[2]
    found = tag_words(concept)
    for pattern, kind in _NATURES:
        if pattern.search(local):
            found |= kind
    found -= JURISDICTION
    if instant and unit.startswith("USD") and unit == "USD":
        found |= _HELD
    if unit == "pure":
        found |= _TAX_RATE if "TaxRateReconciliation" in local else _RATE
    if "WeightedAverage" in local or "Average" in local:
        found |= {"average", "weighted"}
    return found - WEAK


@lru_cache(maxsize=50_000)
def tag_words(concept: str) -> frozenset[str]:
    """The words of a tag's name, one by one and as terms, up to what it says that the figure is without."""
    local = concept.rpartition(":")[2]
    if _JOINED.search(local):
        return frozenset()  # none of the parts is the whole
    words = concept_words(_TAIL.sub("", local))
    return frozenset(words.split()) | frozenset(terms_of(words))


@lru_cache(maxsize=50_000)
def unsaid(concept: str) -> tuple[frozenset[str], frozenset[str]]:
    """(terms that a concept's names may have over a question, the terms of which one has to be in it then).

    "cash received from incentives" are proceeds from them.
    """
    local = concept.rpartition(":")[2]
    found = [(over, said) for pattern, over, said in _UNSAID if pattern.search(local)]
    if found:
        overs, saids = zip(*found, strict=True)
        return frozenset().union(*overs), frozenset().union(*saids)
    if re.search(r"OperatingAndFinance", local, re.IGNORECASE):  # both kinds of leases are all leases
        return frozenset(("operating", "finance")), frozenset(("lease",))
    return frozenset(), frozenset()


@lru_cache(maxsize=50_000)
def placed(axes: frozenset[str]) -> frozenset[str]:
    """Terms that say only what kind of part a member of these axes is."""
    return frozenset(w for axis in axes for pattern, words in _AXES if pattern.search(axis) for w in words)


@lru_cache(maxsize=50_000)
def implied(axes: frozenset[str]) -> frozenset[str]:
    """Terms that a part along these axes goes without: "PropertyPlantAndEquipmentByTypeAxis" → "ppe"."""
    names = [re.sub(r"By\w+$|Type$|Risk$", "", axis.rpartition(":")[2].removesuffix("Axis")) for axis in axes]
    return frozenset(
        t for name in names for t in (*terms_of(concept_words(name)), *concept_words(name).split())
    )
