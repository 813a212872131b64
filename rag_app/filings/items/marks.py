"""Which lines are headings of Items, and of which part. Knows how the forms number them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag_app.core.types import Block
from rag_app.filings.flow import PART
from rag_app.filings.items.titles import title_fits

_NUMBER = r"\d{1,2}(?:\.\d\d)?(?:\s?[a-c](?![a-su-z])|[d-k](?![a-z]))?(?:\s?\(t\)|t(?![a-z]))?"
_TAIL = re.compile(r"\s|\(?t\)?$", re.IGNORECASE)  # "Item 9A(T)", "Item 4T": of the years 2007 to 2010
_BRACKETED = re.compile(r"^((?:part\s+\w+\W+)?item\s*[79])\s*\(([a-c])\)(?!\()", re.IGNORECASE)
_PART = r"(?:(part\s+(?:i{1,3}|iv|[1-4]))\b[\s,.:—–-]*)?"
_ITEM = re.compile(
    rf"^{_PART}(?:item|i\stem)\s*({_NUMBER})(?!\w)\s*[.:—–-]*\s*(.*)$", re.IGNORECASE | re.DOTALL
)
_SEVERAL = re.compile(  # "Items 1 and 2.", "Item 10 through Item 14", "Items 2.02, 7.01 and 9.01"
    rf"^{_PART}(?:items?|i\stems?)\s*({_NUMBER}"
    rf"(?:\s*[.:]?\s*(?:,|;|/|&|-|–|—|\b(?:and|through|thru|to)\b)[\s,;]*(?:(?:and|&)\s*)?(?:items?\s*)?{_NUMBER})+)"
    rf"(?!\w)\s*[.:—–-]*\s*(.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ELSEWHERE = re.compile(r"\b(?:in|of) (?:this|our|the) (?:form|annual|quarterly|report)\b", re.IGNORECASE)
_SIGNATURES = re.compile(r"^signatures?(?:page)?$", re.IGNORECASE)
_STATEMENTS_PART = re.compile(r"^part\s+i\b.*\bfinancial\s+information\b", re.IGNORECASE)
_RUNS_ON = re.compile(r"(?:\b(?:of|and|the|about|on|in|with|to|for|by)|,)$", re.IGNORECASE)
Place = tuple[int, float, str]  # part, number and letter: Items in the form's order
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}


@dataclass(slots=True)
class Mark:
    """A heading of an Item: block `index`, the blocks it takes, the characters up to the next one.

    `item` is a number or, for a heading of several Items, all of them: "7A", "1 and 2", "10-14".
    """

    index: int
    part: str
    item: str
    title: str
    blocks: int  # how many blocks the heading takes
    size: int = 0

    @property
    def numbers(self) -> list[str]:
        """The first and the last Item of the heading, as a list of one or more."""
        return re.findall(r"\d+(?:\.\d\d)?[A-K]?", self.item)

    @property
    def first(self) -> Place:
        """Place in the form's order."""
        return _place(self.part, self.numbers[0])

    @property
    def last(self) -> Place:
        """Place of the last Item it names."""
        return _place(self.part, self.numbers[-1])

    def covers(self, other: Mark) -> bool:
        """Whether `other` names Items of this heading only."""
        return self.first <= other.first and other.last <= self.last


def _place(part: str, number: str) -> Place:
    found = re.match(r"(\d+(?:\.\d\d)?)(.*)", number)
    return (
        ("", "I", "II", "III", "IV").index(part),
        float(found[1]) if found else 0.0,
        found[2] if found else "",
    )


def is_signatures(block: Block) -> bool:
    """Whether a heading begins the signatures; PDFs may set "SIGNATURE S"."""
    return block.kind == "heading" and bool(_SIGNATURES.match(re.sub(r"[\s:.]", "", block.text)))


def find_marks(blocks: Sequence[Block], kind: str) -> list[Mark]:
    """All lines that look like headings of Items, contents pages included. `kind`: the form."""
    marks: list[Mark] = []
    quarterly = kind.startswith("10-Q")
    part = ""
    last = 0
    for i, block in enumerate(blocks):
        text = block.text
        if kind.startswith("8-K") and marks and is_signatures(block):
            break  # exhibits have numbers of their own
        if not text or text[0] not in "iIpP":
            continue
        if PART.match(text) and len(text) <= 80 and not re.search(r"\bitem\b", text, re.IGNORECASE):
            number = text.split()[1].strip(".,:—–-").upper()
            part = number if number in _ROMAN.values() else part
            last = 0
            if quarterly and _STATEMENTS_PART.match(text) and _begins_with_second(blocks, i):
                # statements that stand under the Part line, without "Item 1"
                marks.append(Mark(i, "I", "1", "", 1))
            continue
        parsed = _parse(text)
        if parsed is None:
            continue
        named_part, item, rest = parsed
        title, used = _title(blocks, i, rest)
        if named_part:
            part = named_part.split()[1].upper()
            part = _ROMAN.get(part, part)
        here = _part_of(kind, part, item, title, last)
        fits = title_fits(kind, here, item, title)
        if not _heading_like(block, rest, title, fits):
            continue
        if quarterly:
            part, last = here, int(re.findall(r"\d+", item)[0])
        else:
            here = ""
        if used > 1 and not rest and not fits and blocks[i + 1].kind != "heading":
            title, used = "", 1
        marks.append(Mark(i, here, item, _tidy_title(title), used))
    if kind.startswith("8-K"):
        return _own_numbering(marks)
    # "Item 3, 4" over a page on which both begin is a running header
    kept: list[Mark] = []
    titled: set[tuple[Place, Place]] = set()
    for mark in reversed(marks):
        place = mark.first, mark.last
        if mark.title:
            titled.add(place)
        elif len(mark.numbers) > 1 and any(place[0] <= begin and end <= place[1] for begin, end in titled):
            continue
        kept.append(mark)
    return kept[::-1]


