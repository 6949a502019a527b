"""What stands visibly around the article: its headline, its dates, its byline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from lxml import etree

from newscrawl.extraction.body import Judged
from newscrawl.extraction.evidence import EvidenceBook
from newscrawl.extraction.metadata import META
from newscrawl.extraction.walk import RawBlock, Spot, Walked, text_of
from newscrawl.headlines import key_of, likeness
from newscrawl.people import are_accounts, is_author_page, is_label, names_in_line, split_names
from newscrawl.text import clean_line

SOURCE = "dom"
MOST_HEADINGS = 3
LONGEST_ABOVE = 500
"""Characters of the article above its headline: a standfirst, a caption, a note on how the site earns its money."""
BEFORE_HEADLINE, AFTER_START = 8, 4
"""Blocks before the headline and after the text's start in which a byline may stand."""
ELSEWHERE = frozenset({"related", "comments", "clock", "ad-slot", "hidden-name", "embed"})
LONGEST_BYLINE = 160
NEUTRAL_ZONES: frozenset[str | None] = frozenset({None, "byline", "share"})
BESIDE: frozenset[str | None] = frozenset({"aside", "page-frame"})
_CHANGED = re.compile(
    r"updat|modif|aktualisi|mis à jour|actualiz|aggiornat|bijgewerkt|uppdater|oppdater|opdater|"
    r"обновл|оновл|güncel|edited",
    re.IGNORECASE,
)
_TIME = (
    r"(?:[\s,|–-]{1,4}(?:at |um |à |a las |alle |ore |kl\.? ?|om |o |в |saat )?\d{1,2}[:.h]\d{2}(?::\d{2})?"
    r"(?:\s?[ap]\.?m\.?)?(?:\s?(?:[A-Z]{2,4}\b|[+-]\d{2}:?\d{2}))?)?"
)
_DATE = re.compile(
    r"(?<!\d)(?:\d{4}-\d{2}-\d{2}(?:T[\d:.+Z-]{4,20})?"
    r"|\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{4}"
    r"|\d{1,2}\.\d{1,2}\.\d{2}"
    r"|\d{4}[./]\d{1,2}[./]\d{1,2}"
    r"|\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日"
    r"|\d{1,2}(?:st|nd|rd|th|er|\.|º)?\s(?:de |of )?[^\W\d]{3,12}\.?,?\s(?:de )?\d{4}"
    r"|[^\W\d]{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4})(?!\d)" + _TIME
)  # fmt: skip
_ISO = re.compile(r"\d{4}-?\d{2}-?\d{2}")
LONGEST_LABELLED = 60
_LABEL = re.compile(
    r"(?:datum|date|published|publication date|posted|veröffentlicht|erschienen|publié|publicado|fecha|data|pubblicato|"
    r"gepubliceerd|publicerad|publisert|udgivet|opublikowano|опубликовано|дата|yayın tarihi|tarih|terbit)\b",
    re.IGNORECASE,
)
NAME_TAGS = ("a", "span", "address", "p", "div")
MOST_PARTS = 60
MOST_LEVELS = 8
_NAMED = re.compile(
    r"(?<![a-z])(?:author|byline|autor|auteur|writer|verfasser|journalist|reporter|contributor|creator)(?!-?(?:box|bio))"
)
_NAME_CLASS = re.compile(r"(?:author|byline)[-_]{0,2}(?:name|link)\b", re.IGNORECASE)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_COPYRIGHT = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)


def read_headline(walked: Walked, book: EvidenceBook) -> list[Spot]:
    """Add the page's `h1` texts to *book*; gives them with their places, the likeliest headline first."""
    spots = [
        Spot(block.node, index, block.text)
        for index, block in enumerate(walked.blocks)
        if block.tag == "h1" and len(block.text) <= 400
    ]
    stated = book.first("headline") or book.first("page_title") or ""
    if len(spots) > 1:
        spots.sort(key=lambda spot: (not _alike(spot.text, stated), -round(likeness(spot.text, stated), 1), spot.block))
    for spot in spots[:MOST_HEADINGS]:
        book.add("headline", spot.text, SOURCE)
    book.add("headline", book.first("page_title"), META)
    return spots


