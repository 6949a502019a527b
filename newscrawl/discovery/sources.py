"""What feeds and sitemaps share: decompression, URL resolution and clean fields. Pure."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Final

from newscrawl.discovery.xml_text import unescape_text
from newscrawl.urls.normalize import fetchable
from newscrawl.urls.parse import join, short

MAX_LISTING_SIZE: Final = 50 * 1024 * 1024
"""Bytes of a decompressed feed or sitemap; anything beyond is not read. sitemaps.org allows 50 MB."""
MAX_TEXT: Final = 1_000
"""Characters kept of a headline, section or keyword."""

_GZIP = b"\x1f\x8b"
_PLAIN_URL = re.compile(r"https?://[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,5}\.[a-z]{2,20}/[A-Za-z0-9\-._~/=,;:]*")
_REFERENCE = re.compile(r"&(?:#?[A-Za-z0-9]{1,31});")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_TEXT_NOISE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Decompressed:
    """A body after decompression."""

    body: bytes
    partial: str | None = None
    """Why the body is incomplete, or None."""


def decompress(body: bytes) -> Decompressed:
    """Decompress up to two layers of gzip and `MAX_LISTING_SIZE` bytes; keep the readable part of a damaged body."""
    partial = None
    for _ in range(2):
        if not body.startswith(_GZIP):
            break
        body, damage = _gunzip(body)
        partial = partial or damage
    return Decompressed(body, partial)


def _gunzip(body: bytes) -> tuple[bytes, str | None]:
    out: list[bytes] = []
    remaining = MAX_LISTING_SIZE
    while body.startswith(_GZIP):
        member = zlib.decompressobj(wbits=31)
        try:
            out.append(member.decompress(body, remaining))
        except zlib.error as error:
            return b"".join(out), f"damaged gzip: {error}"
        remaining -= len(out[-1])
        if not member.eof:
            full = remaining <= 0
            return b"".join(out), f"more than {MAX_LISTING_SIZE} bytes decoded" if full else "truncated gzip"
        body = member.unused_data
        if remaining <= 0 and body:
            return b"".join(out), f"more than {MAX_LISTING_SIZE} bytes decoded"
    return b"".join(out), None


def resolve_url(base: str, href: str | None) -> str | None:
    """Return *href* resolved against *base* as browsers do; None unless it is an http(s) URL that can be fetched."""
    if not href:
        return None
    href = href.strip()
    if _PLAIN_URL.fullmatch(href) and len(href) <= 1_000:
        return href
    try:
        url = join(base, href)
        fetchable(url)
    except ValueError:
        return None
    return url


def clean_field(text: object) -> str | None:
    """Return declared text on one line, without control characters, cut to `MAX_TEXT`; None if nothing is left."""
    if not isinstance(text, str):
        return None
    text = text[: 4 * MAX_TEXT]
    if not text.isprintable():
        text = _TEXT_NOISE.sub(" ", text)
    return " ".join(text.split())[:MAX_TEXT].strip() or None


def clean_title(text: object) -> str | None:
    """Return a title as plain text: without tags, and with references resolved that were escaped twice."""
    return clean_field(unescape_text(_MARKUP.sub(" ", text[:8_000]))) if isinstance(text, str) else None


@dataclass(slots=True)
class InvalidUrls:
    """Counts what a feed or sitemap loses to URLs that nobody can fetch: `http://[`, `https://example.org:70000/`."""

    entries: int = 0
    """Entries that were read, whatever their URL."""
    count: int = 0
    """Those of them that have an invalid URL. An entry without any is none of them: it links to nothing."""
    example: str = ""
    next_page: str | None = None
    """The URL of the next page if it is invalid."""

    def resolve(self, base: str, href: str | None) -> str | None:
        """Count an entry, and return its URL as `resolve_listed_url` does."""
        self.entries += 1
        url = resolve_listed_url(base, href)
        if url is None and href is not None and href.strip():
            self._add(href)
        return url

    def reject(self, entry: object) -> None:
        """Count an entry that has something else in place of a URL."""
        self.entries += 1
        self._add(entry if isinstance(entry, str) else repr(entry)[:80])

    def clear(self) -> None:
        """Forget the entries, which are read again."""
        self.entries, self.count, self.example = 0, 0, ""

    def _add(self, example: str) -> None:
        self.count += 1
        self.example = self.example or example.strip()

    def explain(self, partial: str | None = None) -> str | None:
        """Return what is lost, then *partial*, the other reason why links may be missing; None if nothing is."""
        reasons = []
        if self.count:
            of_all = f"{self.count:,} of {self.entries:,} {'entry' if self.entries == 1 else 'entries'}"
            reasons.append(describe_invalid_urls(of_all, self.count, self.example))
        if self.next_page is not None:
            reasons.append(describe_invalid_urls("the link to its next page", 1, self.next_page))
        return "; ".join([*reasons, partial] if partial else reasons) or None


def describe_invalid_urls(subject: str, count: int, example: str) -> str:
    """Return a sentence about *subject*, which has *count* invalid URLs, one of them *example*."""
    said = "has an invalid URL" if count == 1 else "have invalid URLs"
    named = f", {'' if count == 1 else 'such as '}{short(example)}" if example else ""
    return f"{subject} {said}{named}"


def resolve_listed_url(base: str, href: str | None) -> str | None:
    """Return the URL that a feed or sitemap names, as `resolve_url` does; None if it refers to unknown entities.

    References that were escaped twice are resolved: browsers would request `?a=1&amp;b=2`, but no site means it.
    """
    if href and "&" in href:
        href = _REFERENCE.sub(lambda match: unescape_text(match[0]), href)
        if _REFERENCE.search(href):
            return None
    return resolve_url(base, href)
