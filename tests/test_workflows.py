"""Background work as events, the state of a workspace, and the demo end to end on two small filings."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from fake_edgar import companies_of, fake_edgar
from test_answer import Scripted
from test_pipeline import page

import rag_app.samples
from rag_app import pipeline
from rag_app.arms import Arms
from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import Cancelled, FetchError, PairsError, UsageError
from rag_app.core.registry import EMBEDDED_PACKAGE, load_active, rollback
from rag_app.core.types import Progress, ProgressFn
from rag_app.samples import sample_filings
from ui import workflows
from ui.background import Done, follow
from ui.demo import run_demo


def test_follow_yields_progress_then_the_result() -> None:
    def work(on_progress: ProgressFn) -> int:
        on_progress(Progress("a", 1, 2))
        on_progress(Progress("a", 2, 2))
        return 7

    assert list(follow(work)) == [Progress("a", 1, 2), Progress("a", 2, 2), Done(7)]


def test_follow_raises_what_the_work_raises() -> None:
    def work(on_progress: ProgressFn) -> int:
        on_progress(Progress("a", 1))
        raise UsageError("no")

    events = follow(work)
    assert next(events) == Progress("a", 1)
    with pytest.raises(UsageError, match="no"):
        next(events)


def test_closing_follow_cancels_the_work() -> None:
    stopped, go = threading.Event(), threading.Event()

    def work(on_progress: ProgressFn) -> None:
        try:
            on_progress(Progress("a", 1))
            go.wait(10)
            on_progress(Progress("a", 2))
        except Cancelled:
            stopped.set()
            raise

    events = follow(work)
    next(events)
    events.close()  # type: ignore[attr-defined]
    go.set()
    assert stopped.wait(10)


def test_status_says_what_to_run_next(workspace: Workspace, tmp_path: Path) -> None:
    empty = workflows.workspace_status(workspace, Settings())
    assert (empty.filings, empty.advice) == ((), ("rag-app ingest PATH  (or: rag-app fetch TICKER)",))
    pipeline.ingest(workspace, [page(tmp_path, "alpha.htm", "Alpha builds turbines. ")])
    state = workflows.workspace_status(workspace, Settings())
    assert [f.source for f in state.filings] == ["alpha.htm"]
    assert state.advice == ("rag-app index --model base",)


def test_unknown_protocol(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="protocol 'magic': expected seed or honest"):
        workflows.finetune_model(workspace, Settings(), "x.csv", protocol="magic")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The demo on the two 10-Qs, few pairs and two training steps, with the real embedded model."""
    pytest.importorskip(EMBEDDED_PACKAGE.replace("-", "_"), reason="the embedded model is not installed")
    from finetune.training.train import TrainConfig

    files = [p for p in sample_filings() if "10q" in p.name]
    assert len(files) == 2
    monkeypatch.setattr(rag_app.samples, "sample_filings", lambda: files)
    monkeypatch.setattr(workflows, "SYNTHETIC_PAIRS", 80)
    quick = replace(TrainConfig.quick(), max_steps=2, batch_size=16, bf16=False)
    monkeypatch.setattr(TrainConfig, "quick", classmethod(lambda cls: quick))
    return files


@pytest.mark.slow
def test_demo_end_to_end_then_reused(workspace: Workspace, small: list[Path]) -> None:
    said: list[str] = []
    stages: list[str] = []
    result = run_demo(workspace, Settings(), (), said.append, lambda step: stages.append(step.stage))
    assert [line[:3] for line in said if line[0].isdigit()] == ["1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]
    order = list(dict.fromkeys(stages))
    assert order.index("baseline") < order.index("train") < order.index("evaluate")
    assert set(result.record.before) == set(result.record.after) == {"384", "256", "128", "64"}
    assert (workspace.runs / result.record.model_id / "ndcg_by_dimension.png").read_bytes()[:4] == b"\x89PNG"

    arms = Arms(workspace, Settings())
    base, tuned = arms.get("base"), arms.get("tuned")
    assert base.encoder.fingerprint != tuned.encoder.fingerprint == result.record.fingerprint
    assert len(base.index.chunks) == len(tuned.index.chunks) == result.chunks

    said.clear()
    again = run_demo(workspace, Settings(), (), said.append)
    assert again.record == result.record
    assert sum("0 chunks embedded" in line for line in said) == 2

    rollback(workspace)
    assert load_active(workspace).tuned is None
    assert arms.get().name == "base"


@pytest.mark.slow
def test_demo_on_filings_from_edgar(workspace: Workspace, small: list[Path]) -> None:
    companies = companies_of({"ZZA": [small[0]], "ZZB": [small[1]]}, form="10-K", newest_year=2024)
    with fake_edgar(companies) as server:
        result = run_demo(workspace, server.settings(), ("ZZA", "ZZB"), lambda _: None)
        assert (result.filings, result.record.protocol) == (2, "honest")
        with pytest.raises(FetchError, match="NONE"):
            run_demo(workspace, server.settings(), ("NONE",), lambda _: None)


def test_an_llm_may_ask_the_synthetic_questions(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Alpha builds tidal turbines for harbours in cold seas and repairs them with robots every year. "
    pipeline.ingest(workspace, [page(tmp_path, "alpha.htm", text)])
    spec = "scripted"
    asker = Scripted(says="1. What does Alpha build for harbours?")
    monkeypatch.setattr("rag_app.llama.load_llm", lambda given: {spec: asker}[given])
    pairs = workflows.open_pairs(workspace, Settings(), "synthetic", llm=spec)
    assert {p.question for p in pairs.pairs} == {"What does Alpha build for harbours?"}
    assert all("tidal turbines" in p.context or "Sales were flat" in p.context for p in pairs.pairs)
    kept = (workspace.runs / "synthetic.jsonl").read_text(encoding="utf-8")
    assert kept.count("What does Alpha build") == len(pairs.pairs)
    asker.says = "I cannot help with that."
    with pytest.raises(PairsError, match="the language model gave no question"):
        workflows.open_pairs(workspace, Settings(), "synthetic", llm=spec)
