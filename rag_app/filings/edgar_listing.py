"""What EDGAR lists: which company a ticker is, which filings it made, which files a filing has.

Knows nothing of downloads or folders. Every name and number that comes from the server is checked
here before anything is built from it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeGuard
from urllib.parse import quote

from rag_app.core.errors import FetchError, NotFoundError
from rag_app.filings.edgar_http import EdgarHttp

LATEST_FILING = 2
"""Years after its report date within which a filing is looked for (late filers take over a year)."""

EXHIBITS = {
    "10-K": re.compile(r"(?<!ind)ex(?:hibit)?[-_]?13.*\.html?$", re.IGNORECASE),
    "8-K": re.compile(r"(?<!ind)ex(?:hibit)?[-_]?99.*\.html?$", re.IGNORECASE),
}
"""Which files of a form's folder carry what the main document leaves to them."""

_COLUMNS = ("accessionNumber", "filingDate", "reportDate", "form", "primaryDocument")


@dataclass(frozen=True, slots=True)
class Company:
    """A filer. `ticker` is "" where EDGAR knows none; `cik` has ten digits."""

    ticker: str
    name: str
    cik: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One filing as EDGAR lists it. `period_end` is "" for forms without a report date.

    `document` is the name below `folder_url`; it may hold a sub-folder.
    """

    company: Company
    accession: str
    form: str
    filed: str
    period_end: str
    document: str
    folder_url: str

    @property
    def year(self) -> int:
        """The report date's year, or the filing date's where there is no report date."""
        return int((self.period_end or self.filed)[:4])

    @property
    def url(self) -> str:
        """Where the main document is."""
        return f"{self.folder_url}/{quote(self.document)}"


class EdgarListing:
    """EDGAR's tables, asked for through `http`; `www` and `data` are its two servers."""

    def __init__(self, http: EdgarHttp, www: str, data: str) -> None:
        self._http, self._www, self._data = http, www, data
        self._ciks: dict[str, int] | FetchError | None = None

    def find(
        self, wanted: str, form: str, years: tuple[int, ...], limit: int
    ) -> tuple[list[Listing], list[int]]:
        """The listings of `form` for a ticker or CIK, newest filed first, and the years without any.

        Raises NotFoundError for an unknown company and FetchError when EDGAR could not be asked.
        """
        ticker, cik = self._cik_of(wanted)
        url = f"{self._data}/submissions/CIK{cik:010d}.json"
        try:
            answer = self._http.get_json(url, "a company's filings")
        except NotFoundError as error:
            raise NotFoundError(
                f"EDGAR has no company with CIK {cik:010d}; check the number ({url})"
            ) from error
        company = _company(answer, url, ticker, cik)
        filings = answer.get("filings")
        if not (isinstance(filings, dict) and isinstance(filings.get("files", []), list)):
            raise FetchError(f"{url}: expected an object `filings` with `recent` and `files`")

        found: dict[str, Listing] = {}

        def take(columns: Any, source: str) -> None:
            for listing in self._rows(columns, source, company):
                if listing.form.upper() == form and (not years or listing.year in years):
                    found.setdefault(listing.accession, listing)

        take(filings.get("recent"), url)
        for name, first, last in _pages(filings.get("files", []), url):
            if years and not any(first - LATEST_FILING <= year <= last for year in years):
                continue
            if not years and len(found) >= limit:
                break
            page = f"{self._data}/submissions/{name}"
            take(self._http.get_json(page, "a page of older filings"), page)
        newest = sorted(found.values(), key=lambda one: (one.filed, one.accession), reverse=True)
        missing = [year for year in dict.fromkeys(years) if not any(one.year == year for one in newest)]
        return (newest if years else newest[:limit]), missing

    def exhibits(self, listing: Listing) -> list[str]:
        """Names of the exhibits that belong to the text: EX-13 of a 10-K, EX-99 of an 8-K, as HTML.

        Raises FetchError when EDGAR's answer is not a folder index.
        """
        wanted = EXHIBITS.get(listing.form.upper())
        if wanted is None:
            return []
        url = f"{listing.folder_url}/index.json"
        answer = self._http.get_json(url, "a folder index")
        directory = answer.get("directory")
        items = directory.get("item") if isinstance(directory, dict) else None
        if not isinstance(items, list):
            raise FetchError(f"{url}: expected a list in `directory.item`")
        names = [item.get("name") for item in items if isinstance(item, dict)]
        return [name for name in names if _is_name(name) and wanted.search(name)]

    def _cik_of(self, wanted: str) -> tuple[str | None, int]:
        number = re.fullmatch(r"(?:CIK)?([0-9]{1,10})", wanted.strip().upper())
        if number:
            return None, int(number[1])
        known = self._table()
        ticker = re.sub(r"[./ ]", "-", wanted.strip().upper())  # BRK.B and BRK/B are BRK-B here
        if ticker in known:
            return ticker, known[ticker]
        close = difflib.get_close_matches(ticker, known, n=3)
        hint = f"did you mean {', '.join(close)}?" if close else "give its ticker or its CIK number"
        raise NotFoundError(f"EDGAR has no company with ticker {wanted!r}; {hint}")

    def _table(self) -> dict[str, int]:
        """Ticker → CIK, asked for once; when that failed it failed for every ticker."""
        if self._ciks is None:
            url = f"{self._www}/files/company_tickers.json"
            try:
                answer = self._http.get_json(url, "the table of tickers")
                self._ciks = {row["ticker"].upper(): int(row["cik_str"]) for row in answer.values()}
            except FetchError as error:
                self._ciks = error
            except (TypeError, KeyError, ValueError, AttributeError):
                self._ciks = FetchError(f"{url}: expected rows with `ticker` and `cik_str`")
        if isinstance(self._ciks, FetchError):
            raise self._ciks
        return self._ciks

    def _rows(self, columns: Any, url: str, company: Company) -> Iterator[Listing]:
        """The rows of a column table. Raises FetchError unless every column is there and as long."""
        lists = [columns.get(name) if isinstance(columns, dict) else None for name in _COLUMNS]
        if not all(isinstance(one, list) for one in lists) or len({len(one or ()) for one in lists}) != 1:
            raise FetchError(f"{url}: expected columns of one length: {', '.join(_COLUMNS)}")
        for accession, filed, period_end, form, document in zip(*(one or () for one in lists), strict=True):
            period_end, document = period_end or "", document or f"{accession}.txt"  # before about 2001
            if not (
                re.fullmatch(r"[0-9]{10}-[0-9]{2}-[0-9]{6}", str(accession))
                and _is_date(filed)
                and (period_end == "" or _is_date(period_end))
                and isinstance(form, str)
                and isinstance(document, str)
                and all(_is_name(part) for part in document.split("/"))
            ):
                raise FetchError(
                    f"{url}: expected an accession number, dates, a form and a file name, "
                    f"got {(accession, filed, period_end, form, document)!r:.300}"
                )
            folder = f"{self._www}/Archives/edgar/data/{int(company.cik)}/{accession.replace('-', '')}"
            yield Listing(company, accession, form, filed, period_end, document, folder)


