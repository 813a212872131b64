"""The vector store: embed once, survive a kill at any byte."""

from pathlib import Path

import numpy as np
import pytest
from conftest import WordEncoder

from rag_app.core.errors import WorkspaceError
from rag_app.core.types import text_hash
from rag_app.vectors import LINE_BYTES, CorpusEncoder, Health, VectorStore, embed_missing

TEXTS = ["tidal turbines", "grocery stores", "deposit insurance"]


def damage(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x55
    path.write_bytes(data)


def fill(folder: Path, encoder: WordEncoder, texts: list[str]) -> tuple[VectorStore, int]:
    return embed_missing(folder, encoder.fingerprint, lambda: encoder, texts)


def test_embeds_each_text_once(tmp_path: Path, encoder: WordEncoder) -> None:
    _, new = fill(tmp_path / "v", encoder, [*TEXTS, TEXTS[0]])
    assert new == 3
    store, new = fill(tmp_path / "v", encoder, [*TEXTS, "one more"])
    assert (new, encoder.encoded[3:]) == (1, ["one more"])
    np.testing.assert_array_equal(
        store.get([text_hash(t) for t in reversed(TEXTS)]), encoder.encode_queries(TEXTS[::-1])
    )


def test_nothing_missing_loads_no_model(tmp_path: Path, encoder: WordEncoder) -> None:
    fill(tmp_path / "v", encoder, TEXTS)

    def never() -> WordEncoder:
        raise AssertionError("loaded a model for nothing")

    assert embed_missing(tmp_path / "v", encoder.fingerprint, never, TEXTS)[1] == 0


@pytest.mark.parametrize(
    ("name", "cut"),
    [("rows.f32", n) for n in (1, 7, 64 * 4 - 1, 64 * 4 + 1)] + [("rows.idx", n) for n in (1, 7, 74, 75)],
)
def test_a_torn_tail_costs_only_the_torn_rows(
    tmp_path: Path, encoder: WordEncoder, name: str, cut: int
) -> None:
    folder = tmp_path / "v"
    fill(folder, encoder, TEXTS)
    path = folder / name
    size = path.stat().st_size
    with path.open("r+b") as handle:
        handle.truncate(size - cut)
    row = 64 * 4 if name == "rows.f32" else LINE_BYTES
    lost = -(-cut // row)
    assert len(VectorStore.existing(folder, encoder.fingerprint) or []) == 3 - lost
    store, new = fill(folder, encoder, TEXTS)
    assert (new, store.verify().rows, store.verify().damaged) == (lost, 3, 0)
    order = sorted(TEXTS, key=len)
    np.testing.assert_array_equal(store.get([text_hash(t) for t in order]), encoder.encode_queries(order))


def test_a_flipped_byte_is_found_refused_and_embedded_again(tmp_path: Path, encoder: WordEncoder) -> None:
    store, _ = fill(tmp_path / "v", encoder, TEXTS)
    damage(tmp_path / "v" / "rows.f32", 300)
    assert store.verify() == Health(rows=3, damaged=1, bytes=3 * (256 + LINE_BYTES))
    longest_first = sorted(TEXTS, key=len, reverse=True)
    with pytest.raises(WorkspaceError, match=r"1 vectors are damaged, the first is row 1; run: .* --repair"):
        store.get([text_hash(t) for t in longest_first])
    assert len(store.get([text_hash(longest_first[0])])) == 1  # whole rows can be had all the same
    encoder.encoded.clear()
    store, new = fill(tmp_path / "v", encoder, TEXTS)
    assert (new, encoder.encoded, store.verify().damaged) == (1, longest_first[1:2], 0)


def test_another_models_store_is_refused(tmp_path: Path, encoder: WordEncoder) -> None:
    fill(tmp_path / "v", encoder, TEXTS)
    with pytest.raises(WorkspaceError, match="vectors of another model"):
        VectorStore(tmp_path / "v", "other", 64)


def test_missing_vectors_are_an_error(tmp_path: Path, encoder: WordEncoder) -> None:
    store, _ = fill(tmp_path / "v", encoder, TEXTS)
    with pytest.raises(WorkspaceError, match="1 vectors are missing; run index"):
        store.get([text_hash("never seen")])


def test_an_interrupted_embedding_keeps_whole_batches(
    tmp_path: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag_app.vectors.embed.BATCH", 1)

    class Dies(WordEncoder):
        def encode_passages(self, texts, on_progress=None):  # type: ignore[no-untyped-def]
            if len(self.encoded) == 2:
                raise KeyboardInterrupt
            return super().encode_passages(texts)

    with pytest.raises(KeyboardInterrupt):
        fill(tmp_path / "v", Dies(), TEXTS)
    store, new = fill(tmp_path / "v", encoder, TEXTS)
    assert (new, len(store)) == (1, 3)


def test_corpus_texts_are_stored_and_others_are_not(tmp_path: Path, encoder: WordEncoder) -> None:
    shared = CorpusEncoder(encoder, tmp_path / "v", TEXTS)
    mixed = [TEXTS[1], "a question's context", TEXTS[0], TEXTS[1]]
    np.testing.assert_array_equal(shared.encode_passages(mixed), encoder.encode_queries(mixed))
    store = VectorStore.existing(tmp_path / "v", encoder.fingerprint)
    assert store is not None and len(store) == 2
    encoder.encoded.clear()
    shared.encode_passages(TEXTS)
    assert encoder.encoded == [TEXTS[2]]


def test_an_unfinished_tail_does_not_disturb_readers(tmp_path: Path, encoder: WordEncoder) -> None:
    fill(tmp_path / "v", encoder, TEXTS)
    with (tmp_path / "v" / "rows.f32").open("ab") as rows:
        rows.write(b"x" * 13)  # what a killed or running writer leaves
    store = VectorStore.existing(tmp_path / "v", encoder.fingerprint)
    assert store is not None
    np.testing.assert_array_equal(store.get([text_hash(TEXTS[0])]), encoder.encode_queries(TEXTS[:1]))


def test_rows_are_found_by_position_and_read_only(tmp_path: Path, encoder: WordEncoder) -> None:
    store, _ = fill(tmp_path / "v", encoder, TEXTS)
    hashes = [text_hash(t) for t in TEXTS]
    places = store.positions(hashes)
    assert (places.dtype, sorted(places.tolist())) == (np.int64, [0, 1, 2])
    np.testing.assert_array_equal(store.rows()[places], store.get(hashes))
    assert not store.rows().flags.writeable
    with pytest.raises(WorkspaceError, match="1 vectors are missing"):
        store.positions([*hashes, "f" * 64])
    assert [h in store for h in (hashes[0], hashes[0].upper(), "", "é" * 64)] == [True, False, False, False]


def test_hashes_that_begin_alike_and_repeated_ones(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "v", "m", 1)
    alike = ["a" * 16 + digit * 48 for digit in "0123"]
    wanted = [*alike, alike[1]]
    store.append(wanted, np.arange(5, dtype=np.float32).reshape(5, 1))
    for opened in (store, VectorStore(tmp_path / "v", "m", 1)):
        np.testing.assert_array_equal(opened.get(alike)[:, 0], [0, 4, 2, 3])  # of equal ones the last
        assert "a" * 16 + "4" * 48 not in opened


def test_the_index_is_read_again_while_it_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag_app.vectors.store.FOLD", 3)
    monkeypatch.setattr("rag_app.vectors.lines.BLOCK", 2)
    monkeypatch.setattr("rag_app.vectors.mapped.BLOCK_BYTES", 8)
    store = VectorStore(tmp_path / "v", "m", 2)
    rows = np.arange(20, dtype=np.float32).reshape(10, 2)
    hashes = [text_hash(str(i)) for i in range(10)]
    for start in range(0, 10, 2):
        store.append(hashes[start : start + 2], rows[start : start + 2])
        np.testing.assert_array_equal(store.get(hashes[: start + 2][::-1]), rows[: start + 2][::-1])
    assert store.verify() == Health(rows=10, damaged=0, bytes=10 * (8 + LINE_BYTES))


def test_a_writer_does_not_drop_what_another_one_wrote(tmp_path: Path) -> None:
    first, second = (VectorStore(tmp_path / "v", "m", 1) for _ in range(2))
    first.append([text_hash("a")], np.ones((1, 1), dtype=np.float32))
    with pytest.raises(WorkspaceError, match="another process wrote to it"):
        second.append([text_hash("b")], np.ones((1, 1), dtype=np.float32))
    assert len(VectorStore(tmp_path / "v", "m", 1)) == 1


def test_vectors_of_another_width_are_refused(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "v", "m", 2)
    with pytest.raises(WorkspaceError, match=r"shape \(1, 3\), expected \(1, 2\)"):
        store.append([text_hash("a")], np.ones((1, 3), dtype=np.float32))
    assert len(store) == 0
