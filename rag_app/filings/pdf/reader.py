"""PDF bytes → rows of words with their places on the page. Pages count from 1.

pdfium is not thread-safe: all calls are made under one process-wide lock, and each call of
`read_pdf` opens and closes a document of its own. Knows no tables: `pdf_layout` makes them.
"""

from __future__ import annotations

import ctypes
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from rag_app.core.errors import FilingError
from rag_app.filings.flow import Flow
from rag_app.filings.pdf.layout import to_flow
from rag_app.filings.pdf.rows import PageRow, Word, drop_running_rows
from rag_app.filings.pdf.words import mend_cut_words

_AGAIN = "download it again"
_PICTURES = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM, pdfium.FPDF_PAGEOBJ_SHADING)
_FEW_SHAPES = 20  # text drawn as shapes takes many more
_BOLD_FONT = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
_COVER_PAGES = 2
_PDFIUM = threading.Lock()  # made with the module: threads that made it when needed would each hold their own
_LINE_STEP = 5.0  # points: marks are raised by less, lines are further apart


def read_pdf(data: bytes) -> tuple[Flow, list[str], list[str]]:
    """The flow, the cover's lines and warnings ("page 12 has no text").

    Raises FilingError for a damaged or password-protected file, and for one without a text layer.
    """
    with _PDFIUM:
        pages, scanned, damaged = _read_pages(data)
    if not any(pages):
        if damaged and not scanned:
            raise FilingError(f"no page of the PDF can be read; {_AGAIN}")
        raise FilingError(
            "no page has a text layer (scanned?); run OCR first, for example `ocrmypdf in.pdf out.pdf`"
        )
    mend_cut_words(pages)
    cover = [row.text for page in pages[:_COVER_PAGES] for row in page]
    warnings = []
    if scanned:
        has = "has" if len(scanned) == 1 else "have"
        warnings.append(f"{_name_pages(scanned)} {has} no text (scanned? run OCR first)")
    if damaged:
        warnings.append(f"{_name_pages(damaged)} cannot be read ({_AGAIN})")
    return to_flow(drop_running_rows(pages)), cover, warnings


def _name_pages(numbers: Sequence[int]) -> str:
    """ "page 3", "pages 3, 7-9": each page is named, runs by their ends."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    named = (f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"page{'s' if len(numbers) > 1 else ''} {', '.join(named)}"


def _read_pages(data: bytes) -> tuple[list[list[PageRow]], list[int], list[int]]:
    """The rows of every page, the numbers of the pages that only show pictures, and of the damaged."""
    pages: list[list[PageRow]] = []
    scanned: list[int] = []
    damaged: list[int] = []
    with _opened(data) as document:
        for index in range(len(document)):
            pages.append([])
            try:
                page = document[index]
                text = page.get_textpage()
            except pypdfium2.PdfiumError:
                damaged.append(index + 1)
                continue
            pages[-1] = _read_rows(text, index + 1)
            if not pages[-1] and _shows_something(page.raw):
                scanned.append(index + 1)
            text.close()
            page.close()
    return pages, scanned, damaged


@contextmanager
def _opened(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """The document, closed afterwards with all its pages; an empty password opens many an encrypted one."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
            raise FilingError(
                "the PDF is password-protected; open it with its password and save a copy without one"
            ) from error
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_SECURITY:
            raise FilingError("the PDF is encrypted in an unknown way; save a copy without it") from error
        raise FilingError(f"the PDF is damaged or cut off; {_AGAIN}") from error
    try:
        if not len(document):
            raise FilingError(f"the PDF has no pages; {_AGAIN}")
        yield document
    finally:
        document.close()


def _shows_something(page: Any) -> bool:
    """Whether a page without text is more than an empty one with a rule or a white background."""
    count = pdfium.FPDFPage_CountObjects(page)
    return count > _FEW_SHAPES or any(
        pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page, i)) in _PICTURES for i in range(count)
    )


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
