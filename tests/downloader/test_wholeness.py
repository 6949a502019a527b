"""A body is whole if its stream reaches its end."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest
from scrapy.utils._compression import brotli, zstd

from newscrawl.downloader.wholeness import is_whole_stream, measure_gzip

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


def test_size_of_whole_gzip_is_known_without_keeping_its_content() -> None:
    body = gzip.compress(PAGE)
    assert measure_gzip(body, len(PAGE)) == len(PAGE)
    assert measure_gzip(body + body, 2 * len(PAGE)) == 2 * len(PAGE)


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(PAGE)[:-1],
        gzip.compress(PAGE) + b"garbage",
        gzip.compress(gzip.compress(PAGE)),
        gzip.compress(PAGE + b"x"),
        b"\x1f\x8b\x08garbage",
        PAGE,
        b"",
    ],
    ids=["cut off", "more after it", "packed twice", "too large", "damaged", "no gzip", "empty"],
)
def test_other_bodies_have_no_size(body: bytes) -> None:
    assert not measure_gzip(body, len(PAGE))
