"""What the report of a training run says, as a panel: the gain, by whom, and what was lost.

Knows the report's figures; measures nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rag_app.core.config import Workspace
from rag_app.core.errors import RagAppError
from rag_app.core.files import read_json
from rag_app.core.registry import ModelRecord
from ui.render import notice
from ui.tabs.passages import esc
from ui.tabs.widgets import Cell, table


def sentences(workspace: Workspace, record: ModelRecord) -> tuple[str, str]:
    """(the headlines and what the filings' check says, the tables by kind and by company) as HTML."""
    from finetune.evaluation.forgetting import told_of

    lost = notice("warning", told_of(record.forgetting)) if record.forgets else ""
    if not lost and record.forgetting:
        lost = f'<p class="muted">{esc(told_of(record.forgetting))}.</p>'
    path = workspace.runs / record.model_id / "report.json"
    if not path.exists():
        return lost, ""
    try:
        report = read_json(path)
    except RagAppError as error:
        return notice("warning", str(error)) + lost, ""
    lines = "".join(
        f'<p class="headline">{esc(line)}</p>'
        for line in (report.get("headline"), report.get("headline_companies"))
        if line
    )
    tables = "".join(
        _groups(title, report.get(key, []), str(report.get("group_dim", "")))
        for title, key in (("kind of question", "by_kind"), ("company", "by_company"))
    )
    return lines + lost, tables


def _groups(title: str, rows: Sequence[Mapping[str, Any]], dim: str) -> str:
    """A folded table of the gain in each group; nothing without groups."""
    if not rows:
        return ""
    cells = [
        [
            row["label"],
            f"{row['queries']:,}",
            Cell(f"{row['base']:.3f} → <b>{row['tuned']:.3f}</b>"),
            Cell(f'<b class="{_kind(row)}">{row["gain"]:+.3f}</b>'),
            "too few" if row["low"] is None else f"{row['low']:+.3f} to {row['high']:+.3f}",
            f"{row['wins']}/{row['losses']}/{row['ties']}",
        ]
        for row in rows
    ]
    heads = [title.capitalize(), "Questions", "nDCG@10", "Gain", "95% interval", "Won/lost/tied"]
    return (
        f"<details><summary>By {esc(title)}, at {esc(dim)} dimensions</summary>"
        f"{table(heads, cells, numbers=(1,))}</details>"
    )


def _kind(row: Mapping[str, Any]) -> str:
    if row["includes_zero"] or row["low"] is None:
        return "same"
    return "up" if row["gain"] > 0 else "down"
