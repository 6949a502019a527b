"""Extract dates visible near the article: in `time` elements, bylines and short lines."""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree

from newscrawl.extraction.body.rules import HEADINGS
from newscrawl.extraction.html.scan import get_text
from newscrawl.extraction.metadata.bylines import MAX_BYLINE, NEUTRAL_ZONES, SIDE_ZONES, SOURCE, NearbyBlocks, Zones
from newscrawl.extraction.metadata.evidence_collector import EvidenceCollector

UNRELATED_ZONES = frozenset({"related", "comments", "clock", "ad-slot", "hidden-name", "embed"})
SIDE_OR_KICKER_ZONES = SIDE_ZONES | {"kicker"}
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
MAX_SIDE_LINE = 60
MAX_LABEL = 14
"""Characters of a label such as "Page last updated"."""
_LABEL = re.compile(
    r"(?:datum|date|published|publish(?:ed)? date|publication date|posted|post time|release date|"
    r"veröffentlicht|erschienen|publié|publicado|fecha|data|pubblicato|"
    r"gepubliceerd|publicerad|publisert|udgivet|opublikowano|опубликовано|дата|yayın tarihi|tarih|terbit)\b",
    re.IGNORECASE,
)
MAX_TIMES = 4
"""`time` elements of one byline."""
_COPYRIGHT = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)


def read_dates(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the dates near headline and text; search less likely places only if no publication date is known yet."""
    _read_times(nearby, nearby.top, NEUTRAL_ZONES, evidence)
    if _may_be_last_change(evidence):
        _read_bylines(nearby, nearby.top, NEUTRAL_ZONES | SIDE_ZONES, evidence)
        _read_date_lines(nearby, nearby.top, NEUTRAL_ZONES | SIDE_ZONES, evidence)
    for read in (_read_bylines_and_lines, _read_labelled_lines, _read_side_dates, _read_dates_below, _read_only_time):
        if evidence.all("date_published"):
            return
        read(nearby, evidence)


def _may_be_last_change(evidence: EvidenceCollector) -> bool:
    """Return whether the publication date is not before that of the last change: it may be the site's build date."""
    published, modified = evidence.first("date_published"), evidence.first("date_modified")
    if published is None or modified is None:
        return False
    is_iso = _ISO.match(published) and _ISO.match(modified)
    return published == modified or bool(is_iso and published[:10] >= modified[:10])


def _read_times(nearby: NearbyBlocks, where: range, zones: Zones, evidence: EvidenceCollector) -> None:
    for node, block, element in nearby.scan.times:
        if block in where and nearby.zones[node] in zones:
            _add_time(element, evidence)


def _read_bylines_and_lines(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the dates in bylines, or else in short lines near the headline."""
    _read_bylines(nearby, nearby.top, NEUTRAL_ZONES, evidence)
    if evidence.all("date_published"):
        return
    for block in nearby.scan.blocks[nearby.top.start : nearby.top.stop]:
        is_line = len(block.text) <= MAX_BYLINE and nearby.zones[block.node] in NEUTRAL_ZONES
        if is_line and (block.tag not in HEADINGS or _is_date(block.text)):
            _add_dates(block.text, evidence)


def _read_bylines(nearby: NearbyBlocks, where: range, zones: Zones, evidence: EvidenceCollector) -> None:
    for node, block, element in nearby.scan.bylines:
        if block in where and nearby.zones[node] in zones:
            times = list(islice(element.iter("time"), MAX_TIMES))
            for time in times:
                _add_time(time, evidence)
            if not times:
                _add_dates(get_text(element, " ", max_length=MAX_BYLINE), evidence)


def _read_side_dates(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the dates in side zones near the headline, and `time` elements below the text."""
    _read_times(nearby, nearby.top, SIDE_ZONES, evidence)
    _read_times(nearby, nearby.below, NEUTRAL_ZONES | SIDE_ZONES, evidence)
    if not evidence.all("date_published"):
        _read_bylines(nearby, nearby.top, SIDE_ZONES, evidence)
    if not evidence.all("date_published"):
        for block in nearby.scan.blocks[nearby.top.start : nearby.top.stop]:
            if nearby.zones[block.node] in SIDE_OR_KICKER_ZONES and len(block.text) <= MAX_SIDE_LINE:
                _add_dates(block.text, evidence)


def _read_dates_below(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the dates right below the text: in bylines, and in lines that are mostly a date."""
    _read_bylines(nearby, nearby.below, NEUTRAL_ZONES, evidence)
    _read_date_lines(nearby, nearby.below, NEUTRAL_ZONES, evidence)


def _read_date_lines(nearby: NearbyBlocks, where: range, zones: Zones, evidence: EvidenceCollector) -> None:
    for block in nearby.scan.blocks[where.start : where.stop]:
        if nearby.zones[block.node] in zones and _is_date(block.text):
            _add_dates(block.text, evidence)


def _is_date(text: str) -> bool:
    match = _DATE.search(text) if len(text) <= MAX_BYLINE else None
    return match is not None and 2 * len(match.group()) > len(text)


def _read_only_time(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the date marked as date of publication anywhere on the page, or the only date of the page."""
    times = [element for node, _, element in nearby.scan.times if nearby.zones[node] not in UNRELATED_ZONES]
    marked = [element for element in times if element.get("itemprop") == "datePublished"]
    if marked or len({element.get("datetime") or get_text(element) for element in times}) == 1:
        _add_time((marked or times)[0], evidence)


def _add_time(element: etree._Element, evidence: EvidenceCollector) -> None:
    text = get_text(element, max_length=MAX_BYLINE)
    declared = element.get("datetime") or element.get("content") or element.get("title") or ""
    parent = element.getparent()
    context = f"{element.get('class', '')} {element.get('itemprop', '')} {text} " + (
        f"{parent.get('class', '')} {parent.text or ''}" if parent is not None else ""
    )
    field = "date_modified" if _CHANGED.search(context) else "date_published"
    for value in (declared,) if _ISO.match(declared) else (declared, text):
        if any(character.isdigit() for character in value):
            evidence.add(field, value, SOURCE)


def _add_dates(text: str, evidence: EvidenceCollector) -> None:
    if _COPYRIGHT.search(text):
        return
    for match in _DATE.finditer(text):
        changed = _CHANGED.search(text, 0, match.start())
        evidence.add("date_modified" if changed else "date_published", match.group(), SOURCE)


def _read_labelled_lines(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the dates in labelled lines ("Published: …") anywhere on the page, or in lines below such a label."""
    label = ""
    for block in nearby.scan.blocks:
        if len(block.text) <= MAX_BYLINE:
            if _LABEL.match(block.text) or _CHANGED.search(block.text, 0, MAX_LABEL):
                _add_dates(block.text, evidence)
                label = block.text
                continue
            if label and not _DATE.search(label) and _DATE.match(block.text):
                _add_dates(f"{label} {block.text}", evidence)
        label = ""
