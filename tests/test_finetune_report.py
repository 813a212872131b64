"""finetune.evaluation.report: the sentences say what the figures say."""

from __future__ import annotations

import pytest

from finetune.evaluation.compare import comparison, small_against_full
from finetune.evaluation.evaluate import Evaluation
from finetune.evaluation.plots import curve_figure, dimension_figure
from finetune.evaluation.report import code, table
from rag_app.core.metrics import Scores


def evaluation(full: list[float], small: list[float]) -> Evaluation:
    def mean(values: list[float]) -> Scores:
        return Scores(sum(values) / len(values), 0.5, 0.5, 0.5)

    return Evaluation(
        "m",
        "honest",
        len(full),
        9,
        {384: mean(full), 128: mean(small)},
        {384: tuple(full), 128: tuple(small)},
    )


BASE = evaluation([0.0, 0.5] * 20, [0.0, 0.4] * 20)


def test_a_sure_gain() -> None:
    tuned = evaluation([1.0, 0.5] * 20, [0.5, 0.5] * 20)
    found = comparison(BASE, tuned)
    assert found["headline"].startswith("nDCG@10 0.250 → 0.750 at 384 dimensions (+0.500; 95% interval +")
    assert "which excludes zero" in found["headline"]
    assert found["small_against_full"] == "tuned 128-d vs base full width (384-d): +100.0%"
    assert found["gain"]["384"]["wins"] == 20
    assert found["gain"]["384"]["ties"] == 20
    assert found["gain"]["384"]["includes_zero"] is False
    assert found["before"] == BASE.as_dict()


def test_no_gain_is_said_plainly() -> None:
    found = comparison(BASE, BASE)
    assert "includes zero: this may be chance" in found["headline"]


def test_small_against_full_needs_the_dimension() -> None:
    assert small_against_full(BASE, BASE, 64) is None
    assert small_against_full(BASE, BASE) == "tuned 128-d vs base full width (384-d): -20.0%"


@pytest.mark.parametrize("curve", [(), ({"step": 1.0, "loss": 2.0}, {"step": 1.0, "ndcg": 0.5})])
def test_pictures_have_titles_and_labels(curve: tuple[dict[str, float], ...]) -> None:
    axes = dimension_figure(BASE, BASE).axes[0]
    assert axes.get_ylabel() == "nDCG@10"
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["base", "tuned"]
    figure = curve_figure(curve)
    assert figure.axes[0].get_ylabel() == "training loss"
    assert len(figure.axes) == 1 + bool(curve)


def test_names_of_unknown_origin_stay_in_their_cell() -> None:
    assert table(["company"], [["A|B <img src=x>\n| c"], [0.25]]) == (
        "| company |\n|---|\n| A\\|B &lt;img src=x&gt; \\| c |\n| 0.250 |"
    )
    assert code("a`b``c\n d") == "`abc d`"
