"""How questions are worded: whose, when, and everyday words for filing language.

English only. Knows no table and no model.
"""

from __future__ import annotations

import random
import re

from finetune.synthetic.verbs import BASE, third_of
from rag_app.core.types import Chunk

WHO, WHOSE = "<who>", "<whose>"
"""Where a question speaks of the company; `name_company` fills them in."""

YEAR = re.compile(r"\b(?:19|20)\d\d\b")
SUFFIX = re.compile(
    r",?\s+(?:inc|corp|corporation|co|company|ltd|limited|plc|llc|lp|n\.?v|s\.?a|holdings?|group|bancorp|"
    r"technologies|pharmaceuticals?|international|computer|&|/[a-z]{2,3}/?)\.?$|/[a-z]{2,3}/?$",
    re.I,
)
SYNONYMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"net (?:sales|revenues?)", ("revenue", "sales", "net revenue")),
    (r"total revenues?", ("revenue", "total sales", "overall revenue")),
    (r"net (?:income|earnings)(?: \(loss\))?", ("net profit", "earnings", "net earnings", "net income")),
    (r"research and development(?: expenses?)?", ("R&D", "R&D spending", "R&D expenses")),
    (
        r"selling, general,? and administrative(?: expenses?)?",
        ("SG&A", "SG&A expenses", "administrative costs"),
    ),
    (r"purchases? of property(?:, plant,?)? and equipment", ("capital expenditures", "capex")),
    (r"capital expenditures?", ("capex", "capital spending")),
    (r"property, plant,? and equipment", ("PP&E", "fixed assets")),
    (r"cost of (?:sales|revenues?|goods sold)", ("cost of goods sold", "direct costs")),
    (r"provision for income taxes|income tax (?:expense|provision)", ("income tax expense", "tax expense")),
    (r"(?:number of )?(?:full-time )?employees", ("staff", "workers", "employees")),
    (r"cash and cash equivalents", ("cash", "cash and equivalents")),
    (r"(?:share )?repurchases? of common stock|share repurchases?", ("share buybacks", "stock repurchases")),
    (r"diluted (?:earnings|net income) per (?:common )?share", ("diluted EPS",)),
    (r"basic (?:earnings|net income) per (?:common )?share", ("basic EPS",)),
    (r"utilizes?", ("use",)),
    (r"obtain", ("get",)),
    (r"adversely affect", ("hurt", "harm", "negatively impact")),
    (r"adversely affected", ("hurt", "harmed", "negatively impacted")),
    (r"primarily", ("mainly",)),
    (r"approximately", ("about",)),
    (r"litigation|legal proceedings", ("lawsuits", "legal cases")),
    (r"inventor(?:y|ies)", ("inventory", "stock on hand")),
)
PERSONS = (
    (re.compile(r"\bwe(?:’|')ve\b", re.I), f"{WHO} has"),
    (re.compile(r"\b(?:we|us|the (?:company|registrant|corporation))(?:’s|'s)\b", re.I), WHOSE),
    (re.compile(r"\bour\b", re.I), WHOSE),
    (re.compile(r"\bours\b", re.I), "its own"),
    (re.compile(r"\bourselves\b", re.I), "itself"),
    (re.compile(r"\bwe are\b", re.I), f"{WHO} is"),
    (re.compile(r"\bwe were\b", re.I), f"{WHO} was"),
    (re.compile(r"\bwe have\b", re.I), f"{WHO} has"),
    (re.compile(r"\bwe do\b", re.I), f"{WHO} does"),
    (re.compile(r"\b(?:we|the (?:company|registrant|corporation))\b", re.I), WHO),
    (re.compile(r"\bus\b"), WHO),
)


def short_name(company: str) -> str:
    """ "Quavrelle Pharmaceuticals, Inc." → "Quavrelle"; capitals are tamed."""
    name = re.sub(r"\s*\(.*?\)", "", company).strip()
    while (cut := SUFFIX.sub("", name).strip(" ,.&")) != name and cut:
        name = cut
    if name.upper() == name and len(name) > 4:
        return " ".join(w if len(w) < 3 or "&" in w else w.capitalize() for w in name.split())
    return name


def subject_of(chunk: Chunk, rng: random.Random) -> str | None:
    """A name for the chunk's company: mostly the short name, at times the ticker or the full name."""
    meta = chunk.meta
    names = [short_name(meta.company)] * 7 if meta.company else []
    names += [meta.ticker] * 2 if meta.ticker else []
    names += [meta.company.rstrip(".")] if meta.company and not meta.company.isupper() else []
    return rng.choice(names) if names else None


