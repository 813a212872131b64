"""Tagged figures in the page: concepts on hover, one answer above two arms, charts, the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from tagged_facts import LAST_YEAR, answered, asked, fact
from tagged_filing import filing
from test_ui_browser import ask, browser, choose, free_port, nudged_model, tab  # noqa: F401

from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import ModelError
from rag_app.core.figures import Figures, Point, Series
from rag_app.core.registry import activate_model, embedded_folder
from rag_app.facts.answer import candidates
from ui import render
from ui.answer_text import answer_text
from ui.figures import charts
from ui.tabs.facts import PAGE, listing, matching

HOSTILE = "<img src=x onerror=alert(1)>"


class Seen(HTMLParser):
    """Every element of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def test_the_concept_is_told_when_the_pointer_is_on_the_figure() -> None:
    html = answer_text(answered(asked([fact()])), "a")
    told = "us-gaap:NetIncomeLoss · USD · 2023-10-01 to 2024-09-28 · Stands in [1]"
    assert f'<span class="tagged" title="{told}">$93,736 million</span>' in html
    assert '<a class="num" href="#a-1">1</a>' in html
    assert "unverified" not in html


def test_a_trend_is_drawn_as_a_table() -> None:
    old = fact("96995000000", "$96,995", **LAST_YEAR)
    html = answer_text(answered(asked([old, fact()], operation="trend")), "a")
    assert "<tr><th>Period</th><th class=n>Figure</th><th class=n>Change</th></tr>" in html
    last = html.split("<tr>")[-1]
    assert last.startswith("<td>FY2024 (52 weeks ended September 28, 2024)</td><td class=n><span")
    assert ">-3.4%</span></td></tr></table></div><p>From FY2023 to FY2024: " in last


def test_bars_of_an_answer_without_tagged_figures_stay_words() -> None:
    answer = replace(answered(asked([fact()])), text="| a | b\n  1 | 2", marks=(), figures=None)
    assert answer_text(answer, "a") == "<p>| a | b</p><p>  1 | 2</p>"


def test_hostile_labels_stay_text() -> None:
    bad = fact(
        label=HOSTILE, company=HOSTILE, section=HOSTILE, statement=HOSTILE, source=HOSTILE, concept=HOSTILE
    )
    old = replace(bad, start="2022-09-25", end="2023-09-30", fiscal_year=2023)
    answer = answered(asked([old, bad], operation="trend"))
    assert answer.figures is not None
    page = render.turn("q", [render.Column("Base", "", answer)])
    page += charts(answer.figures) + listing([bad], [bad], 0)
    assert not {"img", "script"} & set(Seen(page).tags)


def test_a_chart_has_a_bar_and_a_value_a_period() -> None:
    points = [
        Point("FY2022", Decimal(-5 * 10**9), "-$5 billion"),
        Point("FY2023", Decimal(10**10), "$10 billion"),
    ]
    html = charts(Figures("trend", (), chart=(Series("Net income", "USD", False, tuple(points)),)))
    assert re.findall(r'<text class="value tuned"[^>]*>([^<]*)<', html) == ["-5.00", "10.00"]
    assert 'aria-label="Net income, billion USD"' in html
    up, down = (
        re.search(rf'y="([\d.]+)" width="[\d.]+" height="([\d.]+)"><title>{t}', html)
        for t in ("FY2023", "FY2022")
    )
    assert up is not None
    assert down is not None
    assert float(up[1]) + float(up[2]) == pytest.approx(float(down[1]), abs=0.11)  # both stand on zero
    assert float(up[2]) == pytest.approx(2 * float(down[2]), rel=0.01)


def test_what_could_be_meant_is_listed_below_the_passages_answer() -> None:
    other = fact("96000000000", "$96,000", concept="us-gaap:ProfitLoss", label="Profit")
    lookup = asked([fact()], sure=False, doubts=("two rows are called so",))
    found = candidates(replace(lookup, cells=(replace(lookup.cells[0], alternatives=(other,)),)))
    answer = replace(answered(asked([fact()])), text="Words.", marks=(), figures=found)
    html = render.turn("q", [render.Column("Base", "", answer)])
    assert "which figure is meant (two rows are called so). It could be:<ul>" in html
    assert re.findall(r'<li>.*?<span title="(.*?)">(.*?)</span></li>', html) == [
        ("us-gaap:NetIncomeLoss", "$93,736 million ($93.7 billion)"),
        ("us-gaap:ProfitLoss", "$96,000 million ($96.0 billion)"),
    ]


