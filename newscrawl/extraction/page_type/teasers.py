"""Text and teasers in the order of the page: lists have them in turns, articles do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from newscrawl.boilerplate.page_rules import folded
from newscrawl.discovery.page_words import GENERIC
from newscrawl.extraction.body.classify import ClassifiedBlocks
from newscrawl.extraction.body.container import prose_size
from newscrawl.extraction.html.scan import BREAK, DomScan, Node, RawBlock
from newscrawl.text.clean import weight

LINK_SHARE = 0.8
MIN_TEASER = 12
MAX_BUTTON = 40
MAX_BEFORE_HOST = 30
"""Scheme and labels such as `www.` before a site's own host in a URL."""


@dataclass(slots=True)
class TeaserList:
    """Counts of one page; sizes in characters, signs of dense scripts count double."""

    run: int = 0
    """Most kept prose in a row, between two teasers."""
    runs: int = 0
    paragraphs: int = 0
    teasers: int = 0
    """Lines outside menus and sidebars that are, or begin with, a link to another page of the site."""
    read_on: int = 0
    """Links that say no more than to read on."""
    captions: int = 0


def read_river(scan: DomScan, judged: ClassifiedBlocks, url: str) -> TeaserList:
    """Go through the page's blocks once."""
    river, host = TeaserList(), (urlsplit(url).hostname or "").removeprefix("www.")
    here, text_place = 0, ("", -1)
    for raw, block in zip(scan.blocks, judged.blocks, strict=False):
        zone = judged.zones[raw.node]
        if raw.link_chars:
            if is_linked(raw) and says_read_on(raw.text):
                river.read_on += 1
            # A linked line among the paragraphs of one element is a link in a text.
            elif _place(scan.nodes, raw) != text_place and _is_teaser(raw, host):
                river.teasers += zone in (None, "related")
                here = 0
        if not block.kept:
            river.captions += zone == "caption"
        elif size := prose_size(raw):
            river.paragraphs += 1
            river.runs += here == 0
            here += size
            text_place = _place(scan.nodes, raw)
            river.run = max(river.run, here)
    stated = judged.blocks[len(scan.blocks) :]
    river.run = max(river.run, sum(weight(block.text) for block in stated))
    return river


def is_linked(block: RawBlock) -> bool:
    """Whether next to nothing of a block is outside links."""
    return block.link_chars > 0 and block.link_chars >= LINK_SHARE * len(block.text)


def says_read_on(text: str) -> bool:
    """Whether the text of a link says no more than that there is more."""
    return len(text) <= MAX_BUTTON and _is_generic(text)


@lru_cache(maxsize=5_000)
def _is_generic(text: str) -> bool:
    return folded(text).strip(" .!…") in GENERIC


def _place(nodes: Sequence[Node], block: RawBlock) -> tuple[str, int]:
    return (block.tag, nodes[block.node].parent)


def _is_teaser(block: RawBlock, host: str) -> bool:
    if not is_linked(block):
        return _begins_with_link(block)
    text = block.text
    return (len(text) >= MIN_TEASER or weight(text) >= MIN_TEASER) and not _leads_away(block, host)


def _leads_away(block: RawBlock, host: str) -> bool:
    href = next((href for _, _, href in block.marks if href), "")
    return href.startswith(("http:", "https:")) and host not in href[: MAX_BEFORE_HOST + len(host)]


def _begins_with_link(block: RawBlock) -> bool:
    """A linked first line with more below it: the teaser of pages that are built with line breaks."""
    if "\n" not in block.text or not block.marks or block.marks[0][:2] != (0, "a"):
        return False
    end = next((at for at, tag, _ in block.marks if tag == "/a"), 0)
    linked = "".join(block.pieces[:end]).replace(BREAK, " ").split()
    return " ".join(linked) == block.text.partition("\n")[0]
