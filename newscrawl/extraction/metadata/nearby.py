"""Blocks near the article that may hold a byline or a date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newscrawl.boilerplate.lines import match_line
from newscrawl.extraction.body.rules import HEADINGS
from newscrawl.extraction.html.scan import DomScan, RawBlock
from newscrawl.fields.name_kinds import are_people
from newscrawl.fields.people import is_label, is_labelled, names_in_line

SOURCE = "dom"
Zones = frozenset[str | None]
MAX_BYLINE = 160
NEUTRAL_ZONES: Zones = frozenset({None, "byline", "share"})
SIDE_ZONES: Zones = frozenset({"aside", "page-frame", "promotion", "info-box", "ad-slot"})
"""Zones named after the page layout, not their contents; searched if no other zone has a byline."""


@dataclass(frozen=True, slots=True)
class NearbyBlocks:
    """Where to look for bylines and dates."""

    scan: DomScan
    zones: Sequence[str | None]
    """For each node, its zone."""
    top: range
    """Indexes of blocks around the headline and the start of the text."""
    below: range
    """Indexes of blocks right below the text."""
    end: int
    """Index of the block behind the last one of the text."""
    host: str | None = None
    """The site's."""


def iter_short_lines(nearby: NearbyBlocks, zones: Zones) -> Iterator[RawBlock]:
    """Yield short lines near headline and text; headings only if they label or name an author ("Author", "By Ann")."""
    blocks, has_comments = nearby.scan.blocks, False
    for index in (*nearby.top, *nearby.below):
        block = blocks[index] if index < len(blocks) else None
        if block is None or len(block.text) > MAX_BYLINE:
            continue
        zone = nearby.zones[block.node]
        # The footer of the page may stand behind the comments.
        has_comments = has_comments or (index in nearby.below and is_title_of_comments(block))
        if has_comments and zone in NEUTRAL_ZONES:
            continue
        if zone not in zones and not (zone == "caption" and _is_credited_author(block)):
            continue
        if block.tag not in HEADINGS or is_label(block.text) or are_people(names_in_line(block.text)):
            yield block


def is_title_of_comments(block: RawBlock) -> bool:
    """Return whether a block is a heading such as "Comments" or "2 comments:"."""
    return block.tag in HEADINGS and match_line(block.text.rstrip(" :")) in ("comments", "counter")


def _is_credited_author(block: RawBlock) -> bool:
    """Return whether a block is named like a photo credit, and names the author."""
    return block.tag == "address" or (block.tag != "figcaption" and is_labelled(block.text))
