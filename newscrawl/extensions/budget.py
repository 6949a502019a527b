"""The time that a run and each of its sites may take."""

from __future__ import annotations

import asyncio
import logging
from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from newscrawl.extensions.stop import StopExtension

logger = logging.getLogger(__name__)

BUDGET = "budget"
"""The close reason of a crawl that spent its pages or its time; what is left waits for the next one."""


class BudgetExtension:
    """Ends the crawl when the time of `-a max_time=` is over."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._timer: asyncio.TimerHandle | None = None
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_opened(self, spider: Spider) -> None:
        seconds = getattr(getattr(spider, "scope", None), "max_time", None)
        if seconds is not None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._end)

    def spider_closed(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _end(self) -> None:
        stop = self.crawler.get_extension(StopExtension)
        assert stop is not None
        if not stop.stopping:
            logger.info("the time of the crawl is over")
            self.crawler.stats.inc_value("budget/time_over")
            stop.stop(BUDGET)
