"""A fact in words: its amount with unit and scale, its period, its name.

All that a reader needs to know what a figure is. Knows no question and no database.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rag_app.facts import due
from rag_app.facts.types import Fact

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
SCALES = {0: "", 3: "thousand", 6: "million", 9: "billion", 12: "trillion"}
_CURRENCY = re.compile(r"[A-Z]{3}")
_MOST = 6  # decimals shown at most
_DUE = {
    "LongTermDebtMaturitiesRepaymentsOfPrincipal": "Principal of long-term debt",
    "LesseeOperatingLeaseLiabilityPayments": "Operating lease payments",
    "FinanceLeaseLiabilityPayments": "Finance lease payments",
    "FiniteLivedIntangibleAssetsAmortizationExpense": "Amortization of intangible assets",
    "DefinedBenefitPlanExpectedFutureBenefitPayments": "Benefit payments",
}
"""What the rows of usual schedules are called, which are labelled by their year."""
_GENERIC = frozenset(
    "basic diluted total other products product services service current noncurrent domestic foreign net"
    " beginning ending balance state federal in dollars per share shares and of us international".split()
)
"""Words that say nothing of what a row is without the label that it stands under."""
_STATEMENT = re.compile(
    r"\b(?:balance sheets?|operations|income|earnings|cash flows?|financial (?:condition|position)|equity)\b",
    re.IGNORECASE,
)
"""Captions of the main statements, whose rows are known by their label alone; a note's are not."""
_QUARTERS = {"Q1": "first", "Q2": "second", "Q3": "third", "Q4": "fourth"}
_SPANS = {"H1": "first six months", "9M": "first nine months", "H2": "last six months"}
_COUNTS = {1: "month", 3: "three months", 6: "six months", 9: "nine months", 12: "year"}


@dataclass(frozen=True, slots=True)
class Said:
    """An amount as it is given ("$93,736 million") and the same more handily ("$93.7 billion"), or ""."""

    main: str
    handy: str = ""

    @property
    def text(self) -> str:
        """Both."""
        return f"{self.main} ({self.handy})" if self.handy else self.main


def amount(fact: Fact) -> Said:
    """The fact's amount, to the digits shown in the filing."""
    return said(fact.value, fact.unit, scale_of(fact), places(fact))


def said(value: Decimal, unit: str, scale: int = 0, decimals: int = 0) -> Said:
    """`value`, in ones of `unit`, in words: counted in 10**`scale`, with at least `decimals` places."""
    scale = scale if value or unit == "pure" else 0
    if unit == "pure" and scale == -2:
        return Said(f"{digits(value, -2, decimals)}%")
    main = _worded(value, unit, scale, digits(value, scale, decimals))
    size = abs(value)
    above = max((s for s in SCALES if size >= 10**s), default=0)
    if not is_amount(unit) or above < 6 or above <= scale:
        return Said(main)
    short = value.scaleb(-above)
    return Said(main, _worded(value, unit, above, f"{abs(short):,.{1 if abs(short) >= 10 else 2}f}"))


def _worded(value: Decimal, unit: str, scale: int, number: str) -> str:
    minus = "-" if value < 0 else ""
    number = number.removeprefix("-")
    scaled = f"{number} {SCALES[scale]}" if SCALES.get(scale) else number
    top, _, below = unit.partition("/")
    if _CURRENCY.fullmatch(top):
        shown = f"{minus}{SIGNS[top]}{scaled}" if top in SIGNS else f"{minus}{scaled} {top}"
    elif top in ("pure", ""):
        shown = f"{minus}{scaled}"
    else:
        shown = f"{minus}{scaled} {_plural(spelt(top)) if number != '1' else spelt(top)}"
    return f"{shown} per {singular(spelt(below))}" if below else shown


def digits(value: Decimal, scale: int, decimals: int = 0) -> str:
    """`value` counted in 10**`scale`, with thousands separators: all its places, at least `decimals`."""
    counted = value.scaleb(-scale)
    exponent = counted.normalize().as_tuple().exponent
    own = max(0, -exponent) if isinstance(exponent, int) else 0
    return f"{counted:,.{min(_MOST, max(decimals, own))}f}"


