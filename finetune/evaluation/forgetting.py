"""Whether tuning made a model worse on the passages it will search: chunks of real filings.

A model can gain on held-out pairs and lose here. One that loses is flagged, and not made active
without being told to.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from finetune.data.pairs import Pair
from finetune.data.split import Split
from finetune.evaluation.apart import Trained
from finetune.evaluation.evaluate import Evaluation, check_dims
from finetune.evaluation.significance import Bootstrap, paired_bootstrap
from finetune.synthetic.synthesize import synthesize_pairs
from rag_app.core.errors import PairsError
from rag_app.core.types import Chunk

SMALL = 128
"""The dimension that is judged besides the full width: what a small index is built at."""
LOSS = 0.02
"""A mean loss of nDCG@10 that is too much even where few questions cannot prove it."""
QUESTIONS = 200
FEWEST = 20
"""Made questions below which a check says nothing."""
MOST_CHUNKS = 20_000
"""Passages searched by made questions: whole filings, drawn at random where there are more."""
SEED = 1009
"""Of the questions that are made for the check; training pairs have another."""


@dataclass(frozen=True, slots=True)
class Check:
    """Questions over chunks of filings: pairs with pages, evidence or context. `name` is for the record.

    Or the reason why there is no check, in `skipped`.
    """

    name: str
    pairs: tuple[Pair, ...] = ()
    chunks: tuple[Chunk, ...] = ()
    skipped: str = ""


def gains(before: Evaluation, after: Evaluation, seed: int = 0) -> dict[int, Bootstrap]:
    """The paired bootstrap of tuned against base at each dimension both were scored at."""
    shared = [dim for dim in before.per_query if dim in after.per_query]
    return {dim: paired_bootstrap(before.per_query[dim], after.per_query[dim], seed) for dim in shared}


def forgetting(name: str, before: Evaluation, after: Evaluation, seed: int = 0) -> dict[str, Any]:
    """What a record keeps of the check: figures of both columns, and whether the model `loses`.

    It loses where, over all filings or with the filing told, at the full width or at 128 dimensions,
    the 95% interval of its gain in nDCG@10 lies wholly below zero or its mean loss is more than 0.02;
    `why` names each such place.
    """
    all_rows, all_why = _column("over all filings", before, after, seed)
    told: dict[str, Any] | None = None
    told_why: list[str] = []
    if before.told is not None and after.told is not None:
        rows, told_why = _column("with the filing told", before.told, after.told, seed)
        told = {"questions": after.told.queries, "dims": rows}
    why = [*all_why, *told_why]
    return {
        "source": name,
        "questions": after.queries,
        "unanswerable": after.unanswerable,
        "chunks": after.corpus,
        "dims": all_rows,
        "filing_told": told,
        "share_kept": {"base": share_kept(before), "tuned": share_kept(after)},
        "loses": bool(why),
        "why": why,
    }


def share_kept(found: Evaluation) -> dict[str, float]:
    """nDCG@10 at each smaller dimension as a share of the full width's; empty where that is zero."""
    full = max(found.dims)
    whole = found.dims[full].ndcg
    return {str(d): s.ndcg / whole for d, s in found.dims.items() if d != full} if whole else {}


