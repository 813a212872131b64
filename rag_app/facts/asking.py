"""How people ask ("I'm after …", "Please pull …", "For our file: …") → the plain words of what they ask for.

A request says nothing of the figure, and every word left is one that a figure has to explain.
"""

from __future__ import annotations

import re

from rag_app.facts.framing import ASKING
from rag_app.facts.shorthand import in_full
from rag_app.facts.terms import FRAME, words_of

_SHOW = (
    r"(?:pull|fetch|grab|get|give|show|tell|find|look|retrieve|list|provide|quote|confirm|display|dig|send"
    r"|extract|verify)"
)
_SAY = (
    rf"(?:{_SHOW}|report|state|check|return|print|hand|share|note|read|name|cite|remind|bring|put|run|ask|know"
    r"|have|see|work|calculate|compute|inquire|enquire|request|trouble (?:you|someone) for|learn|hear)"
)
"""Also verbs that begin a figure's name: "State income taxes", "Note payable", "Share count"."""
_SAYING = (
    r"(?:confirming|giving|telling|sending|showing|checking|pulling|finding|looking|sharing|providing"
    r"|getting)"
)
_ME = r"(?: (?:me|us|him|her|them))?(?: (?:up|out|over|again|of|about|for|down|through))*"
_HELLO = r"(?:(?:hi|hello|hey|ok|okay|so|well|now|just|quick(?: one| question| check)?)\b[,:!. -]*)*"
_WISH = (
    r"(?:(?:i|we)(?:'m| am|'re| are|'d| would|'ll| will)? )?(?:just |really |still )?"
    r"(?:after|looking (?:for|at|up|into|to \w+)|interested in|searching for|hunting for"
    r"|trying to \w+(?: out)?|curious(?: about)?|wondering(?: about)?|need(?:ing)?(?: to \w+)?"
    r"|want(?:ing)?(?: to \w+)?|(?:would |should )?like(?: to \w+)?|have to \w+|must \w+|requires?)"
)
_MAY = (
    r"(?:can|could|would|will|may|might) (?:you|we|i|someone|anyone)"
    r"(?: please| kindly| quickly| possibly| perhaps)*"
)
_IF = r"(?:if|whether) (?:you|someone|anyone) (?:could|would|can|might|were able to)(?: please| kindly)?"
_THANKFUL = (
    rf"(?:(?:i|we)(?:'d| would| should| will|'ll)? (?:(?:be|feel) (?:\w+ )?\w+|appreciate it|welcome it)"
    rf"|it (?:would|will) (?:be (?:\w+ )?\w+|help(?: us| me)?)) {_IF} {_SAY}{_ME}"
    r"|(?:i|we)(?:'d| would| should) be (?:\w+ )?\w+ (?:to (?:know|learn|see|have|get|hear)|for)"
    rf"|would you (?:mind|be so kind as to|be able to) (?:{_SAYING}|{_SAY}){_ME}"
    rf"|would it be possible to {_SAY}{_ME}|(?:do|would) you mind (?:{_SAYING}){_ME}"
    rf"|(?:i|we)(?:'d)? (?:would |should |will )?(?:appreciate|value) (?:{_SAYING}|having|knowing)?"
)
_OPENS = re.compile(
    rf"^\s*{_HELLO}(?:{_THANKFUL}|{_MAY} (?:{_SAY}{_ME}|{_WISH})|{_WISH}"
    rf"|(?:do|did) (?:you|we) (?:know|have|see|happen to (?:know|have))"
    rf"|i wonder|any idea|any chance (?:you|we) (?:can|could|have)(?: {_SAY}{_ME})?"
    rf"|remind me(?: of)?|let me have|let(?:'s| us| me) (?:\w+)|(?:please|kindly) {_SAY}{_ME}"
    rf"|(?:please |kindly )?let (?:me|us) (?:know|have|see)(?: about)?|{_SHOW}{_ME}"
    rf"|(?:please |kindly )?(?:work|figure) out|{_SAY} (?:me|us))\b[,:]? *(?=\S)",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))\b[^.!?:;\d$%]{0,50}[.!]\s+(?=[A-Z])",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"[\s,;.-]*\b(?:please|pls|plz|thanks|(?:many )?thanks(?: in advance)?|thank you|thx|ta|cheers|asap"
    r"|anyone|anybody|if (?:i|we) may|if possible|if you (?:can|could|would|please|have it|know)"
    r"|much appreciated)\b"
    r"[\s.!?]*$",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"\bhow (?:big|high|large|low|great|sizeable|substantial|strong|heavy|small)\b"
    r"(?! an? (?:share|part|portion|percent|proportion|fraction|slice|stake|ratio))(?: an?\b)?",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"\bwhere (?P<was>did|does|do|was|were|is|are) (?P<what>.+?) "
    r"(?:stand(?:ing)?|end(?:ed)? up|land(?:ed)?|come (?:out|in)|finish|close|sit(?:ting)?)\b",
    re.IGNORECASE,
)
# what the asker has in hand, and what it is for; figures are never "my" or "our"
_NOUNS = r"(?:[\w&'-]+ ){0,3}?[\w&'-]+"
_WORK = (
    r"(?:models?|sheet|spreadsheet|workbook|decks?|slides?|file|memo|letter|papers?|templates?|draft"
    r"|presentation|dashboard|comps?|binder|write-?up|brief(?:ing)?|client|boss|manager|team|colleagues?"
    r"|committee|board|audit|review|meeting|call|tracker|notebook|pitch|record|records|fact box|story|article"
    r"|desk|media desk|column|chart|graphic|piece|newsletter|blog|table)"
)
_OURS = re.compile(
    rf"\b(?:for|in|into|on|to|of|with|by|before|ahead of) (?:(?:my|our) {_NOUNS}"
    rf"|(?:the|a|an|this|some) (?:[\w-]+ )?{_WORK})\s*$"
    r"|\b(?:my|our) (?:[\w-]+ )?[\w-]+\s*$",
    re.IGNORECASE,
)
_LACKS = re.compile(
    rf"^\s*(?:my|our) {_NOUNS} (?:(?:still |only |just )?(?:needs?|requires?|lacks?|misses|wants|asks for"
    r"|calls for|is missing|is short of|is lacking|has a gap for|are missing|has to show|must show))(?P<one>"
    r" (?:one|a|this|the following|just one|only one|a single|another)(?: last| more| final)?"
    r" (?:number|figure|item|line|value|thing|entry|datum|data point|input))?[,:;]?"
    r"(?: (?:namely|i\.e\.|that is|which is)[,:]?)?\s+(?=\S)",
    re.IGNORECASE,
)
_AIM = re.compile(
    rf"^\s*(?:in order )?(?:to|while|when|as i am|as we are)"
    r" (?!exclu|includ|remov|adjust)\w+(?: \w+)?"
    rf" (?:(?:my|our) {_NOUNS}|(?:the|a|an|this) (?:[\w-]+ )?{_WORK})\s*[,:–—-]\s+(?=\S)"
    r"|^\s*(?:for|before|ahead of|in|during)"
    rf" (?:(?:my|our) {_NOUNS}|(?:the|a|an|this) (?:[\w-]+ )?{_WORK})\s*[,:–—-]\s+(?=\S)",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:,|;| -| –| —|\.)\s*(?:just |only |still |as i'm |as i am |i'm |we're |i am |we are )?"
    r"(?!exclu|includ|ignor|count|adjust|remov|assum|deduct|add|nett|us(?:ing)|leav)"
    r"(?:(?:\w+ing)(?: (?:in|out|up|off|down|on|with|through|it|this))* |for |needed for "
    r"|(?:\w+ )?(?:check|question|request) for |(?:i|we) need (?:it|this|that) (?:for|in) "
    r"|(?:it|this|that)(?:'s| is) for |to \w+ (?:\w+ )?)"
    rf"(?:(?:my|our) {_NOUNS}|(?:the|a|an|this) (?:[\w-]+ )?{_WORK})\s*[.!?]*\s*$",
    re.IGNORECASE,
)
_SPEAKER = re.compile(
    r"^\s*(?:hi|hello|ok|okay)?[, ]*(?:i'm|i am|we're|we are|i was|we were|they are|he is|she is) (?:\w+ly )?"
    r"(?!exclu|includ|ignor|count|adjust|remov|assum|deduct|add|nett|using|leav|looking|ask|after)\w+ing\b",
    re.IGNORECASE,
)
_GUARD = re.compile(
    r"\b(?:only|not|without|exclu\w*|before|after|net|gross|adjust\w*|non|less|plus|minus|except\w*|ignor\w*"
    r"|instead|rather|mean|meaning|version|basis|one|ones|both|growth|change|average|per|ratio|share|percent\w*"
    r"|quarter\w*|annual\w*|year\w*|month\w*|ttm|ytd|segment\w*|consolidated|parent|diluted|basic|current"
    r"|total|cash|gaap|pro|organic|constant|restated|continuing|discontinued|cumulative)\b|%",
    re.IGNORECASE,
)
_KIND_OF_ASKING = re.compile(
    r"\b(?:quick|sanity|fact|figure|number|data|balance|model|spot|brief|short|simple|another|small)?[ -]*"
    r"(?:check|question|query|request|ask|one|lookup|look-up)\s*:",
    re.IGNORECASE,
)
_THEN_ASKS = re.compile(
    r"(?P<head>[^:;.?!]+?)(?:: | [-–—] |[-–—]{1,2} )"
    r"(?P<rest>(?:what|how|which|where|can|could|would|did)\b.+)",
    re.IGNORECASE | re.DOTALL,
)
_TOPIC = re.compile(
    r"^\s*(?:(?:leverage|credit|debt|bond|liquidity|refinancing|maturity|valuation|capital structure|tax"
    r"|treasury|risk|profitability|dividend|supplier finance|income statement|balance sheet|cash flow) )"
    r"(?:inputs?|view|service|supply|exposure|check|calendar|wall|ladder|profile|watch|angle|analysis|picture|screen"
    r"|story|side|update|recap|snapshot|question|point)(?: on (?=[A-Z]))?(?::| -| –| —|(?<=on)) +(?=\S)",
    re.IGNORECASE,
)
"""A head of a topic that narrows nothing: "Leverage input: ..."."""
_NAMES = re.compile(r"\d|(?<=\w)[ -][A-Z]|^\s*[A-Z]{2,}|%|\$")
"""A sign that a clause may name a company or a period: a digit, a capital that does not begin it."""


