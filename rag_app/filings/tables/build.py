"""A grid of cells → `Table`s: finds heads, section labels, units and where a second table begins.

Knows no file format.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag_app.core.types import Table, TableRow
from rag_app.filings.tables.cells import (
    YEAR,
    Cell,
    find_unit,
    is_number,
    is_period,
    is_unit_line,
    mark_percent,
    merge_cells,
    scale_word,
    take_unit,
    told_scale,
)
from rag_app.filings.tables.columns import Column, find_columns, join_split, loose_columns, place, snap

_RUNS_ON = re.compile(
    r"(?:&|,|[-–/]|\bU\.S\.|\b(?:and|of|the|for|to|in|or|by|with|from|on|a))$", re.IGNORECASE
)
_CENTS = re.compile(r"\$\s?\(?\d[\d,]*\.\d\d\b")
_TITLE = re.compile(r"^(?:note\s+\d+\s*[—–:.-]|part\s+i{1,3}\b|item\s+\d)", re.IGNORECASE)
_RULE = re.compile(r"[-=_]{4,}")  # drawn with characters in a text filing
_PERIOD_LABEL = re.compile(
    r"^(?:(?:for|as of|at|in)\s+)?(?:the\s+)?(?:fiscal|calendar|years?|quarters?|quarterly|periods?|months?"
    r"|weeks?|three|six|nine|twelve|thirteen|twenty-six|thirty-nine|fifty-two"
    r"|(?:first|second|third|fourth)\s+(?:fiscal\s+)?(?:quarter|half)|fy"
    r"|q[1-4]|january|february|march|april|may|june|july|august|september|october|november|december)\b"
    r"(?!.*\b(?:due|notes?|bonds?|debentures?|plans?)\b)[\w\s,.()–-]{0,60}?\b(?:19|20)\d\d:?$|^(?:19|20)\d\d:?$",
    re.IGNORECASE,
)
_DATED = re.compile(r"\b(?:19|20)\d\d\b")
_STUB_PERIOD = re.compile(r"(?:ended|ending|as of|at|years?|quarters?|periods?)\b.*?,?:?$", re.IGNORECASE)


@dataclass(slots=True)
class _Row:
    label: str
    indent: float
    cells: list[str]
    spread: list[tuple[list[int], str]]  # every cell with the columns it covers
    bold: bool
    wide: bool  # the label reaches over value columns
    scale: str = ""

    @property
    def values(self) -> list[str]:
        return [cell for cell in self.cells if cell]

    @property
    def numeric(self) -> bool:
        return any(is_number(cell) for cell in self.cells if cell)


def _rows(grid: Sequence[Sequence[Cell]], columns: Sequence[Column]) -> list[_Row]:
    rows = []
    for cells in grid:
        label, indent, wide = "", 0.0, False
        values = [""] * (len(columns) - 1)
        spread: list[tuple[list[int], str]] = []
        for cell in cells:
            at = place(columns, cell)
            if not at:
                continue
            if at[0] == 0:
                label = f"{label} {cell.text}".strip()
                indent = cell.indent
                wide = len(at) > 1
                continue
            values[at[0] - 1] = f"{values[at[0] - 1]} {cell.text}".strip()
            spread.append(([i - 1 for i in at], cell.text))
        if label or spread:
            rows.append(
                _Row(label, indent, values, spread, all(cell.bold for cell in cells), wide, scale_word(cells))
            )
    return rows


def _headlike(row: _Row) -> bool:
    """A row of heads in the middle of a table: no label of its own, only periods and titles."""
    if (
        row.numeric
        or not row.spread
        or (row.label and not is_unit_line(row.label) and not _STUB_PERIOD.search(row.label))
    ):
        return False
    return all(is_period(text) for _, text in row.spread) or (
        row.bold and not row.label and len(row.spread) > 1
    )


def _split_panels(rows: Sequence[_Row]) -> list[tuple[list[_Row], list[_Row]]]:
    """Cut where new heads begin: [(head rows, body rows)]."""
    first = next((i for i, row in enumerate(rows) if row.label and row.numeric and not _is_head(row)), None)
    if first is None:
        first = next((i for i, row in enumerate(rows) if row.numeric), None)
    if first is None:
        count = 1 if len(rows) > 1 and rows[0].bold and rows[0].spread and not rows[1].bold else 0
        return [(list(rows[:count]), list(rows[count:]))]
    # label-only rows just above the first values are section labels, unless they title the table
    while first > 0 and not rows[first - 1].spread and not is_unit_line(rows[first - 1].label):
        if rows[first - 1].wide and not any(row.spread for row in rows[:first]):
            break
        first -= 1
    panels = [(list(rows[:first]), list[_Row]())]
    i = first
    while i < len(rows):
        end = i
        while end < len(rows) and (_headlike(rows[end]) or _repeats(rows[end], panels[0][0])):
            end += 1
        # the rows between new heads and the next values are heads as well
        below = range(end + 1, min(end + 5, len(rows)))
        for last in below if i < end < len(rows) and not rows[end].numeric else ():
            if rows[last].numeric and all(row.spread for row in rows[end:last]):
                end = last
                break
        if end > i and any(row.numeric for row in rows[end:]) and panels[-1][1]:
            heads = list(rows[i:end])
            # label-only rows directly above new heads title the new panel
            above = panels[-1][1]
            while len(above) > 1 and not above[-1].spread and _titles(above[-1]):
                heads.insert(0, above.pop())
            panels.append((heads, []))
            i = end
            continue
        panels[-1][1].append(rows[i])
        i += 1
    return panels


def _repeats(row: _Row, heads: Sequence[_Row]) -> bool:
    """Whether a row says the heads again: "Fiscal 2023 | High | Low" under "Fiscal 2024 | High | Low"."""
    texts = [text for _, text in row.spread]
    return (
        len(texts) > 1
        and not row.numeric
        and any(texts == [text for _, text in head.spread] for head in heads)
    )


def _titles(row: _Row) -> bool:
    """Whether a row without values titles what follows: it spans the table, or names a period."""
    return row.wide or bool(_PERIOD_LABEL.match(row.label))


def _is_head(row: _Row) -> bool:
    """A row such as "Fiscal year ended | 2024 | 2023 | % change" under a filled stub."""
    return is_unit_line(row.label) and not any(is_number(v) and re.search(r"\d", v) for v in row.values)


def _heads(rows: Sequence[_Row], width: int) -> tuple[list[str], str, str]:
    heads: list[list[str]] = [[] for _ in range(width)]
    unit, caption = "", []
    stub = ""
    for row in rows:
        if row.label:
            found = find_unit(row.label)
            if found:
                # beside other scales it is that of a column, not of the table
                unit = unit or ("" if any(is_unit_line(text) for _, text in row.spread) else found)
                rest = "" if is_unit_line(row.label) else row.label
            else:
                rest = row.label
            if rest and row.wide and not row.spread and not _PERIOD_LABEL.match(rest):
                caption.append(rest)
            elif rest and (_STUB_PERIOD.search(rest) or _PERIOD_LABEL.match(rest)):
                stub = rest.rstrip(":")
            elif 2 <= len(rest.split()) <= 12 and rest not in caption:
                caption.append(rest)  # a table has no place for the head of its labels
        for at, text in row.spread:
            if text.strip("()").lower() == "unaudited":
                continue
            if is_unit_line(text):
                # over all columns, or alone over most, it holds for the table; else for its columns
                if len(at) == width or (len(row.spread) == 1 and 2 * len(at) >= width):
                    unit = unit or find_unit(text)
                    continue
                text = f"({find_unit(text)})"
            elif _TITLE.match(text):
                caption.append(text)  # the heading of the note, caught in the grid
                continue
            for i in at:
                if not heads[i] or heads[i][-1] != text:
                    heads[i].append(text)
    names = [" ".join(_RULE.sub(" ", " ".join(parts)).split()) for parts in heads]
    taken = [take_unit(name) for name in names]
    stated = {found.lower() for _, found in taken if found}
    if len(stated) == 1 and (unit or all(found for name, found in taken if name)):
        # one scale for the whole table; where columns differ each keeps its own
        unit = unit or next(found for _, found in taken if found)
        if stated == {unit.lower()}:
            names = [name for name, _ in taken]
    if stub and _joins(stub, [name for name in names if name]):
        names = [f"{stub} {name}" if name else "" for name in names]
    elif stub and _PERIOD_LABEL.match(stub):
        caption.append(stub)
    return names, unit, " ".join(caption)


def _joins(stub: str, names: Sequence[str]) -> bool:
    """Whether the period in the stub belongs to every head: "Years ended", "December 31, 2024"."""
    if all(YEAR.match(name) for name in names):
        return bool(names) and not re.search(r"\b(?:19|20)\d\d\b", stub)
    dated = [bool(_DATED.search(name)) for name in names]
    if not any(dated):
        return bool(_PERIOD_LABEL.match(stub))
    return all(dated) and stub.lower().endswith(("ended", "ending", "as of"))


def _body(rows: Sequence[_Row]) -> list[TableRow]:
    out: list[TableRow] = []
    section, section_indent, deeper = "", 0.0, False
    period = ""  # "Fiscal year ended January 31, 2023": holds until the next one
    pending = ""  # a label that runs on in the next row
    for i, row in enumerate(rows):
        if not row.spread:
            following = rows[i + 1] if i + 1 < len(rows) else None
            if (
                following
                and following.label
                and not row.label.endswith(":")
                and (
                    following.label[:1].islower()
                    or row.label.count("(") > row.label.count(")")
                    or _RUNS_ON.search(row.label)
                )
            ):
                pending = f"{pending} {row.label}".strip()
                continue
            if _PERIOD_LABEL.match(row.label):
                period, section = row.label.rstrip(":"), ""
                continue
            section, section_indent, deeper = row.label, row.indent, False
            if following is None or not following.spread:
                # two label-only rows in a row: the first is a title or a note, keep it as a row
                out.append(TableRow(label=row.label, cells=tuple(row.cells), section=period))
            continue
        label = f"{pending} {row.label}".strip()
        pending = ""
        if not label and out and row.cells and _both_words(row.cells[0], out[-1].cells[0]):
            label = out[-1].label  # a label that stands once for several rows
        if section and label.isupper() and section.isupper():
            section = ""
        if section:
            if row.indent > section_indent:
                deeper = True
            elif deeper and label:
                section = ""
        # a total without a label may be that of the section or of more
        under = " — ".join(text for text in (period, section.rstrip(":") if label else "") if text)
        out.append(TableRow(label=label, cells=tuple(row.cells), section=under, scale=row.scale))
        if section and (not label or label.lower().startswith("total")):
            section = ""
    if pending:
        out.append(TableRow(label=pending, cells=("",) * (len(rows[0].cells) if rows else 0)))
    return out


def _both_words(cell: str, above: str) -> bool:
    return bool(cell and above) and not is_number(cell) and not is_number(above)


def _drop_empty(table: Table) -> Table:
    keep = [
        i
        for i in range(len(table.heads))
        if any(row.cells[i] for row in table.rows) or (table.heads[i] and not table.rows)
    ]
    if len(keep) == len(table.heads):
        return table
    return replace(
        table,
        heads=tuple(table.heads[i] for i in keep),
        rows=tuple(replace(row, cells=tuple(row.cells[i] for i in keep)) for row in table.rows),
    )


def shows_prices(rows: Sequence[TableRow]) -> bool:
    """Whether some cell shows dollars with cents, which no scale holds for."""
    return any(_CENTS.search(cell) for row in rows for cell in row.cells)


def build_tables(grid: Sequence[Sequence[Cell]], loose: bool = False) -> list[Table]:
    """Tables of one grid, cut where new heads begin in the middle; [] where no row holds a cell.

    `grid` rows hold non-empty cells from left to right. `loose`: places are measured on a page, so
    columns are where numbers stand and heads go to the columns they are centred over. `caption` is
    set only where the grid itself holds a title row; `unit` where a head states a scale.
    """
    merged = mark_percent([merge_cells(row) for row in grid if row])
    columns = loose_columns(merged) if loose else join_split(find_columns(merged), merged)
    if not columns:
        return []
    if loose:
        merged = [
            snap(row, columns, merged[i + 1] if i + 1 < len(merged) else ()) for i, row in enumerate(merged)
        ]
    rows = _rows(merged, columns)
    tagged = told_scale(cell for row in merged for cell in row)
    tables: list[Table] = []
    unit = ""
    above: list[str] = []
    for head_rows, body_rows in _split_panels(rows):
        heads, found, caption = _heads(head_rows, len(columns) - 1)
        body = _body(body_rows)
        # a panel below a period alone goes on under the heads of the one above it
        above = heads = heads if any(heads) else above or heads
        carried = unit if not shows_prices(body) or "except" in unit.lower() else ""  # amounts, then prices
        unit = found or carried
        if body or any(heads):
            tables.append(_drop_empty(Table(tuple(heads), tuple(body), caption, unit, tagged)))
    return tables
