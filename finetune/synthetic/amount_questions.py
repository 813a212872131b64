"""Numbers in sentences as questions: how much, how many, by what percentage, and why it moved.

Questions carry the marks of `wording` where the company is to be named, and never the number. Knows no table.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from finetune.synthetic.clauses import Clause
from finetune.synthetic.phrases import (
    AMOUNT,
    CAUSE,
    COUNT,
    NUMERAL,
    PERCENT,
    ask,
    cut,
    time_in,
    without_amounts,
)
from finetune.synthetic.verbs import BE, PAST
from finetune.synthetic.wording import WHOSE, YEAR, lower_first, third_person

RISE = {
    "increased": "increase",
    "decreased": "decrease",
    "rose": "rise",
    "fell": "fall",
    "grew": "grow",
    "declined": "decline",
    "improved": "improve",
    "dropped": "drop",
}
NOUNS = {"grow": "growth", "improve": "improvement"}
MOVED = re.compile(
    rf"(?:(In|For|During) ([^,]{{4,40}}), )?([A-Z][\w&’'/,() -]{{2,70}}?) ({'|'.join(RISE)})\b(.*)"
)
THE_MOVE = re.compile(
    r"(?:(In|For|During) ([^,]{4,40}), )?[Tt]he "
    r"(increase|decrease|decline|growth|change|improvement|reduction)s? in (.{3,70}?) "
    r"(?:(in|for|during) ((?:the )?[\w ,]{0,40}?(?:19|20)\d\d)[^.]*? )?"
    r"(?:is|was|were|are|reflects?|reflected|resulted)\b"
)


def from_amount(clause: Clause, rng: random.Random) -> Iterator[tuple[str, str]]:
    """The number is taken away and asked for, with the noun that it counts."""
    yield from _was(clause, rng)
    if clause.kind == "aux":
        return
    rest, when = clause.rest, clause.when
    if found := re.match(
        rf"(?:{COUNT}) (?!percent|basis|%|million|billion)((?:[a-z][\w-]* ){{0,3}}?[a-z][\w-]*s)\b(.*)", rest
    ):
        yield from _count(clause, found[1], found[2].strip())
    if found := re.match(rf"({AMOUNT}) (?:of|in) (?:our |the |<whose> )?(.+)", rest):
        thing = cut(re.split(r" (?:in|for|during|from|to|on|as|with|under|at|which|that) ", found[2])[0], 7)
        if thing and not re.search(r"\d|\band\b|^its\b", thing):
            yield "amount", ask("How much", thing, clause.inverted(time_in(found[2]) or when))
    if found := re.match(rf"((?:an? |the |its )?[a-z][\w-]*(?: [\w-]+){{0,5}}?) of ({AMOUNT})(.*)", rest):
        thing = re.sub(r"^(?:an? |the )", "", found[1])
        dull = thing in {"total", "balance"} or re.search(r"\d|\b(?:and|or)\b", thing)
        if clause.kind == "past" and not dull:
            verb = next((was for was, base in PAST.items() if base == clause.base), clause.base)
            said = f"the amount of the {thing} that {clause.subject} {verb}"
            yield "amount", ask("What was", said, time_in(found[3]) or when)
    if found := re.match(rf"({AMOUNT}) (for|to) (.+)", rest):
        thing = cut(found[3], 9)
        if (
            clause.base in {"pay", "spend", "invest", "contribute", "use"}
            and thing
            and not NUMERAL.search(thing)
        ):
            yield "amount", ask("How much", clause.inverted(f"{found[2]} {thing}"), when)


def _was(clause: Clause, rng: random.Random) -> Iterator[tuple[str, str]]:
    """ "Backlog was $12 million at June 30": the subject is what is asked for."""
    rest = clause.rest
    if clause.kind != "aux" or clause.verb not in BE or not re.match(rf"(?:{AMOUNT}|{PERCENT})", rest):
        return
    tail = cut(re.sub(rf"^(?:{AMOUNT}|{PERCENT})", "", rest).strip(" ,")) if " and $" not in rest else ""
    percent = "%" in rest[:14] or "percent" in rest[:20]
    start = "What" if percent else rng.choice(["What", "How much"])
    yield "amount", ask(start, clause.verb, clause.subject, time_in(tail) or clause.when)


def _count(clause: Clause, noun: str, tail: str) -> Iterator[tuple[str, str]]:
    if of := re.match(r"of (?:<whose> |its |our |the )?([a-z]+(?: stock)?)\b(.*)", tail):
        noun, tail = f"{noun} of {of[1]}", of[2].strip()
    tail = cut(tail, 10)
    if NUMERAL.search(YEAR.sub("", tail)):
        tail = time_in(tail)
    if not YEAR.match(clause.rest) and not re.search(r"\b(?:months|days|years)\b", noun):
        yield "count", ask("How many", noun, clause.inverted(tail), clause.when)


def from_movement(sentence: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """ "Net sales increased 5% in 2024 due to ...": by how much, and why."""
    if found := MOVED.match(sentence):
        yield from _moved(found, rng)
    if found := THE_MOVE.match(sentence):
        thing = third_person(found[4].strip(" ,"))
        if re.search(r"[;:|]|\bwhich\b", thing) or len(thing.split()) > 10 or without_amounts(thing) != thing:
            return
        lead = f"{found[1].lower()} {found[2]}" if found[2] else ""
        when = f"{found[5]} {found[6]}" if found[6] else lead
        start = rng.choice(["What caused", "What explains", "What was behind", "What contributed to"])
        yield "why", ask(start, f"the {found[3]} in", thing, when)


def _moved(found: re.Match[str], rng: random.Random) -> Iterator[tuple[str, str]]:
    thing = third_person(lower_first(re.sub(r"^(?:The|Our) ", "", found[3]).strip(" ,")))
    if len(thing.split()) > 9 or re.search(r"\b(?:which|that|it|this|and the)\b", thing):
        return
    base, tail = RISE[found[4]], found[5]
    if rng.random() < 0.5 and not thing.startswith(("<", "the ", "a ")):
        thing = f"{WHOSE} {thing}"
    when = time_in(tail) or (f"{found[1].lower()} {found[2]}" if found[2] else "")
    near = tail[:60]
    if money := re.search(AMOUNT, near) or re.search(PERCENT, near):
        percent = money.group().endswith(("%", "percent"))
        start = "By what percentage did" if percent else rng.choice(["By how much did", "How much did"])
        yield "amount", ask(start, thing, base, when)
    if CAUSE.search(tail) or re.search(r"reflect|result", tail):
        noun = NOUNS.get(base, base)
        yield (
            "why",
            rng.choice(
                [
                    ask("Why did", thing, base, when),
                    ask("What drove the", noun, "in", thing, when),
                    ask("What factors contributed to the", noun, "in", thing, when),
                    ask("What was the main reason for the", noun, "in", thing, when),
                    ask("What led to the", noun, "in", thing, when),
                ]
            ),
        )
