"""Extract the fields visible near the article: headline, dates and authors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newscrawl.extraction.body.classify import ClassifiedBlocks
from newscrawl.extraction.html.scan import HEADINGS, DomScan, Landmark, RawBlock
from newscrawl.extraction.metadata.bylines import read_authors
from newscrawl.extraction.metadata.evidence_collector import EvidenceCollector
from newscrawl.extraction.metadata.meta_tags import META
from newscrawl.extraction.metadata.nearby import SOURCE, NearbyBlocks
from newscrawl.extraction.metadata.visible_dates import read_dates
from newscrawl.fields.headlines import (
    MAX_HEADING,
    MIN_HEADING,
    get_name_key,
    get_site_keys,
    split_at_separators,
    title_overlap,
)
from newscrawl.fields.slugs import get_slug, is_spelled
from newscrawl.text.clean import clean_line, weight
from newscrawl.urls.parse import split_any

MAX_HEADINGS = 3
MAX_ABOVE = 500
"""Characters of the article above its headline: a standfirst, a caption, an affiliate notice."""
MAX_BLOCKS_ABOVE = 12
"""Blocks of the text above the headline, mostly captions."""
MIN_LINE = 8
"""Letters of a lower heading that is a part of the title."""
MAX_HEADER = 400
"""Characters of a block with the headline and other lines, between which there are only line breaks."""
MAX_TO_PROSE, MIN_PROSE = 2, 80
"""Blocks from such a block to the first paragraph, and characters of that."""
BEFORE_HEADLINE, AFTER_START = 8, 4
"""Blocks before the headline and after the start of the text that may hold a byline."""
MAX_HEADER_BLOCKS = 14
"""Blocks between a standfirst and the text below it, such as buttons, a caption and a byline."""


def read_headline(scan: DomScan, evidence: EvidenceCollector, url: str = "") -> list[Landmark]:
    """Add the `h1` texts of the page; return them with their positions, the most likely headline first.

    One that links to the home page is the name of the site. If all of them do, an `h2` that the title or the slug of
    *url* repeats is the most likely headline.
    """
    landmarks = [
        Landmark(block.node, index, block.text)
        for index, block in enumerate(scan.blocks)
        if block.tag == "h1" and len(block.text) <= 400
    ]
    declared = evidence.first("headline") or evidence.first("page_title") or ""
    if len(landmarks) > 1:
        landmarks.sort(
            key=lambda h1: (
                any(map(_leads_home, _list_links(scan.blocks[h1.block]))),
                not _contains_other(h1.text, declared),
                -round(title_overlap(h1.text, declared), 1),
                h1.block,
            )
        )
    below = _find_headline_below(scan, landmarks, evidence, get_slug(url))
    if below is None and _are_of_site(scan, landmarks, evidence, url):
        below = _find_line_of_title(scan, landmarks, evidence, url)
    landmarks = landmarks if below is None else [below, *landmarks]
    for landmark in landmarks[:MAX_HEADINGS]:
        evidence.add("headline", landmark.text, SOURCE)
    evidence.add("headline", evidence.first("page_title"), META)
    return landmarks


def _find_headline_below(
    scan: DomScan, h1s: Sequence[Landmark], evidence: EvidenceCollector, slug: str
) -> Landmark | None:
    """Return the `h2` that is the headline of a page whose `h1` texts link to the home page."""
    title = evidence.first("page_title") or ""
    if not h1s or not all(_names_site(scan.blocks[h1.block], title) for h1 in h1s):
        return None
    page_title = get_name_key(title)
    titles = {page_title, *map(get_name_key, evidence.all("headline"))}
    h2s = [
        Landmark(block.node, index, block.text)
        for index, block in enumerate(scan.blocks)
        if block.tag == "h2" and MIN_HEADING <= weight(block.text) <= MAX_HEADING
    ]
    for h2 in h2s:
        key = get_name_key(h2.text)
        if is_spelled(h2.text, slug) or any(key in title for title in titles):
            return h2
    return h2s[0] if h2s and page_title == get_name_key(h1s[0].text) else None


def _are_of_site(scan: DomScan, h1s: Sequence[Landmark], evidence: EvidenceCollector, url: str) -> bool:
    """Return whether each `h1` is the name of the site, or there is none."""
    title, names = evidence.first("page_title") or "", _list_site_keys(evidence, url)
    return all(_names_site(scan.blocks[h1.block], title) or get_name_key(h1.text) in names for h1 in h1s)


def _list_site_keys(evidence: EvidenceCollector, url: str) -> set[str]:
    return {get_name_key(evidence.first("publisher")), *get_site_keys(split_any(url).hostname)} - {""}


def _find_line_of_title(
    scan: DomScan, h1s: Sequence[Landmark], evidence: EvidenceCollector, url: str
) -> Landmark | None:
    """Return the longest line that is the title of the page without the name of the site or a section."""
    title = clean_line(evidence.first("page_title") or "")
    parts = [part for pair in split_at_separators(title) for part in pair]
    parts += [title[len(h1.text) :] for h1 in h1s if title.startswith(h1.text)]
    keys = {get_name_key(part) for part in parts} - {get_name_key(h1.text) for h1 in h1s}
    keys -= _list_site_keys(evidence, url) | {""}
    found: Landmark | None = None
    for index, block in enumerate(scan.blocks if keys else ()):
        if len(block.text) > MAX_HEADER:
            continue
        lines = block.text.split("\n")
        if len(lines) > 1 and not _is_above_prose(scan, index):
            continue
        for line in lines:
            if len(line) > min(MAX_HEADING, len(title)) or get_name_key(line) not in keys:
                continue
            is_long = weight(line) >= (MIN_LINE if block.tag in HEADINGS else MIN_HEADING)
            if is_long and (found is None or len(line) > len(found.text)):
                found = Landmark(block.node, index, line)
    return found


def _is_above_prose(scan: DomScan, index: int) -> bool:
    """Return whether one of the next blocks is a paragraph: the head of a page has its name in several lines, too."""
    below = scan.blocks[index + 1 : index + 1 + MAX_TO_PROSE]
    return any(len(block.text) >= MIN_PROSE and 2 * block.link_chars < len(block.text) for block in below)


def _names_site(h1: RawBlock, title: str) -> bool:
    """Return whether an `h1` links to the home page, and the page's title has all of its words or none."""
    is_linked = any(map(_leads_home, _list_links(h1)))
    return is_linked and (_contains_other(h1.text, title) or not title_overlap(h1.text, title))


