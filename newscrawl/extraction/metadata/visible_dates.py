"""When the article was published, as the page shows it: in times, bylines and short lines around headline and text."""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree

from newscrawl.extraction.body.classify import ClassifiedBlocks
from newscrawl.extraction.body.rules import HEADINGS
from newscrawl.extraction.html.scan import DomScan, text_of
from newscrawl.extraction.metadata.bylines import BESIDE, MAX_BYLINE, NEUTRAL_ZONES, SOURCE, Around
from newscrawl.extraction.metadata.evidence_book import EvidenceBook

ELSEWHERE = frozenset({"related", "comments", "clock", "ad-slot", "hidden-name", "embed"})
BESIDE_OR_ABOVE = BESIDE | {"kicker"}
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
MAX_LABELLED = 60
MAX_LABEL = 14
"""Characters, as of "Page last updated"."""
_LABEL = re.compile(
    r"(?:datum|date|published|publish(?:ed)? date|publication date|posted|post time|release date|"
    r"veröffentlicht|erschienen|publié|publicado|fecha|data|pubblicato|"
    r"gepubliceerd|publicerad|publisert|udgivet|opublikowano|опубликовано|дата|yayın tarihi|tarih|terbit)\b",
    re.IGNORECASE,
)
MAX_TIMES = 4
"""In one byline."""
_COPYRIGHT = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)


def read_dates(scan: DomScan, judged: ClassifiedBlocks, around: Around, book: EvidenceBook) -> None:
    """Add the dates around headline and text to *book*; where nothing is stated, those of less likely places, too."""
    _read_times(scan, judged, around.near, NEUTRAL_ZONES, book)
    if _is_stated_of_the_last_change(book):
        _read_bylines(scan, judged, around.near, NEUTRAL_ZONES | BESIDE, book)
        _read_mere_dates(scan, judged, around.near, NEUTRAL_ZONES | BESIDE, book)
    for read in (_read_bylines_and_lines, _read_labelled_lines, _read_beside, _read_below, _read_only_time):
        if book.all("date_published"):
            return
        read(scan, judged, around, book)


def _is_stated_of_the_last_change(book: EvidenceBook) -> bool:
    """Whether the date is stated as that of the last change, or later: some systems state when the site was built."""
    published, modified = book.first("date_published"), book.first("date_modified")
    if published is None or modified is None:
        return False
    is_iso = _ISO.match(published) and _ISO.match(modified)
    return published == modified or bool(is_iso and published[:10] >= modified[:10])


def _read_times(
    scan: DomScan, judged: ClassifiedBlocks, places: range, zones: frozenset[str | None], book: EvidenceBook
) -> None:
    for node, block, element in scan.times:
        if block in places and judged.zones[node] in zones:
            _read_time(element, book)


def _read_bylines_and_lines(scan: DomScan, judged: ClassifiedBlocks, around: Around, book: EvidenceBook) -> None:
    """Dates in bylines, else in short lines around headline and start."""
    _read_bylines(scan, judged, around.near, NEUTRAL_ZONES, book)
    if book.all("date_published"):
        return
    for block in scan.blocks[around.near.start : around.near.stop]:
        is_line = len(block.text) <= MAX_BYLINE and judged.zones[block.node] in NEUTRAL_ZONES
        if is_line and (block.tag not in HEADINGS or _is_date(block.text)):
            _read_dates(block.text, book)


def _read_bylines(
    scan: DomScan, judged: ClassifiedBlocks, places: range, zones: frozenset[str | None], book: EvidenceBook
) -> None:
    for node, block, element in scan.bylines:
        if block in places and judged.zones[node] in zones:
            times = list(islice(element.iter("time"), MAX_TIMES))
            for time in times:
                _read_time(time, book)
            if not times:
                _read_dates(text_of(element, " ", longest=MAX_BYLINE), book)


def _read_beside(scan: DomScan, judged: ClassifiedBlocks, around: Around, book: EvidenceBook) -> None:
    """Dates in a column or frame beside the headline."""
    _read_times(scan, judged, around.near, BESIDE, book)
    _read_times(scan, judged, around.after, NEUTRAL_ZONES | BESIDE, book)
    if not book.all("date_published"):
        _read_bylines(scan, judged, around.near, BESIDE, book)
    if not book.all("date_published"):
        for block in scan.blocks[around.near.start : around.near.stop]:
            if judged.zones[block.node] in BESIDE_OR_ABOVE and len(block.text) <= MAX_LABELLED:
                _read_dates(block.text, book)


def _read_below(scan: DomScan, judged: ClassifiedBlocks, around: Around, book: EvidenceBook) -> None:
    """Dates right below the text: in bylines, and in lines that are hardly anything else."""
    _read_bylines(scan, judged, around.after, NEUTRAL_ZONES, book)
    _read_mere_dates(scan, judged, around.after, NEUTRAL_ZONES, book)


def _read_mere_dates(
    scan: DomScan, judged: ClassifiedBlocks, places: range, zones: frozenset[str | None], book: EvidenceBook
) -> None:
    for block in scan.blocks[places.start : places.stop]:
        if judged.zones[block.node] in zones and _is_date(block.text):
            _read_dates(block.text, book)


def _is_date(text: str) -> bool:
    match = _DATE.search(text) if len(text) <= MAX_BYLINE else None
    return match is not None and 2 * len(match.group()) > len(text)


def _read_only_time(scan: DomScan, judged: ClassifiedBlocks, _around: Around, book: EvidenceBook) -> None:
    """A date that is marked as the publication's, or the only one on the page, wherever it stands."""
    times = [element for node, _, element in scan.times if judged.zones[node] not in ELSEWHERE]
    marked = [element for element in times if element.get("itemprop") == "datePublished"]
    if marked or len({element.get("datetime") or text_of(element) for element in times}) == 1:
        _read_time((marked or times)[0], book)


def _read_time(element: etree._Element, book: EvidenceBook) -> None:
    text = text_of(element, longest=MAX_BYLINE)
    stated = element.get("datetime") or element.get("content") or element.get("title") or ""
    parent = element.getparent()
    context = f"{element.get('class', '')} {element.get('itemprop', '')} {text} " + (
        f"{parent.get('class', '')} {parent.text or ''}" if parent is not None else ""
    )
    field = "date_modified" if _CHANGED.search(context) else "date_published"
    for value in (stated,) if _ISO.match(stated) else (stated, text):
        if any(sign.isdigit() for sign in value):
            book.add(field, value, SOURCE)


def _read_dates(text: str, book: EvidenceBook) -> None:
    if _COPYRIGHT.search(text):
        return
    for match in _DATE.finditer(text):
        changed = _CHANGED.search(text, 0, match.start())
        book.add("date_modified" if changed else "date_published", match.group(), SOURCE)


def _read_labelled_lines(scan: DomScan, _judged: ClassifiedBlocks, _around: Around, book: EvidenceBook) -> None:
    """Lines anywhere that say of themselves that they state the date, or stand below a line that says so."""
    label = ""
    for block in scan.blocks:
        if len(block.text) <= MAX_BYLINE:
            if _LABEL.match(block.text) or _CHANGED.search(block.text, 0, MAX_LABEL):
                _read_dates(block.text, book)
                label = block.text
                continue
            if label and not _DATE.search(label) and _DATE.match(block.text):
                _read_dates(f"{label} {block.text}", book)
        label = ""
