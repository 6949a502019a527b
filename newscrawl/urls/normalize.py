"""URLs: which page one names, what to fetch for it, whose site it is on, and whether it looks like an article.

Pure: no network, no clock, no files but the suffix list that is bundled with tldextract. Every function but
`is_static` and `looks_like_article` raises ValueError for what is not an http(s) URL with a host, or is too long.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from w3lib.url import safe_url_string

from newscrawl.exceptions import UsageError
from newscrawl.urls.key_rules import PLAIN, UrlKeyRules, is_ignorable_param, page_path, page_query, without_session
from newscrawl.urls.parse import MAX_LENGTH, bare_host, registrable, short, split

NORMALIZER_VERSION: Final = 2
"""Raised whenever `normalize` gives another key for some URL; stored keys of another version have to be made again."""

_SAFE = re.compile(r"[A-Za-z0-9\-._~!$&()*+,;=:@/?%]*")
_CONTROL = re.compile(r"[\x00-\x20]")


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
