"""Many large responses at once wait for each other, and all of them are read."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path

from newscrawl.crawling.response_memory import FREE_BYTES
from tests.support.crawling import article_page, query, scrapy
from tests.support.raw_server import raw_server

COUNT = 12
FILLER = b"<!-- " + b"x" * (3 * FREE_BYTES) + b" -->"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"


def sitemap(url: str) -> bytes:
    return b"<urlset>%s<url><loc>%s</loc></url></urlset>" % (FILLER, url.encode())


def make_responses(site: str) -> dict[str, list[bytes]]:
    """Return the responses of a site: its sitemaps come packed, with a length, or without one."""
    responses: dict[str, list[bytes]] = {}
    names = []
    for number in range(COUNT):
        path, page = f"/sitemap-{number}.xml", f"/2026/11/20/report-number-{number}-on-the-flood"
        names.append(f"<sitemap><loc>{site}{path}</loc></sitemap>")
        body = sitemap(site + page)
        packed = gzip.compress(body)
        heads = (
            b"Content-Encoding: gzip\r\nContent-Length: %d\r\n" % len(packed),
            b"Content-Length: %d\r\n" % len(body),
            b"",
        )
        responses[path] = [OK + heads[number % 3] + b"\r\n", packed if number % 3 == 0 else body]
        html = article_page(f"Report number {number} on the flood")
        responses[page] = [
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(html),
            html,
        ]
    index = f"<sitemapindex>{''.join(names)}</sitemapindex>".encode()
    responses["/sitemap.xml"] = [OK + b"Content-Length: %d\r\n\r\n" % len(index), index]
    return responses


def test_large_listings_are_all_read_whatever_their_framing(tmp_path: Path) -> None:
    database_url = f"sqlite:///{tmp_path}/newscrawl.db"
    responses: dict[str, list[bytes]] = {}

    def respond(path: str) -> Iterable[bytes]:
        return responses.get(path, [b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"])

    with raw_server(respond) as server:
        responses |= make_responses(server.url)
        crawl = scrapy("crawl", "news", "-a", f"url={server.url}/", database_url=database_url)
    assert crawl.code in (0, 4), crawl.log
    rows = query(
        database_url, "SELECT kind, outcome, reason, count(*) FROM pages WHERE http_status = 200 GROUP BY 1, 2, 3"
    )
    counts = {(kind, outcome, reason): number for kind, outcome, reason, number in rows}
    assert counts["sitemap", "not_article", "sitemap"] == COUNT + 1
    assert counts["article", "stored", "new"] == COUNT
    assert all(
        len(body) > FREE_BYTES for path, [_, body] in responses.items() if path in ("/sitemap-1.xml", "/sitemap-2.xml")
    )
