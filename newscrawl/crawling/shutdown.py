"""How a crawl ends before its work is done: within seconds, whatever hosts and workers do."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator

from scrapy import Request
from scrapy.core.engine import ExecutionEngine
from scrapy.crawler import Crawler
from twisted.internet.error import ReactorNotRunning

from newscrawl.crawling.background import BackgroundTasks
from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.outcomes import FinishReason

logger = logging.getLogger(__name__)

GRACE = 5.0
"""Seconds in which running requests and pages may finish after the first signal."""
EXIT_GRACE = 2.0
"""Seconds for the end of the crawl and its summary after a second signal."""


class Shutdown:
    """Stops the crawl. Waiting requests are dropped at once; running ones are interrupted after a grace period.

    Interrupted pages stay pending in the crawl state, for the next crawl.
    """

    def __init__(self, crawler: Crawler, tasks: BackgroundTasks) -> None:
        self._crawler = crawler
        self._tasks = tasks
        self._running: set[asyncio.Task[object]] = set()
        self._interrupted: set[asyncio.Task[object]] = set()
        self._deadline: float | None = None
        self._reason = ""
        self._signals = 0
        self._is_closing = False
        self._is_closed = False
        self.aborted = False
        """Whether the crawl ended without being closed."""

    @property
    def stopping(self) -> bool:
        """Whether the crawl is being stopped."""
        return self._deadline is not None or not self._crawler.crawling

    def stop(self, reason: FinishReason, *, grace: float = GRACE) -> None:
        """End the crawl for *reason*: nothing new starts, what runs has *grace* seconds. The first reason counts."""
        deadline = time.monotonic() + grace
        self._deadline = min(deadline, self._deadline) if self._deadline is not None else deadline
        self._reason = self._reason or reason
        self.proceed()

    def on_signal(self) -> None:
        """Stop because of SIGINT or SIGTERM: the first one cleanly, the second one at once.

        A crawl that has closed still gets the time to write its end and its summary.
        """
        self._signals += 1
        if self._signals == 1:
            logger.info("received a signal, shutting down; %g s for running requests, signal again to abort", GRACE)
            self.stop(FinishReason.SHUTDOWN)
        if self._is_closed:
            self._abort_after(GRACE if self._signals == 1 else EXIT_GRACE)
        elif self._signals > 1:
            self.abort()

    def on_closed(self) -> None:
        """Note that the spider has closed; after a signal the rest has to end soon."""
        self._is_closed = True
        if self._signals:
            self._abort_after(GRACE)

    def abort(self) -> None:
        """Stop the reactor without waiting for anything."""
        self.aborted = True
        # While it is set, Scrapy holds the reactor until the crawl has ended cleanly.
        self._crawler.crawling = False
        from twisted.internet import reactor

        with contextlib.suppress(ReactorNotRunning):
            reactor.stop()  # type: ignore[misc]

    def _abort_after(self, seconds: float) -> None:
        self._tasks.after(seconds, self.abort, "abort after the grace period")

    @contextlib.contextmanager
    def interruptible(self) -> Iterator[None]:
        """Let a shutdown interrupt what the block waits for. Raises FetchDeferred then."""
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            yield
        except asyncio.CancelledError:
            if task not in self._interrupted:
                raise
            self._interrupted.discard(task)
            task.uncancel()
            raise FetchDeferred("the crawl is shutting down") from None
        finally:
            self._running.discard(task)

    def proceed(self) -> None:
        """Take the next step of a shutdown, if one is due. Polled: Scrapy signals a stop only when all is done."""
        if not self.stopping:
            return
        if self._deadline is None:
            self._deadline = time.monotonic() + GRACE
        self._close_spider()
        self._crawler.stats.inc_value("shutdown/dropped", self.drop_waiting("the crawl is shutting down"))
        if time.monotonic() < self._deadline:
            return
        if self._running:
            logger.info("interrupted %d running requests and pages; the next crawl fetches them", len(self._running))
        for task in self._running:
            self._interrupted.add(task)
            task.cancel()
            self._crawler.stats.inc_value("shutdown/interrupted")
        self._running.clear()

    def _close_spider(self) -> None:
        """Close the spider once it is open: Scrapy would not tell the end of one that is closed while it opens."""
        engine = self._crawler.engine
        if not self._is_closing and self._reason and engine.running and engine.spider is not None:
            self._is_closing = True
            self._tasks.start(self._close(engine), "close the spider")

    async def _close(self, engine: ExecutionEngine) -> None:
        try:
            await engine.close_spider_async(reason=self._reason)
        except Exception:
            self.abort()
            raise

    def drop_waiting(self, why: str, *, site: str | None = None) -> int:
        """Drop the requests that wait in the downloader for their host's delay; return how many.

        With *site*, only the requests of that site. The pages stay pending for the next crawl.
        """
        dropped = 0
        for slot in self._crawler.engine.downloader.slots.values():
            waiting = list(slot.queue)
            slot.queue.clear()
            for request, response in waiting:
                if site is None or _get_site(request) == site:
                    response.errback(FetchDeferred(why))
                    dropped += 1
                else:
                    slot.queue.append((request, response))
        return dropped


def _get_site(request: Request) -> str | None:
    claim = request.meta.get("claim")
    return None if claim is None else claim.site
