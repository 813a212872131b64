"""Quantities that were looked up → sentences and tables: values, growth, differences, trends, companies.

Each function writes one kind of answer into a `Draft` and returns what it worked out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag_app.core.figures import Point, Result, Series
from rag_app.facts import arithmetic, words
from rag_app.facts.arithmetic import Quantity, Sum
from rag_app.facts.draft import Draft, about, table
from rag_app.facts.types import Fact


@dataclass(frozen=True, slots=True)
class _Cell:
    """A table cell; with `about` it is a number, with `number` it is cited."""

    text: str
    about: str = ""
    number: int = 0

    @property
    def shown(self) -> str:
        return f"{self.text} [{self.number}]" if self.number else self.text


def values(draft: Draft, found: Sequence[Quantity]) -> list[Result]:
    """Each figure with its company and period, and what it was worked out from."""
    results = []
    listed = len(found) > 1 and not any(one.working for one in found)
    for one in found:
        draft.say("- " if listed else "")
        _value(draft, one)
        draft.say("\n" if listed else ".\n")
        if one.working:
            results.append(_worked(draft, one))
    for one in found:
        if one.working:
            continue
        if printed := draft.printed_otherwise(one.fact):
            draft.say("The table prints " + (f"{one.name} as " if len(found) > 1 else "it as "))
            draft.number(printed, about(one.fact)).say(": its tag has the other sign.\n")
    return results


def growth(draft: Draft, new: Quantity, old: Quantity) -> list[Result]:
    """By how much a figure grew from one period to the next."""
    found = arithmetic.growth(new, old)
    draft.say(f"{_whose(new)} ")
    if found.value is None:
        draft.say("went ")
    elif found.value:
        verb = "grew" if found.unit == "pure" and not new.is_percent else "rose by"
        draft.say(f"{verb} " if found.value > 0 else "fell " if verb == "grew" else "fell by ")
        draft.number(found.shown.replace("-", ""), found.working).say(", ")
    else:
        draft.say("did not change: ")
    _from_to(draft, new, old)
    _working(draft, found, (new, old))
    return [*_operands(draft, (old, new)), _result(f"growth of {new.name}", found)]


def difference(draft: Draft, new: Quantity, old: Quantity) -> list[Result]:
    """By how much a figure changed from one period to the next."""
    found = arithmetic.difference(new, old)
    draft.say(f"{_whose(new)} ")
    if found.value is None:
        draft.say("went ")
    else:
        draft.say("rose by " if found.value >= 0 else "fell by ")
        draft.number(found.shown.replace("-", ""), found.working).say(", ")
    _from_to(draft, new, old)
    _working(draft, found, (new, old))
    return [*_operands(draft, (old, new)), _result(f"change of {new.name}", found)]


def amount_of_change(draft: Draft, new: Quantity, old: Quantity) -> list[Result]:
    """The change of a figure whose growth was told, as an amount."""
    found = arithmetic.difference(new, old)
    if found.value is not None:
        draft.say("The change is ").number(found.shown, found.working).say(": ")
    _working(draft, found, (new, old))
    return [_result(f"change of {new.name}", found)]


def trend(draft: Draft, found: Sequence[Quantity]) -> tuple[list[Result], Series]:
    """One figure over its periods, oldest first, with the change from each to the next."""
    last, scale = found[-1], min(q.scale for q in found)
    counted = words.counted_in(last.unit, scale)
    draft.say(f"{_whose(last)}{f', {counted}' if counted else ''}:\n")
    changes = [None, *(arithmetic.growth(new, old) for old, new in pairwise(found))]
    rows = [
        [
            _Cell(_when(one.fact)),
            _cell(draft, one, one.number(scale)),
            _Cell(_signed(change), change.working or change.refused) if change else _Cell(""),
        ]
        for one, change in zip(found, changes, strict=True)
    ]
    _table(draft, ("Period", "Figure", "Change"), rows)
    for refused in dict.fromkeys(change.refused for change in changes if change and change.refused):
        draft.say(f"{sentence(refused)}\n")
    results = [
        _result(f"change to {words.short_period(one.fact)}", change)
        for one, change in zip(found, changes, strict=True)
        if change
    ]
    if len(found) > 1:
        whole = arithmetic.growth(last, found[0])
        if whole.value is not None:
            draft.say(f"From {words.short_period(found[0].fact)} to {words.short_period(last.fact)}: ")
            draft.number(_signed(whole), whole.working).say(", ").number(whole.working, whole.working)
            draft.say(".\n")
        results.append(_result("change in all", whole))
    results += _operands(draft, found)
    points = tuple(Point(words.short_period(q.fact), q.value, q.said.text) for q in found)
    return results, Series(_whose(last), last.unit, last.is_percent, points)


def compared(draft: Draft, found: Sequence[Quantity]) -> list[Result]:
    """One figure of several companies, the largest first, and by how much the first two differ."""
    if len({(q.unit, q.is_percent) for q in found}) == 1:
        found = sorted(found, key=lambda q: q.value, reverse=True)
    rows = [
        [_Cell(words.company(q.fact)), _Cell(q.name), _cell(draft, q, q.said.main), _Cell(_when(q.fact))]
        for q in found
    ]
    _table(draft, ("Company", "Row", "Figure", "Period"), rows)
    results = _operands(draft, found)
    if len(found) == 2:
        gap = arithmetic.difference(found[0], found[1])
        if gap.value:
            draft.say(f"{words.company(found[0].fact)}: more by ").number(gap.shown, gap.working)
            draft.say(" (").number(gap.working, gap.working).say(").\n")
        elif gap.refused:
            draft.say(f"{sentence(gap.refused)}\n")
        results.append(_result("difference", gap))
    return results


def calendars(facts: Sequence[Fact]) -> str:
    """How the periods of several companies differ; "" where they end on one day."""
    ends = {words.company(f): f.end for f in facts}
    if len(set(ends.values())) < 2:
        return ""
    listed = words.listed([f"{who} on {words.day(end)}" for who, end in ends.items()])
    return f"These periods do not end on the same day: {listed}."


def sentence(text: str) -> str:
    """`text` with a capital and a stop."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?')) else '.'}"


