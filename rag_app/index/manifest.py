"""What a finished build was made of, and which builds there are.

A build is a folder under `indexes/`; `manifest.json`, written last, makes it exist. Knows neither
Chroma nor models.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rag_app.core.errors import IndexStateError, WorkspaceError
from rag_app.core.files import read_json

CORPORA = "corpora"
"""The folder, beside the builds, of what all builds of one corpus share."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What decides a build, and so its id.

    turned: the vectors are turned along the corpus's main axes before they are cut (`core.axes`).
    rescored: what the cut vectors find is ranked again by the full-width ones.
    server: the Chroma server that holds the vectors; "" for Chroma embedded in the build's folder.
    """

    fingerprint: str
    dimension: int
    corpus_hash: str
    turned: bool = False
    rescored: bool = False
    server: str = ""

    @property
    def build_id(self) -> str:
        """Equal inputs share one build."""
        marks = ("t" if self.turned else "") + ("r" if self.rescored else "")
        place = f"-s{hashlib.sha256(self.server.encode()).hexdigest()[:6]}" if self.server else ""
        return f"{self.corpus_hash[:10]}-{self.fingerprint[:10]}-{self.dimension}d{marks}{place}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A finished build. `model` is a name `resolve_model` understands; `mb` its vectors' size on disk.

    `truncated`: passages longer than the model reads. `hnsw`: the settings that reached the recall.
    """

    build_id: str
    model: str
    fingerprint: str
    dimension: int
    full_dimension: int
    corpus_hash: str
    chunks: int
    filings: int
    recall_at_10: float
    created: str
    collection: str
    turned: bool
    rescored: bool
    server: str
    truncated: int
    mb: float
    seconds: float
    hnsw: Mapping[str, int] = field(default_factory=dict)

    @property
    def recipe(self) -> Recipe:
        """What it was made from."""
        return Recipe(
            self.fingerprint, self.dimension, self.corpus_hash, self.turned, self.rescored, self.server
        )


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a finished build. Raises IndexStateError when there is none."""
    path = folder / "manifest.json"
    if not path.exists():
        raise IndexStateError(f"no finished index at {folder.name}; run rag-app index")
    try:
        return Manifest(**read_json(path))
    except (TypeError, WorkspaceError):
        raise IndexStateError(
            f"{path}: damaged, or of another version; run rag-app index (nothing is embedded again)"
        ) from None


def has_its_parts(indexes: Path, made: Manifest) -> bool:
    """Whether the files of a build are there; only opening it tells whether they can be read."""
    folder, corpus = indexes / made.build_id, indexes / CORPORA / made.corpus_hash
    parts = [folder / "rows.npy", corpus / "corpus.json", corpus / "chunks.jsonl", corpus / "bm25"]
    parts += [] if made.server else [folder / "chroma" / "chroma.sqlite3"]
    return all(part.exists() for part in parts)


def list_builds(indexes: Path) -> list[Manifest]:
    """Every finished build, oldest first; what cannot be read is not finished."""
    found = []
    for path in indexes.glob("[!.]*/manifest.json"):
        with contextlib.suppress(IndexStateError, WorkspaceError):
            found.append(read_manifest(path.parent))
    return sorted(found, key=lambda m: (m.created, m.build_id))


def unlist(indexes: Path, keep: Collection[str]) -> None:
    """Take the manifests of builds not in `keep`: from here on they are no builds, whatever happens."""
    for folder in indexes.glob("[!.]*"):
        if folder.name not in keep and folder.is_dir():
            (folder / "manifest.json").unlink(missing_ok=True)


def sweep(indexes: Path, corpora: Collection[str] = ()) -> list[str]:
    """Delete every folder that is no build, and corpora that no build stands on; the names deleted.

    Those in `corpora` stay. Call it under the index lock: a build that is being made is such a folder.
    """
    wanted = {m.corpus_hash for m in list_builds(indexes)} | set(corpora)
    folders = [f for f in indexes.glob("*") if f.is_dir() and not (f / "manifest.json").exists()]
    gone = [f for f in folders if f.name != CORPORA]
    for folder in (*gone, *(f for f in (indexes / CORPORA).glob("*") if f.name not in wanted)):
        shutil.rmtree(folder, ignore_errors=True)
    return [f.name for f in gone]
