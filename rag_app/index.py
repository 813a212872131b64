"""The only user of Chroma: build, verify, open and drop derived indexes.

A build is a folder of its own: Chroma, BM25, the chunks as they were, and `manifest.json`, written
last. It can always be made again from the filings and the vector store. Knows no model, only
vectors and their fingerprint.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings as ChromaSettings
from llama_index.core import VectorStoreIndex
from llama_index.core.vector_stores.utils import node_to_metadata_dict
from llama_index.vector_stores.chroma import ChromaVectorStore

from rag_app.core.errors import IndexStateError, WorkspaceError
from rag_app.core.files import read_json, write_json_atomic
from rag_app.core.metrics import truncate
from rag_app.core.types import Chunk, Encoder, Filters, FloatArray, Progress, ProgressFn, no_progress
from rag_app.lexical import Lexicon
from rag_app.llama import EncoderEmbedding, node_of
from rag_app.store import read_chunks, write_chunks

COLLECTION = "chunks"
BATCH = 256  # Chroma holds the GIL while it adds: small batches keep a serving process responsive
RECALL_FLOOR = 0.99


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a build was made of. `model` is a name `resolve_model` understands."""

    build_id: str
    model: str
    fingerprint: str
    dimension: int
    full_dimension: int
    corpus_hash: str
    chunks: int
    filings: int
    recall_at_10: float
    created: str


class Index:
    """One opened build. Close it when another takes its place."""

    def __init__(self, folder: Path) -> None:
        self.manifest = read_manifest(folder)
        self.chunks = read_chunks(folder / "chunks.jsonl")
        self._position = {chunk.chunk_id: i for i, chunk in enumerate(self.chunks)}
        try:
            self.lexicon = Lexicon.load(folder / "bm25")
            self._client = _client(folder / "chroma")
            self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
            count = self._collection.count()
        except Exception as error:  # Chroma raises its own, Rust's and sqlite's errors alike
            raise IndexStateError(
                f"index {self.manifest.build_id} cannot be opened ({error}); run index again"
            ) from error
        if count != len(self.chunks):
            raise IndexStateError(
                f"index {self.manifest.build_id} holds {count} of {len(self.chunks)} chunks; run index again"
            )

    def search(self, query: FloatArray, k: int, filters: Filters | None = None) -> list[tuple[int, float]]:
        """(position in `chunks`, cosine), best first; `query` is float32[full width]."""
        if not self.chunks:
            return []
        vector = truncate(query.reshape(1, -1), self.manifest.dimension)
        found = self._collection.query(
            query_embeddings=vector,
            n_results=min(k, len(self.chunks)),
            where=where(filters) if filters else None,
            include=["distances"],
        )
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [(self._position[i], 1.0 - float(d)) for i, d in pairs]

    def as_llama_index(self, encoder: Encoder) -> VectorStoreIndex:
        """This build as a llama-index `VectorStoreIndex`, for query and chat engines of one's own."""
        return VectorStoreIndex.from_vector_store(
            ChromaVectorStore(chroma_collection=self._collection),
            embed_model=EncoderEmbedding(encoder, self.manifest.dimension),
        )

    def close(self) -> None:
        """Let go of Chroma's files."""
        self._client.close()


def where(filters: Filters) -> dict[str, Any] | None:
    """Chroma's form of our filters; None when nothing is filtered."""
    wanted: dict[str, Sequence[Any]] = {
        "ticker": filters.tickers,
        "form": filters.forms,
        "fiscal_year": filters.fiscal_years,
        "filing_id": filters.filing_ids,
    }
    parts = [{key: {"$in": list(values)}} for key, values in wanted.items() if values]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"$and": parts}


def build_id(corpus: str, fingerprint: str, dimension: int) -> str:
    """The name of the build these make: equal inputs share one build."""
    return f"{corpus[:10]}-{fingerprint[:10]}-{dimension}d"


