"""What every command shares: --workspace and --json."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from rag_app.core.config import Settings, Workspace, default_workspace, load_settings

F = TypeVar("F", bound=Callable[..., Any])
PROTOCOLS = ("honest", "seed", "filing")
"""What is held out: companies, rows, filings."""


def common(function: F) -> F:
    """Add `--workspace` (given as `workspace: Workspace`) and `--json` (given as `as_json`)."""
    function = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(function)
    return click.option(
        "--workspace",
        type=click.Path(path_type=Path, file_okay=False),
        callback=_workspace,
        help="Folder that holds filings, models and indexes. [env RAG_APP_WORKSPACE; default ./workspace]",
    )(function)


def _workspace(_: click.Context, __: click.Parameter, value: Path | None) -> Workspace:
    return Workspace(value or default_workspace())


def filtering(function: F) -> F:
    """Add `--ticker`, `--form` and `--year`, each repeatable."""
    function = click.option("--year", "years", type=int, multiple=True, help="Only this fiscal year.")(
        function
    )
    function = click.option("--form", "forms", multiple=True, help="Only this form, such as 10-K.")(function)
    return click.option("--ticker", "tickers", multiple=True, help="Only this company.")(function)


def ranking(function: F) -> F:
    """Add `--model`, `--dim`, `-k/--top-k` and `--mode`."""
    function = click.option(
        "--mode",
        type=click.Choice(["fused", "dense", "bm25"]),
        default="fused",
        show_default=True,
        help="Embeddings, words, or both.",
    )(function)
    function = click.option("-k", "--top-k", "k", type=int, default=10, show_default=True)(function)
    function = click.option("--dim", type=int, help="Use the build of this dimension.")(function)
    return click.option(
        "--model",
        default="default",
        help="base, tuned, a registry id, a folder or a hub name. [default: tuned where indexed, else base]",
    )(function)


def settings_of(workspace: Workspace) -> Settings:
    """The workspace's settings."""
    return load_settings(workspace)
