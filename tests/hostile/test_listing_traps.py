"""Listings that name new listings without end cost a bounded number of fetches, and the crawl says so."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest

from tests.support.crawling import Crawl, article_page, crawl, front_page, query, start_crawl
from tests.support.raw_server import RawServer, raw_server

XML = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
MAX_FETCHES = 200
CHILDREN = 100


def answer(head: bytes, body: str | bytes) -> list[bytes]:
    content = body.encode() if isinstance(body, str) else body
    return [head + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(content) + content]


def make_index(*paths: str) -> str:
    entries = "".join(f"<sitemap><loc>{{url}}{path}</loc></sitemap>" for path in paths)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'


def widen(path: str) -> str:
    """Return an index whose children are indexes with as many children of their own, and so on."""
    return make_index(*(f"{path.removesuffix('.xml')}-{number}.xml" for number in range(CHILDREN)))


def chain(path: str) -> str:
    """Return an index with one child, which is another such index."""
    number = int(path.rpartition("-")[2].removesuffix(".xml") or 0) if "-" in path else 0
    return make_index(f"/map-{number + 1}.xml")


def page_feed(path: str) -> str:
    """Return a page of a feed that has one new article, and another page after it."""
    number = int(path.partition("?page=")[2] or 1)
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Feed</title>'
        f'<link rel="next" href="/map.xml?page={number + 1}"/><entry><title>Report number {number} of the day</title>'
        f'<id>{number}</id><link href="{{url}}/2026/11/20/report-on-number-{number}"/></entry></feed>'
    )


def serve(trap: Callable[[str], str], urls: list[str]) -> Callable[[str], list[bytes]]:
    def respond(path: str) -> list[bytes]:
        if path.startswith("/map"):
            return answer(XML, trap(path).replace("{url}", urls[0]))
        if path == "/":
            feed = b"<head><link rel=alternate type='application/atom+xml' href='/map.xml'></head>"
            page = front_page("/2026/11/20/report-on-the-front-page")
            return answer(HTML, page.replace(b"<body>", feed + b"<body>") if trap is page_feed else page)
        if path == "/robots.txt":
            return answer(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n", f"Sitemap: {urls[0]}/map.xml\n")
        if path.startswith("/2026/"):
            return answer(HTML, article_page(path))
        return answer(b"HTTP/1.1 404 Not Found\r\n", b"")

    return respond


def crawl_trap(
    trap: Callable[[str], str], database_url: str, *, runs: int = 1, **settings: object
) -> tuple[list[Crawl], RawServer]:
    urls: list[str] = []
    with raw_server(serve(trap, urls)) as server:
        urls.append(server.url)
        done = [
            crawl("news", url=server.url, max_pages=10, database_url=database_url, settings=settings)
            for _ in range(runs)
        ]
    return done, server


@pytest.mark.parametrize("trap", [widen, chain, page_feed])
def test_trap_costs_at_most_200_fetches(sqlite_url: str, trap: Callable[[str], str]) -> None:
    [done], server = crawl_trap(trap, sqlite_url)
    assert len(server.paths) <= MAX_FETCHES
    assert len(server.paths) == len(set(server.paths)), "each page once"
    assert done.code in (0, 4)
    assert done.summary["stored"] >= 1
    assert done.summary["pending"] == 0


def test_chain_of_sitemap_indexes_is_followed_three_deep_in_all_runs(sqlite_url: str) -> None:
    (first, _), server = crawl_trap(chain, sqlite_url, runs=2)
    assert {path for path in server.paths if path.startswith("/map")} == {
        "/map.xml",
        *(f"/map-{n}.xml" for n in (1, 2, 3)),
    }
    assert first.stats["discovery/too_deep"] == 1
    assert "nested too deep" in first.log


def test_limit_of_listings_is_reported_and_the_next_run_reads_the_others(sqlite_url: str) -> None:
    (first, second), server = crawl_trap(widen, sqlite_url, runs=2, NEWSCRAWL_MAX_LISTINGS_PER_SITE=20)
    maps = [path for path in server.paths if path.startswith("/map")]
    assert len(maps) <= 41
    assert len(set(maps)) >= 25, "half of the second run's are new"
    [site] = first.summary["sites"]
    assert site["listing_limit"] == "20 listings were selected, the limit is 20"
    assert first.summary["finish_reason"] == second.summary["finish_reason"] == "limit_reached"
    assert "20 listings were selected, the limit is 20; the next crawl reads the other listings." in first.output
    assert first.code == 0


def test_limit_of_new_urls_defers_the_listings_that_are_left(sqlite_url: str) -> None:
    [done], server = crawl_trap(widen, sqlite_url, NEWSCRAWL_MAX_NEW_URLS_PER_SITE=200)
    assert len([path for path in server.paths if path.startswith("/map")]) < 100
    assert query(sqlite_url, "SELECT count(*) FROM pages")[0][0] < 10_000
    assert done.stats["listing_limit/deferred"] > 0
    assert "new URLs were found, the limit is 200" in done.output
    assert done.code == 0


def test_sigterm_in_a_trap_ends_the_crawl_cleanly(sqlite_url: str) -> None:
    urls: list[str] = []
    with raw_server(serve(widen, urls)) as server:
        urls.append(server.url)
        process = start_crawl(server.url, database_url=sqlite_url)
        deadline = time.monotonic() + 60
        while len(server.paths) < 30 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        output, log = process.communicate(timeout=20)
    assert process.returncode == 0, (output, log)
    assert '"finish_reason": "shutdown"' in output
