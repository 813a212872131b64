"""rag_app.answers.counts: "how many" is answered by a number of those things, not by a price of them."""

from __future__ import annotations

import pytest
from conftest import make_chunk

from rag_app.answers.counts import counts, thing_counted


@pytest.mark.parametrize(
    ("question", "noun", "names"),
    [
        ("How many iPhone units did Zephquill sell in 2024?", "unit", {"iphon"}),
        ("How many full-time employees does Zephquill have?", "employe", set()),
        ("how many stores were opened?", "store", set()),
        ("How many dollars did it invest?", "", set()),
        ("How much did sales grow?", "", set()),
        ("Why are there many stores?", "", set()),
    ],
)
def test_what_is_to_be_counted(question: str, noun: str, names: set[str]) -> None:
    assert thing_counted(question) == (noun, frozenset(names))


@pytest.mark.parametrize(
    ("question", "text", "kind", "answered"),
    [
        ("How many kayaks did it sell?", "We sold 12,400 kayaks in 2024.", "prose", True),
        ("How many kayaks did it sell?", "We sold twelve kayaks.", "prose", True),
        ("How many kayaks did it sell?", "Revenue from kayaks was $12,400 million in 2024.", "prose", False),
        ("How many kayaks did it sell?", "Kayaks grew 13% as more of them sold.", "prose", False),
        ("How many kayaks did it sell?", "We sold 12 boats. Kayaks were popular in 2024.", "prose", False),
        ("How many Otter kayaks did it sell?", "We sold 12 kayaks.", "prose", False),
        ("How many people work there?", "We had 87 full-time employees.", "prose", True),
        ("How many stores are there?", "Stores | 2024 | 2023\nNorth | 127 | 99", "table", True),
        ("How many stores are there?", "Sales | 2024 | 2023\nNorth | $127 | $99", "table", False),
        ("Which kayaks did it sell?", "Nothing is said.", "prose", True),
    ],
)
def test_a_number_of_those_things(question: str, text: str, kind: str, answered: bool) -> None:
    assert counts(question, [make_chunk(0, text, kind=kind)]) is answered
