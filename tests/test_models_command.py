"""`models`: list, show, compare, export to a folder and to a hub, and old records."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from fake_hub_upload import UploadHub, upload_hub
from test_cli import Ran, run

from finetune.evaluation.card import base_name, model_card
from finetune.evaluation.compare import comparison
from finetune.evaluation.evaluate import Evaluation
from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import UsageError
from rag_app.core.export import export_folder
from rag_app.core.metrics import Scores
from rag_app.core.registry import ModelRecord, ModelRef, read_record, resolve_model, write_record
from ui.demo import judged_on

ROOT = Path(__file__).parents[1]
FIGURES = {"32": {"ndcg@10": 0.5, "mrr@10": 0.4, "recall@10": 0.6, "accuracy@1": 0.3}}
BETTER = {"32": {"ndcg@10": 0.75, "mrr@10": 0.7, "recall@10": 0.8, "accuracy@1": 0.6}}
LOST: dict[str, Any] = {
    "source": "asked.jsonl",
    "questions": 40,
    "unanswerable": 0,
    "chunks": 300,
    "dims": {
        "32": {
            "base": 0.6,
            "tuned": 0.5,
            "gain": -0.1,
            "low": -0.15,
            "high": -0.05,
            "wins": 1,
            "losses": 9,
            "ties": 30,
            "includes_zero": False,
        }
    },
    "filing_told": None,
    "share_kept": {"base": {}, "tuned": {}},
    "loses": True,
    "why": ["-0.100 nDCG@10 at 32 dimensions over all filings"],
}


def record(model_id: str, **more: Any) -> ModelRecord:
    made = ModelRecord(
        model_id=model_id,
        created=f"2025-01-01T00:00:0{len(model_id) % 10}+00:00",
        base="tiny",
        base_fingerprint="b" * 32,
        fingerprint="f" * 32,
        dimension=32,
        dims=(32, 16),
        pairs="made.csv",
        pairs_sha256="5" * 64,
        protocol="honest",
        split_seed=42,
        config={"train": {"epochs": 3.0, "batch_size": 16}},
        before=FIGURES,
        after=BETTER,
        train_rows=90,
        test_queries=10,
        train_seconds=3.0,
        beats_baseline=True,
    )
    return replace(made, **more)


def register(workspace: Workspace, made: ModelRecord) -> Path:
    """A model folder with weights, a card and its record, as finetune leaves it."""
    folder = workspace.models / made.model_id
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights of " + made.model_id.encode())
    (folder / "modules.json").write_text("[]", encoding="utf-8")
    (folder / "1_Pooling" / "config.json").write_text("{}", encoding="utf-8")
    (folder / "README.md").write_text(f"---\nlicense: mit\n---\n# {made.model_id}\n", encoding="utf-8")
    write_record(folder, made)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_record_from_before_the_check_still_loads(workspace: Workspace) -> None:
    folder = register(workspace, record("old"))
    raw = json.loads((folder / "record.json").read_text())
    del raw["forgetting"], raw["forgets"]
    (folder / "record.json").write_text(json.dumps(raw))
    assert read_record(folder) == record("old")
    assert "not checked on filings" in run("models", "show", "old", workspace=workspace.root).stdout


def test_list_and_show_flag_a_model_that_loses(workspace: Workspace) -> None:
    register(workspace, record("good"))
    register(workspace, record("forgetful", forgetting=LOST, forgets=True))
    lines = run("models", "list", workspace=workspace.root).stdout.splitlines()
    assert [line.endswith("LOSES ON FILINGS") for line in lines] == [False, True]
    shown = run("models", "show", "forgetful", workspace=workspace.root).stdout
    assert "loses on filings: -0.100 nDCG@10 at 32 dimensions over all filings" in shown
    assert "0.6000 → 0.5000  -0.1000  [-0.1500, -0.0500]  won 1, lost 9, tied 30" in shown
    told = json.loads(run("models", "show", "forgetful", "--json", workspace=workspace.root).stdout)
    assert told["forgets"] is True and told["forgetting"] == LOST


def compared(workspace: Workspace, *args: str) -> Ran:
    return run("models", "compare", *args, workspace=workspace.root)


def test_records_are_compared_when_they_measured_the_same(workspace: Workspace) -> None:
    register(workspace, record("one", after=FIGURES))
    register(workspace, record("second"))
    register(workspace, record("another", split_seed=7, pairs_sha256="6" * 64))
    found = json.loads(compared(workspace, "one", "second", "--json").stdout)
    assert (found["by"], found["queries"], found["gain"]) == ("records", 10, {"32": {"gain": 0.25}})
    assert "0.5000 → 0.7500  +0.2500" in compared(workspace, "one", "second").stdout
    other = compared(workspace, "one", "another")
    assert other.returncode == 2
    assert other.stderr == (
        "Error: one and another were not measured on the same questions: another split seed, pairs file; "
        "to measure both anew: rag-app models compare one another --pairs P\n"
    )


def test_a_base_is_compared_by_the_record_of_its_tuned_model(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(workspace, record("tuned-1"))
    folder = workspace.root / "plain"
    folder.mkdir()
    monkeypatch.setattr("rag_app.embedder.reference_fingerprint", lambda ref: "b" * 32)
    assert (
        json.loads(compared(workspace, str(folder), "tuned-1", "--json").stdout)["gain"]["32"]["gain"] == 0.25
    )
    assert (
        json.loads(compared(workspace, "tuned-1", str(folder), "--json").stdout)["gain"]["32"]["gain"]
        == -0.25
    )
    monkeypatch.setattr("rag_app.embedder.reference_fingerprint", lambda ref: "c" * 32)
    assert "the records do not tell how" in compared(workspace, str(folder), "tuned-1").stderr


def test_export_to_a_folder(workspace: Workspace, tmp_path: Path) -> None:
    source = register(workspace, record("m"))
    target = tmp_path / "out" / "model"
    done = run("models", "export", "m", "--to", str(target), "--json", workspace=workspace.root)
    assert json.loads(done.stdout) == {"model_id": "m", "to": str(target)}
    assert content(target) == content(source)
    assert [p.name for p in target.parent.iterdir()] == ["model"]

    (target / "own.txt").write_text("mine")
    again = run("models", "export", "m", "--to", str(target), workspace=workspace.root)
    assert (again.returncode, again.stderr) == (
        2,
        f"Error: {target} exists and is not an empty folder; name another one, or add --force\n",
    )
    assert (target / "own.txt").exists()
    assert (
        run("models", "export", "m", "--to", str(target), "--force", workspace=workspace.root).returncode == 0
    )
    assert content(target) == content(source)
    assert [p.name for p in target.parent.iterdir()] == ["model"]


def test_force_replaces_nothing_but_a_model(workspace: Workspace, tmp_path: Path) -> None:
    source = register(workspace, record("m"))
    thesis, file = tmp_path / "thesis", tmp_path / "modules.json"
    thesis.mkdir()
    (thesis / "own.txt").write_text("mine")
    file.write_text("[]")
    for target in (thesis, file):
        with pytest.raises(UsageError, match="is not a model's folder, which --force may replace"):
            export_folder(workspace, "m", target, force=True)
    assert (content(thesis), file.read_text()) == ({"own.txt": b"mine"}, "[]")
    (thesis / "modules.json").write_text("[]")
    assert content(export_folder(workspace, "m", thesis, force=True)) == content(source)


def test_an_interrupted_export_leaves_what_was_there(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(workspace, record("m"))
    target = tmp_path / "there"
    target.mkdir()
    (target / "modules.json").write_text("mine")

    def full(source: Path, made: Path) -> None:
        made.mkdir()
        (made / "half").write_text("")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copytree", full)
    with pytest.raises(Exception, match=r"cannot be written .No space left on device"):
        export_folder(workspace, "m", target, force=True)
    assert content(target) == {"modules.json": b"mine"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["there", "ws"]


@pytest.mark.parametrize("where", ["ws", "ws/models/m", "."])
def test_export_never_replaces_the_workspace(workspace: Workspace, tmp_path: Path, where: str) -> None:
    source = register(workspace, record("m"))
    before = content(workspace.root)
    with pytest.raises(UsageError, match="holds the workspace, or is in it"):
        export_folder(workspace, "m", tmp_path / where, force=True)
    assert content(workspace.root) == before and source.is_dir()


def hub_export(
    workspace: Workspace, url: str, token: str | None, *args: str
) -> subprocess.CompletedProcess[str]:
    """huggingface_hub reads its settings when it is imported: export from a fresh process."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HF_")}
    environment |= {
        "HF_ENDPOINT": url,
        "HF_HOME": str(workspace.root / "hf"),
        "HF_HUB_DISABLE_XET": "1",
        "NO_PROXY": "127.0.0.1",
    }
    if token:
        environment["HF_TOKEN"] = token
    return subprocess.run(
        [sys.executable, "-m", "ui", "models", "export", "m", "--to", "hub:acme/filings", *args,
         "--workspace", str(workspace.root)],
        capture_output=True, text=True, cwd=ROOT, env=environment, timeout=200, check=False,
    )  # fmt: skip


