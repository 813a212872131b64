"""Inline XBRL → the numbers a filing shows, each with concept, period, unit and scale.

Reads an element tree as `html.tree.parse_tree` gives it. Knows no layout and no chunks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rag_app.filings.flow import clean
from rag_app.filings.html.tree import name_of, read_style


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
    """The contexts of a filing by id; one without an end is left out."""
    periods: dict[str, Period] = {}
    for element in tree.iter():
        if not isinstance(element.tag, str) or _local(element) != "context":
            continue
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
        end = told.get("instant") or told.get("enddate")
        if end and element.get("id"):
            periods[element.get("id")] = Period(told.get("startdate"), end, tuple(sorted(members)))
    return periods


def read_units(tree: Any) -> dict[str, str]:
    """The units of a filing by id: "USD", "shares", "USD/shares"."""
    units: dict[str, str] = {}
    for element in tree.iter():
        if isinstance(element.tag, str) and _local(element) == "unit" and element.get("id"):
            parts = [
                clean(inner.text or "").rpartition(":")[2]
                for inner in element.iter()
                if isinstance(inner.tag, str) and _local(inner) == "measure"
            ]
            units[element.get("id")] = "/".join(parts)
    return units


def visible_facts(tree: Any) -> Iterator[tuple[Any, Fact]]:
    """Every `ix:nonFraction` a reader can see, with its element, in reading order."""
    periods, units = read_periods(tree), read_units(tree)
    for element in _shown(tree):
        if name_of(element.tag) == "ix:nonfraction":
            text = clean("".join(element.itertext()))
            if text:
                yield element, _fact(element, text, periods, units)


def _fact(element: Any, text: str, periods: Mapping[str, Period], units: Mapping[str, str]) -> Fact:
    scale = element.get("scale", "0")
    return Fact(
        concept=element.get("name", ""),
        text=text,
        scale=int(scale) if scale.lstrip("+-").isdigit() else 0,
        negative=element.get("sign") == "-",
        unit=units.get(_attribute(element, "unitRef"), ""),
        period=periods.get(_attribute(element, "contextRef")),
    )


def _attribute(element: Any, name: str) -> str:
    # read as HTML, attribute names are lower case
    return str(element.get(name) or element.get(name.lower()) or "")


def _local(element: Any) -> str:
    return name_of(element.tag).rpartition(":")[2]


def _shown(element: Any) -> Iterator[Any]:
    """The elements below `element` that are displayed."""
    for child in element:
        if not isinstance(child.tag, str) or name_of(child.tag) in {"ix:header", "head", "script", "style"}:
            continue
        style = child.get("style")
        if style is not None and read_style(style).hidden:
            continue
        yield child
        yield from _shown(child)
