"""Watches the lock of the crawl: no other run may crawl the same sites (newscrawl.storage.lock)."""

from __future__ import annotations

import asyncio
import logging
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from newscrawl.crawling.context import CrawlContext
from newscrawl.exceptions import LockedError, StorageError
from newscrawl.outcomes import FinishReason

logger = logging.getLogger(__name__)

CHECK_INTERVAL = 15.0


class LockExtension:
    """Checks the lock that `scrapy crawl` took, and releases it at the end.

    A PostgreSQL server that restarts forgets its locks; the lock is then acquired again, and the crawl ends if another
    run was faster. Stats: `lock/checks`, `lock/reacquired`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._context = CrawlContext.of_crawl(crawler)
        self._stats = crawler.stats
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.engine_stopped, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_opened(self) -> None:
        if self._context.lock is not None:
            self._context.tasks.repeat(self.check, CHECK_INTERVAL, "check the lock")

    def engine_stopped(self) -> None:
        if self._context.lock is not None:
            self._context.lock.release()

    async def check(self) -> None:
        """Check that the lock is held; stop the crawl if another run has it."""
        assert self._context.lock is not None
        try:
            is_held = await asyncio.to_thread(self._context.lock.check)
        except LockedError as error:
            logger.critical("the lock was lost and another run holds it, so this crawl ends: %s", error)
            self._context.shutdown.stop(FinishReason.LOCK_LOST, grace=0)
        except StorageError as error:
            # Whether the crawl can go on without its database is for the crawl state to say.
            logger.warning("the lock could not be checked: %s", error)
        else:
            self._stats.inc_value("lock/checks" if is_held else "lock/reacquired")
            if not is_held:
                logger.warning("the lock was lost and has been acquired again")
