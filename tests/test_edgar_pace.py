"""Turns at EDGAR: evenly spaced over threads and processes, pauses that hold for all; no long sleeps."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from edgar_tools import Clock, pacer_on

from rag_app.core.errors import FetchError
from rag_app.filings.edgar.pace import PER_SECOND, Pacer, edgar_pacer

TAKE = """
import sys
from pathlib import Path
from rag_app.filings.edgar.pace import Pacer
pacer = Pacer(100, shared=Path(sys.argv[1]))
turns = [pacer.turn()]
print("turning", flush=True)
while not Path(sys.argv[2]).exists():
    turns.append(pacer.turn())
print(*turns)
"""


def test_turns_are_spaced_over_all_threads() -> None:
    clock = Clock()
    pacer = pacer_on(clock, per_second=8)
    with ThreadPoolExecutor(8) as pool:
        turns = sorted(pool.map(lambda _: pacer.turn(), range(40)))
    gaps = [after - before for before, after in pairwise(turns)]
    assert min(gaps) >= 0.125
    assert turns[-1] - turns[0] == pytest.approx(39 / 8)
    assert PER_SECOND == 8


def test_a_pause_holds_for_every_thread() -> None:
    clock = Clock()
    pacer = pacer_on(clock, per_second=8)
    pacer.hold(30)
    pacer.hold(5)  # a shorter one does not end it
    with ThreadPoolExecutor(4) as pool:
        turns = sorted(pool.map(lambda _: pacer.turn(), range(4)))
    assert turns == [130.0, 130.125, 130.25, 130.375]


def test_back_off_doubles_and_jitters() -> None:
    pacer = Pacer(jitter=lambda: 1.0)
    assert [pacer.back_off(tries) for tries in (1, 2, 3, 4)] == [1.5, 3.0, 6.0, 12.0]


def test_turns_are_spaced_over_two_processes(tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    words = [sys.executable, "-c", TAKE, str(tmp_path / "cache" / "next"), str(stop)]
    two = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for one in two:
        assert one.stdout and one.stdout.readline() == "turning\n"
    time.sleep(0.3)  # both take turns meanwhile
    stop.touch()
    each = [[float(turn) for turn in one.communicate(timeout=60)[0].split()] for one in two]
    assert each[0][0] < each[1][-1] and each[1][0] < each[0][-1]  # they did run at the same time
    turns = sorted(each[0] + each[1])
    assert (
        min(after - before for before, after in pairwise(turns)) >= 0.01 - 2e-6
    )  # the file has microseconds


def test_a_pause_holds_for_another_process(tmp_path: Path) -> None:
    clock, shared = Clock(), tmp_path / "next"
    one, other = (Pacer(8, clock.time, clock.sleep, shared=shared) for _ in range(2))
    one.hold(30)
    assert other.turn() == pytest.approx(130)
    one.hold(600)
    with pytest.raises(FetchError, match="EDGAR asks for a pause of 600 more seconds"):
        other.turn()


@pytest.mark.parametrize(
    "content", [b"", b"soon", b"\xff\xfe", b"nan", b"inf", b"-inf", b"1e300", b"3701", b"5"]
)
def test_a_damaged_or_stale_file_counts_for_nothing(tmp_path: Path, content: bytes) -> None:
    clock, shared = Clock(), tmp_path / "next"
    shared.write_bytes(content)
    pacer = Pacer(8, clock.time, clock.sleep, shared=shared)
    assert [pacer.turn(), pacer.turn()] == [100, 100.125]
    assert shared.read_text() == "100.250000"


def test_without_a_file_a_process_paces_itself(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be")
    clock = Clock()
    pacer = Pacer(8, clock.time, clock.sleep, shared=tmp_path / "blocked" / "next")
    assert [pacer.turn(), pacer.turn()] == [100, 100.125]


def test_the_file_is_in_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    edgar_pacer.cache_clear()
    try:
        before = time.time()
        edgar_pacer().turn()
        told = float((tmp_path / "rag-app" / "edgar-next").read_text())
        assert before + 0.125 <= told + 1e-6 <= time.time() + 0.126
    finally:
        edgar_pacer.cache_clear()