def plain(question: str) -> str:
    """`question` without its request; what it asks for is left as it is."""
    text = _ENDS.sub("", _told(question))
    for _ in range(2):  # "To complete our file, could you give us …"
        text = _OPENS.sub("what was ", _told(text), count=1)
        text = _ENDS.sub("", text)
    text = _SIZE.sub("how much", text)
    text = _WHERE.sub(r"what was \g<what>", text)
    return in_full(text)


def _told(text: str) -> str:
    """`text` without the clauses that tell of the asker and not of a figure."""
    text = _KIND_OF_ASKING.sub(" ", _GREETING.sub(_unguarded, text))
    text = _TOPIC.sub(_unguarded, text, count=1)
    head, colon, rest = text.partition(": ")
    if colon and rest.strip() and _is_idle(head):
        text = rest
    said = _THEN_ASKS.match(text)
    if said and _is_idle(said["head"]):
        text = said["rest"]
    kept = [s for s in re.split(r"(?<=[?!;])\s+|(?<=\w{3}[.])\s+(?=[A-Z])", text) if s.strip()]
    if len(kept) > 1:
        kept = [s for s in kept if not _is_idle(s)] or kept
    text = " ".join(kept)
    text = _LACKS.sub("", _AIM.sub(_unguarded, text, count=1), count=1)
    return _TAIL.sub(_unguarded, text)


