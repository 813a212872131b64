"""Fetching from EDGAR, against a local server that can misbehave; no test sleeps."""

from __future__ import annotations

import hashlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from fake_edgar import USER_AGENT, FakeCompany, FakeEdgar, FakeFiling, Fault, companies_of, fake_edgar, page

from rag_app.core.config import Settings
from rag_app.core.errors import Cancelled, FetchError, NotFoundError, UsageError, WorkspaceError
from rag_app.core.types import FilingMeta, Progress
from rag_app.filings import edgar, edgar_http
from rag_app.filings.edgar import (
    Failure,
    FetchRequest,
    FetchResult,
    fetch_filings,
    read_fetch_meta,
    safe_name,
)
from rag_app.filings.edgar_http import EdgarHttp, Pacer, check_url, check_user_agent, edgar_client
from rag_app.filings.edgar_listing import EXHIBITS

ACME_2024 = "0001000001-25-000010"
ACME_FOLDER = "/Archives/edgar/data/1000001/000100000125000010"
ACME_10K = ("ACME",)


class Clock:
    """Time that passes only in `sleep`."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []
        self.lock = threading.Lock()

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self.lock:
            self.slept.append(seconds)
            self.now += seconds


def pacer_on(clock: Clock, per_second: float = 1e9) -> Pacer:
    return Pacer(per_second, clock.time, clock.sleep, lambda: 0.0)


def fetch(server: FakeEdgar, folder: Path, request: FetchRequest) -> FetchResult:
    return fetch_filings(request, folder, server.settings(), pacer=server.pacer())


def one_failure(result: FetchResult) -> str:
    assert result.fetched == ()
    (failure,) = result.failed
    return failure.reason


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


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
        assert result.failed == (Failure("ACME", "EDGAR lists no 10-K for report year 2019"),)
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
def test_what_counts_as_a_pointer(tmp_path: Path, text: str, points: bool) -> None:
    (tmp_path / "a.htm").write_bytes(page(text))
    assert edgar._points_to_annual_report(tmp_path / "a.htm") is points


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


# --- names and shapes the server may send -------------------------------------------------------------


def broken(column: str, value: object) -> bytes:
    row: dict[str, list[object]] = {
        "accessionNumber": [ACME_2024],
        "filingDate": ["2025-02-14"],
        "reportDate": ["2024-12-31"],
        "form": ["10-K"],
        "primaryDocument": ["acme-2024.htm"],
    }
    row[column] = [value]
    return json.dumps({"name": "Acme", "tickers": [], "filings": {"recent": row}}).encode()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("accessionNumber", "../../x"),
        ("accessionNumber", None),
        ("filingDate", "yesterday"),
        ("reportDate", "2024"),
        ("form", 10),
        ("primaryDocument", "../../../etc/passwd"),
        ("primaryDocument", "a\r\nb.htm"),
        ("primaryDocument", "//evil.example/x.htm"),
    ],
)
def test_rows_that_cannot_be_are_refused(tmp_path: Path, column: str, value: object) -> None:
    fault = Fault("CIK0001000001.json", body=broken(column, value))
    with fake_edgar(faults=[fault]) as server:
        reason = one_failure(fetch(server, tmp_path, FetchRequest(ACME_10K)))
    assert "CIK0001000001.json: expected an accession number, dates, a form and a file name" in reason
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("end", "body", "expected"),
    [
        (
            "company_tickers.json",
            b"<html>Sorry</html>",
            "expected the table of tickers, got '<html>Sorry</html>'",
        ),
        ("company_tickers.json", b'{"0": {"ticker": "ACME"}}', "expected rows with `ticker` and `cik_str`"),
        ("CIK0001000001.json", b"[1]", "expected a company's filings, got '[1]'"),
        ("CIK0001000001.json", b"{}", "expected a company's `name` and `tickers`"),
        ("CIK0001000001.json", b'{"name": "A", "filings": []}', "expected an object `filings`"),
        ("CIK0001000001.json", b'{"name": "A", "filings": {}}', "expected columns of one length"),
        (
            "CIK0001000001.json",
            broken("form", "10-K").replace(b'"form": ["10-K"]', b'"form": []'),
            "expected columns of one length",
        ),
        (
            "CIK0001000001.json",
            broken("form", "8-K").replace(b'"recent"', b'"files": [{"name": "../x"}], "recent"'),
            "expected `name`, `filingFrom` and `filingTo`",
        ),
        ("submissions-001.json", b"\xff\x00", "expected a page of older filings"),
    ],
)
def test_wrong_json_names_the_url_and_what_was_expected(
    tmp_path: Path, end: str, body: bytes, expected: str
) -> None:
    with fake_edgar(faults=[Fault(end, body=body, times=9)]) as server:
        reason = one_failure(fetch(server, tmp_path, FetchRequest(ACME_10K, years=(2022,))))
        assert expected in reason
        assert f"{end}: " in reason
        assert server.count(end) == 1  # asking again would not mend it


def test_a_folder_index_that_is_none(tmp_path: Path) -> None:
    with fake_edgar(faults=[Fault("index.json", body=b'{"directory": {}}')]) as server:
        reason = one_failure(fetch(server, tmp_path, FetchRequest(("GLBX",))))
    assert reason.startswith("0001000002-25-000001: ")
    assert reason.endswith("index.json: expected a list in `directory.item`")


# --- failures ----------------------------------------------------------------------------------------


def test_an_unknown_ticker_is_named_with_close_ones_and_the_rest_goes_on(tmp_path: Path) -> None:
    with fake_edgar() as server:
        result = fetch(server, tmp_path, FetchRequest(("ACNE", "GLBX", "QQQQQ")))
    assert [one.ticker for one in result.fetched] == ["GLBX"]
    assert result.failed == (
        Failure("ACNE", "EDGAR has no company with ticker 'ACNE'; did you mean ACME?"),
        Failure("QQQQQ", "EDGAR has no company with ticker 'QQQQQ'; give its ticker or its CIK number"),
    )


def test_an_unknown_cik(tmp_path: Path) -> None:
    with fake_edgar() as server:
        reason = one_failure(fetch(server, tmp_path, FetchRequest(("42",))))
        assert server.count("CIK0000000042.json") == 1
    assert reason.startswith("EDGAR has no company with CIK 0000000042; check the number")


def test_a_ticker_table_that_fails_is_asked_for_once(tmp_path: Path) -> None:
    with fake_edgar(faults=[Fault("company_tickers.json", status=503, times=99)]) as server:
        result = fetch(server, tmp_path, FetchRequest(("ACME", "GLBX", "1000002")))
        assert server.count("company_tickers.json") == 5
    assert [one.ticker for one in result.failed] == ["ACME", "GLBX"]
    assert result.failed[0].reason.endswith(
        "/files/company_tickers.json: HTTP 503 after 5 tries; "
        "check the network, then run the same command again: what is whole is kept"
    )
    assert [one.ticker for one in result.fetched] == ["GLBX"]


def test_a_missing_document_fails_alone(tmp_path: Path) -> None:
    with fake_edgar(faults=[Fault("acme-2024.htm", status=404)]) as server:
        result = fetch(server, tmp_path, FetchRequest(ACME_10K, limit=2))
        assert server.count("acme-2024.htm") == 1
    assert [one.path.name for one in result.fetched] == ["acme-2023.htm"]
    (failure,) = result.failed
    assert failure.reason == f"{ACME_2024}: {server.url}{ACME_FOLDER}/acme-2024.htm: not found (HTTP 404)"


def test_an_empty_document_is_refused(tmp_path: Path) -> None:
    with fake_edgar(faults=[Fault("acme-2024.htm", body=b"")]) as server:
        assert "the document is empty" in one_failure(fetch(server, tmp_path, FetchRequest(ACME_10K)))
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "request_",
    [
        FetchRequest(()),
        FetchRequest((" ",)),
        FetchRequest(ACME_10K, form=" "),
        FetchRequest(ACME_10K, limit=0),
        FetchRequest(ACME_10K, years=(24,)),
    ],
)
def test_requests_that_cannot_work(tmp_path: Path, request_: FetchRequest) -> None:
    with pytest.raises(UsageError, match="expected"):
        fetch_filings(request_, tmp_path, Settings(edgar_user_agent=USER_AGENT))


def test_edgar_wants_to_know_who_is_asking(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        fetch_filings(FetchRequest(ACME_10K), tmp_path, Settings())
    assert str(caught.value) == (
        'EDGAR wants who is asking; pass --user-agent "Company name@domain" once, '
        "or set RAG_APP_EDGAR_USER_AGENT"
    )


@pytest.mark.parametrize("agent", ["Acme", "@", "a@b\r\nX: y", "a@b\nc", "Ümläut a@b.de", "a @ b"])
def test_user_agents_that_are_refused(agent: str) -> None:
    with pytest.raises(UsageError, match="expected one line"):
        check_user_agent(agent)


@pytest.mark.parametrize(
    "url",
    [
        "http://www.sec.gov",
        "http://127.0.0.1.evil.example",
        "ftp://localhost",
        "https://",
        "",
        "www.sec.gov",
        "https://user@host",
        "https://host/?q",
        "https://host#x",
        "https://host:port",
        "http://[::1",
        "https://ho st",
        "file:///etc/passwd",
    ],
)
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(UsageError, match="RAG_APP_EDGAR_URL"):
        check_url(url, "edgar_url")


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://www.sec.gov/", "https://www.sec.gov"),
        ("https://mirror.example/edgar", "https://mirror.example/edgar"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:80/", "http://localhost:80"),
    ],
)
def test_urls_that_are_accepted(url: str, clean: str) -> None:
    assert check_url(url, "edgar_url") == clean


# --- manners -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429},
        {"status": 503},
        {"status": 500},
        {"status": 403},
        {"cut": True},
        {"hang_up": True},
    ],
)
def test_passing_trouble_is_tried_again(tmp_path: Path, fault: dict[str, int]) -> None:
    clock = Clock()
    with fake_edgar(faults=[Fault("acme-2024.htm", times=4, **fault)]) as server:  # type: ignore[arg-type]
        (one,) = fetch_filings(
            FetchRequest(ACME_10K), tmp_path, server.settings(), pacer=pacer_on(clock)
        ).fetched
        assert server.count("acme-2024.htm") == 5
    assert one.path.read_bytes() == page("Acme 10-K of 2024-12-31")
    assert [round(wait, 6) for wait in clock.slept if wait > 0.01] == [1, 2, 4, 8]
    assert names(tmp_path / "ACME" / ACME_2024) == ["acme-2024.htm", "meta.json"]


@pytest.mark.parametrize("fault", [{"status": 503}, {"cut": True}, {"hang_up": True}])
def test_trouble_that_stays_fails_after_five_tries(tmp_path: Path, fault: dict[str, int]) -> None:
    with fake_edgar(faults=[Fault("acme-2024.htm", times=99, **fault)]) as server:  # type: ignore[arg-type]
        reason = one_failure(fetch(server, tmp_path, FetchRequest(ACME_10K)))
        assert server.count("acme-2024.htm") == 5
    assert "after 5 tries; check the network" in reason
    assert names(tmp_path) == []


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with fake_edgar() as server:
        pass
    reason = one_failure(fetch(server, tmp_path, FetchRequest(ACME_10K)))
    assert "company_tickers.json: ConnectError" in reason
    assert "after 5 tries" in reason


def test_a_refused_user_agent_is_named(tmp_path: Path) -> None:
    with fake_edgar(faults=[Fault("", status=403, times=99)]) as server:
        reason = one_failure(fetch(server, tmp_path, FetchRequest(ACME_10K)))
    assert f"HTTP 403 after 5 tries; EDGAR refuses '{USER_AGENT}'" in reason


def test_the_server_refuses_strangers() -> None:
    with fake_edgar() as server, httpx.Client(trust_env=False) as client:
        assert client.get(f"{server.url}/files/company_tickers.json").status_code == 403


@pytest.mark.parametrize(
    ("retry_after", "waited"),
    [("30", 30.0), ("0", 1.0), ("soon", 1.0), ("-5", 1.0), ("Thu, 01 Jan 1970 00:00:00 GMT", 1.0)],
)
def test_retry_after_is_honoured(tmp_path: Path, retry_after: str, waited: float) -> None:
    clock, seen = Clock(), []
    with fake_edgar(faults=[Fault("acme-2024.htm", status=429, retry_after=retry_after)]) as server:
        fetch_filings(
            FetchRequest(ACME_10K),
            tmp_path,
            server.settings(),
            lambda one: seen.append(one.note),
            pacer=pacer_on(clock),
        )
    assert [round(wait, 6) for wait in clock.slept if wait > 0.01] == [waited]
    assert f"HTTP 429; asking again in {waited:.0f} s" in seen


def test_retry_after_as_a_date_is_measured_by_the_servers_clock() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if len(clock.slept) == 0:
            headers = {
                "Date": "Wed, 01 Jan 2025 00:00:00 GMT",
                "Retry-After": "Wed, 01 Jan 2025 00:00:45 GMT",
            }
            return httpx.Response(503, headers=headers)
        return httpx.Response(200, content=b"ok")

    clock = Clock()
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        http = EdgarHttp(client, USER_AGENT, pacer_on(clock), lambda _: None)
        assert http.get("https://www.sec.gov/x") == b"ok"
    assert clock.slept == [45.0]


def test_a_long_pause_is_reported_and_nobody_asks_meanwhile(tmp_path: Path) -> None:
    with fake_edgar(faults=[Fault("company_tickers.json", status=429, retry_after="600")]) as server:
        clock = Clock()
        result = fetch_filings(
            FetchRequest(("ACME", "1000002")), tmp_path, server.settings(), pacer=pacer_on(clock)
        )
        assert server.paths == ["/files/company_tickers.json"]
    assert clock.slept == []
    assert result.failed[0].reason.endswith(
        "HTTP 429 after 1 try; EDGAR asks for a pause of 600 seconds; try again then"
    )
    assert result.failed[1].reason == "EDGAR asks for a pause of 600 more seconds; try again then"


def test_redirects_and_odd_answers_are_not_followed(tmp_path: Path) -> None:
    fault = Fault("acme-2024.htm", status=302, location="http://169.254.169.254/")
    with fake_edgar(faults=[fault, Fault("acme-2024.htm", status=418)]) as server:
        reason = one_failure(fetch(server, tmp_path, FetchRequest(ACME_10K)))
        assert reason.endswith("redirects to 'http://169.254.169.254/'; set edgar_url to the server itself")
        assert one_failure(fetch(server, tmp_path, FetchRequest(ACME_10K))).endswith("HTTP 418; expected 200")


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_that_is_too_large(monkeypatch: pytest.MonkeyPatch, declared: bool) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if declared:
            return httpx.Response(200, content=b"x" * 101)
        return httpx.Response(200, content=iter([b"x" * 60, b"x" * 60]))

    monkeypatch.setattr(edgar_http, "MAX_BYTES", 100)
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        http = EdgarHttp(client, USER_AGENT, pacer_on(Clock()), lambda _: None)
        with pytest.raises(FetchError, match="larger than"):
            http.get("https://www.sec.gov/x")


def test_a_content_length_that_does_not_match_is_tried_again() -> None:
    sent = [b"short", b"long enough"]

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Length": "11"}, content=iter([sent.pop(0)]))

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        http = EdgarHttp(client, USER_AGENT, pacer_on(Clock()), lambda _: None)
        assert http.get("https://www.sec.gov/x") == b"long enough"


def test_not_found_is_not_could_not_ask() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404 if request.url.path == "/gone" else 503)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        http = EdgarHttp(client, USER_AGENT, pacer_on(Clock()), lambda _: None)
        with pytest.raises(NotFoundError):
            http.get("https://www.sec.gov/gone")
        with pytest.raises(FetchError) as caught:
            http.get("https://www.sec.gov/busy")
        assert not isinstance(caught.value, NotFoundError)


def test_turns_are_spaced_over_all_threads() -> None:
    clock = Clock()
    pacer = pacer_on(clock, per_second=8)
    with ThreadPoolExecutor(8) as pool:
        turns = sorted(pool.map(lambda _: pacer.turn(), range(40)))
    gaps = [after - before for before, after in pairwise(turns)]
    assert min(gaps) >= 0.125
    assert turns[-1] - turns[0] == pytest.approx(39 / 8)
    assert edgar_http.PER_SECOND == 8


def test_a_pause_holds_for_every_thread() -> None:
    clock = Clock()
    pacer = pacer_on(clock, per_second=8)
    pacer.hold(30)
    pacer.hold(5)  # a shorter one does not end it
    with ThreadPoolExecutor(4) as pool:
        turns = sorted(pool.map(lambda _: pacer.turn(), range(4)))
    assert turns == [130.0, 130.125, 130.25, 130.375]


def test_back_off_doubles_and_jitters() -> None:
    pacer = Pacer(jitter=lambda: 1.0)
    assert [pacer.back_off(tries) for tries in (1, 2, 3, 4)] == [1.5, 3.0, 6.0, 12.0]


def test_loopback_is_asked_past_a_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    with fake_edgar() as server, edgar_client(server.url, server.url) as client:
        result = fetch_filings(
            FetchRequest(ACME_10K), tmp_path, server.settings(), client=client, pacer=server.pacer()
        )
    assert result.failed == ()
