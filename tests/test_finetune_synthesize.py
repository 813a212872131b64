"""finetune.synthetic, offline: what sentences and rows are turned into, and which questions are kept."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from finetune.synthetic.heading_questions import from_heading
from finetune.synthetic.periods import column_of, period_of
from finetune.synthetic.prose_questions import from_sentence
from finetune.synthetic.questions import Question, questions, worded
from finetune.synthetic.synthesize import synthesize_pairs
from finetune.synthetic.table_questions import clean_label, from_table
from finetune.synthetic.wording import WHO, WHOSE, name_company, short_name, third_person
from rag_app.core.errors import PairsError
from rag_app.core.types import Chunk, FloatArray, Progress
from tests.conftest import WordEncoder, make_chunk

TABLE = """Consolidated Statements of Operations
(in millions)
| 2024 | 2023
Net sales | $1,234 | $900
Operating expenses:
Research and development | 77 | 61
Basic | 12 | 11
Effective tax rate | 21.0% | 20.5%
Balance at end of year | 4 | 5
 | 9 | 8
2023 | 5 | 6"""
PROSE = (
    "We build anvils in two plants in Ohio. Anvil revenue fell by 12% in 2024, primarily due to the closing "
    "of three large smithies. We shipped 31,000 anvils to customers in nine states during the year. "
    "A smithy loan means an advance that a smith repays in horseshoes."
)


def corpus() -> list[Chunk]:
    return [
        make_chunk(0, TABLE, "ZZA", kind="table", unit="in millions", heading="Results"),
        make_chunk(
            1, PROSE, "ZZA", heading="We depend on smithies, and if they close our sales will fall sharply."
        ),
        make_chunk(0, PROSE.replace("nvil", "ellow").replace("smith", "forg"), "ZZB", heading="Our products"),
        make_chunk(2, "None."),
    ]


def asked(sentence: str, company: str = "Acme") -> set[tuple[str, str]]:
    return {found for seed in range(40) for found in from_sentence(sentence, company, random.Random(seed))}


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        (
            "In 2024, demand for anvils was lower primarily due to the closing of smithies.",
            ("why", "Why was demand for anvils lower in 2024?"),
        ),
        (
            "Inventories are stated at the lower of cost and net value.",
            ("how", "How are inventories stated?"),
        ),
        (
            "We recognize revenue when control of the anvil passes.",
            ("when", f"When does {WHO} recognize revenue?"),
        ),
        (
            "We determine rent using the rates that banks charge us.",
            ("how", f"How does {WHO} determine rent?"),
        ),
        ("The term notes mature in June 2030.", ("date", "When do the term notes mature?")),
        (
            "We shipped 31,000 anvils to customers in nine states during 2024.",
            ("count", f"How many anvils did {WHO} ship to customers in nine states during 2024?"),
        ),
        ("We paid $4.2 million for a foundry.", ("amount", f"How much did {WHO} pay for a foundry?")),
        (
            "We recorded a charge of $7 million in 2023.",
            ("amount", f"What was the amount of the charge that {WHO} recorded in 2023?"),
        ),
        (
            "On May 3, 2024, we agreed to buy the Ohio foundry from Tongs Ltd.",
            ("what", f"What did {WHO} agree to buy on May 3, 2024?"),
        ),
        (
            "Acme uses forward contracts to hedge the price of iron.",
            ("what", f"What does {WHO} use to hedge the price of iron?"),
        ),
        (
            "We believe that demand for light anvils will grow in the coming years.",
            ("opinion", f"What does {WHO} believe about demand for light anvils?"),
        ),
        (
            "The forge segment includes hammers, tongs and bellows.",
            ("list", "What is included in the forge segment?"),
        ),
        (
            "New tariffs on iron could harm our margins and our reputation.",
            ("risk", f"How could new tariffs on iron affect {WHO}?"),
        ),
        (
            "Mr. Stone has served as Chief Financial Officer since May 2021.",
            ("when", f"When did Mr. Stone become Chief Financial Officer of {WHO}?"),
        ),
        (
            "For a discussion of legal proceedings, see Note 14 to the financial statements.",
            ("where", "Where can information about legal proceedings be found?"),
        ),
    ],
)
def test_a_sentence_is_asked_for(sentence: str, question: tuple[str, str]) -> None:
    assert question in asked(sentence)


def test_a_movement_is_asked_for_by_its_size_and_its_reason() -> None:
    found = asked("Anvil revenue increased $12 million, or 8%, in 2024, mainly due to higher prices.")
    assert {text.replace(f"{WHOSE} ", "") for _, text in found} == {
        "By how much did anvil revenue increase in 2024?",
        "How much did anvil revenue increase in 2024?",
        "Why did anvil revenue increase in 2024?",
        "What drove the increase in anvil revenue in 2024?",
        "What factors contributed to the increase in anvil revenue in 2024?",
        "What was the main reason for the increase in anvil revenue in 2024?",
        "What led to the increase in anvil revenue in 2024?",
    }


def test_a_definition_is_asked_for() -> None:
    found = asked("A smithy loan means an advance that a smith repays in horseshoes.")
    assert {kind for kind, _ in found} == {"definition"}
    assert ("definition", "What does a smithy loan mean?") in found
    assert ("definition", f"How does {WHO} define a smithy loan?") in found


@pytest.mark.parametrize(
    "sentence",
    [
        "It may hurt us in ways that we do not know.",
        "Such laws, which change often, could.",
        "The anvils that we sold in the spring and the customers who bought them, too.",
        "See Item 7.",
    ],
)
def test_a_sentence_that_cannot_be_told_apart_gives_no_question(sentence: str) -> None:
    assert asked(sentence) == set()


def test_rows_become_questions_of_label_section_and_period() -> None:
    chunk = corpus()[0]
    found = {entry for seed in range(300) for entry in from_table(chunk, {}, random.Random(seed))}
    assert {label for _, _, label in found} == {
        "Net sales",
        "Research and development",
        "Basic",
        "Effective tax rate",
    }
    texts = {text for _, text, _ in found}
    assert f"What were {WHOSE} net sales in 2024?" in texts
    assert f"How much net sales did {WHO} report for fiscal year 2023?" in texts
    assert f"How much did {WHO} spend on research and development in 2024?" in texts
    assert f"How did {WHOSE} net sales change from 2023 to 2024?" in texts
    assert f"What was {WHOSE} effective tax rate in 2024?" in texts
    assert all("basic operating expenses" in text for _, text, label in found if label == "Basic")
    values = {"1,234", "900", "77", "61", "21.0", "20.5", "$"}
    assert not any(value in text for value in values for text in texts)


def test_other_words_for_a_row_are_used() -> None:
    words = {"net sales": ("revenue from contracts",)}
    found = {entry for seed in range(60) for entry in from_table(corpus()[0], words, random.Random(seed))}
    tagged = {text for kind, text, _ in found if kind == "tag"}
    assert tagged and all("revenue from contracts" in text for text in tagged)
    assert "For 2024, what was the revenue from contracts?" in tagged


@pytest.mark.parametrize(
    ("head", "instant", "said"),
    [
        ("Three Months Ended July 1, 2023", False, "in the three months ended July 1, 2023"),
        ("June 30, 2023", True, "as of June 30, 2023"),
        ("2023", True, "at the end of 2023"),
        ("2023", False, "in fiscal 2023"),
        ("Q3 2023", False, "in the third quarter of 2023"),
        ("Year ended September 28, 2024", False, "in fiscal year 2024"),
        ("Nine Months Ended 2023", False, "in the nine-month period of 2023"),
        ("Level 1", False, "in 2024"),  # the filing's own
    ],
)
def test_periods_as_people_say_them(head: str, instant: bool, said: str) -> None:
    chunk = make_chunk(0, "x")
    assert said in {period_of(head, chunk, random.Random(seed), instant) for seed in range(60)}


def test_a_year_that_ends_in_january_is_named_by_its_day() -> None:
    chunk = make_chunk(0, "x")
    said = {period_of("Year ended January 28, 2024", chunk, random.Random(seed)) for seed in range(30)}
    assert said == {"for the year ended January 28, 2024"}


@pytest.mark.parametrize(
    ("head", "column"),
    [
        ("As of December 31, 2021 Level 1", "Level 1"),
        ("2024", ""),
        ("Three Months Ended June 30, 2023 Amount", ""),
        ("Common Stock Shares", "Common Stock Shares"),
    ],
)
def test_what_a_column_says_beside_its_period(head: str, column: str) -> None:
    assert column_of(head) == column


def test_labels_lose_footnotes_and_asides() -> None:
    assert clean_label("Net sales (1)") == "Net sales"
    assert clean_label("Cash dividends declared ($0.62 per share)*") == "Cash dividends declared"
    assert clean_label("Net income (loss):") == "Net income (loss)"


def test_a_risk_title_and_a_topic_are_asked_for() -> None:
    title = make_chunk(0, PROSE, heading="New tariffs on iron could harm our margins.")
    found = {text for seed in range(20) for _, text in from_heading(title, random.Random(seed))}
    assert f"What risks does {WHO} face regarding new tariffs on iron?" in found
    assert f"Why could new tariffs on iron harm {WHOSE} margins?" in found
    topic = make_chunk(0, PROSE, heading="Note 4 - Revenue Recognition")
    found = {text for seed in range(40) for _, text in from_heading(topic, random.Random(seed))}
    assert f"What is {WHOSE} policy on revenue recognition?" in found
    assert list(from_heading(make_chunk(0, PROSE, heading="Exhibit Index"), random.Random(0))) == []
    assert list(from_heading(make_chunk(0, PROSE, heading="ZZA Corp"), random.Random(0))) == []


def test_the_company_is_named_once() -> None:
    rng = random.Random(0)
    text = f"What does {WHO} say about {WHOSE} anvils?"
    assert name_company(text, "Acme", rng) == "What does Acme say about its anvils?"
    assert name_company(text, None, rng) == "What does the company say about its anvils?"
    assert name_company("Why did sales fall?", "Acme", rng) == "Why did sales fall?"
    forced = {name_company("Why did sales fall?", "Acme", random.Random(s), must=True) for s in range(9)}
    assert forced == {"Why did sales fall at Acme?", "For Acme, why did sales fall?"}
    assert name_company(f"{WHOSE} acme anvils", "Acme", rng) == "Acme's anvils"


def test_we_is_told_in_the_third_person() -> None:
    assert third_person("that we continually review, and our banks") == (
        f"that {WHO} continually reviews, and {WHOSE} banks"
    )


def test_a_question_says_whose_and_from_when_where_it_must() -> None:
    chunk = make_chunk(0, PROSE, "ZZA", year=2023)
    question = Question(f"Why did {WHOSE} sales fall?", "why", "")
    for seed in range(20):
        rng = random.Random(seed)
        named = worded(question, chunk, rng, name=True) or ""
        assert "Zza" in named or "ZZA" in named
        dated = worded(question, chunk, rng, period=True) or ""
        assert re.fullmatch(
            r"(In|According to) Z\w+( Corp)?'s .*2023.*, why did the company's sales fall\?", dated
        )
    searched = {
        worded(Question(f"{WHO} anvils 2023", "search", ""), chunk, random.Random(s)) for s in range(9)
    }
    assert searched <= {"Zza anvils 2023", "ZZA anvils 2023", "Zza Corp anvils 2023"}
    unknown = replace(chunk, meta=replace(chunk.meta, company=None, ticker=None))
    assert worded(question, unknown, random.Random(0), name=True) is None


def test_no_question_gives_its_answer_away_or_points_outside_itself() -> None:
    for chunk in corpus():
        for seed in range(60):
            for question in questions(chunk, random.Random(seed)):
                assert not re.search(r"31,000|12%|1,234|\b(?:we|our|us|this|these)\b", question.text, re.I)
                assert 4 <= len(question.text.split()) <= 34


def test_pairs_are_deterministic_distinct_and_name_their_filing() -> None:
    pairs = synthesize_pairs(corpus(), 100, seed=5)
    assert pairs.sha256 == synthesize_pairs(corpus(), 100, seed=5).sha256
    assert pairs.sha256 != synthesize_pairs(corpus(), 100, seed=6).sha256
    assert len({p.question.lower() for p in pairs.pairs}) == len(pairs.pairs)
    assert {p.ticker for p in pairs.pairs} == {"ZZA", "ZZB"}
    assert {p.filing for p in pairs.pairs} == {"zza-2024.htm", "zzb-2024.htm"}
    assert {p.context for p in pairs.pairs} == {c.embed_text for c in corpus()[:3]}  # what the index embeds
    named = sum("zza" in p.question.lower() or "zzb" in p.question.lower() for p in pairs.pairs)
    assert 0.2 < named / len(pairs.pairs) < 0.9
    assert len(synthesize_pairs(corpus(), 7).pairs) == 7


def test_filings_take_turns() -> None:
    many = [make_chunk(i, PROSE.replace("Ohio", f"Ohio{i}"), "ZZA") for i in range(30)]
    few = [make_chunk(0, PROSE.replace("nvil", "ellow").replace("smith", "forg"), "ZZB")]
    pairs = synthesize_pairs(many + few, 4)
    assert "ZZB" in {p.ticker for p in pairs.pairs}


def test_what_other_companies_say_too_is_asked_with_a_name() -> None:
    same = (
        "Inventories are stated at the lower of cost and net realizable value, which we review each quarter."
    )
    pairs = synthesize_pairs([make_chunk(0, same, ticker) for ticker in ("ZZA", "ZZB", "ZZC")], 50)
    assert len(pairs.pairs) >= 3
    for pair in pairs.pairs:
        assert pair.ticker and pair.ticker.lower() in pair.question.lower()


def test_clear_rows_are_asked_with_a_name() -> None:
    rows = "(in millions)\n| 2024 | 2023\nNet sales | $1,234 | $900\nResearch and development | 77 | 61"
    rows += "\nIncome taxes paid | 12 | 11\nDeferred taxes | 7 | 6"
    chunks = [make_chunk(0, rows, ticker, kind="table") for ticker in ("ZZA", "ZZB")]

    def named(clear: bool) -> list[bool]:
        pairs = synthesize_pairs(chunks, 40, clear=clear).pairs
        return [(p.ticker or "").lower() in p.question.lower() for p in pairs]

    assert len(named(clear=True)) > 5 and all(named(clear=True))
    assert set(named(clear=False)) == {True, False}


def test_the_round_trip_drops_what_the_base_cannot_find(monkeypatch: pytest.MonkeyPatch) -> None:
    class Blind(WordEncoder):
        """Finds ZZB's passages only: all others point away from every question."""

        def encode_queries(self, texts: Sequence[str]) -> FloatArray:
            return np.tile(np.eye(1, 2, 0, dtype=np.float32), (len(texts), 1))

        def encode_passages(self, texts: Sequence[str], on_progress: object = None) -> FloatArray:
            return np.array([[1, 0] if "Zzb" in t else [-1, 0] for t in texts], dtype=np.float32)

    monkeypatch.setattr("finetune.synthetic.roundtrip.TOP_K", 1)
    events: list[Progress] = []
    pairs = synthesize_pairs(corpus(), 50, encoder=Blind(dimension=2), on_progress=events.append)
    assert {p.ticker for p in pairs.pairs} == {"ZZB"}
    assert {e.stage for e in events} == {"synthesize"}


