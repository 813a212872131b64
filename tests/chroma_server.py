"""For tests: a real `chroma run` on a free loopback port, and a gate that asks for a token or misbehaves."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import numpy as np
import pytest

from rag_app.chroma import Server, open_collection
from rag_app.core.types import FloatArray

SECRET = "s3cret-t0ken"
Place = Path | Server
_RUN = "import sys; from chromadb.cli.cli import app; sys.argv[0] = 'chroma'; app()"


def unit(count: int, width: int = 32, seed: int = 0) -> FloatArray:
    rows = np.random.default_rng(seed).standard_normal((count, width)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def ask(
    place: Place, vectors: FloatArray, k: int, name: str = "vectors"
) -> tuple[list[list[int]], FloatArray]:
    found = open_collection(place, name)
    try:
        positions, cosines = found.query(vectors, k)
        return positions.tolist(), cosines
    finally:
        found.close()


def forget_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the environment named no Chroma server's token and no proxy."""
    for name in [n for n in os.environ if "CHROMA" in n or n.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path, port: int | None = None, wait: float = 120.0) -> Iterator[Server]:
    """A server that answers, its data in `folder`; stopped, and waited for, at the end."""
    server = Server("127.0.0.1", port or free_port(), False)
    command = [sys.executable, "-c", _RUN, "run", "--host", server.host, "--port", str(server.port)]
    log = folder.with_name(folder.name + ".log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--path", str(folder)], stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        until = time.monotonic() + wait
        while not _answers(server):
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(
                    f"chroma run does not come up: {log.read_text(errors='replace')[-2000:]}"
                )
            time.sleep(0.05)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(server: Server) -> bool:
    try:
        return httpx.get(f"{server.url}/api/v2/heartbeat", timeout=5.0, trust_env=False).is_success
    except httpx.HTTPError:
        return False


@dataclass
class Gate:
    """What stands before `behind`; paths that contain `at` meet `breaks` resets, then `answer`."""

    behind: Server | None = None
    token: tuple[str, str] | None = None  # header and its value
    at: str = ""
    breaks: int = 0
    answer: tuple[int, str, str] | None = None  # status, content type, body
    hang: threading.Event | None = None
    seen: list[str] = field(default_factory=list)

    def respond(self, handler: BaseHTTPRequestHandler, method: str) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        self.seen.append(f"{method} {handler.path}")
        if self.at in handler.path:
            if self.breaks:
                self.breaks -= 1
                handler.connection.shutdown(socket.SHUT_RDWR)
                handler.close_connection = True
                return
            if self.hang:
                self.hang.wait(60)
            if self.answer:
                return _send(handler, *self.answer)
        if self.token and handler.headers.get(self.token[0]) != self.token[1]:
            return _send(handler, 401, "text/html", f"<html>no: {handler.headers}</html>")
        assert self.behind is not None
        with httpx.Client(trust_env=False, timeout=30) as http:
            found = http.request(
                method,
                self.behind.url + handler.path,
                content=body,
                headers={"content-type": "application/json"},
            )
        _send(handler, found.status_code, found.headers.get("content-type", ""), found.text)


def _send(handler: BaseHTTPRequestHandler, status: int, kind: str, body: str) -> None:
    data = body.encode()
    handler.send_response(status)
    handler.send_header("content-type", kind)
    handler.send_header("content-length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


@contextmanager
def gated(gate: Gate, context: ssl.SSLContext | None = None, timeout: float = 10.0) -> Iterator[Server]:
    """`gate` on a free loopback port, behind TLS when `context` is given."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None: ...

        def do_GET(self) -> None:
            gate.respond(self, "GET")

        def do_POST(self) -> None:
            gate.respond(self, "POST")

        def do_PUT(self) -> None:
            gate.respond(self, "PUT")

        def do_DELETE(self) -> None:
            gate.respond(self, "DELETE")

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.daemon_threads = True
    if context:
        served.socket = context.wrap_socket(served.socket, server_side=True)
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Server("127.0.0.1", served.server_address[1], context is not None, timeout)
    finally:
        if gate.hang:
            gate.hang.set()
        served.shutdown()
        served.server_close()
        thread.join()
