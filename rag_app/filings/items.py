"""Which lines are headings of Items, and of which part. Knows how the forms number them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag_app.core.types import Block
from rag_app.filings.flow import PART

_ITEM = re.compile(
    r"^(?:(part\s+(?:i{1,3}|iv|[1-4]))\b[\s,.:—–-]*)?item\s*(\d{1,2})(\.\d\d)?\s?([a-c])?(?:\(t\))?(?!\w)\s*[.:—–-]*\s*(.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ELSEWHERE = re.compile(r"\b(?:in|of) (?:this|our|the) (?:form|annual|quarterly|report)\b", re.IGNORECASE)
_TITLES_10K = {
    "1": r"business",
    "1A": r"risk factors",
    "1B": r"unresolved",
    "1C": r"cybersecurity",
    "2": r"properties|description of propert",
    "3": r"legal",
    "4": r"mine safety|submission of matters|\(?removed|reserved",
    "5": r"market for",
    "6": r"selected|reserved|\[",
    "7": r"management",
    "7A": r"quantitative",
    "8": r"(consolidated )?financial statements",
    "9": r"changes in and|changes and",
    "9A": r"controls|disclosure controls",
    "9B": r"other information",
    "9C": r"disclosure regarding",
    "10": r"directors",
    "11": r"executive",
    "12": r"security ownership",
    "13": r"certain",
    "14": r"principal account|controls|exhibits",
    "15": r"exhibit|financial",
    "16": r"form 10-k summary|10-k summary|summary",
}
_TITLES_10Q = {
    ("I", "1"): r"(condensed |consolidated |interim |unaudited )*financial statements",
    ("I", "2"): r"management",
    ("I", "3"): r"quantitative",
    ("I", "4"): r"controls",
    ("II", "1"): r"legal",
    ("II", "1A"): r"risk factors",
    ("II", "2"): r"unregistered|issuer purchases|changes in securities|repurchase|purchases",
    ("II", "3"): r"defaults",
    ("II", "4"): r"mine safety|submission of matters|reserved|\(?removed",
    ("II", "5"): r"other information",
    ("II", "6"): r"exhibits",
}


@dataclass(slots=True)
class Mark:
    """A heading of an Item: block `index`, the blocks it takes, the characters up to the next one."""

    index: int
    part: str
    item: str
    title: str
    blocks: int  # how many blocks the heading takes
    size: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """Part and Item."""
        return self.part, self.item


def _title_fits(kind: str, part: str, item: str, title: str) -> bool:
    if kind.startswith("10-Q"):
        pattern = _TITLES_10Q.get((part, item))
    elif kind.startswith("10-K"):
        pattern = _TITLES_10K.get(item)
    else:
        return False
    return bool(pattern and re.match(pattern, title, re.IGNORECASE))


def find_marks(blocks: Sequence[Block], kind: str) -> list[Mark]:
    """All lines that look like headings of Items, contents pages included. `kind`: the form."""
    marks: list[Mark] = []
    part = ""
    last = 0
    for i, block in enumerate(blocks):
        text = block.text
        if not text or text[0] not in "iIpP":
            continue
        if PART.match(text) and len(text) <= 80 and not re.search(r"\bitem\b", text, re.IGNORECASE):
            number = text.split()[1].strip(".,:—–-").upper()
            part = number if number in {"I", "II", "III", "IV"} else part
            last = 0
            continue
        found = _ITEM.match(text)
        if not found:
            continue
        named_part, number, decimals, letter, rest = found.groups()
        rest = rest.strip()
        title, used = rest, 1
        if not rest and i + 1 < len(blocks) and blocks[i + 1].text and len(blocks[i + 1].text) < 200:
            following = blocks[i + 1].text
            if not _ITEM.match(following) and not PART.match(following) and following[:1].isupper():
                title, used = following, 2
        item = f"{int(number)}{decimals or ''}{(letter or '').upper()}"
        if named_part:
            part = named_part.split()[1].upper()
            part = {"1": "I", "2": "II", "3": "III", "4": "IV"}.get(part, part)
        here = _part_of(kind, part, item, title, last)
        fits = _title_fits(kind, here, item, title)
        if not _heading_like(block, rest, title, fits):
            continue
        if kind.startswith("10-Q"):
            part, last = here, int(number)
        else:
            here = ""
        marks.append(
            Mark(
                i,
                here,
                item,
                _tidy_title(title),
                used if used == 2 and (fits or blocks[i + 1].kind == "heading") else 1,
            )
        )
        if marks[-1].blocks == 1 and used == 2:
            marks[-1].title = ""
    return marks


def _part_of(kind: str, part: str, item: str, title: str, last: int) -> str:
    """The part of a 10-Q Item: told by its title, else by the Part line, else by a restart at 1."""
    if not kind.startswith("10-Q"):
        return part
    fitting = [p for p in ("I", "II") if _title_fits(kind, p, item, title)]
    if len(fitting) == 1:
        return fitting[0]
    number = int(re.match(r"\d+", item).group())  # type: ignore[union-attr]
    if not part:
        return "I"
    return "II" if part == "I" and number < last else part


def _heading_like(block: Block, rest: str, title: str, fits: bool) -> bool:
    words = len(rest.split())
    if len(block.text) > 260 or words > 36:
        return False
    if not rest:
        return True
    if (
        rest[0].islower()
        or (re.match(r"\([a-z0-9]+\)", rest) and not re.match(r"item\s*\d\.\d\d", block.text, re.IGNORECASE))
        or rest[0] in ",;)"
        or re.match(r"(?:of|in|and|to|above|below|under)\b", rest)
    ):
        return False
    if _ELSEWHERE.search(rest):
        return False
    if fits:
        return len(rest) < 220 or block.kind == "heading"
    if block.kind == "heading":
        return True
    return words <= 14 and not rest.endswith(".")


def _tidy_title(title: str) -> str:
    title = re.sub(r"[\s.]*\b\d{1,3}$", "", title) if re.search(r"\.{3,}|\s\d{1,3}$", title) else title
    return re.sub(r"[\s.:—–-]+$", "", title).strip()


def label_of(mark: Mark, kind: str) -> str:
    """ "Item 7", for a 10-Q "Part I, Item 2"."""
    if kind.startswith("10-Q") and mark.part:
        return f"Part {mark.part}, Item {mark.item}"
    return f"Item {mark.item}"
