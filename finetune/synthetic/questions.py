"""Rules that turn a filing chunk into questions it answers: table rows, sentences, headings.

English rules over the layout that chunks have (a table is a line of heads, then `label | value |
value` lines). Knows no model, and does not judge whether a question can be found: the round trip does.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from finetune.synthetic.clauses import sentences_of
from finetune.synthetic.heading_questions import from_heading
from finetune.synthetic.prose_questions import from_sentence
from finetune.synthetic.table_questions import from_table, rows_of
from finetune.synthetic.wording import (
    WHO,
    WHOSE,
    filing_of,
    lower_first,
    name_company,
    reword,
    short_name,
    subject_of,
)
from rag_app.core.facts import label_key
from rag_app.core.types import Chunk

LEAST, MOST = 5, 34
"""Words in a question."""
WEIGHTS: Mapping[str, float] = {
    "yesno": 0.25,
    "heading": 0.35,
    "larger": 0.4,
    "where": 0.6,
    "opinion": 0.7,
    "about": 0.15,
    "search": 0.1,
    "risk": 0.8,
}
"""How eagerly a kind is chosen where a chunk gives several; 1 for kinds that are not here."""
NUMBERS = re.compile(r"[$€£] ?\d|\d ?%|\d (?:million|billion|thousand|percent|basis)|\d,\d{3}")
VAGUE = re.compile(
    r"\b(?:this|these|those|they|them|he|she|his|her|herein|hereof|hereby|thereof|thereto|foregoing|following|above|"
    r"below|aforementioned|said|former|latter|respective(?:ly)?|pursuant)\b|\bsuch (?!as\b)",
    re.I,
)
"""Words that point to something outside the question."""
TABLES = frozenset(("row", "tag", "change", "larger"))
NAMED = 0.4
"""The share of questions that name the company where the passage alone would tell which is meant."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with marks where the company is spoken of. `says` is what of the passage answers it:
    equal in two chunks that say the same but for numbers."""

    text: str
    kind: str
    says: str


def questions(
    chunk: Chunk, rng: random.Random, words: Mapping[str, tuple[str, ...]] | None = None
) -> list[Question]:
    """What the rules make of one chunk, the most wanted last; empty for scraps.

    `words` are other names of table rows (`concepts.other_words`).
    """
    if len(chunk.text.split()) < 12:
        return []
    found = list(_all(chunk, words or {}, rng))
    keyed = sorted(found, key=lambda q: rng.random() ** (1 / WEIGHTS.get(q.kind, 1.0)))
    seen: set[str] = set()
    out = []
    for question in keyed:
        text = tidy(reword(question.text, rng))
        if question.kind not in TABLES and NUMBERS.search(text):
            continue  # the answer may be in it
        if LEAST - 1 <= len(text.split()) <= MOST and text.lower() not in seen and not _bad(text):
            seen.add(text.lower())
            out.append(Question(text, question.kind, question.says))
    return out


def _all(chunk: Chunk, words: Mapping[str, tuple[str, ...]], rng: random.Random) -> Iterator[Question]:
    for kind, text, label in from_table(chunk, words, rng):
        yield Question(text, kind, label_key(label))
    company = short_name(chunk.meta.company) if chunk.meta.company else ""
    for sentence in sentences_of(chunk.text):
        for kind, text in from_sentence(sentence, company, rng):
            yield Question(text, kind, statement(sentence))
    for kind, text in from_heading(chunk, rng):
        yield Question(text, kind, statement(chunk.heading))


def statements(chunk: Chunk) -> set[str]:
    """Everything that the chunk says, as `Question.says` has it."""
    said = {label_key(row.label) for row in rows_of(chunk.text)}
    said.update(statement(sentence) for sentence in sentences_of(chunk.text))
    return said | ({statement(chunk.heading)} if chunk.heading else set())


def statement(sentence: str) -> str:
    """A sentence without its numbers, case and signs."""
    return " ".join(re.findall(r"[a-z]+", sentence.lower()))


def worded(
    question: Question, chunk: Chunk, rng: random.Random, *, name: bool = False, period: bool = False
) -> str | None:
    """The question as it is asked. `name` and `period`: it must say whose and from when, because other
    companies or other filings of this one say the same; None where that cannot be said."""
    # short questions say too little without a name
    vague = len(question.text.split()) < 9 and question.kind not in TABLES and rng.random() < 0.7
    name = name or not question.text.endswith("?")  # what is typed into a search box names its subject
    who = subject_of(chunk, rng) if name or period or vague or rng.random() < NAMED else None
    if (name or period) and not who:
        return None
    text = question.text
    if period and not re.search(r"(?:19|20)\d\d", text):
        filing = filing_of(chunk, rng)
        if not filing:
            return None
        if not text.endswith("?"):
            return tidy(f"{name_company(text, who, rng)} {chunk.meta.fiscal_year}")
        start = rng.choice(["According to {}, {}", "In {}, {}"])
        owner = f"{who}'s" if who and not who.endswith("s") else f"{who}'"
        rest = name_company(lower_first(text), None, rng)
        return tidy(start.format(f"{owner} {filing}", rest))
    return tidy(name_company(text, who, rng, must=name or period or vague))


def _bad(text: str) -> bool:
    asked = text.endswith("?")
    return (
        (asked and text.count("?") > 1)
        or bool(VAGUE.search(text))
        or bool(
            re.search(r"[•|=_<>]{2}|\(\s*\)|\?\w|\b(\w{3,}) \1\b", text.replace(WHO, "").replace(WHOSE, ""))
        )
        or text.count("(") != text.count(")")
        or bool(
            re.search(r"\b(?:of|the|a|and|or|by|in|for|with|to)\?$", text)
            and not re.search(r" (?:consist|for what|account\w*) .*(?:of|for)\?$| (?:of|for)\?$", text)
        )
    )


def tidy(text: str) -> str:
    """One space between words, none before signs, a capital first."""
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\b(the|a|an|its|of|in) \1\b", r"\1", text, flags=re.I)
    text = re.sub(r"[\s,]+([?.;:])", r"\1", text).strip(" ,")
    return text[:1].upper() + text[1:]
