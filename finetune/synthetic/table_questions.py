"""Table rows as questions: the label, the column's period, and whose table it is.

Questions carry the marks of `wording` where the company is to be named. Knows no model.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from finetune.synthetic.periods import column_of, period_of
from finetune.synthetic.wording import PLACES, WHO, WHOSE, YEAR, lower
from rag_app.core.facts import label_key
from rag_app.core.tabletext import parse_heads, parse_row
from rag_app.core.types import Chunk

VALUE = re.compile(r"\(?-?[$€£]?\s?\(?\d[\d,]*(?:\.\d+)?\)?\s?%?\)?")
FLOWS = re.compile(
    r"provision|expense|income(?! tax(?:es)? (?:payable|receivable))|sales|revenue|proceeds|purchases|cost "
    r"of|"
    r"earnings per|cash (?:provided|used)|payments?\b|repurchase"
)
FLOW = re.compile(
    r"cash flows?|statements? of (?:consolidated )?(?:operations|income|earnings)|income statements?", re.I
)
TELLING = frozenset(
    "revenue revenues sales inventories inventory goodwill depreciation amortization taxes cash "
    "dividends advertising marketing interest investments borrowings deposits loans liabilities "
    "assets debt receivables payables royalties rent land buildings machinery fulfillment leases "
    "derivatives warrants pensions restructuring impairment".split()
)
"""Labels of one word that stand alone; others need their section."""
BARE = frozenset(
    "total totals other net gross basic diluted current noncurrent long-term short-term high low "
    "average amount beginning ending domestic foreign federal state international subtotal cost fixed "
    "floating".split()
)
"""Labels that say nothing without the section they stand under."""
STATEMENTS = re.compile(
    r"statements? of|balance sheets?|index|contents|exhibits?|signature|item \d|note \d", re.I
)
STATE = re.compile(r"balance sheet|financial position|financial condition", re.I)
SPENT = re.compile(
    r"expense|^(?:research|selling|marketing|cost|advertising|purchase|payment|repayment|repurchase|"
    r"capital expend|acquisition)"
)
PERIODS = re.compile(
    r"(?:beginning |ending )?balances?\b|as of|at |year|fiscal|\d|%|percent|on |note|item|page|exhibit|from ",
    re.I,
)
"""Labels that name a time or a place in the document, not a matter."""
EARNED = re.compile(r"^(?:(?:total|net) )*(?:revenue|sales|income|earnings|profit)")
PLURAL = re.compile(r"(?:[^su]s|ees|ues|ies|ses)$")


@dataclass(frozen=True, slots=True)
class Row:
    """One row with what stands around it."""

    label: str
    section: str
    heads: tuple[str, ...]
    cells: tuple[str, ...]
    values: tuple[int, ...]


def rows_of(text: str) -> list[Row]:
    """The rows with a telling label and a number."""
    heads: list[str] = []
    section = ""
    rows = []
    for line in text.splitlines():
        if (named := parse_heads(line)) is not None:
            heads, section = named, ""
            continue
        row = parse_row(line)
        if row is None:
            names = (
                line.rstrip().endswith(":")
                and len(line.split()) <= 8
                and not re.search(r"\d|\bended\b", line)
            )
            section = clean_label(line) if names else ""
            continue
        label, cells = clean_label(row[0]), row[1]
        values = tuple(i for i, cell in enumerate(cells) if _is_value(cell))
        if values and _tells(label):
            rows.append(Row(label, section, tuple(heads), tuple(cells), values))
    return rows


def from_table(
    chunk: Chunk, words: Mapping[str, tuple[str, ...]], rng: random.Random
) -> Iterator[tuple[str, str, str]]:
    """(kind, question, label) on the rows of the chunk's table, if it has one.

    `words` are other names of a row by `label_key`: what the filing's tags call it.
    """
    if re.search(r"\b(?:exhibits?|index|table of contents|signatures?)\b", chunk.heading, re.I):
        return
    title = f"{chunk.heading} {chunk.text.splitlines()[0]}"
    instant, flow = bool(STATE.search(title)), bool(FLOW.search(title))
    rows = rows_of(chunk.text)
    for row in rows:
        place = rng.choice(row.values[:3])
        head = row.heads[place] if place < len(row.heads) else ""
        others = words.get(label_key(row.label), ())
        column = lower(column_of(head))
        what = _what(row, chunk, others, rng, place=not column)
        if not what:
            continue
        change = bool(re.search(r"change|increase|decrease|inc\b|variance|growth|vs", head, re.I))
        when = period_of(head, chunk, rng, instant, flow or (not instant and bool(FLOWS.search(what))))
        percent = row.cells[place].rstrip(")").endswith("%")
        if change:
            if percent:
                span = _span(row) or when
                yield "change", f"By what percentage did {WHOSE} {what} change {span}?", row.label
            continue
        if column and column not in what:
            what = f"{what} ({column})" if rng.random() < 0.5 and "(" not in what else f"{what} for {column}"
        yield "row", _row_question(what, when, percent, rng), row.label
        if others and rng.random() < 0.5:
            yield "tag", _row_question(rng.choice(others), when, percent, rng), row.label
        if not column and (span := _span(row)) and rng.random() < 0.5:
            yield "change", _change_question(_what(row, chunk, others, rng), span, rng), row.label
    if len(rows) > 1 and rng.random() < 0.3:
        yield from _larger(rows, chunk, instant, rng)


def clean_label(label: str) -> str:
    """A label without footnote marks, dot leaders and long asides."""
    label = re.sub(r"\s*\((?:[\da-z]|\d\d|[ivx]{1,4}|see [^)]*)\)", "", label)
    label = re.sub(r"\s*\((?:[^)]{30,}|[^)]*\d[^)]*)\)|[*†‡§]|\.{3,}|…", "", label)
    return re.sub(r"\s+", " ", label).strip(" :.,—–-")


def _tells(label: str) -> bool:
    return (
        1 <= len(label.split()) <= 12
        and bool(re.search(r"[A-Za-z]{3}", label))
        and not PERIODS.match(label)
        and not YEAR.search(label)
        and not re.search(rf"[:;|]|\b(?:page|respectively)\b|^(?:{'|'.join(MONTHS)})\b", label, re.I)
        and label.count("(") == label.count(")")
    )


MONTHS = "January February March April May June July August September October November December".split()


def _is_value(cell: str) -> bool:
    return bool(VALUE.fullmatch(cell)) and not YEAR.fullmatch(cell)


def _what(row: Row, chunk: Chunk, others: tuple[str, ...], rng: random.Random, place: bool = True) -> str:
    """What the row counts, in words that stand alone; empty where they cannot be found.

    `place`: the section may be told even where the label stands alone.
    """
    if others and rng.random() < 0.3:
        return rng.choice(others)
    label, section = lower(row.label), lower(row.section)
    short = [word for word in label.split() if word.lower() not in BARE]
    weak = not short or len(label) < 4 or (len(label.split()) == 1 and label.lower() not in TELLING)
    weak = weak or all(
        word.strip(".,") in PLACES or word in {"rest", "world", "of", "the", "and", "u.s"}
        for word in label.split()
    )
    if not section:
        topic = lower(re.sub(r"^(?:note\s+)?\d+[.:]?\s*[-—–]?\s*", "", chunk.heading, flags=re.I))
        if not weak:
            return label
        return f"{label} {topic}" if 1 <= len(topic.split()) <= 5 and not STATEMENTS.search(topic) else ""
    if weak:
        return f"{label} {section}" if len(section.split()) <= 6 else ""
    if (
        place
        and rng.random() < 0.35
        and len(section.split()) <= 5
        and not set(section.split()) & set(label.split())
    ):
        return f"{label} ({section})" if rng.random() < 0.4 else f"{label} within {section}"
    return label


def _row_question(what: str, when: str, percent: bool, rng: random.Random) -> str:
    noun = re.split(r" \(| (?:of|in|for|to|from|on|within|by|per|provided) ", what)[0]
    be = "were" if PLURAL.search(noun) else "was"
    owner = f"the {what}" if rng.random() < 0.25 and not what.startswith("the ") else f"{WHOSE} {what}"
    if percent:
        rate = re.search(r"\b(?:rate|margin|yield|return|percent(?:age)?)\b", what)
        forms = (
            [f"What was {owner} {when}?"]
            if rate
            else [
                f"What percentage was reported for {what} by {WHO} {when}?",
                f"What was the percentage for {WHOSE} {what} {when}?",
            ]
        )
        return rng.choice(forms)
    forms = [f"What {be} {owner} {when}?"] * 6 + [
        f"How much {be} {owner} {when}?",
        f"How much {be} {owner} {when}?",
        f"How much did {WHO} report in {what} {when}?",
        f"What amount did {WHO} report for {what} {when}?",
        f"What was the value of {owner} {when}?",
        f"{when[:1].upper()}{when[1:]}, what {be} {owner}?" if when else f"What {be} {owner}?",
        f"{WHO} {what} {re.sub(r'^(?:in|for|during|as of|at|on) (?:the )?', '', when)}",
    ]
    if SPENT.search(what) and not re.search(r"proceeds|income|payable|accrued|total costs", what):
        forms += [f"How much did {WHO} spend on {_spent(what)} {when}?"] * 6
    if EARNED.search(what) and "(" not in what:
        forms += [f"How much {what} did {WHO} {rng.choice(['generate', 'earn', 'report'])} {when}?"] * 4
    if not what.startswith("total") and rng.random() < 0.15:
        forms += [f"What was the total {what} for {WHO} {when}?"] * 6
    return rng.choice(forms)


def _spent(what: str) -> str:
    shorter = re.sub(r" expenses?$", "", what)
    return what if shorter.split()[-1] in {"operating", "other", "total", "net", "compensation"} else shorter


def _span(row: Row) -> str:
    """ "from 2023 to 2024", where the first two numbers are of two years."""
    if len(row.values) < 2:
        return ""
    heads = [row.heads[i] if i < len(row.heads) else "" for i in row.values[:2]]
    years = [found[0] if len(found := YEAR.findall(head)) == 1 else "" for head in heads]
    if not all(years) or years[0] == years[1]:
        return ""
    first, last = sorted(years)
    return f"from {first} to {last}"


def _change_question(what: str, span: str, rng: random.Random) -> str:
    first, last = YEAR.findall(span)
    return rng.choice(
        [
            f"How did {WHOSE} {what} change {span}?",
            f"How did {WHOSE} {what} change between {first} and {last}?",
            f"How did {WHOSE} {what} in {last} compare to {first}?",
            f"Did {WHOSE} {what} increase or decrease {span}?",
            f"What was the change in {WHOSE} {what} {span}?",
            f"How much did {WHOSE} {what} change {span}?",
            f"By how much did {what} change at {WHO} between {first} and {last}?",
        ]
    )


def _larger(
    rows: list[Row], chunk: Chunk, instant: bool, rng: random.Random
) -> Iterator[tuple[str, str, str]]:
    """Two neighbours of one section, in one column."""
    first, second = rng.sample(rows, 2)
    place = first.values[0]
    if first.section != second.section or place not in second.values or place >= len(first.heads):
        return
    labels = [lower(row.label) for row in (first, second)]
    if any(label in BARE or "total" in label or len(label.split()) > 6 for label in labels) or column_of(
        first.heads[place]
    ):
        return
    if {row.cells[place].endswith("%") for row in (first, second)} != {False}:
        return
    when = period_of(first.heads[place], chunk, rng, instant)
    yield "larger", f"Which was larger for {WHO} {when}, {labels[0]} or {labels[1]}?", first.label
