"""Work in processes that may die: order, losses, bounds, and what is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from rag_app.processes import Lost, in_processes


def work(item: tuple[str, int]) -> int:
    """What the first part of `item` says, with its number."""
    kind, number = item
    if kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "wait":
        time.sleep(number)
    return number


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
    results.close()  # type: ignore[attr-defined]
    assert isinstance(first, int)
    assert subprocess.run(["kill", "-0", str(first)], capture_output=True).returncode != 0


def test_a_script_without_a_guard_is_told_so(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from operator import neg\nfrom rag_app.processes import CannotStart, in_processes\n"
        "try:\n    print(list(in_processes(neg, [1, 2], 2)))\n"
        "except CannotStart:\n    print('cannot start')\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, env=env)
    assert done.stdout.splitlines()[-1] == "cannot start"
