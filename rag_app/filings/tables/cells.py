"""Displayed cells: which text is a value, a year, a unit; "$" and ")" merged into their number.

Positions are columns of a grid (HTML), characters (fixed-width text) or points (PDF).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

_DASH = r"[-–—−]{1,3}"
_AMOUNT = r"(?:US|C|A)?[$€£¥]?\s?\(?[-–−+]?(?:US)?[$€£¥]?\s?(?:\d[\d,]*(?:\.\d+)?|\.\d+)"
_VALUE = rf"\(?{_AMOUNT}\)?\s?(?:%|x|pts?\.?|bps|million|billion|years?|months?)?\)?"
NUMBER = re.compile(
    rf"^(?:{_VALUE}|(?:{_VALUE}|{_DASH}\s?%)\s?(?:[-–—]|to)\s?{_VALUE}|(?:US)?[$€£¥]?\s?\(?{_DASH}\)?\s?%?\)?"
    r"|n/?[am]\.?|nm|\*{1,2}|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    r"(?:\s?(?:/?\([a-z0-9]{1,2}\)/?|[*†‡§])){0,3}$",
    re.IGNORECASE,
)
YEAR = re.compile(
    r"^(?:fy\s?|fiscal\s)?(?:19|20)\d\d(?:\s?(?:[-–—]|to)\s?(?:19|20)\d\d)?(?:\s?(?:\([a-z0-9]{1,2}\)|[*†‡A-Z]))?$",
    re.IGNORECASE,
)
_REGISTRY = re.compile(r"^\d{2,3}-\d{4,7}$|^\d{5}-\d{4}$")  # employer numbers, zip codes
_PREFIX = re.compile(r"^(?:(?:US|C|A)?[$€£¥]\s?\(?|\()$")
_SUFFIX = re.compile(
    r"^(?:\)\s?%?|%\s?\)?|pts?\.?|bps|[*†‡§])(?:\s?(?:\([a-z0-9]{1,2}\)|[*†‡§]))*$", re.IGNORECASE
)
_MARK = re.compile(r"^(?:\([a-z0-9]{1,3}\)[,\s]*)+$|^[*†‡§]+$", re.IGNORECASE)
_SCALE = r"(?:millions?|thousands?|billions?|000[’']?s|000s|percent(?:ages?)?|dollars)"
_UNIT_PAREN = re.compile(
    rf"\((?=[^()]*\b{_SCALE}\b)"
    rf"(?=[^()]*(?:\bin\b|\bexcept\b|\$|\bdollars?\b|{_SCALE}\)))[^()]{{3,160}}\)",
    re.IGNORECASE,
)
_UNIT_LINE = re.compile(
    r"^(?:(?:u\.?s\.? )?(?:dollars?|dollar amounts?|(?:all |tabular )?amounts?|shares?|\$)[\w ,]*?)?"
    rf"(?:in|\$)\s+{_SCALE}\b(?=\s*(?:$|[,;:()*]|except|unless|other|and\b|of\b))[^.]{{0,110}}$",
    re.IGNORECASE,
)
_PURE = re.compile(r"pure|number|percent|ratio", re.IGNORECASE)
MIXED = "mixed"
_SCALE_WORDS: dict[int | None, str] = {3: "in thousands", 6: "in millions", 9: "in billions"}
_PERIOD = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:january|february|march|april|may|june|july|august)\b"
    r"|\b(?:september|october|november|december)\b"
    r"|\b(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
    r"|\bended\b|\b(?:months?|weeks?|quarters?|years?)\b|change|total|level \d",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Cell:
    """One displayed cell, `[x0, x1)` wide. `indent` counts for labels only; `mark`: superscript.

    `scale`: the power of ten that a tagged number is to be multiplied by.
    """

    text: str
    x0: float
    x1: float
    indent: float = 0.0
    bold: bool = False
    mark: bool = False
    scale: int | None = None


def read_scale(scale: str | None, unit: str) -> int | None:
    """The `scale` of an inline XBRL number; None without one, for nonsense, and for an amount in cents.

    `unit` is the id of its unit: a power of -2 makes a percentage of a pure number only.
    """
    if scale is None or not re.fullmatch(r"[+-]?\d{1,2}", scale):
        return None
    return None if int(scale) == -2 and not _PURE.search(unit) else int(scale)


def scale_word(cells: Iterable[Cell]) -> str:
    """The scale that all tagged numbers of a row share, in words; "" for none."""
    scales = {cell.scale for cell in cells if cell.scale is not None and any(c.isdigit() for c in cell.text)}
    return _SCALE_WORDS.get(scales.pop(), "") if len(scales) == 1 else ""


def told_scale(cells: Iterable[Cell]) -> str | None:
    """What tags say of a table's scale: in words, MIXED, "" for no scale at all, None without tags."""
    tagged = [cell for cell in cells if cell.scale is not None and any(c.isdigit() for c in cell.text)]
    if not tagged:
        return None
    large = {cell.scale for cell in tagged if cell.scale in _SCALE_WORDS}
    # "%" and "$0.25 a share" tell their scale themselves; a bare count of shares does not
    plain = any(cell.scale == 0 and "." not in cell.text for cell in tagged)
    if not large:
        return ""
    return MIXED if plain or len(large) > 1 else _SCALE_WORDS[large.pop()]


