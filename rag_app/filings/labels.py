"""Inline XBRL → what each table row is called, in print and by its tags.

Knows no layout and no chunks.
"""

from __future__ import annotations

from typing import Any

from rag_app.core.facts import TaggedLabel
from rag_app.filings.flow import clean
from rag_app.filings.html.tree import name_of, parse_tree
from rag_app.filings.xbrl import read_periods, read_units

TAG = b"ix:nonfraction"


def tagged_labels(data: bytes, filing_id: str) -> list[TaggedLabel]:
    """The rows whose numbers all have one concept, whole-company ones only; none for a file without tags.

    A number of one segment or product is named by its axis, not by its concept, and is left out.
    """
    if TAG not in data.lower():
        return []
    tree = parse_tree(data)
    units, periods = read_units(tree), read_periods(tree)
    whole = {name for name, period in periods.items() if not period.members}
    found: dict[tuple[str, str], TaggedLabel] = {}
    for row in tree.iter():
        if not isinstance(row.tag, str) or name_of(row.tag) != "tr":
            continue
        facts = [e for e in row.iter() if isinstance(e.tag, str) and name_of(e.tag) == "ix:nonfraction"]
        concepts = {str(e.get("name") or "") for e in facts}
        if len(concepts) != 1 or not all(_attribute(e, "contextRef") in whole for e in facts):
            continue
        label = _label(row)
        concept = concepts.pop()
        if label and concept:
            unit = units.get(_attribute(facts[0], "unitRef"), "")
            found.setdefault((label, concept), TaggedLabel(filing_id, label, concept, unit))
    return list(found.values())


def _attribute(element: Any, name: str) -> str:
    # read as HTML, attribute names are lower case
    return str(element.get(name) or element.get(name.lower()) or "")


def _label(row: Any) -> str:
    """The first cell with letters that holds no number of its own."""
    for cell in row.iter():
        if not isinstance(cell.tag, str) or name_of(cell.tag) not in {"td", "th"}:
            continue
        if any(isinstance(e.tag, str) and name_of(e.tag) == "ix:nonfraction" for e in cell.iter()):
            return ""
        text = clean("".join(cell.itertext()))
        if any(c.isalpha() for c in text):
            return text
    return ""
