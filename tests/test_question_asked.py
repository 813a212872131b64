"""What is read from a question, in the commands and in the chat: told, searched with, pressed away."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rag_app.arms import Arm
from rag_app.core.config import Settings, Workspace
from ui.cli import cli
from ui.tabs import chat
from ui.tabs.context import Context


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
    assert [h["chunk_id"] for h in json.loads(done.stdout)] == ["zzb-2023/0/1"]
    assert TOLD in done.stderr
    done = run(arm, monkeypatch, tmp_path, "retrieve", asked, "--json", "--no-auto-filters")
    assert len(json.loads(done.stdout)) == 6
    assert "filters from" not in done.stderr
    done = run(arm, monkeypatch, tmp_path, "retrieve", asked, "--json", "--ticker", "zza")
    assert {h["ticker"] for h in json.loads(done.stdout)} == {"ZZA"}
    done = run(arm, monkeypatch, tmp_path, "retrieve", "stores", "--json", "--period", "q2")
    assert json.loads(done.stdout) == []


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


def last(
    context: Context, question: str, turns: Sequence[Any] = (), dropped: frozenset[str] = frozenset()
) -> Any:
    choices = ("Base", "fused", 6, [], [], [], "", list(turns), dropped)
    return list(chat._ask(context, question, *choices))[-1]


def test_chat_filters_can_be_pressed_away(context: Context) -> None:
    state = last(context, "Why did Zzb close stores in FY2023?")
    chips = state[-1]
    assert chips.filters == (("tickers", "ZZB"), ("fiscal_years", "FY2023"))
    assert "Zza Corp" not in state[1]
    assert '<span class="chip">FY2023</span>' in state[3][-1].html
    wider = last(context, chips.question, dropped=chips.without(0))[-1]
    assert (wider.filters, wider.dropped) == ((("fiscal_years", "FY2023"),), frozenset({"tickers"}))
    assert last(context, chips.question, dropped=wider.without(0))[-1].filters == ()


def test_chat_offers_the_companies_it_could_mean(context: Context) -> None:
    state = last(context, "What were net sales and margins?")
    chips = state[-1]
    assert chips.companies == ("ZZA", "ZZB")
    assert "Names no company; these passages are of ZZA, ZZB." in state[1]
    assert chips.about(1) == "What were net sales and margins (ZZB)?"
    assert last(context, chips.about(1))[-1].filters == (("tickers", "ZZB"),)


def test_chat_makes_a_follow_up_whole(context: Context) -> None:
    first = last(context, "Why did Zzb close stores in FY2023?")
    second = last(context, "and the year after?", first[3])
    assert '<h3 class="question">Why did Zzb close stores in FY2024?</h3>' in second[1]
    assert "“and the year after?” after the question before" in second[1]
    assert second[3][-1].question == "Why did Zzb close stores in FY2024?"
    assert second[-1].filters == (("tickers", "ZZB"), ("fiscal_years", "FY2024"))


def test_chat_says_what_it_left_out(context: Context) -> None:
    html = last(context, "What did Zza sell in FY1999?")[1]
    assert "No filing of FY1999 of ZZA in this index." in html
