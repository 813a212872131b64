"""Words → a figure by all that its row and tag say of it: caption, section, column, the parts it is of.

The second reading, for what no name of a figure says alone: "fair value of corporate debt securities" is a
row and a column. Every word has to be explained, and every part that narrows the figure has to be named.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rag_app.facts.entries import NET, SLACK, VAGUE, Entry, speaking
from rag_app.facts.framing import ASKING
from rag_app.facts.measures import Measures
from rag_app.facts.nature import implied, nature, placed, unsaid
from rag_app.facts.segments import GENERIC, SEGMENT_WORDS, Members, names_of
from rag_app.facts.tables import FactLabel
from rag_app.facts.terms import WEAK, label_terms, terms_of

_QUIET = (
    "FairValueByFairValueHierarchyLevelAxis", "FairValueByMeasurementFrequencyAxis", "ConsolidationItemsAxis",
    "ConcentrationRiskByTypeAxis", "FairValueByMeasurementBasisAxis", "BalanceSheetLocationAxis",
    "ConsolidatedEntitiesAxis",
)  # fmt: skip
"""Axes whose member is told apart by the value, where two are: it need not be named."""
_COUNTED = frozenset(("unit",))
_RANK = frozenset("senior unsecured".split())
_LOCATED = ("IncomeStatementLocationAxis", "ProductOrServiceAxis", "GeographicalAxis", "SegmentsAxis")
"""Axes of parts that may be called as a figure is: "cash" is that, and no kind of security."""
_ALONE = (
    "ProductOrServiceAxis", "SegmentsAxis", "GeographicalAxis", "PropertyPlantAndEquipmentByTypeAxis",
    "ByMajorClassAxis",
)  # fmt: skip
"""Axes of parts that may be asked for by their name alone: "construction in progress"."""
_WHEN = re.compile(
    r"\b(?:(?:19|20)\d\d|\d{1,2}|(?:three|six|nine|twelve|fiscal|years?|months?|quarters?|ended|ending|as"
    r"|of|at|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|unaudited|in (?:millions|thousands|billions)))\b",
    re.IGNORECASE,
)
_TELLING = frozenset(
    "fair gross notional discount rate weighted average cost carrying amortized unrealized realized basic"
    " diluted current noncurrent deferred unrecognized gain loss change".split()
)
"""What tells figures of one row apart: a word of its caption is not enough."""
_NETTED = frozenset(("revenue",))  # net or not, it is the same
_DATED = re.compile(r"\b(?:19|20)\d\d\b|\bbalances?\b|\btotals?\b", re.IGNORECASE)
WHOLE, PART, ALONE, CONTEXT, QUIET = 0.0, 0.06, 0.2, 0.03, 0.01
"""What it costs: a member named in full, in part; a concept not named at all; a word of the context; a
member that is not named."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An entry that explains all words; the lower its `cost` the more closely. `named`: members' terms."""

    entry: Entry
    cost: float
    named: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Described:
    entry: Entry
    phrases: tuple[frozenset[str], ...]
    context: frozenset[str]
    members: tuple[tuple[frozenset[str], ...], ...]
    quiet: int
    idle: frozenset[str]
    soft: frozenset[str]
    alone: bool
    pooled: bool


class Descriptions:
    """What is said of every figure of one company."""

    def __init__(
        self,
        measures: Measures,
        labels: Sequence[FactLabel],
        columns: Mapping[tuple[str, Members], Sequence[str]],
    ) -> None:
        self._odd = measures.odd
        self._of: list[_Described] = []
        rows: dict[tuple[str, Members], list[FactLabel]] = defaultdict(list)
        for label in labels:
            rows[label.concept, label.members].append(label)
        known = measures.vocabulary()  # what picks another figure is no mere context
        for (concept, members), several in rows.items():
            heads = columns.get((concept, members), ())
            self._of.append(_describe(measures, concept, members, several, heads, known))

    def read(self, terms: Collection[str], own: frozenset[str], kind: str) -> list[Reading]:
        """The figures of which all of `terms` tell, the closest first; `own` are of the company's name.

        `kind` is "instant", "duration" or "" for either.
        """
        asked = frozenset(terms) - SLACK
        netted = NET in terms and not asked & _NETTED
        found = []
        for one in self._of:
            if kind and one.entry.instant != (kind == "instant"):
                continue
            if netted and not any(NET in words for words in (one.context, one.idle, *one.phrases)):
                continue
            reading = _read(one, asked, own)
            if reading is not None and (one.members or not self._odd(one.entry, asked)):
                found.append(reading)
        return sorted(found, key=lambda r: (r.cost, -r.entry.n, r.entry.concept, r.entry.members))


