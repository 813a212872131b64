"""What is not a filing, told by its first bytes: archives, pictures, data files, servers' error pages.

Each is refused in one line that says what it is and what to take instead; so is text that is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from rag_app.core.errors import FilingError
from rag_app.filings.flow import Break, Flow, Para

_START = 65536
_SMALL = 200 * 1024  # no error page is larger; a filing may well quote one
_TAKE = "expected a filing as HTML, text or PDF"
_RUN = re.compile(r"[^\s\u2e80-\uffff]{300,}")  # no word is that long; Chinese has no spaces
_PIECE = 200
_SIGNATURES = (
    (b"PK\x03\x04", "a ZIP archive or an Office document; unpack it, or save the document as PDF"),
    (b"\x1f\x8b", "compressed with gzip; unpack it first (gunzip)"),
    (b"BZh91AY&SY", "compressed with bzip2; unpack it first"),
    (b"\xfd7zXZ", "compressed with xz; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old Office document; save it as PDF"),
    (b"{\\rtf", "an RTF document; save it as PDF"),
    (b"%!PS", "a PostScript file; convert it to PDF"),
    (b"\x89PNG", f"a PNG picture; {_TAKE}"),
    (b"\xff\xd8\xff", f"a JPEG picture; {_TAKE}"),
    (b"GIF8", f"a GIF picture; {_TAKE}"),
)
_EDGAR_REFUSES = re.compile(
    rb"Undeclared Automated Tool|Request Rate Threshold Exceeded|<Code>(?:NoSuchKey|AccessDenied)</Code>"
    rb"|<title>\s*SEC\.gov \|",
    re.IGNORECASE,
)
_TITLE = re.compile(rb"<title>\s*([^<\s][^<]{0,199})", re.IGNORECASE)
_ERROR_TITLE = re.compile(
    rb"(?:http )?(?:error )?[45]\d\d\b|access denied|(?:page |file )?not found$|error$|bad gateway"
    rb"|service unavailable",
    re.IGNORECASE,
)
_PAGES = (
    (b"edgar filing documents", "EDGAR's index of a filing, not the filing; download its main document"),
    (b"inline xbrl viewer", "EDGAR's viewer, not the filing; download the document behind `/ix?doc=`"),
)
_ROOT = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*|<!--(?:(?!-->).)*-->\s*|<!DOCTYPE[^>]*>\s*)*+<([A-Za-z_][\w:.-]*)", re.DOTALL
)
_HTML = re.compile(
    rb"<(?:\w+:)?(?:html|body|head|div|p|font|table|td|span|pre|center|page)[\s>]", re.IGNORECASE
)


def refuse(data: bytes) -> None:
    """Raise FilingError when `data` is known to be something else than a filing."""
    start = data[:_START].lstrip(b"\xef\xbb\xbf \t\r\n")
    for signature, what in _SIGNATURES:
        if start.startswith(signature):
            raise FilingError(what)
    if is_edgar_error(data):
        raise FilingError("this is EDGAR's error page, not a filing; fetch it again with your User-Agent")
    if _is_binary(data):
        raise FilingError(f"binary data; {_TAKE}")
    if _spaces(start) < 0.01 and not _is_utf8(start):
        raise FilingError(f"text in an encoding that filings do not use (EBCDIC?); {_TAKE}")
    if re.match(rb'\{\s*["}]|\[\s*[\[{"\]]', start) and data.rstrip()[-1:] in b"}]":
        raise FilingError(f"JSON data; {_TAKE}")
    if b"multipart/related" in start[:2000] and b"MIME-Version:" in start[:2000]:
        raise FilingError("a web page saved as MHTML; save it as HTML, or download it from EDGAR")
    found = _TITLE.search(start)
    if found and len(data) < _SMALL:
        title = found[1].strip()
        if _ERROR_TITLE.match(title):
            told = " ".join(title.decode("utf-8", "replace").split())[:60]
            raise FilingError(f"a server's error page ({told!r}), not a filing; download it again")
        for begin, what in _PAGES:
            if title.lower().startswith(begin):
                raise FilingError(what)
    _refuse_xml(start)


def is_edgar_error(data: bytes) -> bool:
    """Whether EDGAR sent this in place of a document: its refusals are pages and XML of their own."""
    return len(data) < _SMALL and bool(_EDGAR_REFUSES.search(data[:_START]))


def _refuse_xml(start: bytes) -> None:
    if re.search(rb"<!ENTITY\b", start):
        raise FilingError("it declares XML entities, which no filing on EDGAR does; download it again")
    if not start.startswith((b"<?xml", b"<!DOCTYPE", b"<!doctype")) or _HTML.search(start):
        return
    root = _ROOT.match(start)
    name = root[1].decode("ascii") if root else ""
    if name.lower().rpartition(":")[2] == "html":
        return
    what = f"XML data (<{name}>)" if name else "only the first bytes of a document"
    raise FilingError(f"{what}, not a filing; download the filing's main document (.htm)")


def _is_binary(data: bytes) -> bool:
    """Whether control characters abound at the start, in the middle or at the end."""
    places = {0, max(0, len(data) // 2 - _START // 2), max(0, len(data) - _START)}
    return any(_control_share(data[at : at + _START]) > 0.01 for at in places)


def _control_share(sample: bytes) -> float:
    control = bytes(code for code in (*range(9), *range(14, 32)) if code != 27)
    return (len(sample) - len(sample.translate(None, control))) / max(1, len(sample))


def cut_runs(flow: Flow) -> Flow:
    """The flow with runs of 300 and more characters without a space cut up: a chunk is cut between words.

    Raises FilingError when most of the text is such runs: encoded or damaged data.
    """
    total = lost = 0
    for text in _texts(flow):
        total += len(text)
        if len(text) >= 300:
            lost += sum(len(run) for run in _RUN.findall(text))
    if not lost:
        return flow
    if lost > 5000 and lost * 2 > total:
        share = f"{lost:,} of {total:,} characters stand without a space between them"
        raise FilingError(f"not text: {share} (encoded or damaged?); download it again")
    for part in flow:
        if isinstance(part, Para):
            part.text = _RUN.sub(_pieces, part.text)
        elif not isinstance(part, Break):
            part.rows = [
                [replace(cell, text=_RUN.sub(_pieces, cell.text)) for cell in row] for row in part.rows
            ]
    return flow


def _texts(flow: Flow) -> Iterator[str]:
    for part in flow:
        if isinstance(part, Para):
            yield part.text
        elif not isinstance(part, Break):
            yield from (cell.text for row in part.rows for cell in row)


def _pieces(run: re.Match[str]) -> str:
    text = run.group()
    return " ".join(text[at : at + _PIECE] for at in range(0, len(text), _PIECE))


def _spaces(sample: bytes) -> float:
    return (len(sample) - len(sample.translate(None, b" \t\r\n"))) / max(1, len(sample))


def _is_utf8(sample: bytes) -> bool:
    try:
        sample[:-4].decode("utf-8")  # the last character may be cut
    except UnicodeDecodeError as error:
        return error.start >= len(sample) - 8
    return True
