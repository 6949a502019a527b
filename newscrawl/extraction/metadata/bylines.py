"""Who is named around the article: in bylines, in links to authors' pages, in lines that begin with "By"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from lxml import etree

from newscrawl.extraction.body.classify import ClassifiedBlocks
from newscrawl.extraction.body.rules import HEADINGS
from newscrawl.extraction.html.elements import INLINE
from newscrawl.extraction.html.scan import DomScan, RawBlock, text_of
from newscrawl.extraction.metadata.evidence_book import EvidenceBook
from newscrawl.fields.headlines import key_of
from newscrawl.fields.people import (
    are_accounts,
    are_logins,
    begins_with_by,
    is_author_page,
    is_label,
    names_a_role,
    names_in_line,
    names_only_site,
    split_names,
)

SOURCE = "dom"
MAX_BYLINE = 160
MAX_NAME_LINE = 60
NEUTRAL_ZONES: frozenset[str | None] = frozenset({None, "byline", "share"})
BESIDE: frozenset[str | None] = frozenset({"aside", "page-frame", "promotion", "info-box", "ad-slot"})
"""Zones whose names tell more of the page's design than of what they hold, where a byline is found in no other."""
NAME_TAGS = ("a", "span", "address", "p", "div")
MAX_PARTS = 60
MAX_LEVELS = 8
_NAMED = re.compile(
    r"(?<![a-z])(?:author|byline|autor|auteur|writer|verfasser|journalist|reporter|contributor|creator)(?!-?(?:box|bio))"
)
_NAME_CLASS = re.compile(r"(?:author|byline)[-_]{0,2}(?:name|link)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Around:
    """Where a byline may stand: blocks of the page, by their index."""

    near: range
    """Around the headline and the text's beginning."""
    after: range
    """Right below the text."""


def read_authors(scan: DomScan, judged: ClassifiedBlocks, around: Around, book: EvidenceBook) -> None:
    """Add the names around headline and text to *book*; those beside them where nobody but the site is named."""
    _read_bylines(scan, judged, around, NEUTRAL_ZONES, book)
    if not _names_people(book):
        _read_lines(scan, judged, around, NEUTRAL_ZONES, book)
    if not _names_people(book):
        _read_bylines(scan, judged, around, BESIDE, book)
    if not _names_people(book):
        _read_lines(scan, judged, around, BESIDE, book)


def _names_people(book: EvidenceBook) -> bool:
    names = [name for text in book.all("authors") for name in split_names(text)]
    return bool(names) and not are_logins(names) and not names_only_site(names, book.first("publisher"), None)


def _read_bylines(
    scan: DomScan, judged: ClassifiedBlocks, around: Around, zones: frozenset[str | None], book: EvidenceBook
) -> None:
    """Add the names in bylines: those of what is marked as an author, else what other bylines say."""
    others = {key_of(text) for name in ("headline", "article_section") for text in book.all(name)}
    marked: list[str] = []
    unmarked: list[str] = []
    told: etree._Element | None = None
    for node, block, element in scan.bylines:
        if not (block in around.near or block in around.after) or judged.zones[node] not in zones:
            continue
        if told is not None and _is_inside(element, told):
            continue
        parts = _name_parts(element)
        told = element if parts else told
        for part in parts or [element]:
            text = _names_in(part)
            if text and key_of(text) not in others and (zones is NEUTRAL_ZONES or _is_surely_a_name(text)):
                (marked if parts or _is_marked(element, text) else unmarked).append(text)
    if zones is NEUTRAL_ZONES and not any(split_names(text) for text in marked):
        # Dates, sections and reading times stand there, too.
        marked = [
            text for text in unmarked if (names := split_names(text)) and not any(are_accounts([n]) for n in names)
        ]
    for text in marked:
        book.add("authors", text, SOURCE)


def _is_surely_a_name(text: str) -> bool:
    """Whether a short text holds full names and nothing else, or begins with "By"."""
    if len(text) > MAX_NAME_LINE or any(sign.isdigit() for sign in text):
        return bool(names_in_line(text))
    names = split_names(text)
    return bool(names) and (begins_with_by(text) or not any(are_accounts([name]) for name in names))


def _is_marked(element: etree._Element, text: str) -> bool:
    return (
        bool(_NAMED.search(" ".join(map(str, element.values())))) or begins_with_by(text) or bool(names_in_line(text))
    )


def _names_in(element: etree._Element) -> str:
    """A byline's text without lines that only say what somebody does; "" where it is too long for one."""
    text = text_of(element, " ", longest=MAX_BYLINE + 1)
    if len(text) > MAX_BYLINE:
        return ""
    people = [line for line in _lines_in(element) if not names_a_role(line)]
    return " ".join(people) if any(split_names(line) for line in people) else text


def _lines_in(element: etree._Element) -> list[str]:
    """The texts of the lines and blocks in an element."""
    runs: list[str] = []
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if not isinstance(inner.tag, str):
            continue
        if inner.tag not in INLINE:
            runs.append("\n")
        if event == "start":
            runs.append(inner.text or "")
        elif inner is not element:
            runs.append(f" {inner.tail or ''}")
    return [line for line in (" ".join(line.split()) for line in "".join(runs).split("\n")) if line]


def _read_lines(
    scan: DomScan, judged: ClassifiedBlocks, around: Around, zones: frozenset[str | None], book: EvidenceBook
) -> None:
    """Names around headline and text: in links to an author's page, behind "By" in a line, or below a line "By"."""
    labelled = False
    for block in _lines(scan, judged, around, zones):
        if any(tag == "a" and href and is_author_page(href) for _, tag, href in block.marks):
            names = [block.text]
        elif labelled and len(block.text) <= MAX_NAME_LINE:
            names = split_names(block.text)
        else:
            names = names_in_line(block.text)
        labelled = is_label(block.text)
        for name in names:
            if zones is BESIDE and not _is_surely_a_name(name):
                continue
            book.add("authors", name, SOURCE)


def _lines(scan: DomScan, judged: ClassifiedBlocks, around: Around, zones: frozenset[str | None]) -> Iterator[RawBlock]:
    """The short lines around headline and text that are no headings."""
    for index in (*around.near, *around.after):
        block = scan.blocks[index] if index < len(scan.blocks) else None
        if block is None or len(block.text) > MAX_BYLINE or judged.zones[block.node] not in zones:
            continue
        if block.tag not in HEADINGS or is_label(block.text):
            yield block


def _name_parts(byline: etree._Element) -> Sequence[etree._Element]:
    """The elements in a byline that are marked as one name each; those around others left out."""
    marked = [part for part in islice(byline.iter(*NAME_TAGS), MAX_PARTS) if part is not byline and _is_name(part)]
    around = {part for part, after in pairwise(marked) if _is_inside(after, part)}
    return [part for part in marked if part not in around]


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
