"""Question/passage pairs: reading them from files and hub data sets, and writing them.

Knows nothing of splits or models. Rows keep their order, because the split protocols shuffle by
position, and a changed order would be another split.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from finetune.data.readers import HUB as HUB
from finetune.data.readers import Source, read_rows
from rag_app.core.errors import PairsError
from rag_app.core.files import write_bytes_atomic

QUESTION_COLUMNS = ("question", "anchor", "query")
CONTEXT_COLUMNS = ("context", "positive", "passage")
TICKER_COLUMNS = ("ticker", "symbol")
FILING_COLUMNS = ("filing", "source", "document")
EXPECTED = "expected question+context or anchor+positive (or query+passage)"


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and the passage that answers it.

    `ticker` and `filing` say where the passage is from, where known; `evidence` are strings that a
    chunk must hold to count as the answer when chunks of real filings are searched, and `pages` the
    pages (from 1) where the answer stands. `answer` is the answer in words; it decides nothing.
    """

    question: str
    context: str
    ticker: str | None = None
    filing: str | None = None
    evidence: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A row left out because its question or context was empty: its place, and its context if any.

    The published protocol shuffles all rows by position and searches every row's context, so the
    places of such rows are kept.
    """

    row: int
    context: str


@dataclass(frozen=True, slots=True)
class PairSet:
    """Pairs in their order. `sha256` is over the content, so it survives a change of file format.

    `columns` are the names the file gave its columns. `extra` pairs only train: no protocol tests them.
    `test_rows` are the places (among the pairs) of the file's own test part, such as a BEIR folder's
    qrels/test.tsv; where there is one, it is the test, whatever the protocol.
    """

    name: str
    pairs: tuple[Pair, ...]
    sha256: str
    gaps: tuple[Gap, ...] = ()
    columns: tuple[str, ...] = ()
    extra: tuple[Pair, ...] = ()
    test_rows: tuple[int, ...] = ()

    @property
    def dropped(self) -> int:
        """How many rows were left out."""
        return len(self.gaps)


def pair_set(
    name: str, pairs: Iterable[Pair], gaps: Iterable[Gap] = (), test_rows: Sequence[int] = ()
) -> PairSet:
    """A PairSet of `pairs`, with its hash. Raises PairsError for none."""
    kept, left_out = tuple(pairs), tuple(gaps)
    if not kept:
        raise PairsError(f"{name}: no row has both a question and a context; check the file's columns")
    digest = hashlib.sha256()
    for pair in kept:
        row: list[Any] = [pair.question, pair.context, pair.ticker, pair.filing, list(pair.evidence)]
        if pair.pages:  # sets without pages keep the hash they had before there were any
            row.append(list(pair.pages))
        digest.update(json.dumps(row, ensure_ascii=False).encode("utf-8") + b"\n")
    if test_rows:  # another test part, or other documents to search, is another set
        part = [list(test_rows), [gap.context for gap in left_out]]
        digest.update(json.dumps(part, ensure_ascii=False).encode("utf-8") + b"\n")
    return PairSet(name, kept, digest.hexdigest(), left_out, test_rows=tuple(test_rows))


def load_pairs(source: str) -> PairSet:
    """Read pairs from a CSV, TSV, JSONL, JSON or Parquet file, a BEIR folder, or `hub:NAME[:split]`.

    Columns are found by name, in any case: question, anchor or query; context, positive or passage;
    and where present ticker, filing, answer, evidence (a list, or a JSON list) and pages (a list, a
    JSON list, or 3,4). Rows with an empty question or context are dropped and counted; documents of a
    BEIR folder that answer nothing are such rows, and their contexts are searched. Raises
    PairsError for a file that cannot be used and FetchError when the hub cannot be asked.
    """
    return _from_rows(read_rows(source))


def save_pairs(path: Path, pairs: PairSet) -> None:
    """Write `pairs` as JSON lines, atomically; `load_pairs` gives back the same pairs."""
    write_pairs(path, pairs.pairs)


def write_pairs(path: Path, pairs: Iterable[Pair]) -> None:
    """Write any pairs as JSON lines, atomically."""
    lines = (json.dumps(asdict(pair), ensure_ascii=False) + "\n" for pair in pairs)
    write_bytes_atomic(path, "".join(lines).encode("utf-8"))


def _from_rows(source: Source) -> PairSet:
    name = source.name
    pairs: list[Pair] = []
    gaps: list[Gap] = []
    test: list[int] = []
    names: dict[str, str] = {}
    for number, row in enumerate(source.rows):
        for key in row:  # a later row of JSON lines may have columns that the first one lacks
            names.setdefault(str(key).strip().lower(), key)
        if number == 0:
            _check_columns(name, names)
        where = f"{name}, row {number + 1}"
        question = _text(_pick(row, names, QUESTION_COLUMNS), f"{where}: the question")
        context = _text(_pick(row, names, CONTEXT_COLUMNS), f"{where}: the context")
        if not question or not context:
            gaps.append(Gap(number, context))
            continue
        if number in source.test:
            test.append(len(pairs))
        pairs.append(
            Pair(
                question,
                context,
                _text(_pick(row, names, TICKER_COLUMNS), f"{where}: the ticker") or None,
                _text(_pick(row, names, FILING_COLUMNS), f"{where}: the filing") or None,
                _strings(_pick(row, names, ("evidence",)), f"{where}: the evidence"),
                _pages(_pick(row, names, ("pages",)), where),
                _text(_pick(row, names, ("answer",)), f"{where}: the answer"),
            )
        )
    return replace(pair_set(name, pairs, gaps, test), columns=tuple(str(key) for key in names.values()))


def _check_columns(name: str, names: Mapping[str, str]) -> None:
    if not any(c in names for c in QUESTION_COLUMNS) or not any(c in names for c in CONTEXT_COLUMNS):
        raise PairsError(f"{name}: {EXPECTED}; found {sorted(names.values())}; rename the columns")


def _pick(row: Mapping[str, Any], names: Mapping[str, str], columns: Sequence[str]) -> Any:
    return next((row.get(names[c]) for c in columns if c in names), None)


def _text(value: Any, where: str) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, list | tuple | dict | bytes):
        raise PairsError(f"{where} is a {type(value).__name__}; expected text")
    # half an emoji, cut by another program, cannot be written or hashed as UTF-8
    return str(value).encode("utf-8", "replace").decode("utf-8").strip()


def _strings(value: Any, where: str) -> tuple[str, ...]:
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            value = [value]
    values = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(text for v in values if (text := _text(v, where)))


def _pages(value: Any, where: str) -> tuple[int, ...]:
    """Page numbers of a list, a number, or "3,4" with or without brackets."""
    if isinstance(value, str):
        value = [cell for cell in value.strip().strip("[]").split(",") if cell.strip()]
    values = value if isinstance(value, list | tuple) else [] if value is None else [value]
    pages: list[int] = []
    for cell in values:
        if isinstance(cell, float) and math.isnan(cell):
            continue
        try:
            page = float(cell)
        except (TypeError, ValueError):
            page = 0.0
        if not 1 <= page < math.inf or page != int(page):
            raise PairsError(f"{where}: page {cell!r}: expected page numbers from 1, as in 3,4 or [3, 4]")
        pages.append(int(page))
    return tuple(pages)
