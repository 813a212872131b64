"""What commands share: --workspace and --json, --wait where they write."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from rag_app.core.config import Settings, Workspace, default_workspace, load_settings, seconds_to_wait
from rag_app.core.files import Wait

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


def writing(function: F) -> F:
    """`common`, and `--wait` for commands that write: their workspace waits for another writer."""

    @functools.wraps(function)
    def command(*args: Any, workspace: Workspace, wait: str | None, **given: Any) -> Any:
        patient = replace(workspace, wait=Wait(seconds_to_wait(wait), _say))
        return function(*args, workspace=patient, **given)

    return click.option(
        "--wait",
        is_flag=False,
        flag_value="forever",
        metavar="[SECONDS]",
        help="Wait for another process that writes, so long or forever. [env RAG_APP_WAIT; default: 0]",
    )(common(command))  # type: ignore[return-value]


def _say(line: str) -> None:
    click.echo(line, err=True)


def filtering(function: F) -> F:
    """Add `--ticker`, `--form`, `--year` and `--period`, each repeatable."""
    function = click.option(
        "--period",
        "periods",
        type=click.Choice(["Q1", "Q2", "Q3", "Q4", "FY"], case_sensitive=False),
        multiple=True,
        help="Only this fiscal period.",
    )(function)
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
