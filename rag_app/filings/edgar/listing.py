"""What EDGAR lists: which company a ticker is, which filings it made, which files a filing has.

Knows nothing of downloads or folders; fiscal years are told as the companies' own year ends have it.
Every name and number that comes from the server is checked here before anything is built from it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeGuard
from urllib.parse import quote, unquote

from rag_app.core.edgar import filing_folder
from rag_app.core.errors import FetchError, NotFoundError
from rag_app.filings.edgar.http import EdgarHttp

LATEST_FILING = 2
"""Years after its fiscal year within which a filing is looked for (late filers take over a year)."""

VARIANTS = {"10-K": ("10-K", "10-K405")}
"""Names under which a form was filed; 10-K405 (until 2002) is a 10-K with a box ticked."""

EXHIBITS = {
    "10-K": re.compile(r"(?<!ind)ex(?:hibit)?[-_]?13.*\.html?$", re.IGNORECASE),
    "8-K": re.compile(r"(?<!ind)ex(?:hibit)?[-_]?99.*\.html?$", re.IGNORECASE),
}
"""Which files of a form's folder carry what the main document leaves to them, by their names."""

_NUMBERS = {"10-K": "13", "8-K": "99"}  # the same exhibits by number, where a link in the document names it
_LINK = re.compile(
    r"<a\s[^>]*?href\s*=\s*[\"']?([^\"'\s>]+)[^>]*>(.{0,2000}?)</a>", re.IGNORECASE | re.DOTALL
)
_NUMBER = re.compile(r"(?<![\d.,$])(\d{1,3})(?:\.\d{1,2})?(?![\d,%])")
_COLUMNS = ("accessionNumber", "filingDate", "reportDate", "form", "primaryDocument")


@dataclass(frozen=True, slots=True)
class Company:
    """A filer. `ticker` is "" where EDGAR knows none; `cik` has ten digits.

    `year_end` is the month and day ("0930") on which its fiscal year now ends, "" where EDGAR knows none.
    """

    ticker: str
    name: str
    cik: str
    year_end: str = ""


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
    def year_ends(self) -> date:
        """The last day of its fiscal year; of the calendar year for a form that reports on no period.

        A week early, so that a 52- or 53-week year that ends in the first days of a month counts as
        ended in the month before.
        """
        week = timedelta(days=7)
        if not self.period_end:  # before about 2001: an annual report is filed within three months
            filed = date.fromisoformat(self.filed)
            return filed - timedelta(days=100) if self._annual else date(filed.year, 12, 31)
        end = date.fromisoformat(self.period_end)
        if self._annual:
            return end - week
        if not (self.form.upper().startswith("10-Q") and self.company.year_end):
            return date(end.year, 12, 31)
        month, day = int(self.company.year_end[:2]), min(int(self.company.year_end[2:]), 28)
        ends = (date(year, month, day) for year in (end.year, end.year + 1))
        return next(one for one in ends if one >= end - week) - week

    @property
    def fiscal_year(self) -> int:
        """The year in which its fiscal year ends; see `may_be_named_before`."""
        return self.year_ends.year

    @property
    def may_be_named_before(self) -> bool:
        """Whether its fiscal year may bear the name of the year before, as many retailers' do.

        A year that ends in January 2024 is fiscal 2024 at NVIDIA and fiscal 2023 at Target; EDGAR's
        tables do not tell, the filing does.
        """
        return self.year_ends.month <= 2

    @property
    def _annual(self) -> bool:
        return self.form.upper().startswith(("10-K", "20-F", "40-F"))

    @property
    def url(self) -> str:
        """Where the main document is."""
        return f"{self.folder_url}/{quote(self.document)}"


