"""The durable store of full-width vectors, one folder a model: every text is embedded once, ever.

Keyed by model fingerprint and content hash. Knows nothing of Chroma or of dimensions below the full width.
"""

from rag_app.vectors.embed import BATCH, CorpusEncoder, embed_missing
from rag_app.vectors.layout import LINE_BYTES, stores
from rag_app.vectors.store import Health, VectorStore
from rag_app.vectors.upkeep import Rewritten, compact, drop, repair

__all__ = [
    "BATCH",
    "LINE_BYTES",
    "CorpusEncoder",
    "Health",
    "Rewritten",
    "VectorStore",
    "compact",
    "drop",
    "embed_missing",
    "repair",
    "stores",
]
