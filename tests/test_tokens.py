"""Counting tokens: exact with the model's own tokenizer, and what a passage may hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from rag_app.chunks import ChunkConfig, chunk_filing
from rag_app.core.config import Settings, Workspace
from rag_app.core.registry import ModelRef
from rag_app.core.types import Block, Filing, FilingMeta, Section, Table, TableRow
from rag_app.cutting import Cutting, cutting_for, cutting_of
from rag_app.tokens import TokenCounter, token_limit, too_long

PIECES = [
    "[UNK]",
    "[CLS]",
    "[SEP]",
    *"abcdefghijklmnopqrstuvwxyz0123456789.,$()|%",
    *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz0123456789"),
]
TEXT = "Net sales rose to $391,035 (in millions), up 2%."


def word_pieces(folder: Path, **settings: object) -> Path:
    """A model folder that has a tokenizer and settings, and no weights."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Tokenizer(models.WordPiece({p: i for i, p in enumerate(PIECES)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    made.enable_truncation(16)  # as published models do: a count must not stop there
    made.save(str(folder / "tokenizer.json"))
    (folder / "sentence_bert_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return folder


def byte_level(folder: Path, **settings: object) -> Path:
    """The same with a tokenizer for which every byte, line ends too, is a token."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sentence_bert_config.json").write_text(json.dumps(settings), encoding="utf-8")
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE({c: i for i, c in enumerate(alphabet)}, []))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.save(str(folder / "tokenizer.json"))
    return folder


@pytest.mark.parametrize("make", [word_pieces, byte_level])
def test_counts_are_those_of_the_tokenizer(make: Callable[..., Path], tmp_path: Path) -> None:
    path = make(tmp_path / "model") / "tokenizer.json"
    real = Tokenizer.from_file(str(path))
    real.no_truncation()
    counter = TokenCounter(path)
    for text in (TEXT, f"{TEXT}\n{TEXT}", "", "naïve  “quoted”\tx"):
        line_end = 1 if make is byte_level else 0  # a token of its own there
        assert counter(text) == len(real.encode(text, add_special_tokens=False).ids) + line_end


def test_words_are_counted_once_and_specials_are_known(tmp_path: Path) -> None:
    counter = TokenCounter(word_pieces(tmp_path / "m") / "tokenizer.json")
    assert counter("sales sales") == 10 == 2 * counter("sales")
    assert counter.specials == 2


def test_the_limit_leaves_room_for_special_tokens_and_the_passage_prompt(tmp_path: Path) -> None:
    folder = word_pieces(tmp_path / "m", max_seq_length=64)
    ref = ModelRef("m", "folder", folder)
    assert token_limit(ref, 256).max_tokens == 62
    assert token_limit(ref, 32).max_tokens == 32
    prompts = {"prompts": {"query": "ask: ", "document": "doc"}}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(prompts), encoding="utf-8")
    assert token_limit(ref, 256).max_tokens == 59


@pytest.mark.parametrize("content", [None, "{not json", "{}"])
def test_without_a_readable_tokenizer_estimates_do(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "tokenizer.json").write_text(content, encoding="utf-8")
    limit = token_limit(ModelRef("m", "folder", tmp_path), 256)
    assert (limit.max_tokens, limit.tokenizer, limit.fingerprint) == (256, None, "")


def test_a_workspace_cuts_for_its_base_model(tmp_path: Path) -> None:
    small = word_pieces(tmp_path / "small", max_seq_length=40)
    workspace = Workspace(tmp_path / "ws").create()
    cutting = cutting_for(workspace, Settings(base_model=str(small)), ChunkConfig())
    assert cutting.tokenizer == small / "tokenizer.json"
    assert cutting.config.max_tokens == 38
    assert cutting_for(workspace, Settings(base_model=str(tmp_path / "none")), ChunkConfig()) == Cutting(
        ChunkConfig()
    )
    assert cutting_of(workspace).version != cutting.version


def awkward() -> Filing:
    """Long company, headings, heads, rows, cells, sentences and words."""
    blocks = (
        Block("heading", "a heading that goes on " * 12),
        Block("prose", "one sentence without an end " * 60),
        Block("prose", "x" * 90 + "-" + "y1" * 300),
        Block("heading", "short"),
        Block("prose", "It is short."),
        Block(
            "table",
            table=Table(
                tuple(f"three months ended june {n}, 2024" for n in range(12)),
                (
                    TableRow("a label of some length", tuple(str(n) * 5 for n in range(12)), "section one"),
                    TableRow("exhibit", ("words in a cell " * 40, *[""] * 11), "section one"),
                    TableRow("balance at december 31, 2023", ("1",) * 12),
                    *(TableRow(f"row {n}", ("2",) * 12, "section two") for n in range(9)),
                ),
                "a caption " * 40,
                "in millions",
            ),
        ),
    )
    meta = FilingMeta(
        "The Company With The Long Name That Fills Lines, Inc. and Subsidiaries " * 3, form="10-K"
    )
    return Filing("f-1", "f.htm", "00", meta, (Section("Item 7", "a title " * 30, blocks),))


@pytest.mark.parametrize("make", [word_pieces, byte_level])
@pytest.mark.parametrize("limit", [40, 62, 126, 254])
@pytest.mark.parametrize(
    "config", [ChunkConfig(), ChunkConfig(overlap_sentences=2, max_words=60), ChunkConfig(head=False)]
)
def test_no_chunk_exceeds_the_limit_and_no_word_is_lost(
    tmp_path: Path, limit: int, config: ChunkConfig, make: Callable[..., Path]
) -> None:
    folder = make(tmp_path / "m", max_seq_length=limit + (2 if make is word_pieces else 0))
    cutting = cutting_for(Workspace(tmp_path), Settings(base_model=str(folder)), config)
    counter = TokenCounter(folder / "tokenizer.json")
    chunks = chunk_filing(awkward(), cutting.config, counter)
    assert (cutting.config.max_tokens, cutting.config.model_tokens) == (min(limit, 126), limit)
    real = Tokenizer.from_file(str(folder / "tokenizer.json"))
    real.no_truncation()
    for chunk in chunks:
        for text in (chunk.embed_text, chunk.full_text):
            assert len(real.encode(text, add_special_tokens=False).ids) <= limit
    assert any(chunk.kind == "table" and not chunk.as_rows for chunk in chunks) or limit < 254
    joined = "".join("".join(chunk.text.split()) for chunk in chunks)
    assert joined.count("y1") >= 300
    for part in (
        "onesentencewithoutanend" * 2,
        "wordsinacell",
        "balanceatdecember31,2023",
        "row8",
        "section",
    ):
        assert part in joined


def test_passages_a_model_would_cut_off_are_counted(tmp_path: Path) -> None:
    ref = ModelRef("m", "folder", word_pieces(tmp_path / "m", max_seq_length=12))
    assert too_long(ref, ["a" * 10, "a" * 11, "a b", "a " * 11]) == 2
    assert too_long(ModelRef("n", "folder", tmp_path), ["a " * 99]) == 0
    (tmp_path / "m" / "sentence_bert_config.json").unlink()
    assert too_long(ref, ["a " * 999]) == 0
    (tmp_path / "m" / "tokenizer_config.json").write_text('{"model_max_length": 512}', encoding="utf-8")
    assert too_long(ref, ["a " * 510, "a " * 511]) == 1
