"""A listing that loses some of its entries to malformed URLs says so: in the database, the summary and `scrapy why`."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pytest

from tests.hostile.malformed import SURROGATE
from tests.hostile.malformed_places import encode
from tests.support.crawling import Crawl, article_page, query, scrapy
from tests.support.raw_server import raw_server

LOST = ("http://[", "https://example.org:70000/story", f"http://exa{SURROGATE}mple.org/story")
STORY = "/2026/11/20/report-from-the-{}-of-the-day"
OF_FEED, OF_SITEMAP, OF_PAGE = map(STORY.format, ("feed", "sitemap", "front-page"))
CAUSES = {
    "/feed.xml": ("feed_partial", "3 of 4 entries have invalid URLs, such as 'http://['"),
    "/sitemap.xml": ("sitemap_partial", "3 of 4 entries have invalid URLs, such as 'http://['"),
    # A browser sees a host in which a character is missing: a link to another site.
    "/": ("section_partial", "2 links have invalid URLs, such as 'http://['"),
}
"""Path of a listing -> its reason and detail."""


@dataclass(frozen=True)
class Lossy:
    """A crawl of a site whose listings each name an article and three malformed URLs."""

    database_url: str
    site: str
    done: Crawl


def make_files() -> dict[str, bytes]:
    links = [*map(escape, LOST)]
    items = "".join(f"<item><title>A report</title><link>{link}</link></item>" for link in (*links, OF_FEED))
    entries = "".join(f"<url><loc>{link}</loc></url>" for link in (*links, OF_SITEMAP))
    teasers = "".join(
        f"<article><h2><a href='{link}'>A report of the day from the town hall</a></h2></article>"
        for link in (*links, OF_PAGE)
    )
    head = "<head><title>Front</title><link rel=alternate type='application/rss+xml' href='/feed.xml'></head>"
    listings = {
        "/feed.xml": f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>",
        "/sitemap.xml": f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{entries}</urlset>",
        "/": f"<!doctype html><html lang=en>{head}<body><main>{teasers}</main></body></html>",
    }
    articles = {path: article_page(f"Report {path[-20:]}") for path in (OF_FEED, OF_SITEMAP, OF_PAGE)}
    return {path: encode(text) for path, text in listings.items()} | articles


@pytest.fixture
def lossy(database_url: str) -> Lossy:
    files = make_files()

    def respond(path: str) -> list[bytes]:
        body = files.get(path)
        kind = b"text/html" if path not in ("/feed.xml", "/sitemap.xml") else b"application/xml"
        head = b"HTTP/1.1 200 OK\r\nContent-Type: %s; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
        return [b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n"] if body is None else [head % (kind, len(body)), body]

    with raw_server(respond) as server:
        done = scrapy("crawl", "news", "-a", f"url={server.url}/", database_url=database_url)
        return Lossy(database_url, server.url, done)


def test_listings_say_how_many_entries_they_lose(lossy: Lossy) -> None:
    assert lossy.done.code == 0, lossy.done.log
    assert lossy.done.summary["stored"] == 3
    rows = query(
        lossy.database_url,
        "SELECT p.url, f.reason, f.detail FROM fetches f JOIN pages p ON p.id = f.page_id "
        "WHERE p.kind <> 'article' AND f.outcome = 'not_article'",
    )
    found = {url.removeprefix(lossy.site): (reason, detail) for url, reason, detail in rows}
    assert found.keys() >= CAUSES.keys()
    for path, (reason, detail) in CAUSES.items():
        assert found[path] == (reason, detail)
    [site] = lossy.done.summary["sites"]
    assert site["partial_listings"] == 3
    assert "warnings" not in site
    assert f"only a part of the section {lossy.site}/ could be read: {CAUSES['/'][1]}. 2 more were, too." in (
        lossy.done.output
    )
    assert f"could parse only a part of {lossy.site}/feed.xml: {CAUSES['/feed.xml'][1]}" in lossy.done.log
    why = scrapy("why", f"{lossy.site}/sitemap.xml", database_url=lossy.database_url)
    assert f"not_article: sitemap_partial, HTTP 200, 1 new articles ({CAUSES['/sitemap.xml'][1]})" in why.output