def test_one_period_is_no_chart() -> None:
    series = Series("x", "USD", False, (Point("FY2022", Decimal(1), "$1"),))
    assert charts(Figures("trend", (), chart=(series,))) == ""


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 3),
        ("net INCOME", 2),
        ("fy2024 income", 1),
        ("93,736", 2),
        ("nothing such", 0),
        ("NetIncomeLoss", 2),
    ],
)
def test_the_table_is_filtered_by_words(text: str, count: int) -> None:
    facts = [
        fact(),
        fact("96995000000", "96,995", **LAST_YEAR),
        fact(label="Sales", concept="us-gaap:Revenues", statement="x"),
    ]
    assert len(matching(facts, text)) == count


def test_the_table_is_shown_a_page_at_a_time() -> None:
    facts = [fact(order=i, label=f"Row {i}") for i in range(2 * PAGE + 5)]
    html = listing(facts, facts, 2)
    assert f"201-{2 * PAGE + 5} of 205 figures" in html
    assert len(re.findall(r"<tr>", html)) == 1 + 5
    assert "of 1 figure (205 in all)" in listing(facts, facts[:1], 0)
    assert "No tagged figures in this filing" in listing([], [], 0)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The served application over one tagged filing, both arms indexed."""
    try:
        embedded_folder()
    except ModelError as error:
        pytest.skip(str(error))
    from rag_app.indexing import build_index
    from rag_app.pipeline import ingest
    from ui.app import launch

    root = tmp_path_factory.mktemp("tagged")
    path = root / "zq.htm"
    path.write_text(filing())
    workspace, settings = Workspace(root / "ws").create(), Settings()
    ingest(workspace, [path])
    build_index(workspace, settings, "base")
    nudged_model(workspace, "tuned-one", 0.02)
    activate_model(workspace, "tuned-one")
    build_index(workspace, settings, "tuned", 128)
    told: list[str] = []
    app = launch(workspace, settings, port=free_port(), on_ready=told.append, block=False)
    yield told[0]
    app.close(verbose=False)


@pytest.fixture(scope="module")
def page(browser: Any, site: str) -> Iterator[Any]:  # noqa: F811
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(20_000)
    opened.errors = []
    opened.on("pageerror", lambda e: opened.errors.append(str(e)))
    opened.goto(site)
    opened.wait_for_selector(".served")
    yield opened


@pytest.mark.browser
def test_one_arm_answers_from_tagged_data_and_says_so(page: Any) -> None:
    turn = ask(page, "What was Zqorvane's net income in fiscal 2024?", "Base")
    assert "$93,736 million ($93.7 billion)" in turn.locator(".text").inner_text()
    assert "tagged data" in turn.locator(".facts").inner_text()
    figure = turn.locator(".text .tagged").first
    assert "us-gaap:NetIncomeLoss" in figure.get_attribute("title")
    row = turn.locator(".card.cited tr.hit").first
    assert row.locator("th").inner_text() == "Net income"
    assert "unverified" not in turn.inner_text()


@pytest.mark.browser
def test_two_arms_share_one_answer_and_show_their_own(page: Any) -> None:
    turn = ask(page, "How have Zqorvane's net sales developed over the last two years?", "Side by side")
    shared = turn.locator(".shared")
    assert shared.count() == 1
    assert "both arms share it" in shared.inner_text()
    assert shared.locator("table.figures tr").count() == 3
    assert shared.locator("figure.chart rect").count() == 2
    assert turn.locator(".columns .answer .text").count() == 2
    assert "tagged data" not in turn.locator(".columns").inner_text()
    assert turn.locator(".diff").count() == 1


@pytest.mark.browser
def test_the_figures_of_a_filing_can_be_browsed(page: Any) -> None:
    tab(page, "Filings")
    choose(page, "facts-filing", "Zqorvane")
    rows = page.locator("#facts-table tbody tr")
    rows.first.wait_for()
    assert rows.count() == 6
    page.fill("#facts-filter input, #facts-filter textarea", "net income 2024")
    page.keyboard.press("Enter")
    page.locator("#facts-table", has_text="1-1 of 1 figure").wait_for()
    assert rows.first.locator("td").all_inner_texts()[1:3] == [
        "$93,736 million",
        "52 weeks ended September 28, 2024\nfiscal year 2024",
    ]
    page.set_viewport_size({"width": 390, "height": 800})
    for name in ("Filings", "Chat"):
        tab(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.errors == []
