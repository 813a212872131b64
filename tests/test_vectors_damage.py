"""The vector store, damaged: at every byte of its last rows, killed at every step, the disk full."""

import errno
import json
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import WordEncoder

import rag_app.vectors.store
import rag_app.vectors.upkeep
from rag_app.core.errors import WorkspaceError
from rag_app.core.files import locked
from rag_app.core.types import text_hash
from rag_app.vectors import LINE_BYTES, VectorStore, compact, drop, embed_missing, repair

TEXTS = [f"{'word ' * (6 - i)}number {i}" for i in range(6)]  # stored in this order: the longest first
HASHES = [text_hash(t) for t in TEXTS]
WIDTH = 4


@pytest.fixture
def words() -> WordEncoder:
    return WordEncoder(dimension=WIDTH, fingerprint="words-4")


def fill(folder: Path, words: WordEncoder, texts: list[str] = TEXTS) -> tuple[VectorStore, int]:
    return embed_missing(folder, words.fingerprint, lambda: words, texts)


def existing(folder: Path) -> VectorStore:
    store = VectorStore.existing(folder, "words-4")
    assert store is not None
    return store


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def truncated(data: bytearray, at: int) -> None:
    del data[at:]


def zeroed(data: bytearray, at: int) -> None:
    data[at:] = bytes(len(data) - at)


def garbled(data: bytearray, at: int) -> None:
    data[at:] = random.Random(at).randbytes(len(data) - at)


def flipped(data: bytearray, at: int) -> None:
    data[at] ^= 1 << at % 8


@pytest.mark.parametrize("name", ["rows.f32", "rows.idx"])
@pytest.mark.parametrize("how", [truncated, zeroed, garbled, flipped])
def test_damage_at_any_byte_costs_only_the_rows_it_touches(
    tmp_path: Path,
    words: WordEncoder,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    how: Callable[[bytearray, int], None],
) -> None:
    monkeypatch.setattr("os.fsync", lambda _: None)  # thousands of them take minutes
    folder = tmp_path / "v"
    fill(folder, words)
    files = contents(folder)
    exact = words.encode_queries(TEXTS)
    record = LINE_BYTES if name == "rows.idx" else 4 * WIDTH
    whole = files[name]
    for at in range(len(whole) - 2 * record, len(whole)):
        for left in folder.iterdir():
            left.unlink()
        for file, content in files.items():
            (folder / file).write_bytes(content)
        data = bytearray(whole)
        how(data, at)
        (folder / name).write_bytes(data)
        hit = {
            i for i in range(6) if data[i * record : (i + 1) * record] != whole[i * record : (i + 1) * record]
        }
        store = existing(folder)
        for i, content_hash in enumerate(HASHES):
            if i < min(hit, default=6):
                np.testing.assert_array_equal(store.get([content_hash])[0], exact[i])
            elif content_hash in store:
                try:
                    np.testing.assert_array_equal(store.get([content_hash])[0], exact[i])
                    assert i not in hit
                except WorkspaceError as error:
                    assert i in hit and "--repair" in str(error)
        store, new = fill(folder, words)
        assert new == len(hit), (at, hit)  # what is embedded again is what was damaged, no more
        np.testing.assert_array_equal(store.get(HASHES), exact)
        assert existing(folder).verify().damaged == 0


def test_a_damaged_line_hides_the_rows_behind_it_until_the_next_writer(
    tmp_path: Path, words: WordEncoder
) -> None:
    folder = tmp_path / "v"
    fill(folder, words)
    data = bytearray((folder / "rows.idx").read_bytes())
    data[LINE_BYTES] = ord("x")
    (folder / "rows.idx").write_bytes(data)
    store = existing(folder)
    assert (len(store), store.verify().damaged, HASHES[2] in store) == (1, 5, False)
    words.encoded.clear()
    store, new = fill(folder, words)
    assert (new, words.encoded, len(store)) == (1, [TEXTS[1]], 6)
    np.testing.assert_array_equal(store.get(HASHES), words.encode_queries(TEXTS))


class Stop(BaseException):
    """A kill."""


