"""Text → the amounts and years in it, with scale, sign and the precision they are shown with.

Dates, fiscal periods, Items, notes, list markers and citations are not amounts. Knows no passage.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

SCALES = {
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "mn": 1e6,
    "mm": 1e6,
    "m": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "trillion": 1e12,
}
UNITS = re.compile(r"\b(thousand|million|billion|trillion)s\b", re.IGNORECASE)
CITATION = re.compile(r"\[(\d{1,3})\]")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
# each is blanked before amounts are looked for; the year of a date is kept
_DATES = (
    rf"\b{_MONTH}\.?\s+[0-9]{{1,2}}(?:st|nd|rd|th)?\b(?!\.[0-9]|,[0-9]{{3}}|\s*(?:%|percent|million|billion))"
    rf"|\b[0-9]{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}\b"
    r"|\b[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}\b|\b(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}\b"
    r"|\b(?i:FY|CY|fiscal|fiscal\s+year)\s*'?[0-9]{2}\b(?![0-9.,]*[0-9]|\s*%)"
)
_LABELS = (
    r"|\[[0-9]{1,3}\]"
    r"|\b(?i:items?|notes?|pages?|pp?\.|sections?|§+|parts?|rules?|exhibits?|levels?|steps?|nos?\.|topics?|asc|asu"
    r"|forms?|tables?|chapters?|articles?|passages?|schedules?|tier|phase)"
    r"\s?[0-9]+(?:[.-][0-9]+)*[A-Za-z]?\b(?!\s*(?:%|percent|million|billion)|,[0-9])"
    r"(?:\s*(?:and|or|,|&)\s*[0-9]{1,2}[A-Za-z]?\b(?![.,]?[0-9]|\s*%))?"
    r"|(?m:^\s*(?:[-•*]\s*)?\(?[0-9]{1,2}[.)](?=\s))"
    r"|\([0-9]{1,2}\)(?!\s*%)"
)
_IN_PASSAGE, _IN_ANSWER = re.compile(_DATES), re.compile(_DATES + _LABELS)
_YEAR_IN = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_AMOUNT = re.compile(
    r"(?P<paren>\()?(?P<lead>[-−–])?(?:(?P<money>(?:US|C|A|HK)?\$|[€£¥])\s?)?(?P<inner>\((?=[^)]{1,24}\))\s?|[-−–])?"
    r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
    r"(?P<close>\s?\))?"
    r"(?P<tail>\s?%|[\s-]?(?i:percentage\s+points?|percent\b|per\s+cent\b|pts\b|points\b|basis\s+points\b|bps\b)"
    r"|[\s-]?(?i:thousand|million|billion|trillion|mn|bn|mm)\b|(?:[KMB]|k)\b)?",
)
Kind = Literal["plain", "percent", "year"]


@dataclass(frozen=True, slots=True)
class Amount:
    """`text[start:end]` says `shown` times `scale`, to within `slack`; `money` is its currency sign."""

    start: int
    end: int
    kind: Kind
    shown: float
    scale: float = 1.0
    slack: float = 0.5
    negative: bool = False
    money: str = ""

    @property
    def value(self) -> float:
        """Its size in ones; a percentage in percent. The sign is in `negative`."""
        return self.shown * self.scale


def amounts(text: str, passage: bool = False) -> list[Amount]:
    """Every amount and year of `text`, in order; in a `passage` "(3)" and "Item 3" count too."""
    blanked = (_IN_PASSAGE if passage else _IN_ANSWER).sub(lambda m: _blank(m.group()), text)
    return [amount for found in _AMOUNT.finditer(blanked) if (amount := _read(found, blanked)) is not None]


def _read(found: re.Match[str], text: str) -> Amount | None:
    digits, money = found["digits"], found["money"] or ""
    tail = (found["tail"] or "").strip(" -\t\n\xa0").lower()
    if len(tail) == 1 and tail.isalpha() and not money:
        return None  # 3M is a company, $3M is not
    start = min(found.start(g) for g in ("paren", "lead", "money", "inner", "digits") if found[g])
    before = text[max(0, start - 2) : start]
    after = text[found.end() : found.end() + 4]
    dashed = bool(found["lead"]) and before[-1:].isdigit()  # 10-12: no minus
    if before[-1:].isalpha() or before[-1:] == "_" or (before[-1:] in "-." and before[:1].isalnum()):
        return None  # FY24, COVID-19, 1.2.3
    if not tail and not found["close"] and re.match(r"[A-Za-z_]|-[A-Za-z](?!ear|onth|eek|ay)|\.[0-9]", after):
        return None  # 10-K, 5G
    if (
        not (tail or money or "," in digits or "." in digits)
        and len(digits) == 4
        and digits[:2] in ("19", "20")
    ):
        return Amount(found.start("digits"), found.end("digits"), "year", float(digits))
    inner = (found["inner"] or "").strip()
    opened = bool(found["paren"]) or inner == "("
    wrapped = opened and bool(found["close"])
    negative = wrapped or (bool(found["lead"]) and not dashed) or inner in ("-", "−", "–")
    first = ("paren",) if wrapped and found["paren"] else ("lead",) * (not dashed)
    start = min(found.start(g) for g in (*first, "money", "digits") if found[g])
    end = found.end("tail" if tail else "close" if wrapped else "digits")
    scale = SCALES.get(tail, 0.01 if tail.startswith(("basis", "bps")) else 1.0)
    kind: Kind = "percent" if tail and tail not in SCALES else "plain"
    slack = 0.5 * 10.0 ** -len(digits.partition(".")[2]) * scale
    return Amount(start, end, kind, float(digits.replace(",", "")), scale, slack, negative, money)


def _blank(text: str) -> str:
    """Spaces for what is not an amount; the years in it stay."""
    out = [" "] * len(text)
    if text[0].isdigit():  # 9/28/2024, 2024-09-28
        for year in _YEAR_IN.finditer(text):
            out[year.start() : year.end()] = text[year.start() : year.end()]
    return "".join(out)
