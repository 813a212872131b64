"""Kill the command line at random moments and see what is left: `python -m benchmarks.crash`.

    python -m benchmarks.crash [--runs 30] [--seed N] [--acts ingest,embed,…] [--log FILE] [--cold]

Each run copies a small workspace (sample filings, a tiny model), starts one command, sends SIGKILL to its
process group, and then checks what a user would see: `status` and `vectors verify` find nothing wrong,
questions get the answers of before or of after and never others, the same command run again finishes and
does only what was missing, and nothing is left over. Uses the command line and its JSON only. Exit code 1
if a run failed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.commands import Ran, command, forked, preload
from benchmarks.tiny import build_tiny_model
from rag_app.samples import sample_filings, sample_questions
from rag_app.vectors import BATCH

Answers = dict[tuple[int, str], tuple[float, float | None, float | None]]
"""Question and chunk → score, cosine and BM25; None where that side did not find it."""
TOLERANCE = 1e-4
"""Of cosines where the vectors were embedded in other batches, and so padded otherwise."""
STRAY = 0.15
"""Share of the hits that may be others: approximate search is not the same in two builds of equal rows."""
MODEL = "crash"
FEW = 6  # questions asked after each run
EPOCHS, VALIDATIONS = 3, 3  # of a training; validations an epoch, each with a checkpoint
BASE = ["ingest", "zqht-10q-fy2024q1.htm", "bdqm-10q-fy2024q2.htm"]
NEW = ["xqvr-10k-fy2023.htm", "zdfb-10k-fy2023.htm"]


@dataclass(frozen=True, slots=True)
class Act:
    """A command to kill between two moments of it: shares of its time, or the last sight of a stage.

    `start` names the workspace it starts from; `again` is added when it is run again.
    """

    name: str
    start: str
    args: tuple[str, ...]
    window: tuple[float, float | str] = (0.0, 1.0)
    again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """What a user sees of a healthy workspace, and the names in it two folders deep."""

    status: dict[str, Any]
    answers: Answers
    names: frozenset[str]

    @property
    def builds(self) -> list[tuple[str, str]]:
        return [(arm["arm"], arm["build"]) for arm in self.status["arms"]]


@dataclass(frozen=True, slots=True)
class Expected:
    """The act, not interrupted: before, after, how long, and when each stage was last seen."""

    act: Act
    before: State
    after: State
    ran: Ran

    def moment(self, share: float) -> float:
        """Seconds after which to kill; `share` of the act's window is over then."""
        first, last = self.act.window
        seen = [bar.seconds for bar in self.ran.bars if bar.stage == last]
        end = max(seen, default=self.ran.seconds) if isinstance(last, str) else last * self.ran.seconds
        return first * self.ran.seconds + share * (end - first * self.ran.seconds)


class Failed(Exception):
    """What a run should not have left."""


def must(right: bool, what: str) -> None:
    if not right:
        raise Failed(what)


