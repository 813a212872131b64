"""The bundled sample filings: reproducible, well-formed, consistent, and answering their questions."""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import pytest
from lxml import html

from rag_app.samples import sample_filings, sample_questions

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.samples.build import build  # noqa: E402

NAMES = [path.name for path in sample_filings()]
DEI = (
    "DocumentType",
    "DocumentPeriodEndDate",
    "EntityRegistrantName",
    "EntityCentralIndexKey",
    "TradingSymbol",
    "SecurityExchangeName",
    "EntityAddressAddressLine1",
    "EntityAddressCityOrTown",
    "DocumentFiscalYearFocus",
    "DocumentFiscalPeriodFocus",
    "AmendmentFlag",
    "EntityCommonStockSharesOutstanding",
)
PRETAX = "us-gaap:IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest"

# (concept, start, end, members) -> the value with its uncertainty: value, 10 ** -decimals
Facts = dict[tuple[str, str, str, str], list[tuple[float, float]]]


def load(name: str) -> html.HtmlElement:
    return html.fromstring((ROOT / "rag_app" / "samples" / name).read_bytes())


def squash(text: str) -> str:
    return " ".join(text.replace("\xa0", " ").split())


@lru_cache
def questions() -> list[dict]:
    return [json.loads(line) for line in sample_questions().read_text(encoding="utf-8").splitlines()]


@lru_cache
def visible(name: str) -> tuple[str, tuple[str, ...]]:
    """The visible text, and each table row with its cells joined the way a reader sees them."""
    tree = load(name)
    for hidden in tree.xpath('//div[contains(@style, "display:none")]'):
        hidden.drop_tree()
    for br in tree.iter("br"):
        br.tail = " " + (br.tail or "")
    rows = tuple(
        " | ".join(c for c in (squash(td.text_content()) for td in tr) if c) for tr in tree.iter("tr")
    )
    return squash(" ".join(squash(div.text_content()) for div in tree.iter("div", "tr"))), rows


@lru_cache
def facts(name: str) -> Facts:
    tree = load(name)
    contexts = {}
    for context in tree.iter("xbrli:context"):
        start, end = (next(context.iter(f"xbrli:{tag}"), None) for tag in ("startdate", "enddate"))
        instant = next(context.iter("xbrli:instant"), None)
        members = ",".join(sorted(m.text for m in context.iter("xbrldi:explicitmember")))
        when = ("", instant.text) if instant is not None else (start.text, end.text)
        contexts[context.get("id")] = (*when, members)
    out: Facts = defaultdict(list)
    for fact in tree.iter("ix:nonfraction"):
        shown = fact.text_content()
        raw = 0.0 if fact.get("format") == "ixt:fixed-zero" else float(shown.replace(",", ""))
        value = raw * 10.0 ** int(fact.get("scale")) * (-1 if fact.get("sign") == "-" else 1)
        out[(fact.get("name"), *contexts[fact.get("contextref")])].append(
            (value, 10.0 ** -int(fact.get("decimals")))
        )
    return out


def exact(name: str, concept: str) -> dict[tuple[str, str], float]:
    """The most precise value of a concept without members, by period."""
    return {
        (start, end): min(values, key=lambda v: v[1])[0]
        for (key, start, end, members), values in facts(name).items()
        if key == concept and not members
    }


def test_there_are_ten_filings_of_four_companies() -> None:
    assert len(NAMES) == 10
    assert sorted(NAMES) == NAMES
    assert len({name.split("-")[0] for name in NAMES}) == 4
    sizes = [path.stat().st_size for path in sample_filings()]
    assert max(sizes) < 700_000
    assert sum(sizes) < 4_000_000


def test_builder_gives_the_committed_bytes() -> None:
    built = build()
    assert sorted(built) == NAMES
    for name, content in built.items():
        assert content == (ROOT / "rag_app" / "samples" / name).read_bytes(), f"{name} differs: rebuild"


@pytest.mark.parametrize("name", NAMES)
def test_document_is_well_formed_and_says_it_is_fictional(name: str) -> None:
    data = (ROOT / "rag_app" / "samples" / name).read_bytes()
    tree = html.fromstring(data)
    assert not re.search(rb"[\x00-\x08\x80-\xff]", data)
    assert tree.xpath("//h1|//h2|//h3|//h4|//h5|//h6") == []
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in tree.xpath("//a/@href")} <= set(ids)
    assert "FICTIONAL COMPANY, SAMPLE DATA" in visible(name)[0]
    assert "Table of Contents" in visible(name)[0] or "TABLE OF CONTENTS" in visible(name)[0]


