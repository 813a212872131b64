"""Work in processes that may die: one item at a time each, results in the items' order.

A process that is killed, crashes or takes too long costs only its item. Few results wait at any time,
so that memory stays bounded. Plain interpreters, not multiprocessing's: those run the calling script again,
which asks for a `__main__` guard. Knows nothing of the work.
"""

from __future__ import annotations

import math
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

LONGEST = 300.0  # seconds for one item
_AHEAD = 2  # results a process may be ahead of the one that is due
_START = (
    "import sys; sys.path[:] = sys.argv[2:]; from rag_app.processes import _serve; _serve(int(sys.argv[1]))"
)


@dataclass(frozen=True, slots=True)
class Lost:
    """An item whose process ended before it had a result."""

    reason: str


class CannotStart(Exception):
    """No process comes up, as where an application embeds Python and `sys.executable` is not one."""


def in_processes(
    function: Callable[[T], R], items: Sequence[T], count: int, longest: float = LONGEST
) -> Generator[R | Lost]:
    """`function(item)` for every item, in order, from `count` processes at most.

    `function` is a module's own, and raises nothing; `longest` is in seconds, for each item.
    Closing the iterator kills the processes.
    Raises CannotStart when not even a first process comes up; later on that costs an item, as a crash does.
    """
    workers: list[_Worker[T, R]] = []
    results: dict[int, R | Lost] = {}
    begun = due = 0
    started = False
    try:
        while due < len(items):
            for worker in _free(workers, function, min(count, len(items) - due), longest):
                if begun < min(len(items), due + _AHEAD * count):
                    worker.begin(begun, items[begun])
                    begun += 1
            busy = {place: worker for worker in workers if (place := worker.place) is not None}
            _wait(list(busy.values()), longest)
            for place, worker in busy.items():
                taken = worker.take(longest)
                started = started or worker.up
                if taken and not started:
                    raise CannotStart
                for result in taken:
                    results[place] = result
            workers = [worker for worker in workers if not worker.gone]
            while due in results:
                yield results.pop(due)
                due += 1
    finally:
        for worker in workers:
            worker.kill()


class _Worker(Generic[T, R]):
    """One process and the item it is at."""

    def __init__(self, function: Callable[[T], R], longest: float) -> None:
        self.pipe, there = Pipe()
        with there:
            command = [sys.executable, "-c", _START, str(there.fileno()), *sys.path]
            try:
                self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[there.fileno()])
            except OSError as error:
                self.pipe.close()
                raise CannotStart from error
        with suppress(OSError):
            self.pipe.send((function, longest))
        self.place: int | None = None
        self.since = 0.0
        self.up = self.gone = False

    def begin(self, place: int, item: T) -> None:
        self.place, self.since = place, time.monotonic()
        with suppress(OSError):  # one that is dead already is found out when its result is due
            self.pipe.send(item)

    def take(self, longest: float) -> list[R | Lost]:
        """What came of its item; nothing while it is at work."""
        try:
            while self.pipe.poll():
                if self.up:
                    self.place, value = None, self.pipe.recv()
                    return [value]
                self.up = bool(self.pipe.recv())
        except (EOFError, OSError):
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=5.0)
            why = _why(self.process.returncode, longest)
            self.kill()
            return [Lost(why)]
        if time.monotonic() - self.since > longest:
            self.kill()
            return [Lost(_why(-signal.SIGALRM, longest))]
        return []

    def kill(self) -> None:
        """End the process, whatever it does; for good."""
        if not self.gone:
            self.gone = True
            self.process.kill()
            self.process.wait()
            self.pipe.close()


def _free(
    workers: list[_Worker[T, R]], function: Callable[[T], R], count: int, longest: float
) -> list[_Worker[T, R]]:
    while len(workers) < count:
        workers.append(_Worker(function, longest))
    return [worker for worker in workers if worker.place is None]


def _wait(busy: list[_Worker[T, R]], longest: float) -> None:
    """Until a process has something to say, has died or is late."""
    left = min(worker.since for worker in busy) + longest - time.monotonic()
    wait([worker.pipe for worker in busy], timeout=max(0.1, left))


def _why(exitcode: int | None, longest: float) -> str:
    if exitcode == -signal.SIGKILL:
        return "was killed, most likely for want of memory"
    if exitcode == -signal.SIGALRM:
        return f"took longer than {longest:.0f} s and was stopped"
    if exitcode is not None and exitcode < 0:
        with suppress(ValueError):
            return f"crashed ({signal.Signals(-exitcode).name})"
    return f"ended with exit code {exitcode}"


def _serve(descriptor: int) -> None:
    """In the process: item after item until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    pipe = Connection(descriptor)
    with suppress(EOFError, OSError):
        function, longest = pipe.recv()
        pipe.send(True)
        while True:
            item = pipe.recv()
            signal.alarm(math.ceil(longest) + 1)  # the parent stops this one, unless it was killed itself
            result = function(item)
            signal.alarm(0)
            pipe.send(result)
