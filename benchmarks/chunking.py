"""The ablation of chunking: size, overlap, head, and how tables are put into words.

    python -m benchmarks.chunking DATA [--model base] [--model FOLDER] [--only NAME;…] [--store FOLDER]

DATA holds `pdf-financebench/` (filings and questions.jsonl, gold pages), `pdf-10q/` (filings and
qna_data.csv, answers with their numbers) and `html/` (inline XBRL: questions for single facts are made).
One encoding a configuration and model; vectors are kept in --store, so that a run can be gone on with.
"""

from __future__ import annotations

import argparse
import csv
import fnmatch
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.coverage import Passages, holders, sightings
from rag_app.chunks import ChunkConfig
from rag_app.core.config import Settings, Workspace
from rag_app.core.metrics import per_query
from rag_app.core.registry import ModelRef, resolve_model
from rag_app.core.tabletext import in_sentences, parse_heads, parse_row
from rag_app.core.types import Chunk, Encoder, Filing, FloatArray, text_hash
from rag_app.cutting import cutting_for
from rag_app.embedder import load_encoder
from rag_app.filings.read import read_filing
from rag_app.tokens import load_counter
from rag_app.vectors import embed_missing

BUDGET = 1500
"""Tokens of retrieved text an answer is read from, so that long and short chunks compare fairly."""
FACTS = 300


@dataclass(frozen=True)
class Variant:
    """One way of cutting; `tables`: what of a table is embedded.

    Several renderings give a chunk several vectors, the best counts ("rows|sentences"), or one that is
    their mean ("rows+sentences").
    """

    name: str
    config: ChunkConfig
    tables: str = "rows"


def _short(tokens: int, **more: int) -> ChunkConfig:
    return ChunkConfig(max_words=tokens, max_tokens=tokens - 2, **more)


VARIANTS = (
    Variant("as the product", ChunkConfig(), "sentences"),
    Variant("256 tokens, 150 words", ChunkConfig(max_words=150, max_tokens=254)),
    Variant("256 tokens", _short(256)),
    Variant("192 tokens", _short(192)),
    Variant("160 tokens", _short(160)),
    Variant("128 tokens", _short(128)),
    Variant("96 tokens", _short(96)),
    *(Variant(f"{size} tokens, sentences", _short(size), "sentences") for size in (96, 160, 192, 256)),
    Variant("128 tokens, overlap 1", _short(128, overlap_sentences=1)),
    Variant("128 tokens, no head", _short(128, head=False)),
    *(
        Variant(f"128 tokens, {tables}", _short(128), tables)
        for tables in ("sentences", "dated", "labels", "rows|sentences", "rows+sentences", "rows+labels")
    ),
)


@dataclass(frozen=True)
class Question:
    """`sources`: patterns of file names; gold is one of `pages`, `numbers` in the text, or chunk indexes."""

    kind: str
    text: str
    sources: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    numbers: tuple[str, ...] = ()
    gold: tuple[int, ...] = ()


def financebench(folder: Path) -> Iterator[Question]:
    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        pages = tuple(evidence["evidence_page_num"] + 1 for evidence in row["evidence"])
        yield Question("page", row["question"], (f"{row['doc_name']}.pdf",), pages)


