"""What a filing's own tags say: frozen values that more than one package reads.

Knows no file format.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class TaggedNumber:
    """One number a filing shows and tags: `value` in ones of `unit`, its period, and where it stands.

    `shown` is what the tag holds. `row` numbers the table rows that hold tags, -1 for a number in a
    sentence; `label` is what that row begins with; `around` the sentence's words on both sides of it.
    """

    concept: str
    shown: str
    value: Decimal
    scale: int
    decimals: str
    unit: str
    start: str | None
    end: str
    members: tuple[tuple[str, str], ...]
    row: int
    label: str
    around: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """A filing's tagged numbers in reading order; `remarks` are short: how many were left out, and why.

    `document` is the (start, end) of the time the filing reports on, where it says so.
    """

    numbers: tuple[TaggedNumber, ...] = ()
    remarks: tuple[str, ...] = ()
    document: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class TaggedLabel:
    """A row's printed label and the concept its numbers are tagged with ("us-gaap:NetIncomeLoss").

    `unit` such as "USD", "shares", "USD/shares"; "" where the filing does not tell.
    """

    filing_id: str
    label: str
    concept: str
    unit: str = ""


def label_key(label: str) -> str:
    """What equal labels have in common however they are printed: letters, small, without asides."""
    return " ".join(re.findall(r"[a-z]+", re.sub(r"\([^)]*\)", " ", label.lower())))
