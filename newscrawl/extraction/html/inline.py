"""Inline HTML of a block, from the text and marks that the walk saw. It is sanitised where an article is built."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from newscrawl.extraction.html.scan import BREAK


def inline_html(
    pieces: Sequence[str], marks: Sequence[tuple[int, str, str | None]], *, keep_space: bool = False
) -> str:
    """The block's text with links, emphasis and line breaks; every tag closed, hrefs as the page has them."""
    html = _marked(pieces, marks)
    return html.strip("\r\n") if keep_space else " ".join(html.split())


def _marked(pieces: Sequence[str], marks: Sequence[tuple[int, str, str | None]]) -> str:
    if not marks:
        return escape("".join(pieces), quote=False).replace(BREAK, "<br>")
    parts: list[str] = []
    opened: list[str] = []
    waiting = list(marks)
    at = 0
    for index, piece in enumerate(pieces):
        while at < len(waiting) and waiting[at][0] <= index:
            _mark(waiting[at], parts, opened)
            at += 1
        parts.append("<br>" if piece == BREAK else escape(piece, quote=False))
    for mark in waiting[at:]:
        if mark[1].startswith("/"):
            _mark(mark, parts, opened)
    parts.extend(f"</{tag}>" for tag in reversed(opened))
    return "".join(parts)


def _mark(mark: tuple[int, str, str | None], parts: list[str], opened: list[str]) -> None:
    _, tag, href = mark
    if not tag.startswith("/"):
        opened.append(tag)
        parts.append(f'<a href="{escape(href)}">' if tag == "a" and href else f"<{tag}>")
    elif tag[1:] in opened:
        while True:
            last = opened.pop()
            parts.append(f"</{last}>")
            if last == tag[1:]:
                break
