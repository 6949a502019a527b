"""Opens the pool of worker processes with the crawl and closes it with the engine."""

from __future__ import annotations

import asyncio
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.extraction import ExtractionWorkers
from newscrawl.workers.pool import WorkerPool


class WorkerPoolExtension:
    """Gives the crawl its NEWSCRAWL_EXTRACTION_WORKERS processes.

    Stats: `worker_pool/too_complex`, `worker_pool/died`.
    """

    def __init__(self, crawler: Crawler) -> None:
        context = CrawlContext.of_crawl(crawler)
        self._pool = WorkerPool(
            workers=crawler.settings.getint("NEWSCRAWL_EXTRACTION_WORKERS") or None,
            deadline=crawler.settings.getfloat("NEWSCRAWL_PAGE_CPU_TIMEOUT"),
        )
        context.workers = ExtractionWorkers(self._pool, context.shutdown, crawler.stats)
        crawler.signals.connect(self.engine_stopped, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def engine_stopped(self) -> None:
        await asyncio.to_thread(self._pool.close)
