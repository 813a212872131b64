"""An answer's words → HTML: paragraphs, lists and tables, its citations as badges, its numbers as marked.

Everything is escaped. Knows no gradio and no model.
"""

from __future__ import annotations

import re

from rag_app.checks import TAGS
from rag_app.core.types import Answer, Mark
from ui.tabs.passages import esc

TAGGED = ' class="tagged"'
FLAGS = {
    "unverified": (
        "bad",
        "⚠ not in the cited passages",
        "No passage that this answer cites holds this number",
    ),
    "computed": ("", "computed", "Follows from two numbers of the passages"),
    "no passage": ("bad", "⚠ no such passage", "The answer cites a passage that does not exist"),
    "uncited": ("bad", "⚠ no citation", "This sentence gives amounts and does not say where from"),
}
"""How a mark is drawn: the badge's class, its words, and what the pointer tells."""


def answer_text(answer: Answer, anchor: str) -> str:
    """`[n]` becomes a badge that leads to `anchor`-n where passage n is cited, and marks are drawn."""
    out: list[str] = []
    items: list[str] = []
    rows: list[list[Span]] = []
    at = 0
    for line in (*answer.text.splitlines(keepends=True), ""):
        start, end = at, at + len("".join(line.splitlines()))
        at += len(line)
        # only what is drawn from tagged data is laid out as a table; an LLM's bars stay as they are
        if answer.figures is not None and (line.startswith("| ") or (rows and " | " in line)):
            rows.append(_cells(answer.text, start, end))
            continue
        if rows:
            out.append(_table(answer, rows, anchor))
            rows = []
        if line.startswith("- "):
            items.append(f"<li>{_marked(answer, start + 2, end, anchor)}</li>")
            continue
        if items:
            out.append(f"<ul>{''.join(items)}</ul>")
            items = []
        if line.strip():
            out.append(f"<p>{_marked(answer, start, end, anchor)}</p>")
    return "".join(out)


Span = tuple[int, int]
"""Where a cell's words begin and end in the answer's text."""


def _cells(text: str, start: int, end: int) -> list[Span]:
    """The cells of a line, which begins with a bar or the room for one."""
    spans = []
    at = start + 2
    for cell in text[at:end].split(" | "):
        left = at + len(cell) - len(cell.lstrip())
        spans.append((left, left + len(cell.strip())))
        at += len(cell) + 3
    return spans


def _table(answer: Answer, rows: list[list[Span]], anchor: str) -> str:
    """A table, its first row the heads; a column of figures stands to the right."""
    right = {
        i
        for row in rows
        for i, (start, end) in enumerate(row)
        if any(start <= mark.start and mark.end <= end for mark in answer.marks)
    }
    lines = []
    for n, row in enumerate(rows):
        tag = "td" if n else "th"
        cells = [
            f"<{tag}{' class=n' if i in right else ''}>{_marked(answer, start, end, anchor)}</{tag}>"
            for i, (start, end) in enumerate(row)
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f'<div class="scroll"><table class="figures">{"".join(lines)}</table></div>'


def _marked(answer: Answer, start: int, end: int, anchor: str) -> str:
    """`answer.text[start:end]` with its marks; the tags that tell them in plain text become badges."""
    cited = {c.number for c in answer.citations}
    out, at = [], start
    for mark in answer.marks:
        if at <= mark.start and mark.end <= end:
            out += [
                _badges(answer.text[at : mark.start], cited, anchor),
                _mark(mark, answer.text[mark.start : mark.end]),
            ]
            at = mark.end + len(TAGS.get(mark.kind, ""))
    return "".join(out) + _badges(answer.text[at:end], cited, anchor)


def _mark(mark: Mark, text: str) -> str:
    places = ", ".join(f"[{n}]" for n in mark.sources)
    if mark.kind in ("stands", "tagged"):
        stands = f"Stands in {places}" if places else "Stands in the question"
        told = " · ".join(p for p in (mark.note, stands if mark.kind == "stands" else "") if p)
        return f'<span{TAGGED if mark.note else ""} title="{esc(told)}">{esc(text)}</span>'
    kind, words, told = FLAGS[mark.kind]
    told += f": {places}" if places else ""
    number = f"<u>{esc(text)}</u>" if text else ""
    return f'{number} <span class="badge {kind}" title="{esc(told)}">{esc(words)}</span>'


def _badges(line: str, cited: set[int], anchor: str) -> str:
    def badge(match: re.Match[str]) -> str:
        number = int(match.group(1))
        if number not in cited:
            return match.group()
        return f'<a class="num" href="#{anchor}-{number}">{number}</a>'

    return re.sub(r"\[(\d{1,2})\]", badge, esc(line))
