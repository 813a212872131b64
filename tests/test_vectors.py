"""The vector store: embed once, survive a kill at any byte."""

from pathlib import Path

import numpy as np
import pytest
from conftest import WordEncoder

from rag_app.core.errors import WorkspaceError
from rag_app.core.types import text_hash
from rag_app.vectors import LINE_BYTES, CorpusEncoder, VectorStore, embed_missing

TEXTS = ["tidal turbines", "grocery stores", "deposit insurance"]


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
    assert (new, store.verify()) == (lost, 3)
    order = sorted(TEXTS, key=len)
    np.testing.assert_array_equal(store.get([text_hash(t) for t in order]), encoder.encode_queries(order))


def test_a_flipped_byte_is_found(tmp_path: Path, encoder: WordEncoder) -> None:
    store, _ = fill(tmp_path / "v", encoder, TEXTS)
    with (tmp_path / "v" / "rows.f32").open("r+b") as handle:
        handle.seek(300)
        handle.write(b"\x55")
    with pytest.raises(WorkspaceError, match="row 1 is damaged"):
        store.verify()


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
    monkeypatch.setattr("rag_app.vectors.BATCH", 1)

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
