"""A passage as a card: where it stands, the quote in its surroundings, its filing on EDGAR.

Everything is escaped. Knows no gradio and no model.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag_app.core.edgar import filing_url
from rag_app.core.types import Chunk, Hit, Reading
from rag_app.reading import also_of
from ui.tabs.passages import esc, excerpt, full_text

DOT = " · "


def card(
    hit: Hit, number: int | None, quotes: Sequence[str], reading: Reading | None = None, anchor: str = ""
) -> str:
    """A passage: where it stands, its score, the quote in its surroundings, the whole on demand.

    With its `reading` the whole goes on into the neighbours, and filings that say the same are named.
    `anchor` is the element's id, which the answer's badge leads to.
    """
    chunk = hit.chunk
    badge = f'<span class="num">{number}</span>' if number else f'<span class="rank">#{hit.rank}</span>'
    caption = DOT.join(p for p in (chunk.heading, chunk.unit) if p)
    # an LLM reads the neighbours too and may have its words from there
    near = reading.text if reading and not all(q in chunk.text for q in quotes) else chunk.text
    shown = excerpt(near, quotes)
    whole = _whole(chunk, quotes, reading)
    same = dict.fromkeys(where(c) + _on_edgar(c) for c in also_of(reading, chunk, quotes))
    more = f'<div class="muted foot">also in: {"; ".join(same)}</div>' if same else ""
    if whole != shown:
        foot = DOT.join(p for p in (chunk.source, _dates(chunk), f"passage {chunk.position + 1}") if p)
        more += (
            f"<details><summary>Full passage</summary>{whole}"
            f'<div class="muted foot">{esc(foot)}</div></details>'
        )
    place = f' id="{esc(anchor)}"' if anchor else ""
    return (
        f'<div class="card {"cited" if number else ""}"{place}><div class="card-head">{badge}'
        f'<span class="where">{where(chunk)}{_on_edgar(chunk)}</span>'
        f"{_score(hit)}</div>"
        f'{f"""<div class="caption">{esc(caption)}</div>""" if caption else ""}{shown}{more}</div>'
    )


def _score(hit: Hit) -> str:
    if not hit.rank:
        return '<span class="score" title="Found by its tag, not by searching">looked up</span>'
    scores = [f"rank {hit.rank}", f"score {hit.score:.3f}"]
    scores += [f"cosine {hit.dense:.3f}"] if hit.dense is not None else []
    scores += [f"BM25 {hit.bm25:.1f}"] if hit.bm25 is not None else []
    return f'<span class="score" title="{esc(DOT.join(scores))}">{hit.score:.2f}</span>'


def _whole(chunk: Chunk, quotes: Sequence[str], reading: Reading | None) -> str:
    """The passage among its neighbours; of a passage without a quote all that was found is marked."""
    if reading is None or len(reading.parts) == 1:
        return full_text(chunk.text, quotes)
    shown = []
    for part in reading.parts:
        found = part.chunk_id in reading.found and not quotes
        lines = [line.strip() for line in part.text.splitlines()] if found else quotes
        shown.append(full_text(part.text, lines))
    return "".join(shown)


def where(chunk: Chunk) -> str:
    """Company, form, period, Item and page, escaped; the company in bold."""
    meta = chunk.meta
    name = meta.company or chunk.source
    ticker = f" ({meta.ticker})" if meta.company and meta.ticker else ""
    year = f"FY{meta.fiscal_year}" if meta.fiscal_year else None
    if year and meta.fiscal_period and meta.fiscal_period != "FY":
        year = f"{meta.fiscal_period} {year}"
    page = f"p. {chunk.page}" if chunk.page else None
    rest = [p for p in (meta.form, year or meta.period_end, chunk.item, page) if p]
    return f"<b>{esc(name + ticker)}</b>" + "".join(f"{DOT}{esc(p)}" for p in rest)


def _on_edgar(chunk: Chunk) -> str:
    """A link to the filing on EDGAR, where its address is known."""
    url = filing_url(chunk.meta)
    if url is None:
        return ""
    return (
        f'{DOT}<a class="edgar" href="{esc(url)}" target="_blank" rel="noopener noreferrer" '
        f'title="The filing and its documents on EDGAR">EDGAR ↗</a>'
    )


def _dates(chunk: Chunk) -> str:
    meta = chunk.meta
    dates = [
        f"period ended {meta.period_end}" if meta.period_end else "",
        f"filed {meta.filed}" if meta.filed else "",
    ]
    return DOT.join(d for d in dates if d)
