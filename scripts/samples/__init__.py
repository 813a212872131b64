"""Builds the bundled sample filings: invented companies, rendered as inline-XBRL HTML."""
