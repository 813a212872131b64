"""EDGAR's own figures of a company: fetched beside its filings, taken in for those that tag none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from fake_edgar import FakeCompany, FakeEdgar, FakeFiling, Fault, fake_edgar
from tagged_filing import filing as tagged_page
from test_edgar_command import run

from rag_app import pipeline
from rag_app.core.config import Workspace
from rag_app.core.types import FilingMeta
from rag_app.facts.companyfacts import company_facts
from rag_app.facts.store import FactStore
from rag_app.filings.edgar.fetch import FetchRequest, FetchResult, fetch_filings
from rag_app.store import StoredFiling, list_filings

K, Q = "0001000009-25-000010", "0001000009-24-000020"
FACTS_PATH = "/api/xbrl/companyfacts/CIK0001000009.json"


def row(value: float, accession: str, start: str | None, end: str, period: str = "FY") -> dict[str, object]:
    about = {"end": end, "val": value, "accn": accession, "fy": 2024, "fp": period, "form": "10-K"}
    return about if start is None else {"start": start, **about}


FACTS = {
    "cik": 1000009,
    "entityName": "Plainrope Corp.",
    "facts": {
        "us-gaap": {
            "NetIncomeLoss": {
                "label": "Net Income (Loss)",
                "units": {
                    "USD": [
                        row(5_000_000, K, "2024-01-01", "2024-12-31"),
                        row(5_000_000, K, "2024-01-01", "2024-12-31"),
                        row(-4_000_000, K, "2023-01-01", "2023-12-31"),
                        row(1_250_000, K, "2024-10-01", "2024-12-31"),
                        row(700_000, Q, "2024-07-01", "2024-09-30", "Q3"),
                        row(2_100_000, Q, "2024-01-01", "2024-09-30", "Q3"),
                    ]
                },
            },
            "EarningsPerShareBasic": {
                "label": None,
                "units": {"USD/shares": [row(0.35, K, "2024-01-01", "2024-12-31")]},
            },
            "Assets": {"label": "Assets", "units": {"USD": [row(90_000_000, K, None, "2023-12-31")]}},
        }
    },
}


def plain(form: str, ended: str) -> bytes:
    """A filing that tags nothing."""
    return (
        f"<html><body><p>FORM {form}</p><p>For the period ended {ended}</p><p>Plainrope Corp.</p>"
        "<p><b>Item 7. Management's Discussion</b></p><p>Plainrope sold more rope than before.</p>"
        "</body></html>"
    ).encode()


COMPANY = FakeCompany(
    "ROPE",
    1_000_009,
    "Plainrope Corp.",
    (
        FakeFiling(K, "10-K", "2025-02-14", "2024-12-31", "rope-10k.htm", plain("10-K", "December 31, 2024")),
        FakeFiling(
            Q, "10-Q", "2024-11-01", "2024-09-30", "rope-10q.htm", plain("10-Q", "September 30, 2024")
        ),
    ),
    facts=FACTS,
)


@pytest.fixture
def edgar() -> Iterator[FakeEdgar]:
    with fake_edgar([COMPANY]) as server:
        yield server


def fetch(server: FakeEdgar, workspace: Workspace, form: str = "10-K", facts: bool = True) -> FetchResult:
    request = FetchRequest(("ROPE",), form, facts=facts)
    return fetch_filings(request, workspace.create().downloads, server.settings(), pacer=server.pacer())


def taken_in(workspace: Workspace, result: FetchResult) -> StoredFiling:
    pipeline.ingest(workspace, [one.path for one in result.fetched])
    (stored,) = list_filings(workspace)
    return stored


def told(workspace: Workspace) -> list[tuple[str, str, str, str, str, int | None, str]]:
    with FactStore.open(workspace) as store:
        return [
            (f.concept[8:], f.label, str(f.value), f.unit, f.end, f.fiscal_year, f.fiscal_period)
            for filing in list_filings(workspace)
            for f in store.of_filing(filing.filing_id)
        ]


ANNUAL = [
    ("Assets", "Assets", "90000000", "USD", "2023-12-31", 2023, "FY"),
    ("EarningsPerShareBasic", "", "0.35", "USD/shares", "2024-12-31", 2024, "FY"),
    ("NetIncomeLoss", "Net Income (Loss)", "-4000000", "USD", "2023-12-31", 2023, "FY"),
    ("NetIncomeLoss", "Net Income (Loss)", "5000000", "USD", "2024-12-31", 2024, "FY"),
    ("NetIncomeLoss", "Net Income (Loss)", "1250000", "USD", "2024-12-31", 2024, "Q4"),
]


def test_a_filing_without_tags_gets_the_figures_of_its_accession(
    edgar: FakeEdgar, workspace: Workspace
) -> None:
    stored = taken_in(workspace, fetch(edgar, workspace))
    assert told(workspace) == ANNUAL
    assert stored.facts == 5
    with FactStore.open(workspace) as store:
        (fact,) = store.find("us-gaap:EarningsPerShareBasic")
    assert (fact.origin, fact.chunk_id, fact.row, fact.shown, fact.scale, fact.members, fact.accession) == (
        "companyfacts",
        "",
        -1,
        "",
        0,
        (),
        K,
    )


def test_a_quarter_and_its_year_to_date(edgar: FakeEdgar, workspace: Workspace) -> None:
    taken_in(workspace, fetch(edgar, workspace, "10-Q"))
    assert [(value, year, period) for _, _, value, _, _, year, period in told(workspace)] == [
        ("2100000", 2024, "9M"),
        ("700000", 2024, "Q3"),
    ]


def test_only_asked_for_with_the_option(edgar: FakeEdgar, workspace: Workspace) -> None:
    stored = taken_in(workspace, fetch(edgar, workspace, facts=False))
    assert (edgar.count(FACTS_PATH), stored.facts, told(workspace)) == (0, 0, [])
    # asked for later, they come to the filing that is there
    stored = taken_in(workspace, fetch(edgar, workspace))
    assert (edgar.count(FACTS_PATH), stored.facts, told(workspace)) == (1, 5, ANNUAL)
    chunks = (workspace.filings / stored.filing_id / "chunks.jsonl").stat().st_mtime_ns
    again = taken_in(workspace, fetch(edgar, workspace))
    assert (again, told(workspace)) == (stored, ANNUAL)
    assert (workspace.filings / stored.filing_id / "chunks.jsonl").stat().st_mtime_ns == chunks


def test_they_survive_a_refresh(
    edgar: FakeEdgar, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = taken_in(workspace, fetch(edgar, workspace))
    monkeypatch.setattr(pipeline, "is_current", lambda *_: False)
    (anew,) = pipeline.refresh(workspace).added
    assert (anew.facts, anew.facts_content) == (stored.facts, stored.facts_content)
    assert told(workspace) == ANNUAL


def test_a_filing_that_tags_its_own_keeps_to_them(workspace: Workspace) -> None:
    (annual, quarter) = COMPANY.recent
    tagged = replace(annual, body=tagged_page("Plainrope Corp.").encode())
    with fake_edgar([replace(COMPANY, recent=(tagged, quarter))]) as server:
        taken_in(workspace, fetch(server, workspace))
    with FactStore.open(workspace) as store:
        (filing,) = list_filings(workspace)
        assert {fact.origin for fact in store.of_filing(filing.filing_id)} == {"inline"}


def test_edgar_that_has_none_is_named_and_the_filing_kept(workspace: Workspace) -> None:
    with fake_edgar([replace(COMPANY, facts=None)]) as server:
        result = fetch(server, workspace)
        assert [(one.ticker, one.reason) for one in result.failed] == [
            ("ROPE", f"{server.url}{FACTS_PATH}: not found (HTTP 404)")
        ]
    assert taken_in(workspace, result).facts == 0


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"cik": 7, "facts": {}}', b"<html>"])
def test_an_answer_about_something_else_is_not_kept(
    edgar: FakeEdgar, workspace: Workspace, body: bytes
) -> None:
    edgar.faults.append(Fault(FACTS_PATH, body=body))
    result = fetch(edgar, workspace)
    (failure,) = result.failed
    assert failure.reason.startswith(f"{edgar.url}{FACTS_PATH}: expected the figures of ")
    assert not list(workspace.downloads.rglob("companyfacts.json"))
    assert len(result.fetched) == 1


@pytest.mark.parametrize(
    "text", ["", "[]", json.dumps({"facts": {"us-gaap": {"A": {"units": {"USD": [{"accn": K}]}}}}})]
)
def test_a_damaged_file_is_named_and_the_filing_kept(
    edgar: FakeEdgar, workspace: Workspace, text: str
) -> None:
    result = fetch(edgar, workspace)
    (path,) = workspace.downloads.rglob("companyfacts.json")
    path.write_text(text, encoding="utf-8")
    report = pipeline.ingest(workspace, [one.path for one in result.fetched])
    (failure,) = report.failed
    assert failure.reason.startswith(f"{path}: damaged (")
    assert failure.reason.endswith("; fetch it again with --facts")
    assert (len(report.added), told(workspace)) == (1, [])


def test_another_accession_has_none(tmp_path: Path) -> None:
    path = tmp_path / "companyfacts.json"
    path.write_text(json.dumps(FACTS), encoding="utf-8")
    assert company_facts(path, "f", "f.htm", FilingMeta(accession="0000000000-00-000000")) == []
    assert company_facts(path, "f", "f.htm", FilingMeta()) == []
    # a filing that says nothing of its year: EDGAR's word for it
    found = company_facts(path, "f", "f.htm", FilingMeta(accession=K, period_end="2024-12-31"))
    assert [(f.value, f.fiscal_year, f.fiscal_period) for f in found if f.start == "2023-01-01"] == [
        (Decimal(-4_000_000), 2023, "FY")
    ]


def test_the_command(edgar: FakeEdgar, workspace: Workspace) -> None:
    done = run(edgar, workspace, "ROPE", "--facts", "--user-agent", "Test Company test@example.com")
    assert (done.returncode, edgar.count(FACTS_PATH)) == (0, 1)
    assert told(workspace) == ANNUAL
