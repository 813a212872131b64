"""The arms a user compares ("base", "tuned", or any model): an opened index with its own model.

Looks at the active pointer on every use, so a running application serves a new build as soon as
it is activated. Keeps each model loaded once. Knows no user interface.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

from llama_index.core import VectorStoreIndex
from llama_index.core.retrievers import BaseRetriever

from rag_app.abstain import threshold
from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import IndexStateError, ModelError, UsageError
from rag_app.core.registry import ModelRef, load_active, resolve_model
from rag_app.core.types import Chunk, Encoder, Filters, FloatArray, Hit
from rag_app.embedder import load_encoder, reference_fingerprint
from rag_app.index.manifest import Manifest, list_builds, read_manifest
from rag_app.index.opened import Index
from rag_app.llama import EncoderEmbedding, HitRetriever, SearchedStore
from rag_app.retrieve import Mode, dense_weight, retrieve
from rag_app.store import corpus_hash, list_filings


@dataclass(frozen=True)
class Arm:
    """One model over one build. `abstain_below` is this model's own threshold, a cosine.

    `span` scales what a question adds to it: more for words that the passages lack, less without a company.
    """

    name: str
    index: Index
    encoder: Encoder
    weight: float
    abstain_below: float
    note: str = ""
    span: float = 0.0

    def retrieve(
        self, question: str, *, k: int = 10, mode: Mode = "fused", filters: Filters | None = None
    ) -> list[Hit]:
        """The k best hits of this arm."""
        return retrieve(
            self.index, self.encoder, question, k=k, mode=mode, filters=filters, weight=self.weight
        )

    def as_retriever(
        self, *, k: int = 10, mode: Mode = "fused", filters: Filters | None = None
    ) -> BaseRetriever:
        """This arm as a llama-index retriever, for query and chat engines of one's own."""
        return HitRetriever(lambda question: self.retrieve(question, k=k, mode=mode, filters=filters))

    def as_llama_index(self) -> VectorStoreIndex:
        """This arm as a llama-index `VectorStoreIndex`, for query and chat engines of one's own."""

        def search(query: FloatArray, k: int, filters: Filters | None) -> list[tuple[Chunk, float]]:
            return [(self.index.chunks[i], score) for i, score in self.index.search(query, k, filters)]

        return VectorStoreIndex.from_vector_store(
            SearchedStore(search), embed_model=EncoderEmbedding(self.encoder)
        )


@dataclass
class Arms:
    """Opens arms on demand and reopens one whose build has moved. Safe for many threads."""

    workspace: Workspace
    settings: Settings
    _open: dict[tuple[str, int | None], Arm] = field(default_factory=dict)
    _encoders: dict[str, Encoder] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def get(self, model: str = "default", dim: int | None = None) -> Arm:
        """The arm of `model`; "default" is tuned where it is indexed, else base.

        Raises IndexStateError naming the command that builds what is missing.
        """
        if model == "default":
            model = "tuned" if "tuned" in load_active(self.workspace).builds else "base"
        manifest = self._manifest(model, dim)
        try:
            return self._opened(model, dim, manifest)
        except IndexStateError as error:
            moved = self._manifest(model, dim)  # another process may have replaced and dropped it meanwhile
            if moved != manifest:
                return self._opened(model, dim, moved)
            before = self._open.get((model, dim))
            if before is None:
                raise
            return replace(before, note=f"still the index before: {error}")

    def _opened(self, model: str, dim: int | None, manifest: Manifest) -> Arm:
        with self._lock:
            arm = self._open.get((model, dim))
            # equal inputs share a build id, but a rebuilt folder is a new one: compare all of it
            if arm is None or arm.index.manifest != manifest:
                arm = self._make(model, manifest)
                # a question may still be asking the old one: it is closed when nobody has it any more
                self._open[(model, dim)] = arm
        return replace(arm, note=self._note(model, manifest))

    def encoder(self, ref: ModelRef) -> Encoder:
        """The loaded model of `ref`, loaded once a fingerprint."""
        fingerprint = reference_fingerprint(ref)
        with self._lock:
            if fingerprint not in self._encoders:
                self._encoders[fingerprint] = load_encoder(ref)
            return self._encoders[fingerprint]

    def _manifest(self, model: str, dim: int | None) -> Manifest:
        builds = load_active(self.workspace).builds
        if model in builds:
            active = read_manifest(self.workspace.indexes / builds[model])
            if dim in (None, active.dimension):
                return active
            fingerprint, corpus = active.fingerprint, active.corpus_hash
        else:
            corpus = corpus_hash(list_filings(self.workspace))
            fingerprint = reference_fingerprint(resolve_model(self.workspace, self.settings, model))
        found = [
            m
            for m in list_builds(self.workspace.indexes)
            if m.fingerprint == fingerprint and dim in (None, m.dimension)
        ]
        if not found:
            at = f" at dimension {dim}" if dim else ""
            flag = f" --dim {dim}" if dim else ""
            raise IndexStateError(f"no index of {model!r}{at}; run: rag-app index --model {model}{flag}")
        # of these filings first, then as asked rather than ranked again, then the newest
        return max(found, key=lambda m: (m.corpus_hash == corpus, not m.rescored, m.created))

    def _note(self, model: str, manifest: Manifest) -> str:
        """What a user should know of this arm: a newer tuned model waits for its index."""
        active = load_active(self.workspace)
        tuned = active.tuned
        if manifest.build_id != active.builds.get(model) and manifest.corpus_hash != corpus_hash(
            list_filings(self.workspace)
        ):
            return (
                f"filings changed since this index was built; run: rag-app index --dim {manifest.dimension}"
            )
        if model != "tuned" or manifest.model == tuned:
            return ""
        return (
            f"the tuned arm still serves {manifest.model}; run: rag-app index --model tuned to serve {tuned}"
        )

    def _make(self, model: str, manifest: Manifest) -> Arm:
        try:
            ref = resolve_model(self.workspace, self.settings, manifest.model)
            encoder = self.encoder(ref)
        except UsageError as error:
            raise ModelError(f"the index of {model!r} was built with {manifest.model!r}: {error}") from error
        if encoder.fingerprint != manifest.fingerprint:
            raise IndexStateError(
                f"index {manifest.build_id} was built with another version of {manifest.model!r}; "
                f"run: rag-app index --model {model}"
            )
        index = Index(self.workspace.indexes / manifest.build_id, self.workspace.vectors)
        weight = dense_weight(ref.record, manifest.dimension)
        below, span = threshold(index, encoder, ref.record)
        return Arm(model, index, encoder, weight, below, span=span)
