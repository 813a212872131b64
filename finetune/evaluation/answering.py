"""From which cosine on a tuned model's passages are worth answering with: fitted on questions over filings.

A seed pair's short passage scores higher than a filing's, so only questions over chunks of filings count.
The threshold goes into the model's record; `rag_app.abstain` uses it. Knows no index.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from finetune.evaluation.chunk_queries import ChunkQueries
from finetune.evaluation.evaluate import cosines, encode_split
from rag_app.core.lexical import tokenize
from rag_app.core.types import Encoder, ProgressFn, no_progress

REFUSED = 5.0
"""Percent of the questions with an answer that may lie below the threshold."""
FEWEST = 20
"""Questions below which nothing is fitted."""


def answering(
    encoder: Encoder, asked: ChunkQueries, dims: Sequence[int], on_progress: ProgressFn = no_progress
) -> dict[str, tuple[float, float]]:
    """Dimension → the cosine below which to refuse, and the span from the 10th percentile to the median.

    Of each question's best chunk in its own filing; only questions count that name what the contexts of
    the chunks that answer them begin with, their company: others score lower, and `rag_app` allows for it.
    Empty for fewer than `FEWEST` of them.
    """
    named = [number for number in range(len(asked.queries)) if _names_its_company(asked, number)]
    if len(named) < FEWEST:
        return {}
    queries, corpus = encode_split(encoder, asked, on_progress)
    found = {}
    for dim in dims:
        best = []
        for number, row in enumerate(cosines(queries, corpus, dim)):
            own = sorted(asked.within[number])
            best.append(float((row[own] if own else row).max()))
        low, tenth, median = np.percentile([best[number] for number in named], [REFUSED, 10, 50])
        found[str(dim)] = (round(float(low), 4), round(float(median - tenth), 4))
    return found


def _names_its_company(asked: ChunkQueries, number: int) -> bool:
    gold = min(asked.relevant[number])
    first = tokenize(asked.corpus[gold][:60])[:1]
    return bool(first) and first[0] in tokenize(asked.queries[number])
