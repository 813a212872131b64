"""Whose facts a question is about, and the question without the words that say so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag_app.core.types import Filters
from rag_app.facts.choose import Reader
from rag_app.facts.entries import STATEMENT
from rag_app.facts.measures import Measures
from rag_app.facts.segments import GENERIC
from rag_app.facts.store import FactStore
from rag_app.facts.tables import Company as Tagged
from rag_app.facts.tables import FactLabel
from rag_app.facts.terms import terms_of
from rag_app.question.catalog import Catalog, Company, Filed, catalog_of, core
from rag_app.question.read import read_question, straight
from rag_app.question.times import forms_in
from rag_app.question.words import COMMON

MANY = 20  # companies in which a question that names none is not looked up
_WORD = re.compile(r"(?<![\w&.-])[a-z]{3,5}(?![\w&.-])")
_FLOWS = re.compile(
    r"\bcash flows?\b|\bworking capital\b|\boperating (?:assets|liabilities)\b", re.IGNORECASE
)
_ASIDE = re.compile(
    r"\b(?:tell|show|give) us\b|[-–—,;:]?\s*\b(?:who|which|what)(?: one| of them| company| segment| year)?"
    r"(?: earned| made| had| has| was| is| were| reported| spent)?(?: the)? (?:more|higher|larger|bigger"
    r"|greater|most|less|lower)"
    r"(?: of (?:it|them))?\s*\?",
    re.IGNORECASE,
)
_PART = re.compile(r"\b(?:segments?|divisions?|units?|business)\b", re.IGNORECASE)
_OWNER = re.compile(
    r"[\w.,&]+(?: (?:Inc|Corp|Corporation|Co|Company|Stores)\b\.?)*(?:'s|s')(?= )", re.IGNORECASE
)
_GROUP = re.compile(r"(?<=\w )Group\b(?!,? (?:Inc|Ltd|Corp|plc|PLC|LLC|Holdings))")
"""A segment's last word, as in "Intel Client Computing Group", which could be another company's."""
_LEGAL = re.compile(
    r"(?:\.com)?(?:,? (?:Inc|Corp|Corporation|Co|Company|Ltd|PLC|LLC|Holdings|Group)\b\.?)*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Scope:
    """A question with straight quotes: `text`, where names and forms are blanked out, each letter in"
    " its place."""

    question: str
    text: str
    whole: str
    companies: tuple[Company, ...]
    named: bool
    places: tuple[tuple[int, str], ...]
    store: FactStore
    tagged: dict[str, Tagged]
    filings: frozenset[str]

    @property
    def flows(self) -> bool:
        """Whether the question speaks of the cash flow statement."""
        return _FLOWS.search(self.whole) is not None

    def _owns(self, company: Company) -> bool:
        """Whether the name stands only as an owner: "Walmart's US goodwill" is not that of Walmart U.S."""
        if _PART.search(self.whole):
            return False
        after = [self.whole[at:] for at, key in self.places if key == company.key]
        return bool(after) and all(_OWNER.match(rest) for rest in after)

    def blank(self, spans: Sequence[tuple[int, int]]) -> str:
        """The text without these spans."""
        return blanked(self.text, spans)

    def reader(self, company: Company) -> Reader:
        """What reads the facts of one of the companies."""
        key = self.tagged[company.key].key
        own = terms_of(" ".join(core(company.name)))
        optional = frozenset(own) if self.named and not self._owns(company) else frozenset()
        owned = sum(where == company.key for _, where in self.places) > 1
        return Reader(
            self.store,
            key,
            company,
            _measures(self.store.labels([key]), own),
            self.filings,
            optional,
            owned,
            STATEMENT.search(self.whole) is not None,
            tuple(self._leads(company)),
        )

    def untagged(self, company: Company, end: str, period: str = "") -> str | None:
        """The company's newest filing that is asked of, has no facts and is later than `end` (ISO), if any.

        With the `period` "FY" only a year's filing counts.
        """
        later = [
            (meta.period_end, filing_id, f"{meta.form or 'filing'} to {meta.period_end}")
            for filing_id, meta in company.filings
            if filing_id in self.filings
            and (meta.period_end or "") > end
            and (period != "FY" or meta.fiscal_period == "FY")
        ]
        with_facts = self.store.tagged() if later else frozenset()
        told = [(day, name) for day, filing_id, name in later if filing_id not in with_facts]
        return max(told)[1] if told else None

    def _leads(self, company: Company) -> Iterator[tuple[str, ...]]:
        for at, key in self.places:
            after = re.match(r"[\w.&-]+(?P<rest> .*)", self.whole[at:]) if key == company.key else None
            if after is not None:
                yield terms_of(after["rest"])


