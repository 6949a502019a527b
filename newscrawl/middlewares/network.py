"""Tells the crawl which hosts answer, so that an outage of its own network is not taken for one of the sites."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.failures import LOCAL_REASONS, get_unreachable_reason
from newscrawl.crawling.network import CONNECTED
from newscrawl.crawling.responses import ARCHIVED


class NetworkMiddleware:
    """Notes each response and each host that could not be reached, those of robots.txt included.

    A timeout after the connection was made, or its loss, says nothing about the network: an outage shows when the
    request is tried again, and makes hosts fail that do not accept a connection.

    Stats: `network/unreachable`, `network/silent`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._context, self._stats = CrawlContext.of(crawler), crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        if ARCHIVED not in response.flags:
            self._context.network.on_contact(urlparse_cached(request).netloc)
            await self._context.state.finish_unreachable()
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        reason = get_unreachable_reason(exception)
        if reason is None:
            return
        if reason == "connection_lost" or (reason == "timeout" and CONNECTED in request.meta):
            self._stats.inc_value("network/silent")
        else:
            self._stats.inc_value("network/unreachable")
            self._context.network.on_failure(urlparse_cached(request).netloc, is_local=reason in LOCAL_REASONS)