def filing_of(chunk: Chunk, rng: random.Random) -> str:
    """The filing as people refer to it: "Q3 2023 10-Q", "2024 annual report"; empty where unknown."""
    meta = chunk.meta
    if not meta.fiscal_year or not meta.form:
        return ""
    year = str(meta.fiscal_year)
    if meta.form.startswith("10-K"):
        return rng.choice([f"{year} 10-K", f"fiscal {year} 10-K", f"{year} annual report", f"FY{year} 10-K"])
    if meta.form.startswith("10-Q") and meta.fiscal_period in {"Q1", "Q2", "Q3"}:
        quarter = meta.fiscal_period
        return rng.choice([f"{quarter} {year} 10-Q", f"{quarter} FY{year} 10-Q", f"{year} {quarter} report"])
    return ""


def name_company(text: str, who: str | None, rng: random.Random, must: bool = False) -> str:
    """Fill in the company: `who`, or "the company"; from the second time on "it" or "its".

    A question that does not speak of the company is named only if it `must` be.
    """
    said = False

    def fill(match: re.Match[str]) -> str:
        nonlocal said
        whose = match.group() == WHOSE
        if said:
            return "its" if whose else "it"
        said = True
        name = who or "the company"
        return f"{name}'s" if whose and not name.endswith("s") else f"{name}'" if whose else name

    text = re.sub(f"{WHO}|{WHOSE}", fill, text)
    if who:  # a label may begin with the company's name itself
        text = re.sub(rf"\b({re.escape(who)}(?:['’]s|['’])?) {re.escape(who)}\b", r"\1", text, flags=re.I)
    if who and must and not said:
        short = text.endswith("?") and len(text.split()) < 15
        text = f"{text[:-1]} at {who}?" if short and rng.random() < 0.7 else f"For {who}, {lower_first(text)}"
    return text


def reword(text: str, rng: random.Random) -> str:
    """Swap filing language for everyday words, in half of the places where one is known."""
    for pattern, others in SYNONYMS:
        if rng.random() < 0.5:
            text = re.sub(rf"\b(?:{pattern})\b", rng.choice(others), text, flags=re.I)
    return text


def third_person(text: str) -> str:
    """ "we" and "our" as a reader would say them, with marks where the company is named."""
    text = re.sub(r"\b([Ww]e (?:\w+ly )?)([a-z]+)\b", _agree, text)
    for pattern, other in PERSONS:
        text = pattern.sub(other, text)
    return text


def _agree(match: re.Match[str]) -> str:
    verb = match[2]
    return match[1] + (third_of(verb) if verb in BASE else verb)


def lower(text: str) -> str:
    """Lower case but for acronyms, inner capitals, digits and names inside a mixed-case phrase."""
    shouting = text.isupper() and len(text) > 8
    words = []
    for word in text.split():
        bare = word.strip("().,;:'’“”\"")
        acronym = not shouting and re.search(r"[A-Z].*[A-Z]|[a-z][A-Z]|\d", bare) and len(bare) < 12
        dotted = re.fullmatch(r"(?:[A-Z]\.)+", word) is not None
        words.append(word if acronym or dotted or bare.capitalize() in PLACES else word.lower())
    return " ".join(words).strip(" :.")


def lower_first(text: str) -> str:
    """The first letter small, unless the first word is a name or an acronym."""
    first, second, *_ = [*text.split(" ", 2), "", ""]
    common = first.lower() in COMMON or (first[1:].islower() and second.islower() and first not in PLACES)
    return text[:1].lower() + text[1:] if common else text


PLACES = frozenset(
    "North South January February March April May June July August September October November "
    "December America Americas American Europe European Asia Pacific Africa Australia Canada Canadian "
    "China Chinese Japan Japanese Germany German France French India Indian Israel Korea Mexico "
    "Mexican Brazil Taiwan Singapore Ireland Irish Kingdom States United Latin English British Euro "
    "Euros California Delaware Texas Nevada Washington".split()
)
COMMON = frozenset(
    "a an the in on at by for of to from with under over as what which who whom whose when where why "
    "how is are was were do does did can could may might will would should has have had if during "
    "between through any all some many most each every other total net gross research sales revenue "
    "revenues cash income operating interest changes increases decreases fluctuations failure demand "
    "costs expenses business products services inventory inventories goodwill competition customers "
    "suppliers employees management investments stock this these that our we its it there such one "
    "two three certain additional new both no not while".split()
)
