"""How people ask ("I'm after …", "Please pull …", "How big was …") → the plain words of what they ask for.

A request says nothing of the figure, and every word left is one that a figure has to explain.
"""

from __future__ import annotations

import re

_SHOW = (
    r"(?:pull|fetch|grab|get|give|show|tell|find|look|retrieve|list|provide|quote|confirm|display|dig|send"
    r"|extract|verify)"
)
_SAY = rf"(?:{_SHOW}|report|state|check|return|print|hand|share|note|read|name|cite|remind|bring|put|run)"
"""Also verbs that begin a figure's name: "State income taxes", "Note payable", "Share count"."""
_ME = r"(?: (?:me|us|him|her|them))?(?: (?:up|out|over|again|of|about|for|down|through))*"
_HELLO = r"(?:(?:hi|hello|hey|ok|okay|so|well|now|just|quick(?: one| question| check)?)\b[,:!. -]*)*"
_WISH = (
    r"(?:(?:i|we)(?:'m| am|'re| are|'d| would|'ll| will)? )?(?:just |really |still )?"
    r"(?:after|looking (?:for|at|up|into|to \w+)|interested in|searching for|hunting for"
    r"|trying to \w+(?: out)?|curious(?: about)?|wondering(?: about)?|need(?:ing)?(?: to \w+)?"
    r"|want(?:ing)?(?: to \w+)?|(?:would |should )?like(?: to \w+)?|have to \w+|must \w+|requires?)"
)
_MAY = r"(?:can|could|would|will|may|might) (?:you|we|i|someone|anyone)(?: please| kindly| quickly)?"
_OPENS = re.compile(
    rf"^\s*{_HELLO}(?:{_MAY} (?:{_SAY}{_ME}|{_WISH})|{_WISH}|(?:do|did) you (?:know|have|see|happen to know)"
    rf"|i wonder|any idea|any chance (?:you|we) (?:can|could|have)(?: {_SAY}{_ME})?"
    rf"|remind me(?: of)?|let me have|let(?:'s| us| me) (?:\w+)|(?:please|kindly) {_SAY}{_ME}|{_SHOW}{_ME}"
    rf"|{_SAY} (?:me|us))\b[,:]? *(?=\S)",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[\s,;.-]*\b(?:please|pls|thanks|thank you|thx|cheers|asap)\b[\s.!?]*$", re.IGNORECASE)
_SIZE = re.compile(
    r"\bhow (?:big|high|large|low|great|sizeable|substantial|strong|heavy|small)\b", re.IGNORECASE
)
_WHERE = re.compile(
    r"\bwhere (?P<was>did|does|do|was|were|is|are) (?P<what>.+?) "
    r"(?:stand(?:ing)?|end(?:ed)? up|land(?:ed)?|come (?:out|in)|finish|close|sit(?:ting)?)\b",
    re.IGNORECASE,
)
_TO_DATE = re.compile(
    r"\b(?:year[- ]to[- ]date|ytd) (?:through|to|until|ended|as of) "
    r"(?P<day>[A-Z][a-z]+\.? \d{1,2},? \d{4}) \((?P<n>\w+)[ -]months?\)",
    re.IGNORECASE,
)


_SPELT = (
    (r"\bfirst three quarters\b", "first nine months"),
    (
        r"\b(?:across|throughout) "
        r"(?=(?:fiscal|fy|calendar|(?:19|20)\d\d|the (?:fiscal )?(?:year|quarter))\b)",
        "in ",
    ),
    (r"\b(?:across|throughout) (?=fy ?'?\d)", "in "),
    (r"\b9m (?=(?:of |in )?(?:fy|fiscal|20\d\d))", "nine months of "),
    (r"\bin dollars and cents,? ?", ""),
    (r"\bfull[- ]year (?=(?:fy|fiscal )?\d)", ""),
    (r"\bcentre\b", "center"),
    (
        r"\b(?:the )?(?:weighted[- ])?average (?P<kind>basic|diluted) share count(?: used for eps)?",
        r"weighted average shares \g<kind>",
    ),
    (
        r"\b(?:the )?(?P<kind>basic|diluted) weighted[- ]average share count(?: used for eps)?",
        r"weighted average shares \g<kind>",
    ),
    (r"\bqtr\b", "quarter"),
    (r"\bop\.? (?=(?:loss|income|profit|margin|expense|cash)\b)", "operating "),
    (r"\bq([1-4])[ ']+(\d\d)(?!\d|[/.,]\d|%)", r"Q\1 20\2"),
    (r"\bh1[ ']+(\d\d)(?!\d|[/.,]\d|%)", r"first half of 20\1"),
    (r"\bfy ?'?(\d\d) ?(?:-|–|through|thru) ?(?:fy ?)?'?(\d\d)(?!\d)", r"fiscal 20\1 to fiscal 20\2"),
    (r"\b((?:three|six|nine|twelve|3|6|9|12) months) to (?=\d|[A-Z])", r"\1 ended "),
)
_SHORTHAND = tuple((re.compile(pattern, re.IGNORECASE), said) for pattern, said in _SPELT)


def plain(question: str) -> str:
    """`question` without its request; what it asks for is left as it is."""
    text = _ENDS.sub("", _OPENS.sub("what was ", question, count=1))
    text = _SIZE.sub("how much", text)
    text = _WHERE.sub(r"what was \g<what>", text)
    for pattern, said in _SHORTHAND:
        text = pattern.sub(said, text)
    return _TO_DATE.sub(r"the \g<n> months ended \g<day>", text)
