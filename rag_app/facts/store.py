"""The facts of a workspace's filings, to be looked up: `facts.sqlite`, made of each filing's `facts.jsonl`.

Derived: brought up to date with the filings when opened, one transaction a filing, and built anew when
damaged or of another version. Several processes may read and write it. Knows no questions.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from rag_app.core.config import Workspace
from rag_app.core.errors import WorkspaceError
from rag_app.core.files import locked
from rag_app.core.types import Progress, ProgressFn, no_progress, text_hash
from rag_app.facts.tables import (
    Company,
    FactLabel,
    connect,
    drop_filing,
    from_members,
    put_filing,
    select_columns,
    select_facts,
    select_labels,
    to_fact,
    to_label,
    to_members,
)
from rag_app.facts.types import Fact
from rag_app.store import StoredFiling, list_filings, stored_facts

WAIT = 60.0  # seconds that one process waits for another's transaction
_DAMAGED = (
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_ERROR,
)  # the last: a table is missing
T = TypeVar("T")


class FactStore:
    """Look-ups in the facts of a workspace. Several threads may share one."""

    def __init__(self, workspace: Workspace) -> None:
        self.path = workspace.create().root / "facts.sqlite"
        self.problems: tuple[str, ...] = ()
        self._workspace = workspace
        self._lock = threading.RLock()
        self._seen = (-1, -1)  # of the filings' folder and the file, when brought up to date
        self._labels: dict[object, tuple[FactLabel, ...]] = {}
        self._columns: dict[str, dict[tuple[str, tuple[tuple[str, str], ...]], list[str]]] = {}
        self._db = self._connect()

    @classmethod
    def open(cls, workspace: Workspace, on_progress: ProgressFn = no_progress) -> FactStore:
        """The store of a workspace, up to date with its filings.

        `problems` names the filings whose facts cannot be read; the rest is there. Raises WorkspaceError
        where the file cannot be written.
        """
        store = cls(workspace)
        store.update(on_progress)
        return store

    def update(self, on_progress: ProgressFn = no_progress) -> None:
        """Take in filings that came, let go of those that went; next to nothing where none did."""
        with self._lock:
            seen = _changed(self._workspace.filings), _file(self.path)
            if seen == self._seen:
                return
            if seen[1] != self._seen[1] and self._seen != (-1, -1):  # another process built it anew
                self._db.close()
                self._db = self._connect()
            self._try(lambda: self._sync(on_progress))
            self._seen = seen[0], _file(self.path)

    def companies(self) -> list[Company]:
        """The companies that have facts, by name: as the newest of their filings says it."""
        rows = self._rows(
            "SELECT c.key, g.name, g.ticker, g.cik, count(*), sum(g.facts), max(g.newest) FROM companies c"
            " JOIN filings g ON g.company = c.company WHERE g.facts > 0 GROUP BY c.company ORDER BY 2, 1"
        )
        return [Company(*row[:6]) for row in rows]

    def count(self) -> int:
        """How many facts there are."""
        return int(self._rows("SELECT coalesce(sum(facts), 0) FROM filings")[0][0])

    def tagged(self) -> frozenset[str]:
        """The ids of the filings that have facts."""
        return frozenset(row[0] for row in self._rows("SELECT id FROM filings WHERE facts > 0"))

    def labels(
        self, companies: Collection[str] | None = None, filings: Collection[str] | None = None
    ) -> tuple[FactLabel, ...]:
        """The distinct labels in these companies (keys) and filings (ids); None is all. Kept in memory."""
        key = tuple(None if some is None else frozenset(some) for some in (companies, filings))
        with self._lock:
            if key not in self._labels:
                rows = self._rows(*select_labels(companies, filings))
                self._labels[key] = tuple(map(to_label, rows))
            return self._labels[key]

    def columns(self, company: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], list[str]]:
        """The heads of the columns in which a company's (concept, members) stand. Kept in memory."""
        with self._lock:
            if company not in self._columns:
                found: dict[tuple[str, tuple[tuple[str, str], ...]], list[str]] = {}
                for concept, members, head in self._rows(*select_columns(company)):
                    found.setdefault((concept, to_members(members)), []).append(head)
                self._columns[company] = found
            return self._columns[company]

    def find(
        self,
        concepts: Collection[str] | str,
        companies: Collection[str] | None = None,
        *,
        filings: Collection[str] | None = None,
        start: str | None = None,
        end: str | None = None,
        fiscal_year: int | None = None,
        fiscal_period: str | None = None,
        members: Sequence[tuple[str, str]] | None = None,
        unit: str | None = None,
    ) -> list[Fact]:
        """All facts that match, repeated and restated ones too; of the newest filing first, in its order.

        None leaves a condition out; `members` () is the whole company.
        """
        told = {
            "f.start": start,
            "f.end": end,
            "f.year": fiscal_year,
            "f.period": fiscal_period,
            "l.members": None if members is None else from_members(members),
            "l.unit": unit,
        }
        several = [concepts] if isinstance(concepts, str) else concepts
        return [to_fact(row) for row in self._rows(*select_facts(several, companies, filings, told))]

    def of_filing(self, filing_id: str) -> list[Fact]:
        """A filing's facts in reading order; none for an unknown id."""
        found = self._rows(*select_facts(None, None, [filing_id], {}))
        return [to_fact(row) for row in found]

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        return self._try(lambda: self._db.execute(sql, values).fetchall())

    def _try(self, work: Callable[[], T]) -> T:
        """`work`, and once more on a store built anew where the file turns out damaged."""
        with self._lock:
            try:
                return work()
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode & 0xFF not in _DAMAGED:
                    raise WorkspaceError(f"{self.path}: {error}; try again, with free space") from error
            self._db.close()
            self._delete()
            self._db = self._connect()
            self._sync(no_progress)
            return work()

    def _connect(self) -> sqlite3.Connection:
        """The open file with our tables; one that is damaged or of another version is made anew."""
        try:
            found = connect(self.path, WAIT)
            if found is None:
                self._delete()
                found = connect(self.path, WAIT)
        except sqlite3.Error as error:
            raise WorkspaceError(
                f"{self.path}: {error}; the workspace must be a writable folder with free space"
            ) from error
        if found is None:
            raise WorkspaceError(f"{self.path}: cannot be made anew; delete it")
        return found

    def _delete(self) -> None:
        with locked(self._workspace.lock("facts"), "rebuild the facts", timeout=WAIT):
            for end in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)

    def _sync(self, on_progress: ProgressFn) -> None:
        self.problems = ()
        self._labels.clear()
        self._columns.clear()
        seen = _changed(self._workspace.filings)
        if self._db.execute("SELECT seen FROM state").fetchone() == (seen,):
            return  # as when all of them were last taken in
        have: dict[str, str] = dict(self._db.execute("SELECT id, content FROM filings").fetchall())
        stored = {filing.filing_id: filing for filing in list_filings(self._workspace)}
        changed = [name for name in have if name not in stored]
        changed += [name for name, filing in stored.items() if have.get(name) != _content(filing)]
        problems = []
        for done, name in enumerate(changed):
            on_progress(Progress("facts", done, len(changed), name))
            filing = stored.get(name)
            facts: list[Fact] = []
            content = _content(filing) if filing is not None else ""
            try:
                if filing is not None:
                    facts = stored_facts(self._workspace, filing)
            except WorkspaceError as error:
                problems.append(str(error))
                content = ""  # to be looked at again
            self._replace(name, filing, content, facts)
        self.problems = tuple(problems)
        if not problems:
            with self._transaction() as db:
                db.execute("DELETE FROM state")
                db.execute("INSERT INTO state VALUES(?)", (seen,))

    def _replace(self, name: str, filing: StoredFiling | None, content: str, facts: list[Fact]) -> None:
        """One transaction: what is known of a filing goes, what is stored of it now comes."""
        with self._transaction() as db:
            old = db.execute("SELECT filing, content FROM filings WHERE id = ?", (name,)).fetchone()
            if old is not None and filing is not None and old[1] == content:
                return  # another process did it
            if old is not None:
                drop_filing(db, old[0])
            if filing is not None:
                put_filing(db, name, filing.source, filing.meta, content, facts)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise


def _content(filing: StoredFiling) -> str:
    """What changes with a filing's facts, or with what it says of itself."""
    return text_hash(repr((filing.facts, filing.facts_content, filing.source, filing.meta)))[:16]


def _changed(folder: Path) -> int:
    """When a folder came into `folder` or went, in nanoseconds; -2 where there is none."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return -2


def _file(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return -2
