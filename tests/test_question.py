"""A question read by rules: companies, forms and periods; what it must not be read as; follow-ups."""

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import make_chunk
from question_catalog import CATALOG

from rag_app.core.types import Chunk, Filters
from rag_app.index.facets import Facets
from rag_app.question.catalog import Catalog, catalog_of, core
from rag_app.question.followup import follow_up
from rag_app.question.read import asked_about, asked_of, read_question

TABLE = [
    # names: suffixes, possessives, case, scripts
    ("What was Brindle Foods' revenue in FY2023?", "BRND | FY2023"),
    ("What was Brindle Foods’ revenue in FY2023?", "BRND | FY2023"),
    ("What was brindle foods's revenue in fiscal 2023?", "BRND | FY2023"),
    ("BRINDLE FOODS' REVENUE IN FY2023", "BRND | FY2023"),
    ("What did Brindle Foods, Inc. sell?", "BRND"),
    ("How many people does Quillon employ?", "QLLN"),
    ("how many people does quillon employ?", "QLLN"),
    ("What did Quillon Corporation build?", "QLLN"),
    ("What did Éclair Pâtisserie sell?", "ECL"),
    ("What did Ｑｕｉｌｌｏｎ earn in ＦＹ２０２３?", "QLLN | FY2023"),
    ("What did\xa0Quillon earn?", "QLLN"),
    ("What did O'Malley's earn?", "OMLY"),
    ("What did O’Malley’s earn?", "OMLY"),
    ("What did Harbor & Pine earn?", "HRB"),
    ("What did Harbor and Pine earn?", "HRB"),
    ("What did Wexford Fargo & Company/MN lend?", "WXF"),
    ("What did wexford fargo lend?", "WXF"),
    ("How much did 7K spend on research?", "SVK"),
    ("What did Unlisted Kelp farm?", "unlisted kelp"),
    ("Unlisted Kelp and Quillon", "unlisted kelp, QLLN"),
    # names that are parts of each other, and first words
    ("What are the risks of Vexor plc?", "VXR"),
    ("What did Vexor say about zinc?", "VXR"),
    ("What did Vexor Materials say about zinc?", "VXM"),
    ("What did Vexor Materials Corporation say about zinc?", "VXM"),
    ("Compare Vexor and Vexor Materials", "VXR, VXM"),
    ("What did Vexor Hospitality REIT pay?", ""),
    ("Does American Tidewater have debt?", "ATW"),
    ("What do American companies borrow?", ""),
    ("What did Allgood Insurance pay in claims?", "ALL"),
    ("Compare Quillon and Brindle Foods in FY2023", "QLLN, BRND | FY2023"),
    ("Compare Quillon with Brindle and Vexor", "QLLN, BRND, VXR"),
    # names and tickers that are words
    ("How many stores does Target have?", "TGT"),
    ("Target's comparable sales", "TGT"),
    ("Does Target compete on price?", "TGT"),
    ("What target did management set?", ""),
    ("Target dates moved in 2023", ""),
    ("What Is The Target Of The Plan Now", ""),
    ("What is the Target Date of the plan?", ""),
    ("Does (ALL) insure boats?", "ALL"),
    ("What does $ALL insure?", "ALL"),
    ("Does NYSE: ALL insure boats?", "ALL"),
    ("ALL insurers paid claims", ""),
    ("QLLN capex, fiscal year 2023", "QLLN | FY2023"),
    ("What does $QLLN say about tariffs?", "QLLN"),
    ("What did BRX.B buy?", "BRX.B"),
    ("What did BRX-B buy?", "BRX.B"),
    # fiscal periods
    ("Quillon’s gross margin in Q2 FY24", "QLLN | FY2024 | Q2"),
    ("Quillon's margin in the second quarter of fiscal 2024", "QLLN | FY2024 | Q2"),
    ("Quillon FY24 Q1", "QLLN | FY2024 | Q1"),
    ("7K's revenue in Q1 and Q2 of fiscal 2023", "SVK | FY2023 | Q1, Q2"),
    ("7K's cash between FY2022 and Q2 of FY2023", "SVK | FY2022, FY2023"),
    ("7K's income between FY2021 and FY2022", "SVK | FY2021, FY2022"),
    ("What did Norland Power earn in Q4 FY2022?", "NRP | FY2022 | FY"),
    ("What was total revenue in FY2023?", "FY2023"),
    # quarters that may be fiscal or calendar
    ("7K in Q2 2023", "SVK | FY2023 | Q2"),
    ("7K 2Q24 revenue", "SVK | FY2024 | Q2"),
    ("How did Quillon do in Q2 2023?", "QLLN | FY2024 | Q2"),
    ("Brindle Foods in Q1 2023", "BRND | FY2023 | Q1, Q2"),
    ("Brindle Foods in Q1 FY2023", "BRND | FY2023 | Q1"),
    ("What was total revenue in Q3 2023?", ""),
    # bare years, ranges, amounts
    ("What did 7K earn in 2022?", "SVK | FY2022"),
    ("What did 7K earn in 2020?", "SVK"),
    ("What did Quillon earn in 2022?", "QLLN"),
    ("What did Quillon earn in 2023?", "QLLN | FY2023, FY2024"),
    ("What was total revenue in 2023?", ""),
    ("7K's operating income from 2021 to 2023", "SVK | FY2021, FY2022, FY2023"),
    ("7K revenue 2021-2022", "SVK | FY2021, FY2022"),
    ("7K's operating income from 2019 to 2025", "SVK"),
    ("How has 7K's debt grown since 2021?", "SVK"),
    ("What notes of 7K are due in 2023?", "SVK"),
    ("How much did 7K sell before FY2022?", "SVK"),
    ("7K's debt in 2022, and since 2021?", "SVK | FY2022"),
    ("What did 7K pay for acquisitions of $2,022 million?", "SVK"),
    ("Did 7K pay $2022 or 2022 million?", "SVK"),
    ("7K had 2022 employees in Ohio", "SVK"),
    ("7K bought 2,023 shares in room 2023.5", "SVK"),
    # forms, and the newest filing
    ("What are Vexor’s risks in its 10-K?", "VXR | 10-K"),
    ("7K's research in its 2022 10-K", "SVK | 10-K | FY2022"),
    ("7K's research in the 2022 annual report", "SVK | 10-K | FY2022"),
    ("Did 7K file a 10-K405?", "SVK | 10-K"),
    ("How does Wexford Fargo's 8-K describe the loan?", "WXF | 8-K EX-99.1"),
    ("What did Quillon's Form 10-Q for Q3 2023 say?", "QLLN | 10-Q | FY2024 | Q3"),
    ("What is in 7K's latest 10-Q?", "SVK | 10-Q | FY2024 | Q2"),
    ("What did 7K say in its most recent annual report?", "SVK | 10-K | FY2023 | FY"),
    ("What was 7K's margin last year?", "SVK | FY2023 | FY"),
    ("7K's income in the latest quarter against previous quarters?", "SVK"),
    ("What is the latest quarter's revenue?", ""),
    ('What did 7K do about "rule 10b5-1" and the S&P 500?', "SVK"),
]
ROOMY = {  # left out, with a note
    "What did 7K earn in FY2020?": ("SVK", "no filing of FY2020 of SVK in this index"),
    "8-K of 7K": ("SVK", "no 8-K of SVK in this index"),
    "Quillon in Q3 FY2023": ("QLLN | FY2023", "no filing of Q3 FY2023 of QLLN in this index"),
    "7K's 10-K for Q1 FY2023": ("SVK | FY2023 | Q1", "no filing fits all of SVK, 10-K, FY2023, Q1"),
}
NARRATIVE = """How does the company manage cybersecurity risk?
What are the target allocations of the pension plan?
Describe all material weaknesses.
What works were performed at the harbor?
Who supplies power to the plants?
Did the American market grow?
What is said about pine timber?
How are materials recycled?
Which foods are sold?
What insurance does the group hold?
What holdings were impaired?
What does Note 7 say about leases?
Why did Data Center revenue rise?
What are the Board's committees?
Is IT spending rising?
What does the CEO think of AI?
How was EPS computed under GAAP?
On what date did the merger close?
A list of subsidiaries
What happened in the Harbor district?
What is the Company's dividend policy?
How many Foods stores are there?
Who is the Chief Executive Officer?
How does FY2023 compare?
What are the critical accounting estimates?
How are goodwill and All Other assets tested?
What is said of the Pâtisserie?
Where is the Norland plant?
What did the SEC ask?
Which Works Council agreements exist?""".splitlines()


