"""The share of dense scores beside BM25: fitted on validation pairs, kept in the record, used by the arm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from finetune.data.pairs import Pair
from finetune.data.split import Split
from finetune.evaluation import fusion
from finetune.evaluation.fusion import STEPS, fusion_weights
from rag_app.core.types import FloatArray, ProgressFn, no_progress
from rag_app.question.terms import printed_words
from rag_app.retrieve import BASE_WEIGHT, TUNED_WEIGHT, dense_weight

WORDS = "turbine lantern kayak orchid piano brick saddle clock".split()
PPE = "property, plant and equipment"
CORPUS = tuple(f"the {word} was sold" for word in WORDS)


class Knows:
    """An encoder that finds the right passage (`right`) or the one after it."""

    name = fingerprint = "knows"
    dimension = 16

    def __init__(self, right: bool) -> None:
        self.shift = 0 if right else 1

    def encode_passages(self, texts: Sequence[str], on_progress: ProgressFn = no_progress) -> FloatArray:
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            out[row, CORPUS.index(text)] = 1.0
        return out

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        out = np.full((len(texts), self.dimension), 0.1, dtype=np.float32)
        for row, text in enumerate(texts):
            place = next(i for i, word in enumerate(WORDS) if word in text)
            out[row, (place + self.shift) % len(WORDS)] = 1.0
        return np.asarray(out / np.linalg.norm(out, axis=1, keepdims=True), dtype=np.float32)


def asked(question: str) -> Split:
    """Every word asked for in `question`; the passage that names it is the answer."""
    pairs = tuple(Pair(question.format(word), text) for word, text in zip(WORDS, CORPUS, strict=True))
    gold = tuple(frozenset({i}) for i in range(len(WORDS)))
    return Split((), pairs, CORPUS, gold, "honest", 1)


def test_a_model_that_errs_leaves_the_more_to_bm25() -> None:
    found = fusion_weights(Knows(right=False), asked("who sold the {}?"), (16,))
    assert found == {"16": STEPS[0]}


def test_other_texts_are_searched_too_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    others = tuple(f"{text} again" for text in CORPUS)

    class Counts(Knows):
        def encode_passages(self, texts: Sequence[str], on_progress: ProgressFn = no_progress) -> FloatArray:
            seen.append(set(texts))
            return super().encode_passages([text.removesuffix(" again") for text in texts])

    seen: list[set[str]] = []
    monkeypatch.setattr(fusion, "MOST", len(CORPUS) + 3)
    fusion_weights(Counts(right=True), asked("who sold the {}?"), (16,), (*others, *CORPUS))
    assert set(CORPUS) <= seen[0] <= {*CORPUS, *others} and len(seen[0]) == len(CORPUS) + 3


def test_a_model_that_knows_is_trusted_where_words_mislead() -> None:
    class Reads(Knows):
        def encode_queries(self, texts: Sequence[str]) -> FloatArray:
            return super().encode_queries([WORDS[int(text.split()[0][1:])] for text in texts])

    # "n3" is what the model reads; the word is that of the next passage, and all that BM25 knows
    misled = (f"n{i} {WORDS[(i + 1) % len(WORDS)]}" for i in range(len(WORDS)))
    pairs = tuple(Pair(question, text) for question, text in zip(misled, CORPUS, strict=True))
    found = fusion_weights(Reads(right=True), replace(asked("{}"), test=pairs), (16,))
    assert found["16"] > 0.5


def test_no_questions_give_no_weights() -> None:
    assert fusion_weights(Knows(right=True), replace(asked("{}"), test=(), relevant=()), (16,)) == {}


def test_the_weight_is_that_of_the_nearest_fitted_dimension() -> None:
    record = SimpleNamespace(fusion={"384": 0.7, "128": 0.6, "64": 0.45})
    assert [dense_weight(record, dim) for dim in (384, 300, 128, 80, 32)] == [0.7, 0.7, 0.6, 0.45, 0.45]  # type: ignore[arg-type]
    assert dense_weight(SimpleNamespace(fusion={}), 64) == TUNED_WEIGHT  # type: ignore[arg-type]
    assert dense_weight(None, 64) == BASE_WEIGHT


@pytest.mark.parametrize(
    ("question", "printed"),
    [
        (
            "What is the FY2018 net PPNE for 3M?",
            f"{PPE}, net consolidated balance sheets",
        ),
        (
            "AAPL capex?",
            f"purchases of {PPE} capital expenditures consolidated statements of cash flows",
        ),
        ("What does the balance sheet show?", "consolidated balance sheets"),
        ("Why did sales fall?", ""),
        ("Who runs the crew of debit cards?", ""),
    ],
)
def test_what_filings_print_for_what_is_asked(question: str, printed: str) -> None:
    assert printed_words(question) == printed
