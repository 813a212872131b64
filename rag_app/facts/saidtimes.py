"""The periods that a question names, in its words. Years and quarters come from `question.times`.

Here are days, spans of months and words like "over the last three years". Knows no fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from rag_app.facts.periods import Ask, Asked
from rag_app.question.times import Time, times_in

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"  # noqa: E501
_DAY = re.compile(
    rf"\b(?:(?P<m>{_MONTH}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})|(?P<d2>\d{{1,2}})(?:st|nd"
    rf"|rd|th)? (?:of )?"
    rf"(?P<m2>{_MONTH}),? (?P<y2>\d{{4}})|(?P<y3>\d{{4}})-(?P<m3>\d\d)-(?P<d3>\d\d)"
    rf"|(?P<m4>\d{{1,2}})/(?P<d4>\d{{1,2}})/"
    rf"(?P<y4>\d{{4}}|\d\d)|(?P<m5>{_MONTH}),? (?:of )?(?P<y5>(?:19|20)\d\d))(?!\w)",
    re.IGNORECASE,
)
_COUNT = {"three": 3, "six": 6, "nine": 9, "twelve": 12, "3": 3, "6": 6, "9": 9, "12": 12}
_LEAD = re.compile(
    r"(?:\b(?:in|for|during|over|of|by|at|on) )?(?:the )?(?:\b(?P<as>as (?:of|at)|at|on|by|end(?:ed|ing)?"
    r" (?:of|on|in)?)"
    r"|(?:first )?(?P<n>three|six|nine|twelve|3|6|9|12)[ -]months?(?: period)?"
    r"|(?P<q>(?:fiscal )?quarter(?:ly period)?)|(?P<ytd>(?:fiscal )?(?:ytd|year[- ]to[- ]date)(?: period)?)"
    r"|(?P<y>(?:fiscal |full )?(?:year|fy)(?: period)?))?(?:,? (?:that |which )?(?:ended|ending|ends"
    r"|through|thru|until|up to|to))?"
    r"(?: (?:on|in|at|as of))?(?: the)?(?: end of)?,? ?\(?$",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:(?P<half>(?:the )?first half|h1|1h)|(?:the )?(?:first )?(?P<n>six|nine|6|9)[ -]months?(?:"
    r" period)?|"
    r"(?P<ytd>ytd|year[- ]to[- ]date)|(?P<ttm>trailing twelve months?|ttm|ltm|last (?:12|twelve) months"
    r"|twelve months))"
    r"(?: (?:of|in|for))?(?: the)?(?= |'|\d|,|\?|$)",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"\b(?:over |in |for |during |across |each of )?(?:the )?(?:last|past|latest|most recent|recent"
    r"|previous|prior)"
    r" (?:(?P<n>two|three|four|five|six|\d) )?(?:fiscal |reported |available )?(?P<what>years|quarters)\b|"
    r"\b(?:over time|over the years|historically|year by year|each year|every year|through the years|all"
    r" years"
    r"|across (?:the )?(?:reported )?(?P<q>quarters|years|periods)|quarter by quarter|over the quarters"
    r"|(?:over|across|in|during) (?:the|these) (?:reported |reporting )?(?P<r>quarters|years|periods))\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:than |from |versus |vs\.? |against |over |compared (?:to|with) |and |in )*(?:the |a |its"
    r" )?(?:(?:prior|previous|preceding)"
    r"(?: fiscal)?[ -](?P<u>year|quarter|period)(?:'s)?|(?P<u2>year|quarter) (?:before|earlier|ago"
    r"|prior)(?: (?:that|it))?|"
    r"year[ -](?:over|on)[ -]year|y-?o-?y|(?:a |one )?year[ -]ago(?: (?:quarter|period))?"
    r"|same (?:quarter|period|months|time)(?: of| in)?(?: the| a| one)?(?: last| prior| previous| preceding)?"
    r" year(?: earlier| before| ago| prior)?"
    r"|quarter[ -](?:over|on)[ -]quarter|q-?o-?q|(?P<seq>sequential(?:ly)?))\b",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:in |for |during |of |at )?(?:the |its |their )?(?:latest|most recent(?:ly)?(?: completed|"
    r" reported)?|newest|current|this"
    r"|last)(?: (?:fiscal|reported|completed|full|filed))? (?P<what>quarter|year|period|annual report"
    r"|filing|10-?[kq])(?: end)?\b"
    r"|\b(?P<bare>currently|latest|most recent|right now|today)\b",
    re.IGNORECASE,
)
_INSTANT = re.compile(
    r"(?:\b(?:at|as of|by) )?(?:the )?\b(?:fiscal )?(?:year[- ]?end|end|close)\b(?: of)?(?: the)?"
    r"(?: fiscal)?(?: year)? ?$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"^(?: |'s )?(?:fiscal )?(?:year[- ]?end|quarter[- ]?end)\b", re.IGNORECASE)
_DUE = re.compile(
    r"\b(?:due|matur\w+|expir\w+|redeemable|callable)(?: (?:in|on|by|at|during|within))?(?: the)?"
    r"(?: (?:fiscal|calendar))?(?: years?)? ?$",
    re.IGNORECASE,
)
"""Before a day or year that is part of a debt's name or of its schedule, and not the period of a figure."""
_NAMED = re.compile(
    r"^ (?:[A-Z][a-z]+ )?(?:Notes|Debentures|Bonds|Plan|Program|program|plan|Act)\b(?! payable| receivable)"
)
"""After a year that is part of a name; only where another period is told."""
_UNTIL = re.compile(
    r"[ ,]*(?:that |which )?(?:end(?:ed|ing|s)\b|through|thru|until|up to|to )", re.IGNORECASE
)
_SPAN = {"Q1": 3, "Q2": 3, "Q3": 3, "Q4": 3, "H1": 6, "9M": 9, "FY": 12}
_NEXT_TO = re.compile(r"[ ,:(]*(?:for |in |of |the |during )*[ (]*", re.IGNORECASE)
_START = re.compile(r"\b(?:beginning|start|opening)(?: of)?(?: the)?(?: fiscal)?(?: year)? ?$", re.IGNORECASE)
_CALENDAR = re.compile(r"\bcalendar (?:year )?$", re.IGNORECASE)
NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


