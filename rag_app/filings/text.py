"""Full text submissions and plain-text filings → a flow; fixed-width tables become grids.

`<PAGE>` turns the page. Knows no HTML: an inner HTML document goes back to its reader.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rag_app.core.errors import FilingError
from rag_app.core.types import FilingMeta, Section
from rag_app.filings.flow import PART, Break, Flow, Grid, Para, clean, starts_item
from rag_app.filings.meta import metadata
from rag_app.filings.tables.cells import Cell, is_number, is_unit_line

_DOCUMENT = re.compile(rb"<DOCUMENT>(.*?)(?:</DOCUMENT>|\Z)", re.IGNORECASE | re.DOTALL)
_TYPE = re.compile(rb"<TYPE>\s*([^\s<]+)", re.IGNORECASE)
_TEXT = re.compile(rb"<TEXT>(.*?)(?:</TEXT>|\Z)", re.IGNORECASE | re.DOTALL)
_EXHIBIT = re.compile(r"^EX-(?!10[014](?:\.|$))\d", re.IGNORECASE)  # EX-101 is XBRL, told in the text already
_SCHEDULE = re.compile(rb"^<([A-Z0-9-]+)>[ \t]+([^<\s].*)$", re.MULTILINE)  # EX-27: one tagged figure a line
_UUENCODED = re.compile(rb"^\s*(?:begin [0-7]{3} |<PDF>)", re.IGNORECASE)
_RULE = re.compile(r"^[\s\-=_*—–]+$")
_TAG_LINE = re.compile(r"^\s*(?:<S>|<C>)", re.IGNORECASE)
_LEADERS = re.compile(r"\.{3,}|(?:\s\.){3,}")
_CELLS = re.compile(r"\S+(?: \S+)*")


def read_submission(
    data: bytes, source: str, trees: list[Any] | None = None
) -> tuple[FilingMeta, list[Section], list[str]]:
    """Metadata from the SGML header; the main document's sections, then those of the exhibits.

    What holds no text to read (graphics, XBRL files) is named in a warning.
    Raises FilingError where no document holds text.
    """
    from rag_app.filings.read import read_document

    first = data.upper().find(b"<DOCUMENT>")
    header = data[: first if first >= 0 else 10000].decode("latin-1")
    known = metadata.from_sgml(header)
    sections: list[Section] = []
    warnings: list[str] = []
    meta = known
    left_out: Counter[str] = Counter()
    main = True
    for found in _DOCUMENT.finditer(data):
        document = found.group(1)
        kind_found = _TYPE.search(document[:2000])
        kind = kind_found.group(1).decode("latin-1").upper() if kind_found else ""
        body_found = _TEXT.search(document)
        body = body_found.group(1) if body_found else document
        if not body.strip() or _UUENCODED.match(body):
            left_out[kind or "a document without a type"] += 1
            continue
        if main:
            meta, sections, warnings = read_document(
                _unwrap(body), source, replace(known, form=known.form or kind or None), trees
            )
            main = False
        elif _EXHIBIT.match(kind):
            if kind.startswith("EX-27"):
                body = _SCHEDULE.sub(rb"\1: \2\n", body)
            _, more, _ = read_document(_unwrap(body), source, FilingMeta(form=kind), trees)
            sections.extend(replace(section, item=kind, title=section.title) for section in more)
        else:
            left_out[kind] += 1
    if main:
        raise FilingError(
            "a submission header without any document that holds text; download the full submission again"
        )
    if left_out:
        kinds = ", ".join(f"{kind} ({n})" if n > 1 else kind for kind, n in sorted(left_out.items()))
        warnings = [*warnings, f"{source}: left out of the submission, no text to read: {kinds}"]
    return meta, sections, warnings


def _unwrap(body: bytes) -> bytes:
    return re.sub(rb"</?(?:XBRL|XML)>", b"", body[:200], flags=re.IGNORECASE) + body[200:]


def read_text(data: bytes) -> tuple[Flow, list[str]]:
    """The flow of a plain-text document, and its first lines for the cover page."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(8).split("\n")
    reader = _Reader()
    for line in lines:
        reader.take(line)
    reader.end()
    return reader.flow, [clean(line) for line in lines[:250] if line.strip() and not _RULE.match(line)]


