"""Blocks → `Section`s, one for each Item.

Every Item stands at least twice (contents page, body): the longest span of each (part, item) is
kept. Where Items hold too little of the text the headings become the sections. Knows no file format.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag_app.core.types import Block, Section
from rag_app.filings.flow import PART

_ITEM = re.compile(
    r"^(?:(part\s+(?:i{1,3}|iv|[1-4]))\b[\s,.:—–-]*)?item\s*(\d{1,2})(\.\d\d)?\s*\(?([a-c])?\)?(?![\w])\s*[.:—–-]*\s*(.*)$",
    re.IGNORECASE | re.DOTALL,
)
_TITLES_10K = {
    "1": "business", "1A": "risk factors", "1B": "unresolved", "1C": "cybersecurity", "2": "properties|description of propert",
    "3": "legal", "4": "mine safety|submission of matters|\\(?removed|reserved", "5": "market for", "6": "selected|reserved|\\[",
    "7": "management", "7A": "quantitative", "8": "(consolidated )?financial statements", "9": "changes in and|changes and",
    "9A": "controls|disclosure controls", "9B": "other information", "9C": "disclosure regarding", "10": "directors",
    "11": "executive", "12": "security ownership", "13": "certain", "14": "principal account|controls|exhibits", "15": "exhibit|financial",
    "16": "form 10-k summary|10-k summary|summary",
}  # fmt: skip
_TITLES_10Q = {
    ("I", "1"): "(condensed |consolidated |interim |unaudited )*financial statements", ("I", "2"): "management", ("I", "3"): "quantitative",
    ("I", "4"): "controls", ("II", "1"): "legal", ("II", "1A"): "risk factors", ("II", "2"): "unregistered|issuer purchases|changes in securities|repurchase|purchases",
    ("II", "3"): "defaults", ("II", "4"): "mine safety|submission of matters|reserved|\\(?removed", ("II", "5"): "other information", ("II", "6"): "exhibits",
}  # fmt: skip
_SHORT_SPAN = 400  # characters: a contents entry with what follows it
_ENOUGH = 0.3  # Items must hold this share of the text
_PIECE = 3000  # characters after which a heading may start a new section where there are no Items
_LATER = re.compile(r"^signatures?$", re.IGNORECASE)
_STATEMENTS = re.compile(
    r"^(?:index to |report of independent|consolidated (?:balance|statements? of)|notes to (?:the )?consolidated|exhibit index)", re.IGNORECASE
)


@dataclass(slots=True)
class _Mark:
    index: int
    part: str
    item: str
    title: str
    blocks: int  # how many blocks the heading takes
    size: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return self.part, self.item


def split_sections(blocks: Sequence[Block], form: str | None, source: str = "") -> tuple[list[Section], list[str]]:
    """Sections in reading order and warnings. `form` decides how Items are numbered and labelled."""
    kind = (form or "").upper().split(" ")[0]
    blocks = [block for block in blocks if not _is_contents(block)]
    sizes = [_size(block) for block in blocks]
    total = sum(sizes)
    exhibit = "EX-" in (form or "").upper()
    marks = [] if exhibit else _find_marks(blocks, kind)
    _measure(marks, sizes)
    marks, dropped = _drop_contents(marks)
    _measure(marks, sizes)
    chosen = _choose(marks, kind)
    _measure(chosen, sizes)
    covered = sum(mark.size for mark in chosen)
    contents = total - sum(sizes[i] for i in dropped) if dropped else total
    if not chosen or (len(chosen) < 2 and not kind.startswith("8-K")) or covered < _ENOUGH * contents:
        sections = _by_headings(blocks)
        expected = kind.startswith(("10-K", "10-Q", "8-K")) and not exhibit
        return sections, [f"{source}: Items not found in the text; split by headings"] if expected else []
    return _cut(blocks, chosen, dropped, kind), []


def _size(block: Block) -> int:
    if block.table is None:
        return len(block.text)
    return sum(len(row.label) + sum(map(len, row.cells)) for row in block.table.rows)


def _is_contents(block: Block) -> bool:
    table = block.table
    if table is None or len(table.rows) < 4:
        return False
    rows = [f"{row.label} {' '.join(row.cells)}" for row in table.rows]
    items = sum(bool(re.match(r"^\s*item\s*\d", row, re.IGNORECASE)) for row in rows)
    paged = sum(bool(re.search(r"(?:\d|n/a|\*|[–—-]|applicable|none|reserved.*)\s*$", row, re.IGNORECASE)) for row in rows)
    return items >= 3 and items >= 0.25 * len(rows) and paged >= 0.4 * len(rows)


def _title_fits(kind: str, part: str, item: str, title: str) -> bool:
    if kind.startswith("10-Q"):
        pattern = _TITLES_10Q.get((part, item))
    elif kind.startswith("10-K"):
        pattern = _TITLES_10K.get(item)
    else:
        return False
    return bool(pattern and re.match(pattern, title, re.IGNORECASE))


def _find_marks(blocks: Sequence[Block], kind: str) -> list[_Mark]:
    marks: list[_Mark] = []
    part = ""
    last = 0
    for i, block in enumerate(blocks):
        text = block.text
        if not text or text[0] not in "iIpP":
            continue
        if PART.match(text) and len(text) <= 80 and not re.search(r"\bitem\b", text, re.IGNORECASE):
            number = text.split()[1].strip(".,:—–-").upper()
            part = number if number in {"I", "II", "III", "IV"} else part
            last = 0
            continue
        found = _ITEM.match(text)
        if not found:
            continue
        named_part, number, decimals, letter, rest = found.groups()
        rest = rest.strip()
        title, used = rest, 1
        if not rest and i + 1 < len(blocks) and blocks[i + 1].text and len(blocks[i + 1].text) < 200:
            following = blocks[i + 1].text
            if not _ITEM.match(following) and not PART.match(following) and following[:1].isupper():
                title, used = following, 2
        item = f"{int(number)}{decimals or ''}{(letter or '').upper()}"
        if named_part:
            part = named_part.split()[1].upper()
            part = {"1": "I", "2": "II", "3": "III", "4": "IV"}.get(part, part)
        here = _part_of(kind, part, item, title, last)
        fits = _title_fits(kind, here, item, title)
        if not _heading_like(block, rest, title, fits):
            continue
        if kind.startswith("10-Q"):
            part, last = here, int(number)
        else:
            here = ""
        marks.append(_Mark(i, here, item, _tidy_title(title), used if used == 2 and (fits or blocks[i + 1].kind == "heading") else 1))
        if marks[-1].blocks == 1 and used == 2:
            marks[-1].title = ""
    return marks


def _part_of(kind: str, part: str, item: str, title: str, last: int) -> str:
    """The part of a 10-Q Item: told by its title, else by the Part line, else by a restart at 1."""
    if not kind.startswith("10-Q"):
        return part
    fitting = [p for p in ("I", "II") if _title_fits(kind, p, item, title)]
    if len(fitting) == 1:
        return fitting[0]
    number = int(re.match(r"\d+", item).group())  # type: ignore[union-attr]
    if not part:
        return "I"
    return "II" if part == "I" and number < last else part


def _heading_like(block: Block, rest: str, title: str, fits: bool) -> bool:
    words = len(rest.split())
    if len(block.text) > 260 or words > 36:
        return False
    if not rest:
        return True
    if rest[0].islower() or rest[0] in ",;)" or re.match(r"(?:of|in|and|to|above|below|under)\b", rest):
        return False
    if fits:
        return len(rest) < 220 or block.kind == "heading"
    if block.kind == "heading":
        return True
    return words <= 14 and not rest.endswith(".")


def _tidy_title(title: str) -> str:
    title = re.sub(r"[\s.]*\b\d{1,3}$", "", title) if re.search(r"\.{3,}|\s\d{1,3}$", title) else title
    return re.sub(r"[\s.:—–-]+$", "", title).strip()


def _measure(marks: Sequence[_Mark], sizes: Sequence[int]) -> None:
    for mark, end in zip(marks, [m.index for m in marks[1:]] + [len(sizes)], strict=False):
        mark.size = sum(sizes[mark.index + mark.blocks : end])


def _drop_contents(marks: list[_Mark]) -> tuple[list[_Mark], set[int]]:
    """Without contents pages: runs of three or more short spans whose Items come again later."""
    dropped: set[int] = set()
    keep = [True] * len(marks)
    start = 0
    while start < len(marks):
        end = start
        while end < len(marks) and marks[end].size < _SHORT_SPAN and any(m.key == marks[end].key for m in marks[end + 1 :]):
            end += 1
        if end - start >= 3:
            # the entry before the body starts may be followed by longer text: it goes as well
            for i in range(start, end):
                keep[i] = False
            stop = marks[end].index if end < len(marks) else marks[end - 1].index + 1
            dropped.update(range(marks[start].index, stop))
        start = max(end, start + 1)
    return [mark for mark, kept in zip(marks, keep, strict=True) if kept], dropped


def _order(mark: _Mark) -> tuple[int, float, str]:
    number = re.match(r"\d+(?:\.\d+)?", mark.item)
    return ({"": 0, "I": 1, "II": 2, "III": 3, "IV": 4}[mark.part], float(number.group()) if number else 0.0, mark.item)


def _choose(marks: list[_Mark], kind: str) -> list[_Mark]:
    """One mark for each Item, in rising order, so that the text they hold is longest."""
    merged: list[_Mark] = []
    for mark in marks:
        # "Item 7 (continued)" and Items that run as page headers go on with the Item before
        if merged and merged[-1].key == mark.key:
            merged[-1].size += mark.size
            merged[-1].title = merged[-1].title or mark.title
        else:
            merged.append(replace(mark))
    best: list[tuple[int, int]] = []  # (held characters, previous index)
    for i, mark in enumerate(merged):
        top, before = 0, -1
        for j in range(i):
            if _order(merged[j]) < _order(mark) and best[j][0] > top:
                top, before = best[j][0], j
        # every Item counts a little, so that a short one is not skipped for a stray mention
        best.append((top + mark.size + 50, before))
    chosen: list[_Mark] = []
    at = max(range(len(merged)), key=lambda i: best[i][0]) if merged else -1
    while at >= 0:
        chosen.append(merged[at])
        at = best[at][1]
    return chosen[::-1]


def _label(mark: _Mark, kind: str) -> str:
    if kind.startswith("10-Q") and mark.part:
        return f"Part {mark.part}, Item {mark.item}"
    return f"Item {mark.item}"


def _cut(blocks: Sequence[Block], marks: list[_Mark], dropped: set[int], kind: str) -> list[Section]:
    sections = []
    lead = [block for i, block in enumerate(blocks[: marks[0].index]) if i not in dropped]
    if lead:
        sections.append(Section(None, "Cover page", tuple(_without_parts(lead))))
    ends = [mark.index for mark in marks[1:]] + [len(blocks)]
    for n, (mark, end) in enumerate(zip(marks, ends, strict=True)):
        body = [block for i, block in enumerate(blocks[mark.index + mark.blocks : end], mark.index + mark.blocks) if i not in dropped]
        if n == len(marks) - 1:
            sections.extend(_cut_tail(_label(mark, kind), mark.title, body))
        else:
            sections.append(Section(_label(mark, kind), mark.title, tuple(_without_parts(body))))
    return sections


def _cut_tail(item: str, title: str, body: Sequence[Block]) -> list[Section]:
    """The last Item ends at the signatures; statements printed behind them are sections of their own."""
    cuts = [0]
    names: list[tuple[str | None, str]] = [(item, title)]
    for i, block in enumerate(body):
        if block.kind != "heading":
            continue
        if _LATER.match(block.text) and len(cuts) == 1:
            cuts.append(i)
            names.append((None, "Signatures"))
        elif len(cuts) == 2 and _STATEMENTS.match(block.text):
            cuts.append(i)
            names.append((None, block.text))
    cuts.append(len(body))
    return [
        Section(name, text, tuple(_without_parts(body[a:b])))
        for (name, text), a, b in zip(names, cuts, cuts[1:], strict=False)
    ]


def _without_parts(blocks: Sequence[Block]) -> list[Block]:
    """Without "PART II" lines and repeated Item lines, which belong to no text."""
    return [
        block
        for block in blocks
        if not (
            block.table is None
            and len(block.text) < 80
            and (PART.match(block.text) or (re.match(r"^item\s+\d{1,2}[a-c]?[.,]?$", block.text, re.IGNORECASE)))
        )
    ]


def _by_headings(blocks: Sequence[Block]) -> list[Section]:
    sections: list[Section] = []
    current: list[Block] = []
    title, size = "", 0
    for block in blocks:
        if block.kind == "heading" and (size >= _PIECE or not title):
            if current and size:
                sections.append(Section(None, title, tuple(current)))
                current = []
                size = 0
            title = block.text
        current.append(block)
        size += _size(block) if block.kind != "heading" else 0
    if current:
        sections.append(Section(None, title, tuple(current)))
    return sections
