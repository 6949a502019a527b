"""Tell whole bodies from truncated ones: by the end of a compressed stream, or by the end tag of the document. Pure."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable
from contextlib import suppress

from scrapy.utils._compression import brotli, zstd  # type: ignore[attr-defined]

TAIL = 64 * 1024
"""Bytes at the end of a body that are searched for its end tag."""

_END_TAG = re.compile(rb"</(?:[\w.-]{1,20}:)?(?:html|body|rss|feed|rdf|urlset|sitemapindex)\s{0,9}>", re.I)
_AFTER_END = re.compile(rb"<!--.*?(?:-->|\Z)|<script\b.*?(?:</script\s{0,9}>|\Z)", re.I | re.S)
"""What caches and counters add after the end of a page, itself whole or not."""


def has_end(body: bytes) -> bool:
    """Return whether a page, feed or sitemap ends as a whole one does, whatever its length should have been."""
    tail = body[-TAIL:].replace(b"\x00", b"")
    ends = [match.end() for match in _END_TAG.finditer(tail)]
    if ends:
        return not _AFTER_END.sub(b"", tail[ends[-1] :]).strip()
    if body.lstrip().startswith((b"{", b"\xef\xbb\xbf{")):
        with suppress(ValueError):
            return bool(json.loads(body.decode("utf-8-sig")))
    return body.startswith(b"\x1f\x8b") and _is_whole_gzip(body)


def is_whole_stream(body: bytes, encoding: bytes) -> bool:
    """Return whether *body*, compressed with the content coding *encoding*, reaches the end of its stream.

    An unknown coding counts as whole. Call it with bodies whose decompressed size is known to be within bounds.
    """
    check = _CHECKS.get(encoding.strip().lower())
    return check is None or check(body)


def _is_whole_gzip(body: bytes) -> bool:
    ended = False
    while body.startswith(b"\x1f\x8b"):
        stream = zlib.decompressobj(wbits=31)
        if not (ended := _reaches_end(stream.decompress, body) and stream.eof):
            break
        body = stream.unused_data
    return ended


def _is_whole_deflate(body: bytes) -> bool:
    streams = (zlib.decompressobj(), zlib.decompressobj(wbits=-15))
    return any(_reaches_end(stream.decompress, body) and stream.eof for stream in streams)


def _is_whole_brotli(body: bytes) -> bool:
    stream = brotli.Decompressor()
    return _reaches_end(stream.process, body) and bool(stream.is_finished())


def _is_whole_zstd(body: bytes) -> bool:
    stream, ended = zstd.ZstdDecompressor(), False
    while body and _reaches_end(stream.decompress, body) and (ended := stream.eof):
        body, stream = stream.unused_data, zstd.ZstdDecompressor()
    return ended


def _reaches_end(decompress: Callable[[bytes], bytes], body: bytes) -> bool:
    try:
        decompress(body)
    except (zlib.error, brotli.error, zstd.ZstdError):
        return False
    return True


_CHECKS: dict[bytes, Callable[[bytes], bool]] = {
    b"gzip": _is_whole_gzip,
    b"x-gzip": _is_whole_gzip,
    b"deflate": _is_whole_deflate,
    b"br": _is_whole_brotli,
    b"zstd": _is_whole_zstd,
}