def uploaded(hub: UploadHub) -> dict[str, bytes]:
    return {name: data for name, data in hub.files.items() if name != ".gitattributes"}


def test_export_to_a_hub(workspace: Workspace) -> None:
    source = register(workspace, record("m"))
    with upload_hub("acme/filings", "secret", private=None) as hub:
        done = hub_export(workspace, hub.url, "secret", "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == {"model_id": "m", "to": f"{hub.url}/acme/filings"}
        assert uploaded(hub) == content(source)
        assert (hub.created[0]["name"], hub.created[0]["organization"]) == ("filings", "acme")
        assert (hub.created[0]["visibility"], hub.messages) == ("private", ["Upload m"])
        assert hub_export(workspace, hub.url, "secret", "--public").returncode == 0
        assert hub.created[1]["visibility"] == "public"


def test_nothing_private_goes_where_everyone_can_see(workspace: Workspace) -> None:
    register(workspace, record("m"))
    with upload_hub("acme/filings", "secret", private=False) as hub:
        done = hub_export(workspace, hub.url, "secret")
        assert (done.returncode, done.stderr) == (
            2,
            "Error: hub:acme/filings is there and everyone can see it; add --public or name another one\n",
        )
        assert (hub.created, hub.files) == ([], {})


@pytest.mark.parametrize(
    ("token", "status", "code", "told"),
    [
        (None, 200, 2, "HF_TOKEN is not set; make a token that may write at the hub and set HF_TOKEN"),
        ("wrong", 200, 1, "acme/filings was not uploaded: the token in HF_TOKEN is not valid"),
        (
            "secret",
            403,
            1,
            "acme/filings was not uploaded: the token in HF_TOKEN may not write to acme/filings",
        ),
    ],
)
def test_a_hub_that_refuses(
    workspace: Workspace, token: str | None, status: int, code: int, told: str
) -> None:
    register(workspace, record("m"))
    with upload_hub("acme/filings", "secret", status) as hub:
        done = hub_export(workspace, hub.url, token)
        assert (done.returncode, done.stdout, done.stderr) == (code, "", f"Error: {told}\n")
        assert hub.files == {}


def test_a_hub_that_is_away(workspace: Workspace) -> None:
    register(workspace, record("m"))
    done = hub_export(workspace, "http://127.0.0.1:9", "secret")
    assert done.returncode == 1
    assert "Error: acme/filings was not uploaded: the hub cannot be reached" in done.stderr


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--to", "hub:filings"], "hub:filings: expected hub:OWNER/NAME"),
        (["--to", "hub:a/b", "--force"], "--force is for folders"),
        (["--to", "x", "--public"], "--public is for the hub"),
    ],
)
def test_export_misused(workspace: Workspace, args: list[str], told: str) -> None:
    register(workspace, record("m"))
    done = run("models", "export", "m", *args, workspace=workspace.root)
    assert done.returncode == 2 and told in done.stderr


