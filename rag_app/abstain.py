"""How near a passage must be before a model's answer is worth giving.

Cosines of two models are not comparable, and a model tuned on short passages scores long ones
lower: one cut-off would be unfair in a comparison. So each arm is asked questions that no filing
answers, and has to beat what it scores on those.
"""

from __future__ import annotations

import numpy as np

from rag_app.core.types import Encoder
from rag_app.index.opened import Index

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


def abstain_below(index: Index, encoder: Encoder) -> float:
    """The cosine under which this arm should rather refuse. 0.0 for an empty index.

    The probes' 95th percentile, and above it half of what lies between it and their median: one
    probe that is near by chance must not decide (figures in docs/log.md). Takes about as long as
    thirty questions in one batch.
    """
    best = [found[0][1] for q in encoder.encode_queries(PROBES) if (found := index.search(q, 1))]
    if not best:
        return 0.0
    median, high = np.percentile(best, [50, 95])
    return float(high + (high - median) / 2)
