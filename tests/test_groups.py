"""finetune.evaluation.groups: kinds of questions by their first words, and the gain of each group."""

from __future__ import annotations

import pytest

from finetune.data.pairs import Pair
from finetune.evaluation.compare import clustered, comparison
from finetune.evaluation.evaluate import Evaluation
from finetune.evaluation.groups import FEWEST, KINDS, by_group, company_of, question_kind
from finetune.evaluation.plots import MOST_COMPANIES, group_figure
from finetune.evaluation.report import group_table
from rag_app.core.metrics import Scores
from ui.commands.models import gain_lines
from ui.tabs.judgement import _groups

EXAMPLES = {
    "figure": (
        "How much did Alpha spend on turbines in 2023?",
        "How many stores does Beta run?",
        "What was the percentage of loans that were past due?",
        "As of December 31, 2023, what was the total amount of deferred revenue?",
        "By what percentage did sales fall?",
        "What were Gamma's net sales in fiscal 2022?",
        "What is the effective tax rate for 2021?",
    ),
    "date": (
        "When was Delta founded?",
        "In what year did Epsilon go public?",
        "What is the maturity date of the notes?",
        "Until when does the lease run?",
        "Which fiscal year saw the merger?",
    ),
    "name": (
        "Who audits Zeta?",
        "Which segment earned most?",
        "In which country is the plant?",
        "What is the ticker symbol of Eta on the exchange?",
        "Where is Theta based?",
        "To whom does the treasurer report?",
    ),
    "explanation": (
        "Why did margins fall?",
        "How does Iota recognise revenue?",
        "What caused the decrease in net income?",
        "What were the reasons for the impairment?",
        "In 2023, how did Kappa finance its plants?",
    ),
    "definition": (
        "What is a covered bond?",
        "What does Lambda sell?",
        "Describe the pension plan.",
        "What does the line 'other assets' include?",
    ),
    "list": (
        "What are the main risks that Mu names?",
        "What services does Nu offer?",
        "List the subsidiaries of Xi.",
        "What are the three segments of Omicron?",
    ),
    "yes-no": (
        "Is Pi subject to the tax?",
        "Did Rho pay a dividend?",
        "In 2023, did Sigma buy back shares?",
        "Are there any open lawsuits?",
    ),
    "other": ("", "turbine sales 2023", "Tell me more."),
}


@pytest.mark.parametrize(("kind", "text"), [(k, t) for k, texts in EXAMPLES.items() for t in texts])
def test_kinds(kind: str, text: str) -> None:
    assert question_kind(text) == kind


def test_every_kind_has_examples() -> None:
    assert set(EXAMPLES) == set(KINDS)


def evaluation(scores: list[float]) -> Evaluation:
    mean = Scores(sum(scores) / len(scores), 0, 0, 0)
    return Evaluation("m", "honest", len(scores), 9, {8: mean}, {8: tuple(scores)})


BEFORE = evaluation([0.5, 0.5, 0.0, 1.0, 0.2])
AFTER = evaluation([1.0, 0.5, 0.0, 0.4, 0.2])
LABELS = ["A", "A", "B", "C", "B"]


def test_rows_are_sorted_by_gain_and_say_who_lost() -> None:
    rows = by_group(BEFORE, AFTER, LABELS, 8)
    assert [(r.label, r.queries, r.wins, r.losses, r.ties) for r in rows] == [
        ("A", 2, 1, 0, 1), ("B", 2, 0, 0, 2), ("C", 1, 0, 1, 0),
    ]  # fmt: skip
    assert [(r.base, r.tuned, r.gain) for r in rows] == [
        (0.5, 0.75, 0.25), (0.1, 0.1, 0.0), (1.0, 0.4, pytest.approx(-0.6)),
    ]  # fmt: skip
    assert {(r.low, r.high, r.includes_zero) for r in rows} == {(None, None, None)}
    with pytest.raises(ValueError, match="a label a question expected, got 1 for 5"):
        by_group(BEFORE, AFTER, ["A"], 8)


def test_fewer_than_five_questions_have_no_interval() -> None:
    before, after = evaluation([0.0] * (2 * FEWEST - 1)), evaluation([0.5] * (2 * FEWEST - 1))
    labels = ["many"] * FEWEST + ["few"] * (FEWEST - 1)
    few, many = (r.as_dict() for r in by_group(before, after, labels, 8))
    assert (FEWEST, few["queries"], many["queries"]) == (5, 4, 5)
    assert (few["low"], few["high"], few["includes_zero"], few["wins"]) == (None, None, None, 4)
    assert (many["low"], many["high"], many["includes_zero"]) == (0.5, 0.5, False)
    lines = group_table([few, many], "company").split("\n")
    assert lines[2:] == [
        "| few | 4 | 0.000 | 0.500 | +0.500 | too few | 4/0/0 |",
        "| many | 5 | 0.000 | 0.500 | +0.500 | +0.500 to +0.500 | 5/0/0 |",
    ]
    page = _groups("company", [few, many], "8")
    assert (
        page.count("too few")
        == page.count('<b class="same">+0.500')
        == page.count('<b class="up">+0.500')
        == 1
    )
    text = gain_lines({"few": few, "many": many})
    assert text[0].endswith("+0.5000") and "[+0.5000, +0.5000]  won 5, lost 0, tied 0" in text[1]
    assert len(group_figure([few, many], 8).axes[0].patches) == 2


def pairs(tickers: list[str | None]) -> list[Pair]:
    return [
        Pair(q, "x", t) for q, t in zip(["Who?", "Why?", "When?", "Is it?", "Who?"], tickers, strict=True)
    ]


def test_a_comparison_has_companies_kinds_and_both_intervals() -> None:
    found = comparison(BEFORE, AFTER, pairs(["A", "A", "B", "C", "B"]))
    assert [r["label"] for r in found["by_company"]] == ["A", "B", "C"]
    assert {r["label"]: r["queries"] for r in found["by_kind"]} == {
        "name": 2, "explanation": 1, "date": 1, "yes-no": 1,
    }  # fmt: skip
    assert found["by_companies"]["8"]["gain"] == found["gain"]["8"]["gain"] == pytest.approx(-0.02)
    assert "over 3 companies, which includes zero" in found["headline_companies"]
    assert found["headline_companies"].endswith("so few companies make it rough.")
    assert "over 5 questions, which includes zero" in found["headline"]


def test_no_company_no_interval_over_companies() -> None:
    found = comparison(BEFORE, AFTER, pairs([None] * 5))
    assert (found["by_company"], found["by_companies"], found["headline_companies"]) == ([], {}, None)
    assert len(found["by_kind"]) == 4
    assert clustered(BEFORE, AFTER, pairs(["A", None, "B", "C", "B"])) == {}
    written = ((None, "f.htm"), (" ", " F.HTM"), ("ab", "f"), (" AB ", None))
    assert [company_of(Pair("q", "c", *names)) for names in written] == ["f.htm", "f.htm", "AB", "AB"]


def test_the_picture_has_one_bar_a_company() -> None:
    rows = [r.as_dict() for r in by_group(BEFORE, AFTER, LABELS, 8)]
    axes = group_figure(rows, 8).axes[0]
    assert [bar.get_width() for bar in axes.patches] == [0.25, 0.0, pytest.approx(-0.6)]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["A (2)", "B (2)", "C (1)"]
    many = [rows[0] | {"label": str(i)} for i in range(MOST_COMPANIES + 7)]
    axes = group_figure(many, 8).axes[0]
    assert len(axes.patches) == MOST_COMPANIES
    assert "7 in the middle left out" in axes.get_title()
