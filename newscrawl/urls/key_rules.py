"""What of a URL's path and query says which page it is. Pure; the tables are in `newscrawl.urls.word_lists`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from newscrawl.urls import word_lists

_PATH_DONE = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/]*")
_QUERY_DONE = re.compile(r"[A-Za-z0-9\-._~!$&'()*,;=:@/+]*")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_PATH_FREE = frozenset(_UNRESERVED + "!$&'()*+,;=:@")
_QUERY_FREE = frozenset(_UNRESERVED + "!$'()*,;:@/")
_PATH_WORK = re.compile(
    r"//|/\.|;|\([SAF]\(|/(?:amp|print)(?:\.html?)?(?=/|$)|\.amp(?=\.|$)|/(?:index|default)\.|/$", re.I
)
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*|/\([SAF]\([^/()]*\)\)(?=/|$)", re.I)
_INDEX = re.compile(r"(?:index|default)\.(?:html?|shtml|php\d?|aspx?|jsp|cfm)", re.I)
_AMP_NAMES = frozenset(["amp", "amp.html"])
_PRINT_NAMES = frozenset(["print", "print.html", "print.htm"])
_PAGE_NAME = re.compile(r".*[\d._%-]")
_PLACE = re.compile(r"[a-z]+(?:_[a-z]+)*---.*")
_AMP_NAME = re.compile(r"(.*[^.])\.amp(\.html?)?", re.I)
_TOKEN = re.compile(r"(?=.*\d)(?=.*[a-z])[a-z0-9,_-]{16,}|[0-9a-f]{32,}", re.I)


@dataclass(frozen=True, slots=True)
class UrlKeyRules:
    """What a site file says about the parameters of the site's URLs. Names are in lower case."""

    keep_parameters: tuple[str, ...] = ()
    """They say which page it is, although their names are those of parameters that say nothing elsewhere."""
    drop_parameters: tuple[str, ...] = ()
    """They say nothing about the page; they are not even asked for."""


PLAIN: Final = UrlKeyRules()
"""The rules of a site of which no file says anything."""


def without_session(path: str) -> str:
    """Drop session ids that are written into the path (Java, PHP, ASP.NET)."""
    return _SESSION_PATH.sub("", path)


def _escape(text: str, done: re.Pattern[str], free: frozenset[str]) -> str:
    """Decode the escapes of *free* characters, escape all that has to be, write the others in upper case."""
    if done.fullmatch(text):
        return text

    def canonical(match: re.Match[str]) -> str:
        if match[1] is None:
            return "%25"
        char = chr(int(match[1], 16))
        return char if char in free else match[0].upper()

    return quote(_ESCAPE.sub(canonical, text), safe="%/!$&'()*+,;=:@", errors="replace")


def page_path(path: str) -> str:
    """Give the one path of a page: no views, session ids, dot and empty segments, index files; "/" for the root."""
    path = _escape(path, _PATH_DONE, _PATH_FREE)
    if not path or path == "/":
        return "/"
    if _PATH_WORK.search(path) is None:
        return path
    segments: list[str] = []
    for segment in _SESSION_PATH.sub("", path).split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    return "/" + "/".join(_without_views(segments))


def _without_views(segments: list[str]) -> list[str]:
    """Drop what marks the AMP or print view or an index file.

    `/tag/amp` and `/tag/print` are lists about a topic, `/services/print` is about printing: only what has the name of
    a page (a slug, a number) has a print view.
    """
    while segments:
        last = segments[-1].lower()
        if _INDEX.fullmatch(last) or _is_view_of(segments[-2].lower() if len(segments) > 1 else "", last):
            segments.pop()
        elif match := _AMP_NAME.fullmatch(segments[-1]):
            segments[-1] = match[1] + (match[2] or "")
        else:
            break
    while len(segments) > 1 and segments[0].lower() == "amp":
        del segments[0]
    return segments


def _is_view_of(page: str, name: str) -> bool:
    if page in word_lists.TOPIC_LISTS:
        return False
    return name in _AMP_NAMES or (name in _PRINT_NAMES and _PAGE_NAME.match(page) is not None)


def page_query(query: str, rules: UrlKeyRules = PLAIN) -> str:
    """Give the sorted parameters that say which page it is."""
    query = _escape(query.replace("%20", "+").replace(" ", "+"), _QUERY_DONE, _QUERY_FREE)
    kept = []
    for pair in query.split("&"):
        while pair.startswith("amp;"):
            pair = pair[4:]
        if not is_ignorable_param(pair, rules, views=True):
            name, _, value = pair.partition("=")
            kept.append(f"{name}={value}" if value else name)
    return "&".join(sorted(kept))


def is_ignorable_param(pair: str, rules: UrlKeyRules = PLAIN, *, views: bool) -> bool:
    """Tell whether a parameter is of tracking, a session, empty, or (with *views*) another view of the same page."""
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
    if name in word_lists.CHANNEL_PARAMETERS and (value in word_lists.CHANNELS or _PLACE.fullmatch(value)):
        return True
    if name in word_lists.SESSION_TOKENS:
        return _TOKEN.fullmatch(value) is not None
    return views and _is_view(name, value)


def _is_view(name: str, value: str) -> bool:
    if name in word_lists.VARIANT_PARAMETERS or name in word_lists.SINGLE_PAGE:
        return value in word_lists.TRUE
    return value in word_lists.VIEWS.get(name, ())
