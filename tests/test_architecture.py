"""The rooms and the one direction: who may import what, and that importing does nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("rag_app", "finetune", "ui")
FILES = sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Every module `path` imports anywhere, functions included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def uses(path: Path, package: str) -> bool:
    return any(name == package or name.startswith(package + ".") for name in imports(path))


def test_there_are_files() -> None:
    assert len(FILES) > 40


@pytest.mark.parametrize("library", ["torch", "chromadb", "llama_index", "gradio", "sentence_transformers"])
def test_core_is_light(library: str) -> None:
    core = sorted((ROOT / "rag_app" / "core").rglob("*.py"))
    assert [str(p) for p in core if uses(p, library)] == []


def test_core_knows_no_other_room() -> None:
    for path in (ROOT / "rag_app" / "core").rglob("*.py"):
        ours = {n for n in imports(path) if n.split(".")[0] in PACKAGES}
        assert all(n == "rag_app" or n.startswith("rag_app.core") for n in ours), path


def test_finetune_meets_rag_app_only_in_core() -> None:
    for path in (ROOT / "finetune").rglob("*.py"):
        ours = {n for n in imports(path) if n.split(".")[0] in ("rag_app", "ui")}
        assert all(n.startswith("rag_app.core") for n in ours), path


def test_rag_app_knows_neither_finetune_nor_ui() -> None:
    assert [str(p) for p in (ROOT / "rag_app").rglob("*.py") if uses(p, "finetune") or uses(p, "ui")] == []


def test_gradio_only_under_ui() -> None:
    assert {p.relative_to(ROOT).parts[0] for p in FILES if uses(p, "gradio")} == {"ui"}


def test_chromadb_only_in_the_index() -> None:
    users = [p.relative_to(ROOT).as_posix() for p in FILES if uses(p, "chromadb")]
    assert users == ["rag_app/chroma/embedded.py"]


def test_nothing_unpickles() -> None:
    assert [str(p) for p in FILES if uses(p, "pickle") or uses(p, "joblib")] == []


def test_importing_core_loads_no_heavy_library() -> None:
    code = (
        "import sys, rag_app.core.registry, rag_app.core.hub, rag_app.core.metrics, ui.cli, ui.output\n"
        "heavy = {'torch', 'chromadb', 'llama_index', 'gradio', 'transformers'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
