"""Leaves the requests of a site whose time is up to the next crawl."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.storage.records import Claim


class TimeLimitMiddleware:
    """Drops requests of such a site; their pages stay pending. Disabled if no site has a `max_time`.

    Stat: `time_limit/site_reached`.
    """

    def __init__(self, crawler: Crawler) -> None:
        context = CrawlContext.of_crawl(crawler)
        if not any(site.max_time for site in context.spider.arguments.sites):
            raise NotConfigured
        self._time_limits, self._stats = context.time_limits, crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        claim: Claim | None = request.meta.get("claim")
        if claim is not None and self._time_limits.is_over(claim.site):
            self._stats.inc_value("time_limit/site_reached")
            raise FetchDeferred(f"{claim.site} reached its time limit")
