"""A Chroma server or Chroma Cloud, asked over its HTTP interface with time-outs.

Chroma's own HTTP client waits forever, even while it is being made, drops the status code of a refusal, and
builds the embedding function that a stored configuration names. These few requests do none of that.
The token comes from the environment, goes into one header, and appears in no message.
"""

from __future__ import annotations

import base64
import os
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from rag_app.core.errors import IndexStateError, UsageError
from rag_app.core.types import FloatArray

CLOUD = "api.trychroma.com"
_PAUSES = (0.2, 0.5, 1.0, 2.0)  # seconds before a write is sent again
_PATIENCE = 6  # times the time-out that a write may take
_BUSY = (429, 502, 503, 504)
_PAGE = 100
_MOST = 2_000  # rows a batch: one request stays a few megabytes
_MOST_CLOUD = 300  # of rows a batch, and of results a query: what Chroma Cloud takes
_FORM = 'expected http://HOST:PORT, https://HOST[:PORT] or "cloud"'


@dataclass(frozen=True, slots=True)
class Server:
    """Where a Chroma server is; `timeout` in seconds for connecting and for an answer to start."""

    host: str
    port: int
    ssl: bool
    timeout: float = 10.0

    @property
    def url(self) -> str:
        """The address without path, as in http://localhost:8000."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.ssl else 'http'}://{host}:{self.port}"

    @property
    def cloud(self) -> bool:
        """Whether it is Chroma Cloud."""
        return self.host == CLOUD


def server_of(url: str) -> Server:
    """The server `url` names; port 8000 for http, 443 for https. Raises UsageError for anything else."""
    text = url.strip()
    if text == "cloud":
        return Server(CLOUD, 443, True)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"Chroma server {url!r} cannot be read ({error}); {_FORM}") from error
    if parts.username or parts.password:
        raise UsageError(
            f"a Chroma server's address holds no user or password; set RAG_APP_CHROMA_TOKEN, and {_FORM}"
        )
    plain = parts.path in ("", "/") and not parts.query and not parts.fragment
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain or port == 0:
        raise UsageError(f"Chroma server {url!r} is not an address of one; {_FORM}")
    secure = parts.scheme == "https"
    if parts.hostname == CLOUD and not secure:
        raise UsageError(f"Chroma server {url!r} would send the key unencrypted; {_FORM}")
    return Server(parts.hostname, port or (443 if secure else 8000), secure)


class Remote:
    """A connection to one server, tenant and database. Safe from many threads."""

    def __init__(self, server: Server, environment: Mapping[str, str] = os.environ) -> None:
        self.server = server
        self._token = _token(server, environment)
        self._http = httpx.Client(
            base_url=server.url + "/api/v2",
            headers=_headers(server, self._token, environment),
            verify=_trust(environment),
        )
        try:
            who = self.send("GET", "/auth/identity", kind=dict) if server.cloud else {}
        except BaseException:
            self._http.close()
            raise
        tenant = environment.get("RAG_APP_CHROMA_TENANT") or who.get("tenant") or "default_tenant"
        owned = who.get("databases") or []
        database = environment.get("RAG_APP_CHROMA_DATABASE") or (
            owned[0] if len(owned) == 1 else "default_database"
        )
        self.database = database
        self.base = f"/tenants/{quote(tenant, safe='')}/databases/{quote(database, safe='')}/collections"

    def create(self, name: str, hnsw: Mapping[str, Any]) -> RemoteCollection:
        """A new collection in place of any that has this name."""
        self.delete(name)
        body = {"name": name, "configuration": {"hnsw": hnsw}, "get_or_create": True}  # may be sent twice
        return RemoteCollection(self, self._identity(self.send("POST", self.base, body, kind=dict)))

    def open(self, name: str) -> RemoteCollection:
        """The collection `name`. Raises IndexStateError when the server has none."""
        found = self.send("GET", f"{self.base}/{quote(name, safe='')}", absent={}, kind=dict)
        if not found:
            raise IndexStateError(
                f"{self.server.url} holds no index named {name} in {self.database}; run rag-app index"
            )
        hnsw = (found.get("configuration_json") or {}).get("hnsw") or {}
        return RemoteCollection(self, self._identity(found), hnsw.get("ef_search"))

    def delete(self, name: str) -> None:
        """Delete a collection; no error when there is none."""
        self.send("DELETE", f"{self.base}/{quote(name, safe='')}", absent={})

    def names(self) -> list[str]:
        """All collections of the database."""
        found: list[str] = []
        while True:
            page = self.send("GET", f"{self.base}?limit={_PAGE}&offset={len(found)}", kind=list)
            found += [str(one["name"]) for one in page]
            if len(page) < _PAGE:
                return found

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Remote:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        absent: Any = None,
        kind: type = object,
        patient: bool = False,
    ) -> Any:
        """The answer, of type `kind`, to a request that may be repeated; `absent` if there is none.

        A broken connection is tried once more: a kept one dies with a server that was started again.
        `patient` tries longer, with pauses, and also when the server is busy.
        """
        pauses = _PAUSES if patient else (0.0,)
        longest = self.server.timeout * (_PATIENCE if patient else 1)
        timeout = httpx.Timeout(longest, connect=self.server.timeout / 2)
        for pause in (*pauses, None):
            try:
                answer = self._http.request(method, path, json=body, timeout=timeout)
            except httpx.TimeoutException as error:
                raise self._error(f"did not answer in time ({longest:g} s at most)") from error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if pause is None or (isinstance(error, httpx.ConnectError) and not patient):
                    hint = " (RAG_APP_CHROMA_CA names whom to trust)" if "CERTIFICATE" in str(error) else ""
                    raise self._error(f"cannot be reached: {_short(error)}{hint}") from error
            else:
                if pause is None or not patient or answer.status_code not in _BUSY:
                    return self._read(answer, absent, kind)
            time.sleep(pause)
        raise AssertionError("unreachable")

    def _read(self, answer: httpx.Response, absent: Any, kind: type) -> Any:
        status = answer.status_code
        if status in (401, 403):
            variable = "CHROMA_API_KEY" if self.server.cloud else "RAG_APP_CHROMA_TOKEN"
            raise IndexStateError(
                f"the Chroma server at {self.server.url} refused the token ({status}); set {variable}"
            )
        try:
            value = answer.json()
        except ValueError as error:
            form = answer.headers.get("content-type", "no type")[:40]
            raise self._error(f"answered {status} and no JSON ({form}): is it one?") from error
        if answer.is_success:
            if not isinstance(value, kind):
                raise self._error("answers other than Chroma does: is it one?")
            return value
        message = value.get("message") or value.get("error") if isinstance(value, dict) else value
        if status == 404 and absent is not None and isinstance(value, dict) and "error" in value:
            return absent
        raise self._error(f"answered {status} ({_short(message)})")

    def _identity(self, found: dict[str, Any]) -> str:
        if "id" not in found:
            raise self._error("answers other than Chroma does: is it one?")
        return str(found["id"])

    def _error(self, what: str) -> IndexStateError:
        said = what.replace(self._token, "***") if self._token else what
        return IndexStateError(
            f"the Chroma server at {self.server.url} {said}; see that it runs and try again"
        )


class RemoteCollection:
    """One collection of a server."""

    def __init__(self, remote: Remote, identity: str, ef_search: int | None = None) -> None:
        self._remote = remote
        self._ef_search = ef_search  # None where it has none: Chroma Cloud searches in its own way
        self._path = f"{remote.base}/{identity}"

    def batch(self) -> int:
        """How many rows one `upsert` may bring."""
        most = self._remote.send("GET", "/pre-flight-checks", kind=dict).get("max_batch_size")
        own = _MOST_CLOUD if self._remote.server.cloud else _MOST
        return min(own, most) if isinstance(most, int) and most > 0 else own

    def upsert(self, start: int, rows: FloatArray) -> None:
        """Put `rows` under the positions from `start` on."""
        packed = [base64.b64encode(row.tobytes()).decode("ascii") for row in rows.astype("<f4", copy=False)]
        ids = [str(i) for i in range(start, start + len(rows))]
        self._remote.send("POST", f"{self._path}/upsert", {"ids": ids, "embeddings": packed}, patient=True)

    def count(self) -> int:
        """How many vectors it holds."""
        return int(self._remote.send("GET", f"{self._path}/count", kind=int))

    def nearest(self, vectors: FloatArray, k: int) -> tuple[list[list[str]], list[list[float]]]:
        """Ids and distances of the `k` nearest of every row."""
        most = min(k, _MOST_CLOUD) if self._remote.server.cloud else k
        body = {"query_embeddings": vectors.tolist(), "n_results": most, "include": ["distances"]}
        found = self._remote.send("POST", f"{self._path}/query", body, kind=dict)
        return found["ids"], found["distances"]

    def set_ef_search(self, ef_search: int) -> None:
        """Search more broadly, once the server loads the collection anew."""
        if self._ef_search not in (None, ef_search):
            body = {"new_configuration": {"hnsw": {"ef_search": ef_search}}}
            self._remote.send("PUT", self._path, body)

    def close(self) -> None:
        """Let go of the connections."""
        self._remote.close()


def _token(server: Server, environment: Mapping[str, str]) -> str:
    token = environment.get("RAG_APP_CHROMA_TOKEN") or ""
    if server.cloud:
        token = environment.get("CHROMA_API_KEY") or token
        if not token:
            raise UsageError("Chroma Cloud asks for a key; set CHROMA_API_KEY")
    if not token.isascii() or any(not sign.isprintable() or sign == " " for sign in token):
        raise UsageError("the Chroma token in the environment holds a sign no header takes; set it again")
    return token


def _headers(server: Server, token: str, environment: Mapping[str, str]) -> dict[str, str]:
    name = (
        "x-chroma-token"
        if server.cloud
        else environment.get("RAG_APP_CHROMA_TOKEN_HEADER") or "authorization"
    )
    if name.lower() not in ("authorization", "x-chroma-token"):
        raise UsageError(f"RAG_APP_CHROMA_TOKEN_HEADER is {name!r}; expected Authorization or x-chroma-token")
    if not token:
        return {}
    return {name: f"Bearer {token}" if name.lower() == "authorization" else token}


def _trust(environment: Mapping[str, str]) -> ssl.SSLContext | bool:
    """Whose certificates are believed: the usual ones, or those of RAG_APP_CHROMA_CA."""
    bundle = environment.get("RAG_APP_CHROMA_CA")
    if not bundle:
        return True
    try:
        return ssl.create_default_context(cafile=bundle)
    except OSError as error:  # SSLError is one
        raise UsageError(
            f"RAG_APP_CHROMA_CA is {bundle!r}, no file of certificates in PEM form ({_short(error)})"
        ) from error


def _short(said: object) -> str:
    return " ".join(str(said).split())[:200] or type(said).__name__
