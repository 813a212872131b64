"""Where made pairs are kept: a file named after its content, which a user may mend."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from finetune.data.pairs import Pair, PairSet, load_pairs, pair_set
from rag_app.core.config import Settings, Workspace
from rag_app.core.types import Progress
from tests.conftest import WordEncoder, make_chunk
from ui.synthetic import make_pairs


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[PairSet]:
    """What the rules make of a workspace; the last one counts."""
    found = [pair_set("synthetic", [Pair("Why did sales fall?", "Sales fell as it rained.", "AAA", "a.htm")])]

    def synthesize(*_: Any) -> PairSet:
        return found[-1]

    monkeypatch.setattr("rag_app.store.load_corpus", lambda _: [make_chunk(0, "Sales fell as it rained.")])
    monkeypatch.setattr("rag_app.embedder.load_encoder", lambda _: WordEncoder())
    monkeypatch.setattr("ui.synthetic.resolve_model", lambda *_: SimpleNamespace())
    monkeypatch.setattr("finetune.synthetic.synthesize.synthesize_pairs", synthesize)
    return found


def test_pairs_by_rules_never_overwrite_a_file(workspace: Workspace, made: list[PairSet]) -> None:
    events: list[Progress] = []

    def make() -> PairSet:
        return make_pairs(workspace, Settings(), 5, "extractive", events.append)

    pairs = make()
    kept = workspace.runs / f"synthetic-{pairs.sha256[:12]}.jsonl"
    assert list(workspace.runs.iterdir()) == [kept]
    assert load_pairs(str(kept)).sha256 == pairs.sha256
    assert events[-1] == Progress("synthesize", 1, 1, f"kept in runs/{kept.name}")
    kept.write_text("mended", encoding="utf-8")
    assert make() == pairs
    assert list(workspace.runs.iterdir()) == [kept]
    assert kept.read_text(encoding="utf-8") == "mended"
    made.append(pair_set("synthetic", [replace(pairs.pairs[0], question="How far did sales fall?")]))
    other = make()
    assert sorted(p.name for p in workspace.runs.iterdir()) == sorted(
        [kept.name, f"synthetic-{other.sha256[:12]}.jsonl"]
    )
    assert kept.read_text(encoding="utf-8") == "mended"
