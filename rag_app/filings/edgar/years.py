"""Which of the listed filings are of the fiscal years that were asked for.

EDGAR's tables give the day on which a fiscal year ends, not its name: the filing itself does.
"""

from __future__ import annotations

from pathlib import Path

from rag_app.core.errors import FilingError
from rag_app.filings.edgar.listing import Listing
from rag_app.processes import CannotStart, Lost, in_processes


class Years:
    """Which filings are of the wanted fiscal years, and which years none was found for.

    Where EDGAR's tables leave two names for a fiscal year, the first filing that is read settles it for
    its company.
    """

    def __init__(self, wanted: tuple[int, ...]) -> None:
        self._wanted = wanted
        self._before: dict[str, int] = {}  # company → years by which its names are earlier
        self._found: dict[str, set[int]] = {}

    def doubtful(self, listing: Listing) -> bool:
        """Whether only the earlier name would make it wanted."""
        return bool(self._wanted) and listing.fiscal_year not in self._wanted

    def may_hold(self, listing: Listing) -> bool:
        """Whether it is, or may be, of a wanted year."""
        before = self._before.get(listing.company.cik) if listing.may_be_named_before else 0
        return not self._wanted or before is None or listing.fiscal_year - before in self._wanted

    def settle(self, listing: Listing, path: Path) -> int:
        """The fiscal year of a filing that is on disk."""
        cik, year = listing.company.cik, listing.fiscal_year
        if listing.may_be_named_before:
            if cik not in self._before:
                self._before[cik] = 1 if _fiscal_year_of(path) == year - 1 else 0
            year -= self._before[cik]
        self._found.setdefault(cik, set()).add(year)
        return year

    def excuse(self, listing: Listing) -> None:
        """Its failure is told; that its year is missing need not be."""
        year = listing.fiscal_year
        self._found.setdefault(listing.company.cik, set()).update((year, year - listing.may_be_named_before))

    def missing(self, cik: str) -> list[int]:
        """The wanted years without a filing."""
        return [year for year in dict.fromkeys(self._wanted) if year not in self._found.get(cik, ())]


def _fiscal_year_of(path: Path) -> int | None:
    """`_fiscal_year_in` a process of its own, as every file is read; here where none comes up."""
    try:
        (found,) = in_processes(_fiscal_year_in, [path], 1)
    except CannotStart:
        return _fiscal_year_in(path)
    return None if isinstance(found, Lost) else found


def _fiscal_year_in(path: Path) -> int | None:
    """What the filing says its fiscal year is; None where it cannot be read."""
    from rag_app.filings.read import read_filing  # only where it is needed: it brings every parser

    try:
        return read_filing(path).meta.fiscal_year
    except FilingError:
        return None
