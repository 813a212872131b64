"""A chunk's text → the sentences and table rows an answer may quote.

Knows no model.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag_app.core.tabletext import parse_heads, parse_row
from rag_app.core.types import Chunk
from rag_app.filings.sentences import split_sentences


@dataclass(frozen=True, slots=True)
class Snippet:
    """A quotable piece. `text` reads on its own; `quote` stands in the passage word for word."""

    text: str
    quote: str
    is_row: bool


def snippets(chunk: Chunk) -> list[Snippet]:
    """The sentences of a chunk's prose and the rows of its tables, in order."""
    out: list[Snippet] = []
    heads: list[str] = []
    section = ""  # "Cost of revenue", over some rows of a table
    prose: list[str] = []

    def finish() -> None:
        for sentence in split_sentences(" ".join(prose)):
            if len(sentence.split()) >= 4:  # less is a heading or a scrap
                out.append(Snippet(sentence, sentence, False))
        prose.clear()

    for raw in chunk.text.splitlines():
        line = raw.strip()
        if not line:
            section = ""  # it ends here
            continue
        named, row = parse_heads(line), parse_row(raw)
        if named is not None:
            finish()
            heads, section = named, ""
        elif row is not None:
            finish()
            if row[0]:  # a subtotal without a label says nothing on its own
                label = f"{section} - {row[0]}" if section.lower() not in row[0].lower() else row[0]
                out.append(_row(line, label, row[1], heads, chunk.unit))
        else:
            if chunk.kind == "table":
                section = line[:-1] if line.endswith(":") and len(line) < 90 else ""
            if prose and not line[0].islower():  # a line that runs on (PDF) starts in lower case
                finish()
            prose.append(line)
    finish()
    return out


def _row(line: str, label: str, cells: list[str], heads: list[str], unit: str) -> Snippet:
    """A table row in words: "Net sales - 2024: $391,035; 2023: $383,285 (in millions)"."""
    values = []
    for position, cell in enumerate(cells):
        if cell.strip("|— -"):
            head = heads[position] if position < len(heads) else ""
            values.append(f"{head}: {cell}" if head else cell)
    scale = f" ({unit.strip('() ')})" if unit else ""
    return Snippet(f"{label} - {'; '.join(values)}{scale}", line, True)
