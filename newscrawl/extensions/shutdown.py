"""How a crawl ends before its work is done: within seconds, whatever hosts and workers are doing."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call
from twisted.internet.error import ReactorNotRunning

from newscrawl.crawling.exceptions import FetchDeferred

logger = logging.getLogger(__name__)

GRACE = 5.0
"""Seconds in which a crawl that is being stopped finishes what is under way."""
EXIT_GRACE = 2.0
"""Seconds that a crawl which has closed has for its end and its summary once it was told twice to stop."""
POLL_INTERVAL = 0.25


class ShutdownExtension:
    """Interrupts what is under way when the crawl is being stopped; the ledger keeps it for the next one.

    Requests that wait for their turn are dropped at once. What is being fetched or read has GRACE seconds, after a
    failure none.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._under_way: set[asyncio.Task[object]] = set()
        self._deadline: float | None = None
        self._interrupted: set[asyncio.Task[object]] = set()
        self._loop: AsyncioLoopingCall | None = None
        self.aborted = False
        """Whether the crawl was ended in the middle of what it did."""
        self._told = 0
        self._reason = ""
        self._closing: asyncio.Task[None] | None = None
        self._closed = False
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(self.engine_stopped, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def stopping(self) -> bool:
        """Whether the crawl is being stopped."""
        return self._deadline is not None or not self.crawler.crawling

    def spider_opened(self) -> None:
        self._loop = create_looping_call(self._tick)  # type: ignore[assignment]
        self._loop.start(POLL_INTERVAL, now=False)  # type: ignore[union-attr]

    def spider_closed(self) -> None:
        self._closed = True
        if self._told:
            self._break_off_after(GRACE)

    def engine_stopped(self) -> None:
        if self._loop is not None and self._loop.running:
            self._loop.stop()

    def on_signal(self) -> None:
        """End the crawl because a signal says so: the first time cleanly, the second time at once.

        One that has closed has nothing left to do but to write its end and to tell of it, so it does.
        """
        self._told += 1
        if self._told == 1:
            logger.info("told to stop: what is under way has %g s; tell it again to break off", GRACE)
            self.stop("shutdown")
        if self._closed:
            self._break_off_after(GRACE if self._told == 1 else EXIT_GRACE)
        elif self._told > 1:
            self._break_off()

    def stop(self, reason: str, *, grace: float = GRACE) -> None:
        """End the crawl for *reason*: nothing more is begun, what is under way has *grace* seconds."""
        deadline = time.monotonic() + grace
        self._deadline = min(deadline, self._deadline) if self._deadline is not None else deadline
        self._reason = self._reason or reason
        self._tick()

    def _break_off_after(self, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, self._break_off)

    def _break_off(self) -> None:
        self.aborted = True
        # While it is set Scrapy holds the reactor until the crawl has ended cleanly.
        self.crawler.crawling = False
        from twisted.internet import reactor

        with contextlib.suppress(ReactorNotRunning):
            reactor.stop()  # type: ignore[misc]

    @contextlib.contextmanager
    def interruptible(self) -> Iterator[None]:
        """Mark what the block waits for as something that need not be waited for; raises LeftAsItIs then."""
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            yield
        except asyncio.CancelledError:
            if task not in self._interrupted:
                raise
            self._interrupted.discard(task)
            task.uncancel()
            raise FetchDeferred("the crawl is being stopped") from None
        finally:
            self._under_way.discard(task)

    def _tick(self) -> None:
        """Polled, because Scrapy says that it stops only when all is done."""
        if not self.stopping:
            return
        if self._deadline is None:
            self._deadline = time.monotonic() + GRACE
        self._close()
        dropped = self.drop_waiting("the crawl is being stopped")
        self.crawler.stats.inc_value("stop/dropped", dropped)
        if time.monotonic() < self._deadline:
            return
        if self._under_way:
            logger.info("%d requests and pages under way are left to the next crawl", len(self._under_way))
        for task in self._under_way:
            self._interrupted.add(task)
            task.cancel()
            self.crawler.stats.inc_value("stop/interrupted")
        self._under_way.clear()

    def _close(self) -> None:
        """Close the spider. One that is still being opened is closed afterwards: Scrapy would not say that it ended."""
        engine = self.crawler.engine
        assert engine is not None
        if self._closing is None and self._reason and engine.running and engine.spider is not None:
            closing = engine.close_spider_async(reason=self._reason)
            self._closing = asyncio.get_running_loop().create_task(closing)

    def drop_waiting(self, why: str, *, site: str | None = None) -> int:
        """End the requests that wait in the downloader for their host's delay; give their number.

        *site*: only those of this one. The pages stay as they are in the ledger, for the next crawl.
        """
        engine = self.crawler.engine
        assert engine is not None
        dropped = 0
        for slot in engine.downloader.slots.values():
            waiting = list(slot.queue)
            slot.queue.clear()
            for request, answer in waiting:
                if site is None or _site(request) == site:
                    answer.errback(FetchDeferred(why))
                    dropped += 1
                else:
                    slot.queue.append((request, answer))
        return dropped


def _site(request: Request) -> str | None:
    claim = request.meta.get("claim")
    return None if claim is None else claim.site
