"""A small ledger: input series by period, and linear formulas that derive every other figure."""

from __future__ import annotations

import re

_TERM = re.compile(r"([+-]?)\s*([a-z_][\w.]*)(<?)(?:\*(\d+))?")


def rdiv(num: int, den: int) -> int:
    """Integer division rounded half away from zero."""
    q = (2 * abs(num) + abs(den)) // (2 * abs(den))
    return q if (num < 0) == (den < 0) else -q


class Model:
    """Values in whole display units (ticks), keyed by series and period."""

    def __init__(self, prev: dict[str, str | None]) -> None:
        self.prev = prev
        self.data: dict[str, dict[str, int]] = {}

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def get(self, key: str, period: str) -> int:
        """The value of a series in a period."""
        try:
            return self.data[key][period]
        except KeyError:
            raise KeyError(f"{key}@{period}") from None

    def load(self, text: str) -> None:
        """Reads ': period period' header lines and 'key value value' lines ('.' = none)."""
        periods: list[str] = []
        for line in text.strip().splitlines():
            words = line.split()
            if not words:
                continue
            if words[0] == ":":
                periods = words[1:]
                continue
            values = words[1:]
            if len(values) != len(periods):
                raise ValueError(f"{words[0]}: {len(values)} values for {len(periods)} periods")
            series = self.data.setdefault(words[0], {})
            for period, value in zip(periods, values, strict=True):
                if value != ".":
                    series[period] = int(value.replace(",", ""))

    def calc(self, text: str) -> None:
        """Evaluates 'key = a + b - c<' lines ('<': prior period; '*210': times 210 per mille)."""
        for line in text.strip().splitlines():
            if not line.strip():
                continue
            key, rhs = (part.strip() for part in line.split("=", 1))
            terms = _TERM.findall(rhs)
            series = self.data.setdefault(key, {})
            for period in self.prev:
                if period in series:
                    continue
                total = self._sum(terms, period)
                if total is not None:
                    series[period] = total
            if not series:
                raise ValueError(f"no period of {line!r} could be computed")

    def _sum(self, terms: list[tuple[str, str, str, str]], period: str) -> int | None:
        total = 0
        for sign, key, back, factor in terms:
            where: str | None = self.prev[period] if back else period
            if key not in self.data:
                raise KeyError(key)
            if where is None or where not in self.data[key]:
                return None
            value = self.data[key][where]
            if factor:
                value = rdiv(value * int(factor), 1000)
            total += -value if sign == "-" else value
        return total

    def per_share(self, key: str, amount: str, shares: str, unit: int) -> None:
        """Cents per share: amount in ticks of `unit` dollars over shares in thousands."""
        both = self.data[amount].keys() & self.data[shares].keys()
        self.data[key] = {
            p: rdiv(self.data[amount][p] * unit * 100, self.data[shares][p] * 1000)
            for p in self.prev
            if p in both
        }
