"""`ingest`, `fetch`, `remove`, `chunks`, `status`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rag_app.core.config import Settings, Workspace, save_settings, saved_settings
from rag_app.core.errors import UsageError
from rag_app.core.types import Progress, ProgressFn
from ui.commands.common import common, settings_of, writing
from ui.output import chunk_json, place, progress_bars, show_json

if TYPE_CHECKING:
    from rag_app.pipeline import IngestReport


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--refresh", is_flag=True, help="Cut the stored originals again with the current chunker.")
@writing
def ingest(paths: tuple[Path, ...], refresh: bool, workspace: Workspace, as_json: bool) -> None:
    """Take filings in: HTML, inline XBRL, full text submissions, PDF; files or folders."""
    from rag_app import pipeline

    if not paths and not refresh:
        raise UsageError("name at least one file or folder, or --refresh")
    with _progress(as_json) as listen:
        report = pipeline.ingest(workspace, paths, listen) if paths else pipeline.refresh(workspace, listen)
    _show_ingest(report, as_json)


def _show_ingest(report: IngestReport, as_json: bool) -> None:
    if as_json:
        show_json(asdict(report))
    else:
        for filing in report.added:
            meta = filing.meta
            year = f"FY{meta.fiscal_year}" if meta.fiscal_year else ""
            about = " ".join(p for p in (meta.company, meta.form, meta.fiscal_period, year) if p)
            figures = f", {filing.facts:,} tagged figures" if filing.facts else ""
            click.echo(f"  {filing.source}: {about or 'no metadata found'} - {filing.chunks} chunks{figures}")
            for warning in filing.warnings:
                click.echo(f"    warning: {warning}", err=True)
        click.echo(
            f"{len(report.added)} taken in, {len(report.unchanged)} already there, "
            f"{len(report.failed)} failed, in {report.seconds:.1f} s"
        )
    for failure in report.failed:
        click.echo(f"Error: {failure.reason}", err=True)
    if report.failed and not report.added and not report.unchanged:
        sys.exit(1)


@click.command()
@click.argument("tickers", nargs=-1, required=True)
@click.option("--form", default="10-K", show_default=True)
@click.option("--years", help="Fiscal years, such as 2022-2024 or 2023,2024. [default: the newest filing]")
@click.option("--limit", type=int, default=1, show_default=True, help="Newest N where no years are given.")
@click.option("--user-agent", help='Who is asking, as EDGAR wants it: "Company name@domain". Kept.')
@click.option("--facts", is_flag=True, help="Also EDGAR's figures, for filings that tag none themselves.")
@click.option("--no-ingest", is_flag=True, help="Only download.")
@writing
def fetch(
    tickers: tuple[str, ...],
    form: str,
    years: str | None,
    limit: int,
    user_agent: str | None,
    facts: bool,
    no_ingest: bool,
    workspace: Workspace,
    as_json: bool,
) -> None:
    """Download filings from EDGAR by ticker (or CIK) and take them in."""
    from rag_app.filings.edgar.fetch import FetchRequest, fetch_filings

    request = FetchRequest(tuple(tickers), form, parse_years(years), limit, facts)
    settings = with_user_agent(workspace, user_agent)
    with _progress(as_json) as listen:
        result = fetch_filings(request, workspace.downloads, settings, listen)
        paths = [p for f in result.fetched for p in (f.path, *f.exhibits)]
        report = None
        if paths and not no_ingest:
            from rag_app import pipeline  # only now: it takes seconds

            report = pipeline.ingest(workspace, paths, listen)
    if as_json:
        show_json(
            {
                "fetched": [_plain(asdict(f)) for f in result.fetched],
                "failed": [asdict(f) for f in result.failed],
                "ingested": asdict(report) if report else None,
            }
        )
    else:
        for got in result.fetched:
            state = "already here" if got.reused else "downloaded"
            about = f"{got.ticker or got.company} {got.form}"
            if not got.form.startswith("8-K"):
                about += f" FY{got.fiscal_year}"
            more = f" with {', '.join(path.name for path in got.exhibits)}" if got.exhibits else ""
            click.echo(f"  {about} {got.period_end or ''} filed {got.filed}{more}: {state}")
        if report:
            _show_ingest(report, False)
    for failure in result.failed:
        click.echo(f"Error: {failure.ticker}: {failure.reason}", err=True)
    if result.failed:
        sys.exit(1)


def with_user_agent(workspace: Workspace, given: str | None) -> Settings:
    """The settings with who asks EDGAR: as given, as kept, or asked for where a person sits there.

    What was given or asked for is kept. Raises UsageError where there is none to be had.
    """
    from rag_app.filings.edgar.http import check_user_agent

    settings = settings_of(workspace)
    if not given and not settings.edgar_user_agent and sys.stdin.isatty() and sys.stderr.isatty():

        def proper(answer: str) -> str:
            try:
                return check_user_agent(answer)
            except UsageError as error:
                raise click.BadParameter(str(error).partition(";")[0]) from error

        click.echo("EDGAR wants to know who is asking; this is kept and not asked again.", err=True)
        given = click.prompt("Your company or name, and e-mail address", value_proc=proper, err=True)
    agent = check_user_agent(given or settings.edgar_user_agent)
    workspace.create()
    if given:
        save_settings(workspace, replace(saved_settings(workspace), edgar_user_agent=agent))
    return replace(settings, edgar_user_agent=agent)


@contextmanager
def _progress(quiet: bool) -> Iterator[ProgressFn]:
    """Bars on a terminal; elsewhere a line for each file, or for each fiftieth of many."""
    if quiet or sys.stderr.isatty():
        with progress_bars(quiet) as listen:
            yield listen
        return
    last: list[tuple[str, int, str]] = []

    def tell(step: Progress) -> None:
        part = step.done * 50 // step.total if step.total else 0
        waits = step.total is None or "asking again" in step.note
        state = (step.stage, part, step.note if waits else "")
        if step.note and [state] != last:
            last[:] = [state]
            of = f" {step.done}/{step.total}" if step.total else ""
            click.echo(f"{step.stage}{of}: {step.note}", err=True)

    yield tell


def parse_years(text: str | None) -> tuple[int, ...]:
    """ "2022-2024" or "2022,2024" → years. Raises UsageError."""
    if not text:
        return ()
    years: list[int] = []
    try:
        for part in text.split(","):
            first, _, last = part.partition("-")
            years += range(int(first), int(last or first) + 1)
    except ValueError:
        raise UsageError(f"--years {text!r}: expected 2022-2024 or 2022,2024") from None
    if not years or not all(1993 <= y <= 2100 for y in years):
        raise UsageError(f"--years {text!r}: expected years from 1993 on, the first first")
    return tuple(dict.fromkeys(years))


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    """Paths as text, for JSON."""

    def one(item: Any) -> Any:
        if isinstance(item, Path):
            return str(item)
        if isinstance(item, Sequence) and not isinstance(item, str):
            return [one(i) for i in item]
        return item

    return {k: one(v) for k, v in value.items()}


@click.command()
@click.argument("filing_ids", nargs=-1, required=True)
@writing
def remove(filing_ids: tuple[str, ...], workspace: Workspace, as_json: bool) -> None:
    """Take filings out, by id or file name; run index afterwards to stop serving them."""
    from rag_app.pipeline import remove as take_out

    gone = [take_out(workspace, filing_id) for filing_id in filing_ids]
    if as_json:
        show_json({"removed": [asdict(f) for f in gone]})
    else:
        for filing in gone:
            click.echo(f"removed {filing.source}; run rag-app index to rebuild what is served")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@common
def chunks(file: Path, workspace: Workspace, as_json: bool) -> None:
    """Show what ingest would store of one file; stores nothing."""
    from rag_app.cutting import cutting_of
    from rag_app.pipeline import cut

    filing, found = cut(file, cutting_of(workspace))
    if as_json:
        show_json(
            {
                "filing_id": filing.filing_id,
                "source": filing.source,
                "sha256": filing.sha256,
                "meta": asdict(filing.meta),
                "sections": [{"item": s.item, "title": s.title} for s in filing.sections],
                "warnings": list(filing.warnings),
                "chunks": [chunk_json(c) for c in found],
            }
        )
        return
    for chunk in found:
        click.echo(f"--- {chunk.position} · {place(chunk)} · {chunk.kind}\n{chunk.text}\n")
    for warning in filing.warnings:
        click.echo(f"warning: {warning}", err=True)


@click.command()
@common
def status(workspace: Workspace, as_json: bool) -> None:
    """What the workspace holds, what is served, and what should be run next."""
    from ui.workflows import workspace_status

    state = workspace_status(workspace, settings_of(workspace))
    if as_json:
        show_json(asdict(state))
        return
    click.echo(f"workspace {state.workspace}: {len(state.filings)} filings, {state.chunks} chunks")
    for filing in state.filings:
        about = " ".join(str(p) for p in (filing.company, filing.form, filing.period_end) if p)
        click.echo(f"  {filing.filing_id}: {about} - {filing.chunks} chunks")
    click.echo(f"base model {state.base_model}; tuned model {state.tuned or 'none'}")
    for arm in state.arms:
        click.echo(
            f"  {arm.arm}: {arm.model} at {arm.dimension}-d, {arm.chunks} chunks"
            + (" - out of date" if arm.stale else "")
        )
    for advice in state.advice:
        click.echo(f"next: {advice}")
