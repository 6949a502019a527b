"""What stands visibly around the article: its headline; its dates and its byline are read where that is."""

from __future__ import annotations

from collections.abc import Sequence

from newscrawl.extraction.body.classify import ClassifiedBlocks
from newscrawl.extraction.html.scan import DomScan, Landmark
from newscrawl.extraction.metadata.bylines import SOURCE, Around, read_authors
from newscrawl.extraction.metadata.evidence_book import EvidenceBook
from newscrawl.extraction.metadata.meta_tags import META
from newscrawl.extraction.metadata.visible_dates import read_dates
from newscrawl.fields.headlines import title_overlap
from newscrawl.text.clean import clean_line

MAX_HEADINGS = 3
MAX_ABOVE = 500
"""Characters of the article above its headline: a standfirst, a caption, a note on how the site earns its money."""
BEFORE_HEADLINE, AFTER_START = 8, 4
"""Blocks before the headline and after the text's start in which a byline may stand."""


def read_headline(scan: DomScan, book: EvidenceBook) -> list[Landmark]:
    """Add the page's `h1` texts to *book*; gives them with their places, the likeliest headline first."""
    spots = [
        Landmark(block.node, index, block.text)
        for index, block in enumerate(scan.blocks)
        if block.tag == "h1" and len(block.text) <= 400
    ]
    stated = book.first("headline") or book.first("page_title") or ""
    if len(spots) > 1:
        spots.sort(
            key=lambda spot: (not _alike(spot.text, stated), -round(title_overlap(spot.text, stated), 1), spot.block)
        )
    for spot in spots[:MAX_HEADINGS]:
        book.add("headline", spot.text, SOURCE)
    book.add("headline", book.first("page_title"), META)
    return spots


def leave_out_section_headings(headlines: Sequence[Landmark], judged: ClassifiedBlocks, book: EvidenceBook) -> None:
    """Take the headings that much of the article stands above out of *book*: they are those of its sections."""
    above: set[str] = set()
    below: set[str] = set()
    for spot in headlines[:MAX_HEADINGS]:
        size = sum(len(block.text) for block in judged.blocks[judged.first or 0 : spot.block] if block.kept)
        (above if size < MAX_ABOVE else below).add(clean_line(spot.text))
    values = book.evidence.get("headline", [])
    others = [value for value in values if value.source != SOURCE or value.value not in below - above]
    if others:
        book.evidence["headline"] = others


def read_around(scan: DomScan, judged: ClassifiedBlocks, headline: Landmark | None, book: EvidenceBook) -> None:
    """Add dates and authors that stand between headline and text, or beside them, to *book*."""
    first = judged.first if judged.first is not None else len(scan.blocks)
    start = min(headline.block, first) if headline is not None else first
    near = range(max(0, start - BEFORE_HEADLINE), first + AFTER_START)
    end = max((judged.last or 0) + 1, near.stop)
    around = Around(near, range(end, end + AFTER_START))
    read_dates(scan, judged, around, book)
    read_authors(scan, judged, around, book)


def _alike(one: str, other: str) -> bool:
    one, other = one.casefold(), other.casefold()
    return bool(one) and bool(other) and (one in other or other in one)
