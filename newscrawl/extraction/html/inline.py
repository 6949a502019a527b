"""Build the inline HTML of a block from its scanned text and marks. It is sanitised later, in `fields.body_html`."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from newscrawl.extraction.html.scan import BREAK


def build_inline_html(
    pieces: Sequence[str], marks: Sequence[tuple[int, str, str | None]], *, keep_space: bool = False
) -> str:
    """Return the text with links, emphasis and line breaks; all tags are closed, hrefs are unchanged."""
    html = _render(pieces, marks)
    return html.strip("\r\n") if keep_space else " ".join(html.split())


def _render(pieces: Sequence[str], marks: Sequence[tuple[int, str, str | None]]) -> str:
    if not marks:
        return escape("".join(pieces), quote=False).replace(BREAK, "<br>")
    parts: list[str] = []
    open_tags: list[str] = []
    waiting = list(marks)
    next_mark = 0
    for index, piece in enumerate(pieces):
        while next_mark < len(waiting) and waiting[next_mark][0] <= index:
            _render_mark(waiting[next_mark], parts, open_tags)
            next_mark += 1
        parts.append("<br>" if piece == BREAK else escape(piece, quote=False))
    for mark in waiting[next_mark:]:
        if mark[1].startswith("/"):
            _render_mark(mark, parts, open_tags)
    parts.extend(f"</{tag}>" for tag in reversed(open_tags))
    return "".join(parts)


def _render_mark(mark: tuple[int, str, str | None], parts: list[str], open_tags: list[str]) -> None:
    _, tag, href = mark
    if not tag.startswith("/"):
        open_tags.append(tag)
        parts.append(f'<a href="{escape(href)}">' if tag == "a" and href else f"<{tag}>")
    elif tag[1:] in open_tags:
        while True:
            last = open_tags.pop()
            parts.append(f"</{last}>")
            if last == tag[1:]:
                break
