"""`rag-app fetch` against the local server: who asks, what is told, what the filing knows afterwards."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from fake_edgar import USER_AGENT, FakeEdgar, Fault, fake_edgar

from rag_app.core.config import Workspace, saved_settings
from rag_app.store import list_filings

ASKED = (
    'Error: EDGAR wants who is asking; pass --user-agent "Company name@domain" once, '
    "or set RAG_APP_EDGAR_USER_AGENT\n"
)


def command(server: FakeEdgar, workspace: Workspace, *args: str) -> tuple[list[str], dict[str, str]]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("RAG_APP_")}
    env |= {
        "RAG_APP_EDGAR_URL": server.url,
        "RAG_APP_EDGAR_DATA_URL": server.url,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    return [sys.executable, "-m", "ui", "fetch", *args, "--workspace", str(workspace.root)], env


def run(server: FakeEdgar, workspace: Workspace, *args: str) -> subprocess.CompletedProcess[str]:
    words, env = command(server, workspace, *args)
    return subprocess.run(
        words, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120
    )


def at_a_terminal(server: FakeEdgar, workspace: Workspace, typed: str, *args: str) -> tuple[int, str]:
    """The exit code and what the terminal showed."""
    words, env = command(server, workspace, *args)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(words, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, typed.encode())
    seen = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # Linux's way to say that the other side is closed
            break
        if not part:
            break
        seen += part
    os.close(ours)
    return process.wait(timeout=60), seen.decode("utf-8", "replace")


def test_without_a_terminal_nobody_is_asked(workspace: Workspace) -> None:
    with fake_edgar() as server:
        done = run(server, workspace, "ACME")
        assert (done.returncode, done.stdout, done.stderr) == (2, "", ASKED)
        assert server.paths == []


def test_a_person_is_asked_once(workspace: Workspace) -> None:
    with fake_edgar() as server:
        code, seen = at_a_terminal(server, workspace, f"nobody\n{USER_AGENT}\n", "ACME", "--no-ingest")
        assert code == 0, seen
        assert "Error: user agent 'nobody': expected one line of plain letters with an e-mail address" in seen
        assert saved_settings(workspace).edgar_user_agent == USER_AGENT
        code, seen = at_a_terminal(server, workspace, "", "ACME", "--no-ingest")
        assert (code, "who is asking" in seen, "already here" in seen) == (0, False, True)
        assert set(server.agents) == {USER_AGENT}


def test_what_is_told_and_what_the_filing_knows(workspace: Workspace) -> None:
    faults = [Fault("globex-10k.htm", status=503)]
    with fake_edgar(faults=faults) as server:
        done = run(server, workspace, "GLBX", "NOPE", "--user-agent", USER_AGENT)
    assert done.returncode == 1
    assert done.stderr.splitlines()[:8] == [
        "fetch: GLBX",
        "fetch: NOPE",
        "fetch 0/1: globex-10k.htm",
        "fetch 0/1: HTTP 503; asking again in 1 s",
        "fetch 0/1: globex-ex13.htm",
        "fetch 1/1: globex-10k.htm",
        "ingest 1/2: globex-10k.htm",
        "ingest 2/2: globex-ex13.htm",
    ]
    assert done.stderr.splitlines()[-1] == (
        "Error: NOPE: EDGAR has no company with ticker 'NOPE'; give its ticker or its CIK number"
    )
    assert done.stdout.splitlines()[0] == (
        "  GLBX 10-K FY2024 2024-12-28 filed 2025-03-01 with globex-ex13.htm: downloaded"
    )
    facts = [
        (one.source, one.meta.filed, one.meta.accession, one.meta.cik) for one in list_filings(workspace)
    ]
    told = ("2025-03-01", "0001000002-25-000001", "0001000002")
    assert facts == [("globex-10k.htm", *told), ("globex-ex13.htm", *told)]


@pytest.mark.parametrize("agent", ["nobody", "a@b\nX: y"])
def test_a_user_agent_that_cannot_be_is_not_kept(workspace: Workspace, agent: str) -> None:
    with fake_edgar() as server:
        done = run(server, workspace, "ACME", "--user-agent", agent)
    assert (done.returncode, done.stdout) == (2, "")
    assert saved_settings(workspace).edgar_user_agent == ""


def test_json_stays_one_document(workspace: Workspace) -> None:
    with fake_edgar() as server:
        done = run(server, workspace, "ACME", "--no-ingest", "--json", "--user-agent", USER_AGENT)
    (got,) = json.loads(done.stdout)["fetched"]
    assert (got["fiscal_year"], got["form"], Path(got["path"]).name) == (2024, "10-K", "acme-2024.htm")
    assert done.stderr == ""
