"""Work in processes that may die: one item at a time each, results in the items' order.

A process that is killed, crashes or takes too long costs only its item. Few results wait at any time,
so that memory stays bounded. Knows nothing of the work.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

LONGEST = 300.0  # seconds for one item
_AHEAD = 2  # results a process may be ahead of the one that is due


@dataclass(frozen=True, slots=True)
class Lost:
    """An item whose process ended before it had a result."""

    reason: str


class CannotStart(Exception):
    """Processes die before they work, as they do under a script without a `__main__` guard."""


def in_processes(
    function: Callable[[T], R], items: Sequence[T], count: int, longest: float = LONGEST
) -> Iterator[R | Lost]:
    """`function(item)` for every item, in order, from `count` processes at most.

    `function` is a module's own, and raises nothing. Closing the iterator kills the processes.
    Raises CannotStart when a process does not come up; what was yielded until then stands.
    """
    workers: list[_Worker[T, R]] = []
    results: dict[int, R | Lost] = {}
    begun = due = 0
    try:
        while due < len(items):
            for worker in _free(workers, function, min(count, len(items) - due)):
                if begun < min(len(items), due + _AHEAD * count):
                    worker.begin(begun, items[begun])
                    begun += 1
            busy = {place: worker for worker in workers if (place := worker.place) is not None}
            _wait(list(busy.values()), longest)
            for place, worker in busy.items():
                for result in worker.take(longest):
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

    def __init__(self, function: Callable[[T], R]) -> None:
        context = get_context("spawn")  # not fork: this process may hold torch's threads
        self.pipe, there = context.Pipe()
        self.process = context.Process(target=_serve, args=(there, function), daemon=True)
        self.process.start()
        there.close()
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
            self.process.join(timeout=5.0)
            why = _why(self.process.exitcode)
            self.kill()
            if not self.up:
                raise CannotStart from None
            return [Lost(why)]
        if time.monotonic() - self.since > longest:
            self.kill()
            return [Lost(f"took longer than {longest:.0f} s and was stopped")]
        return []

    def kill(self) -> None:
        """End the process, whatever it does; for good."""
        if not self.gone:
            self.gone = True
            self.process.kill()
            self.process.join()
            self.pipe.close()


def _free(workers: list[_Worker[T, R]], function: Callable[[T], R], count: int) -> list[_Worker[T, R]]:
    while len(workers) < count:
        workers.append(_Worker(function))
    return [worker for worker in workers if worker.place is None]


def _wait(busy: list[_Worker[T, R]], longest: float) -> None:
    """Until a process has something to say, has died or is late."""
    left = min(worker.since for worker in busy) + longest - time.monotonic()
    wait([worker.pipe for worker in busy], timeout=max(0.1, left))


def _why(exitcode: int | None) -> str:
    if exitcode == -signal.SIGKILL:
        return "was killed, most likely for want of memory"
    if exitcode is not None and exitcode < 0:
        with suppress(ValueError):
            return f"crashed ({signal.Signals(-exitcode).name})"
    return f"ended with exit code {exitcode}"


def _serve(pipe: Connection, function: Callable[[Any], Any]) -> None:
    """In the process: item after item until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    with suppress(EOFError, OSError):
        pipe.send(True)
        while True:
            pipe.send(function(pipe.recv()))
