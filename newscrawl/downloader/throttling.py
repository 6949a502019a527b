"""The pace of each host: delays, rests, and a queue that serves hosts that are ready."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from scrapy.crawler import Crawler
from scrapy.pqueues import DownloaderAwarePriorityQueue, DownloaderInterface

WAITING_PER_HOST = 2
"""Requests of a host with a delay that may stand in the downloader at once: one that runs, one that waits its turn."""


def set_min_delay(crawler: Crawler, host: str, delay: float) -> None:
    """Keep at least *delay* seconds between two requests to *host*, for the rest of the crawl."""
    engine = crawler.engine
    assert engine is not None
    downloader = engine.downloader
    known = downloader.per_slot_settings.setdefault(host, {})
    known["delay"] = max(delay, known.get("delay", crawler.settings.getfloat("DOWNLOAD_DELAY")))
    if host in downloader.slots:
        downloader.slots[host].delay = known["delay"]


class HostCooldowns:
    """Hosts that asked for a rest. Times are seconds of time.monotonic()."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def rest(self, host: str, seconds: float) -> None:
        """Leave *host* alone for *seconds*; a longer rest that runs already stays."""
        self._until[host] = max(self._until.get(host, 0.0), time.monotonic() + seconds)

    def left(self, host: str) -> float:
        """Return the seconds that *host* still rests, 0 when it does not."""
        until = self._until.get(host)
        return max(0.0, until - time.monotonic()) if until is not None else 0.0

    def resting(self) -> list[str]:
        """Return the hosts that rest now."""
        return [host for host in self._until if self.left(host) > 0]


class PacedPriorityQueue(DownloaderAwarePriorityQueue):
    """Gives out requests of hosts that can take one now.

    Scrapy's queue prefers idle hosts, but when only slow ones have requests, it lets them fill the downloader, and a
    host that joins later waits behind them.
    """

    def __init__(self, crawler: Crawler, *args: Any, **kwargs: Any) -> None:
        super().__init__(crawler, *args, **kwargs)
        self._downloader_interface = _ReadyHosts(crawler)


class _ReadyHosts(DownloaderInterface):
    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._rests: HostCooldowns = getattr(crawler, "newscrawl_rests", None) or HostCooldowns()

    def stats(self, possible_slots: Iterable[str]) -> list[tuple[int, str]]:
        return [(active, host) for active, host in super().stats(possible_slots) if self._is_ready(host, active)]

    def _is_ready(self, host: str, active: int) -> bool:
        if self._rests.left(host):
            return False
        slot = self.downloader.slots.get(host)
        if slot is None:
            return True
        return active < (WAITING_PER_HOST if slot.delay else 2 * slot.concurrency)
