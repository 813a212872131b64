"""`finetune`, `evaluate`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

import click

from rag_app.core.config import Workspace
from rag_app.core.errors import Cancelled, UsageError
from rag_app.core.metrics import Scores
from ui.commands.common import PROTOCOLS, settings_of, writing
from ui.output import progress_bars, show_json

PAIRS = "A CSV, JSONL or Parquet file, hub:NAME, or synthetic."
SPLIT_SEED = "Which rows, companies or filings are held out."


@click.command()
@click.option("--pairs", "source", required=True, help=PAIRS)
@click.option("--base", default="base", show_default=True, help="The model to tune.")
@click.option("--protocol", type=click.Choice(PROTOCOLS), default="honest", show_default=True)
@click.option("--split-seed", type=int, default=42, show_default=True, help=SPLIT_SEED)
@click.option("--seed", type=int, help="Seed of the training itself.")
@click.option("--epochs", type=float, help="Passes over the pairs.")
@click.option("--batch-size", type=int, help="Pairs a step, and so negatives a question.")
@click.option("--learning-rate", type=float)
@click.option("--dims", help="Matryoshka dimensions, such as 384,256,128,64.")
@click.option("--eval-per-epoch", type=int, help="Validations, each with a checkpoint, an epoch.")
@click.option("--patience", type=int, help="Stop after so many validations without a gain.")
@click.option("--bf16", type=click.Choice(["auto", "on", "off"]), help="[default: auto, measured]")
@click.option("--quick", is_flag=True, help="The short recipe of the demo.")
@click.option(
    "--questions",
    metavar="FILE",
    help="A file of pairs: decide by its questions over the workspace's filings.",
)
@click.option(
    "--check",
    metavar="FILE",
    help="A file of pairs: ask its questions over the filings before and after. "
    "[default: questions made from them]",
)
@click.option(
    "--llm", default="extractive", help="Who asks the synthetic questions: ollama:NAME, … [default: rules]"
)
@click.option("--id", "model_id", help="A name for the model. [default: tuned-DATE-TIME]")
@click.option("--activate/--no-activate", default=None, help="[default: if it beats its baseline]")
@click.option("--resume", is_flag=True, help="Go on from the last checkpoint of the same, interrupted run.")
@writing
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
    eval_per_epoch: int | None,
    patience: int | None,
    bf16: str | None,
    quick: bool,
    questions: str | None,
    check: str | None,
    llm: str,
    model_id: str | None,
    activate: bool | None,
    resume: bool,
    workspace: Workspace,
    as_json: bool,
) -> None:
    """Tune the embedding model on question/passage pairs; the baseline is evaluated first."""
    from finetune.evaluation.forgetting import told_of
    from finetune.training.checkpoints import disk_errors
    from finetune.training.train import TrainConfig, together
    from ui.tuning import finetune_model

    chosen = {
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "seed": seed,
        "dims": parse_dims(dims) or None,
        "eval_per_epoch": eval_per_epoch,
        "early_stopping_patience": patience,
        "bf16": {"on": True, "off": False}.get(bf16 or "", bf16),
    }
    start = TrainConfig.quick() if quick else TrainConfig()
    config = replace(start, **{k: v for k, v in chosen.items() if v is not None})  # type: ignore[arg-type]
    try:
        with together() as leads, progress_bars(as_json) as listen, disk_errors(workspace.root):
            if not leads:  # a helper of torchrun's, whose work is done
                return
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
                check=check,
                llm=llm,
                on_progress=listen,
            )
    except KeyboardInterrupt:
        raise Cancelled("stopped; nothing was registered") from None  # with a checkpoint, `finetune` tells
    record = tuned.record
    _noted(tuned.note)
    if as_json:
        note = {"note": tuned.note} if tuned.note else {}
        show_json(asdict(record) | {"activated": tuned.activated, "reason": tuned.reason} | note)
        return
    click.echo(figures_table(record.before, record.after))
    click.echo(
        f"{record.model_id}: {record.train_rows} pairs in {record.train_seconds:.0f} s, "
        f"{record.test_queries} test questions, protocol {record.protocol}"
    )
    click.echo(told_of(record.forgetting))
    if tuned.activated:
        click.echo(f"active ({tuned.reason}); next: rag-app index --model tuned")
    else:
        click.echo(f"not activated: {tuned.reason}")
        if not record.forgets:  # the reason has the command then
            click.echo(f"to use it: rag-app models activate {record.model_id}")
    click.echo(f"report: {workspace.runs / record.model_id}")


@click.command()
@click.option(
    "--model", default="base", show_default=True, help="base, tuned, a registry id, a folder or a hub name."
)
@click.option("--pairs", "source", required=True, help=PAIRS)
@click.option(
    "--protocol",
    type=click.Choice([*PROTOCOLS, "chunks"]),
    default="honest",
    show_default=True,
    help="Hold out rows, companies, or ask over the workspace's filings.",
)
@click.option("--split-seed", type=int, default=42, show_default=True, help=SPLIT_SEED)
@click.option("--dims", help="Dimensions, such as 384,128. [default: full width, 256, 128, 64]")
@click.option(
    "--run", type=click.Path(path_type=Path, dir_okay=False), help="Write the rankings here (TREC)."
)
@click.option("--run-dim", type=int, help="The rankings' dimension. [default: the widest of --dims]")
@writing
def evaluate(
    model: str,
    source: str,
    protocol: str,
    split_seed: int,
    dims: str | None,
    run: Path | None,
    run_dim: int | None,
    workspace: Workspace,
    as_json: bool,
) -> None:
    """Measure a model's retrieval on the held-out part of a pairs file."""
    from ui.measuring import rank_model
    from ui.workflows import evaluate_model

    settings, widths = settings_of(workspace), parse_dims(dims)
    if run_dim is not None and run is None:
        raise UsageError("--run-dim is the dimension of the rankings; say where with --run FILE")
    with progress_bars(as_json) as listen:
        if run is None:
            result = evaluate_model(workspace, settings, model, source, protocol, split_seed, widths, listen)
        else:
            result, qrels = rank_model(
                workspace, settings, model, source, protocol, run, split_seed, widths, run_dim, listen
            )
            click.echo(f"rankings: {run}; what is relevant: {qrels}", err=True)
    _noted(result.note)
    if as_json:
        show_json(result.as_dict())
        return
    click.echo(f"{result.model}: {result.queries} questions over {result.corpus} passages, {result.protocol}")
    if result.unanswerable:
        asked = result.queries + result.unanswerable
        click.echo(f"{result.unanswerable} of {asked} questions have no answer in these filings; not scored")
    _scores(result.dims)
    if result.told:
        click.echo(f"with the filing told ({result.told.queries} questions):")
        _scores(result.told.dims)


def _noted(note: str) -> None:
    """Say on standard error why figures may be too good."""
    if note:
        click.echo(f"Warning: {note}", err=True)


def _scores(dims: Mapping[int, Scores]) -> None:
    click.echo("   dim  nDCG@10   MRR@10  recall@10  accuracy@1")
    for dim, scores in dims.items():
        first, rest = f"{dim:6d}  {scores.ndcg:.4f}   {scores.mrr:.4f}", f"{scores.recall:.4f}"
        click.echo(f"{first}     {rest}      {scores.accuracy:.4f}")


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
