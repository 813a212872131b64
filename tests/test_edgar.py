"""Fetching from EDGAR, against a local server: what is taken, where it is kept; no test sleeps."""

from __future__ import annotations

import errno
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from edgar_tools import ACME_10K, ACME_2024, ACME_FOLDER, fetch, names
from fake_edgar import USER_AGENT, FakeCompany, FakeFiling, companies_of, fake_edgar, page

from rag_app.core.errors import Cancelled, FetchError, WorkspaceError
from rag_app.core.types import FilingMeta, Progress
from rag_app.filings.edgar import fetch as edgar
from rag_app.filings.edgar.fetch import (
    Failure,
    FetchRequest,
    FetchResult,
    fetch_filings,
    read_fetch_meta,
    safe_name,
)
from rag_app.filings.edgar.listing import EXHIBITS

# --- what is fetched -------------------------------------------------------------------------------


def test_newest_10k_is_stored_with_its_facts(tmp_path: Path) -> None:
    with fake_edgar() as server:
        result = fetch(server, tmp_path, FetchRequest(ACME_10K))
        body = page("Acme 10-K of 2024-12-31")
        path = tmp_path / "ACME" / ACME_2024 / "acme-2024.htm"
        assert result == FetchResult(
            (
                edgar.Fetched(
                    ticker="ACME",
                    company="Acme Widgets Corp.",
                    cik="0001000001",
                    accession=ACME_2024,
                    form="10-K",
                    filed="2025-02-14",
                    period_end="2024-12-31",
                    fiscal_year=2024,
                    path=path,
                    sha256=hashlib.sha256(body).hexdigest(),
                    url=f"{server.url}{ACME_FOLDER}/acme-2024.htm",
                    reused=False,
                    exhibits=(),
                ),
            ),
            (),
        )
        assert path.read_bytes() == body
        assert server.paths == [
            "/files/company_tickers.json",
            "/submissions/CIK0001000001.json",
            f"{ACME_FOLDER}/acme-2024.htm",
        ]
        assert set(server.agents) == {USER_AGENT}
        assert set(server.encodings) == {"gzip, deflate"}
    meta = json.loads((path.parent / "meta.json").read_text())
    assert meta["document"] == {
        "name": "acme-2024.htm",
        "url": f"{server.url}{ACME_FOLDER}/acme-2024.htm",
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    assert (meta["form"], meta["filed"], meta["cik"], meta["exhibits"]) == (
        "10-K",
        "2025-02-14",
        "0001000001",
        [],
    )


@pytest.mark.parametrize(
    ("request_", "documents", "pages_read"),
    [
        (FetchRequest(ACME_10K, limit=2), ["acme-2024.htm", "acme-2023.htm"], 0),
        (FetchRequest(ACME_10K, limit=3), ["acme-2024.htm", "acme-2023.htm", "acme-2022.htm"], 1),
        (FetchRequest(ACME_10K, years=(2023,)), ["acme-2023.htm"], 1),
        (FetchRequest(ACME_10K, years=(2021, 2024)), ["acme-2024.htm", "acme-2021.htm"], 1),
        (FetchRequest(ACME_10K, years=(2024,), limit=9), ["acme-2024.htm"], 0),
        (FetchRequest(ACME_10K, years=(1998,)), ["0001000001-99-000010.txt"], 1),
        (FetchRequest(ACME_10K, form="10-k/a", limit=5), ["acme-2024a.htm"], 2),
        (FetchRequest(ACME_10K, form="10-Q", years=(2024,)), ["acme-q3.htm"], 0),
        (FetchRequest(("acme", "ACME", " acme ", "1000001")), ["acme-2024.htm"], 0),
    ],
)
def test_which_filings_are_taken(
    tmp_path: Path, request_: FetchRequest, documents: list[str], pages_read: int
) -> None:
    with fake_edgar() as server:
        result = fetch(server, tmp_path, request_)
        assert [one.path.name for one in result.fetched] == documents
        assert result.failed == ()
        assert sum("-submissions-" in path for path in server.paths) == pages_read


def test_a_cik_needs_no_ticker_table_and_may_have_no_ticker(tmp_path: Path) -> None:
    body = page("A trust")
    trust = FakeCompany(
        "", 77, "Quiet Trust", (FakeFiling("0000000077-25-000001", "10-K", "2025-01-02", "", "a.htm", body),)
    )
    with fake_edgar([trust]) as server:
        (one,) = fetch(server, tmp_path, FetchRequest(("CIK77",))).fetched
        assert (one.ticker, one.cik, one.period_end) == ("", "0000000077", "")
        assert server.count("company_tickers.json") == 0
    assert one.path == tmp_path / "CIK0000000077" / "0000000077-25-000001" / "a.htm"
    assert read_fetch_meta(one.path) == FilingMeta(
        company="Quiet Trust",
        cik="0000000077",
        form="10-K",
        filed="2025-01-02",
        accession="0000000077-25-000001",
    )


def test_share_classes_are_found_however_they_are_spelled(tmp_path: Path) -> None:
    source = tmp_path / "a.htm"
    source.write_bytes(page("x"))
    with fake_edgar(companies_of({"BRK-B": [source]})) as server:
        for spelled in ("BRK.B", "brk/b", "BRK-B"):
            (one,) = fetch(server, tmp_path / "got", FetchRequest((spelled,))).fetched
            assert one.ticker == "BRK-B"


def test_a_year_that_is_not_there_is_told_and_the_rest_is_fetched(tmp_path: Path) -> None:
    with fake_edgar() as server:
        result = fetch(server, tmp_path, FetchRequest(ACME_10K, years=(2024, 2019)))
        assert [one.period_end for one in result.fetched] == ["2024-12-31"]
        assert result.failed == (Failure("ACME", "EDGAR lists no 10-K for fiscal year 2019"),)
        nothing = fetch(server, tmp_path, FetchRequest(("GLBX",), form="20-F"))
        assert nothing.failed == (Failure("GLBX", "EDGAR lists no 20-F; try another form"),)


def test_local_files_are_served_newest_first(tmp_path: Path) -> None:
    for name in ("new.htm", "old.htm"):
        (tmp_path / name).write_bytes(page(name))
    with fake_edgar(companies_of({"WIDG": [tmp_path / "new.htm", tmp_path / "old.htm"]})) as server:
        result = fetch(server, tmp_path / "got", FetchRequest(("WIDG",), years=(2023,)))
    assert [(one.path.name, one.filed) for one in result.fetched] == [("old.htm", "2024-02-14")]


# --- exhibits --------------------------------------------------------------------------------------


def test_a_10k_that_points_to_exhibit_13_brings_it(tmp_path: Path) -> None:
    with fake_edgar() as server:
        (one,) = fetch(server, tmp_path, FetchRequest(("GLBX",))).fetched
        assert [path.name for path in one.exhibits] == ["globex-ex13.htm"]
        assert one.exhibits[0].read_bytes() == page("Annual report")
        assert server.count("ex21.htm") == 0
    assert read_fetch_meta(one.exhibits[0]) == read_fetch_meta(one.path)
    assert names(one.path.parent) == ["globex-10k.htm", "globex-ex13.htm", "meta.json"]


def test_an_8k_brings_its_press_release(tmp_path: Path) -> None:
    with fake_edgar() as server:
        (one,) = fetch(server, tmp_path, FetchRequest(ACME_10K, form="8-K")).fetched
    assert [path.name for path in one.exhibits] == ["acme-ex991.htm"]


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("is incorporated by reference to Exhibit 13", True),
        ("incorporated into this Report by reference from the Annual Report to Shareholders", True),
        ("incorporated herein by reference, EX-13.1", True),
        ("Part III is incorporated by reference to the proxy statement; Exhibit 10.13, Exhibit 131", False),
        ("See Exhibit 13", False),
    ],
)
def test_what_counts_as_a_pointer(text: str, points: bool) -> None:
    assert edgar._points_to_annual_report(page(text).decode()) is points


