"""Tell whole bodies from truncated ones by the end of their compressed stream. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from scrapy.utils._compression import brotli, zstd  # type: ignore[attr-defined]

from newscrawl.text.document_end import is_whole_gzip


def is_whole_stream(body: bytes, encoding: bytes) -> bool:
    """Return whether *body*, compressed with the content coding *encoding*, reaches the end of its stream.

    An unknown coding counts as whole. Call it with bodies whose decompressed size is known to be within bounds.
    """
    check = _CHECKS.get(encoding.strip().lower())
    return check is None or check(body)


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
    b"gzip": is_whole_gzip,
    b"x-gzip": is_whole_gzip,
    b"deflate": _is_whole_deflate,
    b"br": _is_whole_brotli,
    b"zstd": _is_whole_zstd,
}
