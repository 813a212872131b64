"""PDF → a flow."""