class EdgarListing:
    """EDGAR's tables, asked for through `http`; `www` and `data` are its two servers."""

    def __init__(self, http: EdgarHttp, www: str, data: str) -> None:
        self._http, self._www, self._data = http, www, data
        self._known: dict[str, tuple[int, str]] | FetchError | None = None

    def find(
        self, wanted: str, form: str, years: tuple[int, ...], limit: int
    ) -> tuple[Company, list[Listing]]:
        """The company of a ticker or CIK, and its listings of `form`, newest filed first.

        With `years`, all that can be of one of these fiscal years; else the `limit` newest. Raises
        NotFoundError for an unknown company and FetchError when EDGAR could not be asked.
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
        forms = VARIANTS.get(form, (form,))
        # the first quarters of fiscal 2025 are filed in 2024 where it does not end with the year
        early = form.startswith("10-Q") and company.year_end[:2] not in ("", "12")

        def take(columns: Any, source: str) -> None:
            for listing in self._rows(columns, source, company):
                if listing.form.upper() in forms and (not years or _can_be_of(listing, years)):
                    found.setdefault(listing.accession, listing)

        take(filings.get("recent"), url)
        for name, first, last in _pages(filings.get("files", []), url):
            if years and not any(first - LATEST_FILING <= year <= last + early for year in years):
                continue
            if not years and len(found) >= limit:
                break
            page = f"{self._data}/submissions/{name}"
            take(self._http.get_json(page, "a page of older filings"), page)
        newest = sorted(found.values(), key=lambda one: (one.filed, one.accession), reverse=True)
        return company, newest if years else newest[:limit]

    def exhibits(self, listing: Listing, document: str) -> list[str]:
        """Names of the exhibits that belong to the text: EX-13 of a 10-K, EX-99 of an 8-K, as HTML.

        Told by their names, and by the links that the main `document` puts beside their numbers.
        Raises FetchError when EDGAR's answer is not a folder index.
        """
        form = exhibits_form(listing.form)
        if form is None:
            return []
        url = f"{listing.folder_url}/index.json"
        answer = self._http.get_json(url, "a folder index")
        directory = answer.get("directory")
        items = directory.get("item") if isinstance(directory, dict) else None
        if not isinstance(items, list):
            raise FetchError(f"{url}: expected a list in `directory.item`")
        names = [item.get("name") for item in items if isinstance(item, dict)]
        pages = [name for name in names if _is_name(name) and name.lower().endswith((".htm", ".html"))]
        linked = _linked(document, _NUMBERS[form])
        return [name for name in pages if EXHIBITS[form].search(name) or name in linked]

    def _cik_of(self, wanted: str) -> tuple[str | None, int]:
        number = re.fullmatch(r"(?:CIK)?[ :#]*([0-9]{1,10})", wanted.strip().upper())
        if number:
            return None, int(number[1])
        known = self._table()
        ticker = re.sub(r"[./ ]", "-", wanted.strip().upper())  # BRK.B and BRK/B are BRK-B here
        if ticker in known:
            return ticker, known[ticker][0]
        name = wanted.strip().upper()
        close = [one for one, (_, title) in known.items() if title.upper().startswith(name)][:3]
        close += difflib.get_close_matches(ticker, known, n=3)
        told = ", ".join(f"{one} ({known[one][1]})" for one in dict.fromkeys(close[:3]))
        hint = f"did you mean {told}?" if close else "give its ticker or its CIK number"
        raise NotFoundError(f"EDGAR has no company with ticker {wanted!r}; {hint}")

    def _table(self) -> dict[str, tuple[int, str]]:
        """Ticker → CIK and name, asked for once; when that failed it failed for every ticker."""
        if self._known is None:
            url = f"{self._www}/files/company_tickers.json"
            try:
                rows = self._http.get_json(url, "the table of tickers").values()
                self._known = {
                    row["ticker"].upper(): (int(row["cik_str"]), " ".join(str(row.get("title", "")).split()))
                    for row in rows
                }
            except FetchError as error:
                self._known = error
            except (TypeError, KeyError, ValueError, AttributeError):
                self._known = FetchError(f"{url}: expected rows with `ticker` and `cik_str`")
        if isinstance(self._known, FetchError):
            raise self._known
        return self._known

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
            folder = filing_folder(self._www, company.cik, accession)
            yield Listing(company, accession, form, filed, period_end, document, folder)


def _company(answer: dict[str, Any], url: str, ticker: str | None, cik: int) -> Company:
    name, tickers = answer.get("name"), answer.get("tickers") or []
    if not (isinstance(name, str) and isinstance(tickers, list)):
        raise FetchError(f"{url}: expected a company's `name` and `tickers`")
    if ticker is None:
        ticker = next((one.upper() for one in tickers if _is_name(one)), "")
    end = answer.get("fiscalYearEnd")
    sound = isinstance(end, str) and re.fullmatch(r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", end)
    return Company(ticker, " ".join(name.split()), f"{cik:010d}", str(end) if sound else "")


def exhibits_form(form: str) -> str | None:
    """The key of EXHIBITS for a form, None where none of its exhibits belongs to the text."""
    return next((key for key in EXHIBITS if form.upper() in VARIANTS.get(key, (key,))), None)


def _can_be_of(listing: Listing, years: tuple[int, ...]) -> bool:
    year = listing.fiscal_year
    return year in years or (listing.may_be_named_before and year - 1 in years)


def _linked(document: str, number: str) -> set[str]:
    """Names of files that `document` links to as exhibit `number`, or one of its parts (99.1)."""
    names = set()
    for link in _LINK.finditer(document):
        inside = _NUMBER.fullmatch(re.sub(r"(?i)<[^>]*>|exhibit|\s", "", link[2]))
        before = " ".join(
            re.sub(r"<[^>]*>", " ", document[max(0, link.start() - 4000) : link.start()]).split()
        )
        found = [inside] if inside else list(_NUMBER.finditer(before[-120:]))[-1:]
        if found and found[0][1] == number:
            names.add(unquote(re.split(r"[?#]", link[1])[0].rpartition("/")[2]))
    return names


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
