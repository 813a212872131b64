"""One file → its filing and chunks, or one line that says why not. Runs in worker processes.

Kept apart from the pipeline, whose imports take seconds that every process would pay for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, fields, replace
from pathlib import Path

from rag_app.core.errors import FilingError
from rag_app.core.facts import Tagged
from rag_app.core.types import Chunk, Filing, FilingMeta
from rag_app.cutting import Cutting
from rag_app.facts.extract import facts_of
from rag_app.facts.types import Fact
from rag_app.filings.read import read_filing, shown
from rag_app.processes import CannotStart, Lost, in_processes

MOST_PROCESSES = 8  # each may take a gigabyte; more would wait for this one to store what they read


@dataclass(frozen=True, slots=True)
class Job:
    """A file to parse. `told` fills what the file does not say of itself; `name` is its id and source."""

    path: Path
    cutting: Cutting
    told: FilingMeta | None = None
    name: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """What came of a file: a filing with its chunks and facts, or the reason why there is none."""

    path: Path
    filing: Filing | None
    chunks: tuple[Chunk, ...]
    reason: str = ""
    facts: tuple[Fact, ...] = ()


def parse(job: Job) -> Parsed:
    """Read and cut one file; every failure is a reason, never raised."""
    path, name = job.path, shown(job.path)
    try:
        filing = read_filing(path)
        if job.name is not None:
            filing = replace(filing, filing_id=job.name[0], source=job.name[1])
        if job.told is not None:
            filing = replace(filing, meta=_filled(filing.meta, job.told))
        chunks = job.cutting.chunks(filing)
        facts, remarks = facts_of(filing, chunks)
    except FilingError as error:
        return failed(path, str(error))
    except MemoryError:
        return failed(path, f"{name}: needs more memory than there is; take the main document only")
    except Exception as error:  # a parser's own bug must not stop the other files
        about = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return failed(
            path, f"{name}: cannot be parsed ({about}); download it again, or report it with the file"
        )
    if not chunks:
        return failed(path, f"{name}: no text found; expected a filing with prose or tables")
    filing = replace(filing, warnings=(*filing.warnings, *remarks), tagged=Tagged())  # facts hold it all
    return Parsed(path, filing, tuple(chunks), facts=facts)


def parse_all(parser: Callable[[Job], Parsed], jobs: Sequence[Job]) -> Generator[Parsed]:
    """Parsed files in the order given, each in a process that may crash, hang or grow without harm.

    A process costs a quarter of a second, so that one small file gets it too: any may be hostile.
    """
    done = 0
    try:
        count = min(os.cpu_count() or 1, MOST_PROCESSES)
        with closing(in_processes(parser, jobs, count)) as results:
            for result in results:
                path = jobs[done].path
                done += 1
                if isinstance(result, Lost):
                    remedy = "a damaged or hostile file? Download it again, or leave it out"
                    yield failed(path, f"{shown(path)}: its parser {result.reason}; {remedy}")
                else:
                    yield result
        return
    except CannotStart:
        pass  # where this Python cannot start another, this process does the rest, unprotected
    yield from map(parser, jobs[done:])


def failed(path: Path, reason: str) -> Parsed:
    """Nothing came of `path`."""
    return Parsed(path, None, (), reason)


def _filled(meta: FilingMeta, told: FilingMeta) -> FilingMeta:
    """What the document says, and where it is silent what its source said."""
    return FilingMeta(**{f.name: getattr(meta, f.name) or getattr(told, f.name) for f in fields(FilingMeta)})
