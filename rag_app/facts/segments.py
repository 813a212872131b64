"""What the members of a company's axes are called: segments, products, places. Knows no grammar."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag_app.facts.tables import FactLabel
from rag_app.facts.terms import WEAK, label_terms, name_words, terms_of

Members = tuple[tuple[str, str], ...]
_KIND = re.compile(r"(?:Segment|Segments)?(?:Member|Domain)$")
_NO_NAME = re.compile(
    r"\b(?:19|20)\d\d\b|\bbalances?\b|\btotal\b|\bbeginning\b|\bending\b|\bsubtotal\b|\blevel \d\b",
    re.IGNORECASE,
)
GENERIC = frozenset(
    "service segment product business group member operation division category type other".split()
)
"""Words of a member's name that may be left out where another stays."""
SEGMENT_WORDS = frozenset("segment division business region market geography area category line".split())
COUNTRIES = {
    "US": "United States", "CN": "China", "TW": "Taiwan", "SG": "Singapore", "JP": "Japan", "IL": "Israel",
    "CA": "Canada", "MX": "Mexico", "GB": "United Kingdom", "UK": "United Kingdom", "DE": "Germany",
    "FR": "France", "IE": "Ireland", "IN": "India", "KR": "South Korea", "BR": "Brazil", "HK": "Hong Kong",
    "NL": "Netherlands", "CH": "Switzerland", "ES": "Spain", "IT": "Italy", "AU": "Australia", "CL": "Chile",
    "MY": "Malaysia", "VN": "Vietnam", "TH": "Thailand", "PH": "Philippines", "ID": "Indonesia",
    "PL": "Poland",
    "BE": "Belgium", "SE": "Sweden", "NO": "Norway", "DK": "Denmark", "FI": "Finland", "AT": "Austria",
    "RU": "Russia", "TR": "Turkey", "ZA": "South Africa", "AR": "Argentina", "CO": "Colombia",
    "PR": "Puerto Rico", "SA": "Saudi Arabia", "AE": "United Arab Emirates", "NZ": "New Zealand",
    "CR": "Costa Rica", "LU": "Luxembourg",
}  # fmt: skip


UNTOLD = (
    "MeasurementFrequencyAxis", "MeasurementBasisAxis", "ConcentrationRiskByTypeAxis",
    "ConcentrationRiskByBenchmarkAxis",
)  # fmt: skip
"""Axes whose members say nothing to a person beside the others."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Terms that name members, all of them together. `sure` 1 for a whole name, less for a part of one."""

    terms: frozenset[str]
    members: frozenset[tuple[str, str]]
    sure: float = 1.0


def is_boring(axis: str, member: str) -> bool:
    """Whether a member goes without saying: the operating segments that a segment is one of."""
    return axis.endswith(("ConsolidationItemsAxis", "ConsolidatedEntitiesAxis")) and member.endswith(
        ":OperatingSegmentsMember"
    )


def shown_names(labels: Sequence[FactLabel], says: Callable[[str, tuple[str, ...]], bool]) -> dict[str, str]:
    """Member → how rows of its own are printed: "aapl:IPhoneMember" → "iPhone"."""
    found: dict[str, str] = {}
    for label in labels:
        speaking = [m for m in label.members if not is_boring(*m)]
        text = re.sub(r"\s*\(\d+\)|[®™]| ?:$", "", label.label).strip()
        terms = label_terms(text)
        if len(speaking) == 1 and terms and not _NO_NAME.search(text) and not says(label.concept, terms):
            near = any(set(n) & set(terms) for n in names_of(speaking[0][1])) or len(terms) == 1
            if near and len(text) <= 50:
                found.setdefault(speaking[0][1], text)
    return found


def member_names(labels: Sequence[FactLabel], says: Callable[[str, tuple[str, ...]], bool]) -> list[Mention]:
    """How each member of `labels` may be called. `says` tells whether terms are a concept's own name."""
    found: dict[frozenset[str], set[frozenset[tuple[str, str]]]] = defaultdict(set)
    for members in {label.members for label in labels}:
        for axis, member in members:
            for terms in names_of(member):
                found[frozenset(terms)].add(frozenset([(axis, member)]))
    for label in labels:
        speaking = frozenset(m for m in label.members if not is_boring(*m)) or frozenset(label.members)
        for text in (label.label, label.section) if speaking else ():
            if not text or _NO_NAME.search(text):
                continue
            terms = label_terms(text)
            if terms and len(terms) <= 6 and not says(label.concept, terms):
                told = _told(speaking, text)
                if told:
                    for name in (terms, *((short,) for short in _initials(text.lower()))):
                        found[frozenset(name)].add(told)
    mentions = (Mention(terms, members) for terms, several in found.items() if terms for members in several)
    # A set's order changes from run to run, and with it which of two candidates would come first.
    return sorted(mentions, key=lambda one: (sorted(one.terms), sorted(one.members)))


