"""A short question that leans on the one before ("and the year before?") → a whole one. No model."""

from __future__ import annotations

import re

from rag_app.question.catalog import Catalog
from rag_app.question.read import Named, Read, read_question, straight

WORDS = 10
"""A longer question stands alone."""
_FILLER = frozenset(
    "and what about how is was were did same the a an for in of to with it its then also again now ditto or "
    "question please but this that figure number numbers do does year years quarter period earlier".split()
)
_OPENS = re.compile(r"(?:and|but|or|also|then|what about|how about|(?:the )?same|ditto)\b", re.IGNORECASE)
_BACK = re.compile(
    r"\b(?:the )?(?:(?P<unit>year|quarter) (?:before|earlier|prior)(?: that)?"
    r"|(?:previous|prior|preceding) (?P<before>year|quarter)"
    r"|(?:one|a) (?P<earlier>year|quarter) earlier)\b",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"\b(?:the )?(?:(?:year|quarter) after(?: that)?|(?:next|following) (?:year|quarter))\b", re.IGNORECASE
)
_OTHER = re.compile(r"(?i:what about|how about|and|(?:the )?same for) (?P<name>[A-Z][\w&.' -]*)'s\?*")


def follow_up(previous: Read, question: str, catalog: Catalog) -> str | None:
    """`previous` asked again with what `question` changes: the company, the year, the period.

    None where `question` stands alone: it is long, does not lean ("and ...", "what about ...", a bare name
    or period), or has words of its own.
    """
    text = straight(question).strip()
    if len(text.split()) > WORDS or not text:
        return None
    step = _step(text)
    new = read_question(text, catalog)
    rest = text
    for named in sorted(new.named, key=lambda n: -n.start):
        rest = rest[: named.start] + " " + rest[named.start + len(named.text) :]
    for pattern in (_BACK, _NEXT):
        rest = pattern.sub(" ", rest)
    left = [w for w in re.findall(r"[^\W_]+", rest.replace("'s", " ")) if w.casefold() not in _FILLER]
    if (
        left
        and not new.named
        and not step
        and (other := _OTHER.fullmatch(text))
        and _one(previous, "company")
    ):
        return _put(previous, "company", other["name"])  # that no filing has: it is asked for all the same
    if left or not (new.named or step):
        return None
    if not _OPENS.match(text) and len(new.named) != 1 and not step:
        return None
    changed: str | None = previous.question
    if step:
        changed = _moved(previous, *step)
    for kind in ("company", "period"):
        named_now = [n for n in new.named if n.kind == kind and not (step and kind == "period")]
        if len(named_now) > 1 or changed is None:
            return None
        if named_now:
            again = previous if changed == previous.question else read_question(changed, catalog)
            changed = _replaced(again, named_now[0])
    return None if changed == previous.question else changed


def _step(text: str) -> tuple[str, int] | None:
    """("year" or "quarter", -1 or 1) of "the quarter before" and the like."""
    if back := _BACK.search(text):
        return (back["unit"] or back["before"] or back["earlier"]).lower(), -1
    if forward := _NEXT.search(text):
        return ("quarter" if "quarter" in forward.group().lower() else "year"), 1
    return None


def _one(read: Read, kind: str) -> Named | None:
    """What the question names of this kind, where it is one thing (however often it says so)."""
    found = [n for n in read.named if n.kind == kind]
    return found[0] if found and len({n.meaning for n in found}) == 1 else None


def _moved(previous: Read, unit: str, by: int) -> str | None:
    named = _one(previous, "period")
    if named is None or named.year is None or (unit == "quarter" and named.quarter is None):
        return None
    year, quarter = named.year, named.quarter
    if unit == "year":
        year += by
    else:
        place = year * 4 + (quarter or 1) - 1 + by
        year, quarter = place // 4, place % 4 + 1
    return _put(previous, "period", _period(named, year, quarter))


def _replaced(previous: Read, new: Named) -> str | None:
    old = _one(previous, new.kind)
    if old is None:
        if any(n.kind == new.kind for n in previous.named):
            return None  # several: which of them?
        joint = {"company": "for", "period": "in"}[new.kind]
        return re.sub(r"\s*([?.!]*)\s*$", rf" {joint} {_escaped(new.text)}\1", previous.question, count=1)
    if new.kind == "company":
        return _put(previous, "company", new.text)
    if new.quarter and new.year is None and old.year:
        return _put(previous, "period", _period(old, old.year, new.quarter))
    return _put(previous, "period", new.text)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\")


def _period(old: Named, year: int, quarter: int | None) -> str:
    """The period in the manner of the old one: "FY2023", "fiscal 2023", "2023"."""
    latest = not re.search(r"\d\d", old.text)
    fiscal = latest or re.search(r"FY|fiscal|financial", old.text, re.IGNORECASE)
    spelt = f"FY{year}" if fiscal else str(year)
    if quarter is None and fiscal and re.search(r"fiscal", old.text, re.IGNORECASE):
        spelt = f"fiscal {year}"
    return f"Q{quarter} {spelt}" if quarter else spelt


def _put(previous: Read, kind: str, text: str) -> str:
    """The previous question with all it names of `kind` said as `text`."""
    out = previous.question
    for named in sorted((n for n in previous.named if n.kind == kind), key=lambda n: -n.start):
        before = out[: named.start]
        if kind == "period" and not re.search(r"\d", named.text):  # "the latest quarter" → "Q3 FY2023"
            before = re.sub(r"\bthe $", "", before, flags=re.IGNORECASE)
        out = before + text + out[named.start + len(named.text) :]
    return out
