"""Filing files in, `Filing` values out: HTML, inline XBRL, full text submissions, PDF, EDGAR."""
