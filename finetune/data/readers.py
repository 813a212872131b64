"""Files, folders and hub data sets → rows by column name. Knows no pair and no column."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.data.trec import read_collection, read_qrels
from rag_app.core.errors import FetchError, PairsError

HUB = "hub:"
Row = Mapping[str, Any]
BEIR_PARTS = ("train", "dev", "test")
"""In the order their rows are read."""


@dataclass(frozen=True, slots=True)
class Source:
    """A name, rows, and the numbers of the rows that are the source's own test part, if it has one."""

    name: str
    rows: Iterable[Row]
    test: range = range(0)


def read_rows(source: str) -> Source:
    """The rows of a source. Raises PairsError, and FetchError when the hub is away."""
    if source.startswith(HUB):
        return Source(source, _read_hub(source))
    path = Path(source).expanduser()
    readers: Mapping[str, Callable[[Path], Sequence[Row]]] = {
        ".csv": _read_csv,
        ".tsv": _read_csv,
        ".jsonl": _read_jsonl,
        ".json": _read_json,
        ".parquet": _read_parquet,
    }
    if path.is_dir():
        return _read_beir(path)
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise PairsError(
            f"{source}: not a pairs file; expected {', '.join(sorted(readers))}, a BEIR folder "
            "or hub:NAME[:split]"
        )
    if not path.exists():
        raise PairsError(f"{source}: no such file; name a pairs file or hub:NAME[:split]")
    try:
        return Source(path.name, reader(path))
    except UnicodeDecodeError:
        raise PairsError(f"{source}: not UTF-8 text; save the file as UTF-8 and try again") from None
    except (OSError, ValueError, csv.Error) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise PairsError(f"{source}: cannot be read as {path.suffix[1:]} ({reason})") from error


def _read_csv(path: Path) -> list[Row]:
    rows: list[Row] = []
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
        try:
            for row in reader:
                # a comma in a cell without quotes would cut the cell, silently
                if any(str(cell).strip() for cell in row.pop(None, None) or ()):  # type: ignore[call-overload]
                    raise ValueError(
                        f"line {reader.line_num} has more cells than the head line; "
                        "put cells that hold the separator in quotes"
                    )
                rows.append(row)
        except csv.Error as error:
            raise ValueError(
                f"line {reader.line_num + 1}: {error}; look for a quote left open, or use JSON lines"
            ) from error
        # A file with a head line and no rows still has columns to check.
        return rows or [dict.fromkeys(reader.fieldnames or ())]


def _read_jsonl(path: Path) -> list[Row]:
    rows: list[Row] = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise ValueError(f"line {number} is no JSON: {error}") from error
        if not isinstance(row, dict):
            raise ValueError(f"line {number} is not an object")
        rows.append(row)
    return rows


def _read_json(path: Path) -> list[Row]:
    value = json.loads(path.read_text(encoding="utf-8-sig"))
    if isinstance(value, dict) and isinstance(value.get("data"), list):
        value = value["data"]
    if isinstance(value, dict) and value and all(isinstance(v, list) for v in value.values()):
        columns = list(value)
        value = [dict(zip(columns, row, strict=True)) for row in zip(*value.values(), strict=True)]
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ValueError("expected a list of objects")
    return value


def _read_parquet(path: Path) -> list[Row]:
    from pyarrow import parquet  # lazy: only Parquet files need it

    table = parquet.read_table(path)
    rows: list[Row] = table.to_pylist()
    return rows or [dict.fromkeys(table.column_names)]


def _read_beir(folder: Path) -> Source:
    """A row for each relevant document of each question, part by part of the qrels; then a row without
    a question for each document that answers none, because these are searched too.
    """
    missing = [n for n in ("corpus.jsonl", "queries.jsonl", "qrels") if not (folder / n).exists()]
    if missing:
        raise PairsError(
            f"{folder}: a folder without {' and '.join(missing)}; expected a BEIR folder "
            "(corpus.jsonl, queries.jsonl, qrels/) or a pairs file"
        )
    corpus, queries = read_collection(folder / "corpus.jsonl"), read_collection(folder / "queries.jsonl")
    rows: list[Row] = []
    used: set[str] = set()
    first = 0
    for part in BEIR_PARTS:
        first = len(rows)
        path = folder / "qrels" / f"{part}.tsv"
        for query, found in (read_qrels(path) if path.exists() else {}).items():
            for document in (d for d, score in found.items() if score > 0):
                if query not in queries or document not in corpus:
                    raise PairsError(f"{path}: {query} {document} is in no {folder.name} collection")
                told = {**queries[query].metadata, **corpus[document].metadata}
                rows.append({**told, "question": queries[query].text, "context": corpus[document].text})
                used.add(document)
    test = range(first, len(rows))  # "test" is the last part
    rows += [{"question": "", "context": d.text} for name, d in corpus.items() if name not in used]
    return Source(folder.name, rows or [dict.fromkeys(("question", "context"))], test)


def _read_hub(source: str) -> Iterator[Row]:
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
