"""Row labels with their XBRL concepts: read from a filing, and put into words."""

from __future__ import annotations

from pathlib import Path

import pytest

from finetune.synthetic.concepts import concept_words, other_words
from rag_app.chunks import chunk_filing
from rag_app.core.facts import TaggedLabel, label_key
from rag_app.facts.extract import facts_of
from rag_app.facts.labels import tagged_labels
from rag_app.filings.read import read_filing

PAGE = """<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"
 xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"
 xmlns:xbrli="http://www.xbrl.org/2003/instance" xmlns:xbrldi="http://xbrl.org/2006/xbrldi"><body>
<div style="display:none"><ix:header><ix:resources>
<xbrli:context id="c1"><xbrli:period><xbrli:endDate>2024-12-31</xbrli:endDate></xbrli:period></xbrli:context>
<xbrli:context id="c2"><xbrli:entity><xbrli:segment>
<xbrldi:explicitMember dimension="a">b</xbrldi:explicitMember>
</xbrli:segment></xbrli:entity>
<xbrli:period><xbrli:endDate>2024-12-31</xbrli:endDate></xbrli:period></xbrli:context>
<xbrli:unit id="u"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit>
</ix:resources></ix:header></div>
<table>
<tr><td></td><td>Net sales (1)</td><td>$</td><td>{sales}</td><td>{sales}</td></tr>
<tr><td>Of the forge</td><td>{segment}</td></tr>
<tr><td>Two concepts</td><td>{sales}</td><td>{income}</td></tr>
<tr><td>Untagged</td><td>5</td></tr>
<tr><td>{income}</td><td>after the number</td></tr>
</table></body></html>"""


def fact(concept: str, context: str) -> str:
    return f'<ix:nonFraction name="us-gaap:{concept}" contextRef="{context}" unitRef="u">5</ix:nonFraction>'


def page() -> bytes:
    text = PAGE.format(
        sales=fact("Revenues", "c1"), segment=fact("Revenues", "c2"), income=fact("ProfitLoss", "c1")
    )
    return text.encode()


def labels_of(path: Path) -> list[TaggedLabel]:
    filing = read_filing(path)
    return tagged_labels(facts_of(filing, chunk_filing(filing))[0])


def test_rows_of_one_concept_about_the_whole_company_are_read(tmp_path: Path) -> None:
    path = tmp_path / "acme.htm"
    path.write_bytes(page())
    (found,) = labels_of(path)
    assert found == TaggedLabel(found.filing_id, "Net sales (1)", "us-gaap:Revenues", "USD")
    assert found.filing_id.startswith("acme-")


def test_a_filing_without_tags_has_none(tmp_path: Path) -> None:
    path = tmp_path / "acme.htm"
    path.write_bytes(b"<html><body><table><tr><td>Net sales</td><td>5</td></tr></table></body></html>")
    assert labels_of(path) == []


def test_label_keys_are_equal_however_a_label_is_printed() -> None:
    assert label_key("NET SALES (1):") == label_key("Net  sales") == "net sales"


@pytest.mark.parametrize(
    ("concept", "words"),
    [
        ("us-gaap:NetIncomeLoss", "net income or loss"),
        ("us-gaap:PaymentsToAcquireProductiveAssets", "payments to buy productive assets"),
        ("us-gaap:IncreaseDecreaseInInventories", "change in inventories"),
        ("us-gaap:LiabilitiesCurrent", "current liabilities"),
        ("us-gaap:PropertyPlantAndEquipmentNet", "net property, plant and equipment"),
        ("us-gaap:EarningsPerShareBasic", "basic earnings per share"),
        ("zz:LitigationChargesAndOther", "litigation charges and other"),
        ("dei:EntityCommonStockSharesOutstanding", ""),
        ("us-gaap:UnrecognizedTaxBenefitsReductionsResultingFromLapseOfApplicableStatuteOfLimitations", ""),
        ("", ""),
    ],
)
def test_concepts_in_words(concept: str, words: str) -> None:
    assert concept_words(concept) == words


def test_other_words_are_kept_where_they_say_it_otherwise_and_are_certain() -> None:
    tagged = [
        TaggedLabel("f", "Net sales", "us-gaap:RevenueNet"),
        TaggedLabel("f", "Total liabilities", "us-gaap:LiabilitiesTotal"),  # the same words
        TaggedLabel("f", "Inventories", "us-gaap:InventoryNet"),
        TaggedLabel("f", "Inventories", "us-gaap:IncreaseDecreaseInInventories"),  # which of the two?
        TaggedLabel("g", "Profit", "us-gaap:NetIncomeLoss"),
    ]
    assert other_words(tagged) == {
        "f": {"net sales": ("net revenue",)},
        "g": {"profit": ("net income or loss",)},
    }


@pytest.mark.shared
def test_labels_of_a_real_filing(shared: Path) -> None:
    found = labels_of(shared / "filings" / "html" / "aapl-10k-fy2024.htm")
    (words,) = other_words(found).values()
    assert len(found) > 100
    assert words["total current liabilities"] == ("current liabilities",)
    assert words["research and development"] == ("research and development expense",)
