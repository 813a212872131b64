"""XBRL concept names as words: another way to say what a row counts.

Knows no file format; the labels come in as values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rag_app.core.facts import TaggedLabel, label_key

LONGEST = 9
WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
TAIL = re.compile(
    r"(?: (?:abstract|text block|line items|table|policy|disclosure|excluding assessed tax|"
    r"including assessed tax|fair value disclosure|member|attributable to parent|gross|value))+$"
)
PLAIN = (
    (r"^increase decrease in ", "change in "),
    (r"^payments to acquire ", "payments to buy "),
    (r"^payments of ", "payment of "),
    (r"^proceeds from ", "proceeds from "),
    (r"^payments for proceeds from ", "net payments for "),
    (r"\bincome loss\b", "income or loss"),
    (r"\bprofit loss\b", "profit or loss"),
    (r"\bgain loss\b", "gain or loss"),
    (r"\bgains losses\b", "gains or losses"),
    (r"\bexpense benefit\b", "expense or benefit"),
    (r"\bincome expense\b", "income or expense"),
    (r"\bnet cash provided by used in\b", "net cash from"),
    (r"\bproperty plant and equipment\b", "property, plant and equipment"),
    (r"\bselling general and administrative\b", "selling, general and administrative"),
    (r"\bnoncurrent\b", "non-current"),
)


def concept_words(concept: str) -> str:
    """ "us-gaap:PaymentsToAcquireProductiveAssets" → "payments to buy productive assets"; else ""."""
    prefix, _, name = concept.rpartition(":")
    if not name or prefix.lower() in {"dei", "ecd", "cyd"}:
        return ""
    words = WORD.findall(name)
    text = " ".join(w if w.isupper() and len(w) > 1 else w.lower() for w in words)
    for pattern, plain in PLAIN:
        text = re.sub(pattern, plain, text)
    text = TAIL.sub("", text)
    if found := re.fullmatch(r"(.+) (net|current|non-current|basic|diluted|total)", text):
        text = f"{found[2]} {found[1]}"  # names end in what people say first
    return text if 1 < len(text.split()) <= LONGEST or text in {"revenues", "goodwill", "liabilities"} else ""


def other_words(tagged: Iterable[TaggedLabel]) -> dict[str, Mapping[str, tuple[str, ...]]]:
    """Filing id → `label_key` → the words of its concepts that say it otherwise."""
    found: dict[str, dict[str, list[str]]] = {}
    for entry in tagged:
        key, words = label_key(entry.label), concept_words(entry.concept)
        if key and words and label_key(words) != key:
            kept = found.setdefault(entry.filing_id, {}).setdefault(key, [])
            if words not in kept:
                kept.append(words)
    # a label with two concepts ("Inventories", held and changed) is told apart by its place, not its words
    return {
        filing: {key: tuple(words) for key, words in labels.items() if len(words) == 1}
        for filing, labels in found.items()
    }
