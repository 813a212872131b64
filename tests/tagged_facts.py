"""Made-up facts, look-ups of them, and the answers they give."""

from __future__ import annotations

from decimal import Decimal

from conftest import make_chunk

from rag_app.core.types import Answer, Chunk
from rag_app.facts.answer import fact_answer
from rag_app.facts.asked import Cell, Confidence, Lookup, Measure, Operation, Span
from rag_app.facts.types import Fact

ROWS = (
    "(in millions)\n|Years ended | September 28, 2024 | September 30, 2023\nNet sales | $391,035 | $383,285\n"
    "Net income | $93,736 | $96,995\nPayments for property | (9,447) | (10,959)\nLoss on sale | (12) | 5"
)


def fact(value: str = "93736000000", shown: str = "$93,736", **more: object) -> Fact:
    """Apple's net income of fiscal 2024, or what `more` makes of it."""
    values: dict[str, object] = {
        "filing_id": "aapl-2024", "order": 0, "concept": "us-gaap:NetIncomeLoss", "label": "Net income",
        "section": "", "statement": "CONSOLIDATED STATEMENTS OF OPERATIONS", "column": "2024", "shown": shown,
        "value": Decimal(value), "scale": 6, "decimals": "-6", "unit": "USD", "start": "2023-10-01",
        "end": "2024-09-28", "fiscal_year": 2024, "fiscal_period": "FY", "members": (),
        "chunk_id": "aapl-2024/0/1", "row": 3, "company": "Apple Inc.", "ticker": "AAPL", "cik": "0000320193",
        "accession": "", "form": "10-K", "source": "aapl.htm",
    }  # fmt: skip
    return Fact(**(values | more))  # type: ignore[arg-type]


IPHONE = (("srt:ProductOrServiceAxis", "aapl:IPhoneMember"),)
REVENUE = "us-gaap:RevenueFromContractWithCustomerExcludingAssessedTax"
SALES = {"concept": "us-gaap:Revenues", "label": "Net sales", "row": 2}
LAST_YEAR = {"start": "2022-09-25", "end": "2023-09-30", "fiscal_year": 2023, "column": "2023"}
NVIDIA = {
    "company": "NVIDIA CORP", "ticker": "NVDA", "cik": "0001045810",
    "start": "2023-01-30", "end": "2024-01-28",
    "chunk_id": "", "row": -1,
}  # fmt: skip


def chunk_of(found: Fact) -> Chunk | None:
    if found.chunk_id != "aapl-2024/0/1":
        return None
    return make_chunk(1, ROWS, ticker="AAPL", kind="table", unit="in millions")


def asked(
    *rows: list[Fact | None], operation: Operation = "value", formula: str = "", **more: object
) -> Lookup:
    """A look-up of one row of facts a measure, in order of time; companies as the facts tell."""
    there = [f for row in rows for f in row if f]
    companies = tuple(dict.fromkeys(f.cik for f in there))
    per = len(rows[0]) // (len(companies) or 1)
    cells = [
        Cell(company, m, p, row[c * per + p])
        for c, company in enumerate(companies)
        for p in range(per)
        for m, row in enumerate(rows)
    ]
    measures = tuple(Measure(f"measure {m}", ()) for m in range(len(rows)))
    spans = tuple(Span(f"period {p}") for p in range(per))
    values: dict[str, object] = {"sure": True, "formula": formula}
    return Lookup(
        "q?", "the margin", operation, measures, companies, spans, tuple(cells), Confidence(1, 1, 0.9, 1),
        **(values | more),
    )  # type: ignore[arg-type] # fmt: skip


def answered(lookup: Lookup) -> Answer:
    answer = fact_answer(lookup, chunk_of, lambda *_: ())
    assert answer is not None
    return answer


def marked(answer: Answer) -> list[tuple[str, str]]:
    return [(answer.text[m.start : m.end], m.kind) for m in answer.marks]
