"""What stands visibly around the article: its headline, its dates, its byline."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from newscrawl.extraction.body import Judged
from newscrawl.extraction.bylines import LONGEST_BYLINE, NEUTRAL_ZONES, Around, read_authors
from newscrawl.extraction.evidence import EvidenceBook
from newscrawl.extraction.metadata import META
from newscrawl.extraction.walk import Spot, Walked, text_of
from newscrawl.headlines import likeness
from newscrawl.text import clean_line

SOURCE = "dom"
MOST_HEADINGS = 3
LONGEST_ABOVE = 500
"""Characters of the article above its headline: a standfirst, a caption, a note on how the site earns its money."""
BEFORE_HEADLINE, AFTER_START = 8, 4
"""Blocks before the headline and after the text's start in which a byline may stand."""
ELSEWHERE = frozenset({"related", "comments", "clock", "ad-slot", "hidden-name", "embed"})
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
    if not book.all("date_published"):
        _read_byline_dates(walked, judged, near, book)
    end = (judged.last or 0) + 1
    read_authors(walked, judged, Around(near, range(max(end, near.stop), end + AFTER_START)), book)
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


def _read_byline_dates(walked: Walked, judged: Judged, near: range, book: EvidenceBook) -> None:
    """Dates that stand in bylines."""
    for node, block, element in walked.bylines:
        if block in near and judged.zones[node] in NEUTRAL_ZONES:
            _read_dates(text_of(element, " ", longest=LONGEST_BYLINE), book)


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


def _alike(one: str, other: str) -> bool:
    one, other = one.casefold(), other.casefold()
    return bool(one) and bool(other) and (one in other or other in one)
