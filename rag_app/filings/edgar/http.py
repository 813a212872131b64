"""Asking EDGAR politely: who asks, how often, how long to wait, and what counts as an answer.

Knows no filing and no folder. Rules: https://www.sec.gov/os/accessing-edgar-data (a User-Agent that
names the asker, at most 10 requests a second in all; a breach is answered 403 or 429 for ten minutes).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from rag_app.core.errors import FetchError, NotFoundError, UsageError
from rag_app.filings.edgar.pace import LONGEST_WAIT, Pacer
from rag_app.filings.rejects import is_edgar_error

MAX_TRIES = 5
MAX_BYTES = 150 * 1024 * 1024
TIMEOUT = httpx.Timeout(60.0, connect=10.0)
_LOOPBACK = ("127.0.0.1", "localhost")


class _AskAgain(Exception):
    """The answer is worth another try, not before `after` seconds."""

    def __init__(self, reason: str, after: float = 0.0) -> None:
        super().__init__(reason)
        self.after = after


class EdgarHttp:
    """GET with pace, retries and limits. `on_wait` hears why and how long a retry waits."""

    def __init__(
        self, client: httpx.Client, user_agent: str, pacer: Pacer, on_wait: Callable[[str], None]
    ) -> None:
        self._client, self._pacer, self._on_wait = client, pacer, on_wait
        self._agent = user_agent
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "gzip, deflate"}

    def get(self, url: str) -> bytes:
        """The whole body at `url`.

        Raises NotFoundError when the server has no such thing, FetchError when it could not be
        asked (five tries), refuses, redirects, or sends more than MAX_BYTES.
        """
        for tries in range(1, MAX_TRIES + 1):
            self._pacer.turn()
            try:
                return self._once(url)
            except _AskAgain as again:
                last = tries == MAX_TRIES
                wait = again.after if last else max(again.after, self._pacer.back_off(tries))
                self._pacer.hold(wait)
                if last or wait > LONGEST_WAIT:
                    raise FetchError(self._gave_up(url, str(again), tries, again.after)) from again
                self._on_wait(f"{again}; asking again in {wait:.0f} s")
        raise AssertionError("unreachable: the last try returns or raises")

    def get_json(self, url: str, expected: str) -> dict[str, Any]:
        """The JSON object at `url`; `expected` says in words what it should hold.

        Raises what `get` raises, and FetchError when the body is no JSON object.
        """
        body = self.get(url)
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            start = " ".join(body[:60].decode("utf-8", "replace").split())
            raise FetchError(f"{url}: expected {expected}, got {start!r}; is this an EDGAR server?")
        return value

    def _once(self, url: str) -> bytes:
        parts: list[bytes] = []
        size = 0
        try:
            with self._client.stream(
                "GET", url, headers=self._headers, timeout=TIMEOUT, follow_redirects=False
            ) as response:
                _check_status(url, response)
                declared = response.headers.get("Content-Length", "")
                if declared.isdecimal() and int(declared) > MAX_BYTES:
                    raise FetchError(_too_large(url))
                for part in response.iter_bytes():
                    parts.append(part)
                    size += len(part)
                    if size > MAX_BYTES:
                        raise FetchError(_too_large(url))
                arrived = response.num_bytes_downloaded  # as sent, before gzip; 0 for a ready-made body
                if declared.isdecimal() and 0 < arrived != int(declared):
                    raise _AskAgain(f"{arrived} of {declared} bytes arrived")
        except httpx.RequestError as error:  # connect, read, time-out, cut body, damaged gzip
            raise _AskAgain(f"{type(error).__name__}: {error}") from error
        body = b"".join(parts)
        if is_edgar_error(body):  # some proxies turn a refusal into an answer
            raise _AskAgain("EDGAR's error page in place of an answer")
        return body

    def _gave_up(self, url: str, reason: str, tries: int, after: float) -> str:
        if after > LONGEST_WAIT:
            remedy = f"EDGAR asks for a pause of {after:.0f} seconds; try again then"
        elif reason == "HTTP 403" or reason.startswith("EDGAR's error page"):
            remedy = (
                f"EDGAR refuses {self._agent!r} or has had too many requests; "
                'pass --user-agent "Company name@domain", or wait ten minutes'
            )
        else:
            remedy = "check the network, then run the same command again: what is whole is kept"
        return f"{url}: {reason} after {tries} {'try' if tries == 1 else 'tries'}; {remedy}"


def edgar_client(*urls: str) -> httpx.Client:
    """A client for `urls`; loopback servers are asked past any proxy."""
    hosts = {host for url in urls if (host := urlsplit(url).hostname) in _LOOPBACK}
    return httpx.Client(timeout=TIMEOUT, mounts={f"all://{host}": None for host in sorted(hosts)})


def is_loopback(url: str) -> bool:
    """Whether `url` points at this machine."""
    return urlsplit(url).hostname in _LOOPBACK


def check_url(url: str, setting: str) -> str:
    """`url` without its trailing slash. Raises UsageError unless it is https, or http on loopback."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # a port that is no number raises here
    except ValueError:
        parts, host = urlsplit(""), None
    allowed = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    plain = not (parts.query or parts.fragment or "@" in parts.netloc or re.search(r"[\s\x00-\x1f]", url))
    if not (host and allowed and plain):
        raise UsageError(
            f"{setting} {url!r}: expected https://host (or http://127.0.0.1:port); "
            f"set RAG_APP_{setting.upper()}"
        )
    return url.rstrip("/")


def check_user_agent(agent: str) -> str:
    """`agent`, stripped. Raises UsageError unless it is one printable line that holds an address."""
    remedy = 'pass --user-agent "Company name@domain" once, or set RAG_APP_EDGAR_USER_AGENT'
    if not agent.strip():
        raise UsageError(f"EDGAR wants who is asking; {remedy}")
    if not (agent.isascii() and agent.isprintable() and re.search(r"[^\s@]@[^\s@]", agent)):
        raise UsageError(
            f"user agent {agent!r}: expected one line of plain letters with an e-mail address; {remedy}"
        )
    return agent.strip()


def _check_status(url: str, response: httpx.Response) -> None:
    status = response.status_code
    if status == 200:
        return
    if status in (404, 410):
        raise NotFoundError(f"{url}: not found (HTTP {status})")
    if status in (403, 429) or status >= 500:
        raise _AskAgain(f"HTTP {status}", _retry_after(response))
    if 300 <= status < 400:
        target = response.headers.get("Location", "")[:200]
        raise FetchError(f"{url}: redirects to {target!r}; set edgar_url to the server itself")
    raise FetchError(f"{url}: HTTP {status}; expected 200")


def _retry_after(response: httpx.Response) -> float:
    """Seconds asked for by Retry-After (a number or an HTTP date); 0 where it says nothing usable."""
    value = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        then = parsedate_to_datetime(value)
        now = parsedate_to_datetime(response.headers.get("Date", "")) if "Date" in response.headers else None
        return max(0.0, (then - (now or datetime.now(UTC))).total_seconds())
    except (TypeError, ValueError):  # TypeError: one of the two dates names no time zone
        return 0.0


def _too_large(url: str) -> str:
    return f"{url}: larger than {MAX_BYTES // 2**20} MB; no filing is, so it was not downloaded"
