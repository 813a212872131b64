"""Formulas, growth and differences of facts: exact, and written out.

What would be nonsense (a base of zero or below it, units or periods that do not match) is said instead.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from rag_app.facts import words
from rag_app.facts.asked import LETTERS
from rag_app.facts.types import Fact

_PRECISION = 40  # digits of an inexact division, before it is rounded to what is shown
_UNEVEN = 20  # days by which two periods of one kind may differ in length


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure, or what a formula makes of several: `value` in ones of `unit`, written in 10**`scale`.

    `working` is how it was worked out ("93,736 / 391,035 = 24.0%"), "" for a figure as filed. The first
    of `facts` tells company and period. `clashes`: filings that count it otherwise.
    """

    name: str
    value: Decimal
    unit: str
    scale: int
    places: int
    facts: tuple[Fact, ...]
    working: str = ""
    clashes: frozenset[str] = frozenset()

    @property
    def fact(self) -> Fact:
        """The first of its facts."""
        return self.facts[0]

    @property
    def is_percent(self) -> bool:
        """Whether it is given in percent."""
        return self.unit == "pure" and self.scale == -2

    @property
    def said(self) -> words.Said:
        """Its amount in words."""
        if self.unit == "pure" and self.working:
            return words.Said(f"{self.number(self.scale)}{'%' if self.is_percent else ''}")
        return words.said(self.value, self.unit, self.scale, self.places)

    def number(self, scale: int) -> str:
        """Its digits counted in 10**`scale`: all that are filed; of a quotient, which has no end, a few."""
        if self.unit == "pure" and self.working:
            return percentage(self.value)[:-1] if self.is_percent else f"{self.value:,.2f}"
        return words.digits(self.value, scale, self.places)


@dataclass(frozen=True, slots=True)
class Sum:
    """What came of it: `shown` ("2.0%") with the `working` behind it, or why not in `refused`.

    `value` is a fraction for a percentage, in ones of `unit` for an amount; None where refused.
    """

    shown: str = ""
    working: str = ""
    value: Decimal | None = None
    unit: str = ""
    refused: str = ""


def as_filed(fact: Fact) -> Quantity:
    """A figure as its filing gives it."""
    return Quantity(
        words.name(fact), fact.value, fact.unit, words.scale_of(fact), words.places(fact), (fact,)
    )


def compute(formula: str, facts: Sequence[Fact], name: str, percent: bool) -> Quantity | Sum:
    """`formula` ("a / b", "a - b") over facts, named by letters in it; a refused Sum if it says nothing."""
    if why := _misfit(facts):
        return Sum(refused=why)
    named = {letter: fact.value for letter, fact in zip(LETTERS, facts, strict=False)}
    try:
        with localcontext() as context:
            context.prec = _PRECISION
            value = _evaluate(ast.parse(formula, mode="eval").body, named)
    except _NoSense as error:
        return Sum(refused=str(error))
    parts = [as_filed(f) for f in facts]
    write = _writer(parts)
    filled = "".join(write(named[c]) if c in named else c for c in formula)
    if "/" in formula:
        shown = percentage(value) if percent else f"{value:,.2f}"
        scale, unit, places = (-2, "pure", 1) if percent else (0, "pure", 2)
        return Quantity(name, value, unit, scale, places, tuple(facts), f"{filled} = {shown}")
    scale, places = _common(parts)
    unit = facts[0].unit
    working = f"{filled} = {write(value, True)}"
    return Quantity(name, value, unit, scale, places, tuple(facts), working)


class _NoSense(Exception):
    """A division whose result would say nothing."""


def _evaluate(node: ast.expr, named: dict[str, Decimal]) -> Decimal:
    if isinstance(node, ast.Name) and node.id in named:
        return named[node.id]
    if isinstance(node, ast.BinOp):
        left, right = _evaluate(node.left, named), _evaluate(node.right, named)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Div):
            if right <= 0:
                what = "zero" if right == 0 else "negative"
                raise _NoSense(f"what it would be divided by is {what}, so it would say nothing")
            return left / right
    raise ValueError(f"no formula: {ast.dump(node)}")


