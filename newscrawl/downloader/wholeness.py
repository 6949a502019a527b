"""Tell whole bodies from truncated ones by the end of their compressed stream. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from scrapy.utils._compression import brotli, zstd  # type: ignore[attr-defined]

from newscrawl.text.document_end import is_whole_gzip

_CHUNK = 64 * 1024
"""Bytes that are decompressed at once: what is looked for is the end, not the content."""


def is_whole_stream(body: bytes, encoding: bytes) -> bool:
    """Return whether *body*, compressed with the content coding *encoding*, reaches the end of its stream.

    An unknown coding counts as whole. Call it with bodies whose decompressed size is known to be within bounds.
    """
    check = _CHECKS.get(encoding.strip().lower())
    return check is None or check(body)


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
