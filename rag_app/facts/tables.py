"""The tables of `facts.sqlite`, and how rows and facts become each other. Knows no workspace.

What facts share is kept once: a label with its concept, unit and members in `labels`, the companies that
use it in `names`. So the labels are read without the facts.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rag_app.core.types import FilingMeta
from rag_app.facts.types import Fact

VERSION = 2  # of the tables
_SCHEMA = """
CREATE TABLE state(seen INTEGER);
CREATE TABLE companies(company INTEGER PRIMARY KEY, key TEXT UNIQUE);
CREATE TABLE filings(filing INTEGER PRIMARY KEY, id TEXT UNIQUE, content TEXT, company INTEGER, name TEXT,
 ticker TEXT, cik TEXT, accession TEXT, form TEXT, source TEXT, newest TEXT, facts INTEGER);
CREATE INDEX filings_of ON filings(company);
CREATE TABLE labels(label_id INTEGER PRIMARY KEY, hash BLOB UNIQUE, concept TEXT, label TEXT, section TEXT,
 statement TEXT, unit TEXT, instant INTEGER, members TEXT);
CREATE INDEX labels_of ON labels(concept);
CREATE TABLE names(name INTEGER PRIMARY KEY, label_id INTEGER, company INTEGER, n INTEGER,
 UNIQUE(label_id, company));
CREATE INDEX names_of ON names(company);
CREATE TABLE facts(filing INTEGER, ord INTEGER, name INTEGER, col TEXT, shown TEXT, value TEXT, scale INTEGER,
 decimals TEXT, start TEXT, end TEXT, year INTEGER, period TEXT, chunk TEXT, row INTEGER, origin TEXT,
 PRIMARY KEY(filing, ord)) WITHOUT ROWID;
