"""A long or wide table → parts that fit, each with the table's caption, unit and heads.

Cut between rows; a table whose heads alone would fill a part is cut between columns first. Footnotes
go with every part that has their mark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from rag_app.core.types import Block, Table
from rag_app.filings.tables.lines import balance_rows, between, opening, row_line, table_top

Count = Callable[[str], int]
_TOP_SHARE = 0.5  # caption, unit and heads may take this share of a part
_NOTE = re.compile(r"^(\([1-9]\d?\)|\([a-z]\)|[*†‡§]{1,3})\s*\S")
_NOTE_WORDS = 60


@dataclass(slots=True)
class Footnote:
    """A paragraph below a table that explains a mark in it; `placed` once it stands in a part."""

    mark: str
    text: str
    placed: bool = False


def footnotes(table: Table, blocks: Sequence[Block], start: int) -> dict[int, Footnote]:
    """The footnotes of `table` among the blocks from `start` on, by their place there."""
    shown = "\n".join([*table_top(table), *map(row_line, table.rows)])
    found: dict[int, Footnote] = {}
    for at in range(start, len(blocks)):
        mark = _NOTE.match(blocks[at].text) if blocks[at].kind == "prose" else None
        if mark is None:
            break
        if mark[1] in shown and len(blocks[at].text.split()) <= _NOTE_WORDS:
            found[at] = Footnote(mark[1], blocks[at].text)
    return found


def add_notes(part: list[str], notes: Iterable[Footnote], room: int, count: Count) -> None:
    """Put the footnotes whose marks stand in `part` at its end, as far as there is room."""
    used = sum(map(count, part))
    for note in notes:
        cost = count(note.text)
        if used + cost <= room and any(note.mark in line for line in part):
            part.append(note.text)
            note.placed = True
            used += cost


def dates_room(table: Table, count: Count) -> int:
    """The tokens of the line that dates the rows of a part, where the table needs one."""
    return max((2 * count(table.rows[i].label) + 6 for i in balance_rows(table)), default=0)


def table_parts(table: Table, lead: Sequence[str], room: int, count: Count) -> list[list[str]]:
    """The table's lines in parts of at most `room` tokens each, about equally long.

    `lead` goes on top of the first part. A single row may still be longer than `room`.
    """
    parts: list[list[str]] = []
    for piece in _by_columns(table, room, count):
        parts.extend(_by_rows(piece, [] if parts else lead, room, count))
    return parts


def _by_columns(table: Table, room: int, count: Count) -> list[Table]:
    top = sum(map(count, table_top(table)))
    wide = len(table.heads)
    if top <= room * _TOP_SHARE or wide < 4:
        return [table]
    # where the heads begin anew, nearest to the middle
    firsts = [" ".join(head.split()[:4]) for head in table.heads]
    cuts = [i for i in range(1, wide) if firsts[i] != firsts[i - 1]] or list(range(1, wide))
    cut = min(cuts, key=lambda i: abs(i - wide / 2))
    halves = [_columns(table, 0, cut), _columns(table, cut, wide)]
    return [part for half in halves for part in _by_columns(half, room, count)]


def _columns(table: Table, start: int, end: int) -> Table:
    kept = tuple(
        replace(row, cells=row.cells[start:end])
        for row in table.rows
        if any(row.cells[start:end]) or (start == 0 and not any(row.cells))
    )
    return replace(table, heads=table.heads[start:end], rows=kept)


def _by_rows(table: Table, lead: Sequence[str], room: int, count: Count) -> list[list[str]]:
    tops = ([*lead, *table_top(table)], table_top(table, again=True))
    costs = [count(row_line(row)) for row in table.rows]
    parts = _fill(table, tops, costs, room, count)
    if len(parts) > 1:
        first, later = (sum(map(count, top)) for top in tops)
        even = (first + later * (len(parts) - 1) + sum(costs)) / len(parts)
        for slack in (1.02, 1.05, 1.1, 1.15):  # the tightest fill that needs no part more
            again = _fill(table, tops, costs, min(room, even * slack), count)
            if len(again) == len(parts):
                return again
    return parts


def _fill(
    table: Table, tops: tuple[list[str], list[str]], costs: list[int], room: float, count: Count
) -> list[list[str]]:
    room -= dates_room(table, count)
    parts: list[list[str]] = []
    current: list[str] = []
    used, section, start = sum(map(count, tops[0])), "", 0
    for at, (row, cost) in enumerate(zip(table.rows, costs, strict=True)):
        start_of = opening(row, section)
        extra = sum(map(count, start_of))
        if current and used + cost + extra > room:
            parts.append([*tops[bool(parts)], *between(table, start, at), *current])
            current, used, start = [], sum(map(count, tops[1])), at
            start_of = opening(row, "")
            extra = sum(map(count, start_of))
        section = row.section
        current.extend([*start_of, row_line(row)])
        used += cost + extra
    if current or not parts:
        parts.append([*tops[bool(parts)], *between(table, start, len(table.rows)), *current])
    return parts
