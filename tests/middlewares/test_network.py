"""The network monitor learns of every response and of every host that could not be reached."""

from __future__ import annotations

import asyncio

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadFailedError, DownloadTimeoutError, ResponseDataLossError
from scrapy.http import Response
from sqlalchemy import Engine

from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.crawling.network import CONNECTED
from newscrawl.crawling.responses import ARCHIVED
from newscrawl.middlewares.network import NetworkMiddleware
from tests.support.fake_crawler import FakeCrawler, open_crawl

A, B = "https://a.org/one", "https://b.org/two"


def test_failures_of_two_hosts_and_a_response_are_noted() -> None:
    crawler = FakeCrawler()
    middleware = NetworkMiddleware.from_crawler(crawler)  # type: ignore[arg-type]
    for url in (A, A, B):
        middleware.process_exception(Request(url), DownloadTimeoutError("30 s"))
    assert crawler.context.network.is_down(sites=1)
    assert crawler.stats.get_value("network/unreachable") == 3
    asyncio.run(middleware.process_response(Request(A), Response(A, status=500)))
    assert not crawler.context.network.is_down(sites=1)


def test_host_that_accepts_a_connection_can_be_reached_whatever_it_does_then() -> None:
    crawler = FakeCrawler()
    middleware = NetworkMiddleware.from_crawler(crawler)  # type: ignore[arg-type]
    for url in (A, B):
        middleware.process_exception(Request(url, meta={CONNECTED: True}), DownloadTimeoutError("30 s"))
        middleware.process_exception(Request(url), DownloadFailedError("[<ConnectionDone>]"))
    assert not crawler.context.network.is_down(sites=2)
    assert crawler.stats.get_value("network/unreachable") is None
    assert crawler.stats.get_value("network/silent") == 4


def test_unknown_name_of_the_only_host_is_noted() -> None:
    crawler = FakeCrawler()
    NetworkMiddleware(crawler).process_exception(Request(A), CannotResolveHostError("a.org"))  # type: ignore[arg-type]
    assert crawler.context.network.is_down(sites=1)


@pytest.mark.parametrize("error", [FetchDeferred("later"), ResponseDataLossError("cut off"), ValueError("a bug")])
def test_other_errors_say_nothing_about_the_network(error: Exception) -> None:
    crawler = FakeCrawler()
    for url in (A, B):
        NetworkMiddleware(crawler).process_exception(Request(url), error)  # type: ignore[arg-type]
    assert not crawler.context.network.is_down(sites=1)


def test_archived_response_says_nothing_about_the_network() -> None:
    crawler = FakeCrawler()
    middleware = NetworkMiddleware(crawler)  # type: ignore[arg-type]
    for url in (A, B):
        middleware.process_exception(Request(url), DownloadTimeoutError("30 s"))
    asyncio.run(middleware.process_response(Request(A), Response(A, flags=[ARCHIVED])))
    assert crawler.context.network.is_down(sites=1)


def test_response_of_another_host_shows_that_the_failing_one_is_down(sqlite_engine: Engine) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim("https://example.org/one")
            await crawler.context.state.finish_failed(claim, DownloadTimeoutError("30 s"))
            middleware = NetworkMiddleware(crawler)  # type: ignore[arg-type]
            await middleware.process_response(Request(B), Response(B))
            assert crawler.outcomes() == {"/one": "error: timeout"}

    asyncio.run(run())