def _parse(text: str) -> tuple[str | None, str, str] | None:
    """The named part, the Item or Items ("7A", "1 and 2", "10-14") and the rest of the line."""
    text = _BRACKETED.sub(r"\1\2", text)  # "Item 7(a)"
    if several := _SEVERAL.match(text):
        part, listed, rest = several.groups()
        numbers = [_TAIL.sub("", number).upper() for number in re.findall(_NUMBER, listed, re.IGNORECASE)]
        places = [_place("", number) for number in numbers]
        span = len(numbers) == 2 and re.search(r"-|–|—|\b(?:through|thru|to)\b", listed, re.IGNORECASE)
        # "Item 16 - 10-K summary" and "Item 7 - 8 stores" name one Item
        plural = (
            not span or re.match(r"(?:part\s+\w+\W+)?items", text, re.IGNORECASE) or "item" in listed.lower()
        )
        if plural and all(a < b for a, b in pairwise(places)):
            return part, _joined(numbers, bool(span)), rest.strip()
    found = _ITEM.match(text)
    if not found:
        return None
    part, number, rest = found.groups()
    return part, _TAIL.sub("", number).upper(), rest.strip()


def _joined(numbers: Sequence[str], span: bool) -> str:
    whole = [int(number) for number in numbers if number.isdigit()]
    run = len(whole) == len(numbers) > 2 and whole[-1] - whole[0] == len(whole) - 1
    if span or run:
        return f"{numbers[0]}-{numbers[-1]}"
    return f"{', '.join(numbers[:-1])} and {numbers[-1]}"


def _title(blocks: Sequence[Block], i: int, rest: str) -> tuple[str, int]:
    """The title and how many blocks the heading takes: it may stand in, or go on in, the next ones."""
    title, used = rest, 1
    while used < 4 and i + used < len(blocks) and (not title or _RUNS_ON.search(title)):
        block = blocks[i + used]
        following = block.text
        limit = 200 if not title else 120
        if not following or len(following) >= limit or PART.match(following) or _parse(following):
            break
        if not following[:1].isupper() or (title and block.kind != "heading"):
            break
        title, used = f"{title} {following}".strip(), used + 1
    return title, used


def _begins_with_second(blocks: Sequence[Block], i: int) -> bool:
    """Whether the first Item under the Part line `i` is the second one, management's discussion."""
    for j, block in enumerate(blocks[i + 1 :], i + 1):
        if block.text and PART.match(block.text) and len(block.text) <= 80:
            return False
        if block.text and (parsed := _parse(block.text)):
            return title_fits("10-Q", "I", parsed[1], _title(blocks, j, parsed[2])[0]) and parsed[1] == "2"
    return False


def _part_of(kind: str, part: str, item: str, title: str, last: int) -> str:
    """The part of a 10-Q Item: told by its title, else by the Part line, else by a restart at 1."""
    if not kind.startswith("10-Q"):
        return part
    fitting = [p for p in ("I", "II") if title_fits(kind, p, item, title)]
    if len(fitting) == 1:
        return fitting[0]
    number = int(re.findall(r"\d+", item)[0])
    if not part:
        return "I"
    return "II" if part == "I" and number < last else part


def _own_numbering(marks: list[Mark]) -> list[Mark]:
    """Those of one numbering: 1.01 to 9.01 since August 2004, 1 to 12 before."""
    new = [mark for mark in marks if "." in mark.item]
    return new or [mark for mark in marks if mark.last[1] <= 12 and not mark.last[2]]


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
    return re.sub(r"^[\s.:—–-]+|[\s.:—–-]+$", "", title).strip()


def label_of(mark: Mark, kind: str) -> str:
    """ "Item 7", "Items 1 and 2"; for a 10-Q "Part I, Item 2"."""
    label = f"Item{'s' if len(mark.numbers) > 1 else ''} {mark.item}"
    return f"Part {mark.part}, {label}" if kind.startswith("10-Q") and mark.part else label
