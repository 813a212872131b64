"""Answers from tagged data: what is said, how its numbers are marked, and which rows are cited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from tagged_facts import LAST_YEAR, NVIDIA, SALES, answered, asked, chunk_of, fact, marked

from rag_app.checks import check
from rag_app.facts.answer import candidates, doubtful, fact_answer
from rag_app.facts.types import Fact


def test_a_value_is_said_with_its_period_and_its_row_is_quoted() -> None:
    answer = answered(asked([fact()]))
    assert answer.text == (
        "Net income of Apple Inc. in fiscal year 2024 (52 weeks ended September 28, 2024): $93,736 million "
        "($93.7 billion) [1].\nFrom the filing's tagged data."
    )
    assert [(c.number, c.quote) for c in answer.citations] == [(1, "Net income | $93,736 | $96,995")]
    assert marked(answer) == [("$93,736 million", "stands"), ("$93.7 billion", "stands")]
    assert answer.marks[0].note == "us-gaap:NetIncomeLoss · USD · 2023-10-01 to 2024-09-28"
    assert (answer.answerer, answer.abstained, answer.confidence, answer.unverified) == (
        "facts",
        False,
        0.9,
        0,
    )
    assert answer.figures is not None
    assert [(f.value, f.number) for f in answer.figures.stated] == [(Decimal(93736000000), 1)]


def test_the_check_agrees_with_what_is_marked_as_standing() -> None:
    answer = answered(asked([fact()]))
    passages = {c.number: (c.hit.chunk,) for c in answer.citations}
    stands = {(m.start, m.end) for m in check(answer.text, "q?", passages) if m.kind == "stands"}
    money = [
        (answer.text.index(t), answer.text.index(t) + len(t)) for t in ("$93,736 million", "$93.7 billion")
    ]
    assert set(money) <= stands


def test_a_number_that_its_row_does_not_show_is_tagged_not_standing() -> None:
    wrong = fact("11111000000", "11,111")
    assert marked(answered(asked([wrong]))) == [("$11,111 million", "tagged"), ("$11.1 billion", "tagged")]


def test_a_fact_without_a_passage_is_said_without_a_citation() -> None:
    answer = answered(asked([fact(chunk_id="", row=-1, origin="companyfacts")]))
    assert "[" not in answer.text
    assert answer.citations == ()
    assert answer.text.endswith("From EDGAR's company facts, as the company tagged them.")


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (
            fact("9447000000", "(9,447)", row=4, label="Payments for property"),
            "The table prints it as (9,447): its tag has the other sign.",
        ),
        (
            fact("-5000000", "5", row=5, label="Loss on sale"),
            "The table prints it as 5: its tag has the other sign.",
        ),
        (fact("-12000000", "(12)", row=5, label="Loss on sale"), "From the filing's tagged data."),
    ],
)
def test_a_sign_that_is_printed_otherwise_is_told(found: Fact, line: str) -> None:
    assert answered(asked([found])).text.splitlines()[1] == line


def test_growth_names_both_periods() -> None:
    answer = answered(asked([fact("96995000000", "$96,995", **LAST_YEAR), fact()], operation="growth"))
    assert answer.text.splitlines() == [
        "Net income of Apple Inc. fell 3.4%, from $96,995 million ($97.0 billion) [1] in fiscal year 2023 "
        "(53 weeks ended September 30, 2023) to $93,736 million ($93.7 billion) [1] in fiscal year 2024 "
        "(52 weeks ended September 28, 2024).",
        "(93,736 - 96,995) / 96,995 = -3.4% (in millions of USD)",
        "From the filing's tagged data.",
    ]  # fmt: skip
    assert answer.figures is not None
    assert [(r.name, r.shown) for r in answer.figures.results] == [("growth of Net income", "-3.4%")]


def test_growth_from_a_loss_states_both_and_says_why_there_is_no_percentage() -> None:
    old = fact("-10959000000", "(10,959)", **LAST_YEAR)
    lines = answered(asked([old, fact()], operation="growth")).text.splitlines()
    assert lines[0].startswith(
        "Net income of Apple Inc. went from -$10,959 million (-$11.0 billion) [1] in fiscal"
    )
    assert lines[1] == (
        "The figure to grow from is negative, so a percentage would say nothing; the change is $104,695 "
        "million ($104.7 billion)."
    )


def test_a_margin_shows_its_arithmetic_and_both_rows() -> None:
    sales = fact("391035000000", "$391,035", **SALES)
    answer = answered(asked([fact()], [sales], formula="a / b", percent=True))
    assert answer.text.splitlines() == [
        "The margin of Apple Inc. in fiscal year 2024 (52 weeks ended September 28, 2024): 24.0%.",
        "93,736 / 391,035 = 24.0% (in millions of USD)",
        "- Net income, FY2024: $93,736 million ($93.7 billion) [1]",
        "- Net sales, FY2024: $391,035 million ($391.0 billion) [1]",
        "From the filing's tagged data.",
    ]
    quotes = [c.quote for c in answer.citations]
    assert quotes == ["Net income | $93,736 | $96,995", "Net sales | $391,035 | $383,285"]


def test_a_formula_that_makes_no_sense_states_its_parts_and_why() -> None:
    answer = answered(asked([fact()], [fact("0", "-", **SALES)], formula="a / b", percent=True))
    assert (
        "The margin, period 0: what it would be divided by is zero, so it would say nothing." in answer.text
    )
    assert "$93,736 million" in answer.text


def test_a_trend_is_a_table_and_a_chart() -> None:
    old = fact("96995000000", "$96,995", **LAST_YEAR)
    answer = answered(asked([old, fact()], operation="trend"))
    assert answer.text.splitlines() == [
        "Net income of Apple Inc., in millions of USD:",
        "| Period                                     |     Figure | Change",
        "  FY2023 (53 weeks ended September 30, 2023) | 96,995 [1] |       ",
        "  FY2024 (52 weeks ended September 28, 2024) | 93,736 [1] |  -3.4%",
        "From FY2023 to FY2024: -3.4%, (93,736 - 96,995) / 96,995 = -3.4%.",
        "From the filing's tagged data.",
    ]
    assert answer.figures is not None
    (series,) = answer.figures.chart
    assert [(p.period, p.value) for p in series.points] == [
        ("FY2023", Decimal(96995000000)),
        ("FY2024", Decimal(93736000000)),
    ]


def test_companies_are_compared_with_their_different_years_said() -> None:
    other = fact("29760000000", "$29,760", **NVIDIA)
    answer = answered(asked([other, fact()]))
    assert answer.text.splitlines() == [
        "| Company     | Row        |              Figure | Period                                    ",
        "  Apple Inc.  | Net income | $93,736 million [1] | FY2024 (52 weeks ended September 28, 2024)",
        "  NVIDIA CORP | Net income |     $29,760 million | FY2024 (52 weeks ended January 28, 2024)  ",
        "Apple Inc.: more by $63,976 million ($64.0 billion) (93,736 - 29,760 = 63,976).",
        "These periods do not end on the same day: NVIDIA CORP on January 28, 2024 and Apple Inc. on "
        "September 28, 2024.",
        "From the filing's tagged data.",
    ]  # fmt: skip


def test_a_restated_figure_is_told_with_its_source() -> None:
    again = replace(
        fact("93800000000", "$93,800"), filing_id="aapl-2023", source="old.htm", chunk_id="", row=-1
    )
    rounded = replace(again, value=Decimal(94000000000), decimals="-9")
    lookup = asked([fact()])
    cell = replace(lookup.cells[0], alternatives=(fact(), again, rounded))
    answer = answered(replace(lookup, cells=(cell,)))
    assert answer.text.splitlines()[1] == ("Restated: 10-K old.htm gave $93,800 million for FY2024.")
    assert answer.figures is not None
    assert [f.value for f in answer.figures.others] == [Decimal(93800000000)]


def test_nothing_is_stated_where_the_look_up_is_not_sure() -> None:
    other = fact("96000000000", "$96,000", concept="us-gaap:ProfitLoss", label="Profit")
    lookup = asked([fact()], sure=False, doubts=("two rows are called so",))
    lookup = replace(lookup, cells=(replace(lookup.cells[0], alternatives=(other,)),))
    assert fact_answer(lookup, chunk_of, lambda *_: ()) is None
    found = candidates(lookup)
    assert found is not None
    assert (found.sure, found.stated) == (False, ())
    assert doubtful(found) == (
        "the tagged data does not tell for sure which figure is meant (two rows are called so); it could be: "
        "Net income of Apple Inc. in fiscal year 2024 (52 weeks ended September 28, 2024): $93,736 million "
        "($93.7 billion) (NetIncomeLoss); Profit of Apple Inc. in fiscal year 2024 (52 weeks ended "
        "September 28, 2024): $96,000 million ($96.0 billion) (ProfitLoss)"
    )


def test_a_missing_figure_is_told_beside_those_that_are_there() -> None:
    answer = answered(asked([None, fact()]))
    assert answer.text.splitlines()[1] == "No tagged figure for measure 0, period 0."


def test_nothing_found_is_no_answer() -> None:
    lookup = asked([fact()])
    assert (
        fact_answer(replace(lookup, cells=(replace(lookup.cells[0], fact=None),)), chunk_of, lambda *_: ())
        is None
    )


def test_notes_are_said_once() -> None:
    text = answered(
        asked([fact()], notes=("no period named: the newest", "no period named: the newest"))
    ).text
    assert text.splitlines()[1:] == ["No period named: the newest.", "From the filing's tagged data."]


def test_figures_that_filings_count_otherwise_are_not_set_against_each_other() -> None:
    """A share split: the older filing tells 3.85 and 1.74, the newer one 0.17 for what was 1.74."""
    share: dict[str, object] = {"unit": "USD/shares", "scale": 0, "decimals": "2", "label": "Diluted EPS"}
    before = {
        "start": "2021-09-26",
        "end": "2022-09-24",
        "fiscal_year": 2022,
        "filing_id": "old",
        "source": "old.htm",
    }
    was = fact("3.85", "3.85", **share | before)
    old = fact("1.74", "1.74", **share | LAST_YEAR | {"filing_id": "old", "source": "old.htm"})
    new = fact("0.17", "0.17", **share | LAST_YEAR)
    lookup = asked([was, new, fact("0.30", "0.30", **share)], operation="trend")

    def siblings(found: Fact, filings: Sequence[str]) -> list[Fact]:
        assert (found.concept, filings) == ("us-gaap:NetIncomeLoss", ["aapl-2024", "old"])
        return [new, old, was]

    answer = fact_answer(lookup, chunk_of, siblings)
    assert answer is not None
    lines = answer.text.splitlines()
    assert [line.rpartition("| ")[2] for line in lines[2:5]] == ["      ", "   n/a", "+76.5%"]
    assert lines[5] == (
        "FY2023 and FY2022 are told by filings that differ on the same years (restated, or shares were "
        "split), so a change would say nothing."
    )
    assert not any(line.startswith("From FY2022") for line in lines)
    grown = fact_answer(replace(lookup, operation="growth"), chunk_of, siblings)
    assert grown is not None
    assert "went from $3.85 per share" in grown.text
