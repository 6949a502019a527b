"""Find the authors in lines that no element marks as a byline, such as names right below the headline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from newscrawl.boilerplate.lines import match_line
from newscrawl.extraction.body.rules import HEADINGS
from newscrawl.extraction.html.scan import RawBlock
from newscrawl.extraction.metadata.evidence_collector import EvidenceCollector
from newscrawl.extraction.metadata.nearby import (
    MAX_BYLINE,
    NEUTRAL_ZONES,
    SOURCE,
    NearbyBlocks,
    is_title_of_comments,
)
from newscrawl.fields.date_search import find_dates
from newscrawl.fields.headlines import get_name_key
from newscrawl.fields.name_kinds import are_people, is_author_page, names_a_role
from newscrawl.fields.name_lists import word_pattern
from newscrawl.fields.people import is_label, names_in_line, split_names
from newscrawl.urls.parse import get_url_host

MORE_BLOCKS = 8
"""Blocks before the end of the text in which the box about the author may begin."""
MAX_NAME_LINES = 4
"""Blocks behind the headline that may be a line with the author's name only."""
MIN_PROSE = 80
"""Characters of a block in which a name is that of somebody in the news, and not of the author."""
MAX_LEFT_OUT = 6
"""Characters of a part that are no name: " and ", a comma."""
_BARS = re.compile(r"[|•·\n]|\s[-–—]\s")
_LOWER = re.compile(r"(?<!\w)[^\W\d_A-Z]{3,}")
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_DATE_LABEL = re.compile(r"[^\W\d_]+")
MORE_INSIDE, NEAR_END = 12, 4
"""Blocks before the end of the text in which a line with "By" may stand; and in which a line with a name alone may."""
MAX_BOX_NAME, MIN_ABOUT = 60, 50
"""Characters of a name in an author box, and of the text about the author."""
OTHER_ZONES = frozenset({"related", "comments", "newsletter", "ad-slot", "tags", "caption", "embed"})
CAPITALISING = frozenset({"en", "de"})
"""Languages in which headings such as "Article Sources" look like names."""
MAX_BETWEEN, MAX_ZONED = 3, 8
"""Lines behind one with a name that may be the date, and blocks among which they are."""
_READING_TIME = re.compile(r"\d+\s?(?:min|мин|хв|λεπτ|dk|dakika|phút|menit|perc|دق|मिनट|分|분)", re.IGNORECASE)
MAX_DATE_LINE = 60
_BRACKETED_NAME = re.compile(
    r"[【（][\u3400-\u9fff々\u3040-\u30ff]{1,5}[ \u3000]?[\u3400-\u9fff々\u3040-\u30ff]{1,5}[】）]"
)
"""How Japanese newspapers sign a report."""
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_NAMED = re.compile(r"author|byline|autor|auteur|writer|reporter|journalist|(?<![a-z])name(?![a-z])", re.IGNORECASE)


