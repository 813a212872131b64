"""What is written of a table is read back the same."""

import pytest

from rag_app.core.tabletext import heads_line, in_sentences, parse_heads, parse_row


@pytest.mark.parametrize(
    ("shared", "heads", "line", "read"),
    [
        ("", ["2024", "2023"], "| 2024 | 2023", ["2024", "2023"]),
        ("", ["", "2023"], "|  | 2023", ["", "2023"]),
        (
            "Years ended",
            ["June 30, 2024", "June 30, 2023"],
            "|Years ended | June 30, 2024 | June 30, 2023",
            ["Years ended June 30, 2024", "Years ended June 30, 2023"],
        ),
    ],
)
def test_heads(shared: str, heads: list[str], line: str, read: list[str]) -> None:
    assert heads_line(shared, heads) == line
    assert parse_heads(line) == read
    assert parse_row(line) is None


def test_rows() -> None:
    assert parse_row("Net sales | $1,234 |  | (5)") == ("Net sales", ["$1,234", "", "(5)"])
    assert parse_row(" | 100 | 99") == ("", ["100", "99"])
    assert parse_row("Current assets:") is None
    assert parse_heads("Net sales | 1") is None


def test_rows_in_plain_sentences() -> None:
    text = "\n".join(
        [
            "Results",
            "(In millions)",
            "|Years ended | 2024 | 2023",
            "Costs:",
            "Wages | $1 |  | 3",
            " | 5",
            "(1) A note.",
        ]
    )
    assert in_sentences(text).split("\n") == [
        "Results",
        "(In millions)",
        "Costs:",
        "Wages was $1 for Years ended 2024, 3.",
        "5 for Years ended 2024.",
        "(1) A note.",
    ]
