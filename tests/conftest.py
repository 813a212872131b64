"""Shared fixtures: a fake encoder that is a pure function of its text, made-up chunks, the real data."""

from __future__ import annotations

import hashlib
import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: as the command line sets it
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from chroma_server import running

from rag_app import arms as arms_module
from rag_app import indexing, pipeline
from rag_app.arms import Arm
from rag_app.chroma import Server
from rag_app.core.config import Workspace
from rag_app.core.types import Chunk, FilingMeta, FloatArray, Progress, ProgressFn, no_progress
from rag_app.facts.store import FactStore
from rag_app.index.build import Source, build
from rag_app.index.corpus import write_corpus
from rag_app.index.manifest import Manifest, Recipe
from rag_app.index.opened import Index
from rag_app.question.catalog import Filed
from rag_app.store import list_filings

Asking = tuple[FactStore, list[Filed]]
"""What real filings tag, and those filings: what a look-up needs."""

PAGE = """<html><body>
<p><b>{company}</b></p><p>FORM 10-K</p><p>For the fiscal year ended December 31, 2023</p>
<p><b>Item 1. Business</b></p><p>{business}</p>
<p><b>Item 7. Management's Discussion</b></p><p>{discussion}</p>
</body></html>"""


@dataclass
class WordEncoder:
    """Bag of words hashed to `dimension` coordinates: equal texts are equal, shared words are near."""

    dimension: int = 64
    name: str = "words"
    fingerprint: str = "words-64"
    encoded: list[str] = field(default_factory=list)

    def _encode(self, texts: Sequence[str]) -> FloatArray:
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"[a-z0-9]+", text.lower()):
                slot = int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.dimension
                out[row, slot] += 1.0
        norms = np.linalg.norm(out, axis=1, keepdims=True)
        return np.asarray(out / np.maximum(norms, 1e-12), dtype=np.float32)

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str], on_progress: ProgressFn = no_progress) -> FloatArray:
        self.encoded.extend(texts)
        on_progress(Progress("embed", len(texts), len(texts)))
        return self._encode(texts)


def make_chunk(
    position: int, text: str, ticker: str = "ZZA", year: int = 2024, form: str = "10-K", **more: object
) -> Chunk:
    """A chunk of filing `<ticker>-<year>`."""
    meta = FilingMeta(
        company=f"{ticker.title()} Corp", ticker=ticker, form=form, fiscal_year=year, fiscal_period="FY"
    )
    filing = f"{ticker.lower()}-{year}"
    values: dict[str, object] = {"head": f"{meta.company} {form} FY{year}", "item": "Item 7", "kind": "prose"}
    values |= more
    return Chunk(
        chunk_id=f"{filing}/0/{position}",
        filing_id=filing,
        source=f"{filing}.htm",
        meta=meta,
        position=position,
        text=text,
        **values,  # type: ignore[arg-type]
    )


def make(folder: Path, chunks: list[Chunk], encoder: WordEncoder, dim: int = 64, **how: Any) -> Manifest:
    """A build of `chunks`; `how` are fields of `Recipe`."""
    vectors = dict(
        zip(
            (c.content_hash for c in chunks),
            encoder.encode_passages([c.embed_text for c in chunks]),
            strict=True,
        )
    )
    source = Source("base", encoder.dimension, lambda hashes: np.array([vectors[h] for h in hashes]))
    corpus = write_corpus(folder, "c" * 16, chunks)
    return build(folder, corpus, Recipe(encoder.fingerprint, dim, "c" * 16, **how), source)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "ws").create()


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def chunks() -> list[Chunk]:
    """Six passages of two companies and two years with distinct words."""
    return [
        make_chunk(0, "Turbine sales rose because harbour authorities ordered tidal arrays."),
        make_chunk(1, "The dispute over blade patents was settled in March for nine million dollars."),
        make_chunk(
            2,
            "(in millions)\n| 2024 | 2023\nNet sales | $1,234 | $1,100\nCost of sales | 800 | 750",
            kind="table",
            unit="in millions",
        ),
        make_chunk(0, "Grocery margins fell as wages and milk prices climbed.", ticker="ZZB"),
        make_chunk(1, "Stores in the valley were closed after floods.", ticker="ZZB", year=2023),
        make_chunk(2, "Deposits insured by the fund cover loyalty cards.", ticker="ZZB", form="10-Q"),
    ]


@pytest.fixture
def arm(tmp_path: Path, chunks: list[Chunk], encoder: WordEncoder) -> Arm:
    """The six passages served by the fake encoder."""
    manifest = make(tmp_path, chunks, encoder)
    return Arm("base", Index(tmp_path / manifest.build_id), encoder, 0.5, 0.05)


def page(folder: Path, name: str, business: str, discussion: str = "Sales were flat in the year.") -> Path:
    path = folder / name
    text = PAGE.format(company=name.split(".")[0].title(), business=business * 3, discussion=discussion * 3)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    page(folder, "alpha.htm", "Alpha builds tidal turbines for harbours. ")
    page(folder, "beta.htm", "Beta sells groceries in three valleys. ")
    return folder


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch, encoder: WordEncoder) -> WordEncoder:
    """Every model is the word encoder, so that no test here loads torch."""
    for module in (indexing, arms_module):
        monkeypatch.setattr(module, "reference_fingerprint", lambda ref: encoder.fingerprint)
        monkeypatch.setattr(module, "load_encoder", lambda ref: encoder)
    return encoder


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Chroma server, one for all tests that ask for it."""
    with running(tmp_path_factory.mktemp("chroma-server") / "data") as found:
        yield found


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real filings and pairs, beside the checkout or in RAG_APP_SHARED."""
    folder = Path(os.environ.get("RAG_APP_SHARED") or Path(__file__).parents[1].parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("the real filings and pairs are not beside this checkout (set RAG_APP_SHARED)")
    return folder


TAGGED = ("aapl-10k-fy2024", "aapl-10q-fy2023q3", "amzn-10q-2023q2", "intc-10k-fy2023", "nvda-10k-fy2024",
          "nvda-10k-fy2025", "wmt-10k-fy2024")  # fmt: skip


@pytest.fixture(scope="session")
def asking(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    """The facts of real filings with inline XBRL, taken in once for all tests that ask of them."""
    workspace = Workspace(tmp_path_factory.mktemp("tagged") / "ws")
    pipeline.ingest(workspace, [shared / "filings" / "html" / f"{name}.htm" for name in TAGGED])
    with FactStore.open(workspace) as store:
        yield store, [(f.filing_id, f.meta) for f in list_filings(workspace)]
