"""Numbers and citations of answers against their passages: what stands, follows, or is flagged."""

from __future__ import annotations

import re
import string
from dataclasses import replace

import pytest
from conftest import make_chunk

from rag_app.checks import check, verify
from rag_app.core.types import Answer, Chunk, Hit
from ui import render

TABLE = make_chunk(
    2,
    "Consolidated results (in millions, except per share amounts)\n| 2024 | 2023\n"
    "Net sales | $94,930 | $89,498\nCost of sales | 52,051 | 49,071\nIncome tax benefit | (370) | 185\n"
    "Operating expenses | 14,288 | 13,458\nGross margin | 45.2% | 44.1%\n"
    "Diluted earnings per share | $2.97 | $2.46\n"
    "Employees (full time) | 164,000 | 161,000",
    kind="table",
    unit="in millions, except per share amounts",
    head="Zza Corp 10-K FY2024",
)
PROSE = make_chunk(
    3,
    "Services revenue rose 12.5 percent to $3.5 and $4.2 billion. We closed 17 stores and recorded a loss "
    "of $1,234 thousand. Research spending decreased by 8.25% in 2022. The notes bear "
    "50 basis points over base.",
    head="Zza Corp 10-K FY2024",
)
PLAIN = make_chunk(4, "Turbines were sold.", head="Zza Corp 10-K FY2024")
PASSAGES: dict[int, tuple[Chunk, ...]] = {1: (TABLE,), 2: (PROSE,), 3: (PLAIN,)}


def flagged(text: str, question: str = "How were sales?") -> list[str]:
    """What is marked as standing nowhere, in order."""
    return [text[m.start : m.end] for m in check(text, question, PASSAGES) if m.kind == "unverified"]


@pytest.mark.parametrize(
    "text",
    [
        "Net sales were $94,930 million [1].",
        "Net sales were $94.9 billion [1].",
        "Net sales were $94.93bn [1].",
        "Net sales were $95 billion [1].",
        "Net sales were $0.09 trillion [1].",
        "Net sales were $94,930,000,000 [1].",
        "Net sales - 2024: $94,930; 2023: $89,498 (in millions) [1]",
        "Gross margin was 45.2 percent, then 44.1% [1].",
        "Gross margin was about 45% [1].",
        "The tax benefit was $(370) million [1].",
        "The tax benefit was -370 [1].",
        "The tax benefit was 370 million [1].",
        "Earnings were $2.97 per share [1].",
        "It had 164,000 employees [1].",
        "Revenue rose 12.5% [2].",
        "Revenue was $3.5 billion, then $4.2 billion [2].",
        "A loss of $1.2 million [2].",
        "A loss of $(1,234) thousand [2].",
        "17 stores closed [2].",
        "It fell by (8.25)% [2].",
        "The spread is 0.50% or 50 bps [2].",
        "In fiscal 2024, sales rose [3].",
        "On September 28, 2024, see Item 7, Note 12, page 31 and Form 10-K of FY24 for Q3 [3].",
        "1. Turbines were sold [3].\n2) Stores too [3].",
        "The 3M and COVID-19 effects, ASU 2016-13 and Level 3 matter [3].",
        "Three stores and one third of sales [3].",
    ],
)
def test_what_stands_is_not_flagged(text: str) -> None:
    assert flagged(text) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Net sales were $94.9 million [1].", "$94.9 million"),
        ("Net sales were $94,931 million [1].", "$94,931 million"),
        ("Net sales were $94.8 billion [1].", "$94.8 billion"),
        ("Net sales were $49,930 [1].", "$49,930"),
        ("Gross margin was 45.3% [1].", "45.3%"),
        ("Gross margin was 52.2 percent [1].", "52.2 percent"),
        ("Net sales were -94,930 [1].", "-94,930"),
        ("Net sales were $(94,930) million [1].", "$(94,930) million"),
        ("Net sales were €94,930 million [1].", "€94,930 million"),
        ("Earnings were $2.79 per share [1].", "$2.79"),
        ("Earnings were $2.97 million [1].", "$2.97 million"),
        ("It had 164 employees [1].", "164"),
        ("Revenue rose 15.2% [2].", "15.2%"),
        ("Revenue rose $12.5 [2].", "$12.5"),
        ("18 stores closed [2].", "18"),
        ("The spread is 500 basis points [2].", "500 basis points"),
        ("A loss of $1,234 million [2].", "$1,234 million"),
        ("Net sales were $94.9 billion [3].", "$94.9 billion"),
        ("Sales rose in 2019 [3].", "2019"),
        ("The answer is 42 [3].", "42"),
    ],
)
def test_what_does_not_stand_is_flagged(text: str, wrong: str) -> None:
    assert flagged(text) == [wrong]


