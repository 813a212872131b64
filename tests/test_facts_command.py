"""The `facts` command: figures by question and to browse, JSON, CSV, exit codes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tagged_filing import filing

from rag_app.core.config import Workspace
from rag_app.pipeline import ingest
from ui.cli import cli
from ui.output_facts import COLUMNS


@pytest.fixture
def tagged(tmp_path: Path) -> Workspace:
    """A workspace with the one filing."""
    path = tmp_path / "zq.htm"
    path.write_text(filing())
    workspace = Workspace(tmp_path / "ws").create()
    report = ingest(workspace, [path])
    assert [f.source for f in report.added] == ["zq.htm"]
    return workspace


def run(workspace: Workspace, *args: str) -> Result:
    return CliRunner().invoke(cli, ["facts", *args, "--workspace", str(workspace.root)])


def rows_of(result: Result) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_browsing_lists_the_figures_in_reading_order(tagged: Workspace) -> None:
    told = run(tagged, "--ticker", "zqvr")
    assert told.exit_code == 0
    assert told.stdout.splitlines() == [
        "Zqorvane Ropes Inc.  FY2024  Net sales: $391,035 million ($391.0 billion)  [us-gaap:Revenues]",
        "Zqorvane Ropes Inc.  FY2023  Net sales: $383,285 million ($383.3 billion)  [us-gaap:Revenues]",
        "Zqorvane Ropes Inc.  FY2024  Net income: $93,736 million ($93.7 billion)  [us-gaap:NetIncomeLoss]",
        "Zqorvane Ropes Inc.  FY2023  Net income: $96,995 million ($97.0 billion)  [us-gaap:NetIncomeLoss]",
        "Zqorvane Ropes Inc.  FY2024  Revenues, Ropes: $12,345 million ($12.3 billion)  [us-gaap:Revenues]",
        "Zqorvane Ropes Inc.  Sep 28, 2024  Total assets: $364,980 million ($365.0 billion)  "
        "[us-gaap:Assets]",
    ]


def test_csv_has_every_column_and_exact_values(tagged: Workspace) -> None:
    told = run(tagged, "--concept", "NetIncomeLoss", "--year", "2024", "--csv")
    (row,) = rows_of(told)
    assert tuple(row) == COLUMNS
    assert (row["value"], row["unit"], row["start"], row["end"]) == (
        "93736000000",
        "USD",
        "2023-10-01",
        "2024-09-28",
    )
    assert (row["fiscal_year"], row["fiscal_period"], row["ticker"]) == ("2024", "FY", "ZQVR")
    members = [row["members"] for row in rows_of(run(tagged, "--csv"))]
    assert members == ["", "", "", "", "srt:ProductOrServiceAxis=zqa:RopesMember", ""]


def test_json_lists_figures(tagged: Workspace) -> None:
    told = json.loads(run(tagged, "--concept", "us-gaap:Assets", "--json").stdout)
    assert [(f["label"], f["value"], f["start"], f["amount"]) for f in told] == [
        ("Total assets", 364980000000, None, "$364,980 million ($365.0 billion)")
    ]


def test_a_limit_tells_that_there_are_more(tagged: Workspace) -> None:
    told = run(tagged, "--limit", "2")
    assert len(told.stdout.splitlines()) == 2
    assert told.stderr == "note: only the first 2; --limit N lists more, --csv all\n"
    assert len(rows_of(run(tagged, "--csv", "--limit", "2"))) == 2


def test_without_anything_asked_the_companies_are_told(tagged: Workspace) -> None:
    told = run(tagged)
    assert told.stdout.splitlines()[0] == "Zqorvane Ropes Inc. (ZQVR): 6 figures in 1 filing"


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["--ticker", "NOPE"], 2, "--ticker NOPE: no tagged figures; there are some of ZQVR"),
        (["--csv", "--json"], 2, "--csv and --json: give one of them"),
        (["x", "--concept", "y"], 2, "--concept and --limit list figures: leave them out, or the question"),
        (["--year", "1999"], 1, "no tagged figure is of all that the options name; leave one out"),
        (["Why is rope braided by hand?"], 1, "no tagged figure fits this question; rag-app ask"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_one_line(tagged: Workspace, args: list[str], code: int, message: str) -> None:
    told = run(tagged, *args)
    error = told.exception
    told_code = getattr(error, "exit_code", told.exit_code)
    assert (told_code, message in f"{told.stderr}{error}") == (code, True)


def test_an_empty_store_says_what_to_do(workspace: Workspace) -> None:
    told = run(workspace, "net income of Apple")
    assert getattr(told.exception, "exit_code", None) == 1
    assert "no tagged figures in" in str(told.exception)
    assert "rag-app ingest --refresh" in str(told.exception)


def test_a_label_that_a_spreadsheet_would_run_is_quoted(tmp_path: Path) -> None:
    path = tmp_path / "bad.htm"
    path.write_text(filing(label="=cmd()|x"))
    workspace = Workspace(tmp_path / "ws").create()
    ingest(workspace, [path])
    labels = {row["label"] for row in rows_of(run(workspace, "--concept", "NetIncomeLoss", "--csv"))}
    assert labels == {"'=cmd()|x"}


def test_a_question_is_answered_with_its_row_and_concept(tagged: Workspace) -> None:
    told = run(tagged, "What was Zqorvane's net income in fiscal 2024?")
    assert told.exit_code == 0, told.stderr
    lines = told.stdout.splitlines()
    assert lines[0] == (
        "Net income of Zqorvane Ropes Inc. in fiscal year 2024 (52 weeks ended September 28, 2024): "
        "$93,736 million ($93.7 billion) [1]."
    )
    assert lines[-1] == "  tagged us-gaap:NetIncomeLoss"


def test_a_question_as_json_and_csv(tagged: Workspace) -> None:
    asked = "What was the growth of Zqorvane's net sales in fiscal 2024?"
    told = json.loads(run(tagged, asked, "--json").stdout)
    assert set(told) == {"question", "answer", "citations", "facts"}
    assert set(told["facts"]) == {"sure", "operation", "stated", "others", "results", "doubts"}
    assert [(r["shown"], r["working"]) for r in told["facts"]["results"]] == [
        ("2.0%", "(391,035 - 383,285) / 383,285 = 2.0%")
    ]
    assert [f["value"] for f in told["facts"]["stated"]] == [383285000000, 391035000000]
    assert [row["value"] for row in rows_of(run(tagged, asked, "--csv"))] == ["383285000000", "391035000000"]
