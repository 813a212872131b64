"""Building, switching and rolling back what the arms serve.

A command and a button call the same function here. Embeds only what the vector store lacks, and a
dimension is a slice of what is stored: switching it embeds nothing.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rag_app import chroma
from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import IndexStateError, RagAppError, UsageError
from rag_app.core.files import locked
from rag_app.core.registry import (
    Active,
    ModelRef,
    activate_build,
    load_active,
    resolve_model,
    rollback_build,
)
from rag_app.core.types import Encoder, ProgressFn, no_progress
from rag_app.embedder import load_encoder, reference_fingerprint
from rag_app.index.build import Source, build, server_prefix
from rag_app.index.corpus import Corpus, open_corpus, write_corpus
from rag_app.index.manifest import Manifest, Recipe, drop, list_builds, read_manifest
from rag_app.store import corpus_hash, list_filings, snapshot
from rag_app.tokens import too_long
from rag_app.vectors import VectorStore, embed_missing

KEEP = 8
"""Builds that are kept besides what is served and what can be gone back to: dimensions switch fast."""


@dataclass(frozen=True, slots=True)
class Cut:
    """How an index is cut from the full-width vectors.

    dim: None for the full width. turned: along the corpus's main axes; None turns what was not trained
    here to be cut. rescored: rank what the short vectors find again by the full-width ones.
    """

    dim: int | None = None
    turned: bool | None = None
    rescored: bool = False


@dataclass(frozen=True, slots=True)
class IndexReport:
    """A build and what it took. `reused`: the same build was there; `embedded`: texts embedded.

    `truncated`: passages longer than this model reads, whose ends are not in their vectors.
    """

    manifest: Manifest
    arm: str | None
    embedded: int
    reused: bool
    seconds: float
    truncated: int = 0


def build_index(
    workspace: Workspace,
    settings: Settings,
    model: str = "base",
    dim: int | None = None,
    on_progress: ProgressFn = no_progress,
    load: Callable[[], Encoder] | None = None,
    *,
    cut: Cut | None = None,
    keep: int = KEEP,
    activate: bool = True,
) -> IndexReport:
    """Embed what is missing, build at `dim` (default: full width), verify, activate.

    Nothing new embeds nothing; another dimension embeds nothing. "base" and "tuned" become what
    their arm serves; any other model is found by its name. Raises IndexStateError without filings,
    UsageError for a dimension the model does not have.
    """
    started = time.perf_counter()
    how = cut or Cut(dim)
    ref = resolve_model(workspace, settings, model)
    fingerprint = reference_fingerprint(ref)
    with locked(workspace.lock("index"), "build an index"):
        corpus, store, embedded = _embedded(
            workspace, ref, fingerprint, load or (lambda: load_encoder(ref)), on_progress
        )
        recipe = _recipe(how, ref, fingerprint, store.dimension, corpus.name, settings)
        known = {m.build_id: m for m in list_builds(workspace.indexes)}
        manifest = known.get(recipe.build_id)
        reused = manifest is not None
        if manifest is None:
            alike = (m.truncated for m in known.values() if _same_passages(m, recipe))
            cut_off = next(alike, None)
            if cut_off is None:
                cut_off = too_long(ref, [c.embed_text for c in corpus.chunks])
            source = Source(_lasting_name(ref, settings), store.dimension, store.get, cut_off)
            manifest = build(workspace.indexes, corpus, recipe, source, on_progress)
        arm = _arm_of(workspace, ref, model) if activate else None
        if arm:
            activate_build(workspace, arm, manifest.build_id)
        collect(workspace, settings, keep)
    seconds = time.perf_counter() - started
    return IndexReport(manifest, arm, embedded, reused, seconds, manifest.truncated)


def _embedded(
    workspace: Workspace,
    ref: ModelRef,
    fingerprint: str,
    load: Callable[[], Encoder],
    on_progress: ProgressFn,
) -> tuple[Corpus, VectorStore, int]:
    """The corpus as it is now, with a vector for each passage; and how many were embedded."""
    name = corpus_hash(list_filings(workspace))
    folder = workspace.vectors / fingerprint
    with contextlib.suppress(IndexStateError):
        corpus = open_corpus(workspace.indexes, name)
        store = VectorStore.existing(folder, fingerprint)
        if store is not None and corpus.chunks and bool((store.find(corpus.hashes()) >= 0).all()):
            return corpus, store, 0
    filings, chunks = snapshot(workspace)
    if not chunks:
        raise IndexStateError(f"{workspace.root}: no filings to index; run: rag-app ingest PATH")
    texts = [c.embed_text for c in chunks]
    store, embedded = embed_missing(folder, fingerprint, load, texts, on_progress, wait=workspace.wait)
    name = corpus_hash(filings)
    try:
        return open_corpus(workspace.indexes, name), store, embedded
    except IndexStateError:
        return write_corpus(workspace.indexes, name, chunks, on_progress), store, embedded


def _recipe(how: Cut, ref: ModelRef, fingerprint: str, width: int, corpus: str, settings: Settings) -> Recipe:
    dimension = width if how.dim is None else how.dim
    if not 1 <= dimension <= width:
        raise UsageError(f"--dim {how.dim}: expected 1 to {width}, the width of {ref.name!r}")
    narrow = dimension < width  # at the full width turning and ranking again change nothing
    turned = narrow and (how.turned if how.turned is not None else ref.record is None)
    server = chroma.server_of(settings.chroma_url).url if settings.chroma_url else ""
    return Recipe(fingerprint, dimension, corpus, turned, how.rescored and narrow, server)


def _same_passages(made: Manifest, recipe: Recipe) -> bool:
    return (made.corpus_hash, made.fingerprint) == (recipe.corpus_hash, recipe.fingerprint)


def _arm_of(workspace: Workspace, ref: ModelRef, model: str) -> str | None:
    if ref.record and load_active(workspace).tuned == ref.record.model_id:
        return "tuned"
    return model if model in ("base", "tuned") else None


def _lasting_name(ref: ModelRef, settings: Settings) -> str:
    """A name that still means this model after another one is activated or set as base."""
    if ref.record:
        return ref.record.model_id
    if ref.name == "base":
        return settings.base_model
    return str(ref.path) if ref.kind == "folder" else ref.name


def stale_arms(workspace: Workspace) -> list[str]:
    """The arms whose build no longer holds exactly the filings of the workspace."""
    builds = load_active(workspace).builds
    if not builds:
        return []
    now = corpus_hash(list_filings(workspace))
    return [arm for arm, b in sorted(builds.items()) if _corpus_of(workspace.indexes / b) != now]


def _corpus_of(folder: Path) -> str | None:
    """The corpus a build holds; None for one that is gone or damaged."""
    try:
        return read_manifest(folder).corpus_hash
    except RagAppError:
        return None


def roll_back(workspace: Workspace, arm: str) -> Manifest:
    """Let `arm` serve the build it served before this one; takes as long as replacing one small file.

    Raises UsageError when no build is left to go back to.
    """
    with locked(workspace.lock("index"), "roll back an index"):  # no collection meanwhile
        there = {m.build_id for m in list_builds(workspace.indexes)}
        build_id = rollback_build(workspace, arm, there)
        return read_manifest(workspace.indexes / build_id)


def serve_build(workspace: Workspace, build_id: str) -> tuple[str, Manifest]:
    """Let the arm of its model serve a build that is there; (arm, its manifest).

    Raises UsageError for an unknown one, or one whose model no arm stands for.
    """
    with locked(workspace.lock("index"), "activate an index"):
        builds = {m.build_id: m for m in list_builds(workspace.indexes)}
        if build_id not in builds:
            raise UsageError(f"no build {build_id!r}; there is: {', '.join(builds) or 'none yet'}")
        made = builds[build_id]
        active = load_active(workspace)
        served = [a for a, b in active.builds.items() if b in builds and _twins(builds[b], made)]
        if made.model == active.tuned:
            served = ["tuned"]
        if not served:
            raise UsageError(
                f"build {build_id} is of {made.model}, which no arm serves; run: "
                f"rag-app models activate {made.model}"
            )
        activate_build(workspace, served[0], build_id)
        return served[0], made


def _twins(one: Manifest, other: Manifest) -> bool:
    return one.fingerprint == other.fingerprint


def collect(workspace: Workspace, settings: Settings, keep: int = KEEP) -> list[str]:
    """Drop what no arm serves or could go back to, but for the newest `keep`; the ids dropped.

    Under the index lock. Takes collections off the server too, those of killed builds as well.
    """
    builds = list_builds(workspace.indexes)
    kept = _reachable(load_active(workspace)) | {m.build_id for m in builds[len(builds) - keep :] if keep}
    now = corpus_hash(list_filings(workspace))
    gone = drop(workspace.indexes, kept, {now})
    servers = {m.server for m in builds if m.server} | ({settings.chroma_url} - {""})
    left = {m.collection for m in list_builds(workspace.indexes)}
    for url in sorted(servers):
        with contextlib.suppress(RagAppError):  # a server that is away keeps them until the next time
            place = chroma.server_of(url)
            for name in chroma.names(place, server_prefix(workspace.indexes)):
                if name not in left:
                    chroma.delete(place, name)
    return gone


def _reachable(active: Active) -> set[str]:
    kept = set(active.builds.values())
    for before in active.previous:
        kept |= set(dict(before["builds"]).values())
    for builds in active.served.values():
        kept |= set(builds)
    return kept
