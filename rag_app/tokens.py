"""How many tokens a model makes of a text: exact, and fast enough to ask for every sentence.

Reads a model folder's tokenizer.json; loads no weights and not torch.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rag_app.core.errors import RagAppError
from rag_app.core.registry import ModelRef
from rag_app.core.types import text_hash

_PROBE = 'Net sales rose (3.5)% to $391,035 million—U.S. GAAP. "Item 7A": naïve ﬁx  of\tx_y @ 10-K/A\nEnd.'
_WORDS_KEPT = 200_000


@dataclass(frozen=True, slots=True)
class TokenLimit:
    """What a passage may hold: `max_tokens` beside the special ones and the model's passage prompt.

    `tokenizer` is the file that counts, None where it is not at hand and estimates must do.
    """

    max_tokens: int
    tokenizer: Path | None
    fingerprint: str = ""


class _Sizes(dict[str, int]):
    """The tokens of each word, counted when first asked for."""

    def __init__(self, count: Callable[[str], int]) -> None:
        super().__init__()
        self._count = count

    def __missing__(self, word: str) -> int:
        if len(self) >= _WORDS_KEPT:
            self.clear()
        size = self[word] = self._count(word)
        return size


class TokenCounter:
    """Counts tokens, special ones aside. Not safe for several threads at once."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer: Any = Tokenizer.from_file(str(path))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._words = _Sizes(self._encode)
        # true of every tokenizer that splits at white space first; a byte-level one is asked each time
        self._by_words = self._encode(_PROBE) == sum(map(self._encode, _PROBE.split()))

    def __call__(self, text: str) -> int:
        """The tokens of `text`."""
        if self._by_words:
            return sum(map(self._words.__getitem__, text.split()))
        return self._encode(text) + 1  # a line end is a token there, and lines are counted one by one

    @property
    def specials(self) -> int:
        """Tokens the tokenizer puts around every text."""
        return int(self._tokenizer.num_special_tokens_to_add(is_pair=False))

    def _encode(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)


def load_counter(path: Path) -> TokenCounter:
    """The counter of a tokenizer.json; kept while the file stays as it is, since every filing needs it."""
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _load(path: Path, _: int) -> TokenCounter:
    return TokenCounter(path)


def token_limit(ref: ModelRef, most: int) -> TokenLimit:
    """How long a passage for the model `ref` may be, at most `most` tokens.

    A model whose tokenizer is neither here nor on a hub in reach gives `most` and no file.
    """
    try:
        folder = ref.path or _fetched(ref.origin or ref.name)
        counter = load_counter(folder / "tokenizer.json")
    except (RagAppError, OSError):
        return TokenLimit(most, None)
    except Exception:  # tokenizers raises its own for a damaged file; loading the model will name it
        return TokenLimit(most, None)
    stated = (
        _read(folder / "sentence_bert_config.json").get("max_seq_length")
        or _read(folder / "tokenizer_config.json").get("model_max_length")
        or sys.maxsize
    )
    prompts = _read(folder / "config_sentence_transformers.json").get("prompts") or {}
    prompt = next((prompts[name] for name in ("document", "passage", "corpus") if prompts.get(name)), "")
    added = counter.specials + (counter(prompt) if prompt else 0)
    digest = text_hash((folder / "tokenizer.json").read_text(encoding="utf-8"))
    return TokenLimit(min(most, int(stated) - added), folder / "tokenizer.json", digest[:16])


def _fetched(name: str) -> Path:
    from rag_app.core.hub import fetch_tokenizer  # takes a second to import

    return fetch_tokenizer(name)


def too_long(ref: ModelRef, texts: Sequence[str]) -> int:
    """How many passages the model `ref` would cut off at its limit; 0 where its tokenizer cannot be had."""
    limit = token_limit(ref, sys.maxsize)
    if limit.tokenizer is None:
        return 0
    counter = load_counter(limit.tokenizer)
    # a token has a letter at least: short texts need no counting
    return sum(len(text) > limit.max_tokens and counter(text) > limit.max_tokens for text in texts)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
