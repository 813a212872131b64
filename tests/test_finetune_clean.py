"""finetune.data.clean: what counts as equal, and what cleaning reports."""

from __future__ import annotations

import pytest

from finetune.data.clean import CleanReport, clean, normalise, normalise_question, unique_contexts
from finetune.data.pairs import Gap, Pair, pair_set


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Net  sales\n were $5.", "net sales were $5."),
        ("the “company’s” plan", 'The "company\'s" plan'),
        ("2022–2023 — a year", "2022-2023 - a year"),
        ("ﬁscal year", "fiscal\u00a0year"),
        ("gross\u00adprofit\u200b", "grossprofit"),
    ],
)
def test_equal_texts(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(("one", "other"), [("sales in 2022", "sales in 2023"), ("(5)", "5"), ("A.", "A")])
def test_different_texts(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


def test_questions_may_end_differently() -> None:
    assert {
        normalise_question(q) for q in ("Who audits?", "who audits", "Who  audits ?!", "Who audits.")
    } == {"who audits"}
    assert normalise_question("Is it U.S. owned?") == "is it u.s. owned"
    assert normalise_question("???") == "???"


def test_cleaning_merges_and_counts() -> None:
    pairs = [
        Pair("Who audits?", "The auditor is ABC.", "A", "f1"),
        Pair("who audits", "the auditor  is ABC.", "A", "f1", answer="ABC"),  # a duplicate row
        Pair("Who audits?", "The auditor is ABC.", "B", "f1"),  # of another company
        Pair("WHO AUDITS", "Ours is DEF.", "A", "f1"),
        Pair("What is sold?", "The Auditor is ABC.", "A", "f2"),
        Pair("?", "Words.", "A"),
        Pair("Words?", "—", "A"),
    ]
    found = clean(pair_set("x", pairs, [Gap(2, "left"), Gap(5, "")]))
    assert found.rows == (0, 2, 3, 4)
    assert found.pairs == (
        Pair("Who audits?", "The auditor is ABC.", "A", "f1"),
        Pair("Who audits?", "The auditor is ABC.", "B", "f1"),
        Pair("Who audits?", "Ours is DEF.", "A", "f1"),
        Pair("What is sold?", "The auditor is ABC.", "A", "f2"),
    )
    assert found.report == CleanReport(
        rows=9,
        empty=2,
        wordless=2,
        duplicate_rows=1,
        merged_questions=2,
        merged_contexts=2,
        respelled_questions=1,
        respelled_contexts=1,
        pairs=4,
    )
    assert clean(found.pairs).pairs == found.pairs
    assert found.report.as_dict()["merged_contexts"] == 2


def test_contexts_of_dropped_rows_stay_in_the_corpus_once() -> None:
    pairs = [Pair("q1", "One."), Pair("q2", "Two.")]
    rows = [Gap(0, "ONE."), pairs[0], Gap(2, ""), Gap(3, "Three."), pairs[1], Gap(5, "three.")]
    assert unique_contexts(rows, pairs) == ("One.", "Three.", "Two.")