def read_name_line(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the names of a line right below the headline that is only names, or names and a date.

    A section or a topic looks the same. So something must show that the names are those of authors (see _is_supported),
    no word of a name may appear in lower case on the page, and no name in its titles or sentences.
    """
    topics, blocks = _Topics(nearby, evidence), nearby.scan.blocks
    for index in _find_lines_below_headline(nearby, evidence):
        names = get_names_in_line(blocks[index])
        if names and _is_supported(index, names, nearby) and not topics.has_any(names, except_in=index):
            for name in names:
                evidence.add("authors", name, SOURCE)
            return


class _Topics:
    """Tells names from topics: those of a page's titles and sentences."""

    def __init__(self, nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
        fields = ("headline", "page_title", "article_section", "keywords", "publisher")
        self._titles = " ".join(get_name_key(text) for name in fields for text in evidence.all(name))
        self._blocks = nearby.scan.blocks[: max(nearby.end, nearby.top.stop)]
        """Without those below the text, in which the author is described."""

    def has_any(self, names: Sequence[str], *, except_in: int | None = None) -> bool:
        """Return whether a title or sentence of the page has one of *names*, or a word of them in lower case.

        The names themselves may stand in the block *except_in*.
        """
        if any(get_name_key(name) in self._titles for name in names):
            return True
        blocks = self._blocks
        prose = [block.text for at, block in enumerate(blocks) if len(block.text) >= MIN_PROSE and at != except_in]
        words = {word.casefold() for name in names for word in _LETTERS.findall(name)}
        if any(name in text[1:] for name in names for text in prose):
            return True
        return any(word in words for text in prose for word in _LOWER.findall(text))


def _is_supported(index: int, names: Sequence[str], nearby: NearbyBlocks) -> bool:
    """Return whether a line of names is an author's.

    The line joins several names with "and", it has the date, the date or the reading time follows it, a block below the
    text begins with the name, or the element is named so. For a link, which may be that of a section, that block must
    be a text about the author, or the link must lead to another site or to an author page; then the date may stand
    before it, too.
    """
    blocks = nearby.scan.blocks
    block = blocks[index]
    below = blocks[max(index + 1, nearby.below.start - MORE_BLOCKS) :]
    is_linked = _is_linked(block, names[:1])
    min_about = MIN_ABOUT if is_linked else 0
    if any(other.text.startswith(names[0]) and len(other.text) >= min_about for other in below):
        return True
    if not is_linked and len(names) > 1 and get_joined_people(block.text) == names:
        return True
    if is_linked and not _leads_to_profile(block, nearby.host):
        return False
    before, behind = _list_lines_beside(index, nearby)
    lines = (block.text, *behind, *(before if is_linked else ()))
    if any(len(text) <= MAX_DATE_LINE and _shows_time(text) for text in lines):
        return True
    return not is_linked and bool(_NAMED.search(nearby.scan.nodes[block.node].classes))


def _shows_time(text: str) -> bool:
    return next(find_dates(text), None) is not None or _READING_TIME.search(text) is not None


def _leads_to_profile(block: RawBlock, host: str | None) -> bool:
    """Return whether a link leads to another site, where sections of this one are not, or to an author page."""
    links = [href for _, tag, href in block.marks if tag == "a" and href]
    return any(is_author_page(href) or get_url_host(href) not in ("", host) for href in links)


def _list_lines_beside(index: int, nearby: NearbyBlocks) -> tuple[list[str], list[str]]:
    """Return the line before a block, and the next ones, without those in zones."""
    blocks = nearby.scan.blocks
    parts = blocks[max(0, index - MAX_ZONED) : index], blocks[index + 1 : index + MAX_ZONED]
    before, behind = ([one.text for one in part if nearby.zones[one.node] in NEUTRAL_ZONES] for part in parts)
    return before[-1:], behind[:MAX_BETWEEN]


def _find_lines_below_headline(nearby: NearbyBlocks, evidence: EvidenceCollector) -> Iterator[int]:
    """Yield the indexes of the few short lines between the headline and the text."""
    titles = {get_name_key(text) for text in evidence.all("headline")}
    blocks = nearby.scan.blocks
    top = [index for index in nearby.top if index < len(blocks)]
    headline = next((i for i in top if blocks[i].tag == "h1" or get_name_key(blocks[i].text) in titles), None)
    behind = () if headline is None else range(headline + 1, top[-1] + 1)
    for index in islice((at for at in behind if nearby.zones[blocks[at].node] in NEUTRAL_ZONES), MAX_NAME_LINES):
        if blocks[index].tag not in HEADINGS and len(blocks[index].text) <= MAX_BYLINE:
            yield index


def get_names_in_line(block: RawBlock) -> list[str]:
    """Return the names in a line that is nothing but names, a role and a date; [] if it has anything else.

    Behind the names, there may be links to categories, and the number of comments.
    """
    names = _get_names(block.text, _list_link_texts(block)) if len(block.text) <= MAX_BYLINE else []
    return [] if block.link_chars < len(block.text) // 2 and _is_linked(block, names) else names


def _get_names(text: str, links: Sequence[str]) -> list[str]:
    for date in find_dates(text):
        text = text.replace(date, "|", 1)
    names: list[str] = []
    for part in _BARS.split(text):
        if part.strip(" :") and not _DATE_LABEL.fullmatch(part.strip(" :")):
            if (names and _is_appendix(part, links)) or _READING_TIME.search(part):
                continue
            if not (found := get_people_in(part)):
                return []
            names += found
    return names


def _is_appendix(part: str, links: Sequence[str]) -> bool:
    """Return whether a part of a line behind a name is a role, a link or the number of comments."""
    return names_a_role(part) or part.strip() in links or match_line(part) in ("comments", "counter")


def _is_linked(block: RawBlock, names: Sequence[str]) -> bool:
    """Return whether one of *names* is in a link of the block, or all of the block is inside a link."""
    links = _list_link_texts(block)
    return any(name in " ".join(links) for name in names) or block.link_chars > sum(map(len, links))


def _list_link_texts(block: RawBlock) -> list[str]:
    """Return the texts of the links of a block."""
    texts, opened = [], None
    for piece, tag, _ in block.marks:
        if tag == "a":
            opened = piece
        elif tag == "/a" and opened is not None:
            texts.append(" ".join("".join(block.pieces[opened:piece]).split()))
            opened = None
    return texts


def get_people_in(text: str) -> list[str]:
    """Return the names in a text that has nothing else."""
    names = split_names(text)
    return names if are_people(names) and len(", ".join(names)) + MAX_LEFT_OUT >= len(text) else []


def get_joined_people(text: str) -> list[str]:
    """Return the names in a text that has nothing else, and joins the last two with "and" or "&"."""
    is_joined = " & " in text or word_pattern("and", between=True).search(text)
    return get_people_in(text) if is_joined else []


def read_distant_lines(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the people in a line with "By" inside the text, at its end or below it; else the one of an author box."""
    blocks, zones = nearby.scan.blocks, nearby.zones
    start, stop = nearby.below.start, min(nearby.below.stop + MORE_BLOCKS, len(blocks))
    above = range(nearby.top.stop, min(nearby.top.stop + MORE_BLOCKS, start))
    topics = _Topics(nearby, evidence)
    people: list[str] = []
    has_comments = False
    for index in (*above, *range(max(above.stop, start - MORE_INSIDE), stop)):
        block, zone = blocks[index], zones[blocks[index].node]
        if zone is not None and zone in OTHER_ZONES:
            continue
        if index >= nearby.below.stop and block.tag in HEADINGS and block.link_chars:
            break
        # The footer of the page may stand behind the comments.
        has_comments = has_comments or (index >= start and is_title_of_comments(block))
        if has_comments and zone in NEUTRAL_ZONES:
            continue
        if len(block.text) > MAX_BYLINE:
            continue
        labelled = index > 0 and block.tag not in HEADINGS and is_label(blocks[index - 1].text)
        names = get_people_in(block.text) if labelled else names_in_line(block.text)
        if (are_people(names) or _are_caseless(names)) and not topics.has_any(names):
            for name in names:
                evidence.add("authors", name, SOURCE)
            return
        is_near = index >= start - NEAR_END or block.tag in HEADINGS or zone == "byline"
        if is_near and index + 1 < len(blocks) and _is_author_bio(block, blocks[index + 1]):
            people += split_names(block.text)
    # A list of people looks like several notes about authors.
    if len(set(people)) != 1:
        people = _get_signature(nearby, evidence.first("in_language") or "")
    if people and not topics.has_any(people):
        evidence.add("authors", people[0], SOURCE)


def _get_signature(nearby: NearbyBlocks, language: str) -> list[str]:
    """Return the one name in one of the last two lines of the text; [] if there is none."""
    for block in nearby.scan.blocks[max(0, nearby.end - 2) : nearby.end]:
        if nearby.zones[block.node] not in NEUTRAL_ZONES or block.tag in HEADINGS or block.link_chars:
            continue
        # A line about the photographer may follow.
        line = block.text.partition("\n")[0]
        names = get_people_in(line) if len(block.text) <= 2 * MAX_BOX_NAME and len(line) <= MAX_BOX_NAME else []
        names = names if len(line) == len(block.text) or not split_names(block.text[len(line) + 1 :]) else []
        is_explicit = language[:2] not in CAPITALISING if language else bool(_CYRILLIC.search(line))
        if len(names) == 1 and is_explicit:
            return names
        if _BRACKETED_NAME.fullmatch(block.text):
            return [block.text[1:-1]]
    return []


def _are_caseless(names: Sequence[str]) -> bool:
    """Return whether names are in a script without capitals, in which nothing else tells that they are people."""
    return bool(names) and all(name.lower() == name.upper() for name in names)


def _is_author_bio(block: RawBlock, following: RawBlock) -> bool:
    """Return whether a block is one person's name, and the next one a text about that person."""
    if len(block.text) > MAX_BOX_NAME or len(following.text) < MIN_ABOUT:
        return False
    names = split_names(block.text)
    return len(names) == 1 and following.text.startswith(names[0]) and are_people(names)
