"""Extract the fields visible near the article: headline, dates and authors."""

from __future__ import annotations

from collections.abc import Sequence

from newscrawl.extraction.body.classify import ClassifiedBlocks
from newscrawl.extraction.html.scan import DomScan, Landmark
from newscrawl.extraction.metadata.bylines import SOURCE, NearbyBlocks, read_authors
from newscrawl.extraction.metadata.evidence_collector import EvidenceCollector
from newscrawl.extraction.metadata.meta_tags import META
from newscrawl.extraction.metadata.visible_dates import read_dates
from newscrawl.fields.headlines import title_overlap
from newscrawl.text.clean import clean_line

MAX_HEADINGS = 3
MAX_ABOVE = 500
"""Characters of the article above its headline: a standfirst, a caption, an affiliate notice."""
MAX_BLOCKS_ABOVE = 12
"""Blocks of the text above the headline, mostly captions."""
BEFORE_HEADLINE, AFTER_START = 8, 4
"""Blocks before the headline and after the start of the text that may hold a byline."""


def read_headline(scan: DomScan, evidence: EvidenceCollector) -> list[Landmark]:
    """Add the `h1` texts of the page; return them with their positions, the most likely headline first."""
    landmarks = [
        Landmark(block.node, index, block.text)
        for index, block in enumerate(scan.blocks)
        if block.tag == "h1" and len(block.text) <= 400
    ]
    declared = evidence.first("headline") or evidence.first("page_title") or ""
    if len(landmarks) > 1:
        landmarks.sort(
            key=lambda h1: (
                not _contains_other(h1.text, declared),
                -round(title_overlap(h1.text, declared), 1),
                h1.block,
            )
        )
    for landmark in landmarks[:MAX_HEADINGS]:
        evidence.add("headline", landmark.text, SOURCE)
    evidence.add("headline", evidence.first("page_title"), META)
    return landmarks


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
    scan: DomScan, classified: ClassifiedBlocks, headline: Landmark | None, evidence: EvidenceCollector
) -> None:
    """Add the dates and authors visible near headline and text."""
    first = classified.first if classified.first is not None else len(scan.blocks)
    start = min(headline.block, first) if headline is not None else first
    below = headline.block if headline is not None and headline.block - first <= MAX_BLOCKS_ABOVE else first
    top = range(max(0, start - BEFORE_HEADLINE), max(first, below) + AFTER_START)
    end = max((classified.last or 0) + 1, top.stop)
    nearby = NearbyBlocks(scan, classified.zones, top, range(end, end + AFTER_START))
    read_dates(nearby, evidence)
    read_authors(nearby, evidence)


def _contains_other(one: str, other: str) -> bool:
    """Return whether one text contains the other, ignoring case."""
    one, other = one.casefold(), other.casefold()
    return bool(one) and bool(other) and (one in other or other in one)
