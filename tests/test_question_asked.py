"""What is read from a question, in the commands and in the chat: told, searched with, pressed away."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import make_chunk

from rag_app.arms import Arm
from rag_app.core.config import Settings, Workspace
from rag_app.core.types import Filters
from rag_app.question.catalog import Catalog
from rag_app.question.read import Read
from ui.cli import cli
from ui.tabs import chat
from ui.tabs.context import Context
from ui.tabs.reading import Chips, Dropped, chips_of, drawn


class OneArm:
    """Gives the same arm whatever is asked for."""

    def __init__(self, arm: Arm) -> None:
        self.arm = arm

    def get(self, *_: object) -> Arm:
        return self.arm


def run(arm: Arm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *words: str) -> Any:
    monkeypatch.setattr("rag_app.arms.Arms", lambda *_: OneArm(arm))
    done = CliRunner().invoke(cli, [*words, "--workspace", str(tmp_path / "ws")])
    assert done.exit_code == 0, done.stderr
    return done


TOLD = "filters from the question: ZZB, FY2023 (--no-auto-filters asks everything)\n"


def test_retrieve_keeps_to_what_the_question_names(
    arm: Arm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = "Why did Zzb close stores in FY2023?"
    done = run(arm, monkeypatch, tmp_path, "retrieve", asked, "--json")
    found = json.loads(done.stdout)
    assert [h["chunk_id"] for h in found["hits"]] == ["zzb-2023/0/1"]
    assert (found["question"], found["model"], found["mode"]) == (asked, "base", "fused")
    assert (found["filters"]["tickers"], found["filters"]["fiscal_years"]) == (["ZZB"], [2023])
    assert [n["meaning"] for n in found["named"]] == ["ZZB", "FY2023"]
    assert TOLD in done.stderr
    done = run(arm, monkeypatch, tmp_path, "retrieve", asked, "--json", "--no-auto-filters")
    found = json.loads(done.stdout)
    assert (len(found["hits"]), found["named"], any(found["filters"].values())) == (6, [], False)
    assert "filters from" not in done.stderr
    done = run(arm, monkeypatch, tmp_path, "retrieve", asked, "--json", "--ticker", "zza")
    assert {h["ticker"] for h in json.loads(done.stdout)["hits"]} == {"ZZA"}
    done = run(arm, monkeypatch, tmp_path, "retrieve", "stores", "--json", "--period", "q2")
    found = json.loads(done.stdout)
    assert (found["hits"], found["filters"]["fiscal_periods"]) == ([], ["Q2"])


def test_ask_tells_what_it_read(arm: Arm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    done = run(arm, monkeypatch, tmp_path, "ask", "Why did Zzb close stores in FY2023?", "--json")
    answer = json.loads(done.stdout)
    assert answer["filters"] == {
        "tickers": ["ZZB"],
        "forms": [],
        "fiscal_years": [2023],
        "filing_ids": [],
        "fiscal_periods": [],
    }
    assert [(n["text"], n["meaning"]) for n in answer["named"]] == [("Zzb", "ZZB"), ("FY2023", "FY2023")]
    assert done.stderr.startswith(TOLD)
    done = run(arm, monkeypatch, tmp_path, "ask", "What were net sales and margins?")
    assert "note: the question names no company; these passages are of ZZA, ZZB (--ticker ZZA" in done.stderr


@pytest.fixture
def context(workspace: Workspace, arm: Arm) -> Context:
    return Context(workspace, Settings(), OneArm(arm))  # type: ignore[arg-type]


def last(context: Context, question: str, turns: Sequence[Any] = (), dropped: Dropped = frozenset()) -> Any:
    choices = ("Base", "fused", 6, [], [], [], [], "", list(turns), dropped)
    return list(chat._ask(context, question, *choices))[-1]


def shown(chips: Chips) -> list[tuple[str, str]]:
    return [(chip.field, chip.label) for chip in chips.filters]


def test_chat_filters_can_be_pressed_away(context: Context) -> None:
    state = last(context, "Why did Zzb close stores in FY2023?")
    chips = state[-1]
    assert shown(chips) == [("tickers", "ZZB"), ("fiscal_years", "FY2023")]
    assert "Zza Corp" not in state[1]
    assert '<span class="chip">FY2023</span>' in state[3][-1].html
    wider = last(context, chips.question, dropped=chips.without(0))[-1]
    assert (shown(wider), wider.dropped) == ([("fiscal_years", "FY2023")], {("tickers", "ZZB")})
    both = last(context, chips.question, dropped=wider.without(0))
    assert shown(both[-1]) == []
    assert "Zza Corp" in both[1]


def test_each_company_and_year_is_pressed_away_alone(context: Context) -> None:
    state = last(context, "Compare the net sales of ZZA and ZZB in FY2023 and FY2024")
    chips = state[-1]
    assert shown(chips) == [
        ("tickers", "ZZA"),
        ("tickers", "ZZB"),
        ("fiscal_years", "FY2023"),
        ("fiscal_years", "FY2024"),
    ]
    fewer = last(context, chips.question, dropped=chips.without(1))
    assert shown(fewer[-1]) == [
        ("tickers", "ZZA"),
        ("fiscal_years", "FY2023"),
        ("fiscal_years", "FY2024"),
    ]
    assert "Zza Corp" in fewer[1] and "Zzb Corp" not in fewer[1]
    again = last(context, chips.question, dropped=fewer[-1].without(1))[-1]
    assert shown(again) == [("tickers", "ZZA"), ("fiscal_years", "FY2024")]
    assert again.dropped == {("tickers", "ZZB"), ("fiscal_years", 2023)}


def read_as(**filters: Any) -> Read:
    metas = [make_chunk(0, "x", ticker=t).meta for t in ("ZZA", "ZZB")]
    filed = [(f"{m.ticker}-{y}", replace(m, ticker=None)) for m in metas for y in (2023, 2024)]
    return Read("q", Filters(**filters), companies=Catalog(filed).companies)


def test_a_company_without_a_ticker_is_one_chip_for_all_its_filings() -> None:
    found = chips_of(read_as(filing_ids=("ZZA-2023", "ZZA-2024", "ZZB-2023", "ZZB-2024")))
    assert [(c.label, c.values) for c in found] == [
        ("Zza Corp", ("ZZA-2023", "ZZA-2024")),
        ("Zzb Corp", ("ZZB-2023", "ZZB-2024")),
    ]


def test_very_many_years_share_a_chip() -> None:
    found = chips_of(read_as(tickers=("A", "B", "C"), fiscal_years=tuple(range(2015, 2025))))
    assert [c.label for c in found[:3]] == ["A", "B", "C"]
    assert (len(found), found[3].values) == (4, tuple(range(2015, 2025)))
    assert found[3].label.startswith("FY2015, FY2016") and len(drawn(Chips("q", found))) == 2 + 12 + 3


def test_chat_offers_the_companies_it_could_mean(context: Context) -> None:
    state = last(context, "What were net sales and margins?")
    chips = state[-1]
    assert chips.companies == ("ZZA", "ZZB")
    assert "Names no company; these passages are of ZZA, ZZB." in state[1]
    assert chips.about(1) == "What were net sales and margins (ZZB)?"
    assert shown(last(context, chips.about(1))[-1]) == [("tickers", "ZZB")]


def test_chat_makes_a_follow_up_whole(context: Context) -> None:
    first = last(context, "Why did Zzb close stores in FY2023?")
    second = last(context, "and the year after?", first[3])
    assert '<h3 class="question">Why did Zzb close stores in FY2024?</h3>' in second[1]
    assert "“and the year after?” after the question before" in second[1]
    assert second[3][-1].question == "Why did Zzb close stores in FY2024?"
    assert shown(second[-1]) == [("tickers", "ZZB"), ("fiscal_years", "FY2024")]


def test_chat_says_what_it_left_out(context: Context) -> None:
    html = last(context, "What did Zza sell in FY1999?")[1]
    assert "No filing of FY1999 of ZZA in this index." in html
