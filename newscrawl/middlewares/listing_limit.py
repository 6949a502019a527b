"""Leaves the listings of a site to the next crawl when this one has found enough new URLs."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.storage.records import Claim


class ListingLimitMiddleware:
    """Drops requests for listings past NEWSCRAWL_MAX_NEW_URLS_PER_SITE; they stay pending.

    Stat: `listing_limit/deferred`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._limits, self._stats = CrawlContext.of(crawler).listing_limits, crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        claim: Claim | None = request.meta.get("claim")
        if claim is not None and not claim.is_article and self._limits.is_full(claim.site):
            self._limits.reached.add(claim.site)
            self._stats.inc_value("listing_limit/deferred")
            raise FetchDeferred(f"{claim.site}: {self._limits.describe(claim.site)}")
