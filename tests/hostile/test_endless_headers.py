"""Responses whose headers, interim responses or chunk framing never end cost little and have a named outcome."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.support.crawling import Crawl, article_page, outcomes, query, scrapy
from tests.support.raw_server import RawServer, raw_server, write_certificate

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
ARTICLE = article_page("a page that stands beside the endless ones")
LINE = b"X-Filler: " + b"a" * 4000 + b"\r\n"
ENDLESS = {
    "/2026/11/20/headers-without-end": (OK, itertools.repeat(LINE)),
    "/2026/11/20/short-headers-without-end": (OK, itertools.repeat(b"a:b\r\n" * 10_000)),
    "/2026/11/20/one-header-without-end": (OK + b"X-Filler: ", itertools.repeat(b"a" * 65536)),
    "/2026/11/20/folded-header-without-end": (OK + b"X: a\r\n", itertools.repeat(b" " + b"a" * 4000 + b"\r\n")),
    "/2026/11/20/status-line-without-end": (b"HTTP/1.1 200 ", itertools.repeat(b"a" * 65536)),
    "/2026/11/20/interim-responses-without-end": (b"", itertools.repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000)),
    "/2026/11/20/headers-of-interim-responses": (b"", itertools.repeat(b"HTTP/1.1 103 Hm\r\n" + LINE * 20 + b"\r\n")),
    "/2026/11/20/redirect-with-headers-without-end": (
        b"HTTP/1.1 301 Moved\r\nLocation: /2026/11/20/good-page-of-the-host\r\n",
        itertools.repeat(LINE),
    ),
}
BAD_FRAMING = {
    "/2026/11/20/chunk-extensions-without-end": (b"", itertools.repeat((b"1;" + b"x" * 900 + b"\r\na\r\n") * 50)),
    "/2026/11/20/one-chunk-extension-without-end": (b"1;", itertools.repeat(b"x" * 65536)),
    "/2026/11/20/trailers-without-end": (b"0\r\n", itertools.repeat(LINE)),
    "/2026/11/20/chunks-of-one-byte-without-end": (b"", itertools.repeat(b"1\r\na\r\n" * 10_000)),
}
REDIRECT, GOOD = "/2026/11/20/redirect-to-headers-without-end", "/2026/11/20/good-page-of-the-host"
Crawled = tuple[Crawl, dict[str, str], RawServer]
MAX_SENT = 8 * 1024 * 1024
"""What the crawl reads of an endless response, and what fits into the buffers of two sockets."""


def respond(path: str) -> Iterable[bytes]:
    if path in ENDLESS:
        first, rest = ENDLESS[path]
        return itertools.chain([first], rest)
    if path in BAD_FRAMING:
        first, rest = BAD_FRAMING[path]
        return itertools.chain([CHUNKED + first], rest)
    if path == REDIRECT:
        return [b"HTTP/1.1 301 Moved\r\nLocation: /2026/11/20/headers-without-end\r\nContent-Length: 0\r\n\r\n"]
    body = ARTICLE if path == GOOD else b""
    status = OK if path == GOOD else b"HTTP/1.1 404 Not Found\r\n"
    return [status + b"Content-Length: %d\r\n\r\n" % len(body) + body]


@pytest.fixture(scope="module", params=["http", "https"])
def crawled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder: Path = tmp_path_factory.mktemp("endless")
    database_url = f"sqlite:///{folder}/newscrawl.db"
    certificate = write_certificate(folder / "certificate.pem") if request.param == "https" else None
    with raw_server(respond, certificate=certificate) as server:
        urls = ",".join(server.url + path for path in (*ENDLESS, *BAD_FRAMING, REDIRECT, GOOD))
        done = scrapy(
            *("crawl", "article", "-a", f"url={urls}", "-s", "DOWNLOAD_VERIFY_CERTIFICATES=False"),
            *("-s", "RETRY_TIMES=0", "-s", "DOWNLOAD_TIMEOUT=20"),
            database_url=database_url,
        )
        yield done, outcomes(database_url), server


@pytest.mark.parametrize("path", [*ENDLESS])
def test_endless_headers_end_with_their_reason(crawled: Crawled, path: str) -> None:
    _, found, server = crawled
    assert found[path] == "error: headers_too_large"
    assert server.sent[path] < MAX_SENT


@pytest.mark.parametrize("path", [*BAD_FRAMING])
def test_endless_chunk_framing_ends_as_a_truncated_body(crawled: Crawled, path: str) -> None:
    _, found, server = crawled
    assert found[path] == "error: truncated"
    assert server.sent[path] < MAX_SENT


def test_redirect_and_good_page_of_the_same_host_are_fetched(
    crawled: Crawled,
) -> None:
    done, found, server = crawled
    assert found[REDIRECT] == "duplicate: redirect"
    assert found[GOOD] == "stored: new"
    assert max(server.paths.count(path) for path in ENDLESS) <= 2, "once, and once by way of the redirect"
    assert "Traceback" not in done.log


def test_host_whose_robots_txt_has_endless_headers_is_not_asked_for_pages(tmp_path: Path) -> None:
    def endless(path: str) -> Iterator[bytes]:
        yield OK
        yield from itertools.repeat(LINE)

    with raw_server(endless) as server:
        database_url = f"sqlite:///{tmp_path}/newscrawl.db"
        done = scrapy("crawl", "article", "-a", f"url={server.url}{GOOD}", database_url=database_url)
    assert server.paths == ["/robots.txt"]
    assert query(database_url, "SELECT outcome, reason FROM pages") == [("error", "headers_too_large")]
    assert "headers without end" in done.log
