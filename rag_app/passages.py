"""A chunk's text → the sentences and table rows an answer may quote.

Reads the one table layout `chunks.py` writes: a line of heads that starts with "|", then rows
`label | value | value`. Knows no model.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag_app.chunks import split_sentences
from rag_app.core.types import Chunk


@dataclass(frozen=True, slots=True)
class Snippet:
    """A quotable piece. `text` reads on its own; `quote` stands in the passage word for word."""

    text: str
    quote: str
    is_row: bool


def snippets(chunk: Chunk) -> list[Snippet]:
    """The sentences of a chunk's prose lines and the rows of its tables, in order."""
    out: list[Snippet] = []
    heads: list[str] = []
    unit = chunk.unit
    for raw in chunk.text.splitlines():
        line = raw.strip()
        if not line:
            continue
        if line.startswith("|"):
            heads = [cell.strip() for cell in line.strip("|").split("|")]
        elif " | " in line:
            out.append(_row(line, heads, unit))
        else:
            out += [Snippet(s, s, False) for s in split_sentences(line) if len(s.split()) >= 4]
    return out


def _row(line: str, heads: list[str], unit: str) -> Snippet:
    """A table row in words: "Net sales - 2024: $391,035; 2023: $383,285 (in millions)"."""
    label, *cells = (cell.strip() for cell in line.split(" | "))
    values = []
    for position, cell in enumerate(cells):
        if cell.strip("|— -"):
            head = heads[position] if position < len(heads) else ""
            values.append(f"{head}: {cell}" if head else cell)
    scale = f" ({unit.strip('() ')})" if unit else ""
    return Snippet(f"{label} - {'; '.join(values)}{scale}", line, True)
