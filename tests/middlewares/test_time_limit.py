"""A site that reached its time limit gets no more requests."""

from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.exceptions import NotConfigured

from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.middlewares.time_limit import TimeLimitMiddleware
from newscrawl.sites.model import Site
from newscrawl.storage.records import Claim
from tests.support.fake_crawler import FakeCrawler

URL = "https://example.org/one"


def make_request(site: str) -> Request:
    return Request(URL, meta={"claim": Claim(1, URL, URL, site, "article")})


def test_requests_of_the_site_are_left_to_the_next_crawl() -> None:
    crawler = FakeCrawler()
    crawler.spider.arguments.sites = (Site("a", "https://a.example/", max_time=1.0),)
    middleware = TimeLimitMiddleware.from_crawler(crawler)  # type: ignore[arg-type]
    middleware.process_request(make_request("a"))
    crawler.context.time_limits.start({"a": 0.0})
    with pytest.raises(FetchDeferred, match="a reached its time limit"):
        middleware.process_request(make_request("a"))
    middleware.process_request(make_request("b"))
    middleware.process_request(Request(URL))
    assert crawler.stats.get_value("time_limit/site_reached") == 1


def test_crawl_without_a_time_limit_does_not_use_it() -> None:
    crawler = FakeCrawler()
    crawler.spider.arguments.sites = (Site("a", "https://a.example/"),)
    with pytest.raises(NotConfigured):
        TimeLimitMiddleware.from_crawler(crawler)  # type: ignore[arg-type]
