"""The files that retrieval research exchanges: qrels, runs and BEIR collections. Knows no pair.

Two forms of qrels: TREC (`qid 0 docid rel`) and BEIR (`query-id<TAB>corpus-id<TAB>score` under a head
line); reading tells them apart. A run is `qid Q0 docid rank score tag`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag_app.core.errors import PairsError
from rag_app.core.files import write_bytes_atomic

Qrels = Mapping[str, Mapping[str, int]]
"""Query id → document id → how relevant; 0 is judged and not relevant."""
Run = Mapping[str, Sequence[tuple[str, float]]]
"""Query id → documents with their scores, best first."""
BEIR_HEAD = "query-id\tcorpus-id\tscore"


@dataclass(frozen=True, slots=True)
class Document:
    """A line of corpus.jsonl or queries.jsonl; `text` begins with the title where there is one."""

    text: str
    metadata: Mapping[str, Any] = field(default_factory=dict)


def write_qrels(path: Path, qrels: Qrels, *, beir: bool = False) -> None:
    """Write `qrels` atomically, in TREC's form or BEIR's."""
    lines = [BEIR_HEAD] if beir else []
    for query, found in qrels.items():
        for document, score in found.items():
            lines.append(f"{query}\t{document}\t{score}" if beir else f"{query} 0 {document} {score}")
    _write_lines(path, lines)


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Qrels of either form. Raises PairsError naming the line that is neither."""
    out: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        cells = line.strip().split("\t") if "\t" in line else line.split()
        if number == 1 and "\t" in line and not cells[-1].lstrip("-").isdigit():
            continue  # BEIR's head line
        if len(cells) == 4:
            cells = [cells[0], *cells[2:]]
        try:
            query, document, score = cells
            out.setdefault(query, {})[document] = int(score)
        except ValueError:
            raise PairsError(
                f"{path}, line {number}: expected 'qid 0 docid rel', or three cells with tabs between"
            ) from None
    return out


def write_run(path: Path, run: Run, tag: str) -> None:
    """Write rankings atomically, ranks from 1; of a document named twice for a query the first stays.

    Raises PairsError for an id or tag that is empty or holds a space: such a file cannot be read.
    """
    lines = []
    for query, ranking in run.items():
        best: dict[str, float] = {}
        for document, score in ranking:
            best.setdefault(document, score)
        for rank, (document, score) in enumerate(best.items(), 1):
            lines.append(f"{_id(query)} Q0 {_id(document)} {rank} {float(score)!r} {_id(tag)}")
    _write_lines(path, lines)


def write_collection(path: Path, documents: Mapping[str, Document], *, title: bool) -> None:
    """Write corpus.jsonl (with an empty `title`) or queries.jsonl (without), atomically."""
    lines = []
    for name, document in documents.items():
        row: dict[str, Any] = {"_id": _id(name)} | ({"title": ""} if title else {})
        row |= {"text": document.text, "metadata": dict(document.metadata)}
        lines.append(json.dumps(row, ensure_ascii=False))
    _write_lines(path, lines)


def read_collection(path: Path) -> dict[str, Document]:
    """Id → document of corpus.jsonl or queries.jsonl. Raises PairsError naming a bad line."""
    out: dict[str, Document] = {}
    for number, line in _lines(path):
        try:
            row = json.loads(line)
            metadata = row.get("metadata") or {}
            text = f"{row.get('title') or ''} {row['text']}".strip()
            out[str(row["_id"])] = Document(text, metadata if isinstance(metadata, dict) else {})
        except (ValueError, KeyError, TypeError, AttributeError):
            raise PairsError(f"{path}, line {number}: expected an object with _id and text") from None
    return out


def _id(name: str) -> str:
    if not name or name.split() != [name]:
        raise PairsError(f"{name!r}: expected an id without spaces; the format separates cells by them")
    return name


def _lines(path: Path) -> Iterable[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise PairsError(f"{path}: not UTF-8 text; save the file as UTF-8 and try again") from None
    except OSError as error:
        raise PairsError(f"{path}: cannot be read ({error.strerror})") from error
    return ((n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip())


def _write_lines(path: Path, lines: Sequence[str]) -> None:
    write_bytes_atomic(path, "".join(f"{line}\n" for line in lines).encode("utf-8"))
