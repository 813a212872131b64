"""Sentences as questions: why, when, how, what, who does it.

Questions carry the marks of `wording` where the company is to be named. Knows no model and no table.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from finetune.synthetic.amount_questions import from_amount, from_movement
from finetune.synthetic.clauses import CLAUSE_WORDS, Clause, is_passive, parse_clause
from finetune.synthetic.phrases import AT_DATE, CAUSE, DATE, LOOSE, NUMERAL, ask, cut, without_amounts
from finetune.synthetic.term_questions import from_terms
from finetune.synthetic.verbs import BASE, INTRANSITIVE, PARTICIPLE
from finetune.synthetic.wording import WHO, WHOSE

MEANS = re.compile(r",? (?:by (?=\w+ing\b)|through the |using |based (?:up)?on )")
WHEN = re.compile(r",? (?:when|once|upon|if|unless|until|to the extent(?: that)?) ")
PURPOSE = re.compile(r",? (?:in order )?to (?=(\w+) )")
PURPOSEFUL = frozenset(
    "use utilize hold enter purchase conduct hedge invest employ monitor review perform adjust "
    "establish implement engage adopt collect combine create develop evaluate launch make offer "
    "operate process sell supply".split()
)
"""Verbs after which "to ..." says what for."""
MEASURED = frozenset(
    "stated measured recorded valued recognized classified determined calculated computed amortized "
    "depreciated reported translated allocated estimated evaluated assessed treated reviewed tested "
    "priced organized managed funded presented carried accrued capitalized expensed denominated "
    "manufactured distributed sold based described defined accounted".split()
)
PLACED = frozenset("located headquartered listed traded incorporated filed included".split())
MENTAL = frozenset("believe expect anticipate have".split())
PREPOSITIONS = r"to|for|in|from|through|with|under|against|on|into|by|as|that|which|when|if|at|of"
OBJECT = re.compile(
    rf"((?:(?!\b(?:{PREPOSITIONS})\b)[^,;]){{4,60}}) ((?:to|for|through|under|against|into|as part of) .+)"
)
HARM = re.compile(r"affect|harm|result|cause|impact|damage|reduce|increase|require|expose")


def from_sentence(sentence: str, company: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """(kind, question) for every way in which this sentence can be asked for; none for most.

    `company` is a name that means the company, too.
    """
    yield from from_terms(sentence, rng)
    yield from from_movement(sentence, rng)
    clause = parse_clause(sentence, company)
    if clause is None or re.search(r"[•|_=]|\.\.|\bItem \d|“[^”]*$", f"{clause.subject} {clause.rest}"):
        return
    yield from from_amount(clause, rng)
    yield from _reason(clause, rng)
    yield from _purpose(clause, rng)
    if is_passive(clause):
        yield from _passive(clause)
    yield from _listing(clause, rng)
    yield from _opinion(clause, rng)
    yield from _object(clause)
    yield from _risk(clause)
    yield from _event(clause)
    yield from _plain(clause, rng)


def _reason(clause: Clause, rng: random.Random) -> Iterator[tuple[str, str]]:
    """A reason, a condition, a means or a date is taken away and asked for."""
    rest = clause.rest
    if clause.kind == "aux" and rest.startswith("to "):
        return  # "its responsibility is to ..."
    if (found := CAUSE.search(f" {rest}")) and (kept := cut(f" {rest}"[: found.start()].strip())):
        if kept := without_amounts(kept):
            start = rng.choice(["Why", "Why", "For what reason"])
            yield "why", ask(start, clause.inverted(kept), clause.when)
    elif (found := WHEN.search(rest)) and (kept := cut(rest[: found.start()])):
        if re.search(r"\d|\bthat\b|conjunction", kept):
            return
        if found.group().strip(" ,") in {"when", "once", "upon"} and len(kept.split()) > (
            clause.kind == "aux"
        ):
            yield "when", ask("When", clause.inverted(kept))
        elif len(kept.split()) >= 2:
            start = rng.choice(["Under what circumstances", "Under what conditions", "In what case"])
            yield "when", ask(start, clause.inverted(kept))
    elif (found := MEANS.search(rest)) and (kept := cut(rest[: found.start()])):
        start = "On what basis" if "based" in found.group() else "How"
        yield "how", ask(start, clause.inverted(kept), clause.when)
    elif (found := AT_DATE.search(f" {rest}")) and not clause.lead:
        before = f" {rest}"[: found.start()].strip()
        kept = cut(before)
        lasting = clause.verb in {"has", "have"}
        if not lasting and (kept or (not before and clause.kind != "aux")) and not NUMERAL.search(before):
            yield "date", ask("When", clause.inverted(kept))


def _purpose(clause: Clause, rng: random.Random) -> Iterator[tuple[str, str]]:
    found = PURPOSE.search(clause.rest)
    if not found or found[1] not in BASE:
        return
    kept = cut(clause.rest[: found.start()])
    fit = "in order" in found.group() or (clause.base in PURPOSEFUL and clause.kind != "aux")
    if fit and len(kept.split()) >= 3 and not re.search(r"\d|ed$", kept):
        yield "why", ask(rng.choice(["For what purpose", "Why"]), clause.inverted(kept), clause.when)


def _passive(clause: Clause) -> Iterator[tuple[str, str]]:
    """ "Inventories are stated at ...": how, by whom, where, what for."""
    words = clause.rest.split()
    at = 1 if words[0].endswith("ly") else 0
    verb, tail = words[at], " ".join(words[at + 1 :])
    if verb in MEASURED and re.match(r"(?:at|as|in|on|over|for|by|under|based|using|to|into|within) ", tail):
        yield "how", ask("How", clause.inverted("accounted for" if verb == "accounted" else verb))
    elif re.match(r"by (?:the |an? )?[A-Za-z]", tail) and verb in PARTICIPLE:
        yield "who", ask("Who or what", clause.inverted(f"{verb} by"))
    elif verb in PLACED and len(clause.subject.split()) > 2:
        yield "where", ask("Where", clause.inverted(verb))
    elif (
        verb in {"designed", "intended", "used", "required"}
        and tail.startswith("to ")
        and clause.subject != WHO
    ):
        yield "what", ask("What", "are" if clause.plural else "is", clause.subject, verb, "to do")


def _listing(clause: Clause, rng: random.Random) -> Iterator[tuple[str, str]]:
    """What something includes or consists of; which of a kind are named."""
    first, *more = clause.subject.split()
    if (
        clause.kind == "present"
        and clause.base in {"include", "comprise"}
        and more
        and not first.endswith("ing")
    ):
        yield (
            "list",
            rng.choice(
                [
                    ask("What", clause.inverted("")),
                    ask("What is included in", clause.subject),
                    ask("What are the components of", clause.subject),
                ]
            ),
        )
    if clause.base == "consist" or clause.rest.startswith("consist of"):
        yield "list", ask("What", clause.inverted("of"))
    found = re.match(r"([a-z]+(?: [a-z]+)?s),? (?:including|such as) .+, .+", clause.rest)
    if found and clause.kind != "aux":
        start = rng.choice(["What types of", "What kinds of", "What specific"])
        yield "list", ask(start, found[1], clause.inverted(""))


def _opinion(clause: Clause, rng: random.Random) -> Iterator[tuple[str, str]]:
    """ "We believe that ...": what is believed about the subject of what follows."""
    if clause.subject != WHO or clause.kind == "aux" or clause.rest.startswith("to "):
        return
    if clause.base not in {"believe", "expect", "anticipate", "estimate"}:
        return
    said = clause.rest.removeprefix("that ")
    inner = parse_clause(said[:1].upper() + said[1:])
    if inner and len(inner.subject.split()) >= 2 and not inner.subject.endswith("ly"):
        how = rng.choice(["about", "regarding", "concerning"])
        yield "opinion", ask("What does", WHO, clause.base, how, inner.subject)


def _object(clause: Clause) -> Iterator[tuple[str, str]]:
    """What is done with it is asked: the object goes, what follows it stays."""
    if clause.kind == "aux" or clause.base in INTRANSITIVE | MENTAL | {"include", "do"}:
        return
    found = OBJECT.match(clause.rest)
    if not found or not re.search(r"[a-z]{3}", found[1]) or found[1].startswith(("no ", "only ")):
        return
    tail = cut(found[2], 12)
    aimless = tail.startswith("to ") and tail.split()[1] not in BASE
    loose = found[1].split()[0] in LOOSE - {"the", "a", "an", "our", "its", "their"}
    if len(tail.split()) >= 3 and not (
        aimless or loose or re.search(r"\d|\bto the extent|for example\b", tail)
    ):
        yield "what", ask("What", clause.inverted(tail))


def _risk(clause: Clause) -> Iterator[tuple[str, str]]:
    """Who or what does it is asked: "What could harm its reputation?"."""
    if (
        clause.kind != "aux"
        or clause.verb not in {"may", "might", "could"}
        or len(clause.subject.split()) < 2
    ):
        return
    tail = cut(clause.rest, 16)
    if len(tail.split()) < 3 or tail.startswith(("be ", "not ", "also be", "have ")):
        return
    if re.search(r"\b(?:it|they|this|unless|if|when|until)\b", tail):
        return
    yield "risk", ask("What", clause.verb, tail.removeprefix("also "))
    own = re.match(f"{WHOSE} (?:business|operations|results|financial)", clause.subject)
    if HARM.search(tail[:40]) and not own:
        yield "risk", ask("How could", clause.subject, "affect", WHO)


def _event(clause: Clause) -> Iterator[tuple[str, str]]:
    """What the company did on a day; what a named thing is."""
    rest = clause.rest
    did = clause.subject == WHO and clause.kind == "past" and re.search(DATE, clause.lead)
    telling = len(rest.split()) > 3 and clause.base not in {"have", "record", "recognize"}
    if did and telling and not NUMERAL.match(rest):
        goal = re.match(r"to \w+(?= )", rest)
        yield "what", ask("What", clause.inverted(goal.group() if goal else ""), clause.lead)
    is_it = clause.kind == "aux" and clause.verb in {"is", "are"} and not clause.lead
    named = clause.subject != WHO and 2 < len(clause.subject.split()) <= 7
    if is_it and named and re.match(r"(?:an? |the (?!result))\w+", rest):
        yield "definition", ask("What", clause.verb, clause.subject)


def _plain(clause: Clause, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Yes or no; the least telling kind, and the rarest."""
    if clause.subject != WHO or clause.kind == "aux" or clause.base in MENTAL:
        return
    tail = re.sub(r"^(?:also|generally|currently|typically|not|no longer) ", "", clause.rest)
    if (CLAUSE_WORDS | {"that"}) & set(tail.lower().split()[:12]) or NUMERAL.search(tail):
        return
    kept = cut(tail, 12)
    if len(kept.split()) >= 4 and rng.random() < 0.4:
        yield "yesno", ask(clause.inverted(kept)[:1].upper() + clause.inverted(kept)[1:])