def mark_percent(rows: Sequence[list[Cell]]) -> list[list[Cell]]:
    """A table that shows "%" in its first row only: the numbers tagged like that one get it, too."""
    tagged = [cell for row in rows for cell in row if cell.scale == -2]
    if all("%" in cell.text for cell in tagged) or not any("%" in cell.text for cell in tagged):
        return list(rows)
    return [
        [
            replace(cell, text=f"{cell.text}%")
            if cell.scale == -2
            and (cell.text[-1:].isdigit() or cell.text.endswith(")"))
            and "%" not in cell.text
            else cell
            for cell in row
        ]
        for row in rows
    ]


def is_number(text: str) -> bool:
    """Whether `text` is a displayed value: "1,234", "$(5)", "12%", "—", "NM"; years are not."""
    return bool(NUMBER.match(text)) and not YEAR.match(text) and not _REGISTRY.match(text)


def is_period(text: str) -> bool:
    """Whether `text` names a period, a date or a change between two: what heads of columns say."""
    return bool(_PERIOD.search(text)) and len(text) < 60


def is_mark(text: str) -> bool:
    """Whether `text` may be a footnote mark: "(1)", "(a)(b)", "*"."""
    return bool(_MARK.match(text))


def take_unit(text: str) -> tuple[str, str]:
    """`text` without the scale stated in it, and the scale or ""."""
    found = _UNIT_PAREN.search(text)
    return " ".join(_UNIT_PAREN.sub(" ", text).split()), found.group().strip("() ") if found else ""


def find_unit(text: str) -> str:
    """The scale stated in `text` ("In millions, except per share amounts"), or ""."""
    if found := _UNIT_PAREN.search(text):
        return found.group().strip("() ")
    return text.strip("() ") if is_unit_line(text) else ""


def is_unit_line(text: str) -> bool:
    """Whether `text` states a scale and nothing else."""
    if len(text) > 170:
        return False
    bare = _UNIT_PAREN.sub("", text).strip(" ()*:;,.")
    if bare.lower() in {"", "unaudited"}:
        return bool(_UNIT_PAREN.search(text))
    return bool(_UNIT_LINE.match(text.strip("() "))) or text.strip("*:").lower() in {
        "(millions)",
        "(thousands)",
        "(billions)",
    }


def tidy(text: str) -> str:
    """`$ 1,234` → `$1,234`, `( 5 )` → `(5)`, `3 %` → `3%`; other text is left as it is."""
    if len(text) < 40 and NUMBER.match(text):
        text = re.sub(r"(?<=[$€£¥(])\s+", "", text)
        return re.sub(r"\s+(?=[)%])", "", text)
    return text


def merge_cells(cells: Sequence[Cell]) -> list[Cell]:
    """Join currency signs, brackets, per cent signs and footnote marks to the number they belong to."""
    out: list[Cell] = []
    prefix: Cell | None = None
    for cell in cells:
        text = cell.text
        if prefix is not None:
            if NUMBER.match(text) or text[:1].isdigit() or text[:1] in "(.":
                cell = replace(cell, text=prefix.text.replace(" ", "") + text, x0=prefix.x0)
            else:
                out.append(prefix)
            prefix = None
            text = cell.text
        if _PREFIX.match(text):
            prefix = cell
            continue
        if out:
            last = out[-1]
            open_bracket = last.text.count("(") > last.text.count(")")
            # far from its number a star is a value of its own: "not meaningful"
            apart = text == "*" and cell.x0 - last.x1 > max(3.0, 3 * (last.x1 - last.x0) / len(last.text))
            if not apart and (
                (_SUFFIX.match(text) and (is_number(last.text) or open_bracket))
                or ((cell.mark or len(text) == 1) and _MARK.match(text))
            ):
                joint = "" if _SUFFIX.match(text) and not text[0].isalpha() else " "
                out[-1] = replace(last, text=f"{last.text}{joint}{text}", x1=cell.x1)
                continue
            if len(out) > 1 and last.text in {"-", "–", "to"} and _is_range(out[-2], last, cell):
                # "3.9%" "-" "5.5%" in cells of their own is one value
                out[-2] = replace(
                    out[-2],
                    text=f"{out[-2].text}{f' {last.text} ' if last.text == 'to' else last.text}{text}",
                    x1=cell.x1,
                )
                out.pop()
                continue
        out.append(cell)
    if prefix is not None:
        out.append(prefix)
    return [replace(cell, text=tidy(cell.text)) for cell in out]


def _is_range(low: Cell, dash: Cell, high: Cell) -> bool:
    return (
        0 <= dash.x0 - low.x1 <= 1 and 0 <= high.x0 - dash.x1 <= 1 and dash.x1 - dash.x0 <= 3
        and all(is_number(cell.text) for cell in (low, high)) and any(c.isdigit() for c in high.text)
    )  # fmt: skip
