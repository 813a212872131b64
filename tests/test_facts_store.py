"""The facts of a workspace: kept with each filing, looked up in a database that can be made again."""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
import threading
from decimal import Decimal
from pathlib import Path

import pytest

from rag_app import pipeline
from rag_app.core.config import Workspace
from rag_app.core.errors import WorkspaceError
from rag_app.core.files import read_json, write_json_atomic
from rag_app.facts.store import FactStore
from rag_app.facts.tables import Company, FactLabel
from rag_app.facts.types import Fact
from rag_app.samples import sample_filings
from rag_app.store import list_filings, load_corpus, stored_facts

NAMES = ("bdqm-10k-fy2023", "bdqm-10k-fy2024", "zqht-10q-fy2024q1")
BDQM, INCOME = "0009928414", "us-gaap:NetIncomeLoss"


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with three sample filings, to copy."""
    workspace = Workspace(tmp_path_factory.mktemp("facts") / "ws")
    pipeline.ingest(workspace, [path for path in sample_filings() if path.stem in NAMES])
    return workspace.root


@pytest.fixture
def held(taken_in: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(taken_in, tmp_path / "ws")
    return Workspace(tmp_path / "ws")


def filing_id(workspace: Workspace, name: str) -> str:
    return next(f.filing_id for f in list_filings(workspace) if f.source.startswith(name))


def everything(workspace: Workspace) -> list[Fact]:
    """All facts as the database tells them."""
    with FactStore.open(workspace) as store:
        return [fact for filing in list_filings(workspace) for fact in store.of_filing(filing.filing_id)]


def kept(workspace: Workspace) -> list[Fact]:
    """All facts as the filings' folders keep them."""
    return [fact for filing in list_filings(workspace) for fact in stored_facts(workspace, filing)]


def test_facts_are_kept_with_their_filing_and_found(held: Workspace) -> None:
    facts = everything(held)
    assert facts == kept(held)
    assert len(facts) == sum(filing.facts for filing in list_filings(held)) > 900
    chunks = {chunk.chunk_id: chunk for chunk in load_corpus(held)}
    for fact in facts:
        assert fact.shown.strip("$()%") in chunks[fact.chunk_id].text.split("\n")[fact.row]


def test_companies(held: Workspace) -> None:
    filings = {filing.source: filing.facts for filing in list_filings(held)}
    with FactStore.open(held) as store:
        grocer = sum(filings[f"{name}.htm"] for name in NAMES[:2])
        assert store.companies() == [
            Company(BDQM, "Brindlemoor Grocers, Inc.", "BDQM", BDQM, 2, grocer),
            Company(
                "0009917201",
                "Zephquill Hydrokinetic Technologies, Inc.",
                "ZQHT",
                "0009917201",
                1,
                filings["zqht-10q-fy2024q1.htm"],
            ),
        ]
        assert store.count() == sum(filings.values())


def test_find_narrows_by_every_part(held: Workspace) -> None:
    with FactStore.open(held) as store:
        told = store.find(INCOME, [BDQM], fiscal_year=2023, fiscal_period="FY", members=())
        # repeated in the newer filing, which comes first
        assert list(dict.fromkeys((f.source, f.value) for f in told)) == [
            ("bdqm-10k-fy2024.htm", Decimal(60_000_000)),
            ("bdqm-10k-fy2023.htm", Decimal(60_000_000)),
        ]
        assert {f.fiscal_year for f in store.find([INCOME], [BDQM])} == {2021, 2022, 2023, 2024}
        older = filing_id(held, "bdqm-10k-fy2023")
        assert {f.filing_id for f in store.find(INCOME, filings=[older])} == {older}
        (first, *_) = told
        assert {f.end for f in store.find(INCOME, start=first.start, end=first.end)} == {first.end}
        assert {f.unit for f in store.find("us-gaap:EarningsPerShareBasic", unit="USD/shares")} == {
            "USD/shares"
        }
        assert store.find("us-gaap:EarningsPerShareBasic", unit="USD") == []
        assert store.find(INCOME, ["nobody"]) == []
        assert store.find([], [BDQM]) == []
        assert store.labels([]) == ()
        part = next(f for f in store.of_filing(older) if f.members)
        same = store.find(part.concept, members=part.members[::-1])
        assert part in same
        assert {f.members for f in same} == {part.members}


