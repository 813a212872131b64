"""A `Table` as lines of text: caption, unit, heads, then one line a row."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag_app.core.tabletext import heads_line
from rag_app.core.types import Table, TableRow

_CAPTION_WORDS = 18
_MONTH = re.compile(r"^(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?$", re.IGNORECASE)
_DAY = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}, ?(?:19|20)\d\d"
_BALANCE = re.compile(
    rf"^(?:(?:opening|closing|beginning|ending)\s+)?balances?\b.{{0,60}}\b(?:19|20)\d\d\b|^total\b.{{0,60}}{_DAY}"
    rf"|^(?:as of |at )?{_DAY}:?$",
    re.IGNORECASE,
)


def row_line(row: TableRow) -> str:
    """`label | v1 | v2`; empty cells keep their place, empty ends are cut."""
    return " | ".join((row.label, *row.cells)).rstrip(" |")


def table_top(table: Table, again: bool = False) -> list[str]:
    """Caption, unit and heads: the lines repeated on every part of a long table.

    `again`: on a later part, where a caption of a whole sentence is cut short.
    """
    words = table.caption.split()
    caption = (
        " ".join(words[:_CAPTION_WORDS]) + " …" if again and len(words) > _CAPTION_WORDS else table.caption
    )
    lines = [caption] if caption else []
    if table.unit and table.unit.lower() not in caption.lower():
        lines.append(f"({table.unit})")
    if any(table.heads):
        stub, heads = _common_stub(table.heads)
        lines.append(heads_line(stub, heads))
    return lines


def _common_stub(heads: Sequence[str]) -> tuple[str, list[str]]:
    """What all heads begin with ("Years ended"), and what is left of each."""
    if len(heads) < 2:
        return "", list(heads)
    parts = [head.split() for head in heads]
    shared = 0
    while all(len(words) > shared + 1 for words in parts) and len({words[shared] for words in parts}) == 1:
        shared += 1
    # a date stays whole, and so does "Level 1": "Year ended | December 31, 2024 | December 31, 2023"
    while shared and (
        parts[0][shared - 1].endswith(",")
        or _MONTH.match(parts[0][shared - 1])
        or all(re.fullmatch(r"\d{1,2}", words[shared]) for words in parts)
    ):
        shared -= 1
    if sum(map(len, parts[0][:shared])) < 8:
        return "", list(heads)
    return " ".join(parts[0][:shared]), [" ".join(words[shared:]) for words in parts]


def balance_rows(table: Table) -> list[int]:
    """The rows that date the rows between them: "Balance at December 31, 2023" in a statement of equity."""
    return [i for i, row in enumerate(table.rows) if _BALANCE.match(row.label) and any(row.cells)]


def between(table: Table, start: int, end: int) -> list[str]:
    """What dates rows `start` to `end` of a table cut into parts: the balances next to them outside."""
    dated = balance_rows(table)
    before = next((i for i in reversed(dated) if i < start), None) if start not in dated else None
    after = next((i for i in dated if i >= end), None) if end - 1 not in dated else None
    words = [
        f"{word} {table.rows[i].label.rstrip(':')}"
        for word, i in (("after", before), ("before", after))
        if i is not None
    ]
    return [f"({', '.join(words)})"] if words else []


def opening(row: TableRow, section: str) -> list[str]:
    """What stands between rows of two sections: the next one's label, or an empty line where none follows."""
    if row.section == section:
        return []
    return [f"{row.section}:" if row.section else ""]


def table_lines(table: Table) -> list[str]:
    """The whole table as lines, section labels as lines of their own."""
    lines: list[str] = []
    section = ""
    for row in table.rows:
        lines.extend(opening(row, section))
        section = row.section
        lines.append(row_line(row))
    return table_top(table) + lines
