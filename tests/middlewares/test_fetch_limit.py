"""A site whose pages bring no articles gets no more requests."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import NotConfigured

from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.crawling.fetch_limits import IS_FURTHER_PAGE
from newscrawl.middlewares.fetch_limit import FetchLimitMiddleware
from newscrawl.storage.records import Claim
from tests.support.fake_crawler import FakeCrawler

URL = "https://example.org/one"


def make_request(kind: str = "article", **meta: object) -> Request:
    return Request(URL, meta={"claim": Claim(1, URL, URL, "a", kind), **meta})


def make_crawler() -> Any:
    crawler: Any = FakeCrawler(NEWSCRAWL_MAX_FRUITLESS_FETCHES=2)
    crawler.engine._slot = SimpleNamespace(inprogress=set())
    return crawler


def test_pages_past_the_limit_are_left_to_the_next_crawl() -> None:
    async def run() -> None:
        await middleware.process_request(make_request())
        await middleware.process_request(make_request())
        with pytest.raises(FetchDeferred, match="a: 2 requests for article pages brought 0 articles, the limit is 2"):
            await middleware.process_request(make_request())

    crawler = make_crawler()
    middleware = FetchLimitMiddleware.from_crawler(crawler)
    asyncio.run(run())
    assert crawler.context.fetch_limits.reached == {"a"}
    assert not crawler.context.fetch_limits.waiting
    assert crawler.stats.get_value("fetch_limit/deferred") == 1


def test_requests_for_listings_count_only_when_they_are_redirected_or_tried_again() -> None:
    async def run() -> None:
        await middleware.process_request(Request(URL))
        await middleware.process_request(make_request("sitemap"))
        await middleware.process_request(make_request("sitemap", redirect_times=1))
        await middleware.process_request(make_request("feed", retry_times=1))

    crawler = make_crawler()
    middleware = FetchLimitMiddleware.from_crawler(crawler)
    asyncio.run(run())
    assert crawler.context.fetch_limits.sent == {"a": 2}


def test_request_waits_for_the_pages_in_work_and_holds_back_the_others_of_its_host() -> None:
    async def run() -> None:
        waiting = asyncio.ensure_future(middleware.process_request(make_request()))
        await asyncio.sleep(0.15)
        assert not waiting.done()
        assert context.fetch_limits.holds_back("example.org")
        context.state.counts.kept["a"] += 1
        await asyncio.wait_for(waiting, 5)
        assert not context.fetch_limits.holds_back("example.org")

    crawler = make_crawler()
    running, context = make_request(), crawler.context
    context.fetch_limits.sent["a"] = 2
    middleware = FetchLimitMiddleware.from_crawler(crawler)
    crawler.engine._slot.inprogress.add(running)
    asyncio.run(run())
    assert context.fetch_limits.sent["a"] == 3


def test_further_page_does_not_wait_for_its_own_article() -> None:
    crawler = make_crawler()
    crawler.engine._slot.inprogress.add(make_request())
    crawler.context.fetch_limits.sent["a"] = 2
    further = make_request(**{IS_FURTHER_PAGE: True})
    asyncio.run(asyncio.wait_for(FetchLimitMiddleware.from_crawler(crawler).process_request(further), 5))
    assert crawler.context.fetch_limits.sent["a"] == 3


def test_spider_that_is_told_which_pages_to_fetch_has_no_limit() -> None:
    crawler = make_crawler()
    crawler.spider.crawls_listings = False
    with pytest.raises(NotConfigured):
        FetchLimitMiddleware.from_crawler(crawler)
