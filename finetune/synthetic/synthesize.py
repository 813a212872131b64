"""Training pairs out of the filings themselves, offline by rules or with an LLM that is passed in.

A positive is `Chunk.embed_text`, the text that the index embeds. Rules make questions of many kinds
(`finetune.synthetic.questions`); the round trip keeps those by which the base model can find their source at
all. Knows no file and no index.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from finetune.data.pairs import Pair, PairSet, pair_set
from finetune.synthetic.questions import Question, questions
from rag_app.core.errors import PairsError
from rag_app.core.types import Chunk, Encoder, Progress, ProgressFn, no_progress

TOP_K = 20
"""The round trip keeps a question when its source is among this many passages (Alberti et al. 2019)."""
SPARE = 1.5
"""Questions made for each that is wanted, since the round trip drops some."""
PROMPT = """Below is a passage from {what}. Write one question that a financial analyst might ask and that \
only this passage answers. Name the company and the year if the passage gives them. Do not copy its \
wording. Reply with the question alone.

Passage:
{text}

Question:"""


class Completion(Protocol):
    """What an LLM's `complete` returns: text by `str()`."""

    @property
    def text(self) -> str:
        """The reply."""


class LLM(Protocol):
    """Any llama-index LLM, by its one method used here."""

    def complete(self, prompt: str) -> Completion:
        """Complete `prompt`."""


def synthesize_pairs(
    chunks: Sequence[Chunk],
    limit: int = 1500,
    seed: int = 42,
    encoder: Encoder | None = None,
    on_progress: ProgressFn = no_progress,
) -> PairSet:
    """At most `limit` pairs, spread evenly over the chunks; equal inputs give equal pairs.

    With `encoder`, a question is kept only if its own chunk is among the `TOP_K` nearest. Raises
    PairsError when the chunks give no question.
    """
    made: list[tuple[Question, Chunk]] = []
    wanted = int(limit * SPARE) if encoder is not None else limit
    for question, chunk in _round_robin(chunks, random.Random(seed)):  # noqa: S311 - reproducible
        made.append((question, chunk))
        if len(made) == wanted:
            break
    on_progress(Progress("synthesize", len(made), wanted, "questions from the filings"))
    if encoder is not None and made:
        made = _round_trip(made, chunks, encoder, on_progress)
    if not made:
        raise PairsError(f"{len(chunks)} chunks gave no question; ingest filings with prose or tables first")
    return pair_set("synthetic", (_pair(question, chunk) for question, chunk in made[:limit]))


def _pair(question: Question, chunk: Chunk) -> Pair:
    passage = chunk.embed_text
    if question.removed:
        # Sentences may have been joined across line ends.
        pattern = r"\s+".join(re.escape(word) for word in question.removed.split())
        passage = re.sub(pattern, " ", passage, count=1).strip()
    group = chunk.meta.ticker or chunk.meta.company
    return Pair(question.text, passage, group, chunk.source, (chunk.text,))


def _round_robin(chunks: Sequence[Chunk], rng: random.Random) -> Iterator[tuple[Question, Chunk]]:
    """One question of every chunk, then the second of each that has one, and so on.

    A question that two chunks would give ("What were total assets?" of two companies) is skipped the
    second time: it cannot teach which of them is meant.
    """
    pools = [(questions(chunk, rng), chunk) for chunk in chunks]
    rng.shuffle(pools)
    seen: set[str] = set()
    while pools:
        for pool, chunk in pools:
            question = pool.pop() if pool else None
            if question and question.text.lower() not in seen:
                seen.add(question.text.lower())
                yield question, chunk
        pools = [entry for entry in pools if entry[0]]


def _round_trip(
    made: Sequence[tuple[Question, Chunk]],
    chunks: Sequence[Chunk],
    encoder: Encoder,
    on_progress: ProgressFn,
) -> list[tuple[Question, Chunk]]:
    texts = list(dict.fromkeys(chunk.embed_text for chunk in chunks))
    place = {text: i for i, text in enumerate(texts)}

    def encoding(step: Progress) -> None:
        on_progress(
            Progress("synthesize", step.done, step.total, "checking that questions find their source")
        )

    passages = encoder.encode_passages(texts, encoding)
    kept: list[tuple[Question, Chunk]] = []
    for start in range(0, len(made), 512):
        block = made[start : start + 512]
        scores = encoder.encode_queries([question.text for question, _ in block]) @ passages.T
        own = np.array([place[chunk.embed_text] for _, chunk in block])
        better = (scores > scores[np.arange(len(block)), own][:, None]).sum(axis=1)
        kept.extend(entry for entry, rank in zip(block, better.tolist(), strict=True) if rank < TOP_K)
        on_progress(Progress("synthesize", start + len(block), len(made), "round trip"))
    return kept


def synthesize_with_llm(
    chunks: Sequence[Chunk],
    llm: LLM,
    n: int = 200,
    seed: int = 42,
    on_progress: ProgressFn = no_progress,
) -> PairSet:
    """Ask `llm` for one question on each of `n` random chunks.

    Replies that hold no question are skipped. Raises PairsError when none held one; what the LLM
    raises goes through.
    """
    rng = random.Random(seed)  # noqa: S311 - a reproducible sample, not a secret
    useful = [chunk for chunk in chunks if len(chunk.text.split()) >= 25]
    chosen = rng.sample(useful, min(n, len(useful)))
    pairs: list[Pair] = []
    for done, chunk in enumerate(chosen, 1):
        reply = llm.complete(PROMPT.format(what=chunk.head or chunk.source, text=chunk.text))
        if question := parse_question(str(getattr(reply, "text", reply))):
            pairs.append(
                Pair(question, chunk.embed_text, chunk.meta.ticker or chunk.meta.company, chunk.source)
            )
        on_progress(Progress("synthesize", done, len(chosen), "asking the language model"))
    if not pairs:
        raise PairsError(f"the language model gave no question for {len(chosen)} passages; try another model")
    return pair_set("synthetic-llm", pairs)


def parse_question(reply: str) -> str | None:
    """The first question in a model's reply, without its numbering, quotes, labels and reasoning."""
    reply = re.sub(r"<think>.*?(?:</think>|\Z)", " ", reply, flags=re.S)
    for line in reply.splitlines():
        text = re.sub(r"^\s*(?:[-*•]|\d+[.)]|#+)?\s*", "", line).strip()
        text = re.sub(r"^\**\s*(?:question|q)\s*\d*\s*[:.\-]\s*\**\s*", "", text, flags=re.I)
        text = text.strip(" *\"“”'`")
        end = text.find("?")
        if end > 0 and 4 <= len(text[: end + 1].split()) <= 60:
            return text[: end + 1]
    return None
