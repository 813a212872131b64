"""The companies and periods an index holds, and where a question names one of the companies.

Made from the filings' own metadata; reads no passage.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag_app.core.types import FilingMeta, Filters
from rag_app.question.words import COMMON, LEGAL, PLACES, TRADES

Filed = tuple[str, FilingMeta]
"""(filing id, what the filing says of itself)"""
QUARTERS = {"Q1": 1, "Q2": 2, "Q3": 3, "Q4": 4, "FY": 4}
_WORD = re.compile(r"[^\W_]+")
_STATE = re.compile(r"\s*/\s*[A-Za-z]{2,3}\s*/?\s*$")  # EDGAR's "WELLS FARGO & COMPANY/MN"
_TICKER = re.compile(r"(?<![\w.&-])[A-Z][A-Z0-9]{0,5}(?:[.-][A-Z]{1,2})?(?![\w&]|[.-]\w)")
_DOES = re.compile(r"\b(?:did|does|do|has|have|had|is|was|will|would|can|could|should) $", re.IGNORECASE)
_FIRM = re.compile(r"((?: [A-Z][\w&-]*){0,3}) (?:Inc|Corp|REIT|Bancorp|Holdings|Group|Ltd|PLC|LLC)\b")
_BEFORE = re.compile(
    r"\b(?!(?:Did|Does|Do|Is|Has|Have|Was|Were|Are|Can|Will|How|Why|What|Compare|And|In|For|Of)\b)"
    r"[A-Z][a-z]+ $"
)


@dataclass(frozen=True, slots=True)
class Company:
    """One company: `key` is its ticker, or its name where no filing tells one."""

    key: str
    name: str
    ticker: str | None
    filings: tuple[Filed, ...]
    shift: int = 0
    """Quarters that its fiscal calendar is ahead of ours: 4 where "fiscal 2024" is nearly 2023."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Its filings."""
        return tuple(filing_id for filing_id, _ in self.filings)


@dataclass(frozen=True, slots=True)
class Found:
    """Companies named by `question[start:end]`: more than one where a name is shared."""

    start: int
    end: int
    companies: tuple[Company, ...]


class Catalog:
    """The companies of an index. Making one takes microseconds a filing, and so does `find` a question."""

    def __init__(self, filings: Sequence[Filed]) -> None:
        self.filings = tuple(filings)
        self.companies = _companies(filings)
        self._tickers = {c.ticker.replace("-", "."): c for c in self.companies if c.ticker}
        self._names = _names(self.companies)
        self._longest = max((len(words) for words in self._names), default=0)

    def within(self, filters: Filters) -> Catalog:
        """Only the filings that pass `filters`."""
        return Catalog([f for f in self.filings if passes(f, filters)]) if filters else self

    def find(self, text: str) -> list[Found]:
        """Where `text` names companies, in order. Curly quotes must be straight already."""
        found = self._by_ticker(text)
        words = list(spoken(text))
        place = 0
        while place < len(words):
            for size in range(min(self._longest, len(words) - place), 0, -1):
                part = words[place : place + size]
                start, end = part[0].start(), part[-1].end()
                known = self._names.get(tuple(w.group().casefold() for w in part))
                taken = any(start < f.end and f.start < end for f in found)
                if known and not taken and _says(text, [w.group() for w in part], start, end, known[1]):
                    found.append(Found(start, end, known[0]))
                    place += size - 1
                    break
            place += 1
        return sorted(found, key=lambda f: f.start)

    def _by_ticker(self, text: str) -> list[Found]:
        found = []
        for match in _TICKER.finditer(text):
            company = self._tickers.get(match.group().replace("-", "."))
            if company is None:
                continue
            start, end = match.span()
            told = text[:start].rstrip().endswith(("(", "$", "NYSE:", "NASDAQ:", "Nasdaq:"))
            word = match.group().casefold()
            if told or (len(word) > 2 and word not in COMMON and not text.isupper()):
                found.append(Found(start, end, (company,)))
        return found


def spoken(text: str) -> Iterable[re.Match[str]]:
    """The words of `text`, without the s of a possessive."""
    for match in _WORD.finditer(text):
        if not (match.group() in ("s", "S") and text[: match.start()].endswith("'")):
            yield match


def passes(filed: Filed, filters: Filters) -> bool:
    """Whether the passages of a filing pass `filters`."""
    filing_id, meta = filed
    pairs = (
        (filters.tickers, (meta.ticker or "").upper()),
        (filters.forms, meta.form),
        (filters.fiscal_years, meta.fiscal_year),
        (filters.fiscal_periods, meta.fiscal_period),
        (filters.filing_ids, filing_id),
    )
    return all(not wanted or value in wanted for wanted, value in pairs)


@lru_cache(maxsize=8)
def catalog_of(filings: tuple[Filed, ...]) -> Catalog:
    """The catalog of an opened index's `facets.filings`, made once."""
    return Catalog(filings)


def core(name: str) -> tuple[str, ...]:
    """A name as it is spoken: "The Buckle, Inc." is ("buckle",)."""
    words = [w.group().casefold() for w in spoken(_STATE.sub("", name).replace("’", "'"))]
    if words[:1] == ["the"]:
        words = words[1:]
    while len(words) > 1 and (words[-1] in LEGAL or words[-1] in ("and", "the")):
        words.pop()
    return tuple(words)


