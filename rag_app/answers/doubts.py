"""Why a question should rather be refused: told by what it names, and by how near its passages are.

Names that no filing holds, a company without a filing, a period that no filing covers; then the best
cosine against the arm's own threshold, raised by what the best passage leaves unsaid. Knows no LLM.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from rag_app.answers.counts import counts
from rag_app.core.lexical import tokenize
from rag_app.core.types import FilingMeta, Filters, Hit
from rag_app.question.catalog import QUARTERS, Company
from rag_app.question.read import Read, asked_of, straight
from rag_app.question.terms import printed_words
from rag_app.question.times import Time, times_in
from rag_app.question.words import COMMON

if TYPE_CHECKING:
    from rag_app.arms import Arm

READ = 6  # hits that an answer is drawn from
UNNAMED = 0.5  # of the arm's span: a question without its company is less near to heads that tell it
UNSAID = 0.08  # of the arm's span, for each nat of rarity of the rarest word that the passage lacks
SHORT = 5  # words of a question up to which its rarest counts in full; of many, some are chatter
RAREST = 8.0  # nats that count at most: a word in no passage may just be the user's own
TOLD = 0.5  # share of the other words, by rarity, that a passage on another company must hold
AT_HOME = 3  # hits that hold a name the filings really tell of, a product: then any of the words will do
BACK = 2  # years before its own that a report tells of
OWNER = re.compile(r"\b([A-Z][A-Za-z&]*[A-Za-z])['’]s\b")
NAME = re.compile(r"\b[A-Z][A-Za-z&]*[A-Za-z]\b")
_RUN = r"[A-Z][\w-]*\w(?: (?:& )?[A-Z][\w-]*\w)*"
_SUBJECT = re.compile(
    rf"\b(?P<owner>{_RUN})'(?:s\b| )"
    rf"|\b(?:did|does|do|will|would|can) (?P<doer>{_RUN})(?= [a-z])"
    rf"|\b(?:of|for|about) (?P<of>{_RUN})(?=[?.,]|$| (?:in|for|during|at|as|by|since)\b)"
)
_AHEAD = re.compile(
    r"\b(?:expect\w*|guidance|outlook|forecast\w*|project\w*|plan\w*|will|due|matur\w*|targets?|goals?"
    r"|commit\w*|future|remaining|estimated?|obligations?|want\w*)\b",
    re.IGNORECASE,
)
_EARLY = re.compile(r"\b(?:early(?: in)?|beginning of|start of|january|february|march) $", re.IGNORECASE)
_MONTHS = "january february march april may june july august september october november december".split()
_DAY = re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}}), (\d{{4}})\b", re.IGNORECASE)
_ASKING = frozenset(
    tokenize(
        "much many some any tell me about describe explain discuss discussed give list name say says said "
        "report reported reports according compare compared analyze identify outline mention mentioned "
        "disclose disclosed provide state stated question answer response detail details shown company "
        "companies filing filings document kind type amount number total during year years quarter quarters "
        "fiscal period periods time recent latest most more than between since over under from into up down "
        "off other main major key significant notable specific also been being it they them you your we our "
        "us i if not no yes or but so then here within across per each every all both one first second third "
        "fourth would should can could did does end ended spend spent make made happen suggest relate "
        "correlate align combine indicate reflect january february march april june july august september "
        "october november december"
    )
)


def doubt(arm: Arm, question: str, hits: Sequence[Hit]) -> str:
    """Why `hits` do not answer `question`, in one line; "" when they may."""
    if not hits:
        return "no passage was found; ask without filters, or add the filing"
    if unknown := unknown_names(arm, question, hits):
        return f"no passage that fits mentions {', '.join(unknown)}; {_there(arm)}"
    text = straight(question)
    _, read = asked_of(question, arm.index.facets.filings, Filters())
    words = _words(text, read)
    if not read.companies and (other := _other_company(arm, text, words, hits)):
        return f"{other}; {_there(arm)}"
    if missing := _uncovered(text, read, hits):
        return missing
    if not counts(text, [hit.chunk for hit in hits[:READ]]):
        return "no passage that fits counts what is asked for; ask what they tell of it instead"
    return _far(arm, question, read, words, hits)


def best_cosine(hits: Sequence[Hit]) -> float:
    """The best query-passage cosine; 0.0 where none was compared."""
    return max((h.dense for h in hits if h.dense is not None), default=0.0)


def names_in(question: str) -> list[str]:
    """Capitalised words inside the question, and possessives anywhere: "Why did Intel's …".

    Not "US", "EPS", "PPNE", "R&D", "10-Qs": filings spell these out. None in a question in title case.
    """
    words = [w for w in re.findall(r"[A-Za-z][A-Za-z'’&-]*", question) if len(w) > 3]
    if len(words) > 4 and sum(w[0].isupper() for w in words) > 0.7 * len(words):
        return []
    found = []
    for match in NAME.finditer(question):
        word, before = match.group(), question[: match.start()].rstrip()
        first = not before or before[-1] in ".?!:"
        owns = question[match.end() : match.end() + 2] in ("'s", "’s")
        short = "&" in word or (word.isupper() and len(word) <= 4) or question[: match.start()].endswith("-")
        short = short or word.lower() in _MONTHS
        if tokenize(word) and not short and (owns or not first) and word not in found:
            found.append(word)
    return found


def unknown_names(arm: Arm, question: str, hits: Sequence[Hit]) -> list[str]:
    """Names in the question that no indexed passage holds, and owners that none of the best hits holds.

    "What was Qwertex's revenue?" must not be answered with another company's, even where some
    filing mentions Qwertex in passing.
    """
    held = {stem for hit in hits[:READ] for stem in stems(hit)}
    owners = {m.group(1) for m in OWNER.finditer(question)}
    return [
        name
        for name in names_in(question)
        if not arm.index.lexicon.knows(name) or (name in owners and not set(tokenize(name)) <= held)
    ]


def stems(hit: Hit) -> set[str]:
    """The stems of a passage and its context line."""
    return set(tokenize(f"{hit.chunk.head} {hit.chunk.text}"))


def _there(arm: Arm) -> str:
    """Whose filings there are, to ask about instead."""
    found = sorted({meta.company or meta.ticker or "" for _, meta in arm.index.facets.filings} - {""})
    more = f" and {len(found) - 6} more" if len(found) > 6 else ""
    return f"there are filings of {', '.join(found[:6])}{more}" if found else "add its filing with ingest"


def _words(text: str, read: Read) -> list[str]:
    """The stems that a passage should share: without names of companies, periods and words of asking."""
    left = list(text)
    for named in read.named:
        left[named.start : named.start + len(named.text)] = " " * len(named.text)
    return [w for w in dict.fromkeys(tokenize("".join(left))) if w not in _ASKING and w != "s"]


def _other_company(arm: Arm, text: str, words: Sequence[str], hits: Sequence[Hit]) -> str:
    """That no passage tells what is asked of the name that the question is about; "" where one does."""
    proper = set(names_in(text))
    rarity = arm.index.lexicon.rarity
    for match in _SUBJECT.finditer(text):
        name = match["owner"] or match["doer"] or match["of"]
        while match["owner"] and " " in name and name.split()[0].casefold() in COMMON:
            name = name.split(" ", 1)[1]  # "What Tesla's"
        own = set(tokenize(name))
        usual = all(word.casefold() in COMMON for word in re.findall(r"[^\W_]+", name))
        usual = usual or any(name.lower() in hit.chunk.text for hit in hits)  # "Management's"
        if usual or not (match["owner"] or any(own & set(tokenize(word)) for word in proper)):
            continue
        others = [w for w in words if w not in own]
        whole = sum(rarity(w) for w in others)
        holding = [stems(hit) for hit in hits if name in hit.chunk.full_text]
        told = max((sum(rarity(w) for w in others if w in said) for said in holding), default=-1.0)
        if told < TOLD * whole and not (told > 0 and len(holding) >= AT_HOME):
            return f"the filings only mention {name} in passing" if holding else f"no passage mentions {name}"
    return ""


def _uncovered(text: str, read: Read, hits: Sequence[Hit]) -> str:
    """That no filing of the companies named covers a period the question names; "" where one may."""
    metas = [meta for company in read.companies for _, meta in company.filings]
    years = [max(_year(meta), _year(meta, marked=True)) for meta in metas]
    if not metas or not all(years):
        return ""  # a filing that tells no period may cover any
    ahead = _AHEAD.search(text) is not None
    newest = max((meta.period_end or meta.filed or "" for meta in metas), default="")
    for month, day, year in _DAY.findall(text):
        asked = f"{year}-{_MONTHS.index(month.lower()) + 1:02}-{int(day):02}"
        if newest and not ahead and asked > _later(newest):
            return _not_covered(asked, read.companies)
    for time in times_in(text):
        if time.edge or time.latest or time.last or time.year is None or ahead:
            continue
        if not any(
            _covers(meta, company.shift, time) for company in read.companies for _, meta in company.filings
        ):
            if time.year == max(years) + 1 and _EARLY.search(text[: time.start]):
                continue  # an annual report is written in the new year, and tells of its first weeks
            told = any(re.search(rf"\b{time.year}\b", hit.chunk.text) for hit in hits[:READ])
            if told and time.year < max(years):
                continue  # a later report may look back
            return _not_covered(text[time.start : time.end], read.companies)
    return ""


def _covers(meta: FilingMeta, shift: int, time: Time) -> bool:
    """Whether a report tells of `time`: of its own period, or of one that it compares with."""
    asked, year = time.year or 0, _year(meta, time.marked or time.quarter is not None)
    if time.quarter is None:
        return _year(meta, marked=True) - BACK <= asked <= year
    own = QUARTERS.get(meta.fiscal_period or "")
    if own is None:
        return asked == year
    last = year * 4 + own - 1
    reached = range(last - 7, last + 1) if meta.fiscal_period == "FY" else (last, last - 4)
    place = asked * 4 + time.quarter - 1
    return any(place + ahead in reached for ahead in range(1 if time.marked else shift + 1))


def _year(meta: FilingMeta, marked: bool = False) -> int:
    """The last year of a report, by its own calendar if `marked`, else by either; 0 if none is told."""
    told = (meta.period_end or meta.filed or "")[:4]
    ended = int(told) if told.isdigit() else 0
    fiscal = meta.fiscal_year or ended
    return fiscal if marked else max(fiscal, ended)


def _later(day: str) -> str:
    """A hundred days on: what a cover page tells after the period's end."""
    try:
        return (date.fromisoformat(day[:10]) + timedelta(days=100)).isoformat()
    except ValueError:
        return "9999"