def _column(
    where: str, before: Evaluation, after: Evaluation, seed: int
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    found = gains(before, after, seed)
    rows = {
        str(dim): {"base": before.dims[dim].ndcg, "tuned": after.dims[dim].ndcg} | gain.as_dict()
        for dim, gain in found.items()
    }
    why = [
        f"{gain.gain:+.3f} nDCG@10 at {dim} dimensions {where} "
        f"(95% interval {gain.low:+.3f} to {gain.high:+.3f}, {after.queries} questions)"
        for dim, gain in found.items()
        if dim in (max(found), SMALL) and (gain.high < 0 or gain.gain < -LOSS)
    ]
    return rows, why


def judged_dims(width: int, dims: Sequence[int] = ()) -> tuple[int, ...]:
    """`dims` and the two that a model is judged at, widest first; UsageError for one that cannot be."""
    return check_dims((width, min(SMALL, width), *dims), width)


def check_for(pairs: Sequence[Pair], chunks: Sequence[Chunk], split: Split | None) -> Check:
    """The check of a run whose user names none; none of its questions is about a passage trained on.

    `split` is that of training pairs that hold companies out, None for others.
    """
    if not chunks:
        return Check("", skipped="the workspace has no filings")
    texts = [pair.context for pair in (split.train if split is not None else pairs)]
    if not made_from(pairs, chunks):
        return made_check(chunks, trained=texts)
    if split is None:
        return Check("", skipped="the pairs are about the same passages, and no company is held out")
    trained, held = ({p.ticker or p.filing or "" for p in part} for part in (split.train, split.test))
    return made_check(chunks, held - trained, texts)


def made_check(
    chunks: Sequence[Chunk], held: Collection[str] | None = None, trained: Sequence[str] = ()
) -> Check:
    """A check of questions made from the filings themselves, by rules, asked over all `chunks`.

    Give `held`, the companies kept out of training, where the training pairs were made from the same
    chunks: only questions on their passages are honest then. Passages that are in the `trained` texts,
    cut otherwise, are not asked about.
    """
    searched = _some_filings(chunks, held or ())
    asked = {c.filing_id for c in searched if held is None or _company(c) in held}
    share = sum(c.filing_id in asked for c in searched) / max(1, len(searched))
    made = _made(searched, asked, Trained(trained), int(QUESTIONS / share)) if share else ()
    if len(made) < FEWEST:
        whose = "the filings" if held is None else "the filings of companies kept out of training"
        return Check("", skipped=f"{whose} give {len(made)} questions, and {FEWEST} are needed")
    return Check("made from the filings", made, searched)


def _made(searched: Sequence[Chunk], asked: set[str], trained: Trained, limit: int) -> tuple[Pair, ...]:
    """At most `QUESTIONS` questions on filings in `asked`, none on what is `trained` on."""
    places: dict[tuple[str, str], set[str]] = {}  # file names repeat: these are the filings they may mean
    for chunk in searched:
        places.setdefault((chunk.source, chunk.embed_text), set()).add(chunk.filing_id)
    while True:
        try:  # over all that is searched, so that a question names its company where another says the same
            made = synthesize_pairs(searched, limit, SEED, clear=True).pairs
        except PairsError:
            return ()
        kept = [
            replace(pair, filing=",".join(sorted(filings)))
            for pair in made
            if (filings := places[pair.filing or "", pair.context]) <= asked
            and not trained.holds(pair.evidence[0] if pair.evidence else pair.context)
        ]
        if len(kept) >= QUESTIONS or len(made) < limit:
            return tuple(kept[:QUESTIONS])
        limit *= 4  # many were on passages that are trained on


def _some_filings(chunks: Sequence[Chunk], first: Collection[str]) -> tuple[Chunk, ...]:
    """All chunks, or those of as many random filings as make `MOST_CHUNKS`; companies in `first` first."""
    sizes = Counter(chunk.filing_id for chunk in chunks)
    wanted = {c.filing_id for c in chunks if _company(c) in first}
    order = sorted(sizes)
    random.Random(SEED).shuffle(order)  # noqa: S311 - reproducible
    order.sort(key=lambda filing: filing not in wanted)
    kept: set[str] = set()
    room = MOST_CHUNKS
    for filing in order:
        if sizes[filing] <= room or not kept:
            kept.add(filing)
            room -= sizes[filing]
    return tuple(chunk for chunk in chunks if chunk.filing_id in kept)


def _company(chunk: Chunk) -> str:
    return chunk.meta.ticker or chunk.meta.company or chunk.source


def made_from(pairs: Sequence[Pair], chunks: Sequence[Chunk]) -> bool:
    """Whether any of the training pairs is about one of these very chunks."""
    texts = {text for chunk in chunks for text in (chunk.text, chunk.embed_text)}
    return any(p.context in texts or any(e in texts for e in p.evidence) for p in pairs)


def told_of(found: Mapping[str, Any]) -> str:
    """The check in one sentence, for a list or a card."""
    if not found:
        return "not checked on filings"
    if skipped := found.get("skipped"):
        return f"not checked on filings: {skipped}"
    if found["loses"]:
        return "loses on filings: " + "; ".join(found["why"])
    full = max(found["dims"], key=int)
    row = found["dims"][full]
    chance = ", which includes zero" if row["includes_zero"] else ""
    return (
        f"keeps its ground on filings: {row['gain']:+.3f} nDCG@10 at {full} dimensions over all of them "
        f"(95% interval {row['low']:+.3f} to {row['high']:+.3f}{chance}, {found['questions']} questions)"
    )
