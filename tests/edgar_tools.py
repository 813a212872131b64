"""What the EDGAR tests share: a clock that never waits, and how to fetch from the fake server."""

from __future__ import annotations

import threading
from pathlib import Path

from fake_edgar import FakeEdgar

from rag_app.filings.edgar.fetch import (
    FetchRequest,
    FetchResult,
    fetch_filings,
)
from rag_app.filings.edgar.pace import Pacer

ACME_2024 = "0001000001-25-000010"
ACME_FOLDER = "/Archives/edgar/data/1000001/000100000125000010"
ACME_10K = ("ACME",)


class Clock:
    """Time that passes only in `sleep`."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []
        self.lock = threading.Lock()

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self.lock:
            self.slept.append(seconds)
            self.now += seconds


def pacer_on(clock: Clock, per_second: float = 1e9) -> Pacer:
    return Pacer(per_second, clock.time, clock.sleep, lambda: 0.0)


def fetch(server: FakeEdgar, folder: Path, request: FetchRequest) -> FetchResult:
    return fetch_filings(request, folder, server.settings(), pacer=server.pacer())


def one_failure(result: FetchResult) -> str:
    assert result.fetched == ()
    (failure,) = result.failed
    return failure.reason


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
