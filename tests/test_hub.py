"""Models and data sets by hub name, from a local server that speaks the hub's protocol."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fake_hub import fake_hub

from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import ModelError
from rag_app.core.hub import model_folder
from rag_app.core.registry import ModelRef, embedded_folder, fingerprint_folder, resolve_model

ROOT = Path(__file__).parents[1]


def in_a_process(code: str, url: str, home: Path) -> subprocess.CompletedProcess[str]:
    """huggingface_hub reads its settings when it is imported: ask from a fresh process."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HF_")}
    environment |= {"HF_ENDPOINT": url, "HF_HOME": str(home), "NO_PROXY": "127.0.0.1"}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=environment, timeout=200,
        check=False,
    )  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The embedded model as a hub would hold it, with files that must not be fetched."""
    try:
        folder = Path(shutil.copytree(embedded_folder(), tmp_path / "repository"))
    except ModelError as error:
        pytest.skip(str(error))
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    (folder / "modeling.py").write_text("raise SystemExit('ran code of a model')", encoding="utf-8")
    return folder


LOAD = """
from pathlib import Path
from rag_app.core.config import Settings, Workspace
from rag_app.core.registry import resolve_model
from rag_app.embedder import load_encoder
encoder = load_encoder(resolve_model(Workspace(Path('.')), Settings(), 'acme/{name}'))
print(encoder.fingerprint, encoder.dimension, encoder.encode_queries(['tidal turbines']).shape)
"""


@pytest.mark.slow
def test_a_model_by_hub_name(repository: Path, tmp_path: Path) -> None:
    with fake_hub("models", "acme/tiny", repository) as hub:
        first = in_a_process(LOAD.format(name="tiny"), hub.url, tmp_path / "home")
        assert first.returncode == 0, first.stderr
        assert first.stdout.split()[0] == fingerprint_folder(repository)
        assert first.stdout.split(maxsplit=1)[1].strip() == "384 (1, 384)"
        fetched = set(hub.asked)
        assert "model.safetensors" in fetched
        assert not {f for f in fetched if f.endswith((".bin", ".py"))}
        hub.asked.clear()
        assert in_a_process(LOAD.format(name="tiny"), hub.url, tmp_path / "home").stdout == first.stdout
        assert hub.asked == []  # the cache answers

        unknown = in_a_process(LOAD.format(name="nope"), hub.url, tmp_path / "home")
        assert "NotFoundError: the model hub has no 'acme/nope'" in unknown.stderr


@pytest.mark.slow
def test_pairs_by_hub_name(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    rows = "".join(f'{{"anchor": "what is {i}?", "positive": "{i} is a number"}}\n' for i in range(5))
    (folder / "train.jsonl").write_text(rows, encoding="utf-8")
    code = (
        "from finetune.data.pairs import load_pairs; p = load_pairs('hub:acme/pairs'); "
        "print(len(p.pairs), p.pairs[3])"
    )
    with fake_hub("datasets", "acme/pairs", folder) as hub:
        done = in_a_process(code, hub.url, tmp_path / "home")
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("5 Pair(question='what is 3?', context='3 is a number'")


def test_a_hub_that_is_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    done = in_a_process(
        "from rag_app.core.hub import model_folder; from rag_app.core.registry import ModelRef\n"
        "try: model_folder(ModelRef('acme/tiny', 'hub', None))\n"
        "except Exception as e: print(type(e).__name__, e)",
        "http://127.0.0.1:9",
        tmp_path,
    )
    assert done.stdout.startswith(
        "ModelError acme/tiny: not in the local cache and the hub cannot be reached"
    )


def test_damaged_embedded_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"tampered")
    with pytest.raises(ModelError, match="the embedded model's weights have SHA-256"):
        model_folder(ModelRef("base", "embedded", tmp_path))


def test_embedded_weights_are_the_published_ones(workspace: Workspace) -> None:
    ref = resolve_model(workspace, Settings(), "base")
    assert model_folder(ref) == ref.path
