"""Drives a shutdown (newscrawl.crawling.shutdown) and the background tasks to their end."""

from __future__ import annotations

from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from newscrawl.crawling.context import CrawlContext

POLL_INTERVAL = 0.25


class ShutdownExtension:
    """Polls the shutdown. Stats: `shutdown/dropped`, `shutdown/interrupted`, `background/failed`."""

    def __init__(self, crawler: Crawler) -> None:
        self._context = CrawlContext.of_crawl(crawler)
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(self.engine_stopped, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_opened(self) -> None:
        self._context.tasks.repeat(self._context.shutdown.proceed, POLL_INTERVAL, "poll the shutdown")

    def spider_closed(self) -> None:
        self._context.shutdown.on_closed()

    def engine_stopped(self) -> None:
        self._context.tasks.stop_repeating()
