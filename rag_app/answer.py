"""Hits → an answer with citations, or an honest "not in these filings".

Extractive by default: the sentences and table rows nearest the question, quoted. With an LLM:
its words over numbered passages, streamed, every citation checked to exist. Filing text is data
in both; nothing in it is followed. Every number of either is checked against the passages cited.
A figure that a filing tags is looked up first: no vector guesses it, and no LLM is asked for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from llama_index.core.llms import LLM

from rag_app.answers.doubts import READ, best_cosine, doubt, names_in, stems
from rag_app.answers.listen import CutShortError, Patience, listen, one_line
from rag_app.answers.numbers import CITATION
from rag_app.answers.periods import period_weights
from rag_app.answers.prompt import NOT_FOUND, prompt_of
from rag_app.answers.quotes import quotes_for
from rag_app.arms import Arm
from rag_app.checks import verify
from rag_app.core.lexical import tokenize
from rag_app.core.types import Answer, Citation, Filters, FloatArray, Hit, Reading
from rag_app.facts.store import FactStore
from rag_app.facts.told import Told, tell
from rag_app.passages import Snippet, snippets
from rag_app.reading import SPARE, Found, distinct, read
from rag_app.retrieve import Mode

TRIED = 32  # sentences and rows embedded to find the nearest; the rest share too few words
QUOTED = 3  # sentences or rows an extractive answer gives at most
NEAR_BEST = 0.80  # a further quote must come this near the best one's score
LEXICAL_SHARE = 0.35  # what shared words count beside the embedding when a quote is chosen
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class AskOptions:
    """How to answer: k distinct hits retrieved in `mode` under `filters`, and who words the answer.

    `facts` are asked first, under the filters set `by_hand`: the question is read for them anew. None:
    the passages only.
    """

    k: int = 10
    mode: Mode = "fused"
    filters: Filters | None = None
    llm: str = "extractive"
    patience: Patience = field(default_factory=Patience)
    facts: FactStore | None = None
    by_hand: Filters | None = None


def ask(arm: Arm, question: str, options: AskOptions, llm: LLM | None = None) -> Answer:
    """The finished answer of `stream`."""
    return list(stream(arm, question, options, llm))[-1]


def stream(arm: Arm, question: str, options: AskOptions, llm: LLM | None = None) -> Iterator[Answer]:
    """Ever longer versions of one answer; the last is final and checked.

    What the tagged data answers for sure is the answer; what it could mean are the `figures` of
    another one. When the LLM fails before its first word, the extractive answer stands in and `note` says
    so; what came of an answer that was cut is kept, and `note` says that too. Closing the iterator stops
    the LLM.
    """
    wanted = options.k + SPARE  # some of them may say the same
    retrieved = arm.retrieve(question, k=wanted, mode=options.mode, filters=options.filters)
    found = distinct(retrieved, question)
    hits = tuple(hit for hit, _ in found[: options.k])
    told = Told() if options.facts is None else _tell(arm, question, options, options.facts)
    if told.answer is not None:
        yield _stated(told.answer, hits, "" if llm is None else options.llm)
        return
    for answer in _from_passages(arm, question, options, llm, found, hits):
        note = "; ".join(n for n in (answer.note, told.note) if n)
        yield replace(answer, note=note, figures=told.figures)


def _tell(arm: Arm, question: str, options: AskOptions, facts: FactStore) -> Told:
    return tell(facts, question, options.by_hand, arm.index.facets.filings)


def _stated(answer: Answer, hits: tuple[Hit, ...], llm: str) -> Answer:
    """The answer from tagged data with what was retrieved; a row that was retrieved too is that hit."""
    found = {hit.chunk.chunk_id: hit for hit in hits}
    cited = tuple(replace(c, hit=found.get(c.hit.chunk.chunk_id, c.hit)) for c in answer.citations)
    note = f"{llm} was not asked: the filing tags this figure" if llm else ""
    return replace(answer, citations=cited, hits=hits, note=note)


def _from_passages(
    arm: Arm,
    question: str,
    options: AskOptions,
    llm: LLM | None,
    found: Sequence[Found],
    hits: tuple[Hit, ...],
) -> Iterator[Answer]:
    """The answer that the retrieved passages give."""
    refusal = refuse(arm, question, hits)
    if refusal is not None:
        yield refusal if llm is None else replace(refusal, answerer=options.llm)
        return
    readings = read(arm.index, found, options.k)
    if llm is None:
        yield extract(arm, question, hits, readings)
        return
    try:
        draft = Answer(question, "", (), False, options.llm, best_cosine(hits), hits, readings=readings)
        yield from _generate(llm, draft, options.patience)
    except Exception as error:  # every integration raises errors of its own
        note = (
            f"{options.llm} failed ({type(error).__name__}: {one_line(error)}); this is the extractive answer"
        )
        yield replace(extract(arm, question, hits, readings), note=note)


def refuse(arm: Arm, question: str, hits: Sequence[Hit]) -> Answer | None:
    """A refusal that says why, when the hits do not answer the question; else None."""
    note = doubt(arm, question, hits)
    if not note:
        return None
    return Answer(question, NOT_FOUND, (), True, "extractive", best_cosine(hits), tuple(hits), note)


def _about(question: str, hits: Sequence[Hit]) -> list[Hit]:
    """Those of the best hits that hold the most of the question's names and years."""
    wanted = {stem for word in (*names_in(question), *YEAR.findall(question)) for stem in tokenize(word)}
    held = [len(wanted & stems(hit)) for hit in hits[:READ]]
    return [hit for hit, count in zip(hits, held, strict=False) if count == max(held)]


