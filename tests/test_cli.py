"""The command line as a contract: commands, options, JSON keys, exit codes, one-line errors."""

import json
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import click
import pytest
from test_pipeline import page

from rag_app.core.registry import EMBEDDED_PACKAGE
from ui.cli import COMMANDS, cli, main

ROOT = Path(__file__).parents[1]
DOCS = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def every_command() -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            found += [(f"{name} {sub}", c) for sub, c in command.commands.items()]
        else:
            found.append((name, command))
    return found


ALL = every_command()


@dataclass(frozen=True)
class Ran:
    returncode: int
    stdout: str
    stderr: str


def run(*args: str, workspace: Path | None = None) -> Ran:
    """The command in this process: what it prints and exits with."""
    extra = ["--workspace", str(workspace)] if workspace else []
    out, err, code = StringIO(), StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main([*args, *extra])
        except SystemExit as end:
            code = int(end.code or 0)
    return Ran(code, out.getvalue(), err.getvalue())


def test_the_contract_names_these_commands() -> None:
    assert {name for name, _ in ALL} == {
        "ingest", "fetch", "remove", "chunks", "status", "index", "retrieve", "ask", "compare", "finetune",
        "evaluate", "models list", "models show", "models compare", "models export", "models activate",
        "models rollback", "builds list", "builds serve", "builds rollback", "builds prune", "dims",
        "vectors list", "vectors verify", "vectors compact", "pairs check", "pairs split", "pairs export",
        "serve", "demo", "facts",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "command"), ALL, ids=[n for n, _ in ALL])
def test_every_command_is_helpful_and_documented(name: str, command: click.Command) -> None:
    options = {o for p in command.params for o in p.opts if o.startswith("--")}
    assert {"--json", "--workspace"} <= options
    assert command.help and len(command.help) > 20
    assert f"## `{name}" in DOCS or f"`{name}" in DOCS, f"docs/cli.md says nothing of {name}"
    undocumented = {o for o in options if f"`{o}" not in DOCS and f"{o}" not in DOCS}
    assert not undocumented, f"docs/cli.md lacks {undocumented} of {name}"


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["nonsense"], 2, "No such command 'nonsense'"),
        (["ingest"], 2, "Error: name at least one file or folder, or --refresh"),
        (["ingest", "/no/such/path"], 2, "/no/such/path"),
        (["retrieve", "x"], 1, "Error: no index of 'base'; run: rag-app index --model base"),
        (["index"], 1, "no filings to index; run: rag-app ingest PATH"),
        (["index", "--model", "tuned"], 1, "no tuned model is active; run: rag-app finetune"),
        (["index", "--model", "nope"], 2, "no model 'nope': expected base, tuned, a folder, or a hub name"),
        (["ask", "x", "--llm", "magic:1"], 2, "--llm 'magic:1': expected extractive, ollama:NAME"),
        (["ask", "x", "--llm", "openai-like:m"], 2, "expected NAME@http://HOST:PORT/v1"),
        (["models", "show", "nope"], 2, "no model 'nope' in the registry; there is: none yet"),
        (["models", "rollback"], 2, "nothing to roll back to"),
        (["compare"], 2, "give a question, or --questions FILE"),
        (["fetch", "NVDA"], 2, "--user-agent"),
        (["fetch", "NVDA", "--years", "2024-2022"], 2, "--years '2024-2022': expected years"),
        (["evaluate", "--pairs", "none.csv"], 2, "none.csv"),
        (["evaluate"], 2, "Missing option '--pairs'"),
        (["finetune", "--pairs", "x.csv", "--dims", "a"], 2, "expected whole numbers"),
        (["serve", "--port", "99999"], 2, "99999"),
    ],
)
def test_misuse_is_one_clear_line(tmp_path: Path, args: list[str], code: int, message: str) -> None:
    done = run(*args, workspace=tmp_path / "ws" if args != ["nonsense"] else None)
    assert message in done.stderr
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