def _company(answer: dict[str, Any], url: str, ticker: str | None, cik: int) -> Company:
    name, tickers = answer.get("name"), answer.get("tickers") or []
    if not (isinstance(name, str) and isinstance(tickers, list)):
        raise FetchError(f"{url}: expected a company's `name` and `tickers`")
    if ticker is None:
        ticker = next((one.upper() for one in tickers if _is_name(one)), "")
    return Company(ticker, " ".join(name.split()), f"{cik:010d}")


def _pages(files: list[Any], url: str) -> list[tuple[str, int, int]]:
    """(name, first year, last year) of the pages of older filings, newest first."""
    pages: list[tuple[str, str, str]] = []
    for one in files:
        page = one if isinstance(one, dict) else {}
        name, first, last = page.get("name"), page.get("filingFrom"), page.get("filingTo")
        if not (_is_name(name) and _is_date(first) and _is_date(last)):
            raise FetchError(f"{url}: expected `name`, `filingFrom` and `filingTo` in `filings.files`")
        pages.append((last, first, name))
    return [(name, int(first[:4]), int(last[:4])) for last, first, name in sorted(pages, reverse=True)]


def _is_name(value: Any) -> TypeGuard[str]:
    """Whether `value` can be one part of a URL's path: no slash, no control character, no dots alone."""
    return (
        isinstance(value, str)
        and value.isprintable()
        and not re.search(r"[/\\]", value)
        and value.strip(". ") != ""
    )


def _is_date(value: Any) -> TypeGuard[str]:
    try:
        return isinstance(value, str) and len(value) == 10 and date.fromisoformat(value).year > 0
    except ValueError:
        return False
