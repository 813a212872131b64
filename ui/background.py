"""Long work as a generator of progress: one thread works, the caller draws.

Knows neither what the work is nor how it is drawn.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from rag_app.core.errors import Cancelled
from rag_app.core.types import Progress, ProgressFn

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """The last event of `follow`: what the work returned."""

    result: T


@dataclass(frozen=True, slots=True)
class _Failed:
    error: BaseException


def follow(work: Callable[[ProgressFn], T]) -> Iterator[Progress | Done[T]]:
    """Run `work(on_progress)` in a thread; yield its progress, then `Done`.

    An error of the work is raised here. Closing the generator makes the work's next progress call
    raise `Cancelled`, which stops it cleanly.
    """
    events: queue.Queue[Progress | Done[T] | _Failed] = queue.Queue()
    stop = threading.Event()

    def listen(step: Progress) -> None:
        if stop.is_set():
            raise Cancelled("stopped by the user; what was finished is kept")
        events.put(step)

    def run() -> None:
        try:
            events.put(Done(work(listen)))
        except BaseException as error:  # handed to the caller, whatever it is
            events.put(_Failed(error))

    thread = threading.Thread(target=run, daemon=True, name="work")
    thread.start()
    try:
        while True:
            event = events.get()
            if isinstance(event, _Failed):
                raise event.error
            yield event
            if isinstance(event, Done):
                return
    finally:
        stop.set()
