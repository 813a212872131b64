"""How near a passage must be before a model's answer is worth giving.

Cosines of two models are not comparable, and a model tuned on short passages scores long ones
lower: one cut-off would be unfair in a comparison. So each arm has its own, between two: what it scores on
questions that no filing answers, and what it scores on questions that one does. The latter is fitted on a
tuned model's validation questions and stands in its record; any other model is asked for headings of the
filings that it serves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from rag_app.core.registry import ModelRecord
from rag_app.core.types import Chunk, Encoder, Filters
from rag_app.index.opened import Index

HEADINGS = 48
STEPS_BELOW = 2.0
"""How far below the headings' median people's questions lie, in steps from it to the 10th percentile."""
FEW, MANY = 2_000, 20_000
"""Passages up to which off-topic questions alone decide, and from which those with an answer do: among many
passages something near is always found."""
PROBES = (
    "What is the best recipe for pancakes?",
    "Who won the football world cup in 1998?",
    "How do I change a bicycle tyre?",
    "What is the capital of Mongolia?",
    "Which planets have rings?",
    "How long should I boil an egg?",
    "Who painted the ceiling of the Sistine Chapel?",
    "What are the rules of chess?",
    "How many bones are in the human body?",
    "When did the Roman Empire fall?",
    "How do birds find their way when they migrate?",
    "What is the plot of Hamlet?",
    "Which exercises help against back pain?",
    "How do I propose to my girlfriend?",
    "What does the word serendipity mean?",
    "How tall is Mount Everest?",
    "What should I feed a hedgehog?",
    "Who wrote the Ninth Symphony?",
    "How is cheese made?",
    "What is the speed of light?",
    "Can you tell me a joke about cats?",
    "How do I remove red wine from a carpet?",
    "Which languages are spoken in Switzerland?",
    "What will the weather be like tomorrow?",
    "How do I learn to play the guitar?",
    "What is the difference between a crocodile and an alligator?",
    "Who was the first person on the moon?",
    "How do vaccines train the immune system?",
    "What time does the last train to Oxford leave?",
    "How do I write a sorting function in Python?",
)


def threshold(index: Index, encoder: Encoder, record: ModelRecord | None = None) -> tuple[float, float]:
    """The cosine below which this arm should rather refuse, and the span that adjusts it for a question.

    (0.0, 0.0) for an empty index. Takes about as long as eighty questions in one batch; with a record
    fitted at this dimension, thirty.
    """
    if not index.chunks:
        return 0.0, 0.0
    floor = _off_topic(index, encoder)
    fitted = record.answering.get(str(index.manifest.dimension)) if record is not None else None
    low, span = (fitted[0], fitted[1]) if fitted else _on_topic(index, encoder, floor)
    share = math.log(len(index.chunks) / FEW) / math.log(MANY / FEW)
    share = min(1.0, max(0.0, share))
    return floor + share * max(0.0, low - floor), share * span


def _off_topic(index: Index, encoder: Encoder) -> float:
    """The probes' 95th percentile, and above it half of what lies between it and their median.

    One probe that is near by chance must not decide (figures in docs/log.md).
    """
    best = [index.search(query, 1)[0][1] for query in encoder.encode_queries(PROBES)]
    median, high = np.percentile(best, [50, 95])
    return float(high + (high - median) / 2)


def _on_topic(index: Index, encoder: Encoder, floor: float) -> tuple[float, float]:
    """Where people's questions with an answer begin, and a span; `floor` and 0.0 without headings."""
    asked = _headings(index.chunks)
    if not asked:
        return floor, 0.0
    questions = [f"What does {chunk.meta.company} say about {chunk.heading.rstrip('.')}?" for chunk in asked]
    best = [
        index.search(query, 1, Filters(filing_ids=(chunk.filing_id,)))[0][1]
        for query, chunk in zip(encoder.encode_queries(questions), asked, strict=True)
    ]
    median, low = np.percentile(best, [50, 10])
    step = float(median - low)
    return float(median) - STEPS_BELOW * step, 1.4 * step


def _headings(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Passages spread over the filings whose headings say something and whose company is known."""
    found = []
    for at in range(0, len(chunks), max(1, len(chunks) // (4 * HEADINGS))):
        chunk = chunks[at]
        told = 8 < len(chunk.heading) < 60 and not chunk.heading.isupper()
        if told and chunk.kind == "prose" and chunk.meta.company:
            found.append(chunk)
    return found[:: max(1, len(found) // HEADINGS)][:HEADINGS]
