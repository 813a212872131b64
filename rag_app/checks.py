"""Every number and citation of an answer against the passages it cites.

A number stands in a passage when it says the same to the digits shown, the table's unit considered.
Words ("three") are left out. Knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag_app.answers.numbers import CITATION, SCALES, UNITS, Amount, amounts
from rag_app.core.tabletext import parse_row
from rag_app.core.types import Answer, Chunk, Mark, MarkKind
from rag_app.filings.sentences import split_sentences

TAGS: dict[MarkKind, str] = {
    "unverified": " [unverified]",
    "computed": " [computed]",
    "no passage": " [no such passage]",
    "uncited": " [uncited]",
}
"""What is written behind what was marked, so that plain text tells it too."""
_TAGGED = re.compile(r"\s?\[(?:unverified|computed|no such passage|uncited)\]")
_LISTED = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})+)\]")
_FALLS = re.compile(
    r"\b(?:de(?:creas|clin)\w*|loss\w*|lower\w*|fell|fall\w*|drop\w*|down|reduc\w*|use[ds]?|outflow\w*|negative"
    r"|deficit\w*|less|expense\w*|paid|payment\w*|repurchase\w*|minus|shr[aiu]nk\w*|contract\w*)\b",
    re.IGNORECASE,
)
_PER_SHARE = re.compile(r"\bper[\s-](?:\w+[\s-]){0,2}(?:share|unit|ads)\b", re.IGNORECASE)
_PERCENT = re.compile(r"%|\bpercent|\bmargins?\b|\brates?\b", re.IGNORECASE)
_ORDER = re.compile(
    r"(?:\b(?:ignore|disregard|forget|override)\s+(?:(?:all|any|every|each|the|your|these|previous|prior|above|other|of)\s+)+"
    r"(?:instruction|prompt|rule|passage|message|question)s?"
    r"|\b(?:answer|reply|respond|say|output|print)\s+(?:(?:only|with|exactly|that|just|simply)\s+)*[\"'“‘]?[$€£]?[0-9]"
    r"|^[ \t]*(?:system|assistant|user)[ \t]*:)"
    r"(?:(?!\n\s*\n|\n[^\n]* \| )[\s\S])*",
    re.IGNORECASE | re.MULTILINE,
)
"""An order to whoever reads the passage, and what follows in its paragraph: its numbers verify nothing."""
_NEAR = 1  # sentences before that may name what a figure is computed from
_MOST = 12  # amounts a figure may be computed from


@dataclass(frozen=True, slots=True)
class _Figure:
    """A number of a passage, the scales it may be read at, and whether its line tells of a fall."""

    amount: Amount
    scales: tuple[float, ...]
    falls: bool
    may_be_percent: bool


def verify(answer: Answer, passages: Mapping[int, Sequence[Chunk]]) -> Answer:
    """The answer with what does not stand marked: behind it in `text`, and in `marks`.

    `passages`: by number, the chunks that each passage was read with. Never raises on odd text.
    """
    text = _LISTED.sub(lambda m: "".join(f"[{n}]" for n in re.findall(r"\d+", m.group(1))), answer.text)
    text = _TAGGED.sub("", text)  # only this check may say so
    return _written(replace(answer, text=text), check(text, answer.question, passages))


def check(text: str, question: str, passages: Mapping[int, Sequence[Chunk]]) -> list[Mark]:
    """What checking `text` finds, in order of place; the passages that it does not cite count for nothing."""
    numbers = {int(n) for n in CITATION.findall(text)}
    cited = {n: passages[n] for n in sorted(numbers & set(passages))}
    figures = {n: [f for chunk in chunks for f in _figures(chunk)] for n, chunks in cited.items()}
    years = {n: _years(chunks) for n, chunks in cited.items()}
    asked = {a.shown for a in amounts(question, passage=True)}
    marks = [
        Mark(m.start(), m.end(), "no passage") for m in CITATION.finditer(text) if int(m[1]) not in passages
    ]
    before: list[list[tuple[Amount, float, int]]] = []
    for start, end in _sentences(text):
        sentence = text[start:end]
        stood: list[tuple[Amount, float, int]] = []
        missing: list[Amount] = []
        found = amounts(sentence)
        for amount in found:
            if amount.kind == "year":
                sources = tuple(n for n in cited if amount.shown in years[n])
                known = sources or amount.shown in asked
                kind: MarkKind = "stands" if known else "unverified"
                marks.append(Mark(start + amount.start, start + amount.end, kind, sources))
                continue
            values = {n: v for n in cited if (v := _standing(amount, figures[n])) is not None}
            if values:
                stood += [(amount, value, n) for n, value in list(values.items())[:1]]
                marks.append(Mark(start + amount.start, start + amount.end, "stands", tuple(values)))
            else:
                missing.append(amount)
        near = [one for earlier in (*before[-_NEAR:], stood) for one in earlier][-_MOST:]
        for amount in missing:
            computed = _computed(amount, near)
            kind = "computed" if computed else "unverified"
            marks.append(Mark(start + amount.start, start + amount.end, kind, computed))
        before.append(stood)
        if any(a.kind != "year" for a in found) and not CITATION.search(sentence):
            marks.append(Mark(start + len(sentence.rstrip()), start + len(sentence.rstrip()), "uncited"))
    return sorted(marks, key=lambda m: (m.start, m.end))


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence of each line begins and ends; citations behind its stop belong to it."""
    at = 0
    for line in text.splitlines(keepends=True):
        spans: list[tuple[int, int]] = []
        cursor = 0
        for piece in split_sentences(line):
            found = line.find(piece, cursor)
            if found < 0:
                continue
            begin, cursor = found, found + len(piece)
            lead = re.match(r"(?:\s*\[\d{1,3}\][.,;]?)+\s*", piece)
            if lead and spans:
                begin = found + lead.end()
                spans[-1] = (spans[-1][0], begin)
            if begin < cursor:
                spans.append((begin, cursor))
        yield from ((at + begin, at + end) for begin, end in spans)
        at += len(line)


