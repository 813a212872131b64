"""finetune.data.leaks: same, near and same-but-for-numbers, for passages and questions."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

import pytest

from finetune.data.leaks import MAX_EXAMPLES, Leak, LeakReport, leaks
from finetune.data.pairs import Pair, load_pairs
from finetune.data.split import Split, split_pairs

SHARED = Path(os.environ.get("RAG_APP_SHARED") or Path(__file__).parents[1].parent / "shared" / "data")
SEED_CSV = SHARED / "seed" / "Financial-QA-10k.csv"
TEXT = (
    "revenue of the tidal segment grew because four new turbines were sold to harbours in cold seas in 2023"
)


def split_of(test: list[Pair], train: list[Pair]) -> Split:
    corpus = tuple(p.context for p in (*test, *train))
    return Split(
        tuple(train), tuple(test), corpus, tuple(frozenset({i}) for i in range(len(test))), "honest", 1
    )


def counts(report: LeakReport) -> dict[str, int]:
    return {k: v for k, v in report.as_dict().items() if isinstance(v, int) and v}


@pytest.mark.parametrize(
    ("train", "kind"),
    [
        (TEXT, "same"),
        (TEXT.upper().replace(" ", "  "), "same"),
        (f"{TEXT} again", "near"),  # 17 of 18 triples
        (TEXT.replace("2023", "2022"), "numbers"),
        (f"{TEXT} or 2022", "numbers"),
    ],
)
def test_passages(train: str, kind: str) -> None:
    found = leaks(
        split_of([Pair("what grew", TEXT)], [Pair("who sat", train), Pair("why", "Nothing alike.")])
    )
    leaking = {"leaking": 1} if kind != "numbers" else {}
    assert counts(found) == {"queries": 1, f"{kind}_context": 1, **leaking}
    assert [(e.what, e.kind, e.train) for e in found.examples] == [("context", kind, train)]


LETTERS = "alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november".split()


def swapped(count: int, place: int = -1) -> tuple[str, str]:
    """The first `count` words, and the same with another word at `place`."""
    words = LETTERS[:count]
    other = [*words]
    other[place] = "zulu"
    return " ".join(words), " ".join(other)


@pytest.mark.parametrize(
    ("count", "place", "similarity"),
    [(12, -1, 9 / 11), (11, -1, 0.8), (10, -1, None), (12, 5, None)],  # 10 triples, 9 of them shared; …
)
def test_passages_are_compared_by_word_triples(count: int, place: int, similarity: float | None) -> None:
    one, other = swapped(count, place)
    found = leaks(split_of([Pair("who", one)], [Pair("when", other)]))
    assert found.near_context == found.leaking == (similarity is not None)
    assert [e.similarity for e in found.examples] == ([round(similarity, 3)] if similarity else [])


@pytest.mark.parametrize(("count", "similarity"), [(13, 12 / 14), (12, None)])
def test_questions_are_compared_by_words(count: int, similarity: float | None) -> None:
    one, other = swapped(count)
    found = leaks(split_of([Pair(f"{one}?", "c1")], [Pair(other, "c two")]))
    assert found.near_question == found.leaking == (similarity is not None)
    assert [e.similarity for e in found.examples] == ([round(similarity, 3)] if similarity else [])


def test_questions_that_differ_in_a_year_are_no_leak() -> None:
    found = leaks(
        split_of([Pair("What were net sales in 2023?", "c")], [Pair("What were net sales in 2022?", "d")])
    )
    assert counts(found) == {"queries": 1, "numbers_question": 1}
    again = leaks(
        split_of([Pair("What were net sales in 2023?", "c")], [Pair("what were net sales in 2023", "d")])
    )
    assert counts(again) == {"queries": 1, "same_question": 1, "leaking": 1}


def test_among_templates_the_one_with_equal_numbers_is_found() -> None:
    train = [Pair(f"q{i}", f"{TEXT} or {i}") for i in range(300, 400)]
    found = leaks(split_of([Pair("a", f"{TEXT} or 350, at last")], train))
    assert [(e.kind, e.train) for e in found.examples] == [("near", f"{TEXT} or 350")]


def test_the_worst_answer_of_a_question_counts_once() -> None:
    corpus = (TEXT, f"{TEXT} or 5", "else")
    train = (Pair("b", TEXT), Pair("c", f"{TEXT} or 6"))
    split = Split(train, (Pair("a", corpus[1]),), corpus, (frozenset({0, 1}),), "honest", 1)
    assert counts(leaks(split)) == {"queries": 1, "same_context": 1, "leaking": 1}


def test_nothing_to_find_and_texts_without_words() -> None:
    assert leaks(split_of([Pair("a b", "c d e")], [Pair("f g", "h i j")])) == LeakReport(1)
    assert leaks(split_of([Pair("?", "!")], [Pair("a", "b")])) == LeakReport(1)
    assert leaks(split_of([Pair("a", "b")], [])) == LeakReport(1)


def test_the_report_is_json_and_its_examples_are_few_and_mixed() -> None:
    one = " ".join(LETTERS[:12])
    test = [Pair(f"{LETTERS[i % 14]} {i}", f"{one} {chr(97 + i // 5) * (i % 5 + 1)}x") for i in range(60)]
    train = [Pair(f"t{i}", p.context + " end") for i, p in enumerate(test[:30])]
    train += [Pair(f"u{i}", p.context) for i, p in enumerate(test[30:])]
    found = leaks(split_of(test, train))
    assert (found.near_context + found.same_context, len(found.examples)) == (60, MAX_EXAMPLES)
    assert {e.kind for e in found.examples} == {"near", "same"}
    as_json = json.loads(json.dumps(found.as_dict()))
    assert as_json["shares"]["leaking"] == 1.0
    assert set(as_json["examples"][0]) == {"what", "kind", "test", "train", "similarity"}
    assert isinstance(found.examples[0], Leak)


@pytest.mark.parametrize("template", [False, True])
def test_seven_thousand_rows_take_seconds(template: bool) -> None:
    """Also where all passages are one text with a word changed, so that each is like each."""
    rng = random.Random(1)
    words = [f"{a}{b}" for a in LETTERS for b in LETTERS]
    same = words[:80]
    pairs = []
    for i in range(7000):
        text = [*same] if template else rng.choices(words, k=60)
        text[rng.randrange(60)] = rng.choice(words)
        pairs.append(
            Pair(f"What of {rng.choice(words)} {rng.choice(words)} {i}?", " ".join(text), f"T{i % 70}")
        )
    split = split_pairs(pairs)
    started = time.process_time()
    found = leaks(split)
    assert time.process_time() - started < 10  # under a second on an idle core
    assert found.near_context + found.same_context == (700 if template else 0)


@pytest.mark.shared
@pytest.mark.skipif(not SEED_CSV.exists(), reason=f"no seed pairs at {SEED_CSV}")
def test_the_leaks_of_the_seed_pairs() -> None:
    pairs = load_pairs(str(SEED_CSV))
    assert counts(leaks(split_pairs(pairs, "seed", 42))) == {
        "queries": 700, "same_context": 44, "near_context": 3, "numbers_context": 5,
        "same_question": 10, "near_question": 11, "numbers_question": 2, "leaking": 63,
    }  # fmt: skip
    assert counts(leaks(split_pairs(pairs, "honest", 42))) == {
        "queries": 691, "same_context": 8, "near_context": 3, "numbers_context": 4,
        "same_question": 5, "near_question": 5, "numbers_question": 1, "leaking": 16,
    }  # fmt: skip
