"""Metrics, atomic files, settings, the registry and its pointer."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag_app.core import metrics, registry
from rag_app.core.config import Settings, Workspace, load_settings, save_settings
from rag_app.core.errors import ModelError, UsageError, WorkspaceError
from rag_app.core.files import locked, read_json, write_json_atomic
from rag_app.core.registry import ModelRecord


def test_per_query_by_hand() -> None:
    scores = metrics.per_query([7, 3, 9], {3, 9, 5})
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert scores.ndcg == pytest.approx((1 / math.log2(3) + 1 / math.log2(4)) / ideal)
    assert scores.mrr == 0.5
    assert scores.recall == pytest.approx(2 / 3)
    assert scores.accuracy == 0.0


def test_only_ten_count() -> None:
    scores = metrics.per_query(list(range(20)), {10})
    assert (scores.ndcg, scores.mrr, scores.recall) == (0.0, 0.0, 0.0)


def test_truncate_renormalises() -> None:
    vectors = np.array([[3.0, 4.0, 12.0], [0.0, 0.0, 1.0]], dtype=np.float32)
    np.testing.assert_allclose(metrics.truncate(vectors, 2), [[0.6, 0.8], [0.0, 0.0]], atol=1e-6)


def test_json_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a" / "state.json"
    write_json_atomic(path, {"one": 1})
    with pytest.raises(TypeError):
        write_json_atomic(path, {"bad": object()})
    assert read_json(path) == {"one": 1}
    assert [p.name for p in path.parent.iterdir()] == ["state.json"]


def test_damaged_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(WorkspaceError, match=r"x\.json: cannot be read"):
        read_json(path)


def test_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    with (
        locked(tmp_path / "w.lock", "ingest"),
        pytest.raises(WorkspaceError, match=r"cannot index: process \d+ \(ingest\)"),
        locked(tmp_path / "w.lock", "index"),
    ):
        pytest.fail("two holders")
    with locked(tmp_path / "w.lock", "index"):
        pass


def test_settings_file_and_environment(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    save_settings(workspace, Settings(llm="ollama:a"))
    assert load_settings(workspace).llm == "ollama:a"
    monkeypatch.setenv("RAG_APP_LLM", "ollama:b")
    assert load_settings(workspace).llm == "ollama:b"


def test_unknown_setting_is_named(workspace: Workspace) -> None:
    write_json_atomic(workspace.config, {"colour": "red"})
    with pytest.raises(UsageError, match="unknown setting colour; expected base_model"):
        load_settings(workspace)


def test_environment_gives_the_base_model(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_APP_BASE_MODEL", "BAAI/bge-base-en-v1.5")
    ref = registry.resolve_model(workspace, load_settings(workspace), "base")
    assert (ref.name, ref.kind, ref.path) == ("base", "hub", None)


def record(model_id: str, created: str = "2026-01-01T00:00:00+00:00") -> ModelRecord:
    figures = {"4": {"ndcg@10": 0.5}}
    return ModelRecord(
        model_id, created, "base", "b" * 32, "f" * 32, 4, (4, 2), "pairs.csv", "0" * 64, "seed", 42,
        {}, figures, figures, 10, 5, 1.0, True,
    )  # fmt: skip


def register(workspace: Workspace, model_id: str, created: str = "2026-01-01T00:00:00+00:00") -> None:
    folder = workspace.models / model_id
    folder.mkdir(parents=True)
    registry.write_record(folder, record(model_id, created))


def test_a_folder_without_record_is_no_model(workspace: Workspace) -> None:
    (workspace.models / "half").mkdir(parents=True)
    register(workspace, "m1")
    assert [r.model_id for r in registry.list_records(workspace)] == ["m1"]
    with pytest.raises(UsageError, match="no model 'half' in the registry; there is: m1"):
        registry.get_record(workspace, "half")


def test_record_survives_the_disk(workspace: Workspace) -> None:
    register(workspace, "m1")
    assert registry.get_record(workspace, "m1") == record("m1")


def test_activate_and_roll_back(workspace: Workspace) -> None:
    register(workspace, "m1")
    register(workspace, "m2", "2026-01-02T00:00:00+00:00")
    registry.activate_build(workspace, "base", "build-base")
    registry.activate_model(workspace, "m1")
    registry.activate_build(workspace, "tuned", "build-1")
    registry.activate_model(workspace, "m2")
    assert registry.load_active(workspace).builds == {"base": "build-base", "tuned": "build-1"}
    registry.activate_build(workspace, "tuned", "build-2")
    registry.activate_build(workspace, "base", "build-base-2")

    back = registry.rollback(workspace)
    assert (back.tuned, back.builds) == ("m1", {"base": "build-base-2", "tuned": "build-1"})
    back = registry.rollback(workspace)
    assert (back.tuned, back.builds) == (None, {"base": "build-base-2"})
    with pytest.raises(UsageError, match="nothing to roll back to"):
        registry.rollback(workspace)


def test_resolve_by_every_name(workspace: Workspace, tmp_path: Path) -> None:
    register(workspace, "m1")
    settings = Settings()
    with pytest.raises(ModelError, match="no tuned model is active; run: rag-app finetune"):
        registry.resolve_model(workspace, settings, "tuned")
    registry.activate_model(workspace, "m1")
    assert registry.resolve_model(workspace, settings, "tuned").path == workspace.models / "m1"
    assert registry.resolve_model(workspace, settings, "m1").kind == "registry"
    assert registry.resolve_model(workspace, settings, str(tmp_path)).kind == "folder"
    assert registry.resolve_model(workspace, settings, "BAAI/bge-base-en-v1.5").kind == "hub"
    with pytest.raises(UsageError, match="no model 'nonsense': expected base, tuned, m1, a folder"):
        registry.resolve_model(workspace, settings, "nonsense")
    with pytest.raises(UsageError, match="itself"):
        registry.resolve_model(workspace, replace(settings, base_model="base"), "base")


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    (tmp_path / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(ModelError, match="pickled weights are not loaded"):
        registry.fingerprint_folder(tmp_path)


def test_fingerprint_changes_with_weights_and_prompts_only(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "config_sentence_transformers.json").write_text(json.dumps({"prompts": {}}), encoding="utf-8")
    first = registry.fingerprint_folder(tmp_path)
    (tmp_path / "README.md").write_text("card", encoding="utf-8")
    assert registry.fingerprint_folder(tmp_path) == first
    (tmp_path / "config_sentence_transformers.json").write_text('{"prompts": {"q": "Q:"}}', encoding="utf-8")
    second = registry.fingerprint_folder(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"weightz")
    assert len({first, second, registry.fingerprint_folder(tmp_path)}) == 3
