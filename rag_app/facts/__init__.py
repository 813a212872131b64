"""Tagged figures: read from filings at ingest, kept, looked up."""
