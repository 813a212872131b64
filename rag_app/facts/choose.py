"""Words → a company's figures: which concept of which members, by what formula, how surely.

Every word has to be explained by the figure's name or a member's; what is left over makes it unsure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag_app.facts import workings
from rag_app.facts.asides import without_asides
from rag_app.facts.asked import LETTERS, Measure
from rag_app.facts.chosen import Choice, Figure
from rag_app.facts.entries import VAGUE, row_key
from rag_app.facts.figures import FLOWS, KNOWN, Figures
from rag_app.facts.hints import kind_of, says
from rag_app.facts.operations import Wanted
from rag_app.facts.periods import Asked
from rag_app.facts.segments import GENERIC, mentioned
from rag_app.facts.terms import terms_of, words_of

_TWINS = (
    (
        "ProfitLoss",
        "NetIncomeLoss",
        "NetIncomeLossIncludingPortionAttributableToNonredeemableNoncontrollingInterest",
    ),
    ("StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest", "StockholdersEquity"),
)
"""Both are stated; what comes third is the first in another statement."""
FLOW = "the change in the balance and that in the cash flow statement may differ"
_AND = re.compile(r"\s*(?:,| and | & | vs\.? | versus | or |;)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Reader(Figures):
    """Chooses the figures that a question wants of one company."""

    def choose(self, wanted: Wanted, asked: Asked) -> Choice | None:
        """The figures that are wanted; None where no words come near one."""
        kind = kind_of(asked)
        row = self._row(wanted.whole, kind, face=True)
        spanned = wanted.moved or self.face or any(a.months for a in asked.asks)
        if row is not None and not spanned and self._held(wanted.whole, row):
            row = None  # a balance is meant, and not what it changed by
        listed = wanted.operation == "value" or (wanted.operation == "trend" and asked.last is None
                                                 and not asked.ranged)  # fmt: skip
        if row is not None and not asked.before and (len(asked.asks) < 2 or listed):
            return self._line(row, wanted)
        if wanted.formula:
            return workings.worked(self, wanted, kind)
        if wanted.moved:
            labelled = self.figure(wanted.whole, kind)
            if labelled is not None and labelled.exact and not asked.before and len(asked.asks) < 2:
                return self._line(labelled, wanted)
        part = self.plain(wanted.parts[0], kind)
        percent = wanted.percent and not wanted.moved
        grown = workings.grown(self, part) if re.match("gr[eo]w", wanted.moved, re.IGNORECASE) else None
        if grown is not None:
            return replace(self.several([grown]), notes=("the growth of a part is that of its revenue",))
        found = self.figure(part, kind, alone=True)
        pieces = [p for p in _AND.split(part) if says(p)]
        if found is not None and found.exact and not (percent and found.unit != "pure"):
            apart = workings.parts(pieces, lambda p: self.figure(p, kind)) if len(pieces) > 1 else None
            if apart is None or workings.joint(self, found):
                return self.several(self._twins(found) or [found])
        computed = workings.computed(self, part, kind)
        if computed is not None:
            return computed
        several = [self.figure(p, kind) for p in pieces]
        if 1 < len(several) <= len(LETTERS):
            known = next((f.measure for f in reversed(several) if f is not None and f.exact), None)
            if known is not None:
                again = [
                    f if f and f.exact else self.figure(p, kind, known)
                    for f, p in zip(several, pieces, strict=True)
                ]
                if all(f is not None and f.exact for f in again):
                    return self.several([f for f in again if f is not None])
        row = self._row(wanted.whole, kind, face=False)
        if row is not None and wanted.operation == "value" and (wanted.moved or not self._held(part, row)):
            return self._line(row, wanted)
        if found is None:
            return None
        choice = self.several([self._nearer(part, found)])
        if found.exact and wanted.operation == "value" and (both := self._twins(found)):
            choice = self.several(both)
        if percent and found.unit != "pure":
            choice = replace(choice, doubts=(*choice.doubts, "a share is asked for, but not of what"))
        return choice

    def _nearer(self, text: str, found: Figure) -> Figure:
        """What is worth showing where words are left: of the part that has one of them in its name."""
        given, left = frozenset(terms_of(text)), frozenset(found.left)
        near = [
            m for m in self.measures.mentions if m.terms & left - GENERIC and len(m.terms & left) == len(left)
        ]
        told = [
            self.measure(match, mention)
            for mention in near
            for match in self.measures.match(tuple(given - left), words_of(text), tuple(mention.members),
                                             self.optional)[:1]
            if match.exact
        ]  # fmt: skip
        told = list(dict.fromkeys(told))
        return replace(found, measure=told[0], rivals=tuple(told[1:]), exact=False) if told else found

    def _line(self, figure: Figure, wanted: Wanted) -> Choice:
        """The figure as a line of a statement, not to be confused with the balance that it changes."""
        choice = replace(self.several([figure]), row=True)
        if FLOWS in figure.measure.concepts[0] and (wanted.moved or self._held(wanted.whole, figure)):
            choice = replace(choice, doubts=(*choice.doubts, FLOW))
        return choice

    def _twins(self, found: Figure) -> list[Figure]:
        """Net income, or equity, with and without what belongs to others, where the words leave it open."""
        told = (found.measure, *found.rivals)
        concepts = {m.concepts[0].rpartition(":")[2]: m for m in told}
        for names in _TWINS:
            if len(told) == len(concepts) and names[0] in concepts and concepts.keys() <= set(names):
                return [Figure(concepts[n], 1.0, True, 1.0, found.unit) for n in names[:2] if n in concepts]
        return []

    def _held(self, text: str, row: Figure) -> bool:
        """Whether a row of the cash flow statement is called as the balance is that changed."""
        if FLOWS not in row.measure.concepts[0]:
            return False
        held = self.figure(text, "instant")
        if held is None or not held.exact:
            return False
        entry = self.measures.entry(held.measure.concepts[0], held.measure.members)
        return entry is not None and entry.instant

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
        if not found[0].face:  # a note's row, of which a statement may tell by another name
            called = self.measures.match(terms_of(text), words_of(text), (), self.optional)
            alike = [m.entry for m in called if m.exact and (m.entry.face or m.score > KNOWN)]
            alike = [e for e in alike if e.unit == found[0].unit]
            found += [e for e in alike if e not in found and (not kind or e.instant == found[0].instant)]
        told = [Measure(self.called(e.concept, e.label, e.members), (e.concept,), e.members) for e in found]
        return Figure(told[0], 1.0, True, 1.0, found[0].unit, tuple(told[1:]))

    def plain(self, text: str, kind: str) -> str:
        """Without asides in brackets that name nothing: "(signed as a charge)"."""

        def names(words: str) -> bool:
            return bool(mentioned(self.measures.mentions, frozenset(terms_of(words)), frozenset()))

        def known(words: str) -> bool:
            return any(self.measures.knows(t) for t in terms_of(words))

        return without_asides(text, lambda words: self.figure(words, kind), names, known)

    def several(self, figures: Sequence[Figure], formula: str = "", percent: bool = False) -> Choice:
        """Figures that stand each for itself, or in a formula by their letters."""
        left = [word for f in figures for word in f.said]
        doubts = [f"“{' '.join(left)}” fits nothing that is tagged here"] if left else []
        if len({(f.measure.concepts, f.measure.members) for f in figures}) < len(figures):
            doubts.append("one figure is named twice")
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
