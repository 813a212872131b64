"""Fetch filings from EDGAR by ticker or CIK: what to take, where it is kept, what is known of it.

Knows nothing of what a filing says, except whether a 10-K hands its readers on to Exhibit 13.
Kept as `folder/TICKER/accession/document` with a `meta.json` that is written last: a document whose
digest is not in its meta.json is never taken for whole.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import quote

import httpx

from rag_app.core.config import Settings
from rag_app.core.errors import FetchError, UsageError, WorkspaceError
from rag_app.core.files import write_bytes_atomic, write_json_atomic
from rag_app.core.types import FilingMeta, Progress, ProgressFn, no_progress
from rag_app.filings.edgar import companyfacts
from rag_app.filings.edgar import http as edgar_http
from rag_app.filings.edgar.http import EdgarHttp
from rag_app.filings.edgar.listing import Company, EdgarListing, Listing, exhibits_form
from rag_app.filings.edgar.pace import Pacer, edgar_pacer
from rag_app.filings.edgar.years import Years

META_NAME = "meta.json"
_BY_REFERENCE = re.compile(r"incorporated\b.{0,60}?\bby reference", re.IGNORECASE)
_ANNUAL_REPORT = re.compile(
    r"\bex(?:hibit)?[ -]?\(?13\b|annual report to (?:its )?(?:share|stock)(?:holders|owners)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """Which filings to fetch. `tickers` may hold bare CIK numbers.

    With `years`, every filing of `form` that reports on one of these fiscal years, named as the company
    names them (calendar years for forms without a period, as 8-K); without, the `limit` newest by filing
    date. An amendment is a form of its own ("10-K/A"), and not taken with the other. `facts`: EDGAR's own
    figures of each company, too.
    """

    tickers: tuple[str, ...]
    form: str = "10-K"
    years: tuple[int, ...] = ()
    limit: int = 1
    facts: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """One filing on disk; `reused` when nothing had to be downloaded.

    `ticker` is "" for a company without one, `period_end` for a form without a report date.
    `fiscal_year` is the company's own; the year of the event for a form that reports on no period.
    """

    ticker: str
    company: str
    cik: str
    accession: str
    form: str
    filed: str
    period_end: str
    fiscal_year: int
    path: Path
    sha256: str
    url: str
    reused: bool
    exhibits: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something was not fetched for `ticker`, spelled as it was asked for."""

    ticker: str
    reason: str


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What was fetched and what was not; a ticker can stand in both."""

    fetched: tuple[Fetched, ...]
    failed: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    url: str
    sha256: str


@dataclass(frozen=True, slots=True)
class _Stored:
    """The content of meta.json."""

    ticker: str
    company: str
    cik: str
    accession: str
    form: str
    filed: str
    period_end: str
    document: _File
    exhibits: tuple[_File, ...]


def fetch_filings(
    request: FetchRequest,
    folder: Path,
    settings: Settings,
    on_progress: ProgressFn = no_progress,
    client: httpx.Client | None = None,
    pacer: Pacer | None = None,
) -> FetchResult:
    """Download what `request` names into `folder`; what is there and whole is not asked for again.

    A ticker, year or filing that fails is reported in `failed` and the rest goes on. `client` and
    `pacer` default to EDGAR's own manners. Progress counts filings; its note names the file, or says
    why a retry waits. Raises UsageError for a request or settings that cannot work, WorkspaceError
    when `folder` cannot be written.
    """
    form = _check(request)
    agent = edgar_http.check_user_agent(settings.edgar_user_agent)
    www = edgar_http.check_url(settings.edgar_url, "edgar_url")
    data = edgar_http.check_url(settings.edgar_data_url, "edgar_data_url")
    if pacer is None:  # a mirror on this machine has a pace of its own
        local = edgar_http.is_loopback(www) and edgar_http.is_loopback(data)
        pacer = Pacer() if local else edgar_pacer()
    done, total = 0, None

    def say(note: str) -> None:
        on_progress(Progress("fetch", done, total, note))

    plan: dict[tuple[str, str], tuple[str, Listing]] = {}
    years = Years(request.years)
    fetched: dict[tuple[str, str], Fetched] = {}
    failed: list[Failure] = []
    with nullcontext(client) if client else edgar_http.edgar_client(www, data) as session:
        http = EdgarHttp(session, agent, pacer, say)
        listing_of = EdgarListing(http, www, data)
        asked: dict[str, str] = {}  # company → as it was asked for
        companies: dict[str, Company] = {}
        for wanted in dict.fromkeys(request.tickers):
            say(wanted)
            try:
                company, listings = listing_of.find(wanted, form, request.years, request.limit)
            except FetchError as error:
                failed.append(Failure(wanted, str(error)))
                continue
            asked.setdefault(company.cik, wanted)
            companies.setdefault(company.cik, company)
            for listing in listings:
                plan.setdefault((company.ticker, listing.accession), (wanted, listing))
            if not listings and not request.years:
                failed.append(Failure(wanted, f"EDGAR lists no {form}; try another form"))
        total = len(plan)
        for key in sorted(plan, key=lambda key: years.doubtful(plan[key][1])):
            wanted, listing = plan[key]
            if years.may_hold(listing):
                try:
                    got = _fetch(listing, folder, http, listing_of, say)
                    year = years.settle(listing, got.path)
                    if not request.years or year in request.years:
                        fetched[key] = replace(got, fiscal_year=year)
                except FetchError as error:
                    failed.append(Failure(wanted, f"{listing.accession}: {error}"))
                    years.excuse(listing)
            done += 1
            say(listing.document)
        for cik, company in companies.items() if request.facts else ():
            say(companyfacts.NAME)
            try:
                with _writing(_home(folder, company)):
                    companyfacts.fetch_company_facts(http, data, company, _home(folder, company))
            except FetchError as error:
                failed.append(Failure(asked[cik], str(error)))
    for cik, wanted in asked.items():
        failed += [
            Failure(wanted, f"EDGAR lists no {form} for fiscal year {year}") for year in years.missing(cik)
        ]
    return FetchResult(tuple(fetched[key] for key in plan if key in fetched), tuple(failed))


def read_fetch_meta(path: Path) -> FilingMeta | None:
    """What EDGAR said of the downloaded document or exhibit at `path`; None for any other file."""
    stored = _read_stored(path.parent)
    if stored is None or path.name not in {one.name for one in (stored.document, *stored.exhibits)}:
        return None
    return FilingMeta(
        company=stored.company or None,
        ticker=stored.ticker or None,
        cik=stored.cik,
        form=stored.form,
        period_end=stored.period_end or None,
        filed=stored.filed,
        accession=stored.accession,
    )


def read_company_facts(path: Path) -> Path | None:
    """The file of EDGAR's own figures beside the downloaded main document at `path`; None for any other."""
    stored = _read_stored(path.parent)
    if stored is None or path.name != stored.document.name:
        return None
    found = path.parent.parent / companyfacts.NAME
    return found if found.is_file() else None


