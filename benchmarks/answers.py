"""Questions with known answers, asked as a user asks them: figures, refusals, narrative ones left alone.

    python -m benchmarks.answers WORKSPACE [--set test2] [--model base] [--narrative FILE.csv] [--show]

The workspace holds the filings that `benchmarks/questions/README.md` names, indexed. A figure is exact when
the answer states the value that was expected, unsure when nothing is stated (offered when it is among the
figures shown as possible), wrong when only others are stated.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.table import Row, table
from rag_app.answer import AskOptions, ask
from rag_app.arms import Arm, Arms
from rag_app.core.config import Settings, Workspace
from rag_app.core.figures import Figures
from rag_app.core.types import Answer, Filters
from rag_app.facts.store import FactStore
from rag_app.facts.told import looked_up
from rag_app.question.read import asked_of

QUESTIONS = Path(__file__).parent / "questions"


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The questions of one file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def asked(arm: Arm, facts: FactStore, question: str) -> Answer:
    """The answer as `ask` gives it."""
    filters, _ = asked_of(question, arm.index.facets.filings, Filters())
    return ask(arm, question, AskOptions(filters=filters or None, facts=facts))


def values_of(figures: Figures) -> list[tuple[Decimal, str]]:
    """What is stated: figures and what was worked out, a percentage as a fraction of unit "pure"."""
    stated = [(f.value, f.unit) for f in figures.stated]
    return stated + [(r.value, r.unit or "pure") for r in figures.results if r.value is not None]


def judge(figures: Figures | None, line: dict[str, Any]) -> str:
    """exact, partial (some of several), accepted (true and named for what it is), offered, unsure or wrong.

    Offered: nothing is stated, and what is asked for is among the figures that are shown as possible.

    Hand-written answers count without their sign: a decline of 3% may be told as 3% or as -3%.
    """
    by_hand = "expected" in line
    wanted = line.get("expected", [line])
    if figures is None or not figures.sure:
        shown = [(f.value, f.unit) for f in figures.others] if figures is not None else []
        found = all(any(_same(*one, want, by_hand) for one in shown) for want in wanted)
        return "offered" if found else "unsure"
    stated = values_of(figures)
    if all(any(_same(*one, want, by_hand) for one in stated) for want in wanted):
        return "exact"
    if any(_same(*one, want, by_hand) for one in stated for want in wanted):
        return "partial"
    named = [Decimal(text.split()[0]) for text in line.get("accept", ())]
    return "accepted" if any(abs(value) in named for value, _ in stated) else "wrong"


def _same(value: Decimal, unit: str, want: dict[str, Any], unsigned: bool) -> bool:
    right, near = Decimal(want["value"]), Decimal(str(want.get("tolerance", 0)))
    if want["unit"] == "percent":  # a filed percentage, and a computed one, is a fraction
        value, unit = value * 100, {"pure": "percent"}.get(unit, unit)
    if unsigned:
        value, right = abs(value), abs(right)
    return unit == want["unit"] and abs(value - right) <= near


def figures(arm: Arm, facts: FactStore, which: str, show: bool) -> list[Row]:
    """Template and hand-written questions for figures: exact, unsure, wrong."""
    rows: list[Row] = []
    for name in ("facts", "hand"):
        path = QUESTIONS / f"{name}-{which}.jsonl"
        if not path.exists():
            continue
        counts: Counter[str] = Counter()
        kinds: dict[str, Counter[str]] = {}
        took = []
        for line in read_lines(path):
            started = time.perf_counter()
            told = looked_up(facts, line["question"], None, arm.index.facets.filings)
            took.append(1000 * (time.perf_counter() - started))
            found = judge(told.figures, line)
            counts[found] += 1
            for kind in line["kind"] if isinstance(line["kind"], list) else [line["kind"]]:
                kinds.setdefault(kind, Counter())[found] += 1
            if show and found != "exact":
                print(f"  {found:8} {line['id']} {line['question']}\n{_why(told.figures, line)}")
        total = sum(counts.values())
        right = counts["exact"] + counts["accepted"]
        p50, p95 = np.percentile(took, [50, 95])
        rows.append(
            {
                "set": f"{name}-{which}",
                "questions": total,
                "exact": right / total,
                "partial": counts["partial"],
            }
            | {"offered": counts["offered"], "unsure": counts["unsure"]}
            | {"wrong": counts["wrong"], "p50 ms": float(p50), "p95 ms": float(p95)}
        )
        for kind, found_ in sorted(kinds.items()):
            if show:
                print(f"    {name} {kind}: {dict(found_)}")
    return rows


def _why(told: Figures | None, line: dict[str, Any]) -> str:
    want = [(w["value"], w.get("unit")) for w in line.get("expected") or [line]]
    said = [(str(v), u) for v, u in values_of(told)] if told else None
    return f"           expected {want}, said {said} {list(told.doubts) if told else ''}"


def refusals(arm: Arm, facts: FactStore, which: str, show: bool) -> list[Row]:
    """Half of these questions have an answer in the filings: the share of each half that is done right."""
    lines = read_lines(QUESTIONS / f"refuse-{which}.jsonl")
    right = {True: 0, False: 0}
    for line in lines:
        answer = asked(arm, facts, line["question"])
        good = answer.abstained != line["answerable"]
        right[line["answerable"]] += good
        if show and not good:
            word = "refused" if answer.abstained else "answered"
            print(
                f"  {word:8} {line['id']} {line['question']}\n           {answer.note or answer.text[:140]!r}"
            )
    halves = {side: sum(line["answerable"] is side for line in lines) for side in right}
    return [
        {"set": f"refuse-{which}", "model": arm.name}
        | {"answerable": halves[True], "answered": right[True] / halves[True]}
        | {"not there": halves[False], "refused": right[False] / halves[False]}
    ]


def narrative(facts: FactStore, arm: Arm, questions: Iterable[str], show: bool) -> list[Row]:
    """Narrative questions that the look-up answers, or offers candidates for: each to be read by eye."""
    total = stated = offered = 0
    for question in questions:
        told = looked_up(facts, question, None, arm.index.facets.filings)
        total += 1
        stated += told.answer is not None
        offered += told.answer is None and told.figures is not None
        if show and told.answer is not None:
            print(f"  stated   {question}\n           {told.answer.text.splitlines()[0]}")
    return [{"set": "narrative", "questions": total, "stated": stated, "offered": offered}]


def main() -> None:
    """Ask the sets and print a table for each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workspace", type=Path)
    parser.add_argument(
        "--set", dest="which", choices=["dev", "dev-a", "dev-b", "test", "test2", "test3"], default="test"
    )
    parser.add_argument("--model", default="base")
    parser.add_argument("--narrative", type=Path, help="a CSV with a column Question")
    parser.add_argument("--only", choices=["figures", "refusals", "narrative"])
    parser.add_argument("--show", action="store_true", help="print what is not right")
    given = parser.parse_args()
    workspace = Workspace(given.workspace)
    arm = Arms(workspace, Settings()).get(given.model)
    with FactStore.open(workspace) as facts:
        print(f"{len(arm.index.chunks):,} passages, {facts.count():,} facts, {arm.name}")
        if given.only in (None, "figures"):
            print(table("figures", figures(arm, facts, given.which, given.show)))
        if given.only in (None, "refusals") and given.which != "test2":
            print(table("refusals", refusals(arm, facts, given.which, given.show)))
        if given.narrative and given.only in (None, "narrative"):
            with given.narrative.open(encoding="utf-8-sig", newline="") as rows:
                asked_for = [row["Question"] for row in csv.DictReader(rows)]
            print(table("narrative questions", narrative(facts, arm, asked_for, given.show)))


if __name__ == "__main__":
    main()
