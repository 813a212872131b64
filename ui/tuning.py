"""Tuning: the pairs, the check on filings, the run, and whether its model becomes the active one.

What a command and a button both call. Draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import IndexStateError, UsageError
from rag_app.core.registry import ModelRecord, ModelRef, activate_model, resolve_model
from rag_app.core.types import Chunk, Encoder, ProgressFn, no_progress
from ui.lineage import too_good
from ui.workflows import SYNTHETIC, open_pairs, protocol_named, stored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finetune.data.pairs import PairSet
    from finetune.evaluation.forgetting import Check
    from finetune.pipeline import FinetuneConfig
    from finetune.training.train import TrainConfig


@dataclass(frozen=True, slots=True)
class Tuned:
    """A trained model and what became of it. `note` says why its figures may be too good."""

    record: ModelRecord
    activated: bool
    reason: str
    note: str = ""


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
    check: str | None = None,
    llm: str = "extractive",
    on_progress: ProgressFn = no_progress,
) -> Tuned:
    """Baseline, train, evaluate, register, and activate if it beats its baseline and loses nothing.

    `activate` True activates in any case, False never. `check` is a pairs file with pages or evidence
    over the workspace's filings: a model that is worse on it than its base is registered, not
    activated. Without one, questions made from the filings are asked. `questions` is such a file that
    also decides, in place of a held-out split.
    """
    from finetune.data.pairs import load_pairs
    from finetune.pipeline import MIN_PAIRS, FinetuneConfig, check_request, finetune
    from finetune.training.train import TrainConfig as Config
    from rag_app.embedder import load_folder
    from rag_app.store import load_corpus

    if questions and check:
        raise UsageError("--questions are a check already; give --questions or --check, not both")
    config = FinetuneConfig(
        protocol=protocol_named(protocol),
        split_seed=split_seed,
        train=train or Config(),
        model_id=model_id,
        evaluate_on="chunks" if questions else "split",
    )
    ref = resolve_model(workspace, settings, base)
    if ref.record:
        ref = replace(ref, name=ref.record.model_id)  # "tuned" means another model tomorrow
    check_request(workspace, ref, config, resume)  # and the files, before anything that takes minutes
    workspace.create()
    chunks = load_corpus(workspace)
    file = questions or check
    if file and not chunks:
        raise IndexStateError(f"no filings to ask {file} over; run: rag-app ingest PATH")
    asked = load_pairs(file) if file else None
    pairs = open_pairs(workspace, settings, source, on_progress, llm, MIN_PAIRS)
    checked = _check(asked, file, pairs, chunks, config)

    def load(folder: Path, name: str) -> Encoder:
        return stored(workspace, load_folder(folder, name), chunks)

    record = finetune(workspace, ref, pairs, config, load, on_progress, checked, resume)
    note = _note(workspace, ref, pairs, asked, config)
    return replace(_activated(workspace, record, activate), note=note)


def _check(
    asked: PairSet | None, file: str | None, pairs: PairSet, chunks: Sequence[Chunk], config: FinetuneConfig
) -> Check:
    """The user's questions over the filings; without any, such as are made from the filings."""
    from finetune.data.split import split_pairs
    from finetune.evaluation.forgetting import Check, check_for

    if asked is not None and file is not None:
        return Check(Path(file).name, asked.pairs, tuple(chunks))
    split = split_pairs(pairs, config.protocol, config.split_seed) if config.protocol != "seed" else None
    # added pairs may be of held-out companies' filings too: the split does not speak for them
    return check_for((*pairs.pairs, *pairs.extra), chunks, None if pairs.extra else split)


def _note(
    workspace: Workspace, base: ModelRef, pairs: PairSet, asked: PairSet | None, config: FinetuneConfig
) -> str:
    """Why the figures of a run may be too good: what decided is trained on, or made like the pairs."""
    seed, found = config.split_seed, []
    if config.evaluate_on == "split":
        found.append(too_good(workspace, base, f"the base {base.name}", pairs, config.protocol, seed))
    if asked is not None:
        found.append(too_good(workspace, base, f"the base {base.name}", asked, "chunks", seed))
    elif pairs.name.startswith(SYNTHETIC):
        found.append(
            "the pairs are made from the filings and so are the questions that judge them, which can hide a "
            "loss on people's questions; give some with --check FILE"
        )
    return "; ".join(dict.fromkeys(filter(None, found)))


def _activated(workspace: Workspace, record: ModelRecord, activate: bool | None) -> Tuned:
    """Activate a model that gains and loses nothing, or as asked; and say why, or why not."""
    verdict = "it beats its baseline" if record.beats_baseline else "it does not beat its baseline"
    if record.forgets:
        joined = "but" if record.beats_baseline else "and"
        verdict += f", {joined} loses on filings: {record.forgetting['why'][0]}"
    wanted = record.beats_baseline and not record.forgets if activate is None else activate
    if wanted:
        activate_model(workspace, record.model_id)
        return Tuned(record, True, verdict if activate is None or record.forgets else "as asked")
    if activate is None and record.forgets:
        verdict += f"; to use it all the same: rag-app models activate {record.model_id}"
    return Tuned(record, False, "as asked" if activate is False else verdict)