def extract(arm: Arm, question: str, hits: Sequence[Hit], readings: tuple[Reading, ...] = ()) -> Answer:
    """The few sentences or rows nearest the question, each with the number of its passage."""
    pieces = [(hit, piece) for hit in _about(question, hits) for piece in snippets(hit.chunk)]
    if not pieces:
        return Answer(question, NOT_FOUND, (), True, "extractive", best_cosine(hits), tuple(hits))
    fits = period_weights(question, pieces)
    scores = _piece_scores(arm, question, pieces) * fits
    chosen: list[tuple[Hit, Snippet]] = []
    seen: set[str] = set()
    for i in np.argsort(-scores, kind="stable"):
        if len(chosen) == QUOTED or (chosen and scores[i] < NEAR_BEST * scores.max()):
            break
        hit, piece = pieces[i]
        of_period = fits[i] >= fits[scores.argmax()]  # no quarter's figure beside the year's
        if piece.text not in seen and of_period:
            seen.add(piece.text)
            chosen.append((hit, piece))
    numbers: dict[str, int] = {}
    citations: list[Citation] = []
    lines = []
    for hit, piece in chosen:
        number = numbers.setdefault(hit.chunk.chunk_id, len(numbers) + 1)
        citations.append(Citation(number, hit, piece.quote))
        lines.append(f"{piece.text} [{number}]")
    text = lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)
    answer = Answer(question, text, tuple(citations), False, "extractive", best_cosine(hits), tuple(hits))
    return verify(replace(answer, readings=readings), {c.number: (c.hit.chunk,) for c in citations})


def _piece_scores(arm: Arm, question: str, pieces: Sequence[tuple[Hit, Snippet]]) -> FloatArray:
    """Nearness of each piece: its embedding, the words it shares, and its passage's own score.

    Words that the context line has already (company, year) do not count as shared: every piece
    of the passage would. Only the most promising pieces are embedded; the others score zero.
    """
    asked = set(tokenize(question))
    best = max(h.score for h, _ in pieces) or 1.0
    passage = np.array([h.score / best for h, _ in pieces], dtype=np.float32)
    shared = np.zeros(len(pieces), dtype=np.float32)
    for i, (hit, piece) in enumerate(pieces):
        wanted = asked - set(tokenize(hit.chunk.head)) or asked
        shared[i] = len(wanted & set(tokenize(piece.text))) / len(wanted) if wanted else 0.0
    tried = np.argsort(-(shared + passage), kind="stable")[:TRIED]
    query = arm.encoder.encode_queries([question])[0]
    near = np.zeros(len(pieces), dtype=np.float32)
    near[tried] = arm.encoder.encode_passages([pieces[i][1].text[:400] for i in tried]) @ query
    near[tried] = (1 - LEXICAL_SHARE) * near[tried] + LEXICAL_SHARE * shared[tried]
    return np.asarray(near * (0.7 + 0.3 * passage), dtype=np.float32)


def _generate(llm: LLM, draft: Answer, patience: Patience) -> Iterator[Answer]:
    """The LLM's words as they come, then once more with citations and checks."""
    used = draft.readings[:READ]
    text = note = ""
    try:
        for piece in listen(llm, prompt_of(draft.question, used), patience):
            text += piece
            yield replace(draft, text=text)
    except CutShortError as error:
        note = f"the answer was cut short ({one_line(error)})"
    text = text.strip()
    if NOT_FOUND.rstrip(".").lower() in text.lower()[:60]:
        yield replace(draft, text=NOT_FOUND, abstained=True)
        return
    passages = {n: reading.parts for n, reading in enumerate(used, start=1)}
    answer = verify(replace(draft, text=text), passages)
    cited = sorted({int(n) for n in CITATION.findall(answer.text)} & set(passages))
    if not cited:
        note = "; ".join(n for n in (note, "the model cited no passage; check it against those below") if n)
    citations = [
        Citation(n, used[n - 1].hit, quote)
        for n in cited
        for quote in quotes_for(answer.text, n, used[n - 1].parts) or ("",)
    ]
    yield replace(answer, citations=tuple(citations), note=note)
