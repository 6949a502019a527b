"""A downloader whose slots are not used up by hosts that do not answer."""

from __future__ import annotations

from collections import Counter

from scrapy.core.downloader import Downloader
from scrapy.crawler import Crawler
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.crawling.context import CrawlContext

MAX_STALLED = 256
"""Requests of stalled hosts that do not count; each costs a socket and little else."""


class FairDownloader(Downloader):
    """Does not count the requests of stalled hosts among CONCURRENT_REQUESTS, so that others take their place."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._slow_hosts = CrawlContext.of(crawler).slow_hosts

    def needs_backout(self) -> bool:
        """Return whether no further request may start now."""
        return super().needs_backout() and len(self.active) - self._count_stalled() >= self.total_concurrency

    def _count_stalled(self) -> int:
        stalled = self._slow_hosts.get_stalled()
        if not stalled:
            return 0
        active = Counter(urlparse_cached(request).hostname for request in self.active)
        return min(sum(active[host] for host in stalled), MAX_STALLED)
