"""Long work that outlives the page: a job goes on when its page is reloaded, and any page can watch it.

Built on `ui.background.follow`. Knows neither what the work is nor how it is drawn.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from rag_app.core.errors import Cancelled, RagAppError, UsageError
from rag_app.core.types import Progress, ProgressFn
from ui.background import Done, follow

POLL = 0.25  # seconds between two looks at a job
CURVE = 4000  # progress events with values that are kept


@dataclass
class Job:
    """One run of long work: what it says, and in the end its result or the error as one line."""

    title: str
    started: float = field(default_factory=time.monotonic)
    step: Progress | None = None
    stage_started: float = field(default_factory=time.monotonic)
    curve: list[dict[str, float]] = field(default_factory=list)
    result: Any = None
    error: str = ""
    cancelled: bool = False
    ended: float | None = None
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def running(self) -> bool:
        """Whether the work goes on."""
        return self.ended is None

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop and has not yet."""
        return self.running and self._stop.is_set()

    @property
    def seconds(self) -> float:
        """How long it took, or has taken so far."""
        return (self.ended or time.monotonic()) - self.started

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._stop.set()

    def run(self, work: Callable[[ProgressFn], Any]) -> None:
        """Do the work in the calling thread; never raises."""

        def stoppable(listen: ProgressFn) -> Any:
            def one(step: Progress) -> None:
                if self._stop.is_set():
                    raise Cancelled("stopped; what was finished is kept")
                listen(step)

            return work(one)

        try:
            for event in follow(stoppable):
                if isinstance(event, Done):
                    self.result = event.result
                else:
                    self._note(event)
        except Cancelled as error:
            self.cancelled, self.error = True, str(error)
        except RagAppError as error:
            self.error = str(error)
        except Exception as error:  # a bug of ours or a library's: one line, never a traceback
            first = (str(error).splitlines() or [""])[0][:300]
            self.error = f"{self.title} failed: {type(error).__name__}: {first}"
        finally:
            self.ended = time.monotonic()

    def _note(self, step: Progress) -> None:
        if self.step is None or self.step.stage != step.stage:
            self.stage_started = time.monotonic()
        self.step = step
        if step.stage == "train" and step.values and len(self.curve) < CURVE:
            self.curve.append({"step": float(step.done), **step.values})

    def watch(self) -> Iterator[Job]:
        """This job every quarter second until it has ended, the end included."""
        while self.running:
            yield self
            time.sleep(POLL)
        yield self


@dataclass
class Jobs:
    """At most one job a kind ("filings", "index", "train", "evaluate")."""

    _jobs: dict[str, Job] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, kind: str, title: str, work: Callable[[ProgressFn], Any]) -> Job:
        """Start `work` in a thread of its own. Raises UsageError while one of its kind runs."""
        with self._lock:
            now = self._jobs.get(kind)
            if now is not None and now.running:
                raise UsageError(f"{now.title} is still running; wait for it to end or cancel it")
            job = self._jobs[kind] = Job(title)
        threading.Thread(target=job.run, args=(work,), daemon=True, name=f"job-{kind}").start()
        return job

    def get(self, kind: str) -> Job | None:
        """The latest job of this kind."""
        return self._jobs.get(kind)
