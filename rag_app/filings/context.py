"""The context line of a chunk: which filing, which Item, which heading."""

from __future__ import annotations

from rag_app.core.types import Filing, FilingMeta, Section


def context_line(filing: Filing, section: Section, heading: str) -> str:
    """The line that tells a chunk's place: filing | Item | heading; built from what is known only."""
    parts = [describe(filing.meta) if filing.meta.company else _stem(filing.source, filing.meta)]
    where = section.item or ""
    parts.append(where)
    titles = [section.title] if section.title else []
    if heading and heading.lower() != section.title.lower():
        titles.append(heading)
    parts.extend(_shorten(title) for title in titles[-1:])
    return " | ".join(part for part in parts if part)


def _stem(source: str, meta: FilingMeta) -> str:
    stem = source.rsplit(".", 1)[0] if "." in source else source
    return f"{stem} {describe(meta)}".strip()


def _shorten(title: str, words: int = 12) -> str:
    parts = title.split()
    return " ".join(parts[:words]) + (" …" if len(parts) > words else "")


def describe(meta: FilingMeta) -> str:
    """ "Apple Inc. (AAPL) 10-K FY2024, period ended 2024-09-28", of what is known."""
    name = meta.company or ""
    if meta.ticker:
        name = f"{name} ({meta.ticker})".strip()
    period = ""
    if meta.fiscal_year:
        quarter = f"{meta.fiscal_period} " if meta.fiscal_period and meta.fiscal_period != "FY" else ""
        period = f"{quarter}FY{meta.fiscal_year}"
    text = " ".join(part for part in (name, meta.form or "", period) if part)
    if meta.period_end:
        word = "period ended" if meta.fiscal_period or (meta.form or "").startswith("10-") else "dated"
        text = f"{text}, {word} {meta.period_end}" if text else f"{word} {meta.period_end}"
    return text
