"""A parser that dies on some files, in a module that a process imports fast."""

from __future__ import annotations

import os
import signal

from rag_app.parsing import Job, Parsed, parse


def parse_or_die(job: Job) -> Parsed:
    """As `parse`, but some files end their process as a crash or the system would."""
    ends = {"crash.htm": signal.SIGSEGV, "memory.htm": signal.SIGKILL}
    if job.path.name in ends:
        os.kill(os.getpid(), ends[job.path.name])
    if job.path.name == "exit.htm":
        os._exit(3)
    return parse(job)
