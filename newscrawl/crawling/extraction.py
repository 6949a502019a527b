"""Extraction and listing parsing in worker processes, from within a crawl."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from scrapy.statscollectors import StatsCollector

from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.crawling.shutdown import Shutdown
from newscrawl.workers.pool import PageTooComplex, WorkerPool, WorkerStopped

P = ParamSpec("P")
T = TypeVar("T")

LISTING_FACTOR = 5
"""A sitemap may name 50,000 URLs, a page is one page: feeds and sitemaps get so many times a page's CPU time."""


class ExtractionWorkers:
    """Runs the functions of newscrawl.workers.tasks. A shutdown interrupts those who wait for them."""

    def __init__(self, pool: WorkerPool, shutdown: Shutdown, stats: StatsCollector) -> None:
        self._pool, self._shutdown, self._stats = pool, shutdown, stats

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what *function* returns for a page.

        Raises PageTooComplex past the page's CPU time, FetchDeferred when the crawl is shutting down.
        """
        return await self._run(self._pool.deadline, function, *args, **kwargs)

    async def run_for_listing(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what *function* returns for a feed or sitemap, which gets LISTING_FACTOR times the CPU time."""
        return await self._run(LISTING_FACTOR * self._pool.deadline, function, *args, **kwargs)

    async def _run(self, deadline: float, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with self._shutdown.interruptible():
                return await self._pool.run_within(deadline, function, *args, **kwargs)
        except WorkerStopped as error:
            raise FetchDeferred("the worker process was stopped") from error
        except PageTooComplex:
            self._stats.inc_value("worker_pool/too_complex")
            raise
