"""A document is whole if it reaches its end tag."""

from __future__ import annotations

import gzip

import pytest

from newscrawl.text.document_end import has_end


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
        gzip.compress(b"<urlset></urlset>" * 200, mtime=0)[:-20],
        b"{" * 100_000,
    ],
)
def test_document_without_its_end_tag_is_not_whole(body: bytes) -> None:
    assert not has_end(body)
