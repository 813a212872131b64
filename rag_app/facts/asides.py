"""What stands in brackets or after "i.e.": another name for what is asked, or nothing of it.

Knows no fact: a reader's own `figure` tells what words name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

_BRACKETS = re.compile(r"\((?P<said>[^()]*)\)")
_THAT_IS = re.compile(
    r"[,;–—-]?\s*\b(?:i\.?e\.?|that is(?: to say)?|in other words|meaning|namely|aka|a\.k\.a\.)[, ]+"
    r"(?P<said>[^,;?()]+)",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"\((?:within|part of|included in|inside|under)\b", re.IGNORECASE)
_SHORT = re.compile(r"[A-Z][A-Z&]{1,5}")


class Named(Protocol):
    """What words name; `exact` where they say all of it."""

    @property
    def exact(self) -> bool:
        """Whether it is all that they say."""


def without_asides(
    text: str,
    figure: Callable[[str], Named | None],
    names: Callable[[str], bool],
    known: Callable[[str], bool],
) -> str:
    """`text` with its asides resolved: the one that names the figure where the rest does not, else without.

    `figure` reads words; `names` tells whether some words name a part, which is never left out;
    `known`, whether figures are called by one of them.
    """
    told = _THAT_IS.search(text)
    if told and _exact(figure(told["said"])):
        return told["said"] + text[told.end() :]
    bare = _BRACKETS.sub(lambda match: _kept(match, names), text)
    for match in _BRACKETS.finditer(text):
        said, rest = match["said"], _BRACKETS.sub(" ", text)
        if not said.strip():
            continue
        if _initials(said, text[: match.start()]):
            return without_asides(text[: match.start()] + " " + text[match.end() :], figure, names, known)
        if _exact(figure(said)) and not known(rest) and not names(rest):
            return said
    return bare


def _kept(match: re.Match[str], names: Callable[[str], bool]) -> str:
    inside = match.group()
    if _WITHIN.match(inside):  # the whole that it is a part of
        return " "
    return inside if names(inside) or re.search(r"[A-Z\d%]", inside) else " "


def _initials(said: str, before: str) -> bool:
    """Whether it only shortens the words before it: "Intel Foundry Services (IFS)"."""
    if not _SHORT.fullmatch(said.strip()):
        return False
    letters = [w[0].lower() for w in re.findall(r"[A-Za-z]+", before)]
    short = said.strip().replace("&", "").lower()
    return "".join(letters[-len(short) :]) == short


def _exact(found: Named | None) -> bool:
    return found is not None and found.exact
