"""`pairs`: look at question/passage pairs, split them, write them for other tools."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from rag_app.core.config import Workspace
from rag_app.core.errors import UsageError
from ui.commands.common import PROTOCOLS, common, settings_of
from ui.output import progress_bars, show_json

F = TypeVar("F", bound=Callable[..., Any])
Protocol = Literal["seed", "honest", "filing"]


def splitting(function: F) -> F:
    """Add the argument P, `--protocol` and `--split-seed`."""
    function = click.option(
        "--split-seed",
        "seed",
        type=int,
        default=42,
        show_default=True,
        help="Which rows, companies or filings.",
    )(function)
    function = click.option("--protocol", type=click.Choice(PROTOCOLS), default="honest", show_default=True)(
        function
    )
    return click.argument("source", metavar="P")(function)


@click.group()
def pairs() -> None:
    """Check, split and export question/passage pairs (P: a file, a BEIR folder, hub:NAME, synthetic)."""


@pairs.command()
@splitting
@click.option(
    "--split", "saved", type=click.Path(path_type=Path), help="Check this saved split against P instead."
)
@common
def check(
    source: str, protocol: Protocol, seed: int, saved: Path | None, workspace: Workspace, as_json: bool
) -> None:
    """Columns, rows, duplicates and companies of P, and what its test split shares with training."""
    from finetune.data.check import check_pairs

    found = check_pairs(_open(workspace, source, as_json), protocol, seed, saved)
    if as_json:
        show_json(found.as_dict())
        return
    cleaned, told = found.cleaned, found.as_dict()
    click.echo(
        f"{found.pairs.name}: {cleaned.rows} rows, {found.companies} companies, {found.filings} filings"
    )
    click.echo(f"columns: {', '.join(found.pairs.columns)}")
    click.echo(
        f"cleaning: {cleaned.empty} empty, {cleaned.wordless} without words, {cleaned.duplicate_rows} "
        f"duplicate rows; {cleaned.merged_questions} questions and {cleaned.merged_contexts} contexts merge"
    )
    if found.split is None or found.leaks is None:
        click.echo(f"no split: {found.problem}")
        return
    if saved:
        click.echo(f"{saved}: a split of these pairs")
    _show_split(told["split"])
    leaks = told["leaks"]
    click.echo(
        f"leaks: {leaks['leaking']} of {leaks['queries']} test questions ({leaks['shares']['leaking']:.1%})"
    )
    for what in ("context", "question"):
        same, near, numbers = (leaks[f"{kind}_{what}"] for kind in ("same", "near", "numbers"))
        click.echo(f"  {what}s trained on: {same} the same, {near} nearly, {numbers} but for numbers")
    for leak in [e for e in found.leaks.examples if e.kind == "near"][:5]:
        click.echo(f"  {leak.similarity:.2f} {leak.what}: {leak.test[:90]} ~ {leak.train[:90]}")


@pairs.command()
@splitting
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A folder to make.")
@common
def split(
    source: str,
    protocol: Protocol,
    seed: int,
    out: Path,
    workspace: Workspace,
    as_json: bool,
) -> None:
    """Write the split of P: train.jsonl, test.jsonl and split.json. Of A+B, all of B may only train."""
    from finetune.data.check import split_summary
    from finetune.data.extra import with_extra
    from finetune.data.saved import write_split
    from finetune.data.split import split_pairs

    opened = _open(workspace, source, as_json)
    made = with_extra(split_pairs(opened, protocol, seed), opened.extra)
    write_split(out, made, opened)
    _done(split_summary(made), out, as_json)


@pairs.command()
@splitting
@click.option("--to", "form", type=click.Choice(["beir", "trec"]), required=True, help="Which format.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A folder to make.")
@common
def export(
    source: str,
    protocol: Protocol,
    seed: int,
    form: Literal["beir", "trec"],
    out: Path,
    workspace: Workspace,
    as_json: bool,
) -> None:
    """Write P for other tools: the corpus, the questions, and which answers which (qrels)."""
    from finetune.data import beir
    from finetune.data.check import split_summary
    from finetune.data.split import split_pairs

    opened = _open(workspace, source, as_json)
    if opened.extra:
        raise UsageError(
            f"{source}: what only trains is in no searched collection; export the first set alone, or write "
            "both with: rag-app pairs split"
        )
    made = split_pairs(opened, protocol, seed)
    beir.export(out, made, form)
    _done(split_summary(made), out, as_json)


def _open(workspace: Workspace, source: str, quiet: bool) -> Any:
    from ui.workflows import open_pairs

    with progress_bars(quiet) as listen:
        return open_pairs(workspace, settings_of(workspace), source, listen)


def _done(told: dict[str, Any], out: Path, as_json: bool) -> None:
    if as_json:
        show_json({**told, "folder": str(out)})
        return
    _show_split(told)
    click.echo(f"written: {out}")


def _show_split(told: dict[str, Any]) -> None:
    click.echo(_split_line(told))
    if told["added"]:
        click.echo(f"{told['added']} of the training pairs are from the added sets")
    if told["unmatched"]:
        click.echo(
            f"held out, and named nowhere in the added sets: {', '.join(told['unmatched'][:10])}; if these "
            "call them otherwise (a name for a ticker), they train on what is tested"
        )


def _split_line(told: dict[str, Any]) -> str:
    held = f", held out: {', '.join(told['held_out'][:10])}" if told["held_out"] else ""
    return (
        f"protocol {told['protocol']}, seed {told['seed']}: {told['train']} train, "
        f"{told['queries']} test questions ({told['several_answers']} with several answers) over "
        f"{told['corpus']} contexts{held}"
    )