def test_a_question_that_another_company_answers_as_well_is_dropped() -> None:
    class Undecided(WordEncoder):
        """Everything is equally near."""

        def _encode(self, texts: Sequence[str]) -> FloatArray:
            return np.ones((len(texts), 1), dtype=np.float32)

    same = (
        "Inventories are stated at the lower of cost and net realizable value, which we review each quarter."
    )
    alone = synthesize_pairs([make_chunk(0, same, "ZZA")], 50, encoder=Undecided(dimension=1))
    assert alone.pairs
    with pytest.raises(PairsError, match="2 chunks gave no question"):
        synthesize_pairs(
            [make_chunk(0, same, "ZZA"), make_chunk(1, same, "ZZB")], 50, encoder=Undecided(dimension=1)
        )


def test_nothing_to_ask() -> None:
    with pytest.raises(PairsError, match="1 chunks gave no question"):
        synthesize_pairs([make_chunk(0, "None.")])


@pytest.mark.parametrize(
    ("company", "short"),
    [
        ("Quavrelle Pharmaceuticals, Inc.", "Quavrelle"),
        ("AMAZON.COM, INC.", "Amazon.com"),
        ("3M Co", "3M"),
        ("Apple Inc.", "Apple"),
        ("WELLS FARGO & COMPANY/MN", "Wells Fargo"),
    ],
)
def test_short_names(company: str, short: str) -> None:
    assert short_name(company) == short
