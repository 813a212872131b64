"""Rows → an aligned table of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]


def table(name: str, rows: Sequence[Row]) -> str:
    """A title and one line a row; floats with three digits. All rows have the keys of the first."""
    shown = [{k: f"{v:.3f}" if isinstance(v, float) else str(v) for k, v in row.items()} for row in rows]
    widths = {k: max(len(k), *(len(row[k]) for row in shown)) for k in shown[0]}
    lines = ["  ".join(k.ljust(w) for k, w in widths.items())]
    lines += ["  ".join(row[k].ljust(w) for k, w in widths.items()) for row in shown]
    return f"\n{name}\n" + "\n".join(lines)
