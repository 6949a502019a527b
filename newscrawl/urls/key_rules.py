"""Reduce the path and query of a URL to what identifies the page. Pure; tables: `newscrawl.urls.word_lists`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from newscrawl.urls import word_lists

_CANONICAL_PATH = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/]*")
_CANONICAL_QUERY = re.compile(r"[A-Za-z0-9\-._~!$&'()*,;=:@/+]*")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_PATH_FREE = frozenset(_UNRESERVED + "!$&'()*+,;=:@")
_QUERY_FREE = frozenset(_UNRESERVED + "!$'()*,;:@/")
_NEEDS_WORK = re.compile(
    r"//|/\.|;|\([SAF]\(|/(?:amp|print)(?:\.html?)?(?=/|$)|\.amp(?=\.|$)|/(?:index|default)\.|/$", re.I
)
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*|/\([SAF]\([^/()]*\)\)(?=/|$)", re.I)
_INDEX = re.compile(r"(?:index|default)\.(?:html?|shtml|php\d?|aspx?|jsp|cfm)", re.I)
_AMP_NAMES = frozenset(["amp", "amp.html"])
_PRINT_NAMES = frozenset(["print", "print.html", "print.htm"])
_PAGE_NAME = re.compile(r".*[\d._%-]")
_LINK_POSITION = re.compile(r"[a-z]+(?:_[a-z]+)*---.*")
_FEED_ITEM = re.compile(
    r"(?:[a-z0-9.]{1,30}[-_:|/ ]){0,4}rss(?:2|2\.0)?[-_:|/. ].*|(?:[a-z0-9.]{1,30}[-_:|/ ]){1,4}rss"
)
_AMP_NAME = re.compile(r"(.*[^.])\.amp(\.html?)?", re.I)
_TOKEN = re.compile(r"(?=.*\d)(?=.*[a-z])[a-z0-9,_-]{16,}|[0-9a-f]{32,}", re.I)


@dataclass(frozen=True, slots=True)
class UrlKeyRules:
    """Query parameters of a site, from the table [identity] of its site file. Names are in lower case."""

    keep_parameters: tuple[str, ...] = ()
    """Part of the URL key, although parameters of these names are ignored on other sites."""
    drop_parameters: tuple[str, ...] = ()
    """Not part of the URL key, and removed before a URL is fetched."""


PLAIN: Final = UrlKeyRules()
"""The rules of a site without a table [identity]."""


def strip_session(path: str) -> str:
    """Return *path* without the session ids that Java, PHP and ASP.NET write into it."""
    return _SESSION_PATH.sub("", path)


def _escape(text: str, canonical_form: re.Pattern[str], free: frozenset[str]) -> str:
    """Decode escapes of *free* characters, write the others in upper case, and escape what must be escaped."""
    if canonical_form.fullmatch(text):
        return text

    def canonical(match: re.Match[str]) -> str:
        if match[1] is None:
            return "%25"
        char = chr(int(match[1], 16))
        return char if char in free else match[0].upper()

    return quote(_ESCAPE.sub(canonical, text), safe="%/!$&'()*+,;=:@", errors="replace")


def page_path(path: str) -> str:
    """Return the canonical path: no AMP or print view, session id, dot or empty segment, index file; "/" for root."""
    path = _escape(path, _CANONICAL_PATH, _PATH_FREE)
    if not path or path == "/":
        return "/"
    if _NEEDS_WORK.search(path) is None:
        return path
    segments: list[str] = []
    for segment in _SESSION_PATH.sub("", path).split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    return "/" + "/".join(_strip_views(segments))


def _strip_views(segments: list[str]) -> list[str]:
    """Drop segments that mark an AMP view, a print view or an index file.

    `/tag/amp` and `/tag/print` are topic lists and `/services/print` is about printing, so only a segment that looks
    like the name of a page (a slug, a number) has a print view.
    """
    while segments:
        last = segments[-1].lower()
        if _INDEX.fullmatch(last) or _is_view_segment(segments[-2].lower() if len(segments) > 1 else "", last):
            segments.pop()
        elif match := _AMP_NAME.fullmatch(segments[-1]):
            segments[-1] = match[1] + (match[2] or "")
        else:
            break
    while len(segments) > 1 and segments[0].lower() == "amp":
        del segments[0]
    return segments


def _is_view_segment(page: str, name: str) -> bool:
    if page in word_lists.TOPIC_LISTS:
        return False
    return name in _AMP_NAMES or (name in _PRINT_NAMES and _PAGE_NAME.match(page) is not None)


def page_query(query: str, rules: UrlKeyRules = PLAIN) -> str:
    """Return the sorted parameters that identify the page."""
    query = _escape(query.replace("%20", "+").replace(" ", "+"), _CANONICAL_QUERY, _QUERY_FREE)
    kept = []
    for pair in query.split("&"):
        while pair.startswith("amp;"):
            pair = pair[4:]
        if not is_ignorable_param(pair, rules, views=True):
            name, _, value = pair.partition("=")
            kept.append(f"{name}={value}" if value else name)
    return "&".join(sorted(kept))


def is_ignorable_param(pair: str, rules: UrlKeyRules = PLAIN, *, views: bool) -> bool:
    """Return whether *pair* (`name=value`) is tracking, a session id, empty or (with *views*) a view of the page."""
    name, _, value = pair.partition("=")
    name = unquote(name).lower().removeprefix("amp;") if "%" in name or ";" in name else name.lower()
    if not name:
        return not value
    if rules is not PLAIN and (name in rules.keep_parameters or name in rules.drop_parameters):
        return name in rules.drop_parameters
    if (
        name in word_lists.TRACKING
        or "utm_" in name
        or name.startswith(word_lists.TRACKING_PREFIXES)
        or name in word_lists.SESSIONS
    ):
        return True
    value = value.lower()
    if name in word_lists.CHANNEL_PARAMETERS and (value in word_lists.CHANNELS or _LINK_POSITION.fullmatch(value)):
        return True
    if name in word_lists.FEED_PARAMETERS and _names_feed(name, value):
        return True
    if name in word_lists.SESSION_TOKENS:
        return _TOKEN.fullmatch(value) is not None
    return views and _is_view_parameter(name, value)


def _names_feed(name: str, value: str) -> bool:
    """Return whether the value of a feed parameter names a feed or an item of one: `rss`, `rss_local`, `de-rss-all`."""
    if name not in word_lists.AMBIGUOUS_FEED_PARAMETERS and value in word_lists.FEED_CHANNELS:
        return True
    return _FEED_ITEM.fullmatch(unquote(value)) is not None


def _is_view_parameter(name: str, value: str) -> bool:
    if name in word_lists.VARIANT_PARAMETERS or name in word_lists.SINGLE_PAGE:
        return value in word_lists.TRUE
    return value in word_lists.VIEWS.get(name, ())
