"""Classify a URL by its shape alone: static file, list or service page, likely article. Any string is accepted.

Only scores depend on this module; URL keys do not.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from newscrawl.urls import word_lists

LIKELY_ARTICLE: Final = 0.5
"""A URL with this `score_article_url` or a higher one is more likely an article than not."""

_YEAR = re.compile(r"[12][09]\d\d")
_DAY = re.compile(
    r"/(?:19|20)\d\d/(?:0?[1-9]|1[0-2]|[a-z]{3,9})/(?:0?[1-9]|[12]\d|3[01])(?=[/-])"
    r"|(?<!\d)(?:19|20)\d\d([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?:\d{4}(?:\d\d)?)?(?!\d)"
)
_MONTH = re.compile(r"/(?:19|20)\d\d/(?:0?[1-9]|1[0-2]|[a-z]{3,9})/|/(?:19|20)?\d\d[_-][a-z]+[_-]\d\d?/")
_ARCHIVE = re.compile(
    r"/(?:19|20)\d\d(?:[-/](?:\d\d?|[a-z]{3,9})){0,2}/?$"
    r"|/(?:page|seite|pagina|sivu|side|sida|strona|sayfa|halaman|strana|oldal|p)[/_-]?\d{1,4}(?:\.\w+)?/?$"
)
_ID = re.compile(r"\d{5,}")
_MIXED = re.compile(r"\d[A-Za-z]+\d|[a-z][A-Z][a-z]*[A-Z]|[A-Z]\d[A-Z]")
_WORD = re.compile(r"[a-z]+")
_ANY_WORD = re.compile(r"[^\W\d_]+")
_QUERY_ID = re.compile(
    r"(?:^|&)(?:p|id|aid|nid|sid|artid|art|article|articleid|article_id|articleno|article_no|idxno|aidx|news|newsid"
    r"|news_id|storyid|story_id|idnews|no|guid|d)=[^&]{3,}",
    re.I,
)
_QUERY_LIST = re.compile(
    r"(?:^|&)(?:s|q|query|search|suche|keyword|tag|author|cat|category|feed)=[^&]"
    r"|(?:^|&)(?:page|paged|seite|pagina|pg|offset|start)=\d",
    re.I,
)
_SLUG_POINTS: Final = (0.0, 0.0, 0.05, 0.25, 0.45, 0.55, 0.6)


def is_static(url: str) -> bool:
    """Return whether *url* has the extension of a file that is not a page: image, audio, document, archive, script."""
    name = _path_and_query(url)[0].lower().rpartition("/")[2]
    return _stem_and_extension(name)[1] in word_lists.STATIC_EXTENSIONS


@lru_cache(maxsize=32_768)
def score_article_url(url: str) -> float:
    """Return how likely *url* names an article, 0 to 1, by its shape; 0 for anything but an http(s) page.

    In favour: a slug of several words, a date, an id, a segment such as `article`. Against: lists (tags, authors,
    archives, page numbers), services (login, imprint, feeds), media hubs. The weights were tuned on URLs of 90
    publishers.
    """
    path, query = _path_and_query(url)
    if "%" in path:
        path = unquote(path)
    lower = path.lower()
    segments = [segment for segment in lower.split("/") if segment]
    query_points = 0.4 if query and _QUERY_ID.search(query) else 0.0
    if not segments:
        return query_points and query_points + 0.1
    stem, extension = _stem_and_extension(segments[-1])
    if extension in word_lists.STATIC_EXTENSIONS or extension in word_lists.FEED_EXTENSIONS:
        return 0.0
    if _is_list_or_service(segments, stem, lower) or (query and _QUERY_LIST.search(query)):
        return 0.0
    numbers = _number_points(path, lower)
    score = 0.1 + query_points + _slug_points(segments) + numbers + _word_points(segments, stem)
    score += 0.1 * (extension in word_lists.PAGE_EXTENSIONS)
    named_list = len(segments) > 1 and segments[-2] in word_lists.TAXONOMY and numbers < 0.8
    return min(max(round(score, 2), 0.0), 0.15 if named_list else 1.0)


def _path_and_query(url: str) -> tuple[str, str]:
    """Return path and query as written; both "" where *url* is not http(s)."""
    head, _, query = url.partition("#")[0].partition("?")
    scheme, _, rest = head.partition("://")
    if scheme.lower() not in ("http", "https"):
        return "", ""
    _, slash, path = rest.partition("/")
    return slash + path, query


def _stem_and_extension(name: str) -> tuple[str, str]:
    stem, _, extension = name.rpartition(".")
    return (stem, extension) if stem else (name, "")


def _is_list_or_service(segments: list[str], stem: str, path: str) -> bool:
    if segments[0] in word_lists.SERVICE or stem in word_lists.SERVICE or _ARCHIVE.search(path):
        return True
    tokens = stem.split("-") if len(segments) <= 3 else ()
    return 0 < len(tokens) <= 3 and not word_lists.LEGAL_TOKENS.isdisjoint(tokens)


def _slug_points(segments: list[str]) -> float:
    """Return points for the words of the last two segments; in unspaced scripts three characters count as a word."""
    best = 0
    for segment in segments[-2:]:
        if segment.isascii():
            count = len(_WORD.findall(segment))
        else:
            tokens = _ANY_WORD.findall(segment)
            count = len(tokens) + sum(len(token) // 3 for token in tokens if token[0] > "\u0e00")
        best = max(best, count)
    return _SLUG_POINTS[min(best, 6)]


def _number_points(path: str, lower: str) -> float:
    """Return points for a date and an id in *path*, where upper case tells random ids from words."""
    date = 0.0
    if _YEAR.search(path):
        if day := _DAY.search(lower):
            date, path = 0.4, path[: day.start()] + path[day.end() :]
        elif _MONTH.search(lower):
            date = 0.2
    if number := _ID.search(path):
        return date + (0.4 if number.end() - number.start() > 5 else 0.2)
    for part in path.rstrip("/").rsplit("/", 2)[1:]:
        end = part.rpartition("-")[2]
        if len(end) >= 6 and not end.isalpha() and _MIXED.search(end):
            return date + 0.4
    return date


def _word_points(segments: list[str], stem: str) -> float:
    """Return points for segments that name a kind of page."""
    before = segments[:-1]
    points = 0.05 if before else 0.0
    if not word_lists.ARTICLE_WORDS.isdisjoint(segments if len(segments) > 2 else before):
        points += 0.2
    if not word_lists.TAXONOMY.isdisjoint(before) or stem in word_lists.TAXONOMY:
        points -= 0.5
    if not word_lists.MEDIA.isdisjoint(before):
        points -= 0.15
    return points - (0.3 if stem in word_lists.MEDIA else 0.0)
