"""Requests of a site whose time is over are left to the next crawl."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from newscrawl.crawling.exceptions import FetchDeferred


class TimeLimitMiddleware:
    """Drops what waited in the queue; the ledger keeps it. Off where no site has a `max_time`."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        sites = getattr(getattr(crawler.spider, "scope", None), "sites", ())
        if not isinstance(sites, list) or not any(site.max_time for site in sites):
            raise NotConfigured
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        claim = request.meta.get("claim")
        if claim is not None and self._crawler.spider.budget.is_over(claim.site):  # type: ignore[union-attr]
            self._crawler.stats.inc_value("budget/site_time_over")
            raise FetchDeferred(f"the time of {claim.site} is over")
