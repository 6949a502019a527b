"""Refuses URLs with a forbidden address or port before anything is asked of their host, its robots.txt included."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import RequestRejected
from newscrawl.items import Outcome
from newscrawl.outcomes import PageOutcome
from newscrawl.storage.records import Claim


class AddressMiddleware:
    """Rejects requests whose URL says enough. Where a name leads is checked when it is connected to.

    Also where a proxy resolves the names: forbidden literal addresses and ports are refused all the same.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._addresses = CrawlContext.of(crawler).addresses

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        claim: Claim | None = request.meta.get("claim")
        reason = self._addresses.check_url(request.url, claim.site if claim is not None else None)
        if reason is not None:
            raise RequestRejected(PageOutcome(Outcome.ERROR, reason), f"{request.url} is refused: {reason}")
