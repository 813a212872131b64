"""PDFs written by the tests: words with places, tables by columns, pages, running lines, errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag_app.core.errors import FilingError
from rag_app.core.types import Filing, TableRow
from rag_app.filings.read import read_filing

Line = tuple[float, float, str]  # x, y, text
MONOSPACE = 4.8  # points of a character of 8-point Courier


def make_pdf(pages: list[list[Line]]) -> bytes:
    """A PDF of Courier lines, with a font that every reader has."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>",
    ]
    kids = []
    for lines in pages:
        content = b"".join(
            b"BT /F1 8 Tf 1 0 0 1 %.1f %.1f Tm (%s) Tj ET\n"
            % (
                x,
                y,
                text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)"),
            )
            for x, y, text in lines
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
        number = len(objects)
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R"
            b"/Resources<</Font<</F1 3 0 R>>>>>>" % number
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (
            len(objects) + 1,
            table,
            len(objects) + 1,
            len(out),
        )
    )


def right(x: float, y: float, text: str) -> Line:
    """Text that ends at `x`."""
    return x - MONOSPACE * len(text), y, text


def statement(y: float = 700) -> list[Line]:
    rows = [
        ("Net sales:", []),
        ("Products", ["63,355", "63,948", "245,241", "232,309"]),
        ("Total net sales", ["82,959", "81,434", "304,182", "(282)"]),
        ("A label that is so long that it runs on", []),
        ("over two lines", ["1.20", "—", "4.86", "4.42"]),
    ]
    edges = (330, 400, 470, 540)
    lines: list[Line] = [(40, y, "Condensed Statements of Operations"), (40, y - 12, "(In millions)")]
    lines += [(285, y - 30, "Three Months Ended"), (425, y - 30, "Nine Months Ended")]
    lines += [
        right(edge, y - 42, head) for edge, head in zip(edges, ("2022", "2021", "2022", "2021"), strict=True)
    ]
    for i, (label, values) in enumerate(rows):
        at = y - 56 - 12 * i
        lines.append((40 if not values or label.startswith(("Total", "over")) else 48, at, label))
        lines += [right(edge, at, value) for edge, value in zip(edges, values, strict=False)]
        if values:
            lines.append((282, at, "$"))
    return lines


def read(tmp_path: Path, data: bytes) -> Filing:
    path = tmp_path / "report.pdf"
    path.write_bytes(data)
    return read_filing(path)


def test_table_heads_by_columns_and_labels_over_two_lines(tmp_path: Path) -> None:
    filing = read(tmp_path, make_pdf([statement()]))
    (table,) = [block.table for section in filing.sections for block in section.blocks if block.table]
    assert table.heads == (
        "Three Months Ended 2022",
        "Three Months Ended 2021",
        "Nine Months Ended 2022",
        "Nine Months Ended 2021",
    )
    assert (table.caption, table.unit) == ("Condensed Statements of Operations", "In millions")
    assert table.rows == (
        TableRow("Products", ("$63,355", "63,948", "245,241", "232,309"), "Net sales"),
        TableRow("Total net sales", ("$82,959", "81,434", "304,182", "(282)")),
        TableRow("A label that is so long that it runs on over two lines", ("$1.20", "—", "4.86", "4.42")),
    )


def prose(text: str, y: float) -> list[Line]:
    return [(40, y - 12 * i, line) for i, line in enumerate(text.split("\n"))]


def test_lines_become_paragraphs_and_running_lines_go(tmp_path: Path) -> None:
    start = "and sells things of many kinds to its many customers in all parts of the world"
    pages = [
        [
            (40, 760, "Example Inc."),
            *prose(
                f"{name} makes {start}\nand of the rest {name} makes year-\nend reports of {name}.",
                700,
            ),
            *prose(f"Another paragraph of {name}.", 640),
            (300, 30, f"Example Inc. | Form 10-Q | {n}"),
        ]
        for n, name in enumerate(("Iron", "Wood", "Glass"), 1)
    ]
    filing = read(tmp_path, make_pdf(pages))
    found = [(block.text, block.page) for section in filing.sections for block in section.blocks]
    assert found[0] == ("Example Inc.", 1)  # the first of the running titles may be a heading
    assert found[1:] == [
        pair
        for n, name in enumerate(("Iron", "Wood", "Glass"), 1)
        for pair in (
            (
                f"{name} makes {start} and of the rest {name} makes year-end reports of {name}.",
                n,
            ),
            (f"Another paragraph of {name}.", n),
        )
    ]


def test_a_page_without_text_is_a_warning_and_none_at_all_an_error(tmp_path: Path) -> None:
    scanned: list[Line] = [(40, 700, " ")]
    filing = read(tmp_path, make_pdf([prose("Some text of the first page.", 700), scanned]))
    assert filing.warnings == ("page 2 has no text (scanned? run OCR first)",)
    with pytest.raises(FilingError, match=r"report\.pdf: no page has a text layer .* run OCR first"):
        read(tmp_path, make_pdf([scanned, scanned]))


@pytest.mark.parametrize("cut", [20, 400])
def test_damaged_files_are_refused_in_one_line(tmp_path: Path, cut: int) -> None:
    with pytest.raises(FilingError) as error:
        read(tmp_path, make_pdf([statement()])[:cut])
    assert str(error.value) == "report.pdf: the PDF is damaged or cut off; download it again"
