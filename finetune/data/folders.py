"""A folder that is there whole or not at all. Knows nothing of what is in it."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag_app.core.errors import UsageError


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A temporary folder beside `folder`, moved into its place at the end; gone after an error.

    Raises UsageError where `folder` exists and is not empty, or cannot be made.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} exists and is not an empty folder; name another one")
    made = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    try:
        made.mkdir(parents=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made ({error.strerror}); name another folder") from error
    try:
        yield made
        made.replace(folder)  # an empty folder may be replaced
    finally:
        shutil.rmtree(made, ignore_errors=True)
