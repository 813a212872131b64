"""PDF bytes → rows of words with their places on the page. Pages count from 1.

pdfium is not thread-safe: all calls are made under one process-wide lock, and each call of
`read_pdf` opens and closes a document of its own. Knows no tables: `pdf_layout` makes them.
"""

from __future__ import annotations

import ctypes
import re
import threading
from collections import Counter
from functools import cache
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from rag_app.core.errors import FilingError
from rag_app.filings.flow import Flow, clean
from rag_app.filings.pdf_layout import to_flow
from rag_app.filings.pdf_rows import PageRow, Word, drop_running_rows

_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD
_BOLD_FONT = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
_COVER_PAGES = 2
_LINE_STEP = 5.0  # points: marks are raised by less, lines are further apart
_CUT_WORD = re.compile(r"(\w+)[\ufffe\x02](\w+)")


@cache
def _lock() -> threading.Lock:
    """The one lock of this process: pdfium keeps global state."""
    return threading.Lock()


def read_pdf(data: bytes) -> tuple[Flow, list[str], list[str]]:
    """The flow, the cover's lines and warnings ("page 12 has no text").

    Raises FilingError for a damaged or password-protected file, and for one without a text layer.
    """
    with _lock():
        pages, scanned = _read_pages(data)
    if not any(pages):
        raise FilingError(
            "no page has a text layer (scanned?); run OCR first, for example `ocrmypdf in.pdf out.pdf`"
        )
    _mend_cut_words(pages)
    cover = [row.text for page in pages[:_COVER_PAGES] for row in page]
    warnings = [f"page {number} has no text (scanned? run OCR first)" for number in scanned]
    return to_flow(drop_running_rows(pages)), cover, warnings


def _read_pages(data: bytes) -> tuple[list[list[PageRow]], list[int]]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_ERROR or "password" in str(error).lower():
            raise FilingError("the PDF is password-protected; save it without a password first") from error
        raise FilingError("the PDF is damaged or cut off; download it again") from error
    pages: list[list[PageRow]] = []
    scanned: list[int] = []
    try:
        for index in range(len(document)):
            page = document[index]
            text = page.get_textpage()
            rows = _read_rows(text, index + 1)
            if not rows and pdfium.FPDFPage_CountObjects(page.raw) > 0:
                scanned.append(index + 1)
            pages.append(rows)
            text.close()
            page.close()
    except pypdfium2.PdfiumError as error:
        raise FilingError(f"page {len(pages) + 1} of the PDF cannot be read; download it again") from error
    finally:
        document.close()
    return pages, scanned


def _read_rows(text_page: Any, number: int) -> list[PageRow]:
    raw = text_page.raw
    count = pdfium.FPDFText_CountChars(raw)
    if count <= 0:
        return []
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(raw, 0, count, buffer)
    text = bytes(buffer)[: max(0, written - 1) * 2].decode("utf-16-le", "replace")
    same = len(text) == count
    measure = _Measure(raw, same)
    rows: list[PageRow] = []
    start = 0
    for line in text.split("\r\n"):
        if found := list(re.finditer(r"\S+", line)):
            rows.extend(_read_line(measure, found, start, number))
        start += len(line) + 2
    return rows


class _Measure:
    """Where characters stand, through pdfium's C calls with buffers made once."""

    def __init__(self, raw: Any, same: bool) -> None:
        self.raw, self.same = raw, same
        self.x, self.y = ctypes.c_double(), ctypes.c_double()
        self.left, self.right, self.bottom, self.top = (ctypes.c_double() for _ in range(4))
        self.name = ctypes.create_string_buffer(128)
        self.flags = ctypes.c_int()

    def index(self, place: int) -> int:
        """Index of a character from its place in the text: they differ where pdfium drops some."""
        return place if self.same else int(pdfium.FPDFText_GetCharIndexFromTextIndex(self.raw, place))

    def begin(self, place: int) -> tuple[float, float]:
        """Left edge and baseline of a character."""
        pdfium.FPDFText_GetCharOrigin(self.raw, self.index(place), ctypes.byref(self.x), ctypes.byref(self.y))
        return self.x.value, self.y.value

    def end(self, place: int) -> float:
        """Right edge of a character."""
        refs = (
            ctypes.byref(self.left),
            ctypes.byref(self.right),
            ctypes.byref(self.bottom),
            ctypes.byref(self.top),
        )
        pdfium.FPDFText_GetCharBox(self.raw, self.index(place), *refs)
        return self.right.value

    def bold(self, place: int) -> bool:
        """Whether the character's font is bold by its name."""
        size = pdfium.FPDFText_GetFontInfo(
            self.raw, self.index(place), self.name, 128, ctypes.byref(self.flags)
        )
        return bool(size and _BOLD_FONT.search(self.name.value.decode("latin-1")))


def _read_line(measure: _Measure, found: list[re.Match[str]], start: int, number: int) -> list[PageRow]:
    """The rows of one of pdfium's lines: two where it has joined a word cut by a hyphen."""
    x, y = measure.begin(start + found[0].start())
    last = found[-1]
    size = float(pdfium.FPDFText_GetFontSize(measure.raw, measure.index(start + found[0].start())))
    bold = measure.bold(start + found[0].start()) and measure.bold(start + last.start())
    if _is_prose(found) and abs(measure.begin(start + last.start())[1] - y) < _LINE_STEP:
        # only the ends of a line of prose matter
        text = " ".join(word.group() for word in found)
        return [PageRow([Word(text, x, measure.end(start + last.end() - 1))], y, number, bold, size)]
    rows: list[PageRow] = []
    for word in found:
        at, height = measure.begin(start + word.start())
        # a cut word goes with the line it begins on
        cut = word.group().find("\ufffe")
        end = word.end() if cut < 1 else word.start() + cut
        placed = Word(word.group(), at, measure.end(start + end - 1))
        if rows and abs(rows[-1].y - height) < _LINE_STEP:
            rows[-1].words.append(placed)
        else:
            rows.append(PageRow([placed], height, number, bold, size))
    return rows


def _is_prose(found: list[re.Match[str]]) -> bool:
    """A long line of mostly small words that does not end in a value."""
    if len(found) < 14 or not re.search(r"[A-Za-z][,.;:”)]*$", found[-1].group()):
        return False
    return sum(word.group()[0].islower() for word in found) > len(found) * 0.5


def _mend_cut_words(pages: list[list[PageRow]]) -> None:
    """pdfium gives U+FFFE for a hyphen at a line's end: drop it where the whole word is used elsewhere."""
    vocabulary: Counter[str] = Counter()
    cut = any(
        "\ufffe" in word.text or "\x02" in word.text for page in pages for row in page for word in row.words
    )
    if cut:
        for page in pages:
            for row in page:
                vocabulary.update(re.findall(r"[a-z]{4,}", row.text.lower()))

    def mend(found: re.Match[str]) -> str:
        whole = found[1] + found[2]
        return whole if vocabulary[whole.lower()] else f"{found[1]}-{found[2]}"

    for page in pages:
        for row in page:
            for word in row.words:
                word.text = clean(_CUT_WORD.sub(mend, word.text) if cut else word.text)
