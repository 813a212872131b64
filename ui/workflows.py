"""The long acts that need both packages: tune, evaluate, report the state of a workspace.

What a command and a button both call. Draws nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import AnswerError, IndexStateError, RagAppError, UsageError
from rag_app.core.registry import ModelRecord, activate_model, list_records, load_active, resolve_model
from rag_app.core.types import Chunk, Encoder, Progress, ProgressFn, no_progress

if TYPE_CHECKING:
    from finetune.data.pairs import PairSet
    from finetune.data.split import Protocol
    from finetune.evaluation.evaluate import Evaluation
    from finetune.training.train import TrainConfig

SYNTHETIC = "synthetic"
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
    from rag_app.index import list_builds, read_manifest
    from rag_app.pipeline import stale_arms
    from rag_app.store import list_filings
    from rag_app.vectors import VectorStore

    stored = list_filings(workspace)
    active = load_active(workspace)
    stale = set(stale_arms(workspace))
    arms = []
    for arm, build in sorted(active.builds.items()):
        try:
            made = read_manifest(workspace.indexes / build)
        except IndexStateError:
            continue  # deleted or damaged; `stale` has it, and so has the advice
        arms.append(ArmState(arm, build, made.model, made.dimension, made.chunks, arm in stale))
    vectors = {}
    for about in sorted(workspace.vectors.glob("*/store.json")):
        store = VectorStore.existing(about.parent, about.parent.name)
        vectors[about.parent.name] = len(store) if store else 0
    advice = []
    if not stored:
        advice.append("rag-app ingest PATH  (or: rag-app fetch TICKER)")
    version = cutting_of(workspace).version
    if any(f.chunker != version for f in stored):
        advice.append(
            "rag-app ingest --refresh  (some filings were cut by an older chunker or for another base model)"
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
) -> PairSet:
    """A pairs file, `hub:NAME`, or "synthetic": pairs made from the workspace's own filings.

    Synthetic questions come from rules, or from `llm` where one is named; both are kept as
    runs/synthetic.jsonl. Raises PairsError, UsageError and AnswerError, each naming the remedy.
    """
    if source != SYNTHETIC:
        from finetune.data.pairs import load_pairs

        return load_pairs(source)
    from finetune.data.pairs import save_pairs
    from finetune.synthetic.synthesize import synthesize_pairs, synthesize_with_llm
    from rag_app.embedder import load_encoder
    from rag_app.llama import load_llm
    from rag_app.store import load_corpus

    chunks = load_corpus(workspace)
    if not chunks:
        raise IndexStateError("no filings to make pairs from; run: rag-app ingest PATH")
    on_progress(Progress("synthesize", 0, None))
    asker = load_llm(llm)
    if asker is not None:
        try:
            pairs = synthesize_with_llm(chunks, asker, LLM_PAIRS, 42, on_progress)
        except RagAppError:
            raise
        except Exception as error:  # every integration raises errors of its own
            reason = (str(error).splitlines() or [""])[0][:160]
            raise AnswerError(f"--llm {llm} failed ({type(error).__name__}: {reason})") from error
    else:
        encoder = load_encoder(resolve_model(workspace, settings, "base"))
        stored = _stored(workspace, encoder, chunks)
        pairs = synthesize_pairs(chunks, SYNTHETIC_PAIRS, 42, stored, on_progress)
    save_pairs(workspace.runs / "synthetic.jsonl", pairs)  # to be read, mended and used as a file
    return pairs


def _stored(workspace: Workspace, encoder: Encoder, chunks: Sequence[Chunk]) -> Encoder:
    """`encoder`, sharing the vectors of these chunks with the index."""
    from rag_app.vectors import CorpusEncoder

    return CorpusEncoder(encoder, workspace.vectors / encoder.fingerprint, (c.embed_text for c in chunks))


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

    Raises PairsError when nothing can be held out, ModelError and UsageError for a model.
    """
    from finetune.data.split import split_pairs
    from finetune.evaluation.evaluate import evaluate, evaluate_chunks
    from rag_app.embedder import load_encoder
    from rag_app.store import load_corpus

    ref = resolve_model(workspace, settings, model)
    pairs = open_pairs(workspace, settings, source, on_progress)
    if protocol == "chunks":
        chunks = load_corpus(workspace)
        encoder = _stored(workspace, load_encoder(ref), chunks)
        return evaluate_chunks(encoder, pairs.pairs, chunks, dims, on_progress)
    split = split_pairs(pairs, _protocol(protocol), split_seed)
    return evaluate(load_encoder(ref), split, dims, on_progress)


@dataclass(frozen=True, slots=True)
class Tuned:
    """A trained model and what became of it."""

    record: ModelRecord
    activated: bool
    reason: str


def finetune_model(
    workspace: Workspace,
    settings: Settings,
    source: str,
    *,
    protocol: str = "honest",
    split_seed: int = 42,
    base: str = "base",
    train: TrainConfig | None = None,
    model_id: str | None = None,
    activate: bool | None = None,
    resume: bool = False,
    questions: str | None = None,
    llm: str = "extractive",
    on_progress: ProgressFn = no_progress,
) -> Tuned:
    """Baseline, train, evaluate, register, and activate if it beats its baseline.

    `activate` True activates in any case, False never. With `questions` (a pairs file with evidence
    over the workspace's filings) these decide in place of a held-out split.
    """
    from finetune.data.pairs import load_pairs
    from finetune.pipeline import FinetuneConfig, finetune
    from finetune.training.train import TrainConfig as Config
    from rag_app.embedder import load_folder
    from rag_app.store import load_corpus

    held_out_by = _protocol(protocol)
    ref = resolve_model(workspace, settings, base)
    if ref.record:
        ref = replace(ref, name=ref.record.model_id)  # "tuned" means another model tomorrow
    workspace.create()
    pairs = open_pairs(workspace, settings, source, on_progress, llm)
    chunks = load_corpus(workspace)
    extra = (load_pairs(questions).pairs, chunks) if questions else None

    def load(folder: Path, name: str) -> Encoder:
        return _stored(workspace, load_folder(folder, name), chunks)

    config = FinetuneConfig(
        protocol=held_out_by,
        split_seed=split_seed,
        train=train or Config(),
        model_id=model_id,
        evaluate_on="chunks" if questions else "split",
    )
    record = finetune(workspace, ref, pairs, config, load, on_progress, extra, resume)
    wanted = record.beats_baseline if activate is None else activate
    if wanted:
        activate_model(workspace, record.model_id)
        return Tuned(record, True, "it beats its baseline" if record.beats_baseline else "as asked")
    reason = "as asked" if activate is False else "it does not beat its baseline"
    return Tuned(record, False, reason)


def _protocol(name: str) -> Protocol:
    if name == "seed":
        return "seed"
    if name == "honest":
        return "honest"
    raise UsageError(f"protocol {name!r}: expected seed or honest")
