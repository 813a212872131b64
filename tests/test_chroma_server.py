"""A Chroma server: addresses, tokens and TLS, and a server that is away, hangs or answers oddly."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from pathlib import Path

import pytest
from chroma_server import SECRET, Gate, ask, forget_settings, free_port, gated, running, unit

from rag_app.chroma import Hnsw, Server, delete, names, open_collection, server_of, write
from rag_app.core.errors import IndexStateError, UsageError


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_settings(monkeypatch)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://localhost", Server("localhost", 8000, False)),
        ("http://localhost:9000/", Server("localhost", 9000, False)),
        ("https://chroma.example", Server("chroma.example", 443, True)),
        (" https://chroma.example:8443 ", Server("chroma.example", 8443, True)),
        ("http://[::1]:8000", Server("::1", 8000, False)),
        ("cloud", Server("api.trychroma.com", 443, True)),
        ("https://api.trychroma.com", Server("api.trychroma.com", 443, True)),
    ],
)
def test_addresses(url: str, wanted: Server) -> None:
    assert server_of(url) == wanted
    assert server_of(wanted.url) == wanted


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "localhost:8000",
            "ftp://host",
            "http://",
            "http://host:0",
            "http://host:70000",
            "http://host:x",
        ),
        *("http://host/api", "http://host?x=1", "http://[::1", "http://api.trychroma.com"),
    ],
)
def test_no_addresses(url: str) -> None:
    with pytest.raises(UsageError, match=r"expected http://HOST:PORT") as caught:
        server_of(url)
    assert repr(url) in str(caught.value)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError, match="RAG_APP_CHROMA_TOKEN") as caught:
        server_of(f"https://user:{SECRET}@host")
    assert SECRET not in str(caught.value)


def test_collections_are_listed_replaced_and_deleted(server: Server) -> None:
    for name in ("rag-b", "rag-a", "other"):
        write(server, name, unit(2), Hnsw())
    assert names(server, "rag-") == ["rag-a", "rag-b"]
    write(server, "rag-a", unit(5), Hnsw())
    found = open_collection(server, "rag-a")
    assert found.count() == 5
    found.close()
    for name in ("rag-a", "rag-a", "rag-b", "other"):
        delete(server, name)
    assert names(server) == []


def test_more_collections_than_a_page(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag_app.chroma.server._PAGE", 2)
    for i in range(5):
        write(server, f"page-{i}", unit(1), Hnsw())
    assert names(server, "page-") == [f"page-{i}" for i in range(5)]
    for i in range(5):
        delete(server, f"page-{i}")


def test_a_search_outlives_a_new_start_of_the_server(tmp_path: Path) -> None:
    rows, port = unit(50), free_port()
    with running(tmp_path / "data", port) as found:
        write(found, "vectors", rows, Hnsw())
        opened = open_collection(found, "vectors")
        assert opened.query(rows[:1], 1)[0].tolist() == [[0]]
    with pytest.raises(IndexStateError, match="cannot be reached"):
        opened.query(rows[:1], 1)
    with running(tmp_path / "data", port):
        assert opened.query(rows[7:8], 1)[0].tolist() == [[7]]
    opened.close()


def test_a_server_that_is_away() -> None:
    away = Server("127.0.0.1", free_port(), False)
    for attempt in (lambda: open_collection(away, "v"), lambda: names(away), lambda: delete(away, "v")):
        with pytest.raises(IndexStateError, match=rf"{away.url} cannot be reached: .*see that it runs"):
            attempt()


def test_a_server_that_hangs() -> None:
    with (
        gated(Gate(hang=threading.Event()), timeout=0.2) as found,
        pytest.raises(IndexStateError, match="did not answer in time"),
    ):
        open_collection(found, "vectors")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, "text/html", "<html>Welcome</html>"), r"answered 200 and no JSON \(text/html\)"),
        ((404, "text/html", "<html>nothing here</html>"), "answered 404 and no JSON"),
        ((200, "application/json", "[1]"), "answers other than Chroma does"),
        ((200, "application/json", "{}"), "holds no index|other than Chroma"),
        ((302, "text/html", ""), "answered 302"),
        ((403, "application/json", "{}"), r"refused the token \(403\); set RAG_APP_CHROMA_TOKEN"),
        (
            (500, "application/json", '{"error": "InternalError", "message": "disk\\nfull"}'),
            "500 .disk full.",
        ),
        ((503, "text/plain", "busy"), "answered 503 and no JSON"),
    ],
)
def test_odd_answers_are_one_line(answer: tuple[int, str, str], said: str) -> None:
    with gated(Gate(answer=answer)) as found, pytest.raises(IndexStateError, match=said) as caught:
        open_collection(found, "vectors")
    assert found.url in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        (None, f"Bearer {SECRET}"),
        ("Authorization", f"Bearer {SECRET}"),
        ("x-chroma-token", SECRET),
        ("X-Chroma-Token", SECRET),
    ],
)
def test_the_token_opens_the_gate(
    server: Server, monkeypatch: pytest.MonkeyPatch, header: str | None, value: str
) -> None:
    rows = unit(30)
    with gated(Gate(server, token=(header or "authorization", value))) as found:
        with pytest.raises(IndexStateError, match=r"refused the token \(401\); set RAG_APP_CHROMA_TOKEN"):
            write(found, "vectors", rows, Hnsw())
        monkeypatch.setenv("RAG_APP_CHROMA_TOKEN", SECRET)
        if header:
            monkeypatch.setenv("RAG_APP_CHROMA_TOKEN_HEADER", header)
        write(found, "vectors", rows, Hnsw())
        assert ask(found, rows[4:5], 1)[0] == [[4]]
        delete(found, "vectors")


def test_the_token_is_in_no_message(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    monkeypatch.setenv("RAG_APP_CHROMA_TOKEN", SECRET)
    echo = '{"error": "InternalError", "message": "bad header Bearer ' + SECRET + '"}'
    for gate in (
        Gate(token=("authorization", "other")),
        Gate(answer=(500, "application/json", echo)),
        Gate(answer=(200, "text/html", f"<p>{SECRET}</p>")),
        Gate(breaks=9),
    ):
        with gated(gate) as found, pytest.raises(IndexStateError) as caught:
            open_collection(found, "vectors")
        assert SECRET not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("RAG_APP_CHROMA_TOKEN", f"{SECRET}\nX-Other: 1", "holds a sign no header takes"),
        ("RAG_APP_CHROMA_TOKEN", f"{SECRET} €", "holds a sign no header takes"),
        ("RAG_APP_CHROMA_TOKEN_HEADER", "cookie", "'cookie'; expected Authorization or x-chroma-token"),
        ("RAG_APP_CHROMA_CA", "/none.pem", "'/none.pem', no file of certificates"),
    ],
)
def test_settings_that_cannot_work(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=said) as caught:
        names(Server("127.0.0.1", 1, False))
    assert SECRET not in str(caught.value)


def test_the_cloud_asks_for_a_key() -> None:
    with pytest.raises(UsageError, match="set CHROMA_API_KEY"):
        names(server_of("cloud"))


def test_tenant_and_database_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_APP_CHROMA_TENANT", "a team")
    monkeypatch.setenv("RAG_APP_CHROMA_DATABASE", "filings")
    gate = Gate(answer=(200, "application/json", "[]"))
    with gated(gate) as found:
        assert names(found) == []
    assert gate.seen == ["GET /api/v2/tenants/a%20team/databases/filings/collections?limit=100&offset=0"]


def test_a_broken_connection_does_not_end_a_write(server: Server) -> None:
    rows, gate = unit(2_500), Gate(server, at="/upsert", breaks=2)
    with gated(gate) as found:
        write(found, "vectors", rows, Hnsw())
        assert (
            len([line for line in gate.seen if "/upsert" in line]) == 2 + 2
        )  # two batches, one of them thrice
        assert ask(found, rows[[0, 2_499]], 1)[0] == [[0], [2_499]]
        opened = open_collection(found, "vectors")
        assert opened.count() == 2_500
        opened.close()
        gate.at, gate.breaks = "/query", 1
        assert ask(found, rows[:1], 1)[0] == [[0]]
        delete(found, "vectors")


def test_a_write_that_cannot_end_leaves_nothing(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag_app.chroma.server._PAUSES", (0.0, 0.0))
    gate = Gate(server, at="/upsert", breaks=99)
    with gated(gate) as found, pytest.raises(IndexStateError, match="cannot be reached"):
        write(found, "vectors", unit(3), Hnsw())
    assert len([line for line in gate.seen if "/upsert" in line]) == 3
    assert names(server) == []


def test_a_busy_server_is_asked_again(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag_app.chroma.server._PAUSES", (0.0, 0.0))
    gate = Gate(server, at="/upsert", answer=(503, "application/json", '{"message": "busy"}'))
    with gated(gate) as found, pytest.raises(IndexStateError, match=r"answered 503 \(busy\)"):
        write(found, "vectors", unit(3), Hnsw())
    assert len([line for line in gate.seen if "/upsert" in line]) == 3


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody vouches for, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("the test of TLS makes its certificate with openssl, which is not here")
    folder = tmp_path_factory.mktemp("tls")
    paths = (folder / "cert.pem", folder / "key.pem")
    asked = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-out", str(paths[0]), "-keyout", str(paths[1])]
    subprocess.run(["openssl", "req", "-x509", *asked, *named, *files], check=True, capture_output=True)
    return paths


def test_tls_is_verified(
    server: Server, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    gate = Gate(server, token=("authorization", f"Bearer {SECRET}"))
    monkeypatch.setenv("RAG_APP_CHROMA_TOKEN", SECRET)
    with gated(gate, context) as found:
        with pytest.raises(IndexStateError, match=r"CERTIFICATE.*RAG_APP_CHROMA_CA"):
            names(found)
        assert gate.seen == []  # the token was not sent to a stranger
        monkeypatch.setenv("RAG_APP_CHROMA_CA", str(certificate[0]))
        write(found, "vectors", unit(3), Hnsw())
        assert names(found) == ["vectors"]
        delete(found, "vectors")
