"""Answers, passages and ranking differences → HTML.

Filing text, questions and an LLM's words are data here: every string goes through `esc`, so none
of them can become markup. Knows no gradio and no model.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag_app.checks import TAGS
from rag_app.compare import Comparison
from rag_app.core.types import Answer, Chunk, Citation, Hit, Mark, Reading
from ui.tabs.passages import esc, excerpt, full_text

DOT = " · "


@dataclass(frozen=True, slots=True)
class Column:
    """One arm's answer as shown. `threshold` is the cosine below which this model abstains."""

    title: str
    model: str
    answer: Answer | None = None
    seconds: float | None = None
    threshold: float | None = None
    note: str = ""
    error: str = ""
    streaming: bool = False


def turn(question: str, columns: Sequence[Column], change: Comparison | None = None) -> str:
    """One question with the answer of each arm, side by side where there are two."""
    strip = difference_strip(change) if change else ""
    body = "".join(_column(c) for c in columns)
    return (
        f'<section class="turn"><h3 class="question">{esc(question)}</h3>{strip}'
        f'<div class="columns n{len(columns)}">{body}</div></section>'
    )


def earlier(turns: Iterable[tuple[str, str]]) -> str:
    """Earlier questions, newest first, each folded to one line. Takes (question, HTML of the turn)."""
    folded = [
        f'<details class="earlier"><summary>{esc(question)}</summary>{body}</details>'
        for question, body in turns
    ]
    return f'<h4 class="label">Earlier questions</h4>{"".join(folded)}' if folded else ""


def _column(column: Column) -> str:
    head = (
        f'<header class="arm"><span class="arm-name {esc(column.title.lower())}">{esc(column.title)}</span>'
        f'<span class="muted">{esc(column.model)}</span></header>'
    )
    return f'<article class="answer">{head}{_answer_body(column)}</article>'


def _answer_body(column: Column) -> str:
    if column.error:
        return notice("error", column.error)
    answer = column.answer
    if answer is None:
        return '<div class="waiting"><span class="pulse"></span>Searching the filings…</div>'
    if answer.abstained:
        body = _refusal(answer, column.threshold)
    else:
        body = f'<div class="text">{_answer_text(answer)}{_cursor(column)}</div>'
    notes = [n for n in ("" if answer.abstained else answer.note, column.note) if n]
    body += "".join(notice("note", n) for n in notes)
    if column.streaming:
        return body
    return body + _facts(column, answer) + _evidence(answer)


def _cursor(column: Column) -> str:
    return '<span class="cursor"></span>' if column.streaming else ""


def _refusal(answer: Answer, threshold: float | None) -> str:
    why = answer.note or "the passages found do not answer it"
    near = f"best cosine {answer.confidence:.2f}"
    if threshold is not None and answer.confidence < threshold:
        near += f", this model answers from {threshold:.2f}"
    return (
        f'<div class="refusal"><strong>{esc(answer.text)}</strong>'
        f'<div>{esc(why[:1].upper() + why[1:])} <span class="muted">({esc(near)})</span></div></div>'
    )


def _answer_text(answer: Answer) -> str:
    """Paragraphs and "- " lists; `[n]` becomes a badge where passage n is cited, and marks are drawn."""
    out: list[str] = []
    items: list[str] = []
    at = 0
    for line in (*answer.text.splitlines(keepends=True), ""):
        item = line.startswith("- ")
        shown = _marked(answer, at + 2 * item, at + len("".join(line.splitlines())))
        at += len(line)
        if item:
            items.append(f"<li>{shown}</li>")
            continue
        if items:
            out.append(f"<ul>{''.join(items)}</ul>")
            items = []
        if line.strip():
            out.append(f"<p>{shown}</p>")
    return "".join(out)


FLAGS = {
    "unverified": (
        "bad",
        "⚠ not in the cited passages",
        "No passage that this answer cites holds this number",
    ),
    "computed": ("", "computed", "Follows from two numbers of the passages"),
    "no passage": ("bad", "⚠ no such passage", "The answer cites a passage that does not exist"),
    "uncited": ("bad", "⚠ no citation", "This sentence gives amounts and does not say where from"),
}
"""How a mark is drawn: the badge's class, its words, and what the pointer tells."""


