"""The bundled sample filings of four invented companies, and questions held out for evaluation."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def sample_filings() -> list[Path]:
    """The inline-XBRL filings, sorted by name."""
    return sorted(_HERE.glob("*.htm"))


def sample_questions() -> Path:
    """The questions with answers and evidence, one JSON object a line."""
    return _HERE / "questions.jsonl"
