"""Full text submissions, fixed-width tables, plain text."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag_app.core.errors import FilingError
from rag_app.core.types import Block, Filing, TableRow
from rag_app.filings.read import read_filing

HEADER = """-----BEGIN PRIVACY-ENHANCED MESSAGE-----
<SEC-DOCUMENT>0000123456-98-000001.txt : 19980302
<SEC-HEADER>
ACCESSION NUMBER:\t\t0000123456-98-000001
CONFORMED SUBMISSION TYPE:\t10-K405
CONFORMED PERIOD OF REPORT:\t19971231
FILED AS OF DATE:\t\t19980302
\tCOMPANY DATA:
\t\tCOMPANY CONFORMED NAME:\t\t\tEXAMPLE MILLS INC
\t\tCENTRAL INDEX KEY:\t\t\t0000123456
</SEC-HEADER>
"""
MAIN = """<DOCUMENT>
<TYPE>10-K405
<TEXT>
<PAGE>
                          EXAMPLE MILLS INC

ITEM 1. BUSINESS

    The Company mills grain. It was described in Part II,
Item 7 of Form 10-K for the year before.

    A second paragraph begins here and runs
on to another line.
                                       1
<PAGE>
ITEM 7. MANAGEMENT'S DISCUSSION AND ANALYSIS OF FINANCIAL CONDITION AND
  RESULTS OF OPERATIONS

<TABLE>
<CAPTION>
YEARS ENDED DECEMBER 31,                     1997       1996
- ----------------------------------      ---------  ---------
                                          (IN MILLIONS, EXCEPT PER SHARE AMOUNTS)
<S>                                       <C>        <C>
Net sales...............................  $   7,081  $   9,833
Earnings (loss) per share of common
  stock.................................  $   (8.29) $   (6.59)
Special charges
  Restructuring.........................         --        179
</TABLE>
</TEXT>
</DOCUMENT>
"""
EXHIBITS = """<DOCUMENT>
<TYPE>EX-13
<TEXT>
LETTER TO SHAREHOLDERS

The year was a good one for the mills of the Company in every way.
</TEXT>
</DOCUMENT>
<DOCUMENT>
<TYPE>EX-27
<TEXT>
<CASH> 1,000
</TEXT>
</DOCUMENT>
<DOCUMENT>
<TYPE>GRAPHIC
<TEXT>
begin 644 logo.jpg
M_]C_X``02D9)1@
end
</TEXT>
</DOCUMENT>
</SEC-DOCUMENT>
"""


def read(tmp_path: Path, text: str, name: str = "submission.txt") -> Filing:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_filing(path)


def test_submission_header_documents_pages_and_table(tmp_path: Path) -> None:
    filing = read(tmp_path, HEADER + MAIN + EXHIBITS)
    meta = filing.meta
    assert (meta.company, meta.cik, meta.form) == ("EXAMPLE MILLS INC", "0000123456", "10-K405")
    assert (meta.period_end, meta.filed, meta.accession) == (
        "1997-12-31",
        "1998-03-02",
        "0000123456-98-000001",
    )
    assert (meta.fiscal_year, meta.fiscal_period) == (1997, "FY")
    assert [(section.item, section.title) for section in filing.sections] == [
        (None, "Cover page"),
        ("Item 1", "BUSINESS"),
        ("Item 7", "MANAGEMENT'S DISCUSSION AND ANALYSIS OF FINANCIAL CONDITION AND RESULTS OF OPERATIONS"),
        ("EX-13", "LETTER TO SHAREHOLDERS"),
        ("EX-27", ""),
    ]
    assert filing.sections[-1].blocks == (Block("prose", "CASH: 1,000", page=1),)
    assert filing.warnings == (
        "submission.txt: no heading found for Item 8",
        "submission.txt: left out of the submission, no text to read: GRAPHIC",
    )
    assert filing.sections[1].blocks == (
        Block(
            "prose",
            "The Company mills grain. It was described in Part II, Item 7 of Form 10-K for the year before.",
            page=1,
        ),
        Block("prose", "A second paragraph begins here and runs on to another line.", page=1),
    )
    (table,) = [block.table for block in filing.sections[2].blocks if block.table]
    assert table.heads == ("YEARS ENDED DECEMBER 31, 1997", "YEARS ENDED DECEMBER 31, 1996")
    assert table.unit == "IN MILLIONS, EXCEPT PER SHARE AMOUNTS"
    assert table.rows == (
        TableRow("Net sales", ("$7,081", "$9,833")),
        TableRow("Earnings (loss) per share of common stock", ("$(8.29)", "$(6.59)")),
        TableRow("Restructuring", ("--", "179"), "Special charges"),
    )
    assert filing.sections[2].blocks[-1].page == 2


def test_submission_with_an_html_document(tmp_path: Path) -> None:
    inner = (
        "<html><body><p><b>Item 2.02. Results of Operations</b></p>"
        "<p>We sold grain &#151; much of it.</p></body></html>"
    )
    text = HEADER.replace("10-K405", "8-K") + f"<DOCUMENT>\n<TYPE>8-K\n<TEXT>\n{inner}\n</TEXT>\n</DOCUMENT>"
    filing = read(tmp_path, text)
    assert [(section.item, section.blocks[0].text) for section in filing.sections] == [
        ("Item 2.02", "We sold grain — much of it.")
    ]


def test_submission_without_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FilingError, match=r"submission\.txt: a submission header without any document"):
        read(tmp_path, HEADER)


def test_wrapper_gives_the_form(tmp_path: Path) -> None:
    body = "<html><body><p>Sales rose.</p></body></html></TEXT></DOCUMENT>"
    wrapped = f"<DOCUMENT>\n<TYPE>EX-99.1\n<FILENAME>x-8kexhibit.htm\n<TEXT>\n{body}"
    assert read(tmp_path, wrapped, "release.htm").meta.form == "8-K EX-99.1"
    assert read(tmp_path, wrapped.replace("8k", ""), "release.htm").meta.form == "EX-99.1"
