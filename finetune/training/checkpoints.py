"""Checkpoints that are whole or not used: a mark with every file's hash is written after all of them.

Knows files only; what is in them belongs to `finetune.training.loop`.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag_app.core.errors import WorkspaceError
from rag_app.core.files import read_json, write_json_atomic
from rag_app.core.registry import file_sha256

MARK = "whole.json"
WEIGHTS = "model.safetensors"
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
WRITE_FAILED = ("No space left", "File too large", "Disk quota", "failed writing file", "unexpected pos")
"""What safetensors and torch say in errors that carry no number."""


def mark(folder: Path, seconds: float) -> None:
    """Declare the checkpoint in `folder` whole: `seconds` of training and every file's SHA-256."""
    files = {p.name: file_sha256(p) for p in sorted(folder.iterdir()) if p.is_file() and p.name != MARK}
    write_json_atomic(folder / MARK, {"seconds": seconds, "files": files})


def is_whole(folder: Path) -> bool:
    """Whether `folder` was marked and every file still is what it was then."""
    try:
        files = dict(read_json(folder / MARK)["files"])
        return WEIGHTS in files and all(file_sha256(folder / name) == told for name, told in files.items())
    except (WorkspaceError, OSError, KeyError, TypeError, ValueError):
        return False


def seconds_of(folder: Path) -> float:
    """How long the training had run when the whole checkpoint in `folder` was marked."""
    return float(read_json(folder / MARK)["seconds"])


def resume_point(work: Path) -> Path | None:
    """The newest whole checkpoint in `work`; what a kill left half-written is deleted."""
    for folder in reversed(_all(work)):
        if is_whole(folder):
            return folder
        shutil.rmtree(folder, ignore_errors=True)
    return None


def thin(work: Path, best: str | None) -> None:
    """Keep the two newest checkpoints and the one named `best`. Call when the newest is marked."""
    for folder in _all(work)[:-2]:
        if folder.name != best:
            shutil.rmtree(folder, ignore_errors=True)


def _all(work: Path) -> list[Path]:
    found = [
        p for p in work.glob("checkpoint-*") if p.is_dir() and p.name.removeprefix("checkpoint-").isdigit()
    ]
    return sorted(found, key=lambda p: int(p.name.removeprefix("checkpoint-")))


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn a full disk into one WorkspaceError; numpy, torch and safetensors each raise their own."""
    try:
        yield
    except Exception as error:
        number: Any = getattr(error, "errno", None)
        if number not in FULL and not any(text in str(error) for text in WRITE_FAILED):
            raise
        raise WorkspaceError(
            f"{folder}: the disk is full or a file may not grow; earlier models are untouched - "
            "free some space and run the same command with --resume"
        ) from error
