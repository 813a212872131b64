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

    An empty folder that exists is filled, not replaced: a shell may stand in it. Raises UsageError
    where `folder` exists and is not empty, or cannot be made or written.
    """
    made: Path | None = None
    try:
        exists = folder.exists()
        if exists and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder} exists and is not an empty folder; name another one")
        parent = folder if exists else folder.parent
        made = parent / f".{folder.name}.{secrets.token_hex(4)}"
        made.mkdir(parents=True)
        yield made
        if exists:
            for path in sorted(made.iterdir()):
                path.replace(folder / path.name)
        else:
            made.replace(folder)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made ({error.strerror}); name another folder") from error
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
