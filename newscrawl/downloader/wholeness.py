"""Tell whole bodies from truncated ones by the end of their compressed stream. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from scrapy.utils._compression import brotli, zstd  # type: ignore[attr-defined]

from newscrawl.text.document_end import is_whole_gzip

GZIP = b"\x1f\x8b"
"""How each gzip member begins."""
_CHUNK = 64 * 1024
"""Bytes that are decompressed at once: what is looked for is the end, not the content."""


def is_whole_stream(body: bytes, encoding: bytes) -> bool:
    """Return whether *body*, compressed with the content coding *encoding*, reaches the end of its stream.

    An unknown coding counts as whole. Call it with bodies whose decompressed size is known to be within bounds.
    """
    check = _CHECKS.get(encoding.strip().lower())
    return check is None or check(body)


def measure_gzip(body: bytes, max_size: int) -> int | None:
    """Return how many bytes *body* has when it is decompressed, without keeping them.

    None unless it is whole gzip, of at most *max_size* bytes that are not gzip themselves.
    """
    size = 0
    with suppress(zlib.error):
        while body.startswith(GZIP):
            stream = zlib.decompressobj(wbits=31)
            while body and not stream.eof and size <= max_size:
                part = stream.decompress(body, _CHUNK)
                if not size and part.startswith(GZIP):
                    return None
                size += len(part)
                body = stream.unconsumed_tail
            if not stream.eof:
                return None
            body = stream.unused_data
        return size if not body and size <= max_size else None
    return None


def _is_whole_deflate(body: bytes) -> bool:
    return any(_ends_deflate(zlib.decompressobj(wbits), body) for wbits in (15, -15))


def _ends_deflate(stream: Any, body: bytes) -> bool:
    with suppress(zlib.error):
        part = stream.decompress(body, _CHUNK)
        # The whole input may be consumed before all output has been returned.
        while part and not stream.eof:
            part = stream.decompress(stream.unconsumed_tail, _CHUNK)
        return bool(stream.eof)
    return False


def _is_whole_brotli(body: bytes) -> bool:
    stream = brotli.Decompressor()
    with suppress(brotli.error):
        part = stream.process(body, output_buffer_limit=_CHUNK)
        while part and not stream.is_finished():
            part = stream.process(b"", output_buffer_limit=_CHUNK)
        return bool(stream.is_finished())
    return False


def _is_whole_zstd(body: bytes) -> bool:
    ended = False
    while body:
        stream = zstd.ZstdDecompressor()
        with suppress(zstd.ZstdError):
            part = stream.decompress(body, _CHUNK)
            while part and not stream.eof:
                part = stream.decompress(b"", _CHUNK)
            ended, body = stream.eof, stream.unused_data
            if ended:
                continue
        return False
    return ended


_CHECKS: dict[bytes, Callable[[bytes], bool]] = {
    b"gzip": is_whole_gzip,
    b"x-gzip": is_whole_gzip,
    b"deflate": _is_whole_deflate,
    b"br": _is_whole_brotli,
    b"zstd": _is_whole_zstd,
}