@pytest.mark.parametrize(
    ("form", "name", "taken"),
    [
        ("10-K", "d123dex13.htm", True),
        ("10-K", "acme-exhibit131.HTML", True),
        ("10-K", "ex-13_1.htm", True),
        ("10-K", "index13.htm", False),
        ("10-K", "ex13.pdf", False),
        ("10-K", "a10-kex1013.htm", False),
        ("8-K", "a8-kex991q1.htm", True),
        ("8-K", "exhibit_99.htm", True),
        ("8-K", "ex101.htm", False),
    ],
)
def test_names_of_exhibits(form: str, name: str, taken: bool) -> None:
    assert bool(EXHIBITS[form].search(name)) is taken


@pytest.mark.parametrize(
    ("link", "taken"),
    [
        ('<td>99.1</td><td><a href="q4fy24pr.htm">Press Release, dated February 21, 2024</a></td>', True),
        ('<a href="https://www.sec.gov/Archives/edgar/data/1/2/q4fy24pr.htm#x">Exhibit 99.2</a>', True),
        ('<td>99.1</td><td>See</td><td>10.1</td><td><a href="q4fy24pr.htm">Agreement</a></td>', False),
        ('<td>99.1</td><td><a href="elsewhere.htm">Press Release</a></td>', False),
        ("Exhibit 99.1 q4fy24pr.htm", False),
    ],
)
def test_an_exhibit_is_told_by_the_link_beside_its_number(tmp_path: Path, link: str, taken: bool) -> None:
    body = f"<html><body><table><tr>{link}</tr></table></body></html>".encode()
    others = {"q4fy24pr.htm": page("Record revenue"), "q4fy24pr.jpg": b"x"}
    filing = FakeFiling("0000000009-24-000001", "8-K", "2024-02-21", "2024-02-21", "chip.htm", body, others)
    with fake_edgar([FakeCompany("CHIP", 9, "Chip Corp.", (filing,))]) as server:
        (one,) = fetch(server, tmp_path, FetchRequest(("CHIP",), form="8-K")).fetched
    assert [path.name for path in one.exhibits] == ["q4fy24pr.htm"] * taken


