"""`retrieve`, `ask`, `compare`."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rag_app.core.config import Workspace
from rag_app.core.errors import UsageError, WorkspaceError
from rag_app.core.types import Filters
from rag_app.question.read import Read, asked_about, asked_of, check_question
from ui.commands.common import common, filtering, ranking, settings_of
from ui.output import (
    answer_json,
    comparison_json,
    filters_of,
    hit_json,
    place,
    progress_bars,
    show_json,
    sources,
    summary_json,
)

if TYPE_CHECKING:
    from rag_app.arms import Arm
    from rag_app.facts.store import FactStore
    from rag_app.retrieve import Mode


reading = click.option(
    "--no-auto-filters",
    "auto",
    flag_value=False,
    default=True,
    help="Do not keep to the company, form and period that the question names.",
)


@click.command()
@click.argument("question")
@ranking
@filtering
@reading
@common
def retrieve(
    question: str,
    model: str,
    dim: int | None,
    k: int,
    mode: Mode,
    tickers: tuple[str, ...],
    forms: tuple[str, ...],
    years: tuple[int, ...],
    periods: tuple[str, ...],
    auto: bool,
    workspace: Workspace,
    as_json: bool,
) -> None:
    """The passages that fit a question best."""
    from rag_app.arms import Arms

    arm = Arms(workspace, settings_of(workspace)).get(model, dim)
    filters, read = _asked(arm, question, filters_of(tickers, forms, years, periods), auto)
    hits = arm.retrieve(question, k=k, mode=mode, filters=filters)
    if arm.note:
        click.echo(f"note: {arm.note}", err=True)
    if as_json:
        model_id = arm.index.manifest.model
        found = {"question": question, "model": model_id, "mode": mode, "hits": [hit_json(h) for h in hits]}
        show_json(found | _read_json(filters, read))
        return
    for hit in hits:
        click.echo(f"{hit.rank}. {hit.score:.3f}  {place(hit.chunk)}\n{_indent(hit.chunk.text)}\n")


@click.command()
@click.argument("question")
@click.option("--llm", help="extractive, ollama:NAME, openai:NAME, openai-like:NAME@URL or hf:PATH.")
@click.option(
    "--no-facts",
    "tagged",
    flag_value=False,
    default=True,
    help="Answer from the passages only, not from the filings' tagged data.",
)
@ranking
@filtering
@reading
@common
def ask(
    question: str,
    llm: str | None,
    tagged: bool,
    model: str,
    dim: int | None,
    k: int,
    mode: Mode,
    tickers: tuple[str, ...],
    forms: tuple[str, ...],
    years: tuple[int, ...],
    periods: tuple[str, ...],
    auto: bool,
    workspace: Workspace,
    as_json: bool,
) -> None:
    """Answer a question with citations, or say that it is not in these filings."""
    from rag_app.answer import AskOptions, stream
    from rag_app.arms import Arms
    from rag_app.facts.answer import doubtful
    from rag_app.llama import load_llm

    settings = settings_of(workspace)
    spec = llm or settings.llm
    worded_by = load_llm(spec)
    arm = Arms(workspace, settings).get(model, dim)
    if arm.note:
        click.echo(f"note: {arm.note}", err=True)
    by_hand = filters_of(tickers, forms, years, periods)
    filters, read = _asked(arm, question, by_hand, auto)
    facts = _facts_of(workspace) if tagged else None
    options = AskOptions(k, mode, filters, spec, facts=facts, by_hand=by_hand)
    shown = ""
    last = None
    for last in stream(arm, question, options, worded_by):
        if not as_json and last.text.startswith(shown):
            click.echo(last.text[len(shown) :], nl=False)
            shown = last.text
    if last is None:
        raise UsageError("no answer was made; try again")
    if as_json:
        show_json(answer_json(last, arm.index.manifest.model) | _read_json(filters, read))
        return
    if shown != last.text:  # the final text replaced what was streamed
        click.echo(f"\n\n{last.text}", nl=False)
    click.echo()
    for line in sources(last):
        click.echo(f"  {line}")
    if last.note:
        click.echo(f"note: {last.note}", err=True)
    if last.figures and not last.figures.sure:
        click.echo(f"note: {doubtful(last.figures)}", err=True)
    whose = [h.chunk.meta.ticker for h in last.hits]
    could_mean = asked_about(read, filters, whose) if read and not last.abstained else ()
    if could_mean:
        click.echo(
            f"note: the question names no company; these passages are of {', '.join(could_mean)} "
            f"(--ticker {could_mean[0]} asks one)",
            err=True,
        )


@click.command()
@click.argument("question", required=False)
@click.option(
    "--questions",
    type=click.Path(path_type=Path),
    help="One question a line, CSV or JSONL with a column question.",
)
@click.option("--base", "left", default="base", show_default=True, help="The left arm.")
@click.option("--tuned", "right", default="tuned", show_default=True, help="The right arm.")
@click.option("--dim", type=int, help="Use the builds of this dimension.")
@click.option("-k", "--top-k", "k", type=int, default=10, show_default=True)
@click.option("--mode", type=click.Choice(["dense", "fused", "bm25"]), default="dense", show_default=True)
@filtering
@common
def compare(
    question: str | None,
    questions: Path | None,
    left: str,
    right: str,
    dim: int | None,
    k: int,
    mode: Mode,
    tickers: tuple[str, ...],
    forms: tuple[str, ...],
    years: tuple[int, ...],
    periods: tuple[str, ...],
    workspace: Workspace,
    as_json: bool,
) -> None:
    """Where two models rank differently, for one question or a file of them."""
    from rag_app.arms import Arms
    from rag_app.compare import compare as compare_arms

    asked = [question] if question else read_questions(questions)
    arms = Arms(workspace, settings_of(workspace))
    base, tuned = arms.get(left, dim), arms.get(right, dim)
    filters = filters_of(tickers, forms, years, periods)
    with progress_bars(as_json) as listen:
        results = []
        for done, one in enumerate(asked, start=1):
            results.append(compare_arms(base, tuned, one, k=k, mode=mode, filters=filters))
            listen(_step(done, len(asked)))
    if as_json:
        names = {"base": base.index.manifest.model, "tuned": tuned.index.manifest.model}
        show_json(
            {"k": k, "mode": mode, **names, "summary": summary_json(results)}
            | {"questions": [comparison_json(r) for r in results]}
        )
        return
    for result in results:
        first = "yes" if result.same_first else "no"
        click.echo(f"{result.question}\n  overlap@{k} {result.overlap:.0%}, same first: {first}")
        if len(results) > 1:
            continue
        old = {h.chunk.chunk_id: h.rank for h in result.base}
        for hit in result.tuned:
            was = old.get(hit.chunk.chunk_id)
            sign = "new" if was is None else f"{was - hit.rank:+d}" if was != hit.rank else "="
            click.echo(f"  {hit.rank:2d} {sign:>4} {place(hit.chunk)}: {hit.chunk.text[:80]!r}")
        for hit in result.base:
            if hit.chunk.chunk_id in result.only_base:
                click.echo(f"   - lost (was {hit.rank}) {place(hit.chunk)}: {hit.chunk.text[:80]!r}")
    if len(results) > 1:
        mean = summary_json(results)
        click.echo(f"mean overlap@{k} {mean['mean_overlap']:.0%}, same first {mean['same_first']:.0%}")


def _facts_of(workspace: Workspace) -> FactStore | None:
    """The filings' tagged figures; None where they cannot be kept, which is told: the passages answer."""
    from rag_app.facts.store import FactStore

    try:
        return FactStore.open(workspace)
    except WorkspaceError as error:
        click.echo(f"note: without the filings' tagged data: {error}", err=True)
        return None


