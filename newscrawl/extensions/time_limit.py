"""The time that a run and each of its sites may take."""

from __future__ import annotations

import asyncio
import logging
from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from newscrawl.extensions.shutdown import ShutdownExtension
from newscrawl.outcomes import CloseReason
from newscrawl.text.durations import parse_duration

logger = logging.getLogger(__name__)

BUDGET = CloseReason.BUDGET
"""The close reason of a crawl that spent its pages or its time; what is left waits for the next one."""

END_MARGIN = 0.5
"""Seconds after a site's end at which nothing passes the middleware any more."""


class TimeLimitExtension:
    """Ends the crawl when the time of `-a max_time=` is over, and a site when that of its file is.

    BudgetMiddleware lets no more requests of such a site through; what passed it before may wait for the host's delay
    much longer than the site's time was.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._timers: list[asyncio.TimerHandle] = []
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_opened(self, spider: Spider) -> None:
        loop, scope = asyncio.get_running_loop(), getattr(spider, "scope", None)
        seconds = getattr(scope, "max_time", None)
        if seconds is not None:
            self._timers.append(loop.call_later(seconds, self._end))
        sites = getattr(scope, "sites", ())
        for site in sites if isinstance(sites, list) else ():
            if site.max_time:
                self._timers.append(
                    loop.call_later(parse_duration(site.max_time) + END_MARGIN, self._end_site, site.name)
                )

    def spider_closed(self) -> None:
        for timer in self._timers:
            timer.cancel()

    @property
    def _stop(self) -> ShutdownExtension:
        stop = self.crawler.get_extension(ShutdownExtension)
        assert stop is not None
        return stop

    def _end(self) -> None:
        if not self._stop.stopping:
            logger.info("the time of the crawl is over")
            self.crawler.stats.inc_value("budget/time_over")
            self._stop.stop(BUDGET)

    def _end_site(self, name: str) -> None:
        dropped = self._stop.drop_waiting(f"the time of {name} is over", site=name)
        self.crawler.stats.inc_value("budget/site_time_over", dropped)