def leave_out_section_headings(headlines: Sequence[Spot], judged: Judged, book: EvidenceBook) -> None:
    """Take the headings that much of the article stands above out of *book*: they are those of its sections."""
    above: set[str] = set()
    below: set[str] = set()
    for spot in headlines[:MOST_HEADINGS]:
        size = sum(len(block.text) for block in judged.blocks[judged.first or 0 : spot.block] if block.kept)
        (above if size < LONGEST_ABOVE else below).add(clean_line(spot.text))
    values = book.evidence.get("headline", [])
    others = [value for value in values if value.source != SOURCE or value.value not in below - above]
    if others:
        book.evidence["headline"] = others


def read_around(walked: Walked, judged: Judged, headline: Spot | None, book: EvidenceBook) -> None:
    """Add dates and authors that stand between headline and text, or beside them, to *book*."""
    first = judged.first if judged.first is not None else len(walked.blocks)
    start = min(headline.block, first) if headline is not None else first
    near = range(max(0, start - BEFORE_HEADLINE), first + AFTER_START)
    _read_times(walked, judged, near, book)
    _read_bylines(walked, judged, near, book)
    if not any(split_names(text) for text in book.all("authors")):
        _read_names(walked, judged, near, book)
    if not book.all("date_published"):
        _read_lines(walked, judged, near, book)
    if not book.all("date_published"):
        _read_labelled_lines(walked, book)
    if not book.all("date_published"):
        _read_beside(walked, judged, near, book)


def _read_times(walked: Walked, judged: Judged, near: range, book: EvidenceBook) -> None:
    for node, block, element in walked.times:
        if block in near and judged.zones[node] in NEUTRAL_ZONES:
            _read_time(element, book)


def _read_beside(walked: Walked, judged: Judged, near: range, book: EvidenceBook) -> None:
    """Dates in a column or frame beside the headline, or right below the text."""
    end = judged.last or 0
    for node, at, element in walked.times:
        zone = judged.zones[node]
        if (zone in BESIDE and at in near) or (zone in NEUTRAL_ZONES | BESIDE and end <= at < end + AFTER_START):
            _read_time(element, book)
    if not book.all("date_published"):
        for block in walked.blocks[near.start : near.stop]:
            if judged.zones[block.node] in BESIDE and len(block.text) <= LONGEST_LABELLED:
                _read_dates(block.text, book)
    if not book.all("date_published"):
        _read_only_time(walked, judged, book)


def _read_only_time(walked: Walked, judged: Judged, book: EvidenceBook) -> None:
    """A date that is marked as the publication's, or the only one on the page, wherever it stands."""
    times = [element for node, _, element in walked.times if judged.zones[node] not in ELSEWHERE]
    marked = [element for element in times if element.get("itemprop") == "datePublished"]
    if marked or len({element.get("datetime") or text_of(element) for element in times}) == 1:
        _read_time((marked or times)[0], book)


def _read_bylines(walked: Walked, judged: Judged, near: range, book: EvidenceBook) -> None:
    """Add the names in bylines: those of what is marked as an author, else what other bylines say."""
    end = judged.last or 0
    dated = bool(book.all("date_published"))
    others = {key_of(text) for name in ("headline", "article_section") for text in book.all(name)}
    marked: list[str] = []
    unmarked: list[str] = []
    told: etree._Element | None = None
    for node, block, element in walked.bylines:
        if not (block in near or end <= block < end + AFTER_START) or judged.zones[node] not in NEUTRAL_ZONES:
            continue
        if not dated and block in near:
            _read_dates(text_of(element, " ", longest=LONGEST_BYLINE), book)
        if told is not None and _is_inside(element, told):
            continue
        parts = _name_parts(element)
        told = element if parts else told
        for part in parts or [element]:
            text = text_of(part, " ", longest=LONGEST_BYLINE + 1)
            if len(text) <= LONGEST_BYLINE and key_of(text) not in others:
                is_marked = bool(parts) or _NAMED.search(" ".join(map(str, element.values()))) or names_in_line(text)
                (marked if is_marked else unmarked).append(text)
    if not any(split_names(text) for text in marked):
        # Dates, sections and reading times stand there, too.
        marked = [
            text for text in unmarked if (names := split_names(text)) and not any(are_accounts([n]) for n in names)
        ]
    for text in marked:
        book.add("authors", text, SOURCE)


