"""A filing file → `Filing`: looks at the content, calls the reader of that format, names every failure.

Knows no layout itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from rag_app.core.errors import FilingError, UsageError
from rag_app.core.types import Block, Filing, FilingMeta, Section
from rag_app.filings import metadata
from rag_app.filings.blocks import to_blocks
from rag_app.filings.flow import Flow, drop_running, join_cut
from rag_app.filings.html import read_html
from rag_app.filings.html_tree import parse_tree
from rag_app.filings.sections import split_sections

SUFFIXES = (".htm", ".html", ".xhtml", ".txt", ".pdf")
MAX_BYTES = 100 * 1024 * 1024
_COVER_LINES = 150


def find_filings(paths: Sequence[Path | str]) -> list[Path]:
    """Files as given; folders searched recursively for `SUFFIXES`, sorted, hidden ones skipped.

    Raises UsageError for a path that does not exist.
    """
    found: list[Path] = []
    for given in map(Path, paths):
        if given.is_dir():
            inside = (
                path
                for path in given.rglob("*")
                if path.suffix.lower() in SUFFIXES
                and path.is_file()
                and not any(part.startswith(".") for part in path.relative_to(given).parts)
            )
            found.extend(sorted(inside))
        elif given.exists():
            found.append(given)
        else:
            raise UsageError(
                f"{given}: no such file or folder; give filings ({', '.join(SUFFIXES)}) or a folder of them"
            )
    return list(dict.fromkeys(found))


def filing_id(stem: str, sha256: str) -> str:
    """Slug of the file's stem (at most 40 characters of [a-z0-9-]) and 8 digits of its content hash."""
    slug = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:40].strip("-")
    return f"{slug or 'filing'}-{sha256[:8]}"


def read_filing(path: Path) -> Filing:
    """Parse one filing: PDF, full text submission, HTML, inline XBRL or plain text, told by content.

    Raises FilingError with one line that names the file, what is wrong and what to do.
    """
    data = _load(path)
    digest = hashlib.sha256(data).hexdigest()
    try:
        meta, sections, warnings = _read(data, path)
    except FilingError as error:
        raise FilingError(f"{path.name}: {error}") from error
    except RecursionError as error:
        raise FilingError(
            f"{path.name}: elements nested too deeply; not a filing as EDGAR publishes it"
        ) from error
    if not any(block.text or block.table for section in sections for block in section.blocks):
        raise FilingError(
            f"{path.name}: no text found; expected a filing as HTML, text or PDF: download it again"
        )
    found = metadata.accession_in(path.name) or metadata.accession_in(path.parent.name)
    meta = metadata.merge(meta, FilingMeta(accession=found))
    return Filing(filing_id(path.stem, digest), path.name, digest, meta, tuple(sections), tuple(warnings))


def _load(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FilingError(f"{path.name}: {size / 2**20:.0f} MB, over 100 MB; take the main document only")
        data = path.read_bytes()
    except OSError as error:
        raise FilingError(
            f"{path.name}: cannot be read ({error.strerror}); check the path and its permissions"
        ) from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode()
    if not data.strip():
        raise FilingError(f"{path.name}: the file is empty; download it again")
    return data


def _read(data: bytes, path: Path) -> tuple[FilingMeta, list[Section], list[str]]:
    start = data[:1024].lstrip()
    if b"%PDF-" in start[:1024]:
        from rag_app.filings.pdf import read_pdf

        flow, lines, warnings = read_pdf(data)
        return _from_flow(flow, FilingMeta(), path.name, lines, warnings)
    if _is_binary(data):
        raise FilingError("binary data, not a filing; expected HTML, text or PDF")
    upper = data[:20000].upper()
    if b"<SEC-DOCUMENT>" in upper or b"<SEC-HEADER>" in upper or start.startswith(b"-----BEGIN PRIVACY"):
        from rag_app.filings.text import read_submission

        return read_submission(data, path.name)
    return read_document(data, path.name)


def _is_binary(data: bytes) -> bool:
    sample = data[:65536]
    control = sum(sample.count(bytes([code])) for code in (*range(0, 9), *range(14, 32)) if code != 27)
    return control > len(sample) * 0.01


def read_document(
    data: bytes, source: str, known: FilingMeta | None = None
) -> tuple[FilingMeta, list[Section], list[str]]:
    """One document (HTML, or text): metadata, sections, warnings. `known` metadata is trusted first."""
    known = known or FilingMeta()
    wrapper = re.match(rb"\s*<DOCUMENT>\s*(.{0,2000}?)<TEXT>", data, re.IGNORECASE | re.DOTALL)
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
    return _from_flow(read_html(data, tree), known, source, None, [])


def _wrapped_form(header: str) -> str | None:
    found = re.search(r"<TYPE>\s*([^\s<]+)", header, re.IGNORECASE)
    if not found:
        return None
    form = metadata.tidy_form(found.group(1)) or ""
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
    blocks = to_blocks(join_cut(drop_running(flow)))
    cover = lines if lines is not None else cover_lines(blocks)
    meta = known
    if not (known.form and known.fiscal_year and known.company and known.ticker and known.period_end):
        body = "\n".join(_text(block) for block in blocks)
        if known.form and "EX-" in known.form:
            told = metadata.from_release(body)
        else:
            told = metadata.from_cover(cover[:_COVER_LINES], body, known.form)
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