def test_a_base_by_hub_name_keeps_that_name(workspace: Workspace) -> None:
    found = resolve_model(workspace, Settings(base_model="acme/encoder"), "base")
    assert (found.name, found.origin, found.kind) == ("base", "acme/encoder", "hub")
    assert base_name(found) == "acme/encoder"
    assert base_name(ModelRef("base", "embedded", Path("/x"))) == "sentence-transformers/all-MiniLM-L6-v2"
    assert base_name(ModelRef("./models/mine", "folder", Path("/models/mine"))) == "mine"


def front_matter(card: str) -> dict[str, Any]:
    _, head, _ = card.split("---\n", 2)
    found: dict[str, Any] = yaml.safe_load(head)
    return found


@pytest.mark.parametrize("pairs", ["hub:acme/pairs:train", 'odd: "name" #1.csv', "made.csv", "no"])
def test_the_card_says_what_the_record_says(pairs: str) -> None:
    scores = {32: Scores(0.5, 0.4, 0.6, 0.3)}
    before = Evaluation("b", "honest", 4, 9, scores, {32: (0.5, 0.5, 0.5, 0.5)})
    after = Evaluation("t", "honest", 4, 9, {32: Scores(0.75, 0.7, 0.8, 0.6)}, {32: (1.0, 0.5, 1.0, 0.5)})
    made = record("m", pairs=pairs, forgetting=LOST, forgets=True)
    card = model_card(
        made, comparison(before, after), base="acme/encoder", license_name="mit", prompts={"query": "q: "}
    )
    head = front_matter(card)
    assert head["library_name"] == "sentence-transformers"
    assert (head["base_model"], head["license"]) == ("acme/encoder", "mit")
    assert head["datasets"] == ["acme/pairs" if pairs.startswith("hub:") else pairs]
    assert "| 32 | 0.500 | 0.750 | +0.250 |" in card
    assert "worse than its base on real filings" in card
    assert "This model loses on filings: -0.100 nDCG@10" in card
    assert 'Prompts: query "q: "' in card and "5" * 64 in card
    assert f"Pairs: `{pairs}`" in card


def test_a_skipped_check_and_other_protocols_in_words() -> None:
    scores = Evaluation("b", "filing", 1, 9, {32: Scores(0.5, 0.4, 0.6, 0.3)}, {32: (0.5,)})
    made = record("m", pairs="a`b", protocol="filing", dims=(16, 8), forgetting={"skipped": "no filings"})
    card = model_card(made, comparison(scores, scores), base="x", license_name=None, prompts={})
    assert "This model was not checked on filings: no filings." in card
    assert "- Held out: whole filings, so that none of them is in both; their companies may be" in card
    assert "Pairs: `ab`" in card and "cut to 16, 8 dimensions" in card
    assert judged_on(made) == "held-out filings of a`b"
