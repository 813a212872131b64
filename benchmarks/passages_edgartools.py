"""edgartools' reading of one HTML filing as JSON: seconds, MB at the peak, passages.

Run by an interpreter that has edgartools and nothing of ours: `python passages_edgartools.py FILE`.
Two renderings: its own chunks, and its Markdown with each table next to the lines above it.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from pathlib import Path

LINES_ABOVE = 12
REPEATS = 3


def around_tables(markdown: str) -> list[str]:
    """Each table of a Markdown text with the lines above it; the text between tables."""
    out: list[str] = []
    lines = markdown.split("\n")
    start = last = 0
    while start < len(lines):
        if not lines[start].startswith("|"):
            start += 1
            continue
        end = start
        while end < len(lines) and lines[end].startswith("|"):
            end += 1
        out.append("\n".join(lines[max(last, start - LINES_ABOVE) : end]))
        out.append("\n".join(lines[last:start]))
        start = last = end
    out.append("\n".join(lines[last:]))
    return out


def main() -> None:
    warnings.filterwarnings("ignore")
    from edgar.documents import parse_html

    path = Path(sys.argv[1])
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        document = parse_html(path.read_bytes().decode("utf-8", "replace"))
        chunks = [str(getattr(chunk, "content", chunk)) for chunk in document.chunks()]
        times.append(time.perf_counter() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tables = around_tables(document.to_markdown().replace("\\", ""))
    print(json.dumps({"seconds": min(times), "peak_mb": peak, "chunks": chunks, "tables": tables}))


if __name__ == "__main__":
    main()
