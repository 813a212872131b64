"""A small EDGAR on loopback, for tests: tickers, submissions, older pages, folders and documents.

    with fake_edgar(faults=[Fault("acme-2024.htm", status=429, retry_after="3")]) as server:
        fetch_filings(FetchRequest(("ACME",)), folder, server.settings(), pacer=server.pacer())

    with fake_edgar(companies_of({"ACME": [path_of_a_local_filing]})) as server: ...

Asks for a User-Agent with an '@' like the real one, gzips, and counts what it is asked.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rag_app.core.config import Settings
from rag_app.filings.edgar.pace import Pacer

USER_AGENT = "Test Company test@example.com"


@dataclass(frozen=True, slots=True)
class FakeFiling:
    """One filing: its main document and the other files of its folder."""

    accession: str
    form: str
    filed: str
    period_end: str
    document: str
    body: bytes
    others: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FakeCompany:
    """A filer; `older` are the pages beside the recent filings, newest first. No ticker: CIK only.

    `facts` is what EDGAR serves of its figures; without, it has none.
    """

    ticker: str
    cik: int
    name: str
    recent: tuple[FakeFiling, ...]
    older: tuple[tuple[FakeFiling, ...], ...] = ()
    year_end: str = "1231"
    facts: Mapping[str, object] | None = None


@dataclass(slots=True)
class Fault:
    """The next `times` requests whose path ends in `match` go wrong, in the one way that is set."""

    match: str
    times: int = 1
    status: int = 0
    retry_after: str = ""
    location: str = ""
    cut: bool = False  # half of the body, then the connection is closed
    hang_up: bool = False  # the connection is closed without an answer
    body: bytes | None = None  # 200, with this instead


@dataclass(slots=True)
class FakeEdgar:
    """The running server. `paths` are the requests so far, in order, `agents` their User-Agents."""

    url: str
    content: dict[str, bytes]
    faults: list[Fault]
    paths: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    encodings: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def settings(self, user_agent: str = USER_AGENT) -> Settings:
        """Settings that send both of EDGAR's hosts here."""
        return Settings(edgar_user_agent=user_agent, edgar_url=self.url, edgar_data_url=self.url)

    def pacer(self) -> Pacer:
        """A pacer that neither spaces nor sleeps: its clock is always ahead of its pauses."""
        now = [0.0]
        return Pacer(1e9, lambda: now[0], lambda wait: now.__setitem__(0, now[0] + wait), lambda: 0.0)

    def count(self, end: str) -> int:
        """How many requests had a path that ends in `end`."""
        return sum(path.endswith(end) for path in self.paths)

    def _take_fault(self, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and path.endswith(fault.match):
                fault.times -= 1
                return fault
        return None


@contextmanager
def fake_edgar(
    companies: Sequence[FakeCompany] | None = None, faults: Sequence[Fault] = ()
) -> Iterator[FakeEdgar]:
    """Serve `companies` (default: two invented ones) on a free loopback port until the block ends."""
    edgar = FakeEdgar("", site(default_companies() if companies is None else companies), list(faults))

    class Handler(_Handler):
        server_of = edgar

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    edgar.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield edgar
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of: FakeEdgar

    def do_GET(self) -> None:
        edgar, agent = self.server_of, self.headers.get("User-Agent", "")
        with edgar.lock:
            edgar.paths.append(self.path)
            edgar.agents.append(agent)
            edgar.encodings.append(self.headers.get("Accept-Encoding", ""))
            fault = edgar._take_fault(self.path)
        if fault and fault.hang_up:
            self.close_connection = True
        elif fault and fault.status:
            extra = {"Retry-After": fault.retry_after, "Location": fault.location}
            self._answer(fault.status, b"no", {key: value for key, value in extra.items() if value})
        elif "@" not in agent:
            self._answer(403, b"Undeclared Automated Tool")
        elif self.path not in edgar.content:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            body = fault.body if fault and fault.body is not None else edgar.content[self.path]
            self._answer(200, body, cut=bool(fault and fault.cut))

    def _answer(
        self, status: int, body: bytes, extra: Mapping[str, str] | None = None, cut: bool = False
    ) -> None:
        self.send_response(status)
        for key, value in (extra or {}).items():
            self.send_header(key, value)
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = self.close_connection or cut

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def site(companies: Sequence[FakeCompany]) -> dict[str, bytes]:
    """Path → body of everything EDGAR serves of `companies`."""
    content: dict[str, bytes] = {}
    tickers: dict[str, dict[str, int | str]] = {}
    for company in companies:
        name = f"CIK{company.cik:010d}"
        if company.ticker:
            row: dict[str, int | str] = {"cik_str": company.cik, "ticker": company.ticker}
            tickers[str(len(tickers))] = {**row, "title": company.name}
        files = []
        for number, page in enumerate(company.older, 1):
            page_name = f"{name}-submissions-{number:03d}.json"
            dates = sorted(one.filed for one in page)
            files.append(
                {
                    "name": page_name,
                    "filingCount": len(page),
                    "filingFrom": dates[0],
                    "filingTo": dates[-1],
                }
            )
            content[f"/submissions/{page_name}"] = _json(_columns(page))
        content[f"/submissions/{name}.json"] = _json(
            {
                "cik": f"{company.cik:010d}",
                "name": company.name,
                "tickers": [company.ticker] if company.ticker else [],
                "fiscalYearEnd": company.year_end,
                "filings": {"recent": _columns(company.recent), "files": files},
            }
        )
        if company.facts is not None:
            content[f"/api/xbrl/companyfacts/{name}.json"] = _json(company.facts)
        for one in [*company.recent, *(one for page in company.older for one in page)]:
            folder = f"/Archives/edgar/data/{company.cik}/{one.accession.replace('-', '')}"
            bodies = {one.document or f"{one.accession}.txt": one.body, **one.others}
            content |= {f"{folder}/{file}": body for file, body in bodies.items()}
            items = [
                {"name": file, "type": "text.gif", "size": str(len(body))} for file, body in bodies.items()
            ]
            content[f"{folder}/index.json"] = _json({"directory": {"item": items, "name": folder}})
    content["/files/company_tickers.json"] = _json(tickers)
    return content


def companies_of(
    files: Mapping[str, Sequence[Path]], form: str = "10-K", newest_year: int = 2024
) -> list[FakeCompany]:
    """Companies whose filings are local files: a ticker's first is its newest, each next a year older."""
    companies = []
    for number, (ticker, paths) in enumerate(files.items(), 1):
        cik = 2_000_000 + number
        filings = tuple(
            FakeFiling(
                accession=f"{cik:010d}-{(newest_year + 1 - age) % 100:02d}-000001",
                form=form,
                filed=f"{newest_year + 1 - age}-02-14",
                period_end=f"{newest_year - age}-12-31",
                document=path.name,
                body=path.read_bytes(),
            )
            for age, path in enumerate(paths)
        )
        companies.append(FakeCompany(ticker, cik, f"{ticker.title()} Corp.", filings))
    return companies


def default_companies() -> list[FakeCompany]:
    """Acme (10-Ks over three pages, an amendment, a 10-Q, an 8-K) and Globex (a 10-K that is a pointer)."""
    pointer = "Item 8 is incorporated herein by\nreference to <b>Exhibit</b>&nbsp;13."
    acme_8k = {"acme-ex991.htm": page("Press release"), "acme-ex101.htm": page("Contract"), "R13.htm": b"x"}
    globex_10k = {"globex-ex13.htm": page("Annual report"), "globex-ex21.htm": page("Subsidiaries")}
    return [
        FakeCompany(
            "ACME",
            1_000_001,
            "Acme Widgets  Corp.",
            (
                _acme("25-000020", "10-K/A", "2025-04-01", "2024-12-31", "acme-2024a.htm"),
                _acme("25-000010", "10-K", "2025-02-14", "2024-12-31", "acme-2024.htm"),
                _acme("25-000005", "8-K", "2025-02-03", "2025-02-03", "acme-8k.htm", acme_8k),
                _acme("24-000030", "10-Q", "2024-11-01", "2024-09-30", "acme-q3.htm"),
                _acme("24-000010", "10-K", "2024-02-16", "2023-12-31", "acme-2023.htm"),
            ),
            (
                (
                    _acme("23-000010", "10-K", "2023-02-17", "2022-12-31", "acme-2022.htm"),
                    _acme("22-000010", "10-K", "2022-02-18", "2021-12-31", "acme-2021.htm"),
                ),
                (_acme("99-000010", "10-K", "1999-03-01", "1998-12-31", ""),),
            ),
        ),
        FakeCompany(
            "GLBX",
            1_000_002,
            "Globex Foods Inc.",
            (
                FakeFiling(
                    "0001000002-25-000001",
                    "10-K",
                    "2025-03-01",
                    "2024-12-28",
                    "globex-10k.htm",
                    page(pointer),
                    globex_10k,
                ),
            ),
        ),
    ]


def page(text: str) -> bytes:
    """A small HTML document that says `text`."""
    return f"<html><body><p>{text}</p></body></html>\n".encode()


def _acme(
    number: str,
    form: str,
    filed: str,
    period_end: str,
    document: str,
    others: Mapping[str, bytes] | None = None,
) -> FakeFiling:
    body = page(f"Acme {form} of {period_end}")
    return FakeFiling(f"0001000001-{number}", form, filed, period_end, document, body, others or {})


def _columns(filings: Sequence[FakeFiling]) -> dict[str, list[str]]:
    return {
        "accessionNumber": [one.accession for one in filings],
        "filingDate": [one.filed for one in filings],
        "reportDate": [one.period_end for one in filings],
        "form": [one.form for one in filings],
        "primaryDocument": [one.document for one in filings],
    }


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
