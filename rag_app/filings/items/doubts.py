"""Items found in a filing that cannot be what their heading says: too long, or titled as another.

An Item that points elsewhere ("incorporated by reference") is rightly short; one is wrong when it
holds what must belong to Items whose headings were not found.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag_app.filings.items.marks import Mark, label_of
from rag_app.filings.items.titles import title_of_another

_SMALL = {"1B", "1C", "4", "6", "9", "9A", "9B", "9C", "14", "16"}  # never a large part of a 10-K
_SMALL_10Q = {("I", "4"), ("II", "2"), ("II", "3"), ("II", "4"), ("II", "5")}
_SMALL_SHARE, _SMALL_SIZE = 0.15, 20_000  # more than this of the text, and more characters
_SWALLOWED = 0.4  # an Item of this share, and the next main Item's heading is missing
_MAIN = {"10-K": (("", "1"), ("", "7"), ("", "8")), "10-Q": (("I", "1"), ("I", "2"))}


def _main(kind: str) -> tuple[tuple[str, str], ...]:
    if "SB" in kind or kind.endswith("/A"):
        return ()  # numbered otherwise; amendments repeat some Items only
    return _MAIN.get(kind[:4], ())


def _is_small(mark: Mark, kind: str) -> bool:
    if kind.startswith("10-Q"):
        return (mark.part, mark.item) in _SMALL_10Q
    return bool(_main(kind)) and mark.item in _SMALL and "xhibit" not in mark.title.lower()


def missing_items(marks: Sequence[Mark], kind: str) -> list[str]:
    """The labels of main Items without a heading."""
    out = []
    for part, item in _main(kind):
        wanted = Mark(0, part, item, "", 1)
        if not any(mark.covers(wanted) for mark in marks):
            out.append(label_of(wanted, kind))
    return out


def find_doubts(marks: Sequence[Mark], kind: str, total: int) -> list[tuple[Mark, str]]:
    """The doubtful ones of the chosen headings of Items, each with the reason."""
    doubts: list[tuple[Mark, str]] = []
    if not kind.startswith(("10-K", "10-Q")) or "SB" in kind:
        return doubts
    for n, mark in enumerate(marks):
        share = mark.size / max(total, 1)
        if title_of_another(kind, mark.part, mark.item, mark.title):
            doubts.append((mark, f'it is headed "{mark.title[:60]}"'))
        elif _is_small(mark, kind) and share > _SMALL_SHARE and mark.size > _SMALL_SIZE:
            doubts.append((mark, f"it would hold {share:.0%} of the text"))
        elif share > _SWALLOWED and mark.size > _SMALL_SIZE:
            after = marks[n + 1].first if n + 1 < len(marks) else None
            for part, item in _main(kind):
                main = Mark(0, part, item, "", 1)
                if mark.last < main.first and (after is None or main.first < after):
                    without = label_of(main, kind)
                    doubts.append((mark, f"it would hold {share:.0%} of the text; no {without} was found"))
                    break
    return doubts
