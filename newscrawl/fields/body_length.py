"""Bound the length of a body: what looks at a text later takes time and memory in proportion to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from newscrawl.evidence import Block

MAX_BODY_LENGTH = 1_000_000
"""Characters of an article's body: a novel of 500 pages. The longest live blogs have a third of it."""
TOO_LONG = "length limit"
"""The reason of a block that is left out, or cut, because the body is too long, and the source of `is_truncated`."""
_MAX_WORD = 200
"""Characters before the limit that are searched for a space to cut at."""


def limit_body(blocks: Sequence[Block], max_length: int = MAX_BODY_LENGTH) -> tuple[Sequence[Block], bool]:
    """Return *blocks* with at most *max_length* characters of kept text, and whether anything was left out.

    The block that exceeds the limit is cut between two words, and loses its inline markup.
    """
    if sum(len(block.text) for block in blocks if block.kept) <= max_length:
        return blocks, False
    limited: list[Block] = []
    left = max_length
    for block in blocks:
        if not block.kept or len(block.text) <= left:
            limited.append(block)
            left -= len(block.text) if block.kept else 0
            continue
        text, left = cut_text(block.text, left), 0
        limited.append(replace(block, text=text, kept=bool(text), reason=block.reason if text else TOO_LONG, html=None))
    return limited, True


def cut_text(text: str, max_length: int) -> str:
    """Return the start of *text*, at most *max_length* characters, cut between two words if there is a space near."""
    if len(text) <= max_length:
        return text
    space = max(text.rfind(mark, max(0, max_length - _MAX_WORD), max_length + 1) for mark in " \n")
    return text[: space if space > 0 else max_length].rstrip()