def _not_covered(what: str, companies: Sequence[Company]) -> str:
    whose = ", ".join(company.name for company in companies)
    metas = [meta for company in companies for _, meta in company.filings]
    held = {" ".join(filter(None, (meta.form, _period(meta)))): _year(meta) for meta in metas}
    shown = sorted(held, key=lambda name: (-held[name], name))
    more = f" and {len(shown) - 5} more" if len(shown) > 5 else ""
    return f"no filing of {whose} covers {what}; there are {', '.join(shown[:5])}{more}"


def _period(meta: FilingMeta) -> str:
    if not meta.fiscal_year:
        return meta.period_end or meta.filed or ""
    quarter = meta.fiscal_period if meta.fiscal_period in ("Q1", "Q2", "Q3", "Q4") else ""
    return " ".join(filter(None, (quarter, f"FY{meta.fiscal_year}")))


def _far(arm: Arm, question: str, read: Read, words: Sequence[str], hits: Sequence[Hit]) -> str:
    """That the best passage is not near enough for what it leaves unsaid; "" where it is."""
    if all(hit.dense is None for hit in hits):
        return ""  # BM25 alone gives no cosine to judge by
    rarest, lacking = 0.0, ""
    if not printed_words(question):  # "capex" is in no filing; the lines it stands for are
        rarity = arm.index.lexicon.rarity
        said = [stems(hit) for hit in hits[:READ]]
        best = max(said, key=lambda s: sum(rarity(w) for w in words if w in s))
        rarest, lacking = max(
            ((min(rarity(w), RAREST), w) for w in words if w not in best), default=(0.0, "")
        )
    weight = UNSAID * min(1.0, SHORT / max(1, len(words)))
    needed = arm.abstain_below + arm.span * (weight * rarest - (0.0 if read.companies else UNNAMED))
    if best_cosine(hits) >= needed:
        return ""
    if best_cosine(hits) < arm.abstain_below or not lacking:
        return "no passage is near enough; name the company, the period and the figure or topic"
    word = next((w for w in re.findall(r"[\w-]+", question) if lacking in tokenize(w)), lacking)
    return f"no passage is near enough, and the nearest say nothing of {word!r}"
