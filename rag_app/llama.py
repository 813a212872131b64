"""Where our values become llama-index's: nodes, the embedding, the retriever, the LLMs.

The one place that mends what its integrations get wrong (prompts, cosine scores). Assigns no
global `Settings`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import LLM
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import BaseNode, NodeWithScore, QueryBundle, TextNode
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    FilterCondition,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryResult,
)
from pydantic import PrivateAttr

from rag_app.core.errors import AnswerError, UsageError
from rag_app.core.types import Chunk, Encoder, Filters, FloatArray, Hit

LLM_FORMS = "extractive, ollama:NAME, openai:NAME, openai-like:NAME@URL or hf:PATH"
LLM_SILENCE = 120.0  # seconds until a silent connection is given up; tries are made in rag_app.answers.listen


def node_of(chunk: Chunk) -> TextNode:
    """A chunk as a llama-index node; its metadata are what filters and citations need."""
    meta = chunk.meta
    return TextNode(
        id_=chunk.chunk_id,
        text=chunk.text,
        metadata={
            "filing_id": chunk.filing_id,
            "source": chunk.source,
            "company": meta.company or "",
            "ticker": (meta.ticker or "").upper(),
            "form": meta.form or "",
            "fiscal_year": meta.fiscal_year or 0,
            "period_end": meta.period_end or "",
            "item": chunk.item or "",
            "page": chunk.page or 0,
            "kind": chunk.kind,
            "head": chunk.head,
        },
    )


class EncoderEmbedding(BaseEmbedding):
    """Our encoder as a llama-index embedding, at its full width: an index cuts what it is asked itself."""

    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder, **kwargs: Any) -> None:
        super().__init__(model_name=encoder.name, **kwargs)
        self._encoder = encoder

    def _get_query_embedding(self, query: str) -> list[float]:
        vector: list[float] = self._encoder.encode_queries([query])[0].tolist()
        return vector

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self._encoder.encode_passages(texts).tolist()
        return rows


Search = Callable[[FloatArray, int, Filters | None], list[tuple[Chunk, float]]]
FILTERED = {
    "ticker": "tickers",
    "form": "forms",
    "fiscal_year": "fiscal_years",
    "filing_id": "filing_ids",
    "fiscal_period": "fiscal_periods",
}
"""A node's metadata that can be filtered, and what `Filters` calls it."""


class SearchedStore(BasePydanticVectorStore):
    """An opened build as a llama-index vector store, with cosines for scores; it is only read.

    llama-index's own store for Chroma wants texts and metadata in Chroma (building takes three times as
    long) and gives exp(-distance) for a score.
    """

    stores_text: bool = True
    is_embedding_query: bool = True
    _search: Search = PrivateAttr()

    def __init__(self, search: Search) -> None:
        super().__init__(stores_text=True)
        self._search = search

    @property
    def client(self) -> Any:
        """There is none to share."""
        return None

    def query(self, query: VectorStoreQuery, **_: Any) -> VectorStoreQueryResult:
        """The nearest nodes. Raises UsageError for filters other than EQ and IN, joined by AND."""
        if query.query_embedding is None:
            raise UsageError("the query has no embedding; this store is asked by vectors")
        vector = np.asarray(query.query_embedding, dtype=np.float32)
        found = self._search(vector, query.similarity_top_k, _filters_of(query.filters))
        nodes = [node_of(chunk) for chunk, _ in found]
        return VectorStoreQueryResult(nodes, [score for _, score in found], [n.node_id for n in nodes])

    def add(self, nodes: Sequence[BaseNode], **_: Any) -> list[str]:
        """Refused: an index is derived from the filings."""
        raise UsageError(f"{len(nodes)} nodes: an index is not written to; use rag-app ingest and index")

    def delete(self, ref_doc_id: str, **_: Any) -> None:
        """Refused: an index is derived from the filings."""
        raise UsageError(f"{ref_doc_id}: an index is not written to; use rag-app remove and index")


