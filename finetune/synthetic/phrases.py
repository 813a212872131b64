"""Parts of sentences: amounts, dates, reasons, and where a phrase can be cut without loss of grammar.

English only. Knows no questions.
"""

from __future__ import annotations

import re

NEARLY = r"(?:(?:approximately|about|nearly|over|more than|up to|an additional|a total of|only) )?"
AMOUNT = (
    NEARLY
    + r"\(?(?:US|C)?[$€£] ?\d[\d,]*(?:\.\d+)?\)?(?: (?:million|billion|thousand|trillion))?(?: per \w+)?"
)
PERCENT = NEARLY + r"\d+(?:\.\d+)? ?(?:%|percent)"
COUNT = NEARLY + r"\d[\d,]*(?:\.\d+)?(?: (?:million|billion|thousand))?"
NUMERAL = re.compile(r"\d")
DATE = (
    r"(?:(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?: \d{1,2},?)?(?: of)? (?:19|20)\d\d|"
    r"(?:the )?(?:first|second|third|fourth) quarter of (?:fiscal )?(?:year )?(?:19|20)\d\d|"
    r"(?:fiscal (?:year )?|calendar (?:year )?)?(?:19|20)\d\d)"
)
AT_DATE = re.compile(rf",? (?:in|on|by|during|through|until) {DATE}$")
MOSTLY = r"(?:(?:primarily|mainly|largely|partially|partly|principally|mostly) )?"
CAUSE = re.compile(
    rf",? (?:and )?(?:is |was |were |are )?{MOSTLY}(?:(?:almost )?(?:entirely|substantially|solely) )?"
    r"(?:due to|because of|because|driven(?: primarily| mainly| largely| principally)? by|as a result of|"
    r"reflecting|(?<=ly )attributable to|attributable primarily to|resulting from|"
    r"the result of|caused by|led by)\b",
)
LOOSE = frozenset(
    "and or of the a an to in for from with as under on at by that which our its their not such than "
    "between both is are was were be been has have had will may could can would should including "
    "approximately".split()
)
"""Words that no phrase ends with."""
_BREAKS = frozenset(
    "and or which that where while but in for from with as under on at by to through of".split()
)
_ASIDE = re.compile(
    r", (?:and|but|or|which|who|where|while|whereas|although|including|such as|as well as|net|compared|"
    r"partially|offset|except|subject|respectively)\b"
)


def cut(rest: str, most: int = 18) -> str:
    """`rest` up to where it can be ended without loss of grammar; empty where it cannot."""
    rest = re.split(r"[;:(]| – | — ", rest)[0]
    listed = re.split(r",? (?:and|or) ", rest, maxsplit=1)[0]
    if ", " in listed or rest.count(", ") > 1:
        rest = listed.split(", ")[0]  # of a list only the first is sure to be whole
    words = _ASIDE.split(rest)[0].strip(" ,").split()
    while len(words) > most:
        breaks = [i for i, word in enumerate(words) if i and word in _BREAKS]
        if not breaks:
            return ""
        words = words[: breaks[-1]]
    rest = " ".join(words).strip(" ,")
    if rest.count(" and ") + rest.count(" or ") == 1:
        rest = re.sub(r" (?:and|or) \w+$", "", rest)
    if not rest or re.search(r"\b(?:in|of|by|for|to|from|with|on) \w+(?:ing|ed)$", rest):
        return ""
    broken = rest.count('"') % 2 or rest.count("“") != rest.count("”")
    return "" if broken or rest.split()[-1].lower() in LOOSE else rest


def without_amounts(text: str) -> str:
    """The text without money and percentages, which may be the answer."""
    text = re.sub(rf" ?(?:by |to |of |at |, or )?(?:{AMOUNT}|{PERCENT}),?(?: or)?", "", text)
    return re.sub(r"\s+", " ", text).strip(" ,")


def time_in(text: str) -> str:
    """ "in the third quarter of 2024", where the text says so."""
    found = re.search(
        rf"\b((?:in|during|for|at|as of|on) (?:the )?(?:[a-z]+ ){{0,4}}?{DATE}"
        r"(?: (?:first|second|third|fourth) quarter)?)",
        text,
    )
    return found[1] if found and not re.search(r"\bthe (?:19|20)\d\d$", found[1]) else ""


def ask(*parts: str) -> str:
    """A question of these parts, empty ones left out."""
    return " ".join(part for part in parts if part).rstrip(" ,") + "?"
