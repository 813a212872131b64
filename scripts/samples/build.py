"""Writes the sample filings: python -m scripts.samples.build [--out DIR]."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import bdqm, xqvr, zdfb, zqht
from .filing import Filing, render

OUT = Path(__file__).resolve().parents[2] / "rag_app" / "samples"


def filings() -> list[Filing]:
    """Every sample filing, in the order of the companies."""
    return [*zqht.filings(), *bdqm.filings(), *xqvr.filings(), *zdfb.filings()]


def build() -> dict[str, bytes]:
    """File name to content; the same bytes on every run."""
    return {filing.file: render(filing).encode("ascii") for filing in filings()}


def main(argv: list[str] | None = None) -> None:
    """Command line entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, help="folder to write the filings to")
    out: Path = parser.parse_args(argv).out
    out.mkdir(parents=True, exist_ok=True)
    for name, content in build().items():
        (out / name).write_bytes(content)
        print(f"{name}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
