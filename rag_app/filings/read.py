"""A filing file → `Filing`: looks at the content, calls the reader of that format, names every failure.

Knows no layout itself.
"""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag_app.core.errors import FilingError, UsageError
from rag_app.core.types import Block, Filing, FilingMeta, Section
from rag_app.filings.blocks import to_blocks
from rag_app.filings.figures import read_figures
from rag_app.filings.flow import Flow, drop_running, join_cut
from rag_app.filings.html.reader import read_html
from rag_app.filings.html.tree import parse_tree
from rag_app.filings.items.sections import split_sections
from rag_app.filings.meta import metadata
from rag_app.filings.meta.cover import from_cover, tidy_form
from rag_app.filings.meta.symbols import from_release, ticker_of
from rag_app.filings.rejects import cut_runs, refuse

SUFFIXES = (".htm", ".html", ".xhtml", ".txt", ".pdf")
MAX_BYTES = 100 * 1024 * 1024
_COVER_LINES = 150


def find_filings(paths: Sequence[Path | str]) -> list[Path]:
    """Files as given; folders searched recursively for `SUFFIXES`, sorted, hidden ones skipped.

    Raises UsageError for a path that does not exist. A link to nowhere or a pipe is found too: reading
    it tells what is wrong.
    """
    found: list[Path] = []
    for given in map(Path, paths):
        if given.is_dir():
            inside = (
                path
                for path in given.rglob("*")
                if path.suffix.lower() in SUFFIXES
                and not path.is_dir()
                and not any(part.startswith(".") for part in path.relative_to(given).parts)
            )
            found.extend(sorted(inside))
        elif _exists(given):
            found.append(given)
        else:
            raise UsageError(
                f"{given}: no such file or folder; give filings ({', '.join(SUFFIXES)}) or a folder of them"
            )
    return list(dict.fromkeys(found))


def _exists(path: Path) -> bool:
    try:
        return path.exists() or path.is_symlink()
    except OSError:  # a name too long to be one
        return False


def filing_id(stem: str, sha256: str) -> str:
    """Slug of the file's stem (at most 40 characters of [a-z0-9-]) and 8 digits of its content hash."""
    slug = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:40].strip("-")
    return f"{slug or 'filing'}-{sha256[:8]}"


def read_filing(path: Path) -> Filing:
    """Parse one filing: PDF, full text submission, HTML, inline XBRL or plain text, told by content.

    Raises FilingError with one line that names the file, what is wrong and what to do.
    """
    name = shown(path)
    trees: list[Any] = []
    try:
        data = _load(path)
        digest = hashlib.sha256(data).hexdigest()
        text = _as_utf8(data)
        meta, sections, warnings = _read(text, name, trees)
        tagged = read_figures(trees)
    except FilingError as error:
        raise FilingError(f"{name}: {error}") from error
    except RecursionError as error:
        raise FilingError(f"{name}: elements nested too deeply; download it again") from error
    if not any(block.text or block.table for section in sections for block in section.blocks):
        raise FilingError(f"{name}: no text found; expected a filing as HTML, text or PDF: download it again")
    if _cut_off(text):
        warnings = ["the file ends in the middle, cut off on its way: download it again", *warnings]
    found = metadata.accession_in(path.name) or metadata.accession_in(path.parent.name)
    meta = metadata.merge(meta, FilingMeta(accession=found))
    return Filing(filing_id(path.stem, digest), name, digest, meta, tuple(sections), tuple(warnings), tagged)


def shown(path: Path) -> str:
    """A file's name as one line of text, whatever bytes and control characters it holds."""
    name = path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)


def check_file(path: Path) -> None:
    """Raise FilingError unless `path` can be read and has a filing's size: a pipe would wait for ever."""
    try:
        about = path.stat()
    except OSError as error:
        why = "a link to nowhere" if path.is_symlink() else error.strerror
        raise FilingError(f"cannot be read ({why}); check the path and its permissions") from error
    if not stat.S_ISREG(about.st_mode):
        raise FilingError("not an ordinary file but a folder, pipe or device; give the filing itself")
    if about.st_size > MAX_BYTES:
        raise FilingError(f"{about.st_size / 2**20:.0f} MB, over 100 MB; take the main document only")


