"""`ask` and tagged data: looked up first and said so, or left out; never in the way of the passages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from conftest import WordEncoder
from llama_index.core.base.llms.types import CompletionResponse, CompletionResponseGen, LLMMetadata
from llama_index.core.llms import CustomLLM
from llama_index.core.llms.callbacks import llm_completion_callback
from tagged_filing import filing

from rag_app import answer as answers
from rag_app.answer import AskOptions, ask
from rag_app.arms import Arm, Arms
from rag_app.core.config import Settings, Workspace
from rag_app.core.figures import Figures
from rag_app.core.types import Filters
from rag_app.facts import told
from rag_app.facts.store import FactStore
from rag_app.facts.told import Told
from rag_app.indexing import build_index
from rag_app.pipeline import ingest
from ui.cli import cli

QUESTION = "What was Zqorvane's net income in fiscal 2024?"
TEXT = (
    "Net income of Zqorvane Ropes Inc. in fiscal year 2024 (52 weeks ended September 28, 2024): "
    "$93,736 million ($93.7 billion) [1].\nFrom the filing's tagged data."
)


class Scripted(CustomLLM):
    """An LLM that says one sentence, and remembers what it was asked."""

    asked: list[str] = []  # noqa: RUF012 - pydantic copies it for each instance

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(context_window=4096, num_output=256, model_name="scripted")

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        self.asked.append(prompt)
        return CompletionResponse(text="Ropes are in them [1].")

    @llm_completion_callback()
    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        yield CompletionResponse(text=(said := self.complete(prompt).text), delta=said)


@pytest.fixture
def served(tmp_path: Path, words: WordEncoder) -> Workspace:
    """The tagged filing, indexed."""
    path = tmp_path / "zq.htm"
    path.write_text(filing())
    workspace = Workspace(tmp_path / "served").create()
    ingest(workspace, [path])
    build_index(workspace, Settings(), "base")
    return workspace


@pytest.fixture
def base(served: Workspace) -> Iterator[Arm]:
    arm = Arms(served, Settings()).get("base")
    yield arm
    arm.index.close()


@pytest.fixture
def store(served: Workspace) -> Iterator[FactStore]:
    with FactStore.open(served) as opened:
        yield opened


def run(workspace: Workspace, *args: str) -> Result:
    return CliRunner().invoke(cli, ["ask", *args, "--workspace", str(workspace.root)])


def test_the_command_looks_up_first_and_shows_the_row(served: Workspace) -> None:
    done = run(served, QUESTION)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"{TEXT}\n  [1] Zqorvane Ropes Inc. (ZQVR)")


def test_json_has_the_figure_and_its_citation(served: Workspace) -> None:
    said: dict[str, Any] = json.loads(run(served, QUESTION, "--json").stdout)
    assert (said["answer"], said["answerer"], said["unverified"]) == (TEXT, "facts", 0)
    (figure,) = said["facts"]["stated"]
    assert (figure["value"], figure["concept"], figure["citation"]) == (
        93736000000,
        "us-gaap:NetIncomeLoss",
        1,
    )
    assert said["citations"][0]["quote"] == "Net income | 93,736 | 96,995"
    assert said["hits"]


def test_no_facts_answers_from_the_passages(served: Workspace) -> None:
    said = json.loads(run(served, QUESTION, "--json", "--no-facts").stdout)
    assert (said["answerer"], said["facts"]) == ("extractive", None)


def test_an_llm_is_not_asked_for_a_tagged_figure(base: Arm, store: FactStore) -> None:
    llm = Scripted()
    answer = ask(base, QUESTION, AskOptions(llm="scripted", facts=store), llm)
    assert (answer.answerer, answer.text) == ("facts", TEXT)
    assert answer.note == "scripted was not asked: the filing tags this figure"
    assert llm.asked == []
    words = ask(base, "Why are ropes in these filings?", AskOptions(llm="scripted", facts=store), llm)
    assert words.answerer == "scripted"


def test_a_row_that_was_retrieved_too_keeps_its_rank(base: Arm, store: FactStore) -> None:
    answer = ask(base, QUESTION, AskOptions(facts=store))
    ranks = {hit.chunk.chunk_id: hit.rank for hit in answer.hits}
    (citation,) = answer.citations
    assert citation.hit.rank == ranks[citation.hit.chunk.chunk_id] > 0


def test_filters_set_by_hand_are_kept_to(base: Arm, store: FactStore) -> None:
    options = AskOptions(facts=store, by_hand=Filters(forms=("10-Q",)))
    assert ask(base, QUESTION, options).answerer == "extractive"


def test_what_could_be_meant_is_told_beside_the_passages(
    base: Arm, store: FactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsure = Told(None, Figures("value", (), sure=False))
    monkeypatch.setattr(answers, "tell", lambda *_: unsure)
    answer = ask(base, QUESTION, AskOptions(mode="bm25", facts=store))
    assert (answer.answerer, answer.note) == ("extractive", "")
    assert answer.figures is not None
    assert not answer.figures.sure


def test_a_look_up_that_fails_leaves_the_passages(
    base: Arm, store: FactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("no such rule\nsecond line")

    monkeypatch.setattr(told, "look_up", broken)
    answer = ask(base, QUESTION, AskOptions(mode="bm25", facts=store))
    assert answer.answerer == "extractive"
    assert answer.note == "the filings' tagged data could not be asked (ValueError: no such rule)"
