"""The Chat tab's handler without a browser: streaming, two arms, errors as one line, filters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata
from llama_index.core.llms.callbacks import llm_completion_callback

from rag_app.arms import Arm
from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import IndexStateError
from ui.tabs import chat
from ui.tabs.context import Context
from ui.workflows import ArmState

QUESTION = "Why did turbine sales rise?"


class Words(CustomLLM):
    """Says one sentence, word by word."""

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="words")

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return CompletionResponse(text="Harbour authorities ordered <b>arrays</b> [1].")

    @llm_completion_callback()
    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> Iterator[CompletionResponse]:
        said = ""
        for word in ("Harbour authorities ", "ordered <b>arrays</b> ", "[1]."):
            said += word
            yield CompletionResponse(text=said, delta=word)


class TwoArms:
    """ "base" works; "tuned" is missing."""

    def __init__(self, arm: Arm) -> None:
        self.arm = arm

    def get(self, name: str) -> Arm:
        if name == "tuned":
            raise IndexStateError("no index of 'tuned'; run: rag-app index --model tuned")
        return self.arm


@pytest.fixture
def context(workspace: Workspace, arm: Arm) -> Iterator[Context]:
    yield Context(workspace, Settings(), TwoArms(arm))  # type: ignore[arg-type]
    arm.index.close()


def states(context: Context, question: str, arm: str | None = "Base", **more: Any) -> list[Sequence[Any]]:
    """Every state the page goes through: question box, answer, earlier, turns, Ask, Stop, examples."""
    values = {
        "mode": "fused",
        "k": 3,
        "companies": [],
        "forms": [],
        "years": [],
        "periods": [],
        "llm": "",
        "turns": [],
    }
    return list(chat._ask(context, question, arm, *(values | more).values()))


def test_an_answer_is_shown_and_kept(context: Context) -> None:
    seen = states(context, QUESTION)
    assert "Searching the filings" in seen[0][1]
    question, html, _, turns, *_ = seen[-1]
    assert question == ""
    assert "<mark>Turbine sales rose because harbour authorities ordered tidal arrays.</mark>" in html
    assert [(t.question, t.html) for t in turns] == [(QUESTION, html)]


def test_the_next_question_folds_the_one_before(context: Context) -> None:
    turns = states(context, QUESTION)[-1][3]
    seen = states(context, "What did milk prices do to margins?", turns=turns)
    assert f"<summary>{QUESTION}</summary>" in seen[0][2]
    assert len(seen[-1][3]) == 2


def test_an_llm_is_streamed_as_text(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "REFRESH", 0.0)
    context._llms["words"] = Words()
    seen = states(context, QUESTION, llm="words")
    assert '<p>Harbour authorities </p><span class="cursor"></span>' in seen[1][1]
    final = seen[-1][1]
    assert re.search(r'ordered &lt;b&gt;arrays&lt;/b&gt; <a class="num" href="#[^"]*">1</a>\.', final)
    assert "<mark>Turbine sales rose because harbour authorities ordered tidal arrays.</mark>" in final
    assert 'class="cursor"' not in final and 'class="card cited"' in final


def test_one_arm_that_fails_leaves_the_other(context: Context) -> None:
    html = states(context, QUESTION, "Side by side")[-1][1]
    assert "tidal arrays" in html
    assert "no index of &#x27;tuned&#x27;; run: rag-app index --model tuned" in html
    assert "overlap@" not in html


def test_a_wrong_llm_gives_the_question_back(context: Context) -> None:
    question, html, _, turns, *_ = states(context, QUESTION, llm="nonsense")[-1]
    assert (question, turns) == (QUESTION, [])
    assert "notice error" in html and "expected extractive" in html


@pytest.mark.parametrize(("question", "choice"), [("  ", "Base"), (QUESTION, None)])
def test_nothing_to_ask(context: Context, question: str, choice: str | None) -> None:
    (state,) = states(context, question, choice)
    assert "notice note" in state[1] and state[3] == []


def test_a_question_before_the_page_has_its_choices_is_answered(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = context.view()
    indexed = replace(view, state=replace(view.state, arms=(ArmState("base", "b", "m", 64, 9, False),)))
    monkeypatch.setattr(Context, "view", lambda self: indexed)
    html = states(context, QUESTION, None)[-1][1]
    assert "<mark>Turbine sales rose because harbour authorities ordered tidal arrays.</mark>" in html


def test_filters_are_passed_on(context: Context) -> None:
    html = states(context, "What fell or rose?", companies=["ZZB"], years=["2024"], forms=["10-K"])[-1][1]
    assert "Zzb Corp" in html and "Zza Corp" not in html
    html = states(context, "What fell or rose?", periods=["FY"], companies=["ZZB"])[-1][1]
    assert "Zzb Corp" in html and "Zza Corp" not in html
    assert "Not in these filings" in states(context, "What fell or rose?", periods=["Q2"])[-1][1]
    nobody = states(context, QUESTION, companies=[chat.BY_NAME + "Gone Inc"])[-1][1]
    assert "Not in these filings" in nobody
