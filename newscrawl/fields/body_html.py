"""The body as HTML for people: its blocks and images with their structure, sanitised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape
from itertools import groupby

import nh3

from newscrawl.evidence import Block, ImageEvidence, ImagePlace, Path, Step
from newscrawl.extraction.body.structure import find_layout_steps
from newscrawl.fields.processors import absolute_url
from newscrawl.text.clean import clean_line, remove_unstorable

HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h5", "h6": "h6"}
HOLDERS = {"ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "table", "tr", "td", "th"}
INLINE = {"a", "strong", "em", "sub", "sup", "code", "br", "small"}
TAGS = {"p", "figure", "img", "figcaption", *HEADINGS, *HOLDERS, *INLINE} - {"h1"}
BARE = frozenset({"li", "dt", "dd", "td", "th"})
"""Their text needs no paragraph where it is a single one."""
INSIDE = {"ul": "li", "ol": "li", "dl": "dd", "table": "tr", "tr": "td"}
"""What must stand between these and a text."""
MAX_ALT = 500

_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}, "img": {"src", "alt"}},
    url_schemes={"http", "https"},
    link_rel="noopener noreferrer",
)
_LINK = re.compile(r'<a href="([^"<>]*)">')


@dataclass(slots=True)
class _Leaf:
    """A text or an image, with what stands around it."""

    path: Path
    tag: str
    html: str


def body_html(blocks: Sequence[Block], base: str, images: Sequence[ImageEvidence] = ()) -> str | None:
    """Kept blocks and the images between them as sanitised HTML.

    Headings, lists, quotations, tables, `pre`, links, emphasis, and images as `figure`; no attributes but `href`,
    `src` (both absolute http(s)), `alt`, and the `rel` of links. What holds the whole text is left out.
    *blocks* are all of the page: images name them by index.
    """
    html = _LINK.sub(lambda link: _opened(unescape(link[1]), base), "".join(_parts(_leaves(blocks, base, images))))
    return remove_unstorable(_CLEANER.clean(html)).strip() or None


def _opened(href: str, base: str) -> str:
    url = absolute_url(href, base)
    return "<a>" if url is None else f'<a href="{escape(url)}">'


def _leaves(blocks: Sequence[Block], base: str, images: Sequence[ImageEvidence]) -> Iterator[_Leaf]:
    layout = find_layout_steps(
        [(block.path, len(block.text)) for block in blocks if block.kept and block.reason != "standfirst"]
    )
    figures = _figures(images, base)
    for index, block in enumerate(blocks):
        for place, html in figures.pop(index, ()):
            yield _Leaf(_without(place.path, layout), "figure", html)
        if block.kept:
            html = block.html if block.html is not None else escape(block.text)
            yield _Leaf(_without(block.path, layout), HEADINGS.get(block.tag, "p"), html)
    for place, html in figures.pop(len(blocks), ()):
        yield _Leaf(_without(place.path, layout), "figure", html)


def _without(path: Path, layout: frozenset[Step]) -> Path:
    return tuple(step for step in path if step not in layout) if path and layout else path


def _figures(images: Sequence[ImageEvidence], base: str) -> dict[int, list[tuple[ImagePlace, str]]]:
    """By the block that follows: the places of images and their HTML, each image once."""
    found: dict[int, list[tuple[ImagePlace, str]]] = {}
    seen = set()
    for image in images:
        url = absolute_url(image.url, base) if image.place else None
        if image.place and url and url not in seen:
            seen.add(url)
            html = f'<img src="{escape(url)}" alt="{escape(clean_line(image.place.alt)[:MAX_ALT])}">'
            found.setdefault(image.place.before, []).append((image.place, html + _figcaption(image)))
    return found


def _figcaption(image: ImageEvidence) -> str:
    credit = f"<small>{escape(image.credit)}</small>" if image.credit else ""
    caption = " ".join(filter(None, (escape(image.caption or ""), credit)))
    return f"<figcaption>{caption}</figcaption>" if caption else ""


def _parts(leaves: Iterator[_Leaf]) -> Iterator[str]:
    """Open and close what is around each leaf; elements that stand around the next one, too, stay open."""
    opened: list[Step] = []
    cells: dict[int, int] = {}
    for path, group in groupby(leaves, key=lambda leaf: leaf.path):
        shared = 0
        while shared < min(len(opened), len(path)) and opened[shared] == path[shared]:
            shared += 1
        yield from _closed(opened, shared)
        yield "" if opened else "\n"
        for step in path[shared:]:
            if step.tag in ("td", "th"):
                row = opened[-1].key if opened else 0
                yield "<td></td>" * (step.column - cells.get(row, 0))
                cells[row] = step.column + 1
            opened.append(step)
            yield f"<{step.tag}>"
        yield _content(opened[-1].tag if opened else "", list(group))
    yield from _closed(opened, 0)


def _closed(opened: list[Step], until: int) -> Iterator[str]:
    while len(opened) > until:
        yield f"</{opened.pop().tag}>"


def _content(holder: str, leaves: Sequence[_Leaf]) -> str:
    """The elements of what stands next to each other in one *holder*."""
    if holder == "pre":
        return "\n".join(leaf.html for leaf in leaves if leaf.tag != "figure")
    if len(leaves) == 1 and leaves[0].tag == "p" and holder in BARE:
        return leaves[0].html
    around: list[str] = []
    while holder in INSIDE:
        holder = INSIDE[holder]
        around.append(holder)
    before, behind = "".join(f"<{tag}>" for tag in around), "".join(f"</{tag}>" for tag in reversed(around))
    return ("" if holder else "\n").join(f"{before}<{leaf.tag}>{leaf.html}</{leaf.tag}>{behind}" for leaf in leaves)
