"""A body is whole if its stream and its document reach their ends."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest
from scrapy.utils._compression import brotli, zstd

from newscrawl.downloader.wholeness import has_end, is_whole_stream

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


def test_padding_after_a_stream_and_unknown_codings_do_not_matter() -> None:
    assert is_whole_stream(gzip.compress(PAGE) + b"\x00" * 40, b"gzip")
    assert is_whole_stream(PAGE[:50], b"aws-chunked")
    assert is_whole_stream(PAGE[:50], b"")


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body><p>Text</p></body></html>",
        b"<HTML><BODY><P>Text</P></BODY></HTML>\r\n\r\n",
        b"<html><body><p>Text</p></body>\n</html >\n<!-- cached 2026-11-20 --><!-- 0.31 s -->\n",
        b"<html><body><p>Text</p></body></html><!-- cached by",
        b"<html><body><p>Text</p></body></html>\n<script>count('/a</b')</script>\n<script src='/c.js'>",
        b"<html><body><p>Text</p></body>",
        "<html><body><p>Text</p></body></html>".encode("utf-16-le"),
        b"<html><body></html><p>An early end, and more text.</p></body></html>",
        b"<rss version='2.0'><channel></channel></rss>\n",
        b"<feed xmlns='http://www.w3.org/2005/Atom'></feed><!-- 12 entries -->",
        b"<rdf:RDF></rdf:RDF>",
        b"<sm:urlset></sm:urlset>",
        b"<sitemapindex></sitemapindex >",
        b'\xef\xbb\xbf{"version": "https://jsonfeed.org/version/1.1", "items": []}',
        gzip.compress(b"<urlset></urlset>", mtime=0),
    ],
)
def test_document_that_reaches_its_end_tag_is_whole(body: bytes) -> None:
    assert has_end(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body><p>Text that goes on",
        b"<html><body><p>Text</p></bo",
        b"<html><body></html><p>An early end, and more te",
        b"<html><body><script>document.write('</html>')</script><p>Text",
        b"<rss version='2.0'><channel><item></item></channel>",
        b"<urlset><url><loc>https://example.org/</loc></url></urls",
        b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1"}',
        b"https://example.org/one\nhttps://example.org/tw",
        gzip.compress(PAGE)[:-20],
    ],
)
def test_document_without_its_end_tag_is_not_whole(body: bytes) -> None:
    assert not has_end(body)