def test_labels_say_what_rows_are_called(held: Workspace) -> None:
    with FactStore.open(held) as store:
        labels = store.labels([BDQM])
        assert labels is store.labels([BDQM])
        assert sum(label.n for label in labels) == sum(c.facts for c in store.companies() if c.key == BDQM)
        newer = filing_id(held, "bdqm-10k-fy2024")
        of_one = store.labels(filings=[newer])
        assert sum(label.n for label in of_one) == len(store.of_filing(newer))
        assert sum(label.n for label in store.labels()) == store.count()
        income = [one for one in of_one if one.concept == INCOME and one.statement.endswith("of Earnings")]
        assert income == [
            FactLabel(INCOME, "Net earnings", "", "Consolidated Statements of Earnings", "USD", False, (), 3)
        ]


def test_ingest_again_changes_nothing(held: Workspace) -> None:
    before = everything(held)
    report = pipeline.ingest(held, [path for path in sample_filings() if path.stem in NAMES])
    assert (report.added, len(report.unchanged), report.failed) == ((), 3, ())
    assert everything(held) == before


def test_a_removed_filing_leaves_and_takes_what_only_it_used(held: Workspace) -> None:
    with FactStore.open(held) as store:
        pipeline.remove(held, filing_id(held, "zqht"))
        store.update()
        assert [company.ticker for company in store.companies()] == ["BDQM"]
        assert sum(label.n for label in store.labels()) == store.count() == len(kept(held))
        gone = [label for label in store.labels() if label.concept.startswith("zqht:")]
        assert gone == []


def test_an_open_store_takes_in_what_came(held: Workspace) -> None:
    (quarter,) = [path for path in sample_filings() if path.stem == "bdqm-10q-fy2024q2"]
    with FactStore.open(held) as store:
        before = len(store.labels([BDQM])), store.count()
        pipeline.ingest(held, [quarter])
        assert store.count() > before[1]  # ingest brought the file up to date
        store.update()
        assert len(store.labels([BDQM])) > before[0]
        assert {f.fiscal_period for f in store.find(INCOME, filings=[filing_id(held, "bdqm-10q")])} == {
            "Q2",
            "H1",
        }


@pytest.mark.parametrize("damage", ["gone", "noise", "cut", "other version", "no tables"])
def test_a_damaged_database_is_made_again(held: Workspace, damage: str) -> None:
    before = everything(held)
    path = held.root / "facts.sqlite"
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    if damage == "gone":
        path.unlink()
    elif damage == "noise":
        path.write_bytes(b"no database at all" * 500)
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA user_version = 99" if damage == "other version" else "DROP TABLE facts")
        db.close()
    assert everything(held) == before


