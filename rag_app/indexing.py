"""Building, switching and rolling back what the arms serve.

A command and a button call the same function here. Embeds only what the vector store lacks, and a
dimension is a slice of what is stored: switching it embeds nothing.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Sequence
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
    list_records,
    load_active,
    resolve_model,
    rollback_build,
)
from rag_app.core.types import Encoder, Progress, ProgressFn, no_progress
from rag_app.embedder import load_encoder, reference_fingerprint
from rag_app.index.build import Source, build, server_prefix, unwritten
from rag_app.index.corpus import Corpus, open_corpus, write_corpus
from rag_app.index.manifest import Manifest, Recipe, list_builds, read_manifest, sweep, unlist
from rag_app.index.opened import Index
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
    _check(how, ref, settings)
    with locked(workspace.lock("index"), "build an index"):
        corpus, store, embedded = _embedded(
            workspace, ref, fingerprint, load or (lambda: load_encoder(ref)), on_progress
        )
        recipe = _recipe(how, ref, fingerprint, store.dimension, corpus.name, settings)
        known = {m.build_id: m for m in list_builds(workspace.indexes)}
        manifest = known.get(recipe.build_id)
        if manifest is not None and not opens(workspace, manifest.build_id):
            manifest = None  # damaged, or gone from its server: built again
        reused = manifest is not None
        if manifest is None:
            alike = (m.truncated for m in known.values() if _same_passages(m, recipe))
            cut_off = next(alike, None)
            if cut_off is None:
                on_progress(Progress("check", 0, len(corpus.chunks), "passages longer than the model reads"))
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
        corpus = _whole_corpus(workspace, name)
        store = VectorStore.existing(folder, fingerprint)
        if store is not None and corpus.chunks:
            places = store.find(corpus.hashes())
            if bool((places >= 0).all()) and not store.damaged(places):
                return corpus, store, 0
    filings, chunks = snapshot(workspace)
    if not chunks:
        raise IndexStateError(f"{workspace.root}: no filings to index; run: rag-app ingest PATH")
    texts = [c.embed_text for c in chunks]
    store, embedded = embed_missing(folder, fingerprint, load, texts, on_progress, wait=workspace.wait)
    name = corpus_hash(filings)
    try:
        return _whole_corpus(workspace, name), store, embedded
    except IndexStateError:
        pass
    try:
        return write_corpus(workspace.indexes, name, chunks, on_progress), store, embedded
    except OSError as error:
        raise unwritten(workspace.indexes, error) from error


def _whole_corpus(workspace: Workspace, name: str) -> Corpus:
    corpus = open_corpus(workspace.indexes, name)
    corpus.lexicon()  # read by every search, and damaged it would be written anew
    return corpus


def _check(how: Cut, ref: ModelRef, settings: Settings) -> None:
    """Refuse what can be refused before anything is embedded."""
    if how.dim is not None and (how.dim < 1 or (ref.record is not None and how.dim > ref.record.dimension)):
        widest = ref.record.dimension if ref.record else "the model's width"
        raise UsageError(f"--dim {how.dim}: expected 1 to {widest}")
    if settings.chroma_url:
        chroma.names(chroma.server_of(settings.chroma_url), "none-of-this-name")  # does it answer?


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

    Waits for no build that is being made. Raises UsageError when no build is left to go back to.
    """
    build_id = rollback_build(workspace, arm, lambda build: opens(workspace, build))
    return read_manifest(workspace.indexes / build_id)


def serve_build(workspace: Workspace, settings: Settings, build_id: str) -> tuple[str, Manifest]:
    """Let the arm of its model serve a build that is there; (arm, its manifest).

    Raises UsageError for an unknown one, or one whose model no arm stands for, IndexStateError for one
    that cannot be opened.
    """
    builds = {m.build_id: m for m in list_builds(workspace.indexes)}
    if build_id not in builds:
        raise UsageError(f"no build {build_id!r}; there is: {', '.join(builds) or 'none yet'}")
    made = builds[build_id]
    Index(workspace.indexes / build_id, workspace.vectors).close()
    arm = _served_by(workspace, settings, made)
    activate_build(workspace, arm, build_id)
    return arm, made


def _served_by(workspace: Workspace, settings: Settings, made: Manifest) -> str:
    if made.model == load_active(workspace).tuned:
        return "tuned"
    if reference_fingerprint(resolve_model(workspace, settings, "base")) == made.fingerprint:
        return "base"
    remedy = "make it the base model in config.json"
    if any(record.model_id == made.model for record in list_records(workspace)):
        remedy = f"run: rag-app models activate {made.model}"
    raise UsageError(f"build {made.build_id} is of {made.model}, which no arm serves; {remedy}")


def opens(workspace: Workspace, build_id: str) -> bool:
    """Whether a finished build can still be searched."""
    try:
        Index(workspace.indexes / build_id, workspace.vectors).close()
    except RagAppError:
        return False
    return True


def collect(workspace: Workspace, settings: Settings, keep: int = KEEP) -> list[str]:
    """Drop what no arm serves or could go back to, but for the newest `keep`; the folders deleted.

    Under the index lock. Takes collections off servers too, those of killed builds as well; a build whose
    server does not answer stays until the next time.
    """
    with locked(workspace.lock("active"), "collect indexes", timeout=10):  # nothing is rolled back meanwhile
        builds = list_builds(workspace.indexes)
        kept = _reachable(load_active(workspace)) | {m.build_id for m in builds[max(0, len(builds) - keep) :]}
        kept |= _still_there(workspace, builds, kept, settings)
        unlist(workspace.indexes, kept)
    return sweep(workspace.indexes, {corpus_hash(list_filings(workspace))})


def _still_there(
    workspace: Workspace, builds: Sequence[Manifest], kept: Collection[str], settings: Settings
) -> set[str]:
    """Take from each server the collections that no kept build needs; builds of those that do not answer."""
    away: set[str] = set()
    needed = {m.collection for m in builds if m.build_id in kept}
    for url in sorted({m.server for m in builds if m.server} | ({settings.chroma_url} - {""})):
        try:
            place = chroma.server_of(url)
            for name in chroma.names(place, server_prefix(workspace.indexes)):
                if name not in needed:
                    chroma.delete(place, name)
        except RagAppError:
            away |= {m.build_id for m in builds if m.server == url}
    return away


def _reachable(active: Active) -> set[str]:
    kept = set(active.builds.values())
    for before in active.previous:
        kept |= set(dict(before["builds"]).values())
    for builds in active.served.values():
        kept |= set(builds)
    return kept
