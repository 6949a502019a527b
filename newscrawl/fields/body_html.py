"""Render the body as sanitised HTML: its blocks and images with their structure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

import nh3

from newscrawl.evidence import Block, ImageEvidence, ImagePlace, Path, Step
from newscrawl.fields.layout import find_layout_steps
from newscrawl.fields.meta_values import absolute_url
from newscrawl.text.clean import clean_line, remove_unstorable
from newscrawl.text.references import unescape

HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h5", "h6": "h6"}
CONTAINERS = {"ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "table", "tr", "td", "th"}
INLINE = {"a", "strong", "em", "sub", "sup", "code", "br", "small"}
STANDFIRST = "standfirst"
"""The class of paragraphs of the standfirst, the only one in the HTML."""
CLASSES = {"p": {STANDFIRST}}
TAGS = {"p", "figure", "img", "figcaption", *HEADINGS, *CONTAINERS, *INLINE} - {"h1"}
BARE = frozenset({"li", "dt", "dd", "td", "th"})
"""A single paragraph in one of these needs no `p`."""
REQUIRED_CHILD = {"ul": "li", "ol": "li", "dl": "dd", "table": "tr", "tr": "td"}
"""Elements that cannot hold text directly, and the child that goes in between."""
MAX_ALT = 500

_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}, "img": {"src", "alt"}},
    allowed_classes=CLASSES,
    url_schemes={"http", "https"},
    link_rel="noopener noreferrer",
)
_LINK = re.compile(r'<a href="([^"<>]*)">')


@dataclass(slots=True)
class _Leaf:
    """A text or an image and the elements around it."""

    path: Path
    tag: str
    html: str
    is_standfirst: bool = False


def body_html(blocks: Sequence[Block], base: str, images: Sequence[ImageEvidence] = ()) -> str | None:
    """Return the kept blocks and the images between them as sanitised HTML, or None if nothing is left.

    Has headings, lists, quotations, tables, `pre`, links, emphasis, and images as `figure`. The only attributes are
    `href` and `src` (absolute http(s) URLs), `alt`, `rel` on links, and `class` on paragraphs of the standfirst.
    Elements around the whole text are omitted.
    *blocks* are all blocks of the page, because images refer to them by index.
    """
    html = _LINK.sub(lambda link: _open_link(unescape(link[1]), base), "".join(_render(_leaves(blocks, base, images))))
    return remove_unstorable(_CLEANER.clean(html)).strip() or None


def _open_link(href: str, base: str) -> str:
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
            tag = "p" if block.standfirst else HEADINGS.get(block.tag, "p")
            yield _Leaf(_without(block.path, layout), tag, html, block.standfirst is not None)
    for place, html in figures.pop(len(blocks), ()):
        yield _Leaf(_without(place.path, layout), "figure", html)


def _without(path: Path, layout: frozenset[Step]) -> Path:
    return tuple(step for step in path if step not in layout) if path and layout else path


def _figures(images: Sequence[ImageEvidence], base: str) -> dict[int, list[tuple[ImagePlace, str]]]:
    """Return places and HTML of the images, each image once, by the index of the block that follows."""
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


def _render(leaves: Iterator[_Leaf]) -> Iterator[str]:
    """Open and close the elements around each leaf; those that the next leaf shares stay open."""
    opened: list[Step] = []
    cells: dict[int, int] = {}
    for path, group in groupby(leaves, key=lambda leaf: leaf.path):
        shared = 0
        while shared < min(len(opened), len(path)) and opened[shared] == path[shared]:
            shared += 1
        yield from _close(opened, shared)
        yield "" if opened else "\n"
        for step in path[shared:]:
            if step.tag in ("td", "th"):
                row = opened[-1].key if opened else 0
                yield "<td></td>" * (step.column - cells.get(row, 0))
                cells[row] = step.column + 1
            opened.append(step)
            yield f"<{step.tag}>"
        yield _render_siblings(opened[-1].tag if opened else "", list(group))
    yield from _close(opened, 0)


def _close(opened: list[Step], until: int) -> Iterator[str]:
    while len(opened) > until:
        yield f"</{opened.pop().tag}>"


def _render_siblings(parent: str, leaves: Sequence[_Leaf]) -> str:
    """Return the HTML of adjacent leaves in one *parent* element."""
    if parent == "pre":
        return "\n".join(leaf.html for leaf in leaves if leaf.tag != "figure")
    if len(leaves) == 1 and leaves[0].tag == "p" and parent in BARE and not leaves[0].is_standfirst:
        return leaves[0].html
    wrappers: list[str] = []
    while parent in REQUIRED_CHILD:
        parent = REQUIRED_CHILD[parent]
        wrappers.append(parent)
    before, after = "".join(f"<{tag}>" for tag in wrappers), "".join(f"</{tag}>" for tag in reversed(wrappers))
    return ("" if parent else "\n").join(f"{before}{_render_leaf(leaf)}{after}" for leaf in leaves)


def _render_leaf(leaf: _Leaf) -> str:
    attributes = f' class="{STANDFIRST}"' if leaf.is_standfirst else ""
    return f"<{leaf.tag}{attributes}>{leaf.html}</{leaf.tag}>"
