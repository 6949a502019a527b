"""Rewrite a robots.txt into what Protego reads as RFC 9309 and its author mean. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from newscrawl.discovery.xml_text import decode
from newscrawl.urls.parse import split

_DISALLOW: Final = frozenset(["disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"])
_KNOWN: Final = _DISALLOW | frozenset(
    [
        "allow",
        "sitemap",
        "sitemaps",
        "site-map",
        "crawl-delay",
        "crawl",
        "request-rate",
        "request",
        "visit-time",
        "visit",
        "host",
    ]
)
"""First words of the lines that Protego understands, apart from `User-agent`."""
_QUOTES = "<>\"'"
_LINE = re.compile(r"\s*(user[ -]?agent|[\w-]+)\s*:?\s*(.*)", re.I)
_ABSOLUTE = re.compile(r"https?://", re.I)
_PRODUCT_TOKEN = re.compile(r"[A-Za-z_-]+")


def fix_robotstxt(body: bytes, url: str, product_token: str) -> bytes:
    """Return the robots.txt of *url* in UTF-8, with the lines rewritten that Protego misreads.

    - Lines with an unknown field are dropped: with Protego they end a group, so that `User-agent` lines before and
      after them get different rules (RFC 9309, section 2.2.4: other records must not interfere).
    - `User-agent: newscrawl/1.0` names *product_token*, whatever follows it.
    - A rule with an absolute URL is a rule for its path if the URL is of this host, and ignored otherwise; it never
      concerns the whole host.
    """
    return "\n".join(_fix_lines(decode(body), url, product_token)).encode("utf-8", "replace")


def _fix_lines(text: str, url: str, product_token: str) -> Iterator[str]:
    for line in text.splitlines():
        match = _LINE.match(line.partition("#")[0])
        if match is None:
            continue
        field, value = match[1].lower().replace(" ", "-"), match[2].strip()
        if field in ("user-agent", "useragent"):
            token = _PRODUCT_TOKEN.match(value)
            is_own = token is not None and token[0].lower() == product_token
            yield f"User-agent: {product_token if is_own else value}"
        elif _ABSOLUTE.match(value) and (field == "allow" or field in _DISALLOW):
            path = _get_own_path(value, url)
            if path not in ("", "/"):
                yield f"{field}: {path}"
        elif field in _KNOWN:
            yield f"{field}: {value.strip(_QUOTES)}" if field.startswith("site") else line


def _get_own_path(rule: str, url: str) -> str:
    """Return path and query of the absolute URL *rule*, "" if it is of another host than *url*."""
    try:
        named, own = split(rule), split(url)
    except ValueError:
        return ""
    if (named.host, named.port) != (own.host, own.port):
        return ""
    return named.path + (f"?{named.query}" if named.query else "")
