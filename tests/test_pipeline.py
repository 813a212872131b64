"""Ingest, index, ask, tune and roll back on a workspace on disk, with the fake encoder."""

import errno
import os
import shutil
from pathlib import Path

import pytest
from conftest import WordEncoder, page
from test_core import register

from rag_app import arms as arms_module
from rag_app import indexing, pipeline
from rag_app.arms import Arms
from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import FilingError, IndexStateError, UsageError, WorkspaceError
from rag_app.core.files import locked
from rag_app.core.registry import activate_model, load_active, rollback
from rag_app.cutting import cutting_of
from rag_app.store import list_filings, load_corpus
from ui.workflows import workspace_status


def test_ingest_twice_changes_nothing(workspace: Workspace, files: Path) -> None:
    first = pipeline.ingest(workspace, [files])
    again = pipeline.ingest(workspace, [files])
    assert [f.source for f in first.added] == ["alpha.htm", "beta.htm"]
    assert (again.added, len(again.unchanged)) == ((), 2)
    assert [f.source for f in list_filings(workspace)] == ["alpha.htm", "beta.htm"]


def test_a_changed_file_replaces_what_came_from_its_path(workspace: Workspace, files: Path) -> None:
    pipeline.ingest(workspace, [files])
    page(files, "alpha.htm", "Alpha stopped building turbines. ")
    report = pipeline.ingest(workspace, [files])
    assert [f.source for f in report.added] == ["alpha.htm"]
    assert len(list_filings(workspace)) == 2
    assert any("stopped building" in c.text for c in load_corpus(workspace))
    assert not any("builds tidal" in c.text for c in load_corpus(workspace))


def test_a_bad_file_is_named_and_the_rest_goes_on(workspace: Workspace, files: Path) -> None:
    (files / "empty.htm").write_bytes(b"")
    (files / "junk.pdf").write_bytes(bytes(range(256)) * 40)
    report = pipeline.ingest(workspace, [files])
    assert [f.source for f in report.added] == ["alpha.htm", "beta.htm"]
    assert sorted(f.source for f in report.failed) == ["empty.htm", "junk.pdf"]
    assert all(f.source in f.reason and "\n" not in f.reason for f in report.failed)
    assert not list(workspace.filings.glob(".*"))


