"""The images of the article's container, with their captions, and where in the text they stand."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from lxml import etree

from newscrawl.data_files import PLAIN_PATTERN, compiled, iter_tables, package_file
from newscrawl.evidence import ImagePlace
from newscrawl.extraction.body.classify import ClassifiedBlocks
from newscrawl.extraction.body.structure import Structure
from newscrawl.extraction.html.scan import DomScan, text_of
from newscrawl.extraction.metadata.evidence_book import EvidenceBook
from newscrawl.fields.captions import split_caption

SOURCE = "dom"
LAZY = ("data-src", "data-lazy-src", "data-original")
MAX_ICON = 64
"""Pixels of the shorter side."""
SHAPES = frozenset({("16", "9"), ("4", "3"), ("3", "2")})
"""Stated as a size they mean the proportion."""
LEAD = 8
"""Blocks (labels, dates, captions) that may stand between a leading image and the text."""
_ONE_PIXEL = re.compile(r"(?<![\w-])(?:width|height):\s*1px")
MAX_PARTS = 60
CREDIT_TAGS = ("span", "cite", "small", "em", "i", "p", "div", "a")
_CREDIT_CLASS = re.compile(
    r"credit|copyright|source|photographer|byline|author|attribution|rights|quelle", re.IGNORECASE
)


def read_images(scan: DomScan, judged: ClassifiedBlocks, book: EvidenceBook) -> None:
    """Add the images that stand in the article's container to *book*."""
    if not judged.in_article:
        return
    structure = Structure(scan.nodes, judged.in_article)
    for node, block, element in scan.images:
        if node < 0 or not judged.in_article[node] or judged.zones[node] not in (None, "caption"):
            continue
        url = image_url(element)
        place = None
        if is_in_text(scan, judged, node, block) and not is_decoration(element, url, judged.zones[node]):
            place = ImagePlace(block, structure.path_of(node), element.get("alt") or "")
        book.add_image(url, SOURCE, *_caption(element), place)


def image_url(element: etree._Element) -> str:
    """Where an `img` is loaded from, now or by a script when it comes into view; "" where it does not say."""
    for name in (*LAZY, "src"):
        url = element.get(name)
        if url and not url.startswith("data:") and "{" not in url:
            return url
    stated = element.get("data-srcset") or element.get("srcset") or ""
    return "" if stated.startswith("data:") else stated.partition(",")[0].strip().partition(" ")[0]


def is_in_text(scan: DomScan, judged: ClassifiedBlocks, node: int, block: int) -> bool:
    """Whether an image stands in the text, right before it, or as a figure right behind it."""
    first, last = judged.first, judged.last
    if first is None or last is None or not first - LEAD <= block <= last + 1:
        return False
    if judged.zones[node] == "caption":
        return True
    # The picture of a teaser stands before its link.
    return block <= last and (judged.blocks[block].reason != "links" or scan.nodes[node].tag == "p")


def is_decoration(element: etree._Element, url: str, zone: str | None) -> bool:
    """Whether an image shows nothing of the story: a pixel, a placeholder, an icon, a portrait beside a name."""
    size = element.get("width") or "", element.get("height") or ""
    if size not in SHAPES and any(side.isdecimal() and int(side[:6]) <= MAX_ICON for side in size):
        return True
    if zone is None and url.partition("?")[0].endswith(".svg"):
        return True
    if "1px" in (style := element.get("style") or "") and _ONE_PIXEL.search(style):
        return True
    described = f"{(element.get('class') or '')[:200]} {url[:400]}".lower()
    return any(pattern.search(described) for pattern in _decorations())


@lru_cache(maxsize=1)
def _decorations() -> tuple[re.Pattern[str], ...]:
    return read_decorations(package_file("images.toml", "newscrawl.extraction.metadata"), "images.toml")


def read_decorations(text: str, file: str) -> tuple[re.Pattern[str], ...]:
    """The `[[decoration]]` tables of a TOML text; *file* is only named in errors."""
    tables = iter_tables(text, file, {"decoration": PLAIN_PATTERN})
    return tuple(compiled(text, file, table) for _, table in tables)


def _caption(image: etree._Element) -> tuple[str | None, str | None]:
    """Caption and credit of an image's figure, where the page marks them apart."""
    above = image.getparent()
    for _ in range(4):
        if above is None:
            break
        if above.tag == "figure":
            caption = next(above.iter("figcaption"), None)
            if caption is None:
                break
            text = text_of(caption, " ", longest=1_000)
            for part in islice(caption.iter(*CREDIT_TAGS), MAX_PARTS):
                credit = text_of(part, " ", longest=200) if _CREDIT_CLASS.search(part.get("class") or "") else ""
                if credit and text.endswith(credit):
                    return text[: -len(credit)].strip(" |–—-") or None, split_caption(credit)[1] or credit
            return split_caption(text) if text else (None, None)
        above = above.getparent()
    return None, None
