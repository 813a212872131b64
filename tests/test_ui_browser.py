"""The application in a real browser: asking, comparing, filings in and out, models, training.

One server and one workspace for the file; the tests run in order, each leaving what the next needs.
Screenshots of every tab go to RAG_APP_SCREENSHOTS where it is set.
"""

from __future__ import annotations

import csv
import os
import shutil
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import ModelError, UsageError
from rag_app.core.registry import (
    ModelRecord,
    activate_model,
    embedded_folder,
    fingerprint_folder,
    list_records,
    load_active,
    write_record,
)
from rag_app.samples import sample_filings

pytestmark = pytest.mark.browser

FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update "
    "--disable-sync --no-first-run"
).split()
MASCOT = (
    'The mascot of Hostile Widgets is <img src=x onerror="window.pwned=1"> drawn by $x^2$ and **bold** '
    "hands, ${7*7} times {{over}}, in every store."
)
LONG = 60_000  # milliseconds; the first question loads the model


def filing(name: str, *sentences: str) -> str:
    """A 10-K of an invented company, its sentences as text, never as markup."""
    from html import escape

    body = "".join(f"<p>{escape(s)}</p>" for s in sentences)
    return f"""<html xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"><body>
<div style="display:none"><ix:header><ix:hidden>
<ix:nonNumeric name="dei:EntityRegistrantName" contextRef="c">{escape(name)}</ix:nonNumeric>
<ix:nonNumeric name="dei:TradingSymbol" contextRef="c">HSTL</ix:nonNumeric>
<ix:nonNumeric name="dei:EntityCentralIndexKey" contextRef="c">0009999999</ix:nonNumeric>
<ix:nonNumeric name="dei:DocumentFiscalPeriodFocus" contextRef="c">FY</ix:nonNumeric>
<ix:nonNumeric name="dei:DocumentType" contextRef="c">10-K</ix:nonNumeric>
<ix:nonNumeric name="dei:DocumentFiscalYearFocus" contextRef="c">2024</ix:nonNumeric>
<ix:nonNumeric name="dei:DocumentPeriodEndDate" contextRef="c">2024-12-31</ix:nonNumeric>
</ix:hidden></ix:header></div><p><b>Item 1. Business</b></p>{body}</body></html>"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def nudged_model(workspace: Workspace, model_id: str, strength: float) -> None:
    """Register a copy of the base model with one layer slightly changed, always the same way."""
    import numpy as np
    from safetensors.numpy import load_file, save_file

    folder = workspace.models / model_id
    shutil.copytree(embedded_folder(), folder)
    weights = load_file(folder / "model.safetensors")
    name = next(n for n in weights if n.endswith("encoder.layer.5.output.dense.weight"))
    noise = np.random.default_rng(0).standard_normal(weights[name].shape)
    weights[name] = (weights[name] * (1 + strength * noise)).astype(weights[name].dtype)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    figures = {
        str(d): {"ndcg@10": 0.5, "mrr@10": 0.4, "recall@10": 0.6, "accuracy@1": 0.3} for d in (384, 128)
    }
    better = {d: {k: v + 0.1 for k, v in f.items()} for d, f in figures.items()}
    write_record(
        folder,
        ModelRecord(
            model_id=model_id,
            created=f"2025-01-0{1 + len(list_records(workspace))}T10:00:00+00:00",
            base="base",
            base_fingerprint=fingerprint_folder(embedded_folder()),
            fingerprint=fingerprint_folder(folder),
            dimension=384,
            dims=(384, 128),
            pairs="pairs.csv",
            pairs_sha256="0" * 64,
            protocol="honest",
            split_seed=42,
            config={},
            before=figures,
            after=better,
            train_rows=900,
            test_queries=100,
            train_seconds=60.0,
            beats_baseline=True,
        ),
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Workspace]]:
    """The served application: one sample filing and a hostile one, both arms indexed."""
    try:
        embedded_folder()
    except ModelError as error:
        pytest.skip(str(error))
    from rag_app.indexing import build_index
    from rag_app.pipeline import ingest
    from ui.app import launch

    root = tmp_path_factory.mktemp("site")
    bad = root / "hostile-0008888888-25-000001.htm"
    bad.write_text(
        filing("Hostile <b>Widgets</b> Inc.", MASCOT, "Widgets are sold to schools and museums in Ohio.")
    )
    workspace, settings = Workspace(root / "ws").create(), Settings()
    ingest(workspace, [p for p in sample_filings() if p.stem == "bdqm-10q-fy2024q2"] + [bad])
    build_index(workspace, settings, "base")
    nudged_model(workspace, "tuned-one", 0.02)
    nudged_model(workspace, "tuned-two", 0.3)
    activate_model(workspace, "tuned-two")
    build_index(workspace, settings, "tuned", 128)
    port = free_port()
    told: list[str] = []
    app = launch(workspace, settings, port=port, on_ready=told.append, block=False)
    assert told == [f"http://127.0.0.1:{port}"]
    yield told[0], workspace
    app.close(verbose=False)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("RAG_APP_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not found:
        pytest.skip("no Chromium found; install one or name it in RAG_APP_CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, headless=True, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def page(browser: Any, site: tuple[str, Workspace]) -> Iterator[Any]:
    """One page for the file; what it asked from elsewhere, and any error of its scripts, is kept."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(20_000)
    opened.outside, opened.errors, opened.dialogs = [], [], []
    local = (site[0], "data:", "blob:")
    opened.on("request", lambda r: None if r.url.startswith(local) else opened.outside.append(r.url))
    opened.on("pageerror", lambda e: opened.errors.append(str(e)))
    opened.on("dialog", lambda d: (opened.dialogs.append(d.message), d.dismiss()))
    opened.goto(site[0])
    opened.wait_for_selector(".served")
    yield opened


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("RAG_APP_SCREENSHOTS") or tmp_path_factory.mktemp("shots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def ask(page: Any, question: str, arm: str | None = None) -> Any:
    """Ask and wait for the finished answer, as a locator."""
    page.get_by_role("tab", name="Chat").click()
    if arm:
        page.locator("#arm").get_by_text(arm, exact=True).click()
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    turn = page.locator("#answer .turn", has=page.locator("h3", has_text=question))
    columns = 2 if page.locator("#arm input:checked").input_value() == "Side by side" else 1
    turn.locator(".facts").nth(columns - 1).wait_for(timeout=LONG)
    return turn


def tab(page: Any, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def choose(page: Any, box: str, option: str) -> None:
    """Pick an option of a dropdown by its text."""
    page.locator(f"#{box} input").click()
    page.get_by_role("option", name=option).first.click()


def test_an_answer_cites_the_right_passage(page: Any) -> None:
    turn = ask(page, "How badly did fruit sales suffer right after the melon recall?", "Base")
    quote = (
        "Sales of cut fruit in the four weeks after the recall were 37% below those of the same weeks of "
        "last year."
    )
    assert quote in turn.locator(".text").inner_text()
    card = turn.locator(".card.cited", has_text="37% below")
    assert card.locator(".passage mark").first.inner_text() == quote
    where = card.locator(".where").inner_text()
    for part in ("Brindlemoor Grocers, Inc. (BDQM)", "10-Q", "Q2 FY2024", "Item 1A"):
        assert part in where
    assert "other passages retrieved" in turn.inner_text()


def test_table_rows_are_shown_as_a_table(page: Any) -> None:
    turn = ask(page, "What were total assets of Brindlemoor?", "Base")
    row = turn.locator(".card.cited .passage > .scroll tr.hit", has_text="Total assets").first
    assert row.locator("td").all_inner_texts() == ["$1,855", "$1,834"]
    heads = row.locator("xpath=ancestor::table").locator("thead th").all_inner_texts()
    assert heads == ["", "July 27, 2024", "January 27, 2024"]


def test_side_by_side_shows_both_and_what_moved(page: Any, shots: Path) -> None:
    turn = ask(page, "What held back Brindlemoor's operating income in July 2024?", "Side by side")
    assert turn.locator(".arm-name").all_inner_texts() == ["Base", "Tuned"]
    assert "128-d" in turn.locator(".answer").nth(1).locator(".arm").inner_text()
    assert "overlap@10" in turn.locator(".diff-head").inner_text()
    assert turn.locator(".diff .chip").count() >= 10
    turn.locator(".diff summary").click()
    assert turn.locator(".ranks tbody tr").count() >= 10
    turn.locator(".diff summary").click()
    page.screenshot(path=shots / "chat.png")


def test_hostile_filing_text_stays_text(page: Any) -> None:
    turn = ask(page, "What is the mascot of Hostile Widgets <u>inc</u>?", "Base")
    assert MASCOT in turn.locator(".text").inner_text()
    assert MASCOT in turn.locator(".card.cited").first.inner_text()
    assert "Hostile <b>Widgets</b> Inc." in turn.locator(".where").first.inner_text()
    tab(page, "Filings")
    page.locator("#filings", has_text="Hostile <b>Widgets</b> Inc.").wait_for()
    assert page.locator("#answer img, #answer u, #filings b b, .katex").count() == 0
    assert page.evaluate("window.pwned") is None
    assert page.dialogs == []


def test_an_unanswerable_question_is_refused(page: Any) -> None:
    turn = ask(page, "How many cars did Volkswagen sell?", "Base")
    assert "Not in these filings" in turn.locator(".refusal").inner_text()
    assert "Volkswagen" in turn.locator(".refusal").inner_text()
    assert turn.locator(".card.cited").count() == 0


def test_a_wrong_llm_is_one_readable_line(page: Any) -> None:
    tab(page, "Chat")
    page.get_by_role("button", name="Retrieval and wording").click()
    page.fill("#llm input, #llm textarea", "nonsense:x")
    page.fill("#question textarea", "What are the risks?")
    page.keyboard.press("Enter")
    told = page.locator("#answer .notice.error")
    told.wait_for()
    assert "expected extractive, ollama:NAME" in told.inner_text()
    assert "Traceback" not in page.content()
    page.fill("#llm input, #llm textarea", "extractive")
    page.get_by_role("button", name="Retrieval and wording").click()


def test_a_badge_leads_to_its_passage_and_the_passage_to_edgar(page: Any) -> None:
    turn = ask(page, "Who are widgets sold to?", "Base")
    card = turn.locator(".card.cited", has_text="sold to schools").first
    turn.locator(".text a.num").first.click()
    assert page.evaluate("location.hash.slice(1)") == card.get_attribute("id")
    link = card.locator("a.edgar").first
    url = "https://www.sec.gov/Archives/edgar/data/9999999/000888888825000001/0008888888-25-000001-index.htm"
    assert (link.get_attribute("href"), link.get_attribute("target")) == (url, "_blank")
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert turn.locator("mark", has_text="Widgets are sold to schools and museums in Ohio.").count() > 0


def test_each_filter_read_is_pressed_away_alone(page: Any) -> None:
    ask(page, "Compare what HSTL and BDQM sold in fiscal 2024", "Base")
    chips = page.locator("#read button:visible")
    page.locator("#read button", has_text="FY2024").wait_for()
    assert chips.all_inner_texts() == ["HSTL ×", "BDQM ×", "FY2024 ×"]
    chips.nth(0).click()
    page.locator("#read button:visible", has_text="HSTL").wait_for(state="hidden", timeout=LONG)
    page.locator("#answer .facts").wait_for(timeout=LONG)
    assert chips.all_inner_texts() == ["BDQM ×", "FY2024 ×"]
    assert all("BDQM" in where for where in page.locator("#answer .where").all_text_contents())


def test_only_a_period(page: Any) -> None:
    tab(page, "Chat")
    choose(page, "period", "Q2")
    turn = ask(page, "What are the widgets?", "Base")
    where = turn.locator(".where").all_text_contents()
    assert where and all("Q2 FY2024" in one for one in where)
    page.locator("#period input").press("Backspace")
    turn = ask(page, "What are widgets?", "Base")
    assert any("HSTL" in one for one in turn.locator(".where").all_text_contents())


def test_filters_keep_to_the_company(page: Any) -> None:
    tab(page, "Chat")
    choose(page, "company", "Hostile")
    page.keyboard.press("Escape")
    turn = ask(page, "What is sold in stores?", "Base")
    turn.locator(".others summary, .card").first.wait_for()
    assert set(turn.locator(".where b").all_inner_texts()) <= {"Hostile <b>Widgets</b> Inc. (HSTL)", ""}
    page.locator("#company button, #company .token-remove").first.click()


def test_uploads_go_in_and_a_bad_file_is_named(page: Any, tmp_path: Path, shots: Path) -> None:
    tab(page, "Filings")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 not a pdf at all")
    (tmp_path / "kelp.htm").write_text(
        filing(
            "Kelp Harbor Inc.",
            "Kelp Harbor farms sugar kelp on 412 acres of leased seabed off the coast of Maine.",
            "The company employs 96 people in three towns.",
        )
    )
    files = [str(tmp_path / "kelp.htm"), str(tmp_path / "broken.pdf")]
    page.set_input_files("#upload input[type=file]", files)
    messages = page.locator("#filings-messages")
    messages.locator(".notice.good", has_text="1 added").wait_for()
    assert "kelp.htm" in messages.locator(".notice.good").inner_text()
    assert messages.locator(".notice.error").inner_text().startswith("broken.pdf")
    page.locator("#filings", has_text="Kelp Harbor Inc.").wait_for()
    page.locator("#index-status", has_text="out of date").wait_for()
    page.locator(".served", has_text="index out of date").wait_for()
    page.screenshot(path=shots / "filings.png", full_page=True)


def test_a_rebuilt_index_is_served_without_a_restart(page: Any) -> None:
    turn = ask(page, "How many acres of seabed does Kelp Harbor lease?", "Base")
    assert "Kelp" in turn.locator(".refusal").inner_text()
    tab(page, "Filings")
    choose(page, "index-model", "base")
    choose(page, "index-dim", "128")
    page.click("#rebuild")
    page.locator("#index-progress .notice.good", has_text="128-d").wait_for(timeout=LONG)
    turn = ask(page, "On how many acres of leased seabed does Kelp Harbor farm sugar kelp off Maine?")
    assert "412 acres" in turn.locator(".text").inner_text()
    assert "128-d" in turn.locator(".arm").inner_text()


def test_remove_asks_first(page: Any, site: tuple[str, Workspace]) -> None:
    tab(page, "Filings")
    page.click("#remove")
    page.locator("#filings-messages", has_text="Choose the filings").wait_for()
    choose(page, "chosen", "Kelp")
    page.keyboard.press("Escape")
    page.click("#remove")
    page.locator("#filings-messages", has_text="Remove 1 filing from").wait_for()
    assert page.locator("#filings", has_text="Kelp").count() == 1
    page.click("#remove-yes")
    page.locator("#filings-messages", has_text="Removed kelp.htm").wait_for()
    page.locator("#filings:not(:has-text('Kelp'))").wait_for()
    assert not list((site[1].filings).glob("kelp*"))


def dimension_row(page: Any, key: str) -> Any:
    """The row of one dimension in the Filings tab, by what its button is for; or the one that is served."""
    return page.locator("#index-dims tbody tr", has=page.locator(f"b:text-is('{key}-d')")).first


def switch(page: Any, key: str) -> None:
    """Switch the base index, and wait until page and header show it."""
    page.locator("#index-dims").get_by_role("button", name=f"Switch to {key}-d", exact=True).click()
    dimension_row(page, key).locator(".badge", has_text="serves base").wait_for(timeout=LONG)
    page.locator(".served", has_text=f"Base all-MiniLM-L6-v2 {key}-d").wait_for()


def test_dimensions_are_measured_switched_and_rolled_back(
    page: Any, site: tuple[str, Workspace], shots: Path
) -> None:
    tab(page, "Filings")
    choose(page, "index-model", "base")
    assert dimension_row(page, "64").locator("td").all_inner_texts()[1:] == [
        "Switch not built yet",
        "–",
        "–",
        "–",
    ]
    page.click("#index-measure")
    page.locator("#index-cancel:not([disabled])").click()
    page.locator("#index-progress .notice.warning", has_text="stopped").wait_for(timeout=LONG)
    assert not list(site[1].runs.glob("dimensions-*"))
    page.locator("#index-measure:not([disabled])").click()
    page.locator("#index-progress .notice.good", has_text="Measured 6 dimensions of base").wait_for(
        timeout=120_000
    )
    page.locator("#index-dims svg").wait_for()
    cells = [row.split("\t") for row in page.locator("#index-dims tbody tr").all_inner_texts()]
    assert [row[0] for row in cells] == [
        "384-d", "256-d turned", "128-d turned", "128-d turned, rescored", "64-d turned",
        "64-d turned, rescored",
    ]  # fmt: skip
    assert [row[1] for row in cells] == ["Switch built"] * 6
    assert cells[0][2].endswith(" 100%")
    assert all(float(part) > 0 for row in cells for cell in row[2:] for part in cell.rstrip("%").split())
    switch(page, "256")
    switch(page, "64")
    page.screenshot(path=shots / "dimensions.png", full_page=True)
    turn = ask(page, "How badly did fruit sales suffer right after the melon recall?", "Base")
    assert "64-d" in turn.locator(".arm").inner_text()
    assert "37% below" in turn.locator(".text").inner_text()
    tab(page, "Filings")
    page.locator("#index-back:not([disabled])").click()
    page.locator("#index-progress .notice.good", has_text="Rolled back: base serves 256-d again").wait_for()
    dimension_row(page, "256").locator(".badge", has_text="serves base").wait_for()
    turn = ask(page, "What were total assets of Brindlemoor?", "Base")
    assert "256-d" in turn.locator(".arm").inner_text()


def test_the_dimensions_of_the_tuned_model_stand_in_its_tab(page: Any) -> None:
    tab(page, "Models")
    rows = page.locator("#tuned-dims tbody tr")
    rows.first.wait_for()
    cells = [row.split("\t")[:2] for row in rows.all_inner_texts()]
    assert cells == [
        ["384-d", "Switch not built yet"],
        ["128-d", "serves tuned"],
        ["128-d rescored", "Switch not built yet"],
    ]
    page.set_viewport_size({"width": 390, "height": 800})
    for name in ("Filings", "Models"):
        tab(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.set_viewport_size({"width": 1280, "height": 900})


def test_models_are_activated_and_rolled_back(page: Any, site: tuple[str, Workspace], shots: Path) -> None:
    tab(page, "Models")
    models_table = page.locator("#registry")
    models_table.locator("tr", has_text="tuned-two").locator(".badge", has_text="active").wait_for()
    page.locator("#details svg").wait_for()
    page.screenshot(path=shots / "models.png", full_page=True)
    choose(page, "model", "tuned-one")
    page.click("#activate")
    models_table.locator("tr", has_text="tuned-one").locator(".badge", has_text="active").wait_for()
    assert load_active(site[1]).tuned == "tuned-one"
    page.click("#rollback")
    models_table.locator("tr", has_text="tuned-two").locator(".badge", has_text="active").wait_for()
    assert load_active(site[1]).tuned == "tuned-two"
    assert "Rolled back" in page.locator("#models-message").inner_text()


def give_pairs(page: Any, panel: str, file: Path) -> None:
    """Choose "A file" in a panel and upload it, once its box is there."""
    page.locator(f"#{panel}-source").get_by_text("A file").click()
    page.locator(f"#{panel}-file", has_text="Click to Upload").wait_for()
    page.set_input_files(f"#{panel}-file input[type=file]", str(file))
    page.locator(f"#{panel}-file a[download]").wait_for()  # there once the upload is complete


def pairs_file(folder: Path) -> Path:
    things = "pumps valves sails ropes lamps tiles wires seeds bolts hoses".split()
    towns = "Arlen Borth Cadiz Delph Esher".split()
    with (folder / "pairs.csv").open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["question", "context", "ticker"])
        for n, town in enumerate(towns):
            for i, thing in enumerate(things):
                answer = f"The {town} plant made {17 * n + i} thousand {thing} in the year."
                rows.writerow([f"How many {thing} did {town} make?", answer, town.upper()])
    return folder / "pairs.csv"


def test_fine_tuning_shows_progress_and_registers_a_model(
    page: Any, site: tuple[str, Workspace], tmp_path: Path, shots: Path
) -> None:
    tab(page, "Models")
    before = {r.model_id for r in list_records(site[1])}
    give_pairs(page, "train", pairs_file(tmp_path))
    choose(page, "epochs", "2")
    page.click("#train-start")
    page.locator("#train-status .progress").wait_for()
    page.locator("#train-status .notice.good, #train-status .notice.warning").wait_for(timeout=120_000)
    (made,) = {r.model_id for r in list_records(site[1])} - before
    page.locator("#registry tr", has_text=made).wait_for()
    assert page.locator("#train-curve svg polyline").count() >= 1
    assert "nDCG@10" in page.locator("#train-status").inner_text()
    page.screenshot(path=shots / "trained.png", full_page=True)


def test_training_survives_a_reload_and_can_be_cancelled(page: Any, site: tuple[str, Workspace]) -> None:
    before = len(list_records(site[1]))
    choose(page, "epochs", "10")
    page.locator("#train-start:not([disabled])").click()
    page.locator("#train-status .progress").wait_for()
    page.reload()
    page.wait_for_selector(".served")
    tab(page, "Models")
    page.locator("#train-status .progress").wait_for()
    page.click("#train-cancel")
    page.locator("#train-status .notice.warning", has_text="stopped").wait_for(timeout=LONG)
    assert len(list_records(site[1])) == before
    page.locator("#train-start:not([disabled])").wait_for()


def test_evaluation_shows_figures_by_dimension(page: Any, tmp_path: Path) -> None:
    tab(page, "Models")
    give_pairs(page, "eval", pairs_file(tmp_path))
    page.click("#eval-start")
    page.locator("#eval-result table").wait_for(timeout=LONG)
    assert page.locator("#eval-result tbody tr td:first-child").all_inner_texts() == [
        "384-d",
        "256-d",
        "128-d",
        "64-d",
    ]


def test_an_empty_workspace_says_what_to_do(browser: Any, tmp_path: Path) -> None:
    from ui.app import launch

    port = free_port()
    app = launch(Workspace(tmp_path / "new"), Settings(), port=port, block=False)
    try:
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}")
        page.locator("#hint", has_text="No filings yet").wait_for()
        assert page.locator("#arm").count() == 0
        page.fill("#question textarea", "What were net sales?")
        page.keyboard.press("Enter")
        page.locator("#answer", has_text="add filings and build the index on the Filings tab").wait_for()
        tab(page, "Filings")
        page.locator("#samples").wait_for()
        page.fill("#tickers input, #tickers textarea", "AAPL")
        page.click("#fetch")
        page.locator("#filings-messages", has_text="EDGAR wants to know who is asking").wait_for()
        tab(page, "Models")
        page.click("#train-start")
        page.locator("#train-status .notice.error", has_text="no filings to make pairs from").wait_for()
        page.close()
    finally:
        app.close(verbose=False)


def test_the_page_asked_nobody_else_and_broke_nothing(page: Any) -> None:
    assert page.outside == []
    assert page.errors == []
    assert page.dialogs == []


def test_the_server_fetches_nothing_for_a_visitor(site: tuple[str, Workspace]) -> None:
    for target in ("https://example.com/", "http://127.0.0.1:1/", "https:/example.com"):
        for route in ("file=", "file/"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(f"{site[0]}/gradio_api/{route}{target}", timeout=10)
            assert refused.value.code == 403
    with urllib.request.urlopen(site[0], timeout=10) as reply:
        assert "default-src 'self'" in reply.headers["content-security-policy"]


def test_a_taken_port_is_told_before_anything_starts(site: tuple[str, Workspace]) -> None:
    from ui.app import launch

    port = int(site[0].rpartition(":")[2])
    with pytest.raises(UsageError, match=f"port {port} is in use; pass --port N"):
        launch(site[1], Settings(), port=port)
