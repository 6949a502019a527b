"""The body as HTML for people: its blocks with their structure, sanitised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape, unescape
from itertools import groupby

import nh3

from newscrawl.extraction.model import Block
from newscrawl.processors import absolute_url
from newscrawl.text import storable

TAGS = {
    "p",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "li",
    "blockquote",
    "pre",
    "a",
    "strong",
    "em",
    "sub",
    "sup",
    "code",
    "br",
}
HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h5", "h6": "h6"}


_CLEANER = nh3.Cleaner(
    tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https"}, link_rel="noopener noreferrer"
)
_LINK = re.compile(r'<a href="([^"<>]*)">')


def body_html(blocks: Sequence[Block], base: str) -> str | None:
    """Kept blocks as sanitised HTML: no attributes but `href`, which is absolute http(s)."""
    html = _LINK.sub(lambda link: _opened(unescape(link[1]), base), "\n".join(_parts(blocks)))
    return storable(_CLEANER.clean(html)) or None


def _opened(href: str, base: str) -> str:
    url = absolute_url(href, base)
    return "<a>" if url is None else f'<a href="{escape(url)}">'


def _parts(blocks: Sequence[Block]) -> Iterator[str]:
    for tag, group in groupby(blocks, key=lambda block: block.tag):
        inner = [block.html if block.html is not None else escape(block.text) for block in group]
        if tag == "li":
            yield "<ul>" + "".join(f"<li>{html}</li>" for html in inner) + "</ul>"
        elif tag == "blockquote":
            yield "<blockquote>" + "".join(f"<p>{html}</p>" for html in inner) + "</blockquote>"
        else:
            name = HEADINGS.get(tag, tag if tag == "pre" else "p")
            yield from (f"<{name}>{html}</{name}>" for html in inner)
