"""URLs: which page one names, what to fetch for it, whose site it is on, and whether it looks like an article.

Pure: no network, no clock, no files but the suffix list that is bundled with tldextract. Every function but
`is_static` and `looks_like_article` raises ValueError for what is not an http(s) URL with a host, or is too long.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from w3lib.url import safe_url_string

from newscrawl.exceptions import UsageError
from newscrawl.urls import tables
from newscrawl.urls.identity import PLAIN, UrlKeyRules, is_ignorable_param, page_path, page_query, without_session
from newscrawl.urls.parse import MAX_LENGTH, bare_host, registrable, short, split

NORMALIZER_VERSION: Final = 2
"""Raised whenever `normalize` gives another key for some URL; stored keys of another version have to be made again."""

LIKELY_ARTICLE: Final = 0.5
"""`looks_like_article` at or above this is more likely an article than not."""

_SAFE = re.compile(r"[A-Za-z0-9\-._~!$&()*+,;=:@/?%]*")
_CONTROL = re.compile(r"[\x00-\x20]")
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


@lru_cache(maxsize=32_768)
def normalize(url: str, rules: UrlKeyRules = PLAIN) -> str:
    """Give the identity key of the page that *url* names: equal for all spellings and copies of one page.

    The key is an https URL, but not one to fetch: `www.`, `m.`, `mobile.`, `mobil.` and `amp.` hosts, AMP caches, AMP,
    mobile and print views, tracking parameters, session ids, index files, the trailing slash, userinfo, fragment (of
    `#!`, too: what only a script shows is never fetched) and default ports are gone, the query is sorted, escapes are
    canonical (RFC 3986, section 6.2.2). Idempotent. *rules* are those of the site (`page_keys` finds them).
    """
    parts = split(url)
    key = f"https://{bare_host(parts.host)}{parts.port}{page_path(parts.path)}"
    query = page_query(parts.query, rules) if parts.query else ""
    return _bounded(f"{key}?{query}" if query else key)


@lru_cache(maxsize=8_192)
def fetchable(url: str, rules: UrlKeyRules = PLAIN) -> str:
    """Give the URL to ask for: as written, but without fragment, userinfo, tracking and session ids."""
    parts = split(url)
    path = without_session(parts.path) or "/"
    query = "&".join(pair for pair in parts.query.split("&") if not is_ignorable_param(pair, rules, views=False))
    plain = f"{parts.scheme}://{parts.host}{parts.port}{path}" + (f"?{query}" if query else "")
    if not _SAFE.fullmatch(plain):
        plain = safe_url_string(_CONTROL.sub(lambda match: f"%{ord(match[0]):02X}", plain))
    return _bounded(plain)


def get_site(url: str) -> str:
    """Give the registrable domain, private suffixes included (`a.blogspot.com`).

    An IP address, `localhost` or a name below no known suffix is its own site, with its port unless 80 or 443.
    """
    parts = split(url)
    return registrable(parts.host) or bare_host(parts.host) + parts.port


def same_site(a: str, b: str) -> bool:
    """Tell whether both URLs are asked of one site; a copy in an AMP cache is asked of the cache."""
    return get_site(a) == get_site(b) and split(a).is_copy == split(b).is_copy


def check_start_url(text: str, ready: Callable[[str], str] = fetchable) -> str:
    """Give the URL that a user meant by *text*, made ready to fetch; raise UsageError with cause and cure."""
    text = text.strip()
    if not text:
        raise UsageError("no URL given; give one such as 'https://example.org/'")
    if re.search(r"\s", text):
        raise UsageError(f"{short(text)} is not one URL: it contains white space; separate several URLs with commas")
    if not re.match(r"https?://", text, re.I):
        raise UsageError(_scheme_message(text))
    try:
        return ready(text)
    except ValueError as error:
        raise UsageError(f"{error}; give one such as 'https://example.org/'") from None


def _scheme_message(text: str) -> str:
    other = re.match(r"([a-z][a-z+-]*):(?://|(?!\d))/*", text, re.I)
    rest = text[other.end() :] if other else text.lstrip("/")
    guess = f"https://{rest}" if "/" in rest else f"https://{rest}/"
    what = f"has the scheme '{other[1]}', and only http and https are crawled" if other else "has no scheme"
    return f"{short(text)} {what}; did you mean {short(guess)}?"


def _bounded(url: str) -> str:
    if len(url) > MAX_LENGTH:
        raise ValueError(f"{short(url)} is longer than {MAX_LENGTH} characters when escaped")
    return url


def is_static(url: str) -> bool:
    """Tell by its extension whether *url* is a file that is no page: picture, sound, document, archive, script."""
    name = _path_and_query(url)[0].lower().rpartition("/")[2]
    return _stem_and_extension(name)[1] in tables.STATIC_EXTENSIONS


@lru_cache(maxsize=32_768)
def score_article_url(url: str) -> float:
    """Tell from the shape of *url* alone, 0 to 1, how likely an article is behind it; 0 for what is no http(s) page.

    For: a slug of several words, a day, an id, a part such as `article`. Against: lists (tags, authors, archives,
    page numbers), services (login, imprint, feeds), media hubs. The weights were set on URLs of 90 publishers.
    """
    path, query = _path_and_query(url)
    if "%" in path:
        path = unquote(path)
    lower = path.lower()
    segments = [segment for segment in lower.split("/") if segment]
    by_query = 0.4 if query and _QUERY_ID.search(query) else 0.0
    if not segments:
        return by_query and by_query + 0.1
    stem, extension = _stem_and_extension(segments[-1])
    if extension in tables.STATIC_EXTENSIONS or extension in tables.FEED_EXTENSIONS:
        return 0.0
    if _is_list_or_service(segments, stem, lower) or (query and _QUERY_LIST.search(query)):
        return 0.0
    numbers = _number_points(path, lower)
    score = 0.1 + by_query + _slug_points(segments) + numbers + _word_points(segments, stem)
    score += 0.1 * (extension in tables.PAGE_EXTENSIONS)
    named_list = len(segments) > 1 and segments[-2] in tables.TAXONOMY and numbers < 0.8
    return min(max(round(score, 2), 0.0), 0.15 if named_list else 1.0)


def _path_and_query(url: str) -> tuple[str, str]:
    """Give path and query as written; two times "" for what is not http(s)."""
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
    if segments[0] in tables.SERVICE or stem in tables.SERVICE or _ARCHIVE.search(path):
        return True
    tokens = stem.split("-") if len(segments) <= 3 else ()
    return 0 < len(tokens) <= 3 and not tables.LEGAL_TOKENS.isdisjoint(tokens)


def _slug_points(segments: list[str]) -> float:
    """Give points for the words of the last two parts; scripts without spaces count three letters a word."""
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
    """Give points for a date and an id in *path*, whose case tells random ids from words."""
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
    """Give points for parts of the path that name a kind of page."""
    before = segments[:-1]
    points = 0.05 if before else 0.0
    if not tables.ARTICLE_WORDS.isdisjoint(segments if len(segments) > 2 else before):
        points += 0.2
    if not tables.TAXONOMY.isdisjoint(before) or stem in tables.TAXONOMY:
        points -= 0.5
    if not tables.MEDIA.isdisjoint(before):
        points -= 0.15
    return points - (0.3 if stem in tables.MEDIA else 0.0)
