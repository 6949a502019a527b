"""A body is whole if its stream reaches its end."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest
from scrapy.utils._compression import brotli, zstd

from newscrawl.downloader.wholeness import is_whole_stream

PAGE = "<!doctype html><html lang=pt><body><p>A câmara aprovou o orçamento.</p>".encode() * 200


def deflate_raw(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


COMPRESS: dict[str, tuple[bytes, Callable[[bytes], bytes]]] = {
    "gzip": (b"gzip", gzip.compress),
    "gzip in two members": (b"x-gzip", lambda body: gzip.compress(body[:900]) + gzip.compress(body[900:])),
    "deflate": (b"deflate", zlib.compress),
    "raw deflate": (b"deflate", deflate_raw),
    "brotli": (b"br", brotli.compress),
    "zstandard": (b"zstd", zstd.compress),
    "zstandard in two frames": (b" ZSTD", lambda body: zstd.compress(body[:900]) + zstd.compress(body[900:])),
}


@pytest.mark.parametrize("name", COMPRESS)
def test_stream_is_whole_to_its_last_byte(name: str) -> None:
    coding, compress = COMPRESS[name]
    body = compress(PAGE)
    assert is_whole_stream(body, coding)
    assert not any(is_whole_stream(body[:length], coding) for length in range(1, len(body) - 4, 7))


def test_raw_deflate_is_whole_wherever_its_content_ends() -> None:
    # It has no checksum: its last byte may be consumed while some output is still missing.
    near_a_block = range(64 * 1024 - 5, 64 * 1024 + 300)
    assert [size for size in near_a_block if not is_whole_stream(deflate_raw(bytes(size)), b"deflate")] == []


def test_padding_after_a_stream_and_unknown_codings_do_not_matter() -> None:
    assert is_whole_stream(gzip.compress(PAGE) + b"\x00" * 40, b"gzip")
    assert is_whole_stream(PAGE[:50], b"aws-chunked")
    assert is_whole_stream(PAGE[:50], b"")
