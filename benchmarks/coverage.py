"""Inline XBRL as an oracle: which of a filing's visible numbers its passages hold, and tell apart.

A number in a table counts as held when some passage has the value and its row's label on one line, says
the scale, and names the period that stands above it in the filing; a number in prose when the words
around it stand in a passage. What stands above is looked up in the HTML, not by the parser under test.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from rag_app.core.tabletext import parse_heads, parse_row
from rag_app.filings.flow import clean
from rag_app.filings.html.tree import name_of, parse_tree
from rag_app.filings.xbrl import Fact, Period, visible_facts

_NUMBERS = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_VALUE = re.compile(r"^[\s$€£¥()%—–-]*(?:\d[\d,]*(?:\.\d+)?|\.\d+)?[\s$€£¥()%—–-]*$")
_SPAN = re.compile(r"\b(three|six|nine|twelve|thirteen|twenty-six|thirty-nine|quarter)\b", re.IGNORECASE)
_ONE_SCALE = re.compile(r"^\(in (?:thousands|millions|billions)\)$", re.MULTILINE)
_SCALES = {3: ("thousand", "000"), 6: ("million",), 9: ("billion",)}


@dataclass(frozen=True, slots=True)
class Sighting:
    """A fact with what stands around it: its row's label ("" in prose), the heads above, words around."""

    fact: Fact
    label: str
    heads: tuple[str, ...]
    around: str
    in_table: bool


@dataclass(slots=True)
class Coverage:
    """How many facts are held, and for each one that is not why: "value", "label", "period", "scale"."""

    total: int = 0
    held: int = 0
    missed: list[tuple[str, Sighting]] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Held facts of all; 1.0 without any."""
        return self.held / self.total if self.total else 1.0


def sightings(data: bytes) -> Iterator[Sighting]:
    """Every visible number of a filing as HTML bytes."""
    grids: dict[Any, dict[Any, tuple[int, int]]] = {}
    for element, fact in visible_facts(parse_tree(data)):
        cell = next((up for up in element.iterancestors() if name_of(up.tag) in {"td", "th"}), None)
        if cell is None:
            yield Sighting(fact, "", (), _around(element, fact.text), False)
            continue
        table = next((up for up in cell.iterancestors() if name_of(up.tag) == "table"), None)
        if table is None:
            continue
        if table not in grids:
            grids[table] = _places(table)
        text = _shown_text(cell)
        if len(text.split()) > 8:  # a paragraph laid out in a cell
            yield Sighting(fact, "", (), _around(element, fact.text), False)
        else:
            yield Sighting(fact, _label(cell), _heads(cell, grids[table]), "", True)


def _shown_text(element: Any) -> str:
    return clean("".join(element.itertext()))


def _around(element: Any, value: str) -> str:
    """Up to 20 letters on either side of a number in its paragraph."""
    block = next(
        (up for up in element.iterancestors() if name_of(up.tag) in {"p", "div", "td", "li", "body"}), None
    )
    if block is None:
        return value
    text = _shown_text(block)
    at = text.find(value)
    # no further than the sentence: the next one may open another passage
    before = re.split(r"[.;:•]\s", text[max(0, at - 20) : at])[-1]
    return before + value + re.split(r"[.;:,•](?:\s|$)", text[at + len(value) :][:20])[0]


def _places(table: Any) -> dict[Any, tuple[int, int]]:
    """Cell → the columns [from, to) it covers, row and column spans counted."""
    places: dict[Any, tuple[int, int]] = {}
    held: dict[int, int] = {}
    for row in (e for e in table.iter() if isinstance(e.tag, str) and name_of(e.tag) == "tr"):
        at = 0
        below: dict[int, int] = {c: n - 1 for c, n in held.items() if n > 1}
        for cell in row:
            if not isinstance(cell.tag, str) or name_of(cell.tag) not in {"td", "th"}:
                continue
            while held.get(at, 0) > 0:
                at += 1
            wide = _span(cell, "colspan")
            places[cell] = (at, at + wide)
            if (tall := _span(cell, "rowspan")) > 1:
                below |= dict.fromkeys(range(at, at + wide), tall - 1)
            at += wide
        held = below
    return places


def _span(cell: Any, name: str) -> int:
    text = cell.get(name) or "1"
    return max(1, min(200, int(text))) if text.isdigit() else 1


def _label(cell: Any) -> str:
    for other in cell.getparent():
        text = _shown_text(other) if other is not cell else ""
        if other is cell or (text and not _VALUE.match(text)):
            return text
    return ""


def _heads(cell: Any, places: dict[Any, tuple[int, int]]) -> tuple[str, ...]:
    """What stands above a cell, nearest first, up to the values of an earlier panel."""
    x0, x1 = places.get(cell, (0, 1))
    heads: list[str] = []
    row = cell.getparent()
    for above in row.itersiblings("{*}tr", "tr", preceding=True):
        for other in above:
            if not isinstance(other.tag, str) or other not in places:
                continue
            a, b = places[other]
            text = _shown_text(other)
            if a == 0 or not (a < x1 and x0 < b) or not text:
                continue
            if _VALUE.match(text) and not _YEAR.fullmatch(text):
                if heads:
                    return tuple(heads)
            else:
                heads.append(text)
    return tuple(heads)


def fold(text: str) -> str:
    """Letters and digits only, in lower case."""
    return re.sub(r"\W+", "", text).lower()


class Passages:
    """Lines of all passages by the numbers in them."""

    def __init__(self, passages: Sequence[str]) -> None:
        self.lines = [text.split("\n") for text in passages]
        self.folded = [fold(text) for text in passages]
        self.lower = [text.lower() for text in passages]
        self.at: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for p, lines in enumerate(self.lines):
            for i, line in enumerate(lines):
                for token in set(_NUMBERS.findall(line)):
                    self.at[token].append((p, i))

    def holding(self, value: str) -> list[tuple[int, int]]:
        """(passage, line) of every line that shows `value`."""
        if value in self.at:
            return self.at[value]
        return [(p, i) for p, lines in enumerate(self.lines) for i, line in enumerate(lines) if value in line]


def measure(data: bytes, passages: Sequence[str]) -> Coverage:
    """How much of a filing's tagged numbers `passages` hold. `data`: the filing as inline XBRL."""
    index = Passages(passages)
    result = Coverage()
    for seen in sightings(data):
        result.total += 1
        why = _judge(seen, index)
        if why:
            result.missed.append((why, seen))
        else:
            result.held += 1
    return result


