"""How a workspace cuts its filings: for its base model's token limit, counted by that model's tokenizer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from rag_app.chunks import ChunkConfig, chunk_filing
from rag_app.core.config import Settings, Workspace, load_settings
from rag_app.core.errors import RagAppError
from rag_app.core.registry import resolve_model
from rag_app.core.types import Chunk, Filing
from rag_app.tokens import load_counter, token_limit


@dataclass(frozen=True, slots=True)
class Cutting:
    """A chunker ready to work, small enough to send to worker processes."""

    config: ChunkConfig
    tokenizer: Path | None = None

    @property
    def version(self) -> str:
        """Equal versions cut equal filings into equal chunks."""
        return self.config.config_hash

    def chunks(self, filing: Filing) -> list[Chunk]:
        """All chunks of a filing in reading order."""
        return chunk_filing(filing, self.config, load_counter(self.tokenizer) if self.tokenizer else None)


def cutting_of(workspace: Workspace) -> Cutting:
    """The way this workspace cuts; by estimated tokens while its base model cannot be had."""
    return cutting_for(workspace, load_settings(workspace), ChunkConfig())


def cutting_for(workspace: Workspace, settings: Settings, config: ChunkConfig) -> Cutting:
    """`config` with the limit and the tokenizer of the base model in `settings`."""
    try:
        limit = token_limit(resolve_model(workspace, settings, "base"), config.model_tokens)
    except RagAppError:  # it is named when it is needed, by the command that loads it
        return Cutting(config)
    if limit.tokenizer is None:
        return Cutting(config)
    fitted = replace(
        config,
        max_tokens=min(config.max_tokens, limit.max_tokens),
        model_tokens=limit.max_tokens,
        tokenizer=limit.fingerprint,
    )
    return Cutting(fitted, limit.tokenizer)
