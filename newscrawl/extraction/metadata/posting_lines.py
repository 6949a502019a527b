"""Find the lines in which a content management system says who posted an article: "Posted by ann on 4 May, 10:15"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from newscrawl.boilerplate.lines import is_widget_title
from newscrawl.extraction.body.date_lines import is_date_word
from newscrawl.extraction.body.rules import HEADINGS
from newscrawl.extraction.metadata.dated_lines import is_prose
from newscrawl.extraction.metadata.evidence_collector import EvidenceCollector
from newscrawl.extraction.metadata.nearby import NEUTRAL_ZONES, SOURCE, NearbyBlocks
from newscrawl.fields.date_search import find_dates
from newscrawl.fields.headlines import get_name_key
from newscrawl.fields.month_names import is_month
from newscrawl.fields.name_kinds import is_capitalised, is_full_name
from newscrawl.fields.name_lists import get_words, join_alternatives
from newscrawl.fields.people import split_names

FRAME_ZONES = NEUTRAL_ZONES | {"tags", "page-frame"}
"""Zones of the header and the footer of a post, which may be `footer` elements and hold its tags, too."""
MAX_LINE = 300
"""Characters; the categories of a post may follow."""
MAX_NAME, MAX_WORDS = 40, 4
LINES_OF_POSTING = 2
MAX_BELOW = 3
"""Blocks below the text among which the footer of the post may be."""
_BAR = re.compile(r"\s*(?:[|•·»«@\[\](){}<>:,;/#+…]|\s[-–—]\s)")
_END = re.compile(r"\s*(?:[|•·»]|::|\s[-–—]\s)")


@dataclass(frozen=True, slots=True)
class Posting:
    """The name in a line, and whether a date or a clock stands beside it."""

    name: str
    is_dated: bool


def read_posting_line(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the name in the first such line between headline and text, or else in the footer right below the text."""
    others = {get_name_key(text) for name in ("headline", "article_section") for text in evidence.all(name)}
    for text in (*_list_lines_above(nearby, evidence), *_list_lines_below(nearby)):
        name = find_poster(text)
        if name and get_name_key(name) not in others:
            evidence.add("authors", name, SOURCE)
            return


def _list_lines_above(nearby: NearbyBlocks, evidence: EvidenceCollector) -> Iterator[str]:
    """Yield the lines around headline and start of the text; behind the headline, also those of its `footer`."""
    titles, zones = set(map(get_name_key, evidence.all("headline"))), NEUTRAL_ZONES
    for block in nearby.scan.blocks[nearby.top.start : nearby.top.stop]:
        if get_name_key(block.text) in titles:
            zones = FRAME_ZONES
        elif nearby.zones[block.node] in zones and len(block.text) <= MAX_LINE:
            yield from _list_lines(block.text)


def _list_lines_below(nearby: NearbyBlocks) -> Iterator[str]:
    """Yield the lines right below the text as far as a heading, behind which comments or other articles are."""
    for block in nearby.scan.blocks[max(0, nearby.end - 1) : nearby.below.start + MAX_BELOW]:
        if block.tag in HEADINGS or is_widget_title(block.text):
            return
        if nearby.zones[block.node] in FRAME_ZONES and len(block.text) <= MAX_LINE:
            yield from _list_lines(block.text)


def _list_lines(text: str) -> list[str]:
    """Return the lines of a block, and two of them as one, too, if either is the date."""
    lines = text.split("\n")
    has_date_line = len(lines) == LINES_OF_POSTING and any(map(_is_only_date, lines))
    return [*lines, " | ".join(lines)] if has_date_line else lines


def find_poster(line: str) -> str | None:
    """Return the name behind "Posted by" at the start of a line, or behind its date; None if there is none.

    Beside a date or a clock, the name may be a login in lower case.
    """
    label = _label("posted-by").search(line)
    short = None if label else _label("posted-by-short").search(line)
    match = label or short
    posting = _parse(line, match) if match else _parse_behind(line)
    if posting is None or not split_names(posting.name):
        return None
    if posting.is_dated or (label and is_full_name(posting.name)):
        return posting.name
    return posting.name if label and (":" in label.group() and is_capitalised(posting.name)) else None


def _parse(line: str, label: re.Match[str]) -> Posting | None:
    before = line[: label.start()].strip(" |•·-–—,:[]()")
    if before and not _is_only_date(before):
        return None
    rest = line[label.end() :]
    end = _END.search(rest)
    if is_prose(line[: label.end() + end.start()] if end else line):
        return None
    words, is_dated = _split_name(rest)
    name = " ".join(words)
    if not words or len(words) > MAX_WORDS or len(name) > MAX_NAME or not any(map(str.isalpha, name)):
        return None
    return Posting(name, is_dated or bool(before))


def _parse_behind(line: str) -> Posting | None:
    """Return the name at the start of a line before "tarafından" (Turkish "by")."""
    match = _label_behind().match(line)
    if match is None or not any(map(str.isdigit, line)) or len(match["name"].split()) > MAX_WORDS:
        return None
    return Posting(match["name"], is_dated=True)


def _is_only_date(text: str) -> bool:
    """Return whether a text is "Posted", a date, a clock and nothing else."""
    words = re.findall(r"[^\W\d_]+", text)
    return any(map(str.isdigit, text)) and all(is_date_word(word) or is_month(word.casefold()) for word in words)


def _split_name(rest: str) -> tuple[list[str], bool]:
    """Return the words of the name with which a text begins, and whether a date or a clock follows it."""
    bar = _BAR.search(rest)
    head = rest[: bar.start()] if bar else rest
    words: list[str] = []
    found = head.split()
    for at, word in enumerate(found):
        is_number = word[0].isdigit()
        if is_number or (
            is_month(word.casefold().strip(".")) and found[at + 1 : at + 2] and found[at + 1][0].isdigit()
        ):
            return _without_date_words(words), True
        if words and word in get_words("posted-in"):
            return words, _shows_time(rest)
        words.append(word)
    if bar and _shows_time(rest[bar.start() :]):
        return _without_date_words(words), True
    return words, False


def _shows_time(text: str) -> bool:
    return next(find_dates(text), None) is not None or bool(re.search(r"\b\d{1,2}[:.h]\d\d\b", text))


def _without_date_words(words: list[str]) -> list[str]:
    """Return a name without the weekday and the preposition before the date: not without a family name like "Do".

    [] for the preposition alone: the name stands elsewhere.
    """
    kept = list(words)
    if len(kept) > 1 and not kept[-1].islower() and is_date_word(kept[-1].strip(".")):
        kept.pop()
    while len(kept) > 1 and kept[-1].islower() and _stands_before_date(kept[-1].strip(".")):
        kept.pop()
    return [] if kept and kept[0].islower() and _stands_before_date(kept[0]) else kept


def _stands_before_date(word: str) -> bool:
    return is_date_word(word) or word in get_words("posted-on")


@lru_cache(maxsize=2)
def _label(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{join_alternatives([words])})(?:\s*[:：]\s*|\s+)(?=\S)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _label_behind() -> re.Pattern[str]:
    return re.compile(rf"(?P<name>[^\W\d_][^,|:]{{1,{MAX_NAME}}}?)\s+(?:{join_alternatives(['posted-behind'])})(?!\w)")
