"""A real Chroma: build, verify, open, filter, refuse."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import WordEncoder, make, make_chunk
from llama_index.core.vector_stores.types import FilterOperator, MetadataFilter, MetadataFilters

from rag_app.arms import Arm
from rag_app.core.errors import IndexStateError, UsageError, WorkspaceError
from rag_app.core.fusion import fuse
from rag_app.core.metrics import truncate
from rag_app.core.types import Chunk, Filters
from rag_app.index import build as build_module
from rag_app.index.manifest import list_builds, sweep, unlist
from rag_app.index.opened import Index
from rag_app.retrieve import Mode, retrieve


@pytest.fixture
def opened(tmp_path: Path, chunks: list[Chunk], encoder: WordEncoder) -> Index:
    manifest = make(tmp_path, chunks, encoder)
    return Index(tmp_path / manifest.build_id)


def test_search_is_exact_cosine(opened: Index, chunks: list[Chunk], encoder: WordEncoder) -> None:
    query = encoder.encode_queries(["harbour authorities tidal arrays"])[0]
    found = opened.search(query, 6)
    exact = encoder.encode_passages([c.embed_text for c in chunks]) @ query
    assert [i for i, _ in found][:1] == [0]
    assert {i: pytest.approx(s, abs=1e-5) for i, s in found} == dict(enumerate(exact.tolist()))


def test_a_dimension_is_a_renormalised_slice(
    tmp_path: Path, chunks: list[Chunk], encoder: WordEncoder
) -> None:
    small = Index(tmp_path / make(tmp_path, chunks, encoder, dim=16).build_id)
    query = encoder.encode_queries(["floods in the valley"])
    exact = truncate(encoder.encode_passages([c.embed_text for c in chunks]), 16) @ truncate(query, 16)[0]
    assert {i: pytest.approx(s, abs=1e-5) for i, s in small.search(query[0], 6)} == dict(
        enumerate(exact.tolist())
    )
    assert small.manifest.dimension == 16


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(tickers=("ZZB",)), {3, 4, 5}),
        (Filters(fiscal_years=(2023,)), {4}),
        (Filters(forms=("10-Q",)), {5}),
        (Filters(tickers=("ZZB",), fiscal_years=(2024,)), {3, 5}),
        (Filters(filing_ids=("zza-2024",)), {0, 1, 2}),
        (Filters(tickers=("NONE",)), set()),
    ],
)
@pytest.mark.parametrize("mode", ["dense", "fused", "bm25"])
def test_filters_in_every_mode(
    opened: Index, encoder: WordEncoder, filters: Filters, expected: set[int], mode: str
) -> None:
    question = "corp 10-K FY2024 sales stores deposits tidal margins dispute net fell"
    hits = retrieve(opened, encoder, question, k=6, mode=mode, filters=filters)  # type: ignore[arg-type]
    assert {opened.chunks.index(h.chunk) for h in hits} == expected


def test_hits_are_ranked_and_carry_both_scores(opened: Index, encoder: WordEncoder) -> None:
    hits = retrieve(opened, encoder, "milk prices and wages", k=3)
    assert [h.rank for h in hits] == [1, 2, 3]
    assert hits[0].chunk.text.startswith("Grocery margins")
    assert hits[0].score == pytest.approx(1.0)
    assert hits[0].dense is not None and hits[0].bm25 is not None
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


def test_fuse_by_hand() -> None:
    scores = fuse({1: 0.9, 2: 0.5, 3: 0.1}, {2: 4.0, 4: 2.0}, weight=0.5)
    assert scores == {
        1: pytest.approx(0.5),
        2: pytest.approx(0.25 + 0.5),
        3: 0.0,
        4: pytest.approx(0.25),
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": "  "}, "the question is empty"),
        ({"question": "a " * 1500}, "the question has 3,000 characters: expected at most 2,000"),
        ({"mode": "magic"}, "mode 'magic': expected dense, bm25, fused"),
        ({"k": 0}, "k is 0: expected 1 or more"),
    ],
)
def test_bad_requests(opened: Index, encoder: WordEncoder, change: dict[str, object], message: str) -> None:
    asked = {"question": "sales", "k": 3, "mode": "fused"} | change
    with pytest.raises(UsageError, match=message):
        retrieve(opened, encoder, **asked)  # type: ignore[arg-type]


def test_a_build_that_cannot_find_is_not_kept(
    tmp_path: Path, chunks: list[Chunk], encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = make(tmp_path, chunks, encoder)
    monkeypatch.setattr(build_module, "_recall", lambda *_: 0.5)
    with pytest.raises(
        WorkspaceError, match=r"finds 50\.0% of exact search's top ten, 99% is wanted; the old one"
    ):
        make(tmp_path, chunks, encoder, dim=8)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([kept.build_id, "corpora", "workspace.id"])


def test_a_folder_without_manifest_is_no_index(tmp_path: Path) -> None:
    (tmp_path / "half" / "chroma").mkdir(parents=True)
    assert list_builds(tmp_path) == []
    with pytest.raises(IndexStateError, match="no finished index at half; run rag-app index"):
        Index(tmp_path / "half")


def test_a_damaged_database_is_an_error_not_an_empty_index(
    tmp_path: Path, chunks: list[Chunk], encoder: WordEncoder
) -> None:
    manifest = make(tmp_path, chunks, encoder)
    (tmp_path / manifest.build_id / "chroma" / "chroma.sqlite3").write_bytes(b"not a database")
    with pytest.raises(IndexStateError, match="cannot be used"):
        Index(tmp_path / manifest.build_id)


def test_drop_keeps_what_is_named(tmp_path: Path, chunks: list[Chunk], encoder: WordEncoder) -> None:
    old, new = make(tmp_path, chunks, encoder, 8), make(tmp_path, chunks, encoder, 16)
    (tmp_path / ".building-dead").mkdir()
    unlist(tmp_path, {new.build_id})
    assert [m.build_id for m in list_builds(tmp_path)] == [new.build_id]
    assert sorted(sweep(tmp_path)) == sorted([old.build_id, ".building-dead"])
    assert [m.build_id for m in list_builds(tmp_path)] == [new.build_id]


def test_many_chunks_pass_chromas_batch_limit(tmp_path: Path, encoder: WordEncoder) -> None:
    many = [make_chunk(i, f"passage number {i} about item {i % 97}") for i in range(700)]
    manifest = make(tmp_path, many, encoder)
    opened = Index(tmp_path / manifest.build_id)
    assert (len(opened.chunks), manifest.recall_at_10) == (700, pytest.approx(1.0, abs=0.01))


def test_llama_index_can_query_an_arm(arm: Arm) -> None:
    nodes = arm.as_llama_index().as_retriever(similarity_top_k=1).retrieve("floods in the valley")
    assert nodes[0].node.get_content() == "Stores in the valley were closed after floods."
    assert nodes[0].node.metadata["ticker"] == "ZZB"


def test_equal_texts_share_a_score(tmp_path: Path, encoder: WordEncoder) -> None:
    twins = [make_chunk(i, "the very same words") for i in range(3)]
    twins = [replace(c, chunk_id=f"t/{i}") for i, c in enumerate(twins)]
    opened = Index(tmp_path / make(tmp_path, twins, encoder).build_id)
    hits = retrieve(opened, encoder, "same words", k=3)
    assert [h.chunk.chunk_id for h in hits] == ["t/0", "t/1", "t/2"]
    assert len({round(h.score, 5) for h in hits}) == 1
    assert np.isfinite(hits[0].score)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (MetadataFilter(key="ticker", value="zzb"), {"ZZB"}),
        (MetadataFilter(key="ticker", value=["ZZA", "ZZB"], operator=FilterOperator.IN), {"ZZA", "ZZB"}),
        (MetadataFilter(key="fiscal_year", value=2023), {"ZZB"}),
    ],
)
def test_llama_index_filters(arm: Arm, given: MetadataFilter, found: set[str]) -> None:
    retriever = arm.as_llama_index().as_retriever(
        similarity_top_k=6, filters=MetadataFilters(filters=[given])
    )
    assert {n.node.metadata["ticker"] for n in retriever.retrieve("floods in the valley")} == found


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (MetadataFilter(key="fiscal_year", value="2023"), "fiscal_year = '2023': expected int"),
        (MetadataFilter(key="ticker", value=[], operator=FilterOperator.IN), "expected str, at least one"),
        (
            MetadataFilter(key="company", value="x"),
            "expected EQ or IN on ticker, form, fiscal_year, filing_id, fiscal_period",
        ),
        (MetadataFilter(key="ticker", value="x", operator=FilterOperator.NE), "expected EQ or IN"),
    ],
)
def test_llama_index_filters_that_cannot_be(arm: Arm, given: MetadataFilter, message: str) -> None:
    retriever = arm.as_llama_index().as_retriever(filters=MetadataFilters(filters=[given]))
    with pytest.raises(UsageError, match=message):
        retriever.retrieve("floods in the valley")


@pytest.mark.parametrize("mode", ["dense", "fused", "bm25"])
def test_tables_are_also_searched_by_what_filings_print(
    tmp_path: Path, encoder: WordEncoder, mode: Mode
) -> None:
    said = "Property, plant and equipment, net"
    chunks = [
        make_chunk(0, f"{said} | 87", kind="table"),
        make_chunk(1, f"{said} of 87 was tested"),
        make_chunk(2, "A note on floods at the north yard"),
    ]
    index = Index(tmp_path / make(tmp_path, chunks, encoder).build_id)
    hits = {h.chunk.position: h for h in retrieve(index, encoder, "PPNE?", k=3, mode=mode)}
    plain = dict(index.search(encoder.encode_queries(["PPNE?"])[0], 3))
    assert next(iter(hits)) == 0
    if mode != "bm25":
        assert hits[0].dense is not None and hits[0].dense > plain[0] + 0.1
        assert {i: hits[i].dense for i in (1, 2)} == {i: plain[i] for i in (1, 2)}
