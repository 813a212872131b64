"""Which filings an ingest or a refresh leaves, what is known of them, and files that harm their parser."""

from __future__ import annotations

import functools
import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from dying import parse_or_die
from test_pipeline import page
from test_processes import hang

from rag_app import pipeline
from rag_app.core.config import Workspace
from rag_app.core.types import FilingMeta, Progress
from rag_app.cutting import Cutting, cutting_of
from rag_app.processes import in_processes
from rag_app.store import StoredFiling, list_filings, load_corpus


def stored(workspace: Workspace) -> dict[str, str]:
    """Each filing's id without its hash, and the name of the file it came from."""
    return {f.filing_id[:-9]: Path(f.path).name for f in list_filings(workspace)}


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chunker has a new version."""

    def cutting(workspace: Workspace) -> Cutting:
        now = cutting_of(workspace)
        return replace(now, config=replace(now.config, version="newer"))

    monkeypatch.setattr(pipeline, "cutting_of", cutting)


def test_bytes_that_another_file_still_has_stay(workspace: Workspace, files: Path) -> None:
    (files / "year-2023.htm").write_bytes((files / "alpha.htm").read_bytes())
    pipeline.ingest(workspace, [files])
    page(files, "alpha.htm", "Alpha stopped building turbines. ")
    report = pipeline.ingest(workspace, [files])
    assert [f.source for f in report.added] == ["alpha.htm"]
    assert sorted(Path(f.path).name for f in report.unchanged) == ["beta.htm", "year-2023.htm"]
    texts = " ".join(c.text for c in load_corpus(workspace))
    assert "builds tidal" in texts
    assert "stopped building" in texts
    page(files, "year-2023.htm", "Alpha never built turbines. ")
    pipeline.ingest(workspace, [files])
    assert len(list_filings(workspace)) == 3
    assert not any("builds tidal" in c.text for c in load_corpus(workspace))


def test_a_renamed_file_is_followed(workspace: Workspace, files: Path) -> None:
    pipeline.ingest(workspace, [files])
    (files / "alpha.htm").rename(files / "old.htm")
    (files / "beta.htm").rename(files / "alpha.htm")
    assert len(pipeline.ingest(workspace, [files]).unchanged) == 2
    assert stored(workspace) == {"alpha": "old.htm", "beta": "alpha.htm"}
    (files / "alpha.htm").unlink()
    (files / "old.htm").rename(files / "alpha.htm")
    pipeline.ingest(workspace, [files])
    assert stored(workspace) == {"alpha": "alpha.htm"}  # it replaced what came from there


def test_names_that_look_alike_are_not_confused(workspace: Workspace, files: Path) -> None:
    one, two = (Path(os.fsdecode(os.fsencode(files) + b"/b%cricht.htm" % byte)) for byte in (0xE8, 0xE9))
    (files / "alpha.htm").rename(one)
    (files / "beta.htm").rename(two)
    pipeline.ingest(workspace, [files])
    one.write_bytes(page(files, "gamma.htm", "Gamma insures deposits. ").read_bytes())
    pipeline.ingest(workspace, [one])
    texts = " ".join(c.text for c in load_corpus(workspace))
    assert ("insures" in texts, "groceries" in texts, "tidal" in texts) == (True, True, False)


@pytest.mark.usefixtures("newer")
def test_a_renamed_file_cut_anew_stays_one_filing(
    workspace: Workspace, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(pipeline, "cutting_of", cutting_of)
        pipeline.ingest(workspace, [files])
    (files / "alpha.htm").rename(files / "renamed.htm")
    report = pipeline.ingest(workspace, [files])
    assert [f.source for f in report.added] == ["beta.htm", "alpha.htm"]
    assert stored(workspace) == {"alpha": "renamed.htm", "beta": "beta.htm"}
    assert {c.filing_id[:-9] for c in load_corpus(workspace)} == {"alpha", "beta"}


def test_filings_stored_twice_become_one(workspace: Workspace, files: Path) -> None:
    first = pipeline.ingest(workspace, [files / "alpha.htm"]).added[0]
    shutil.copytree(workspace.filings / first.filing_id, workspace.filings / "double")
    edit(workspace, "double", filing_id="double", chunker="older")
    pipeline.ingest(workspace, [files / "alpha.htm"])
    assert [f.filing_id for f in list_filings(workspace)] == [first.filing_id]


def edit(workspace: Workspace, folder: str, **values: object) -> None:
    """Change filing.json; None takes a key out."""
    path = workspace.filings / folder / "filing.json"
    raw = json.loads(path.read_text(encoding="utf-8")) | values
    path.write_text(json.dumps({key: value for key, value in raw.items() if value is not None}))


TOLD = FilingMeta(
    company="Alpha Holdings", ticker="ALP", cik="0000000042", form="10-K",
    period_end="2023-12-31", filed="2024-02-20", accession="0000000042-24-000001",
)  # fmt: skip
WRONG = {"company": "Alpha", "ticker": "GUESS", "fiscal_year": 1999}


def refreshed(workspace: Workspace, one: StoredFiling, **values: object) -> FilingMeta:
    """The metadata after an older parser's guesses are cut again."""
    kept = {"cik": one.meta.cik, "filed": one.meta.filed, "accession": one.meta.accession}
    edit(workspace, one.filing_id, chunker="older", meta=WRONG | kept, **values)
    report = pipeline.refresh(workspace)
    assert [f.filing_id for f in report.added] == [one.filing_id]
    return list_filings(workspace)[0].meta


