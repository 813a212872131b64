"""The crash harness finds what it looks for; its short form: real commands, killed at random moments."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.commands import Ran, Seen
from benchmarks.crash import Act, Answers, Bench, Expected, Failed, State, must_be_same, names_in

ROOT = Path(__file__).parents[1]
ANSWERS: Answers = {(0, "a/0/1"): (1.0, 0.8, 3.5), (0, "a/0/2"): (0.4, 0.6, None)}
OTHERS: Answers = {(0, "a/0/3"): (1.0, 0.9, 1.0)}


def state(build: str = "b1", rows: int = 10, filings: str = "a", **more: Any) -> State:
    status = {
        "arms": [{"arm": "base", "build": build}],
        "vectors": {"f": rows},
        "filings": [{"filing_id": name} for name in filings],
        "models": [],
    }
    return State(status, more.get("answers", ANSWERS), more.get("names", frozenset({"filings", "filings/a"})))


class Told(Bench):
    """A harness whose commands tell what a test says they do."""

    def __init__(self, *states: State, again: Any = None) -> None:
        self.states, self.found = list(states), again

    def state(self, workspace: Path) -> State:
        return self.states.pop(0)

    def done(self, workspace: Path, *args: str) -> Ran:
        return Ran(0, self.found, "", 1.0, ())


BEFORE, AFTER = (
    state(),
    state("b2", 14, answers=OTHERS, names=frozenset({"filings", "b2"})),
)
INDEX = Act("embed", "grown", ("index",))
KILLED = Ran(-9, "", "", 1.0, (Seen(0.5, "embed", 3, 4),))
AGAIN = '{"embedded": 2, "reused": false}'


def check(left: State, final: State = AFTER, again: str = AGAIN, killed: Ran = KILLED) -> str:
    expected = Expected(INDEX, BEFORE, AFTER, Ran(0, "", "", 2.0, ()))
    return Told(left, final, again=again).check(Path(), expected, killed)


def test_a_run_that_went_well() -> None:
    assert check(state(rows=12)) == "healthy, serves before; again: 2 embedded, reused False"
    done = '{"embedded": 0, "reused": true}'
    assert check(AFTER, again=done) == "healthy, serves after; again: 0 embedded, reused True"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"left": state("b3")}, r"serves \[\('base', 'b3'\)\]"),
        ({"left": state(answers=AFTER.answers)}, "answers differ from before"),
        ({"left": state("b2", 14)}, "after the kill 0% of the answers"),
        ({"left": state(filings="ax")}, r"filings \['a', 'x'\]"),
        ({"left": state(), "killed": replace(KILLED, bars=(Seen(1.0, "embed", 9999, 9999),))}, "are lost"),
        ({"left": state(rows=11)}, "embedded 2, missing were 3"),
        ({"left": state(rows=12), "final": state("b1", 14)}, "after the second run arms is .*'b1'.*'b2'"),
        (
            {"left": state(rows=12), "final": replace(AFTER, answers={(0, "a/0/3"): (1.0, 0.8, 1.0)})},
            r"is \(1\.0, 0\.8, 1\.0\), expected",
        ),
        ({"left": state(rows=12), "final": replace(AFTER, answers=ANSWERS)}, "second run 0% of"),
        (
            {"left": state(rows=12), "final": replace(AFTER, names=AFTER.names | {"indexes/.building-x"})},
            "left over or missing: indexes/.building-x",
        ),
    ],
)
def test_what_is_wrong_is_found(given: dict[str, Any], found: str) -> None:
    with pytest.raises(Failed, match=found):
        check(**given)


def test_answers_of_an_equal_build_may_differ_a_little() -> None:
    wanted: Answers = {(0, f"a/0/{n}"): (0.5, 0.8, None) for n in range(20)}
    found: Answers = {(0, f"a/0/{n}"): (0.4, 0.80001, 1.0) for n in range(3, 23)}
    must_be_same(state(answers=found), state(answers=wanted), "now")
    with pytest.raises(Failed, match="now 81% of the answers are the expected ones"):
        must_be_same(state(answers=found | {(0, "x"): (1.0, 0.8, 1.0)}), state(answers=wanted), "now")
    with pytest.raises(Failed, match=r"now answer \(0, 'a/0/5'\) is \(0\.4, 0\.81, 1\.0\), expected"):
        must_be_same(state(answers=found | {(0, "a/0/5"): (0.4, 0.81, 1.0)}), state(answers=wanted), "now")


def test_leftovers_are_seen_at_any_depth(tmp_path: Path) -> None:
    for name in ("locks/index.lock", "locks/index.holder", "indexes/b1/bm25/data", "filings/a/.half"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert names_in(tmp_path) == {
        "locks", "locks/index.holder", "indexes", "indexes/b1", "filings", "filings/a", "filings/a/.half",
    }  # fmt: skip


def test_the_window_of_an_act() -> None:
    ran = Ran(0, "", "", 8.0, (Seen(2.0, "embed", 1, 2), Seen(4.0, "embed", 2, 2), Seen(6.0, "index", 1, 1)))
    assert Expected(INDEX, BEFORE, AFTER, ran).moment(0.5) == 4.0
    until_embedded = replace(INDEX, window=(0.0, "embed"))
    assert Expected(until_embedded, BEFORE, AFTER, ran).moment(0.5) == 2.0
    near_the_end = replace(INDEX, window=(0.75, 1.25))
    assert Expected(near_the_end, BEFORE, AFTER, ran).moment(0.5) == 8.0


def crash(tmp_path: Path, *acts: str) -> list[str]:
    """One killed run an act, in a process that has started no threads yet; their lines."""
    log = tmp_path / "log"
    options = ["--runs", str(len(acts)), "--seed", "7", "--acts", ",".join(acts), "--log", str(log)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.crash", *options],
        cwd=ROOT, capture_output=True, text=True, env={**os.environ, "HF_HUB_OFFLINE": "1"}, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    *lines, last = log.read_text(encoding="utf-8").splitlines()
    assert last == f"{len(acts)} runs, seed 7: {len(acts)} OK, 0 FAIL"
    assert sorted(line.split()[1] for line in lines) == sorted(acts)
    return lines


@pytest.mark.slow
def test_killed_commands_lose_nothing(tmp_path: Path) -> None:
    for line in crash(tmp_path, "ingest", "embed", "build", "activate"):
        assert re.search(r"; healthy, serves (before|after); again: ", line), line


@pytest.mark.slow
def test_a_killed_training_goes_on(tmp_path: Path) -> None:
    (line,) = crash(tmp_path, "retrain")
    assert re.search(
        r"again: (was at step \d+, went on from at most \d+|was registered, activated)$", line
    ), line
