"""Hosts that return 429 or 503 are not asked before their cooldown is over, in this crawl and the next."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError, ResponseDataLossError
from scrapy.http import Response
from sqlalchemy import Engine

from newscrawl.crawling.exceptions import FetchDeferred, RequestRejected
from newscrawl.crawling.responses import ARCHIVED
from newscrawl.crawling.slow_hosts import MAX_TIMEOUTS
from newscrawl.middlewares.backoff import BackoffMiddleware
from newscrawl.scheduling.backoff import HostBackoff
from newscrawl.storage.queries.hosts import get_host_states
from tests.support.fake_crawler import FakeCrawler, open_crawl

URL, HOST = "https://example.org/one", "example.org"


@pytest.mark.parametrize("status", [429, 503])
def test_long_cooldown_closes_the_host_for_this_crawl_and_the_next(sqlite_engine: Engine, status: int) -> None:
    busy = Response(URL, status=status, headers={"Retry-After": "3600"})

    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(URL)
            request = Request(URL, meta={"claim": claim})
            middleware = BackoffMiddleware.from_crawler(crawler)  # type: ignore[arg-type]
            with pytest.raises(RequestRejected, match=r"example\.org asked not to be fetched before") as rejected:
                await middleware.process_response(request, busy)
            await crawler.context.state.finish_failed(claim, rejected.value)
            assert crawler.outcomes() == {"/one": "blocked: retry_after"}
            assert crawler.statuses() == {URL: status}
            assert crawler.stats.get_value("backoff/cooldowns") == 1
            assert rejected.value.not_before == get_host_states(sqlite_engine)[HOST].cooldown_until
        async with open_crawl(sqlite_engine) as crawler:
            middleware = BackoffMiddleware.from_crawler(crawler)  # type: ignore[arg-type]
            await middleware.engine_started()
            with pytest.raises(RequestRejected):
                await middleware.process_request(Request(f"https://{HOST}/two"))
            assert await middleware.process_request(Request("https://other.example/")) is None

    asyncio.run(run())


@pytest.mark.parametrize("header", [{}, {"Retry-After": "soon"}, {"Retry-After": ""}])
def test_503_without_a_valid_retry_after_is_a_failure_and_no_wish_for_a_pause(header: dict[str, str]) -> None:
    crawler, response = FakeCrawler(), Response(URL, status=503, headers=header)
    middleware = BackoffMiddleware(crawler)  # type: ignore[arg-type]
    assert asyncio.run(middleware.process_response(Request(URL), response)) is response
    assert crawler.context.cooldowns.get(HOST) is None


def test_host_that_answers_after_its_cooldown_is_forgotten(sqlite_engine: Engine) -> None:
    now = datetime.now(UTC)
    over = HostBackoff(now - timedelta(seconds=1), 3, now - timedelta(hours=1))
    running = HostBackoff(now + timedelta(seconds=60), 3, now - timedelta(hours=1))

    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            middleware = BackoffMiddleware(crawler)  # type: ignore[arg-type]
            for backoff, status, known in ((running, 200, True), (over, 500, True), (over, 404, False)):
                crawler.context.cooldowns.start(HOST, backoff, now)
                await crawler.context.state.remember_host(HOST, backoff)
                response = Response(URL, status=status)
                assert await middleware.process_response(Request(URL), response) is response
                assert (HOST in get_host_states(sqlite_engine)) is known, (backoff, status)

    asyncio.run(run())


def test_shutdown_ends_the_wait_for_a_cooldown() -> None:
    crawler, now = FakeCrawler(), datetime.now(UTC)
    crawler.context.cooldowns.start(HOST, HostBackoff(now + timedelta(seconds=60), 1, now), now)
    crawler.crawling = False
    with pytest.raises(FetchDeferred, match="shutting down"):
        asyncio.run(BackoffMiddleware(crawler).process_request(Request(URL)))  # type: ignore[arg-type]


def test_archived_response_says_nothing_about_the_host() -> None:
    crawler, response = FakeCrawler(), Response(URL, status=503, flags=[ARCHIVED])
    middleware = BackoffMiddleware(crawler)  # type: ignore[arg-type]
    assert asyncio.run(middleware.process_response(Request(URL), response)) is response
    assert crawler.context.cooldowns.get(HOST) is None


def test_host_that_times_out_again_and_again_is_given_up() -> None:
    crawler = FakeCrawler(NEWSCRAWL_BACKOFF_MAX_WAIT="0.01")
    middleware = BackoffMiddleware(crawler)  # type: ignore[arg-type]

    async def run() -> None:
        for _ in range(MAX_TIMEOUTS):
            # Those that were sent together time out together, and count once.
            for _ in range(3):
                middleware.process_exception(Request(URL), DownloadTimeoutError("30 s"))
            await middleware.process_request(Request(URL))

    with pytest.raises(RequestRejected, match=r"example\.org does not answer") as rejected:
        asyncio.run(run())
    assert crawler.stats.get_value("backoff/timeouts") == MAX_TIMEOUTS - 1
    assert (rejected.value.outcome.reason, rejected.value.stays_due) == ("timeout", True)


@pytest.mark.parametrize("error", [ResponseDataLossError("cut off"), FetchDeferred("later")])
def test_other_failures_start_no_cooldown(error: Exception) -> None:
    crawler = FakeCrawler()
    BackoffMiddleware(crawler).process_exception(Request(URL), error)  # type: ignore[arg-type]
    assert crawler.context.cooldowns.get(HOST) is None
    assert not crawler.context.slow_hosts.is_in_doubt(HOST)


def test_stored_cooldown_that_is_longer_than_any_is_ignored(sqlite_engine: Engine) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            now = datetime.now(UTC)
            wrong = HostBackoff(now + timedelta(days=3650), 1, now)
            await crawler.context.state.remember_host(HOST, wrong)
            middleware = BackoffMiddleware.from_crawler(crawler)  # type: ignore[arg-type]
            await middleware.engine_started()
            assert await middleware.process_request(Request(URL)) is None

    asyncio.run(run())
