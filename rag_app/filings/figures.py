"""Inline XBRL → its visible numbers with value, unit, period and place; what cannot be stated is counted.

Hidden facts are left out: nobody could be shown where they stand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from rag_app.core.facts import Tagged, TaggedNumber
from rag_app.filings.flow import clean
from rag_app.filings.html.tree import name_of
from rag_app.filings.xbrl import Period, attribute, read_periods, read_units, shown_numbers

_CELLS = ("td", "th")
_BLOCKS = frozenset({"p", "div", "td", "th", "li", "body", "html"})
_LABEL_WORDS = 60
_PROSE_CELL = 8  # words: more than that in a cell with a number is a sentence
_LABEL = 2  # words beside a number in a row's first cell: its label
_AROUND = 24  # characters of the sentence on each side
_DECIMAL = re.compile(r"\d[\d,  ]*(?:\.\d*)?|\.\d+")
_COMMA = re.compile(r"\d[\d.  ]*(?:,\d*)?|,\d+")
_SCALE = re.compile(r"[+-]?\d{1,2}")
_DAY = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_AROUND_NUMBER = "".join(("$€£¥", "()+%", " \xa0"))
_MOST_DIGITS = 40
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_WORDS = {word: n for n, word in enumerate(_ONES)} | {
    word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_LARGE = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


def may_have_tags(data: bytes) -> bool:
    """Whether a file's bytes hold a tagged number at all."""
    return b"nonfraction" in data.lower()


def read_figures(trees: Sequence[Any]) -> Tagged:
    """Every number a reader can see that has a value, a unit and a period, in reading order.

    The documents of one filing share their contexts and units.
    """
    return _Reader(trees).read()


class _Reader:
    """Reads one filing."""

    def __init__(self, trees: Sequence[Any]) -> None:
        self.trees = trees
        self.periods: dict[str, Period] = {}
        self.units: dict[str, str] = {}
        for tree in trees:
            self.periods |= read_periods(tree)
            self.units |= read_units(tree)
        self.rows: dict[Any, tuple[int, str]] = {}
        self.blocks: dict[Any, tuple[str, dict[Any, tuple[int, int]]]] = {}
        self.left_out: Counter[str] = Counter()

    def read(self) -> Tagged:
        numbers = [
            number
            for tree in self.trees
            for element in shown_numbers(tree)
            if (number := self._number(element))
        ]
        remarks = [f"{count:,} {why}" for why, count in self.left_out.items()]
        return Tagged(tuple(numbers), tuple(remarks), self._document())

    def _document(self) -> tuple[str, str] | None:
        """The period of the filing's own `dei:` facts."""
        for element in (e for tree in self.trees for e in tree.iter("{*}nonNumeric", "ix:nonnumeric")):
            if (element.get("name") or "") in {"dei:DocumentType", "dei:DocumentPeriodEndDate"}:
                period = self.periods.get(attribute(element, "contextRef"))
                if period is not None and period.start and not period.members:
                    return period.start, period.end
        return None

    def _number(self, element: Any) -> TaggedNumber | None:
        text = clean("".join(element.itertext()))
        period = self.periods.get(attribute(element, "contextRef"))
        unit = self.units.get(attribute(element, "unitRef"), "")
        scale = element.get("scale") or "0"
        if _is_nil(element):  # one that shows nothing is an empty cell
            return self._leave("without a value (nil)") if text else None
        if period is None or not _DAY.fullmatch(period.end) or not _DAY.fullmatch(period.start or period.end):
            return self._leave("without a known period")
        if not unit:
            return self._leave("without a known unit")
        value = number_of(text, element.get("format") or "")
        if value is None or not _SCALE.fullmatch(scale) or not element.get("name"):
            return self._leave("whose number cannot be read")
        value = Decimal(format(value.scaleb(int(scale)), "f"))  # 5000000, not 5E+6
        row, label, around = self._place(element, text)
        return TaggedNumber(
            concept=element.get("name"),
            shown=text,
            value=-value if element.get("sign") == "-" else value,
            scale=int(scale),
            decimals=element.get("decimals") or "",
            unit=unit,
            start=period.start,
            end=period.end,
            members=period.members,
            row=row,
            label=label,
            around=around,
        )

    def _leave(self, why: str) -> TaggedNumber | None:
        self.left_out[why] += 1
        return None

    def _place(self, element: Any, text: str) -> tuple[int, str, str]:
        """The number of its table row and that row's label; in a sentence the words around it."""
        block = cell = None
        for up in element.iterancestors():
            name = name_of(up.tag)
            block = up if block is None and name in _BLOCKS else block
            if name in _CELLS:
                cell = up
                break
            if name == "table":
                break
        if cell is not None:
            row = next((up for up in cell.iterancestors() if name_of(up.tag) == "tr"), cell)
            if not _is_sentence(cell, row):
                if row not in self.rows:
                    self.rows[row] = len(self.rows), _label(row)
                return *self.rows[row], ""
        return -1, "", text if block is None else self._around(block, element)

    def _around(self, block: Any, element: Any) -> str:
        if block not in self.blocks:
            pieces: list[str] = []
            places: dict[Any, tuple[int, int]] = {}
            _spell(block, pieces, places, 0)
            self.blocks[block] = "".join(pieces), places
        text, places = self.blocks[block]
        start, end = places[element]
        # no further than the sentence: the next one may stand in another passage
        before = re.split(r"[.;:•]\s", text[max(0, start - _AROUND) : start])[-1]
        after = re.split(r"[.;:,•](?:\s|$)", text[end : end + _AROUND])[0]
        return clean(f"{before}{text[start:end]}{after}")


