"""Answers, passages and ranking differences → HTML.

Filing text, questions and an LLM's words are data here: every string goes through `esc`, so none
of them can become markup. Knows no gradio and no model.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag_app.compare import Comparison
from rag_app.core.types import Answer, Citation, Hit
from rag_app.facts.draft import ANSWERER
from rag_app.reading import readings_of
from ui.answer_text import answer_text
from ui.cards import DOT, card, where
from ui.figures import candidates, charts
from ui.tabs.passages import esc


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


def turn(
    question: str,
    columns: Sequence[Column],
    change: Comparison | None = None,
    shared: Column | None = None,
) -> str:
    """One question with the answer of each arm, side by side where there are two, below what both share."""
    strip = f'<div class="shared">{_column(shared)}</div>' if shared else ""
    strip += difference_strip(change) if change else ""
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
    anchor = _anchor(column, answer)
    if answer.abstained:
        body = _refusal(answer, column.threshold)
    else:
        body = f'<div class="text">{answer_text(answer, anchor)}{_cursor(column)}</div>'
    body += charts(answer.figures) + candidates(answer.figures) if answer.figures else ""
    notes = [n for n in ("" if answer.abstained else answer.note, column.note) if n]
    body += "".join(notice("note", n) for n in notes)
    if column.streaming:
        return body
    return body + _facts(column, answer) + _evidence(answer, anchor)


def _anchor(column: Column, answer: Answer) -> str:
    """What the ids of this answer's passages begin with: another for each answer of a page."""
    told = f"{answer.question}|{column.title}|{column.seconds}|{answer.text}"
    return f"passage-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


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


def _facts(column: Column, answer: Answer) -> str:
    looked_up = answer.answerer == ANSWERER
    facts = ["looked up in tagged data" if looked_up else answer.answerer]
    facts += [] if looked_up else [f"best cosine {answer.confidence:.2f}"]
    facts += [f"{len(answer.hits)} passages retrieved"] if answer.hits or not looked_up else []
    if column.seconds is not None:
        facts.append(f"{column.seconds * 1000:.0f} ms" if column.seconds < 1 else f"{column.seconds:.1f} s")
    return f'<div class="facts muted">{esc(DOT.join(facts))}</div>'


def _evidence(answer: Answer, anchor: str) -> str:
    by_number: dict[int, list[Citation]] = {}
    for citation in answer.citations:
        by_number.setdefault(citation.number, []).append(citation)
    read = readings_of(answer)
    cards = "".join(
        card(
            group[0].hit,
            number,
            [c.quote for c in group if c.quote],
            read.get(group[0].hit.chunk.chunk_id),
            f"{anchor}-{number}",
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
