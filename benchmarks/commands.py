"""The command line as processes that can be killed: started cold, or forked from this one.

A fork of a process that has imported the libraries starts in milliseconds where a new interpreter takes
seconds: a kill at a random moment then meets work, not imports. To the disk and the locks both are the same.
"""

from __future__ import annotations

import importlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time
import traceback
import tty
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LIBRARIES = (
    "sentence_transformers",
    "transformers.models.bert.modeling_bert",
    "chromadb",
    "datasets",
    "bm25s",
    "matplotlib.figure",
    "rag_app.pipeline",
    "rag_app.arms",
    "rag_app.compare",
    "finetune.training.train",
    "finetune.pipeline",
    "ui.tuning",
)
BAR = re.compile(r"(\w+): +\d+%\|[^|]*\| +(\d+)/(\d+)")


@dataclass(frozen=True, slots=True)
class Seen:
    """A progress bar, so many seconds after the start."""

    seconds: float
    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Ran:
    """A finished or killed command: `code` is its exit code, or minus the signal."""

    code: int
    out: str
    err: str
    seconds: float
    bars: tuple[Seen, ...]

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def stage(self) -> str:
        """Where it was when it ended, by its last bar."""
        return f"{self.bars[-1].stage} {self.bars[-1].done}/{self.bars[-1].total}" if self.bars else "-"


def preload() -> None:
    """Import what commands use; after that nothing may use a thread pool in this process."""
    for name in LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(name)


def command(*args: str, kill_after: float | None = None, cold: bool = False) -> Ran:
    """Run `rag-app ARGS` with a terminal on standard error, in a process group of its own.

    After `kill_after` seconds the whole group gets SIGKILL. `cold` starts a new interpreter.
    """

    def work() -> None:
        from ui.cli import main

        main(list(args))

    return _watched(work if not cold else [sys.executable, "-m", "ui", *args], kill_after)


def forked(work: Callable[[], object]) -> None:
    """Do `work` in a process of its own. Raises RuntimeError with its error output when it fails."""
    ran = _watched(work, None)
    if ran.code:
        raise RuntimeError(ran.err)


def _watched(work: Callable[[], object] | Sequence[str], kill_after: float | None) -> Ran:
    master, terminal = pty.openpty()
    tty.setraw(terminal)
    termios.tcsetwinsize(terminal, (25, 100))  # bars are drawn only where there is room
    started = time.monotonic()
    with tempfile.TemporaryFile() as out:
        if callable(work):
            pid = _fork(work, out.fileno(), terminal)
        else:
            pid = subprocess.Popen(
                work, stdin=subprocess.DEVNULL, stdout=out, stderr=terminal, start_new_session=True, cwd=ROOT
            ).pid
        os.close(terminal)
        err, bars, code = _until_end(pid, master, started, kill_after)
        out.seek(0)
        return Ran(code, out.read().decode(), err, time.monotonic() - started, tuple(bars))


def _fork(work: Callable[[], object], out: int, err: int) -> int:
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        os.setsid()
        for source, target in ((os.open(os.devnull, os.O_RDONLY), 0), (out, 1), (err, 2)):
            os.dup2(source, target)
        sys.stdout, sys.stderr = (os.fdopen(fd, "w", buffering=1, closefd=False) for fd in (1, 2))
        work()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stdout.flush()
        os._exit(code)


def _until_end(
    pid: int, master: int, started: float, kill_after: float | None
) -> tuple[str, list[Seen], int]:
    """What the process wrote to its terminal until it ended, the bars in it, and its exit code."""
    text, bars, ended, status = "", [], 0, 0
    while True:
        if not ended:
            ended, status = os.waitpid(pid, os.WNOHANG)
        piece = ""
        if select.select([master], [], [], 0.01)[0]:
            with suppress(OSError):  # nobody holds the other side any more
                piece = os.read(master, 1 << 16).decode(errors="replace")
            text += piece
            now = time.monotonic() - started
            bars += [Seen(now, m[1], int(m[2]), int(m[3])) for m in BAR.finditer(piece)]
        if ended and not piece:
            os.close(master)
            return text, bars, os.waitstatus_to_exitcode(status)
        if kill_after is not None and time.monotonic() - started >= kill_after:
            kill_after = None
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