def _asked(arm: Arm, question: str, by_hand: Filters, auto: bool) -> tuple[Filters, Read | None]:
    """The filters to search with; those that the question itself names are told on standard error."""
    check_question(question)
    if not auto:
        return by_hand, None
    filters, read = asked_of(question, arm.index.facets.filings, by_hand)
    if read.filters:
        shown = ", ".join(read.labels.values())
        click.echo(f"filters from the question: {shown} (--no-auto-filters asks everything)", err=True)
    for note in read.notes:
        click.echo(f"note: {note}", err=True)
    unknown = [name for name in read.unknown if not arm.index.lexicon.knows(name)]
    if unknown:
        click.echo(f"note: no filing of {', '.join(unknown)} in this index", err=True)
    return filters, read


def _read_json(filters: Filters, read: Read | None) -> dict[str, Any]:
    """What was searched with, and what the question was read as."""
    return {"filters": asdict(filters), "named": [asdict(n) for n in read.named] if read else []}


def read_questions(path: Path | None) -> list[str]:
    """The questions in a file. Raises UsageError naming what was expected."""
    if path is None:
        raise UsageError("give a question, or --questions FILE")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--questions {path}: cannot be read as UTF-8 text ({error})") from error
    found: list[Any]
    try:
        if path.suffix in (".jsonl", ".json"):
            found = [json.loads(line).get("question") for line in text.splitlines() if line.strip()]
        elif path.suffix == ".csv":
            found = [row.get("question") or row.get("Question") for row in csv.DictReader(text.splitlines())]
        else:
            found = text.splitlines()
    except (ValueError, AttributeError) as error:
        raise UsageError(f"--questions {path}: expected one JSON object a line ({error})") from error
    asked = [str(q).strip() for q in found if q and str(q).strip()]
    if not asked:
        raise UsageError(f"--questions {path}: no questions found; expected a column named question")
    return asked


def _step(done: int, total: int) -> Any:
    from rag_app.core.types import Progress

    return Progress("compare", done, total)


def _indent(text: str) -> str:
    return "\n".join(f"     {line}" for line in text.splitlines())
