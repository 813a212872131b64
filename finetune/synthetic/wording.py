"""How questions are worded: whose, when, and everyday words for filing language.

English only. Knows no table and no model.
"""

from __future__ import annotations

import random
import re

from rag_app.core.types import Chunk

YEAR = re.compile(r"\b(?:19|20)\d\d\b")
SUFFIX = re.compile(
    r",?\s+(?:inc|corp|corporation|co|company|ltd|limited|plc|llc|lp|n\.?v|s\.?a|holdings?|group|bancorp|"
    r"technologies|pharmaceuticals|international|/de/?)\.?$",
    re.I,
)
SYNONYMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"net (?:sales|revenues?)|total revenues?", ("revenue", "sales", "the top line", "turnover")),
    (r"net (?:income|earnings)(?: \(loss\))?", ("net profit", "the bottom line", "earnings")),
    (r"research and development(?: expenses?)?", ("R&D", "R&D spending", "spending on research")),
    (r"selling, general and administrative(?: expenses?)?", ("SG&A", "overhead", "administrative costs")),
    (r"purchases? of property(?:, plant)? and equipment", ("capital expenditure", "capex")),
    (r"capital expenditures?", ("capex", "investment in property and equipment")),
    (r"cost of (?:sales|revenues?|goods sold)", ("cost of goods", "direct costs")),
    (r"income tax(?:es)? (?:expense|provision)|provision for income taxes", ("tax expense", "taxes")),
    (r"employees", ("staff", "workers", "people employed")),
    (r"long-term debt|notes payable|borrowings", ("debt", "loans", "money owed")),
    (r"cash and cash equivalents", ("cash", "cash on hand", "cash balance")),
    (r"repurchases? of common stock|share repurchases?", ("buybacks", "stock bought back")),
    (r"increased", ("rose", "grew", "went up")),
    (r"decreased", ("fell", "dropped", "went down")),
    (r"acquired", ("bought", "took over")),
    (r"customers", ("clients", "buyers")),
    (r"litigation|legal proceedings?", ("lawsuits", "court cases")),
    (r"facilit(?:y|ies)", ("sites", "plants")),
    (r"inventor(?:y|ies)", ("stock on hand", "goods in stock")),
    (r"dividends?", ("payout", "cash paid to shareholders")),
)
PERSONS = (
    (re.compile(r"\b(?:we|us)\b", re.I), "the company"),
    (re.compile(r"\bour\b", re.I), "its"),
)


def short_name(company: str) -> str:
    """ "Quavrelle Pharmaceuticals, Inc." → "Quavrelle"; capitals are tamed."""
    name = re.sub(r"\s*\(.*?\)", "", company).strip()
    while (cut := SUFFIX.sub("", name).strip(" ,.")) != name and cut:
        name = cut
    return " ".join(map(str.capitalize, name.split())) if name.isupper() and len(name) > 4 else name


def subject_of(chunk: Chunk, rng: random.Random) -> str | None:
    """The company's name in half of the questions, else None."""
    names = [short_name(chunk.meta.company)] * 3 if chunk.meta.company else []
    names += [chunk.meta.ticker] if chunk.meta.ticker else []
    return rng.choice(names) if names and rng.random() < 0.5 else None


def when_of(text: str, chunk: Chunk, rng: random.Random) -> str:
    """ "in fiscal 2024", from the years in `text` or else the filing's; empty where neither tells."""
    years = YEAR.findall(text)
    year = years[0] if years else (str(chunk.meta.fiscal_year) if chunk.meta.fiscal_year else "")
    quarter = re.search(r"\b(three|six|nine) months ended ([a-z]+ \d+)", text, re.I)
    if quarter and year:
        return rng.choice([f"in the {quarter[1].lower()} months ended {quarter[2]}, {year}", f"in {year}"])
    forms = ["in {y}", "in fiscal {y}", "for fiscal year {y}", "for {y}", "during {y}", "at the end of {y}"]
    return rng.choice(forms[:5]).format(y=year) if year else ""


def reword(text: str, rng: random.Random) -> str:
    """Swap filing language for everyday words, in half of the places where one is known."""
    for pattern, others in SYNONYMS:
        if rng.random() < 0.5:
            text = re.sub(rf"\b(?:{pattern})\b", rng.choice(others), text, flags=re.I)
    return text


def third_person(text: str) -> str:
    """ "we" and "our" as a reader would say them."""
    for pattern, other in PERSONS:
        text = pattern.sub(other, text)
    return text


def lower(text: str) -> str:
    """Lower case but for acronyms and words with inner capitals or digits."""
    words = [w if re.search(r"[A-Z].*[A-Z0-9]|\d", w) and len(w) < 8 else w.lower() for w in text.split()]
    return " ".join(words).strip(" :.")


def lower_first(text: str) -> str:
    """The first letter small."""
    return text[:1].lower() + text[1:]
