"""`models`: list, show, compare, export, activate, roll back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from rag_app.core.config import Workspace
from rag_app.core.errors import UsageError
from rag_app.core.registry import (
    ModelRecord,
    activate_model,
    get_record,
    list_records,
    load_active,
    resolve_model,
)
from rag_app.core.registry import rollback as go_back
from ui.commands.common import PROTOCOLS, common, settings_of, writing
from ui.commands.training import PAIRS, SPLIT_SEED, figures_table, parse_dims
from ui.output import progress_bars, show_json


@click.group()
def models() -> None:
    """The registry: list, show, compare, export, activate, roll back."""


@models.command("list")
@common
def list_(workspace: Workspace, as_json: bool) -> None:
    """Every tuned model, oldest first."""
    active = load_active(workspace).tuned
    records = list_records(workspace)
    if as_json:
        show_json([asdict(r) | {"active": r.model_id == active} for r in records])
        return
    for record in records:
        mark = "*" if record.model_id == active else " "
        flag = "  LOSES ON FILINGS" if record.forgets else ""
        click.echo(f"{mark} {record.model_id}  {record.base} on {record.pairs}  {gain_line(record)}{flag}")
    if not records:
        click.echo("no tuned model yet; run: rag-app finetune --pairs synthetic")


@models.command()
@click.argument("model")
@common
def show(model: str, workspace: Workspace, as_json: bool) -> None:
    """One model's record: data, recipe, figures before and after, what it lost on filings."""
    record = _record(workspace, model)
    if as_json:
        show_json(asdict(record) | {"active": record.model_id == load_active(workspace).tuned})
        return
    click.echo(f"{record.model_id} ({record.created}), tuned from {record.base} on {record.pairs}")
    click.echo(figures_table(record.before, record.after))
    click.echo(
        f"protocol {record.protocol}, {record.test_queries} test questions, split seed {record.split_seed}; "
        f"{record.train_rows} pairs in {record.train_seconds:.0f} s"
    )
    click.echo(filings_text(record.forgetting))


@models.command()
@click.argument("left")
@click.argument("right")
@click.option("--pairs", "source", help=f"{PAIRS} [default: compare what the records hold]")
@click.option(
    "--protocol",
    type=click.Choice([*PROTOCOLS, "chunks"]),
    default="honest",
    show_default=True,
)
@click.option("--split-seed", type=int, default=42, show_default=True, help=SPLIT_SEED)
@click.option("--dims", help="Dimensions, such as 384,128.")
@writing
def compare(
    left: str,
    right: str,
    source: str | None,
    protocol: str,
    split_seed: int,
    dims: str | None,
    workspace: Workspace,
    as_json: bool,
) -> None:
    """Two models on the same questions: gain with its interval, by dimension, company and kind."""
    from ui.measuring import compare_models, compare_records

    settings = settings_of(workspace)
    if source is None:
        found = compare_records(workspace, settings, (left, right))
    else:
        with progress_bars(as_json) as listen:
            found = compare_models(
                workspace, settings, (left, right), source, protocol, split_seed, parse_dims(dims), listen
            )
    if as_json:
        show_json(found)
        return
    click.echo(comparison_text(found))


@models.command()
@click.argument("model")
@click.option("--to", "target", required=True, help="A folder, or hub:OWNER/NAME (needs HF_TOKEN).")
@click.option("--force", is_flag=True, help="Replace a folder that holds a model.")
@click.option("--public", is_flag=True, help="On the hub: for everyone to see. [default: private]")
@common
def export(model: str, target: str, force: bool, public: bool, workspace: Workspace, as_json: bool) -> None:
    """Copy a model to a folder, or upload it to the model hub, with its card and record."""
    from rag_app.core.export import TO_HUB, export_folder, export_hub

    record = _record(workspace, model)
    if target.startswith(TO_HUB):
        if force:
            raise UsageError("--force is for folders; a hub repository keeps its history")
        where = export_hub(workspace, record.model_id, target.removeprefix(TO_HUB), public)
    else:
        if public:
            raise UsageError(f"--public is for the hub; expected --to {TO_HUB}OWNER/NAME")
        where = str(export_folder(workspace, record.model_id, Path(target), force))
    if as_json:
        show_json({"model_id": record.model_id, "to": where})
    else:
        click.echo(f"{record.model_id} → {where}")


