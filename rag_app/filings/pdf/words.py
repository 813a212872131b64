"""Words cut in two by a line's end or by the letters' places, mended by what else the document says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rag_app.filings.flow import clean
from rag_app.filings.pdf.rows import PageRow, Word

_CUT_WORD = re.compile(r"([^\W\d_]+)[\ufffe\x02](\w+)")
_MAX_GAP = 4.0  # points between the two pieces of a word


def mend_cut_words(pages: Sequence[list[PageRow]]) -> None:
    """Hyphens at line ends and stray last letters: joined where the whole word is used elsewhere."""
    rows = [row for page in pages for row in page]
    cut = any("\ufffe" in word.text or "\x02" in word.text for row in rows for word in row.words)
    stray = [row for row in rows if _ends_in_stray(row)]
    vocabulary: Counter[str] = Counter()
    if cut or stray:
        for row in rows:
            vocabulary.update(re.findall(r"[^\W\d_]{2,}", row.text.lower()))

    def mend(found: re.Match[str]) -> str:
        whole = found[1] + found[2]
        return whole if vocabulary[whole.lower()] else f"{found[1]}-{found[2]}"

    for row in stray:
        _join_stray(row, vocabulary)
    for row in rows:
        for word in row.words:
            word.text = clean(_CUT_WORD.sub(mend, word.text) if cut else word.text)


def _ends_in_stray(row: PageRow) -> bool:
    """Whether a line ends in "a", the one letter that may be a word or the end of one ("Dat a")."""
    if len(row.words) < 2 or row.words[-1].text != "a":
        return False
    return row.words[-1].x0 - row.words[-2].x1 < _MAX_GAP


def _join_stray(row: PageRow, vocabulary: Counter[str]) -> None:
    start, end = row.words[-2:]
    piece = start.text.lower()
    if vocabulary[piece] == 1 and vocabulary[f"{piece}a"]:
        row.words[-2:] = [Word(f"{start.text}a", start.x0, end.x1)]
