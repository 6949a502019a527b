"""Extract authors visible near the article: bylines, links to author pages, lines that begin with "By"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from lxml import etree

from newscrawl.extraction.body.rules import HEADINGS
from newscrawl.extraction.html.elements import INLINE_TAGS
from newscrawl.extraction.html.scan import DomScan, RawBlock, get_text
from newscrawl.extraction.metadata.evidence_collector import EvidenceCollector
from newscrawl.fields.date_search import find_dates
from newscrawl.fields.headlines import get_name_key
from newscrawl.fields.name_kinds import (
    DOUBTFUL_AUTHORS,
    are_accounts,
    are_logins,
    are_people,
    is_author_page,
    names_a_role,
    names_only_site,
)
from newscrawl.fields.people import begins_with_by, is_label, names_in_line, split_names

SOURCE = "dom"
DECLARED = frozenset({"json-ld", "opengraph", "meta"})
Zones = frozenset[str | None]
MAX_BYLINE = 160
MAX_NAME_LINE = 60
NEUTRAL_ZONES: Zones = frozenset({None, "byline", "share"})
SIDE_ZONES: Zones = frozenset({"aside", "page-frame", "promotion", "info-box", "ad-slot"})
"""Zones named after the page layout, not their contents; searched if no other zone has a byline."""
NAME_TAGS = ("a", "span", "address", "p", "div")
MAX_PARTS = 60
MAX_LEVELS = 8
MIN_LINKED_TITLE = 40
"""Characters of a link that is the headline of another article."""
MAX_LINKS = 4
MORE_BLOCKS = 8
"""Blocks before the end of the text in which the box about the author may begin."""
MAX_NAME_LINES = 4
"""Blocks behind the headline that may be a line with the author's name only."""
MIN_PROSE = 80
"""Characters of a block in which a name is that of somebody in the news, and not of the author."""
MAX_TEASER_LEVELS, MAX_SIDE_LEVELS = 5, 3
"""Levels above a date, and above a byline beside the article, where a teaser's title is looked for."""
_NAMED = re.compile(
    r"(?<![a-z])(?:author|byline|autor|auteur|writer|verfasser|journalist|reporter|contributor|creator"
    r"|yazar|penulis|forfatter|skribent|szerzo|avtor|toimittaja)(?!-?(?:box|bio))"
)
_BARS = re.compile(r"[|•·\n]|\s[-–—]\s")
_LOWER = re.compile(r"(?<!\w)[^\W\d_A-Z]{3,}")
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_DATE_LABEL = re.compile(r"[^\W\d_]+")
MAX_LEFT_OUT = 6
"""Characters of a part that are no name: " and ", a comma."""
_NAME_CLASS = re.compile(r"(?:author|byline)[-_]{0,2}(?:name|link)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NearbyBlocks:
    """Blocks near the article that may hold a byline or a date."""

    scan: DomScan
    zones: Sequence[str | None]
    """For each node, its zone."""
    top: range
    """Indexes of blocks around the headline and the start of the text."""
    below: range
    """Indexes of blocks right below the text."""


def read_authors(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the authors named near headline and text; search less likely places only if nobody but the site is named."""
    _add_missing_names(nearby, evidence)
    _read_bylines(nearby, NEUTRAL_ZONES, evidence)
    if evidence.all(DOUBTFUL_AUTHORS):
        # Teasers below the text do not refute a declared name.
        nearby = replace(nearby, below=range(nearby.below.start, nearby.below.start))
    _complete_bylines(nearby, evidence)
    for read, zones in ((_read_lines, NEUTRAL_ZONES), (_read_bylines, SIDE_ZONES), (_read_lines, SIDE_ZONES)):
        if _has_people(evidence):
            return
        read(nearby, zones, evidence)
    if not _has_people(evidence):
        _read_name_line(nearby, evidence)


def _has_people(evidence: EvidenceCollector) -> bool:
    doubtful = set(map(get_name_key, evidence.all(DOUBTFUL_AUTHORS)))
    names = [name for text in evidence.all("authors") for name in split_names(text)]
    names = [name for name in names if get_name_key(name) not in doubtful]
    return bool(names) and not are_logins(names) and not names_only_site(names, evidence.first("publisher"), None)


def _add_missing_names(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the declared names of which the page shows not even the family name to those that may be wrong."""
    for value in islice(evidence.by_field.get("authors", ()), MAX_LINKS):
        for name in split_names(value.value) if value.source in DECLARED else ():
            if are_people([name]) and not _appears(name.split()[-1], nearby.scan):
                evidence.add(DOUBTFUL_AUTHORS, name, value.source)


def _appears(word: str, scan: DomScan) -> bool:
    if any(word in block.text for block in scan.blocks):
        return True
    folded = word.casefold()
    return any(
        folded in get_text(element, " ", max_length=MAX_BYLINE).casefold() for _, _, element in scan.bylines
    ) or any(folded in block.text.casefold() for block in scan.blocks)


def _complete_bylines(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add a line such as "By Ann Lee and Bo Diaz" if only some of its names are known, as those that are links."""
    values = [value.value for value in evidence.by_field.get("authors", ()) if value.source == SOURCE]
    known = {name for text in values for name in split_names(text)}
    keys = set(map(get_name_key, known))
    for block in _iter_short_lines(nearby, NEUTRAL_ZONES) if known else ():
        is_longer = all(name in block.text for name in known) and len(block.text) > max(map(len, values))
        names = names_in_line(block.text) if is_longer else []
        if len(names) > 1 and keys < set(map(get_name_key, names)) and are_people(names):
            others = [value for value in evidence.by_field["authors"] if value.source != SOURCE]
            evidence.by_field["authors"] = others
            evidence.add("authors", ", ".join(names), SOURCE)
            return


def _read_name_line(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the names of a line right below the headline that is only names, or names and a date.

    A section or a topic looks the same. So a block below the text must begin with the name, as that of an author box,
    or the line must hold the date; no word of a name may appear in lower case on the page, and no name in its titles or
    sentences.
    """
    topics = ("headline", "page_title", "article_section", "keywords", "publisher")
    titles = " ".join(get_name_key(text) for name in topics for text in evidence.all(name))
    blocks = nearby.scan.blocks
    prose = [block.text for block in blocks if len(block.text) >= MIN_PROSE]
    for index in _find_lines_below_headline(nearby, evidence):
        names = _get_names_in_line(blocks[index])
        if not names or any(get_name_key(name) in titles for name in names):
            continue
        is_known = any(char.isdigit() for char in blocks[index].text) or any(
            block.text.startswith(names[0]) for block in blocks[max(index + 1, nearby.below.start - MORE_BLOCKS) :]
        )
        lower = {word for text in prose for word in _LOWER.findall(text)}
        words = {word.casefold() for name in names for word in _LETTERS.findall(name)}
        if is_known and not words & lower and not any(name in text[1:] for name in names for text in prose):
            for name in names:
                evidence.add("authors", name, SOURCE)
            return


def _find_lines_below_headline(nearby: NearbyBlocks, evidence: EvidenceCollector) -> Iterator[int]:
    """Yield the indexes of the few short lines between the headline and the text."""
    titles = {get_name_key(text) for text in evidence.all("headline")}
    blocks = nearby.scan.blocks
    top = [index for index in nearby.top if index < len(blocks)]
    headline = next((i for i in top if blocks[i].tag == "h1" or get_name_key(blocks[i].text) in titles), None)
    for index in () if headline is None else range(headline + 1, min(headline + 1 + MAX_NAME_LINES, top[-1] + 1)):
        block = blocks[index]
        if block.tag not in HEADINGS and len(block.text) <= MAX_BYLINE and nearby.zones[block.node] in NEUTRAL_ZONES:
            yield index


def _get_names_in_line(block: RawBlock) -> list[str]:
    """Return the names in a line without links that is nothing but names and a date; [] if it has anything else."""
    if len(block.text) > MAX_BYLINE or block.link_chars:
        return []
    text = block.text
    for date in find_dates(text):
        text = text.replace(date, "|", 1)
    names: list[str] = []
    for part in _BARS.split(text):
        if part.strip(" :") and not _DATE_LABEL.fullmatch(part.strip(" :")):
            if not (found := _get_people_in(part)):
                return []
            names += found
    return names


def _get_people_in(text: str) -> list[str]:
    """Return the names in a text that has nothing else."""
    names = split_names(text)
    return names if are_people(names) and len(", ".join(names)) + MAX_LEFT_OUT >= len(text) else []


def _read_bylines(nearby: NearbyBlocks, zones: Zones, evidence: EvidenceCollector) -> None:
    """Add the names in elements marked as author, or else those in other bylines."""
    is_main = zones is NEUTRAL_ZONES
    others = {get_name_key(text) for name in ("headline", "article_section") for text in evidence.all(name)}
    marked: list[str] = []
    unmarked: list[str] = []
    enclosing: etree._Element | None = None
    for node, block, element in nearby.scan.bylines:
        if not (block in nearby.top or block in nearby.below) or nearby.zones[node] not in zones:
            continue
        if enclosing is not None and _is_inside(element, enclosing):
            continue
        if not is_main and is_of_other_article(element, evidence, levels=MAX_SIDE_LEVELS):
            continue
        parts = _find_name_parts(element)
        enclosing = element if parts else enclosing
        for part in parts or [element]:
            text = _get_names(part)
            if text and get_name_key(text) not in others and (is_main or _is_full_name(text)):
                (marked if parts or _is_marked(element, text) else unmarked).append(text)
    if is_main and not any(split_names(text) for text in marked):
        # Unmarked bylines also hold dates, sections and reading times.
        marked = [
            text for text in unmarked if (names := split_names(text)) and not any(are_accounts([n]) for n in names)
        ]
    for text in marked:
        evidence.add("authors", text, SOURCE)


def _is_full_name(text: str) -> bool:
    """Return whether a short text consists of full names, or begins with "By"."""
    if len(text) > MAX_NAME_LINE or any(character.isdigit() for character in text):
        return bool(names_in_line(text))
    names = split_names(text)
    return bool(names) and (begins_with_by(text) or not any(are_accounts([name]) for name in names))


def _is_marked(element: etree._Element, text: str) -> bool:
    return (
        bool(_NAMED.search(" ".join(map(str, element.values())))) or begins_with_by(text) or bool(names_in_line(text))
    )


def _get_names(element: etree._Element) -> str:
    """Return the text of a byline without lines that are only job titles; "" if it is too long for a byline."""
    text = get_text(element, " ", max_length=MAX_BYLINE + 1)
    if len(text) > MAX_BYLINE or text.startswith("©"):
        return ""
    people = [line for line in _split_lines(element) if not names_a_role(line)]
    return " ".join(people) if any(split_names(line) for line in people) else text


def _split_lines(element: etree._Element) -> list[str]:
    """Return the text of each line and block in an element."""
    runs: list[str] = []
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if not isinstance(inner.tag, str):
            continue
        if inner.tag not in INLINE_TAGS:
            runs.append("\n")
        if event == "start":
            runs.append(inner.text or "")
        elif inner is not element:
            runs.append(f" {inner.tail or ''}")
    return [line for line in (" ".join(line.split()) for line in "".join(runs).split("\n")) if line]


def _read_lines(nearby: NearbyBlocks, zones: Zones, evidence: EvidenceCollector) -> None:
    """Add the names in links to author pages, after "By" in a line, or below a line that is only "By"."""
    labelled = False
    for block in _iter_short_lines(nearby, zones):
        if any(tag == "a" and href and is_author_page(href) for _, tag, href in block.marks):
            names = [block.text]
        elif labelled and len(block.text) <= MAX_NAME_LINE:
            names = split_names(block.text)
        else:
            names = names_in_line(block.text)
        labelled = is_label(block.text)
        for name in names:
            if zones is not NEUTRAL_ZONES and not _is_full_name(name):
                continue
            evidence.add("authors", name, SOURCE)


def _iter_short_lines(nearby: NearbyBlocks, zones: Zones) -> Iterator[RawBlock]:
    """Yield short lines near headline and text, without headings unless they label an author ("Author")."""
    blocks = nearby.scan.blocks
    for index in (*nearby.top, *nearby.below):
        block = blocks[index] if index < len(blocks) else None
        if block is None or len(block.text) > MAX_BYLINE:
            continue
        zone = nearby.zones[block.node]
        if zone not in zones and not (zone == "caption" and block.tag == "address"):
            continue
        if block.tag not in HEADINGS or is_label(block.text):
            yield block


def is_of_other_article(
    element: etree._Element, evidence: EvidenceCollector, *, levels: int = MAX_TEASER_LEVELS
) -> bool:
    """Return whether a date or byline stands beside the linked title of another article, or in a list of links."""
    titles = {text.casefold() for name in ("headline", "page_title") for text in evidence.all(name)}
    above: etree._Element | None = element
    for _ in range(levels):
        if above is None or above.tag in ("body", "main") or next(above.iter("h1"), None) is not None:
            return False
        is_listed = above.tag == "li" and _has_like(above, element)
        for link in islice(above.iter("a"), MAX_LINKS):
            text = get_text(link, max_length=2 * MAX_BYLINE).casefold()
            is_title = is_listed or len(text) >= MIN_LINKED_TITLE or link.getparent().tag in HEADINGS  # type: ignore[union-attr]
            if text and is_title and not any(text in title for title in titles):
                return True
        above = above.getparent()
    return False


def _has_like(item: etree._Element, element: etree._Element) -> bool:
    """Return whether another item of the list has such an element, too."""
    siblings = (*item.itersiblings("li"), *item.itersiblings("li", preceding=True))
    likes = (like for one in siblings for like in one.iter(str(element.tag)))
    return any(like.get("class") == element.get("class") for like in likes)


def _find_name_parts(byline: etree._Element) -> Sequence[etree._Element]:
    """Return the innermost elements of a byline that are marked as one name each."""
    marked = [part for part in islice(byline.iter(*NAME_TAGS), MAX_PARTS) if part is not byline and _is_name(part)]
    outer = {part for part, following in pairwise(marked) if _is_inside(following, part)}
    return [part for part in marked if part not in outer]


def _is_inside(element: etree._Element, outer: etree._Element) -> bool:
    above = element.getparent()
    for _ in range(MAX_LEVELS):
        if above is None or above is outer:
            return above is outer
        above = above.getparent()
    return False


def _is_name(element: etree._Element) -> bool:
    if "author" in (element.get("rel") or "") or element.get("itemprop") == "name":
        return True
    if _NAME_CLASS.search(element.get("class") or ""):
        return True
    return is_author_page(element.get("href") or "")
