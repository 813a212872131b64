"""What a filing's data say of it: inline XBRL `dei:` facts, the SGML header, the file's name.

Nothing is guessed: a field the file does not tell stays None. Knows no layout.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rag_app.core.types import FilingMeta
from rag_app.filings.meta.cover import tidy_form
from rag_app.filings.meta.dates import parse_date

_ACCESSION = re.compile(r"(?<!\d)(\d{10}-\d{2}-\d{6})(?!\d)")
_TICKER = re.compile(r"[A-Z][A-Z0-9./-]{0,9}")
_NOTHING = {"N/A", "NA", "NONE", "NOT APPLICABLE", "—", "–", "-"}
_NON_NUMERIC = (
    "{http://www.xbrl.org/2013/inlineXBRL}nonNumeric",
    "{http://www.xbrl.org/2008/inlineXBRL}nonNumeric",
    "ix:nonnumeric",
)
_CONTEXT = ("{http://www.xbrl.org/2003/instance}context", "xbrli:context")


def dei_facts(tree: Any) -> dict[str, str]:
    """The first telling value of every `dei:` fact, hidden ones included; {} without inline XBRL.

    Facts of the registrant itself come before those of others that file with it.
    """
    found: list[tuple[str, str, str]] = []
    for element in tree.iter(*_NON_NUMERIC):
        name = element.get("name", "")
        if name.startswith("dei:"):
            value = " ".join("".join(element.itertext()).split())
            if value and value.upper() not in _NOTHING:
                found.append((name[4:], value, element.get("contextRef") or element.get("contextref") or ""))
    others = (
        _contexts_of_others(tree)
        if len({v for n, v, _ in found if n == "EntityRegistrantName"}) > 1
        else set()
    )
    facts: dict[str, str] = {}
    for name, value, _ in sorted(found, key=lambda fact: fact[2] in others):
        facts.setdefault(name, value)
    return facts


def _contexts_of_others(tree: Any) -> set[str]:
    return {
        context.get("id", "")
        for context in tree.iter(*_CONTEXT)
        if any("LegalEntityAxis" in (member.get("dimension") or "") for member in context.iter())
    }


def from_dei(facts: Mapping[str, str]) -> FilingMeta:
    """Metadata from `dei:` facts. `fiscal_year` is DocumentFiscalYearFocus, never derived."""
    form = tidy_form(facts.get("DocumentType", ""))
    if form and facts.get("AmendmentFlag", "").lower() == "true" and not form.endswith("/A"):
        form += "/A"
    ticker = facts.get("TradingSymbol", "").strip().upper()
    period = facts.get("DocumentFiscalPeriodFocus", "").upper()
    focus = facts.get("DocumentFiscalYearFocus", "")
    cik = re.sub(r"\D", "", facts.get("EntityCentralIndexKey", ""))
    return FilingMeta(
        company=facts.get("EntityRegistrantName") or None,
        ticker=ticker if _TICKER.fullmatch(ticker) and ticker not in _NOTHING else None,
        cik=cik.zfill(10) if cik else None,
        form=form,
        fiscal_year=int(focus) if re.fullmatch(r"(?:19|20)\d\d", focus) else None,
        fiscal_period=period if period in {"FY", "Q1", "Q2", "Q3"} else None,
        period_end=parse_date(facts.get("DocumentPeriodEndDate", "")),
    )


def from_sgml(header: str) -> FilingMeta:
    """Metadata from `<SEC-HEADER>` lines such as `COMPANY CONFORMED NAME:  APPLE INC`; the first filer's.

    The fiscal year is left to the text, which knows how the company counts.
    """

    def field(name: str) -> str:
        found = re.search(rf"^[ \t>]*{name}:[ \t]*(.+)$", header, re.MULTILINE)
        return found.group(1).strip() if found else ""

    cik = field("CENTRAL INDEX KEY")
    return FilingMeta(
        company=field("COMPANY CONFORMED NAME") or None,
        cik=cik.zfill(10) if cik.isdigit() else None,
        form=tidy_form(field("CONFORMED SUBMISSION TYPE")),
        period_end=parse_date(field("CONFORMED PERIOD OF REPORT")),
        filed=parse_date(field("FILED AS OF DATE")),
        accession=field("ACCESSION NUMBER") or None,
    )


def accession_in(name: str) -> str | None:
    """An accession number such as 0000320193-24-000123 in a file or folder name.

    Its first ten digits are the CIK of who sent the filing, often an agent's: no CIK is read from it.
    """
    found = _ACCESSION.search(name)
    return found.group(1) if found else None


def merge(*metas: FilingMeta) -> FilingMeta:
    """Field by field the first that is not None; the most trusted source comes first."""
    out = metas[0]
    for meta in metas[1:]:
        gaps: dict[str, Any] = {
            name: getattr(meta, name)
            for name in meta.__slots__
            if getattr(out, name) is None and getattr(meta, name) is not None
        }
        out = replace(out, **gaps)
    return out
