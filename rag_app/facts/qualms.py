"""What a look-up that explains all words may still have wrong: negations, spans, parts of another whole.

Each check tells one class of mistakes from the question's words and the facts chosen. Knows no database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag_app.facts.asked import Cell, Measure
from rag_app.facts.chosen import Choice
from rag_app.facts.entries import SLACK, speaking
from rag_app.facts.families import strangers
from rag_app.facts.framing import ASKING
from rag_app.facts.periods import Asked, length
from rag_app.facts.segments import Members
from rag_app.facts.terms import FRAME, name_words, terms_of
from rag_app.facts.types import Fact

_NOT = re.compile(
    r"\b(?:not|never|neither|nor|except(?:ing)?|exclu\w+(?! (?:the )?(?:current|amounts?)\b)|without|besides"
    r"|instead|(?:apart|aside|other|rather|different) (?:from|than)"
    r"|(?:all|everything) but|ex(?=[- ]))\b|n't\b",
    re.IGNORECASE,
)
_QUARTERLY = re.compile(r"\b(?:quarterly|quarters?)\b", re.IGNORECASE)
_ANNUAL = re.compile(r"\b(?:annual(?:ly)?|yearly|full[- ]year)\b(?! report)", re.IGNORECASE)
_SHORT = re.compile(
    r"\b(?:(?:bi-?)?(?:month|week)ly|daily|hourly|annuali[sz]ed|run[- ]rate|per (?:day|week|month|hour)"
    r"|each (?:day|week|month)|half[- ]yearly)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\b(?:did|does)\b.*\b(?:issue|sell|buy|repurchase|retire|borrow|repay|raise|add|acquire|grant|vest|write"
    r"|recogni[sz]e|spend|pay|earn|make|generate|incur|receive|collect|lose|use|produce|bring|burn|consume"
    r"|gain|take)\b|\bduring\b|\b(?:generated|used|earned|lost|produced|made|spent|raised|borrowed|bought|sold)\b",
    re.IGNORECASE,
)
_ON = re.compile(r"\s*(?:on|by)\b", re.IGNORECASE)
_ENDS = re.compile(r"\bend|\bthrough\b|\bto\b", re.IGNORECASE)
_BRAND = re.compile(
    r"(?:(?P<name>[A-Z][a-z]+)|(?P<verb>pay|use|make|spend|take|hold|hit|reach|cover|post|face|produce))\b"
)
_HELPS = re.compile(r"\b(?:did|does|do|can|could|will|would|has|have|had)\b", re.IGNORECASE)
_TIMES = frozenset("fiscal year quarter annual annually quarterly period fy q total".split())
_PER_SHARE = re.compile(
    r"\b(?:per|each)[ -](?:common )?(?:share|unit|rsu)\b|\ba (?:common )?(?:share|unit|rsu)\b(?! of)"
    r"|\b(?:eps|dps)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\b(?:how many|number|count|shares used)\b", re.IGNORECASE)
_LOSS = re.compile(r"\bloss(?:es)?\b|\b(?:lose|lost)\b", re.IGNORECASE)
_GAIN = re.compile(r"\b(?:gains?|incomes?|profits?|earnings?|earned|comprehensive|results?)\b", re.IGNORECASE)
_EITHER = re.compile(r"Gains?Loss|IncomeLoss|ProfitLoss")
_LEFT_OUT = re.compile(
    r"\b(?:exclu\w+|without|except(?: for)?|not|outside|before|after|since|until|other than)"
    r"(?: (?:in|for|of|the|fiscal|fy|year))*\s*$",
    re.IGNORECASE,
)
_SOON = re.compile(
    r"\b(?:due|matur\w+) (?:with)?in (?:less than |under |the next )?(?:one|a|1|twelve|12) (?:year|months)\b",
    re.IGNORECASE,
)
_HELD = re.compile(r"(?:Securit|Investment)(?!.*(?:Maturit|WithinOneYear))")
_WHOLE = re.compile(r"\btotal (?P<what>assets|liabilities)\b", re.IGNORECASE)
_THAN = re.compile(r"\bthan\b(?P<other>.*)", re.IGNORECASE)


def qualms(
    text: str, blank: str, asked: Asked, choices: Sequence[Choice], cells: Sequence[Cell]
) -> list[str]:
    """Why the facts may not be what is asked for; none where nothing speaks against them.

    `text` is the question without its companies, `blank` without its periods too.
    """
    facts = [cell.fact for cell in cells if cell.fact is not None]
    several = len({cell.company for cell in cells}) > 1
    return [
        *_negated(blank, facts),
        *_spans(text, blank, asked, facts),
        *_shares(choices, cells),
        *_verbs(blank, facts),
        *_losses(blank, facts),
        *_units(blank, facts),
        *_compared(blank, several),
        *(() if any(choice.row for choice in choices) else strangers(blank, facts)),
        *_outside(text, asked),
        *_parts(blank, facts),
    ]


def branded(blank: str, starts: Sequence[int], named: frozenset[str]) -> list[str]:
    """A word that says nothing elsewhere may be a product's with the company's name before it: Apple Pay."""
    for start in starts:
        rest = blank[start:].lstrip()
        match = _BRAND.match(rest)
        word = match.group() if match else ""
        said = (terms_of(word) or ("",))[0]
        if rest.startswith("+"):
            return ["a “+” after the company's name may be a product's"]
        if (
            said in FRAME | ASKING
            and said not in _TIMES | named
            and (word[0].isupper() or not _HELPS.search(blank[:start]))
        ):
            return [f"“{word}” after the company's name may be a product's"]
    return []


def _outside(text: str, asked: Asked) -> Iterator[str]:
    """A period that is named to be left out, or as a bound."""
    for ask in asked.asks:
        match = _LEFT_OUT.search(text[: ask.start] + " " + text[ask.start : ask.end].split(" ")[0])
        match = match or _LEFT_OUT.search(text[ask.start : ask.end].rpartition(" ")[0])
        match = match or _NOT.search(text[ask.start : ask.end])
        if match:
            yield f"“{match.group().strip()}” leaves the period out"


def _negated(blank: str, facts: Sequence[Fact]) -> Iterator[str]:
    """A word that takes something out, and that the figure's own name does not have."""
    named = " ".join(" ".join((f.label, f.section, name_words(f.concept))).lower() for f in facts)
    for match in _NOT.finditer(blank):
        said = match.group().lower()
        if said not in named:
            yield f"“{said}” takes something out that the figure has"
            return


