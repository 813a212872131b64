"""`finetune`, `evaluate`, `models`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace

import click

from rag_app.core.config import Workspace
from rag_app.core.registry import (
    ModelRecord,
    activate_model,
    get_record,
    list_records,
    load_active,
    resolve_model,
)
from rag_app.core.registry import rollback as go_back
from ui.commands.common import common, settings_of
from ui.output import progress_bars, show_json

PAIRS = "A CSV, JSONL or Parquet file, hub:NAME, or synthetic."
SPLIT_SEED = "Which rows or companies are held out."


@click.command()
@click.option("--pairs", "source", required=True, help=PAIRS)
@click.option("--base", default="base", show_default=True, help="The model to tune.")
@click.option("--protocol", type=click.Choice(["honest", "seed"]), default="honest", show_default=True)
@click.option("--split-seed", type=int, default=42, show_default=True, help=SPLIT_SEED)
@click.option("--seed", type=int, help="Seed of the training itself.")
@click.option("--epochs", type=float, help="Passes over the pairs.")
@click.option("--batch-size", type=int, help="Pairs a step, and so negatives a question.")
@click.option("--learning-rate", type=float)
@click.option("--dims", help="Matryoshka dimensions, such as 384,256,128,64.")
@click.option("--quick", is_flag=True, help="The short recipe of the demo.")
@click.option("--questions", help="Decide by these questions over the workspace's filings.")
@click.option(
    "--llm", default="extractive", help="Who asks the synthetic questions: ollama:NAME, … [default: rules]"
)
@click.option("--id", "model_id", help="A name for the model. [default: tuned-DATE-TIME]")
@click.option("--activate/--no-activate", default=None, help="[default: if it beats its baseline]")
@click.option("--resume", is_flag=True, help="Go on from the last checkpoint of the same, interrupted run.")
@common
def finetune(
    source: str,
    base: str,
    protocol: str,
    split_seed: int,
    seed: int | None,
    epochs: float | None,
    batch_size: int | None,
    learning_rate: float | None,
    dims: str | None,
    quick: bool,
    questions: str | None,
    llm: str,
    model_id: str | None,
    activate: bool | None,
    resume: bool,
    workspace: Workspace,
    as_json: bool,
) -> None:
    """Tune the embedding model on question/passage pairs; the baseline is evaluated first."""
    from finetune.training.train import TrainConfig
    from ui.workflows import finetune_model

    chosen = {
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "seed": seed,
        "dims": parse_dims(dims) or None,
    }
    start = TrainConfig.quick() if quick else TrainConfig()
    config = replace(start, **{k: v for k, v in chosen.items() if v is not None})  # type: ignore[arg-type]
    with progress_bars(as_json) as listen:
        tuned = finetune_model(
            workspace,
            settings_of(workspace),
            source,
            protocol=protocol,
            split_seed=split_seed,
            base=base,
            train=config,
            model_id=model_id,
            activate=activate,
            resume=resume,
            questions=questions,
            llm=llm,
            on_progress=listen,
        )
    record = tuned.record
    if as_json:
        show_json(asdict(record) | {"activated": tuned.activated, "reason": tuned.reason})
        return
    click.echo(figures_table(record.before, record.after))
    click.echo(
        f"{record.model_id}: {record.train_rows} pairs in {record.train_seconds:.0f} s, "
        f"{record.test_queries} test questions, protocol {record.protocol}"
    )
    if tuned.activated:
        click.echo(f"active ({tuned.reason}); next: rag-app index --model tuned")
    else:
        click.echo(f"not activated ({tuned.reason}); to use it: rag-app models activate {record.model_id}")
    click.echo(f"report: {workspace.runs / record.model_id}")


@click.command()
@click.option(
    "--model", default="base", show_default=True, help="base, tuned, a registry id, a folder or a hub name."
)
@click.option("--pairs", "source", required=True, help=PAIRS)
@click.option(
    "--protocol",
    type=click.Choice(["seed", "honest", "chunks"]),
    default="honest",
    show_default=True,
    help="Hold out rows, companies, or ask over the workspace's filings.",
)
@click.option("--split-seed", type=int, default=42, show_default=True, help=SPLIT_SEED)
@click.option("--dims", help="Dimensions, such as 384,128. [default: full width, 256, 128, 64]")
@common
def evaluate(
    model: str,
    source: str,
    protocol: str,
    split_seed: int,
    dims: str | None,
    workspace: Workspace,
    as_json: bool,
) -> None:
    """Measure a model's retrieval on the held-out part of a pairs file."""
    from ui.workflows import evaluate_model

    with progress_bars(as_json) as listen:
        result = evaluate_model(
            workspace, settings_of(workspace), model, source, protocol, split_seed, parse_dims(dims), listen
        )
    if as_json:
        show_json(result.as_dict())
        return
    click.echo(f"{result.model}: {result.queries} questions over {result.corpus} passages, {result.protocol}")
    click.echo("   dim  nDCG@10   MRR@10  recall@10  accuracy@1")
    for dim, scores in result.dims.items():
        first, rest = f"{dim:6d}  {scores.ndcg:.4f}   {scores.mrr:.4f}", f"{scores.recall:.4f}"
        click.echo(f"{first}     {rest}      {scores.accuracy:.4f}")


