"""The picture of `benchmarks.scale`: one stage against two, and what grows with the number of vectors.

python -m benchmarks.scale_plot scale.json docs/scaling.png
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from matplotlib.figure import Figure

from benchmarks.table import Row

SIZE = 100_000
"""Of the curves: there every width was measured."""


def plot(sizes: dict[str, list[Row]], out: Path) -> None:
    """Write the picture."""
    figure = Figure(figsize=(11, 4), layout="constrained")
    curves, growth = figure.subplots(1, 2)
    for dim, colour in ((64, "#b4540a"), (128, "#1f6f8b"), (384, "#444444")):
        for stage, line in (("one, ef", "o-"), ("two", "s--")):
            points = [
                (row["p50_ms"], row["recall_full"])
                for row in sizes.get(str(SIZE), [])
                if row["dim"] == dim and row["where"] == "embedded" and row["stage"].startswith(stage)
            ]
            name = f"{dim}-d, {'one stage' if line == 'o-' else 'two stages'}"
            if points:
                curves.plot(*zip(*sorted(points), strict=True), line, color=colour, label=name)
    curves.set_title(f"{SIZE:,} passages: top ten of the full width found", fontsize=10)
    curves.set_xlabel("milliseconds a search (p50)")
    curves.set_ylabel("recall@10 against exact search at 384-d")
    curves.legend(fontsize=8)
    for where, colour in (("embedded", "#1f6f8b"), ("server", "#b4540a")):
        first = {
            int(size): row
            for size, rows in sizes.items()
            for row in rows
            if row["dim"] == 128 and row["where"] == where and "build_s" in row
        }
        for key, line, what in (("build_s", "o-", "build, s"), ("p50_ms", "s--", "search p50, ms")):
            values = [row[key] for row in first.values()]
            growth.plot(list(first), values, line, color=colour, label=f"{where}: {what}")
    growth.set(xscale="log", yscale="log", xlabel="vectors at 128-d")
    growth.set_title("what grows with the corpus", fontsize=10)
    growth.legend(fontsize=8)
    figure.savefig(out, dpi=110)


if __name__ == "__main__":
    plot(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2]))
