"""EDGAR's own figures of a company, fetched as one file beside its filings.

Knows nothing of what the figures mean.
"""

from __future__ import annotations

from pathlib import Path

from rag_app.core.errors import FetchError
from rag_app.core.files import write_json_atomic
from rag_app.filings.edgar.http import EdgarHttp
from rag_app.filings.edgar.listing import Company

NAME = "companyfacts.json"


def fetch_company_facts(http: EdgarHttp, data: str, company: Company, home: Path) -> None:
    """Download the figures of `company` into its folder `home`, in place of older ones.

    Raises FetchError for what is no answer about this company, OSError where it cannot be written.
    """
    url = f"{data}/api/xbrl/companyfacts/CIK{company.cik}.json"
    value = http.get_json(url, "the figures of a company")
    if not isinstance(value.get("facts"), dict) or str(value.get("cik", "")).zfill(10) != company.cik:
        raise FetchError(f"{url}: expected the figures of CIK {company.cik}; try again later")
    write_json_atomic(home / NAME, value)