@pytest.mark.parametrize("step", range(4))
def test_a_kill_between_any_two_steps_of_an_append(
    tmp_path: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """The rows were torn before: their lines must not meet the rows that take their place."""
    folder = tmp_path / "v"
    fill(folder, words)
    with (folder / "rows.f32").open("r+b") as rows:
        rows.truncate(4 * 4 * WIDTH)
    others = [f"other {i}" for i in range(3)]
    left = step

    def dying(real: Callable[..., None]) -> Callable[..., None]:
        def run(*given: object) -> None:
            nonlocal left
            if not left:
                raise Stop
            left -= 1
            real(*given)

        return run

    with monkeypatch.context() as patch:
        for name in ("_cut", "_extend"):
            patch.setattr(rag_app.vectors.store, name, dying(getattr(rag_app.vectors.store, name)))
        with pytest.raises(Stop):
            fill(folder, words, others)
    store = existing(folder)
    assert (len(store), store.verify().damaged) == (4, 0)
    store, new = fill(folder, words, [*TEXTS, *others])
    assert new == 5
    np.testing.assert_array_equal(store.get(HASHES), words.encode_queries(TEXTS))


@pytest.mark.parametrize("suffix", [".f32", ".idx"])
def test_a_full_disk_is_one_line_and_changes_nothing(
    tmp_path: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    folder = tmp_path / "v"
    fill(folder, words, TEXTS[:3])
    before = contents(folder)
    real = rag_app.vectors.store._extend

    def full(path: Path, data: bytes) -> None:
        if path.suffix == suffix:
            real(path, data[:7])  # what still fitted
            raise OSError(errno.ENOSPC, "No space left on device")
        real(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(rag_app.vectors.store, "_extend", full)
        with pytest.raises(
            WorkspaceError, match=r"cannot be written \(No space left on device\); free space"
        ):
            fill(folder, words)
        store = existing(folder)
        assert len(store) == 3
        with pytest.raises(WorkspaceError, match="No space left"):
            store.append(HASHES[3:], words.encode_queries(TEXTS[3:]))
        np.testing.assert_array_equal(store.get(HASHES[:3]), words.encode_queries(TEXTS[:3]))
    assert contents(folder)["rows.f32"] == before["rows.f32"]
    store.append(HASHES[3:], words.encode_queries(TEXTS[3:]))  # room again
    np.testing.assert_array_equal(existing(folder).get(HASHES), words.encode_queries(TEXTS))


GARBLED = ["", "{", "[]", '"words-4"', '{"fingerprint": "words-4"}', "\x00" * 40]
GARBLED += [
    json.dumps({"fingerprint": "words-4", "dimension": width}) for width in ("4", 0, -1, 4.0, True, None)
]
GARBLED += [json.dumps({"fingerprint": "words-4", "dimension": 4, "generation": g}) for g in (-1, "1", 7)]


@pytest.mark.parametrize("text", [None, *GARBLED])
def test_a_lost_store_json_is_told_and_found_again(
    tmp_path: Path, words: WordEncoder, text: str | None
) -> None:
    folder = tmp_path / "words-4"
    fill(folder, words)
    (folder / "rows-3.f32").write_bytes(b"x" * 16)  # what a killed rewrite left
    (folder / "rows-3.idx").touch()
    (folder / "store.json").unlink()
    if text is not None:
        (folder / "store.json").write_text(text, encoding="utf-8")
    before = contents(folder)
    for act in (
        lambda: VectorStore(folder, "words-4", WIDTH),
        lambda: VectorStore.existing(folder, "words-4"),
        lambda: fill(folder, words, ["new"]),
        lambda: compact(folder, "words-4", HASHES),
    ):
        with pytest.raises(WorkspaceError, match="run: rag-app vectors verify words-4 --repair"):
            act()
    assert contents(folder) == before
    assert repair(folder, "words-4").rows == 6
    words.encoded.clear()
    store, new = fill(folder, words)
    assert (new, words.encoded) == (0, [])
    np.testing.assert_array_equal(store.get(HASHES), words.encode_queries(TEXTS))
    assert sorted(p.name for p in folder.iterdir()) == ["rows.f32", "rows.idx", "store.json"]


def test_a_wrong_width_is_mended_before_rows_are_dropped(tmp_path: Path, words: WordEncoder) -> None:
    folder = tmp_path / "v"
    fill(folder, words)
    (folder / "store.json").write_text('{"fingerprint": "words-4", "dimension": 3}', encoding="utf-8")
    assert existing(folder).verify().damaged == 6
    repair(folder, "words-4")
    np.testing.assert_array_equal(existing(folder).get(HASHES), words.encode_queries(TEXTS))


def test_the_width_is_found_with_torn_ends_and_a_damaged_first_row(
    tmp_path: Path, words: WordEncoder
) -> None:
    folder = tmp_path / "v"
    fill(folder, words)
    (folder / "store.json").unlink()
    with (folder / "rows.f32").open("ab") as rows:
        rows.write(b"x" * 100)
    repair(folder, "words-4")
    assert len(existing(folder)) == 6
    (folder / "store.json").unlink()
    with (folder / "rows.f32").open("r+b") as rows:
        rows.truncate(6 * 4 * WIDTH)
        rows.write(b"x")
    assert repair(folder, "words-4").rows == 5


def test_nothing_to_read_back_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "v"
    folder.mkdir()
    (folder / "rows.f32").write_bytes(b"x" * 64)
    with pytest.raises(WorkspaceError, match="no row can be read back; delete the folder"):
        repair(folder, "words-4")
    assert contents(folder) == {"rows.f32": b"x" * 64}


def test_compact_keeps_what_is_wanted_and_readers_keep_reading(tmp_path: Path, words: WordEncoder) -> None:
    folder = tmp_path / "v"
    store, _ = fill(folder, words)
    exact = words.encode_queries(TEXTS)
    store.append([HASHES[0]], exact[:1])  # repeated
    done = compact(folder, "words-4", {*HASHES[:2], HASHES[4], "f" * 64})
    assert (done.rows, done.dropped, done.freed) == (3, 4, 4 * (LINE_BYTES + 4 * WIDTH))
    assert sorted(p.name for p in folder.iterdir()) == ["rows-1.f32", "rows-1.idx", "store.json"]
    assert json.loads((folder / "store.json").read_text(encoding="utf-8")) == {
        "fingerprint": "words-4", "dimension": 4, "generation": 1,
    }  # fmt: skip
    np.testing.assert_array_equal(store.get(HASHES), exact)  # opened before: all as it was
    after = existing(folder)
    np.testing.assert_array_equal(after.get([HASHES[4], HASHES[0]]), exact[[4, 0]])
    assert [h in after for h in HASHES] == [True, True, False, False, True, False]
    assert fill(folder, words)[1] == 3
    np.testing.assert_array_equal(existing(folder).get(HASHES), exact)
    assert compact(folder, "words-4", HASHES).dropped == 0
    assert (folder / "rows-1.f32").exists()  # nothing to drop writes nothing
    assert compact(folder, "words-4", []).rows == 0
    assert (len(existing(folder)), fill(folder, words)[1]) == (0, 6)


@pytest.mark.parametrize("act", [repair, lambda f, name: compact(f, name, HASHES[2:])])
@pytest.mark.parametrize("where", ["sync_folder", "write_about", "after write_about", "sweep"])
def test_a_rewrite_killed_anywhere_is_undone_or_done(
    tmp_path: Path,
    words: WordEncoder,
    monkeypatch: pytest.MonkeyPatch,
    act: Callable[[Path, str], object],
    where: str,
) -> None:
    folder = tmp_path / "v"
    fill(folder, words)
    with (folder / "rows.f32").open("r+b") as rows:
        rows.write(b"x")
    real = rag_app.vectors.upkeep.write_about
    writing = False

    def killed(*given: object) -> None:
        nonlocal writing
        if where == "after write_about":
            real(*given)  # type: ignore[arg-type]
        writing = True
        raise Stop

    def sweep(*given: object) -> None:
        if writing or where == "sweep":
            raise Stop  # a killed process sweeps nothing

    with monkeypatch.context() as patch:
        patch.setattr(rag_app.vectors.upkeep, "sweep", sweep)
        if where != "sweep":
            patch.setattr(rag_app.vectors.upkeep, where.removeprefix("after "), killed)
        with pytest.raises(Stop):
            act(folder, "words-4")
    store = existing(folder)
    np.testing.assert_array_equal(store.get(HASHES[2:]), words.encode_queries(TEXTS[2:]))
    store, _ = fill(folder, words)
    np.testing.assert_array_equal(store.get(HASHES), words.encode_queries(TEXTS))
    assert len(list(folder.iterdir())) == 3  # what the killed one left is gone


def test_a_full_disk_during_a_rewrite_changes_nothing(
    tmp_path: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "v"
    fill(folder, words)
    before = contents(folder)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("rag_app.vectors.upkeep.os.fsync", full)
        with pytest.raises(WorkspaceError, match="No space left on device"):
            compact(folder, "words-4", HASHES[:1])
    assert contents(folder) == before


def test_a_rewrite_between_two_looks_of_a_reader(
    tmp_path: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "v"
    fill(folder, words)
    module = rag_app.vectors.store
    real, seen = module._size, []

    def looks(path: Path) -> int:
        if not seen:
            seen.append(path)
            with monkeypatch.context() as patch:
                patch.setattr(module, "_size", real)
                compact(folder, "words-4", HASHES[:5])
        return int(real(path))

    monkeypatch.setattr(module, "_size", looks)
    assert len(existing(folder)) == 5
    assert seen == [folder / "rows.idx"]


def test_one_writer_at_a_time(tmp_path: Path, words: WordEncoder) -> None:
    folder = tmp_path / "v"
    fill(folder, words)
    with locked(folder.with_suffix(".lock"), "embed"):
        for act in (repair, drop, lambda f, name: compact(f, name, [])):
            with pytest.raises(WorkspaceError, match="is writing to"):
                act(folder, "words-4")
        assert existing(folder).verify().rows == 6  # readers need no lock
    assert drop(folder, "words-4").dropped == 6
    assert not folder.exists()