@pytest.mark.parametrize("name", NAMES)
def test_facts_resolve(name: str) -> None:
    tree = load(name)
    contexts = {c.get("id") for c in tree.iter("xbrli:context")}
    units = {u.get("id") for u in tree.iter("xbrli:unit")}
    numbers = list(tree.iter("ix:nonfraction"))
    assert len(numbers) > 200
    for fact in numbers:
        assert fact.get("contextref") in contexts
        assert fact.get("unitref") in units
    texts = list(tree.iter("ix:nonnumeric"))
    assert {t.get("contextref") for t in texts} <= contexts
    continued = [e.get("continuedat") for e in tree.iter("ix:nonnumeric", "ix:continuation")]
    assert sorted(c for c in continued if c) == sorted(c.get("id") for c in tree.iter("ix:continuation"))
    told = {t.get("name"): squash(t.text_content()) for t in (*texts, *numbers)}
    for key in DEI:
        assert told[f"dei:{key}"]
    ticker, form, when = name.removesuffix(".htm").split("-")
    assert told["dei:TradingSymbol"] == ticker.upper()
    assert told["dei:DocumentType"].replace("-", "").lower() == form
    assert told["dei:DocumentFiscalYearFocus"] == when[2:6]
    assert told["dei:DocumentFiscalPeriodFocus"].lower() == (when[6:] or "fy")
    assert re.fullmatch(r"00099\d{5}", told["dei:EntityCentralIndexKey"])


@pytest.mark.parametrize("name", NAMES)
def test_balance_sheets_balance(name: str) -> None:
    assets, total = exact(name, "us-gaap:Assets"), exact(name, "us-gaap:LiabilitiesAndStockholdersEquity")
    owed, equity = exact(name, "us-gaap:Liabilities"), exact(name, "us-gaap:StockholdersEquity")
    assert len(assets) == 2
    for when, value in assets.items():
        assert value == total[when]
        assert value == pytest.approx(owed[when] + equity[when], abs=1)


@pytest.mark.parametrize("name", NAMES)
def test_income_and_cash_add_up(name: str) -> None:
    net, before, tax = (
        exact(name, c) for c in ("us-gaap:NetIncomeLoss", PRETAX, "us-gaap:IncomeTaxExpenseBenefit")
    )
    assert len(net) >= 2
    for when, value in net.items():
        assert value == pytest.approx(before[when] - tax[when], abs=1)
    parts = [
        exact(name, f"us-gaap:NetCashProvidedByUsedIn{k}Activities")
        for k in ("Operating", "Investing", "Financing")
    ]
    change = exact(
        name,
        "us-gaap:CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents"
        "PeriodIncreaseDecreaseIncludingExchangeRateEffect",
    )
    for when, value in change.items():
        assert value == pytest.approx(sum(p[when] for p in parts), abs=1)


@pytest.mark.parametrize("name", NAMES)
def test_earnings_per_share(name: str) -> None:
    net = exact(name, "us-gaap:NetIncomeLoss")
    for kind, shares in (
        ("Basic", "us-gaap:WeightedAverageNumberOfSharesOutstandingBasic"),
        ("Diluted", "us-gaap:WeightedAverageNumberOfDilutedSharesOutstanding"),
    ):
        counts = exact(name, shares)
        eps = exact(name, f"us-gaap:EarningsPerShare{kind}")
        assert eps
        for when, value in eps.items():
            assert value == pytest.approx(net[when] / counts[when], abs=0.00501)


def test_one_fact_has_one_value_across_filings() -> None:
    for ticker in {name.split("-")[0] for name in NAMES}:
        seen: dict[tuple[str, str, str, str], tuple[float, float, str]] = {}
        shared = 0
        for name in (n for n in NAMES if n.startswith(ticker)):
            for key, values in facts(name).items():
                for value, unit in values:
                    if key not in seen:
                        seen[key] = (value, unit, name)
                        continue
                    old, old_unit, where = seen[key]
                    shared += where != name
                    slack = max(unit, old_unit) / 2 * 1.0001 if unit != old_unit else 0
                    assert abs(value - old) <= slack + 1e-6, (key, name, where)
                    if unit < old_unit:
                        seen[key] = (value, unit, where)
        assert shared > 100, ticker


def test_questions_are_complete() -> None:
    rows = questions()
    assert len(rows) >= 80
    assert len({row["question"] for row in rows}) == len(rows)
    assert {row["filing"] for row in rows} == set(NAMES)
    share = sum(row["kind"] == "table" for row in rows) / len(rows)
    assert 0.3 <= share <= 0.5
    for row in rows:
        assert set(row) == {"question", "context", "answer", "ticker", "filing", "item", "kind", "evidence"}
        assert row["ticker"] == row["filing"].split("-")[0].upper()
        assert row["question"].endswith(("?", "."))
        assert row["answer"] and row["item"]
        assert len(row["evidence"]) == (1 if row["kind"] == "prose" else 2)


@pytest.mark.parametrize("row", questions(), ids=lambda row: row["question"][:40])
def test_evidence_stands_in_the_filing(row: dict) -> None:
    text, lines = visible(row["filing"])
    if row["kind"] == "prose":
        assert row["evidence"][0] in text
        assert row["evidence"][0] in row["context"]
        assert row["context"] in text
        return
    label, value = row["evidence"]
    assert row["context"].startswith(f"{label}: ")
    assert any(line.split(" | ")[0] == label and value in line.replace(" | ", "") for line in lines), row[
        "evidence"
    ]