# --- storage ---------------------------------------------------------------------------------------


def test_a_second_fetch_downloads_nothing(tmp_path: Path) -> None:
    with fake_edgar() as server:
        request = FetchRequest(("ACME", "GLBX"))
        first = fetch(server, tmp_path, request)
        asked = len(server.paths)
        second = fetch(server, tmp_path, request)
        assert second.fetched == tuple(replace(one, reused=True) for one in first.fetched)
        assert server.paths[asked:] == [
            "/files/company_tickers.json",
            "/submissions/CIK0001000001.json",
            "/submissions/CIK0001000002.json",
        ]


def test_only_the_damaged_file_is_downloaded_again(tmp_path: Path) -> None:
    with fake_edgar() as server:
        (one,) = fetch(server, tmp_path, FetchRequest(("GLBX",))).fetched
        one.exhibits[0].write_bytes(b"half of it")
        (again,) = fetch(server, tmp_path, FetchRequest(("GLBX",))).fetched
        assert again == one
        assert one.exhibits[0].read_bytes() == page("Annual report")
        assert (server.count("ex13.htm"), server.count("globex-10k.htm"), server.count("index.json")) == (
            2,
            1,
            1,
        )
        one.path.unlink()
        fetch(server, tmp_path, FetchRequest(("GLBX",)))
        assert server.count("globex-10k.htm") == 2
        assert fetch(server, tmp_path, FetchRequest(("GLBX",))).fetched[0].reused


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"document": 1, "exhibits": []}', None])
def test_a_document_without_a_sound_meta_is_not_believed(tmp_path: Path, content: str | None) -> None:
    with fake_edgar() as server:
        (one,) = fetch(server, tmp_path, FetchRequest(ACME_10K)).fetched
        meta = one.path.parent / "meta.json"
        whole = meta.read_text()
        meta.unlink() if content is None else meta.write_text(content)
        assert read_fetch_meta(one.path) is None
        (again,) = fetch(server, tmp_path, FetchRequest(ACME_10K)).fetched
        assert (again.reused, meta.read_text()) == (False, whole)


def test_meta_that_reaches_outside_its_folder_is_not_believed(tmp_path: Path) -> None:
    with fake_edgar() as server:
        (one,) = fetch(server, tmp_path, FetchRequest(("GLBX",))).fetched
        meta = one.path.parent / "meta.json"
        value = json.loads(meta.read_text())
        value["exhibits"][0]["name"] = "../../../escaped.htm"
        meta.write_text(json.dumps(value))
        (again,) = fetch(server, tmp_path, FetchRequest(("GLBX",))).fetched
        assert [path.name for path in again.exhibits] == ["globex-ex13.htm"]
    assert not list(tmp_path.rglob("escaped.htm"))


def test_another_host_reuses_what_is_whole_and_mends_the_rest_itself(tmp_path: Path) -> None:
    with fake_edgar() as server:
        (one,) = fetch(server, tmp_path, FetchRequest(("GLBX",))).fetched
    one.exhibits[0].unlink()
    with fake_edgar() as mirror:
        (again,) = fetch(mirror, tmp_path, FetchRequest(("GLBX",))).fetched
        assert (again.reused, mirror.count("ex13.htm"), mirror.count("globex-10k.htm")) == (False, 1, 0)


