"""A tuned model out of the registry: as a folder for any program, or to the model hub.

The folder is what sentence-transformers loads, with the model card and the record.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from pathlib import Path

from rag_app.core.config import Workspace
from rag_app.core.errors import FetchError, UsageError, WorkspaceError
from rag_app.core.registry import get_record

TO_HUB = "hub:"
MODEL_FILES = ("modules.json", "record.json")
"""A folder with one of these holds a model."""
TOKEN = "HF_TOKEN"  # noqa: S105 - the variable's name


def export_folder(workspace: Workspace, model_id: str, target: Path, force: bool = False) -> Path:
    """Copy the model to `target`, whole or not at all; its absolute path.

    Raises UsageError for an unknown model and for a target that is not empty, unless `force` may
    replace it: a folder that holds a model; WorkspaceError when it cannot be written.
    """
    source = _model(workspace, model_id)
    target = target.expanduser().resolve()
    _check_target(workspace, target, force)
    mark = secrets.token_hex(4)
    made, old = target.with_name(f".{target.name}.{mark}"), target.with_name(f".{target.name}.old.{mark}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, made)
        if target.exists():
            target.rename(old)
        made.rename(target)
    except OSError as error:
        if old.exists() and not target.exists():
            old.rename(target)
        raise WorkspaceError(f"{target} cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)
    return target


def export_hub(workspace: Workspace, model_id: str, name: str, public: bool = False) -> str:
    """Upload the model to the hub as `name` (OWNER/NAME), private unless `public`; its address.

    The token comes from HF_TOKEN and from nowhere else. A repository that is there keeps its
    visibility. Raises UsageError without a token, for a bad name, and for a repository that everyone
    can see unless `public`; FetchError when the hub refuses or cannot be reached.
    """
    source = _model(workspace, model_id)
    if not re.fullmatch(r"\w[\w.-]*/\w[\w.-]*", name):
        raise UsageError(f"{TO_HUB}{name}: expected {TO_HUB}OWNER/NAME")
    token = os.environ.get(TOKEN)
    if not token:
        raise UsageError(f"{TOKEN} is not set; make a token that may write at the hub and set {TOKEN}")
    from huggingface_hub import HfApi  # takes a second to import
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, RepositoryNotFoundError

    api = HfApi(token=token)
    try:
        if not public:
            with contextlib.suppress(RepositoryNotFoundError):
                if not api.repo_info(name).private:
                    raise UsageError(
                        f"{TO_HUB}{name} is there and everyone can see it; add --public or name another one"
                    )
        url = api.create_repo(name, private=not public, exist_ok=True)
        api.upload_folder(repo_id=name, folder_path=source, commit_message=f"Upload {model_id}")
    except UsageError:
        raise
    except HfHubHTTPError as error:
        reason = {
            401: f"the token in {TOKEN} is not valid",
            403: f"the token in {TOKEN} may not write to {name}",
        }.get(error.response.status_code, (str(error).splitlines() or ["no reason given"])[0])
        raise FetchError(f"{name} was not uploaded: {reason}") from error
    except HFValidationError as error:
        raise UsageError(f"{TO_HUB}{name}: not a name the hub takes; expected {TO_HUB}OWNER/NAME") from error
    except Exception as error:  # the errors of whichever http library the client is built on
        if isinstance(error, TypeError | AttributeError | KeyError):
            raise
        raise FetchError(
            f"{name} was not uploaded: the hub cannot be reached ({type(error).__name__}); go online and try "
            "again, or export to a folder"
        ) from error
    return str(url)


def _model(workspace: Workspace, model_id: str) -> Path:
    get_record(workspace, model_id)
    return workspace.models / model_id


def _check_target(workspace: Workspace, target: Path, force: bool) -> None:
    root = workspace.root.resolve()
    if target == root or target in root.parents or root in target.parents:
        raise UsageError(f"{target}: holds the workspace, or is in it; name a folder outside of it")
    if target in (Path.home(), Path.cwd()) or target in Path.cwd().parents:
        raise UsageError(f"{target}: name a folder of its own for the model")
    taken = target.exists() and (not target.is_dir() or any(target.iterdir()))
    if taken and not force:
        raise UsageError(f"{target} exists and is not an empty folder; name another one, or add --force")
    if taken and not any((target / name).is_file() for name in MODEL_FILES):
        raise UsageError(f"{target} is not a model's folder, which --force may replace; name another one")
