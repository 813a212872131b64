"""What all tabs share: the workspace, the opened arms, the jobs; and what a tab hands to the application.

Holds no per-page state.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rag_app.arms import Arms
from rag_app.core.config import Settings, Workspace, save_settings, saved_settings
from rag_app.core.registry import Active, ModelRecord, list_records, load_active
from rag_app.facts.store import FactStore
from ui.tabs.jobs import Jobs
from ui.workflows import WorkspaceState, workspace_status

FULL_WIDTH = "Full width"
DIMENSIONS = [FULL_WIDTH, "384", "256", "128", "64"]


@dataclass(frozen=True, slots=True)
class View:
    """The workspace as read once, for every tab to draw from."""

    state: WorkspaceState
    records: tuple[ModelRecord, ...]
    active: Active

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms that are indexed, base first."""
        return tuple(a.arm for a in self.state.arms)


@dataclass
class Context:
    """One application over one workspace."""

    workspace: Workspace
    settings: Settings
    arms: Arms
    jobs: Jobs = field(default_factory=Jobs)
    _llms: dict[str, Any] = field(default_factory=dict)
    _facts: FactStore | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _facts_lock: threading.Lock = field(default_factory=threading.Lock)

    def view(self) -> View:
        """Read the workspace. Raises RagAppError when it is damaged."""
        state = workspace_status(self.workspace, self.settings)
        return View(state, tuple(list_records(self.workspace)), load_active(self.workspace))

    def llm(self, spec: str) -> Any:
        """The LLM of this short form, loaded once; None for "extractive"."""
        from rag_app.llama import load_llm

        if spec not in self._llms:  # looked at first without the lock: loading one blocks no other
            with self._lock:
                if spec not in self._llms:
                    self._llms[spec] = load_llm(spec, with_key=spec == self.settings.llm)
        return self._llms[spec]

    def facts(self) -> FactStore:
        """The filings' tagged figures, up to date. Raises WorkspaceError where they cannot be kept."""
        with self._facts_lock:
            if self._facts is None:
                self._facts = FactStore.open(self.workspace)
            self._facts.update()
            return self._facts

    def remember_user_agent(self, user_agent: str) -> None:
        """Keep who asks EDGAR, for this run and in the settings file."""
        self.settings = replace(self.settings, edgar_user_agent=user_agent)
        saved = saved_settings(self.workspace)
        save_settings(self.workspace, replace(saved, edgar_user_agent=user_agent))


@dataclass
class Panel:
    """What a tab hands to the application.

    `redraw` gives a value for each of `outputs` from a fresh View and the current values of
    `inputs`; the application calls it when the page opens and after each of `changes` (events that
    may have changed the workspace).
    """

    outputs: Sequence[Any]
    redraw: Callable[..., list[Any]]
    inputs: Sequence[Any] = ()
    changes: Sequence[Any] = ()


def box(elem_id: str | None, value: str = "") -> Any:
    """A place for our own HTML, without gradio's prose styles."""
    import gradio as gr

    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, elem_classes="box")


def heading(text: str) -> Any:
    """A panel's title."""
    return box(None, f'<h4 class="label">{text}</h4>')


def dimension(choice: str | int | None) -> int | None:
    """A dimension as chosen in the page; None for the full width."""
    return None if choice in (None, "", FULL_WIDTH) else int(str(choice))


def model_label(name: str) -> str:
    """A model's name as shown."""
    return "all-MiniLM-L6-v2" if name == "embedded" else name


def model_choices(view: View, with_tuned: bool = True) -> list[tuple[str, str]]:
    """(label, name) of every model that can be named: base, tuned, and the registry."""
    choices = [(f"base ({model_label(view.state.base_model)})", "base")]
    if with_tuned and view.active.tuned:
        choices.append((f"tuned ({view.active.tuned})", "tuned"))
    return choices + [(r.model_id, r.model_id) for r in view.records if r.model_id != view.active.tuned]
