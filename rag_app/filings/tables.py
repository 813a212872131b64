"""Cells with positions → `Table`s: the one place that merges "$", finds heads and section labels.

Positions are columns of a grid (HTML), characters (fixed-width text) or points (PDF); only their
order and overlap matter here. Knows no file format.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag_app.core.types import Table, TableRow

_DASH = r"[-–—−]{1,3}"
_AMOUNT = r"(?:US|C|A)?[$€£¥]?\s?\(?[-–−+]?(?:US)?[$€£¥]?\s?(?:\d[\d,]*(?:\.\d+)?|\.\d+)"
NUMBER = re.compile(
    rf"^(?:\(?{_AMOUNT}\)?\s?(?:%|x|pts?\.?|bps|million|billion|years?|months?)?\)?|(?:US)?[$€£¥]?\s?\(?{_DASH}\)?\s?%?\)?"
    r"|n/?[am]\.?|nm|\*{1,2})(?:\s?(?:\([a-z0-9]{1,2}\)|[*†‡§])){0,3}$",
    re.IGNORECASE,
)
YEAR = re.compile(r"^(?:fy\s?|fiscal\s)?(?:19|20)\d\d(?:\s?(?:\([a-z0-9]{1,2}\)|[*†‡A-Z]))?$", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:(?:US|C|A)?[$€£¥]\s?\(?|\()$")
_SUFFIX = re.compile(r"^(?:\)?\s?%?\s?\)?|pts?\.?|bps|[*†‡§])$")
_MARK = re.compile(r"^(?:\([a-z0-9]{1,3}\)[,\s]*)+$|^[*†‡§]+$", re.IGNORECASE)
_SCALE = r"(?:millions?|thousands?|billions?|000[’']?s|000s|percent(?:ages?)?|dollars)"
_UNIT_PAREN = re.compile(rf"\((?=[^()]*\b{_SCALE}\b)(?=[^()]*(?:\bin\b|\bexcept\b|\$|\bdollars?\b|{_SCALE}\)))[^()]{{3,160}}\)", re.IGNORECASE)
_UNIT_LINE = re.compile(
    rf"^(?:(?:u\.?s\.? )?(?:dollars?|dollar amounts?|amounts?|all amounts|shares?|tabular amounts|\$)[\w ,]*?)?(?:in|\$)\s+{_SCALE}\b[^.]{{0,110}}$",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
    r"|\b(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?|\bended\b|\b(?:months?|weeks?|quarters?|years?)\b|change|total|level \d",
    re.IGNORECASE,
)
_STUB_PERIOD = re.compile(r"(?:ended|ending|as of|at|years?|quarters?|periods?)\b.*?,?:?$", re.IGNORECASE)


@dataclass(slots=True)
class Cell:
    """One displayed cell, `[x0, x1)` wide. `indent` counts for labels only; `mark`: superscript."""

    text: str
    x0: float
    x1: float
    indent: float = 0.0
    bold: bool = False
    mark: bool = False


@dataclass(slots=True)
class _Column:
    x0: float
    x1: float
    heads: list[str] = field(default_factory=list)


def is_number(text: str) -> bool:
    """Whether `text` is a displayed value: "1,234", "$(5)", "12%", "—", "NM"; years are not."""
    return bool(NUMBER.match(text)) and not YEAR.match(text)


def find_unit(text: str) -> str:
    """The scale stated in `text` ("In millions, except per share amounts"), or ""."""
    if found := _UNIT_PAREN.search(text):
        return found.group().strip("() ")
    return text.strip("() ") if is_unit_line(text) else ""


def is_unit_line(text: str) -> bool:
    """Whether `text` states a scale and nothing else."""
    if len(text) > 170:
        return False
    bare = _UNIT_PAREN.sub("", text).strip(" ()*:;,.")
    if bare.lower() in {"", "unaudited"}:
        return bool(_UNIT_PAREN.search(text))
    return bool(_UNIT_LINE.match(text.strip("() "))) or text.strip("*:").lower() in {"(millions)", "(thousands)", "(billions)"}


def tidy(text: str) -> str:
    """`$ 1,234` → `$1,234`, `( 5 )` → `(5)`, `3 %` → `3%`; other text is left as it is."""
    if len(text) < 40 and NUMBER.match(text):
        text = re.sub(r"(?<=[$€£¥(])\s+", "", text)
        return re.sub(r"\s+(?=[)%])", "", text)
    return text


def merge_cells(cells: Sequence[Cell]) -> list[Cell]:
    """Join currency signs, brackets, per cent signs and footnote marks to the number they belong to."""
    out: list[Cell] = []
    prefix: Cell | None = None
    for cell in cells:
        text = cell.text
        if prefix is not None:
            if NUMBER.match(text) or text[:1].isdigit() or text[:1] in "(.":
                cell = replace(cell, text=prefix.text.replace(" ", "") + text, x0=prefix.x0)
            else:
                out.append(prefix)
            prefix = None
            text = cell.text
        if _PREFIX.match(text):
            prefix = cell
            continue
        if out:
            last = out[-1]
            open_bracket = last.text.count("(") > last.text.count(")")
            if (_SUFFIX.match(text) and (is_number(last.text) or open_bracket)) or (
                (cell.mark or len(text) == 1) and _MARK.match(text)
            ):
                joint = "" if _SUFFIX.match(text) and not text[0].isalpha() else " "
                out[-1] = replace(last, text=f"{last.text}{joint}{text}", x1=cell.x1)
                continue
            if len(out) > 1 and last.text in {"-", "–", "to"} and _is_range(out[-2], last, cell):
                # "3.9%" "-" "5.5%" in cells of their own is one value
                out[-2] = replace(out[-2], text=f"{out[-2].text}{f' {last.text} ' if last.text == 'to' else last.text}{text}", x1=cell.x1)
                out.pop()
                continue
        out.append(cell)
    if prefix is not None:
        out.append(prefix)
    return [replace(cell, text=tidy(cell.text)) for cell in out]


def _is_range(low: Cell, dash: Cell, high: Cell) -> bool:
    return (
        0 <= dash.x0 - low.x1 <= 1 and 0 <= high.x0 - dash.x1 <= 1 and dash.x1 - dash.x0 <= 3
        and all(is_number(cell.text) for cell in (low, high)) and any(c.isdigit() for c in high.text)
    )  # fmt: skip


def find_columns(rows: Sequence[Sequence[Cell]]) -> list[_Column]:
    """Columns are the narrowest cells that do not overlap; a cell over two of them is a spanner."""
    columns: list[_Column] = []
    spans = {(cell.x0, cell.x1) for row in rows for cell in row}
    for x0, x1 in sorted(spans, key=lambda span: (span[1] - span[0], span[0])):
        over = [column for column in columns if column.x0 < x1 and x0 < column.x1]
        if not over:
            columns.append(_Column(x0, x1))
        elif len(over) == 1:
            only = over[0]
            grown = (min(only.x0, x0), max(only.x1, x1))
            if not any(c is not only and c.x0 < grown[1] and grown[0] < c.x1 for c in columns):
                only.x0, only.x1 = grown
    columns.sort(key=lambda column: column.x0)
    return columns


def _place(columns: Sequence[_Column], cell: Cell) -> list[int]:
    return [i for i, column in enumerate(columns) if column.x0 < cell.x1 and cell.x0 < column.x1]


@dataclass(slots=True)
class _Row:
    label: str
    indent: float
    cells: list[str]
    spread: list[tuple[list[int], str]]  # every cell with the columns it covers
    bold: bool
    wide: bool  # the label reaches over value columns

    @property
    def values(self) -> list[str]:
        return [cell for cell in self.cells if cell]

    @property
    def numeric(self) -> bool:
        return any(is_number(cell) for cell in self.cells if cell)


def _rows(grid: Sequence[Sequence[Cell]], columns: Sequence[_Column]) -> list[_Row]:
    rows = []
    for cells in grid:
        label, indent, wide = "", 0.0, False
        values = [""] * (len(columns) - 1)
        spread: list[tuple[list[int], str]] = []
        for cell in cells:
            at = _place(columns, cell)
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
            rows.append(_Row(label, indent, values, spread, all(cell.bold for cell in cells), wide))
    return rows


def _headlike(row: _Row) -> bool:
    """A row of heads in the middle of a table: no label of its own, only periods and titles."""
    if row.numeric or not row.spread or (row.label and not is_unit_line(row.label) and not _STUB_PERIOD.search(row.label)):
        return False
    return all(_PERIOD.search(text) for _, text in row.spread) or (row.bold and not row.label and len(row.spread) > 1)


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
        while end < len(rows) and _headlike(rows[end]):
            end += 1
        if end > i and any(row.numeric for row in rows[end:]) and panels[-1][1]:
            heads = list(rows[i:end])
            # a label-only row directly above new heads titles the new panel
            panels.append((heads, []))
            i = end
            continue
        panels[-1][1].append(rows[i])
        i += 1
    return panels


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
                unit = unit or found
                rest = "" if is_unit_line(row.label) else row.label
            else:
                rest = row.label
            if rest and row.wide and not row.spread:
                caption.append(rest)
            elif rest and _STUB_PERIOD.search(rest):
                stub = rest.rstrip(":")
        for at, text in row.spread:
            if is_unit_line(text):
                unit = unit or find_unit(text)
                continue
            for i in at:
                if not heads[i] or heads[i][-1] != text:
                    heads[i].append(text)
    names = [" ".join(parts) for parts in heads]
    if stub and names and all(YEAR.match(name) or not name for name in names):
        names = [f"{stub} {name}" if name else "" for name in names]
    return names, unit, " ".join(caption)


def _body(rows: Sequence[_Row]) -> list[TableRow]:
    out: list[TableRow] = []
    section, section_indent, deeper = "", 0.0, False
    pending = ""  # a label that runs on in the next row
    for i, row in enumerate(rows):
        if not row.spread:
            following = rows[i + 1] if i + 1 < len(rows) else None
            if following and following.label[:1].islower() and not row.label.endswith(":"):
                pending = f"{pending} {row.label}".strip()
                continue
            section, section_indent, deeper = row.label, row.indent, False
            if following is None or not following.spread:
                # two label-only rows in a row: the first is a title or a note, keep it as a row
                out.append(TableRow(label=row.label, cells=tuple(row.cells)))
            continue
        label = f"{pending} {row.label}".strip()
        pending = ""
        if not label and out and row.cells and _both_words(row.cells[0], out[-1].cells[0]):
            label = out[-1].label  # a label that stands once for several rows
        if section:
            if row.indent > section_indent:
                deeper = True
            elif deeper and label:
                section = ""
        out.append(TableRow(label=label, cells=tuple(row.cells), section=section.rstrip(":")))
        if section and label.lower().startswith("total"):
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


def _join_split(columns: list[_Column], grid: Sequence[Sequence[Cell]]) -> list[_Column]:
    """Join neighbours that no row fills both of: one column whose cells were laid out unevenly."""
    i = 1
    while i + 1 < len(columns):
        both = False
        for row in grid:
            at = {k for cell in row for k in _place(columns, cell)[:1]}
            if i in at and i + 1 in at:
                both = True
                break
        if both:
            i += 1
        else:
            columns[i].x1 = columns[i + 1].x1
            del columns[i + 1]
    return columns


def build_tables(grid: Sequence[Sequence[Cell]], loose: bool = False) -> list[Table]:
    """Tables of one grid, cut where new heads begin in the middle; [] where no row holds a cell.

    `grid` rows hold non-empty cells from left to right. `loose`: places are measured on a page, so
    columns are where numbers stand and heads go to the columns they are centred over. `caption` is
    set only where the grid itself holds a title row; `unit` where a head states a scale.
    """
    merged = [merge_cells(row) for row in grid if row]
    columns = _loose_columns(merged) if loose else _join_split(find_columns(merged), merged)
    if not columns:
        return []
    if loose:
        merged = [_snap(row, columns) for row in merged]
    rows = _rows(merged, columns)
    tables = []
    unit = ""
    for head_rows, body_rows in _split_panels(rows):
        heads, found, caption = _heads(head_rows, len(columns) - 1)
        unit = found or unit
        body = _body(body_rows)
        if body or any(heads):
            tables.append(_drop_empty(Table(tuple(heads), tuple(body), caption, unit)))
    return tables


def _loose_columns(grid: Sequence[Sequence[Cell]]) -> list[_Column]:
    """The label column, and one column wherever numbers of several rows stand under each other."""
    rows = [row for row in grid if any(is_number(cell.text) for cell in row)]
    values = [[cell for cell in (row[1:] if len(row) > 1 else row) if is_number(cell.text)] for row in rows]
    columns = find_columns(values)
    if not columns:
        return find_columns(grid)
    left = min(cell.x0 for row in grid for cell in row)
    first = columns[0].x0
    if left < first:
        columns.insert(0, _Column(left, first - 0.01))
    return columns


def _snap(row: Sequence[Cell], columns: Sequence[_Column]) -> list[Cell]:
    """Give every cell the span of the columns it belongs to."""
    out: list[Cell] = []
    values = range(1, len(columns))
    for n, cell in enumerate(row):
        centre = (cell.x0 + cell.x1) / 2
        if cell.x1 <= columns[0].x1 or (n == 0 and (len(row) > 1 or cell.x0 < columns[0].x1 - 30) and centre < columns[0].x1):
            x0, x1 = columns[0].x0, columns[0].x1
        else:
            over = [i for i in values if columns[i].x0 < cell.x1 and cell.x0 < columns[i].x1]
            if is_number(cell.text) and over:
                a = b = over[-1]
            else:
                a, b = _centred(cell, row, columns, over)
            x0, x1 = columns[a].x0, columns[b].x1
        out.append(replace(cell, x0=x0, x1=x1))
    return out


def _centred(cell: Cell, row: Sequence[Cell], columns: Sequence[_Column], over: Sequence[int]) -> tuple[int, int]:
    """The run of columns a head is centred over: it holds all that it touches and none of its neighbours'."""
    centre = (cell.x0 + cell.x1) / 2
    others = [other for other in row if other is not cell]
    low = max((i for i, c in enumerate(columns) for o in others if o.x1 <= cell.x0 and c.x0 < o.x1), default=0)
    high = min((i for i, c in enumerate(columns) for o in others if o.x0 >= cell.x1 and c.x1 > o.x0), default=len(columns))
    low, high = max(1, low + 1), min(len(columns), high)
    best, cost = None, 0.0
    for a in range(low, high):
        for b in range(a, high):
            if over and not (a <= over[0] and b >= over[-1]):
                continue
            off = abs((columns[a].x0 + columns[b].x1) / 2 - centre)
            if best is None or off < cost - 2.0:
                best, cost = (a, b), off
    if best is None:
        near = min(range(1, len(columns)), key=lambda i: abs((columns[i].x0 + columns[i].x1) / 2 - centre))
        best = (over[0], over[-1]) if over else (near, near)
    return best
