"""A sentence of a filing → subject, verb and rest, where they can be told with certainty.

Rules over a list of verbs; a sentence that does not fit gives no clause. Knows no questions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from finetune.synthetic.verbs import ANY_THIRD, AUX, BASE, BE, PARTICIPLE, PAST, PLURAL, THIRD
from finetune.synthetic.wording import WHO, YEAR, lower_first, third_person

SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!Inc\.)(?<!Corp\.)(?<!Co\.)(?<!Ltd\.)(?<!No\.)(?<!U\.S\.)\s+(?=[A-Z“\"(])"
)
LEAD = re.compile(
    r"^(?:In|During|As of|As at|At|For|Through|Since|Effective|Beginning|On|Subsequent to|Prior to) "
    r"(?:[^,]{0,60}?(?:\b[A-Z][a-z]+\.? \d{1,2}, (?:19|20)\d\d(?: and (?:19|20)\d\d)?|"
    r"(?:19|20)\d\d|quarter|year|months)"
    r"(?: of (?:fiscal )?(?:year )?(?:19|20)\d\d)?)(?:, | (?=the Company |we |it ))"
)
OPENER = re.compile(
    r"^(?:In addition|Additionally|Furthermore|Moreover|However|Accordingly|Therefore|As a result|Also|"
    r"Further|Generally|Currently|Historically|Finally|Similarly|Specifically|For example|In particular|"
    r"Consequently|"
    r"Thus|In general|Typically|From time to time|Overall|Importantly|Today), ",
)
VAGUE = frozenset(
    "it they this these those such that there he she which who what if when while although because "
    "where unless and but or nor see refer to both neither either another others here also as each "
    "investors no "
    "none neither previously".split()
)
CLAUSE_WORDS = frozenset("which who that whose if when while although because where unless whether".split())


@dataclass(frozen=True, slots=True)
class Clause:
    """`lead`: "In fiscal 2024"; `verb` an auxiliary, or the verb itself, of which `base` is the base form.

    `subject` and `rest` are in the third person, with marks for the company. `kind`: "aux" (is, may,
    ...), "past" or "present" (the verb itself).
    """

    lead: str
    subject: str
    verb: str
    base: str
    rest: str
    kind: Literal["aux", "past", "present"]

    @property
    def plural(self) -> bool:
        """Whether the subject takes "do" and "are"; the company is singular."""
        if self.kind == "aux" and self.verb in {"are", "were", "have", "do"}:
            return self.subject != WHO
        head = re.split(r" (?:of|for|in|from|to|on|with|under|related|by|at) ", self.subject)[0]
        last = head.split()[-1].lower() if head.split() else ""
        return " and " in head or (last.endswith("s") and not last.endswith(("ss", "us", "is", "’s", "'s")))

    @property
    def when(self) -> str:
        """The leading "In fiscal 2024" as an ending, where it names a time."""
        return self.lead if YEAR.search(self.lead) else ""

    def inverted(self, rest: str | None = None) -> str:
        """ "did <who> repurchase 9 shares", "is inventory stated": what follows a question word."""
        rest = self.rest if rest is None else rest
        if self.kind == "aux":
            return f"{singular(self)} {self.subject} {rest}".strip()
        helper = "did" if self.kind == "past" else "do" if self.plural else "does"
        return f"{helper} {self.subject} {self.base} {rest}".strip()


def singular(clause: Clause) -> str:
    """The auxiliary as the company, which is singular, takes it."""
    if clause.subject != WHO:
        return clause.verb
    return {"are": "is", "were": "was", "have": "has", "do": "does"}.get(clause.verb, clause.verb)


def sentences_of(text: str) -> list[str]:
    """The whole sentences of a chunk's prose."""
    prose = " ".join(
        line
        for line in text.splitlines()
        if "|" not in line and re.search(r"[.”\")]$", line) and len(line) > 30
    )
    found = (s.strip() for s in SENTENCE_END.split(prose))
    return [
        s
        for s in found
        if (6 <= len(s.split()) <= 60 and s[-1] in '.”"' and s[:1].isupper()) or s[:1] in '“"'
    ]


