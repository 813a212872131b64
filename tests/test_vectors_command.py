"""`rag-app vectors`: what is stored, whether it is whole, and what nothing uses any more."""

import json
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from conftest import WordEncoder, make, make_chunk

from rag_app.core.config import Workspace
from rag_app.core.errors import UsageError
from rag_app.core.files import locked
from rag_app.core.registry import fingerprint_folder
from rag_app.core.types import Chunk, Filing, FilingMeta
from rag_app.store import remove_filing, save_filing
from rag_app.vectors import LINE_BYTES, VectorStore, embed_missing
from ui.cli import main
from ui.commands.vectors import kept_hashes

ROW = 64 * 4 + LINE_BYTES


def run(workspace: Workspace, *args: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of `rag-app vectors ...`."""
    out, err, code = StringIO(), StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(["vectors", *args, "--workspace", str(workspace.root)])
        except SystemExit as end:
            code = int(end.code or 0)
    return code, out.getvalue(), err.getvalue()


def told(workspace: Workspace, *args: str) -> tuple[int, Any]:
    code, out, err = run(workspace, *args, "--json")
    assert err == ""
    return code, json.loads(out)


def save(workspace: Workspace, name: str, chunks: list[Chunk]) -> None:
    original = workspace.root / "page.htm"
    original.write_text("page", encoding="utf-8")
    save_filing(workspace, Filing(name, f"{name}.htm", "0" * 64, FilingMeta(), ()), chunks, original, "1")


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The fingerprint of a base model that is never loaded."""
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "model.safetensors").write_bytes(b"weights")
    monkeypatch.setenv("RAG_APP_BASE_MODEL", str(tmp_path / "base"))
    return fingerprint_folder(tmp_path / "base")


@pytest.fixture
def filled(workspace: Workspace, base: str, chunks: list[Chunk]) -> Workspace:
    """Two filings; the base's vectors of all, those of a model that is gone, and two of other texts."""
    save(workspace, "zza", chunks[:3])
    save(workspace, "zzb", chunks[3:])
    texts = [c.embed_text for c in chunks]
    for fingerprint, wanted in ((base, [*texts, "an older cut", "another one"]), ("gone", texts[:2])):
        encoder = WordEncoder(fingerprint=fingerprint)
        embed_missing(workspace.vectors / fingerprint, fingerprint, lambda e=encoder: e, wanted)
    return workspace


def damage(workspace: Workspace, fingerprint: str, name: str = "rows.f32") -> None:
    path = workspace.vectors / fingerprint / name
    data = bytearray(path.read_bytes())
    data[300] ^= 1
    path.write_bytes(data)


def test_a_new_workspace_has_none(workspace: Workspace, base: str) -> None:
    for command in ("list", "verify", "compact"):
        assert run(workspace, command) == (0, "no vectors yet; run: rag-app index\n", "")
        assert told(workspace, command) == (0, [])
    code, out, err = run(workspace, "verify", "abc")
    assert (code, out) == (2, "")
    assert err == "Error: no vectors of 'abc'; there is: none yet; run: rag-app index\n"


def test_list(filled: Workspace, base: str, tmp_path: Path) -> None:
    damaged = filled.vectors / "zzz"
    damaged.mkdir()
    (damaged / "store.json").touch()
    code, found = told(filled, "list")
    rows = {row["fingerprint"]: row for row in found}
    name = str(tmp_path / "base")
    assert code == 0 and set(rows) == {base, "gone", "zzz"}
    assert rows[base] == {
        "fingerprint": base, "models": [name], "rows": 8, "dimension": 64, "bytes": 8 * ROW, "used": 6,
        "problem": None,
    }  # fmt: skip
    assert (rows["gone"]["models"], rows["gone"]["used"]) == ([], 2)
    assert "store.json: damaged; run: rag-app vectors verify zzz --repair" in rows["zzz"]["problem"]
    text = run(filled, "list")[1]
    assert f"{base}  {name}  8 rows of 64, 0.0 MB, 6 used by the filings\n" in text
    assert "gone  no model or index here  2 rows" in text


