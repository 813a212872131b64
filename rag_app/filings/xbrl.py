"""Inline XBRL → the numbers a filing shows, each with concept, period, unit and scale.

Reads an element tree as `html.tree.parse_tree` gives it. Knows no layout and no chunks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rag_app.filings.flow import clean
from rag_app.filings.html.tree import name_of, read_style

_HIDDEN = frozenset({"ix:header", "head", "script", "style"})
_NUMBERS = ("{*}nonFraction", "ix:nonfraction")


@dataclass(frozen=True, slots=True)
class Period:
    """Days as ISO `YYYY-MM-DD`; `start` is None for an instant. `members`: (axis, member) pairs."""

    start: str | None
    end: str
    members: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One visible `ix:nonFraction`: `text` as displayed, times 10**`scale`; `unit` such as "USD".

    `period` is None where the filing lacks the context that the fact names.
    """

    concept: str
    text: str
    scale: int
    negative: bool
    unit: str
    period: Period | None


def read_periods(tree: Any) -> dict[str, Period]:
    """The contexts of a filing by id; one without an end is left out. A typed member is its text."""
    periods: dict[str, Period] = {}
    for element in tree.iter("{*}context", "xbrli:context"):
        told: dict[str, str] = {}
        members = []
        for inner in element.iter():
            if not isinstance(inner.tag, str):
                continue
            name = _local(inner)
            if name in {"startdate", "enddate", "instant"}:
                told[name] = clean(inner.text or "")[:10]
            elif name == "explicitmember":
                members.append((inner.get("dimension", ""), clean(inner.text or "")))
            elif name == "typedmember":
                members.append((inner.get("dimension", ""), clean("".join(inner.itertext()))))
        end = told.get("instant") or told.get("enddate")
        if end and element.get("id"):
            periods[element.get("id")] = Period(told.get("startdate"), end, tuple(sorted(members)))
    return periods


def read_units(tree: Any) -> dict[str, str]:
    """The units of a filing by id: "USD", "shares", "USD/shares"."""
    units: dict[str, str] = {}
    for element in tree.iter("{*}unit", "xbrli:unit"):
        if element.get("id"):
            parts: dict[bool, list[str]] = {False: [], True: []}
            below = False
            for inner in element.iter():
                name = _local(inner) if isinstance(inner.tag, str) else ""
                below = below or name == "unitdenominator"
                if name == "measure":
                    parts[below].append(clean(inner.text or "").rpartition(":")[2])
            units[element.get("id")] = "/".join("*".join(part) for part in parts.values() if part)
    return units


def visible_facts(tree: Any) -> Iterator[tuple[Any, Fact]]:
    """Every `ix:nonFraction` a reader can see, with its element, in reading order."""
    periods, units = read_periods(tree), read_units(tree)
    for element in shown_numbers(tree):
        text = clean("".join(element.itertext()))
        if text:
            yield element, _fact(element, text, periods, units)


def shown_numbers(tree: Any) -> Iterator[Any]:
    """The `ix:nonFraction` elements that are displayed, in reading order."""
    hidden: dict[Any, bool] = {}
    for element in tree.iter(*_NUMBERS):
        if name_of(element.tag) != "ix:nonfraction":
            continue
        path = []
        at = element
        while at is not None and at not in hidden:
            path.append(at)
            at = at.getparent()
        below = hidden[at] if at is not None else False
        for up in reversed(path):
            below = hidden[up] = below or _hides(up)
        if not below:
            yield element


def attribute(element: Any, name: str) -> str:
    """An attribute whose name is lower case where the file was read as HTML; "" without it."""
    return str(element.get(name) or element.get(name.lower()) or "")


def _fact(element: Any, text: str, periods: Mapping[str, Period], units: Mapping[str, str]) -> Fact:
    scale = element.get("scale", "0")
    return Fact(
        concept=element.get("name", ""),
        text=text,
        scale=int(scale) if scale.lstrip("+-").isdigit() else 0,
        negative=element.get("sign") == "-",
        unit=units.get(attribute(element, "unitRef"), ""),
        period=periods.get(attribute(element, "contextRef")),
    )


def _local(element: Any) -> str:
    return name_of(element.tag).rpartition(":")[2]


def _hides(element: Any) -> bool:
    if name_of(element.tag) in _HIDDEN:
        return True
    style = element.get("style")
    return style is not None and read_style(style).hidden