def parse_clause(sentence: str, company: str = "") -> Clause | None:
    """The main clause of `sentence`. `company` is a name that means the company, too."""
    text = sentence.strip().rstrip('.”"').replace("  ", " ")
    text = OPENER.sub("", text)
    lead = ""
    if found := LEAD.match(text):
        lead, text = found.group().strip(" ,"), text[found.end() :]
    words = text.split()
    for place, word in enumerate(words[:14]):
        bare = word.lower()
        before = words[:place]
        if (place and bare in CLAUSE_WORDS) or (place and word[-1] in ",;:("):
            return None  # a relative clause or a list: the subject's end cannot be told
        own = _is_company(before, company)
        kind: Literal["aux", "past", "present"] | None = None
        base = bare
        if place and word in AUX:  # "May" is a month
            kind = "aux"
        elif place and word in THIRD:
            kind, base = "present", THIRD[bare]
        elif own and word in ANY_THIRD:
            kind, base = "present", ANY_THIRD[bare]
        elif (own and word in PAST) or (place and word in PAST and _object_next(words[place + 1 :])):
            kind, base = "past", PAST[bare]
        elif (own and word in BASE and before[0].lower() == "we") or (word in PLURAL and _plural(before)):
            kind, base = "present", bare
        if kind is None:
            continue
        if bare in {"has", "have", "had"} and not _participle_next(words[place + 1 :]):
            kind, base = ("past", "have") if bare == "had" else ("present", "have")
        rest_words = words[place + 1 :]
        subject = WHO if own else third_person(lower_first(" ".join(before)))
        if not _good_subject(before, own) or not rest_words:
            return None
        rest = third_person(" ".join(rest_words))
        return Clause(lower_first(third_person(lead)), subject, bare, base, rest, kind)
    return None


def _is_company(words: list[str], company: str) -> bool:
    text = " ".join(words).lower().rstrip(",")
    return text in {"we", "the company", "our company", "the registrant"} or (
        bool(company) and text == company.lower()
    )


def _object_next(words: list[str]) -> bool:
    """Whether a past form is the verb, not a participle: "found the voids", but "found in the voids"."""
    first = words[0].lower() if words else ""
    later = {word.lower() for word in words[:9]}
    return (
        first in {"the", "a", "an", "our", "its", "us", "all", "that", "no"} or first[:1] == "$"
    ) and not later & AUX


def _plural(words: list[str]) -> bool:
    last = words[-1] if words else ""
    return last.endswith("s") and not last.endswith(("ss", "us", "is", "’s", "'s")) and len(last) > 3


def _participle_next(words: list[str]) -> bool:
    following = [
        w.lower() for w in words[:3] if w.lower() not in {"not", "also", "been", "previously", "recently"}
    ]
    return bool(words) and (words[0].lower() == "been" or (bool(following) and _is_participle(following[0])))


def _is_participle(word: str) -> bool:
    return word in PARTICIPLE or word.endswith("ed")


def is_passive(clause: Clause) -> bool:
    """ "inventory is stated ...", with at most an adverb between."""
    words = clause.rest.lower().split()
    at = 1 if words and words[0].endswith("ly") and len(words) > 1 else 0
    return clause.verb in BE and bool(words) and words[at] in PARTICIPLE


def _good_subject(words: list[str], own: bool) -> bool:
    if own:
        return True
    first = words[0].lower() if words else ""
    if (
        not words
        or first in VAGUE
        or len(words) > 12
        or words[-1].lower() in {"and", "or", "of", "the", "to", "not"}
    ):
        return False
    if re.search(r"[“”\"()•$%;:]", " ".join(words)) or words[0].endswith(","):
        return False
    if len(words) == 1:
        return words[0][0].isupper() and len(words[0]) > 4
    return words[-1].lower() not in {"we", "it", "they"} and not first.endswith("ly")
