"""Hits → an answer with citations, or an honest "not in these filings".

Extractive by default: the sentences and table rows nearest the question, quoted. With an LLM:
its words over numbered passages, streamed, every citation checked to exist. Filing text is data
in both; nothing in it is followed. Every number of either is checked against the passages cited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from llama_index.core.llms import LLM

from rag_app.answers.listen import CutShortError, Patience, listen, one_line
from rag_app.answers.numbers import CITATION
from rag_app.answers.prompt import NOT_FOUND, prompt_of
from rag_app.arms import Arm
from rag_app.checks import verify
from rag_app.core.types import Answer, Citation, Filters, FloatArray, Hit, Reading
from rag_app.lexical import tokenize
from rag_app.passages import Snippet, snippets
from rag_app.reading import SPARE, distinct, read
from rag_app.retrieve import Mode

READ = 6  # hits an answer is drawn from
TRIED = 32  # sentences and rows embedded to find the nearest; the rest share too few words
QUOTED = 3  # sentences or rows an extractive answer gives at most
NEAR_BEST = 0.80  # a further quote must come this near the best one's score
LEXICAL_SHARE = 0.35  # what shared words count beside the embedding when a quote is chosen
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
OWNER = re.compile(r"\b([A-Z][A-Za-z&]*[A-Za-z])['’]s\b")
NAME = re.compile(r"\b[A-Z][A-Za-z&]*[A-Za-z]\b")


@dataclass(frozen=True, slots=True)
class AskOptions:
    """How to answer: k distinct hits retrieved in `mode` under `filters`, and who words the answer."""

    k: int = 10
    mode: Mode = "fused"
    filters: Filters | None = None
    llm: str = "extractive"
    patience: Patience = field(default_factory=Patience)


def ask(arm: Arm, question: str, options: AskOptions, llm: LLM | None = None) -> Answer:
    """The finished answer of `stream`."""
    return list(stream(arm, question, options, llm))[-1]


def stream(arm: Arm, question: str, options: AskOptions, llm: LLM | None = None) -> Iterator[Answer]:
    """Ever longer versions of one answer; the last is final and checked.

    When the LLM fails before its first word, the extractive answer stands in and `note` says so; what came
    of an answer that was cut is kept, and `note` says that too. Closing the iterator stops the LLM.
    """
    wanted = options.k + SPARE  # some of them may say the same
    retrieved = arm.retrieve(question, k=wanted, mode=options.mode, filters=options.filters)
    found = distinct(retrieved, question)
    hits = tuple(hit for hit, _ in found[: options.k])
    refusal = refuse(arm, question, hits)
    if refusal is not None:
        yield refusal if llm is None else replace(refusal, answerer=options.llm)
        return
    readings = read(arm.index, found, options.k)
    if llm is None:
        yield extract(arm, question, hits, readings)
        return
    try:
        draft = Answer(question, "", (), False, options.llm, _confidence(hits), hits, readings=readings)
        yield from _generate(llm, draft, options.patience)
    except Exception as error:  # every integration raises errors of its own
        note = (
            f"{options.llm} failed ({type(error).__name__}: {one_line(error)}); this is the extractive answer"
        )
        yield replace(extract(arm, question, hits, readings), note=note)


def refuse(arm: Arm, question: str, hits: Sequence[Hit]) -> Answer | None:
    """A refusal when nothing fits: no hit, no near one, or a name no filing holds; else None."""
    confidence = _confidence(hits)
    unknown = unknown_names(arm, question, hits) if hits else []
    judged = any(h.dense is not None for h in hits)  # BM25 alone gives no cosine to judge by
    if hits and not unknown and (confidence >= arm.abstain_below or not judged):
        return None
    note = f"no passage that fits mentions {', '.join(unknown)}" if unknown else "no passage is near enough"
    return Answer(question, NOT_FOUND, (), True, "extractive", confidence, tuple(hits), note)


def names_in(question: str) -> list[str]:
    """Capitalised words inside the question, and possessives anywhere: "Why did Intel's …".

    Not "US", "EPS", "R&D": filings spell these out. None in a question written in title case.
    """
    words = [w for w in re.findall(r"[A-Za-z][A-Za-z'’&-]*", question) if len(w) > 3]
    if len(words) > 3 and sum(w[0].isupper() for w in words) > 0.7 * len(words):
        return []
    found = []
    for match in NAME.finditer(question):
        word, before = match.group(), question[: match.start()].rstrip()
        first = not before or before[-1] in ".?!:"
        owns = question[match.end() : match.end() + 2] in ("'s", "’s")
        short = "&" in word or (word.isupper() and len(word) <= 3)
        if tokenize(word) and not short and (owns or not first) and word not in found:
            found.append(word)
    return found


def unknown_names(arm: Arm, question: str, hits: Sequence[Hit]) -> list[str]:
    """Names in the question that no indexed passage holds, and owners that none of the best hits holds.

    "What was Qwertex's revenue?" must not be answered with another company's, even where some
    filing mentions Qwertex in passing.
    """
    held = {stem for hit in hits[:READ] for stem in _stems(hit)}
    owners = {m.group(1) for m in OWNER.finditer(question)}
    return [
        name
        for name in names_in(question)
        if not arm.index.lexicon.knows(name) or (name in owners and not set(tokenize(name)) <= held)
    ]


def _about(question: str, hits: Sequence[Hit]) -> list[Hit]:
    """Those of the best hits that hold the most of the question's names and years."""
    wanted = {stem for word in (*names_in(question), *YEAR.findall(question)) for stem in tokenize(word)}
    held = [len(wanted & _stems(hit)) for hit in hits[:READ]]
    return [hit for hit, count in zip(hits, held, strict=False) if count == max(held)]


def _stems(hit: Hit) -> set[str]:
    return set(tokenize(f"{hit.chunk.head} {hit.chunk.text}"))


def extract(arm: Arm, question: str, hits: Sequence[Hit], readings: tuple[Reading, ...] = ()) -> Answer:
    """The few sentences or rows nearest the question, each with the number of its passage."""
    pieces = [(hit, piece) for hit in _about(question, hits) for piece in snippets(hit.chunk)]
    if not pieces:
        return Answer(question, NOT_FOUND, (), True, "extractive", _confidence(hits), tuple(hits))
    scores = _piece_scores(arm, question, pieces)
    chosen: list[tuple[Hit, Snippet]] = []
    seen: set[str] = set()
    for i in np.argsort(-scores, kind="stable"):
        if len(chosen) == QUOTED or (chosen and scores[i] < NEAR_BEST * scores.max()):
            break
        hit, piece = pieces[i]
        if piece.text not in seen:
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
    answer = Answer(question, text, tuple(citations), False, "extractive", _confidence(hits), tuple(hits))
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
    yield replace(answer, citations=tuple(Citation(n, used[n - 1].hit) for n in cited), note=note)


def _confidence(hits: Sequence[Hit]) -> float:
    return max((h.dense for h in hits if h.dense is not None), default=0.0)