def test_verify_and_repair(filled: Workspace, base: str) -> None:
    assert told(filled, "verify")[0] == 0
    damage(filled, base)
    code, found = told(filled, "verify", base[:6])
    assert (code, found) == (
        1,
        [
            {
                "fingerprint": base,
                "rows": 8,
                "damaged": 1,
                "bytes": 8 * ROW,
                "repaired": False,
                "problem": None,
            }
        ],
    )
    code, out, _ = run(filled, "verify")
    assert code == 1
    assert f"8 rows, 0.0 MB, 1 DAMAGED; run: rag-app vectors verify {base} --repair\n" in out
    assert "gone  2 rows, 0.0 MB, all whole\n" in out
    code, found = told(filled, "verify", "--repair")
    assert code == 0
    assert [(r["rows"], r["damaged"], r["repaired"]) for r in sorted(found, key=lambda r: r["rows"])] == [
        (2, 0, False),
        (7, 1, True),
    ]
    assert told(filled, "verify")[0] == 0


def test_a_lost_store_json_is_repaired_and_one_bad_store_hides_no_other(filled: Workspace, base: str) -> None:
    (filled.vectors / base / "store.json").write_text("{", encoding="utf-8")
    hopeless = filled.vectors / "zzz"
    hopeless.mkdir()
    (hopeless / "store.json").touch()
    code, found = told(filled, "verify", "--repair")
    rows = {row["fingerprint"]: row for row in found}
    assert code == 1
    assert (rows[base]["rows"], rows[base]["repaired"], rows[base]["problem"]) == (8, True, None)
    assert rows["gone"]["rows"] == 2
    assert "no row can be read back; delete the folder" in rows["zzz"]["problem"]
    code, out, err = run(filled, "verify", "zzz")
    assert (code, out) == (1, "")
    assert err.startswith("zzz  Error: ")


def test_compact_keeps_what_filings_and_indexes_use(
    filled: Workspace, base: str, chunks: list[Chunk], encoder: WordEncoder
) -> None:
    make(filled.indexes, [*chunks[:3], make_chunk(9, "Only this index has it.")], encoder)
    more = WordEncoder(fingerprint=base)
    embed_missing(
        filled.vectors / base, base, lambda: more, [make_chunk(9, "Only this index has it.").embed_text]
    )
    remove_filing(filled, "zzb")
    assert len(kept_hashes(filled)) == 4
    code, found = told(filled, "compact", base)
    assert (code, found[0] | {"models": None}) == (
        0,
        {
            "fingerprint": base, "models": None, "rows": 4, "dropped": 5, "freed": 5 * ROW, "deleted": False,
        },
    )  # fmt: skip
    store = VectorStore.existing(filled.vectors / base, base)
    assert store is not None
    assert sorted(store.find(list(kept_hashes(filled))).tolist()) == [0, 1, 2, 3]
    assert run(filled, "compact", base)[1] == f"{base}  4 rows stay, 0 dropped, 0.0 MB freed\n"


def test_a_store_that_nothing_uses_is_deleted_only_when_asked(filled: Workspace, base: str) -> None:
    code, out, _ = run(filled, "compact", "gone")
    assert code == 0
    assert out == (
        "gone  2 rows stay, 0 dropped, 0.0 MB freed; of no model or index here: --drop-unused deletes it\n"
    )
    code, found = told(filled, "compact", "--drop-unused")
    rows = {row["fingerprint"]: row for row in found}
    assert code == 0
    assert rows["gone"] == {
        "fingerprint": "gone", "models": [], "rows": 0, "dropped": 2, "freed": 2 * ROW, "deleted": True,
    }  # fmt: skip
    assert (rows[base]["rows"], rows[base]["dropped"], rows[base]["deleted"]) == (6, 2, False)
    assert not (filled.vectors / "gone").exists()


def test_nothing_is_called_unused_while_the_base_model_is_unknown(
    filled: Workspace, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_APP_BASE_MODEL", "no-such-model")
    code, out, err = run(filled, "compact", "--drop-unused")
    assert (code, out) == (UsageError.exit_code, "")
    assert "no model 'no-such-model'" in err
    assert (filled.vectors / base).exists() and (filled.vectors / "gone").exists()
    assert [row["models"] for row in told(filled, "list")[1]] == [[], []]  # listing needs no name


def test_writers_hold_it_off(filled: Workspace, base: str) -> None:
    with locked(filled.lock("index"), "build an index"):
        code, out, err = run(filled, "compact")
        assert (code, out) == (1, "") and "cannot compact vectors" in err
    with locked((filled.vectors / base).with_suffix(".lock"), "embed"):
        damage(filled, base)
        code, out, err = run(filled, "verify", base, "--repair")
        assert (code, out) == (1, "") and "cannot repair vectors" in err
    assert run(filled, "verify", base, "--repair")[0] == 0
