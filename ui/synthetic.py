"""Pairs made from the workspace's own filings, by rules or by an LLM; and sources joined with "+".

What a command and a button both call. Draws nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import (
    AnswerError,
    IndexStateError,
    RagAppError,
    UsageError,
    WorkspaceError,
)
from rag_app.core.facts import TaggedLabel
from rag_app.core.registry import resolve_model
from rag_app.core.types import Progress, ProgressFn

if TYPE_CHECKING:
    from finetune.data.pairs import PairSet

SYNTHETIC = "synthetic"


def sources_of(source: str) -> list[str]:
    """ "A.csv+synthetic" → its parts; one part for a name of a file that has a plus in it."""
    if Path(source).expanduser().exists():
        return [source]
    parts = [part.strip() for part in source.split("+")]
    if not all(parts):
        raise UsageError(f"--pairs {source}: a name is missing beside +; expected as in pairs.csv+synthetic")
    return parts


def count_of(source: str) -> int | None:
    """How many pairs "synthetic:2000" asks for, 0 for "synthetic"; None for any other source."""
    name, colon, count = source.partition(":")
    if name != SYNTHETIC:
        return None
    if not colon:
        return 0
    if not count.isdecimal() or not 0 < int(count) <= 1_000_000:
        raise UsageError(f"--pairs {source}: expected synthetic:N, as in synthetic:2000")
    return int(count)


def make_pairs(
    workspace: Workspace, settings: Settings, count: int, llm: str, on_progress: ProgressFn
) -> PairSet:
    """At most `count` pairs from all filings, by rules or by an LLM, kept in a file of their own in runs/.

    What an LLM answers is kept as it comes: interrupted, the next call asks for the rest only.
    """
    from finetune.synthetic.llm import synthesize_with_llm
    from finetune.synthetic.synthesize import synthesize_pairs
    from rag_app.embedder import load_encoder
    from rag_app.llama import load_llm
    from rag_app.store import load_corpus
    from rag_app.vectors import CorpusEncoder

    chunks = load_corpus(workspace)
    if not chunks:
        raise IndexStateError("no filings to make pairs from; run: rag-app ingest PATH")
    on_progress(Progress("synthesize", 0, None))
    asker = load_llm(llm)
    encoder = load_encoder(resolve_model(workspace, settings, "base"))
    folder = workspace.vectors / encoder.fingerprint
    stored = CorpusEncoder(encoder, folder, (chunk.embed_text for chunk in chunks), workspace.wait)
    if asker is None:
        tagged = _tagged(workspace)
        pairs = synthesize_pairs(chunks, count, 42, stored, on_progress, tagged)
        _keep(workspace, pairs, "synthetic", on_progress)
        return pairs
    # One a model: what another one answered, and was paid for, stays.
    name = hashlib.sha256(llm.encode("utf-8")).hexdigest()[:12]
    partial = workspace.runs / f"synthetic-llm-{name}.part"
    try:
        pairs = synthesize_with_llm(
            chunks, asker, count, 42, on_progress, spec=llm, partial=partial, encoder=stored
        )
    except RagAppError:
        raise
    except Exception as error:  # every integration raises errors of its own
        reason = (str(error).splitlines() or [""])[0][:160]
        raise AnswerError(
            f"--llm {llm} failed ({type(error).__name__}: {reason}); what it answered is kept, and the same "
            "command goes on from there"
        ) from error
    _keep(workspace, pairs, "synthetic-llm", on_progress)
    partial.unlink(missing_ok=True)
    return pairs


def _keep(workspace: Workspace, pairs: PairSet, name: str, on_progress: ProgressFn) -> None:
    """Write `pairs` to a file named after their hash, to be read, mended and used; a mended one stays."""
    from finetune.data.pairs import save_pairs

    path = workspace.runs / f"{name}-{pairs.sha256[:12]}.jsonl"
    if not path.exists():
        save_pairs(path, pairs)
    on_progress(Progress("synthesize", len(pairs.pairs), len(pairs.pairs), f"kept in runs/{path.name}"))


def _tagged(workspace: Workspace) -> Iterator[TaggedLabel]:
    """What the stored facts of the filings call their rows; nothing where there are none."""
    from rag_app.facts.labels import tagged_labels
    from rag_app.store import list_filings, stored_facts

    for filing in list_filings(workspace):
        try:
            yield from tagged_labels(stored_facts(workspace, filing))
        except WorkspaceError:
            continue  # only other words are lost
