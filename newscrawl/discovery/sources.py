"""What feeds and sitemaps share: decompression, the XML prolog, URL resolution and clean fields. Pure."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from newscrawl.urls.normalize import fetchable

MAX_LISTING_SIZE: Final = 50 * 1024 * 1024
"""Bytes of a decompressed feed or sitemap; anything beyond is not read. sitemaps.org allows 50 MB."""
MAX_TEXT: Final = 1_000
"""Characters kept of a headline, section or keyword."""

_GZIP = b"\x1f\x8b"
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_LONG_TAG = re.compile(rb"<[A-Za-z/][^<>]{65536}")
_PLAIN_URL = re.compile(r"https?://[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,5}\.[a-z]{2,20}/[A-Za-z0-9\-._~/=,;:]*")
_TEXT_NOISE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Decompressed:
    """A body after decompression."""

    body: bytes
    partial: str | None = None
    """Why the body is incomplete, or None."""


@dataclass(frozen=True, slots=True)
class Prolog:
    """The beginning of an XML document."""

    root: str
    """Local name of the root element in lower case, or ""."""
    has_doctype: bool


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


def to_utf8(body: bytes) -> bytes:
    """Return UTF-16 (with or without BOM) converted to UTF-8, and UTF-8 without its BOM; other bytes are unchanged."""
    encoding = _UTF16.get(body[:2])
    if encoding is None:
        return body.removeprefix(_UTF8_BOM)
    text = body.decode(encoding, "replace").removeprefix("\ufeff")
    return re.sub(r"^(\s*<\?xml[^>]{0,200}?)\sencoding=[\"'][^\"'>]{0,40}[\"']", r"\1", text).encode("utf-8", "replace")


def read_prolog(body: bytes) -> Prolog:
    """Scan up to the root element, in linear time."""
    at, doctype = 0, False
    while True:
        at = _skip_space(body, at)
        if body.startswith(b"<?", at):
            end, width = body.find(b"?>", at), 2
        elif body.startswith(b"<!--", at):
            end, width = body.find(b"-->", at + 4), 3
        elif body.startswith(b"<!", at):
            doctype, end, width = True, body.find(b">", at), 1
        else:
            break
        if end < 0:
            return Prolog("", doctype)
        at = end + width
    match = _ROOT.match(body, at) or (_ROOT.search(body, at) if doctype else None)
    return Prolog(match[1].decode("ascii", "replace").lower() if match else "", doctype)


def _skip_space(body: bytes, at: int) -> int:
    while at < len(body) and body[at] in b" \t\r\n":
        at += 1
    return at


def get_rejection_reason(start: Prolog, body: bytes) -> str | None:
    """Return why an XML document must not be parsed, or None."""
    if start.root == "html":
        return "it is an HTML page"
    if start.has_doctype:
        return "it has a DTD, and DTDs are not processed"
    if _LONG_TAG.search(body):
        return "it has a tag of more than 65536 bytes"
    return None


def resolve_url(base: str, href: str | None) -> str | None:
    """Return *href* resolved against *base* as an http(s) URL that can be fetched, else None."""
    if not href:
        return None
    href = href.strip()
    if _PLAIN_URL.fullmatch(href) and len(href) <= 1_000:
        return href
    try:
        url = href if href.startswith(("https://", "http://")) else urljoin(base, href)
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
