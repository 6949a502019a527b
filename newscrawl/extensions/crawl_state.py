"""Opens and closes the crawl state, and passes Scrapy's signals on to it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import ArticleRejected, FetchDeferred
from newscrawl.evidence import EXTRACTOR_VERSION
from newscrawl.exceptions import NewscrawlError, StorageError
from newscrawl.items import Article, Outcome
from newscrawl.outcomes import FinishReason, PageOutcome
from newscrawl.sites.registry import Registry
from newscrawl.storage.engine import open_engine
from newscrawl.storage.operations.crawls import EndCrawl, StartCrawl, WriteHeartbeat
from newscrawl.storage.operations.learning import LearnParameters
from newscrawl.storage.operations.rekeying import RebuildKeys
from newscrawl.storage.operations.sites import AdoptPages
from newscrawl.storage.upgrade import require_current
from newscrawl.storage.writer import MAX_PAUSE, Writer
from newscrawl.text.secrets import mask_arguments
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.normalize import NORMALIZER_VERSION

logger = logging.getLogger(__name__)

HEARTBEAT_INTERVAL = 30.0
"""Seconds between two signs in the database that the crawl still runs (HEARTBEAT_TIMEOUT)."""
LAST_WRITE = 2.0
"""Seconds that a crawl which is shutting down waits for its end to be written."""


class CrawlStateExtension:
    """Opens the database with the spider; SummaryExtension closes it when the result of the crawl is written.

    Pages whose items are dropped or fail in a pipeline get their outcome here, so pipelines of your own are covered.
    Stats: `crawl_state/claimed`, `crawl_state/<outcome>/<reason>`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._context = CrawlContext.of_crawl(crawler)
        self._state = self._context.state
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.spider_error, signal=signals.spider_error)
        crawler.signals.connect(self.item_dropped, signal=signals.item_dropped)
        crawler.signals.connect(self.item_error, signal=signals.item_error)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def spider_opened(self) -> None:
        try:
            await self._open()
        except NewscrawlError as error:
            if self._state.failure is None:
                logger.critical("%s", error)
                self._state.failure = StorageError(str(error))
            raise CloseSpider(self._state.failure_reason) from error
        except Exception as error:
            self._context.tasks.fail("opening the crawl state", error)
            raise CloseSpider(FinishReason.INTERNAL_ERROR) from error

    async def _open(self) -> None:
        state, spider = self._state, self._context.spider
        state.engine = open_engine(self._crawler.settings["NEWSCRAWL_DATABASE_URL"])
        require_current(state.engine)
        state.writer = Writer(state.engine, max_pause=MAX_PAUSE)
        now = datetime.now(UTC)
        await self._adopt_pages()
        state.keys = await self._learn_keys(now)
        rekeyed = await state.submit(RebuildKeys(state.keys, now, spider.arguments.domains))
        if rekeyed.pages:
            logger.info(
                "the URL rules of a site changed: %d pages got other keys, %d pages and %d articles were merged",
                rekeyed.pages,
                rekeyed.merged_pages,
                rekeyed.merged_articles,
            )
        versions = EXTRACTOR_VERSION, NORMALIZER_VERSION
        start = StartCrawl(spider.name, mask_arguments(spider.raw_arguments), now, *versions, os.getpid())
        state.crawl_id = await state.submit(start)
        self._context.tasks.repeat(self.write_heartbeat, HEARTBEAT_INTERVAL, "write the heartbeat")

    async def _adopt_pages(self) -> None:
        """Move what is stored under a former name of a site."""
        registry = Registry(Path(self._crawler.settings["NEWSCRAWL_SITES_DIR"]))
        adoption = AdoptPages(registry.owned_domains(self._context.spider.arguments.sites), registry.names)
        for moved in await self._state.submit(adoption):
            logger.info(
                "site %s is now %s, after its site file: moved %d pages and %d articles",
                moved.old,
                moved.new,
                moved.pages,
                moved.articles,
            )

    async def write_heartbeat(self) -> None:
        """Record that the crawl still runs."""
        if self._state.is_open and not self._state.is_ended:
            await self._state.submit(WriteHeartbeat(self._state.crawl_id, datetime.now(UTC)))

    async def _end(self, reason: str) -> None:
        network_down = self._context.network.is_down(sites=len(self._context.spider.arguments.sites))
        await self._state.finish_unreachable(network_down=network_down)
        await self._state.submit(EndCrawl(self._state.crawl_id, reason, datetime.now(UTC)), is_interruptible=False)

    async def _learn_keys(self, now: datetime) -> UrlKeys:
        """Return the URL keys by the rules of the site files, and by what canonical links say about parameters."""
        arguments = self._context.spider.arguments
        names = [site.name for site in arguments.sites] + sorted(arguments.domains or ())
        operation = LearnParameters(arguments.keys, names, arguments.domains or frozenset(), now)
        result = await self._state.submit(operation)
        for one in result.learned:
            logger.info(
                "the URL parameter '%s' of %s does not identify pages: the canonical links of %d articles lack it; "
                'if it does, add keep_parameters = ["%s"] to its site file',
                one.name,
                one.site,
                one.articles,
                one.name,
            )
        return result.keys

    def spider_error(self, failure: Any, response: Response | Failure) -> None:
        """Give a page its outcome when a callback of the spider, or an errback, raised an error."""
        claim = response.request.meta.get("claim")  # type: ignore[union-attr]
        if claim is not None:
            self._context.tasks.start(self._state.finish_failed(claim, failure.value), "finish a failed page")

    async def item_dropped(self, item: Any, exception: Exception) -> None:
        if isinstance(item, Article):
            if not isinstance(exception, ArticleRejected):
                exception = ArticleRejected(PageOutcome(Outcome.ERROR, "dropped_by_pipeline"))
            # The page stays pending if the crawl is ending, and the end says why.
            with contextlib.suppress(FetchDeferred, StorageError):
                await self._state.finish_rejected(item, exception)

    async def item_error(self, item: Any, failure: Any) -> None:
        if isinstance(item, Article):
            with contextlib.suppress(FetchDeferred, StorageError):
                await self._state.finish_unsaved(item, failure.value)

    async def spider_closed(self, reason: str) -> None:
        state = self._state
        if state.writer is None:
            return
        try:
            # A crawl that is shutting down does not wait for a database that another program has locked.
            timeout = LAST_WRITE if self._context.shutdown.stopping else None
            await asyncio.wait_for(self._end(reason), timeout)
            state.is_ended = True
        except (StorageError, FetchDeferred, TimeoutError):
            logger.critical("the end of crawl %d could not be written", state.crawl_id)
            state.failure = state.failure or StorageError("the database did not answer before the crawl had to end")
        if state.failure is not None:
            state.close_writer(LAST_WRITE)
