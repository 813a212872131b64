"""Bad input: one clear line for each file, the rest is taken in, nothing is stored by halves."""

from __future__ import annotations

import gzip
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
from dying import parse_or_die
from test_filings_pdf import make_pdf

from rag_app import pipeline
from rag_app.chunks import ChunkConfig
from rag_app.core.config import Workspace
from rag_app.core.errors import FilingError
from rag_app.cutting import Cutting
from rag_app.filings.meta.dates import written
from rag_app.filings.meta.symbols import from_release, ticker_of
from rag_app.filings.read import read_filing, shown
from rag_app.parsing import Job, Parsed, parse
from rag_app.store import list_filings, read_chunks

TAKE = "expected a filing as HTML, text or PDF"
EDGAR = "this is EDGAR's error page, not a filing; fetch it again with your User-Agent"
EMPTY = "the file is empty; download it again"
DAMAGED = "the PDF is damaged or cut off; download it again"
DEEP = "elements nested too deeply; not a filing as EDGAR publishes it: download it again"
NO_TEXT = "no text found; expected a filing as HTML, text or PDF: download it again"
FIRST_BYTES = "only the first bytes of a document, not a filing; download the filing's main document (.htm)"
ENTITIES = "it declares XML entities, which no filing on EDGAR does; download it again"
OFFICE = "a ZIP archive or an Office document; unpack it, or save the document as PDF"


def page(text: str) -> bytes:
    return f"<html><body><p>FORM 10-K</p><p>{text}</p></body></html>".encode()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return out.getvalue()


