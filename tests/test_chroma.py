"""Vectors in Chroma: the same tests on an embedded folder and on a real server, and what can go wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from chroma_server import Place, ask, forget_settings, unit

from rag_app.chroma import Hnsw, Server, delete, names, open_collection, write
from rag_app.chroma.embedded import write_apart
from rag_app.chroma.hnsw import parts, settings
from rag_app.core.errors import Cancelled, IndexStateError, WorkspaceError
from rag_app.core.types import Progress


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_settings(monkeypatch)


@pytest.fixture(params=["folder", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "folder":
        yield tmp_path / "chroma"
        return
    found: Server = request.getfixturevalue("server")
    yield found
    for name in names(found):
        delete(found, name)


# --- the same at both places


def test_what_is_found_is_what_exact_search_finds(place: Place) -> None:
    rows, questions = unit(2_000), unit(20, seed=1)
    write(place, "vectors", rows, Hnsw(max_neighbors=32, ef_construction=400, ef_search=800))
    positions, cosines = ask(place, questions, 10)
    exact = questions @ rows.T
    wanted = np.argsort(-exact, axis=1)[:, :10]
    assert positions == wanted.tolist()
    np.testing.assert_allclose(cosines, np.take_along_axis(exact, wanted, axis=1), atol=1e-5)
    assert cosines.dtype == np.float32


def test_equal_vectors_each_have_their_place(place: Place) -> None:
    rows = unit(10)
    write(place, "vectors", np.concatenate([rows, rows]), Hnsw())
    positions, cosines = ask(place, rows[:1], 2)
    assert sorted(positions[0]) == [0, 10]
    np.testing.assert_allclose(cosines, 1.0, atol=1e-5)


def test_more_wanted_than_there_are(place: Place) -> None:
    rows = unit(3)
    write(place, "vectors", rows, Hnsw())
    positions, cosines = ask(place, rows[1:2], 5)
    assert positions[0][0] == 1 and sorted(positions[0][:3]) == [0, 1, 2] and positions[0][3:] == [-1, -1]
    assert np.isneginf(cosines[0, 3:]).all() and np.isfinite(cosines[0, :3]).all()


def test_more_wanted_than_the_search_is_broad(place: Place) -> None:
    rows = unit(700)
    write(place, "vectors", rows, Hnsw(ef_search=10))
    positions, _ = ask(place, rows[:1], 600)
    assert len(set(positions[0]) - {-1}) == 600


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_rows(place: Place, count: int) -> None:
    rows = unit(count)
    write(place, "vectors", rows, Hnsw())
    for _ in range(2):
        found = open_collection(place, "vectors")
        assert found.count() == count
        positions, _ = found.query(unit(2)[1:], 1)
        assert positions.tolist() == [[count - 1]]  # -1: nothing
        found.close()
    assert ask(place, np.empty((0, 32), dtype=np.float32), 3) == ([], pytest.approx(np.empty((0, 3))))


def test_progress_reaches_the_end(place: Place) -> None:
    seen: list[Progress] = []
    write(place, "vectors", unit(2_500), Hnsw(), seen.append)
    assert [p.total for p in seen] == [2_500] * len(seen) and len(seen) > 1
    done = [p.done for p in seen]
    assert done == sorted(set(done)) and done[-1] == 2_500


def test_another_process_finds_the_same(place: Place) -> None:
    rows = unit(1_500)
    write(place, "vectors", rows, Hnsw())
    code = (
        "import sys, numpy as np\nfrom pathlib import Path\n"
        "from rag_app.chroma import open_collection, server_of\n"
        "where = sys.argv[1]\n"
        "place = server_of(where) if '://' in where else Path(where)\n"
        "q = np.random.default_rng(0).standard_normal((1500, 32)).astype(np.float32)\n"
        "print(open_collection(place, 'vectors').query(q[[7, 1499]], 1)[0].tolist())"
    )
    where = place.url if isinstance(place, Server) else str(place)
    done = subprocess.run(
        [sys.executable, "-c", code, where], capture_output=True, text=True, cwd=Path(__file__).parents[1]
    )
    assert done.stdout.strip() == "[[7], [1499]]", done.stderr


def test_an_absent_collection_is_named(place: Place) -> None:
    write(place, "vectors", unit(3), Hnsw())
    with pytest.raises(IndexStateError, match=r"holds no index named others.*run rag-app index"):
        open_collection(place, "others")


def test_a_closed_collection_says_so_and_closes_twice(place: Place) -> None:
    write(place, "vectors", unit(3), Hnsw())
    found = open_collection(place, "vectors")
    found.close()
    found.close()
    with pytest.raises(IndexStateError, match="is closed"):
        found.count()


def test_questions_of_another_width_are_an_index_error(place: Place) -> None:
    write(place, "vectors", unit(3), Hnsw())
    with pytest.raises(IndexStateError, match="dimension"):
        ask(place, unit(1, width=8), 1)


def test_cancelling_stops_the_work(place: Place) -> None:
    def stop(progress: Progress) -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        write(place, "vectors", unit(3_000), Hnsw(), stop)
    with pytest.raises(IndexStateError):
        open_collection(place, "vectors")


def test_many_threads_may_ask(place: Place) -> None:
    rows = unit(1_000)
    write(place, "vectors", rows, Hnsw())
    found = open_collection(place, "vectors")
    wrong: list[int] = []

    def work(first: int) -> None:
        for i in range(first, 1_000, 80):
            if found.query(rows[i : i + 1], 1)[0][0, 0] != i:
                wrong.append(i)

    threads = [threading.Thread(target=work, args=(first,)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.close()
    assert wrong == []


# --- settings


def test_the_next_settings_only_grow_and_end() -> None:
    hnsw: Hnsw | None = Hnsw()
    climbed = []
    while hnsw is not None:
        climbed.append((hnsw.max_neighbors, hnsw.ef_construction, hnsw.ef_search))
        hnsw = hnsw.harder()
    assert climbed == [
        *((16, 100, ef) for ef in (100, 200, 400, 800, 1600, 3200)),
        (32, 200, 800),
        (32, 200, 3200),
    ]
    assert Hnsw(16, 100, 150).harder() == Hnsw(16, 100, 200)


@pytest.mark.parametrize("count", [1, 999, 1_000, 1_999, 9_621, 60_123])
@pytest.mark.parametrize("batch", [500, 2_000, 5_000])
def test_the_graph_is_saved_with_the_last_batch(count: int, batch: int) -> None:
    threshold = settings(Hnsw(), count)["sync_threshold"]
    unsaved = at = 0
    for start, end in parts(count, batch):
        assert start == at and 0 < end - start <= batch
        at, unsaved = end, unsaved + end - start
        unsaved = 0 if unsaved >= threshold else unsaved
    assert at == count
    assert unsaved == (1 if count == 1 else 0)  # Chroma takes no threshold below 2


def test_a_broader_search_needs_no_new_build(tmp_path: Path) -> None:
    rows = unit(3_000, width=64)
    write(tmp_path / "chroma", "vectors", rows, Hnsw(max_neighbors=4, ef_construction=10, ef_search=10))
    questions = unit(50, width=64, seed=1)
    wanted = np.argsort(-(questions @ rows.T), axis=1)[:, :10]

    def recall(ef_search: int | None) -> float:
        found = open_collection(tmp_path / "chroma", "vectors", ef_search)
        positions, _ = found.query(questions, 10)
        found.close()
        return float(
            np.mean([len(set(a) & set(b)) for a, b in zip(positions.tolist(), wanted.tolist(), strict=True)])
            / 10
        )

    narrow, broad = recall(None), recall(1_000)
    assert broad > narrow + 0.2
    assert recall(None) == broad  # kept


def test_opening_for_search_changes_neither_graph_nor_seal(tmp_path: Path) -> None:
    folder = tmp_path / "chroma"
    write(folder, "vectors", unit(1_200), Hnsw())

    def files() -> dict[Path, tuple[bytes, int]]:
        kept = (p for p in folder.rglob("*") if p.is_file() and p.name != "chroma.sqlite3")
        return {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in kept}

    before = files()
    found = open_collection(folder, "vectors", ef_search=100)
    found.query(unit(1), 5)
    found.close()
    assert len(before) > 3 and files() == before


def test_no_embedding_function_of_a_stored_configuration_is_built(tmp_path: Path) -> None:
    write(tmp_path / "chroma", "vectors", unit(5), Hnsw())
    with closing(sqlite3.connect(tmp_path / "chroma" / "chroma.sqlite3")) as database, database:
        (stored,) = database.execute("select config_json_str from collections").fetchone()
        evil = {"type": "known", "name": "evil", "config": {}}
        changed = json.dumps(json.loads(stored) | {"embedding_function": evil})
        database.execute("update collections set config_json_str = ?", [changed])
    found = open_collection(tmp_path / "chroma", "vectors", ef_search=200)  # Chroma's own `modify` would try
    assert found.query(unit(5)[3:4], 1)[0].tolist() == [[3]]
    found.close()


# --- an embedded folder


def test_a_process_of_its_own_builds_the_same(tmp_path: Path) -> None:
    rows, seen = unit(1_500), list[Progress]()
    write(tmp_path / "chroma", "vectors", rows, Hnsw(), seen.append, child_from=1_000)
    assert [(p.done, p.total) for p in seen] == [(1_500, 1_500)]
    assert ask(tmp_path / "chroma", rows[[3, 1_499]], 1)[0] == [[3], [1_499]]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["chroma"]  # the rows handed over are gone


def test_cancelling_ends_the_process(tmp_path: Path) -> None:
    def stop(progress: Progress) -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        write(tmp_path / "chroma", "vectors", unit(12_000, width=8), Hnsw(), stop, child_from=1)
    assert children() == []
    with pytest.raises(IndexStateError, match="no finished index"):
        open_collection(tmp_path / "chroma", "vectors")


def test_a_killed_process_is_one_line(tmp_path: Path) -> None:
    def kill(progress: Progress) -> None:
        for pid in children():
            os.kill(pid, signal.SIGKILL)

    with pytest.raises(
        WorkspaceError, match=r"was killed, most likely for want of memory; run rag-app index"
    ):
        write_apart(tmp_path / "chroma", "vectors", unit(12_000, width=8), Hnsw(), kill)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["chroma"]


def test_a_failing_process_says_why(tmp_path: Path) -> None:
    (tmp_path / "chroma").mkdir()
    (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"no database" * 900)
    with pytest.raises(WorkspaceError, match=r"the process that builds the index failed: .*not a database"):
        write(tmp_path / "chroma", "vectors", unit(10), Hnsw(), child_from=1)


def children() -> list[int]:
    """This process's child processes that build an index."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            building = b"rag_app.chroma.embedded" in (entry / "cmdline").read_bytes()
        except (OSError, IndexError):
            continue
        if parent == os.getpid() and building:
            found.append(int(entry.name))
    return found


def test_no_folder_is_no_index_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(IndexStateError, match="no finished index at"):
        open_collection(tmp_path / "none", "vectors")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "harm", ["graph gone", "half a graph", "no seal", "seal", "database", "half a database"]
)
def test_damage_is_seen_when_it_is_opened(tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "chroma"
    write(folder, "vectors", unit(1_200), Hnsw())
    graph = next(p for p in folder.iterdir() if p.is_dir())
    half = {"half a graph": graph / "data_level0.bin", "half a database": folder / "chroma.sqlite3"}
    if harm == "graph gone":
        shutil.rmtree(graph)
    elif harm == "no seal":
        (folder / "sealed.json").unlink()
    elif harm == "seal":
        (folder / "sealed.json").write_text("[]")
    elif harm == "database":
        (folder / "chroma.sqlite3").write_bytes(b"x" * 5_000)
    else:
        half[harm].write_bytes(half[harm].read_bytes()[: half[harm].stat().st_size // 2])
    with pytest.raises(IndexStateError, match=r"run rag-app index") as caught:
        open_collection(folder, "vectors").query(unit(1), 1)
    assert "\n" not in str(caught.value)
