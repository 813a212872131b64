"""Column heads as people say them: "as of June 30, 2024", "in the third quarter of fiscal 2023".

English only. Knows no table.
"""

from __future__ import annotations

import random
import re

from finetune.synthetic.wording import YEAR
from rag_app.core.types import Chunk

MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]*\.?"
DAY = re.compile(rf"\b{MONTH} \d{{1,2}}, ?(?:19|20)\d\d\b", re.I)
SPAN = re.compile(
    r"\b(?:(?:for )?the )?"
    r"(?:((?:three|six|nine|twelve|thirteen|twenty-six|thirty-nine|13|26|39|52|53|12|3|6|9)[- ](?:months?|"
    r"weeks?)|"
    r"(?:fiscal )?(?:first |second |third |fourth )?(?:quarter|years?)) ended):? *"
    rf"({MONTH} \d{{1,2}}(?:, ?(?:19|20)\d\d)?)?",
    re.I,
)
QUARTER = re.compile(
    r"\b(?:(first|second|third|fourth) quarter|Q([1-4]))(?: of)?(?: fiscal)?(?: year)? ?((?:19|20)\d\d)\b",
    re.I,
)
IDLE = re.compile(
    r"\([^)]*\)|\b(?:as of|at|for the|years?|ended|ending|amounts?|fiscal|restated|in (?:millions|"
    r"thousands)|unaudited|"
    r"months?|weeks?|quarter|three|six|nine)\b|[$*†—–%]|\bof\b$",
    re.I,
)
TORN = re.compile(
    r"\b(?:ended|ytd|in|the|first|second|third|fourth|and|or)$|\bended\b|^(?:in|the|of|to)\b|ytd", re.I
)
QUARTERS = ("first", "second", "third", "fourth")


def period_of(head: str, chunk: Chunk, rng: random.Random, instant: bool = False, flow: bool = False) -> str:
    """The period of a column; of the filing where the head names none; empty where neither tells.

    `instant`: the table shows a state (a balance sheet); `flow`: what happened in a period.
    """
    if found := QUARTER.search(head):
        name = found[1].lower() if found[1] else QUARTERS[int(found[2]) - 1]
        return rng.choice(
            [f"in the {name} quarter of {found[3]}", f"in Q{QUARTERS.index(name) + 1} {found[3]}"]
        )
    day, span = DAY.search(head), SPAN.search(head)
    years = YEAR.findall(head)
    if span and years:
        return _span(span, day.group() if day else "", years, rng)
    if day and flow:
        annual = (chunk.meta.form or "").startswith("10-K")
        return _year_ended(day.group(), rng) if annual else f"for the period ended {day.group()}"
    if day:
        return f"{rng.choice(['as of', 'at', 'on'])} {day.group()}"
    if years:
        return _yearly(years[0], rng, instant)
    return filing_period(chunk, rng)


def _span(span: re.Match[str], day: str, years: list[str], rng: random.Random) -> str:
    """ "in the three months ended July 1, 2023", of a head that names a length."""
    length = span[1].lower().removesuffix(" ended")
    if "year" in length or "twelve" in length or length[:2] in {"52", "53", "12"}:
        return _year_ended(day, rng) if day else _yearly(years[0], rng, False)
    end = day or (f"{span[2]}, {years[0]}" if span[2] else "")
    if not end:
        return f"in the {length.rstrip('s').replace(' ', '-')} period of {years[0]}"
    return f"{rng.choice(['in', 'for'])} the {length} ended {end}"


def _year_ended(day: str, rng: random.Random) -> str:
    # a year that ends in January is called after the one before by some, after itself by others
    early = re.match("jan|feb", day, re.I)
    whole = f"for the year ended {day}"
    return whole if early or rng.random() < 0.33 else _yearly(day[-4:], rng, False)


def filing_period(chunk: Chunk, rng: random.Random) -> str:
    """The period of the whole filing."""
    meta = chunk.meta
    if not meta.fiscal_year:
        return ""
    if meta.fiscal_period in {"Q1", "Q2", "Q3"}:
        name = QUARTERS[int(meta.fiscal_period[1]) - 1]
        return rng.choice(
            [
                f"in {meta.fiscal_period} {meta.fiscal_year}",
                f"in the {name} quarter of fiscal {meta.fiscal_year}",
                f"in {meta.fiscal_period} FY{meta.fiscal_year}",
            ]
        )
    return _yearly(str(meta.fiscal_year), rng, False)


def _yearly(year: str, rng: random.Random, instant: bool) -> str:
    if instant:
        return rng.choice([f"at the end of {year}", f"at year-end {year}", f"as of the end of fiscal {year}"])
    return rng.choice(
        [
            f"in {year}",
            f"in {year}",
            f"for {year}",
            f"in fiscal {year}",
            f"in fiscal year {year}",
            f"for fiscal year {year}",
            f"in FY{year}",
            f"during {year}",
        ]
    )


def column_of(head: str) -> str:
    """What a column head says beside its period: "Level 1"; empty for nothing telling."""
    for pattern in (SPAN, DAY, QUARTER, YEAR):
        head = pattern.sub(" ", head)
    head = re.sub(r"\s+", " ", IDLE.sub(" ", head)).strip(" ,.:-")
    if TORN.search(head):
        return ""
    return head if re.search("[A-Za-z]{2}", head) and len(head.split()) <= 5 else ""