def read_scope(question: str, store: FactStore, filings: Sequence[Filed], filters: Filters) -> Scope | None:
    """Whose facts are asked for. None: of a company that has none here, or is not here at all."""
    catalog = catalog_of(tuple(filings)).within(filters)
    text = _tickers(straight(question), catalog)
    read = read_question(text, catalog)
    found = catalog.find(text) or catalog.find(_GROUP.sub("group", text))
    tagged = _tagged(catalog, store.companies())
    if read.unknown and not _parts(read.unknown, text, store, tagged):
        return None
    if any(len(f.companies) > 1 for f in found):
        return None  # a name that several share
    named = tuple(dict.fromkeys(c for f in found for c in f.companies))
    if any(c.key not in tagged for c in named):
        return None
    forms = {form for _, _, form in forms_in(text)}
    spans = [(f.start, f.end + _tail(text[f.end :])) for f in found] + [(s, e) for s, e, _ in forms_in(text)]
    hints = [m.span() for m in STATEMENT.finditer(text)]
    companies = named or tuple(c for c in catalog.companies if c.key in tagged)
    kept = frozenset(
        i for c in companies for i, m in c.filings if not forms or (m.form or "").split("/")[0] in forms
    )
    places = tuple((f.start, f.companies[0].key) for f in found)
    hints += [m.span() for m in _ASIDE.finditer(text)]
    return Scope(
        question, blanked(text, spans + hints), text, companies, bool(named), places, store, tagged, kept
    )


def _parts(names: Sequence[str], text: str, store: FactStore, tagged: dict[str, Tagged]) -> bool:
    """Whether what looks like companies' names are parts of one that is here: "Sam's Club"."""
    if len(tagged) > MANY:
        return False
    said = frozenset(terms_of(text))
    told = [
        m.terms
        for company in tagged.values()
        for m in _measures(store.labels([company.key]), terms_of(" ".join(core(company.name)))).mentions
        if m.terms <= said
    ]
    heads = [frozenset(terms_of(f"{name} {name}'s {name}s")) - GENERIC for name in names]
    return all(any(terms & head for terms in told) for head in heads)


def blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """`text` with blanks where the spans are, and the s of a possessive after them."""
    for start, end in spans:
        if text[end : end + 2].lower() == "'s":
            end += 2
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _tail(rest: str) -> int:
    """How far the rest of a company's name goes: ", Inc.", ".com"."""
    match = _LEGAL.match(rest)
    return match.end() if match else 0


def _tickers(text: str, catalog: Catalog) -> str:
    """Tickers in small letters made large, where no word is meant."""
    held = {(c.ticker or "").lower() for c in catalog.companies} - set(COMMON)
    return _WORD.sub(lambda m: m.group().upper() if m.group() in held else m.group(), text)


def _tagged(catalog: Catalog, companies: Sequence[Tagged]) -> dict[str, Tagged]:
    """The companies of the catalog that have facts, by the catalog's key."""
    known: dict[object, Tagged] = {}
    for one in companies:  # names are compared only where numbers tell nothing: it takes its time
        known.update({key: one for key in (one.cik, one.ticker.upper()) if key})
        if not one.cik and not one.ticker:
            known[core(one.name)] = one
    found = {}
    for company in catalog.companies:
        keys: list[object] = [m.cik for _, m in company.filings if m.cik]
        if company.ticker:
            keys.append(company.ticker)
        match = next((known[key] for key in keys or [core(company.name)] if key in known), None)
        if match is not None:
            found[company.key] = match
    return found


@lru_cache(maxsize=64)
def _measures(labels: tuple[FactLabel, ...], own: tuple[str, ...]) -> Measures:
    return Measures(labels, own)
