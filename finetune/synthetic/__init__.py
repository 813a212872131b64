"""Training pairs out of the filings themselves: by rules, from tagged facts, or by an LLM."""
