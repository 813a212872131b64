"""Tables: sections that tell a period, scales, and the parts of long and wide tables."""

from __future__ import annotations

from pathlib import Path

from rag_app.chunks import ChunkConfig, chunk_filing
from rag_app.core.types import Block, Filing, FilingMeta, Section, Table, TableRow
from rag_app.filings.read import read_filing
from rag_app.filings.tables.lines import table_lines
from rag_app.filings.tables.parts import table_parts


def words(text: str) -> int:
    return len(text.split())


def lines_of(tmp_path: Path, body: str) -> list[list[str]]:
    path = tmp_path / "f.htm"
    intro = f"<p>We sell {'many goods and services ' * 9} in the world.</p>"
    path.write_text(f"<html><body>{intro}{body}</body></html>", encoding="utf-8")
    blocks = (block for section in read_filing(path).sections for block in section.blocks)
    return [table_lines(block.table) for block in blocks if block.table is not None]


def table(*rows: str) -> str:
    """Rows as "a | b | c"; a row without a bar spans three columns."""
    out = []
    for row in rows:
        cells = [f"<td>{cell.strip()}</td>" for cell in row.split("|")]
        out.append(f"<tr>{''.join(cells) if len(cells) > 1 else f'<td colspan=3>{row}</td>'}</tr>")
    return f"<table>{''.join(out)}</table>"


def test_a_period_holds_for_all_rows_up_to_the_next_one(tmp_path: Path) -> None:
    segments = table(
        " | North | South",
        "Fiscal Year Ended January 31, 2024:",
        "Net sales | $10 | $20",
        "Total assets | 30 | 40",
        "Depreciation | 1 | 2",
        "Costs:",
        "Wages | 3 | 4",
        "Fiscal Year Ended January 31, 2023:",
        "Net sales | $9 | $19",
    )
    assert lines_of(tmp_path, segments) == [
        [
            "| North | South",
            "Fiscal Year Ended January 31, 2024:",
            "Net sales | $10 | $20",
            "Total assets | 30 | 40",
            "Depreciation | 1 | 2",
            "Fiscal Year Ended January 31, 2024 — Costs:",
            "Wages | 3 | 4",
            "Fiscal Year Ended January 31, 2023:",
            "Net sales | $9 | $19",
        ]
    ]


def test_notes_due_in_a_year_are_no_period(tmp_path: Path) -> None:
    (lines,) = lines_of(
        tmp_path,
        table(
            " | 2024 | 2023", "Senior notes due 2025", "3% notes | 1 | 2", "Total | 3 | 4", "Other | 5 | 6"
        ),
    )
    assert lines[1:] == ["Senior notes due 2025:", "3% notes | 1 | 2", "Total | 3 | 4", "", "Other | 5 | 6"]


def test_columns_with_scales_of_their_own_keep_them(tmp_path: Path) -> None:
    (units,) = lines_of(
        tmp_path,
        table(" | Number of units (in thousands) | Fair value (in millions)", "Balance | 1,000 | $37"),
    )
    assert units == ["| Number of units (in thousands) | Fair value (in millions)", "Balance | 1,000 | $37"]
    (one,) = lines_of(tmp_path, table(" | 2024 (in millions) | 2023 (in millions)", "Sales | 1,000 | $37"))
    assert one == ["(in millions)", "| 2024 | 2023", "Sales | 1,000 | $37"]


def test_a_scale_told_once_holds_for_tables_with_headings_between_them(tmp_path: Path) -> None:
    intro = "<p>The following tables show details of the balance sheets (in millions):</p>"
    amounts = table(" | 2024 | 2023", "Tax | $26,601 | $8,819")
    shares = table(" | 2024 | 2023", "Stores | 26 | 88")
    found = lines_of(
        tmp_path,
        f"{intro}<p><b>Assets</b></p>{amounts}<p><b>Debts</b></p>{amounts}<p><b>Stores</b></p>{shares}",
    )
    assert [("(in millions)" in lines) for lines in found] == [True, True, False]
    assert [lines[0] for lines in found] == ["Assets", "Debts", "Stores"]


def equity(rows: int) -> Table:
    body = [TableRow("Balance at December 31, 2021", ("1", "2"))]
    for year in (2022, 2023):
        body += [TableRow(f"Item {n}", (str(n), "0")) for n in range(rows)]
        body.append(TableRow(f"Balance at December 31, {year}", ("3", "4")))
    return Table(("Stock", "Total"), tuple(body), "Statement of equity", "In millions")


def test_parts_of_a_statement_of_equity_tell_their_dates() -> None:
    parts = table_parts(equity(6), [], 62, words)
    assert [part[3] for part in parts] == [
        "(before Balance at December 31, 2022)",
        "(after Balance at December 31, 2021, before Balance at December 31, 2023)",
        "(after Balance at December 31, 2022)",
    ]
    assert all(part[:3] == ["Statement of equity", "(In millions)", "| Stock | Total"] for part in parts)
    rows = [line for part in parts for line in part[3:] if " | " in line]
    assert rows == [line for line in table_lines(equity(6)) if " | " in line and not line.startswith("|")]


def test_a_table_whose_heads_fill_a_part_is_cut_between_columns() -> None:
    heads = tuple(
        f"{period} ended June 30 {what}" for period in ("Three months", "Six months") for what in "abc"
    )
    wide = Table(
        heads, (TableRow("Sales", tuple("123456")), TableRow("Costs", ("7", "", "", "", "", ""))), "Results"
    )
    assert table_parts(wide, ["Lead"], 60, words) == [
        ["Lead", "Results", "|Three months ended June 30 | a | b | c", "Sales | 1 | 2 | 3", "Costs | 7"],
        ["Results", "|Six months ended June 30 | a | b | c", "Sales | 4 | 5 | 6"],
    ]
    assert len(table_parts(wide, [], 200, words)) == 1