def build(
    indexes: Path,
    chunks: Sequence[Chunk],
    vectors: FloatArray,
    *,
    model: str,
    fingerprint: str,
    dimension: int,
    corpus_hash: str,
    on_progress: ProgressFn = no_progress,
) -> Manifest:
    """Build beside what is served, verify, then move into place. `vectors` is float32[n, full].

    Raises WorkspaceError when the finished build does not find what exact search finds.
    """
    indexes.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=indexes, prefix=".building-"))
    try:
        rows = truncate(vectors, dimension)
        recall = _write_chroma(temporary / "chroma", chunks, rows, on_progress)
        if recall < RECALL_FLOOR:
            raise WorkspaceError(
                f"the new index finds {recall:.1%} of exact search's top ten; the old one stays"
            )
        Lexicon.build([c.full_text for c in chunks]).save(temporary / "bm25")
        write_chunks(temporary / "chunks.jsonl", chunks)
        manifest = Manifest(
            build_id(corpus_hash, fingerprint, dimension),
            model,
            fingerprint,
            dimension,
            int(vectors.shape[1]),
            corpus_hash,
            len(chunks),
            len({c.filing_id for c in chunks}),
            recall,
            datetime.now(UTC).isoformat(timespec="seconds"),
        )
        write_json_atomic(temporary / "manifest.json", asdict(manifest))
        final = indexes / manifest.build_id
        shutil.rmtree(final, ignore_errors=True)  # only ever a damaged build: whole ones are reused
        temporary.replace(final)
        return manifest
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write_chroma(folder: Path, chunks: Sequence[Chunk], rows: FloatArray, on_progress: ProgressFn) -> float:
    """Fill a new collection; recall@10 of fifty stored vectors against exact search."""
    client = _client(folder)
    try:
        collection = client.create_collection(
            COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        for start in range(0, len(chunks), BATCH):
            part = chunks[start : start + BATCH]
            nodes = [node_of(c) for c in part]
            collection.upsert(
                ids=[c.chunk_id for c in part],
                embeddings=rows[start : start + BATCH],
                documents=[c.text for c in part],
                metadatas=[node_to_metadata_dict(n, remove_text=True, flat_metadata=True) for n in nodes],
            )
            on_progress(Progress("index", start + len(part), len(chunks)))
        return _recall(collection, [c.chunk_id for c in chunks], rows)
    finally:
        client.close()


def _recall(collection: Any, ids: list[str], rows: FloatArray) -> float:
    """Share of exact search's top ten, by score, that Chroma returns for fifty spread-out rows."""
    step = max(1, len(ids) // 50)
    sample = rows[::step][:50]
    exact = sample @ rows.T
    k = min(10, len(ids))
    found = collection.query(query_embeddings=sample, n_results=k, include=["distances"])
    if collection.count() != len(ids):
        return 0.0
    floor = np.sort(exact, axis=1)[:, -k]  # the k-th best exact score: duplicates may trade places
    good = sum(
        1.0 - distance >= floor[i] - 1e-4
        for i, distances in enumerate(found["distances"])
        for distance in distances
    )
    return float(good) / float(k * len(sample))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a finished build. Raises IndexStateError when there is none."""
    path = folder / "manifest.json"
    if not path.exists():
        raise IndexStateError(f"no finished index at {folder.name}; run rag-app index")
    try:
        return Manifest(**read_json(path))
    except TypeError as error:
        raise IndexStateError(f"{path}: damaged ({error}); run rag-app index") from error


def list_builds(indexes: Path) -> list[Manifest]:
    """Every finished build, oldest first."""
    found = [read_manifest(p.parent) for p in indexes.glob("[!.]*/manifest.json")]
    return sorted(found, key=lambda m: (m.created, m.build_id))


def drop(indexes: Path, keep: set[str]) -> list[str]:
    """Delete builds not in `keep`, and what killed builds left; the ids deleted."""
    gone = []
    for folder in indexes.glob("*"):
        if folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)
            gone.append(folder.name)
    return gone


def _client(folder: Path) -> Any:
    settings = ChromaSettings(
        _env_file=None,  # else Chroma reads .env of whatever folder the command runs in
        anonymized_telemetry=False,
        is_persistent=True,
        persist_directory=str(folder),
    )
    return chromadb.PersistentClient(path=str(folder), settings=settings)