@pytest.mark.parametrize(("question", "expected"), TABLE)
def test_read(question: str, expected: str) -> None:
    read = read_question(question, CATALOG)
    assert (" | ".join(read.labels.values()), read.notes) == (expected, ())
    assert read.question == question
    for named in read.named:
        assert question[named.start : named.start + len(named.text)] == named.text


@pytest.mark.parametrize("question", ROOMY)
def test_what_no_filing_fits_is_left_out_with_a_note(question: str) -> None:
    read = read_question(question, CATALOG)
    expected, note = ROOMY[question]
    assert (" | ".join(read.labels.values()), read.notes) == (expected, (note,))


@pytest.mark.parametrize("question", NARRATIVE)
def test_no_company_where_none_is_named(question: str) -> None:
    read = read_question(question, CATALOG)
    assert (read.companies, read.filters.tickers, read.filters.filing_ids) == ((), (), ())
    assert read.unknown == ()


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("What are the sales of Tesla in 2023?", ("Tesla",)),
        ("What was Zorblax's revenue?", ("Zorblax",)),
        ("Did Zorblax Widgets’ rival grow, and Zorblax’s margin?", ("Zorblax",)),
        ("What was Data Center's share of revenue?", ()),
        ("What drove growth of Services?", ()),
        ("What was Quillon's share of Tesla's orders?", ()),
    ],
)
def test_names_that_no_filing_has(question: str, unknown: tuple[str, ...]) -> None:
    assert read_question(question, CATALOG).unknown == unknown


