"""What the page shows: hostile text stays text, tables become tables, quotes are marked exactly."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from conftest import make_chunk

from rag_app.compare import difference
from rag_app.core.edgar import filing_url
from rag_app.core.errors import UsageError
from rag_app.core.types import Answer, Chunk, Citation, Hit, Progress, Reading
from ui import render
from ui.cards import card
from ui.tabs import charts, widgets
from ui.tabs.jobs import Job, Jobs
from ui.tabs.passages import Grid, excerpt, full_text, parse

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</div><script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "$x^2$ and \\(y\\) and $$z$$",
    "**bold** [link](javascript:alert(1)) `code` # head",
    "${7*7} {{constructor}} {{#each value}}",
    "' onmouseover='alert(1)",
]
TABLE = (
    "Products and Services Performance\n"
    "The following table shows net sales by category (dollars in millions):\n"
    "|  | 2024 | 2023\n"
    "Products:\n"
    "iPhone | (1) | $201,183 | $200,583\n"
    "Mac |  | 29,984 | 29,357\n"
    " |  | 231,167 | 229,940\n"
    "Total net sales |  | $391,035 | $383,285"
)


class Seen(HTMLParser):
    """Every element and attribute of a page, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def answered(question: str, text: str, **more: object) -> Answer:
    chunk = make_chunk(0, text, heading=text, item=text, unit=text)
    meta = replace(chunk.meta, company=text, ticker=text, form=text, cik=text, accession=text)
    hit = Hit(1, 0.9, replace(chunk, source=text, meta=meta), 0.5, 3.0)
    values: dict[str, object] = {"abstained": False, "answerer": text, "confidence": 0.5, "hits": (hit,)}
    values |= more
    return Answer(question, text, (Citation(1, hit, text),), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("abstained", [False, True])
def test_hostile_text_stays_text_everywhere(text: str, abstained: bool) -> None:
    answer = answered(text, text, abstained=abstained, note=text)
    change = difference(text, 10, answer.hits, ())
    column = render.Column("Base", text, answer, 0.1, 0.3, note=text)
    failed = render.Column("Tuned", text, error=text)
    page = render.turn(text, [column, failed], change) + render.earlier([(text, "")])
    seen = Seen(page)
    assert not {"img", "script", "svg", "a", "code"} & set(seen.tags)
    assert not {a for a in seen.attributes if a.startswith("on")}
    assert seen.attributes <= {"class", "title", "role", "colspan", "id"}
    assert text in seen.text  # word for word, nothing rendered or dropped


@pytest.mark.parametrize("text", HOSTILE)
def test_widgets_escape(text: str) -> None:
    job = Job(text, step=Progress("train", 1, 2, text), error="")
    page = widgets.progress(job) + widgets.table([text], [[text]]) + widgets.empty(text, text)
    page += render.notice("error", text) + charts.by_dimension([(text, "base", {"64": {"ndcg@10": 0.5}})])
    seen = Seen(page)
    assert "img" not in seen.tags and "script" not in seen.tags
    assert not {a for a in seen.attributes if a.startswith("on")}
    assert seen.text.count(text) >= 5


def test_a_table_becomes_a_table() -> None:
    title, caption, grid = parse(TABLE)
    assert (title, caption) == tuple(TABLE.splitlines()[:2])
    assert isinstance(grid, Grid)
    assert grid.heads == ["", "2024", "2023"]
    assert [(r.label, r.cells) for r in grid.rows] == [
        ("Products:", []),
        ("iPhone", ["(1)", "$201,183", "$200,583"]),
        ("Mac", ["", "29,984", "29,357"]),
        ("", ["", "231,167", "229,940"]),
        ("Total net sales", ["", "$391,035", "$383,285"]),
    ]
    html = full_text(TABLE, [])
    assert html.count("<table>") == 1
    assert "<thead><tr><th></th><th></th><th>2024</th><th>2023</th></tr></thead>" in html
    assert '<tr class="section"><th colspan="4">Products:</th></tr>' in html
    assert "<tr><th>Mac</th><td></td><td>29,984</td><td>29,357</td></tr>" in html


def test_short_rows_are_padded_to_the_width() -> None:
    html = full_text("| 2024 | 2023\nOne | 1\nTwo | 1 | 2", [])
    assert "<tr><th>One</th><td>1</td><td></td></tr>" in html


def test_a_row_is_marked_and_only_that_row() -> None:
    html = full_text(TABLE, ["Total net sales |  | $391,035 | $383,285"])
    assert re.findall(r"<mark>(.*?)</mark>", html) == ["Total net sales", "$391,035", "$383,285"]


def test_a_sentence_is_marked_word_for_word() -> None:
    text = 'Sales rose 2%. R&D costs of "Project <X>" fell by $3 million. Margins were flat.'
    quote = 'R&D costs of "Project <X>" fell by $3 million.'
    html = full_text(text, [quote])
    assert "<mark>R&amp;D costs of &quot;Project &lt;X&gt;&quot; fell by $3 million.</mark>" in html
    assert html.count("<mark>") == 1


def test_overlapping_quotes_make_one_mark() -> None:
    html = full_text("one two three four", ["two three", "three four"])
    assert re.findall(r"<mark>(.*?)</mark>", html) == ["two three four"]


def test_lines_that_run_on_are_one_paragraph() -> None:
    assert parse("Net sales rose in the\nthird quarter of 2024.") == [
        "Net sales rose in the third quarter of 2024."
    ]


def test_an_excerpt_shows_the_quote_in_its_surroundings() -> None:
    quote = "The quoted sentence stands here."
    text = f"{'before ' * 80}{quote} {'after ' * 80}".strip()
    html = excerpt(text, [quote])
    assert f"<mark>{quote}</mark>" in html
    assert html.startswith('<div class="passage"><p>… before') and html.endswith(" …</p></div>")
    assert len(html) < len(text) / 1.5


def test_an_excerpt_of_a_table_keeps_heads_and_neighbours() -> None:
    rows = "\n".join(f"Row {i} | {i}" for i in range(30))
    html = excerpt(f"| 2024\n{rows}", ["Row 12 | 12"])
    assert re.findall(r"<th>(Row \d+|<mark>Row \d+</mark>)</th>", html) == [
        "Row 11",
        "<mark>Row 12</mark>",
        "Row 13",
    ]
    assert "<th>2024</th>" in html


def test_an_answer_lists_its_lines_and_badges_only_cited_numbers() -> None:
    hit = Hit(1, 0.9, make_chunk(0, "Sales rose. Costs fell."))
    answer = Answer(
        "q", "- Sales rose. [1]\n- See [7]. [1]", (Citation(1, hit, "Sales rose."),), False, "x", 0.5, (hit,)
    )
    html = render.turn("q", [render.Column("Base", "m", answer)])
    assert "<ul><li>Sales rose. BADGE</li><li>See [7]. BADGE</li></ul>" in re.sub(
        r'<a class="num" href="#[\w-]+">1</a>', "BADGE", html
    )
    assert html.count('class="card cited"') == 1
    # the badge leads to its own answer's card
    both = render.turn("q", [render.Column(name, "m", answer) for name in ("Base", "Tuned")])
    leads = re.findall(r'class="num" href="#([\w-]+)"', both)
    assert len(set(leads)) == 2
    assert re.findall(r'class="card cited" id="([\w-]+)"', both) == [leads[0], leads[2]]


FILED = {"cik": "0000320193", "accession": "0001193125-24-000123"}
ON_EDGAR = "https://www.sec.gov/Archives/edgar/data/320193/000119312524000123/0001193125-24-000123-index.htm"


def filed(position: int = 0, text: str = "Sales rose.", **more: object) -> Chunk:
    chunk = make_chunk(position, text)
    return replace(chunk, meta=replace(chunk.meta, **(FILED | more)))  # type: ignore[arg-type]


def test_a_citation_leads_to_the_filing_on_edgar() -> None:
    html = card(Hit(1, 0.9, filed()), 1, ["Sales rose."])
    (link,) = re.findall(r"<a [^>]*>", html)
    assert f'href="{ON_EDGAR}"' in link
    assert 'target="_blank" rel="noopener noreferrer"' in link


@pytest.mark.parametrize(
    "unknown",
    [
        {"cik": None},  # the accession's first digits may be an agent's
        {"accession": None},
        {"cik": "0000000000"},
        {"accession": '0001193125-24-000123"><script>'},
        {"accession": "../../x"},
        {"cik": "٣٢٠١٩٣"},
    ],
)
def test_no_link_is_guessed(unknown: dict[str, str | None]) -> None:
    assert filing_url(filed(**unknown).meta) is None
    assert "<a " not in card(Hit(1, 0.9, filed(**unknown)), 1, [])


def test_words_an_llm_has_from_a_neighbour_are_shown() -> None:
    found, near = filed(0, "Sales rose. Nothing else."), filed(1, "Costs fell in Ohio. So did rents.")
    read = Reading(Hit(1, 0.9, found), (found, near), frozenset({found.chunk_id}))
    shown, _, _ = card(read.hit, 1, ["Costs fell in Ohio."], read).partition("<details>")
    assert "<mark>Costs fell in Ohio.</mark>" in shown


def test_a_refusal_says_why_and_shows_what_was_nearest() -> None:
    hit = Hit(1, 0.2, make_chunk(0, "Sales rose."), 0.2)
    note = "no passage is near enough"
    answer = Answer("q", "Not in these filings.", (), True, "extractive", 0.2, (hit,), note)
    seen = Seen(render.turn("q", [render.Column("Base", "m", answer, threshold=0.3)])).text
    assert "Not in these filings." in seen and "No passage is near enough" in seen
    assert "best cosine 0.20, this model answers from 0.30" in seen
    assert "1 nearest passage" in seen


def test_the_difference_strip_counts_and_points() -> None:
    a, b, c, d = (make_chunk(i, f"passage {i}") for i in range(4))
    left = [Hit(1, 0.9, a), Hit(2, 0.8, b), Hit(3, 0.7, c)]
    right = [Hit(1, 0.9, c), Hit(2, 0.8, b), Hit(3, 0.7, d)]
    html = render.difference_strip(difference("q", 3, left, right))
    seen = Seen(html).text
    assert "overlap@3 67% (2 of 3 shared)" in seen
    assert "different first passage" in seen and "1 only base" in seen and "1 only tuned" in seen
    chips = re.findall(r'<span class="chip (\w+)" title="[^"]*">([^<]*)</span>', html)
    assert chips == [("up", "1 ▲2"), ("same", "2 ="), ("new", "3 new"), ("lost", "base 1 dropped")]
    rows = re.findall(r"<tr><td>(\S+)</td><td>(\S+)</td>", html)
    assert rows == [("3", "1"), ("2", "2"), ("–", "3"), ("1", "–")]


def test_a_chart_places_both_lines() -> None:
    base = {"384": {"ndcg@10": 0.6}, "64": {"ndcg@10": 0.5}}
    tuned = {"384": {"ndcg@10": 0.7}, "64": {"ndcg@10": 0.65}}
    svg = charts.by_dimension([("base", "base", base), ("tuned", "tuned", tuned)])
    assert re.findall(r'class="value \w+"[^>]*>([\d.]+)<', svg) == ["0.500", "0.600", "0.650", "0.700"]
    assert svg.count("<polyline") == 2


def test_a_job_tells_its_progress_its_error_and_that_it_was_cancelled() -> None:
    jobs = Jobs()

    def work(listen: object) -> str:
        for done in range(1, 1000):
            listen(Progress("train", done, 1000, values={"loss": 1 / done}))  # type: ignore[operator]
            time.sleep(0.01)
        return "never"

    job = jobs.start("train", "Fine-tuning", work)
    with pytest.raises(UsageError, match="Fine-tuning is still running"):
        jobs.start("train", "Fine-tuning", work)
    while not job.curve:
        time.sleep(0.01)
    assert "Training" in widgets.progress(job) and "of 1,000" in widgets.progress(job)
    job.cancel()
    assert [state.running for state in job.watch()][-1] is False
    assert job.cancelled and "stopped" in widgets.progress(job)

    def broken(_: object) -> None:
        raise KeyError("x")

    job = jobs.start("train", "Fine-tuning", broken)
    list(job.watch())
    assert job.error == "Fine-tuning failed: KeyError: 'x'"


def test_the_end_of_a_section_shows_as_an_empty_row() -> None:
    html = full_text("| 2024\nCurrent liabilities:\nTotal current | 1\n\nLong-term debt | 2", [])
    assert html.count("<tr>") + html.count("<tr ") == 5  # heads, label, row, gap, row
    assert html.count("<table>") == 1
