"""Extract dates visible near the article: in `time` elements, bylines and short lines."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from lxml import etree

from newscrawl.extraction.body.rules import HEADINGS
from newscrawl.extraction.html.scan import DATE_NAME, RawBlock, get_text
from newscrawl.extraction.metadata.bylines import MIN_LINKED_TITLE, is_of_other_article
from newscrawl.extraction.metadata.dated_lines import (
    ANY_TIME,
    MACHINE_DATE,
    MAX_LABEL,
    add_dates,
    add_time,
    date_words,
    find_date,
    has_date,
    is_date,
    is_prose,
)
from newscrawl.extraction.metadata.evidence_collector import EvidenceCollector
from newscrawl.extraction.metadata.nearby import MAX_BYLINE, NEUTRAL_ZONES, SIDE_ZONES, SOURCE, NearbyBlocks, Zones
from newscrawl.fields.date_search import begins_with_month, find_dates, is_ambiguous
from newscrawl.fields.dates import is_relative
from newscrawl.fields.dating import DATE_FORMAT
from newscrawl.fields.name_kinds import is_author_page
from newscrawl.fields.people import names_in_line

UNRELATED_ZONES = frozenset({"related", "comments", "clock", "ad-slot", "hidden-name", "embed"})
SIDE_OR_KICKER_ZONES = SIDE_ZONES | {"kicker"}
NEUTRAL_OR_TAGS = NEUTRAL_ZONES | {"tags"}
"""Zones below the text: the footer of a post holds its date and its tags."""
MISNAMED_ZONES = frozenset({"related", "comments", "tags", "kicker", "info-box", "promotion", "newsletter", "share"})
"""Zones that say nothing about an element of the article's header: it is only named after its theme or its section."""
_OWN_OFFSET = re.compile(r"[+-](?!00:?00)\d\d:?\d\d$")
_DATE_CLASS = re.compile(r"(?<![a-z])(?:date|datum|fecha|time|timestamp)(?![a-z])|published", re.IGNORECASE)
_PARTS = re.compile(r"[|•·–\n]| - ")
_DATELINE = re.compile(r"(?:[/(][^()/\n]{2,30}[)/]|\))?\s*(?:[-–—]{1,2}(?=\s|$)|/)")
"""What follows the date with which a text begins: "(Reuters) —", "/PRNewswire/ --"."""
MAX_DATELINE = 80
MAX_SIDE_LINE = 80
MAX_RELATIVE = 48
MAX_SENTENCE = 600
MAX_TIMES = 4
"""`time` elements of one byline."""
MAX_PARTS = 20
"""Elements of a byline that are looked at."""
MAX_LEVELS = 5
MORE_BLOCKS, MORE_BELOW = 12, 8
"""Blocks behind the start of the text and below its end that may hold a line with the date, if it is nowhere near."""
MAX_SMALL_WORDS = 3
"""Words in small letters of a line that is no sentence, such as "Posted by Ann Lee on 6 February 2024 in Culture"."""