def noise(size: int) -> bytes:
    return bytes((i * i * 31 + i // 7) % 251 for i in range(size))


def no_space(size: int, total: int) -> str:
    told = f"{size:,} of {total:,} characters stand without a space between them (encoded or damaged?)"
    return f"not text: {told}; download it again"


PDF = make_pdf([[(72, 700, "FORM 10-Q of a company")]])
LOCKED = PDF.replace(
    b"trailer<<",
    b"trailer<</ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (b"11" * 32, b"22" * 32),
)
LAUGHS = b'<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><html><body><p>&b;</p></body></html>'
BAD: dict[str, tuple[bytes, str]] = {
    "empty.htm": (b"", EMPTY),
    "blank.txt": (b" \r\n\t\n" * 99, EMPTY),
    "zeros.htm": (b"\0" * 5000, EMPTY),
    "bom.htm": (b"\xff\xfe", EMPTY),
    "noise.htm": (noise(99999), f"binary data; {TAKE}"),
    "tail.htm": (page("Good.") + b"a " * 99999 + noise(99999), f"binary data; {TAKE}"),
    "report.docx.pdf": (zipped(), OFFICE),
    "book.txt": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 999, "an old Office document; save it as PDF"),
    "packed.htm": (gzip.compress(page("x")), "compressed with gzip; unpack it first (gunzip)"),
    "logo.htm": (b"\x89PNG\r\n\x1a\n" + noise(999), f"a PNG picture; {TAKE}"),
    "photo.pdf": (b"\xff\xd8\xff\xe0\0\x10JFIF" + noise(999), f"a JPEG picture; {TAKE}"),
    "letter.txt": (b"{\\rtf1\\ansi FORM 10-K}", "an RTF document; save it as PDF"),
    "data.htm": (b'{"cik": "320193", "filings": []}\n', f"JSON data; {TAKE}"),
    "facts.htm": (
        b'<?xml version="1.0"?><xbrl xmlns="http://www.xbrl.org/2003/instance"/>',
        "XML data (<xbrl>), not a filing; download the filing's main document (.htm)",
    ),
    "saved.htm": (
        b"From: <Saved by a browser>\nMIME-Version: 1.0\nContent-Type: multipart/related\n\n<html></html>",
        "a web page saved as MHTML; save it as HTML, or download it from EDGAR",
    ),
    "cp037.txt": (
        ("The company's net sales rose in the year. " * 99).encode("cp037"),
        f"text in an encoding that filings do not use (EBCDIC?); {TAKE}",
    ),
    "cut.htm": (b"<?xml version='1.0' encoding='ASCII'?>\n<!--XBRL Doc", FIRST_BYTES),
    "head.htm": (b"<html><head><title>10-K</title>", NO_TEXT),
    "script.htm": (b"<html><body><script>var a = 1;</script></body></html>", NO_TEXT),
    "cut.pdf": (PDF[: len(PDF) // 3], DAMAGED),
    "start.pdf": (b"%PDF", DAMAGED),
    "locked.pdf": (
        LOCKED,
        "the PDF is password-protected; open it with its password and save a copy without one",
    ),
    "divs.htm": (b"<html><body>" + b"<div>" * 100_000 + b"x", DEEP),
    "tables.htm": (b"<html><body>" + b"<table><tr><td>" * 10_000 + b"x", DEEP),
    "laughs.htm": (LAUGHS, ENTITIES),
    "passwd.htm": (
        b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>&x;</p></body></html>',
        ENTITIES,
    ),
    "tags.htm": (page("<b>x" * 2_500_000), "2,500,008 tags, over 2,500,000; take the main document only"),
    "line.txt": (b"FORM 10-K\n\n" + b"abc,def." * 65536, no_space(524_288, 524_297)),
    "word.htm": (page("x" * 999_999), no_space(999_999, 1_000_008)),
    "undeclared.htm": (
        b"<html><head><title>SEC.gov | Your Request Originates from an Undeclared Automated Tool</title>"
        b"</head><body><p>Please declare your traffic.</p></body></html>",
        EDGAR,
    ),
    "busy.htm": (page("Request Rate Threshold Exceeded"), EDGAR),
    "nokey.htm": (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Key>x.htm</Key></Error>',
        EDGAR,
    ),
    "denied.htm": (
        b"<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY><H1>Access Denied</H1></BODY></HTML>",
        "a server's error page ('Access Denied'), not a filing; download it again",
    ),
    "gateway.htm": (
        b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
        "a server's error page ('502 Bad Gateway'), not a filing; download it again",
    ),
    "index.htm": (
        b"<html><head><title>EDGAR Filing Documents for 0000320193-24-000123</title></head><body>x</body>",
        "EDGAR's index of a filing, not the filing; download its main document",
    ),
    "two\nlines\x1b[31m.htm": (b"", EMPTY),
    "n" * 240 + ".htm": (b"", EMPTY),
}


def ingested(workspace: Workspace) -> list[str]:
    """The sources of the filings, each whole, with nothing lying beside them."""
    filings = list_filings(workspace)
    assert {path.name for path in workspace.filings.iterdir()} == {one.filing_id for one in filings}
    for one in filings:
        assert len(read_chunks(workspace.filings / one.filing_id / "chunks.jsonl")) == one.chunks
    return sorted(one.source for one in filings)


def test_a_folder_of_junk(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "folder.htm").mkdir(parents=True)
    expected = {}
    for name, (data, reason) in BAD.items():
        (folder / name).write_bytes(data)
        expected[shown(Path(name))] = reason
    (folder / "huge.htm").touch()
    os.truncate(folder / "huge.htm", 101 * 2**20)
    expected["huge.htm"] = "101 MB, over 100 MB; take the main document only"
    os.mkfifo(folder / "pipe.txt")
    expected["pipe.txt"] = "not an ordinary file but a folder, pipe or device; give the filing itself"
    (folder / "gone.htm").symlink_to(folder / "nowhere.htm")
    expected["gone.htm"] = "cannot be read (a link to nowhere); check the path and its permissions"
    (folder / "loop").symlink_to(folder)
    for same in ("blank.txt", "bom.htm", "two\nlines\x1b[31m.htm", "n" * 240 + ".htm"):
        if BAD[same][0] == b"":
            expected[shown(Path(same))] = "the same bytes as empty.htm, which failed"
    (folder / "good.htm").write_bytes(page("The good one."))
    (folder / "copy.htm").write_bytes(page("The good one."))
    (folder / "folder.htm" / "inner.htm").write_bytes(page("Inside a folder."))
    (folder / "-dash.htm").write_bytes(page("Named with a dash."))
    (folder / "a\nb é.htm").write_bytes(page("Named over two lines."))
    (folder / "wrong.pdf").write_bytes(page("HTML named as PDF."))
    (folder / "wrong.htm").write_bytes(PDF)
    started = time.perf_counter()
    report = pipeline.ingest(workspace, [folder])
    assert {one.source: one.reason for one in report.failed} == {
        name: f"{name}: {reason}" for name, reason in expected.items()
    }
    assert all(one.reason.isprintable() for one in report.failed)
    good = [
        "-dash.htm",
        "a\N{REPLACEMENT CHARACTER}b é.htm",
        "copy.htm",
        "inner.htm",
        "wrong.htm",
        "wrong.pdf",
    ]
    assert ingested(workspace) == good
    assert [one.source for one in report.unchanged] == ["copy.htm"]  # good.htm holds the same bytes
    assert time.perf_counter() - started < 60


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_that_a_download_may_have(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.htm"
    path.write_bytes(page("The company’s naïve “risk” in 2024.").decode().encode(encoding))
    assert [chunk.text for chunk in read(path).chunks] == ["FORM 10-K\nThe company’s naïve “risk” in 2024."]


def read(path: Path) -> Parsed:
    return parse(Job(path, Cutting(ChunkConfig())))


@pytest.mark.parametrize(
    ("data", "cut"),
    [
        (page("Whole."), False),
        (page("Cut.")[:-14], True),
        (b"<DOCUMENT>\n<TYPE>10-K\n<TEXT>\n<html><body><p>FORM 10-K</p>\n</TEXT>\n</DOCUMENT>\n", False),
        (b"<SEC-DOCUMENT>x\n<SEC-HEADER>\n</SEC-HEADER>\n<DOCUMENT><TYPE>10-K\n<TEXT>\nWords.\n", True),
        (b"FORM 10-K\n\nPlain text has no end mark.\n", False),
    ],
)
def test_a_file_that_is_cut_off_is_taken_in_with_a_warning(tmp_path: Path, data: bytes, cut: bool) -> None:
    (tmp_path / "a.htm").write_bytes(data)
    filing = read(tmp_path / "a.htm").filing
    assert filing is not None
    warning = "the file ends in the middle, cut off on its way: download it again"
    assert [one for one in filing.warnings if one == warning] == [warning] * cut


def test_tags_left_open_do_not_count_as_depth(tmp_path: Path) -> None:
    body = b"".join(b"<p><font size=2>Paragraph %d is here.\n" % i for i in range(2000))
    (tmp_path / "a.htm").write_bytes(b"<html><body><p>FORM 10-K</p>" + body + b"</body></html>")
    text = " ".join(chunk.text for chunk in read(tmp_path / "a.htm").chunks)
    assert all(f"Paragraph {i} is here." in text for i in range(2000))


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail where the block takes longer: a pattern that tries every way to match would take hours."""

    def late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


WAITS = {
    "spaces in the title": b"<html><title>" + b" " * 60_000 + b"x<b></title><p>Words.</p></html>",
    "comments before no element": b'<?xml version="1.0"?>' + b"<!-- a -->" * 40 + b" 1 and more words",
    "spaces in fixed width": b"<html><p>Words.</p><pre>x" + b" " * 60_000 + b"y</pre></html>",
    "empty lines in the header": b"<SEC-HEADER>"
    + b"\n" * 60_000
    + b"<DOCUMENT><TYPE>10-K<TEXT>Words.</TEXT>",
    "tags left open in a wrapper": b"<html>" + b"Words in a line.\n" * 3000 + b"<i " * 100_000,
    "one long list": b"<html><ol>" + b"<li>word word</li>" * 10_000 + b"</ol></html>",
    "digits in a style": b'<html><p style="font: ' + b"1" * 60_000 + b'">Words.</p></html>',
    "a size beyond all numbers": b'<html><p style="font-size: ' + b"9" * 400 + b'pt">Words.</p></html>',
    "headings of several Items": b"<html><p>FORM 10-K</p>"
    + b"".join(b"<h1>Items %d and %d</h1><h1>Item 9. Words</h1>" % (i % 8, i % 8 + 1) for i in range(4000)),
    "a long line in an index": b"<html><h1>Cross-Reference Index</h1><p>Item 1. "
    + b"1, " * 20_000
    + b"x</p>",
}


LONG_TEXTS: dict[str, tuple[Callable[[str], object], str]] = {
    "a symbol": (partial(ticker_of, ""), "under the symbol" + "\n" * 60_000 + "1"),
    "a date": (written("2024-01-01").search, "January 1" + "\n" * 120_000 + "x"),
    "a name": (lambda text: from_release(text).company, ("A" * 299 + " ") * 1000),
}


@pytest.mark.parametrize(("find", "text"), LONG_TEXTS.values(), ids=LONG_TEXTS)
def test_long_texts_do_not_take_long(find: Callable[[str], object], text: str) -> None:
    with within(4):
        assert find(text) is None


@pytest.mark.parametrize("data", WAITS.values(), ids=WAITS)
def test_small_files_do_not_take_long(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.htm").write_bytes(data)
    with within(4), suppress(FilingError):
        assert read_filing(tmp_path / "a.htm").sections


def test_a_run_without_spaces_is_cut_up(tmp_path: Path) -> None:
    prose = "Sales rose in every region of the country. " * 99
    (tmp_path / "a.htm").write_bytes(page(f"{prose} {'x' * 900}"))
    words = " ".join(chunk.text for chunk in read(tmp_path / "a.htm").chunks).split()
    assert [len(word) for word in words if word.startswith("xx")] == [200, 200, 200, 200, 100]


def test_a_file_that_kills_its_process_fails_alone(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a", "crash", "d", "exit", "f", "memory", "z"):
        (folder / f"{name}.htm").write_bytes(page(f"This is {name}."))
    monkeypatch.setattr(pipeline, "parse", parse_or_die)
    report = pipeline.ingest(workspace, [folder])
    assert [one.source for one in report.added] == ["a.htm", "d.htm", "f.htm", "z.htm"]
    remedy = "a damaged or hostile file? Download it again, or leave it out"
    assert [one.reason for one in report.failed] == [
        f"crash.htm: its parser crashed (SIGSEGV); {remedy}",
        f"exit.htm: its parser ended with exit code 3; {remedy}",
        f"memory.htm: its parser was killed, most likely for want of memory; {remedy}",
    ]
    assert ingested(workspace) == ["a.htm", "d.htm", "f.htm", "z.htm"]


@pytest.mark.slow
def test_a_kill_in_the_middle_leaves_whole_filings_and_the_next_run_does_the_rest(
    workspace: Workspace, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(300):
        text = "".join(f"<p>Paragraph {i} of filing {number}.</p>" for i in range(300))
        (folder / f"f{number:03d}.htm").write_bytes(page(text))
    words = [sys.executable, "-m", "ui", "ingest", str(folder), "--workspace", str(workspace.root)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(list(workspace.filings.glob("f*"))) < 5:
        time.sleep(0.01)
    process.kill()
    process.wait()
    before = {one.source for one in list_filings(workspace)}
    assert 5 <= len(before) < 300
    report = pipeline.ingest(workspace, [folder])
    assert {one.source for one in report.unchanged} == before
    assert ingested(workspace) == [f"f{number:03d}.htm" for number in range(300)]
