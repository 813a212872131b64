"""When to refuse: each arm's threshold, and what a question names that no filing has."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from finetune.data.pairs import Pair
from finetune.evaluation.answering import FEWEST, answering
from finetune.evaluation.chunk_queries import chunk_queries
from finetune.evaluation.chunk_scores import answerable
from finetune.evaluation.forgetting import Check
from finetune.pipeline import finetune
from rag_app import abstain
from rag_app.abstain import PROBES, threshold
from rag_app.answer import AskOptions, ask
from rag_app.answers.doubts import RAREST, UNNAMED, UNSAID, doubt, names_in
from rag_app.arms import Arm
from rag_app.core.config import Workspace
from rag_app.core.lexical import Lexicon
from rag_app.core.registry import ModelRef, read_record, write_record
from rag_app.core.types import Chunk, FilingMeta
from rag_app.index.opened import Index
from tests.conftest import WordEncoder, make, make_chunk
from tests.test_core import record
from tests.test_finetune_pipeline import CONFIG, TRAIN, load, made_pairs
from tests.tiny_model import build_tiny_model

NEAR = "no passage is near enough; name the company, the period and the figure or topic"
THERE = "there are filings of Zza Corp, Zzb Corp"


@pytest.fixture
def dated(tmp_path: Path, encoder: WordEncoder) -> Arm:
    """Filings of two companies whose periods are known; Zza mentions a company Quux."""

    def chunk(text: str, ticker: str, year: int, form: str = "10-K") -> Chunk:
        period = "FY" if form == "10-K" else "Q2"
        ended = f"{year}-12-31" if period == "FY" else f"{year}-06-30"
        meta = FilingMeta(
            company=f"{ticker.title()} Corp", ticker=ticker, form=form, fiscal_year=year,
            fiscal_period=period, period_end=ended,
        )  # fmt: skip
        made = make_chunk(0, text, ticker, year, form)
        return replace(made, meta=meta, heading="Competition and markets")

    chunks = [
        chunk("Net sales of turbines have risen in 2022. Quux supplies our bearings.", "ZZA", 2022),
        chunk("Net sales of turbines fell in 2023; the notes are due in 2031.", "ZZA", 2023),
        chunk("Fuel costs rose in the second quarter.", "ZZA", 2024, "10-Q"),
        chunk("Grocery margins fell as wages climbed.", "ZZB", 2023),
    ]
    manifest = make(tmp_path, chunks, encoder)
    return Arm("base", Index(tmp_path / manifest.build_id), encoder, 0.5, 0.05)


def why(arm: Arm, question: str) -> str:
    answer = ask(arm, question, AskOptions())
    assert answer.abstained == bool(answer.note)
    return answer.note


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ("What were net sales of Zza Corp in fiscal 2031?", "fiscal 2031"),
        ("What were Zza Corp's net sales in 2019?", "2019"),
        ("What were Zza Corp's net sales in 2026?", "2026"),
        ("What were Zza Corp's net sales in Q3 2025?", "Q3 2025"),
        ("What were Zza Corp's fuel costs for the quarter ended March 31, 2025?", "2025-03-31"),
    ],
)
def test_a_period_that_no_filing_covers(dated: Arm, question: str, what: str) -> None:
    expected = f"no filing of Zza Corp covers {what}; there are 10-Q Q2 FY2024, 10-K FY2023, 10-K FY2022"
    assert why(dated, question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "What were Zza Corp's net sales in 2020?",  # the annual report of 2022 compares with it
        "What were Zza Corp's net sales in Q2 2023?",  # and a quarterly one with the year before
        "Which notes of Zza Corp are due in 2031?",
        "What does Zza Corp expect of net sales in 2027?",
        "What did Zza Corp sell in early 2025?",
        "What were net sales of turbines in 2010?",  # of whom?
    ],
)
def test_a_period_that_may_be_told_of(dated: Arm, question: str) -> None:
    assert why(dated, question) == ""


def test_a_filing_that_tells_no_period_may_cover_any(dated: Arm) -> None:
    question = "What were Zza Corp's net sales in fiscal 2031?"
    assert "covers" in why(dated, question)
    facets = dated.index.facets
    facets.filings = tuple(
        (name, replace(meta, fiscal_year=None, period_end=None) if name == "zza-2022" else meta)
        for name, meta in facets.filings
    )
    assert why(dated, question) == ""


def test_a_company_only_mentioned_is_not_answered_for(dated: Arm) -> None:
    assert why(dated, "What were Quux's dividends?") == f"the filings only mention Quux in passing; {THERE}"
    assert why(dated, "How much did Quux pay in dividends?") == (
        f"the filings only mention Quux in passing; {THERE}"
    )
    assert why(dated, "Does Quux supply bearings?") == ""  # that is what is told of it
    assert why(dated, "What does Zza Corp say about Quux?") == ""
    assert why(dated, "What are Wages' effects?") == ""  # no name: the passages write it small
    assert why(dated, "What did Net Supplies make?") == f"no passage mentions Net Supplies; {THERE}"


def test_names(dated: Arm) -> None:
    assert names_in("Describe the segments of Berkshire Hathaway.") == ["Berkshire", "Hathaway"]
    assert names_in("What do these 10-Qs say of PPNE at Zza?") == ["Zza"]
    assert why(dated, "How many arrays did Zza Corp sell in Ruritania?") == (
        f"no passage that fits mentions Ruritania; {THERE}"
    )


def test_words_that_no_passage_holds_ask_for_a_nearer_one(dated: Arm) -> None:
    question, rare = (f"Which net sales of {what} has Zza Corp?" for what in ("turbines", "hedgehogs"))
    hits = dated.retrieve(question)
    near = max(h.dense or 0.0 for h in hits)
    span = 0.1
    rarity = min(RAREST, dated.index.lexicon.rarity("hedgehog"))
    just = replace(dated, abstain_below=near - UNSAID * span * rarity + 1e-4, span=span)
    assert doubt(just, question, hits) == ""
    assert doubt(just, rare, hits) == "no passage is near enough, and the nearest say nothing of 'hedgehogs'"
    assert doubt(replace(just, span=0.0), rare, hits) == ""
    chatty = rare.replace("net", "overall yearly turbine supplies wages fuel net")
    slack = UNSAID * span * rarity * 5 / 9  # nine words: the rarest of them counts for less
    less = replace(just, abstain_below=near - slack - 1e-4)
    assert doubt(less, chatty, hits) == ""
    assert doubt(replace(less, abstain_below=near - slack + 1e-4), chatty, hits) != ""


def test_a_question_without_its_company_may_be_further(dated: Arm) -> None:
    named, unnamed = "Which net sales of turbines has Zza Corp?", "Which net sales of turbines are there?"
    hits = dated.retrieve(named)
    near = max(h.dense or 0.0 for h in hits)
    strict = replace(dated, abstain_below=near + 0.04, span=0.04 / UNNAMED + 0.01)
    assert doubt(strict, named, hits) == NEAR
    assert doubt(strict, unnamed, hits) == ""


def test_rarity_is_bm25s_own() -> None:
    lexicon = Lexicon.build(["tidal turbines", "tidal arrays", "tidal farms"])
    assert lexicon.rarity("tidal") == pytest.approx(math.log(1 + 0.5 / 3.5))
    assert lexicon.rarity("array") == pytest.approx(math.log(1 + 2.5 / 1.5))
    assert lexicon.rarity("pancak") == pytest.approx(math.log(1 + 3.5 / 0.5))
    assert Lexicon.build([]).rarity("tidal") == 0.0


def off_topic(arm: Arm) -> float:
    texts = arm.encoder.encode_passages([c.embed_text for c in arm.index.chunks])
    best = (arm.encoder.encode_queries(PROBES) @ texts.T).max(axis=1)
    median, high = np.percentile(best, [50, 95])
    return float(1.5 * high - 0.5 * median)


def test_among_few_passages_off_topic_questions_decide(arm: Arm) -> None:
    assert threshold(arm.index, arm.encoder) == (pytest.approx(off_topic(arm), abs=1e-4), 0.0)


def test_among_many_passages_questions_with_an_answer_decide(
    dated: Arm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(abstain, "FEW", 1)
    monkeypatch.setattr(abstain, "MANY", 4)
    asked = ["What does Zza Corp say about Competition and markets?"] * 3
    asked.append("What does Zzb Corp say about Competition and markets?")
    texts = dated.encoder.encode_passages([c.embed_text for c in dated.index.chunks])
    best = (dated.encoder.encode_queries(asked) * texts).sum(axis=1)  # each filing has one passage
    median, low = np.percentile(best, [50, 10])
    expected = max(off_topic(dated), median - abstain.STEPS_BELOW * (median - low))
    below, span = threshold(dated.index, dated.encoder)
    assert (below, span) == (pytest.approx(expected, abs=1e-4), pytest.approx(1.4 * (median - low), abs=1e-4))


def test_a_record_decides_at_the_dimensions_it_was_fitted_at(
    dated: Arm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(abstain, "FEW", 1)
    monkeypatch.setattr(abstain, "MANY", 16)  # four passages are halfway
    fitted = replace(record("m"), answering={"64": (0.9, 0.2), "32": (0.1, 0.1)})
    write_record(tmp_path, fitted)
    floor = off_topic(dated)
    below, span = threshold(dated.index, dated.encoder, read_record(tmp_path))
    assert (below, span) == (pytest.approx(floor + 0.5 * (0.9 - floor), abs=1e-4), pytest.approx(0.1))
    elsewhere = replace(fitted, answering={"32": (0.9, 0.2)})
    assert threshold(dated.index, dated.encoder, elsewhere) == threshold(dated.index, dated.encoder)


def test_the_threshold_is_fitted_on_questions_that_name_their_company(encoder: WordEncoder) -> None:
    chunks = [make_chunk(i, f"Turbine number {i} stood in harbour {i * 7}.") for i in range(FEWEST + 1)]
    chunks.append(make_chunk(0, "Turbine number 3 stood in harbour 21.", ticker="ZZB"))
    pairs = [
        Pair(f"Where did Zza turbine {i} stand?", chunks[i].text, filing="zza-2024.htm")
        for i in range(FEWEST)
    ]
    other = Pair("How do you like turbines?", chunks[FEWEST].text, filing="zza-2024.htm")
    asked = chunk_queries([*pairs, other], chunks)
    texts = encoder.encode_passages([c.embed_text for c in chunks[: FEWEST + 1]])
    best = (encoder.encode_queries([p.question for p in pairs]) @ texts.T).max(axis=1)
    low, tenth, median = np.percentile(best, [5, 10, 50])
    found = answering(encoder, asked, (64,))
    assert found == {"64": (pytest.approx(low, abs=1e-4), pytest.approx(median - tenth, abs=1e-4))}
    assert answering(encoder, chunk_queries([*pairs[1:], other], chunks), (64,)) == {}


def test_a_run_that_is_checked_on_filings_writes_its_threshold(workspace: Workspace, tmp_path: Path) -> None:
    pairs = made_pairs()
    texts = [text for pair in pairs.pairs for text in (pair.question, pair.context)]
    base = ModelRef("tiny", "folder", build_tiny_model(tmp_path / "tiny", texts))
    chunks = tuple(make_chunk(i, p.context, (p.ticker or "").lower()) for i, p in enumerate(pairs.pairs))
    asked = [
        replace(p, question=f"{p.ticker}: {p.question}", filing=None, evidence=(p.context,))
        for p in pairs.pairs[:30]
    ]
    config = replace(CONFIG, evaluate_on="chunks", train=replace(TRAIN, max_steps=1))
    check = Check("asked", tuple(asked), chunks)
    made = finetune(workspace, base, pairs, config, load, check=check)
    encoder = load(workspace.models / made.model_id, "tuned")
    fitted = answering(encoder, answerable(check.pairs, chunks), (32, 16, 8))
    assert sorted(fitted) == ["16", "32", "8"]
    assert made.answering == {dim: pytest.approx(told, abs=1e-3) for dim, told in fitted.items()}
