"""The main job from nothing to a served application: the script to read first.

Ingest → index with the base model → synthesize pairs → baseline → fine-tune → evaluate → rebuild.
Each step looks at what is there already, so that a second run is up in seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import FetchError
from rag_app.core.registry import ModelRecord, get_record, load_active
from rag_app.core.types import ProgressFn, no_progress

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo ends with: the tuned model's record and what it was judged on."""

    record: ModelRecord
    filings: int
    chunks: int
    judged_on: str


def run_demo(
    workspace: Workspace,
    settings: Settings,
    tickers: Sequence[str],
    say: Say,
    on_progress: ProgressFn = no_progress,
) -> DemoResult:
    """Everything but serving. With `tickers`, their newest 10-K from EDGAR in place of the samples.

    Raises FetchError when EDGAR gives nothing, and what the steps raise.
    """
    from rag_app import samples
    from rag_app.indexing import build_index
    from rag_app.pipeline import ingest
    from ui.tuning import finetune_model
    from ui.workflows import SYNTHETIC

    workspace.create()
    if tickers:
        say(f"1/6 Fetching the newest 10-K of {', '.join(tickers)} from EDGAR, and taking it in")
        paths = _fetch(workspace, settings, tickers, on_progress)
        questions = None
    else:
        say("1/6 Taking in the sample filings (invented companies)")
        paths = samples.sample_filings()
        questions = str(samples.sample_questions())
    report = ingest(workspace, paths, on_progress)
    for failure in report.failed:
        say(f"    {failure.reason}")
    filings = (*report.added, *report.unchanged)
    count = sum(f.chunks for f in filings)
    say(f"    {len(filings)} filings, {count} chunks, in {report.seconds:.1f} s")

    say("2/6 Indexing with the base model")
    base = build_index(workspace, settings, "base", None, on_progress)
    say(f"    {base.embedded} chunks embedded, {base.manifest.dimension}-d, in {base.seconds:.1f} s")

    tuned = load_active(workspace).tuned
    if tuned:
        say(f"3-5/6 A tuned model is there already: {tuned}")
        record = get_record(workspace, tuned)
    else:
        from finetune.training.train import TrainConfig

        say("3/6 Making question/passage pairs from the filings, then the baseline, then training")
        result = finetune_model(
            workspace,
            settings,
            SYNTHETIC,
            train=TrainConfig.quick(),
            protocol="honest" if len({f.meta.ticker or f.source for f in filings}) > 1 else "seed",
            questions=questions,
            activate=True,  # the demo is a side-by-side: both arms are wanted, whichever is better
            resume=True,  # an interrupted demo goes on where it stopped
            on_progress=on_progress,
        )
        record = result.record
        say(f"4/6 Trained on {record.train_rows} pairs in {record.train_seconds:.0f} s")
        verdict = "beats" if record.beats_baseline else "does NOT beat"
        say(f"5/6 Evaluated: the tuned model {verdict} its baseline on {judged_on(record)}")

    say("6/6 Rebuilding the index with the tuned model")
    built = build_index(workspace, settings, "tuned", None, on_progress)
    say(f"    {built.embedded} chunks embedded, in {built.seconds:.1f} s")
    return DemoResult(record, len(filings), count, judged_on(record))


def judged_on(record: ModelRecord) -> str:
    """What the figures of a record were measured on, in words."""
    return {
        "chunks": "hand-written questions over the filings, never trained on",
        "honest": f"held-out companies of {record.pairs}",
        "filing": f"held-out filings of {record.pairs}",
    }.get(record.protocol, f"held-out rows of {record.pairs}")


def _fetch(
    workspace: Workspace, settings: Settings, tickers: Sequence[str], on_progress: ProgressFn
) -> list[Path]:
    from rag_app.filings.edgar.fetch import FetchRequest, fetch_filings

    result = fetch_filings(FetchRequest(tuple(tickers)), workspace.downloads, settings, on_progress)
    if result.failed:
        first = result.failed[0]
        raise FetchError(f"{first.ticker}: {first.reason}")
    return [p for f in result.fetched for p in (f.path, *f.exhibits)]
