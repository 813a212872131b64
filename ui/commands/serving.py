"""`serve` and `demo`."""

from __future__ import annotations

from dataclasses import asdict, replace

import click

from rag_app.core.config import Settings, Workspace
from ui.commands.common import common, settings_of, writing
from ui.commands.filings import with_user_agent
from ui.commands.training import figures_table
from ui.output import progress_bars, show_json

HOST = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
PORT = click.option("--port", type=click.IntRange(1, 65535), default=7860, show_default=True)


@click.command()
@HOST
@PORT
@click.option("--llm", help="Who words the answers: extractive, ollama:NAME, openai:NAME, …")
@common
def serve(host: str, port: int, llm: str | None, workspace: Workspace, as_json: bool) -> None:
    """The chat application in the browser."""
    settings = settings_of(workspace)
    _launch(workspace, replace(settings, llm=llm) if llm else settings, host, port, as_json, True)


@click.command()
@click.option("--ticker", "tickers", multiple=True, help="Use this company's newest 10-K from EDGAR.")
@click.option("--no-serve", is_flag=True, help="Stop before the application starts.")
@click.option("--user-agent", help='Who asks EDGAR: "Company name@domain".')
@HOST
@PORT
@writing
def demo(
    tickers: tuple[str, ...],
    no_serve: bool,
    user_agent: str | None,
    host: str,
    port: int,
    workspace: Workspace,
    as_json: bool,
) -> None:
    """The whole job on sample filings: ingest, index, tune, evaluate, rebuild, serve."""
    from ui.app import check_port
    from ui.demo import run_demo

    if not no_serve:
        check_port(host, port)  # minutes of work should not end in "port in use"
    settings = with_user_agent(workspace, user_agent) if tickers else settings_of(workspace)

    def say(line: str) -> None:
        click.echo(line, err=as_json)

    with progress_bars(as_json) as listen:
        result = run_demo(workspace, settings, tickers, say, listen)
    record = result.record
    if as_json:
        show_json(
            {"filings": result.filings, "chunks": result.chunks, "judged_on": result.judged_on}
            | {"model": asdict(record)}
        )
    else:
        click.echo(f"\n{record.test_queries} questions: {result.judged_on}")
        click.echo(figures_table(record.before, record.after))
    if not no_serve:
        _launch(workspace, settings, host, port, as_json, False)


def _launch(
    workspace: Workspace, settings: Settings, host: str, port: int, as_json: bool, alone: bool
) -> None:
    from ui.app import launch

    def ready(url: str) -> None:
        click.echo(f"\nServing {workspace.root} at {url}  (Ctrl-C stops it)", err=as_json)
        if alone and as_json:
            show_json({"url": url})

    launch(workspace, settings, host, port, ready)
