"""When EDGAR may be asked next: turns for all threads, and for all processes of a user on this machine.

The time of the next free turn stands in a small file under a lock. A file that is damaged, or names a time
too far off to be true, counts for nothing; where none can be written, this process paces itself alone.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from filelock import FileLock, Timeout

from rag_app.core.errors import FetchError

PER_SECOND = 8.0  # EDGAR allows 10; the network bunches what leaves evenly spaced
LONGEST_WAIT = 120.0  # seconds; asked to wait longer than this, we report instead of hanging
_BELIEVED = 3600.0  # seconds; no pause is longer, so that a later time in the file is a mistake


class Pacer:
    """Turns, evenly spaced over all threads, and pauses that hold for all of them.

    With `shared`, a file, over all processes that share it; `clock` must then be theirs too. `clock` and
    `sleep` are in seconds; `jitter` gives numbers in [0, 1).
    """

    def __init__(
        self,
        per_second: float = PER_SECOND,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        shared: Path | None = None,
    ) -> None:
        self._gap = 1.0 / per_second
        self._clock, self._sleep, self._jitter = clock, sleep, jitter
        self._shared = shared
        self._lock = threading.Lock()
        self._next = clock()

    def turn(self) -> float:
        """Wait for the next turn and return the time it was given.

        Raises FetchError, without waiting, when a pause lasts longer than LONGEST_WAIT.
        """
        with self._lock:  # held while asleep: turns are given one at a time, at least a gap apart
            while True:
                with self._all_processes():
                    now = self._clock()
                    wait = self._next - now
                    if wait <= 0:
                        self._next = now + self._gap
                        return now
                if wait > LONGEST_WAIT:
                    raise FetchError(f"EDGAR asks for a pause of {wait:.0f} more seconds; try again then")
                self._sleep(wait)

    def hold(self, seconds: float) -> None:
        """Give no turn, to any thread or process, for `seconds`."""
        with self._lock, self._all_processes():
            self._next = max(self._next, self._clock() + seconds)

    def back_off(self, tries: int) -> float:
        """Seconds to wait after `tries` failures: 1, 2, 4, 8 and up to half as much again."""
        return float(2 ** (tries - 1)) * (1.0 + 0.5 * self._jitter())

    @contextmanager
    def _all_processes(self) -> Iterator[None]:
        """Take over the time in the file, and leave there what it has become."""
        if self._shared is None:
            yield
            return
        with _locked(self._shared):
            now = self._clock()
            with suppress(OSError, ValueError):
                told = float(self._shared.read_text(encoding="ascii"))
                if told - now <= _BELIEVED:  # False for "nan" and "inf" too
                    self._next = max(told, min(self._next, now + _BELIEVED))
            yield
            with suppress(OSError):  # a part of it would be a time too early or none: never a hang
                self._shared.write_text(f"{self._next:.6f}", encoding="ascii")


@contextmanager
def _locked(shared: Path) -> Iterator[None]:
    """Hold the lock beside `shared`; go on without it where there can be none."""
    lock = FileLock(shared.with_suffix(".lock"))
    try:
        shared.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=5.0)  # it is held for microseconds; a stopped process must not stop us
    except (OSError, Timeout):
        yield
        return
    try:
        yield
    finally:
        lock.release()


@cache
def edgar_pacer() -> Pacer:
    """The one of this process and, through the user's cache folder, of all: EDGAR counts by address."""
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:  # a user without a home folder
        return Pacer()
    return Pacer(shared=home / "rag-app" / "edgar-next")
