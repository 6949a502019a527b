"""A downloader whose slots are not used up by hosts that do not answer, nor by responses that wait for memory."""

from __future__ import annotations

from collections import Counter
from typing import Any, TypeVar

from scrapy import Request
from scrapy.core.downloader import Downloader
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.response_memory import MAX_WAITING

T = TypeVar("T")

MAX_STALLED = 256
"""Requests of stalled hosts that do not count; each costs a socket and little else."""


class FairDownloader(Downloader):
    """Does not count the requests of stalled hosts among CONCURRENT_REQUESTS, so that others take their place.

    Nor those that wait for memory, or for an article of their site. What a request has reserved is given back when it
    ends.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        context = CrawlContext.of(crawler)
        self._slow_hosts, self._responses = context.slow_hosts, context.responses
        self._fetch_limits = context.fetch_limits

    def fetch(self, request: Request, *args: Any) -> Deferred[Response | Request]:
        """Download *request*; its memory is free again when the engine has the response."""
        return super().fetch(request, *args).addBoth(self._release, request)

    def _release(self, result: T, request: Request) -> T:
        self._responses.release(request)
        return result

    def needs_backout(self) -> bool:
        """Return whether no further request may start now."""
        if not super().needs_backout():
            return False
        uncounted = self._count_stalled() + min(self._responses.waiting, MAX_WAITING) + len(self._fetch_limits.waiting)
        return len(self.active) - uncounted >= self.total_concurrency

    def _count_stalled(self) -> int:
        stalled = self._slow_hosts.get_stalled()
        if not stalled:
            return 0
        active = Counter(urlparse_cached(request).hostname for request in self.active)
        return min(sum(active[host] for host in stalled), MAX_STALLED)
