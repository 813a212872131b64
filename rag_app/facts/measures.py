"""What a company's figures are called: concepts by their labels, names and synonyms, matched against words.

Made from the labels of one company; knows no question's grammar and no period.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag_app.facts.segments import SEGMENT_WORDS, Members, is_boring, member_names, shown_names
from rag_app.facts.synonyms import table
from rag_app.facts.tables import FactLabel
from rag_app.facts.terms import FRAME, WEAK, label_terms, name_words, terms_of, words_of

_FACE = re.compile(
    r"statements? of (?:consolidated )?(?:operations|income|earnings|cash flows|financial (?:position"
    r"|condition))"
    r"|balance sheets?|(?:income|cash flow) statements?",
    re.IGNORECASE,
)
STATEMENT = re.compile(
    r"\b(?:on|in|from|per|according to|as (?:shown|reported|stated|carried|presented) (?:on|in))?(?: the"
    r"| its| their)?"
    r"(?: consolidated)? ?\b(?:balance sheets?|income statements?|statements? of (?:operations|income"
    r"|earnings|cash flows?)|"
    r"cash flow statements?|financial statements?)\b(?! total)",
    re.IGNORECASE,
)
"""Where a figure stands: says nothing of which it is."""
_ASIDE = re.compile(r"\([^()]*\)")
_CHANGE = re.compile(r"IncreaseDecreaseIn")
_DATED = re.compile(r"\b(?:19|20)\d\d\b|\bbalances?\b|\bbeginning\b|\bending\b|\bend of\b", re.IGNORECASE)
_TOTAL = re.compile(r"\b(?:total|all|overall|aggregate|combined|entire)\b", re.IGNORECASE)
_TERM = re.compile(r"\bcurrent\b|\b(?:long|short)[- ]term\b", re.IGNORECASE)
_CASH = re.compile(r":(?:Payments|Proceeds|Repayments|NetCash)")
_PART = re.compile(r"(?:Nonc|C)urrent$")
_MAIN = "us-gaap:"
NET = "net"
SLACK = WEAK | FRAME
_SMALL = frozenset(
    "a an the of for to by on at in from with and or its their our s is are was were what net".split()
)
VAGUE = frozenset(
    "debt tax income interest investment margin other loss product service current noncurrent foreign us"
    " federal state "
    "expense cost return basic diluted change gain".split()
)
"""Of these alone a question says too little, whatever a label may be called."""
FACE = 0.015  # what standing on a statement's face counts


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to say a concept: its terms, how surely they mean it, its words as printed."""

    terms: frozenset[str]
    weight: float
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """A concept of some members as a company tags it."""

    concept: str
    members: Members
    unit: str
    instant: bool
    face: bool
    n: int
    label: str


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that words may mean. `exact`: they say all of one of its names and nothing else."""

    entry: Entry
    score: float
    exact: bool
    left: tuple[str, ...] = ()


class Measures:
    """The figures of one company. Making one takes some milliseconds a thousand labels."""

    def __init__(self, labels: Sequence[FactLabel], company_terms: Iterable[str] = ()) -> None:
        self.own = frozenset(company_terms)
        self.entries: dict[str, dict[Members, Entry]] = defaultdict(dict)
        self.phrases: dict[str, list[Phrase]] = defaultdict(list)
        self._with: dict[str, set[str]] = defaultdict(set)
        self._rows: dict[tuple[tuple[str, ...], bool], set[tuple[str, Members, str]]] = defaultdict(set)
        for label in labels:
            self._enter(label)
        whole = {c for c, by in self.entries.items() if any(not speaking(m) for m in by)}
        for concept in self.entries:
            self._name(concept, terms_of(name_words(concept)), 0.98)
        for label in labels:
            self._print(label)
        for names, concepts in table():
            held = [c for c in (self._full(c) for c in concepts) if c is not None]
            held.sort(key=lambda c: c not in whole)  # what the company tells of itself first
            for place, concept in enumerate(held):
                for name in names:
                    self._name(concept, terms_of(name), 1.02 - 0.04 * place)
        self.mentions = member_names(labels, self._says)
        self.shown = shown_names(labels, self._says)
        self.names = frozenset(p.terms for c in whole for p in self.phrases[c])
        self._weights = self._rarity()

    def match(
        self, terms: Sequence[str], words: Sequence[str], members: Members, optional: frozenset[str]
    ) -> list[Match]:
        """The entries of exactly these members (besides those that go without saying) that `terms` may"
        " mean."""
        found: dict[str, Match] = {}
        asked = frozenset(terms)
        near = {c for t in asked | optional for c in self._with.get(t, ())}
        said = frozenset(words) - FRAME
        for concept in near:
            entry = self.entry(concept, members)
            if entry is None:
                continue
            netted = self._netted(concept) or NET in label_terms(entry.label)
            best = max(
                (self._score(asked, said, optional, phrase, netted) for phrase in self.phrases[concept]),
                default=(0.0, False, ()),
            )
            if best[0] > 0.3:
                face = FACE if entry.face else 0.0
                found[concept] = Match(entry, best[0] + face, best[1], best[2])
        return sorted(found.values(), key=lambda m: (-m.score, -m.entry.n, m.entry.concept))

    def printed(self, text: str, owned: bool = False) -> list[Entry]:
        """The entries of the rows that are called exactly so, on a statement's face or of the whole company.

        `owned`: the company's name is part of what is asked for ("total Intel stockholders' equity").
        """
        key = self._row_key(text)
        rows = self._rows.get((key, owned)) or self._rows.get((key, not owned)) or set()
        said = plain(text)
        longest = max((len(label) for _, _, label in rows if label in said), default=0)
        if longest:  # with its "total" and its brackets
            rows = {row for row in rows if row[2] in said and len(row[2]) == longest}
        found = {self.entries[c][m] for c, m, _ in rows}
        if NET in terms_of(text):
            found = {e for e in found if self._netted(e.concept)}
        return sorted(found, key=lambda e: (not e.face, -e.n, e.concept, e.members))

    def rivals(self, text: str, entry: Entry) -> list[Entry]:
        """Figures called the same as this one, and the total where it is but a part of that."""
        return self._namesakes(entry) + self._totals(text, entry)

    def _namesakes(self, entry: Entry) -> list[Entry]:
        """Other figures of the same members whose rows are called the same, elsewhere in the filing."""
        if entry.instant or len(row_key(entry.label)) < 2 or _CASH.search(entry.concept):
            return []  # what is held is told apart by its section, and what was paid by being cash
        key = self._row_key(entry.label)
        rows = self._rows.get((key, True), set()) | self._rows.get((key, False), set())
        held = {self.entries[c][m] for c, m, _ in rows if c != entry.concept and not _CHANGE.search(c)}
        named = row_key(entry.label)
        same = [
            e
            for e in held
            if speaking(e.members) == speaking(entry.members)
            and row_key(e.label) == named
            and "Reconciliation" not in e.concept
        ]
        return sorted((e for e in same if (e.instant, e.unit) == (entry.instant, entry.unit)), key=str)

    def _totals(self, text: str, entry: Entry) -> list[Entry]:
        """The total, or the other part of it, where `text` asks for one and `entry` is its current part."""
        stem = _PART.sub("", entry.concept)
        if stem == entry.concept or not _TOTAL.search(text) or _TERM.search(text):
            return []
        near = [c for c in self.entries if c != entry.concept and _PART.sub("", c) == stem]
        return [e for c in sorted(near) if (e := self.entry(c, entry.members)) is not None]

    def _netted(self, concept: str) -> bool:
        """Whether one of the concept's names says that it is net of something."""
        return any(NET in p.terms for p in self.phrases[concept]) or NET in name_words(concept).split()

    def odd(self, entry: Entry, terms: frozenset[str]) -> bool:
        """Whether a row of a note is called so and its concept is another thing: what it is a hedge of."""
        known = frozenset(t for p in self.phrases[entry.concept] if p.weight > 1.0 for t in p.terms)
        return not entry.face and not terms & (known | frozenset(terms_of(name_words(entry.concept))) - SLACK)

    def _row_key(self, text: str) -> tuple[str, ...]:
        return tuple(w for w in row_key(text) if w not in self.own)

    def entry(self, concept: str, members: Members) -> Entry | None:
        """The concept's entry of these members and no others that say anything; of a country: in its"
        " segment."""
        held = self.entries.get(concept, {})
        asked = speaking(members)
        same = [e for m, e in held.items() if speaking(m) == asked]
        if not same and asked:
            wider = [e for m, e in held.items() if asked < speaking(m) and _implied(speaking(m) - asked)]
            if len({frozenset(e.members) for e in wider}) == 1:
                same = wider
        return max(same, key=lambda e: (e.face, -len(e.members), e.n), default=None)

    def _enter(self, label: FactLabel) -> None:
        face = bool(_FACE.search(label.statement))
        old = self.entries[label.concept].get(label.members)
        n = label.n + (old.n if old else 0)
        text = label.label if old is None or (face and not old.face and label.label) else old.label
        self.entries[label.concept][label.members] = Entry(
            label.concept,
            label.members,
            label.unit,
            label.instant,
            face or bool(old and old.face),
            n,
            text or label.label,
        )

    def _print(self, label: FactLabel) -> None:
        if not label.label:
            return
        if _FACE.search(label.statement) or not speaking(label.members):
            texts = {label.label, _ASIDE.sub(" ", label.label)}
            if label.section:
                texts.add(f"{label.section} {label.label}")
            for text in texts:
                key = self._row_key(text), bool(self.own & set(words_of(text)))
                self._rows[key].add((label.concept, label.members, plain(label.label)))
        if _DATED.search(label.label):
            return
        if speaking(label.members) and label.label not in self._whole_labels(label.concept):
            return
        printed, section = label_terms(label.label), label_terms(label.section) if label.section else ()
        words = frozenset(words_of(re.sub(r"\(\d+\)", "", label.label))) - FRAME
        change = ("change",) if _CHANGE.search(label.concept) else ()
        face = 1.0 if _FACE.search(label.statement) else 0.99
        if change:
            printed = change + tuple(t for t in printed if t != "change")
        generic = len(set(printed) - WEAK) <= 1
        self._name(label.concept, printed, face if not (generic and section) else face - 0.01, words)
        if section and len(section) <= 8 and not speaking(label.members):
            self._name(label.concept, printed + section, 0.99, words | frozenset(words_of(label.section)))

    def _whole_labels(self, concept: str) -> set[str]:
        return {e.label for m, e in self.entries[concept].items() if not speaking(m)}

    def _says(self, concept: str, terms: tuple[str, ...]) -> bool:
        """Whether these terms are one of the concept's own names, or its words."""
        strong = frozenset(terms) - WEAK - SEGMENT_WORDS
        return not strong or any(
            strong == p.terms - WEAK - SEGMENT_WORDS for p in self.phrases.get(concept, ())
        )

    def _name(
        self, concept: str, terms: Sequence[str], weight: float, words: frozenset[str] = frozenset()
    ) -> None:
        kept = frozenset(t for t in terms if t not in self.own or len(terms) == 1)
        if not kept:
            return
        self.phrases[concept].append(Phrase(kept, weight, words))
        for term in kept:
            self._with[term].add(concept)

    def _full(self, local: str) -> str | None:
        for prefix in (_MAIN, "dei:", "srt:"):
            if prefix + local in self.entries:
                return prefix + local
        return None

    def _rarity(self) -> dict[str, float]:
        total = len(self.phrases) + 1
        return {t: 1.0 + min(1.0, (1.0 - len(c) / total)) for t, c in self._with.items()}

    def _score(
        self,
        asked: frozenset[str],
        said: frozenset[str],
        optional: frozenset[str],
        phrase: Phrase,
        netted: bool,
    ) -> tuple[float, bool, tuple[str, ...]]:
        left = asked - phrase.terms
        miss = phrase.terms - asked - optional
        hard_left, hard_miss = left - SLACK, miss - SLACK
        union = said | phrase.words
        words = 0.08 * len(said & phrase.words) / len(union) if phrase.words else 0.0
        weak_left, weak_miss = left - FRAME - hard_left, miss - FRAME - hard_miss
        if (
            NET in weak_left and not netted and "revenue" not in phrase.terms
        ):  # "net" that the figure is not: net interest, net debt
            hard_left |= {NET}
        if not hard_left and not hard_miss and not (weak_left and weak_miss):
            if not (asked & phrase.terms) - SLACK or _vague(asked, phrase.terms):
                return 0.0, False, ()
            words += 0.02 * len(asked & phrase.terms & FRAME) - 0.01 * len((phrase.terms - asked) & FRAME)
            return phrase.weight + words - 0.02 * len(weak_left | weak_miss), True, ()

        def mass(terms: Iterable[str]) -> float:
            return sum(self._weights.get(t, 2.0) for t in terms)

        shared = mass((asked & phrase.terms) - SLACK)
        share = shared / (shared + 1.2 * mass(hard_left) + 0.7 * mass(hard_miss)) if shared else 0.0
        return 0.9 * share * phrase.weight + words, False, tuple(sorted(hard_left))


def _vague(asked: frozenset[str], phrase: frozenset[str]) -> bool:
    return len(asked - FRAME) == 1 and asked - FRAME <= VAGUE and len(asked & phrase) == 1


def row_key(text: str) -> tuple[str, ...]:
    """The words by which a row is told from others."""
    bare = STATEMENT.sub(" ", re.sub(r"\(\d+\)", " ", text))
    return tuple(w for w in words_of(bare) if w == "paid" or (w not in FRAME and w not in _SMALL))


def plain(text: str) -> str:
    """`text` for comparing letter by letter: small, brackets kept, without other marks and note numbers."""
    return " ".join(re.sub(r"\(\d+\)|[^a-z0-9()&]", " ", text.lower().replace("’", "'")).split())


def speaking(members: Members) -> frozenset[tuple[str, str]]:
    """Without the members that go without saying."""
    told = frozenset(m for m in members if not is_boring(*m))
    return told or frozenset(members)


def _implied(extra: frozenset[tuple[str, str]]) -> bool:
    """Whether members not asked for are only the segment or the level that what was asked for lies in."""
    return all(axis.rpartition(":")[2] == "StatementBusinessSegmentsAxis" for axis, _ in extra)
