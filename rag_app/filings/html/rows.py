"""What the rows of an HTML table are: values, text laid out, footnotes, or several rows in one."""

from __future__ import annotations

import re
from dataclasses import replace

from rag_app.filings.flow import clean
from rag_app.filings.tables.cells import YEAR, Cell, is_mark, is_number

# ends of lines and blocks inside a cell: white space to all others, but no source text holds them
LINE_END, BLOCK_END = "\x0b", "\x0c"
_BETWEEN = " \n\r\t"  # white space between tags
LONG_CELL = 250  # characters: no label is that long
_MARKER = re.compile(
    r"^(?:\(?[a-z0-9ivx]{1,4}[.)]|[•●▪■◦○·∙§–—-]|[*†‡§]{1,4}|\(\d+\)(?:\(\d+\))*|[☐☒☑✓oOxX]|\[[ xX]?\])$"
)
_NOTE = re.compile(r"^(?:\([a-z0-9]{1,3}\)|[*†‡§]{1,4}|\d{1,2}[.)]?\s)\s*\S", re.IGNORECASE)
_LETTER = re.compile("[A-Za-z]")
_RULE = re.compile(r"^(?:[-–—_]{4,}|={2,}|_{2,})$")


def is_rule(text: str) -> bool:
    """Whether `text` is a line drawn with hyphens or the like."""
    return bool(_RULE.match(text))


def unstack(row: list[Cell], raws: list[str]) -> list[list[Cell]]:
    """The rows stacked in one: as many labels as lines of values, in each column."""
    columns = [_lines(raw) for raw in raws]
    high = max((i for i, line in enumerate(columns[0], 1) if line), default=0)
    # a column that is shorter than its labels does not tell which of them have a value
    if not 1 < high < 200 or any(len(lines) < high or any(lines[high:]) for lines in columns):
        return [row]
    lines = [texts for texts in list(zip(*columns, strict=False))[:high] if any(texts)]
    values = [text for texts in lines for text in texts[1:] if text]
    if (
        len(values) < 2
        or not all(texts[0] for texts in lines)
        or not all(is_number(text) or text in "$()%" for text in values)
    ):
        return [row]
    return [
        [replace(cell, text=text) for cell, text in zip(row, texts, strict=True) if text] for texts in lines
    ]


def _lines(raw: str) -> list[str]:
    """The lines of a cell: ended by `<br>`, or else its paragraphs; blank ones and rules are empty."""
    raw = raw.strip(_BETWEEN + BLOCK_END).removesuffix(LINE_END)
    # a paragraph of a hard space takes a line, the white space between two tags does not
    lines = raw.split(LINE_END) if LINE_END in raw else re.split(f"(?:{BLOCK_END}[{_BETWEEN}]*)+", raw)
    return ["" if _RULE.match(line) else line for line in map(clean, lines)]


def join_labels(rows: list[list[Cell]]) -> None:
    """Let labels share one column that ends where values begin.

    Some are indented by columns of their own, some reach over the column of currency signs.
    """
    values = [
        cell.x0
        for row in rows
        for cell in row
        if cell.x0 > 0 and (cell.text == "$" or (is_number(cell.text) and not is_mark(cell.text)))
    ]
    edge = min(values, default=0)
    firsts = [(row[0], row[1:]) for row in rows if row and _LETTER.search(row[0].text)]
    for cell, rest in firsts:
        if cell.x0 == 0 < edge < cell.x1 and any(is_number(other.text) for other in rest):
            cell.x1 = edge
    labels = [cell for cell, _ in firsts if cell.x1 <= edge]
    if len({cell.x0 for cell in labels}) < 2 or any(len(row) > 1 and row[1].x1 <= edge for row in rows):
        return
    right = max(cell.x1 for cell in labels)
    for cell in labels:
        cell.indent += 9.0 * cell.x0
        cell.x0, cell.x1 = 0, right


def open_label_column(rows: list[list[Cell]]) -> None:
    """Put an empty label before values that have none, so that the first of them does not become one."""
    valued = [row for row in rows if any(is_number(cell.text) for cell in row[1:])]
    if valued and not any(
        _LETTER.search(cell.text) or YEAR.match(cell.text) for row in valued for cell in row
    ):
        left = min(row[0].x0 for row in rows if row)
        valued[0].insert(0, Cell("", left - 1, left))


def take_notes(rows: list[list[Cell]]) -> tuple[list[str], list[list[Cell]], list[str]]:
    """The text above the values, the values, and the footnotes: paragraphs laid out as rows of a table."""
    full = [row for row in rows if row]
    valued = [i for i, row in enumerate(full) if any(is_number(cell.text) for cell in row[1:])]
    if not valued or any(len(cell.text) > LONG_CELL for row in full if len(row) > 2 for cell in row):
        return [], full, []  # a table of texts
    above: list[str] = []
    below: list[str] = []
    kept = []
    for i, row in enumerate(full):
        text = " ".join(cell.text for cell in row)
        marked = row[0].mark or _NOTE.match(text)
        note = len(row) == 1 or (len(row) == 2 and (row[0].mark or _MARKER.match(row[0].text)))
        if note and i < valued[0] and len(text) > LONG_CELL:
            above.append(text)
        elif note and (len(text) > LONG_CELL or (i > valued[-1] and marked)):
            below.append(text)
        else:
            kept.append(row)
    return above, kept, below


def is_page_line(rows: list[list[Cell]]) -> bool:
    """Whether a table is one row of titles and a page number: "Financial Statements | Notes | 89"."""
    if len(rows) != 1 or not 1 < len(rows[0]) <= 4:
        return False
    words = [cell.text for cell in rows[0] if not is_number(cell.text)]
    numbers = [cell.text for cell in (rows[0][0], rows[0][-1]) if re.fullmatch(r"\d{1,3}", cell.text)]
    return len(numbers) == 1 and len(words) == len(rows[0]) - 1


def is_layout(rows: list[list[Cell]]) -> bool:
    """Whether no row pairs a label with a value: bullets, single cells, cover-page boxes."""
    full = [row for row in rows if row]
    if not full:
        return True
    if all(len(row) == 1 for row in full):
        return not (len(full) > 2 and any(is_number(row[0].text) and len(row[0].text) > 2 for row in full))
    if all(len(row) <= 2 and (len(row) == 1 or _MARKER.match(row[0].text)) for row in full):
        return True
    if is_page_line(full):
        return True
    if len(full) <= 2 and re.match(r"^(?:item|part)\s", full[0][0].text, re.IGNORECASE):
        return True
    return len(full) <= 2 and not any(is_number(cell.text) for row in full for cell in row)
