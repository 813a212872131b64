"""The passages of one corpus on disk, shared by every build of it: text, content hashes, facets, BM25.

Passages are read when they are asked for, so that opening a large corpus costs little. A corpus is
named by its hash, written under a temporary name and moved into place; it never changes.
"""

from __future__ import annotations

import io
import json
import mmap
import shutil
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import overload

import numpy as np

from rag_app.core.errors import IndexStateError
from rag_app.core.files import read_json, write_json_atomic
from rag_app.core.lexical import Lexicon
from rag_app.core.types import Chunk, Progress, ProgressFn, no_progress
from rag_app.index.facets import Facets
from rag_app.index.manifest import CORPORA
from rag_app.store import chunk_from_dict, chunk_to_dict

VERSION = 2  # 2: fiscal periods and filings among the facets
REMEMBERED = 4096
"""Passages that are kept once read."""


class Passages(Sequence[Chunk]):
    """The chunks of a file of JSON lines, parsed one at a time. Safe for many threads."""

    def __init__(self, path: Path, starts: Path) -> None:
        self._starts = np.load(starts, mmap_mode="r", allow_pickle=False)
        with path.open("rb") as file:
            size = file.seek(0, io.SEEK_END)
            # mapped, it stays readable when a later build drops the folder
            self._text: mmap.mmap | bytes = (
                mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
            )
        if size != int(self._starts[-1]):
            raise ValueError(f"{path.name} has {size} bytes, not {int(self._starts[-1])}")
        self._read = lru_cache(maxsize=REMEMBERED)(self._parse)

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, place: int) -> Chunk: ...
    @overload
    def __getitem__(self, place: slice) -> list[Chunk]: ...
    def __getitem__(self, place: int | slice) -> Chunk | list[Chunk]:
        if isinstance(place, slice):
            return [self._read(i) for i in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        return self._read(place % len(self))

    def _parse(self, place: int) -> Chunk:
        start, end = int(self._starts[place]), int(self._starts[place + 1])
        return chunk_from_dict(json.loads(self._text[start:end]))


class Corpus:
    """An opened corpus. Raises IndexStateError where it is missing or damaged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            about = read_json(folder / "corpus.json")
            self.filings = int(about["filings"])
            self.chunks = Passages(folder / "chunks.jsonl", folder / "starts.npy")
            self.facets = Facets.read(folder)
            self._digests = np.load(folder / "hashes.npy", mmap_mode="r", allow_pickle=False)
            whole = about["version"] == VERSION and len(self.chunks) == len(self._digests) == about["chunks"]
        except Exception as error:  # numpy, zipfile and json each raise their own
            raise IndexStateError(f"{folder}: cannot be read ({error}); run rag-app index") from error
        if not whole:
            raise IndexStateError(f"{folder}: of another version, or not whole; run rag-app index")

    @property
    def name(self) -> str:
        """The corpus hash."""
        return self.folder.name

    def hashes(self, start: int = 0, end: int | None = None) -> list[str]:
        """The content hashes of passages `start` to `end`, in order."""
        return [row.tobytes().hex() for row in np.asarray(self._digests[start:end])]

    def lexicon(self) -> Lexicon:
        """BM25 over the passages as they are shown. Raises IndexStateError where it is damaged."""
        try:
            return Lexicon.load(self.folder / "bm25")
        except Exception as error:  # bm25s, numpy and json each raise their own
            raise IndexStateError(
                f"{self.folder}: BM25 cannot be read ({error}); run rag-app index"
            ) from error


def open_corpus(indexes: Path, corpus_hash: str) -> Corpus:
    """The corpus of this hash. Raises IndexStateError where it is missing or damaged."""
    return Corpus(indexes / CORPORA / corpus_hash)


def write_corpus(
    indexes: Path, corpus_hash: str, chunks: Sequence[Chunk], on_progress: ProgressFn = no_progress
) -> Corpus:
    """Write the corpus beside, then move it into place; one that is there is replaced."""
    home = indexes / CORPORA
    home.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=home, prefix=".writing-"))
    try:
        starts = [0]
        digests = np.zeros((len(chunks), 32), dtype=np.uint8)
        with (temporary / "chunks.jsonl").open("wb") as out:
            for i, chunk in enumerate(chunks):
                line = json.dumps(chunk_to_dict(chunk), ensure_ascii=False).encode("utf-8") + b"\n"
                starts.append(starts[-1] + out.write(line))
                digests[i] = np.frombuffer(bytes.fromhex(chunk.content_hash), dtype=np.uint8)
        np.save(temporary / "starts.npy", np.array(starts, dtype=np.int64), allow_pickle=False)
        np.save(temporary / "hashes.npy", digests, allow_pickle=False)
        Facets.write(temporary, chunks)
        on_progress(Progress("words", 0, len(chunks), "BM25"))
        Lexicon.build([c.full_text for c in chunks]).save(temporary / "bm25")
        filings = len({c.filing_id for c in chunks})
        about = {"version": VERSION, "chunks": len(chunks), "filings": filings}
        write_json_atomic(temporary / "corpus.json", about)
        final = home / corpus_hash
        shutil.rmtree(final, ignore_errors=True)  # only ever a damaged one: whole ones are reused
        temporary.replace(final)
        on_progress(Progress("words", len(chunks), len(chunks), "BM25"))
        return Corpus(final)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
