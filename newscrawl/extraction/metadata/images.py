"""Extract the images in the container of the article, with captions and positions in the text."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from lxml import etree

from newscrawl.data_files import PLAIN_PATTERN, compile_pattern, iter_tables, package_file
from newscrawl.evidence import ImagePlace
from newscrawl.extraction.body.classify import ClassifiedBlocks
from newscrawl.extraction.body.paths import PathBuilder
from newscrawl.extraction.html.scan import DomScan, get_text
from newscrawl.extraction.metadata.evidence_collector import EvidenceCollector
from newscrawl.fields.captions import split_caption
from newscrawl.text.numbers import parse_whole_number

SOURCE = "dom"
LAZY_ATTRIBUTES = ("data-src", "data-lazy-src", "data-original")
MAX_ICON = 64
"""Pixels of the shorter side."""
ASPECT_RATIOS = frozenset({("16", "9"), ("4", "3"), ("3", "2")})
"""Some pages give the aspect ratio as width and height."""
MAX_LEAD_BLOCKS = 8
"""Blocks (labels, dates, captions) between a lead image and the text."""
_ONE_PIXEL = re.compile(r"(?<![\w-])(?:width|height):\s*1px")
MAX_PARTS = 60
CREDIT_TAGS = ("span", "cite", "small", "em", "i", "p", "div", "a")
_CREDIT_CLASS = re.compile(r"credit|copyright|source|photographer|byline|author|attribution|rights|quelle", re.I)


def read_images(scan: DomScan, classified: ClassifiedBlocks, evidence: EvidenceCollector) -> None:
    """Add the images in the container of the article."""
    if not classified.in_article:
        return
    paths = PathBuilder(scan.nodes, classified.in_article)
    for node, block, element in scan.images:
        if node < 0 or not classified.in_article[node] or classified.zones[node] not in (None, "caption"):
            continue
        url = get_image_url(element)
        place = None
        if is_in_text(scan, classified, node, block) and not is_decoration(element, url, classified.zones[node]):
            place = ImagePlace(block, paths.get_path(node), element.get("alt") or "")
        evidence.add_image(url, SOURCE, *_get_caption(element), place)


def get_image_url(element: etree._Element) -> str:
    """Return the URL of an `img`, lazily loaded or not; "" if it has none."""
    for name in (*LAZY_ATTRIBUTES, "src"):
        url = element.get(name)
        if url and not url.startswith("data:") and "{" not in url:
            return url
    srcset = element.get("data-srcset") or element.get("srcset") or ""
    return "" if srcset.startswith("data:") else srcset.partition(",")[0].strip().partition(" ")[0]


def is_in_text(scan: DomScan, classified: ClassifiedBlocks, node: int, block: int) -> bool:
    """Return whether an image is inside the text, shortly before it, or a figure right after it."""
    first, last = classified.first, classified.last
    if first is None or last is None or not first - MAX_LEAD_BLOCKS <= block <= last + 1:
        return False
    if classified.zones[node] == "caption":
        return True
    # The image of a teaser precedes its link.
    return block <= last and (classified.blocks[block].reason != "links" or scan.nodes[node].tag == "p")


def is_decoration(element: etree._Element, url: str, zone: str | None) -> bool:
    """Return whether an image is decoration: a tracking pixel, a placeholder, an icon, an author portrait."""
    size = element.get("width") or "", element.get("height") or ""
    if size not in ASPECT_RATIOS and any(
        number is not None and number <= MAX_ICON for number in map(parse_whole_number, size)
    ):
        return True
    if zone is None and url.partition("?")[0].endswith(".svg"):
        return True
    if "1px" in (style := element.get("style") or "") and _ONE_PIXEL.search(style):
        return True
    described = f"{(element.get('class') or '')[:200]} {url[:400]}".lower()
    return any(pattern.search(described) for pattern in _load_decorations())


@lru_cache(maxsize=1)
def _load_decorations() -> tuple[re.Pattern[str], ...]:
    return read_decorations(package_file("images.toml", "newscrawl.extraction.metadata"), "images.toml")


def read_decorations(text: str, file: str) -> tuple[re.Pattern[str], ...]:
    """Parse the `[[decoration]]` tables of a TOML text; *file* is its name in error messages."""
    tables = iter_tables(text, file, {"decoration": PLAIN_PATTERN})
    return tuple(compile_pattern(text, file, table) for _, table in tables)


def _get_caption(image: etree._Element) -> tuple[str | None, str | None]:
    """Return caption and credit from the `figcaption` of the image's figure."""
    above = image.getparent()
    for _ in range(4):
        if above is None:
            break
        if above.tag == "figure":
            caption = next(above.iter("figcaption"), None)
            if caption is None:
                break
            text = get_text(caption, " ", max_length=1_000)
            for part in islice(caption.iter(*CREDIT_TAGS), MAX_PARTS):
                credit = get_text(part, " ", max_length=200) if _CREDIT_CLASS.search(part.get("class") or "") else ""
                if credit and text.endswith(credit):
                    return text[: -len(credit)].strip(" |–—-") or None, split_caption(credit)[1] or credit
            return split_caption(text) if text else (None, None)
        above = above.getparent()
    return None, None