def _unguarded(match: re.Match[str]) -> str:
    """Nothing; or what was found, where a word of it may narrow the figure."""
    said = match.group()
    narrows = _GUARD.search(re.sub(r"^\s*before\b", "", said, flags=re.IGNORECASE))
    return said if narrows or _NAMES.search(_no_i(said.strip(" .?!,;:-–—"))) else ""


def _no_i(text: str) -> str:
    return re.sub(r"\bI\b", "i", text)


def _is_idle(clause: str) -> bool:
    """Whether a sentence, or what stands before a colon, names no figure, company or period."""
    bare = _OURS.sub(" ", clause.strip(" .?!;:,-–—"))
    if _NAMES.search(_no_i(clause.strip(" .?!;:,-–—"))) or _GUARD.search(bare.replace("one", "")):
        return False
    left = [w for w in words_of(bare) if w not in ASKING and w not in FRAME and w not in _SMALL]
    if not left:
        return "one" not in bare.lower().split() or bool(re.fullmatch(r"\W*(?:quick )?one\W*", bare.lower()))
    if _SPEAKER.search(clause):
        return True
    return len(left) == 1 and bare != clause.strip(" .?!;:,-–—") and left[0].endswith("ing")


_SMALL = frozenset(
    "a an the of for to by on at in from with and or it its is are was this that as be i im we".split()
)
