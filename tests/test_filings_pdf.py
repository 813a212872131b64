"""PDFs written by the tests: words with places, tables by columns, pages, running lines, errors."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag_app.core.errors import FilingError
from rag_app.core.types import Filing, TableRow
from rag_app.filings.flow import Para
from rag_app.filings.pdf import reader as pdf
from rag_app.filings.pdf.reader import read_pdf
from rag_app.filings.pdf.rows import PageRow
from rag_app.filings.read import read_filing

Line = tuple[float, float, str]  # x, y, text
MONOSPACE = 4.8  # points of a character of 8-point Courier


PAINT = {  # what a page shows without any text
    "picture": b"q 500 0 0 700 50 50 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x00 EI Q\n",
    "background": b"1 g 0 0 612 792 re f\n",
}


def make_pdf(pages: Sequence[Sequence[Line] | str], protect: tuple[bytes, bytes] | None = None) -> bytes:
    """A PDF of Courier lines, with a font that every reader has; a page may be one of `PAINT` instead.

    `protect`: the password, and the key that strings and streams are encrypted with.
    """
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding"
        b"<</BaseEncoding/WinAnsiEncoding/Differences[1/fi/fl]>>>>",
    ]
    kids = []
    for lines in pages:
        content = PAINT[lines] if isinstance(lines, str) else b"".join(map(draw, lines))
        number = len(objects) + 1
        if protect:
            content = rc4(md5(protect[1] + number.to_bytes(3, "little") + b"\0\0").digest()[:10], content)
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
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
    size = len(objects) + 1
    security = b""
    if protect:
        user = rc4(protect[1], PADDING)
        security = b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (
            PADDING.hex().encode(),
            user.hex().encode(),
        )
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF"
        % (
            size,
            table,
            size,
            security,
            len(out),
        )
    )


def draw(line: Line) -> bytes:
    x, y, text = line
    shown = text.replace("ﬁ", "\x01").replace("ﬂ", "\x02").encode("cp1252")
    shown = shown.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"BT /F1 8 Tf 1 0 0 1 %.1f %.1f Tm (%s) Tj ET\n" % (x, y, shown)


PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def encrypted(pages: Sequence[Sequence[Line] | str], password: bytes) -> bytes:
    """A PDF encrypted with 40 bits, which opens with `password`."""
    key = md5((password + PADDING)[:32] + PADDING + (-4 & 0xFFFFFFFF).to_bytes(4, "little") + b"\0")
    return make_pdf(pages, (password, key.digest()[:5]))


def md5(data: bytes) -> hashlib._Hash:
    return hashlib.md5(data, usedforsecurity=False)


def rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


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


def texts(data: bytes) -> list[str]:
    return [part.text for part in read_pdf(data)[0] if isinstance(part, Para)]


def test_hyphens_at_line_ends_and_ligatures_are_mended(tmp_path: Path) -> None:
    lines = [
        "The consolidated figures below were made by our staff: the consoli-",
        "dated ones are ﬁrst, and the long-",
        "term plan has a ﬂoor.",
    ]
    filing = read(tmp_path, make_pdf([prose("\n".join(lines), 700)]))
    (block,) = filing.sections[0].blocks
    assert block.text == (
        "The consolidated figures below were made by our staff: the consolidated ones are first,"
        " and the long-term plan has a floor."
    )


def test_a_letter_set_apart_from_its_word_is_joined_where_the_word_is_known() -> None:
    pages = [
        [(40, 700, "Selected Financial Dat"), (40 + 22.4 * MONOSPACE, 700, "a")],
        [(40, 700, "Five years of data"), (40, 660, "Class"), (40 + 5.4 * MONOSPACE, 660, "a")],
    ]
    assert texts(make_pdf(pages)) == ["Selected Financial Data", "Five years of data", "Class a"]


def test_lines_at_page_edges_that_differ_in_figures_stay() -> None:
    pages = [
        [
            (40, 700, f"Sales rose by {20 + n}%, with a margin of {n + 3}%."),
            (40, 660, "ABC"[n] * 30),
            (40, 400, f"Form 10-K {n + 1}"),
        ]
        for n in range(3)
    ]
    assert texts(make_pdf(pages)) == [
        text
        for n in range(3)
        for text in (f"Sales rose by {20 + n}%, with a margin of {n + 3}%.", "ABC"[n] * 30)
    ]


def test_labels_over_many_lines_and_the_heads_above_them(tmp_path: Path) -> None:
    rows: list[tuple[str, list[str]]] = [
        ("Growth from products sold to the hospitals of Example", []),
        ("Inc., and from those that are made for others by its", []),
        ("own works, see the notes.", ["3,560", "(36)"]),
        ("Income before taxes attributable to Example Inc.", []),
        ("common shareholders", ["1,208", "746"]),
    ]
    lines: list[Line] = [(40, 700, "(In millions)"), right(430, 700, "Worldwide"), right(540, 700, "Abroad")]
    for i, (label, values) in enumerate(rows):
        lines.append((40, 688 - 10 * i, label))
        lines += [right(x, 688 - 10 * i, value) for x, value in zip((430, 540), values, strict=False)]
    filing = read(tmp_path, make_pdf([lines]))
    (table,) = [block.table for section in filing.sections for block in section.blocks if block.table]
    assert (table.heads, table.unit) == (("Worldwide", "Abroad"), "In millions")
    assert table.rows == (
        TableRow(
            "Growth from products sold to the hospitals of Example Inc., and from those that are made"
            " for others by its own works, see the notes.",
            ("3,560", "(36)"),
        ),
        TableRow("Income before taxes attributable to Example Inc. common shareholders", ("1,208", "746")),
    )


def test_columns_of_prose_between_other_text_are_read_one_after_the_other() -> None:
    left = [
        "Under the law of one state all",
        "directors are elected by those who",
        "own the shares of a company.",
    ]
    other = [
        "As permitted by the other law",
        "directors can be named and removed",
        "as the articles of it say.",
    ]
    page = [
        (40.0, 700.0, "Two laws are compared below, each of them in a column of its own on this page."),
        *prose("\n".join(left), 670),
        *[(320.0, 670.0 - 12 * n, line) for n, line in enumerate(other)],
        (40.0, 600.0, "After the columns the text goes on over the whole width of the page."),
    ]
    assert texts(make_pdf([page])) == [
        page[0][2],
        " ".join(left),
        " ".join(other),
        page[7][2],
    ]


def test_pages_that_only_show_a_picture_are_named_and_empty_ones_are_not(tmp_path: Path) -> None:
    text = prose("Some text of a page.", 700)
    one = make_pdf([text, "picture", [], "background", [(40, 700, " ")]])
    assert read(tmp_path, one).warnings == ("page 2 has no text (scanned? run OCR first)",)
    many = make_pdf(["picture", text, *["picture"] * 3, [], "picture", text])
    assert read(tmp_path, many).warnings == ("pages 1, 3-5, 7 have no text (scanned? run OCR first)",)
    with pytest.raises(FilingError, match=r"report\.pdf: no page has a text layer .* run OCR first"):
        read(tmp_path, make_pdf(["picture", "picture"]))


def test_a_damaged_page_is_named_and_the_others_read(tmp_path: Path) -> None:
    data = make_pdf([prose(f"The text of page {name}.", 700) for name in ("one", "two", "three")])
    filing = read(tmp_path, data.replace(b"/Kids[5 0 R 7 0 R", b"/Kids[5 0 R 3 0 R"))
    assert filing.warnings == ("page 2 cannot be read (download it again)",)
    assert [(block.text, block.page) for block in filing.sections[0].blocks] == [
        ("The text of page one.", 1),
        ("The text of page three.", 3),
    ]


def test_an_encrypted_file_is_read_if_it_opens_without_a_password(tmp_path: Path) -> None:
    page = prose("Anyone may read this.", 700)
    data = encrypted([page], b"")
    assert b"Anyone" not in data
    assert [block.text for block in read(tmp_path, data).sections[0].blocks] == ["Anyone may read this."]
    with pytest.raises(FilingError) as error:
        read(tmp_path, encrypted([page], b"secret"))
    assert str(error.value) == (
        "report.pdf: the PDF is password-protected; open it with its password and save a copy without one"
    )


def test_files_read_in_threads_are_read_as_one_after_the_other() -> None:
    files = [
        make_pdf([statement(700 - n), prose(f"{name} makes things.", 400)] * 15)
        for n, name in enumerate("AB")
    ]
    alone = [read_pdf(data) for data in files]
    start = threading.Barrier(4)

    def work(at: int) -> list[bool]:
        start.wait()
        return [read_pdf(files[(at + n) % 2]) == alone[(at + n) % 2] for n in range(6)]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == [[True] * 6] * 4


def test_one_thread_at_a_time_uses_pdfium(monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[int] = []
    most: list[int] = []
    read_pages = pdf._read_pages

    def slow(data: bytes) -> tuple[list[list[PageRow]], list[int], list[int]]:
        inside.append(1)
        time.sleep(0.01)
        most.append(len(inside))
        inside.pop()
        return read_pages(data)

    monkeypatch.setattr(pdf, "_read_pages", slow)
    data = make_pdf([prose("Some text.", 700)])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(read_pdf, [data] * 8))
    assert most == [1] * 8


DAMAGED = {
    "start": make_pdf([statement()])[:20],
    "half": make_pdf([statement()])[:400],
    "name": b"%PDF-1.7",
    "garbage": b"%PDF-1.7\n" + b"neither objects nor a table of them\n" * 50,
    "pages": make_pdf([]),
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_damaged_files_are_refused_in_one_line(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(FilingError) as error:
        read(tmp_path, data)
    assert str(error.value) == "report.pdf: the PDF is damaged or cut off; download it again"
