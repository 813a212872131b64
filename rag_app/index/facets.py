"""Which passages a filter keeps, from one small array a field instead of a look at every passage."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag_app.core.types import Chunk, FilingMeta, Filters

Positions = NDArray[np.int64]


def values_of(chunk: Chunk) -> dict[str, Any]:
    """The fields of a passage that can be filtered, by the names of `Filters`."""
    meta = chunk.meta
    return {
        "tickers": (meta.ticker or "").upper(),
        "forms": meta.form or "",
        "fiscal_years": meta.fiscal_year or 0,
        "filing_ids": chunk.filing_id,
        "fiscal_periods": meta.fiscal_period or "",
    }


class Facets:
    """int32[n] a field: for each passage, where its value stands among the field's values."""

    def __init__(
        self,
        codes: dict[str, NDArray[np.int32]],
        values: dict[str, list[Any]],
        filings: Sequence[tuple[str, FilingMeta]] = (),
    ) -> None:
        self._codes = codes
        self.filings = tuple(filings)
        """(filing id, what it says of itself) of every filing that has a passage."""
        self._places = {name: {value: i for i, value in enumerate(vs)} for name, vs in values.items()}

    @staticmethod
    def write(folder: Path, chunks: Sequence[Chunk]) -> None:
        """Save the facets of `chunks` under `folder`."""
        places: dict[str, dict[Any, int]] = {}
        codes: dict[str, list[int]] = {}
        for chunk in chunks:
            for name, value in values_of(chunk).items():
                seen = places.setdefault(name, {})
                codes.setdefault(name, []).append(seen.setdefault(value, len(seen)))
        arrays = {name: np.array(column, dtype=np.int32) for name, column in codes.items()}
        np.savez(folder / "facets.npz", **arrays)  # type: ignore[arg-type]  # numpy's stub: allow_pickle
        values = {name: list(seen) for name, seen in places.items()}
        (folder / "facets.json").write_text(json.dumps(values), encoding="utf-8")
        filings = {chunk.filing_id: chunk.meta for chunk in chunks}
        told = [[filing_id, asdict(meta)] for filing_id, meta in filings.items()]
        (folder / "filings.json").write_text(json.dumps(told), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Facets:
        """The reverse of `write`."""
        values = json.loads((folder / "facets.json").read_text(encoding="utf-8"))
        told = json.loads((folder / "filings.json").read_text(encoding="utf-8"))
        filings = [(filing_id, FilingMeta(**meta)) for filing_id, meta in told]
        with np.load(folder / "facets.npz", allow_pickle=False) as arrays:
            return cls({name: arrays[name] for name in values}, values, filings)

    def values(self, name: str) -> list[Any]:
        """The values there are of one field."""
        return list(self._places.get(name, ()))

    def positions(self, filters: Filters) -> Positions:
        """int64[m], ascending: the passages that pass every filter that is set."""
        mask: NDArray[np.bool_] | None = None
        for name, codes in self._codes.items():
            wanted = getattr(filters, name)
            if not wanted:
                continue
            places = self._places[name]
            known = [places[value] for value in wanted if value in places]
            kept = np.isin(codes, known)
            mask = kept if mask is None else mask & kept
        if mask is None:
            size = len(next(iter(self._codes.values()), ()))
            return np.arange(size if not filters else 0, dtype=np.int64)
        return np.flatnonzero(mask).astype(np.int64)
