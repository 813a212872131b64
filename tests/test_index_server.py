"""A whole index whose vectors are on a real Chroma server: built, asked, rolled back, collected, away."""

from pathlib import Path

import pytest
from chroma_server import running
from conftest import WordEncoder

from rag_app import chroma, pipeline
from rag_app.arms import Arms
from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import IndexStateError, WorkspaceError
from rag_app.core.registry import load_active
from rag_app.core.types import Filters
from rag_app.index.build import server_prefix
from rag_app.index.manifest import list_builds
from rag_app.indexing import Cut, build_index, collect, roll_back

QUESTION = "groceries in three valleys"


def kept(server: chroma.Server, workspace: Workspace) -> list[str]:
    return chroma.names(server, server_prefix(workspace.indexes))


@pytest.mark.parametrize("how", [Cut(), Cut(16), Cut(16, turned=False), Cut(32, rescored=True)])
@pytest.mark.parametrize("filters", [None, Filters(fiscal_years=(2023,)), Filters(tickers=("NONE",))])
def test_the_same_answers_as_embedded(
    workspace: Workspace,
    files: Path,
    words: WordEncoder,
    server: chroma.Server,
    how: Cut,
    filters: Filters | None,
) -> None:
    pipeline.ingest(workspace, [files])
    arms = Arms(workspace, Settings())
    answers = []
    for settings in (Settings(), Settings(chroma_url=server.url)):
        made = build_index(workspace, settings, cut=how).manifest
        assert (made.server, made.recall_at_10) == (settings.chroma_url, 1.0)
        arm = arms.get("base")
        assert arm.index.manifest == made
        hits = arm.retrieve(QUESTION, k=4, mode="dense", filters=filters)
        answers.append([(h.chunk.chunk_id, pytest.approx(h.score, abs=1e-5)) for h in hits])
    assert answers[0] == answers[1]
    assert len(answers[0]) == (0 if filters and filters.tickers else 4)


def test_what_is_not_served_leaves_the_server(
    workspace: Workspace, files: Path, words: WordEncoder, server: chroma.Server
) -> None:
    settings = Settings(chroma_url=server.url)
    pipeline.ingest(workspace, [files])
    full, small = (build_index(workspace, settings, dim=dim).manifest for dim in (None, 16))
    unserved = build_index(workspace, settings, dim=8, activate=False).manifest
    killed = f"{server_prefix(workspace.indexes)}killed"
    chroma.write(server, killed, words.encode_queries(["a", "b"]), chroma.Hnsw())
    chroma.write(server, "of-another-workspace", words.encode_queries(["a", "b"]), chroma.Hnsw())
    assert kept(server, workspace) == sorted([full.collection, small.collection, unserved.collection, killed])
    assert collect(workspace, settings, 0) == [unserved.build_id]
    assert kept(server, workspace) == sorted([full.collection, small.collection])
    assert chroma.names(server, "of-another") == ["of-another-workspace"]
    assert roll_back(workspace, "base").build_id == full.build_id


def test_a_failed_build_leaves_nothing_behind(
    workspace: Workspace,
    files: Path,
    words: WordEncoder,
    server: chroma.Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline.ingest(workspace, [files])
    served = build_index(workspace, Settings()).manifest.build_id

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rag_app.index.build.write_json_atomic", full)
    with pytest.raises(WorkspaceError, match="No space"):
        build_index(workspace, Settings(chroma_url=server.url))
    assert kept(server, workspace) == []
    assert [m.build_id for m in list_builds(workspace.indexes)] == [served]
    assert load_active(workspace).builds == {"base": served}


def test_a_server_that_is_away(workspace: Workspace, files: Path, words: WordEncoder, tmp_path: Path) -> None:
    pipeline.ingest(workspace, [files])
    embedded = build_index(workspace, Settings()).manifest
    with running(tmp_path / "server") as server:
        settings = Settings(chroma_url=server.url)
        build_index(workspace, settings)
        arms = Arms(workspace, settings)
        assert arms.get("base").retrieve(QUESTION, k=1)
    with pytest.raises(IndexStateError, match=server.url):
        arms.get("base").retrieve(QUESTION, k=1)
    with pytest.raises(IndexStateError, match=server.url):
        build_index(workspace, settings, dim=16)
    assert roll_back(workspace, "base") == embedded  # what is embedded needs no server
    assert arms.get("base").retrieve(QUESTION, k=1)
