"""Table rows as questions: the label, the column's period, and whose table it is.

Knows no model.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from finetune.synthetic.wording import YEAR, lower, reword, subject_of, when_of
from rag_app.core.tabletext import parse_heads, parse_row
from rag_app.core.types import Chunk


def from_table(chunk: Chunk, rng: random.Random) -> Iterator[str]:
    """Questions on the rows of the chunk's table, if it has one: one a row, at times a second."""
    heads: list[str] = []
    section = ""
    for line in chunk.text.splitlines():
        if (named := parse_heads(line)) is not None:
            heads, section = named, ""
            continue
        row = parse_row(line)
        if row is None:
            section = line.strip(" :") if line.rstrip().endswith(":") else section
            continue
        label, cells = row
        values = [i for i, cell in enumerate(cells) if _is_value(cell)]
        if not values or len(label.split()) > 14 or not re.search("[A-Za-z]{3}", label):
            continue
        place = rng.choice(values[:2])
        head = heads[place] if place < len(heads) else ""
        yield _row_question(chunk, label, section, head, cells[place], rng)
        if len(values) > 1 and rng.random() < 0.3:
            yield _change_question(chunk, label, heads, rng)


def _is_value(cell: str) -> bool:
    return bool(re.fullmatch(r"\(?[$€£]?\s?\d[\d,]*(?:\.\d+)?\)?%?", cell)) and not YEAR.fullmatch(cell)


def _row_question(chunk: Chunk, label: str, section: str, head: str, value: str, rng: random.Random) -> str:
    subject = subject_of(chunk, rng)
    what = lower(label)
    if section and rng.random() < 0.5 and len(section.split()) <= 6:
        what = f"{what} ({lower(section)})"
    elif not YEAR.search(head) and head and len(head.split()) <= 6:
        what = f"{what}, {lower(head)},"
    when = when_of(head, chunk, rng) if rng.random() < 0.8 else ""
    owner = f"{subject}'s" if subject else rng.choice(["the company's", "the", "the"])
    who = subject or "the company"
    templates = [
        f"What was {owner} {what} {when}?",
        f"What were {owner} {what} {when}?",
        f"How much was {owner} {what} {when}?",
        f"How much did {who} report for {what} {when}?",
        f"{subject or ''} {what} {when}",
        f"What amount of {what} did {who} have {when}?",
    ]
    if value.endswith("%"):
        templates = [
            f"What percentage was {owner} {what} {when}?",
            f"At what rate was {owner} {what} {when}?",
        ]
    lowered = what.lower()
    if lowered.startswith(("purchase", "payment", "repayment", "repurchase")):
        templates += [f"How much did {who} spend on {what} {when}?"] * 2
    if "expense" in lowered or lowered.startswith(("research", "selling", "marketing", "cost")):
        templates += [f"How much did {who} spend on {what} {when}?"] * 3
    return reword(rng.choice(templates), rng)


def _change_question(chunk: Chunk, label: str, heads: list[str], rng: random.Random) -> str:
    subject = subject_of(chunk, rng) or "the company"
    years = [y for head in heads for y in YEAR.findall(head)][:2]
    span = f"between {years[1]} and {years[0]}" if len(set(years)) == 2 else ""
    verbs = ["change", "develop", "compare", "grow or shrink"]
    return reword(f"How did {subject}'s {lower(label)} {rng.choice(verbs)} {span}?", rng)
