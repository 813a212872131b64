"""A question's period → how well a sentence or row fits it: a quarter's figure is none of the year's.

Only lowers what says itself that it is of another period. Knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from rag_app.core.types import FilingMeta, FloatArray, Hit
from rag_app.passages import Snippet
from rag_app.question.times import forms_in, times_in

ELSEWHERE = 0.7  # what a piece of another period counts beside one of the period asked for
_WEEKS = r"(?:twelve|12|thirteen|13|fourteen|14)[- ]weeks?"
_LONG_WEEKS = r"(?:twenty[- ]?(?:four|six|eight)|thirty[- ]?(?:six|nine)|24|26|36|39)[- ]weeks?"
_QUARTER = re.compile(rf"\b(?:(?:three|3)[- ]months?|{_WEEKS}|quarters?|Q[1-4])\b", re.IGNORECASE)
_LONGER = re.compile(
    rf"\b(?:(?:six|6|nine|9|twelve|12)[- ]months?|{_LONG_WEEKS}|(?:52|53)[- ]weeks?|years?[- ]ended"
    r"|fiscal year|year[- ]to[- ]date)\b",
    re.IGNORECASE,
)
_INTERIM = re.compile(
    rf"\b(?:(?:three|3|six|6|nine|9)[- ]months?|{_WEEKS}|{_LONG_WEEKS}|quarters? ended"
    r"|(?:of|in|for) the quarter|(?:first|second|third|fourth|1st|2nd|3rd|4th)[- ](?:fiscal )?quarter"
    r"|Q[1-4])\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def period_weights(question: str, pieces: Sequence[tuple[Hit, Snippet]]) -> FloatArray:
    """float32[len(pieces)]: 1, or `ELSEWHERE` for a piece of another period than the question's only one.

    Where a fiscal year is asked for, that is a row of a quarterly report and whatever speaks of a quarter;
    where a quarter is, a row of a longer time alone. So is a row that names years, and not the one asked for.
    """
    weights = np.ones(len(pieces), dtype=np.float32)
    span, years = _asked(question)
    for i, (hit, piece) in enumerate(pieces):
        meta = hit.chunk.meta
        if span and _elsewhere(span, years, meta, piece):
            weights[i] = ELSEWHERE
    return weights


def _asked(question: str) -> tuple[str, set[str]]:
    """ "year" or "quarter" where the question asks for that alone, else ""; and the years it names."""
    times = times_in(question)
    spans = {"quarter" if t.quarter or t.latest == "quarter" else "year" for t in times if t.latest != "any"}
    interim = _INTERIM.search(question) or any(form == "10-Q" for *_, form in forms_in(question))
    years = {str(y) for t in times if t.year for y in range(t.year, (t.last or t.year) + 1)}
    if len(spans) != 1 or any(t.edge for t in times) or (interim and spans == {"year"}):
        return "", set()
    return spans.pop(), years


def _elsewhere(span: str, years: set[str], meta: FilingMeta, piece: Snippet) -> bool:
    if span == "year":
        of_quarter = piece.is_row and meta.fiscal_period in ("Q1", "Q2", "Q3")
        if of_quarter or _INTERIM.search(piece.text):
            return True
    elif piece.is_row and _LONGER.search(piece.text) and not _QUARTER.search(piece.text):
        return True
    named = set(_YEAR.findall(piece.text)) if piece.is_row else set()
    ends = {meta.period_end[:4]} if meta.period_end and str(meta.fiscal_year) in years else set()
    return bool(years and named) and not named & (years | ends)
