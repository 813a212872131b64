"""Background work as events, the state of a workspace, and the demo end to end on two small filings."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_edgar import companies_of, fake_edgar
from test_answer import Scripted
from test_cli import run
from test_models_command import LOST, record, register
from test_pipeline import page

import rag_app.samples
from finetune.data.pairs import Pair, PairSet, pair_set, save_pairs
from finetune.data.trec import read_qrels
from rag_app import pipeline
from rag_app.arms import Arms
from rag_app.core.config import Settings, Workspace, save_settings
from rag_app.core.errors import Cancelled, FetchError, PairsError, UsageError
from rag_app.core.registry import EMBEDDED_PACKAGE, load_active, rollback
from rag_app.core.types import Chunk, Progress, ProgressFn
from rag_app.samples import sample_filings
from rag_app.store import load_corpus
from tests.tiny_model import build_tiny_model
from tests.trec_run import read_run
from ui import measuring, tuning, workflows
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
    with pytest.raises(UsageError, match="protocol 'magic': expected seed, honest, filing"):
        tuning.finetune_model(workspace, Settings(), "x.csv", protocol="magic")


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
    kept = workspace.runs / f"synthetic-llm-{pairs.sha256[:12]}.jsonl"
    assert list(workspace.runs.iterdir()) == [kept]
    assert kept.read_text(encoding="utf-8").count("What does Alpha build") == len(pairs.pairs)
    kept.write_text("mended", encoding="utf-8")
    assert workflows.open_pairs(workspace, Settings(), "synthetic", llm=spec) == pairs
    assert kept.read_text(encoding="utf-8") == "mended"
    asker.says = "I cannot help with that."
    with pytest.raises(PairsError, match="the language model gave no question"):
        workflows.open_pairs(workspace, Settings(), "synthetic", llm=spec)
    assert list(workspace.runs.iterdir()) == [kept]
    asker.says = "1. What does Alpha repair with robots?"
    other = workflows.open_pairs(workspace, Settings(), "synthetic", llm=spec)
    assert {p.question for p in other.pairs} == {"What does Alpha repair with robots?"}
    assert sorted(workspace.runs.iterdir()) == sorted(
        [kept, workspace.runs / f"synthetic-llm-{other.sha256[:12]}.jsonl"]
    )


@pytest.mark.parametrize(
    ("beats", "forgets", "activate", "active", "reason"),
    [
        (True, False, None, True, "it beats its baseline"),
        (False, False, None, False, "it does not beat its baseline"),
        (True, True, None, False, f"it beats its baseline, but loses on filings: {LOST['why'][0]}; "
         "to use it all the same: rag-app models activate m"),
        (False, True, None, False, f"it does not beat its baseline, and loses on filings: {LOST['why'][0]}; "
         "to use it all the same: rag-app models activate m"),
        (True, True, True, True, f"it beats its baseline, but loses on filings: {LOST['why'][0]}"),
        (False, False, True, True, "as asked"),
        (True, False, False, False, "as asked"),
    ],
)  # fmt: skip
def test_what_is_activated(
    workspace: Workspace, beats: bool, forgets: bool, activate: bool | None, active: bool, reason: str
) -> None:
    made = record("m", beats_baseline=beats, forgets=forgets, forgetting=LOST if forgets else {})
    register(workspace, made)
    assert tuning._activated(workspace, made, activate) == tuning.Tuned(made, active, reason)
    assert load_active(workspace).tuned == ("m" if active else None)


@pytest.fixture
def tiny(workspace: Workspace, tmp_path: Path) -> tuple[Settings, Path]:
    """Four small filings, a tiny base model that knows their words, and forty pairs on other things."""
    names = ("alpha", "beta", "gamma", "delta")
    why = "Revenue from turbines rose {0}% to ${0} million in 2023 because the price of steel fell. "
    texts = [
        page(tmp_path, f"{name}.htm", f"{name} builds turbines number {i}. ", why.format(i + 12)).read_text()
        for i, name in enumerate(names)
    ]
    pairs = [
        Pair(f"when was thing {i} sold ?", f"thing {i} was sold in {2000 + i}", f"T{i % 5}")
        for i in range(40)
    ]
    model = build_tiny_model(tmp_path / "tiny", [*texts, *(p.question + p.context for p in pairs)])
    settings = Settings(base_model=str(model))
    save_settings(workspace, settings)
    pipeline.ingest(workspace, [tmp_path / f"{name}.htm" for name in names])
    save_pairs(tmp_path / "pairs.jsonl", pair_set("pairs", pairs))
    return settings, tmp_path


def test_a_check_is_asked_over_the_workspace(workspace: Workspace, tiny: tuple[Settings, Path]) -> None:
    from finetune.training.train import TrainConfig

    settings, folder = tiny
    asked = [
        Pair("who builds turbines number 1 ?", "x", None, "beta*", ("turbines number 1",)),
        Pair("whose revenue rose to $14 million ?", "x", None, None, ("$14 million",)),
        Pair("who pays nothing ?", "x", None, "beta.htm", ("not there",)),
    ]
    save_pairs(folder / "asked.jsonl", pair_set("asked", asked))
    train = TrainConfig(max_steps=1, batch_size=8, bf16=False, dims=(32, 8))
    found = tuning.finetune_model(
        workspace, settings, str(folder / "pairs.jsonl"), train=train, check=str(folder / "asked.jsonl")
    ).record.forgetting
    assert (found["source"], found["questions"], found["unanswerable"]) == ("asked.jsonl", 2, 1)
    assert (list(found["dims"]), found["filing_told"]["questions"]) == (["32", "8"], 1)
    evaluated = workflows.evaluate_model(
        workspace, settings, "base", str(folder / "asked.jsonl"), "chunks", dims=(32, 8)
    )
    assert evaluated.as_dict()["unanswerable"] == 1
    args = ("--pairs", str(folder / "asked.jsonl"), "--protocol", "chunks", "--dims", "32")
    said = run("evaluate", *args, workspace=workspace.root).stdout
    assert "1 of 3 questions have no answer in these filings; not scored" in said
    assert {d: s.ndcg for d, s in evaluated.dims.items()} == {
        int(dim): row["base"] for dim, row in found["dims"].items()
    }
    with pytest.raises(UsageError, match="give --questions or --check, not both"):
        tuning.finetune_model(workspace, settings, "x", questions="a", check="b")


def test_without_a_check_questions_are_made_or_the_reason_told(
    workspace: Workspace, tiny: tuple[Settings, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from finetune.evaluation import forgetting
    from finetune.training.train import TrainConfig

    settings, folder = tiny
    train = TrainConfig(max_steps=1, batch_size=8, bf16=False, dims=(32, 8))

    def tuned() -> Mapping[str, Any]:
        source = str(folder / "pairs.jsonl")
        return tuning.finetune_model(workspace, settings, source, train=train).record.forgetting

    assert tuned()["skipped"].startswith("the filings give ")

    def asking(chunks: Sequence[Chunk], limit: int, seed: int, **how: object) -> PairSet:
        made = (Pair(f"{c.chunk_id} ?", c.embed_text, None, c.source, (c.text,)) for c in chunks)
        return pair_set("made", made)

    monkeypatch.setattr(forgetting, "synthesize_pairs", asking)
    monkeypatch.setattr(forgetting, "FEWEST", 2)
    chunks = len(load_corpus(workspace))
    found = tuned()
    assert (found["source"], found["unanswerable"]) == ("made from the filings", 0)
    assert found["questions"] == found["filing_told"]["questions"] == found["chunks"] == chunks


def test_two_models_on_the_same_questions(workspace: Workspace, tiny: tuple[Settings, Path]) -> None:
    from finetune.training.train import TrainConfig

    settings, folder = tiny
    source = str(folder / "pairs.jsonl")
    train = TrainConfig(max_steps=3, batch_size=8, bf16=False, dims=(32, 8))
    made = tuning.finetune_model(workspace, settings, source, train=train, model_id="m").record
    dims = (32, 8)
    found = measuring.compare_models(workspace, settings, ("base", "m"), source, dims=dims)
    assert found["before"]["dims"] == made.before and found["after"]["dims"] == made.after
    assert (found["warnings"], [r["queries"] for r in found["by_company"]]) == ([], [made.test_queries])
    again = measuring.compare_models(workspace, settings, ("base", "m"), source, split_seed=7, dims=dims)
    assert again["warnings"] == [
        "m was trained on a part of these questions (its split: honest, seed 42), "
        "so its figures here are too good"
    ]
    noted = workflows.evaluate_model(workspace, settings, "m", source, "honest", split_seed=7, dims=dims)
    assert [noted.note] == again["warnings"] and noted.as_dict()["note"] == noted.note
    on_it = tuning.finetune_model(workspace, settings, source, base="m", train=train, split_seed=7)
    assert on_it.note == "the base " + noted.note
    assert measuring.compare_records(workspace, settings, ("base", "m"))["after"]["dims"] == made.after
    run = folder / "m.run"
    same, qrels = measuring.rank_model(workspace, settings, "m", source, "honest", run, dims=dims)
    assert (same.figures(), same.note) == (made.after, "")
    assert (len(read_run(run)[0]), len(read_qrels(qrels))) == (made.test_queries, made.test_queries)
