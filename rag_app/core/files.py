"""Writing files so that a reader sees the old content or the new, never a part; one writer at a time.

Knows nothing of what is written.
"""

from __future__ import annotations

import json
import math
import os
import platform
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
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


def _silent(_: str) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a writer waits for another one, in seconds (`math.inf`: forever), and who is told so, once."""

    seconds: float = 0.0
    tell: Callable[[str], None] = _silent


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file, the folder that it guards (for messages), and how long to wait for its holder."""

    path: Path
    guards: Path
    wait: Wait = Wait()


@contextmanager
def locked(lock: Lock | Path, what: str, timeout: float = 0.0) -> Iterator[None]:
    """Hold an exclusive lock file, or raise WorkspaceError that says who holds it and since when.

    Waits `timeout` seconds in silence (for what is held for a moment only), then as the lock's `wait` says.
    The operating system frees the lock of a killed process.
    """
    if isinstance(lock, Path):
        lock = Lock(lock, lock.parent)
    holder = lock.path.with_suffix(".holder")
    try:
        lock.path.parent.mkdir(parents=True, exist_ok=True)
        held = FileLock(lock.path)
        if not _acquired(held, timeout) and not _waited(held, lock, what, lock.wait.seconds - timeout):
            longer = "a longer --wait" if lock.wait.seconds > timeout else "--wait"
            raise WorkspaceError(
                f"cannot {what}: {_who(holder)} is writing to {lock.guards}; "
                f"try again when it has ended, or with {longer}"
            )
    except OSError as error:
        raise WorkspaceError(f"cannot {what}: {lock.path.parent}: {error.strerror or error}") from error
    try:
        with suppress(OSError):  # it only tells; a full disk is for the work itself to meet
            about = {"pid": os.getpid(), "what": what, "host": platform.node()}
            about |= {"since": f"{datetime.now():%Y-%m-%d %H:%M:%S}", "started": _started(os.getpid())}
            holder.write_text(json.dumps(about), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        held.release()


def _acquired(lock: FileLock, timeout: float) -> bool:
    try:
        lock.acquire(timeout=-1 if math.isinf(timeout) else timeout)
    except Timeout:
        return False
    return True


def _waited(held: FileLock, lock: Lock, what: str, seconds: float) -> bool:
    """Wait for the lock, having said for whom; whether it was had."""
    if seconds <= 0:
        return False
    lock.wait.tell(
        f"waiting to {what}: {_who(lock.path.with_suffix('.holder'))} is writing to {lock.guards}"
        + ("" if math.isinf(seconds) else f"; for {lock.wait.seconds:g} s at most")
    )
    return _acquired(held, seconds)


def _who(holder: Path) -> str:
    """The process in a holder's file; "another process" if it is gone, as after a kill."""
    try:
        about = json.loads(holder.read_text(encoding="utf-8"))
        pid, here = int(about["pid"]), about["host"] == platform.node()
        if here and not _runs(pid, about["started"]):
            return "another process"
        where = "" if here else f" on {about['host']}"
        return f"process {pid} ({about['what']}){where}, since {about['since']},"
    except (OSError, ValueError, TypeError, KeyError):  # none yet, or half-written
        return "another process"


def _runs(pid: int, started: str | None) -> bool:
    """Whether this very process runs: its number may have gone to another one since."""
    if os.name != "posix":
        return True  # there, asking could end it
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # another user's
    return _started(pid) == started


def _started(pid: int) -> str | None:
    """When a process started, in the system's own ticks; None where the system does not tell, or it ended."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *rest = status.rpartition(")")[2].split()  # the name, in brackets, may hold anything
    return None if state == "Z" else rest[18]