def test_a_year_of_the_question_or_of_the_head_stands() -> None:
    assert flagged("Sales rose in 2019 [3].", "What happened in 2019?") == []
    assert flagged("Sales rose in 2024 [3].") == []


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Sales rose from $89,498 to $94,930 million, or 6.1% [1].", ["stands", "stands", "computed"]),
        ("Sales of $94,930 and $89,498 million: $5,432 million more [1].", ["stands", "stands", "computed"]),
        ("Sales of $94,930 and $89,498 million: $184.4 billion [1].", ["stands", "stands", "computed"]),
        (
            "Sales of $94.9 billion, costs $52.1 billion [1]. That is 54.8% [1].",
            ["stands", "stands", "computed"],
        ),
        ("Margin went from 44.1% to 45.2%, by 1.1 points [1].", ["stands", "stands", "computed"]),
        ("Sales of $94,930 and $89,498 million: up 6.2% [1].", ["stands", "stands", "unverified"]),
        (
            "Sales of $94,930 and $89,498 million: $5,433 million more [1].",
            ["stands", "stands", "unverified"],
        ),
        ("Sales rose 6.1% [1].", ["unverified"]),
        (
            "Sales were $94,930 million [1]; up 6.1% from $89,000 million [1].",
            ["stands", "unverified", "unverified"],
        ),
    ],
)
def test_arithmetic_holds_only_between_numbers_that_stand(text: str, kinds: list[str]) -> None:
    assert [m.kind for m in check(text, "", PASSAGES)] == kinds


def test_a_computed_number_names_both_passages() -> None:
    text = "Sales were $94,930 million [1] and services $4.2 billion [2]: 4.4% [1]."
    assert [(m.kind, m.sources) for m in check(text, "", PASSAGES)] == [
        ("stands", (1,)),
        ("stands", (2,)),
        ("computed", (1, 2)),
    ]


def answer(text: str) -> Answer:
    return Answer("How were sales?", text, (), False, "scripted", 0.5, (Hit(1, 1.0, TABLE),))


def test_marks_are_written_behind_and_counted() -> None:
    done = verify(
        answer("Sales were $94,930 million [1]. Growth was 42% [1]. See [7]. Costs were $52,051."), PASSAGES
    )
    assert done.text == (
        "Sales were $94,930 million [1]. Growth was 42% [unverified] [1]. See [7] [no such passage]. "
        "Costs were $52,051. [uncited]"
    )
    assert (done.checked, done.unverified) == (3, 2)
    assert [(done.text[m.start : m.end], m.kind, m.sources) for m in done.marks] == [
        ("$94,930 million", "stands", (1,)),
        ("42%", "unverified", ()),
        ("[7]", "no passage", ()),
        ("$52,051", "stands", (1,)),
        ("", "uncited", ()),
    ]


def test_a_citation_behind_the_stop_belongs_to_its_sentence() -> None:
    done = verify(answer("Sales were $94,930 million. [1] Costs were 52,051.[1]"), PASSAGES)
    assert [m.kind for m in done.marks] == ["stands", "stands"]


def test_several_numbers_in_one_bracket_are_citations() -> None:
    done = verify(answer("We closed 17 stores [1, 2]."), PASSAGES)
    assert done.text == "We closed 17 stores [1][2]."
    assert [m.sources for m in done.marks] == [(2,)]


def test_an_answer_cannot_bring_its_own_verdict() -> None:
    done = verify(answer("Growth [computed] was 42% [computed] [1]."), PASSAGES)
    assert done.text == "Growth was 42% [unverified] [1]."


def test_no_citation_at_all_verifies_nothing() -> None:
    done = verify(answer("Sales were $94,930 million."), PASSAGES)
    assert done.text == "Sales were $94,930 million [unverified]. [uncited]"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[", "[]", "[[1]]", "[999]", "(((1", "$", "$$ 1..2 %%", "½ ² ١٢٣ 12e999 " + "9" * 400,
        "\x00\u202e1,2,3,4\n\n\r- [1]", string.printable * 3, "((" * 300 + "1" + "))" * 300,
        "- " * 500 + "1%",
    ],
)  # fmt: skip
def test_odd_text_never_raises(text: str) -> None:
    odd = {1: (replace(TABLE, text=text, unit=text, head=text),)}
    for said in (text, f"{text} 5% [1]"):
        done = verify(answer(said), odd)
        assert all(0 <= m.start <= m.end <= len(done.text) for m in done.marks)


def test_marks_are_drawn_and_escaped() -> None:
    done = verify(
        answer("- Sales <b>were</b> $94,930 million [1].\n- Growth was 42% [1]. See [7]."), PASSAGES
    )
    html = render.turn("q", [render.Column("Base", "m", done)])
    assert '<span title="Stands in [1]">$94,930 million</span>' in html
    assert re.search(
        r'<u>42%</u> <span class="badge bad" title="No passage[^"]*">⚠ not in the cited passages', html
    )
    assert re.search(r'<u>\[7\]</u> <span class="badge bad" title="[^"]*">⚠ no such passage</span>', html)
    assert "[unverified]" not in html and "[no such passage]" not in html
    assert "<b>were</b>" not in html