def _figures(chunk: Chunk) -> list[_Figure]:
    """The numbers of one chunk, line by line, with the scales that its unit allows."""
    units = tuple(SCALES[u.lower()] for u in dict.fromkeys(UNITS.findall(f"{chunk.unit}\n{chunk.text}")))
    stated = chunk.unit.lower()
    units += tuple(v for name, v in SCALES.items() if len(name) > 2 and name in stated and v not in units)
    percents = bool(_PERCENT.search(chunk.text))
    out = []
    told = _ORDER.sub(" ", f"{chunk.head}\n{chunk.text}")
    for line in told.splitlines():
        row = parse_row(line)
        scales = (1.0,) if _PER_SHARE.search(line) else (1.0, *units)
        falls = bool(_FALLS.search(line))
        following = 1.0  # the scale of the next number: "$3.5 and $4.2 billion"
        for amount in reversed(amounts(line, passage=True)):
            own = (1.0, following) if row is None else scales
            out.append(
                _Figure(amount, own if amount.scale == 1.0 else (1.0,), falls, percents and row is not None)
            )
            following = amount.scale if amount.kind == "plain" and amount.scale > 1.0 else following
    return out


def _years(chunks: Sequence[Chunk]) -> set[float]:
    return {float(y) for c in chunks for y in re.findall(r"(?:19|20)\d\d", f"{c.head}\n{c.text}\n{c.unit}")}


def _standing(amount: Amount, figures: Sequence[_Figure]) -> float | None:
    """The value in ones of the first figure that says the same; None where there is none."""
    for figure in figures:
        value = _same(amount, figure)
        if value is not None:
            return value
    return None


def _same(said: Amount, figure: _Figure) -> float | None:
    held = figure.amount
    if said.money and held.money and said.money[-1] != held.money[-1]:
        return None
    if said.negative and not held.negative and not figure.falls:
        return None
    if said.kind == "percent" and held.kind != "percent" and (not figure.may_be_percent or held.money):
        return None
    if said.kind != "percent" and held.kind == "percent" and (said.money or said.scale != 1.0):
        return None
    exact = said.kind == "plain" and said.scale == 1.0 and not said.money and said.slack == 0.5
    slack = 0.0 if exact else said.slack
    sign = -1.0 if held.negative else 1.0
    if said.scale == 1.0 and _close(said.shown, held.shown, slack):
        return sign * held.value * figure.scales[min(1, len(figure.scales) - 1)]  # as written
    for scale in figure.scales:
        if _close(said.value, held.value * scale, slack):
            return sign * held.value * scale
    return None


def _close(said: float, held: float, slack: float) -> bool:
    return abs(said - held) <= slack * (1 + 1e-9) + 1e-9 * abs(held)


def _computed(amount: Amount, near: Sequence[tuple[Amount, float, int]]) -> tuple[int, ...]:
    """The passages of the two numbers beside it that `amount` follows from; () where it follows from none.

    Only from numbers that the answer itself gives and that stand: among all of a table's some pair
    always gives the wanted figure by chance.
    """
    for i, (one, left, first) in enumerate(near):
        for other, right, second in near[i + 1 :]:
            for a, b in ((left, right), (_signed(one, left), _signed(other, right))):
                if one.kind == other.kind and _follows(amount, a, b, one.kind == "percent"):
                    return tuple(sorted({first, second}))
    return ()


def _signed(amount: Amount, value: float) -> float:
    return -amount.value if value < 0 else amount.value


def _follows(amount: Amount, a: float, b: float, percents: bool) -> bool:
    if amount.kind == "percent":
        wanted = [a - b] if percents else [_share(a - b, b), _share(b - a, a), _share(a, b), _share(b, a)]
    elif percents:
        return False
    else:
        wanted = [a - b, a + b]
        if amount.scale == 1.0 and not amount.money:
            wanted += [_share(a, b) / 100, _share(b, a) / 100]  # "1.5 times"
    return any(_close(amount.value, abs(value), amount.slack) for value in wanted)


def _share(part: float, whole: float) -> float:
    return 100 * part / abs(whole) if whole else float("inf")


def _written(answer: Answer, marks: Sequence[Mark]) -> Answer:
    """The marks with their tags put into the text, and moved along with it."""
    out, moved, at, added = [], [], 0, 0
    for mark in sorted(marks, key=lambda m: (m.end, m.start)):
        tag = TAGS.get(mark.kind, "")
        moved.append(replace(mark, start=mark.start + added, end=mark.end + added))
        out += [answer.text[at : mark.end], tag]
        at, added = mark.end, added + len(tag)
    out.append(answer.text[at:])
    return replace(answer, text="".join(out), marks=tuple(moved))