def _marked(answer: Answer, start: int, end: int) -> str:
    """`answer.text[start:end]` with its marks; the tags that tell them in plain text become badges."""
    cited = {c.number for c in answer.citations}
    out, at = [], start
    for mark in answer.marks:
        if at <= mark.start and mark.end <= end:
            out += [
                _badges(answer.text[at : mark.start], cited),
                _mark(mark, answer.text[mark.start : mark.end]),
            ]
            at = mark.end + len(TAGS.get(mark.kind, ""))
    return "".join(out) + _badges(answer.text[at:end], cited)


def _mark(mark: Mark, text: str) -> str:
    places = ", ".join(f"[{n}]" for n in mark.sources)
    if mark.kind == "stands":
        told = f"Stands in {places}" if places else "Stands in the question"
        return f'<span title="{told}">{esc(text)}</span>'
    kind, words, told = FLAGS[mark.kind]
    told += f": {places}" if places else ""
    number = f"<u>{esc(text)}</u>" if text else ""
    return f'{number} <span class="badge {kind}" title="{esc(told)}">{esc(words)}</span>'


def _badges(line: str, cited: set[int]) -> str:
    def badge(match: re.Match[str]) -> str:
        number = int(match.group(1))
        return f'<span class="num">{number}</span>' if number in cited else match.group()

    return re.sub(r"\[(\d{1,2})\]", badge, esc(line))


def _facts(column: Column, answer: Answer) -> str:
    facts = [
        answer.answerer,
        f"best cosine {answer.confidence:.2f}",
        f"{len(answer.hits)} passages retrieved",
    ]
    if column.seconds is not None:
        facts.append(f"{column.seconds * 1000:.0f} ms" if column.seconds < 1 else f"{column.seconds:.1f} s")
    return f'<div class="facts muted">{esc(DOT.join(facts))}</div>'


def _evidence(answer: Answer) -> str:
    by_number: dict[int, list[Citation]] = {}
    for citation in answer.citations:
        by_number.setdefault(citation.number, []).append(citation)
    read = {r.hit.chunk.chunk_id: r for r in answer.readings}
    cards = "".join(
        card(
            group[0].hit,
            number,
            [c.quote for c in group if c.quote],
            read.get(group[0].hit.chunk.chunk_id),
        )
        for number, group in by_number.items()
    )
    cited = {c.hit.chunk.chunk_id for c in answer.citations}
    others = [h for h in answer.hits if h.chunk.chunk_id not in cited]
    if not others:
        return cards
    noun = "passage" if len(others) == 1 else "passages"
    label = f"{len(others)} other {noun} retrieved" if cited else f"{len(others)} nearest {noun}"
    rest = "".join(card(h, None, [], read.get(h.chunk.chunk_id)) for h in others)
    return f'{cards}<details class="others"><summary>{label}</summary>{rest}</details>'


def card(hit: Hit, number: int | None, quotes: Sequence[str], reading: Reading | None = None) -> str:
    """A passage: where it stands, its score, the quote in its surroundings, the whole on demand.

    With its `reading` the whole goes on into the neighbours, and filings that say the same are named.
    """
    chunk = hit.chunk
    badge = f'<span class="num">{number}</span>' if number else f'<span class="rank">#{hit.rank}</span>'
    scores = [f"rank {hit.rank}", f"score {hit.score:.3f}"]
    scores += [f"cosine {hit.dense:.3f}"] if hit.dense is not None else []
    scores += [f"BM25 {hit.bm25:.1f}"] if hit.bm25 is not None else []
    caption = DOT.join(p for p in (chunk.heading, chunk.unit) if p)
    shown = excerpt(chunk.text, quotes)
    whole = _whole(chunk, quotes, reading)
    also = "; ".join(dict.fromkeys(where(c) for c in reading.also)) if reading else ""
    more = f'<div class="muted foot">also in: {also}</div>' if also else ""
    if whole != shown:
        foot = DOT.join(p for p in (chunk.source, _dates(chunk), f"passage {chunk.position + 1}") if p)
        more += (
            f"<details><summary>Full passage</summary>{whole}"
            f'<div class="muted foot">{esc(foot)}</div></details>'
        )
    return (
        f'<div class="card {"cited" if number else ""}"><div class="card-head">{badge}'
        f'<span class="where">{where(chunk)}</span>'
        f'<span class="score" title="{esc(DOT.join(scores))}">{hit.score:.2f}</span></div>'
        f'{f"""<div class="caption">{esc(caption)}</div>""" if caption else ""}{shown}{more}</div>'
    )


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