def _spans(text: str, blank: str, asked: Asked, facts: Sequence[Fact]) -> Iterator[str]:
    """The spans of the facts against what the question says of them."""
    lengths = {length(f) for f in facts}
    labels = " ".join(f"{f.label} {name_words(f.concept)}" for f in facts)
    if _SHORT.search(blank) and not _SHORT.search(labels):
        yield "a shorter span is asked for than is tagged"
    quarters = all(length(f) == 3 or f.fiscal_period[:1] == "Q" for f in facts)
    if _QUARTERLY.search(blank) and not _QUARTERLY.search(labels) and not quarters:
        yield "a quarter's figure is asked for, not this span's"
    if _ANNUAL.search(blank) and not _ANNUAL.search(labels) and lengths - {0, 12}:
        yield "a year's figure is asked for, not this span's"
    if not lengths - {0}:
        return
    for ask in asked.asks:
        said = text[ask.start : ask.end]
        if ask.day and not ask.months and not _ENDS.search(said) and (len(ask.day) == 7 or _ON.match(said)):
            yield f"“{said.strip()}” does not tell the span"


def _shares(choices: Sequence[Choice], cells: Sequence[Cell]) -> Iterator[str]:
    """A share of a whole that the part does not lie in."""
    for choice in choices:
        if choice.formula != "a / b" or len(choice.measures) != 2:
            continue
        part, whole = choice.measures
        if not _within(part, whole):
            yield f"{part.name} is not tagged as a part of {whole.name}"
        elif (
            choice.percent
            and (part.concepts == whole.concepts or " as a share of " in choice.name)
            and _exceeds(cells)
        ):
            yield "the part is larger than the whole"


def _within(part: Measure, whole: Measure) -> bool:
    inner, outer = speaking(part.members), speaking(whole.members)
    return outer <= inner or (bool(inner) and _axes(part.members) == _axes(whole.members))


def _axes(members: Members) -> frozenset[str]:
    return frozenset(axis for axis, _ in speaking(members))


def _exceeds(cells: Sequence[Cell]) -> bool:
    told = {(c.company, c.period, c.measure): c.fact.value for c in cells if c.fact is not None}
    return any(
        i == 0 and (k, p, 1) in told and abs(value) > abs(told[k, p, 1]) for (k, p, i), value in told.items()
    )


def _verbs(blank: str, facts: Sequence[Fact]) -> Iterator[str]:
    if _DONE.search(blank) and any(f.start is None and f.unit != "pure" for f in facts):
        yield "what was done in a period is asked for, and this is what there was at its end"


def _losses(blank: str, facts: Sequence[Fact]) -> Iterator[str]:
    """A loss is asked for by a name that has gains too, and there was a gain."""
    gained = any(f.value > 0 and _EITHER.search(f.concept) for f in facts)
    if gained and _LOSS.search(blank) and not _GAIN.search(blank):
        yield "a loss is asked for, and this is a gain"


def _units(blank: str, facts: Sequence[Fact]) -> Iterator[str]:
    """An amount a share is no number of shares, and no amount of all."""
    said = None if _COUNTED.search(blank) else _PER_SHARE.search(blank)
    if said and any("/" not in f.unit for f in facts):
        yield f"“{said.group()}” is asked for, and this is no amount a share"


def _parts(blank: str, facts: Sequence[Fact]) -> Iterator[str]:
    """What of them falls due soon is no row of securities; and "cash total assets" names two figures."""
    if _SOON.search(blank) and any(_HELD.search(f.concept) for f in facts):
        yield "what of it falls due within a year is asked for"
    match = _WHOLE.search(blank)
    if match:
        named = " ".join(f"{f.label} {name_words(f.concept)}".lower() for f in facts)
        if facts and match["what"].lower() not in named:
            yield f"“{match.group()}” is another figure"


def _compared(blank: str, several: bool) -> Iterator[str]:
    """ "More from services than from products" compares two figures of one company."""
    match = _THAN.search(blank)
    if match and not several and frozenset(terms_of(match["other"])) - SLACK:
        yield "two figures are compared"