class Bench:
    """The prepared workspaces under `root`, and the commands on copies of them."""

    def __init__(self, root: Path, cold: bool = False) -> None:
        self.root, self.cold = root, cold
        self.files = {path.name: str(path) for path in sample_filings()}
        self.questions = root / "questions.jsonl"
        lines = sample_questions().read_text(encoding="utf-8").splitlines()
        self.questions.write_text("\n".join(lines[:: len(lines) // FEW][:FEW]), encoding="utf-8")
        self.starts: dict[str, State] = {}
        self.expected: dict[Act, Expected] = {}

    def run(self, workspace: Path, *args: str, kill_after: float | None = None) -> Ran:
        named = [self.files.get(arg, arg) for arg in args]
        return command(*named, "--workspace", str(workspace), kill_after=kill_after, cold=self.cold)

    def done(self, workspace: Path, *args: str) -> Ran:
        """`run`, which has to succeed without an error line."""
        ran = self.run(workspace, *args)
        told = next((line for line in ran.err.splitlines() if "Error" in line), ran.err.strip()[-200:])
        must(ran.code == 0 and "Error" not in ran.err, f"{args[0]}: exit {ran.code}: {told}")
        return ran

    def state(self, workspace: Path) -> State:
        status = self.done(workspace, "status", "--json").json
        for store in self.done(workspace, "vectors", "verify", "--json").json:
            must(not store["damaged"] and not store["problem"], f"vectors: {store}")
        for volatile in ("workspace", "seconds"):
            status.pop(volatile, None)
        args = ("--questions", str(self.questions), "--base", "base", "--tuned", "base", "--mode", "fused")
        asked = self.done(workspace, "compare", *args, "--json").json["questions"]
        answers = {
            (number, hit["chunk_id"]): (hit["score"], hit["dense"], hit["bm25"])
            for number, one in enumerate(asked)
            for hit in one["base"]
        }
        return State(status, answers, names_in(workspace))

    def prepare(self) -> None:
        """A tiny model, pairs, and the workspaces that acts start from."""
        texts = [
            re.sub("<[^>]+>", " ", Path(path).read_text(encoding="utf-8")) for path in self.files.values()
        ]
        forked(lambda: build_tiny_model(self.root / "model", texts))
        indexed, grown = self.root / "indexed", self.root / "grown"
        indexed.mkdir()
        (indexed / "config.json").write_text(json.dumps({"base_model": str(self.root / "model")}))
        self.done(indexed, *BASE)
        for dim in ("16", "32"):
            self.done(indexed, "index", "--dim", dim)
        chunks = self.done(indexed, "chunks", BASE[1], "--json").json["chunks"]
        rows = [{"question": c["text"][:60], "context": c["text"], "ticker": "ZQHT"} for c in chunks[:80]]
        (self.root / "pairs.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        shutil.copytree(indexed, grown)
        self.done(grown, "ingest", *self.files)  # more than one batch of new texts

    def acts(self) -> list[Act]:
        tune = f"finetune --protocol seed --epochs {EPOCHS} --eval-per-epoch {VALIDATIONS} --batch-size 8"
        tune += f" --bf16 off --id {MODEL}"
        tune_args = (*tune.split(), "--activate", "--pairs", str(self.root / "pairs.jsonl"))
        return [
            Act("ingest", "indexed", ("ingest", *NEW)),
            Act("embed", "grown", ("index", "--model", "base"), (0.3, "embed")),
            Act("build", "indexed", ("index", "--dim", "24")),
            Act("activate", "indexed", ("index", "--dim", "8"), (0.75, 1.05)),
            Act("activate", "indexed", ("index", "--dim", "16"), (0.3, 1.05)),
            Act("retrain", "indexed", tune_args, (0.2, 1.0), ("--resume",)),
        ]

    def measure(self, act: Act) -> Expected:
        """The act on a copy, not interrupted; once."""
        if act not in self.expected:
            with Copy(self.root, act.start) as workspace:
                if act.start not in self.starts:
                    self.starts[act.start] = self.state(workspace)
                ran = self.done(workspace, *act.args)
                self.expected[act] = Expected(act, self.starts[act.start], self.state(workspace), ran)
        return self.expected[act]

    def crash(self, act: Act, share: float) -> tuple[str, bool]:
        """One run: a line on what was found, and whether all was well."""
        expected = self.measure(act)
        after = expected.moment(share)
        with Copy(self.root, act.start) as workspace:
            killed = self.run(workspace, *act.args, kill_after=after)
            line = f"{' '.join(act.args[:3])}: killed after {after:.2f} of {expected.ran.seconds:.2f} s"
            line += f" at {killed.stage}" if killed.code < 0 else f", had ended by itself ({killed.code})"
            if killed.code == 0:  # the machine is less busy now than when it was measured
                self.expected[act] = replace(expected, ran=killed)
            try:
                must(killed.code in (0, -9), f"exit {killed.code} before the kill: {killed.err[-200:]}")
                return f"{line}; {self.check(workspace, expected, killed)}", True
            except Failed as found:
                return f"{line}; {found}", False

    def check(self, workspace: Path, expected: Expected, killed: Ran) -> str:
        """What was found after a kill and after the same command again. Raises Failed."""
        act, before, goal = expected.act, expected.before, expected.after
        left = self.state(workspace)
        served = "after" if left.builds == goal.builds != before.builds else "before"
        must(left.builds in (before.builds, goal.builds), f"serves {left.builds}")
        if served == "before":
            must(left.answers == before.answers, "answers differ from before though that index is served")
        else:
            must_be_same(left, goal, "after the kill")
        ids = [ids_of(state) for state in (before, left, goal)]
        must(ids[0] <= ids[1] <= ids[2], f"filings {sorted(ids[1])}")
        rows = [sum(state.status["vectors"].values()) for state in (before, left, goal)]
        embedded = [bar.done for bar in killed.bars if bar.stage == "embed"]
        if act.name == "embed" and embedded:
            lost = embedded[-1] - (rows[1] - rows[0])
            must(lost <= BATCH, f"{lost} of {embedded[-1]} embedded texts are lost, at most {BATCH} may be")
        told = self.again(workspace, expected, killed, left)
        final = self.state(workspace)
        for key, value in goal.status.items():
            got = final.status[key]
            must(got == value, f"after the second run {key} is {got}, expected {value}")
        must_be_same(final, goal, "after the second run")
        odd = sorted(final.names ^ goal.names)
        must(not odd, f"left over or missing: {', '.join(odd[:5])}")
        return f"healthy, serves {served}; again: {told}"

    def again(self, workspace: Path, expected: Expected, killed: Ran, left: State) -> str:
        """Run the command again; it does what was missing and no more. Raises Failed."""
        act, goal = expected.act, expected.after
        if act.args[0] == "finetune":
            ran = self.done(workspace, *act.args, *act.again)
            if MODEL in left.status["models"]:
                again = [bar for bar in ran.bars if bar.stage in ("baseline", "train")]
                must(not again, "was registered, and was measured or trained again")
                return "was registered, found again"
            bars = [[bar for bar in r.bars if bar.stage == "train"] for r in (killed, ran)]
            total = max((bar.total for bar in bars[1]), default=0)
            every = total // (EPOCHS * VALIDATIONS) + 1
            was = max((bar.done for bar in bars[0]), default=0)
            now = next((bar.done for bar in bars[1] if bar.done), total)  # no step: all were done
            must(now >= was - 2 * every, f"was at step {was}, resumed at {now}, validated every {every}")
            return f"was at step {was}, went on from at most {now}"
        found = self.done(workspace, *act.args, *act.again, "--json").json
        if act.args[0] == "ingest":
            added = {filing["filing_id"] for filing in found["added"]}
            missing = ids_of(goal) - ids_of(left)
            must(added == missing, f"took in {sorted(added)}, missing were {sorted(missing)}")
            return f"{len(added)} taken in"
        missing_rows = sum(goal.status["vectors"].values()) - sum(left.status["vectors"].values())
        must(found["embedded"] == missing_rows, f"embedded {found['embedded']}, missing were {missing_rows}")
        return f"{found['embedded']} embedded, reused {found['reused']}"


class Copy:
    """A copy of a prepared workspace, gone at the end."""

    def __init__(self, root: Path, name: str) -> None:
        self.root, self.name = root, name

    def __enter__(self) -> Path:
        self.folder = Path(tempfile.mkdtemp(dir=self.root, prefix="run-"))
        shutil.copytree(self.root / self.name, self.folder / "ws")
        return self.folder / "ws"

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def ids_of(state: State) -> set[str]:
    return {filing["filing_id"] for filing in state.status["filings"]}


def names_in(workspace: Path) -> frozenset[str]:
    """Names two folders deep but lock files, and deeper down what is hidden or tells of a lock's holder."""
    found = [path.relative_to(workspace) for path in workspace.rglob("*") if path.suffix != ".lock"]
    odd = [p for p in found if any(part.startswith(".") for part in p.parts) or p.suffix == ".holder"]
    return frozenset(str(p) for p in (*(p for p in found if len(p.parts) <= 2), *odd))


def must_be_same(found: State, wanted: State, when: str) -> None:
    """The hits of another build of equal rows: the same cosines and BM25, and few other chunks."""
    common = found.answers.keys() & wanted.answers.keys()
    share = len(common) / max(len(found.answers), len(wanted.answers))
    must(share >= 1 - STRAY, f"{when} {share:.0%} of the answers are the expected ones")
    for key in sorted(common):
        for a, b in zip(found.answers[key][1:], wanted.answers[key][1:], strict=True):
            near = a is None or b is None or abs(a - b) <= TOLERANCE
            must(near, f"{when} answer {key} is {found.answers[key]}, expected {wanted.answers[key]}")


def crashes(runs: int, seed: int, names: Sequence[str], log: Path | None, cold: bool = False) -> int:
    """So many runs, a line each on standard output and in `log`; how many failed."""
    os.environ |= {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    os.environ["ONEDNN_MAX_CPU_ISA"] = "AVX2"  # makes bf16 slow: whether it is chosen changes scores
    if not cold:
        preload()
    draw, failed = random.Random(seed), 0
    with tempfile.TemporaryDirectory(prefix="crash-") as folder:
        bench = Bench(Path(folder), cold)
        bench.prepare()
        every = bench.acts()
        order: list[str] = []
        for number in range(1, runs + 1):
            order = order or draw.sample(list(names), len(names))  # each act as often as any other
            name = order.pop()
            act = draw.choice([act for act in every if act.name == name])
            found, well = bench.crash(act, draw.random())
            failed += not well
            line = f"{number:3d} {name:8s} {'OK  ' if well else 'FAIL'} {found}"
            say(line, log)
    say(f"{runs} runs, seed {seed}: {runs - failed} OK, {failed} FAIL", log)
    return failed


def say(line: str, log: Path | None) -> None:
    print(line, flush=True)
    if log:
        with log.open("a", encoding="utf-8") as out:
            out.write(line + "\n")


def main() -> None:
    names = ["ingest", "embed", "build", "activate", "retrain"]
    parser = argparse.ArgumentParser(description="Kill commands at random moments; see what is left.")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--acts", default=",".join(names), help="Of these only.")
    parser.add_argument("--log", type=Path, help="Write the lines here too.")
    parser.add_argument("--cold", action="store_true", help="A new interpreter for each command: slow.")
    given = parser.parse_args()
    sys.exit(crashes(given.runs, given.seed, given.acts.split(","), given.log, given.cold) > 0)


if __name__ == "__main__":
    main()
