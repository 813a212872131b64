"""A model hub on loopback that takes uploads: create, preupload, LFS batch and PUT, commit.

Speaks what `HfApi.create_repo` and `upload_folder` ask for when Xet is switched off.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

COMMIT = "d" * 40


@dataclass
class UploadHub:
    """`files` is what a commit made visible, `created` the bodies of create calls, in order."""

    url: str
    token: str
    created: list[dict[str, object]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)


@contextmanager
def upload_hub(name: str, token: str, status: int = 200, private: bool | None = True) -> Iterator[UploadHub]:
    """A hub where `token` may write to `name`; another `status` refuses every call that has it.

    The repository is there, `private` or not; with None it is there once it is created.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there = private is not None or hub.created
            if urlsplit(self.path).path.startswith(f"/api/models/{name}") and there:
                self._json(
                    {"id": name, "sha": COMMIT, "private": private is not False, "tags": [], "siblings": []}
                )
            else:
                self._json({"error": "not found"}, 404, {"X-Error-Code": "RepoNotFound"})

        def do_POST(self) -> None:
            body = self._body()
            path = urlsplit(self.path).path
            if self.headers.get("Authorization") != f"Bearer {token}":
                self._json({"error": "Invalid username or password."}, 401)
            elif status != 200:
                self._json({"error": "You don't have the rights."}, status)
            elif path == "/api/repos/create":
                hub.created.append(json.loads(body))
                self._json({"url": f"{hub.url}/{name}", "id": name, "name": name})
            elif path == "/api/validate-yaml":
                self._json({"warnings": [], "errors": []})
            elif path == f"/api/models/{name}/preupload/main":
                files = [
                    {
                        "path": f["path"],
                        "uploadMode": "lfs" if f["path"].endswith(".safetensors") else "regular",
                        "shouldIgnore": False,
                    }
                    for f in json.loads(body)["files"]
                ]
                self._json({"files": files})
            elif path == f"/{name}.git/info/lfs/objects/batch":
                asked = json.loads(body)["objects"]
                objects = [o | {"actions": {"upload": {"href": f"{hub.url}/put/{o['oid']}"}}} for o in asked]
                self._json({"transfer": "basic", "objects": objects})
            elif path == f"/api/models/{name}/commit/main":
                self._commit(body)
            else:
                self._json({"error": f"unknown {path}"}, 404)

        def do_PUT(self) -> None:
            hub.objects[self.path.rsplit("/", 1)[1]] = self._body()
            self._json({})

        def _commit(self, body: bytes) -> None:
            for line in body.splitlines():
                entry = json.loads(line)
                value = entry["value"]
                if entry["key"] == "header":
                    hub.messages.append(value["summary"])
                elif entry["key"] == "file":
                    hub.files[value["path"]] = base64.b64decode(value["content"])
                elif entry["key"] == "lfsFile":
                    hub.files[value["path"]] = hub.objects[value["oid"]]
            url = f"{hub.url}/{name}/commit/{COMMIT}"
            self._json({"success": True, "commitOid": COMMIT, "commitUrl": url})

        def _body(self) -> bytes:
            if "chunked" in self.headers.get("Transfer-Encoding", ""):
                parts = []
                while size := int(self.rfile.readline(), 16):
                    parts.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(parts)
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def _json(self, value: object, code: int = 200, headers: Mapping[str, str] | None = None) -> None:
            data = json.dumps(value).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            for key, text in (headers or {}).items():
                self.send_header(key, text)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hub = UploadHub(f"http://127.0.0.1:{server.server_address[1]}", token)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield hub
        server.shutdown()
