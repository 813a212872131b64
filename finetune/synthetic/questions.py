"""Rules that turn a filing chunk into questions it answers: table rows, headings, prose, keywords.

English rules over the layout that chunks have (a table is a line of heads, then `label | value |
value` lines). Knows no model, and does not judge whether a question is good: the round trip does.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from finetune.synthetic.table_questions import from_table
from finetune.synthetic.wording import YEAR, lower, lower_first, reword, subject_of, third_person, when_of
from rag_app.core.types import Chunk

NUMBER = re.compile(r"\(?[$€£]?\s?\d[\d,]*(?:\.\d+)?\)?%?(?:\s(?:million|billion|thousand|percent))?")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"(])")
CAUSES = re.compile(
    r"\b(?:primarily |mainly |largely )?(?:due to|because of|because|driven by|as a result of|"
    r"reflect(?:s|ing|ed)|attributable to|resulted from|caused by)\b",
    re.I,
)
STOP = frozenset(
    "a an the of in on at to for and or by with from as is are was were be been its it we our us that "
    "this these those which who whom such any all not no may might could would will can also than then "
    "there their they has have had do does did but if into under over between during per each other "
    "more most some company".split()
)


@dataclass(frozen=True, slots=True)
class Question:
    """`removed` is a sentence that the passage must lose, so that the pair is not a copy of itself."""

    text: str
    kind: str
    removed: str = ""


def questions(chunk: Chunk, rng: random.Random) -> list[Question]:
    """What the rules make of one chunk, in random order; empty for scraps."""
    if len(chunk.text.split()) < 12:
        return []
    found = [
        *(Question(text, "table") for text in from_table(chunk, rng)),
        *_from_heading(chunk, rng),
        *_from_prose(chunk, rng),
    ]
    rng.shuffle(found)
    seen: set[str] = set()
    out = []
    for question in found:
        text = _tidy(question.text)
        if 3 <= len(text.split()) <= 40 and text.lower() not in seen:
            seen.add(text.lower())
            out.append(Question(text, question.kind, question.removed))
    return out


def _from_heading(chunk: Chunk, rng: random.Random) -> Iterator[Question]:
    heading = re.sub(r"^(?:note\s+)?\d+[.:]?\s*[-—–]?\s*", "", chunk.heading, flags=re.I).strip(" .")
    if len(heading.split()) < 2:
        return
    subject = subject_of(chunk, rng)
    topic = third_person(lower(heading))
    year = when_of("", chunk, rng) if rng.random() < 0.4 else ""
    who = subject or "the company"
    if len(heading.split()) > 6:  # a risk factor's title is a sentence
        templates = [f"Why does {who} say that {topic}?", f"What could happen if {topic}?", f"Risk: {topic}"]
    else:
        templates = [
            f"What does {who} say about {topic} {year}?",
            f"How does {who} describe {topic} {year}?",
            f"{subject or ''} {topic} {year}",
        ]
    yield Question(reword(rng.choice(templates), rng), "heading")


def _from_prose(chunk: Chunk, rng: random.Random) -> Iterator[Question]:
    prose = " ".join(
        line for line in chunk.text.splitlines() if "|" not in line and line.endswith((".", "”"))
    )
    sentences = [s.strip() for s in SENTENCE_END.split(prose) if 8 <= len(s.split()) <= 60]
    for sentence in sentences:
        subject = subject_of(chunk, rng)
        makers: tuple[Callable[[str, str | None, random.Random], str], ...] = (_cause, _definition, _amount)
        for make in makers:
            if text := make(sentence, subject, rng):
                yield Question(reword(text, rng), make.__name__.strip("_"))
                break
        if rng.random() < 0.5:
            yield Question(_keywords(sentence, subject, rng), "keywords")
        if len(sentences) > 2 and rng.random() < 0.4:
            yield Question(reword(_cloze(sentence, rng), rng), "cloze", sentence)


def _cause(sentence: str, subject: str | None, rng: random.Random) -> str:
    found = CAUSES.search(sentence)
    effect = third_person(sentence[: found.start()]).strip(" ,") if found else ""
    if not 3 <= len(effect.split()) <= 22:
        return ""
    effect = NUMBER.sub("", effect) if rng.random() < 0.5 else effect
    who = f" at {subject}" if subject else ""
    starts = ["What was the reason that {e}{w}?", "Why was it that {e}{w}?", "What explains why {e}{w}?"]
    return rng.choice(starts).format(e=lower_first(effect), w=who)


def _definition(sentence: str, subject: str | None, rng: random.Random) -> str:
    found = re.match(
        r"[“\"]?(?:The |An? )?([A-Z][\w’'&, -]{2,50}?)[”\"]? (?:means|is an?|are|refers to|is the) ", sentence
    )
    if not found or found[1].split()[0].lower() in {
        "we",
        "our",
        "it",
        "this",
        "there",
        "these",
        "such",
        "they",
    }:
        return ""
    who = subject or "the filing"
    return rng.choice([f"What is {found[1]} at {who}?", f"What does {who} say {found[1]} is?"])


def _amount(sentence: str, subject: str | None, rng: random.Random) -> str:
    numbers = [
        m for m in NUMBER.finditer(sentence) if not YEAR.fullmatch(m.group().strip()) and len(m.group()) > 1
    ]
    if not numbers:
        return ""
    found = rng.choice(numbers)
    before = third_person(sentence[: found.start()]).strip(" ,")
    after = third_person(sentence[found.end() :]).strip(" .,")
    if "$" in found.group() or "%" in found.group():
        start = "What percentage" if "%" in found.group() else "How much"
        clause = " ".join(before.split()[-14:]) if len(before.split()) >= 4 else " ".join(after.split()[:12])
    else:
        start = "How many"
        clause = f"{' '.join(after.split()[:8])} {' '.join(before.split()[-6:])}"
    who = f" for {subject}" if subject else ""
    return (
        f"{start}{who}: {lower_first(clause)}?"
        if rng.random() < 0.5
        else f"{start} {lower_first(clause)}{who}?"
    )


def _keywords(sentence: str, subject: str | None, rng: random.Random) -> str:
    words = [w.strip(".,;:()“”\"'") for w in sentence.split()]
    content = [w for w in words if w.lower() not in STOP and len(w) > 2 and not NUMBER.fullmatch(w)]
    kept = sorted(rng.sample(range(len(content)), min(len(content), rng.randint(4, 7))))
    return " ".join([*([subject] if subject else []), *(content[i] for i in kept)])


def _cloze(sentence: str, rng: random.Random) -> str:
    """Inverse cloze (Lee et al. 2019): a sentence asks for the passage it was taken from."""
    words = NUMBER.sub("", third_person(sentence)).split()
    return " ".join(w for w in words if rng.random() > 0.2)


def _tidy(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\bthe the\b", "the", text, flags=re.I)
    return re.sub(r"[\s,]+([?.,;:])", r"\1", text).strip()