def test_what_words_meant() -> None:
    (company, period) = read_question("Quillon’s margin in Q2 FY24", CATALOG).named
    assert (company.text, company.kind, company.meaning) == ("Quillon", "company", "QLLN")
    assert (period.text, period.meaning, period.year, period.quarter) == ("Q2 FY24", "Q2 FY2024", 2024, 2)
    assert not read_question("7K in 2020", CATALOG).named[1].used


def test_one_company_needs_no_name_for_its_own_calendar() -> None:
    alone = CATALOG.within(Filters(tickers=("QLLN",)))
    assert read_question("What was revenue in Q3 2023?", alone).filters == Filters(
        fiscal_years=(2024,), fiscal_periods=("Q3",)
    )


def test_a_year_of_quarterly_reports_is_told_by_the_next_annual_report() -> None:
    filings = [f for f in CATALOG.filings if f[0] in ("svk-2023-q1", "svk-2021-fy")]
    later = [(f"svk-{y}", replace(filings[0][1], fiscal_year=y)) for y in (2024, 2026)]
    catalog = Catalog([*filings, *later])
    assert read_question("7K's income in FY2023", catalog).filters.fiscal_years == (2023, 2024)
    assert read_question("7K's income in Q1 FY2023", catalog).filters.fiscal_years == (2023,)
    assert read_question("7K's income in FY2021", catalog).filters.fiscal_years == (2021,)


def test_shared_names_mean_both() -> None:
    two = Catalog([("a", make_chunk(0, "x", "AAA").meta), ("b", make_chunk(0, "x", "BBB").meta)])
    named = [("a", two.filings[0][1]), ("b", two.filings[1][1])]
    same = Catalog([(i, type(m)(company="Same Corp", ticker=m.ticker)) for i, m in named])
    assert read_question("What did Same Corp do? And Same's debt?", same).filters.tickers == ("AAA", "BBB")


def test_a_company_of_filings_with_and_without_ticker_is_kept_whole() -> None:
    known = make_chunk(0, "x", "AAA").meta
    mixed = Catalog([("a", known), ("b", type(known)(company=known.company))])
    assert read_question("What did Aaa Corp do?", mixed).filters == Filters(filing_ids=("a", "b"))


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("WELLS FARGO & COMPANY/MN", ("wells", "fargo")),
        ("The Buckle, Inc.", ("buckle",)),
        ("AMAZON.COM, INC.", ("amazon",)),
        ("McDonald’s Corp", ("mcdonald",)),
        ("Inc", ("inc",)),
        ("", ()),
    ],
)
def test_names_as_spoken(name: str, spoken: tuple[str, ...]) -> None:
    assert core(name) == spoken