def test_pages_lost_while_open_are_made_again(held: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(held)
    deleted = []
    delete = FactStore._delete
    monkeypatch.setattr(FactStore, "_delete", lambda store: (deleted.append(1), delete(store)))
    path = held.root / "facts.sqlite"
    with FactStore.open(held) as store:
        store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store._db.execute("PRAGMA cache_size = 0")
        with path.open("r+b") as file:
            file.seek(8192)
            file.write(b"\xff" * (path.stat().st_size - 8192))
        found = store.of_filing(before[0].filing_id)
        assert found == [fact for fact in before if fact.filing_id == before[0].filing_id]
        assert deleted == [1]


def test_one_that_another_process_made_again_is_opened_anew(held: Workspace) -> None:
    with FactStore.open(held) as store:
        for path in held.root.glob("facts.sqlite*"):
            path.unlink()
        everything(held)
        pipeline.remove(held, filing_id(held, "zqht"))
        store.update()
        assert [company.ticker for company in store.companies()] == ["BDQM"]


def test_a_damaged_facts_file_is_named_and_the_rest_is_there(held: Workspace) -> None:
    bad = filing_id(held, "zqht")
    path = held.filings / bad / "facts.jsonl"
    path.write_text(path.read_text(encoding="utf-8")[:-30], encoding="utf-8")
    (held.root / "facts.sqlite").unlink()
    with FactStore.open(held) as store:
        (problem,) = store.problems
        assert problem.startswith(f"{path}: damaged (")
        assert problem.endswith("; delete it and run: ingest --refresh")
        assert [company.ticker for company in store.companies()] == ["BDQM"]
    path.unlink()
    report = pipeline.refresh(held)
    assert [filing.filing_id for filing in report.added] == [bad]
    with FactStore.open(held) as store:
        assert (store.problems, len(store.companies())) == ((), 2)


def without_facts(workspace: Workspace) -> None:
    """As a version of the product before there were facts left it."""
    for filing in list_filings(workspace):
        folder = workspace.filings / filing.filing_id
        (folder / "facts.jsonl").unlink()
        raw = read_json(folder / "filing.json")
        for name in ("facts", "facts_version", "facts_content"):
            del raw[name]
        write_json_atomic(folder / "filing.json", raw)
    for path in workspace.root.glob("facts.sqlite*"):
        path.unlink()


def test_an_old_workspace_opens_and_refresh_makes_its_facts(held: Workspace) -> None:
    before, chunks = everything(held), load_corpus(held)
    without_facts(held)
    with FactStore.open(held) as store:
        assert (store.count(), store.companies(), store.labels(), store.problems) == (0, [], (), ())
    report = pipeline.refresh(held)
    assert (len(report.added), report.failed) == (3, ())
    assert everything(held) == before
    assert load_corpus(held) == chunks
    assert pipeline.refresh(held).added == ()


def test_filings_without_tags_are_not_read_again(workspace: Workspace, files: Path) -> None:
    pipeline.ingest(workspace, [files])
    for filing in list_filings(workspace):
        path = workspace.filings / filing.filing_id / "filing.json"
        write_json_atomic(path, read_json(path) | {"facts_version": ""})
    assert pipeline.refresh(workspace).added == ()
    with FactStore.open(workspace) as store:
        assert (store.count(), store.companies()) == (0, [])
    assert not list(workspace.filings.glob("*/facts.jsonl"))


def test_a_workspace_that_cannot_be_written(held: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in held.root.glob("facts.sqlite*"):
        path.unlink()
    (held.root / "facts.sqlite").mkdir()
    with pytest.raises(WorkspaceError, match=r"facts\.sqlite: unable to open database file; the workspace"):
        FactStore.open(held)


def open_and_count(root: Path) -> int:
    with FactStore.open(Workspace(root)) as store:
        return store.count()


def test_several_processes_make_it_at_once(held: Workspace) -> None:
    for path in held.root.glob("facts.sqlite*"):
        path.unlink()
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        counts = pool.map(open_and_count, [held.root] * 3)
    assert counts == [len(kept(held))] * 3
    assert everything(held) == kept(held)


def test_threads_share_one_store(held: Workspace) -> None:
    found: list[int] = []
    with FactStore.open(held) as store:

        def look() -> None:
            for _ in range(20):
                store.update()
                found.append(len(store.find(INCOME, [BDQM])))

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [len(store.find(INCOME, [BDQM]))] * 80


def test_companies_without_a_number_are_told_by_name(held: Workspace) -> None:
    for name, meta in (("bdqm-10k-fy2023", {"cik": None}), ("zqht", {"cik": None, "company": None})):
        path = held.filings / filing_id(held, name) / "filing.json"
        raw = read_json(path)
        write_json_atomic(path, raw | {"meta": raw["meta"] | meta})
    (held.root / "facts.sqlite").unlink()
    with FactStore.open(held) as store:
        keys = [company.key for company in store.companies()]
    assert keys == [
        f"filing:{filing_id(held, 'zqht')}",
        BDQM,
        "name:brindlemoor grocers, inc.",
    ]