CREATE INDEX facts_of ON facts(name, end);
"""
_FACT = """g.id, f.ord, l.concept, l.label, l.section, l.statement, f.col, f.shown, f.value, f.scale,
 f.decimals, l.unit, f.start, f.end, f.year, f.period, l.members, f.chunk, f.row, g.name, g.ticker, g.cik,
 g.accession, g.form, g.source, f.origin"""
_LABEL = "l.concept, l.label, l.section, l.statement, l.unit, l.instant, l.members"
_NAMES = "FROM labels l JOIN names n ON n.label_id = l.label_id"
_FACTS = f"{_NAMES} JOIN facts f ON f.name = n.name JOIN filings g ON g.filing = f.filing"
_IN_COMPANIES = "n.company IN (SELECT company FROM companies WHERE key IN ({}))"
_IN_FILINGS = "f.filing IN (SELECT filing FROM filings WHERE id IN ({}))"
_DROP_LABEL = """DELETE FROM labels WHERE label_id = ?
 AND NOT EXISTS (SELECT 1 FROM names WHERE names.label_id = labels.label_id)"""
_DROP_COMPANY = """DELETE FROM companies WHERE company = ?
 AND NOT EXISTS (SELECT 1 FROM filings WHERE filings.company = companies.company)"""
Query = tuple[str, list[object]]


@dataclass(frozen=True, slots=True)
class Company:
    """A company with facts. `key` names it in look-ups: its CIK, or what stands for one."""

    key: str
    name: str
    ticker: str
    cik: str
    filings: int
    facts: int


@dataclass(frozen=True, slots=True)
class FactLabel:
    """What `n` facts have in common: how their row is called, what it is tagged with, in which unit."""

    concept: str
    label: str
    section: str
    statement: str
    unit: str
    instant: bool
    members: tuple[tuple[str, str], ...]
    n: int


def connect(path: Path, wait: float) -> sqlite3.Connection | None:
    """The database in `path` with our tables, made where there is none; None where it is not one of ours.

    Raises sqlite3.OperationalError for a place that cannot be written.
    """
    db = sqlite3.connect(path, timeout=wait, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")  # what a power cut takes is made again
        db.execute("BEGIN IMMEDIATE")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0 and not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {VERSION}")
            version = VERSION
        db.execute("COMMIT")
        if version == VERSION:
            return db
    except sqlite3.OperationalError:
        db.close()
        raise
    except sqlite3.DatabaseError:
        pass  # damaged, or no database at all
    db.close()
    return None


def select_facts(
    concepts: Collection[str] | None,
    companies: Collection[str] | None,
    filings: Collection[str] | None,
    told: Mapping[str, object],
) -> Query:
    """The rows of facts that match, of the newest filing first; None leaves a condition out."""
    some = [("l.concept IN ({})", concepts), (_IN_COMPANIES, companies), (_IN_FILINGS, filings)]
    where, values = _where(some)
    for column, value in told.items():
        if value is not None:
            where.append(f"{column} = ?")
            values.append(value)
    return f"SELECT {_FACT} {_FACTS}{_and(where)} ORDER BY g.newest DESC, g.id, f.ord", values


def select_labels(companies: Collection[str] | None, filings: Collection[str] | None) -> Query:
    """The rows of distinct labels, each with the number of its facts."""
    where, values = _where([(_IN_COMPANIES, companies), (_IN_FILINGS, filings)])
    count, source = ("sum(n.n)", _NAMES) if filings is None else ("count(*)", _FACTS)
    return f"SELECT {_LABEL}, {count} {source}{_and(where)} GROUP BY l.label_id ORDER BY l.label_id", values


def select_columns(company: str) -> Query:
    """(concept, members, column's head) of all facts of a company, each once."""
    return f"SELECT DISTINCT l.concept, l.members, f.col {_FACTS} WHERE {_IN_COMPANIES.format('?')}", [
        company
    ]


def _where(some: Iterable[tuple[str, Collection[str] | None]]) -> tuple[list[str], list[object]]:
    where: list[str] = []
    values: list[object] = []
    for text, several in some:
        if several is not None:
            where.append(text.format(",".join("?" * len(several))))
            values.extend(several)
    return where, values


def _and(where: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(where)}" if where else ""


def to_fact(row: Sequence[Any]) -> Fact:
    """A row that `select_facts` found."""
    values = list(row)
    values[8] = Decimal(row[8])
    values[16] = to_members(row[16])
    return Fact(*values)


def to_label(row: Sequence[Any]) -> FactLabel:
    """A row that `select_labels` found."""
    concept, label, section, statement, unit, instant, members, n = row
    return FactLabel(concept, label, section, statement, unit, bool(instant), to_members(members), n)


def to_members(text: str) -> tuple[tuple[str, str], ...]:
    """Members as `from_members` wrote them."""
    return tuple((axis, member) for axis, member in json.loads(text)) if text else ()


def from_members(members: Iterable[tuple[str, str]]) -> str:
    """Members as a row keeps them: "" for none, in a fixed order."""
    pairs = sorted(members)
    return json.dumps(pairs, ensure_ascii=False) if pairs else ""


def put_filing(
    db: sqlite3.Connection, name: str, source: str, meta: FilingMeta, content: str, facts: Sequence[Fact]
) -> None:
    """Insert a filing and its facts; its company and their labels where they are new."""
    about = [getattr(meta, field) or "" for field in ("company", "ticker", "cik", "accession", "form")]
    newest = f"{meta.period_end or ''} {meta.filed or ''} {meta.accession or ''}"
    company = _company_of(db, about[2] or (f"name:{about[0].casefold()}" if about[0] else f"filing:{name}"))
    put = (
        "INSERT INTO filings(id, content, company, name, ticker, cik, accession, form, source, newest, facts)"
    )
    values = (name, content, company, *about, source, newest, len(facts))
    filing = db.execute(f"{put} VALUES({_marks(values)})", values).lastrowid
    names: dict[tuple[object, ...], int] = {}
    rows: list[tuple[object, ...]] = []
    counts: Counter[int] = Counter()
    for f in facts:
        members, instant = from_members(f.members), int(f.start is None)
        label = f.concept, f.label, f.section, f.statement, f.unit, instant, members
        if label not in names:
            names[label] = _name_of(db, label, company)
        at = names[label]
        counts[at] += 1
        value = format(f.value, "f")
        row = filing, f.order, at, f.column, f.shown, value, f.scale, f.decimals, f.start, f.end
        rows.append((*row, f.fiscal_year, f.fiscal_period, f.chunk_id, f.row, f.origin))
    db.executemany(f"INSERT INTO facts VALUES({','.join('?' * 15)})", rows)
    db.executemany("UPDATE names SET n = n + ? WHERE name = ?", [(n, at) for at, n in counts.items()])


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _company_of(db: sqlite3.Connection, key: str) -> int:
    db.execute("INSERT OR IGNORE INTO companies(key) VALUES(?)", (key,))
    return int(db.execute("SELECT company FROM companies WHERE key = ?", (key,)).fetchone()[0])


def _name_of(db: sqlite3.Connection, label: tuple[object, ...], company: int) -> int:
    digest = hashlib.blake2b(repr(label).encode("utf-8", "replace"), digest_size=16).digest()
    found = db.execute("SELECT label_id FROM labels WHERE hash = ?", (digest,)).fetchone()
    if found is None:
        put = "INSERT INTO labels(hash, concept, label, section, statement, unit, instant, members)"
        found = (db.execute(f"{put} VALUES(?,?,?,?,?,?,?,?)", (digest, *label)).lastrowid,)
    pair = found[0], company
    name = db.execute("SELECT name FROM names WHERE label_id = ? AND company = ?", pair).fetchone()
    if name is None:
        name = (db.execute("INSERT INTO names(label_id, company, n) VALUES(?,?,0)", pair).lastrowid,)
    return int(name[0])


def drop_filing(db: sqlite3.Connection, filing: int) -> None:
    """Take out a filing with its facts, and what only they used."""
    sql = "SELECT name, count(*) FROM facts WHERE filing = ? GROUP BY name"
    counts = db.execute(sql, (filing,)).fetchall()
    db.execute("DELETE FROM facts WHERE filing = ?", (filing,))
    db.executemany("UPDATE names SET n = n - ? WHERE name = ?", [(n, name) for name, n in counts])
    for name, _ in counts:
        label = db.execute("SELECT label_id FROM names WHERE name = ? AND n <= 0", (name,)).fetchone()
        if label is not None:
            db.execute("DELETE FROM names WHERE name = ?", (name,))
            db.execute(_DROP_LABEL, label)
    company = db.execute("SELECT company FROM filings WHERE filing = ?", (filing,)).fetchone()
    db.execute("DELETE FROM filings WHERE filing = ?", (filing,))
    db.execute(_DROP_COMPANY, company)