def read_dates(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the dates near headline and text; search less likely places only if no publication date is known yet."""
    nearby = replace(nearby, zones=_correct_zones(nearby))
    headline = _find_headline(nearby, evidence)
    _read_times(nearby, range(nearby.top.start, headline), NEUTRAL_ZONES, evidence, own_only=True)
    _read_times(nearby, range(headline, nearby.top.stop), NEUTRAL_ZONES, evidence)
    if _needs_more(evidence):
        _read_bylines(nearby, nearby.top, NEUTRAL_ZONES | SIDE_ZONES, evidence)
        _read_date_lines(nearby, nearby.top, NEUTRAL_ZONES | SIDE_ZONES, evidence)
    for read in _FALLBACKS:
        if has_date(evidence):
            break
        read(nearby, evidence)
    if any(map(is_ambiguous, evidence.all("date_published") + evidence.all("date_modified"))):
        _read_formats(nearby, evidence)


def _needs_more(evidence: EvidenceCollector) -> bool:
    """Return whether the declared publication date lacks the publisher's zone, or may be the site's build date."""
    values, modified = evidence.by_field.get("date_published", ()), evidence.first("date_modified")
    if not values or values[0].source == SOURCE:
        return False
    published = values[0].value
    if ":" in published and not _OWN_OFFSET.search(published):
        return True
    return modified is not None and (published == modified or _is_later_day(published, modified))


def _is_later_day(published: str, modified: str) -> bool:
    is_iso = MACHINE_DATE.match(published) and MACHINE_DATE.match(modified)
    return bool(is_iso) and published[:10] >= modified[:10]


def _correct_zones(nearby: NearbyBlocks) -> Sequence[str | None]:
    """Return the zone of each node, without those zones of the header that only the names of elements suggest.

    Such an element holds the headline, or it is named after a date, too, and holds one and little else.
    """
    zones, nodes = list(nearby.zones), nearby.scan.nodes
    blocks = nearby.scan.blocks[nearby.top.start : nearby.top.stop]
    misnamed = [block.node for block in blocks if zones[block.node] in MISNAMED_ZONES]
    h1s = [index for index, node in enumerate(nodes) if node.tag == "h1"] if misnamed else []
    for index in misnamed:
        outer = index
        while nodes[outer].parent >= 0 and zones[nodes[outer].parent] in MISNAMED_ZONES:
            outer = nodes[outer].parent
        inside = range(outer, nodes[outer].last + 1)
        if any(h1 in inside for h1 in h1s) or _is_date_box(nearby, inside, blocks):
            zones[outer : inside.stop] = [
                None if zone in MISNAMED_ZONES else zone for zone in zones[outer : inside.stop]
            ]
    return zones


def _is_date_box(nearby: NearbyBlocks, nodes: range, blocks: Sequence[RawBlock]) -> bool:
    """Return whether an element, the range *nodes*, is named so and shows a date, little else and no other title."""
    above = nearby.scan.nodes[nodes.start]
    if nearby.zones[nodes.start] != "kicker" and not DATE_NAME.search(above.classes):
        return False
    inside = [block for block in blocks if block.node in nodes]
    if any(block.link_chars >= MIN_LINKED_TITLE or block.tag in HEADINGS for block in inside):
        return False
    has_date = any(find_date(block.text) for block in inside) or any(node in nodes for node, *_ in nearby.scan.times)
    return has_date and sum(len(block.text) for block in inside) <= MAX_BYLINE


def _read_times(
    nearby: NearbyBlocks, where: range, zones: Zones, evidence: EvidenceCollector, *, own_only: bool = False
) -> None:
    for node, block, element in (*nearby.scan.times, *nearby.scan.named_dates):
        is_near = block in where and nearby.zones[node] in zones
        if is_near and not (own_only and is_of_other_article(element, evidence)):
            add_time(element, evidence)


def _read_bylines_and_lines(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the dates in bylines, or else in the headline and in short lines below it."""
    _read_bylines(nearby, nearby.top, NEUTRAL_ZONES, evidence)
    if not has_date(evidence):
        _read_lines(nearby, range(_find_headline(nearby, evidence), nearby.top.stop), evidence)


def _read_lines_above(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the dates in short lines above the headline: that of today may be among them."""
    _read_lines(nearby, range(nearby.top.start, _find_headline(nearby, evidence)), evidence)


def _find_headline(nearby: NearbyBlocks, evidence: EvidenceCollector) -> int:
    """Return the index of the block with the headline, or of the first block near it."""
    titles = {text.casefold() for text in evidence.all("headline")}
    blocks = nearby.scan.blocks
    found = (
        i for i in nearby.top if i < len(blocks) and (blocks[i].tag == "h1" or blocks[i].text.casefold() in titles)
    )
    return next(found, nearby.top.start)


def _read_lines(nearby: NearbyBlocks, where: range, evidence: EvidenceCollector) -> None:
    titles = {title.casefold() for title in evidence.all("headline")}
    for block in _blocks(nearby, where, NEUTRAL_ZONES):
        if nearby.zones[block.node] is None and _is_other_title(block, evidence):
            return
        text = _without_headline(block.text, titles)
        if len(text) <= MAX_BYLINE and (is_date(text) if block.tag in HEADINGS else not is_prose(text)):
            add_dates(text, evidence)


def _without_headline(text: str, titles: Collection[str]) -> str:
    """Return a block without the headline: on old pages, only a line break stands between it and the date."""
    lines = text.split("\n") if "\n" in text else []
    rest = [line for line in lines if line.casefold() not in titles]
    return "\n".join(rest) if rest and len(rest) < len(lines) else text


def _is_other_title(block: RawBlock, evidence: EvidenceCollector) -> bool:
    """Return whether a block is a linked heading other than the headline: the title of another article."""
    if block.tag not in HEADINGS or 2 * block.link_chars < len(block.text):
        return False
    if any(tag == "a" and href and is_author_page(href) for _, tag, href in block.marks):
        return False
    titles = (title.casefold() for name in ("headline", "page_title") for title in evidence.all(name))
    return not any(block.text.casefold() in title for title in titles)


def _blocks(nearby: NearbyBlocks, where: range, zones: Zones) -> Iterator[RawBlock]:
    """Yield the blocks of some zones that are not quotations."""
    for block in nearby.scan.blocks[where.start : where.stop]:
        if nearby.zones[block.node] in zones and not _is_quoted(nearby, block.node):
            yield block


def _is_quoted(nearby: NearbyBlocks, node: int) -> bool:
    nodes = nearby.scan.nodes
    for _ in range(MAX_LEVELS):
        if node < 0:
            break
        if nodes[node].tag == "blockquote":
            return True
        node = nodes[node].parent
    return False


def _read_bylines(nearby: NearbyBlocks, where: range, zones: Zones, evidence: EvidenceCollector) -> None:
    outer: etree._Element | None = None
    for node, block, element in nearby.scan.bylines:
        if block in where and nearby.zones[node] in zones:
            times = list(islice(element.iter("time"), MAX_TIMES))
            for time in times:
                add_time(time, evidence)
            if not times and (outer is None or outer not in element.iterancestors()):
                text = _read_changes(element, evidence)
                add_dates(text, evidence)
                outer = element if find_date(text) else outer


def _read_changes(byline: etree._Element, evidence: EvidenceCollector) -> str:
    """Add the dates in elements with the class `updated` (hAtom); return the text of the byline without them."""
    text = get_text(byline, " ", max_length=MAX_BYLINE)
    for element in islice(byline.iter("span", "abbr"), MAX_PARTS):
        names = (element.get("class") or "").casefold().split()
        if "updated" not in names or "published" in names:
            continue
        changed = get_text(element, " ")
        rest = text.replace(changed, " ", 1)
        if rest != text and find_date(changed) and find_date(rest):
            evidence.add("date_modified", changed, SOURCE)
            text = rest
    return text


def _read_attributes(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the numbers in data attributes (`data-timestamp`) near the headline."""
    for node, block, element in nearby.scan.stamps:
        if block in nearby.top and nearby.zones[node] in NEUTRAL_ZONES:
            add_time(element, evidence)


def _read_side_dates(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the dates in side zones near the headline, and `time` elements below the text."""
    _read_times(nearby, nearby.top, SIDE_ZONES, evidence, own_only=True)
    _read_times(nearby, nearby.below, NEUTRAL_ZONES | SIDE_ZONES, evidence, own_only=True)
    if not has_date(evidence):
        _read_bylines(nearby, nearby.top, SIDE_ZONES, evidence)
    if not has_date(evidence):
        for block in _blocks(nearby, nearby.top, SIDE_OR_KICKER_ZONES):
            if len(block.text) <= MAX_SIDE_LINE and not is_prose(block.text):
                add_dates(block.text, evidence)


def _read_dates_below(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the dates right below the text: in bylines, and in lines that are mostly a date, or have one and no link."""
    _read_bylines(nearby, range(nearby.end, nearby.below.stop), NEUTRAL_OR_TAGS, evidence)
    around = nearby.scan.blocks[max(0, nearby.below.start - 2) : nearby.below.stop]
    if any(block.tag in HEADINGS and nearby.zones[block.node] in NEUTRAL_ZONES for block in around):
        return
    _read_date_lines(nearby, nearby.below, NEUTRAL_ZONES, evidence)
    if not has_date(evidence):
        for block in _blocks(nearby, range(max(0, nearby.below.start - 1), nearby.below.stop), NEUTRAL_ZONES):
            is_short = len(block.text) <= MAX_BYLINE and 2 * block.link_chars <= len(block.text)
            words = sum(word.isalpha() and word.islower() for word in block.text.split())
            is_byline = bool(names_in_line(block.text))
            if is_short and (words <= MAX_SMALL_WORDS or is_byline) and not is_prose(block.text):
                add_dates(block.text, evidence)


def _read_distant_lines(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the date of the next line that is mostly a date: in the text in an element named so, or below the text."""
    start, stop = nearby.below.start, nearby.below.start + MORE_BELOW
    for block in _blocks(nearby, range(nearby.top.stop, min(start, nearby.top.stop + MORE_BLOCKS)), NEUTRAL_ZONES):
        is_named = nearby.zones[block.node] == "byline" or _DATE_CLASS.search(nearby.scan.nodes[block.node].classes)
        if is_named and is_date(block.text):
            return add_dates(block.text, evidence)
    for block in _blocks(nearby, range(start, stop), NEUTRAL_ZONES):
        if block.tag in HEADINGS:
            return None
        if is_date(block.text):
            return add_dates(block.text, evidence)
    return None


def _read_date_lines(nearby: NearbyBlocks, where: range, zones: Zones, evidence: EvidenceCollector) -> None:
    for block in _blocks(nearby, where, zones):
        if is_date(block.text):
            add_dates(block.text, evidence)


def _read_datelines(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the date of the dateline with which the text begins: "HARBOUR CITY, June 5, 2026 (Reuters) — The …"."""
    for block in _blocks(nearby, nearby.top, NEUTRAL_ZONES):
        date = next(find_dates(block.text[:MAX_DATELINE]), None)
        if date is None or block.tag in HEADINGS:
            continue
        place, _, rest = block.text.partition(date)
        has_place = bool(place.strip(" (")) and place.split()[0].strip(",").isupper() and place.rstrip()[-1:] in ",(:"
        if has_place and _DATELINE.match(rest.lstrip()):
            evidence.add("date_published", date, SOURCE)
            return


def _read_only_time(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the date marked as date of publication anywhere on the page, or the only date of the page."""
    times = [
        element
        for node, _, element in (*nearby.scan.times, *nearby.scan.named_dates)
        if nearby.zones[node] not in UNRELATED_ZONES and not is_of_other_article(element, evidence)
    ]
    marked = [element for element in times if "datePublished" in (element.get("itemprop") or "").split()]
    if marked or len({element.get("datetime") or get_text(element) for element in times}) == 1:
        add_time((marked or times)[0], evidence)


def _read_labelled_lines(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the dates in labelled lines ("Published: …") anywhere on the page, or in lines below such a label."""
    label = ""
    for block in nearby.scan.blocks:
        if len(block.text) > MAX_BYLINE or nearby.zones[block.node] in UNRELATED_ZONES:
            label = ""
        elif date_words().label.match(block.text) or date_words().change.search(block.text[:MAX_LABEL].casefold()):
            if _is_quoted(nearby, block.node):
                continue
            add_dates(block.text, evidence)
            label = block.text
        else:
            if label and not find_date(label) and (date := find_date(block.text)) and block.text.startswith(date):
                add_dates(f"{label} {block.text}", evidence)
            label = ""


def _read_sentences(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the date of the sentence in which a theme names it: "This entry was posted on 3 December 2011 and …"."""
    for block in nearby.scan.blocks:
        if nearby.zones[block.node] not in UNRELATED_ZONES and date_words().sentence.match(block.text[:MAX_SENTENCE]):
            for date in islice(find_dates(block.text[:MAX_SENTENCE]), 1):
                evidence.add("date_published", date, SOURCE)


def _read_relative(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add relative dates ("2 hours ago") in bylines and short lines near the headline."""
    language = evidence.first("in_language")
    if evidence.all("date_modified"):
        return
    for block in _blocks(nearby, nearby.top, NEUTRAL_ZONES):
        if len(block.text) > MAX_BYLINE or block.tag in HEADINGS:
            continue
        for part in _PARTS.split(block.text):
            if len(part) <= MAX_RELATIVE and is_relative(part, language, ANY_TIME):
                changed = date_words().change.search(part.casefold())
                evidence.add("date_modified" if changed else "date_published", part, SOURCE)


def _read_formats(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add numeric dates elsewhere on the page whose order is certain: a day after the 12th."""
    for block in nearby.scan.blocks:
        if len(block.text) <= MAX_BYLINE:
            for date in find_dates(block.text):
                if begins_with_month(date) is not None:
                    evidence.add(DATE_FORMAT, date, SOURCE)


_FALLBACKS = (
    _read_bylines_and_lines,
    _read_attributes,
    _read_labelled_lines,
    _read_side_dates,
    _read_lines_above,
    _read_datelines,
    _read_dates_below,
    _read_distant_lines,
    _read_only_time,
    _read_sentences,
    _read_relative,
)
"""From the most to the least likely place."""
