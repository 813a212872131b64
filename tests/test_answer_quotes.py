"""What of a passage an LLM's sentence is shown to stand on, and which period's figures are quoted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import WordEncoder, make, make_chunk

from rag_app.answer import AskOptions, ask
from rag_app.answers.periods import ELSEWHERE, period_weights
from rag_app.answers.quotes import quotes_for
from rag_app.arms import Arm
from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import ModelError
from rag_app.core.registry import embedded_folder
from rag_app.core.types import Chunk, Filters, Hit
from rag_app.index.opened import Index
from rag_app.passages import snippets
from rag_app.samples import sample_filings

PARTS = (
    make_chunk(0, "Sales rose because harbour authorities ordered arrays. Rents fell by $3 million in Ohio."),
    make_chunk(1, "| 2024 | 2023\nNet sales | $1,234 | $1,100\nCost of sales | 800 | 750", kind="table"),
)


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("Rents in Ohio fell by $3 million [1].", ("Rents fell by $3 million in Ohio.",)),
        ("Rents in Ohio fell by $3 million. [1]", ("Rents fell by $3 million in Ohio.",)),
        ("Net sales were $1,234 million in 2024 [1].", ("Net sales | $1,234 | $1,100",)),
        (
            "- Harbour authorities ordered arrays [1][2].\n- The cost of sales was 800 [1].",
            ("Sales rose because harbour authorities ordered arrays.", "Cost of sales | 800 | 750"),
        ),
        ("Rents in Ohio fell by $3 million [2].", ()),  # another passage
        ("Penguins swim [1].", ()),  # nothing in common
        ("[1]", ()),
    ],
)
def test_a_citation_shows_what_it_stands_on(text: str, quotes: tuple[str, ...]) -> None:
    assert quotes_for(text, 1, PARTS) == quotes


def weights(question: str, *chunks: Chunk) -> list[float]:
    pieces = [(Hit(1, 0.9, chunk), piece) for chunk in chunks for piece in snippets(chunk)]
    return [round(float(w), 3) for w in period_weights(question, pieces)]


def table(heads: str, period: str = "FY", year: int = 2024, ends: str = "2024-12-31") -> Chunk:
    chunk = make_chunk(0, f"| {heads}\nNet sales | 1 | 2", kind="table", year=year)
    return replace(chunk, meta=replace(chunk.meta, fiscal_period=period, period_end=ends))


YEAR = table("2024 | 2023")
HALF = table("Three Months Ended June 30, 2024 | Six Months Ended June 30, 2024", "Q2")
FLOWS = table("Six Months Ended June 30, 2024 | Six Months Ended June 30, 2023", "Q2")
OLDER = table("2022 | 2021")
SHEET = table("January 25, 2025 | January 27, 2024", ends="2025-01-25")
NEXT = table("January 31, 2026 | January 25, 2025", year=2025, ends="2026-01-31")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What were net sales in fiscal 2024?", [1, ELSEWHERE, ELSEWHERE, ELSEWHERE, 1, ELSEWHERE]),
        ("What were net sales in Q2 FY2024?", [1, 1, ELSEWHERE, ELSEWHERE, 1, ELSEWHERE]),
        ("What were net sales?", [1] * 6),
        ("Net sales in the quarter and in the year 2024?", [1] * 6),
        ("Net sales in the first six months of 2024?", [1] * 6),
        ("Net sales in Q2 2024 and in fiscal 2023?", [1] * 6),
        ("How did net sales develop since 2021?", [1] * 6),
    ],
)
def test_rows_of_another_period_count_less(question: str, expected: Sequence[float]) -> None:
    assert weights(question, YEAR, HALF, FLOWS, OLDER, SHEET, NEXT) == expected


def test_sentences_count_less_only_where_they_speak_of_a_quarter() -> None:
    said = make_chunk(0, "Sales of the third quarter rose by 3%. A store in Ohio was closed by a flood.")
    interim = replace(said, meta=replace(said.meta, fiscal_period="Q3"))
    assert weights("What were sales in fiscal 2024?", interim) == [ELSEWHERE, 1]


def test_a_quarters_row_does_not_stand_beside_the_years(tmp_path: Path, encoder: WordEncoder) -> None:
    whole = make_chunk(0, "| Year Ended December 31, 2024\nNet sales | $9,100", kind="table")
    part = make_chunk(0, "| Three Months Ended March 31, 2024\nNet sales | $2,000", kind="table", form="10-Q")
    part = replace(part, filing_id="q", chunk_id="q/0/0", meta=replace(part.meta, fiscal_period="Q1"))
    manifest = make(tmp_path, [part, whole], encoder)
    arm = Arm("base", Index(tmp_path / manifest.build_id), encoder, 0.5, 0.05)
    assert ask(arm, "What were net sales in fiscal 2024?", AskOptions()).text == (
        "Net sales - Year Ended December 31, 2024: $9,100 [1]"
    )
    # where nothing else is there it is given, with its own period
    only = AskOptions(filters=Filters(forms=("10-Q",)))
    assert ask(arm, "What were net sales in fiscal 2024?", only).text == (
        "Net sales - Three Months Ended March 31, 2024: $2,000 [1]"
    )


def test_a_year_is_answered_with_the_years_figure_from_the_samples(tmp_path: Path) -> None:
    try:
        embedded_folder()
    except ModelError as error:
        pytest.skip(str(error))
    from rag_app.arms import Arms
    from rag_app.indexing import build_index
    from rag_app.pipeline import ingest

    workspace, settings = Workspace(tmp_path / "ws").create(), Settings()
    ingest(workspace, [p for p in sample_filings() if p.stem in ("zqht-10q-fy2024q1", "zqht-10k-fy2024")])
    build_index(workspace, settings, "base")
    arm = Arms(workspace, settings).get("base")
    answer = ask(
        arm, "How much did Zephquill spend on research and development in fiscal 2024?", AskOptions()
    )
    assert "Year Ended December 31, 2024: 31,260" in answer.text
    assert "Three Months" not in answer.text and "7,410" not in answer.text
    quarter = ask(arm, "How much did Zephquill spend on research and development in Q1 2024?", AskOptions())
    assert "Three Months Ended March 31, 2024: 7,410" in quarter.text
    arm.index.close()
