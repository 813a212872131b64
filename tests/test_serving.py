"""What the arms serve: switched, rolled back, kept, dropped, damaged, mended - and no question fails."""

import errno
import shutil
import threading
from pathlib import Path

import pytest
from conftest import WordEncoder
from test_core import register

from rag_app import indexing, pipeline
from rag_app.arms import Arms
from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import IndexStateError, UsageError, WorkspaceError
from rag_app.core.files import locked
from rag_app.core.registry import activate_build, activate_model, load_active, rollback
from rag_app.index import build as build_module
from rag_app.index.manifest import list_builds
from rag_app.indexing import Cut, build_index, roll_back, serve_build
from ui.workflows import workspace_status

QUESTION = "what did the valley stores sell after the floods"


def test_switching_a_dimension_embeds_and_reads_nothing(
    workspace: Workspace,
    files: Path,
    words: WordEncoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline.ingest(workspace, [files])
    build_index(workspace, Settings())
    count = len(words.encoded)

    def read(*_: object) -> None:
        raise AssertionError("the filings were read")

    monkeypatch.setattr(indexing, "snapshot", read)
    monkeypatch.setattr(indexing, "too_long", read)
    small = build_index(workspace, Settings(), dim=16)
    assert (small.embedded, small.reused, small.manifest.dimension, small.arm) == (0, False, 16, "base")
    assert small.manifest.turned  # the base was not trained to be cut
    assert not build_index(workspace, Settings(), cut=Cut(16, turned=False)).manifest.turned
    assert len(words.encoded) == count


def test_roll_back_and_serve(workspace: Workspace, files: Path, words: WordEncoder) -> None:
    pipeline.ingest(workspace, [files])
    with pytest.raises(UsageError, match="no earlier index of 'base' is kept"):
        roll_back(workspace, "base")
    made = [build_index(workspace, Settings(), dim=dim).manifest.build_id for dim in (64, 32, 16)]
    assert load_active(workspace).served == {"base": (made[0], made[1])}
    assert roll_back(workspace, "base").build_id == made[1]
    assert roll_back(workspace, "base").build_id == made[0]
    with pytest.raises(UsageError, match="nothing to roll back to"):
        roll_back(workspace, "base")
    assert serve_build(workspace, Settings(), made[2])[0] == "base"
    assert load_active(workspace).builds == {"base": made[2]}
    with pytest.raises(UsageError, match=r"no build 'nope'; there is: .*-64d"):
        serve_build(workspace, Settings(), "nope")


def test_what_can_be_gone_back_to_is_kept(workspace: Workspace, files: Path, words: WordEncoder) -> None:
    pipeline.ingest(workspace, [files])
    dims = (8, 12, 16, 20, 24, 28, 32, 36)
    made = [build_index(workspace, Settings(), dim=d, keep=0).manifest.build_id for d in dims]
    assert [m.build_id for m in list_builds(workspace.indexes)] == made[-6:]  # one served, five to go back to
    shutil.rmtree(workspace.indexes / made[-2])
    assert roll_back(workspace, "base").build_id == made[-3]


def test_an_unserved_build(workspace: Workspace, files: Path, words: WordEncoder) -> None:
    pipeline.ingest(workspace, [files])
    first = build_index(workspace, Settings()).manifest.build_id
    small = build_index(workspace, Settings(), dim=16, activate=False)
    assert (small.arm, load_active(workspace).builds) == (None, {"base": first})
    (workspace.indexes / ".building-dead").mkdir()
    (workspace.indexes / "corpora" / "old").mkdir()
    assert sorted(indexing.collect(workspace, Settings(), 0)) == sorted(
        [".building-dead", small.manifest.build_id]
    )
    assert [p.name for p in (workspace.indexes / "corpora").iterdir()] == [small.manifest.corpus_hash]


def test_no_question_fails_while_builds_change(
    workspace: Workspace,
    files: Path,
    words: WordEncoder,
) -> None:
    """Questions are asked without a pause while indexes are built, served, rolled back and dropped."""
    pipeline.ingest(workspace, [files])
    build_index(workspace, Settings())
    arms = Arms(workspace, Settings())
    done = threading.Event()
    asked: list[int] = []
    failed: list[BaseException] = []

    def ask() -> None:
        while not done.is_set():
            try:
                asked.append(arms.get("base").retrieve(QUESTION, k=3)[0].rank)
            except BaseException as error:
                failed.append(error)
                return

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    served = set()
    for dim in (32, 16, 48, 24, 40, 56):
        build_index(workspace, Settings(), dim=dim, keep=0)
        served.add(arms.get("base").index.manifest.dimension)
    roll_back(workspace, "base")
    served.add(arms.get("base").index.manifest.dimension)
    done.set()
    for thread in threads:
        thread.join(30)
    assert failed == []
    assert served == {32, 16, 48, 24, 40, 56}
    assert set(asked) == {1} and len(asked) > 10


def test_a_damaged_store_is_an_advice_while_its_index_serves(
    workspace: Workspace, files: Path, words: WordEncoder
) -> None:
    pipeline.ingest(workspace, [files])
    build_index(workspace, Settings())
    (workspace.vectors / words.fingerprint / "store.json").write_text("{")
    state = workspace_status(workspace, Settings())
    assert [a.arm for a in state.arms] == ["base"]
    assert any("rag-app vectors verify" in line for line in state.advice)
    assert Arms(workspace, Settings()).get("base").retrieve(QUESTION, k=1)


def test_keeping_more_builds_than_there_are_keeps_all(
    workspace: Workspace, files: Path, words: WordEncoder
) -> None:
    pipeline.ingest(workspace, [files])
    for dim in (8, 16, 24):
        build_index(workspace, Settings(), dim=dim, activate=False, keep=8)
    assert indexing.collect(workspace, Settings(), 8) == []
    assert len(list_builds(workspace.indexes)) == 3


DAMAGE = ("chroma/chroma.sqlite3", "rows.npy", "manifest.json", "../corpora/*/bm25/data.csc.index.npy")


@pytest.mark.parametrize("what", DAMAGE)
def test_index_mends_a_build_that_cannot_be_opened(
    workspace: Workspace, files: Path, words: WordEncoder, what: str
) -> None:
    pipeline.ingest(workspace, [files])
    made = build_index(workspace, Settings()).manifest
    before = [h.chunk.chunk_id for h in Arms(workspace, Settings()).get("base").retrieve(QUESTION, k=3)]
    count = len(words.encoded)
    next((workspace.indexes / made.build_id).glob(what)).write_bytes(b"{")
    assert workspace_status(workspace, Settings()).filings
    with pytest.raises(IndexStateError, match=r"run rag-app index"):
        Arms(workspace, Settings()).get("base")
    again = build_index(workspace, Settings())
    assert (again.embedded, len(words.encoded)) == (0, count)
    assert [
        h.chunk.chunk_id for h in Arms(workspace, Settings()).get("base").retrieve(QUESTION, k=3)
    ] == before


def test_roll_back_waits_for_no_build(workspace: Workspace, files: Path, words: WordEncoder) -> None:
    pipeline.ingest(workspace, [files])
    first = build_index(workspace, Settings()).manifest.build_id
    build_index(workspace, Settings(), dim=16)
    with locked(workspace.lock("index"), "build an index"):
        assert roll_back(workspace, "base").build_id == first


def test_roll_back_passes_over_what_cannot_be_opened(
    workspace: Workspace, files: Path, words: WordEncoder
) -> None:
    pipeline.ingest(workspace, [files])
    made = [build_index(workspace, Settings(), dim=dim).manifest.build_id for dim in (64, 32, 16)]
    (workspace.indexes / made[1] / "rows.npy").unlink()
    assert roll_back(workspace, "base").build_id == made[0]


def test_a_model_that_was_rolled_back_is_not_served_again(workspace: Workspace) -> None:
    for name in ("m1", "m2"):
        register(workspace, name)
    activate_model(workspace, "m1")
    activate_build(workspace, "tuned", "of-m1")
    activate_model(workspace, "m2")
    for build in ("of-m2", "of-m2-64d"):
        activate_build(workspace, "tuned", build)
    rollback(workspace)
    active = load_active(workspace)
    assert (active.tuned, active.builds, active.served) == ("m1", {"tuned": "of-m1"}, {"tuned": ()})
    with pytest.raises(UsageError, match="nothing to roll back to"):
        roll_back(workspace, "tuned")


def test_a_dimension_is_answered_from_the_filings_as_they_are(
    workspace: Workspace, files: Path, words: WordEncoder
) -> None:
    pipeline.ingest(workspace, [files])
    build_index(workspace, Settings(), dim=24)
    build_index(workspace, Settings(), dim=16)
    pipeline.remove(workspace, "beta.htm")
    build_index(workspace, Settings(), dim=24)
    build_index(workspace, Settings(), dim=16)
    pipeline.ingest(workspace, [files])
    build_index(workspace, Settings(), dim=16)  # the one that is there already
    arm = Arms(workspace, Settings()).get("base", 24)
    assert {c.source for c in arm.index.chunks} == {"alpha.htm", "beta.htm"}
    pipeline.remove(workspace, "alpha.htm")
    assert "filings changed since this index was built" in Arms(workspace, Settings()).get("base", 24).note


def test_a_full_disk_is_told_and_what_is_served_stays(
    workspace: Workspace, files: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.ingest(workspace, [files])
    first = build_index(workspace, Settings()).manifest.build_id

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(build_module.np.lib.format, "write_array_header_1_0", full)
    with pytest.raises(
        WorkspaceError, match=r"No space left on device\); free space, then run rag-app index again"
    ):
        build_index(workspace, Settings(), dim=16)
    assert load_active(workspace).builds == {"base": first}
    assert not list(workspace.indexes.glob(".building-*"))


def test_damaged_vectors_are_never_ranked_by(workspace: Workspace, files: Path, words: WordEncoder) -> None:
    pipeline.ingest(workspace, [files])
    build_index(workspace, Settings(), cut=Cut(16, rescored=True))
    rows = next((workspace.vectors / words.fingerprint).glob("rows*.f32"))
    data = bytearray(rows.read_bytes())
    data[:64] = b"\x7f" * 64
    rows.write_bytes(bytes(data))
    with pytest.raises(WorkspaceError, match="--repair"):
        Arms(workspace, Settings()).get("base").retrieve(QUESTION, k=3)
    healed = build_index(workspace, Settings(), cut=Cut(20, rescored=True))
    assert healed.embedded == 1
    assert Arms(workspace, Settings()).get("base").retrieve(QUESTION, k=3)


@pytest.mark.parametrize("cut", [Cut(0), Cut(-1)])
def test_a_wrong_dimension_is_told_before_anything_is_embedded(
    workspace: Workspace, files: Path, words: WordEncoder, cut: Cut
) -> None:
    pipeline.ingest(workspace, [files])
    with pytest.raises(UsageError, match="--dim"):
        build_index(workspace, Settings(), cut=cut)
    with pytest.raises(UsageError, match="Chroma server 'nonsense'"):
        build_index(workspace, Settings(chroma_url="nonsense"))
    assert words.encoded == []


def test_a_new_build_that_cannot_be_opened_leaves_the_old_one_answering(
    workspace: Workspace, files: Path, words: WordEncoder
) -> None:
    pipeline.ingest(workspace, [files])
    build_index(workspace, Settings())
    arms = Arms(workspace, Settings())
    before = [h.chunk for h in arms.get("base").retrieve(QUESTION, k=3)]
    made = build_index(workspace, Settings(), dim=16).manifest
    (workspace.indexes / made.build_id / "rows.npy").unlink()
    arm = arms.get("base")
    assert arm.note.startswith(f"still the index before: index {made.build_id} cannot be opened")
    assert [h.chunk for h in arm.retrieve(QUESTION, k=3)] == before
    advice = workspace_status(workspace, Settings()).advice
    assert "rag-app index --model base --dim 16  (files of its index are gone)" in advice
    build_index(workspace, Settings(), dim=16)
    assert arms.get("base").index.manifest.dimension == 16
    assert "(files of its index are gone)" not in " ".join(workspace_status(workspace, Settings()).advice)
