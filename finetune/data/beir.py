"""A split as the files of retrieval research, BEIR's or TREC's.

Ids are hashes of the texts, so they stay the same over splits, seeds and formats. Evidence, pages and
answers are not kept: these formats have no place for them. `load_pairs` reads a BEIR folder back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from finetune.data.folders import new_folder
from finetune.data.pairs import Pair
from finetune.data.split import Split
from finetune.data.trec import Document, Qrels, write_collection, write_qrels
from rag_app.core.files import write_bytes_atomic

Format = Literal["beir", "trec"]


def corpus_ids(split: Split) -> tuple[str, ...]:
    """An id for each text of the corpus; texts that are there twice (seed protocol) share one."""
    return tuple(_id("d", text) for text in split.corpus)


def query_ids(split: Split) -> tuple[str, ...]:
    """An id for each test question; the seed protocol may ask one twice, its second time is `-2`."""
    times: dict[str, int] = {}
    out = []
    for question in split.queries:
        name = _id("q", question)
        times[name] = times.get(name, 0) + 1
        out.append(name if times[name] == 1 else f"{name}-{times[name]}")
    return tuple(out)


def export(folder: Path, split: Split, form: Format) -> None:
    """`export_beir` or `export_trec`."""
    (export_beir if form == "beir" else export_trec)(folder, split)


def export_beir(folder: Path, split: Split) -> None:
    """Make a BEIR folder: corpus.jsonl, queries.jsonl, qrels/test.tsv and qrels/train.tsv.

    The company and filing of a text are its metadata. Raises UsageError where `folder` exists and is
    not empty.
    """
    with new_folder(folder) as made:
        write_collection(made / "corpus.jsonl", _documents(split), title=True)
        write_collection(made / "queries.jsonl", _questions(split), title=False)
        write_qrels(made / "qrels" / "train.tsv", _train_qrels(split), beir=True)
        write_qrels(made / "qrels" / "test.tsv", _test_qrels(split), beir=True)


def export_trec(folder: Path, split: Split) -> None:
    """Make a TREC folder: corpus.jsonl, topics.tsv (id, question), qrels.test.txt, qrels.train.txt.

    Raises UsageError where `folder` exists and is not empty.
    """
    with new_folder(folder) as made:
        write_collection(made / "corpus.jsonl", _documents(split), title=True)
        topics = [f"{name}\t{' '.join(d.text.split())}\n" for name, d in _questions(split).items()]
        write_bytes_atomic(made / "topics.tsv", "".join(topics).encode("utf-8"))
        write_qrels(made / "qrels.train.txt", _train_qrels(split))
        write_qrels(made / "qrels.test.txt", _test_qrels(split))


def _id(kind: str, text: str) -> str:
    return kind + hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def _described(text: str, pair: Pair | None) -> Document:
    told = {"ticker": pair.ticker, "filing": pair.filing} if pair else {}
    return Document(text, {key: value for key, value in told.items() if value})


def _documents(split: Split) -> dict[str, Document]:
    first: dict[str, Pair] = {}
    for pair in (*split.test, *split.train):
        first.setdefault(pair.context, pair)
    named = zip(corpus_ids(split), split.corpus, strict=True)
    return {name: _described(text, first.get(text)) for name, text in named}


def _questions(split: Split) -> dict[str, Document]:
    out = {name: _described(p.question, p) for name, p in zip(query_ids(split), split.test, strict=True)}
    for pair in split.train:
        out.setdefault(_id("q", pair.question), _described(pair.question, pair))
    return out


def _test_qrels(split: Split) -> Qrels:
    names = corpus_ids(split)
    return {
        query: dict.fromkeys(_own_first(pair, split.corpus, found, names), 1)
        for query, pair, found in zip(query_ids(split), split.test, split.relevant, strict=True)
    }


def _own_first(pair: Pair, corpus: Sequence[str], found: Iterable[int], names: Sequence[str]) -> list[str]:
    return [names[i] for i in sorted(found, key=lambda i: (corpus[i] != pair.context, i))]


def _train_qrels(split: Split) -> Qrels:
    known = set(split.corpus)  # a validation split searches only a part of what is trained on
    out: dict[str, dict[str, int]] = {}
    for pair in split.train:
        if pair.context in known:
            out.setdefault(_id("q", pair.question), {})[_id("d", pair.context)] = 1
    return out