def _whose(one: Quantity) -> str:
    return f"{one.name} of {words.company(one.fact)}"


def _value(draft: Draft, one: Quantity) -> None:
    draft.say(f"{_whose(one)} {words.period(_timed(one))}: ")
    if one.working:
        draft.number(one.said.main, one.working)
        if one.said.handy:
            draft.say(" (").number(one.said.handy, one.working).say(")")
    else:
        draft.amount(one.fact)


def _timed(one: Quantity) -> Fact:
    """The fact that tells the period: of a formula, one over a time rather than of a day."""
    return next((f for f in one.facts if f.start), one.fact)


def _from_to(draft: Draft, new: Quantity, old: Quantity) -> None:
    for word, one in (("from ", old), (" to ", new)):
        draft.say(word)
        if one.working:
            draft.number(one.said.main, one.working)
        else:
            draft.amount(one.fact)
        draft.say(f" {words.period(_timed(one))}")
    draft.say(".\n")


def _worked(draft: Draft, one: Quantity) -> Result:
    """How a quantity was worked out: the arithmetic, and the figures in it with their rows."""
    _working(
        draft,
        Sum(one.said.main, one.working, one.value, one.unit),
        [arithmetic.as_filed(f) for f in one.facts],
    )
    return _operands(draft, [one])[0]


def _operands(draft: Draft, found: Sequence[Quantity]) -> list[Result]:
    """The figures that quantities were worked out from, each with its row; the results they gave."""
    worked = [one for one in found if one.working]
    for one in worked:
        for fact in one.facts:
            draft.say(f"- {words.name(fact)}, {words.short_period(fact)}: ").amount(fact).say("\n")
    return [Result(one.name, one.said.main, one.working, one.value, one.unit) for one in worked]


def _working(draft: Draft, found: Sum, of: Sequence[Quantity]) -> None:
    """The arithmetic on a line of its own, or why there is none."""
    if found.refused:
        draft.say(f"{sentence(found.refused)}\n")
        return
    first = min(of, key=lambda q: q.scale)
    counted = "" if first.is_percent else words.counted_in(first.unit, first.scale)
    draft.number(found.working, found.working).say(f" ({counted})\n" if counted else "\n")


def _cell(draft: Draft, one: Quantity, shown: str) -> _Cell:
    return _Cell(shown, one.working) if one.working else _Cell(shown, about(one.fact), draft.cite(one.fact))


def _when(fact: Fact) -> str:
    return (
        f"{words.short_period(fact)} ({words.days(fact)})"
        if fact.start and fact.fiscal_period
        else words.days(fact)
    )


def _table(draft: Draft, heads: Sequence[str], rows: Sequence[Sequence[_Cell]]) -> None:
    """Lines of cells with bars between, padded; the line of heads begins with one."""
    right = [any(row[i].about for row in rows) for i in range(len(heads))]
    padded = table(heads, [[c.shown for c in row] for row in rows], right)
    draft.say(f"| {' | '.join(padded[0])}\n")
    for row, texts in zip(rows, padded[1:], strict=True):
        draft.say("  ")
        for i, (cell, text) in enumerate(zip(row, texts, strict=True)):
            draft.say(" | " if i else "")
            before, _, after = text.partition(cell.text) if cell.text else (text, "", "")
            draft.say(before)
            draft.number(cell.text, cell.about) if cell.about else draft.say(cell.text)
            draft.say(after)
        draft.say("\n")


def _signed(found: Sum) -> str:
    if found.value is None:
        return "n/a"
    return f"+{found.shown}" if found.value > 0 else found.shown


def _result(name: str, found: Sum) -> Result:
    return Result(name, found.shown, found.working, found.value, found.unit, found.refused)
