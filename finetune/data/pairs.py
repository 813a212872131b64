"""Question/passage pairs: reading them from files and hub data sets, and writing them.

Knows nothing of splits or models. Rows keep their order, because the split protocols shuffle by
position, and a changed order would be another split.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag_app.core.errors import FetchError, PairsError
from rag_app.core.files import write_bytes_atomic

QUESTION_COLUMNS = ("question", "anchor", "query")
CONTEXT_COLUMNS = ("context", "positive", "passage")
TICKER_COLUMNS = ("ticker", "symbol")
FILING_COLUMNS = ("filing", "source", "document")
HUB = "hub:"
EXPECTED = "expected question+context or anchor+positive (or query+passage)"


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and the passage that answers it.

    `ticker` and `filing` say where the passage is from, where known; `evidence` are strings that a
    chunk must hold to count as the answer when chunks of real filings are searched.
    """

    question: str
    context: str
    ticker: str | None = None
    filing: str | None = None
    evidence: tuple[str, ...] = ()


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
    """Pairs in their order. `sha256` is over the content, so it survives a change of file format."""

    name: str
    pairs: tuple[Pair, ...]
    sha256: str
    gaps: tuple[Gap, ...] = ()

    @property
    def dropped(self) -> int:
        """How many rows were left out."""
        return len(self.gaps)


def pair_set(name: str, pairs: Iterable[Pair], gaps: Iterable[Gap] = ()) -> PairSet:
    """A PairSet of `pairs`, with its hash. Raises PairsError for none."""
    kept = tuple(pairs)
    if not kept:
        raise PairsError(f"{name}: no row has both a question and a context; check the file's columns")
    digest = hashlib.sha256()
    for pair in kept:
        row = [pair.question, pair.context, pair.ticker, pair.filing, list(pair.evidence)]
        digest.update(json.dumps(row, ensure_ascii=False).encode("utf-8") + b"\n")
    return PairSet(name, kept, digest.hexdigest(), tuple(gaps))


def load_pairs(source: str) -> PairSet:
    """Read pairs from a CSV, TSV, JSONL, JSON or Parquet file, or from `hub:NAME[:split]`.

    Columns are found by name, in any case: question, anchor or query; context, positive or passage;
    and where present ticker, filing and evidence (a list, or a JSON list). Rows with an empty
    question or context are dropped and counted. Raises PairsError for a file that cannot be used
    and FetchError when the hub cannot be asked.
    """
    if source.startswith(HUB):
        return _from_rows(source, _read_hub(source))
    path = Path(source).expanduser()
    readers: Mapping[str, Callable[[Path], Sequence[Mapping[str, Any]]]] = {
        ".csv": _read_csv,
        ".tsv": _read_csv,
        ".jsonl": _read_jsonl,
        ".json": _read_json,
        ".parquet": _read_parquet,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise PairsError(
            f"{source}: not a pairs file; expected {', '.join(sorted(readers))} or hub:NAME[:split]"
        )
    if not path.is_file():
        raise PairsError(f"{source}: no such file; name a pairs file or hub:NAME[:split]")
    try:
        rows = reader(path)
    except UnicodeDecodeError:
        raise PairsError(f"{source}: not UTF-8 text; save the file as UTF-8 and try again") from None
    except (OSError, ValueError, csv.Error) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise PairsError(f"{source}: cannot be read as {path.suffix[1:]} ({reason})") from error
    return _from_rows(path.name, rows)


def save_pairs(path: Path, pairs: PairSet) -> None:
    """Write `pairs` as JSON lines, atomically; `load_pairs` gives back the same hash."""
    lines = [json.dumps(asdict(pair), ensure_ascii=False) for pair in pairs.pairs]
    write_bytes_atomic(path, ("\n".join(lines) + "\n").encode("utf-8"))


def _read_csv(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
        rows: list[dict[str, Any]] = list(reader)
        # A file with a head line and no rows still has columns to check.
        return rows or [dict.fromkeys(reader.fieldnames or ())]


def _read_jsonl(path: Path) -> list[dict[str, Any]]:
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), 1):
        if not line.strip():
            continue
        row = json.loads(line)
        if not isinstance(row, dict):
            raise ValueError(f"line {number} is not an object")
        rows.append(row)
    return rows


def _read_json(path: Path) -> list[dict[str, Any]]:
    value = json.loads(path.read_text(encoding="utf-8-sig"))
    if isinstance(value, dict) and isinstance(value.get("data"), list):
        value = value["data"]
    if isinstance(value, dict) and value and all(isinstance(v, list) for v in value.values()):
        columns = list(value)
        value = [dict(zip(columns, row, strict=True)) for row in zip(*value.values(), strict=True)]
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ValueError("expected a list of objects")
    return value


def _read_parquet(path: Path) -> list[dict[str, Any]]:
    from pyarrow import parquet  # lazy: only Parquet files need it

    table = parquet.read_table(path)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows or [dict.fromkeys(table.column_names)]


def _read_hub(source: str) -> Iterator[Mapping[str, Any]]:
    name, _, split = source.removeprefix(HUB).partition(":")
    if not name:
        raise PairsError(f"{source}: expected hub:NAME[:split], as in hub:owner/data-set:train")
    import datasets  # lazy: costs seconds

    try:
        found = datasets.load_dataset(name, split=split or "train")
    except datasets.exceptions.DatasetNotFoundError as error:
        raise PairsError(f"the hub has no data set {name!r}, or it is private; check the name") from error
    except ValueError as error:
        raise PairsError(f"{source}: {str(error).splitlines()[0]}") from error
    except (OSError, RuntimeError) as error:
        raise FetchError(
            f"{source}: not in the local cache and the hub cannot be reached "
            f"({type(error).__name__}); name a local file or go online"
        ) from error
    yield from found


def _from_rows(name: str, rows: Iterable[Mapping[str, Any]]) -> PairSet:
    pairs: list[Pair] = []
    gaps: list[Gap] = []
    names: dict[str, str] = {}
    for number, row in enumerate(rows):
        for key in row:  # a later row of JSON lines may have columns that the first one lacks
            if key is not None:
                names.setdefault(str(key).strip().lower(), key)
        if number == 0:
            _check_columns(name, names)
        question = _text(_pick(row, names, QUESTION_COLUMNS))
        context = _text(_pick(row, names, CONTEXT_COLUMNS))
        if not question or not context:
            gaps.append(Gap(number, context))
            continue
        ticker = _text(_pick(row, names, TICKER_COLUMNS)) or None
        filing = _text(_pick(row, names, FILING_COLUMNS)) or None
        evidence = _strings(_pick(row, names, ("evidence",)))
        pairs.append(Pair(question, context, ticker, filing, evidence))
    return pair_set(name, pairs, gaps)


def _check_columns(name: str, names: Mapping[str, str]) -> None:
    if not any(c in names for c in QUESTION_COLUMNS) or not any(c in names for c in CONTEXT_COLUMNS):
        raise PairsError(f"{name}: {EXPECTED}; found {sorted(names.values())}; rename the columns")


def _pick(row: Mapping[str, Any], names: Mapping[str, str], columns: Sequence[str]) -> Any:
    return next((row.get(names[c]) for c in columns if c in names), None)


def _text(value: Any) -> str:
    # half an emoji, cut by another program, cannot be written or hashed as UTF-8
    return "" if value is None else str(value).encode("utf-8", "replace").decode("utf-8").strip()


def _strings(value: Any) -> tuple[str, ...]:
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            value = [value]
    values = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(text for v in values if (text := _text(v)))
