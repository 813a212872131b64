"""An invented catalog: names that are words, parts of each other, or odd; fiscal years of three kinds."""

from rag_app.core.types import FilingMeta
from rag_app.question.catalog import Catalog, Filed

ENDS = {"Q1": "03-31", "Q2": "06-30", "Q3": "09-30", "FY": "12-31"}


def filed(name: str, ticker: str | None, period: str, year: int, end: str = "", form: str = "") -> Filed:
    """One filing; its period ends with the calendar's quarter where no `end` is given."""
    meta = FilingMeta(
        company=name,
        ticker=ticker,
        form=form or ("10-K" if period == "FY" else "10-Q"),
        fiscal_year=year,
        fiscal_period=period,
        period_end=end or f"{year}-{ENDS[period]}",
    )
    return f"{(ticker or name).lower()}-{year}-{period}".lower(), meta


CATALOG = Catalog(
    [
        *(filed("7K COMPANY", "SVK", "FY", year) for year in (2021, 2022, 2023)),
        filed("7K Company", "SVK", "Q1", 2023),
        filed("7K Company", "SVK", "Q2", 2023),
        filed("7K Company", "SVK", "Q2", 2024),
        # fiscal years that end in January of their own number: fiscal 2024 is nearly 2023
        filed("QUILLON CORPORATION", "QLLN", "FY", 2023, "2023-01-29"),
        filed("QUILLON CORP", "QLLN", "Q1", 2024, "2023-04-30"),
        filed("QUILLON CORP", "QLLN", "Q2", 2024, "2023-07-30"),
        filed("QUILLON CORP", "QLLN", "Q3", 2024, "2023-10-29"),
        # ends in September: its first quarter of 2023 ended in December 2022
        filed("Brindle Foods, Inc.", "BRND", "Q1", 2023, "2022-12-31"),
        filed("Brindle Foods, Inc.", "BRND", "Q2", 2023, "2023-03-31"),
        filed("Brindle Foods, Inc.", "BRND", "FY", 2023, "2023-09-30"),
        filed("Vexor plc", "VXR", "FY", 2023),
        filed("Vexor Materials Corporation", "VXM", "FY", 2023),
        filed("Target Corp", "TGT", "FY", 2023, "2024-02-03"),
        filed("The Allgood Insurance Group, Inc.", "ALL", "FY", 2023),
        filed("Brixham Holdings Inc", "BRX.B", "FY", 2023),
        filed("Harbor & Pine Co.", "HRB", "FY", 2023),
        filed("American Tidewater Works Company, Inc.", "ATW", "FY", 2022),
        filed("WEXFORD FARGO & COMPANY/MN", "WXF", "FY", 2024),
        filed("Wexford Fargo & Company", "WXF", "FY", 2024, "2024-11-20", "8-K EX-99.1"),
        filed("Éclair Pâtisserie SA", "ECL", "FY", 2023),
        filed("O'Malley's Corp", "OMLY", "FY", 2023),
        filed("Norland Power Inc", "NRP", "FY", 2022),
        filed("Unlisted Kelp LLC", None, "FY", 2022),
    ]
)