def _companies(filings: Sequence[Filed]) -> tuple[Company, ...]:
    tickers = {core(m.company): m.ticker.upper() for _, m in filings if m.company and m.ticker}
    grouped: dict[str, list[Filed]] = {}
    for filed in filings:
        meta = filed[1]
        name = core(meta.company or "")
        key = (meta.ticker or "").upper() or tickers.get(name) or " ".join(name)
        if key:
            grouped.setdefault(key, []).append(filed)
    return tuple(_company(key, kept) for key, kept in grouped.items())


def _company(key: str, filings: Sequence[Filed]) -> Company:
    newest = sorted(filings, key=lambda f: f[1].period_end or "")
    name = next((m.company for _, m in reversed(newest) if m.company), key)
    told = all(m.ticker for _, m in filings)  # by ticker only where that keeps all of its filings
    shifts = Counter(s for _, m in filings if (s := _shift(m)) is not None)
    shift = shifts.most_common(1)[0][0] if shifts else 0
    return Company(key, name, key if told else None, tuple(newest), shift)


def _shift(meta: FilingMeta) -> int | None:
    """How many quarters the filing's fiscal quarter is ahead of the quarter its middle lies in."""
    quarter = QUARTERS.get(meta.fiscal_period or "")
    date = re.match(r"(\d{4})-(\d\d)-(\d\d)", meta.period_end or "")
    if not quarter or not meta.fiscal_year or not date:
        return None
    year, month, day = map(int, date.groups())
    middle = (month - 1) + day / 30 - 1.5  # months since January of the quarter's middle
    shift = meta.fiscal_year * 4 + quarter - 1 - (year * 4 + int(middle // 3))
    return shift if 0 <= shift <= 4 else None


WHOLE, BEGINNING, ACTOR = range(3)
"""How words name a company: its whole name, its beginning, or a first word that must own or do something."""
_Names = dict[tuple[str, ...], tuple[tuple[Company, ...], int]]


def _names(companies: Sequence[Company]) -> _Names:
    """Words of a name → who is meant, and whether these are only the beginning of the name."""
    whole: dict[tuple[str, ...], dict[str, Company]] = {}
    starts: dict[tuple[str, ...], dict[str, Company]] = {}
    for company in companies:
        for name in {m.company for _, m in company.filings if m.company}:
            words = core(name)
            full = tuple(w.group().casefold() for w in spoken(_STATE.sub("", name)))
            with_and = tuple(w.group().casefold() for w in spoken(name.replace("&", " and ")))
            forms = {words, full, full[1:] if full[:1] == ("the",) else full, with_and[: len(words) + 1]}
            owned = re.match(r"(?:The )?([^\W_]+)'s\b", name.replace("’", "'"), re.IGNORECASE)
            if owned and len(words) == 1:
                forms.add((owned.group(1).casefold() + "s",))
            if "&" not in name:
                forms.discard(with_and[: len(words) + 1])
                forms.add(words)
            for form in forms:
                if form:
                    whole.setdefault(form, {})[company.key] = company
            for size in range(1, len(words)):
                starts.setdefault(words[:size], {})[company.key] = company
    names: _Names = {form: (tuple(found.values()), WHOLE) for form, found in whole.items()}
    for words, found in starts.items():
        if words in names or len(found) > 1:
            continue
        if _may_stand_alone(words, next(iter(found.values()))):
            names[words] = (tuple(found.values()), BEGINNING)
        elif len(words) == 1 and len(words[0]) > 3 and words[0] not in COMMON | PLACES:
            names[words] = (tuple(found.values()), ACTOR)
    return names


def _may_stand_alone(words: tuple[str, ...], company: Company) -> bool:
    if words[-1] in ("of", "and", "the"):
        return False
    if len(words) > 1:
        return not all(w in PLACES for w in words)  # "New York" is not the New York Times
    rest = [c[1:] for _, m in company.filings if m.company and (c := core(m.company))[:1] == words]
    return len(words[0]) > 2 and words[0] not in COMMON and all(w in TRADES for tail in rest for w in tail)


def _says(text: str, words: Sequence[str], start: int, end: int, how: int) -> bool:
    """Whether these words of a name mean the company here."""
    owns = text[end : end + 2] == "'s" or (text[end - 1 : end] in "sS" and text[end : end + 1] == "'")
    firm = _FIRM.match(text, end)
    if firm and firm.group(1).strip():
        return False  # "Apple Hospitality REIT" is not Apple
    capitals = all(w[0].isupper() or w[0].isdigit() or w in ("of", "and", "the") for w in words)
    usual = all(w.casefold() in COMMON for w in words)
    if how != WHOLE and not capitals:
        return False
    if how == ACTOR:
        return owns or _DOES.search(text[:start]) is not None
    if not usual:
        return len(words) > 1 or len(words[0]) > 2 or capitals
    if owns:
        return len(words) > 1 or capitals
    if not capitals or _shouted(text):
        return False
    if len(words) > 1:
        return True
    before, after = text[:start].rstrip(), text[end:]
    first = not before or before[-1] in ".?!:;"
    return not first and not re.match(r" [A-Z][a-z]", after) and not _BEFORE.search(text[:start])


def _shouted(text: str) -> bool:
    """Whether capitals tell nothing: all of them, or a title's."""
    words = [w for w in re.findall(r"[^\W\d_]+", text) if len(w) > 3]
    return len(words) > 3 and sum(w[0].isupper() for w in words) > 0.7 * len(words)
