"""How much of a tuned model's score to keep when it is fused with BM25: fitted on its validation pairs.

Knows no index; the weights go into the model's record.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from finetune.evaluation.evaluate import QuerySet, best_of, cosines, first_of_equals, once
from rag_app.core.fusion import POOL, fuse
from rag_app.core.lexical import Lexicon
from rag_app.core.metrics import K, per_query
from rag_app.core.types import Encoder, ProgressFn, no_progress

STEPS = tuple(round(0.3 + 0.05 * step, 2) for step in range(15))
"""The weights that are tried, up to 1.0: dense alone."""
MOST = 10_000


def fusion_weights(
    encoder: Encoder,
    validation: QuerySet,
    dims: Sequence[int],
    others: Iterable[str] = (),
    on_progress: ProgressFn = no_progress,
) -> dict[str, float]:
    """Dimension → the dense share with the best nDCG@10, of a parabola through the shares tried.

    `others` are searched too, up to MOST texts: among the few of a validation corpus a tuned model
    needs no help. Empty without questions.
    """
    if not validation.queries:
        return {}
    texts = list(validation.corpus)
    held = set(texts)
    more = [text for text in dict.fromkeys(others) if text not in held]
    texts += random.Random(0).sample(more, min(len(more), max(0, MOST - len(texts))))  # noqa: S311 - no secret
    queries = encoder.encode_queries(list(validation.queries))
    corpus = encoder.encode_passages(texts, on_progress)
    lexicon = Lexicon.build(texts)
    sparse = []
    for question in validation.queries:
        scores = lexicon.scores(question)
        sparse.append({i: float(scores[i]) for i in best_of(scores, POOL) if scores[i] > 0})
    same = first_of_equals(texts)
    gold = [{same[i] for i in relevant} for relevant in validation.relevant]
    found = {}
    for dim in dims:
        gained = np.zeros(len(STEPS))
        for number, row in enumerate(cosines(queries, corpus, dim)):
            dense = {i: float(row[i]) for i in best_of(row, POOL)}
            for step, weight in enumerate(STEPS):
                fused = fuse(dense, sparse[number], weight)
                ranked = sorted(fused, key=lambda i: (-fused[i], i))[: 2 * K]
                gained[step] += per_query(once([same[i] for i in ranked])[:K], gold[number]).ndcg
        found[str(dim)] = _best(gained)
    return found


def _best(gained: NDArray[np.float64]) -> float:
    """Where a parabola through all steps is highest: single steps differ by chance."""
    curve = np.polyfit(STEPS, gained, 2)
    if curve[0] >= 0:  # no top between: the better end
        return STEPS[int(gained.argmax())]
    return float(np.clip(round(-curve[1] / (2 * curve[0]), 2), STEPS[0], STEPS[-1]))
