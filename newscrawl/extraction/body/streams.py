"""Find streams of teasers below the text: linked headlines, each with a summary of another article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from newscrawl.extraction.body.container import Layout, SubtreeSums
from newscrawl.extraction.html.scan import BREAK, DomScan, RawBlock
from newscrawl.text.clean import weight
from newscrawl.text.fold import fold_word_characters as fold

MIN_TEASERS = 3
MIN_HEADLINE = 15
"""Characters of a linked headline; here and below, characters of dense scripts count double."""
MAX_SUMMARY = 320
MIN_PARAGRAPHS, MIN_TEXT = 3, 400
"""Paragraphs of the text above a stream, and their characters; it must not be shorter than the stream either."""
MIN_LINK_SHARE = 0.66
"""Share of linked characters in a headline: a date or section may stand before it."""
MAX_STREAMS = 4
MAX_CHILDREN = 60
"""Teasers of one stream that are looked at."""
_NUMBER = re.compile(r"\d{1,6}")
_ADDRESS_ON_SITE = re.compile(r"(?!#|[a-z]+:|//|\?|$)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?:)?//(?:www\.)?([^/?#:]+)", re.IGNORECASE)


def find_streams(
    scan: DomScan, layout: Layout, reasons: Sequence[str | None], host: str, article_body: str
) -> set[int]:
    """Return the indexes of the blocks of streams after the last text of the article.

    *reasons* are those of the removals so far, *host* is the host of the page, and text in *article_body*, the
    declared body, is no teaser.
    """
    kept = [index for index, reason in enumerate(reasons) if reason is None]
    found: set[int] = set()
    for _ in range(MAX_STREAMS):
        if not kept or (stream := _find_stream(scan, layout, kept, host, article_body)) is None:
            break
        found.update(stream)
        kept = [index for index in kept if index < stream.start]
    return found


def _find_stream(scan: DomScan, layout: Layout, kept: Sequence[int], host: str, article_body: str) -> range | None:
    """Return the longest range of blocks that is a stream and holds the last of the *kept* blocks."""
    counts = SubtreeSums(scan, [1] * len(scan.blocks))
    best = None
    for first, last in _iter_candidates(scan, scan.blocks[kept[-1]].node):
        blocks = range(counts.before[first], counts.before[last + 1])
        if len(blocks) <= MIN_TEASERS * MAX_CHILDREN and _is_stream(scan, layout, blocks, host):
            above = [layout.sizes[index] for index in kept if index < blocks.start and layout.sizes[index]]
            size = sum(layout.sizes[index] for index in kept if index >= blocks.start)
            if len(above) < MIN_PARAGRAPHS or sum(above) < max(MIN_TEXT, size):
                break
            declared = fold(article_body)
            if not any(fold(scan.blocks[i].text) in declared for i in kept if i in blocks and layout.sizes[i]):
                best = blocks
    return best


def _iter_candidates(scan: DomScan, node: int) -> Iterator[tuple[int, int]]:
    """Yield first and last node of the elements around *node*, and of the siblings of the same kind before them."""
    nodes = scan.nodes
    while node > 0:
        parent, start = nodes[node].parent, node
        if parent >= 0 and nodes[node].tag != "p":
            children, child = [], parent + 1
            while child <= node:
                children.append(child)
                child = nodes[child].last + 1
            for child in reversed(children[-MAX_CHILDREN:]):
                if (nodes[child].tag, nodes[child].classes) != (nodes[node].tag, nodes[node].classes):
                    break
                start = child
        if start != node:
            yield start, nodes[node].last
        node = parent
        if node > 0:
            yield node, nodes[node].last


def _is_stream(scan: DomScan, layout: Layout, blocks: range, host: str) -> bool:
    """Return whether linked headlines and summaries alternate in a range of blocks, with nothing but labels besides."""
    addresses: set[str] = set()
    numbers: list[int] = []
    summaries, has_summary = 0, True
    for index in blocks:
        block = scan.blocks[index]
        address = _get_address(block, host)
        if address is not None:
            has_summary = "\n" in block.text
            summaries += has_summary
            addresses.add(address)
            numbers.extend(int(match[0]) for match in [_NUMBER.search(block.text)] if match)
        elif layout.sizes[index]:
            if has_summary or weight(block.text) > MAX_SUMMARY:
                return False
            has_summary = True
            summaries += 1
        if weight(block.text) > 2 * MAX_SUMMARY:
            return False
    is_numbered = len(numbers) >= MIN_TEASERS and all(after == one + 1 for one, after in pairwise(numbers))
    return min(summaries, len(addresses)) >= MIN_TEASERS and not is_numbered


def _get_address(block: RawBlock, host: str) -> str | None:
    """Return the address on the site that a headline, or the first line of a block, links to."""
    address = next((href for _, tag, href in block.marks if tag == "a" and href), "").strip()
    if not _ADDRESS_ON_SITE.match(address) and not ((at := _ADDRESS.match(address)) and at[1].lower() == host):
        return None
    headline, _, summary = block.text.partition("\n")
    if weight(headline) < MIN_HEADLINE:
        return None
    if summary:
        end = next((at for at, tag, _ in block.marks if tag == "/a"), 0)
        linked = " ".join("".join(block.pieces[:end]).replace(BREAK, " ").split())
        return address if linked == headline else None
    return address if block.link_chars >= MIN_LINK_SHARE * len(headline) else None