def ten_q(folder: Path) -> Iterator[Question]:
    """Questions whose answers hold numbers that tell: with a comma or a decimal point."""
    with (folder / "qna_data.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            numbers = dict.fromkeys(re.findall(r"\d{1,3}(?:,\d{3})+|\d+\.\d+", row["Answer"]))
            patterns = tuple(f"{p.strip()}.pdf" for p in row["Source Docs"].split(",") if p.strip())
            if numbers:
                yield Question("numbers", row["Question"], patterns, numbers=tuple(numbers))


def fact_questions(
    files: Sequence[Path], filings: Sequence[Filing], chunks: Sequence[Chunk]
) -> list[Question]:
    """Questions for tagged numbers, asked with the filing's own labels; gold: the chunks that hold them."""
    drawn = random.Random(0)
    out: list[Question] = []
    for path, filing in zip(files, filings, strict=True):
        mine = [n for n, chunk in enumerate(chunks) if chunk.filing_id == filing.filing_id]
        index = Passages([chunks[n].full_text for n in mine])
        seen = [s for s in sightings(path.read_bytes()) if s.in_table and s.fact.period]
        seen = [s for s in seen if len(s.label.split()) >= 2 and s.fact.period and not s.fact.period.members]
        for sight in drawn.sample(seen, min(len(seen), FACTS // len(files))):
            period = sight.fact.period
            assert period is not None
            day = f"{date.fromisoformat(period.end):%B %d, %Y}".replace(" 0", " ")
            when = f"for the period ended {day}" if period.start else f"as of {day}"
            text = f"What was {filing.meta.company}'s {sight.label.lower()} {when}?"
            gold = tuple(mine[p] for p in holders(sight, index))
            out.append(Question("facts", text, (filing.source,), gold=gold))
    return out


def render(text: str, how: str) -> str:
    """A table chunk's text as rows (as it is), plain sentences, dated values, or labels without values."""
    if how == "rows":
        return text
    if how == "sentences":
        return in_sentences(text)
    heads: list[str] = []
    lines = []
    for line in text.split("\n"):
        row = parse_row(line)
        if (found := parse_heads(line)) is not None:
            heads = found
            if how == "labels":
                lines.append(" ".join(heads))
        elif row is None:
            lines.append(line)
        elif how == "labels":
            lines.append(row[0])
        else:
            named = [(cell, heads[i] if i < len(heads) else "") for i, cell in enumerate(row[1]) if cell]
            lines.append(f"{row[0]} | {' | '.join(f'{h}: {c}' if h else c for c, h in named)}")
    return "\n".join(lines)


def embedded_texts(chunks: Sequence[Chunk], tables: str) -> list[list[str]]:
    """What is embedded: one list of texts, one a chunk, for every rendering in `tables`."""
    return [
        [
            f"{chunk.head}\n{render(chunk.text, how)}" if chunk.kind == "table" else chunk.full_text
            for chunk in chunks
        ]
        for how in re.split(r"[|+]", tables)
    ]


def judge(question: Question, order: Sequence[int], chunks: Sequence[Chunk], sizes: Sequence[int]) -> float:
    """nDCG@10 of pages or facts; of numbers the share found within `BUDGET` tokens of the ranking."""
    if question.kind == "facts":
        return per_query(order, set(question.gold)).ndcg
    if question.kind == "page":
        pages = list(dict.fromkeys((chunks[n].source, chunks[n].page) for n in order[:400]))[:10]
        wanted = {(question.sources[0], page) for page in question.pages}
        ids = {page: n for n, page in enumerate(dict.fromkeys([*pages, *wanted]))}
        return per_query([ids[page] for page in pages], {ids[page] for page in wanted}).ndcg
    text, used = [], 0
    for n in order:
        if used + sizes[n] > BUDGET:
            break
        used += sizes[n]
        if any(fnmatch.fnmatch(chunks[n].source, pattern) for pattern in question.sources):
            text.append(chunks[n].text)
    found = set(re.findall(r"\d{1,3}(?:,\d{3})+|\d+\.\d+", "\n".join(text)))
    return len(found & set(question.numbers)) / len(question.numbers)


def measure(
    variant: Variant,
    files: dict[str, list[Path]],
    parsed: dict[str, list[Filing]],
    encoder: Encoder,
    store: Path,
) -> dict[str, float]:
    cutting = cutting_for(Workspace(store), Settings(), variant.config)
    out: dict[str, float] = {}
    for kind, paths in files.items():
        chunks = [chunk for filing in parsed[kind] for chunk in cutting.chunks(filing)]
        count = load_counter(cutting.tokenizer) if cutting.tokenizer else len
        sizes = [count(chunk.text) for chunk in chunks]
        texts = embedded_texts(chunks, variant.tables)
        vectors, _ = embed_missing(
            store / encoder.fingerprint,
            encoder.fingerprint,
            lambda: encoder,
            [t for part in texts for t in part],
        )
        passages = [np.asarray(vectors.get([text_hash(text) for text in part])) for part in texts]
        if "+" in variant.tables:
            mean = np.mean(passages, axis=0)
            passages = [mean / np.linalg.norm(mean, axis=1, keepdims=True)]
        if kind == "page":
            questions = list(financebench(paths[0].parent))
        elif kind == "numbers":
            questions = list(ten_q(paths[0].parent))
        else:
            questions = fact_questions(paths, parsed[kind], chunks)
        asked = encoder.encode_queries([q.text for q in questions])
        scores = np.max([asked @ part.T for part in passages], axis=0)
        out[f"{kind} chunks"] = len(chunks)
        out[kind] = float(
            np.mean([judge(q, rank(s), chunks, sizes) for q, s in zip(questions, scores, strict=True)])
        )
        if kind == "page":
            told = []
            for q, s in zip(questions, scores, strict=True):
                other = np.array([chunk.source != q.sources[0] for chunk in chunks])
                told.append(judge(q, rank(np.where(other, -2, s)), chunks, sizes))
            out["page, filing told"] = float(np.mean(told))
    return out


def rank(scores: FloatArray) -> list[int]:
    return [int(n) for n in np.argsort(-scores, kind="stable")]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", action="append")
    parser.add_argument("--only")
    parser.add_argument("--store", type=Path, default=Path("benchmarks/results/chunking"))
    options = parser.parse_args()
    files = {
        "page": sorted((options.data / "pdf-financebench").glob("*.pdf")),
        "numbers": sorted((options.data / "pdf-10q").glob("*.pdf")),
        "facts": [
            p for p in sorted((options.data / "html").glob("*.htm")) if b"ix:nonFraction" in p.read_bytes()
        ][:5],
    }
    parsed = {kind: [read_filing(path) for path in paths] for kind, paths in files.items()}
    known = {variant.name: variant for variant in VARIANTS}
    wanted = [known[name] for name in options.only.split(";")] if options.only else list(VARIANTS)
    results = []
    for name in options.model or ["base"]:
        folder = Path(name)
        ref = (
            ModelRef(name, "folder", folder)
            if folder.is_dir()
            else resolve_model(Workspace(folder), Settings(), name)
        )
        encoder = load_encoder(ref)
        for variant in wanted:
            row = measure(variant, files, parsed, encoder, options.store)
            results.append({"model": folder.name, "variant": variant.name, **row})
            print(json.dumps(results[-1]), flush=True)
            (options.store / "ablation.json").write_text(
                json.dumps(results, indent=1) + "\n", encoding="utf-8"
            )


if __name__ == "__main__":
    main()
