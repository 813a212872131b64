"""Asking EDGAR: what it may answer, what fails, how politely it is asked; no test sleeps."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from edgar_tools import ACME_10K, ACME_2024, ACME_FOLDER, Clock, fetch, names, one_failure, pacer_on
from fake_edgar import USER_AGENT, Fault, fake_edgar, page

from rag_app.core.config import Settings
from rag_app.core.errors import FetchError, NotFoundError, UsageError
from rag_app.filings.edgar import http as edgar_http
from rag_app.filings.edgar.fetch import (
    Failure,
    FetchRequest,
    fetch_filings,
)
from rag_app.filings.edgar.http import EdgarHttp, check_url, check_user_agent, edgar_client

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
        Failure("ACNE", "EDGAR has no company with ticker 'ACNE'; did you mean ACME (Acme Widgets Corp.)?"),
        Failure("QQQQQ", "EDGAR has no company with ticker 'QQQQQ'; give its ticker or its CIK number"),
    )


@pytest.mark.parametrize("spelled", ["globex", "Globex Foods", "GLOBEX FOODS INC."])
def test_a_name_in_place_of_a_ticker_brings_its_ticker(tmp_path: Path, spelled: str) -> None:
    with fake_edgar() as server:
        reason = one_failure(fetch(server, tmp_path, FetchRequest((spelled,))))
    assert reason == (f"EDGAR has no company with ticker {spelled!r}; did you mean GLBX (Globex Foods Inc.)?")


def test_an_error_page_in_place_of_a_document_is_not_kept(tmp_path: Path) -> None:
    refusal = page("Your Request Originates from an Undeclared Automated Tool")
    with fake_edgar(faults=[Fault("acme-2024.htm", body=refusal, times=1)]) as server:
        (one,) = fetch(server, tmp_path, FetchRequest(ACME_10K)).fetched
        assert (one.path.read_bytes(), server.count("acme-2024.htm")) == (page("Acme 10-K of 2024-12-31"), 2)
    with fake_edgar(faults=[Fault("acme-2023.htm", body=refusal, times=9)]) as server:
        reason = one_failure(fetch(server, tmp_path, FetchRequest(ACME_10K, years=(2023,))))
    assert "EDGAR's error page in place of an answer after 5 tries; EDGAR refuses" in reason


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


def test_loopback_is_asked_past_a_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    with fake_edgar() as server, edgar_client(server.url, server.url) as client:
        result = fetch_filings(
            FetchRequest(ACME_10K), tmp_path, server.settings(), client=client, pacer=server.pacer()
        )
    assert result.failed == ()
