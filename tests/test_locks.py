"""Two processes on one workspace: who is told what, who waits, and what a killed one leaves."""

from __future__ import annotations

import json
import math
import os
import platform
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path

import pytest

from rag_app.core.config import Workspace, seconds_to_wait
from rag_app.core.errors import UsageError, WorkspaceError
from rag_app.core.files import Wait, locked
from ui.cli import main

ROOT = Path(__file__).parents[1]
HOLD = """
import sys
from pathlib import Path
from rag_app.core.config import Workspace
from rag_app.core.files import locked
with locked(Workspace(Path(sys.argv[1])).lock(sys.argv[2]), sys.argv[3]):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def held_elsewhere(workspace: Workspace, lock: str, what: str) -> Iterator[subprocess.Popen[str]]:
    """A second process that holds a lock until a line is written to it, or it is killed."""
    command = [sys.executable, "-c", HOLD, str(workspace.root), lock, what]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


class Heard(StringIO):
    """Standard error that does something at the first line that says it waits."""

    def __init__(self, then: Callable[[], object]) -> None:
        super().__init__()
        self.then: Callable[[], object] | None = then

    def write(self, text: str) -> int:
        if self.then and text.startswith("waiting to "):
            threading.Timer(0.1, self.then).start()
            self.then = None
        return super().write(text)


def run(workspace: Workspace, *args: str, then: Callable[[], object] = lambda: None) -> tuple[int, list[str]]:
    """Exit code and error lines of a command in this process."""
    error, code = Heard(then), 0
    with redirect_stderr(error):
        try:
            main([*args, "--workspace", str(workspace.root)])
        except SystemExit as end:
            code = int(end.code or 0)
    return code, error.getvalue().split("\n")


def test_the_second_writer_is_told_who_writes_where_and_since_when(workspace: Workspace) -> None:
    with held_elsewhere(workspace, "index", "build an index") as other:
        started = time.strftime("%Y-%m-%d %H:%M:")
        with pytest.raises(WorkspaceError) as told, locked(workspace.lock("index"), "build an index"):
            pytest.fail("two holders")
    since = re.escape(started) + r"\d\d"
    assert re.fullmatch(
        rf"cannot build an index: process {other.pid} \(build an index\), since {since}, is writing to "
        rf"{re.escape(str(workspace.root))}; try again when it has ended, or with --wait",
        str(told.value),
    )


def test_a_killed_writer_holds_nothing_and_misleads_nobody(workspace: Workspace) -> None:
    with held_elsewhere(workspace, "index", "build an index") as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
    left = workspace.root / "locks" / "index.holder"
    assert json.loads(left.read_text(encoding="utf-8"))["pid"] == other.pid
    with locked(workspace.lock("index"), "compact"):
        assert json.loads(left.read_text(encoding="utf-8"))["pid"] == os.getpid()
    assert not left.exists()


@pytest.mark.parametrize(
    "about",
    [
        "",
        "[]",
        '{"pid": 1',
        {"pid": 2**22 + 1},  # beyond any process number
        {"started": "1"},  # the number went to another process
    ],
)
def test_a_holder_file_that_tells_of_nobody_who_runs(workspace: Workspace, about: object) -> None:
    holder = workspace.root / "locks" / "index.holder"
    with locked(workspace.lock("index"), "build an index"):
        if isinstance(about, dict):
            known = json.loads(holder.read_text(encoding="utf-8"))
            about = json.dumps(known | about)
        holder.write_text(str(about), encoding="utf-8")
        with (
            pytest.raises(WorkspaceError, match="cannot index: another process is writing to "),
            locked(workspace.lock("index"), "index"),
        ):
            pytest.fail("two holders")


def test_a_holder_on_another_machine_is_named_with_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with locked(workspace.lock("index"), "build an index"):
        monkeypatch.setattr(platform, "node", lambda: "elsewhere")
        with (
            pytest.raises(WorkspaceError, match=r"process \d+ \(build an index\) on \S+, since"),
            locked(workspace.lock("index"), "index"),
        ):
            pytest.fail("two holders")


@pytest.mark.parametrize(
    ("end", "seconds"),
    [(subprocess.Popen.kill, math.inf), (lambda process: process.stdin.close(), 600.0)],
    ids=["killed", "done"],
)
def test_a_patient_writer_tells_once_and_goes_on(
    workspace: Workspace, end: Callable[[subprocess.Popen[str]], object], seconds: float
) -> None:
    told: list[str] = []
    with held_elsewhere(workspace, "filings", "ingest") as other:

        def tell(line: str) -> None:
            told.append(line)
            threading.Thread(target=end, args=(other,)).start()

        patient = Workspace(workspace.root, Wait(seconds, tell))
        with locked(patient.lock("filings"), "remove a filing"):
            holder = workspace.root / "locks" / "filings.holder"
            assert json.loads(holder.read_text(encoding="utf-8"))["what"] == "remove a filing"
    assert len(told) == 1
    assert told[0].startswith(f"waiting to remove a filing: process {other.pid} (ingest), since ")
    limit = "" if math.isinf(seconds) else "; for 600 s at most"
    assert told[0].endswith(f"is writing to {workspace.root}{limit}")


def test_a_wait_ends(workspace: Workspace) -> None:
    told: list[str] = []
    patient = Workspace(workspace.root, Wait(0.1, told.append))
    with (
        locked(workspace.lock("filings"), "ingest"),
        pytest.raises(WorkspaceError, match=r"cannot remove: .*; try again .*, or with a longer --wait$"),
        locked(patient.lock("filings"), "remove"),
    ):
        pytest.fail("two holders")
    assert len(told) == 1


def test_a_short_hold_is_waited_for_in_silence(workspace: Workspace) -> None:
    told: list[str] = []
    patient = Workspace(workspace.root, Wait(0.1, told.append))
    with (
        locked(workspace.lock("active"), "activate an index"),
        pytest.raises(WorkspaceError, match=r"cannot roll back: .*or with --wait$"),
        locked(patient.lock("active"), "roll back", timeout=0.2),
    ):
        pytest.fail("two holders")
    assert told == []


def test_different_work_is_not_in_each_others_way(workspace: Workspace) -> None:
    with locked(workspace.lock("filings"), "ingest"), locked(workspace.lock("train"), "train a model"):
        names = {p.name for p in (workspace.root / "locks").iterdir()}
    assert names == {"filings.lock", "filings.holder", "train.lock", "train.holder"}


def test_how_long_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAG_APP_WAIT", raising=False)
    assert (seconds_to_wait(), seconds_to_wait("90"), seconds_to_wait("forever")) == (0.0, 90.0, math.inf)
    monkeypatch.setenv("RAG_APP_WAIT", "2.5")
    assert (seconds_to_wait(), seconds_to_wait("0")) == (2.5, 0.0)
    for bad in ("soon", "-1", "nan"):
        with pytest.raises(UsageError, match=f"--wait '{bad}': expected seconds, such as 600, or forever"):
            seconds_to_wait(bad)
    monkeypatch.setenv("RAG_APP_WAIT", "soon")
    with pytest.raises(UsageError, match="RAG_APP_WAIT 'soon': expected seconds"):
        seconds_to_wait()


def test_the_command_line_refuses_at_once(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAG_APP_WAIT", raising=False)
    with held_elsewhere(workspace, "filings", "ingest") as other:
        code, (line, *rest) = run(workspace, "remove", "x")
    assert (code, rest) == (1, [""])
    assert line.startswith(f"Error: cannot remove a filing: process {other.pid} (ingest), since ")


@pytest.mark.parametrize("how", ["option", "environment"])
def test_the_command_line_waits(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setenv("RAG_APP_WAIT", "forever" if how == "environment" else "0")
    with held_elsewhere(workspace, "filings", "ingest") as other:
        option = ["--wait"] if how == "option" else []
        code, (first, *rest) = run(workspace, "remove", "x", *option, then=other.kill)
    assert first.startswith(f"waiting to remove a filing: process {other.pid} (ingest), since ")
    assert (code, rest) == (
        2,
        [f"Error: no filing 'x' in {workspace.root}; see rag-app status for the ids", ""],
    )


def test_a_value_that_is_a_path(workspace: Workspace) -> None:
    assert run(workspace, "ingest", "--wait", "report.htm") == (
        2,
        [
            "Error: --wait 'report.htm': expected seconds, such as 600, or forever "
            "(--wait=forever before a path)",
            "",
        ],
    )


def test_ctrl_c_while_waiting(workspace: Workspace) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a suite in the background ignores it
    try:
        with held_elsewhere(workspace, "filings", "ingest"):
            code, lines = run(
                workspace, "remove", "x", "--wait", "600", then=lambda: os.kill(os.getpid(), signal.SIGINT)
            )
    finally:
        signal.signal(signal.SIGINT, before)
    assert lines[0].endswith("; for 600 s at most")
    assert (code, [line for line in lines[1:] if line]) == (
        1,
        ["Stopped. What was finished is kept; run the same command to go on."],
    )
