"""finetune.synthetic: what the rules make, what the round trip drops, and how LLM replies are read."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from finetune.synthetic.questions import questions
from finetune.synthetic.synthesize import parse_question, synthesize_pairs, synthesize_with_llm
from finetune.synthetic.wording import short_name
from rag_app.core.errors import PairsError
from rag_app.core.types import Chunk, FloatArray, Progress
from tests.conftest import WordEncoder, make_chunk

TABLE = """Consolidated Statements of Operations
(in millions)
| 2024 | 2023
Net sales | $1,234 | $900
Operating expenses:
Research and development | 77 | 61
Effective tax rate | 21.0% | 20.5%
2023 | 5 | 6"""
PROSE = (
    "We build anvils in two plants in Ohio. Demand for anvils fell by 12% in 2024, primarily due to the "
    "closing of three large smithies. We shipped 31,000 anvils to customers in nine states during the year. "
    "A smithy loan means an advance that a smith repays in horseshoes."
)


def corpus() -> list[Chunk]:
    return [
        make_chunk(0, TABLE, "ZZA", kind="table", unit="in millions", heading="Results"),
        make_chunk(
            1, PROSE, "ZZA", heading="We depend on smithies, and if they close our sales will fall sharply."
        ),
        make_chunk(0, PROSE.replace("anvil", "bellow"), "ZZB", heading="Our products"),
        make_chunk(2, "None."),
    ]


def test_tables_become_questions_about_their_rows() -> None:
    asked = {q.text.lower() for seed in range(40) for q in questions(corpus()[0], random.Random(seed))}
    about_sales = [q for q in asked if "net sales" in q]
    assert any("2024" in q for q in about_sales) and any("2023" in q for q in about_sales)
    assert any("zza" in q for q in asked) and any("zza" not in q for q in asked)
    assert any("spend on" in q and "research" in q for q in asked)
    assert any(q.startswith("what percentage") for q in asked)
    assert any("between 2023 and 2024" in q for q in asked)
    assert any("revenue" in q or "top line" in q for q in asked)  # everyday words


def test_prose_becomes_questions_of_every_kind() -> None:
    kinds = {q.kind for seed in range(20) for q in questions(corpus()[1], random.Random(seed))}
    assert kinds == {"amount", "cause", "cloze", "definition", "heading", "keywords"}
    texts = [q.text for seed in range(20) for q in questions(corpus()[1], random.Random(seed))]
    assert not any(" we " in f" {t.lower()} " for t in texts if t.endswith("?"))
    assert all(3 <= len(t.split()) <= 40 for t in texts)


def test_pairs_are_deterministic_distinct_and_name_their_filing() -> None:
    pairs = synthesize_pairs(corpus(), 100, seed=5)
    assert pairs.sha256 == synthesize_pairs(corpus(), 100, seed=5).sha256
    assert pairs.sha256 != synthesize_pairs(corpus(), 100, seed=6).sha256
    assert len({p.question.lower() for p in pairs.pairs}) == len(pairs.pairs)
    assert {p.ticker for p in pairs.pairs} == {"ZZA", "ZZB"}
    assert {p.filing for p in pairs.pairs} == {"zza-2024.htm", "zzb-2024.htm"}
    named = sum("zza" in p.question.lower() or "zzb" in p.question.lower() for p in pairs.pairs)
    assert 0.15 < named / len(pairs.pairs) < 0.85
    assert len(synthesize_pairs(corpus(), 7).pairs) == 7


def test_the_passage_is_what_the_index_embeds_and_cloze_sentences_are_cut_out() -> None:
    chunks = corpus()
    whole = {c.embed_text for c in chunks}
    pairs = synthesize_pairs(chunks, 200).pairs
    cut = [p for p in pairs if p.context not in whole]
    assert cut and len(cut) < len(pairs) / 2
    for pair in cut:
        sources = [c for c in chunks if c.source == pair.filing and c.kind == "prose"]
        assert any(pair.context.startswith(c.head) and len(pair.context) < len(c.embed_text) for c in sources)


def test_the_round_trip_drops_what_the_base_cannot_find(monkeypatch: pytest.MonkeyPatch) -> None:
    class Blind(WordEncoder):
        """Finds ZZB's passages only: all others point away from every question."""

        def encode_queries(self, texts: Sequence[str]) -> FloatArray:
            return np.tile(np.eye(1, 2, 0, dtype=np.float32), (len(texts), 1))

        def encode_passages(self, texts: Sequence[str], on_progress: object = None) -> FloatArray:
            return np.array([[1, 0] if "Zzb" in t else [-1, 0] for t in texts], dtype=np.float32)

    monkeypatch.setattr("finetune.synthetic.synthesize.TOP_K", 1)
    events: list[Progress] = []
    pairs = synthesize_pairs(corpus(), 50, encoder=Blind(dimension=2), on_progress=events.append)
    assert {p.ticker for p in pairs.pairs} == {"ZZB"}
    assert {e.stage for e in events} == {"synthesize"}


def test_nothing_to_ask() -> None:
    with pytest.raises(PairsError, match="1 chunks gave no question"):
        synthesize_pairs([make_chunk(0, "None.")])


@dataclass
class Reply:
    text: str


class FakeLLM:
    def __init__(self, reply: str) -> None:
        self.reply = reply
        self.prompts: list[str] = []

    def complete(self, prompt: str) -> Reply:
        self.prompts.append(prompt)
        return Reply(self.reply)


def test_llm_pairs() -> None:
    llm = FakeLLM('Sure! Here it is:\n1. **Question:** "Why did anvil demand fall in 2024?"\n')
    pairs = synthesize_with_llm(corpus(), llm, n=2)
    assert [p.question for p in pairs.pairs] == ["Why did anvil demand fall in 2024?"] * 2
    asked = {chunk.embed_text: chunk for chunk in corpus()}
    for pair, prompt in zip(pairs.pairs, llm.prompts, strict=True):
        assert asked[pair.context].text in prompt
    with pytest.raises(PairsError, match="no question for 2 passages"):
        synthesize_with_llm(corpus(), FakeLLM("I cannot."), n=2)


@pytest.mark.parametrize(
    ("reply", "question"),
    [
        ("What was revenue in 2024?", "What was revenue in 2024?"),
        (
            "<think>Is it this? Maybe so, who knows?</think>\nQ: How many anvils were shipped?",
            "How many anvils were shipped?",
        ),
        ("- How many anvils were shipped? (The answer is 31,000.)", "How many anvils were shipped?"),
        ('{"question": "x"}', None),
        ("No question here.", None),
        ("", None),
    ],
)
def test_replies_are_read_with_tolerance(reply: str, question: str | None) -> None:
    assert parse_question(reply) == question


@pytest.mark.parametrize(
    ("company", "short"),
    [
        ("Quavrelle Pharmaceuticals, Inc.", "Quavrelle"),
        ("AMAZON.COM, INC.", "Amazon.com"),
        ("3M Co", "3M"),
        ("Apple Inc.", "Apple"),
    ],
)
def test_short_names(company: str, short: str) -> None:
    assert short_name(company) == short
