"""The long acts that need both packages: open pairs, evaluate, report the state of a workspace.

What a command and a button both call. Draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import IndexStateError, PairsError, UsageError, WorkspaceError
from rag_app.core.registry import list_records, load_active, resolve_model
from rag_app.core.types import Chunk, Encoder, ProgressFn, no_progress
from ui.lineage import too_good
from ui.synthetic import SYNTHETIC as SYNTHETIC

if TYPE_CHECKING:
    from finetune.data.pairs import PairSet
    from finetune.data.split import Protocol, Split
    from finetune.evaluation.chunk_queries import ChunkQueries
    from finetune.evaluation.evaluate import Evaluation

SYNTHETIC_PAIRS = 1500
LLM_PAIRS = 500  # each is a call to the model


@dataclass(frozen=True, slots=True)
class FilingState:
    """One filing, as listed."""

    filing_id: str
    source: str
    company: str | None
    ticker: str | None
    form: str | None
    fiscal_year: int | None
    period_end: str | None
    chunks: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArmState:
    """What one arm serves. `stale`: filings came or went since it was built."""

    arm: str
    build: str
    model: str
    dimension: int
    chunks: int
    stale: bool


@dataclass(frozen=True, slots=True)
class WorkspaceState:
    """The whole workspace at a glance; `advice` are the commands that make sense next."""

    workspace: str
    filings: tuple[FilingState, ...]
    chunks: int
    base_model: str
    tuned: str | None
    models: tuple[str, ...]
    arms: tuple[ArmState, ...]
    builds: int
    vectors: Mapping[str, int]
    advice: tuple[str, ...]


def workspace_status(workspace: Workspace, settings: Settings) -> WorkspaceState:
    """Read the state from disk; loads no model."""
    from rag_app.cutting import cutting_of
    from rag_app.index.manifest import has_its_parts, list_builds, read_manifest
    from rag_app.indexing import stale_arms
    from rag_app.pipeline import is_current
    from rag_app.store import list_filings
    from rag_app.vectors import VectorStore

    stored = list_filings(workspace)
    active = load_active(workspace)
    stale = set(stale_arms(workspace))
    arms = []
    advice = []
    for arm, build in sorted(active.builds.items()):
        try:
            made = read_manifest(workspace.indexes / build)
        except IndexStateError:
            continue  # deleted or damaged; `stale` has it, and so has the advice
        if not has_its_parts(workspace.indexes, made):
            advice.append(
                f"rag-app index --model {arm} --dim {made.dimension}  (files of its index are gone)"
            )
        arms.append(ArmState(arm, build, made.model, made.dimension, made.chunks, arm in stale))
    vectors = {}
    for about in sorted(workspace.vectors.glob("*/store.json")):
        try:
            store = VectorStore.existing(about.parent, about.parent.name)
            vectors[about.parent.name] = len(store) if store else 0
        except WorkspaceError as error:  # what is served needs no vectors; the next index does
            advice.append(str(error))
    if not stored:
        advice.append("rag-app ingest PATH  (or: rag-app fetch TICKER)")
    cutting = cutting_of(workspace)
    if any(not is_current(workspace, f, cutting) for f in stored):
        advice.append(
            "rag-app ingest --refresh  (some filings were read by an older version or for another base model)"
        )
    if stored and "base" not in active.builds:
        advice.append("rag-app index --model base")
    advice += [f"rag-app index --model {arm}  (filings changed since it was built)" for arm in sorted(stale)]
    served = next((a.model for a in arms if a.arm == "tuned"), None)
    if active.tuned and stored and served != active.tuned:
        advice.append(f"rag-app index --model tuned  (to serve {active.tuned})")
    return WorkspaceState(
        str(workspace.root),
        tuple(
            FilingState(
                f.filing_id,
                f.source,
                f.meta.company,
                f.meta.ticker,
                f.meta.form,
                f.meta.fiscal_year,
                f.meta.period_end,
                f.chunks,
                f.warnings,
            )
            for f in stored
        ),
        sum(f.chunks for f in stored),
        settings.base_model,
        active.tuned,
        tuple(r.model_id for r in list_records(workspace)),
        tuple(arms),
        len(list_builds(workspace.indexes)),
        vectors,
        tuple(advice),
    )


def open_pairs(
    workspace: Workspace,
    settings: Settings,
    source: str,
    on_progress: ProgressFn = no_progress,
    llm: str = "extractive",
    fewest: int = 0,
) -> PairSet:
    """A pairs file, `hub:NAME`, or "synthetic": pairs made from the workspace's own filings.

    "synthetic:2000" makes so many, by rules, or by `llm` where one is named. "A+B" are the pairs of A,
    with those of B to train on besides: B is never tested. Raises PairsError (also for fewer than `fewest`
    pairs of A), UsageError and AnswerError, each naming the remedy.
    """
    from finetune.data.extra import join
    from finetune.data.pairs import load_pairs
    from ui.synthetic import count_of, make_pairs, sources_of

    parts = sources_of(source)
    # files first: what is wrong with them is told before questions are made
    files = {part: load_pairs(part) for part in parts if count_of(part) is None}
    tested = files.get(parts[0])
    count = len(tested.pairs) if tested else count_of(parts[0]) or fewest
    if count < fewest:
        raise PairsError(f"{parts[0]}: {count} pairs, at least {fewest} are needed to train and test")
    found = []
    for part in parts:
        if part in files:
            found.append(files[part])
        else:
            wanted = count_of(part) or (SYNTHETIC_PAIRS if llm == "extractive" else LLM_PAIRS)
            found.append(make_pairs(workspace, settings, wanted, llm, on_progress))
    return join(*found)


def stored(workspace: Workspace, encoder: Encoder, chunks: Sequence[Chunk]) -> Encoder:
    """`encoder`, sharing the vectors of these chunks with the index."""
    from rag_app.vectors import CorpusEncoder

    texts = (c.embed_text for c in chunks)
    return CorpusEncoder(encoder, workspace.vectors / encoder.fingerprint, texts, workspace.wait)


def evaluate_model(
    workspace: Workspace,
    settings: Settings,
    model: str,
    source: str,
    protocol: str,
    split_seed: int = 42,
    dims: tuple[int, ...] = (),
    on_progress: ProgressFn = no_progress,
) -> Evaluation:
    """Score a model on the test split of `source`; protocol "chunks" asks all pairs over the filings.

    Its `note` tells where the model was trained on these questions. Raises PairsError when nothing can
    be held out, ModelError and UsageError for a model.
    """
    from finetune.evaluation.chunk_scores import measure

    asked = asked_of(workspace, settings, source, protocol, split_seed, on_progress)
    found = measure(asked.load(model), asked.test, dims, on_progress)
    return replace(found, note=asked.note(model))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a measurement asks, the pairs it is from, and how to load a model to ask.

    `note` of a model says that it was trained on what is asked; empty where it was not.
    """

    pairs: PairSet
    test: Split | ChunkQueries
    load: Callable[[str], Encoder]
    note: Callable[[str], str]