def _leads_home(href: str) -> bool:
    parts = split_any(href)
    return any(parts) and parts.path in ("", "/") and "#" not in href


def _list_links(block: RawBlock) -> Iterator[str]:
    """Yield the targets of the links of a block that have text."""
    opened = None
    for piece, tag, href in block.marks:
        if tag == "a":
            opened = (piece, href)
        elif tag == "/a" and opened is not None and opened[1] and piece > opened[0]:
            yield opened[1]


def drop_section_headings(h1s: Sequence[Landmark], classified: ClassifiedBlocks, evidence: EvidenceCollector) -> None:
    """Remove `h1` texts that follow much of the article from *evidence*: they are section headings."""
    above: set[str] = set()
    below: set[str] = set()
    for landmark in h1s[:MAX_HEADINGS]:
        size = sum(len(block.text) for block in classified.blocks[classified.first or 0 : landmark.block] if block.kept)
        (above if size < MAX_ABOVE else below).add(clean_line(landmark.text))
    values = evidence.by_field.get("headline", [])
    others = [value for value in values if value.source != SOURCE or value.value not in below - above]
    if others:
        evidence.by_field["headline"] = others


def read_nearby_fields(
    scan: DomScan, classified: ClassifiedBlocks, headline: Landmark | None, evidence: EvidenceCollector, url: str
) -> None:
    """Add the dates and authors visible near headline and text; a page without any block has neither."""
    if not scan.blocks:
        return
    first = classified.first if classified.first is not None else len(scan.blocks)
    start = min(headline.block, first) if headline is not None else first
    below = headline.block if headline is not None and headline.block - first <= MAX_BLOCKS_ABOVE else first
    header = _find_end_of_header(classified, max(first, below))
    top = range(max(0, start - BEFORE_HEADLINE), max(header, max(first, below) + AFTER_START))
    last = classified.last or 0
    end = max(last + 1, classified.last_teaser + 1, top.stop)
    nearby = NearbyBlocks(scan, classified.zones, top, range(end, end + AFTER_START), last + 1, split_any(url).hostname)
    read_dates(nearby, evidence)
    read_authors(nearby, evidence)


def _find_end_of_header(classified: ClassifiedBlocks, first: int) -> int:
    """Return the index of the block with which the text goes on behind the standfirst, or *first* if it is far."""
    behind = range(first + 1, min(first + 1 + MAX_HEADER_BLOCKS, len(classified.blocks)))
    return next((index for index in behind if classified.blocks[index].kept), first)


def _contains_other(one: str, other: str) -> bool:
    """Return whether one text contains the other, ignoring case."""
    one, other = one.casefold(), other.casefold()
    return bool(one) and bool(other) and (one in other or other in one)
