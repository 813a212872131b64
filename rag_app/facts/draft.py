"""The answer from tagged data while it is written: words, numbers that know their fact, citations of rows.

A number is marked by construction: from tagged data, and standing in the cited row where it does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag_app.answers.numbers import amounts
from rag_app.checks import check
from rag_app.core.figures import Figure, Figures
from rag_app.core.types import Answer, Chunk, Citation, Hit, Mark
from rag_app.facts import words
from rag_app.facts.types import Fact
from rag_app.filings.sentences import split_sentences

ChunkOf = Callable[[Fact], Chunk | None]
"""The chunk a fact stands in; None where it is not known or no longer there."""
ANSWERER = "facts"
CITED = 20  # passages an answer cites at most


class Draft:
    """Words and numbers as they are said; `finished` makes the answer of them."""

    def __init__(self, question: str, chunk_of: ChunkOf) -> None:
        self._question = question
        self._chunk_of = chunk_of
        self._text = ""
        self._marks: list[Mark] = []
        self._chunks: dict[str, tuple[int, Chunk]] = {}
        self._citations: dict[tuple[int, str], Citation] = {}

    def say(self, text: str) -> Draft:
        """Words without a figure."""
        self._text += text
        return self

    def number(self, text: str, about: str) -> Draft:
        """A number from the tags, or worked out from them; `about` is told when the pointer is on it."""
        self._marks.append(Mark(len(self._text), len(self._text) + len(text), "tagged", note=about))
        return self.say(text)

    def amount(self, fact: Fact, handy: bool = True) -> Draft:
        """The fact's amount and the citation of its row."""
        told = words.amount(fact)
        self.number(told.main, about(fact))
        if handy and told.handy:
            self.say(" (").number(told.handy, about(fact)).say(")")
        number = self.cite(fact)
        return self.say(f" [{number}]" if number else "")

    def cite(self, fact: Fact) -> int:
        """The number of the citation that shows the fact's row; 0 where its passage is not known."""
        known = self._chunks.get(fact.chunk_id)
        if known is None:
            chunk = self._chunk_of(fact) if fact.chunk_id and len(self._chunks) < CITED else None
            if chunk is None:
                return 0
            known = self._chunks[fact.chunk_id] = (len(self._chunks) + 1, chunk)
        number, chunk = known
        quote = row_of(fact, chunk)
        self._citations.setdefault((number, quote), Citation(number, _hit(chunk), quote))
        return number

    def figure(self, fact: Fact) -> Figure:
        """The fact as it is handed on."""
        number = self._chunks[fact.chunk_id][0] if fact.chunk_id in self._chunks else 0
        return figure_of(fact, number)

    def printed_otherwise(self, fact: Fact) -> str:
        """How the cited row prints the figure, where that is with another sign; else ""."""
        known = self._chunks.get(fact.chunk_id)
        return words.as_printed(fact, row_of(fact, known[1])) if known else ""

    def finished(self, confidence: float, figures: Figures) -> Answer:
        """The answer: a number that its cited rows show as it is said "stands" there."""
        text = self._text.rstrip()
        citations = tuple(self._citations.values())
        shown = {number: (chunk,) for number, chunk in self._chunks.values()}
        found = [m for m in check(text, self._question, shown) if m.kind == "stands" and m.sources]
        marks = [
            next((replace(m, kind="stands", sources=f.sources) for f in found if _within(f, m, text)), m)
            for m in self._marks
            if m.end <= len(text)
        ]
        return Answer(
            self._question, text, citations, False, ANSWERER, confidence, marks=tuple(marks), figures=figures
        )


def _within(found: Mark, own: Mark, text: str) -> bool:
    """Whether what was found is the one number of `own`."""
    if not (own.start <= found.start and found.end <= own.end):
        return False
    return len(amounts(text[own.start : own.end])) == 1


def about(fact: Fact) -> str:
    """What the pointer tells of a figure: its concept, unit, days and part of the company."""
    days = f"{fact.start} to {fact.end}" if fact.start else fact.end
    parts = [f"{axis.rpartition(':')[2]} {member.rpartition(':')[2]}" for axis, member in fact.members]
    return " · ".join(p for p in (fact.concept, fact.unit, days, *parts) if p)


def row_of(fact: Fact, chunk: Chunk) -> str:
    """The row of the chunk's text that shows the fact, or the sentence that does; "" where neither does."""
    lines = chunk.text.split("\n")
    line = lines[fact.row].strip() if 0 <= fact.row < len(lines) else ""
    if line and " | " in line:
        return line
    bare = fact.shown.strip("$€£¥ ()")
    for place in (line, chunk.text):
        for sentence in split_sentences(place):
            if bare and bare in sentence and sentence in chunk.text:
                return sentence
    return line


def figure_of(fact: Fact, number: int = 0) -> Figure:
    """A fact as it crosses to the user interface."""
    return Figure(
        fact.concept,
        words.name(fact),
        words.company(fact),
        fact.ticker,
        fact.cik,
        fact.value,
        fact.unit,
        words.amount(fact).text,
        words.period(fact),
        words.short_period(fact),
        fact.start,
        fact.end,
        fact.fiscal_year,
        fact.fiscal_period,
        fact.members,
        fact.filing_id,
        fact.accession,
        fact.form,
        fact.source,
        fact.chunk_id,
        fact.origin,
        number,
    )


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[list[str]]:
    """Cells padded to the width of their column, so that plain text reads as a table; `right` for numbers."""
    lines = (heads, *rows)
    widths = [max(len(line[i]) for line in lines) for i in range(len(heads))]
    return [
        [
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(line, widths, right, strict=True)
        ]
        for line in lines
    ]


def _hit(chunk: Chunk) -> Hit:
    """A passage that was looked up, not found by searching: rank 0."""
    return Hit(0, 0.0, chunk)
