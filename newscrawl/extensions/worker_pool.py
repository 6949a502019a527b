"""The crawl's worker processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, Self, TypeVar

from scrapy import signals
from scrapy.crawler import Crawler

from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.extensions.shutdown import ShutdownExtension
from newscrawl.workers.pool import PageTooComplex, WorkerPool, WorkerStopped

P = ParamSpec("P")
T = TypeVar("T")


LISTING_FACTOR = 5
"""A sitemap may name 50,000 URLs, a page is one page: listings have so many times a page's deadline."""


class WorkerPoolExtension:
    """Opens a CpuPool with the spider and closes it with the engine."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._stats = crawler.stats
        self._pool = WorkerPool(
            workers=crawler.settings.getint("NEWSCRAWL_EXTRACTION_WORKERS") or None,
            deadline=crawler.settings.getfloat("NEWSCRAWL_PAGE_CPU_TIMEOUT"),
        )
        crawler.signals.connect(self.engine_stopped, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def read(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function of newscrawl.workers.tasks in a worker.

        Raises TooComplexError past a page's deadline, LeftAsItIs when the crawl is being stopped.
        """
        return await self._read(self._pool.deadline, function, *args, **kwargs)

    async def read_listing(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same with the deadline of a feed or sitemap."""
        return await self._read(LISTING_FACTOR * self._pool.deadline, function, *args, **kwargs)

    async def _read(self, deadline: float, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        stop = self._crawler.get_extension(ShutdownExtension)
        assert stop is not None
        try:
            with stop.interruptible():
                return await self._pool.run_within(deadline, function, *args, **kwargs)
        except WorkerStopped as error:
            raise FetchDeferred("its worker was stopped") from error
        except PageTooComplex:
            self._stats.inc_value("reader/too_complex")
            raise

    async def engine_stopped(self) -> None:
        await asyncio.to_thread(self._pool.close)