def growth(new: Quantity, old: Quantity) -> Sum:
    """By how much of `old` it grew: "(391,035 - 383,285) / 383,285 = 2.0%"; a percentage in points."""
    if why := unlike(new, old):
        return Sum(refused=why)
    if new.is_percent:
        return difference(new, old)
    if old.value <= 0 or new.value < 0:
        what = "zero" if old.value == 0 else "negative"
        why = f"the figure to grow from is {what}" if old.value <= 0 else "the figure turned negative"
        gap = difference(new, old).shown
        return Sum(refused=f"{why}, so a percentage would say nothing; the change is {gap}")
    with localcontext() as context:
        context.prec = _PRECISION
        share = (new.value - old.value) / old.value
    write = _writer((new, old))
    a, b = write(new.value), write(old.value)
    return Sum(percentage(share), f"({a} - {b}) / {b} = {percentage(share)}", share, "pure")


def difference(left: Quantity, right: Quantity) -> Sum:
    """`left` less `right`: "391,035 - 383,285 = 7,750"; two percentages differ in percentage points."""
    if why := unlike(left, right):
        return Sum(refused=why)
    gap = left.value - right.value
    scale, places = _common((left, right))
    write = _writer((left, right))
    working = f"{write(left.value)} - {write(right.value)} = "
    if left.is_percent:
        points = f"{write(gap, True)[:-1]} percentage points"
        return Sum(points, working + points, gap, "pure")
    working += write(gap, True)
    return Sum(words.said(gap, left.unit, scale, places).text, working, gap, left.unit)


def unlike(left: Quantity, right: Quantity) -> str:
    """Why two cannot be set against each other, by unit or length of period; "" where they can."""
    if left.unit != right.unit or left.is_percent != right.is_percent:
        return (
            f"{left.name} is in {_unit(left)} and {right.name} in {_unit(right)}, which cannot be set "
            "against each other"
        )
    if left.clashes & {f.filing_id for f in right.facts}:
        return (
            f"{words.short_period(left.fact)} and {words.short_period(right.fact)} are told by filings that "
            "differ on the same years (restated, or shares were split), so a change would say nothing"
        )
    return _uneven(left.fact, right.fact)


def _misfit(facts: Sequence[Fact]) -> str:
    """Why the facts of one formula do not go together: their units, or durations that are not the same."""
    first = as_filed(facts[0])
    for fact in facts[1:]:
        if why := unlike(first, as_filed(fact)):
            return why
        if fact.start and facts[0].start and (fact.start, fact.end) != (facts[0].start, facts[0].end):
            of = [f"{words.name(f)} is of {words.days(f)}" for f in (facts[0], fact)]
            return f"{' and '.join(of)}, not of one period"
    return ""


def _uneven(left: Fact, right: Fact) -> str:
    if left.start is None or right.start is None:
        if left.start == right.start:
            return ""
        instant, over = (left, right) if left.start is None else (right, left)
        if words.name(left) != words.name(right):
            return ""  # assets turned over in a year
        return f"one is of a day ({words.day(instant.end)}) and the other of a time ({words.days(over)})"
    try:
        lengths = [date.fromisoformat(f.end) - date.fromisoformat(f.start or f.end) for f in (left, right)]
    except ValueError:
        return ""
    if abs(lengths[0].days - lengths[1].days) <= _UNEVEN:
        return ""
    return f"the periods are not of one length ({words.days(left)}; {words.days(right)})"


def _unit(quantity: Quantity) -> str:
    if quantity.unit == "pure":
        return "percent" if quantity.is_percent else "plain numbers"
    return words.counted_in(quantity.unit, 0).removeprefix("in ") or "no unit"


def percentage(share: Decimal) -> str:
    """ "2.0%"; two places below 1%, so that it does not read as nothing."""
    hundred = 100 * share
    places = 2 if Decimal(0) < abs(hundred) < 1 else 1
    shown = f"{hundred:,.{places}f}"
    return f"{shown if shown.strip('-0.,') else shown.removeprefix('-')}%"


def _common(quantities: Sequence[Quantity]) -> tuple[int, int]:
    """The scale that all of them are written in, the smallest, and their decimals."""
    scale = min(q.scale for q in quantities)
    return scale, max(q.places for q in quantities if q.scale == scale)


def _writer(quantities: Sequence[Quantity]) -> Callable[..., str]:
    """How the numbers of one calculation are written: in one scale, negative ones in brackets."""
    scale, places = _common(quantities)
    worked_out = any(q.working for q in quantities)

    def write(value: Decimal, last: bool = False) -> str:
        if scale == -2:
            shown = f"{100 * value:,.{2 if worked_out else places}f}%"
        else:
            shown = words.digits(value, scale, places)
        return f"({shown})" if value < 0 and not last else shown

    return write
