"""Builds: cut, turned, rescored; verified harder and harder; searched with filters."""

import json
import shutil
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import WordEncoder, make, make_chunk

from rag_app import chroma
from rag_app.chroma import Hnsw
from rag_app.core.axes import main_axes
from rag_app.core.errors import IndexStateError
from rag_app.core.metrics import truncate
from rag_app.core.types import Chunk, Filters
from rag_app.index import build as build_module
from rag_app.index import nearest as nearest_module
from rag_app.index.manifest import Recipe, list_builds
from rag_app.index.opened import Index
from rag_app.vectors import VectorStore

QUESTION = "what did the valley stores sell after the floods"


@pytest.fixture
def many() -> list[Chunk]:
    """Three hundred passages of six companies."""
    rng = np.random.default_rng(3)
    terms = [f"word{i}" for i in range(60)]
    return [
        make_chunk(i, " ".join(rng.choice(terms, 9)), ticker=f"ZZ{'ABCDEF'[i % 6]}", year=2020 + i // 100)
        for i in range(300)
    ]


def test_a_build_is_named_by_what_decides_it() -> None:
    plain = Recipe("f" * 32, 64, "c" * 16)
    assert plain.build_id == "cccccccccc-ffffffffff-64d"
    others = [
        Recipe("f" * 32, 64, "c" * 16, turned=True),
        Recipe("f" * 32, 64, "c" * 16, rescored=True),
        Recipe("f" * 32, 64, "c" * 16, turned=True, rescored=True),
        Recipe("f" * 32, 64, "c" * 16, server="http://a:1"),
        Recipe("f" * 32, 64, "c" * 16, server="http://b:1"),
    ]
    assert len({plain.build_id, *(r.build_id for r in others)}) == 6


def test_the_manifest_tells_its_recipe(tmp_path: Path, chunks: list[Chunk], encoder: WordEncoder) -> None:
    made = make(tmp_path, chunks, encoder, 16, turned=True)
    assert made.recipe == Recipe(encoder.fingerprint, 16, "c" * 16, turned=True)
    assert made.hnsw == asdict(Hnsw(ef_search=800))
    assert 0.1 < made.mb < 5


def test_dimensions_share_the_corpus(tmp_path: Path, chunks: list[Chunk], encoder: WordEncoder) -> None:
    made = [make(tmp_path, chunks, encoder, dim) for dim in (64, 16)]
    assert sorted(p.name for p in (tmp_path / made[1].build_id).iterdir()) == [
        "chroma",
        "manifest.json",
        "rows.npy",
    ]
    assert [p.name for p in (tmp_path / "corpora").iterdir()] == ["c" * 16]


def test_turned_axes_are_those_of_the_corpus(tmp_path: Path, many: list[Chunk], encoder: WordEncoder) -> None:
    full = encoder.encode_passages([c.embed_text for c in many])
    axes = main_axes(full, 16)
    assert axes.T @ axes == pytest.approx(np.eye(16), abs=1e-5)
    _, _, right = np.linalg.svd(full, full_matrices=False)
    assert np.abs(np.sum(axes * right[:16].T, axis=0)) == pytest.approx(np.ones(16), abs=1e-3)
    opened = Index(tmp_path / make(tmp_path, many, encoder, 16, turned=True).build_id)
    query = encoder.encode_queries(["word3 word7"])[0]
    exact = truncate(full @ axes, 16) @ truncate((query @ axes)[None], 16)[0]
    found = opened.search(query, 5)
    assert [s for _, s in found] == pytest.approx(np.sort(exact)[::-1][:5], abs=1e-5)


def test_a_rescored_build_ranks_by_the_full_width(
    tmp_path: Path, many: list[Chunk], encoder: WordEncoder
) -> None:
    full = encoder.encode_passages([c.embed_text for c in many])
    store = VectorStore(tmp_path / "vectors" / encoder.fingerprint, encoder.fingerprint, 64)
    store.append([c.content_hash for c in many], full)
    made = make(tmp_path / "ix", many, encoder, 32, rescored=True)
    opened = Index(tmp_path / "ix" / made.build_id, tmp_path / "vectors")
    query = encoder.encode_queries(["word3 word7 word12"])[0]
    exact = full @ query
    found = opened.search(query, 5)
    assert [s for _, s in found] == pytest.approx([exact[i] for i, _ in found], abs=1e-6)
    assert [s for _, s in found] == pytest.approx(np.sort(exact)[::-1][:5], abs=1e-6)
    with pytest.raises(
        IndexStateError, match="full-width vectors, which are gone; run rag-app index --model base"
    ):
        Index(tmp_path / "ix" / made.build_id)


@pytest.mark.parametrize("limits", [(50_000, 1000), (50_000, 0), (0, 1000)], ids=["runs", "picked", "hnsw"])
def test_filtered_search_is_exact(
    tmp_path: Path,
    many: list[Chunk],
    encoder: WordEncoder,
    monkeypatch: pytest.MonkeyPatch,
    limits: tuple[int, int],
) -> None:
    monkeypatch.setattr(nearest_module, "EXACT", limits[0])
    monkeypatch.setattr(nearest_module, "RUNS", limits[1])
    opened = Index(tmp_path / make(tmp_path, many, encoder).build_id)
    query = encoder.encode_queries(["word1 word2 word9"])[0]
    exact = encoder.encode_passages([c.embed_text for c in many]) @ query
    kept = [i for i, c in enumerate(many) if c.meta.ticker == "ZZC"]
    found = opened.search(query, 10, Filters(tickers=("ZZC",)))
    assert {i for i, _ in found} <= set(kept)
    assert [s for _, s in found] == pytest.approx(sorted(exact[kept], reverse=True)[:10], abs=1e-5)


def test_recall_too_low_searches_then_builds_harder(
    tmp_path: Path, chunks: list[Chunk], encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([0.5, 0.9, 0.98, 1.0])
    monkeypatch.setattr(build_module, "_recall", lambda *_: next(answers))
    written: list[Hnsw] = []
    write = build_module.chroma.write

    def counted(place: Any, name: str, rows: Any, hnsw: Hnsw, *more: Any) -> None:
        written.append(hnsw)
        write(place, name, rows, hnsw, *more)

    monkeypatch.setattr(build_module.chroma, "write", counted)
    made = make(tmp_path, chunks, encoder)
    rungs = [Hnsw(ef_search=800)]
    while (harder := rungs[-1].harder()) is not None:
        rungs.append(harder)
    assert (made.hnsw, made.recall_at_10) == (asdict(rungs[3]), 1.0)
    assert written == [rungs[0], rungs[3]]  # those between only search more broadly
    assert rungs == sorted(rungs, key=astuple)


def test_a_manifest_of_another_version_is_no_build(
    tmp_path: Path, chunks: list[Chunk], encoder: WordEncoder
) -> None:
    made = make(tmp_path, chunks, encoder)
    path = tmp_path / made.build_id / "manifest.json"
    path.write_text(json.dumps({"build_id": made.build_id, "model": "base"}))
    assert list_builds(tmp_path) == []
    with pytest.raises(IndexStateError, match=r"of another version; run rag-app index \(nothing is embedded"):
        Index(tmp_path / made.build_id)


def test_a_build_is_searched_after_its_folder_is_gone(
    tmp_path: Path, many: list[Chunk], encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Index(tmp_path / make(tmp_path, many, encoder).build_id)
    query = encoder.encode_queries(["word5 word9 word12 word31"])[0]

    def asked() -> list[list[float]]:
        kinds = (None, Filters(tickers=("ZZA",)))
        return [[score for _, score in opened.search(query, 3, filters)] for filters in kinds]

    before = asked()
    shutil.rmtree(tmp_path / opened.manifest.build_id, ignore_errors=True)  # as builds are dropped
    assert [pytest.approx(scores, abs=1e-6) for scores in before] == asked()
    assert opened.chunks[opened.search(query, 1)[0][0]].text

    def lost(*_: object) -> None:
        raise IndexStateError("unable to open database file")

    monkeypatch.setattr(chroma.Collection, "query", lost)  # what Chroma may say then
    assert [pytest.approx(scores, abs=1e-6) for scores in before] == asked()
