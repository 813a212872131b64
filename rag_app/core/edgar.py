"""Where EDGAR keeps a filing, for a person to open. Asks nobody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag_app.core.types import FilingMeta

EDGAR_URL = "https://www.sec.gov"


def filing_url(meta: FilingMeta) -> str | None:
    """The page that lists a filing's documents; None unless its CIK and accession number are known.

    The folder is that of the company. The first ten digits of an accession number are those of who
    sent it, often an agent's, so no address is guessed from them.
    """
    accession, cik = meta.accession or "", meta.cik or ""
    # both come from the file: only what is one can become part of an address
    known = re.fullmatch(r"[0-9]{10}-[0-9]{2}-[0-9]{6}", accession) and re.fullmatch(r"[0-9]{1,10}", cik)
    if not known or not int(cik):
        return None
    return f"{filing_folder(EDGAR_URL, cik, accession)}/{accession}-index.htm"


def filing_folder(base: str, cik: str, accession: str) -> str:
    """The folder of a filing's documents at `base`, EDGAR's address or a mirror's."""
    return f"{base}/Archives/edgar/data/{int(cik)}/{accession.replace('-', '')}"
