"""Blocks and texts that the tests of Items are made of."""

from __future__ import annotations

from rag_app.core.types import Block, Section

WORDS = "The Company makes and sells things of many kinds to customers in all parts of the world. " * 8


def heading(text: str) -> Block:
    return Block("heading", text, page=1)


def prose(text: str = WORDS) -> Block:
    return Block("prose", text, page=2)


def named(sections: list[Section]) -> list[tuple[str | None, str, int]]:
    return [(section.item, section.title, len(section.blocks)) for section in sections]
