"""Example questions drawn from the filings themselves, so that each has an answer there.

Knows no model: it looks for table rows and sections that most filings have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path

from rag_app.core.config import Workspace
from rag_app.core.types import Chunk
from rag_app.store import StoredFiling, list_filings, read_chunks
from ui.tabs.passages import Grid, parse

MOST = 5
FILINGS = 8
ROWS = (  # label of the row, question; {label} is the row's own
    (r"(?:total )?net sales|(?:total )?(?:net )?revenues?", "What {verb} {whose} {label} in {period}?"),
    (r"research and development(?: expenses?)?", "How much did {company} spend on {label} in {period}?"),
    (r"net income(?: \(loss\))?|net earnings", "What was {whose} {label} in {period}?"),
    (r"long-term debt|cash and cash equivalents|total assets", "What was {whose} {label} in {period}?"),
    (
        r"operating income|income from operations|gross (?:margin|profit)",
        "What was {whose} {label} in {period}?",
    ),
)
PROSE = (
    (r"employ(?:ed|ees)|headcount|workforce", "How many employees does {company} have?"),
    (r"competit(?:ion|ors|ive)", "Who does {company} compete with?"),
    (r"cybersecurity|cyber", "How does {company} manage cybersecurity risk?"),
    (r"dividend", "What does {company} say about dividends?"),
)


def example_questions(workspace: Workspace) -> list[str]:
    """Up to five questions over different filings; none for an empty workspace."""
    stored = _spread(list_filings(workspace))[:FILINGS]
    pools = [_questions(workspace.filings / f.filing_id / "chunks.jsonl", f.sha256) for f in stored]
    out: list[str] = []
    for turn in range(MOST):
        for place, pool in enumerate(pools):
            # every filing asks another kind of question
            at = turn * len(pools) + place
            if pool and len(out) < MOST and (found := pool[at % len(pool)]) not in out:
                out.append(found)
    return out


def _spread(filings: Sequence[StoredFiling]) -> list[StoredFiling]:
    """Newest first, every company's first filing before any company's second."""
    seen: dict[str, int] = {}
    ranked = []
    for filing in sorted(filings, key=lambda f: f.meta.period_end or "", reverse=True):
        company = filing.meta.company or filing.source
        seen[company] = seen.get(company, 0) + 1
        ranked.append((seen[company], filing.meta.form != "10-K", company, filing))
    return [entry[-1] for entry in sorted(ranked, key=lambda e: e[:3])]


@lru_cache(maxsize=256)
def _questions(path: Path, _: str) -> tuple[str, ...]:
    chunks = read_chunks(path)
    company = short_name(chunks[0].meta.company) if chunks and chunks[0].meta.company else ""
    if not company:
        return ()
    rows, prose = _from_rows(chunks, company), _from_prose(chunks, company)
    mixed = [q for pair in zip_longest(rows, prose) for q in pair if q]
    return tuple(mixed)


def short_name(company: str) -> str:
    """ "APPLE INC." → "Apple"; a name is asked for without its legal form."""
    name = re.sub(
        r",?\s+(?:Inc|Corp|Corporation|Co|Company|Ltd|Limited|plc|LLC|L\.P)\.?(?:/\w+/?)?$",
        "",
        company,
        flags=re.I,
    ).strip()
    return name.title() if name.isupper() and len(name) > 5 else name


def _from_rows(chunks: Iterable[Chunk], company: str) -> list[str]:
    found: dict[int, str] = {}
    for chunk in chunks:
        meta = chunk.meta
        if chunk.kind != "table" or not meta.fiscal_year:
            continue
        quarter = meta.fiscal_period if (meta.fiscal_period or "FY") != "FY" else "fiscal"
        for row in (r for b in parse(chunk.text) if isinstance(b, Grid) for r in b.rows if any(r.cells)):
            for kind, (pattern, question) in enumerate(ROWS):
                if kind not in found and re.fullmatch(pattern, row.label, re.I):
                    label = row.label.lower()
                    found[kind] = question.format(
                        company=company,
                        whose=f"{company}'" if company.endswith("s") else f"{company}'s",
                        label=label,
                        verb="were" if label.endswith("s") else "was",
                        period=f"{quarter} {meta.fiscal_year}",
                    )
    return [found[kind] for kind in sorted(found)]


def _from_prose(chunks: Sequence[Chunk], company: str) -> list[str]:
    out = []
    for pattern, question in PROSE:
        seen = sum(bool(re.search(rf"\b(?:{pattern})\b", c.text, re.I)) for c in chunks if c.kind == "prose")
        if seen >= 2:
            out.append(question.format(company=company))
    return out
