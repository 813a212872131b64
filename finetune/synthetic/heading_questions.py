"""Headings and risk-factor titles as questions.

Questions carry the marks of `wording` where the company is to be named. Knows no model.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from finetune.synthetic.clauses import parse_clause
from finetune.synthetic.phrases import cut
from finetune.synthetic.verbs import AUX
from finetune.synthetic.wording import WHO, WHOSE, lower, lower_first, third_person
from rag_app.core.types import Chunk

NUMBERED = re.compile(
    r"^(?:note\s+\w{1,3}|item\s+\w+|part\s+\w+|\(?\w{1,3}[.)])\s*[.:—–-]*\s*(?=[A-Z])", re.I
)
DULL = re.compile(
    r"statements?\b|balance sheets?|signature|exhibit|index|contents|continued|unaudited|forward-looking|"
    r"^part\b|^item\b|^as of|ended|summary|\bmillions\b|^\(|financial information|general$|^other$|"
    r"highlights|"
    r"schedule|table|^overview|agreement|officer|director|page|certain |miscellaneous|definitions|appendix|"
    r"annex|additional information|supplement|background|introduction|quarter|first|second|third|fourth|\d|"
    r"\bm\.d\b|form 10|"
    r"certification|report of",
    re.I,
)


def from_heading(chunk: Chunk, rng: random.Random) -> Iterator[tuple[str, str]]:
    """(kind, question) about what the chunk's heading names; nothing for headings of structure."""
    heading = NUMBERED.sub("", chunk.heading).strip(" .:")
    words = heading.split()
    if not words or "…" in heading or not re.search(r"[a-z]{3}", heading, re.I):
        return
    if len(words) >= 6 and not heading.isupper() and any(w.lower() in AUX for w in words[1:]):
        yield from _title(heading, rng)
    elif (chunk.item or "").upper().startswith("EX-"):
        return  # headings of contracts name clauses, not matters
    elif chunk.meta.company and words[0].lower() in chunk.meta.company.lower().split()[:2]:
        return  # its own name, as on a cover page
    elif len(words) <= 7 and chunk.kind == "prose" and not DULL.search(heading):
        yield from _topic(heading, rng)


def _title(heading: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """A risk factor's title is a sentence."""
    long = [word for word in heading.split() if len(word) > 3]
    if sum(word[0].isupper() for word in long) > 0.6 * len(long):  # Title Case
        heading = lower(heading)[:1].upper() + lower(heading)[1:]
    clause = parse_clause(heading)
    if clause is None or re.search(r"[;:|]|\bItem\b", heading):
        return
    tail = cut(clause.rest, 16)
    modal = clause.kind == "aux" and clause.verb in {"may", "could", "might", "can"}
    if modal and clause.subject != WHO and tail:
        if len(clause.subject.split()) > 1 and not re.match(
            f"{WHOSE} (?:business|operations|results)", clause.subject
        ):
            yield "risk", f"How could {clause.subject} affect {WHO}?"
            yield "risk", f"What risks does {WHO} face regarding {clause.subject}?"
        yield "risk", f"Why {clause.inverted(tail)}?"
        if not tail.startswith(("be ", "not ")):
            yield "risk", f"What {clause.verb} {tail.removeprefix('also ')}?"
    elif clause.subject != WHO and len(clause.subject.split()) >= 2:
        yield "risk", f"What risks does {WHO} describe in connection with {clause.subject}?"
        if tail and len(tail.split()) >= 2:
            yield "risk", f"Why {clause.inverted(tail)}?"
    elif clause.subject == WHO and tail and len(tail.split()) >= 2:
        yield "risk", f"Why {clause.inverted(tail)}?"
        if modal:
            yield (
                "risk",
                f"What could cause {WHO} to {tail}?"
                if not tail.startswith("not ")
                else f"Why {clause.inverted(tail)}?",
            )
    if rng.random() < 0.1:
        yield "risk", f"What does {WHO} say about the risk that {lower_first(third_person(heading))}?"


def _topic(heading: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    topic = third_person(lower(heading))
    if len(topic) < 6:
        return
    owned = f"{WHOSE} {topic}" if not topic.startswith(("the ", "<", "a ", "an ")) else topic
    forms = [
        f"What does {WHO} say about {topic}?",
        f"How does {WHO} describe {owned}?",
        f"What does {WHO} disclose about {topic}?",
        f"What is reported about {topic} at {WHO}?",
    ]
    if re.search(r"polic|strateg|practice|program|approach|plan", topic):
        forms = [
            f"What is {owned}?" if not topic.endswith("s") else f"What are {owned}?",
            f"How does {WHO} describe {owned}?",
        ]
    elif re.search(r"recognition|measurement|accounting|valuation|impairment|taxes|leases|inventor", topic):
        forms += (
            [f"How does {WHO} account for {topic}?"] * 2
            if not re.search("recognition|measure|account|valuation", topic)
            else [f"What is {WHOSE} policy on {topic}?"] * 2
        )
    elif re.search(
        r"competition|regulation|litigation|legal proceedings|properties|employees|human capital", topic
    ):
        forms += [f"What does {WHO} report about its {topic}?"]
    yield "heading", rng.choice(forms)
