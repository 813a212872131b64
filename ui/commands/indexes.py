"""`index` and `builds`: what is built, what is served, and the way back."""

from __future__ import annotations

from dataclasses import asdict, replace

import click

from rag_app.core.config import Workspace
from rag_app.core.errors import UsageError
from rag_app.core.registry import load_active
from rag_app.index.manifest import Manifest, list_builds
from ui.commands.common import common, settings_of, writing
from ui.output import progress_bars, show_json


@click.command()
@click.option(
    "--model", default="base", show_default=True, help="base, tuned, a registry id, a folder or a hub name."
)
@click.option("--dim", type=int, help="Dimension to cut the vectors to. [default: the model's full width]")
@click.option(
    "--turned/--no-turned",
    default=None,
    help="Turn the vectors along their main axes before the cut. [default: for models not tuned here]",
)
@click.option("--rescore", is_flag=True, help="Rank what the cut vectors find again at full width.")
@click.option("--chroma", metavar="URL", help="A Chroma server: http://HOST:PORT, https://HOST or cloud.")
@click.option("--keep", type=click.IntRange(0), default=8, show_default=True, help="Newest builds to keep.")
@writing
def index(
    model: str,
    dim: int | None,
    turned: bool | None,
    rescore: bool,
    chroma: str | None,
    keep: int,
    workspace: Workspace,
    as_json: bool,
) -> None:
    """Build the index of a model at a dimension, and serve it once it is verified."""
    from rag_app.indexing import Cut, build_index

    settings = settings_of(workspace)
    if chroma is not None:
        settings = replace(settings, chroma_url=chroma)
    with progress_bars(as_json) as listen:
        report = build_index(
            workspace, settings, model, on_progress=listen, cut=Cut(dim, turned, rescore), keep=keep
        )
    made = report.manifest
    if as_json:
        show_json(
            {
                "arm": report.arm,
                "embedded": report.embedded,
                "reused": report.reused,
                "seconds": report.seconds,
            }
            | {k: v for k, v in asdict(made).items() if k != "seconds"}
        )
        return
    what = "already built" if report.reused else f"built, {report.embedded} chunks embedded"
    served = f", served as {report.arm}" if report.arm else ""
    click.echo(f"{described(made)}: {made.chunks} chunks {what}{served} ({report.seconds:.1f} s)")
    if report.truncated:
        click.echo(
            f"warning: {report.truncated} passages are longer than {made.model} reads, so their ends are not "
            "searched by meaning; set RAG_APP_BASE_MODEL to it, then run rag-app ingest --refresh",
            err=True,
        )


@click.group()
def builds() -> None:
    """Finished indexes: list, serve, roll back, prune."""


@builds.command("list")
@common
def list_(workspace: Workspace, as_json: bool) -> None:
    """Every finished build, oldest first, and which arm serves it."""
    active = load_active(workspace)
    serving = {build: arm for arm, build in active.builds.items()}
    found = list_builds(workspace.indexes)
    if as_json:
        show_json([asdict(m) | {"arm": serving.get(m.build_id)} for m in found])
        return
    for made in found:
        arm = serving.get(made.build_id)
        click.echo(
            f"{'*' if arm else ' '} {made.build_id}  {described(made)}, {made.chunks} chunks, "
            f"{made.mb:.1f} MB, recall@10 {made.recall_at_10:.3f}{f'  serves {arm}' if arm else ''}"
        )
    if not found:
        click.echo("no index yet; run: rag-app index")


@builds.command()
@click.argument("build")
@writing
def serve(build: str, workspace: Workspace, as_json: bool) -> None:
    """Let the arm of its model serve a build that is there."""
    from rag_app.indexing import serve_build

    arm, made = serve_build(workspace, settings_of(workspace), build)
    _told(arm, made, as_json)


@builds.command()
@click.argument("arm", type=click.Choice(["base", "tuned"]), default="base")
@writing
def rollback(arm: str, workspace: Workspace, as_json: bool) -> None:
    """Go back to the build that ARM served before this one."""
    from rag_app.indexing import roll_back

    _told(arm, roll_back(workspace, arm), as_json)


@builds.command()
@click.option("--keep", type=click.IntRange(0), default=0, show_default=True, help="Newest builds to keep.")
@writing
def prune(keep: int, workspace: Workspace, as_json: bool) -> None:
    """Delete builds that no arm serves or can roll back to, and what killed builds left."""
    from rag_app.core.files import locked
    from rag_app.indexing import collect

    if not workspace.indexes.exists():
        raise UsageError(f"{workspace.root}: no index to prune; run: rag-app index")
    with locked(workspace.lock("index"), "prune indexes"):
        gone = collect(workspace, settings_of(workspace), keep)
    if as_json:
        show_json({"deleted": gone})
    else:
        click.echo(f"deleted {len(gone)} builds" + (f": {', '.join(sorted(gone))}" if gone else ""))


def described(made: Manifest) -> str:
    """A build in a few words: model, dimension, how it was cut, where it is."""
    how = [f"{made.model} at {made.dimension}-d"]
    how += ["turned"] if made.turned else []
    how += ["rescored"] if made.rescored else []
    how += [f"on {made.server}"] if made.server else []
    return ", ".join(how)


def _told(arm: str, made: Manifest, as_json: bool) -> None:
    if as_json:
        show_json({"arm": arm} | asdict(made))
    else:
        click.echo(f"{arm} serves {made.build_id} ({described(made)})")