FILED = "What was Quillon's revenue in FY2023?"


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (FILED, "and the year before?", "What was Quillon's revenue in FY2022?"),
        (FILED, "And the prior year?", "What was Quillon's revenue in FY2022?"),
        (FILED, "and a year earlier?", "What was Quillon's revenue in FY2022?"),
        (FILED, "and the following year?", "What was Quillon's revenue in FY2024?"),
        (FILED, "What about Brindle?", "What was Brindle's revenue in FY2023?"),
        (FILED, "Brindle Foods?", "What was Brindle Foods's revenue in FY2023?"),
        (FILED, "and 7K’s?", "What was 7K's revenue in FY2023?"),
        (FILED, "and 7K in 2022?", "What was 7K's revenue in 2022?"),
        (FILED, "same for 2022", "What was Quillon's revenue in 2022?"),
        (FILED, "and Tesla's?", "What was Tesla's revenue in FY2023?"),
        ("Quillon's margin in Q2 FY2024?", "and in Q3?", "Quillon's margin in Q3 FY2024?"),
        ("Quillon's margin in Q1 FY2024?", "and the quarter before?", "Quillon's margin in Q4 FY2023?"),
        ("Quillon's margin in the latest quarter?", "and a year earlier?", "Quillon's margin in Q3 FY2023?"),
        ("Quillon’s margin in fiscal 2023?", "and the year before?", "Quillon’s margin in fiscal 2022?"),
        ("What was 7K's debt?", "and in 2022?", "What was 7K's debt in 2022?"),
        ("What was debt in FY2022?", "what about 7K?", "What was debt in FY2022 for 7K?"),
        (FILED, "What was 7K's net income in 2022?", None),
        (FILED, "what about margins?", None),
        (FILED, "How about R&D?", None),
        (FILED, "thanks", None),
        (FILED, "", None),
        (FILED, "and why did it fall?", None),
        (FILED, "What about Services?", None),
        (FILED, "and Quillon?", None),
        ("Compare Quillon and 7K in 2023", "and Brindle?", None),
        ("What was 7K's debt?", "and the year before?", None),
        ("7K's debt in FY2021 and FY2022?", "and the year before?", None),
        ("What did 7K earn?", "and what did it say of its many plants in Ohio, in 2022?", None),
    ],
)
def test_follow_up(before: str, question: str, expected: str | None) -> None:
    assert follow_up(read_question(before, CATALOG), question, CATALOG) == expected


def test_filters_by_hand_win() -> None:
    filings = CATALOG.filings
    filters, read = asked_of(FILED, filings, Filters(tickers=("SVK",)))
    assert filters == Filters(tickers=("SVK",), fiscal_years=(2023,))
    assert read.labels == {"fiscal_years": "FY2023"}
    filters, read = asked_of(FILED, filings, Filters(fiscal_years=(2024,)))
    assert filters == Filters(tickers=("QLLN",), fiscal_years=(2024,))
    assert read.notes == ("no filing of FY2023 of QLLN in this index",)
    assert asked_of("What is said?", filings, Filters())[0] == Filters()


def test_which_companies_a_question_could_mean() -> None:
    figure = read_question("What was total revenue?", CATALOG)
    hits = ["QLLN", "qlln", None, "SVK", "TGT", "ALL"]
    assert asked_about(figure, Filters(), hits) == ("QLLN", "SVK", "TGT")
    assert asked_about(figure, Filters(), ["QLLN", "QLLN"]) == ()
    assert asked_about(figure, Filters(tickers=("QLLN", "SVK")), hits) == ()
    assert asked_about(read_question("Who is the auditor?", CATALOG), Filters(), hits) == ()
    assert asked_about(read_question(FILED, CATALOG), Filters(), hits) == ()


def test_facets_keep_periods_and_filings(tmp_path: Path, chunks: list[Chunk]) -> None:
    late = make_chunk(0, "x", "ZZC", 2025, "10-Q")
    quarter = type(late)(
        **{n: getattr(late, n) for n in late.__slots__}
        | {"meta": type(late.meta)(company="Zzc Corp", ticker="ZZC", fiscal_year=2025, fiscal_period="Q2")}
    )
    Facets.write(tmp_path, [*chunks, quarter])
    facets = Facets.read(tmp_path)
    assert facets.positions(Filters(fiscal_periods=("Q2",))).tolist() == [6]
    assert facets.positions(Filters(fiscal_periods=("FY", "Q2"), tickers=("ZZA", "ZZC"))).tolist() == [
        0,
        1,
        2,
        6,
    ]
    assert [filing_id for filing_id, _ in facets.filings] == ["zza-2024", "zzb-2024", "zzb-2023", "zzc-2025"]
    assert facets.filings[3][1] == quarter.meta
    assert catalog_of(facets.filings) is catalog_of(facets.filings)


@pytest.mark.parametrize(
    ("question", "tickers"),
    [
        ("What was Norland's net income in fiscal 2022?", ("NRP",)),
        ("What did Norland report for revenue?", ("NRP",)),
        ("Is the plant near Norland insured?", ()),
        ("Which customers of the Norland region were lost?", ()),
        ("what did norland report?", ()),
        ("What was Tidewater's revenue?", ()),  # not its first word
    ],
)
def test_a_first_word_alone_must_own_or_do_something(question: str, tickers: tuple[str, ...]) -> None:
    assert read_question(question, CATALOG).filters.tickers == tickers
