"""Writing files so that a reader sees the old content or the new, never a part.

Knows nothing of what is written.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from rag_app.core.errors import WorkspaceError


def write_bytes_atomic(path: Path, data: bytes) -> None:
    """Write `data` beside `path`, sync it, then move it into place with `os.replace`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(path)  # os.replace: atomic on one file system
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_json_atomic(path: Path, value: Any) -> None:
    """`write_bytes_atomic` of `value` as indented JSON."""
    write_bytes_atomic(path, (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode("utf-8"))


def read_json(path: Path) -> Any:
    """The JSON value in `path`. Raises WorkspaceError naming the file when it is damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"{path}: cannot be read as JSON ({error}); restore or delete it") from error


@contextmanager
def locked(path: Path, what: str, timeout: float = 0.0) -> Iterator[None]:
    """Hold an exclusive lock file, or raise WorkspaceError that says who holds it.

    `timeout` is in seconds. The operating system frees the lock of a killed process.
    """
    holder = path.with_suffix(".holder")
    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=timeout)
    except Timeout:
        who = holder.read_text(encoding="utf-8").strip() if holder.exists() else "another process"
        raise WorkspaceError(
            f"cannot {what}: {who} is writing to {path.parent}; wait for it to end and try again"
        ) from None
    except OSError as error:
        raise WorkspaceError(f"cannot {what}: {path.parent}: {error.strerror or error}") from error
    try:
        write_bytes_atomic(holder, f"process {os.getpid()} ({what})\n".encode())
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()
