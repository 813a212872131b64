"""ui.dimension_table: which dimension is suggested, and how the page shows the table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ui.dimension_table import DimensionRow, DimensionTable, suggestion
from ui.tabs.dimensions import html_of


def shares(*rows: tuple[int, bool, float, float, float], questions: int = 200) -> DimensionTable:
    full = DimensionRow(384, build_id="f", mb=36.0, ndcg=0.4, share=1.0, low=1.0, high=1.0)
    others = [
        DimensionRow(dim, rescored=r, build_id="b", mb=dim / 8, ndcg=0.4, share=share, low=low, high=high)
        for dim, r, share, low, high in rows
    ]
    return DimensionTable("m", "f" * 32, "c" * 16, 384, (full, *others), questions=questions, store_mb=15.0)


@pytest.mark.parametrize(
    ("table", "width", "said"),
    [
        (
            shares((256, False, 0.99, 0.95, 1.02), (128, False, 0.97, 0.91, 1.0), (64, False, 0.8, 0.7, 0.9)),
            128,
            "128-d is the smallest that keeps 97% of the full width's nDCG@10: 97.0% (95% interval 91.0% to "
            "100.0%, 200 questions), in 16.0 MB instead of 36.0",
        ),
        (
            shares((128, False, 0.99, 0.95, 1.02), (64, True, 0.98, 0.93, 1.0)),
            64,
            "64-d rescored is the smallest that keeps 97% of the full width's nDCG@10: 98.0% (95% interval "
            "93.0% to 100.0%, 200 questions), in 8.0 MB instead of 36.0 (and the 15.0 MB of full-width "
            "vectors, which are kept in any case)",
        ),
        (
            shares((128, False, 0.96, 0.95, 1.0), (64, False, 0.8, 0.7, 0.9)),
            None,
            "no smaller dimension keeps 97% of the full width's nDCG@10; 128-d keeps most, 96.0%",
        ),
        (
            shares((128, False, 1.01, 0.85, 1.2), questions=22),
            None,
            "22 questions are too few to say which smaller dimension keeps 97% of the full width's nDCG@10: "
            "every interval reaches below 90%",
        ),
        (shares(), None, ""),
    ],
)
def test_what_is_suggested(table: DimensionTable, width: int | None, said: str) -> None:
    row, sentence = suggestion(table)
    assert (row.dimension if row else None, sentence) == (width, said)


def test_the_page_escapes_and_marks() -> None:
    table = shares((128, True, 0.98, 0.95, 1.0))
    rows = (replace(table.rows[0], arm="base", built=True), replace(table.rows[1], built=True, p50_ms=1.25))
    html = html_of(replace(table, model="base", rows=rows, measured="2026-01-02T03:04", source="<b>.csv"))
    assert "serves base" in html
    assert html.count("<button") == 1 and 'data-row="128r" aria-label="Switch to 128-d rescored"' in html
    assert "Measured 2026-01-02 03:04 UTC with 200 questions (&lt;b&gt;.csv)" in html
    assert '0.400 <span class="muted">98%</span>' in html and "<svg" in html
    plain = html_of(replace(table, model="some-id", rows=rows))
    assert "<button" not in plain and "Not measured on these filings yet" in plain
    assert ">1.2<" in plain
