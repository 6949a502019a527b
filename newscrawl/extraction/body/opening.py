"""Find the lines above a text that are not part of it: the headline once more, a byline, the way to the page."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import takewhile

from newscrawl.evidence import Block
from newscrawl.extraction.body.classify import ClassifiedBlocks
from newscrawl.extraction.body.container import ends_clause
from newscrawl.extraction.body.date_lines import is_date_line
from newscrawl.fields.headlines import get_name_key, split_at_separators
from newscrawl.fields.name_lists import word_pattern
from newscrawl.fields.people import split_names

HEADLINE, ABOVE_HEADLINE, BYLINE, DATE_LINE = "headline", "above-headline", "byline", "date-line"
SHORT = "short"
MAX_LINES = 8
"""Kept blocks at the start of the text that are looked at."""
MIN_PARAGRAPHS = 2
"""Blocks that must be left."""
MIN_PART = 10
"""Letters of a part of the page's title that a line repeats; East Asian characters count like others."""
MAX_TITLE = 300
MAX_ABOVE = 80
"""Characters of a line above the headline: a section, a trail, the number of the issue."""
MAX_BYLINE = 120
"""Characters of a line that names an author."""
MIN_NAME = 5
_ADDITION = re.compile(r"[,|/(–—-]")
"""What stands between a name and a title or a place."""


def find_opening_lines(blocks: Sequence[Block], titles: Iterable[str], authors: Sequence[str]) -> dict[int, str]:
    """Return the index of each kept block above the text that is not part of it, with the reason to remove it.

    *titles* are the headlines that the page declares or shows, *authors* the bylines and the people that it names. A
    headline that stands above these lines already is left: the text repeats it.
    """
    kept = [index for index, block in enumerate(blocks) if block.kept][:-MIN_PARAGRAPHS]
    if not kept:
        return {}
    opening = range(kept[0], kept[:MAX_LINES][-1] + 1)
    above = {get_name_key(block.text) for block in blocks[: kept[0]] if len(block.text) <= MAX_TITLE}
    keys = _get_keys(titles) - above
    found: dict[int, str] = {}
    for index in opening:
        block = blocks[index]
        if not block.kept and block.reason != HEADLINE:
            continue
        reason = _get_reason(block.text.split("\n"), keys, authors)
        if reason is None:
            break
        if reason == HEADLINE:
            found |= {before: ABOVE_HEADLINE for before in kept if before < index and before not in found}
        if reason != SHORT and block.kept:
            found[index] = reason
    return {index: found[index] for index in takewhile(found.__contains__, kept)}


def _get_reason(lines: Sequence[str], keys: Collection[str], authors: Sequence[str]) -> str | None:
    """Return what the lines of a block are, SHORT if only the following blocks can tell, or None for text."""
    reasons = [_get_line_reason(line, keys, authors) for line in lines]
    if None in reasons:
        return None
    return next((reason for reason in (HEADLINE, BYLINE, DATE_LINE) if reason in reasons), SHORT)


def _get_line_reason(line: str, keys: Collection[str], authors: Sequence[str]) -> str | None:
    if get_name_key(line) in keys:
        return HEADLINE
    if is_date_line(line, authors):
        return DATE_LINE
    if is_byline(line, authors):
        return BYLINE
    return None if len(line) > MAX_ABOVE or ends_clause(line) else SHORT


def drop_opening_lines(classified: ClassifiedBlocks, titles: Iterable[str], bylines: Sequence[str]) -> None:
    """Remove the lines above the text, once the headlines and the *bylines* of the page are known."""
    authors = [*bylines, *(name for byline in bylines for name in split_names(byline))]
    for index, reason in find_opening_lines(classified.blocks, titles, authors).items():
        classified.blocks[index] = replace(classified.blocks[index], kept=False, reason=reason, html="")
    classified.first = next((index for index, block in enumerate(classified.blocks) if block.kept), None)


def is_byline(text: str, authors: Iterable[str]) -> bool:
    """Return whether a line is "By" and one of *authors*, or the name and a title or a place."""
    if len(text) > MAX_BYLINE:
        return False
    by = word_pattern("by", before=True).match(text)
    rest = text[by.end() :] if by else text
    for name in authors:
        if len(name) >= MIN_NAME and rest.casefold().startswith(name.casefold()):
            after = rest[len(name) :].strip()
            return not after or (not ends_clause(after) and (by is not None or bool(_ADDITION.match(after))))
    return False


def _get_keys(titles: Iterable[str]) -> frozenset[str]:
    """Return the keys of *titles* and of their parts."""
    keys = set()
    for title in titles:
        keys.add(get_name_key(title))
        for before, after in split_at_separators(title):
            keys.update(key for part in (before, after) if len(key := get_name_key(part)) >= MIN_PART)
    return frozenset(keys - {""})
