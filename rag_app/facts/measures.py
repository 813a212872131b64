"""What a company's figures are called: concepts by their labels, names and synonyms, matched against words.

Made from the labels of one company; knows no question's grammar and no period.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rag_app.facts.entries import (
    CAPTION,
    NET,
    SLACK,
    Entry,
    Match,
    Phrase,
    implied,
    plain,
    row_key,
    score,
    speaking,
)
from rag_app.facts.framing import ASKING
from rag_app.facts.nature import nature, tag_words, unsaid
from rag_app.facts.segments import SEGMENT_WORDS, Members, member_names, shown_names
from rag_app.facts.synonyms import table
from rag_app.facts.tables import FactLabel
from rag_app.facts.terms import FRAME, WEAK, label_terms, name_words, terms_of, words_of

_ASIDE = re.compile(r"\([^()]*\)")
_CHANGE = re.compile(r"IncreaseDecreaseIn")
_DATED = re.compile(r"\b(?:19|20)\d\d\b|\bbalances?\b|\bbeginning\b|\bending\b|\bend of\b", re.IGNORECASE)
_TOTAL = re.compile(r"\b(?:total|all|overall|aggregate|combined|entire)\b", re.IGNORECASE)
_TERM = re.compile(r"\bcurrent\b|\b(?:long|short)[- ]term\b", re.IGNORECASE)
_CASH = re.compile(r":(?:Payments|Proceeds|Repayments|NetCash)")
_PART = re.compile(r"(?:Nonc|C)urrent$")
_MAIN = "us-gaap:"
_EQUAL = {
    "cost": ("expense", "charge"), "expense": ("cost", "charge"), "charge": ("cost", "expense"),
    "payment": ("paid",), "paid": ("payment",), "payable": ("owed",),
}  # fmt: skip
_SCHEDULE = re.compile(
    r"Year(?:One|Two|Three|Four|Five)|AfterYear|NextTwelveMonths|NextRolling|Anniversary|RemainderOf|Thereafter"
)
"""Concepts of one year of a schedule of what falls due; their rows are often called as the whole."""
_NET_OF = re.compile(r"\bnet of (?P<of>.+)", re.IGNORECASE)
_EITHER = re.compile(r"\b(?:gains?|loss(?:es)?) ?[(/,] ?(?:gains?|loss(?:es)?)\b", re.IGNORECASE)
_DUE = re.compile(r"\d|\b(?:thereafter|after|within|next|remaining)\b", re.IGNORECASE)
_OTHER_THING = re.compile(r"Hedg|Derivative|Deferred|Reconcil|Gain|Loss|Unrealized|Effect|IncreaseDecrease")
_POOL = "StatementEquityComponentsAxis"
_FACE_AXES = ("ProductOrServiceAxis", "SegmentsAxis", "GeographicalAxis", "StatementClassOfStockAxis")
FACE = 0.015  # what standing on a statement's face counts


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
        self._pooled()
        for concept in self.entries:
            self._name(concept, terms_of(name_words(concept)), 0.98)
        self._naming = _naming(labels)
        for label in labels:
            self._print(label)
        self._vary()
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
            idle = ASKING | nature(concept, entry.instant, entry.unit)
            over, because = unsaid(concept)
            free = optional | over if asked & because else optional
            best = max(
                (
                    score(asked, said, free, phrase, netted, idle, self._weights)
                    for phrase in self.phrases[concept]
                ),
                default=(0.0, False, ()),
            )
            if best[0] > 0.3:
                face = FACE if entry.face else 0.0
                found[concept] = Match(entry, best[0] + face, best[1], best[2])
        return sorted(found.values(), key=lambda m: (-m.score, -m.entry.n, m.entry.concept))

    def knows(self, term: str) -> bool:
        """Whether a figure is called by this term, among others."""
        return term not in SLACK and term not in ASKING and term in self._with

    def vocabulary(self) -> frozenset[str]:
        """All terms by which figures and their members are called."""
        return frozenset(self._with) | frozenset(t for m in self.mentions for t in m.terms)

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
        """Figures called the same as this one, and the total where it is but a part of that.

        A row called the same is no rival where `text` has words that only this figure explains.
        """
        more = frozenset(terms_of(text)) - SLACK - ASKING - frozenset(label_terms(entry.label))
        more &= self._told_by(entry)
        same = [
            e
            for e in self._namesakes(entry)
            if more <= self._told_by(e) | nature(e.concept, e.instant, e.unit)
        ]
        return same + self._totals(text, entry)

    def _told_by(self, entry: Entry) -> frozenset[str]:
        return frozenset(t for p in self.phrases[entry.concept] for t in p.terms)

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
        if stem == entry.concept or _TERM.search(text) or (entry.face and not _TOTAL.search(text)):
            return []
        near = [c for c in self.entries if c != entry.concept and _PART.sub("", c) == stem]
        return [e for c in sorted(near) if (e := self.entry(c, entry.members)) is not None]

    def partly(self, entry: Entry, terms: frozenset[str]) -> bool:
        """Whether a note tells the current part, or the other, of what `terms` ask for whole."""
        stem = _PART.sub("", entry.concept)
        if stem == entry.concept or entry.face or terms & {"current", "noncurrent"}:
            return False
        return self.entry(stem, entry.members) is not None

    def _netted(self, concept: str) -> bool:
        """Whether one of the concept's names says that it is net of something."""
        return any(NET in p.terms for p in self.phrases[concept]) or NET in name_words(concept).split()

    def odd(self, entry: Entry, terms: frozenset[str]) -> bool:
        """Whether a row of a note is called so and its concept is another thing: what it is a hedge of."""
        known = frozenset(t for p in self.phrases[entry.concept] if p.weight > 1.0 for t in p.terms)
        if entry.face or terms & (known | frozenset(terms_of(name_words(entry.concept))) - SLACK):
            return False
        if (terms - frozenset(label_terms(entry.label)) - SLACK) & tag_words(entry.concept):
            return False
        strong = frozenset(label_terms(entry.label)) - WEAK
        return _OTHER_THING.search(entry.concept) is not None or any(
            c != entry.concept and strong == p.terms - WEAK
            for t in strong
            for c in self._with.get(t, ())
            for p in self.phrases[c]
        )

    def _row_key(self, text: str) -> tuple[str, ...]:
        return tuple(w for w in row_key(text) if w not in self.own)

    def entry(self, concept: str, members: Members) -> Entry | None:
        """The concept's entry of these members and no others that say anything; of a country: in its"
        " segment."""
        held = self.entries.get(concept, {})
        asked = speaking(members)
        same = [e for m, e in held.items() if speaking(m) == asked]
        if not same and asked:
            wider = [e for m, e in held.items() if asked < speaking(m) and implied(speaking(m) - asked)]
            if len({frozenset(e.members) for e in wider}) == 1:
                same = wider
        return max(same, key=lambda e: (e.face, -len(e.members), e.n), default=None)

    def _enter(self, label: FactLabel) -> None:
        face = bool(CAPTION.search(label.statement))
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

    def _pooled(self) -> None:
        """What is tagged of one component of equity only is the company's: the dividends out of earnings."""
        for by in self.entries.values():
            parts = {speaking(members) for members in by}
            if len(parts) == 1 and all(a.endswith(_POOL) for a, _ in next(iter(parts))) and () not in by:
                entry = max(by.values(), key=lambda e: e.n)
                if entry.unit == "USD":
                    by[()] = entry

    def _print(self, label: FactLabel) -> None:
        if not label.label or (_SCHEDULE.search(label.concept) and not _DUE.search(label.label)):
            return
        told = speaking(label.members)
        if not told or (CAPTION.search(label.statement) and all(a.endswith(_FACE_AXES) for a, _ in told)):
            texts = {label.label, _ASIDE.sub(" ", label.label)}
            if label.section:
                texts.add(f"{label.section} {label.label}")
            for text in texts:
                key = self._row_key(text), bool(self.own & set(words_of(text)))
                self._rows[key].add((label.concept, label.members, plain(label.label)))
        if _DATED.search(label.label):
            return
        if speaking(label.members) and (label.concept, label.label) not in self._naming:
            return
        printed, section = label_terms(label.label), label_terms(label.section) if label.section else ()
        words = frozenset(words_of(re.sub(r"\(\d+\)", "", label.label))) - FRAME
        change = ("change",) if _CHANGE.search(label.concept) else ()
        face = 1.0 if CAPTION.search(label.statement) else 0.99
        if change:
            printed = change + tuple(t for t in printed if t != "change")
        generic = len(set(printed) - WEAK) <= 1
        net = _NET_OF.search(label.label)
        off = (
            frozenset(label_terms(net["of"])) - frozenset(label_terms(label.label[: net.start()]))
            if net
            else frozenset()
        )
        for terms in (printed, *_turned(label.label, printed)):
            self._name(label.concept, terms, face if not (generic and section) else face - 0.01, words, off)
        if section and len(section) <= 8 and not speaking(label.members):
            self._name(label.concept, printed + section, 0.99, words | frozenset(words_of(label.section)))

    def _vary(self) -> None:
        """Costs are called expenses too, and expenses costs, where no other figure is."""
        taken = {p.terms for several in self.phrases.values() for p in several}
        for concept in list(self.phrases):
            for phrase in tuple(self.phrases[concept]):
                for one, others in _EQUAL.items():
                    if one in phrase.terms and len(phrase.terms) > 1:
                        for other in others:
                            terms = phrase.terms - {one} | {other}
                            if terms not in taken and other not in phrase.terms:
                                self._name(concept, sorted(terms), phrase.weight - 0.02)

    def _says(self, concept: str, terms: tuple[str, ...]) -> bool:
        """Whether these terms are one of the concept's own names, or its words."""
        strong = frozenset(terms) - WEAK - SEGMENT_WORDS
        return not strong or any(
            strong == p.terms - WEAK - SEGMENT_WORDS for p in self.phrases.get(concept, ())
        )

    def _name(
        self,
        concept: str,
        terms: Sequence[str],
        weight: float,
        words: frozenset[str] = frozenset(),
        off: frozenset[str] = frozenset(),
    ) -> None:
        kept = frozenset(t for t in terms if t not in self.own or len(terms) == 1)
        if not kept:
            return
        self.phrases[concept].append(Phrase(kept, weight, words, off & kept))
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


def _turned(label: str, printed: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The terms of "gains (losses)" as losses too."""
    for one, other in (("gain", "loss"), ("loss", "gain")):
        if one in printed and _EITHER.search(label):
            yield tuple(other if t == one else t for t in printed)


def _naming(labels: Sequence[FactLabel]) -> set[tuple[str, str]]:
    """(concept, label) of rows called as the concept: of the whole, or of parts with nothing in common."""
    found: dict[tuple[str, str], list[frozenset[str]]] = defaultdict(list)
    for label in labels:
        found[label.concept, label.label].append(frozenset(member for _, member in speaking(label.members)))
    return {key for key, parts in found.items() if not frozenset.intersection(*parts)}
