"""Figures that a question has worked out: sums, ratios, definitions that it gives, figures that analysts make
of others, and the shares of customers, which are tagged as such.

Finds the parts among a company's figures; what does not fit together is a doubt. Knows no period.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from rag_app.facts.asked import LETTERS, Measure
from rag_app.facts.chosen import Choice, Figure
from rag_app.facts.entries import Entry
from rag_app.facts.framing import ASKING
from rag_app.facts.hints import MONEY, RATE
from rag_app.facts.measures import Measures
from rag_app.facts.operations import Wanted
from rag_app.facts.segments import SEGMENT_WORDS, Members, Mention, names_of
from rag_app.facts.synonyms import COMPUTED, Computed
from rag_app.facts.terms import FRAME, WEAK, name_words, terms_of, words_of

if TYPE_CHECKING:
    from rag_app.facts.choose import Reader

Find = Callable[[str], "Figure | None"]
_IDLE = FRAME | WEAK | ASKING
_AND = re.compile(r"\s*,(?: and\b)?\s*|\s+(?:and|&|plus)\s+", re.IGNORECASE)
_PIECES = 6  # of "A and B and C": more are no sum
_WHOLES = (
    # what parts may be called together, where all their concepts are of this kind
    (
        "cash capital returned return to shareholders payout distributions investors owners outlay",
        re.compile(r":(?:Payments|Repayments|NetCash)"),
    ),
    ("total debt, all debt, debt, borrowings", re.compile(r"Debt|Borrowing|Notes|CommercialPaper|Loan")),
    ("total cash, cash", re.compile(r":Cash")),
    ("combined together", re.compile("")),
)
_BASE = re.compile(
    r"[, ]*\b(?:(?:measured|based|calculated|computed|expressed|taken|as measured) )?(?:on|against|over)"
    r" (?:the basis of )?(?:its |the |their )?(?P<base>[\w&' -]+?)[ ,?.]*$",
    re.IGNORECASE,
)
_ALL_DEBT = terms_of("total debt")[0]
_SHORT_DEBT = (
    "CommercialPaper",
    "ShortTermBorrowings",
    "DebtCurrent",
    "LongTermDebtCurrent",
    "NotesPayableCurrent",
)
_LONG_DEBT = ("LongTermDebtNoncurrent", "LongTermNotesPayable")
_BENCHMARK, _TYPE = "ConcentrationRiskByBenchmarkAxis", "ConcentrationRiskByTypeAxis"
_SALES = re.compile(r":(?:SalesRevenueNet|Revenues?|RevenueFromContractWithCustomer)\w{0,8}Member$")
_LEGAL = frozenset("inc corp corporation ltd limited group company co llc plc customer".split())
_PARTY = frozenset("customer party account reseller distributor end buyer client".split())
_PERCENT = frozenset("% percent percentage rate".split())


def worked(reader: Reader, wanted: Wanted, kind: str) -> Choice | None:
    """What a formula of the question makes of the figures that it names; None where one is not known."""
    if "+" not in wanted.formula:
        return _of_two(reader, wanted, kind)
    text = wanted.parts[0] if len(wanted.parts) < 2 else whole_of(wanted.whole)
    whole = reader.figure(text, kind)
    if whole is not None and whole.exact and joint(reader, whole) and not wanted.defined:
        return reader.several([whole])

    def find(text: str) -> Figure | None:
        return reader.figure(reader.plain(text, kind), kind)

    if len(wanted.parts) < 2:
        found = summands(wanted.parts[0], find)
    else:
        found = parts(wanted.parts, find, wanted.defined)
    return _said(reader, found, wanted, " + ".join(LETTERS[: len(found)])) if found else None


def _of_two(reader: Reader, wanted: Wanted, kind: str) -> Choice | None:
    """A ratio or a difference; a share that is tagged as one comes as it is filed."""
    num, den = wanted.parts
    tagged = concentration(num, den, reader.measures) if wanted.formula == "a / b" and wanted.percent else []
    if tagged:
        told = [Measure(reader.called(e.concept, "", e.members), (e.concept,), e.members) for e in tagged]
        return reader.several([Figure(told[0], 1.0, True, 1.0, "pure", tuple(told[1:]))])
    second = reader.figure(den, kind)
    first = second and reader.figure(num, kind, second.measure)
    if first is None or second is None:
        return None
    bare = not (first.measure.members or second.measure.members)
    if wanted.formula == "a / b" and bare and not RATE.search(wanted.whole):  # "of stock compensation in R&D"
        part = reader.figure(f"{den} {num}", kind)
        if part is not None and part.exact and part.measure.members:
            if part.measure.concepts != second.measure.concepts:
                return reader.several([part])
            first = part
    return _said(reader, [first, second], wanted, wanted.formula)


def _said(reader: Reader, figures: Sequence[Figure], wanted: Wanted, formula: str) -> Choice:
    """The formula over the figures, with what speaks against it."""
    choice = reader.several(figures, formula, wanted.percent)
    if formula == "a / b":
        return choice
    why = [_unalike(figures, reader.measures)]
    if wanted.defined:
        why.append(_misnamed(wanted.defined, formula, figures, wanted.parts))
    name = (" plus " if "+" in formula else " less ").join(f.measure.name for f in figures)
    return replace(choice, name=name, doubts=(*choice.doubts, *(w for w in why if w)))


def joint(reader: Reader, figure: Figure) -> bool:
    """Whether a figure's own name joins several things: "Cash and cash equivalents"."""
    concept, members = figure.measure.concepts[0], figure.measure.members
    entry = reader.measures.entry(concept, members)
    label = entry.label if entry is not None else ""
    if any("And" in member.rpartition(":")[2] for _, member in members):
        return True
    return "And" in concept or re.search(r"\band\b|&|,|/", label) is not None


