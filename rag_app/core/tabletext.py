"""The one layout of a table inside a chunk's text, written and read here, and its plain sentences.

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


def _named(cell: str, head: str) -> str:
    if not head:
        return cell
    return f"{cell} {head}" if head.lower().startswith(("for ", "as of ", "at ")) else f"{cell} for {head}"


def in_sentences(text: str) -> str:
    """A table's text with each row as a sentence: "Net sales was $1,234 for 2024, $1,100 for 2023."

    Embedded instead of the rows: a value stands next to its period, as in the questions people ask.
    """
    heads: list[str] = []
    lines = []
    for line in text.split("\n"):
        found, row = parse_heads(line), parse_row(line)
        if found is not None:
            heads = found
        elif row is None:
            lines.append(line)
        else:
            named = [(cell, heads[i] if i < len(heads) else "") for i, cell in enumerate(row[1]) if cell]
            values = ", ".join(_named(cell, head) for cell, head in named)
            lines.append(f"{row[0]} was {values}." if row[0] else f"{values}.")
    return "\n".join(lines)
