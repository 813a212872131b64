"""Whether a model, or a model it was tuned from, was trained on the questions it is asked.

Reads records only; draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rag_app.core.config import Workspace
from rag_app.core.registry import ModelRecord, ModelRef, list_records, read_record

if TYPE_CHECKING:
    from finetune.data.pairs import PairSet


def trained_on(record: ModelRecord, pairs: PairSet, protocol: str, seed: int) -> str:
    """How the model of `record` was trained on what `protocol` asks of `pairs`; empty where it was not.

    Data sets are the same by content, and may be by name. Pairs that only train (B of "A+B") are trained
    on whatever the split; of the others the same split holds out the same questions.
    """
    from finetune.record import parts_of

    asked, name = parts_of(pairs)[0], _names(pairs.name, bool(pairs.extra))[0]
    parts = record.config.get("pairs_parts") or [record.pairs_sha256]
    names = _names(record.pairs, len(parts) > 1 or "pairs_parts" not in record.config)
    if asked in parts[1:]:
        return "was trained on these questions (they were added to its pairs)"
    if asked == parts[0]:
        if pairs.test_rows and record.protocol == "beir":
            return ""  # the data brings its own test part, whatever the seed
        if "chunks" in (record.protocol, protocol):  # one takes all pairs, to train on or to ask
            return "was trained on these questions, or most of them"
        if (record.protocol, record.split_seed) == (protocol, seed):
            return ""
        return (
            f"was trained on a part of these questions (its split: {record.protocol}, seed "
            f"{record.split_seed})"
        )
    if name in names:
        return f"was trained on pairs of the same name ({name}), which may be these questions"
    return ""


def too_good(
    workspace: Workspace, model: ModelRef, name: str, pairs: PairSet, protocol: str, seed: int
) -> str:
    """One sentence where `trained_on` holds for the model, or for one that it comes from; else empty."""
    for steps, record in enumerate(lineage(workspace, model)):
        if how := trained_on(record, pairs, protocol, seed):
            which = f"{name} comes from {record.model_id}, which" if steps else name
            return f"{which} {how}, so its figures here are too good"
    return ""


def lineage(workspace: Workspace, model: ModelRef) -> Iterator[ModelRecord]:
    """The record of `model`, of its base, of that one's base, as far as there are records."""
    found = model.record
    if found is None and model.path is not None and (model.path / "record.json").is_file():
        found = read_record(model.path)  # a model that was exported
    known = {record.fingerprint: record for record in list_records(workspace)}
    seen: set[str] = set()
    while found is not None and found.fingerprint not in seen:
        seen.add(found.fingerprint)
        yield found
        found = known.get(found.base_fingerprint)


def _names(name: str, joined: bool) -> list[str]:
    return name.split("+") if joined else [name]
