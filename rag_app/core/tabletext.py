"""The one layout of a table inside a chunk's text, written and read here.

| 2024 | 2023                  the heads: the line starts with a bar
|Years ended | 2024 | 2023     the same; what touches the bar belongs to every head
Net sales | $1,234 | $1,100    a row: its label, then one cell a column
"""

from __future__ import annotations

from collections.abc import Sequence


def heads_line(shared: str, heads: Sequence[str]) -> str:
    """The line of heads; `shared` is what all of them begin with, or empty."""
    return (
        f"|{shared} | {' | '.join(heads)}".rstrip(" |") if shared else f"| {' | '.join(heads)}".rstrip(" |")
    )


def parse_heads(line: str) -> list[str] | None:
    """One head a column, the shared beginning repeated; None for any other line."""
    if not line.startswith("|"):
        return None
    cells = [cell.strip() for cell in line[1:].split("|")]
    if line[1:2].strip():
        shared, *heads = cells
        return [f"{shared} {head}" if head else shared for head in heads]
    return cells


def parse_row(line: str) -> tuple[str, list[str]] | None:
    """(label, cells) of a row; None for any other line. The label may be empty."""
    if line.startswith("|") or " | " not in line:
        return None
    label, *cells = (cell.strip() for cell in line.split(" | "))
    return label, cells