def asked_of(
    workspace: Workspace,
    settings: Settings,
    source: str,
    protocol: str,
    split_seed: int = 42,
    on_progress: ProgressFn = no_progress,
) -> Asked:
    """The test split of `source`, or with protocol "chunks" all its pairs over the filings."""
    from finetune.data.split import split_pairs
    from finetune.evaluation.chunk_scores import answerable
    from rag_app.embedder import load_encoder
    from rag_app.store import load_corpus

    pairs = open_pairs(workspace, settings, source, on_progress)

    def note(name: str) -> str:
        found = resolve_model(workspace, settings, name)
        return too_good(workspace, found, name, pairs, protocol, split_seed)

    if protocol != "chunks":
        split = split_pairs(pairs, protocol_named(protocol), split_seed)
        return Asked(pairs, split, lambda name: load_encoder(resolve_model(workspace, settings, name)), note)
    chunks = load_corpus(workspace)

    def load(name: str) -> Encoder:
        return stored(workspace, load_encoder(resolve_model(workspace, settings, name)), chunks)

    return Asked(pairs, answerable(pairs.pairs, chunks), load, note)


def protocol_named(name: str) -> Protocol:
    """A protocol by its name. Raises UsageError naming those there are."""
    known: dict[str, Protocol] = {"seed": "seed", "honest": "honest", "filing": "filing"}
    if name not in known:
        raise UsageError(f"protocol {name!r}: expected {', '.join(known)}")
    return known[name]
