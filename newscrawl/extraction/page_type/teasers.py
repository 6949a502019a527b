"""Count text and teasers in document order: on list pages they alternate, in articles they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from newscrawl.discovery.page_words import GENERIC
from newscrawl.extraction.body.classify import ClassifiedBlocks
from newscrawl.extraction.body.container import measure_prose
from newscrawl.extraction.html.scan import BREAK, DomScan, Node, RawBlock
from newscrawl.text.clean import weight
from newscrawl.text.fold import fold_term
from newscrawl.urls.parse import get_url_host

MIN_LINK_SHARE = 0.8
"""Share of linked characters from which a block counts as linked."""
MIN_TEASER = 12
MAX_BUTTON = 40
MAX_BEFORE_HOST = 30
"""Characters before the host of the site in a URL: scheme and subdomain."""


@dataclass(slots=True)
class TeaserList:
    """Counts of one page. Sizes are in characters; characters of dense scripts count double."""

    run: int = 0
    """Size of the longest run of kept prose between two teasers."""
    runs: int = 0
    paragraphs: int = 0
    teasers: int = 0
    """Lines outside menus and sidebars that are, or begin with, a link within the site."""
    read_on: int = 0
    """Links that only say "read more"."""
    captions: int = 0


def count_teasers(scan: DomScan, classified: ClassifiedBlocks, url: str) -> TeaserList:
    """Return the counts of a page in one pass over its blocks."""
    counts, host = TeaserList(), get_url_host(url).removeprefix("www.")
    run, text_position = 0, ("", -1)
    for raw, block in zip(scan.blocks, classified.blocks, strict=False):
        zone = classified.zones[raw.node]
        if raw.link_chars:
            if is_linked(raw) and says_read_on(raw.text):
                counts.read_on += 1
            # A linked line between the paragraphs of an element is a link inside the text.
            elif _get_position(scan.nodes, raw) != text_position and _is_teaser(raw, host):
                counts.teasers += zone in (None, "related")
                run = 0
        if not block.kept:
            counts.captions += zone == "caption"
        elif size := measure_prose(raw):
            counts.paragraphs += 1
            counts.runs += run == 0
            run += size
            text_position = _get_position(scan.nodes, raw)
            counts.run = max(counts.run, run)
    declared = classified.blocks[len(scan.blocks) :]
    counts.run = max(counts.run, sum(weight(block.text) for block in declared if block.kept))
    return counts


def is_linked(block: RawBlock) -> bool:
    """Return whether almost all of a block is linked."""
    return block.link_chars > 0 and block.link_chars >= MIN_LINK_SHARE * len(block.text)


def says_read_on(text: str) -> bool:
    """Return whether a link text only says "read more" or the like."""
    return len(text) <= MAX_BUTTON and _is_generic(text)


@lru_cache(maxsize=5_000)
def _is_generic(text: str) -> bool:
    return fold_term(text).strip(" .!…") in GENERIC


def _get_position(nodes: Sequence[Node], block: RawBlock) -> tuple[str, int]:
    return (block.tag, nodes[block.node].parent)


def _is_teaser(block: RawBlock, host: str) -> bool:
    if not is_linked(block):
        return _begins_with_link(block)
    text = block.text
    return (len(text) >= MIN_TEASER or weight(text) >= MIN_TEASER) and not _leads_off_site(block, host)


def _leads_off_site(block: RawBlock, host: str) -> bool:
    href = next((href for _, _, href in block.marks if href), "")
    return href.startswith(("http:", "https:")) and host not in href[: MAX_BEFORE_HOST + len(host)]


def _begins_with_link(block: RawBlock) -> bool:
    """Return whether the first of several lines is linked: a teaser on pages laid out with line breaks."""
    if "\n" not in block.text or not block.marks or block.marks[0][:2] != (0, "a"):
        return False
    end = next((at for at, tag, _ in block.marks if tag == "/a"), 0)
    linked = "".join(block.pieces[:end]).replace(BREAK, " ").split()
    return " ".join(linked) == block.text.partition("\n")[0]
