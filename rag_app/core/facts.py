"""What a filing's own tags say: frozen values that more than one package reads.

Knows no file format.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


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
