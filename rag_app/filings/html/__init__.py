"""HTML and inline XBRL → a flow."""