def mentioned(mentions: Sequence[Mention], terms: frozenset[str], optional: frozenset[str]) -> list[Mention]:
    """The members that `terms` name: whole names, and parts of a name that no other has."""
    whole = [m for m in mentions if m.terms <= terms | optional and m.terms & terms]
    taken = frozenset(t for m in whole for t in m.terms)
    by_part: dict[frozenset[str], list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.terms <= terms | optional or len(mention.terms) < 2 or _pooled(mention):
            continue
        part = mention.terms & (terms | optional)
        strong = (part & terms) - GENERIC - WEAK - taken
        rest = mention.terms - part - GENERIC
        if strong and len(rest) < len(mention.terms - GENERIC) and (not rest or len(part) >= 2):
            by_part[frozenset(part)].append(mention)
    parts = [
        Mention(part, several[0].members, 0.9 if not several[0].terms - part - GENERIC else 0.85)
        for part, several in by_part.items()
        if len({m.members for m in several}) == 1
    ]
    return whole + parts + _shortened(mentions, terms - taken)


def _pooled(mention: Mention) -> bool:
    """Whether it is a column of the statement of equity, whose long names have words of everything."""
    return any(axis.endswith("StatementEquityComponentsAxis") for axis, _ in mention.members)


def _shortened(mentions: Sequence[Mention], terms: frozenset[str]) -> list[Mention]:
    """The one member whose words these begin, as in "pro viz" for professional visualization."""
    short = {t: t.replace("z", "s") for t in terms if 3 <= len(t) <= 6}
    found = {}
    for mention in mentions:
        if len(mention.terms) == 2 and not mention.terms & terms:
            begun = [t for word in mention.terms for t, start in short.items() if word.startswith(start)]
            if len(begun) == 2 and len(set(begun)) == 2:
                found[mention.members] = Mention(frozenset(begun), mention.members, 0.85)
    return list(found.values()) if len(found) == 1 else []


def called(member: str, shown: dict[str, str]) -> str:
    """A member's name for a person."""
    prefix, _, local = member.rpartition(":")
    return shown.get(member) or (
        COUNTRIES.get(local, local) if prefix == "country" else name_words(_KIND.sub("", local))
    )


def names_of(member: str) -> set[tuple[str, ...]]:
    """The terms of each way to call a member by its tag."""
    prefix, _, local = member.rpartition(":")
    if prefix == "country":
        return {terms_of(COUNTRIES[local])} if local in COUNTRIES else set()
    bare = _KIND.sub("", local)
    words = name_words(bare)
    names = {terms_of(words), (bare.lower(),), terms_of(bare)}
    names |= {(short,) for short in _initials(words)}
    return {n for n in names if n and (len(n) > 1 or len(n[0]) > 1)}


def _initials(words: str) -> set[str]:
    """ "amazon web services" → "aws"; "data center and ai" → "dcai" too. None of fewer than three letters."""
    every = re.findall(r"[a-z0-9]+", words)
    main = [w for w in every if w not in ("of", "the", "a", "for", "and")]
    if not 2 <= len(main) <= 6:
        return set()
    made = {"".join(w[0] for w in main), "".join(w if len(w) == 2 else w[0] for w in main)}
    return {short for short in made if len(short) >= 3}


def _told(speaking: frozenset[tuple[str, str]], text: str) -> frozenset[tuple[str, str]]:
    """The members that a row's label can mean: one, or of several the one that its words resemble."""
    if len(speaking) == 1:
        return speaking
    terms, run = frozenset(label_terms(text)), re.sub(r"[^a-z0-9]", "", text.lower())
    close = [
        m
        for m in speaking
        if any(set(n) & terms for n in names_of(m[1]))
        or run == _KIND.sub("", m[1].rpartition(":")[2]).lower()
    ]
    return frozenset(close) if len(close) == 1 else frozenset()