def _read_time(element: etree._Element, book: EvidenceBook) -> None:
    text = text_of(element, longest=LONGEST_BYLINE)
    stated = element.get("datetime") or element.get("content") or element.get("title") or ""
    parent = element.getparent()
    context = f"{element.get('class', '')} {element.get('itemprop', '')} {text} " + (
        f"{parent.get('class', '')} {parent.text or ''}" if parent is not None else ""
    )
    field = "date_modified" if _CHANGED.search(context) else "date_published"
    for value in (stated,) if _ISO.match(stated) else (stated, text):
        if any(sign.isdigit() for sign in value):
            book.add(field, value, SOURCE)


def _read_lines(walked: Walked, judged: Judged, near: range, book: EvidenceBook) -> None:
    """Dates in short lines around headline and start."""
    for block in walked.blocks[near.start : near.stop]:
        is_heading = block.tag in HEADINGS
        if len(block.text) <= LONGEST_BYLINE and judged.zones[block.node] in NEUTRAL_ZONES:
            match = _DATE.search(block.text)
            if match and (not is_heading or 2 * len(match.group()) > len(block.text)):
                _read_dates(block.text, book)


def _read_names(walked: Walked, judged: Judged, near: range, book: EvidenceBook) -> None:
    """Names around headline and start: in links to an author's page, behind "By" in a line, or below a line "By"."""
    labelled = False
    for block in _lines(walked, judged, near):
        if any(tag == "a" and href and is_author_page(href) for _, tag, href in block.marks):
            names = [block.text]
        elif labelled and len(block.text) <= LONGEST_LABELLED:
            names = split_names(block.text)
        else:
            names = names_in_line(block.text)
        labelled = is_label(block.text)
        for name in names:
            book.add("authors", name, SOURCE)


def _lines(walked: Walked, judged: Judged, near: range) -> Iterator[RawBlock]:
    """The short lines around headline and start that are no headings."""
    for block in walked.blocks[near.start : near.stop]:
        if (
            len(block.text) <= LONGEST_BYLINE
            and judged.zones[block.node] in NEUTRAL_ZONES
            and (block.tag not in HEADINGS or is_label(block.text))
        ):
            yield block


def _read_dates(text: str, book: EvidenceBook) -> None:
    if _COPYRIGHT.search(text):
        return
    for match in _DATE.finditer(text):
        changed = _CHANGED.search(text, 0, match.start())
        book.add("date_modified" if changed else "date_published", match.group(), SOURCE)


def _read_labelled_lines(walked: Walked, book: EvidenceBook) -> None:
    """Lines anywhere that say of themselves that they state the date, or stand below a line that says so."""
    label = ""
    for block in walked.blocks:
        if len(block.text) <= LONGEST_BYLINE:
            if _LABEL.match(block.text) or _CHANGED.match(block.text):
                _read_dates(block.text, book)
                label = block.text
                continue
            if label and not _DATE.search(label) and _DATE.match(block.text):
                _read_dates(f"{label} {block.text}", book)
        label = ""


def _name_parts(byline: etree._Element) -> list[etree._Element]:
    """The elements in a byline that are marked as one name each; those around others left out."""
    marked = [part for part in islice(byline.iter(*NAME_TAGS), MOST_PARTS) if part is not byline and _is_name(part)]
    around = {part for part, after in pairwise(marked) if _is_inside(after, part)}
    return [part for part in marked if part not in around]


def _is_inside(element: etree._Element, outer: etree._Element) -> bool:
    above = element.getparent()
    for _ in range(MOST_LEVELS):
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


def _alike(one: str, other: str) -> bool:
    one, other = one.casefold(), other.casefold()
    return bool(one) and bool(other) and (one in other or other in one)