@dataclass
class _Reading:
    """What was found so far; `taken` are the spans of the text that it uses, `names` those in names."""

    text: str
    taken: list[tuple[int, int]] = field(default_factory=list)
    names: list[tuple[int, int]] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    last: int | None = None
    quarters: bool = False
    before: str = ""
    ranged: bool = False

    def free(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """The matches that use nothing taken; each is taken then."""
        for match in pattern.finditer(self.text):
            start, end = match.span()
            if all(end <= s or e <= start for s, e in self.taken):
                yield match

    def days(self) -> None:
        """Days and months, with the span of months that ends then."""
        for match in _DAY.finditer(self.text):
            day = _day_of(match)
            if not day:
                continue
            if _DUE.search(self.text[: match.start()]):
                self.names.append(match.span())
                continue
            lead = _LEAD.search(self.text[: match.start()])
            start = lead.start() if lead else match.start()
            months = 0
            if lead and (lead["n"] or lead["q"] or lead["y"]):
                months = _COUNT[lead["n"].lower()] if lead["n"] else 3 if lead["q"] else 12
            period = "YTD" if lead and lead["ytd"] else ""
            instant = bool(lead and lead["as"]) and not months
            ask = Ask(start, match.end(), match.group(), None, period, day, months, instant)
            self.asks.append(ask)
            self.taken.append((start, match.end()))

    def lasts(self) -> None:
        """ "over the last three years", and "than the year before"."""
        for match in self.free(_LAST):
            count = match["n"]
            self.last = 0 if not count else NUMBERS.get(count.lower()) or int(count)
            self.quarters = self.quarters or "quarter" in match.group().lower()
            self.taken.append(match.span())
        for match in self.free(_BEFORE):
            said = match.group().lower()
            quarter = "quarter" in (match["u"] or match["u2"] or "").lower()
            sequential = match["seq"] or "quarter-over" in said or "qoq" in said
            self.before = "quarter" if quarter or sequential else "year"
            self.taken.append(match.span())

    def years(self) -> None:
        """Years and quarters, and the first half or nine months of one."""
        parts = [(match.span(), _part(match)) for match in self.free(_PART)]
        times = [t for t in times_in(self.text) if not t.latest and self._period(t)]
        for time in times:
            named = time.year and not time.marked and _NAMED.search(self.text[time.end :])
            if named and (self.asks or len(times) > 1):
                continue
            if self._of_span(time):
                continue
            part = next(
                (p for p in parts if 0 <= time.start - p[0][1] <= 12 or 0 <= p[0][0] - time.end <= 2), None
            )
            if part:
                parts.remove(part)
            self._year(time, part)
        for span, kind in parts:
            if all(span[1] <= s or e <= span[0] for s, e in self.taken):
                self.asks.append(Ask(*span, self.text[slice(*span)], period=kind))
                self.taken.append(span)

    def _period(self, time: Time) -> bool:
        """Whether it is still free, and the period of a figure."""
        free = all(time.end <= s or e <= time.start for s, e in self.taken + self.names)
        return free and not _DUE.search(self.text[: time.start])

    def _of_span(self, time: Time) -> bool:
        """Whether a year only tells whose span is meant: "fiscal 2022, nine months ended June 25, 2022"."""
        if not time.year or time.quarter or time.last:
            return False
        for i, ask in enumerate(self.asks):
            if not ask.day or not (ask.period == "YTD" or 0 < ask.months < 12):
                continue
            first, then = (time.end, ask.start) if time.start < ask.start else (ask.end, time.start)
            if _NEXT_TO.fullmatch(self.text[first:then]):
                self.asks[i] = replace(ask, year=time.year, marked=True)
                lead = re.search(r"\b(?:in |for |of |during )?(?:the )?$", self.text[: time.start])
                self.taken.append((lead.start() if lead else time.start, time.end))
                return True
        return False

    def _year(self, time: Time, part: tuple[tuple[int, int], str] | None) -> None:
        lead = self.text[: time.start]
        opening, instant, ours = _START.search(lead), _INSTANT.search(lead), _CALENDAR.search(lead)
        fiscal = bool(instant and "fiscal" in instant.group().lower())
        after = _AFTER.search(self.text[time.end :])
        end = time.end + (after.end() if after else 0)
        start = min([time.start, *(m.start() for m in (opening, instant, ours) if m)])
        if part:
            start, end = min(start, part[0][0]), max(end, part[0][1])
        period = f"Q{time.quarter}" if time.quarter else part[1] if part else "FY"
        text = self.text[time.start : time.end]
        ask = Ask(start, end, text, time.year, period, instant=bool(instant or after), opening=bool(opening),
                  marked=time.marked or fiscal, calendar=bool(ours))  # fmt: skip
        if time.last and time.year:
            self.ranged = True
            every = range(time.year, time.last + 1)
            self.asks += [replace(ask, year=year, text=str(year)) for year in every]
        else:
            self.asks.append(ask)
        self.taken.append((start, end))

    def ends(self) -> None:
        """ "the nine months of fiscal 2022 through June 25, 2022": a period with the day that it ends."""
        for first, then in pairwise(list(self.asks)):
            months = _SPAN.get(first.period, 0) if first.year and not first.day else 0
            if (
                not months
                or not then.day
                or then.months
                or then.period
                or (months == 12 and not first.marked)
            ):
                continue
            told = self.text[then.start : then.end]
            near = _NEXT_TO.fullmatch(self.text[first.end : then.start])
            until = _UNTIL.match(told)
            if months == 12 and until and "end" not in until.group().lower():
                continue  # "from fiscal 2023 to September 28, 2024"
            if near and until and first in self.asks and then in self.asks:
                self.asks.remove(first)
                self.asks[self.asks.index(then)] = replace(
                    then, year=first.year, months=months, marked=True, instant=False
                )

    def newest(self) -> None:
        """ "in the latest quarter". With a period of its own, "the latest 10-Q" is only where to look."""
        for match in self.free(_NOW):
            if match["bare"] and match["bare"][0].isupper() and match.start():
                continue  # a product: "Amazon Today"
            what = (match["what"] or "").lower().replace("-", "")
            period = (
                "Q"
                if what in ("quarter", "10q")
                else "FY"
                if what in ("year", "annual report", "10k")
                else ""
            )
            if not (self.asks and what in ("filing", "annual report", "10k", "10q")):
                self.asks.append(Ask(*match.span(), match.group().strip(), period=period))
            self.taken.append(match.span())


def read_periods(text: str) -> Asked:
    """The periods in a question with straight quotes, in its order."""
    found = _Reading(text)
    found.days()
    found.lasts()
    found.years()
    found.newest()
    found.asks.sort(key=lambda a: (a.start, a.year or 0))
    found.ends()
    unique: dict[object, Ask] = {}
    for ask in found.asks:
        unique.setdefault((ask.year, ask.period, ask.day, ask.opening), ask)
    asks, every = tuple(unique.values()), tuple(found.asks)
    return Asked(asks, found.last, found.quarters, found.before, found.ranged, tuple(found.taken), every)


def _part(match: re.Match[str]) -> str:
    if match["half"] or match["n"] in ("six", "6"):
        return "H1"
    return "9M" if match["n"] else "YTD" if match["ytd"] else "TTM"


def _day_of(match: re.Match[str]) -> str:
    told = {key: value for key, value in match.groupdict().items() if value}
    month = next(v for k, v in told.items() if k[0] == "m")
    year = next(v for k, v in told.items() if k[0] == "y")
    day = next((v for k, v in told.items() if k[0] == "d"), "")
    number = (
        int(month)
        if month.isdigit()
        else next(i for i, name in enumerate(_MONTHS, 1) if name.startswith(month.lower().rstrip(".")[:3]))
    )
    full = year if len(year) == 4 else f"20{year}"
    if not day:
        return f"{full}-{number:02d}"
    try:
        return date(int(full), number, int(day)).isoformat()
    except ValueError:
        return ""
