"""The crawl's hand on its lock: no second run of the same sites (newscrawl.storage.lock)."""

from __future__ import annotations

import asyncio
import logging
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call

from newscrawl.exceptions import LockedError, StorageError
from newscrawl.extensions.shutdown import ShutdownExtension
from newscrawl.storage.lock import Lock

logger = logging.getLogger(__name__)

LOCK_LOST = "lock_lost"
"""The close reason of a crawl whose lock another run has."""
INTERVAL = 15.0
"""Seconds between two looks whether the lock is still held."""


class LockExtension:
    """Looks after the lock that `scrapy crawl` took, and lets it go at the end.

    A PostgreSQL server that was restarted has forgotten its locks; then the lock is taken again. Where another run was
    faster, this one ends.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.failure: LockedError | None = None
        self._lock: Lock | None = getattr(crawler, "newscrawl_lock", None)
        self._loop: AsyncioLoopingCall | None = None
        self._looking: asyncio.Task[None] | None = None
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.engine_stopped, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_opened(self) -> None:
        if self._lock is not None:
            self._loop = create_looping_call(self._tick)  # type: ignore[assignment]
            self._loop.start(INTERVAL, now=False)  # type: ignore[union-attr]

    def engine_stopped(self) -> None:
        if self._loop is not None and self._loop.running:
            self._loop.stop()
        if self._looking is not None:
            self._looking.cancel()
        if self._lock is not None:
            self._lock.release()

    def _tick(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        assert self._lock is not None
        try:
            kept = await asyncio.to_thread(self._lock.check)
        except LockedError as error:
            self.failure = error
            logger.critical("the lock was lost and another run has it, so this one ends: %s", error)
            stop = self.crawler.get_extension(ShutdownExtension)
            assert stop is not None
            stop.stop(LOCK_LOST, grace=0)
        except StorageError as error:
            # Whether the crawl can go on without its database is the ledger's to say.
            logger.warning("the lock cannot be looked after: %s", error)
        else:
            self.crawler.stats.inc_value("lock/looks" if kept else "lock/taken_again")
            if not kept:
                logger.warning("the lock was lost and is held again")