def holders(seen: Sighting, index: Passages) -> list[int]:
    """The passages that hold a fact of a table with its label, scale and period."""
    found = index.holding(seen.fact.text)
    return sorted({p for p, i in found if not _on_line(seen, index, p, i)})


def _judge(seen: Sighting, index: Passages) -> str:
    """ "" when a passage holds the fact, else the first thing that none of the nearest ones has."""
    if not seen.in_table:
        wanted = fold(seen.around)
        return "" if any(wanted in text for text in index.folded) else "value"
    best = "value"
    order = ("value", "label", "scale", "period", "")
    for p, i in index.holding(seen.fact.text):
        why = _on_line(seen, index, p, i)
        if not why:
            return ""
        best = max(best, why, key=order.index)
    return best


def _on_line(seen: Sighting, index: Passages, p: int, i: int) -> str:
    line = index.lines[p][i]
    if fold(seen.label) not in fold(line):
        return "label"
    if not _says_scale(seen.fact, index.lower[p]):
        return "scale"
    return "" if _names_period(seen, index, p, i) else "period"


def _says_scale(fact: Fact, passage: str) -> bool:
    if fact.scale == -2:
        return "%" in passage or "percent" in passage
    if fact.scale == 0 and fact.text.isdecimal() and "/" not in fact.unit and _ONE_SCALE.search(passage):
        return False  # a count under "(in millions)"; a price tells its scale itself
    words = _SCALES.get(fact.scale)
    return words is None or not any(c.isdigit() for c in fact.text) or any(w in passage for w in words)


def _names_period(seen: Sighting, index: Passages, p: int, i: int) -> bool:
    period = seen.fact.period
    shown = " ".join(seen.heads)
    years = set(_YEAR.findall(shown))
    row, lines = index.lines[p][i], index.lines[p]
    if not years:
        # the columns are named by something else: the passage must say the year at all
        return period is None or any(year in index.lower[p] for year in _years(period))
    heads = _heads_over(lines, i)
    parsed = parse_row(row)
    if heads is None or parsed is None:  # not our layout: the years stand in the passage
        return all(year in index.lower[p] for year in years)
    values = [n for n, cell in enumerate(parsed[1]) if seen.fact.text in cell]
    named = [heads[n] for n in values if n < len(heads)] or [""]
    wanted = years | {word.lower() for word in _SPAN.findall(shown)}
    return any(all(word in f"{head} {row}".lower() for word in wanted) for head in named)


def _years(period: Period) -> set[str]:
    """The years a passage may name: where the period ends; an opening balance stands under the next year."""
    end = int(period.end[:4])
    return {str(end), str(end + 1)} if period.start is None else {str(end)}


def _heads_over(lines: Sequence[str], i: int) -> list[str] | None:
    for line in reversed(lines[:i]):
        heads = parse_heads(line)
        if heads is not None:
            return heads
    return None
