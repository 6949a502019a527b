"""Tell whole documents from truncated ones by how they end. Pure."""

from __future__ import annotations

import json
import re
import zlib
from contextlib import suppress

TAIL = 64 * 1024
"""Bytes at the end of a body that are searched for its end tag."""
MAX_SIZE = 50 * 1024 * 1024
"""Bytes of a decompressed sitemap; larger ones are not read to their end."""

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
        with suppress(ValueError, RecursionError):
            return bool(json.loads(body.decode("utf-8-sig")))
    return body.startswith(b"\x1f\x8b") and is_whole_gzip(body)


def is_whole_gzip(body: bytes) -> bool:
    """Return whether the last gzip member of *body* reaches its end, within MAX_SIZE bytes of content."""
    ended, size = False, 0
    while body.startswith(b"\x1f\x8b"):
        stream = zlib.decompressobj(wbits=31)
        try:
            while body and not stream.eof and size <= MAX_SIZE:
                size += len(stream.decompress(body, TAIL))
                body = stream.unconsumed_tail
        except zlib.error:
            return False
        if not (ended := stream.eof):
            break
        body = stream.unused_data
    return ended
