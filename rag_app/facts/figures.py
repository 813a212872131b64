"""Words → one figure of a company: which concept of which members they name, and how surely.

Every word has to be explained by the figure's name or a member's; what is left over makes it unsure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rag_app.facts.asked import Measure
from rag_app.facts.chosen import Figure
from rag_app.facts.described import ALONE, Descriptions
from rag_app.facts.entries import Match, row_key, speaking
from rag_app.facts.families import strange
from rag_app.facts.framing import ASKING
from rag_app.facts.hints import (
    BOTH,
    COUNT,
    COUNTED,
    LOST,
    MONEY,
    PAID,
    RATE,
    SPENT,
    as_said,
    label_name,
    located,
    of_stock,
    opposed,
)
from rag_app.facts.measures import Measures
from rag_app.facts.nature import placed
from rag_app.facts.segments import (
    SEGMENT_WORDS,
    UNTOLD,
    Members,
    Mention,
    called,
    is_boring,
    mentioned,
    names_of,
)
from rag_app.facts.store import FactStore
from rag_app.facts.terms import FRAME, WEAK, label_terms, name_words, terms_of, words_of
from rag_app.facts.types import Fact
from rag_app.question.catalog import Company

FLOWS = ":IncreaseDecreaseIn"  # concepts of the cash flow statement that are called like what they change
AS_CLOSE = 0.02  # costs of descriptions that are as good as equal
KNOWN = 1.0  # scores above it are analysts' names or a statement's labels
NEARLY = 0.06  # by how much less a figure's usual name may score than a note's row that is called so
NEAR = 0.015  # scores that are as good as equal


@dataclass(frozen=True)
class Figures:
    """One company's figures and facts. `optional`: terms of its name, which a segment may have too.

    `owned`: the question names the company twice, as in "Intel's total Intel stockholders' equity".
    `face`: it names a statement. `leads`: what follows right after its name, as in "Walmart U.S. sales".
    """

    store: FactStore
    key: str
    company: Company
    measures: Measures
    filings: frozenset[str]
    optional: frozenset[str]
    owned: bool = False
    face: bool = False
    leads: tuple[tuple[str, ...], ...] = ()

    def facts(self, measure: Measure) -> list[Fact]:
        """The measure's facts in the filings asked of, newest filing first."""
        entries = [e for c in measure.concepts if (e := self.measures.entry(c, measure.members)) is not None]
        found: list[Fact] = []
        for entry in entries[:1]:
            for members in sorted({e.members for e in self.measures.entries[entry.concept].values()}):
                if speaking(members) == speaking(entry.members) or (
                    entry.unit == "shares" and not entry.members and of_stock(members)
                ):
                    found += self.store.find(entry.concept, [self.key], members=members)
        return [f for f in found if f.filing_id in self.filings]

    def figure(
        self, text: str, kind: str, like: Measure | None = None, *, alone: bool = False
    ) -> Figure | None:
        """The best figure for these words; `kind` "instant" or "duration" where the period tells.

        Words that name members only are taken as the figure `like` of those; or, where these stand `alone`,
        as the one figure that is told of them.
        """
        terms, words = terms_of(text), words_of(text)
        if kind != "instant" and LOST.search(text):
            terms = tuple(t for t in terms if t not in ("lose", "lost", "earn", "profitable"))
            like_terms: list[tuple[str, ...]] = [("netincome",), ("operatingincome",)]
        else:
            like_terms = []
        given = frozenset(terms)
        count = COUNT.search(text) is not None
        unlike = "USD" if RATE.search(text) else "pure" if MONEY.search(text) else ""
        found: list[tuple[float, Match, Mention]] = []
        options = self.options(given)
        led = [option for option in options if self._led(option)]
        for option in options:
            rest = given - option.terms if option.members else given
            members = tuple(sorted(option.members))
            if option.members:
                rest = rest - SEGMENT_WORDS
                rest = rest - (placed(frozenset(a for a, _ in option.members)) - option.terms)
            strong = rest - FRAME - WEAK - ASKING
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
                    if unit == "shares" and not count and (SPENT.search(text) or not COUNTED.search(text)):
                        match = replace(match, score=match.score - 0.1)
                    if option.members and option.terms in self.measures.names and not located(option):
                        match = replace(match, exact=False, score=match.score * 0.7)
                    if kind and (kind == "instant") != match.entry.instant:
                        match = replace(match, score=match.score - 0.1)
                    if opposed(match.entry, given):
                        match = replace(match, score=match.score - 0.1)
                    if self._strange(text, match, option) or self.measures.partly(match.entry, given):
                        match = replace(match, score=match.score - 0.1)
                    if option.members and any(option.terms & o.terms for o in led) and option not in led:
                        match = replace(match, score=match.score - 0.1)
                    if unlike and match.entry.unit.startswith(unlike):
                        match = replace(match, score=match.score - 0.1)
                    found.append((match.score - 0.001 * len(strong), match, option))
        if not found:
            return None if BOTH.search(text) else self._described(terms, kind, count, alone, unlike)
        found = [(s, replace(m, exact=m.exact and self._clear(m, o, given)), o) for s, m, o in found]
        if self.face and any(m.exact and m.entry.face for _, m, _ in found):
            found = [f for f in found if f[1].entry.face]
        if BOTH.search(text):  # "current and non-current debt" is neither of the two
            found = [
                (s, replace(m, exact=m.exact and BOTH.search(m.entry.label) is not None), o)
                for s, m, o in found
            ]
        found.sort(key=lambda f: (not f[1].exact, -f[0]))
        score, best, option = found[0]
        rivals = [
            self.measure(m, o) for s, m, o in found[1:] if m.exact == best.exact
            and (score - s < NEAR or (not option.members and _as_known(m, s, best, text)))
            and (m.entry.concept, m.entry.members) != (best.entry.concept, best.entry.members)
            and not opposed(m.entry, given) and not self._plainer(best, option, m, o, text)
            and (not self._strange(text, m, o) or self._strange(text, best, option))
        ]  # fmt: skip
        if (
            not best.exact
            and not BOTH.search(text)
            and (told_of := self._described(terms, kind, count, alone, unlike)) is not None
        ):
            return told_of
        if best.exact:
            more = [] if best.entry.face and PAID.search(text) else self.measures.rivals(text, best.entry)
            rivals += [self.measure(Match(e, score, True), option) for e in more]
        left = tuple(t for t in terms if t in best.left)
        told, unit = self.measure(best, option), best.entry.unit
        return Figure(told, score, best.exact, option.sure, unit, tuple(rivals), left, as_said(text, left))

    def _described(
        self, terms: Sequence[str], kind: str, count: bool, alone: bool, unlike: str
    ) -> Figure | None:
        """The figure of which all of the words tell, though none of its names has them all."""
        read = _descriptions(self.measures, self.store, self.key).read(terms, self.optional, kind)
        read = [r for r in read if (alone or r.cost < ALONE)]
        read = [r for r in read if not unlike or not r.entry.unit.startswith(unlike)] or read
        if not read or (count and read[0].entry.unit.startswith("USD")):
            return None
        best = read[0]
        told = [
            Measure(self.called(r.entry.concept, r.entry.label, r.entry.members), (r.entry.concept,),
                    r.entry.members)
            for r in read if r.cost - best.cost < AS_CLOSE
        ]  # fmt: skip
        return Figure(told[0], 0.9, True, 0.9, best.entry.unit, tuple(told[1:]))

    def _led(self, option: Mention) -> bool:
        """Whether a segment is called as the company, and the question calls it so: "Walmart U.S."."""
        for axis, member in option.members:
            for name in names_of(member) if axis.endswith("SegmentsAxis") else ():
                rest = tuple(t for t in name if t not in self.measures.own)
                if 0 < len(rest) < len(name) and any(lead[: len(rest)] == rest for lead in self.leads):
                    return True
        return False

    def _strange(self, text: str, match: Match, option: Mention) -> str:
        return strange(text, match.entry.concept, bool(option.members))

    def _plainer(self, best: Match, option: Mention, other: Match, its: Mention, text: str) -> bool:
        """Whether `text` is the best one's row as printed, and the other is only called so by analysts."""
        if option.members or its.members or not best.entry.face:
            return False
        return row_key(text) == row_key(best.entry.label) != row_key(other.entry.label)

    def _clear(self, match: Match, option: Mention, given: frozenset[str]) -> bool:
        """Whether more than the label says that it is this: no hedge of it, and not any "other"."""
        if option.members:
            return bool(option.terms - WEAK - {"other"}) or "all" in given
        return bool(given & {"lose", "lost"}) or not self.measures.odd(match.entry, given)

    def options(self, terms: frozenset[str]) -> list[Mention]:
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

    def measure(self, match: Match, option: Mention) -> Measure:
        """What is looked up for a match with the members that were named."""
        entry = match.entry
        members = tuple(sorted(option.members))
        return Measure(self.called(entry.concept, entry.label, members), (entry.concept,), entry.members)

    def called(self, concept: str, label: str, members: Members) -> str:
        """A figure's name for a person: its label, else its concept's words, and its members."""
        entry = self.measures.entry(concept, ()) if members else None
        told = frozenset(
            t for _, m in members for n in (*names_of(m), terms_of(called(m, self.measures.shown))) for t in n
        )
        if members:  # a row of a part is mostly called as the part
            label = entry.label if entry else "" if frozenset(label_terms(label)) <= told else label
        name = "" if FLOWS in concept else label_name(label)
        return self.named(name or name_words(concept), members)

    def named(self, name: str, members: Members) -> str:
        """`name` with the members that are not in it."""
        told = ", ".join(
            called(m, self.measures.shown)
            for a, m in members
            if not is_boring(a, m) and not a.endswith(UNTOLD)
        )
        return f"{name} ({told})" if told and told != name else name


@lru_cache(maxsize=64)
def _descriptions(measures: Measures, store: FactStore, key: str) -> Descriptions:
    return Descriptions(measures, store.labels([key]), store.columns(key))


def _as_known(other: Match, score: float, best: Match, text: str) -> bool:
    """Whether a note's row is called so, and so is, by its usual name, another figure of its kind."""
    one, two = best.entry, other.entry
    known = two.face or score > best.score - NEARLY
    if len(row_key(text)) > 2 and row_key(text) == row_key(one.label):
        return False  # as it is printed, and no mere word or two
    return not one.face and known and (one.unit, one.instant) == (two.unit, two.instant)
