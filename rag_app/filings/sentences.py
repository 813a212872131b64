"""Paragraphs → sentences, and how many word pieces a text is about. Knows no model."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"[A-Za-z]+|\d+|[^\sA-Za-z\d]")
_ABBREVIATIONS = (
    "U.S.|U.K.|E.U.|Inc.|Corp.|Co.|Ltd.|No.|Nos.|Mr.|Ms.|Mrs.|Dr.|Jr.|Sr.|St.|vs.|v.|e.g.|i.e.|etc.|Item|approx.|Sec.|Art.|Vol.|Fig.|"
    "L.P.|L.L.C.|N.A.|S.A.|N.V.|P.O.|D.C.|Jan.|Feb.|Mar.|Apr.|Jun.|Jul.|Aug.|Sept.|Sep.|Oct.|Nov.|Dec.|al.|Rev.|Stat.|Reg.|cf.|Bros.|Mt."
)
_NO_END = re.compile(
    r"(?:^|[\s(“\"'])(?:"
    + _ABBREVIATIONS.replace(".", r"\.")
    + r"|[A-Z]\.|Item \d+[A-C]?\.|\([a-z0-9]+\)\.)$|^\s*\d{1,3}\.$"  # "3." numbers a list item
)
_END = re.compile(r"[.!?][\"'”’)\]]*(?:\s?\(\d+\))*\s+(?=[“\"'‘(\[]?[A-Z0-9•$])")


def split_sentences(text: str) -> list[str]:
    """Sentences of one paragraph; "U.S.", "Inc.", "No. 5" and "Item 1A." do not end one."""
    out: list[str] = []
    start = 0
    for found in _END.finditer(text):
        before = text[start : found.end()].rstrip()
        if _NO_END.search(before[-24:]):
            continue
        out.append(before)
        start = found.end()
    if rest := text[start:].strip():
        out.append(rest)
    return out


def estimate_tokens(text: str) -> int:
    """An upper-leaning estimate of the word-piece count of `text`, special tokens aside."""
    total = 0.0
    for token in _TOKEN.findall(text):
        size = len(token)
        if token.isdigit():
            total += 1 if size <= 2 else 1.25 if size == 3 else 1.5 if size == 4 else size / 2.2
        elif token[0].isalpha():
            if size > 3 and token.isupper():
                total += size / 2.6  # names and codes are in no vocabulary
            else:
                total += 1.02 if size <= 5 else 1.15 if size <= 8 else 1.35 if size <= 11 else 1.8
        else:
            total += 1
    return int(total + 0.999)
