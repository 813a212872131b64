"""Shorthand of periods and figures ("TTM Jun-23", "YE22", "june q 2023", "9M FY23", "op. income") → in full.

Each rule rewrites one way to write, so that the reading of periods has few forms to know. Knows no fact.
"""

from __future__ import annotations

import re

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = rf"(?:{_MONTH} |\d{{1,2}} {_MONTH}|\d{{1,2}}/\d{{1,2}}/|\d{{4}}-\d\d-\d\d)"
_TO = r"(?:through|thru|to|until|up to|ended|ending|as of|at|,|-|–|:)?"
_COUNT = r"(?P<n>three|six|nine|twelve|3|6|9|12)"
_TRAILING = r"(?:(?:trailing|last|rolling|past)[ -](?:twelve|12)[ -]months?|ttm|ltm)"
_YTD = r"(?:ytd|year[- ]to[- ]date)"

_SPELT = (
    # months with a short year: "Jun-23", "Dec '22", and two digits where no day is meant
    (rf"\b({_MONTH})[ -]?'(\d\d)\b(?![/.,]\d|%)", r"\1 20\2"),
    (rf"\b({_MONTH})-(\d\d)\b(?!,? ?(?:19|20)\d\d)(?![/.,]\d|%|-)", r"\1 20\2"),
    (rf"\b({_MONTH})-((?:19|20)\d\d)\b", r"\1 \2"),
    (rf"\b(\d{{1,2}})-({_MONTH})-((?:19|20)?\d\d)\b", r"\1 \2 \3"),
    # the quarter that ends in a month: "june q 2023", "the June 2023 quarter"
    (
        rf"\b({_MONTH})[ -](?:quarter|qtr|q)(?:[ ,-]+(?:of )?'?(?:(?P<y>(?:19|20)\d\d)|(?P<s>\d\d)\b(?!\.)))",
        lambda m: f"quarter ended {m[1]} {m['y'] or '20' + m['s']}",
    ),
    (rf"\b({_MONTH}),? ((?:19|20)\d\d)[ -](?:quarter|qtr|q)\b(?! end)", r"quarter ended \1 \2"),
    # twelve months to a day
    (
        rf"\b(?:on an? )?{_TRAILING}(?: basis| period)?(?: basis)? ?{_TO} ?(?:the )?(?={_DAY})",
        "twelve months ended ",
    ),
    (
        rf"\b({_DAY}(?:\d{{1,2}},? )?\d{{2,4}}),? (?:on an? )?{_TRAILING}\b(?: basis)?",
        r"twelve months ended \1",
    ),
    # the year to date: with its months, or to a day
    (
        rf"\b{_YTD}(?P<to> ?{_TO}) (?P<day>{_DAY}[^()]{{0,9}}\d) ?[(,] ?{_COUNT}[ -]months?\)?",
        r"\g<n> months ended \g<day>",
    ),
    (rf"\b{_YTD} (?={_DAY})", "year to date to "),
    (rf"\b{_COUNT}[ -]months?,? {_YTD}\b", r"\g<n> months"),
    (rf"\b{_YTD},? (?:\(|for )?(?:the )?(?:first )?{_COUNT}[ -]months?\)?", r"\g<n> months"),
    (rf"\b(?:first )?{_COUNT}[ -]months?,? ?{_TO} ?(?={_DAY})", r"\g<n> months ended "),
    (rf"\b{_COUNT}[ -]months? (?:period )?(?:to|through|thru) (?=\d|[A-Z])", r"\g<n> months ended "),
    (rf"\b{_COUNT}m,? ?{_TO} ?(?={_DAY})", r"\g<n> months ended "),
    (r"\b9m (?=(?:of |in )?(?:fy|fiscal|20\d\d))", "nine months of "),
    (r"\b6m (?=(?:of |in )?(?:fy|fiscal|20\d\d))", "six months of "),
    (r"\bfirst three quarters\b", "first nine months"),
    (r"\bfirst two quarters\b", "first six months"),
    # the end of a year, and the year that ended
    (rf"\bFYE(?:nd(?:ed)?)?[ -]?(?={_DAY})", "fiscal year ended "),
    (r"\bFYE[ -]?'?((?:19|20)\d\d)\b", r"fiscal \1"),
    (r"\bFYE[ -]?'?(\d\d)\b(?![/.,]\d|%)", r"fiscal 20\1"),
    (rf"\b(?<!F)YE,? (?={_DAY})", "year ended "),
    (r"(?:@|\bat)? ?\b(?<!F)YE[ -]?'?((?:19|20)\d\d)\b", r" at year-end \1"),
    (r"(?:@|\bat)? ?\b(?<!F)YE[ -]?'?(\d\d)\b(?![/.,]\d|%)", r" at year-end 20\1"),
    (r"\b((?:19|20)\d\d) YE\b", r"year-end \1"),
    (r"\bYE (?=fy|fiscal)", "year-end "),
    (r"\b(fy ?'?(?:\d\d|\d{4})|fiscal(?: year)? \d{4}) YE\b", r"end of \1"),
    # quarters and halves with a short year
    (r"\bqtr\b", "quarter"),
    (rf"\bq([1-4])[ '/–-]+(\d\d)(?!\d|[/.,]\d|%|-?[KQ]| {_MONTH})", r"Q\1 20\2"),
    (rf"\b([1-4])q ?['/–-] ?'?(\d\d)(?!\d|[/.,]\d|%| {_MONTH})", r"Q\1 20\2"),
    (r"\bh1[ '-]+(\d\d)(?!\d|[/.,]\d|%)", r"first half of 20\1"),
    (r"\b1h[ '-]*(\d\d)(?!\d|[/.,]\d|%)", r"first half of 20\1"),
    (r"\bfy ?'?(\d\d) ?(?:-|–|through|thru) ?(?:fy ?)?'?(\d\d)(?!\d)", r"fiscal 20\1 to fiscal 20\2"),
    (r"\bfull[- ]year (?=(?:fy|fiscal )?\d)", ""),
    (
        r"\b(?:across|throughout)"
        r" (?=(?:fiscal|fy|calendar|(?:19|20)\d\d|the (?:fiscal )?(?:year|quarter))\b)",
        "in ",
    ),
    (r"\b(?:across|throughout) (?=fy ?'?\d)", "in "),
    # words of figures
    (r"\bin dollars and cents,? ?", ""),
    (r"\bcentre\b", "center"),
    (r"\bincl(?:\.(?= ?\w)|\b(?!\.))", "including"),
    (r"\bexcl(?:\.(?= ?\w)|\b(?!\.))", "excluding"),
    (r"\bop\.? (?=(?:loss|income|profit|margin|expense|cash)\b)", "operating "),
    (r"\bpct\b", "percent"),
    (
        r"\b(?:the )?(?:weighted[- ])?average (?P<kind>basic|diluted) share count(?: used for eps)?",
        r"weighted average shares \g<kind>",
    ),
    (
        r"\b(?:the )?(?P<kind>basic|diluted) weighted[- ]average share count(?: used for eps)?",
        r"weighted average shares \g<kind>",
    ),
)
_RULES = tuple((re.compile(pattern, re.IGNORECASE), said) for pattern, said in _SPELT)
_LETTERS = (
    (re.compile(r"\bHK\b"), "Hong Kong"),
    (re.compile(r"\b([A-Z][A-Z&]+S)'s\b"), r"\1"),  # "AWS's": the end of a plural is no part of its name
)


def in_full(text: str) -> str:
    """`text` with its shorthand written out; what is in full already stays as it is."""
    for pattern, said in _RULES:
        text = pattern.sub(said, text)
    for pattern, name in _LETTERS:
        text = pattern.sub(name, text)
    return text
