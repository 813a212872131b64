"""Facts as a filing's folder keeps them: one JSON object a line, without what the filing itself tells.

Knows no database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from rag_app.core.errors import WorkspaceError
from rag_app.core.types import FilingMeta
from rag_app.facts.types import Fact

_OF_FILING = ("company", "ticker", "cik", "accession", "form")
_LEFT_OUT = {"filing_id", "source", *_OF_FILING}
_KEPT = tuple(field.name for field in fields(Fact) if field.name not in _LEFT_OUT)


def fact_lines(facts: Iterable[Fact]) -> str:
    """One JSON object a line."""
    return "".join(json.dumps(_to_dict(fact), ensure_ascii=False) + "\n" for fact in facts)


def lines_hash(text: str) -> str:
    """16 hex digits that change when any fact does."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def read_facts(path: Path, filing_id: str, source: str, meta: FilingMeta) -> list[Fact]:
    """The facts in `path`, of the filing named. Raises WorkspaceError naming the file when it is damaged."""
    told = {name: getattr(meta, name) or "" for name in _OF_FILING}
    told |= {"filing_id": filing_id, "source": source}
    try:
        with path.open(encoding="utf-8") as lines:
            return [_from_dict(json.loads(line), told) for line in lines]
    except (OSError, ValueError, TypeError, KeyError, InvalidOperation) as error:
        raise WorkspaceError(f"{path}: damaged ({error}); delete it and run: ingest --refresh") from error


def _to_dict(fact: Fact) -> dict[str, Any]:
    raw = {name: getattr(fact, name) for name in _KEPT}
    return raw | {"value": format(fact.value, "f")}


def _from_dict(raw: dict[str, Any], told: dict[str, str]) -> Fact:
    members = tuple((str(axis), str(member)) for axis, member in raw["members"])
    return Fact(**{**raw, **told, "value": Decimal(raw["value"]), "members": members})
