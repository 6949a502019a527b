"""A scheduler queue that serves hosts that are ready."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scrapy.crawler import Crawler
from scrapy.pqueues import DownloaderAwarePriorityQueue, DownloaderInterface

from newscrawl.crawling.context import CrawlContext

MAX_WAITING_PER_HOST = 2
"""Requests that a host with a delay may have in the downloader: one that runs and one that waits."""


class ReadyHostsPriorityQueue(DownloaderAwarePriorityQueue):
    """Gives out requests of hosts that can take one now.

    Scrapy's queue prefers idle hosts, but where only slow hosts have requests, it lets them fill the downloader, and a
    host that joins later waits behind them.
    """

    def __init__(self, crawler: Crawler, *args: Any, **kwargs: Any) -> None:
        super().__init__(crawler, *args, **kwargs)
        self._downloader_interface = _ReadyHosts(crawler)


class _ReadyHosts(DownloaderInterface):
    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        context = CrawlContext.of(crawler)
        self._cooldowns, self._slow_hosts = context.cooldowns, context.slow_hosts
        self._fetch_limits = context.fetch_limits

    def stats(self, possible_slots: Iterable[str]) -> list[tuple[int, str]]:
        stalled = self._slow_hosts.get_stalled()
        return [
            (active, host)
            for active, host in super().stats(possible_slots)
            if self._is_ready(host, active, is_stalled=host in stalled)
        ]

    def _is_ready(self, host: str, active: int, *, is_stalled: bool) -> bool:
        if self._slow_hosts.is_given_up(host):
            # What is left there ends at once.
            return True
        if self._cooldowns.seconds_left(host) or (is_stalled and active) or self._fetch_limits.holds_back(host):
            return False
        slot = self.downloader.slots.get(host)
        if slot is None:
            return True
        return active < (MAX_WAITING_PER_HOST if slot.delay else 2 * slot.concurrency)
