"""One workspace's file names, and the settings a user may change.

The only place that knows where things lie on disk, and the only one that reads the environment
for settings. Secrets (API keys) are not settings: libraries read them from the environment.
"""

from __future__ import annotations

import math
import os
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from rag_app.core.edgar import EDGAR_URL
from rag_app.core.errors import UsageError, WorkspaceError
from rag_app.core.files import Lock, Wait, read_json, write_json_atomic

EMBEDDED = "embedded"
"""The name of the base model that ships with the product (all-MiniLM-L6-v2)."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """The layout of one workspace folder, and how long work on it waits for another writer."""

    root: Path
    wait: Wait = field(default=Wait(), compare=False)

    @property
    def filings(self) -> Path:
        """One folder a filing: the original, `filing.json`, `chunks.jsonl`."""
        return self.root / "filings"

    @property
    def downloads(self) -> Path:
        """What `fetch` brought from EDGAR, before it is ingested."""
        return self.root / "downloads"

    @property
    def models(self) -> Path:
        """One sentence-transformers folder a tuned model, each with its `record.json`."""
        return self.root / "models"

    @property
    def vectors(self) -> Path:
        """One full-width vector store a model fingerprint."""
        return self.root / "vectors"

    @property
    def indexes(self) -> Path:
        """A folder a build, and what the builds of a corpus share."""
        return self.root / "indexes"

    @property
    def runs(self) -> Path:
        """Evaluation and training reports."""
        return self.root / "runs"

    @property
    def active(self) -> Path:
        """Which model is "tuned" and which build each arm serves."""
        return self.root / "active.json"

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.root / "config.json"

    def lock(self, what: str) -> Lock:
        """What guards one kind of writing ("filings", "index", "train", "active"), for `files.locked`."""
        return Lock(self.root / "locks" / f"{what}.lock", self.root, self.wait)

    def create(self) -> Workspace:
        """Make the folder. Raises WorkspaceError when the path cannot be one."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkspaceError(
                f"workspace {self.root}: {error.strerror}; name a writable folder with --workspace"
            ) from error
        return self


def default_workspace() -> Path:
    """`RAG_APP_WORKSPACE`, or ./workspace."""
    return Path(os.environ.get("RAG_APP_WORKSPACE") or "workspace")


def seconds_to_wait(text: str | None = None) -> float:
    """Seconds to wait for another writer: "30", or "forever"; without text RAG_APP_WAIT, or 0.

    Raises UsageError for anything else.
    """
    named = "RAG_APP_WAIT" if text is None else "--wait"
    text = os.environ.get("RAG_APP_WAIT") or "0" if text is None else text
    try:
        seconds = math.inf if text == "forever" else float(text)
    except ValueError:
        seconds = math.nan
    if not seconds >= 0:
        raise UsageError(
            f"{named} {text!r}: expected seconds, such as 600, or forever (--wait=forever before a path)"
        )
    return seconds


@dataclass(frozen=True, slots=True)
class Settings:
    """What a workspace remembers between commands; `RAG_APP_<NAME>` in the environment wins."""

    base_model: str = EMBEDDED
    edgar_user_agent: str = ""
    edgar_url: str = EDGAR_URL
    edgar_data_url: str = "https://data.sec.gov"
    llm: str = "extractive"
    chroma_url: str = ""


def saved_settings(workspace: Workspace) -> Settings:
    """The settings in the file. Raises UsageError for an unknown key or a value that is not text."""
    settings = Settings()
    if workspace.config.exists():
        saved = read_json(workspace.config)
        known = {f.name for f in fields(Settings)}
        unknown = sorted(set(saved) - known) if isinstance(saved, dict) else ["(not an object)"]
        if unknown:
            raise UsageError(
                f"{workspace.config}: unknown setting {unknown[0]}; expected {', '.join(sorted(known))}"
            )
        wrong = [key for key, value in saved.items() if not isinstance(value, str)]
        if wrong:
            raise UsageError(f"{workspace.config}: {wrong[0]} is {saved[wrong[0]]!r}; expected text")
        settings = replace(settings, **saved)
    return settings


def load_settings(workspace: Workspace) -> Settings:
    """The saved settings, with the environment on top."""
    from_env = {
        f.name: value for f in fields(Settings) if (value := os.environ.get(f"RAG_APP_{f.name.upper()}"))
    }
    return replace(saved_settings(workspace), **from_env)


def save_settings(workspace: Workspace, settings: Settings) -> None:
    """Write the settings file, atomically."""
    write_json_atomic(workspace.config, asdict(settings))