@models.command()
@click.argument("model")
@writing
def activate(model: str, workspace: Workspace, as_json: bool) -> None:
    """Make a model the tuned one."""
    active = activate_model(workspace, model)
    if as_json:
        show_json({"tuned": active.tuned, "builds": dict(active.builds)})
    else:
        click.echo(f"{model} is the tuned model; next: rag-app index --model tuned")


@models.command()
@writing
def rollback(workspace: Workspace, as_json: bool) -> None:
    """Go back to the tuned model before this one, and to the index it served."""
    active = go_back(workspace)
    if as_json:
        show_json({"tuned": active.tuned, "builds": dict(active.builds)})
    else:
        served = active.builds.get("tuned")
        click.echo(f"tuned model: {active.tuned or 'none'}; tuned index: {served or 'none'}")


def _record(workspace: Workspace, model: str) -> ModelRecord:
    if model == "tuned":
        found = resolve_model(workspace, settings_of(workspace), model).record
        if found is not None:
            return found
    return get_record(workspace, model)


def gain_line(record: ModelRecord) -> str:
    """nDCG@10 at the full width, before and after."""
    full = str(record.dimension)
    if full not in record.before or full not in record.after:
        return ""
    return f"nDCG@10 {record.before[full]['ndcg@10']:.3f} → {record.after[full]['ndcg@10']:.3f} at {full}-d"


def filings_text(found: Mapping[str, Any]) -> str:
    """What a record says of the check on filings, in a line and a table."""
    from finetune.evaluation.forgetting import told_of

    lines = [told_of(found)]
    if found.get("dims"):
        lines += ["over all filings:", *gain_lines(found["dims"])]
    if found.get("filing_told"):
        lines += ["with the filing told:", *gain_lines(found["filing_told"]["dims"])]
    return "\n".join(lines)


def comparison_text(found: Mapping[str, Any]) -> str:
    """`models compare` as text."""
    left, right = found["models"]
    lines = [*(f"Warning: {warning}" for warning in found["warnings"]), f"{left} → {right}"]
    before, after = found["before"]["dims"], found["after"]["dims"]
    rows = {
        dim: {"base": before[dim]["ndcg@10"], "tuned": after[dim]["ndcg@10"]} | gain
        for dim, gain in found["gain"].items()
    }
    if found["by"] == "records":
        lines += gain_lines(rows)
        lines.append(f"from the records: {found['protocol']}, {found['queries']} questions; no intervals")
        return "\n".join(lines)
    lines += [found["headline"], *filter(None, [found["headline_companies"]]), *gain_lines(rows)]
    for name, key in (("company", "by_company"), ("kind", "by_kind")):
        if found[key]:
            lines += [f"by {name}, at {found['group_dim']} dimensions:"]
            lines += gain_lines({f"{r['label']} ({r['queries']})": r for r in found[key]})
    return "\n".join(lines)


def gain_lines(rows: Mapping[str, Mapping[str, Any]]) -> Sequence[str]:
    """A line each: before, after, gain, and its interval where there is one."""
    width = max([len(label) for label in rows] + [5])
    lines = []
    for label, row in rows.items():
        line = f"  {label:>{width}}  {row['base']:.4f} → {row['tuned']:.4f}  {row['gain']:+.4f}"
        if row.get("low") is not None:
            zero = "  includes zero" if row["includes_zero"] else ""
            line += (
                f"  [{row['low']:+.4f}, {row['high']:+.4f}]  "
                f"won {row['wins']}, lost {row['losses']}, tied {row['ties']}{zero}"
            )
        lines.append(line)
    return lines