def _dates(chunk: Chunk) -> str:
    meta = chunk.meta
    dates = [
        f"period ended {meta.period_end}" if meta.period_end else "",
        f"filed {meta.filed}" if meta.filed else "",
    ]
    return DOT.join(d for d in dates if d)


def difference_strip(change: Comparison) -> str:
    """What the tuned model moved: overlap@k, and each tuned rank with where the base had it."""
    base_ranks = {h.chunk.chunk_id: h.rank for h in change.base}
    chips = []
    for hit in change.tuned:
        was = base_ranks.get(hit.chunk.chunk_id)
        chips.append(_chip(hit, was, hit.rank))
    lost = [_chip(h, h.rank, None) for h in change.base if h.chunk.chunk_id in change.only_base]
    same = "same first passage" if change.same_first else "different first passage"
    shared = len(change.base) - len(change.only_base)
    head = (
        f'<span class="fact"><b>overlap@{change.k}</b> {change.overlap:.0%} '
        f'<span class="muted">({shared} of {max(len(change.base), len(change.tuned))} shared)</span></span>'
        f'<span class="fact">{same}</span>'
        f'<span class="fact">{len(change.only_base)} only base</span>'
        f'<span class="fact">{len(change.only_tuned)} only tuned</span>'
        f'<span class="fact">{len(change.moved)} moved</span>'
    )
    rows = "".join(chips) + "".join(lost)
    return (
        f'<div class="diff"><div class="diff-head">{head}</div>'
        f'<details><summary><span class="chips">{_tokens(change, base_ranks)}</span>'
        f'<span class="muted">every passage</span></summary><table class="ranks"><thead><tr><th>Base</th>'
        f"<th>Tuned</th><th></th><th>Passage</th></tr></thead><tbody>{rows}</tbody></table></details></div>"
    )


def _tokens(change: Comparison, base_ranks: dict[str, int]) -> str:
    out = []
    for hit in change.tuned:
        was = base_ranks.get(hit.chunk.chunk_id)
        text, kind = _move(was, hit.rank)
        out.append(f'<span class="chip {kind}" title="{esc(_plain(hit))}">{hit.rank} {text}</span>')
    gone = [h for h in change.base if h.chunk.chunk_id in change.only_base]
    out += [f'<span class="chip lost" title="{esc(_plain(h))}">base {h.rank} dropped</span>' for h in gone]
    return "".join(out)


def _move(was: int | None, now: int | None) -> tuple[str, str]:
    if now is None:
        return "only base", "lost"
    if was is None:
        return "new", "new"
    if was == now:
        return "=", "same"
    return (f"▲{was - now}", "up") if was > now else (f"▼{now - was}", "down")


def _chip(hit: Hit, was: int | None, now: int | None) -> str:
    text, kind = _move(was, now)
    label = "only tuned" if kind == "new" else text
    first = esc(" ".join(hit.chunk.text.split())[:140])
    return (
        f"<tr><td>{was or '–'}</td><td>{now or '–'}</td>"
        f'<td><span class="chip {kind}">{esc(label)}</span></td>'
        f'<td>{where(hit.chunk)}<div class="muted clip">{first}</div></td></tr>'
    )


def _plain(hit: Hit) -> str:
    return html.unescape(re.sub(r"</?b>", "", where(hit.chunk)))


def notice(kind: str, text: str) -> str:
    """One line for the user: kind "error", "warning", "good" or "note"."""
    return f'<div class="notice {esc(kind)}" role="status">{esc(text)}</div>'