def _load(path: Path) -> bytes:
    check_file(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FilingError(f"cannot be read ({error.strerror}); check the path and its permissions") from error
    if not data.strip(b"\xff\xfe\xef\xbb\xbf\0 \t\r\n\f\v"):
        raise FilingError("the file is empty; download it again")
    return data


def _as_utf8(data: bytes) -> bytes:
    """UTF-16 and UTF-32 as UTF-8, told by their mark or by where the zero bytes are; the rest as it is."""
    start = data[:4096]
    name = ""
    if start.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        name = "utf-32"
    elif start.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = "utf-16"
    elif start[1::2].count(0) > 0.4 * len(start[1::2]) and start[::2].count(0) < 0.1 * len(start):
        name = "utf-16-le"
    elif start[::2].count(0) > 0.4 * len(start[::2]) and start[1::2].count(0) < 0.1 * len(start):
        name = "utf-16-be"
    return data.decode(name, "replace").encode() if name else data


def _cut_off(data: bytes) -> bool:
    """Whether a document or a submission lacks its end."""
    start, end = data[:20000].lower(), data[-65536:].lower()
    if b"<sec-document>" in start:
        return b"</sec-document>" not in end
    return b"<html" in start and b"</html" not in end and b"</body" not in end and b"</document" not in end


def _read(data: bytes, source: str, trees: list[Any]) -> tuple[FilingMeta, list[Section], list[str]]:
    start = data[:1024].lstrip()
    if b"%PDF-" in start or start == b"%PDF":
        from rag_app.filings.pdf.reader import read_pdf

        flow, lines, warnings = read_pdf(data)
        return _from_flow(flow, FilingMeta(), source, lines, warnings)
    refuse(data)
    upper = data[:20000].upper()
    if b"<SEC-DOCUMENT>" in upper or b"<SEC-HEADER>" in upper or start.startswith(b"-----BEGIN PRIVACY"):
        from rag_app.filings.text import read_submission

        return read_submission(data, source, trees)
    return read_document(data, source, trees=trees)


def read_document(
    data: bytes, source: str, known: FilingMeta | None = None, trees: list[Any] | None = None
) -> tuple[FilingMeta, list[Section], list[str]]:
    """One document (HTML, or text): metadata, sections, warnings. `known` metadata is trusted first.

    The element tree of one with tags is put into `trees`.
    """
    known = known or FilingMeta()
    wrapper = re.match(rb"\s*+<DOCUMENT>\s*+(.{0,2000}?)<TEXT>", data, re.IGNORECASE | re.DOTALL)
    if wrapper:
        known = metadata.merge(known, FilingMeta(form=_wrapped_form(wrapper.group(1).decode("latin-1"))))
        data = re.sub(rb"</TEXT>\s*</DOCUMENT>\s*$", b"", data[wrapper.end() :], flags=re.IGNORECASE)
    if not looks_like_html(data):
        from rag_app.filings.text import read_text

        flow, lines = read_text(data)
        return _from_flow(flow, known, source, lines, [])
    tree = parse_tree(data)
    facts = metadata.dei_facts(tree)
    known = metadata.merge(metadata.from_dei(facts), known) if facts else known
    if trees is not None:
        trees.append(tree)
    return _from_flow(read_html(data, tree), known, source, None, [])


def _wrapped_form(header: str) -> str | None:
    found = re.search(r"<TYPE>\s*([^\s<]+)", header, re.IGNORECASE)
    if not found:
        return None
    form = tidy_form(found.group(1)) or ""
    name = re.search(r"<FILENAME>\s*(\S+)", header, re.IGNORECASE)
    if form.startswith("EX-") and name and re.search(r"8-?k", name.group(1), re.IGNORECASE):
        return f"8-K {form}"
    return form or None


def looks_like_html(data: bytes) -> bool:
    """Whether the bytes hold HTML elements, a bare `<TABLE>` or `<PAGE>` of a text filing aside."""
    return bool(
        re.search(rb"<(?:html|body|div|p|font|td|span|!doctype html)[\s>]", data[:50000], re.IGNORECASE)
    )


def _from_flow(
    flow: Flow, known: FilingMeta, source: str, lines: Sequence[str] | None, warnings: list[str]
) -> tuple[FilingMeta, list[Section], list[str]]:
    blocks = to_blocks(join_cut(drop_running(cut_runs(flow))))
    cover = lines if lines is not None else cover_lines(blocks)
    meta = known
    if not (known.form and known.fiscal_year and known.company and known.ticker and known.period_end):
        body = "\n".join(_text(block) for block in blocks)
        if known.form and "EX-" in known.form:
            told = from_release(body)
        else:
            cover = cover[:_COVER_LINES]
            told = from_cover(cover, body, known.form, known.period_end)
            told = replace(told, ticker=ticker_of("\n".join(cover), body))
        meta = metadata.merge(known, told)
    sections, remarks = split_sections(blocks, meta.form, source)
    return meta, sections, [*warnings, *remarks]


def _text(block: Block) -> str:
    if block.table is None:
        return block.text
    heads = " ".join(block.table.heads)
    return "\n".join([block.table.caption, heads, *(row.label for row in block.table.rows)])


def cover_lines(blocks: Sequence[Block]) -> list[str]:
    """The first blocks as lines; a table row is one line."""
    lines: list[str] = []
    for block in blocks[:_COVER_LINES]:
        if block.table is None:
            lines.append(block.text)
        else:
            lines.append(" ".join(block.table.heads))
            lines.extend(" ".join((row.label, *row.cells)) for row in block.table.rows)
    return lines[:_COVER_LINES]