def _describe(
    measures: Measures,
    concept: str,
    members: Members,
    labels: Sequence[FactLabel],
    columns: Sequence[str],
    known: frozenset[str],
) -> _Described:
    entry = measures.entries[concept][members]
    told = speaking(members)
    heads = [label_terms(_WHEN.sub(" ", head)) for head in columns]
    says = {p.terms - SLACK for p in measures.phrases[concept]}
    titles = [label_terms(row.label) for row in labels if row.label and not _DATED.search(row.label)]
    titles = [title for title in titles if not told or frozenset(title) - SLACK not in says]
    members_names = tuple(
        tuple(
            name
            for name in {frozenset(n) for n in names_of(member)} | _titled(told, titles)
            if axis.endswith(_LOCATED) or len(name) > 1 or name not in measures.names
        )
        for axis, member in sorted(told)
        if not axis.endswith(_QUIET)
    )
    of_members = frozenset(t for names in members_names for name in names for t in name)
    phrases = {p.terms for p in measures.phrases[concept]}
    phrases |= {frozenset(head) for head in heads if head and not frozenset(head) <= of_members}
    if not told:
        phrases |= {frozenset(title) for title in titles}
    own = frozenset(t for p in phrases for t in p)
    others = (frozenset(t for t in known if t not in own)) | _TELLING
    around = {part for row in labels for part in (row.label, row.section, row.statement) if part}
    axes = frozenset(axis for axis, _ in members)
    return _Described(
        entry,
        tuple(p for p in phrases if p - SLACK),
        (
            frozenset(t for part in around for t in terms_of(part))
            | frozenset(t for head in heads for t in head)
        )
        - others
        | of_members,
        members_names,
        sum(axis.endswith(_QUIET) for axis, _ in told),
        ASKING | nature(concept, entry.instant, entry.unit) | placed(axes),
        implied(axes),
        bool(members_names) and all(a.endswith(_ALONE) for a, _ in told if not a.endswith(_QUIET)),
        any(a.endswith("StatementEquityComponentsAxis") for a, _ in told),
    )


def _titled(told: frozenset[tuple[str, str]], titles: Sequence[tuple[str, ...]]) -> set[frozenset[str]]:
    """The rows of a figure of one member are called as that is."""
    named = [m for m in told if not m[0].endswith(_QUIET)]
    return {frozenset(t) for t in titles if 0 < len(t) <= 8} if len(named) == 1 else set()


def _read(one: _Described, asked: frozenset[str], own: frozenset[str]) -> Reading | None:
    named: frozenset[str] = frozenset()
    cost = QUIET * one.quiet
    for names in one.members:
        best = max((_named(name, asked, own) for name in names), default=(0.0, frozenset()), key=_order)
        if best[0] < 1.0 and one.pooled:
            return None
        if not best[0]:
            return None
        named |= best[1]
        cost += WHOLE if best[0] == 1.0 else PART
    idle = one.idle | (SEGMENT_WORDS if one.members else frozenset())
    rest = asked - named
    if one.alone and not (rest - ASKING - SEGMENT_WORDS | rest & _COUNTED) and named - GENERIC - VAGUE:
        return Reading(one.entry, cost + ALONE, named)
    if not rest <= idle | one.context | frozenset(t for p in one.phrases for t in p):
        return None
    over, because = unsaid(one.entry.concept)
    if not asked & because:
        over = frozenset()
    costs = []
    for phrase in one.phrases:
        said = phrase & asked - SLACK
        if (
            phrase - asked - SLACK - one.soft - own - over
            or not (said - named or phrase - SLACK <= named)
            or (not named and said <= VAGUE)
        ):
            continue
        left = rest - phrase - idle
        if left <= one.context and len(left) <= len(said):
            costs.append(CONTEXT * len(left) + 0.005 * len(phrase - asked) + 0.002 * len(rest - phrase))
    return Reading(one.entry, cost + min(costs), named) if costs else None


def _named(name: frozenset[str], asked: frozenset[str], own: frozenset[str]) -> tuple[float, frozenset[str]]:
    """(1 for all of a member's name, less for most of it, 0 for none; the words that name it)."""
    said = name & asked
    strong = name - WEAK - GENERIC - _RANK - own
    if not said or not strong & said:
        return 0.0, frozenset()
    if name - WEAK - own <= asked:
        return 1.0, said
    return (0.8, said) if strong <= asked or (len(said) >= 2 and 2 * len(said) >= len(name)) else (0.0, said)


def _order(found: tuple[float, frozenset[str]]) -> tuple[float, int]:
    return found[0], len(found[1])