HIT = {
    "rank", "score", "chunk_id", "text", "company", "ticker", "form", "fiscal_year", "period_end", "item",
    "page", "source",
}  # fmt: skip


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace indexed with the real embedded model, by the command line itself."""
    pytest.importorskip(EMBEDDED_PACKAGE.replace("-", "_"), reason="the embedded model is not installed")
    folder = tmp_path_factory.mktemp("cli")
    page(
        folder,
        "alpha.htm",
        "Alpha builds tidal turbines for harbours in cold seas. ",
        "Operating costs rose because steel became dearer. ",
    )
    page(folder, "beta.htm", "Beta sells groceries in three valleys. ", "Wages rose after a new agreement. ")
    workspace = folder / "ws"
    done = run("ingest", str(folder), "--json", workspace=workspace)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert [f["source"] for f in report["added"]] == ["alpha.htm", "beta.htm"]
    done = run("index", "--dim", "128", "--json", workspace=workspace)
    made = json.loads(done.stdout)
    assert (made["arm"], made["dimension"], made["full_dimension"]) == ("base", 128, 384)
    assert made["embedded"] == made["chunks"] == sum(f["chunks"] for f in report["added"])
    return workspace


def test_retrieve(indexed: Path) -> None:
    done = run("retrieve", "why did wages rise?", "-k", "2", "--json", workspace=indexed)
    hits = json.loads(done.stdout)["hits"]
    assert [h["rank"] for h in hits] == [1, 2]
    assert set(hits[0]) >= HIT
    assert (hits[0]["source"], hits[0]["item"], hits[0]["form"]) == ("beta.htm", "Item 7", "10-K")
    assert hits[0]["fiscal_year"] == 2023


def test_ask_and_compare(indexed: Path, tmp_path: Path) -> None:
    answer = json.loads(run("ask", "Why did operating costs rise?", "--json", workspace=indexed).stdout)
    assert {"answer", "citations", "abstained", "answerer", "hits"} <= set(answer)
    assert "steel became dearer" in answer["answer"]
    assert (answer["abstained"], answer["answerer"]) == (False, "extractive")
    assert answer["citations"][0]["source"] == "alpha.htm"
    questions = tmp_path / "q.txt"
    questions.write_text("What does Beta sell?\n\nWhere are turbines used?\n", encoding="utf-8")
    both = run("compare", "--questions", str(questions), "--tuned", "base", "--json", workspace=indexed)
    result = json.loads(both.stdout)
    assert result["summary"] == {"questions": 2, "mean_overlap": 1.0, "same_first": 1.0}
    assert [q["moved"] for q in result["questions"]] == [[], []]


def test_another_dimension_embeds_nothing_and_loads_no_model(indexed: Path) -> None:
    made = json.loads(run("index", "--dim", "64", "--json", workspace=indexed).stdout)
    assert (made["embedded"], made["dimension"], made["reused"]) == (0, 64, False)
    back = json.loads(run("index", "--dim", "128", "--json", workspace=indexed).stdout)
    assert (back["embedded"], back["reused"]) == (0, True)
    state = json.loads(run("status", "--json", workspace=indexed).stdout)
    assert [(a["arm"], a["dimension"], a["stale"]) for a in state["arms"]] == [("base", 128, False)]
    assert (state["builds"], state["advice"]) == (2, [])


def test_evaluate_prints_the_documented_json(indexed: Path, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    rows = [f"what is thing {i},thing {i} is number {i * 7},T{i % 12}" for i in range(40)]
    pairs.write_text("question,context,ticker\n" + "\n".join(rows), encoding="utf-8")
    done = run(
        "evaluate",
        "--pairs",
        str(pairs),
        "--protocol",
        "seed",
        "--dims",
        "384,64",
        "--json",
        workspace=indexed,
    )
    result = json.loads(done.stdout)
    assert set(result) == {"model", "protocol", "queries", "corpus", "dims"}
    assert (result["model"], result["protocol"], result["queries"], result["corpus"]) == (
        "base",
        "seed",
        4,
        40,
    )
    assert {d: set(v) for d, v in result["dims"].items()} == {
        d: {"ndcg@10", "mrr@10", "recall@10", "accuracy@1"} for d in ("384", "64")
    }


def test_chunks_shows_what_ingest_would_store(indexed: Path) -> None:
    file = indexed.parent / "alpha.htm"
    shown = json.loads(run("chunks", str(file), "--json", workspace=indexed).stdout)
    assert {"filing_id", "source", "sha256", "meta", "sections", "warnings", "chunks"} == set(shown)
    assert any("steel became dearer" in c["text"] for c in shown["chunks"])
    plain = run("chunks", str(file), workspace=indexed).stdout
    assert re.search(r"--- \d+ · .*10-K · FY2023 · Item 7", plain)


def test_as_a_process(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ui", "models", "rollback", "--workspace", str(tmp_path)],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("Error: nothing to roll back to")


def test_help_is_instant() -> None:
    code = "import sys; from ui.cli import cli; cli.main(['--help'], standalone_mode=False); sys.exit("
    code += "int(bool({'torch', 'chromadb', 'gradio', 'llama_index'} & set(sys.modules))))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT).returncode == 0
