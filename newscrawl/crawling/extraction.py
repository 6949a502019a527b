"""Extraction and listing parsing in worker processes, from within a crawl."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from scrapy.statscollectors import StatsCollector

from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.crawling.shutdown import Shutdown
from newscrawl.exceptions import NewscrawlError
from newscrawl.outcomes import FinishReason
from newscrawl.workers.pool import PageTooComplex, PoolBroken, WorkerDied, WorkerPool

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)

LISTING_FACTOR = 5
"""A sitemap may name 50,000 URLs, a page is one page: feeds and sitemaps get so many times a page's CPU time."""
MAX_DEATHS = 12
"""Deaths of workers after which the crawl ends. Each page that a worker finishes takes back RECOVERY of one."""
RECOVERY = 0.1
MAX_BROKEN_POOLS = 3
"""Pools that a page may find broken; they are not its fault, unlike a worker that dies with it."""
SIGNAL_DELAY = 0.5
"""Seconds until the signal that ended a worker has reached this process, too, if it was sent to all of the crawl."""


class _TooManyDeaths(Exception):
    """The workers died MAX_DEATHS times."""


class ExtractionWorkers:
    """Runs the functions of newscrawl.workers.tasks. A shutdown interrupts those who wait for them."""

    def __init__(self, pool: WorkerPool, shutdown: Shutdown, stats: StatsCollector) -> None:
        self._pool, self._shutdown, self._stats = pool, shutdown, stats
        self._deaths = 0
        """Of the pool, as counted so far."""
        self._strain = 0.0

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what *function* returns for a page. It is run again if its worker dies.

        Raises PageTooComplex past the page's CPU time, WorkerDied if the second worker dies with it, too, and
        FetchDeferred when the crawl is shutting down.
        """
        return await self._run(self._pool.deadline, function, *args, **kwargs)

    async def run_for_listing(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what *function* returns for a feed or sitemap, which gets LISTING_FACTOR times the CPU time."""
        return await self._run(LISTING_FACTOR * self._pool.deadline, function, *args, **kwargs)

    async def _run(self, deadline: float, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with self._shutdown.interruptible():
                for _ in range(MAX_BROKEN_POOLS):
                    with contextlib.suppress(PoolBroken):
                        return await self._run_twice(deadline, function, *args, **kwargs)
                raise WorkerDied("the pool of workers broke each time that the page was tried")
        except _TooManyDeaths as error:
            # Not within the block above: the shutdown would interrupt the task that asks for it.
            self._shutdown.stop(FinishReason.WORKERS_FAILED, grace=0)
            raise FetchDeferred(str(error)) from error

    async def _run_twice(self, deadline: float, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with contextlib.suppress(WorkerDied):
            return await self._run_once(deadline, function, *args, **kwargs)
        return await self._run_once(deadline, function, *args, **kwargs)

    async def _run_once(self, deadline: float, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            result = await self._pool.run_within(deadline, function, *args, **kwargs)
        except PageTooComplex:
            self._stats.inc_value("worker_pool/too_complex")
            raise
        except (WorkerDied, PoolBroken) as error:
            await asyncio.sleep(SIGNAL_DELAY)
            self._note_deaths(error)
            raise
        self._strain = max(0.0, self._strain - RECOVERY)
        return result

    def _note_deaths(self, error: NewscrawlError) -> None:
        """Count the deaths since the last call. Raises FetchDeferred if the crawl is ending, or _TooManyDeaths."""
        if self._shutdown.stopping:
            raise FetchDeferred("the worker process was stopped") from error
        deaths, self._deaths = self._pool.deaths - self._deaths, self._pool.deaths
        if not deaths:
            return
        self._stats.inc_value("worker_pool/died", deaths)
        logger.warning("%s; what it worked on is tried again", error)
        self._strain += deaths
        if self._strain >= MAX_DEATHS:
            logger.critical(
                "worker processes die again and again (%s), so the crawl ends; if the system is short of memory, "
                "lower NEWSCRAWL_EXTRACTION_WORKERS or raise the limit; the next crawl fetches what is pending",
                error,
            )
            raise _TooManyDeaths("the worker processes die again and again") from error