def _filters_of(given: MetadataFilters | None) -> Filters | None:
    if given is None or not given.filters:
        return None
    wanted: dict[str, tuple[Any, ...]] = {}
    for part in given.filters:
        name = FILTERED.get(part.key) if isinstance(part, MetadataFilter) else None
        joined = len(given.filters) == 1 or given.condition == FilterCondition.AND
        if (
            not isinstance(part, MetadataFilter)
            or part.operator not in (FilterOperator.EQ, FilterOperator.IN)
            or name is None
            or name in wanted
            or not joined
        ):
            raise UsageError(f"filter {part!r}: expected EQ or IN on {', '.join(FILTERED)}, joined by AND")
        values = tuple(part.value) if isinstance(part.value, list) else (part.value,)
        kind = int if name == "fiscal_years" else str
        if not values or any(type(value) is not kind for value in values):
            raise UsageError(f"filter {part.key} = {part.value!r}: expected {kind.__name__}, at least one")
        wanted[name] = tuple(str(v).upper() for v in values) if name == "tickers" else values
    return Filters(**wanted)


class HitRetriever(BaseRetriever):
    """Any function from question to hits as a llama-index retriever, for their engines to hang on."""

    def __init__(self, find: Callable[[str], list[Hit]]) -> None:
        super().__init__()
        self._find = find

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [
            NodeWithScore(node=node_of(h.chunk), score=h.score) for h in self._find(query_bundle.query_str)
        ]


def load_llm(spec: str, with_key: bool = True) -> LLM | None:
    """An LLM by its short form; None for "extractive".

    `with_key` False sends no RAG_APP_LLM_KEY: for addresses that a visitor of a page typed.

    Keys come from the environment only (OPENAI_API_KEY, RAG_APP_LLM_KEY). Raises UsageError for an
    unknown form, AnswerError when the integration is not installed or the model cannot be loaded.
    """
    if spec in ("", "extractive"):
        return None
    kind, _, name = spec.partition(":")
    if not name or kind not in ("ollama", "openai", "openai-like", "hf"):
        raise UsageError(f"--llm {spec!r}: expected {LLM_FORMS}")
    try:
        return _load(kind, name, with_key)
    except ImportError as error:
        raise AnswerError(
            f"--llm {spec}: {error.name} is not installed; run: pip install '.[llm]'"
        ) from error
    except UsageError:
        raise
    except Exception as error:  # each integration has errors of its own
        raise AnswerError(f"--llm {spec}: cannot be loaded ({str(error).splitlines()[0][:200]})") from error


def _load(kind: str, name: str, with_key: bool) -> LLM:
    llm: LLM
    if kind == "ollama":
        from llama_index.llms.ollama import Ollama

        model, _, url = name.partition("@")
        llm = Ollama(model=model, base_url=url or "http://127.0.0.1:11434", request_timeout=LLM_SILENCE)
    elif kind == "openai":
        from llama_index.llms.openai import OpenAI

        if not os.environ.get("OPENAI_API_KEY"):
            raise UsageError(f"--llm openai:{name}: set OPENAI_API_KEY in the environment")
        llm = OpenAI(model=name, temperature=0.0, timeout=LLM_SILENCE, max_retries=0)
    elif kind == "openai-like":
        from llama_index.llms.openai_like import OpenAILike

        model, _, url = name.partition("@")
        if not url.startswith(("http://", "https://")):
            raise UsageError(f"--llm openai-like:{name}: expected NAME@http://HOST:PORT/v1")
        llm = OpenAILike(
            model=model,
            api_base=url,
            api_key=(os.environ.get("RAG_APP_LLM_KEY") if with_key else None) or "none",
            is_chat_model=True,
            temperature=0.0,
            context_window=8192,
            timeout=LLM_SILENCE,
            max_retries=0,
        )
    else:
        if not Path(name).expanduser().is_dir():
            raise UsageError(f"--llm hf:{name}: no such folder; expected a local transformers model")
        from llama_index.llms.huggingface import HuggingFaceLLM
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(name, trust_remote_code=False)
        llm = HuggingFaceLLM(
            model_name=name,
            tokenizer_name=name,
            tokenizer=tokenizer,
            # asked without its chat template, an instructed model goes on with the prompt
            is_chat_model=tokenizer.chat_template is not None,
            max_new_tokens=256,
            generate_kwargs={"do_sample": False},
            model_kwargs={"use_safetensors": True, "trust_remote_code": False},
            tokenizer_kwargs={"trust_remote_code": False},
        )
    return llm