def grown(reader: Reader, text: str) -> Figure | None:
    """The revenue of a segment, product or place, where words name nothing but that."""
    given = frozenset(terms_of(text))
    found = []
    for option in reader.options(given):
        rest = given - option.terms - SEGMENT_WORDS - _IDLE
        if option.members and not rest and option.terms not in reader.measures.names:
            figure = _part(reader, "revenue", tuple(sorted(option.members)))
            found += [] if figure is None else [figure]
    return replace(found[0], rivals=tuple(f.measure for f in found[1:])) if found else None


def computed(reader: Reader, text: str, kind: str) -> Choice | None:
    """A figure that analysts make of others, called so; a margin perhaps on a base that is named."""
    based = _BASE.search(text)
    if based is not None and "margin" in text[: based.start()].lower():
        choice, base = computed(reader, text[: based.start()], kind), reader.figure(based["base"], kind)
        if choice is None or choice.formula != "a / b" or base is None or not base.exact:
            return None
        measures, rivals = (choice.measures[0], base.measure), (choice.rivals[0], base.rivals)
        return replace(choice, measures=measures, rivals=rivals)
    terms = terms_of(text)
    for option in reader.options(frozenset(terms)):
        left = [t for t in terms if t not in option.terms and t not in FRAME]
        if option.members:
            left = [t for t in left if t not in SEGMENT_WORDS]
        known = COMPUTED.get(" ".join(left)) or COMPUTED.get(" ".join(t for t in left if t not in _PERCENT))
        if known is not None:
            members = tuple(sorted(option.members))
            choice = _amount(reader, known, members) if MONEY.search(text) else None
            choice = choice or _formula(reader, known, members)
            if choice is not None:
                return choice
        if left == [_ALL_DEBT] and not option.members:
            return _debt(reader)
    return None


def _debt(reader: Reader) -> Choice | None:
    """All that the balance sheet calls debt, short and long; None where it does not tell both."""
    held = [
        entry
        for concepts in (_SHORT_DEBT, _LONG_DEBT)
        for name in concepts
        if (entry := reader.measures.entry(f"us-gaap:{name}", ())) is not None and entry.face
    ]
    names = [e.concept.rpartition(":")[2] for e in held]
    if not set(names) & set(_LONG_DEBT) or not set(names) & set(_SHORT_DEBT):
        return None
    told = [Measure(reader.called(e.concept, e.label, ()), (e.concept,)) for e in held]
    figures = [Figure(m, 1.0, True, 1.0, "USD") for m in told]
    choice = reader.several(figures, " + ".join(LETTERS[: len(figures)]))
    return replace(
        choice, name="total debt", notes=(*choice.notes, "debt as the balance sheet lists it: no leases")
    )


def _amount(reader: Reader, known: Computed, members: Members) -> Choice | None:
    """What a margin is the share of: "gross margin in dollars"."""
    figure = _part(reader, known.parts[0], members) if known.percent and known.formula == "a / b" else None
    return None if figure is None else reader.several([figure])


def _formula(reader: Reader, known: Computed, members: Members) -> Choice | None:
    figures = [_part(reader, name, members) for name in known.parts]
    formula, several = known.formula, list(figures)
    if figures[0] is None and known.parts[0] == "gross profit":  # sales less their cost
        formula = "(a - b) / a"
        several = [_part(reader, name, members) for name in ("revenue", "cost of sales")]
    kept = [f for f in several if f is not None]
    if len(kept) < len(several):
        return None
    return replace(reader.several(kept, formula, known.percent), name=reader.named(known.name, members))


def _part(reader: Reader, name: str, members: Members) -> Figure | None:
    matches = reader.measures.match(terms_of(name), words_of(name), members, frozenset())
    exact = [m for m in matches if m.exact]
    if not exact:
        return None
    return Figure(reader.measure(exact[0], Mention(frozenset(), frozenset(members))), 1.0, True)


