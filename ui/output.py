"""Values → the JSON of the command line's contract, and progress → a bar on standard error.

The keys here are documented in docs/cli.md and held by a test.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from tqdm import tqdm

from rag_app.core.edgar import filing_url
from rag_app.core.types import Answer, Chunk, Citation, Filters, Hit, Progress, ProgressFn
from rag_app.reading import also_of, readings_of
from ui.output_facts import figures_json

if TYPE_CHECKING:
    from rag_app.compare import Comparison


def chunk_json(chunk: Chunk) -> dict[str, Any]:
    """A chunk's text, origin and place."""
    origin = origin_json(chunk)
    return {
        "chunk_id": origin.pop("chunk_id"),
        "text": chunk.text,
        **origin,
        "heading": chunk.heading,
        "kind": chunk.kind,
        "unit": chunk.unit,
        "head": chunk.head,
    }


def origin_json(chunk: Chunk) -> dict[str, Any]:
    """Of which filing a chunk is, and where in it; `url` is the filing's page on EDGAR."""
    meta = chunk.meta
    return {
        "chunk_id": chunk.chunk_id,
        "company": meta.company,
        "ticker": meta.ticker,
        "cik": meta.cik,
        "form": meta.form,
        "fiscal_year": meta.fiscal_year,
        "fiscal_period": meta.fiscal_period,
        "period_end": meta.period_end,
        "filed": meta.filed,
        "accession": meta.accession,
        "url": filing_url(meta),
        "item": chunk.item,
        "page": chunk.page,
        "source": chunk.source,
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """A hit: rank and scores before the chunk's own keys."""
    scores = {"rank": hit.rank, "score": hit.score, "dense": hit.dense, "bm25": hit.bm25}
    return scores | chunk_json(hit.chunk)


def answer_json(answer: Answer, model: str) -> dict[str, Any]:
    """An answer with its citations and the hits it was drawn from."""
    read = readings_of(answer)

    def also(chunk: Chunk, quotes: Sequence[str] = ()) -> dict[str, Any]:
        same = also_of(read.get(chunk.chunk_id), chunk, quotes)
        return {"also": [origin_json(one) for one in same]}

    return {
        "question": answer.question,
        "model": model,
        "answer": answer.text,
        "citations": [
            {"number": c.number, "quote": c.quote} | hit_json(c.hit) | also(c.hit.chunk, _quotes(c))
            for c in answer.citations
        ],
        "abstained": answer.abstained,
        "answerer": answer.answerer,
        "confidence": answer.confidence,
        "note": answer.note,
        "checked": answer.checked,
        "unverified": answer.unverified,
        "marks": [
            {"start": m.start, "end": m.end, "kind": m.kind, "sources": list(m.sources)} for m in answer.marks
        ],
        "facts": figures_json(answer.figures),
        "hits": [hit_json(h) | also(h.chunk) for h in answer.hits],
    }


NEAREST = 3  # passages told of an answer that cites none


def sources(answer: Answer) -> Iterator[str]:
    """Each cited passage in lines: number, place, address on EDGAR, and the filings that say the same."""
    read = readings_of(answer)
    cited: dict[int, list[Citation]] = {}
    for citation in answer.citations:
        cited.setdefault(citation.number, []).append(citation)
    for number, group in cited.items():
        hit = group[0].hit
        found = f"score {hit.score:.3f}" if hit.rank else "looked up"
        yield f"[{number}] {place(hit.chunk)} ({found})"
        if url := filing_url(hit.chunk.meta):
            yield f"    {url}"
        quotes = [quote for citation in group for quote in _quotes(citation)]
        same = also_of(read.get(hit.chunk.chunk_id), hit.chunk, quotes)
        yield from dict.fromkeys(f"    also in: {_place_and_url(chunk)}" for chunk in same)
    if not cited and not answer.abstained:  # an LLM that says nothing of where from: what it was given
        yield from (f"not cited: {_place_and_url(r.hit.chunk)}" for r in answer.readings[:NEAREST])


def _place_and_url(chunk: Chunk) -> str:
    return " - ".join(p for p in (place(chunk), filing_url(chunk.meta)) if p)


def _quotes(citation: Citation) -> tuple[str, ...]:
    return (citation.quote,) if citation.quote else ()


def comparison_json(result: Comparison) -> dict[str, Any]:
    """Both lists of one question and their difference."""
    return {
        "question": result.question,
        "overlap": result.overlap,
        "same_first": result.same_first,
        "only_base": list(result.only_base),
        "only_tuned": list(result.only_tuned),
        "moved": [
            {"chunk_id": m.chunk_id, "base_rank": m.base_rank, "tuned_rank": m.tuned_rank, "by": m.by}
            for m in result.moved
        ],
        "base": [hit_json(h) for h in result.base],
        "tuned": [hit_json(h) for h in result.tuned],
    }


def summary_json(results: Sequence[Comparison]) -> dict[str, Any]:
    """Means over the compared questions."""
    count = len(results)
    return {
        "questions": count,
        "mean_overlap": sum(r.overlap for r in results) / count,
        "same_first": sum(r.same_first for r in results) / count,
    }


def place(chunk: Chunk) -> str:
    """Company, form, period, Item and page in one line, as far as known."""
    meta = chunk.meta
    name = f"{meta.company} ({meta.ticker})" if meta.company and meta.ticker else meta.company
    year = f"FY{meta.fiscal_year}" if meta.fiscal_year else None
    if year and meta.fiscal_period and meta.fiscal_period != "FY":
        year = f"{meta.fiscal_period} {year}"
    page = f"p. {chunk.page}" if chunk.page else None
    return " · ".join(p for p in (name or chunk.source, meta.form, year, chunk.item, page) if p)


def filters_of(
    tickers: Sequence[str], forms: Sequence[str], years: Sequence[int], periods: Sequence[str] = ()
) -> Filters:
    """Filters as typed: tickers, forms and periods in any case."""
    return Filters(
        tuple(t.upper() for t in tickers),
        tuple(f.upper() for f in forms),
        tuple(int(y) for y in years),
        fiscal_periods=tuple(p.upper() for p in periods),
    )


def show_json(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


@contextmanager
def progress_bars(quiet: bool = False) -> Iterator[ProgressFn]:
    """A listener that draws one bar a stage on standard error; silent when `quiet` or not a terminal."""
    bars: dict[str, tqdm[Any]] = {}
    hidden = quiet or not sys.stderr.isatty()

    def listen(step: Progress) -> None:
        bar = bars.get(step.stage)
        if bar is None or bar.total != step.total or step.done < bar.n:
            for old in bars.values():
                old.close()
            bars.clear()
            bar = bars[step.stage] = tqdm(desc=step.stage, total=step.total, disable=hidden, leave=True)
        bar.update(step.done - bar.n)
        facts = " ".join(f"{k}={v:.4g}" for k, v in step.values.items())
        if step.note or facts:
            bar.set_postfix_str(f"{step.note} {facts}".strip()[:60])

    try:
        yield listen
    finally:
        for bar in bars.values():
            bar.close()
