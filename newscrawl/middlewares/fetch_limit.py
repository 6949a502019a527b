"""Leaves the pages of a site to the next crawl when too many fetches have brought no article."""

from __future__ import annotations

import asyncio
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.crawling.fetch_limits import IS_FURTHER_PAGE
from newscrawl.storage.records import Claim

POLL_INTERVAL = 0.05
"""Seconds after which a waiting request checks whether its site has brought an article."""


class FetchLimitMiddleware:
    """Drops requests past NEWSCRAWL_MAX_FRUITLESS_FETCHES; their pages stay pending. `news` crawls only.

    It comes after all middlewares that hold requests back, so that it counts what is sent. Stat:
    `fetch_limit/deferred`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._context = CrawlContext.of_crawl(crawler)
        if not self._context.spider.crawls_listings:
            raise NotConfigured
        self._crawler, self._limits = crawler, self._context.fetch_limits

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        claim: Claim | None = request.meta.get("claim")
        if claim is None or not (claim.is_article or _is_repeated(request)):
            return
        if IS_FURTHER_PAGE not in request.meta:
            await self._wait(request, claim.site)
        self._limits.sent[claim.site] += 1

    async def _wait(self, request: Request, site: str) -> None:
        """Wait for the running requests of *site* where it has used up its fetches. Raises FetchDeferred."""
        self._limits.waiting[request] = urlparse_cached(request).hostname or ""
        try:
            while self._limits.is_used_up(site):
                if self._context.shutdown.stopping:
                    raise FetchDeferred("the crawl is shutting down")
                if site in self._limits.reached or not self._is_running(site):
                    self._limits.reached.add(site)
                    self._crawler.stats.inc_value("fetch_limit/deferred")
                    raise FetchDeferred(f"{site}: {self._limits.describe(site)}")
                await asyncio.sleep(POLL_INTERVAL)
        finally:
            del self._limits.waiting[request]

    def _is_running(self, site: str) -> bool:
        """Return whether an article page of *site* is being fetched or extracted."""
        slot = self._crawler.engine._slot
        assert slot is not None
        running = slot.inprogress - self._limits.waiting.keys()
        claims: list[Claim | None] = [request.meta.get("claim") for request in running]
        return any(claim is not None and claim.is_article and claim.site == site for claim in claims)


def _is_repeated(request: Request) -> bool:
    return bool(request.meta.get("redirect_times") or request.meta.get("retry_times"))