class _Reader:
    """Takes line after line."""

    def __init__(self) -> None:
        self.flow: Flow = []
        self.page = 1
        self.seen_text = False
        self.lines: list[str] = []
        self.table: list[str] | None = None

    def take(self, line: str) -> None:
        mark = line.strip().upper()
        if mark.startswith("<PAGE>"):
            self.paragraph()
            if self.seen_text:
                self.page += 1
                self.flow.append(Break())
            if rest := line.strip()[6:].strip():
                self.take(rest)
        elif mark.startswith("<TABLE"):
            self.paragraph()
            self.table = []
        elif mark.startswith("</TABLE"):
            self.end_table()
        elif self.table is not None:
            self.table.append(line)
        elif not mark or _RULE.match(line):
            self.paragraph(ruled=bool(mark))
        elif not re.fullmatch(r"</?[A-Z0-9]{1,12}(?: [^>]*)?>", mark):
            self.line(line)

    def line(self, line: str) -> None:
        """One line of prose: Item lines and indented first lines begin a paragraph."""
        bare = line.strip()
        if self.lines:
            indent = len(line) - len(line.lstrip())
            before = len(self.lines[-1]) - len(self.lines[-1].lstrip())
            first = len(self.lines[0]) - len(self.lines[0].lstrip())
            new = (
                starts_item(bare)
                or (PART.match(bare) and len(bare) < 60)
                or (indent >= before + 3 and len(self.lines) > 1 and before < first)
            )
            centred = first > 12 and indent > 12
            if new or centred:
                self.paragraph()
        self.lines.append(line)

    def paragraph(self, ruled: bool = False) -> None:
        """End the paragraph; one short line with a rule under it is a heading."""
        if not self.lines:
            return
        lines, self.lines = self.lines, []
        columns = [
            line for line in lines if len(re.findall(r"\S {2,}\S", line.strip())) >= 1 and _has_values(line)
        ]
        if len(columns) >= 2 and len(columns) >= 0.5 * len(lines):
            self.add_grid(lines)
            return
        text = clean(_LEADERS.sub(" ", " ".join(line.strip() for line in lines)))
        if not text:
            return
        self.seen_text = True
        if re.match(r"^[-*o•] +\S", text):
            text = f"• {text[1:].strip()}"
        strong = ruled and len(lines) == 1 and not re.search(r"[.,;:]$|^/s/", text)
        self.flow.append(Para(text, self.page, strong))

    def add_grid(self, lines: Sequence[str]) -> None:
        self.seen_text = True
        starts = _c_starts(lines)
        rows = [
            row
            for line in lines
            if not _RULE.match(line) and not _TAG_LINE.match(line) and (row := _cells(line, starts))
        ]
        caption = []
        while (
            rows
            and len(rows[0]) == 1
            and not is_number(rows[0][0].text)
            and not starts
            and not is_unit_line(rows[0][0].text)
        ):
            caption.append(rows.pop(0)[0].text)
        if caption:
            self.flow.append(Para(" ".join(caption), self.page, True))
        if rows:
            self.flow.append(Grid(_mend_labels(rows), self.page, loose=True))

    def end_table(self) -> None:
        lines, self.table = self.table or [], None
        out: list[str] = []
        for line in lines:
            if line.strip().upper().startswith("<PAGE>"):
                if out:
                    self.add_table(out)
                    out = []
                self.page += 1
                self.flow.append(Break())
            elif line.strip().upper() != "<CAPTION>":
                out.append(line)
        self.add_table(out)

    def add_table(self, lines: list[str]) -> None:
        if any(_has_values(line) for line in lines):
            self.add_grid([line for line in lines if line.strip()])
            return
        # a table that only lays out text: one paragraph for each run of lines
        for line in [*lines, ""]:
            if line.strip() and not _RULE.match(line) and not _TAG_LINE.match(line):
                self.lines.append(line)
            elif self.lines:
                text = clean(_LEADERS.sub(" ", " ".join(part.strip() for part in self.lines)))
                self.lines = []
                self.flow.append(Para(text, self.page))
                self.seen_text = True

    def end(self) -> None:
        self.paragraph()
        if self.table is not None:
            self.end_table()


def _has_values(line: str) -> bool:
    cells = [found.group() for found in _CELLS.finditer(_LEADERS.sub("   ", line).replace("$", " "))]
    return len(cells) > 1 and any(is_number(cell) for cell in cells[1:])


def _c_starts(lines: Sequence[str]) -> list[int]:
    for line in lines:
        if _TAG_LINE.match(line):
            return [found.start() for found in re.finditer(r"<C>", line, re.IGNORECASE)]
    return []


def _cells(line: str, starts: Sequence[int]) -> list[Cell]:
    line = _LEADERS.sub(lambda found: " " * len(found.group()), line)
    line = re.sub(r"\$ +", lambda found: " " * (len(found.group()) - 1) + "$", line)
    cells = []
    for found in re.finditer(r"\S+(?: \S+)*", line):
        cells.append(Cell(clean(found.group()), found.start(), found.end(), indent=found.start()))
    if starts and cells and cells[0].x0 < starts[0]:
        cells[0] = replace(cells[0], x0=0.0)
    return cells


def _mend_labels(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Every label starts at the left edge, so that indented ones form one column."""
    edge = min((row[0].x0 for row in rows), default=0.0)
    values = [cell.x0 for row in rows for cell in row[1:] if is_number(cell.text)]
    first = min(values, default=0.0)
    out = []
    for row in rows:
        cell = row[0]
        if cell.x1 <= first and not is_number(cell.text) and cell.x0 < first * 0.6:
            row = [replace(cell, x0=edge, x1=max(edge + 1, min(cell.x1, first))), *row[1:]]
        out.append(row)
    return out
