"""Index SEC filings at a chosen embedding dimension and answer questions with citations."""
