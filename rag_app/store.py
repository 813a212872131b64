"""The filings of a workspace: originals and the chunks cut from them, each filing whole or absent.

A filing's folder is written under a temporary name and moved into place, `filing.json` inside.
Knows nothing of parsing, models or indexes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from rag_app.core.config import Workspace
from rag_app.core.errors import UsageError, WorkspaceError
from rag_app.core.files import read_json, write_bytes_atomic, write_json_atomic
from rag_app.core.types import Chunk, Filing, FilingMeta
from rag_app.facts.lines import fact_lines, lines_hash, read_facts
from rag_app.facts.types import Fact


@dataclass(frozen=True, slots=True)
class StoredFiling:
    """One ingested filing, as listed. `path` is where the file came from, `content` hashes its chunks.

    `told` is what is known of it from outside the file, and so cannot be found in the original again.
    `facts` counts its tagged figures, `facts_version` is how they were made, `facts_content` hashes them.
    """

    filing_id: str
    source: str
    path: str
    sha256: str
    meta: FilingMeta
    chunks: int
    chunker: str
    content: str
    warnings: tuple[str, ...] = ()
    told: FilingMeta = field(default_factory=FilingMeta)
    facts: int = 0
    facts_version: str = ""
    facts_content: str = ""


def chunk_to_dict(chunk: Chunk) -> dict[str, Any]:
    """A chunk as JSON keeps it."""
    return asdict(chunk)


def chunk_from_dict(raw: dict[str, Any]) -> Chunk:
    """The reverse of `chunk_to_dict`."""
    return Chunk(**{**raw, "meta": FilingMeta(**raw["meta"])})


def write_chunks(path: Path, chunks: Iterable[Chunk]) -> None:
    """One JSON object a line."""
    with path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(chunk_to_dict(c), ensure_ascii=False) + "\n" for c in chunks)


def read_chunks(path: Path) -> list[Chunk]:
    """The chunks in `path`. Raises WorkspaceError naming the file when it is damaged."""
    try:
        with path.open(encoding="utf-8") as lines:
            return [chunk_from_dict(json.loads(line)) for line in lines]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise WorkspaceError(f"{path}: damaged ({error}); run ingest --refresh") from error


def save_filing(
    workspace: Workspace,
    filing: Filing,
    chunks: Sequence[Chunk],
    original: Path,
    chunker: str,
    came_from: str | None = None,
    told: FilingMeta | None = None,
    facts: Sequence[Fact] = (),
    facts_version: str = "",
) -> StoredFiling:
    """Copy the original and write its chunks and facts; replaces an older cut of the same filing.

    `came_from` is the path to remember when `original` is not it, `told` what the source said.
    """
    figures = fact_lines(facts)
    stored = StoredFiling(
        filing.filing_id,
        filing.source,
        came_from or origin(original),
        filing.sha256,
        filing.meta,
        len(chunks),
        chunker,
        content_hash(chunks),
        filing.warnings,
        told or FilingMeta(),
        len(facts),
        facts_version,
        lines_hash(figures),
    )
    workspace.filings.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=workspace.filings, prefix=".new-"))
    try:
        shutil.copyfile(original, temporary / f"original{original.suffix.lower()}")
        write_chunks(temporary / "chunks.jsonl", chunks)
        if figures:
            (temporary / "facts.jsonl").write_text(figures, encoding="utf-8")
        write_json_atomic(temporary / "filing.json", asdict(stored))
        final = workspace.filings / filing.filing_id
        if final.exists():
            retired = Path(tempfile.mkdtemp(dir=workspace.filings, prefix=".old-"))
            final.replace(retired / "filing")
            temporary.replace(final)
            shutil.rmtree(retired, ignore_errors=True)
        else:
            temporary.replace(final)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return stored


def save_facts(workspace: Workspace, stored: StoredFiling, facts: Sequence[Fact]) -> StoredFiling:
    """Give a stored filing other facts; its chunks stay."""
    figures = fact_lines(facts)
    changed = replace(stored, facts=len(facts), facts_content=lines_hash(figures))
    folder = workspace.filings / stored.filing_id
    write_bytes_atomic(folder / "facts.jsonl", figures.encode("utf-8"))
    write_json_atomic(folder / "filing.json", asdict(changed))
    workspace.filings.touch()  # so that whoever looks there sees that something is new
    return changed


def stored_facts(workspace: Workspace, stored: StoredFiling) -> list[Fact]:
    """The facts of a stored filing. Raises WorkspaceError naming the file when it is damaged or gone."""
    if not stored.facts:
        return []
    path = workspace.filings / stored.filing_id / "facts.jsonl"
    return read_facts(path, stored.filing_id, stored.source, stored.meta)


def list_filings(workspace: Workspace) -> list[StoredFiling]:
    """Every ingested filing, by company, period and name."""
    found = []
    for path in workspace.filings.glob("[!.]*/filing.json"):
        raw = read_json(path)
        try:
            raw["meta"] = FilingMeta(**raw["meta"])
            raw["told"] = FilingMeta(**raw["told"]) if "told" in raw else _only_told(raw["meta"])
            raw["warnings"] = tuple(raw["warnings"])
            found.append(StoredFiling(**raw))
        except (KeyError, TypeError) as error:
            raise WorkspaceError(
                f"{path}: damaged ({error}); delete {path.parent} and ingest again"
            ) from error
    return sorted(
        found, key=lambda f: (f.meta.company or f.source, f.meta.period_end or "", f.source, f.filing_id)
    )


def _only_told(meta: FilingMeta) -> FilingMeta:
    """Of a filing stored before `told` was: what a parser does not guess."""
    return FilingMeta(cik=meta.cik, filed=meta.filed, accession=meta.accession)


def move_origin(workspace: Workspace, stored: StoredFiling, path: Path) -> StoredFiling:
    """Remember `path` as where the filing came from."""
    moved = replace(stored, path=origin(path))
    write_json_atomic(workspace.filings / stored.filing_id / "filing.json", asdict(moved))
    return moved


def remove_filing(workspace: Workspace, filing_id: str) -> StoredFiling:
    """Take a filing out. Raises UsageError for an unknown id. The index keeps it until rebuilt."""
    known = list_filings(workspace)
    found = [f for f in known if f.filing_id == filing_id] or [f for f in known if f.source == filing_id]
    if not found:
        raise UsageError(f"no filing {filing_id!r} in {workspace.root}; see rag-app status for the ids")
    if len(found) > 1:
        ids = ", ".join(f.filing_id for f in found)
        raise UsageError(f"{len(found)} filings are named {filing_id!r}; name one by its id: {ids}")
    target = workspace.filings / found[0].filing_id
    (target / "filing.json").unlink()  # from here on it is not a filing, whatever happens
    shutil.rmtree(target, ignore_errors=True)
    return found[0]


def original_path(workspace: Workspace, filing_id: str) -> Path:
    """The stored original of a filing."""
    found = sorted((workspace.filings / filing_id).glob("original*"))
    if not found:
        raise WorkspaceError(f"filing {filing_id}: its original is missing; ingest it again")
    return found[0]


def load_corpus(workspace: Workspace) -> list[Chunk]:
    """Every chunk of every filing, in a fixed order."""
    return snapshot(workspace)[1]


def snapshot(workspace: Workspace) -> tuple[list[StoredFiling], list[Chunk]]:
    """The filings and exactly their chunks, read again if filings came or went meanwhile.

    Raises WorkspaceError when they keep changing or a file is damaged.
    """
    for last_try in (False, False, True):
        filings = list_filings(workspace)
        try:
            chunks: list[Chunk] = []
            for stored in sorted(filings, key=lambda f: f.filing_id):
                chunks.extend(read_chunks(workspace.filings / stored.filing_id / "chunks.jsonl"))
        except WorkspaceError:
            if last_try or list_filings(workspace) == filings:
                raise
            continue
        if list_filings(workspace) == filings:
            return filings, chunks
    raise WorkspaceError(f"{workspace.filings}: filings keep changing; try again when ingest has ended")


def origin(path: Path) -> str:
    """A path as `StoredFiling.path` keeps it: text, and two paths are never one, whatever their bytes."""
    return str(path.resolve()).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def content_hash(chunks: Sequence[Chunk]) -> str:
    """16 hex digits that change when any chunk's id or content does."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(f"{chunk.chunk_id}\0{chunk.content_hash}\n".encode())
    return digest.hexdigest()[:16]


def corpus_hash(filings: Sequence[StoredFiling]) -> str:
    """16 hex digits that change when any filing comes, goes or is cut anew; reads no chunk."""
    parts = sorted(f"{f.filing_id}\0{f.content}\n" for f in filings)
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]


def sweep(workspace: Workspace) -> None:
    """Put back a filing whose replacement was interrupted half-way; delete other leftovers."""
    for leftover in workspace.filings.glob(".old-*"):
        about = leftover / "filing" / "filing.json"
        if about.exists():
            raw = read_json(about)
            final = workspace.filings / str(raw.get("filing_id"))
            if not final.exists():
                (leftover / "filing").replace(final)
        shutil.rmtree(leftover, ignore_errors=True)
    for leftover in workspace.filings.glob("*"):
        if (leftover.is_dir() and not (leftover / "filing.json").exists()) or leftover.name.startswith("."):
            shutil.rmtree(leftover, ignore_errors=True)