def test_read_fetch_meta_knows_only_its_own_files(tmp_path: Path) -> None:
    with fake_edgar() as server:
        (one,) = fetch(server, tmp_path, FetchRequest(ACME_10K)).fetched
    assert read_fetch_meta(one.path) == FilingMeta(
        company="Acme Widgets Corp.",
        ticker="ACME",
        cik="0001000001",
        form="10-K",
        period_end="2024-12-31",
        filed="2025-02-14",
        accession=ACME_2024,
    )
    assert read_fetch_meta(one.path.with_name("other.htm")) is None
    assert read_fetch_meta(tmp_path / "nowhere" / "a.htm") is None


def test_an_interrupt_leaves_nothing_that_is_believed(tmp_path: Path) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.note == "globex-ex13.htm":
            raise KeyboardInterrupt

    with fake_edgar() as server:
        with pytest.raises(KeyboardInterrupt):
            fetch_filings(
                FetchRequest(("GLBX",)), tmp_path, server.settings(), interrupt, pacer=server.pacer()
            )
        assert names(tmp_path) == ["GLBX/0001000002-25-000001/globex-10k.htm"]
        assert read_fetch_meta(tmp_path / names(tmp_path)[0]) is None
        assert not fetch(server, tmp_path, FetchRequest(("GLBX",))).fetched[0].reused


def test_an_interrupt_in_the_middle_of_writing_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rag_app.core.files.os.fsync", interrupt)
    with fake_edgar() as server, pytest.raises(KeyboardInterrupt):
        fetch(server, tmp_path, FetchRequest(ACME_10K))
    assert names(tmp_path) == []


def test_a_full_disk_stops_and_the_next_run_fetches_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = FetchRequest(ACME_10K, limit=3)

    def full(_: int) -> None:
        if any("acme-2023" in name for name in names(tmp_path)):
            raise OSError(errno.ENOSPC, "No space left on device")

    with fake_edgar() as server:
        with monkeypatch.context() as patch:
            patch.setattr("rag_app.core.files.os.fsync", full)
            with pytest.raises(WorkspaceError) as caught:
                fetch(server, tmp_path, request)
        there = tmp_path / "ACME" / "0001000001-24-000010" / "acme-2023.htm"
        assert str(caught.value) == (
            f"{there}: cannot be written (No space left on device); free space or name another folder"
        )
        assert names(tmp_path) == [f"ACME/{ACME_2024}/acme-2024.htm", f"ACME/{ACME_2024}/meta.json"]
        again = fetch(server, tmp_path, request)
        assert [one.reused for one in again.fetched] == [True, False, False]
        assert server.count("acme-2024.htm") == 1


def test_a_listener_can_cancel(tmp_path: Path) -> None:
    def cancel(_: Progress) -> None:
        raise Cancelled("stopped")

    with fake_edgar() as server, pytest.raises(Cancelled):
        fetch_filings(FetchRequest(ACME_10K), tmp_path, server.settings(), cancel, pacer=server.pacer())


def test_progress_names_tickers_then_files(tmp_path: Path) -> None:
    seen: list[Progress] = []
    with fake_edgar() as server:
        fetch_filings(
            FetchRequest(("ACME", "GLBX")), tmp_path, server.settings(), seen.append, pacer=server.pacer()
        )
    assert [(one.stage, one.done, one.total, one.note) for one in seen] == [
        ("fetch", 0, None, "ACME"),
        ("fetch", 0, None, "GLBX"),
        ("fetch", 0, 2, "acme-2024.htm"),
        ("fetch", 1, 2, "acme-2024.htm"),
        ("fetch", 1, 2, "globex-10k.htm"),
        ("fetch", 1, 2, "globex-ex13.htm"),
        ("fetch", 2, 2, "globex-10k.htm"),
    ]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "ACME").write_text("a file where a folder should be")
    with fake_edgar() as server, pytest.raises(WorkspaceError, match="cannot be written"):
        fetch(server, tmp_path, FetchRequest(ACME_10K))


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("aapl-20240928.htm", "aapl-20240928.htm"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("xslF345X05/form4.xml", "form4.xml"),
        ("/abs/a b\x00c.htm", "a_b_c.htm"),
        (".hidden.htm", "hidden.htm"),
        ("meta.json", "document-meta.json"),
        ("a" * 200 + ".htm", "a" * 116 + ".htm"),
    ],
)
def test_safe_names(name: str, plain: str) -> None:
    assert safe_name(name) == plain


@pytest.mark.parametrize("name", ["", "..", "a/..", "/", "___"])
def test_names_of_which_nothing_is_left(name: str) -> None:
    with pytest.raises(FetchError, match="expected a file name"):
        safe_name(name)
