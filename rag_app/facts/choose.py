"""Words → a company's figures: which concept of which members, by what formula, how surely.

Every word has to be explained by the figure's name or a member's; what is left over makes it unsure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag_app.facts.asked import LETTERS, Measure
from rag_app.facts.measures import VAGUE, Match, Measures, row_key, speaking
from rag_app.facts.operations import Wanted
from rag_app.facts.periods import Asked
from rag_app.facts.segments import SEGMENT_WORDS, Members, Mention, called, is_boring, mentioned
from rag_app.facts.store import FactStore
from rag_app.facts.synonyms import COMPUTED, Computed
from rag_app.facts.terms import FRAME, WEAK, name_words, terms_of, words_of
from rag_app.facts.types import Fact
from rag_app.question.catalog import Company

FLOWS = ":IncreaseDecreaseIn"  # concepts of the cash flow statement that are called like what they change
FLOW = "the change in the balance and that in the cash flow statement may differ"
NEAR = 0.015  # scores that are as good as equal
_COUNT = re.compile(r"\b(?:how many|number of|count of)\b|#", re.IGNORECASE)
_LOST = re.compile(r"\b(?:lose|lost|earn(?:ed)?|profitable)\b", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,| and | & | vs\.? | versus | or |;)\s*", re.IGNORECASE)
_WITHIN = re.compile(r"\((?:within|part of|included in|inside|under)\b", re.IGNORECASE)
_SPENT = re.compile(r"\b(?:how much|spen[dt]|cost|paid|pay|amount)\b", re.IGNORECASE)
_BARE = frozenset(
    "basic diluted other current noncurrent foreign federal state us deferred granted outstanding".split()
)
_PLACES = (
    "IncomeStatementLocationAxis", "ProductOrServiceAxis", "GeographicalAxis", "SegmentsAxis",
    "ConsolidationItemsAxis",
)  # fmt: skip
_PERCENT = frozenset("% percent percentage rate".split())
_SPANS = {"H1", "9M", "TTM", "YTD", "Q", "Q1", "Q2", "Q3", "Q4"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure that words name. `rivals` fit as well; `left` are the words it does not explain."""

    measure: Measure
    score: float
    exact: bool
    segment: float = 1.0
    unit: str = ""
    rivals: tuple[Measure, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def confidence(self) -> float:
        """1 where all words are explained, else well below what is sure."""
        return 1.0 if self.exact else min(0.75, self.score)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is looked up for one company; `rivals` are of each measure. `row`: named as its row is printed."""

    name: str
    measures: tuple[Measure, ...]
    confidence: float
    segment: float
    rivals: tuple[tuple[Measure, ...], ...]
    formula: str = ""
    percent: bool = False
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    row: bool = False


@dataclass(frozen=True)
class Reader:
    """One company's figures and facts. `optional`: terms of its name, which a segment may have too.

    `owned`: the question names the company twice, as in "Intel's total Intel stockholders' equity".
    """

    store: FactStore
    key: str
    company: Company
    measures: Measures
    filings: frozenset[str]
    optional: frozenset[str]
    owned: bool = False

    def facts(self, measure: Measure) -> list[Fact]:
        """The measure's facts in the filings asked of, newest filing first."""
        entries = [e for c in measure.concepts if (e := self.measures.entry(c, measure.members)) is not None]
        found: list[Fact] = []
        for entry in entries[:1]:
            for members in {
                m for m in self.measures.entries[entry.concept] if speaking(m) == speaking(entry.members)
            }:
                found += self.store.find(entry.concept, [self.key], members=members)
        return [f for f in found if f.filing_id in self.filings]

    def choose(self, wanted: Wanted, asked: Asked) -> Choice | None:
        """The figures that are wanted; None where no words come near one."""
        kind = _kind(asked)
        row = self._row(wanted.whole, kind, face=True)
        if row is not None and not asked.before and (len(asked.asks) < 2 or wanted.operation == "value"):
            return self._line(row, wanted)
        if wanted.formula:
            second = self.figure(wanted.parts[1], kind)
            if second is None:
                return None
            first = self.figure(wanted.parts[0], kind, second.measure)
            if first is None:
                return None
            return self._several([first, second], wanted.formula, wanted.percent)
        if wanted.moved:
            labelled = self.figure(wanted.whole, kind)
            if labelled is not None and labelled.exact and not asked.before and len(asked.asks) < 2:
                return self._line(labelled, wanted)
        part = self._plain(wanted.parts[0])
        percent = wanted.percent and not wanted.moved
        found = self.figure(part, kind)
        if found is not None and found.exact and not (percent and found.unit != "pure"):
            return self._several([found])
        computed = self._computed(part, kind)
        if computed is not None:
            return computed
        several = [self.figure(p, kind) for p in _AND.split(part) if _strong(p)]
        if 1 < len(several) <= len(LETTERS):
            known = next((f.measure for f in reversed(several) if f is not None and f.exact), None)
            if known is not None:
                pieces = [p for p in _AND.split(part) if _strong(p)]
                again = [
                    f if f and f.exact else self.figure(p, kind, known)
                    for f, p in zip(several, pieces, strict=True)
                ]
                if all(f is not None and f.exact for f in again):
                    return self._several([f for f in again if f is not None])
        row = self._row(wanted.whole, kind, face=False)
        if row is not None and wanted.operation == "value":
            return self._line(row, wanted)
        if found is None:
            return None
        choice = self._several([found])
        if percent and found.unit != "pure":
            choice = replace(choice, doubts=(*choice.doubts, "a share is asked for, but not of what"))
        return choice

    def _line(self, figure: Figure, wanted: Wanted) -> Choice:
        """The figure as a line of a statement, not to be confused with the balance that it changes."""
        choice = replace(self._several([figure]), row=True)
        if FLOWS in figure.measure.concepts[0]:
            held = self.figure(wanted.whole, "instant")
            if wanted.moved or (held is not None and held.exact and FLOWS not in held.measure.concepts[0]):
                choice = replace(choice, doubts=(*choice.doubts, FLOW))
        return choice

    def _row(self, text: str, kind: str, *, face: bool) -> Figure | None:
        """The figure whose row is called just so, on a statement's `face` or not; several rows may be."""
        key = row_key(text)
        if not key or (len(key) == 1 and key[0] in VAGUE):
            return None
        found = [e for e in self.measures.printed(text, self.owned) if e.face or not face]
        if kind:
            found = [e for e in found if e.instant == (kind == "instant")] or found
        found = [e for e in found if e.face] or found
        found = [e for e in found if not e.members] or found
        if kind != "duration":  # what is held, before what it changed by
            found = [e for e in found if FLOWS not in e.concept] or found
        found = [e for e in found if not self.measures.odd(e, frozenset(terms_of(text)))]
        if not found:
            return None
        found += [e for e in self.measures.rivals(text, found[0]) if e not in found]
        told = [Measure(self._called(e.concept, e.label, e.members), (e.concept,), e.members) for e in found]
        return Figure(told[0], 1.0, True, 1.0, found[0].unit, tuple(told[1:]))

    def _plain(self, text: str) -> str:
        """Without asides in brackets that name nothing: "(signed as a charge)"."""

        def kept(match: re.Match[str]) -> str:
            inside = match.group()
            if _WITHIN.match(inside):  # the whole that it is a part of
                return " "
            named = mentioned(self.measures.mentions, frozenset(terms_of(inside)), frozenset())
            return inside if named or re.search(r"[A-Z\d%]", inside) else " "

        return re.sub(r"\([^()]*\)", kept, text)

    def figure(self, text: str, kind: str, like: Measure | None = None) -> Figure | None:
        """The best figure for these words; `kind` "instant" or "duration" where the period tells.

        Words that name members only are taken as the figure `like` of those.
        """
        terms, words = terms_of(text), words_of(text)
        if kind != "instant" and _LOST.search(text):
            terms = tuple(t for t in terms if t not in ("lose", "lost", "earn", "profitable"))
            like_terms: list[tuple[str, ...]] = [("netincome",), ("operatingincome",)]
        else:
            like_terms = []
        given = frozenset(terms)
        count = _COUNT.search(text) is not None
        found: list[tuple[float, Match, Mention]] = []
        for option in self._options(given):
            rest = given - option.terms if option.members else given
            members = tuple(sorted(option.members))
            if option.members:
                rest = rest - SEGMENT_WORDS
            strong = rest - FRAME - WEAK
            tries = [tuple(t for t in terms if t in rest)]
            if not strong and like_terms:
                tries = like_terms
            elif not strong and like is not None and option.members:
                entry = self.measures.entry(like.concepts[0], members)
                if entry is not None:
                    found.append((1.0, Match(entry, 1.0, True), option))
                continue
            for some in tries:
                other = [w for w in words if w not in option.terms]
                for match in self.measures.match(some, other, members, self.optional)[:8]:
                    unit = match.entry.unit
                    if count and unit.startswith("USD"):
                        match = replace(match, exact=False, score=match.score * 0.7)
                    if unit == "shares" and not count and _SPENT.search(text):
                        match = replace(match, score=match.score - 0.1)
                    if option.members and option.terms in self.measures.names and not _located(option):
                        match = replace(match, exact=False, score=match.score * 0.7)
                    if kind and (kind == "instant") != match.entry.instant:
                        match = replace(match, score=match.score - 0.1)
                    found.append((match.score - 0.001 * len(strong), match, option))
        if not found:
            return None
        found = [(s, replace(m, exact=m.exact and self._clear(m, o, given)), o) for s, m, o in found]
        found.sort(key=lambda f: (not f[1].exact, -f[0]))
        score, best, option = found[0]
        rivals = [
            self._measure(m, o) for s, m, o in found[1:] if m.exact == best.exact and score - s < NEAR
            and (m.entry.concept, m.entry.members) != (best.entry.concept, best.entry.members)
        ]  # fmt: skip
        if best.exact:
            more = self.measures.rivals(text, best.entry)
            rivals += [self._measure(Match(e, score, True), option) for e in more]
        left = tuple(t for t in terms if t in best.left)
        told, unit = self._measure(best, option), best.entry.unit
        return Figure(told, score, best.exact, option.sure, unit, tuple(rivals), left)

    def _clear(self, match: Match, option: Mention, given: frozenset[str]) -> bool:
        """Whether more than the label says that it is this: no hedge of it, and not any "other"."""
        if option.members:
            return bool(option.terms - WEAK - {"other"}) or "all" in given
        return bool(given & {"lose", "lost"}) or not self.measures.odd(match.entry, given)

    def _options(self, terms: frozenset[str]) -> list[Mention]:
        """Nothing, and each member or two members that the terms name."""
        found = [m for m in mentioned(self.measures.mentions, terms, self.optional) if m.terms - WEAK]
        options = [Mention(frozenset(), frozenset()), *found]
        for i, one in enumerate(found[:40]):
            for two in found[i + 1 : 40]:
                axes = {a for a, _ in one.members} & {a for a, _ in two.members}
                if not axes and not one.terms & two.terms:
                    both = one.members | two.members
                    options.append(Mention(one.terms | two.terms, both, min(one.sure, two.sure)))
        return options

    def _computed(self, text: str, kind: str) -> Choice | None:
        terms = terms_of(text)
        for option in self._options(frozenset(terms)):
            left = [t for t in terms if t not in option.terms and t not in FRAME]
            if option.members:
                left = [t for t in left if t not in SEGMENT_WORDS]
            known = COMPUTED.get(" ".join(left)) or COMPUTED.get(
                " ".join(t for t in left if t not in _PERCENT)
            )
            if known is not None:
                choice = self._formula(known, option, kind)
                if choice is not None:
                    return choice
        return None

    def _formula(self, known: Computed, option: Mention, kind: str) -> Choice | None:
        members = tuple(sorted(option.members))
        figures = [self._part(name, members) for name in known.parts]
        formula, parts = known.formula, list(figures)
        if figures[0] is None and known.parts[0] == "gross profit":  # sales less their cost
            sales, cost = self._part("revenue", members), self._part("cost of sales", members)
            formula, parts = "(a - b) / a", [sales, cost]
        kept = [f for f in parts if f is not None]
        if len(kept) < len(parts):
            return None
        return replace(self._several(kept, formula, known.percent), name=self._named(known.name, members))

    def _part(self, name: str, members: Members) -> Figure | None:
        matches = self.measures.match(terms_of(name), words_of(name), members, frozenset())
        exact = [m for m in matches if m.exact]
        if not exact:
            return None
        return Figure(self._measure(exact[0], Mention(frozenset(), frozenset(members))), 1.0, True)

    def _several(self, figures: Sequence[Figure], formula: str = "", percent: bool = False) -> Choice:
        left = [t for f in figures for t in f.left]
        doubts = [f"“{' '.join(left)}” fits nothing that is tagged here"] if left else []
        name = " and ".join(f.measure.name for f in figures)
        if formula == "a / b":
            name = f"{figures[0].measure.name} as a share of {figures[1].measure.name}"
        return Choice(
            name,
            tuple(f.measure for f in figures),
            min(f.confidence for f in figures),
            min(f.segment for f in figures),
            tuple(f.rivals for f in figures),
            formula,
            percent,
            tuple(doubts),
        )

    def _measure(self, match: Match, option: Mention) -> Measure:
        entry = match.entry
        members = tuple(sorted(option.members))
        return Measure(self._called(entry.concept, entry.label, members), (entry.concept,), entry.members)

    def _called(self, concept: str, label: str, members: Members) -> str:
        entry = self.measures.entry(concept, ()) if members else None
        name = "" if FLOWS in concept else label_name(entry.label if members and entry else label)
        return self._named(name or name_words(concept), members)

    def _named(self, name: str, members: Members) -> str:
        told = ", ".join(called(m, self.measures.shown) for a, m in members if not is_boring(a, m))
        return f"{name} ({told})" if told and told != name else name


def label_name(label: str) -> str:
    """A printed label as a name; "" for one that says nothing by itself."""
    bare = re.sub(r"^total (?=\w)|\s*\(\d+\)$", "", label.strip(" :"), flags=re.IGNORECASE)
    strong = frozenset(terms_of(bare)) - FRAME - WEAK - _BARE
    return bare if strong and len(bare) < 90 and not (len(strong) == 1 and strong <= VAGUE) else ""


def _located(option: Mention) -> bool:
    """Whether a member is a place, a segment or a line of costs: its name may be a figure's name too."""
    return all(axis.endswith(_PLACES) for axis, _ in option.members)


def _strong(text: str) -> bool:
    return bool(frozenset(terms_of(text)) - FRAME - WEAK)


def _kind(asked: Asked) -> str:
    if any(a.instant or a.opening for a in asked.asks):
        return "instant"
    return "duration" if any(a.months or a.period in _SPANS for a in asked.asks) else ""
