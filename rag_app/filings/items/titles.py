"""What the forms call their Items: which title belongs to which Item."""

from __future__ import annotations

import re
from collections.abc import Mapping

_Table = Mapping[tuple[str, str], re.Pattern[str]]
_10K = {
    "1": r"business|description of business",
    "1A": r"risk factors",
    "1B": r"unresolved",
    "1C": r"cybersecurity",
    "2": r"properties|property|description of propert",
    "3": r"legal",
    "4": r"mine safety|submission of matters|\(?removed|reserved|\[",
    "5": r"market for|market price",
    "6": r"selected|reserved|\[",
    "7": r"management",
    "7A": r"quantitative",
    "8": r"(?:consolidated )?financial statements",
    "9": r"changes in and|changes and|change in accountants",
    "9A": r"controls|disclosure controls",
    "9B": r"other information",
    "9C": r"disclosure regarding",
    "10": r"directors",
    "11": r"executive compensation|compensation|remuneration",
    "12": r"security ownership",
    "13": r"certain",
    "14": r"principal account|controls|exhibit|financial statement schedule",
    "15": r"exhibit|financial statement schedule|financial statements and|principal account",
    "16": r"form 10-k summary|10-k summary|summary|principal account|exhibit",
}
_10Q = {
    ("I", "1"): r"(?:condensed |consolidated |interim |unaudited )*financial statements",
    ("I", "2"): r"management",
    ("I", "3"): r"quantitative",
    ("I", "4"): r"controls|disclosure controls",
    ("II", "1"): r"legal",
    ("II", "1A"): r"risk factors",
    ("II", "2"): r"unregistered|issuer purchases|changes in securities|repurchase|purchases",
    ("II", "3"): r"defaults?",
    ("II", "4"): r"mine safety|submission of matters|reserved|\(?removed",
    ("II", "5"): r"other information|other events",
    ("II", "6"): r"exhibit",
}
_8K = {
    "1.01": r"entry",
    "1.02": r"termination",
    "2.01": r"completion",
    "2.02": r"results",
    "3.02": r"unregistered",
    "4.01": r"changes in registrant",
    "5.02": r"departure|election|appointment",
    "5.03": r"amendment",
    "5.07": r"submission",
    "7.01": r"regulation fd",
    "8.01": r"other",
    "9.01": r"financial statements|exhibit",
    "1": r"changes? in control",
    "2": r"acquisition",
    "3": r"bankruptcy",
    "4": r"changes? in (?:the )?(?:registrant|company|certifying)",
    "5": r"other",
    "6": r"resignation",
    "7": r"financial statements|exhibit",
    "8": r"change in fiscal",
    "9": r"regulation fd|sales of equity",
    "12": r"results|disclosure of results",
}


def _compiled(titles: Mapping[tuple[str, str], str]) -> _Table:
    # PDFs and small capitals may set spaces inside words: titles are compared without any
    return {key: re.compile(text.replace(" ", ""), re.IGNORECASE) for key, text in titles.items()}


_TABLES: tuple[tuple[str, _Table], ...] = (
    ("10-Q", _compiled(_10Q)),
    ("10-KSB", {}),
    ("10-K", _compiled({("", item): text for item, text in _10K.items()})),
    ("8-K", _compiled({("", item): text for item, text in _8K.items()})),
)


def _table(kind: str) -> _Table:
    return next((table for form, table in _TABLES if kind.startswith(form)), {})


def title_fits(kind: str, part: str, item: str, title: str) -> bool:
    """Whether the form `kind` calls its Item (the first of several) so."""
    first = re.match(r"[\d.]*\d[A-K]?", item)
    key = (part if kind.startswith("10-Q") else "", first.group() if first else item)
    pattern = _table(kind).get(key)
    return bool(pattern and pattern.match(title.replace(" ", "")))


def title_of_another(kind: str, part: str, item: str, title: str) -> bool:
    """Whether the title belongs to other Items of the form only."""
    if not title or kind.startswith("8-K") or title_fits(kind, part, item, title):
        return False
    table = _table(kind)
    bare = title.replace(" ", "")
    return (part if kind.startswith("10-Q") else "", item) in table and any(
        pattern.match(bare) for pattern in table.values()
    )
