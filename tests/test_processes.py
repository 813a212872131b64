"""Work in processes that may die: order, losses, bounds, and what is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag_app.processes import CannotStart, Lost, in_processes


def work(item: tuple[str, int]) -> int:
    """What the first part of `item` says, with its number."""
    kind, number = item
    if kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "wait":
        time.sleep(number)
    return number


def hang(item: object) -> None:
    """What a hostile file does to a parser."""
    while True:
        pass


def leave_a_mark(path: Path) -> int:
    path.write_text("begun")
    return os.getpid()


def test_results_come_in_order_and_a_loss_costs_one_item() -> None:
    items = [("wait", 1), ("", 2), ("kill", 3), ("", 4), ("kill", 5), ("", 6)]
    lost = Lost("was killed, most likely for want of memory")
    assert list(in_processes(work, items, 2)) == [1, 2, lost, 4, lost, 6]
    assert list(in_processes(work, [], 2)) == []


def test_an_item_that_takes_too_long_is_given_up() -> None:
    results = list(in_processes(work, [("", 1), ("wait", 600), ("", 3)], 1, longest=2))
    assert results == [1, Lost("took longer than 2 s and was stopped"), 3]


def test_nothing_runs_far_ahead_and_closing_ends_the_processes(tmp_path: Path) -> None:
    marks = [tmp_path / str(number) for number in range(40)]
    results = in_processes(leave_a_mark, marks, 2)
    first = next(results)
    time.sleep(0.5)
    assert len(list(tmp_path.iterdir())) <= 6
    results.close()
    assert isinstance(first, int)
    assert subprocess.run(["kill", "-0", str(first)], capture_output=True).returncode != 0


def script(tmp_path: Path, text: str) -> subprocess.Popen[str]:
    """`text` as a script without a `__main__` guard, in a process group of its own."""
    path = tmp_path / "script.py"
    path.write_text("from rag_app.processes import in_processes\n" + text)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, path], stdout=subprocess.PIPE, text=True, env=env, start_new_session=True
    )


def gone(group: int, seconds: float) -> bool:
    """Whether no process of the group is left after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    os.killpg(group, signal.SIGKILL)
    return False


def test_a_script_needs_no_guard_and_runs_once(tmp_path: Path) -> None:
    text = "from operator import neg\nprint('once')\nprint(list(in_processes(neg, [1, 2], 2)))\n"
    assert script(tmp_path, text).communicate(timeout=60)[0] == "once\n[-1, -2]\n"


SLEEPS = """import signal
from time import sleep
signal.signal(signal.SIGINT, signal.default_int_handler)  # a suite run in the background ignores it
for result in in_processes(sleep, [0, 600, 600], 1, longest={longest}):
    print(result, flush=True)
"""


def test_ctrl_c_ends_the_run_and_its_processes(tmp_path: Path) -> None:
    run = script(tmp_path, SLEEPS.format(longest=300))
    assert run.stdout is not None
    assert run.stdout.readline() == "None\n"
    os.killpg(run.pid, signal.SIGINT)  # as a terminal sends it: to the processes too
    assert run.wait(timeout=20) == -signal.SIGINT
    assert gone(run.pid, 0.5)
    run.stdout.close()


def test_a_process_whose_parent_was_killed_ends_at_its_limit(tmp_path: Path) -> None:
    run = script(tmp_path, SLEEPS.format(longest=1))
    assert run.stdout is not None
    assert run.stdout.readline() == "None\n"
    run.kill()
    run.wait()
    assert gone(run.pid, 10)
    run.stdout.close()


def test_no_process_comes_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("/no/such/program", "/bin/false"):
        monkeypatch.setattr(sys, "executable", program)
        with pytest.raises(CannotStart):
            list(in_processes(work, [("", 1)], 1))


def test_a_process_that_does_not_come_up_later_costs_its_item(monkeypatch: pytest.MonkeyPatch) -> None:
    results = in_processes(work, [("", 1), ("kill", 2), ("", 3)], 1)
    assert next(results) == 1
    monkeypatch.setattr(sys, "executable", "/bin/false")
    killed = Lost("was killed, most likely for want of memory")
    assert list(results) == [killed, Lost("ended with exit code 1")]
