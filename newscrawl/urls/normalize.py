"""URL keys, fetchable URLs, sites and start URLs.

Pure: no network, no clock, no files but the suffix list bundled with tldextract. Functions raise ValueError for
anything but an http(s) URL with a host, and for URLs that are too long.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from w3lib.url import safe_url_string

from newscrawl.exceptions import UsageError
from newscrawl.urls.key_rules import PLAIN, UrlKeyRules, is_ignorable_param, page_path, page_query, strip_session
from newscrawl.urls.parse import MAX_LENGTH, bare_host, registrable, short, split

NORMALIZER_VERSION: Final = 3
"""Incremented whenever `normalize` returns another key for some URL. Stored keys of other versions are rebuilt."""

_SAFE = re.compile(r"[A-Za-z0-9\-._~!$&()*+,;=:@/?%]*")
_CONTROL = re.compile(r"[\x00-\x20]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@lru_cache(maxsize=32_768)
def normalize(url: str, rules: UrlKeyRules = PLAIN) -> str:
    """Return the URL key of the page that *url* names, equal for all spellings and copies of the page.

    The key is an https URL that is not meant to be fetched. Removed are `www.`, `m.`, `mobile.`, `mobil.` and `amp.`
    host prefixes, AMP caches, AMP, mobile and print views, tracking parameters, session ids, index files, the trailing
    slash, userinfo, the fragment (`#!` too: nothing that needs a script is fetched) and default ports. The query is
    sorted, escapes are canonical (RFC 3986, section 6.2.2). Idempotent. `UrlKeys` finds the *rules* of the site.
    """
    parts = split(url)
    key = f"https://{bare_host(parts.host)}{parts.port}{page_path(parts.path)}"
    query = page_query(parts.query, rules) if parts.query else ""
    return _bounded(f"{key}?{query}" if query else key)


@lru_cache(maxsize=8_192)
def fetchable(url: str, rules: UrlKeyRules = PLAIN) -> str:
    """Return the URL to fetch: as written, but without fragment, userinfo, tracking parameters and session ids."""
    parts = split(url)
    path = strip_session(parts.path) or "/"
    query = "&".join(pair for pair in parts.query.split("&") if not is_ignorable_param(pair, rules, views=False))
    fetched = f"{parts.scheme}://{parts.host}{parts.port}{path}" + (f"?{query}" if query else "")
    if not _SAFE.fullmatch(fetched):
        # Half of a surrogate pair cannot be encoded; the key has it as a question mark, too.
        fetched = _SURROGATE.sub("%3F", _CONTROL.sub(lambda match: f"%{ord(match[0]):02X}", fetched))
        fetched = safe_url_string(fetched)
    return _bounded(fetched)


def get_site(url: str) -> str:
    """Return the registrable domain of *url*; private suffixes count (`a.blogspot.com`).

    An IP address, `localhost` or a host below no known suffix is its own site, with its port unless that is 80 or 443.
    """
    parts = split(url)
    return registrable(parts.host) or bare_host(parts.host) + parts.port


def same_site(a: str, b: str) -> bool:
    """Return whether both URLs are fetched from one site; a copy in an AMP cache is fetched from the cache."""
    return get_site(a) == get_site(b) and split(a).is_copy == split(b).is_copy


def check_start_url(text: str, prepare: Callable[[str], str] = fetchable) -> str:
    """Return the fetchable URL that a user means by *text*. Raises UsageError with cause and fix."""
    text = text.strip()
    if not text:
        raise UsageError("no URL given; expected one such as 'https://example.org/'")
    if re.search(r"\s", text):
        raise UsageError(f"{short(text)} is not a URL: it contains white space; separate several URLs with commas")
    if not re.match(r"https?://", text, re.I):
        raise UsageError(_scheme_message(text))
    try:
        return prepare(text)
    except ValueError as error:
        problem = str(error) if short(text) in str(error) else f"{short(text)} is not a URL: {error}"
        raise UsageError(f"{problem}; expected one such as 'https://example.org/'") from None


def _scheme_message(text: str) -> str:
    match = re.match(r"([a-z][a-z+-]*):(?://|(?!\d))/*", text, re.I)
    rest = text[match.end() :] if match else text.lstrip("/")
    guess = f"https://{rest}" if "/" in rest else f"https://{rest}/"
    what = f"has the scheme '{match[1]}', but only http and https are crawled" if match else "has no scheme"
    return f"{short(text)} {what}; did you mean {short(guess)}?"


def _bounded(url: str) -> str:
    if len(url) > MAX_LENGTH:
        raise ValueError(f"{short(url)} is longer than {MAX_LENGTH} characters when escaped")
    return url