@click.group()
def models() -> None:
    """The registry: list, show, activate, roll back."""


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
        click.echo(f"{mark} {record.model_id}  {record.base} on {record.pairs}  {gain_line(record)}")
    if not records:
        click.echo("no tuned model yet; run: rag-app finetune --pairs synthetic")


@models.command()
@click.argument("model")
@common
def show(model: str, workspace: Workspace, as_json: bool) -> None:
    """One model's record: data, recipe, figures before and after."""
    if model == "tuned":
        record = resolve_model(workspace, settings_of(workspace), model).record
    else:
        record = get_record(workspace, model)
    if record is None:
        return
    if as_json:
        show_json(asdict(record) | {"active": record.model_id == load_active(workspace).tuned})
        return
    click.echo(f"{record.model_id} ({record.created}), tuned from {record.base} on {record.pairs}")
    click.echo(figures_table(record.before, record.after))
    click.echo(
        f"protocol {record.protocol}, {record.test_queries} test questions, split seed {record.split_seed}; "
        f"{record.train_rows} pairs in {record.train_seconds:.0f} s"
    )


@models.command()
@click.argument("model")
@common
def activate(model: str, workspace: Workspace, as_json: bool) -> None:
    """Make a model the tuned one."""
    active = activate_model(workspace, model)
    if as_json:
        show_json({"tuned": active.tuned, "builds": dict(active.builds)})
    else:
        click.echo(f"{model} is the tuned model; next: rag-app index --model tuned")


@models.command()
@common
def rollback(workspace: Workspace, as_json: bool) -> None:
    """Go back to the tuned model before this one, and to the index it served."""
    active = go_back(workspace)
    if as_json:
        show_json({"tuned": active.tuned, "builds": dict(active.builds)})
    else:
        served = active.builds.get("tuned")
        click.echo(f"tuned model: {active.tuned or 'none'}; tuned index: {served or 'none'}")


def parse_dims(text: str | None) -> tuple[int, ...]:
    """ "384,128" → (384, 128); none for None. Raises BadParameter."""
    if not text:
        return ()
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise click.BadParameter(
            f"{text!r}: expected whole numbers such as 384,256,128,64", param_hint="--dims"
        ) from None


def figures_table(before: Mapping[str, Mapping[str, float]], after: Mapping[str, Mapping[str, float]]) -> str:
    """nDCG@10 by dimension, base against tuned, as aligned text."""
    lines = ["   dim     base    tuned     gain   (nDCG@10)"]
    for dim, was in before.items():
        old, new = was["ndcg@10"], after[dim]["ndcg@10"]
        relative = f"{(new - old) / old:+8.1%}" if old else "       -"
        lines.append(f"{dim:>6}   {old:.4f}   {new:.4f} {relative}")
    return "\n".join(lines)


def gain_line(record: ModelRecord) -> str:
    """nDCG@10 at the full width, before and after."""
    full = str(record.dimension)
    if full not in record.before or full not in record.after:
        return ""
    return f"nDCG@10 {record.before[full]['ndcg@10']:.3f} → {record.after[full]['ndcg@10']:.3f} at {full}-d"