def safe_name(name: str) -> str:
    """A plain file name made of the last part of `name`: letters, digits, `_`, `-`, `.`; no dot first.

    Raises FetchError when nothing is left.
    """
    last = re.split(r"[/\\]", name)[-1]
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", last).lstrip(".")[-120:]
    if not plain.strip("._-"):
        raise FetchError(f"{name!r}: expected a file name")
    return f"document-{plain}" if plain.lower() == META_NAME else plain


def _check(request: FetchRequest) -> str:
    """The form, in upper case. Raises UsageError for a request that names nothing."""
    form = request.form.strip().upper()
    if not request.tickers or not all(one.strip() for one in request.tickers):
        raise UsageError(f"tickers {request.tickers!r}: expected at least one ticker or CIK, like AAPL")
    if not form:
        raise UsageError("form '': expected a form, like 10-K, 10-Q or 8-K")
    if request.limit < 1:
        raise UsageError(f"limit {request.limit}: expected 1 or more")
    if odd := [year for year in request.years if not 1993 <= year <= 2100]:
        raise UsageError(f"year {odd[0]}: expected a fiscal year from 1993 (EDGAR's first) on")
    return form


def _home(folder: Path, company: Company) -> Path:
    return folder / safe_name(company.ticker or f"CIK{company.cik}")


