"""BM25 over chunks, for the words that embeddings blur: names, ticker symbols, exact figures.

Robertson & Zaragoza 2009, Lucene variant, through bm25s; Snowball stemming. Knows no vectors.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import Stemmer

from rag_app.core.types import FloatArray

WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|\d[\d,.]*\d|\d")
STOP = frozenset(
    "a an and are as at be been by did do does for from had has have how in is it its of on or "
    "that the their there these this to was were what when where which who why will with".split()
)
APOSTROPHE = str.maketrans({"\N{RIGHT SINGLE QUOTATION MARK}": "'"})


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    return Stemmer.Stemmer("english")


def tokenize(text: str) -> list[str]:
    """Lower-case stems without stop words; "1,234" stays one token, without its commas."""
    words = [w.lower().replace(",", "") for w in WORD.findall(text.translate(APOSTROPHE))]
    stems: list[str] = _stemmer().stemWords([w for w in words if w not in STOP])
    return stems


class Lexicon:
    """A BM25 index over n passages; `scores` gives float32[n]."""

    def __init__(self, model: bm25s.BM25, size: int) -> None:
        self._model = model
        self._size = size

    @classmethod
    def build(cls, texts: Sequence[str]) -> Lexicon:
        """Index `texts`; an empty collection scores nothing."""
        model = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        if texts:
            # one marker token: bm25s cannot index a corpus in which no passage has a word
            model.index([[*tokenize(t), "\x00"] for t in texts], show_progress=False)
        return cls(model, len(texts))

    def save(self, folder: Path) -> None:
        """Write arrays (no pickles) and the vocabulary under `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        if self._size:
            self._model.save(str(folder), show_progress=False)
        (folder / "size.json").write_text(json.dumps(self._size), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Lexicon:
        """The reverse of `save`."""
        size = int(json.loads((folder / "size.json").read_text(encoding="utf-8")))
        model = bm25s.BM25.load(str(folder), allow_pickle=False) if size else bm25s.BM25()
        return cls(model, size)

    def knows(self, word: str) -> bool:
        """Whether passages hold this word, as stemmed; also true of a word without stems."""
        return all(bool(self._size) and t in self._model.vocab_dict for t in tokenize(word))

    def rarity(self, stem: str) -> float:
        """How rare a stem is, in nats: BM25's inverse document frequency; the most for one in no passage."""
        if not self._size:
            return 0.0
        at = self._model.vocab_dict.get(stem)
        starts = self._model.scores["indptr"]
        held = 0 if at is None else int(starts[at + 1]) - int(starts[at])
        return math.log(1 + (self._size - held + 0.5) / (held + 0.5))

    def scores(self, query: str) -> FloatArray:
        """BM25 of every passage; zeros when no word of the query is known."""
        known = [t for t in tokenize(query) if self._size and t in self._model.vocab_dict]
        if not known:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(self._model.get_scores(known), dtype=np.float32)