def whole_of(text: str) -> str:
    """`text` with its parts joined as a printed label joins them: "and" for "plus"."""
    return re.sub(r"\s+(?:plus|\+)\s+", " and ", text, flags=re.IGNORECASE)


def summands(text: str, find: Find) -> list[Figure] | None:
    """The figures of "A and B", of the one way to part it into the fewest that are all known."""
    pieces = [p for p in _AND.split(text) if p.strip(" ?.,")]
    if not 1 < len(pieces) <= _PIECES:
        return None
    for count in range(2, len(pieces) + 1):
        told = [f for f in (parts(group, find) for group in _groups(pieces, count)) if f is not None]
        if told:
            return told[0] if len(told) == 1 else None
    return None


def parts(texts: Sequence[str], find: Find, shared: str = "") -> list[Figure] | None:
    """Each text's figure; "short" of "short and long-term debt" takes the last one's noun, or `shared`'s."""
    named = [w for w in shared.split() if set(terms_of(w)) - _IDLE]
    noun = texts[-1].split() + named[-1:]
    found = []
    for text in texts:
        tails = [" ".join(noun[-n:]) for n in (1, 2, 3) if n < len(noun) or shared]
        names = [text, *(f"{text} {tail.strip(' ?.,')}" for tail in (" ".join(named), *tails))]
        figure = next((f for f in map(find, names) if f is not None and f.exact), None)
        if figure is None:
            return None
        found.append(figure)
    return found if len({(f.measure.concepts, f.measure.members) for f in found}) == len(found) else None


def _groups(pieces: Sequence[str], count: int) -> Iterator[list[str]]:
    for cuts in combinations(range(1, len(pieces)), count - 1):
        edges = (0, *cuts, len(pieces))
        yield [" and ".join(pieces[a:b]) for a, b in pairwise(edges)]


def _misnamed(defined: str, formula: str, figures: Sequence[Figure], texts: Sequence[str]) -> str:
    """Why the words that a formula is said to be may be more than it; "" where they are not."""
    concepts = [f.measure.concepts[0] for f in figures]
    own = {t for text in texts for t in terms_of(text)}
    own |= frozenset.intersection(*(frozenset(terms_of(f"{f.measure.name} {name_words(c)}"))
                                    for f, c in zip(figures, concepts, strict=True)))  # fmt: skip
    for words, kind in _WHOLES:
        if all(kind.search(c) for c in concepts):
            own |= {t for part in words.split(", ") for t in terms_of(part)}
    name = [t for t in terms_of(defined) if t not in _IDLE]
    left = [t for t in name if t not in own]
    known = next((c for key, c in COMPUTED.items() if key == " ".join(name)), None)
    if known is not None:
        left = [] if known.formula == formula else name
    if "freecashflow" in name:
        free = (
            formula == "a - b"
            and "NetCashProvidedByUsedInOperatingActivities" in concepts[0]
            and ":PaymentsToAcquire" in concepts[1]
        )
        left = left if free else ["freecashflow"]
    return f"“{' '.join(left)}” may be more than what it is said to be" if left else ""


def _unalike(figures: Sequence[Figure], measures: Measures) -> str:
    """Why figures cannot be added: what is held and what flows, or amounts of different units."""
    entries = [measures.entry(f.measure.concepts[0], f.measure.members) for f in figures]
    if len({(e.instant, e.unit) for e in entries if e is not None}) > 1:
        return "the figures are not of one kind"
    return ""


def concentration(part: str, whole: str, measures: Measures) -> list[Entry]:
    """The tagged percentages that say how much of `whole` is a customer's or a place's, called `part`."""
    wanted = frozenset(terms_of(re.sub(r"\boutside\b", "non", part, flags=re.IGNORECASE))) - _IDLE - _PARTY
    wanted -= SEGMENT_WORDS
    of = frozenset(terms_of(whole)) - _IDLE
    found = []
    for concept, by in measures.entries.items():
        if "ConcentrationRiskPercentage" not in concept:
            continue
        for members, entry in by.items():
            parties = [m for axis, m in members if not axis.endswith((_BENCHMARK, _TYPE))]
            bench = [m for axis, m in members if axis.endswith(_BENCHMARK)]
            if len(bench) == 1 and parties and _of(bench[0], of) and _named(parties, wanted):
                found.append(entry)
    return found


def _of(benchmark: str, terms: frozenset[str]) -> bool:
    if terms == {"revenue"}:
        return _SALES.search(benchmark) is not None
    return any(terms == frozenset(n) - _IDLE for n in names_of(benchmark)) or (
        terms == {"tradereceivable"} and "AccountsReceivable" in benchmark and "Non" not in benchmark
    )


def _named(parties: Sequence[str], wanted: frozenset[str]) -> bool:
    left = wanted
    for party in parties:
        names = [frozenset(n) - _LEGAL for n in names_of(party)]
        fits = [n for n in names if n and n <= wanted]
        if not fits:
            return False
        left -= max(fits, key=len)
    return bool(wanted) and not left