def _spell(element: Any, pieces: list[str], places: dict[Any, tuple[int, int]], at: int) -> int:
    """Put an element's text into `pieces`, which end at `at`; note where each number stands."""
    start = at
    if element.text and isinstance(element.tag, str):
        pieces.append(element.text)
        at += len(element.text)
    for child in element:
        at = _spell(child, pieces, places, at)
        if child.tail:
            pieces.append(child.tail)
            at += len(child.tail)
    if isinstance(element.tag, str) and name_of(element.tag) == "ix:nonfraction":
        places[element] = start, at
    return at


def number_of(text: str, form: str) -> Decimal | None:
    """A displayed number without scale and sign; None for what cannot be read.

    `form` is the tag's `format`: "ixt:num-dot-decimal", "ixt4:numcommadecimal", "ixt:fixed-zero", ...
    """
    name = form.rpartition(":")[2].replace("-", "").lower()
    if name in {"fixedzero", "zerodash", "numdash"}:
        return Decimal(0)
    if name == "numwordsen":
        return _from_words(text)
    bare = text.strip(_AROUND_NUMBER)
    if name == "numcommadecimal":
        found = _COMMA.fullmatch(bare)
        digits = re.sub(r"[.  ]", "", bare).replace(",", ".")
    elif name in {"", "numdotdecimal", "numdotdecimalin", "numcommadot"}:
        found = _DECIMAL.fullmatch(bare)
        digits = re.sub(r"[,  ]", "", bare)
    else:
        return None
    return Decimal(digits) if found and digits.isascii() and len(digits) <= _MOST_DIGITS else None


def _from_words(text: str) -> Decimal | None:
    """ "twenty-five", "one hundred and two thousand"; "no" and "none" are 0."""
    words = [word for word in re.split(r"[\s-]+", text.lower().strip()) if word != "and"]
    if words in (["no"], ["none"]):
        return Decimal(0)
    total = part = 0
    for word in words:
        if word in _WORDS:
            part += _WORDS[word]
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in _LARGE:
            total, part = total + (part or 1) * _LARGE[word], 0
        else:
            return None
    return Decimal(total + part) if words else None


def _is_nil(element: Any) -> bool:
    attributes: Mapping[str, str] = element.attrib
    return any(
        name.rpartition("}")[2].rpartition(":")[2] == "nil" and value in {"true", "1"}
        for name, value in attributes.items()
    )


def _label(row: Any) -> str:
    """The first cell with a text that is no tagged number: "Net sales", "2026", "3.20% Notes due 2026"."""
    for cell in row.iter("{*}td", "{*}th", "td", "th"):
        text = clean("".join(cell.itertext()))
        if next(cell.iter("{*}nonFraction", "ix:nonfraction"), None) is not None:
            return " ".join(text.split()[:_LABEL_WORDS]) if _words(text) >= _LABEL else ""
        if any(c.isalnum() for c in text):
            return " ".join(text.split()[:_LABEL_WORDS])
    return ""


def _is_sentence(cell: Any, row: Any) -> bool:
    """Whether a cell with a number is text: a paragraph laid out, or the label of its row."""
    text = clean("".join(cell.itertext()))
    if len(text.split()) > _PROSE_CELL:
        return True
    if _words(text) < _LABEL:
        return False
    first = next((c for c in row.iter("{*}td", "{*}th", "td", "th") if "".join(c.itertext()).strip()), cell)
    return first is cell


def _words(text: str) -> int:
    return sum(any(c.isalpha() for c in word) for word in text.split())
