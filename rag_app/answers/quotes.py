"""An LLM's sentences → the sentences and rows of the passages they cite: what to show highlighted.

Says nothing of whether they are right (`rag_app.checks` does). Knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag_app.answers.numbers import CITATION
from rag_app.core.lexical import tokenize
from rag_app.core.types import Chunk
from rag_app.filings.sentences import split_sentences
from rag_app.passages import snippets

NUMBER = 2.0  # what a shared figure counts beside a shared word
LEAST = 3.0  # less in common is chance: the passage is shown without a highlight
_TAG = re.compile(r"\[[a-z ]+\]")
_LEADING = re.compile(r"((?:\[\d{1,3}\]\s*)+)(.*)", re.DOTALL)


def quotes_for(text: str, number: int, parts: Sequence[Chunk]) -> tuple[str, ...]:
    """For each sentence of `text` that cites passage `number`, what in `parts` is most like it."""
    pieces = [(piece, set(tokenize(piece.text))) for part in parts for piece in snippets(part)]
    found = []
    for sentence in _sentences(text):
        if str(number) not in CITATION.findall(sentence):
            continue
        said = set(tokenize(_TAG.sub(" ", CITATION.sub(" ", sentence))))
        scores = [sum(NUMBER if w[0].isdigit() else 1.0 for w in said & held) for _, held in pieces]
        if scores and max(scores) >= LEAST:
            # of equals the shortest: it says little else
            best = max(range(len(pieces)), key=lambda i: (scores[i], -len(pieces[i][0].text)))
            found.append(pieces[best][0].quote)
    return tuple(dict.fromkeys(found))


def _sentences(text: str) -> list[str]:
    """The sentences of an answer; a citation behind a full stop belongs to the sentence before it."""
    out: list[str] = []
    for line in text.splitlines():
        first = len(out)
        for piece in split_sentences(line):
            leading = _LEADING.fullmatch(piece)
            if leading and len(out) > first:
                out[-1] += f" {leading[1]}"
                piece = leading[2]
            if piece.strip():
                out.append(piece)
    return out
