"""The facts that filings keep beside what is read from their originals, and whether they are up to date.

For `pipeline`, which holds the lock on the filings.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from rag_app.core.config import Workspace
from rag_app.core.errors import WorkspaceError
from rag_app.facts.companyfacts import company_facts, lacks_facts
from rag_app.facts.extract import FACTS_VERSION
from rag_app.facts.store import FactStore
from rag_app.facts.types import Fact
from rag_app.filings.edgar.fetch import read_company_facts
from rag_app.filings.figures import may_have_tags
from rag_app.store import StoredFiling, list_filings, original_path, save_facts, stored_facts


def are_current(workspace: Workspace, stored: StoredFiling) -> bool:
    """Whether a filing's facts are there and what its original would give now."""
    if stored.facts_version == FACTS_VERSION:
        return not stored.facts or (workspace.filings / stored.filing_id / "facts.jsonl").exists()
    try:
        return not may_have_tags(original_path(workspace, stored.filing_id).read_bytes())
    except (WorkspaceError, OSError):
        return True  # nothing to read them from


def with_company_facts(workspace: Workspace, stored: StoredFiling, documents: Sequence[Path]) -> StoredFiling:
    """`stored` with EDGAR's own figures of it, where it tags none and they were fetched beside `documents`.

    Raises WorkspaceError for a damaged file or one that cannot be written.
    """
    path = next(filter(None, map(read_company_facts, documents)), None)
    if path is None or not stored.meta.accession:
        return stored
    own = stored_facts(workspace, stored)
    told = company_facts(path, stored.filing_id, stored.source, stored.meta) if lacks_facts(own) else []
    facts = _numbered([*(fact for fact in own if fact.origin == "inline"), *told])
    if not told or facts == own:
        return stored
    try:
        return save_facts(workspace, stored, facts)
    except OSError as error:
        raise WorkspaceError(
            f"{stored.source}: its figures cannot be stored ({error.strerror or error}); free space, then "
            "ingest it"
        ) from error


def with_kept(workspace: Workspace, filing_id: str, facts: Sequence[Fact]) -> list[Fact]:
    """`facts` read anew from an original, and what EDGAR told of the filing: that is not in the original."""
    found = list(facts)
    if lacks_facts(found) and (workspace.filings / filing_id / "facts.jsonl").exists():
        with suppress(WorkspaceError):  # damaged: to be fetched again
            for old in list_filings(workspace):
                if old.filing_id == filing_id:
                    found += [fact for fact in stored_facts(workspace, old) if fact.origin != "inline"]
    return _numbered(found)


def update_facts(workspace: Workspace) -> None:
    """Have the facts ready for the first question; whoever asks is told what is wrong with them."""
    with suppress(WorkspaceError):
        FactStore.open(workspace).close()


def _numbered(facts: Sequence[Fact]) -> list[Fact]:
    return [replace(fact, order=order) for order, fact in enumerate(facts)]
