"""Years, quarters and forms in a question, as they are written: knows no filing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_QUARTER = (
    r"(?:(?:Q(?P<q{n}>[1-4])|(?P<n{n}>[1-4])Q)"
    r"|(?P<o{n}>first|second|third|fourth|1st|2nd|3rd|4th)[ -](?:fiscal |calendar )?quarter)"
)
_MARK = r"(?P<m{n}>FY|fiscal(?: years?)?|financial years?)"
_LONG = r"(?:19[89]\d|20[0-4]\d)"
_UNIT = (
    r"(?! ?(?:million|billion|thousand|trillion|shares|employees|stores|units|bps|basis|percent|dollars|%))"
)
_END = rf"(?![\w%]|[.,]\d){_UNIT}"
_START = r"(?<![\w$€£.,#])(?<![$€£] )"
_JOIN = r"(?:,? (?:of |for |in )?(?:the )?|-|/| ?')"
_FORM = r"(?:10-?[KQ]s?|annual reports?|annual filings?|quarterly reports?|quarterly filings?)"
_PATTERNS = (
    # from 2021 to 2023, FY2021-FY2023
    rf"(?:(?P<between>between )|from )?(?:(?:the )?{_MARK.format(n=1)} ?)?(?P<from>{_LONG})"
    rf"(?: ?[-–] ?| to | through | until |(?P<and> and ))"
    rf"(?:(?:the )?(?:FY|fiscal(?: year)?) ?)?(?P<to>{_LONG})",
    # Q2 FY26, third quarter of fiscal 2023, 2Q24, Q3 2023
    rf"{_QUARTER.format(n=2)}(?:{_JOIN}?{_MARK.format(n=2)} ?'?(?P<y2>{_LONG}|\d\d)|{_JOIN}(?P<y3>{_LONG})"
    r"|(?: ?'|(?<=[Qq])| (?=\d\d\?|\d\d$))(?P<y4>\d\d)|(?P<y5>20\d\d))",
    # FY24 Q2, 2023 Q3, fiscal 2023's third quarter
    rf"(?:{_MARK.format(n=3)} ?)?'?(?P<y6>{_LONG}|(?<=[Yy])\d\d|(?<=[Yy] )\d\d)(?:'s)?"
    rf"[ ,-]{{0,2}}{_QUARTER.format(n=3)}",
    # FY2024, FY 24, fiscal year 2024
    rf"{_MARK.format(n=4)} ?'?(?P<y7>{_LONG}|\d\d)",
    rf"(?P<y8>{_LONG})(?='s {_FORM}| (?:Form )?{_FORM})",
    rf"(?P<y9>{_LONG})",
    _QUARTER.format(n=5),
)
_TIMES = [re.compile(rf"{_START}(?:{p}){_END}", re.IGNORECASE) for p in _PATTERNS]
_LATEST = re.compile(
    r"\b(?P<how>latest|most recent(?:ly filed| fiscal)?|newest|last)(?: (?:fiscal|reported|completed|filed))?"
    r" (?:Form )?(?P<what>quarter(?:ly (?:report|filing|results))?|10-?Q|years?|annual (?:report|filing)"
    r"|10-?K|filing|report)"
    r"(?: (?:report|filing))?\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\b(?:previous|prior|earlier|preceding|past|trend\w*|over time|over the (?:last|past)|than|versus|vs\.?"
    r"|year[- ](?:over|ago)|across)\b",
    re.IGNORECASE,
)
_EDGE = re.compile(
    r"\b(?:since|after|before|until|till|beyond|due|maturing)(?: in| the| end| of)* ?$", re.IGNORECASE
)
_FORMS = (
    (
        "10-K",
        re.compile(r"\b(?:10-?K(?:405|SB|T)?s?(?:/A)?|annual (?:reports?|filings?))(?![\w-])", re.IGNORECASE),
    ),
    ("10-Q", re.compile(r"\b(?:10-?Qs?(?:/A)?|quarterly (?:reports?|filings?))(?![\w-])", re.IGNORECASE)),
    ("8-K", re.compile(r"\b8-?Ks?(?:/A)?(?![\w-])", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Time:
    """A period named by `question[start:end]`; `last` is the end of a range of years.

    marked: called fiscal, so that no calendar reading is meant. firm: with a quarter, a form or the word
    fiscal; a bare year is not. latest: "quarter", "year" or "any", of the newest filing. edge: "since
    2021" only bounds what is meant.
    """

    start: int
    end: int
    year: int | None = None
    quarter: int | None = None
    last: int | None = None
    marked: bool = False
    firm: bool = False
    latest: str = ""
    edge: bool = False


def times_in(text: str) -> list[Time]:
    """The periods in `text`, in order. Amounts ("$2,024 million") are none."""
    found: list[Time] = []

    def free(start: int, end: int) -> bool:
        return all(end <= t.start or t.end <= start for t in found)

    aside = _ASIDE.search(text)
    for match in _LATEST.finditer(text):
        what = match["what"].lower().replace("10k", "10-k").replace("10q", "10-q")
        kind = (
            "quarter"
            if "quarter" in what or what == "10-q"
            else "any"
            if what in ("filing", "report")
            else "year"
        )
        # "than last year", "the latest quarter against earlier ones": more than one period is asked for
        found.append(Time(*match.span(), firm=not aside and not what.endswith("years"), latest=kind))
    for pattern in _TIMES:
        for match in pattern.finditer(text):
            start, end = match.span()
            if free(start, end) and (time := _time(match)) is not None:
                found.append(replace(time, edge=_EDGE.search(text[:start]) is not None))
    return list(_inherited(sorted(found, key=lambda t: t.start)))


def forms_in(text: str) -> list[tuple[int, int, str]]:
    """(start, end, "10-K", "10-Q" or "8-K") of the forms named in `text`, in order."""
    return sorted((*m.span(), form) for form, pattern in _FORMS for m in pattern.finditer(text))


def _time(match: re.Match[str]) -> Time | None:
    start, end = match.span()
    told = {name: value for name, value in match.groupdict().items() if value}
    marked = any(name[0] == "m" and name[1:].isdigit() for name in told)
    if "from" in told:
        first, last = int(told["from"]), int(told["to"])
        if not first < last <= first + 10 or ("and" in told and "between" not in told):
            return None
        return Time(start, end, first, last=last, marked=marked, firm=marked)
    quarter = next((v for k, v in told.items() if k[0] in "qno" and k[1:].isdigit()), None)
    number = _ORDINALS.get(quarter.lower()) or int(quarter) if quarter else None
    raw = next((v for k, v in told.items() if k[0] == "y"), None)
    year = (
        None
        if raw is None
        else int(raw)
        if len(raw) == 4
        else 2000 + int(raw)
        if int(raw) < 60
        else 1900 + int(raw)
    )
    return Time(start, end, year, number, marked=marked, firm=marked or bool(number) or "y8" in told)


def _inherited(times: list[Time]) -> Iterator[Time]:
    """A quarter without a year takes that of the one after it: "Q1 and Q2 of fiscal 2024"."""
    following: Time | None = None
    out = []
    for time in reversed(times):
        if time.quarter and time.year is None and following is not None and following.start - time.end < 8:
            time = replace(time, year=following.year, marked=following.marked)
        if time.quarter and time.year:
            following = time
        out.append(time)
    return reversed(out)
