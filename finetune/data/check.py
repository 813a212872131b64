"""What a pairs file holds and what is wrong with it, in one value. Knows no model."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.data.clean import CleanReport, clean, named
from finetune.data.extra import with_extra
from finetune.data.leaks import LeakReport, leaks
from finetune.data.pairs import PairSet
from finetune.data.saved import load_split
from finetune.data.split import Protocol, Split, split_pairs
from rag_app.core.errors import PairsError

SHOWN = 80
"""Characters of a held-out name that are printed: without company and filing it is a whole passage."""


@dataclass(frozen=True, slots=True)
class PairsCheck:
    """The columns and counts of a pairs file, its split, and the split's leaks.

    `problem` says why there is no split; then `split` and `leaks` are None. Counts are of the tested
    pairs; leaks are looked for in all that is trained on.
    """

    pairs: PairSet
    companies: int
    filings: int
    cleaned: CleanReport
    split: Split | None
    leaks: LeakReport | None
    problem: str | None

    def as_dict(self) -> dict[str, Any]:
        """The command line's JSON."""
        split = self.split
        return {
            "pairs": self.pairs.name,
            "sha256": self.pairs.sha256,
            "columns": list(self.pairs.columns),
            "companies": self.companies,
            "filings": self.filings,
            "cleaned": self.cleaned.as_dict(),
            "split": split_summary(split) if split else None,
            "leaks": self.leaks.as_dict() if self.leaks else None,
            "problem": self.problem,
        }


def check_pairs(
    pairs: PairSet, protocol: Protocol = "honest", seed: int = 42, saved: Path | None = None
) -> PairsCheck:
    """Count what is in `pairs`, split it, and look for leaks.

    `saved` is the folder of a saved split to look at instead; raises PairsError where it is not of
    these pairs.
    """
    known = named(pairs.pairs)
    companies = Counter(pair.ticker for pair in known if pair.ticker)
    filings = Counter((pair.ticker, pair.filing) for pair in known if pair.filing)
    split, problem = load_split(saved, pairs) if saved else None, None
    try:
        split = with_extra(split or split_pairs(pairs, protocol, seed), pairs.extra)
    except PairsError as error:
        problem = str(error)
    return PairsCheck(
        pairs,
        len(companies),
        len(filings),
        clean(pairs).report,
        split,
        leaks(split) if split else None,
        problem,
    )


def split_summary(split: Split) -> dict[str, Any]:
    """A split in figures."""
    return {
        "protocol": split.protocol,
        "seed": split.seed,
        "held_out": [name[:SHOWN] for name in split.held_out],
        "train": len(split.train),
        "added": split.added,
        "unmatched": [name[:SHOWN] for name in split.unmatched],
        "test_rows": len(split.test_rows),
        "queries": len(split.queries),
        "several_answers": sum(len(found) > 1 for found in split.relevant),
        "corpus": len(split.corpus),
        "leaked": split.leaked,
    }
