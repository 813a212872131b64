"""EDGAR → files."""
