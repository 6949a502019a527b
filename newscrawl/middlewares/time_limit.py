"""Requests of a site whose time is over are left to the next crawl."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from newscrawl.crawling.exceptions import LeftAsItIs


class BudgetMiddleware:
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
        visit = request.meta.get("visit")
        if visit is not None and self._crawler.spider.budget.is_over(visit.site):  # type: ignore[union-attr]
            self._crawler.stats.inc_value("budget/site_time_over")
            raise LeftAsItIs(f"the time of {visit.site} is over")
