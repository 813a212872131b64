"""ui.dimensions: every dimension asked the same questions, what is kept of it, and what is suggested."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import WordEncoder
from test_cli import run
from test_models_command import record, register
from test_pipeline import page

from finetune.data.pairs import Pair, load_pairs, pair_set, save_pairs
from finetune.evaluation.chunk_queries import chunk_queries
from finetune.evaluation.chunk_scores import score_chunks
from rag_app import arms as arms_module
from rag_app import indexing
from rag_app.core.axes import main_axes
from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import Cancelled, PairsError, UsageError, WorkspaceError
from rag_app.core.registry import activate_model, load_active, write_record
from rag_app.core.types import Progress
from rag_app.index.build import cut
from rag_app.index.manifest import list_builds
from rag_app.indexing import build_index
from rag_app.pipeline import ingest, remove
from rag_app.store import load_corpus
from ui import dimensions
from ui.dimension_table import load_dimensions, suggestion
from ui.dimensions import measure_dimensions

THINGS = "turbines lanterns kayaks orchids pianos bricks saddles clocks kettles ropes sails quilts".split()
SETTINGS = Settings()
ROWS = ["64", "8t", "8tr", "3t", "3tr"]


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch, encoder: WordEncoder) -> WordEncoder:
    """Every model is the word encoder."""
    for module in (indexing, arms_module):
        monkeypatch.setattr(module, "reference_fingerprint", lambda ref: encoder.fingerprint)
        monkeypatch.setattr(module, "load_encoder", lambda ref: encoder)
    monkeypatch.setattr(dimensions, "load_encoder", lambda ref: encoder)
    return encoder


@pytest.fixture
def filled(workspace: Workspace, tmp_path: Path) -> Workspace:
    """A dozen filings, each of a company that makes one thing."""
    folder = tmp_path / "in"
    folder.mkdir()
    for n, thing in enumerate(THINGS):
        page(
            folder,
            f"{thing}.htm",
            f"The company makes {thing} in town number {n} for export. ",
            f"Sales of {thing} rose by {n + 3} percent since {thing} became dear. ",
        )
    ingest(workspace, [folder])
    return workspace


@pytest.fixture
def questions(tmp_path: Path) -> str:
    """One question a filing, answered by the passages that hold its evidence."""
    asked = [
        Pair(f"In which town are {thing} made?", f"town {n}", filing=thing, evidence=(f"town number {n}",))
        for n, thing in enumerate(THINGS)
    ]
    save_pairs(tmp_path / "asked.jsonl", pair_set("asked", asked))
    return str(tmp_path / "asked.jsonl")


def test_every_dimension_is_measured(
    filled: Workspace, questions: str, words: WordEncoder, tmp_path: Path
) -> None:
    build_index(filled, SETTINGS)
    embedded = len(words.encoded)
    table = measure_dimensions(filled, SETTINGS, "base", (8, 3), questions)
    assert [row.key for row in table.rows] == ROWS
    assert (table.questions, table.source, table.skipped, table.note) == (12, "asked.jsonl", "", "")
    assert len(words.encoded) == embedded  # nothing is embedded again
    assert load_active(filled).builds == {"base": table.rows[0].build_id}
    assert [row.arm for row in table.rows] == ["base", None, None, None, None]

    chunks = load_corpus(filled)
    asked = chunk_queries(load_pairs(questions).pairs, chunks)
    full = words._encode([c.embed_text for c in chunks])
    queries = words._encode(asked.queries)
    expected = {64: score_chunks("words", asked, queries, full, [64]).dims[64].ndcg}
    for dim in (8, 3):
        axes = main_axes(full, dim)
        found = score_chunks("words", asked, cut(queries, dim, axes), cut(full, dim, axes), [dim])
        expected[dim] = found.dims[dim].ndcg
    assert {r.dimension: r.ndcg for r in table.rows if not r.rescored} == pytest.approx(expected)
    assert expected[3] < expected[8] < expected[64]
    # over so few passages all of them are ranked again, which is what the full width does
    assert [r.ndcg for r in table.rows if r.rescored] == pytest.approx([expected[64]] * 2)
    assert [r.share for r in table.rows] == pytest.approx(
        [1.0, expected[8] / expected[64], 1.0, expected[3] / expected[64], 1.0]
    )
    assert all(r.low <= r.share <= r.high for r in table.rows if r.low and r.share and r.high)

    made = {m.build_id: m for m in list_builds(filled.indexes)}
    for row in table.rows:
        assert (row.mb, row.recall_at_10, row.built) == (made[row.build_id].mb, 1.0, True)
        assert 0 < (row.chroma_mb or 0) < (row.mb or 0)
        assert 0 < (row.p50_ms or 0) <= (row.p95_ms or 0)
    assert table.store_mb == pytest.approx(len(chunks) * 64 * 4 / 1e6)
    assert load_dimensions(filled, SETTINGS, "base") == table
    (kept,) = filled.runs.iterdir()
    assert kept.name == f"dimensions-{table.corpus_hash[:10]}-{table.fingerprint[:10]}.json"


def test_questions_are_made_from_the_filings(filled: Workspace, words: WordEncoder) -> None:
    table = measure_dimensions(filled, SETTINGS, "base", (2,))
    assert (table.questions, table.source, table.skipped) == (21, "made from the filings", "")
    assert [row.key for row in table.rows] == ["64", "2t", "2tr"]
    assert table.rows[0].share == 1.0
    assert 0 < (table.rows[1].share or 0) < 1


def test_without_questions_the_reason_is_told_and_times_are_measured(
    filled: Workspace, words: WordEncoder
) -> None:
    for thing in THINGS[1:]:
        remove(filled, f"{thing}.htm")
    table = measure_dimensions(filled, SETTINGS, "base", (8,))
    assert [row.key for row in table.rows] == ["64", "8t", "8tr"]
    assert (table.questions, table.skipped) == (0, "the filings give 1 questions, and 20 are needed")
    assert {(row.ndcg, row.share) for row in table.rows} == {(None, None)}
    assert all((row.p50_ms or 0) > 0 for row in table.rows)
    assert load_active(filled).builds == {}
    assert suggestion(table) == (
        None,
        "nDCG@10 was not measured: the filings give 1 questions, and 20 are needed; give questions with "
        "--questions FILE",
    )


def test_what_was_measured_of_other_filings_or_another_model_is_not_shown(
    filled: Workspace, words: WordEncoder, questions: str, tmp_path: Path
) -> None:
    assert load_dimensions(filled, SETTINGS, "base") is None  # nothing tells the width
    build_index(filled, SETTINGS)
    table = measure_dimensions(filled, SETTINGS, "base", (8,), questions)
    saved = next(filled.runs.glob("dimensions-*.json"))
    intact = saved.read_text()

    for broken in (
        "{",
        "[]",
        intact.replace('"version": 1', '"version": 0'),
        intact.replace('"mb"', '"bytes"'),
        intact.replace(table.fingerprint, "another-model"),
        intact.replace(table.corpus_hash, "f" * 16),
    ):
        saved.write_text(broken)
        shown = load_dimensions(filled, SETTINGS, "base")
        assert shown is not None
        assert (shown.measured, [r.ndcg for r in shown.rows]) == ("", [None] * 3), broken[:40]
        assert [(r.key, r.built) for r in shown.rows] == [("64", True), ("8t", True), ("8tr", True)]
    saved.write_text(intact)
    assert load_dimensions(filled, SETTINGS, "base") == table

    ingest(filled, [page(tmp_path, "late.htm", "Late makes paper. ")])
    shown = load_dimensions(filled, SETTINGS, "base")
    assert shown is not None and shown.measured == ""
    assert [(r.key, r.built, r.arm, r.mb) for r in shown.rows] == [("64", False, None, None)]


def test_builds_and_the_usual_dimensions_stand_in_the_table(filled: Workspace, words: WordEncoder) -> None:
    register(filled, record("m1", dimension=64, dims=(64, 32, 16), fingerprint=words.fingerprint))
    activate_model(filled, "m1")
    build_index(filled, SETTINGS, "tuned", 10)
    shown = load_dimensions(filled, SETTINGS, "tuned")
    assert shown is not None
    assert [(r.key, r.built, r.arm) for r in shown.rows] == [
        ("64", False, None),
        ("32", False, None),
        ("32r", False, None),
        ("16", False, None),
        ("16r", False, None),
        ("10", True, "tuned"),
    ]
    assert shown.rows[4].cut == indexing.Cut(16, None, True)


def test_passages_that_a_model_was_trained_on(
    filled: Workspace, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from finetune.evaluation import forgetting

    asked: list[list[str]] = []
    real = forgetting.made_check

    def watched(chunks: object, held: object = None, trained: object = ()) -> object:
        asked.append(list(trained))  # type: ignore[call-overload]
        return real(chunks, held, trained)  # type: ignore[arg-type]

    monkeypatch.setattr(forgetting, "made_check", watched)
    other = pair_set("synthetic", [Pair("q?", "a passage of no filing here"), Pair("r?", "another one")])
    ours = pair_set("synthetic", [Pair(f"{n}?", c.text) for n, c in enumerate(load_corpus(filled))])
    made = record("m1", dimension=64, dims=(64,), fingerprint=words.fingerprint, pairs="synthetic")
    folder = register(filled, replace(made, pairs_sha256=other.sha256))
    unknown = measure_dimensions(filled, SETTINGS, "m1")
    assert unknown.note == (
        "m1 was tuned on synthetic, which may hold passages that are asked about: its figures here may be "
        "too good"
    )
    for pairs in (other, ours):
        save_pairs(filled.runs / f"synthetic-{pairs.sha256[:12]}.jsonl", pairs)
    assert measure_dimensions(filled, SETTINGS, "m1").note == ""
    write_record(folder, replace(made, pairs_sha256=ours.sha256))
    seen = measure_dimensions(filled, SETTINGS, "m1")
    assert seen.questions == 21
    assert seen.note == "m1 was trained on passages that are asked about, so its figures here are too good"
    texts = [[pair.context for pair in pairs.pairs] for pairs in (other, ours)]
    assert asked == [[], *texts, []]


def test_a_model_trained_on_the_questions_is_said_to_be(
    filled: Workspace, words: WordEncoder, questions: str
) -> None:
    sha = load_pairs(questions).sha256
    made = record("m1", dimension=64, dims=(64,), fingerprint=words.fingerprint, pairs_sha256=sha)
    register(filled, made)
    assert measure_dimensions(filled, SETTINGS, "m1", (), questions).note == (
        "m1 was trained on these questions, or most of them, so its figures here are too good"
    )


def test_what_cannot_be_measured(
    filled: Workspace, words: WordEncoder, questions: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="dimension 65: expected 1 to 64, the width of this model"):
        measure_dimensions(filled, SETTINGS, "base", (65,), questions)
    with pytest.raises(PairsError, match=r"none\.csv"):
        measure_dimensions(filled, SETTINGS, "base", (), str(tmp_path / "none.csv"))

    def grow(step: Progress) -> None:
        if step.note.startswith("64-d: question"):
            ingest(filled, [page(tmp_path, "late.htm", "Late makes paper. ")])

    with pytest.raises(WorkspaceError, match="the filings changed while dimensions were measured; run"):
        measure_dimensions(filled, SETTINGS, "base", (8,), questions, grow)
    assert not list(filled.runs.glob("dimensions*"))


def test_measuring_can_be_cancelled(filled: Workspace, words: WordEncoder, questions: str) -> None:
    seen: list[Progress] = []

    def stop(step: Progress) -> None:
        seen.append(step)
        if step.note == "8-d: question 0 of 12":
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        measure_dimensions(filled, SETTINGS, "base", (8,), questions, stop)
    assert (seen[-1].done, seen[-1].total) == (1, 3)
    assert not list(filled.runs.glob("dimensions*"))
    measure_dimensions(filled, SETTINGS, "base", (8,), questions)  # the files are let go of
    assert len(list(filled.runs.glob("dimensions*"))) == 1


def test_the_command(filled: Workspace, words: WordEncoder, questions: str) -> None:
    build_index(filled, SETTINGS, dim=16)
    given = ["--dim", "16", "--dim", "8", "--questions", questions]
    done = run("dims", *given, "--json", workspace=filled.root)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert set(found) == {
        "model", "fingerprint", "corpus_hash", "full_dimension", "rows", "measured", "chunks", "questions",
        "source", "skipped", "note", "encode_ms", "store_mb", "suggested", "advice",
    }  # fmt: skip
    assert set(found["rows"][0]) == {
        "dimension", "turned", "rescored", "build_id", "mb", "chroma_mb", "seconds", "recall_at_10", "p50_ms",
        "p95_ms", "ndcg", "share", "low", "high", "arm", "built",
    }  # fmt: skip
    rows = [(r["dimension"], r["rescored"], r["arm"]) for r in found["rows"]]
    assert rows == [
        (64, False, None), (16, False, "base"), (16, True, None), (8, False, None), (8, True, None),
    ]  # fmt: skip
    assert found["suggested"] == found["rows"][4]["build_id"]

    lines = run("dims", *given, workspace=filled.root).stdout.splitlines()
    chunks = found["chunks"]
    assert lines[0].startswith(f"base: {chunks} passages, 12 questions (asked.jsonl); encoding one takes ")
    assert lines[1].split() == (
        "dimension nDCG@10 of full 95% interval MB p50 ms p95 ms build s recall@10".split()
    )
    assert [line[:17].rstrip() for line in lines[2:7]] == [
        "  64-d", "* 16-d", "  16-d rescored", "  8-d", "  8-d rescored",
    ]  # fmt: skip
    assert lines[3].endswith("1.000  serves base")
    assert f"{found['rows'][3]['ndcg']:.4f}" in lines[5]
    assert len({len(line) for line in (lines[1], lines[2], *lines[4:7])}) == 1  # columns stand below heads
    assert lines[7].startswith("8-d rescored is the smallest that keeps 97%")
    assert lines[7].endswith("; rag-app index --model base --dim 8 --rescore")
    assert len(lines) == 8

    wrong = run("dims", "--dim", "65", workspace=filled.root)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr == "Error: dimension 65: expected 1 to 64, the width of this model\n"
