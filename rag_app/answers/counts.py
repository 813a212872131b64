"""A question of "how many": whether some passage counts what is asked for. Knows no model.

A passage on the same thing that only prices it is near by any measure, and answers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag_app.core.lexical import tokenize
from rag_app.core.tabletext import parse_row
from rag_app.core.types import Chunk
from rag_app.filings.sentences import split_sentences

_ASKED = re.compile(
    r"\bhow many (?P<thing>[\w&'’.-]+"
    r"(?: (?!(?:of|in|at|to|for|on|by|with|from|as|and|or|per|that|which)\b)[\w&'’.-]+){0,4}?)"
    r"(?= (?:did|does|do|was|were|is|are|has|have|had|will|would|can|could|of|in|at|to|for|on|by|with|from|as"
    r"|and|or|per|that|which|[a-z]+ed|make|work|exist|remain)\b|[?,.]|$)",
    re.IGNORECASE,
)
_PEOPLE = frozenset(
    tokenize("people persons workers staff employees associates workforce headcount personnel")
)
# amounts, and what is counted in words of its own
_OTHER = frozenset(
    tokenize("dollars percent points times years months weeks days million billion basis shares")
)
_NUMBER = re.compile(
    r"(?<![\w$€£.,])(?!(?:19|20)\d\d\b)\d[\d,]*(?:\.\d+)?(?! ?(?:%|percent))\b"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fifteen|twenty|thirty"
    r"|forty|fifty|hundred|thousand|dozens?|single|no|both|each)\b",
    re.IGNORECASE,
)


def thing_counted(question: str) -> tuple[str, frozenset[str]]:
    """The stem of the noun that "how many ..." asks to count, and of names before it; "" for amounts."""
    found = _ASKED.search(question)
    words = found["thing"].split() if found else []
    noun = (tokenize(words[-1]) or [""])[-1] if words else ""
    if noun in _OTHER:
        return "", frozenset()
    return noun, frozenset(s for w in words[:-1] if re.search(r"[A-Z0-9]", w) for s in tokenize(w))


def counts(question: str, chunks: Sequence[Chunk]) -> bool:
    """Whether some sentence or row of `chunks` has a number, and the noun and names that are asked for."""
    noun, names = thing_counted(question)
    if not noun:
        return True
    nouns = _PEOPLE if noun in _PEOPLE else {noun}
    for chunk in chunks:
        about = set(tokenize(f"{chunk.head} {chunk.heading} {chunk.unit}"))
        for text in _pieces(chunk):
            said = set(tokenize(text))
            there = said | about
            counted = nouns & (there if chunk.kind == "table" else said)
            if counted and names <= there and _NUMBER.search(text):
                return True
    return False


def _pieces(chunk: Chunk) -> Iterator[str]:
    lines = chunk.text.splitlines()
    if chunk.kind != "table":
        yield from (sentence for line in lines for sentence in split_sentences(line))
        return
    first = lines[0] if lines else ""
    for line in lines:
        row = parse_row(line)
        yield line if row is None else f"{first}\n{line}"