def scale_of(fact: Fact) -> int:
    """The power of ten that the fact's amount is counted in: as filed, or else by its exact digits."""
    if fact.origin == "inline":
        return fact.scale if fact.scale in SCALES or (fact.unit == "pure" and fact.scale == -2) else 0
    if fact.unit == "pure":
        return -2 if abs(fact.value) < 1 else 0
    exact = int(fact.decimals) if re.fullmatch(r"-?\d+", fact.decimals) else 0
    return next((s for s in (9, 6, 3) if exact <= -s and fact.value % 10**s == 0), 0)


def places(fact: Fact) -> int:
    """The decimals that the fact is shown with."""
    found = re.search(r"\d*\.(\d+)", fact.shown)
    return len(found.group(1)) if found else 0


def exact_to(fact: Fact) -> Decimal:
    """What the last exact digit of the fact counts: 1,000,000 for decimals "-6"; 0 for all exact."""
    return Decimal(10) ** -int(fact.decimals) if re.fullmatch(r"-?\d+", fact.decimals) else Decimal(0)


def is_amount(unit: str) -> bool:
    """Whether `unit` counts money or things: what is said in thousands and millions."""
    return "/" not in unit and unit not in ("pure", "")


def counted_in(unit: str, scale: int) -> str:
    """What heads a column of such numbers: "in millions of USD", "in USD per share", "in percent"."""
    if unit == "pure":
        return "in percent" if scale == -2 else ""
    top, _, below = unit.partition("/")
    name = f"{spelt(top)} per {singular(spelt(below))}" if below else spelt(top)
    many = f"{SCALES[scale]}s of " if SCALES.get(scale) else ""
    return f"in {many}{name}"


def spelt(unit: str) -> str:
    """A unit's name as words: "shares", "USD", "metric tons" of "MetricTon"."""
    if _CURRENCY.fullmatch(unit) or unit.isupper():
        return unit
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unit.rpartition(":")[2]).lower()


def _plural(unit: str) -> str:
    return f"{unit}s" if unit.islower() and not unit.endswith("s") else unit


def singular(unit: str) -> str:
    """ "share" of "shares"."""
    return unit[:-1] if unit.endswith("s") and not unit.endswith("ss") and unit.islower() else unit


def name(fact: Fact) -> str:
    """The row's label, with what it stands under where it says nothing alone, and the part of the company."""
    if falls := due.when(fact):
        return f"{_scheduled(fact)} {falls}"
    label = clean(fact.label) or spelt_concept(fact.concept)
    words = set(re.findall(r"[a-z]+", label.lower()))
    section = clean(fact.section)
    if {_letters(label)} & {_letters(member(m)).removesuffix("segment") for _, m in fact.members}:
        label = f"{section or spelt_concept(fact.concept).partition(' from contract ')[0]} ({label})"
    elif section and words <= _GENERIC and section.lower() not in label.lower():
        label = f"{section} ({label})"
    elif section and fact.statement and not _STATEMENT.search(fact.statement) and not fact.members:
        label = f"{section} - {label}" if section.lower() not in label.lower() else label
    parts = [m for m in (member(m) for _, m in fact.members) if _letters(m) not in _letters(label)]
    return f"{label}, {', '.join(parts)}" if parts else label


def _letters(text: str) -> str:
    return "".join(re.findall(r"[a-z0-9]", text.lower()))


def _scheduled(fact: Fact) -> str:
    """What it is that falls due, and of which part."""
    place = due.PLACE.search(fact.concept)
    base = fact.concept[: place.start() if place else None].rpartition(":")[2]
    told = clean(fact.label)
    label = _DUE.get(base) or spelt_concept(base.removeprefix("Lessee"))
    parts = [member(m) for _, m in fact.members]
    return ", ".join([label if not told or due.of_when(fact) else told, *parts])


def clean(label: str) -> str:
    """A label without the notes and colons that follow it: "Net sales (1):" is "Net sales"."""
    line = " ".join(label.split()).replace(" | ", " / ")  # a bar would end a cell
    return re.sub(r"(?:\s*\(\d{1,2}\))+$", "", line.rstrip(": ")).rstrip(": ")


def spelt_concept(concept: str) -> str:
    """ "Net income loss" of "us-gaap:NetIncomeLoss"."""
    words = _apart(concept.rpartition(":")[2])
    return words[:1] + re.sub(r"\b[A-Z](?=[a-z])", lambda m: m.group().lower(), words[1:])


