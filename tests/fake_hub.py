"""A small model and data hub on loopback: lists the files of a repository and serves them.

Speaks what huggingface_hub asks for: repository info, tree, path info, and files with ETag and commit.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "c" * 40


@dataclass
class FakeHub:
    """`asked` are the files that were downloaded, in order."""

    url: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def fake_hub(kind: str, name: str, folder: Path) -> Iterator[FakeHub]:
    """Serve `folder` as the repository `name`; `kind` is "models" or "datasets"."""
    files = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if p.is_file()}
    prefix = "/" if kind == "models" else f"/{kind}/"

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            path = unquote(urlsplit(self.path).path)
            if path.startswith(f"/api/{kind}/{name}/paths-info/"):
                wanted = json.loads(body).get("paths", []) if body.startswith("{") else []
                self._json([_entry(f, files[f]) for f in wanted if f in files])
            else:
                self._missing()

        def _answer(self, body: bool) -> None:
            path = unquote(urlsplit(self.path).path)
            if path.startswith(f"{prefix}{name}/resolve/"):
                file = path.split("/resolve/", 1)[1].split("/", 1)[1]
                if file not in files:
                    self._missing()
                    return
                data = files[file].read_bytes()
                if body:
                    hub.asked.append(file)
                self.send_response(200)
                self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
                self.send_header("X-Repo-Commit", COMMIT)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if body:
                    self.wfile.write(data)
            elif path.startswith(f"/api/{kind}/{name}/tree/"):
                self._json([_entry(f, p) for f, p in files.items()])
            elif path == f"/api/{kind}/{name}" or path.startswith(f"/api/{kind}/{name}/revision/"):
                siblings = [{"rfilename": f} for f in files]
                self._json({"id": name, "sha": COMMIT, "private": False, "tags": [], "siblings": siblings})
            else:
                self._missing()

        def _json(self, value: object) -> None:
            data = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _missing(self) -> None:
            self.send_response(404)
            code = "EntryNotFound" if f"/{name}/" in self.path else "RepoNotFound"
            self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hub = FakeHub(f"http://127.0.0.1:{server.server_address[1]}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield hub
        server.shutdown()


def _entry(name: str, path: Path) -> dict[str, object]:
    data = path.read_bytes()
    return {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha256(data).hexdigest()[:40]}
