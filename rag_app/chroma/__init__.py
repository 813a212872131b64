"""Where vectors are searched: Chroma, in a folder or on a server."""

from rag_app.chroma.collection import Collection, delete, names, open_collection, write
from rag_app.chroma.hnsw import Hnsw
from rag_app.chroma.server import Server, server_of

__all__ = ["Collection", "Hnsw", "Server", "delete", "names", "open_collection", "server_of", "write"]