def _fetch(
    listing: Listing, folder: Path, http: EdgarHttp, listing_of: EdgarListing, say: Callable[[str], None]
) -> Fetched:
    """Bring one filing and its exhibits up to date on disk; meta.json last."""
    company = listing.company
    home = _home(folder, company) / listing.accession
    main = safe_name(listing.document)
    before = _read_stored(home)
    if before and (before.accession, before.document.name) != (listing.accession, main):
        before = None  # a folder that was copied or renamed
    known = {one.name: one.sha256 for one in (before.document, *before.exhibits)} if before else {}
    asked = 0

    def keep(name: str, url: str) -> _File:
        nonlocal asked
        path, digest = home / name, known.get(name)
        if digest is None or _digest(path) != digest:
            say(name)
            body = http.get(url)
            if not body:
                raise FetchError(f"{url}: the document is empty; try again later")
            with _writing(path):
                write_bytes_atomic(path, body)
            digest = hashlib.sha256(body).hexdigest()
            asked += 1
        return _File(name, url, digest)

    document = keep(main, listing.url)
    if before:  # hosts may change between runs, the last part of a URL does not
        parts = {one.name: one.url.rpartition("/")[2] for one in before.exhibits}
    else:
        text = (home / main).read_text(encoding="utf-8", errors="replace")
        whole = exhibits_form(listing.form) == "10-K" and not _points_to_annual_report(text)
        exhibits = [] if whole else listing_of.exhibits(listing, text)
        parts = {safe_name(name): quote(name) for name in exhibits}
        parts.pop(main, None)
    kept = tuple(keep(name, f"{listing.folder_url}/{part}") for name, part in parts.items())
    facts = {"ticker": company.ticker, "company": company.name, "cik": company.cik}
    facts |= {"accession": listing.accession, "form": listing.form}
    facts |= {"filed": listing.filed, "period_end": listing.period_end}
    if asked:
        stored = _Stored(**facts, document=document, exhibits=kept)
        with _writing(home / META_NAME):
            write_json_atomic(home / META_NAME, asdict(stored))
    return Fetched(
        **facts,
        fiscal_year=listing.fiscal_year,
        path=home / main,
        sha256=document.sha256,
        url=document.url,
        reused=asked == 0,
        exhibits=tuple(home / one.name for one in kept),
    )


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise WorkspaceError(
            f"{path}: cannot be written ({why}); free space or name another folder"
        ) from error


def _points_to_annual_report(document: str) -> bool:
    """Whether a 10-K incorporates its annual report by reference (Wells Fargo's never says "Exhibit 13")."""
    text = re.sub(r"<[^<>]*>", " ", document)
    text = " ".join(html.unescape(text).split())
    return bool(_BY_REFERENCE.search(text) and _ANNUAL_REPORT.search(text))


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:  # what cannot be read is not whole
        return None


def _read_stored(home: Path) -> _Stored | None:
    """The meta.json in `home`; None where there is none, or a damaged or foreign one."""
    try:
        value = json.loads((home / META_NAME).read_text(encoding="utf-8"))
        files = [_File(**one) for one in (value.pop("document"), *value.pop("exhibits"))]
        stored = _Stored(**value, document=files[0], exhibits=tuple(files[1:]))
        texts = [*value.values(), *(text for one in files for text in asdict(one).values())]
        sound = all(isinstance(text, str) for text in texts)
        return stored if sound and all(one.name == safe_name(one.name) for one in files) else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, FetchError):
        return None
