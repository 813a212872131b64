"""What a vector store's folder holds: `store.json`, and the generation of files that it names.

    store.json   {"fingerprint", "dimension"} and, after a rewrite, {"generation": N}
    rows.f32     float32 rows              rows-N.f32 in generation N
    rows.idx     a line a row, `LINE_BYTES` long: content hash, a space, the row's CRC-32, a line end

A generation is only ever appended to. A rewrite makes the next one beside it, and replacing
`store.json` switches to it; files of another generation are leftovers.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rag_app.core.errors import WorkspaceError
from rag_app.core.files import Lock, Wait, read_json, write_json_atomic

AT_ONCE = Wait()
"""Another writer is an error, not waited for."""
LINE_BYTES = 64 + 1 + 8 + 1
"""SHA-256 hex, a space, CRC-32 hex, a line end."""
WIDEST = 1 << 16
"""Coordinates up to which `restore` tries widths."""


@dataclass(frozen=True, slots=True)
class About:
    """`store.json`: whose vectors these are, how wide, and in which files."""

    fingerprint: str
    dimension: int
    generation: int = 0

    def rows(self, folder: Path) -> Path:
        """The file of rows."""
        return folder / f"{self._stem}.f32"

    def index(self, folder: Path) -> Path:
        """The file of hashes and checksums."""
        return folder / f"{self._stem}.idx"

    @property
    def _stem(self) -> str:
        return f"rows-{self.generation}" if self.generation else "rows"


def lock_of(folder: Path, wait: Wait = AT_ONCE) -> Lock:
    """What one writer or rewrite of the store in `folder` holds."""
    return Lock(folder.with_suffix(".lock"), folder, wait)


def about_path(folder: Path) -> Path:
    """The file that makes a folder a store."""
    return folder / "store.json"


def read_about(folder: Path) -> About | None:
    """What `folder` is; None where there is nothing. Raises WorkspaceError for one that is damaged."""
    path = about_path(folder)
    if not path.exists():
        if any(f.stat().st_size for f in row_files(folder)):
            raise damaged_about(folder, "missing, though there are rows")
        return None
    try:
        raw = read_json(path)
        about = About(raw["fingerprint"], raw["dimension"], raw.get("generation", 0))
        good = isinstance(about.fingerprint, str) and type(about.dimension) is type(about.generation) is int
        if not good or about.dimension < 1 or about.generation < 0:
            raise ValueError("values that cannot be")
    except (WorkspaceError, AttributeError, KeyError, TypeError, ValueError):
        raise damaged_about(folder, "damaged") from None
    return about


def write_about(folder: Path, about: About) -> None:
    """Make `about` what the folder is: the one step that switches generations."""
    value: dict[str, str | int] = {"fingerprint": about.fingerprint, "dimension": about.dimension}
    if about.generation:
        value["generation"] = about.generation
    write_json_atomic(about_path(folder), value)
    sync_folder(folder)  # the name must be on disk before files of the old generation go


def damaged_about(folder: Path, why: str) -> WorkspaceError:
    """The error of a `store.json` that does not tell what is there."""
    remedy = f"run: rag-app vectors verify {folder.name} --repair"
    return WorkspaceError(f"{about_path(folder)}: {why}; {remedy}")


def restore(folder: Path, fingerprint: str) -> None:
    """Write `store.json` anew where it is lost or does not fit the rows: their checksums tell the width.

    Raises WorkspaceError where it is lost and no row can be read back.
    """
    about = None
    with contextlib.suppress(WorkspaceError):
        about = read_about(folder)
    if about and (about.fingerprint != fingerprint or _fits(folder, about)):
        return
    found: list[tuple[int, About]] = []
    for path in row_files(folder):
        number = path.stem.removeprefix("rows").removeprefix("-")
        if path.suffix == ".f32" and (not number or number.isdecimal()):
            guess = About(fingerprint, 1, int(number or 0))
            widths = (w for w in _widths(folder, guess) if _fits(folder, replace(guess, dimension=w)))
            found += [(path.stat().st_size, replace(guess, dimension=w)) for w in widths]
    if found:
        write_about(folder, max(found, key=lambda f: f[0])[1])
    elif about and about.generation and not about.rows(folder).exists():
        write_about(folder, replace(about, generation=0))  # empty: nothing of what it names is left
    elif about is None:
        raise WorkspaceError(
            f"{folder}: store.json is damaged or missing, and no row can be read back; "
            "delete the folder, and the next rag-app index embeds anew"
        )


def _widths(folder: Path, about: About) -> Iterator[int]:
    """Widths that rows may have: by the sizes of both files, and by the first row's checksum."""
    rows, index = about.rows(folder), about.index(folder)
    if not index.exists():
        return
    lines, size = index.stat().st_size // LINE_BYTES, rows.stat().st_size
    if lines and size >= 4 * lines:
        yield size // (4 * lines)
    with rows.open("rb") as data, index.open("rb") as text:
        wanted, first, crc = text.read(LINE_BYTES)[65:73], data.read(4 * WIDEST), 0
    for width in range(1, len(first) // 4 + 1):
        crc = zlib.crc32(first[4 * width - 4 : 4 * width], crc)
        if f"{crc:08x}".encode() == wanted:
            yield width


def _fits(folder: Path, about: About) -> bool:
    """Whether any of the first rows has its checksum at this width."""
    rows, index = about.rows(folder), about.index(folder)
    if not rows.exists() or not index.exists():
        return False
    with rows.open("rb") as data, index.open("rb") as text:
        for _ in range(64):
            row, line = data.read(4 * about.dimension), text.read(LINE_BYTES)
            if len(row) == 4 * about.dimension and line[65:73] == f"{zlib.crc32(row):08x}".encode():
                return True
    return False


def stores(vectors: Path) -> list[Path]:
    """The folders of stores under `vectors`, damaged ones too."""
    return sorted(f for f in vectors.glob("[!.]*") if f.is_dir() and (about_path(f).exists() or row_files(f)))


def row_files(folder: Path) -> list[Path]:
    """The files of every generation."""
    return sorted(p for p in folder.glob("rows*") if p.suffix in (".f32", ".idx"))


def sweep(folder: Path, about: About) -> None:
    """Delete what a killed rewrite left, and generations that are no longer named."""
    kept = {about.rows(folder), about.index(folder)}
    if not all(path.exists() for path in kept):
        return  # a store without rows has no leftovers: whatever is there may be all there is
    for path in (*row_files(folder), *folder.glob(".store.json.*")):
        if path not in kept:
            with contextlib.suppress(OSError):  # some systems refuse while a reader has it mapped
                path.unlink()


def sync_folder(folder: Path) -> None:
    """Make names in `folder` durable, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