def fetched(files: Path) -> Path:
    """alpha.htm as fetch keeps it, with what EDGAR said of it."""
    document = {"name": "alpha.htm", "url": "u", "sha256": "0"}
    about = {name: getattr(TOLD, name) for name in TOLD.__slots__ if not name.startswith("fiscal")}
    (files / "meta.json").write_text(json.dumps(about | {"document": document, "exhibits": []}))
    return files / "alpha.htm"


def test_refresh_forgets_what_an_older_parser_guessed(workspace: Workspace, files: Path) -> None:
    one = pipeline.ingest(workspace, [files / "alpha.htm"]).added[0]
    assert (one.meta.ticker, one.told) == (None, FilingMeta())
    assert refreshed(workspace, one) == one.meta


def test_refresh_keeps_what_the_source_told(workspace: Workspace, files: Path) -> None:
    one = pipeline.ingest(workspace, [fetched(files)]).added[0]
    assert (one.told, one.meta.ticker, one.meta.filed) == (TOLD, "ALP", "2024-02-20")
    shutil.rmtree(files)
    assert refreshed(workspace, one) == one.meta
    assert list_filings(workspace)[0].told == TOLD


def test_refresh_keeps_the_accession_number_of_the_folder(workspace: Workspace, files: Path) -> None:
    folder = files.rename(files.with_name("0000000042-24-000001"))
    one = pipeline.ingest(workspace, [folder / "alpha.htm"]).added[0]
    shutil.rmtree(folder)
    assert refreshed(workspace, one).accession == "0000000042-24-000001"


def test_refresh_of_filings_stored_before_what_was_told(workspace: Workspace, files: Path) -> None:
    one = pipeline.ingest(workspace, [fetched(files)]).added[0]
    assert refreshed(workspace, one, told=None) == one.meta  # it is still told beside the download
    shutil.rmtree(files)
    found = refreshed(workspace, one, told=None)
    assert (found.filed, found.accession, found.cik) == (TOLD.filed, TOLD.accession, TOLD.cik)
    assert (found.ticker, found.fiscal_year) == (None, 2023)


def test_refresh_goes_on_past_a_missing_original(workspace: Workspace, files: Path) -> None:
    added = pipeline.ingest(workspace, [files]).added
    for one in added:
        edit(workspace, one.filing_id, chunker="older")
    (workspace.filings / added[0].filing_id / "original.htm").unlink()
    steps: list[Progress] = []
    report = pipeline.refresh(workspace, steps.append)
    assert [f.source for f in report.added] == ["beta.htm"]
    assert [f.source for f in report.failed] == ["alpha.htm"]
    assert steps == [Progress("ingest", 0, 1), Progress("ingest", 1, 1, "beta.htm")]


def test_one_small_file_that_crashes_its_parser(
    workspace: Workspace, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "parse", parse_or_die)
    report = pipeline.ingest(workspace, [page(files, "exit.htm", "Words. ")])
    remedy = "a damaged or hostile file? Download it again, or leave it out"
    assert [f.reason for f in report.failed] == [f"exit.htm: its parser ended with exit code 3; {remedy}"]


def test_one_small_file_that_hangs_its_parser(
    workspace: Workspace, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "parse", hang)
    limited = functools.partial(in_processes, longest=1)
    monkeypatch.setattr("rag_app.parsing.in_processes", limited)
    report = pipeline.ingest(workspace, [files / "alpha.htm"])
    assert [f.reason[:58] for f in report.failed] == [
        "alpha.htm: its parser took longer than 1 s and was stopped"
    ]


def test_where_no_process_can_be_started_files_are_read_all_the_same(
    workspace: Workspace, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "")
    steps: list[Progress] = []
    assert len(pipeline.ingest(workspace, [files], steps.append).added) == 2
    assert steps == [
        Progress("ingest", 0, 2),
        Progress("ingest", 1, 2, "alpha.htm"),
        Progress("ingest", 2, 2, "beta.htm"),
    ]