def member(qualified: str) -> str:
    """ "iPhone" of "aapl:IPhoneMember", "Greater China Segment" of "aapl:GreaterChinaSegmentMember"."""
    local = re.sub(r"Member$", "", qualified.rpartition(":")[2])
    if re.fullmatch(r"I[A-Z][a-z]+", local):
        return f"i{local[1:]}"
    return re.sub(r"\b(?:Of|And|The|In|For)\b", lambda m: m.group().lower(), _apart(local)) or qualified


def _apart(name: str) -> str:
    """ "Net Income Loss" of "NetIncomeLoss"; what is all capitals stays together."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)


def day(iso: str) -> str:
    """ "September 28, 2024"; what is no date comes back as it is."""
    try:
        found = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{found:%B} {found.day}, {found.year}"


def fiscal(fact: Fact) -> str:
    """ "fiscal year 2024", "the third quarter of fiscal 2023", "the first six months of fiscal 2023"."""
    if fact.fiscal_year is None:
        return ""
    if fact.fiscal_period == "FY":
        return f"fiscal year {fact.fiscal_year}"
    if fact.fiscal_period in _QUARTERS:
        return f"the {_QUARTERS[fact.fiscal_period]} quarter of fiscal {fact.fiscal_year}"
    if fact.fiscal_period in _SPANS:
        return f"the {_SPANS[fact.fiscal_period]} of fiscal {fact.fiscal_year}"
    return ""


def days(fact: Fact) -> str:
    """How long and until when: "52 weeks ended September 28, 2024", "year ended December 31, 2023"."""
    if fact.start is None:
        return day(fact.end)
    length = _length(fact.start, fact.end)
    return f"{length} ended {day(fact.end)}" if length else f"{day(fact.start)} to {day(fact.end)}"


def _length(start: str, end: str) -> str:
    try:
        first, last = date.fromisoformat(start), date.fromisoformat(end)
    except ValueError:
        return ""
    count = (last - first).days + 1
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    whole = first.day == 1 and last.day == monthrange(last.year, last.month)[1]
    if whole:
        return _COUNTS.get(months, "")
    if count % 7 == 0 and count <= 7 * 53:
        return f"{count // 7} weeks" if count > 7 else "week"
    for length, spelled in ((365, "year"), (91, "three months"), (182, "six months"), (273, "nine months")):
        if abs(count - length) <= 5:
            return spelled
    return ""


def period(fact: Fact) -> str:
    """When, as a sentence says it: "in fiscal year 2024 (52 weeks ended September 28, 2024)"."""
    told = fiscal(fact)
    if fact.start is None:
        return f"as of {day(fact.end)}" + (f" (the end of {told})" if told else "")
    if told:
        return f"in {told} ({days(fact)})"
    length = _length(fact.start, fact.end)
    return f"in the {days(fact)}" if length else f"from {days(fact)}"


def short_period(fact: Fact) -> str:
    """When, for a table or a chart: "FY2024", "Q3 FY2023", "Sep 28, 2024"."""
    if fact.start is None or fact.fiscal_year is None or not fact.fiscal_period:
        try:
            found = date.fromisoformat(fact.end)
        except ValueError:
            return fact.end
        return f"{found:%b} {found.day}, {found.year}"
    if fact.fiscal_period == "FY":
        return f"FY{fact.fiscal_year}"
    return f"{fact.fiscal_period} FY{fact.fiscal_year}"


def company(fact: Fact) -> str:
    """Whose it is: the company's name, its ticker, or its filing's file."""
    return clean(fact.company) or fact.ticker or fact.source


def listed(parts: Sequence[str]) -> str:
    """ "a, b and c"."""
    *front, last = parts
    return f"{', '.join(front)} and {last}" if front else last


def as_printed(fact: Fact, row: str) -> str:
    """How its `row` prints the figure, where that is with another sign than its tag has; else ""."""
    bare = re.sub(r"[^0-9.,]", "", fact.shown).strip(",.")
    if not bare or fact.value == 0:
        return ""
    found = re.search(
        rf"(?<![0-9.,])(?P<open>\(\s?)?[$€£¥]?\s?(?P<minus>[-−–]\s?)?{re.escape(bare)}(?![0-9,.]?[0-9])", row
    )
    if found is None:
        return ""
    negative = bool(found["open"] or found["minus"])
    return "" if negative == (fact.value < 0) else f"({bare})" if negative else bare