def test_ingest_of_nothing(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        pipeline.ingest(workspace, [tmp_path / "nowhere"])
    (tmp_path / "bare").mkdir()
    with pytest.raises(UsageError, match=r"no \.htm, \.html, \.txt or \.pdf file there"):
        pipeline.ingest(workspace, [tmp_path / "bare"])
    with pytest.raises(FilingError, match="gone"):
        pipeline.cut(tmp_path / "gone.htm", cutting_of(workspace))


def test_leftovers_of_a_killed_ingest_are_swept(workspace: Workspace, files: Path) -> None:
    (workspace.filings / ".new-dead").mkdir(parents=True)
    assert list_filings(workspace) == []
    pipeline.ingest(workspace, [files])
    assert not list(workspace.filings.glob(".*"))


def test_index_embeds_each_chunk_once_ever(workspace: Workspace, files: Path, words: WordEncoder) -> None:
    with pytest.raises(IndexStateError, match="no filings to index; run: rag-app ingest"):
        indexing.build_index(workspace, Settings())
    pipeline.ingest(workspace, [files])
    count = len(load_corpus(workspace))
    first = indexing.build_index(workspace, Settings())
    assert (first.embedded, first.manifest.dimension, first.arm, first.reused) == (count, 64, "base", False)
    assert (indexing.build_index(workspace, Settings()).reused, len(words.encoded)) == (True, count)
    smaller = indexing.build_index(workspace, Settings(), dim=16)
    assert (smaller.embedded, smaller.manifest.dimension, len(words.encoded)) == (0, 16, count)

    page(files, "gamma.htm", "Gamma insures deposits of freight lenders. ")
    added = pipeline.ingest(workspace, [files]).added
    assert indexing.stale_arms(workspace) == ["base"]
    grown = indexing.build_index(workspace, Settings())
    assert grown.embedded == added[0].chunks
    assert grown.manifest.chunks == count + added[0].chunks
    assert indexing.stale_arms(workspace) == []


@pytest.mark.parametrize("dim", [0, 65, -1])
def test_a_dimension_the_model_lacks(workspace: Workspace, files: Path, words: WordEncoder, dim: int) -> None:
    pipeline.ingest(workspace, [files])
    with pytest.raises(UsageError, match=f"--dim {dim}: expected 1 to "):
        indexing.build_index(workspace, Settings(), dim=dim)


def test_an_arm_follows_the_active_build(workspace: Workspace, files: Path, words: WordEncoder) -> None:
    arms = Arms(workspace, Settings())
    with pytest.raises(IndexStateError, match="no index of 'base'; run: rag-app index --model base"):
        arms.get()
    pipeline.ingest(workspace, [files])
    indexing.build_index(workspace, Settings())
    before = arms.get()
    assert before.index is arms.get("base").index
    assert arms.get().retrieve("tidal turbines", k=1)[0].chunk.source == "alpha.htm"
    page(files, "gamma.htm", "Gamma insures deposits of freight lenders. ")
    pipeline.ingest(workspace, [files])
    indexing.build_index(workspace, Settings())
    assert arms.get().retrieve("freight lenders deposits", k=1)[0].chunk.source == "gamma.htm"
    with pytest.raises(IndexStateError, match=r"no index of 'base' at dimension 8; run: .* --dim 8"):
        arms.get("base", 8)


def test_tuned_arm_serves_the_old_build_until_the_new_one_is_there(
    workspace: Workspace, files: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.ingest(workspace, [files])
    indexing.build_index(workspace, Settings())
    for name in ("m1", "m2"):
        register(workspace, name)
    models = {n: WordEncoder(name=n, fingerprint=f"print-{n}") for n in ("m1", "m2")}
    models["base"] = words
    monkeypatch.setattr(
        arms_module, "load_encoder", lambda ref: models[ref.record.model_id if ref.record else "base"]
    )
    monkeypatch.setattr(indexing, "load_encoder", arms_module.load_encoder)
    for module in (indexing, arms_module):
        monkeypatch.setattr(
            module,
            "reference_fingerprint",
            lambda ref: models[ref.record.model_id if ref.record else "base"].fingerprint,
        )
    arms = Arms(workspace, Settings())
    activate_model(workspace, "m1")
    first = indexing.build_index(workspace, Settings(), "tuned")
    assert arms.get().encoder.name == "m1"
    activate_model(workspace, "m2")
    assert arms.get().encoder.name == "m1"
    assert arms.get("tuned").note == (
        "the tuned arm still serves m1; run: rag-app index --model tuned to serve m2"
    )
    indexing.build_index(workspace, Settings(), "tuned")
    assert (arms.get().encoder.name, arms.get().note) == ("m2", "")
    rollback(workspace)
    assert arms.get().encoder.name == "m1"
    assert load_active(workspace).builds["tuned"] == first.manifest.build_id


def test_an_index_of_another_model_is_refused(workspace: Workspace, files: Path, words: WordEncoder) -> None:
    pipeline.ingest(workspace, [files])
    indexing.build_index(workspace, Settings())
    words.fingerprint = "retrained"
    with pytest.raises(
        IndexStateError, match="another version of 'embedded'; run: rag-app index --model base"
    ):
        Arms(workspace, Settings()).get()


def test_two_writers(workspace: Workspace, files: Path) -> None:
    with (
        locked(workspace.lock("filings"), "ingest"),
        pytest.raises(WorkspaceError, match=r"cannot ingest: process \d+ \(ingest\)"),
    ):
        pipeline.ingest(workspace, [files])


def test_remove_then_rebuild(workspace: Workspace, files: Path, words: WordEncoder) -> None:
    pipeline.ingest(workspace, [files])
    indexing.build_index(workspace, Settings())
    assert pipeline.remove(workspace, "beta.htm").source == "beta.htm"
    assert indexing.stale_arms(workspace) == ["base"]
    indexing.build_index(workspace, Settings())
    assert {c.source for c in Arms(workspace, Settings()).get().index.chunks} == {"alpha.htm"}
    with pytest.raises(UsageError, match=r"no filing 'beta\.htm'"):
        pipeline.remove(workspace, "beta.htm")


def test_a_file_name_that_is_not_utf8(workspace: Workspace, files: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(files) + b"/b\xe9richt.htm"))
    page(files, "alpha.htm", "Alpha builds tidal turbines. ").rename(odd)
    report = pipeline.ingest(workspace, [files])
    assert sorted(f.source for f in report.added) == ["beta.htm", "b\N{REPLACEMENT CHARACTER}richt.htm"]


def test_the_same_bytes_under_two_names_are_one_filing(workspace: Workspace, files: Path) -> None:
    (files / "copy.htm").write_bytes((files / "alpha.htm").read_bytes())
    assert [f.source for f in pipeline.ingest(workspace, [files]).added] == ["alpha.htm", "beta.htm"]


def test_a_full_disk_is_named_and_loses_nothing(
    workspace: Workspace, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.ingest(workspace, [files])
    page(files, "alpha.htm", "Alpha stopped building turbines. ")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("rag_app.store.shutil.copyfile", full)
    report = pipeline.ingest(workspace, [files])
    assert [f.reason for f in report.failed] == [
        "alpha.htm: cannot be stored (No space left on device); free space, then ingest it"
    ]
    assert any("builds tidal" in c.text for c in load_corpus(workspace))


def test_a_filing_killed_between_two_moves_comes_back(workspace: Workspace, files: Path) -> None:
    stored = pipeline.ingest(workspace, [files]).added[0]
    (workspace.filings / ".old-x").mkdir()
    (workspace.filings / stored.filing_id).rename(workspace.filings / ".old-x" / "filing")
    pipeline.ingest(workspace, [files / "beta.htm"])
    assert [f.source for f in list_filings(workspace)] == ["alpha.htm", "beta.htm"]


def test_two_filings_of_one_name_are_not_confused(workspace: Workspace, tmp_path: Path) -> None:
    for folder, text in (("a", "Alpha builds turbines. "), ("b", "Beta sells groceries. ")):
        (tmp_path / folder).mkdir()
        page(tmp_path / folder, "form10k.htm", text)
    pipeline.ingest(workspace, [tmp_path / "a", tmp_path / "b"])
    with pytest.raises(UsageError, match=r"2 filings are named 'form10k\.htm'; name one by its id: form10k-"):
        pipeline.remove(workspace, "form10k.htm")


def test_deleted_indexes_are_an_advice_not_a_failure(
    workspace: Workspace, files: Path, words: WordEncoder
) -> None:
    pipeline.ingest(workspace, [files])
    indexing.build_index(workspace, Settings())
    shutil.rmtree(workspace.indexes)
    state = workspace_status(workspace, Settings())
    assert (state.arms, state.advice[0][:29]) == ((), "rag-app index --model base  (")
    assert indexing.build_index(workspace, Settings()).embedded == 0
