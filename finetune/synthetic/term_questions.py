"""What a sentence speaks of, as questions: terms, people, places in the report, noun phrases.

Questions carry the marks of `wording` where the company is to be named. Knows no table.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from finetune.synthetic.phrases import LOOSE, time_in
from finetune.synthetic.verbs import BASE
from finetune.synthetic.wording import PLACES, WHO, WHOSE, YEAR, lower_first, third_person

VAGUE_TERMS = frozenset("this it these such amount amounts we column the that those plaintiffs".split())
DEFINED = (
    re.compile(
        r"(?:For purposes of [^,]+, )?(?:The term |The |An? )?[“\"]?([A-Z][\w’'&/ -]{2,60}?)[,”\"]{0,2} "
        r"(?:means|is defined as|are defined as|refers to|represents?|shall mean)\b "
    ),
    re.compile(r"We define [“\"]?([\w’'&/ -]{3,60}?)[,”\"]{0,2} (?:as|to) "),
)
_MORE = (
    r"(?:an? |the )?(?:further |additional |more |detailed )?"
    r"(?:[Ii]nformation|[Dd]iscussion|[Dd]etails?|[Dd]escription)s? "
)
_ON = r"(?:about|of|on|regarding|concerning|related to|relating to|with respect to) (?P<thing>.{5,90}?)"
_PLACE = r"(?P<where>Note|Item|Part|section|caption|page)"
POINTERS = (
    re.compile(
        rf"\b(?:[Ss]ee|[Rr]efer to|set forth in|included in|contained in) .{{0,80}}?{_PLACE}.{{0,120}}? "
        rf"for {_MORE}{_ON}[.,;]"
    ),
    re.compile(
        rf"(?:For )?{_MORE}{_ON}(?:,| is| are) .{{0,25}}?"
        rf"(?:see|refer|included|contained|set forth|incorporated|found|presented) .{{0,80}}?{_PLACE}"
    ),
)
HELD = re.compile(
    r"((?:(?:Mr|Ms|Mrs|Dr)\. )?)([A-Z][\w’'-]+(?: [A-Z][\w.’'-]*){0,3})(?:, (?:age )?\d\d,)? "
    r"(?:has (?:been|served as|held)|served as|joined|serves as|is|was (?:named|appointed|elected))\b "
    r"(.{5,120})"
)
TITLE = re.compile(
    r"\b((?:[A-Z][\w&-]* |of |and ){0,5}"
    r"(?:Chief|President|Vice President|Chair|Director|Officer|Secretary|Controller|Counsel|Treasurer)"
    r"(?: [A-Z]\w*)*)"
)
NOUN_PHRASE = re.compile(
    r"\b(?:the|our|an?|its|their) ((?:[a-z][a-z-]+ ){1,3}[a-z][a-z-]+)"
    r"(?= (?:of|for|in|at|to|and|or|that|which|is|are|was|were|has|have|had|will|may|could|by|with|from|on|"
    r"under|"
    r"as)\b|[,.;])"
)
NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][a-z]+ )+[A-Z][a-z]+")
DULL = frozenset(
    "following company fact extent event result addition time manner basis same own other such "
    "certain first who whom when where while if whether it they them we us".split()
)


def from_terms(sentence: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """(kind, question) on a defined term, a place that is pointed to, a person, and noun phrases."""
    yield from _pointer(sentence)
    yield from _definition(sentence, rng)
    yield from _person(sentence)
    yield from _about(sentence, rng)


def _definition(sentence: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    found = next((m for pattern in DEFINED if (m := pattern.match(sentence))), None)
    if not found or found[1].split()[0].lower() in VAGUE_TERMS:
        return
    term = found[1].strip()
    verbal = re.search(r"\b(?:which|that|is|are|was|to|will|plaintiffs?|following)\b", term)
    if len(term.split()) > 7 or verbal:
        return
    acronym = term.isupper() or (len(term.split()) == 1 and term[1:2].isupper())
    term = term if acronym else lower_first(term)
    yield (
        "definition",
        rng.choice(
            [
                f"What does {term} mean?",
                f"How does {WHO} define {term}?",
                f"What is the definition of {term} used by {WHO}?",
                f"What does {term} represent?",
                f"What does {WHO} mean by {term}?",
            ]
        ),
    )


def _pointer(sentence: str) -> Iterator[tuple[str, str]]:
    """ "See Note 14 for a discussion of ...": where it is to be found."""
    found = POINTERS[0].search(sentence) or POINTERS[1].match(sentence)
    if not found or re.search(r"\b(?:see|refer|Note|Item)\b", found["thing"]):
        return
    topic = re.sub(f"^the {WHOSE} ", f"{WHOSE} ", third_person(found["thing"]))
    where = found["where"]
    name = "section" if where in {"Item", "Part"} else where.lower()
    yield "where", f"Where can information about {topic} be found?"
    yield "where", f"Which {name} of the report covers {topic}?"


def _person(sentence: str) -> Iterator[tuple[str, str]]:
    found = HELD.match(sentence)
    title = TITLE.search(found[3]) if found else None
    if not found or not title:
        return
    name = found[2]
    if (len(name.split()) < 2 and not found[1]) or name.split()[0] in {"The", "Our", "In", "This"}:
        return
    full = f"{found[1]}{name}"
    if re.search(r"\b(?:since|in|from) (?:[A-Z][a-z]+ )?(?:19|20)\d\d", sentence):
        joined = "joined" in sentence[:60]
        role = f"join {WHO}" if joined else f"become {title[1].strip()} of {WHO}"
        yield "when", f"When did {full} {role}?"
    yield "who", f"What position does {full} hold at {WHO}?"


def _noun(phrase: str) -> str:
    """ "remediation project related" → "remediation project": what follows a noun is not of its name."""
    *words, last = phrase.split()
    return " ".join(words) if len(words) > 1 and (last in BASE or last.endswith("ed")) else phrase


def _about(sentence: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """What is said about the things that the sentence speaks of."""
    if re.search(r"[•|_=“”]|\b(?:see|refer|hereby|herein)\b", sentence, re.I) or len(sentence.split()) < 8:
        return
    phrases = [m[1] for m in NOUN_PHRASE.finditer(sentence) if not (LOOSE | DULL) & set(m[1].split())]
    phrases = [_noun(phrase) for phrase in phrases]
    phrases = [phrase for phrase in phrases if len(phrase) > 11 and not phrase.endswith(("ly", "ing"))]
    names = [name for name in NAME.findall(sentence) if name.split()[0] not in PLACES]
    if not phrases:
        return
    first = max(phrases, key=len)
    others = [phrase for phrase in [*names[:1], *phrases] if phrase != first]
    things = f"the {first}"
    if others and (rng.random() < 0.6 or len(first.split()) < 3):
        other = rng.choice(others)
        things += f" and {other}" if other in names else f" and the {other}"
    elif len(first.split()) < 3:
        return  # two words alone are said in too many places
    when = time_in(sentence)
    forms = [f"What does {WHO} say about {things}?", f"What does {WHO} report about {things}?"]
    if when and re.search(r"\b(?:was|were|had)\b|ed\b", sentence):
        forms = [
            f"What happened with {things} at {WHO} {when}?",
            f"What does {WHO} report about {things} {when}?",
        ]
    yield "about", rng.choice(forms)
    if others:
        years = YEAR.findall(sentence)
        yield "search", f"{WHO} {first} {rng.choice(others)} {years[-1] if years else ''}"