def test_footnotes_go_with_the_rows_that_carry_their_mark() -> None:
    rows = tuple(TableRow(f"Row {n}{' (1)' if n < 2 else ''}", (str(n),)) for n in range(24))
    noted = Table(("2024 (a)",), (*rows, TableRow("Last *", ("9",))), "Results")
    blocks = (
        Block("table", table=noted),
        Block("prose", "(1) Only a part of the year."),
        Block("prose", "(a) Audited."),
        Block("prose", "* Estimated " + "at length " * 70),
        Block("prose", "(2) No such mark."),
        Block("prose", "It goes on."),
        Block("prose", "(1) Not a note any more."),
    )
    filing = Filing("f", "f.htm", "00", FilingMeta(), (Section("Item 7", "", blocks),))
    first, second, *rest = chunk_filing(filing, ChunkConfig(max_tokens=100, max_words=100))
    assert first.text.split("\n")[-2:] == ["(1) Only a part of the year.", "(a) Audited."]
    assert second.text.split("\n")[-2:] == ["Last * | 9", "(a) Audited."]
    prose = "\n".join(chunk.text for chunk in rest)
    assert prose.startswith("* Estimated")
    assert prose.endswith("(2) No such mark.\nIt goes on.\n(1) Not a note any more.")


def test_a_scale_is_not_handed_on_to_prices_counts_and_other_tables(tmp_path: Path) -> None:
    millions = "<p>Sales (in millions):</p>" + table(" | 2024 | 2023", "Sales | $1,000 | $900")
    prices = table(" | 2024 | 2023", "High | $45.10 | $40.02")
    staff = table(" | Age | Since", "Jane Roe | 52 | 12")
    more = table("Employees | 15,200 | 14,100", "Stores | 26 | 25")
    for other in (f"<p><b>Prices</b></p>{prices}", staff, more, f"<p>&nbsp;</p>{more}"):
        first, second = lines_of(tmp_path, millions + other)
        assert first[0] == "Sales (in millions):"
        assert not any("millions" in line for line in second)
    assert "| 2024" not in lines_of(tmp_path, millions + more)[1][0]


def test_a_table_cut_by_a_page_goes_on_with_heads_and_scale(tmp_path: Path) -> None:
    first = "<p>Sales (in millions):</p>" + table(" | 2024 | 2023", "Sales | $1,000 | $900")
    turn = '<div style="page-break-after:always"></div>'
    assert lines_of(tmp_path, first + turn + table("Costs | 800 | 700", "Taxes | 20 | 10"))[1][:3] == [
        "Sales (in millions):",
        "| 2024 | 2023",
        "Costs | 800 | 700",
    ]


def test_values_below_new_heads_are_no_heads(tmp_path: Path) -> None:
    body = table(
        " | 2024 | 2023", "Net sales | $500 | $480", "Net income | 70 | 60",
        " | 2022 | 2021", "Net sales | $300 | $280", "Net income | 50 | 40",
    )  # fmt: skip
    assert lines_of(tmp_path, body) == [
        ["| 2024 | 2023", "Net sales | $500 | $480", "Net income | 70 | 60"],
        ["| 2022 | 2021", "Net sales | $300 | $280", "Net income | 50 | 40"],
    ]


def test_bonds_are_no_period(tmp_path: Path) -> None:
    bonds = table(
        " | 2024 | 2023",
        "First mortgage bonds due 2030:",
        "Series A | 1 | 2",
        "Senior notes:",
        "Series B | 3 | 4",
    )
    assert lines_of(tmp_path, bonds)[0][1:] == [
        "First mortgage bonds due 2030:", "Series A | 1 | 2", "Senior notes:", "Series B | 3 | 4"
    ]  # fmt: skip


def test_rows_without_values_stay_when_a_table_is_cut_between_columns() -> None:
    heads = tuple(
        f"{period} ended June 30 {what}" for period in ("Three months", "Six months") for what in "abc"
    )
    wide = Table(
        heads, (TableRow("Amounts exclude paper.", ("",) * 6), TableRow("Sales", tuple("123456"))), "Results"
    )
    parts = table_parts(wide, [], 60, words)
    assert [part[-2:] for part in parts] == [
        ["Amounts exclude paper.", "Sales | 1 | 2 | 3"],
        ["|Six months ended June 30 | a | b | c", "Sales | 4 | 5 | 6"],
    ]


def chunks_of(*blocks: Block, tokens: int = 60) -> list[str]:
    filing = Filing("f", "f.htm", "00", FilingMeta(), (Section("Item 7", "", blocks),))
    return [chunk.text for chunk in chunk_filing(filing, ChunkConfig(max_tokens=tokens, model_tokens=tokens))]


def test_a_long_label_keeps_its_cells_in_their_columns() -> None:
    row = TableRow("a label that goes on " * 14, ("", "1,100"))
    found = chunks_of(Block("table", table=Table(("2024", "2023"), (row,), "Costs")))
    assert found[-1].split("\n")[-1].endswith("goes on |  | 1,100")
    assert found[-1].split("\n")[:2] == ["Costs", "| 2024 | 2023"]


def test_a_bold_sentence_at_the_end_is_kept_and_a_bare_title_is_not() -> None:
    text = Block("prose", "We sell goods.")
    bold = Block("heading", "We do not expect to pay dividends in the foreseeable future")
    assert chunks_of(text, bold) == [f"We sell goods.\n{bold.text}"]
    assert chunks_of(text, Block("heading", "SIGNATURES")) == ["We sell goods."]


def test_tiny_limits_end() -> None:
    assert chunks_of(Block("prose", "words and more words " * 20), tokens=12)
