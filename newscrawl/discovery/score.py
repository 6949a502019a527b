"""Score links as articles or sections by URL, place on the page and anchor text. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from newscrawl.discovery import page_words as words
from newscrawl.text.scripts import DENSE_CHARACTER, SOUTHEAST_ASIAN
from newscrawl.urls import word_lists

NAV: Final = 1
FOOTER: Final = 2
ASIDE: Final = 4
PAGER: Final = 8
SHARE: Final = 16
LABEL: Final = 32
COMMENTS: Final = 64
CARD: Final = 128
HEADING: Final = 256
MAIN: Final = 512
RUNNING: Final = 1024
"""Places are flags: a headline in a card is `HEADING | CARD`. RUNNING means inside a sentence."""

TAG_PLACES: Final = {
    "nav": NAV,
    "header": NAV,
    "menu": NAV,
    "footer": FOOTER,
    "aside": ASIDE,
    "article": CARD,
    "main": MAIN,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), HEADING),
}
_NAMED_PLACES: Final = (
    (words.NAV_NAMES, NAV),
    (words.FOOTER_NAMES, FOOTER),
    (words.ASIDE_NAMES, ASIDE),
    (words.PAGER_NAMES, PAGER),
    (words.SHARE_NAMES, SHARE),
    (words.LABEL_NAMES, LABEL),
    (words.COMMENT_NAMES, COMMENTS),
    (words.CARD_NAMES, CARD),
)
_ARTICLE_POINTS: Final = (
    (HEADING, 0.2),
    (CARD, 0.1),
    (MAIN, 0.05),
    (NAV, -0.25),
    (FOOTER, -0.3),
    (LABEL, -0.4),
    (SHARE, -0.5),
    (COMMENTS, -0.2),
    (PAGER, -0.5),
)
_SECTION_POINTS: Final = (
    (NAV, 0.3),
    (FOOTER, 0.05),
    (HEADING, 0.15),
    (LABEL, -0.4),
    (SHARE, -0.5),
    (COMMENTS, -0.5),
    (PAGER, -0.5),
)
_SOUTHEAST_ASIAN = re.compile(f"[{SOUTHEAST_ASIAN}]")
_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


@lru_cache(maxsize=8_192)
def get_named_place(names: str) -> int:
    """Return the place flags that the class and id of an element name, or 0."""
    found = {name.lower() for name in _NAME.findall(names[:400])}
    if not found.isdisjoint(words.STATE_NAMES):
        return 0
    return sum(place for table, place in _NAMED_PLACES if not found.isdisjoint(table))


def get_place_inside(tag: str, names: str, place: int) -> int:
    """Return the place flags inside an element at *place*. The header and footer of a card are part of the card."""
    own = TAG_PLACES.get(tag, 0)
    if place & CARD and tag in ("header", "footer"):
        own = 0
    if own & (CARD | MAIN):
        place &= ~(NAV | FOOTER)
    return place | own | (get_named_place(names) if names else 0)


def score_article_link(place: int, text: str, url_score: float) -> float:
    """Return 0 to 1: how likely a link leads to an article; 0.5 or more counts as one.

    *text* is the anchor text on one line, "" for an image. *url_score* is the `score_article_url` of the target; 0
    rules it out. Anchors of up to two words in menus, or three in footers, are labels and never headlines.
    """
    if url_score == 0:
        return 0.0
    count = count_words(text)
    if place & (NAV | FOOTER) and not place & HEADING and 0 < count <= (3 if place & FOOTER else 2):
        return min(url_score, 0.4)
    points = url_score + _get_place_points(place, _ARTICLE_POINTS) + _get_text_points(place, text, count)
    return min(max(round(points, 2), 0.0), 1.0)


def score_section_link(place: int, text: str, url_score: float, segments: tuple[str, ...]) -> float:
    """Return 0 to 1: how likely a link leads to a section; 0.5 or more counts as one.

    *segments* are the segments of its path in lower case; *text* and *url_score* are as in `score_article_link`.
    """
    depth, text = len(segments), text.lower()
    count = count_words(text)
    if not text or len(text) > 40 or count > 5 or depth > 4 or is_other_page(segments):
        return 0.0
    points = 0.2 + _get_place_points(place, _SECTION_POINTS) + (0.1, 0.1, 0.05, -0.1, -0.25)[depth]
    points += 0.1 if count <= 2 else 0.0
    if text in words.SECTIONS or not words.SECTIONS.isdisjoint(segments):
        points += 0.3
    if not words.GROUPS.isdisjoint(segments[:-1]):
        points += 0.1
    if not word_lists.MEDIA.isdisjoint(segments):
        points -= 0.3
    return min(max(round(points - 0.4 * url_score, 2), 0.0), 1.0)


def count_words(text: str) -> int:
    """Return the number of words in a line; two characters of a script that is written densely count as one."""
    if not text:
        return 0
    dense = 0 if text.isascii() else len(DENSE_CHARACTER.findall(text)) + len(_SOUTHEAST_ASIAN.findall(text))
    return max(text.count(" ") + 1, dense // 2)


@lru_cache(maxsize=2_048)
def _get_place_points(place: int, table: tuple[tuple[int, float], ...]) -> float:
    return sum(points for where, points in table if place & where)


def _get_text_points(place: int, text: str, count: int) -> float:
    if count >= 6 or len(text) >= 40:
        return 0.2
    if count >= 4:
        return 0.1
    return -0.15 if 0 < count <= 2 and not place & HEADING else 0.0


def is_other_page(segments: tuple[str, ...]) -> bool:
    """Return whether the path is that of a service, a legal page, an author or a tag."""
    for segment in segments:
        stem = segment.partition(".")[0]
        if stem in word_lists.SERVICE or (stem in word_lists.TAXONOMY and stem not in words.GROUPS):
            return True
    return _is_about_service(segments)


def _is_about_service(segments: tuple[str, ...]) -> bool:
    tokens = segments[-1].partition(".")[0].split("-") if segments else ()
    return not word_lists.LEGAL_TOKENS.isdisjoint(tokens) or not words.SERVICE_TOKENS.isdisjoint(tokens)
